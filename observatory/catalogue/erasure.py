"""Erasing from the ledger what was asked to be erased, and from the file what SQLite leaves of deleted rows. Decides nothing."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from dataclasses import replace

from sqlalchemy import select

from observatory.catalogue import codec
from observatory.catalogue.database import Database
from observatory.catalogue.tables import (
    entry_changes,
    ledger_editions,
    ledger_ids,
    ledger_sendings,
    ledger_shelf,
    ledger_use,
)
from observatory.errors import StorageError
from observatory.model import DayOfUse, Edition


class Erasure(Database):
    """The one place where ledger rows are taken away."""

    def erase_ids(self, entry_ids: Collection[str]) -> None:
        """Take ids, with all keys by which they are found again, out of the ledger, and out of what the index has to learn."""
        self._delete_in(ledger_ids, "entry_id", entry_ids)
        self._delete_in(entry_changes, "entry_id", entry_ids)

    def erase_shelved(self, places: Iterable[tuple[str, str]]) -> None:
        """Take hand-kept records, by source and key, off the shelf."""
        with self.transaction():
            for source, key in places:
                mine = (ledger_shelf.c.source_id == source) & (ledger_shelf.c.key == key)
                self._connection.execute(ledger_shelf.delete().where(mine))

    def erase_told(self, entry_ids: Collection[str], redact: Callable[[str], str]) -> int:
        """Take entries out of the editions issued, and from their texts what `redact` takes; returns how many changed."""
        changed = 0
        with self.transaction():
            for row in self._rows(select(ledger_editions.c.id, ledger_editions.c.data)):
                before = codec.unpacked(Edition, row.data)
                edition = codec.loads(Edition, before)
                kept = tuple(told for told in edition.candidates if told.entry not in entry_ids)
                order = tuple(each for each in edition.order if each not in entry_ids)
                after = redact(codec.dumps(replace(edition, candidates=kept, order=order)))
                if after != before:
                    data = zlib.compress(after.encode("utf-8", "surrogatepass"))
                    mine = ledger_editions.c.id == row.id
                    self._connection.execute(ledger_editions.update().where(mine).values(data=data))
                    changed += 1
            for row in self._rows(select(ledger_sendings.c.number, ledger_sendings.c.detail)):
                if (detail := redact(row.detail)) != row.detail:
                    mine = ledger_sendings.c.number == row.number
                    self._connection.execute(ledger_sendings.update().where(mine).values(detail=detail))
        return changed

    def erase_use(self, is_of: Callable[[str], bool]) -> None:
        """Take the pages for which `is_of` holds out of the counts by address; the sums of the days stay."""
        with self.transaction():
            for row in self._rows(select(ledger_use.c.day, ledger_use.c.data)):
                day = codec.unpack(DayOfUse, row.data)
                after = replace(
                    day,
                    people=_others(day.people, is_of),
                    robots=_others(day.robots, is_of),
                    feeds=_others(day.feeds, is_of),
                    readers=_others(day.readers, is_of),
                )
                if after != day:
                    data = codec.pack(after)
                    mine = ledger_use.c.day == row.day
                    self._connection.execute(ledger_use.update().where(mine).values(data=data))

    def shred(self) -> None:
        """Overwrite what SQLite leaves of deleted rows in its file and its log; another database has its own tool for this.

        StorageError when a reader holds the log for longer than a statement waits, or the disk is full.
        """
        if self._path is None:
            return
        with closing(sqlite3.connect(self._path, isolation_level=None, timeout=30)) as raw:
            try:
                raw.execute("PRAGMA secure_delete = ON")
                raw.execute("VACUUM")
                busy, *_pages = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.Error as error:
                raise StorageError(f"{self.name} could not be cleaned: {error}; ask again") from error
        if busy:
            raise StorageError(
                f"{self.name} is being read by another process, so its log stays; ask again when it is done"
            )


def _others(counts: tuple[tuple[str, int], ...], is_of: Callable[[str], bool]) -> tuple[tuple[str, int], ...]:
    return tuple((address, number) for address, number in counts if not is_of(address))
