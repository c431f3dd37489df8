"""Pieces kept on disk between publishings, in an SQLite file that may be deleted at any time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

from observatory.crew import spread
from observatory.publish.pieces import Make, Pieces

SHARED = 500  # pieces to be made from which several processes are worth starting: a tenth of a second and more
FORM = "1"  # raised when the file's form changes
_TABLES = """
PRAGMA page_size = 16384;  -- a piece of a few thousand bytes stands in its page: on pages of 4096 half the file would be air
CREATE TABLE made_by (program TEXT NOT NULL);
CREATE TABLE pieces (part TEXT NOT NULL, id TEXT NOT NULL, digest TEXT NOT NULL, piece BLOB NOT NULL,
  PRIMARY KEY (part, id)) WITHOUT ROWID;
"""


class KeptPieces(Pieces):
    """Pieces in a file. Those that another program made are dropped, and a file that can't be read is made anew.

    `program` names whatever decides how pieces are made, beside what they are made of. Many are made by several processes.
    Raises OSError when the disk fails.
    """

    def __init__(self, file: Path, program: str) -> None:
        super().__init__()
        self._file, self._program = file, f"{FORM} {program}"
        file.parent.mkdir(parents=True, exist_ok=True)
        self._connection: sqlite3.Connection | None = None
        try:
            self._connection = self._opened()
        except sqlite3.DatabaseError:
            file.unlink(missing_ok=True)
            self._connection = self._opened()

    def __enter__(self) -> KeptPieces:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self.shut()

    def shut(self) -> None:
        """Close the file: who asks next opens it again. What is open may not be taken along into a process that is forked."""
        if self._connection:
            self._connection.close()
            self._connection = None

    @property
    def _database(self) -> sqlite3.Connection:
        self._connection = self._connection or sqlite3.connect(self._file, isolation_level=None)
        return self._connection

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

    def _made(self, make: Make, stale: list[str], is_apart: bool) -> Iterator[tuple[str, tuple[bytes, ...]]]:
        return spread(make, stale, SHARED) if is_apart else super()._made(make, stale, is_apart)

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
