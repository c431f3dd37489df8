"""The ledger: ids given, the hand-kept records as first and last seen, marks. What can't be derived again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, select

from observatory.catalogue import codec
from observatory.catalogue.database import Database, known_moment, known_text, moment, stamp
from observatory.catalogue.tables import ledger_files, ledger_ids, ledger_marks, ledger_shelf
from observatory.model import Finding, GiveId, GivenId


@dataclass(frozen=True, slots=True)
class Shelved:
    """A hand-kept record as last read, when it was first and last seen, and since when it is `gone`."""

    source_id: str
    key: str
    finding: Finding
    first_seen: datetime
    last_seen: datetime
    gone: datetime | None = None


class Ledger(Database):
    """The ledger's rows. Ids are only ever added."""

    # ------------------------------------------------------------ ids

    def given(self, keys: Iterable[str]) -> tuple[GivenId, ...]:
        """Find the ids given to any of these keys, oldest first."""
        return self._given(ledger_ids.c.key, keys)

    def given_to(self, entry_ids: Iterable[str]) -> tuple[GivenId, ...]:
        """Find the keys by which these ids are found again, oldest first."""
        return self._given(ledger_ids.c.entry_id, entry_ids)

    def taken(self, names: Iterable[str]) -> frozenset[str]:
        """Say which of these were ever given as ids."""
        return frozenset(row.entry_id for row in self._rows_in(ledger_ids.c.entry_id, names, ledger_ids.c.entry_id))

    def _given(self, column: Column[str], values: Iterable[str]) -> tuple[GivenId, ...]:
        rows = self._rows_in(column, values)
        found = (GivenId(known_text(row.entry_id), known_text(row.key), known_moment(row.given_at)) for row in rows)
        return tuple(sorted(found, key=lambda given: (given.given_at, given.entry_id, given.key)))

    def _give(self, gifts: Iterable[GiveId]) -> None:
        """Write ids to the ledger; what stands there already stays as it is."""
        wanted = {(key, gift.entry_id): gift.at for gift in gifts for key in gift.keys}
        known = {(given.key, given.entry_id) for given in self.given(key for key, _entry_id in wanted)}
        rows = [
            {"key": key, "entry_id": entry_id, "given_at": stamp(at)}
            for (key, entry_id), at in sorted(wanted.items())
            if (key, entry_id) not in known
        ]
        self._add(ledger_ids, rows)

    # ------------------------------------------------------------ the library's shelf

    def shelf(self) -> tuple[Shelved, ...]:
        """Read all hand-kept records, those that are gone too, by source and key."""
        return tuple(
            Shelved(
                known_text(row.source_id),
                known_text(row.key),
                codec.loads(Finding, row.finding),
                known_moment(row.first_seen),
                known_moment(row.last_seen),
                moment(row.gone),
            )
            for row in self._rows(select(ledger_shelf).order_by(ledger_shelf.c.source_id, ledger_shelf.c.key))
        )

    def shelve(self, shelved: Collection[Shelved]) -> None:
        """Write hand-kept records as they now are."""
        self._replace(
            ledger_shelf,
            [
                {
                    "source_id": each.source_id,
                    "key": each.key,
                    "finding": codec.dumps(each.finding),
                    "first_seen": stamp(each.first_seen),
                    "last_seen": stamp(each.last_seen),
                    "gone": stamp(each.gone) if each.gone else None,
                }
                for each in shelved
            ],
        )

    def file_digests(self) -> Mapping[str, str]:
        """Give the digests of the library files as last read, by path."""
        return {
            known_text(row.path): row.digest for row in self._rows(select(ledger_files).order_by(ledger_files.c.path))
        }

    def set_file_digests(self, digests: Mapping[str, str]) -> None:
        """Note the library files that were read, in place of those noted before."""
        with self.transaction():
            self._connection.execute(ledger_files.delete())
            self._replace(ledger_files, [{"path": path, "digest": digests[path]} for path in sorted(digests)])

    # ------------------------------------------------------------ marks

    def name_of_catalogue(self) -> str:
        """Give the name by which a search index knows whose it is; another catalogue has another."""
        return self._mark(ledger_marks, "catalogue") or ""

    def record_run(self, at: datetime) -> None:
        """Note when the last run was: the site's "as of". By itself it changes no content."""
        with self.transaction(is_content=False):
            self._replace(ledger_marks, [{"name": "last_run", "value": stamp(at)}])
