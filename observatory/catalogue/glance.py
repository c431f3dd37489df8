"""Where the catalogue is, and in which state, told by Python's own SQLite: who only asks that needs no more of this room."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "OBSERVATORY_DATABASE"
_MARKS = """
SELECT 'ledger', name, value FROM ledger_marks WHERE name IN ('catalogue', 'last_run')
UNION ALL SELECT 'derived', name, value FROM marks WHERE name = 'written'
"""


@dataclass(frozen=True, slots=True)
class Glance:
    """A catalogue's state, as `Store.state` names it, and its mark of the last run ("" before the first)."""

    state: str
    last_run: str


def where(data: Path) -> Path | str:
    """Say where the catalogue is: a file in the data folder, or the SQLAlchemy URL in OBSERVATORY_DATABASE."""
    return os.environ.get(DATABASE) or data / "catalogue.sqlite"


def glance(catalogue: Path | str) -> Glance | None:
    """Read a catalogue's marks; None where they can't be read so (another database, none yet, damaged). Changes nothing."""
    if isinstance(catalogue, str):
        return None
    address = f"file:{quote(str(catalogue.absolute()))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            held = {(table, name): value for table, name, value in database.execute(_MARKS)}
    except sqlite3.Error:
        return None
    state = f"{held.get(('ledger', 'catalogue'))} {held.get(('derived', 'written'))}"
    return Glance(state, held.get(("ledger", "last_run"), ""))
