"""The record of searches: each query put to a service, and what became of what it found. Counts, no rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from observatory.catalogue.database import Database, known_moment, stamp
from observatory.catalogue.tables import entries, entry_items, items, search_items, search_pages, unfinished
from observatory.model import Relevance, SearchRun, Status


class Searches(Database):
    """The rows about searches, and what a harvest of a service has still to ask."""

    def record_search(
        self, source_id: str, run: str, query: str, at: datetime, hits: int | None, records: int, found: int
    ) -> None:
        """Add a page of results to the count of its query in a run."""
        place = {"source_id": source_id, "run": run, "query": query}
        same = [search_pages.c[name] == value for name, value in place.items()]
        before = self._rows(select(search_pages).where(*same))
        row: dict[str, Any] = (
            before[0]._asdict() if before else {**place, "hits": None, "pages": 0, "records": 0, "found": 0}
        )
        row |= {
            "at": stamp(at),
            "hits": hits if hits is not None else row["hits"],
            "pages": row["pages"] + 1,
            "records": row["records"] + records,
            "found": row["found"] + found,
        }
        self._replace(search_pages, [row])

    def record_found(self, source_id: str, run: str, query: str, rules: Mapping[str, str]) -> None:
        """Note by which search items were found: the first counts. `rules`: ref → why it was left out, in words."""
        before = {row.ref: row for row in self._rows_in(search_items.c.ref, rules)}
        place = {"source_id": source_id, "run": run, "query": query}
        rows = [
            {**(before[ref]._asdict() if ref in before else place), "ref": ref, "rule": rule}
            for ref, rule in sorted(rules.items())
        ]
        self._replace(search_items, rows)

    def searches(self) -> tuple[SearchRun, ...]:
        """Give every query of every run with its counts, oldest first."""
        with self.reading():
            asked = self._rows(select(search_pages))
            fates = self._fates()
        return tuple(
            sorted(
                (_run(row, fates.get((row.source_id, row.run, row.query), Counter())) for row in asked),
                key=lambda run: (run.at, run.source_id, run.query),
            )
        )

    def _fates(self) -> Mapping[tuple[str, str, str], Counter[str]]:
        """Count what became of the items that each search found first."""
        founders = {
            row.entry_id: row.ref
            for row in self._rows(
                select(entry_items.c.entry_id, entry_items.c.ref, search_items.c.run)
                .outerjoin(search_items, search_items.c.ref == entry_items.c.ref)
                # What no search found (a feed, the library) was known from elsewhere; then the earliest search counts.
                .order_by(search_items.c.run.is_(None), search_items.c.run.desc(), entry_items.c.ref.desc())
            )
        }
        query = (
            select(search_items, items.c.relevance, entry_items.c.entry_id, entries.c.status)
            .join(items, items.c.ref == search_items.c.ref)
            .outerjoin(entry_items, entry_items.c.ref == search_items.c.ref)
            .outerjoin(entries, entries.c.id == entry_items.c.entry_id)
        )
        found: dict[tuple[str, str, str], Counter[str]] = {}
        for row in self._rows(query):
            fate = _fate(row, founders)
            found.setdefault((row.source_id, row.run, row.query), Counter())[fate] += 1
        return found

    # ------------------------------------------------------------ what is still to be asked

    def unfinished(self, source_id: str, run: str) -> str | None:
        """Give what a run had still to ask of a service after the answer that was read last; None before the first."""
        rows = self._rows_at(unfinished, source_id=source_id, run=run)
        return rows[0].note if rows else None

    def record_unfinished(self, source_id: str, run: str, note: str) -> None:
        """Note what a run has still to ask of a service."""
        self._replace(unfinished, [{"source_id": source_id, "run": run, "note": note}])

    def forget_unfinished(self, source_ids: Iterable[str]) -> None:
        """Drop these notes: the harvest's own end says what is left."""
        self._delete_in(unfinished, "source_id", source_ids)


def _fate(row: Row[Any], founders: Mapping[str, str]) -> str:
    if row.status == Status.REJECTED.value or (row.entry_id is None and row.relevance == Relevance.NO.value):
        left_out = row.rule or "no core term that counts"
        return f"rule {left_out if row.relevance == Relevance.NO.value else 'rejected by a curator'}"
    if row.entry_id is None:
        return "waiting"
    if founders.get(row.entry_id) != row.ref:
        return "duplicates"
    return "waiting" if row.status == Status.PENDING.value else "kept"


def _run(row: Row[Any], fates: Counter[str]) -> SearchRun:
    rules = sorted((name.removeprefix("rule "), count) for name, count in fates.items() if name.startswith("rule "))
    return SearchRun(
        source_id=row.source_id,
        query=row.query,
        at=known_moment(row.at),
        hits=row.hits,
        pages=row.pages,
        records=row.records,
        left_out=row.records - row.found,
        known=max(0, row.found - sum(fates.values())),
        duplicates=fates["duplicates"],
        kept=fates["kept"],
        waiting=fates["waiting"],
        excluded=tuple(rules),
    )
