"""Pieces kept on disk between publishings, in an SQLite file that may be deleted at any time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

from observatory.publish.pieces import Pieces

FORM = "1"  # raised when the file's form changes
_TABLES = """
PRAGMA page_size = 16384;  -- a piece of a few thousand bytes stands in its page: on pages of 4096 half the file would be air
CREATE TABLE made_by (program TEXT NOT NULL);
CREATE TABLE pieces (part TEXT NOT NULL, id TEXT NOT NULL, digest TEXT NOT NULL, piece BLOB NOT NULL,
  PRIMARY KEY (part, id)) WITHOUT ROWID;
"""


class KeptPieces(Pieces):
    """Pieces in a file. Those that another program made are dropped, and a file that can't be read is made anew.

    `program` names whatever decides how pieces are made, beside what they are made of. Raises OSError when the disk fails.
    """

    def __init__(self, file: Path, program: str) -> None:
        super().__init__()
        self._file, self._program = file, f"{FORM} {program}"
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = self._opened()
        except sqlite3.DatabaseError:
            file.unlink(missing_ok=True)
            self._database = self._opened()

    def __enter__(self) -> KeptPieces:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self._database.close()

    def read(self, part: str) -> Iterator[tuple[str, bytes]]:
        return self._database.execute("SELECT id, piece FROM pieces WHERE part = ? ORDER BY id", (part,))

    def one(self, part: str, entry_id: str) -> bytes:
        row = self._database.execute("SELECT piece FROM pieces WHERE part = ? AND id = ?", (part, entry_id)).fetchone()
        if row is None:
            raise KeyError(entry_id)
        piece: bytes = row[0]
        return piece

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file, isolation_level=None)
        try:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'pieces'").fetchone():
                database.executescript(f"BEGIN; {_TABLES} COMMIT")
            if database.execute("SELECT program FROM made_by").fetchall() != [(self._program,)]:
                database.executescript("BEGIN; DELETE FROM pieces; DELETE FROM made_by; COMMIT")
                database.execute("INSERT INTO made_by VALUES (?)", (self._program,))
        except BaseException:
            database.close()
            raise
        return database

    def _known(self, part: str) -> Mapping[str, str]:
        return dict(self._database.execute("SELECT id, digest FROM pieces WHERE part = ?", (part,)))

    def _change(
        self, parts: tuple[str, ...], gone: Iterable[str], made: Iterable[tuple[str, str, tuple[bytes, ...]]]
    ) -> None:
        rows = (
            (part, i, digest, piece) for i, digest, pieces in made for part, piece in zip(parts, pieces, strict=True)
        )
        try:
            self._database.execute("BEGIN")
            self._database.executemany(
                "DELETE FROM pieces WHERE part = ? AND id = ?", [(part, i) for i in gone for part in parts]
            )
            self._database.executemany("INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?)", rows)
            self._database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise OSError(f"can't keep what was made in {self._file}: {error}") from error
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
