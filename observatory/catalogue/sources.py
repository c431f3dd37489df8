"""What the archive says of sources: rows, addresses as last answered, how each stands."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Row, Table, func, select

from observatory.catalogue.database import Database, known_moment, moment, stamp
from observatory.catalogue.tables import (
    entries,
    entry_items,
    items,
    ledger_marks,
    pages,
    source_marks,
    source_rows,
    source_runs,
    source_states,
    unfinished,
)
from observatory.model import (
    Cause,
    HarvestEnd,
    Memory,
    Outcome,
    Relevance,
    Snapshot,
    SourceHealth,
    SourceRow,
    Status,
    Visit,
)

# Skips that say nothing of the source itself.
_OUR_CHOICE = frozenset({Cause.OFFLINE, Cause.NOT_DUE, Cause.DISABLED, Cause.BACKOFF})
_FINE = frozenset({Outcome.OK, Outcome.NOT_MODIFIED})


class Sources(Database):
    """The rows about sources. Everything is recorded in the order of the archive."""

    def record_row(self, row: SourceRow) -> None:
        """Note the row that a source is harvested with from here on."""
        self._replace(source_rows, [{"source_id": row.source_id, "at": stamp(row.at), "row": row.row}])

    def row(self, source_id: str) -> str | None:
        """Give the latest row of a source, as canonical JSON."""
        rows = self._rows_at(source_rows, source_id=source_id)
        return rows[0].row if rows else None

    def record_mark(self, source_id: str, mark: str) -> None:
        """Note what a service's kind must know of its answers so far."""
        self._replace(source_marks, [{"source_id": source_id, "mark": mark}])

    def record_snapshot(
        self, snapshot: Snapshot, findings: int, relevant: int, cause: Cause | None = None, detail: str = ""
    ) -> None:
        """Note that an address answered and what was read there; `cause` says why it could not be read.

        An unreadable answer leaves no validators: a mended page must not be missed for a wrong "unchanged".
        """
        headers = {name.lower(): value for name, value in snapshot.headers} if cause is None else {}
        row = {
            "source_id": snapshot.source_id,
            "url": snapshot.url,
            "ref": snapshot.ref,
            "at": stamp(snapshot.fetched_at),
            "outcome": Outcome.OK.value,
            "cause": None,
            "unread": cause.value if cause else None,
            "detail": detail,
            "moved_to": None,
            "moved_since": None,
            "key": snapshot.key,
            "etag": headers.get("etag", ""),
            "last_modified": headers.get("last-modified", ""),
            "digest": "" if cause else hashlib.sha256(snapshot.body).hexdigest(),
            "findings": findings,
            "relevant": relevant,
        }
        before = self._page(snapshot.source_id, snapshot.url)
        if before and _run_of(before.ref) == _run_of(snapshot.ref):
            row |= {"moved_to": before.moved_to, "moved_since": before.moved_since}  # noted by a visit of the same run
        self._replace(pages, [row])

    def record_visit(self, ref: str, visit: Visit) -> None:
        """Note a visit that brought no new body: unchanged, failed or skipped; what is known stays."""
        row = {
            "source_id": visit.source_id,
            "url": visit.url,
            "unread": None,
            "key": "",
            "etag": "",
            "last_modified": "",
            "digest": "",
            "findings": 0,
            "relevant": 0,
        }
        before = self._page(visit.source_id, visit.url)
        row |= before._asdict() if before else {}
        row |= {
            "ref": ref,
            "at": stamp(visit.at),
            "outcome": visit.outcome.value,
            "cause": visit.cause.value if visit.cause else None,
            "detail": visit.detail,
            "moved_to": visit.moved_to,
            "moved_since": _moved_since(before, visit),
        }
        if visit.key:
            row["key"] = visit.key
        self._replace(pages, [row])

    def record_end(self, ref: str, end: HarvestEnd) -> None:
        """Note how a source's harvest ended; one whose every list was unreadable has failed."""
        before = self._state(end.source_id)
        known: Mapping[str, Any] = before._asdict() if before else {}
        if end.outcome is Outcome.SKIPPED and end.cause in _OUR_CHOICE:
            if before:
                self._replace(source_states, [{**known, "last_end": stamp(end.at)}])
            return
        outcome, cause, detail = self._judged(ref, end)
        self._record_run(ref, end, outcome, cause)
        is_fine = outcome in _FINE
        same = before is not None and before.cause == (cause and cause.value) and is_fine == (before.outcome in _FINE)
        row = {
            "source_id": end.source_id,
            "last_end": stamp(end.at),
            "last_visit": stamp(end.at) if end.visits else known.get("last_visit"),
            "last_success": stamp(end.at) if is_fine else known.get("last_success"),
            "outcome": outcome.value,
            "cause": cause.value if cause else None,
            "since": known["since"] if same else stamp(end.at),
            "detail": detail,
            "cursor": end.cursor,
            "complete": bool((end.complete and is_fine) or known.get("complete")),
        }
        self._replace(source_states, [row])

    def _record_run(self, ref: str, end: HarvestEnd, outcome: Outcome, cause: Cause | None) -> None:
        counts = self._count_items(end.source_id)
        row = {
            "source_id": end.source_id,
            "run": _run_of(ref),
            "at": stamp(end.at),
            "outcome": outcome.value,
            "cause": cause.value if cause else None,
            "items": sum(counts.values()),
            "relevant": sum(counts.values()) - counts.get(Relevance.NO.value, 0),
        }
        self._replace(source_runs, [row])

    def _count_items(self, source_id: str) -> Mapping[str, int]:
        """Count a source's items by how relevant they are."""
        query = select(items.c.relevance, func.count().label("number")).where(items.c.source_id == source_id)
        return {row.relevance: row.number for row in self._rows(query.group_by(items.c.relevance))}

    def _judged(self, ref: str, end: HarvestEnd) -> tuple[Outcome, Cause | None, str]:
        if end.outcome in _FINE:
            rows = self._rows_at(pages, source_id=end.source_id, key="")
            lists = sorted((row for row in rows if _run_of(row.ref) == _run_of(ref)), key=lambda row: str(row.ref))
            if lists and all(row.unread for row in lists):
                return Outcome.FAILED, Cause(lists[0].unread), lists[0].detail
        return end.outcome, end.cause, end.detail

    def outlook(self, source_id: str) -> Memory:
        """Say how far a source was harvested: what `memory` says without its addresses and items."""
        with self.reading():
            found = [self._rows_at(table, source_id=source_id) for table in (source_states, unfinished, source_marks)]
        return _outlook(*found)

    def memory(self, source_id: str) -> Memory:
        """Say what the next harvest of a source should know."""
        return self.memories((source_id,))[source_id]

    def memories(self, source_ids: Collection[str]) -> Mapping[str, Memory]:
        """Say what the next harvests of these sources should know: a few statements, however many they are."""
        with self.reading():
            asked, known, made, states, left, marked = (
                self._by_source(table, source_ids)
                for table in (pages, items, source_rows, source_states, unfinished, source_marks)
            )
        return {
            each: replace(
                _outlook(states.get(each), left.get(each), marked.get(each)),
                validators={r.url: (r.etag, r.last_modified) for r in asked.get(each, ()) if r.etag or r.last_modified},
                digests={row.url: row.digest for row in asked.get(each, ()) if row.digest},
                seen=frozenset(row.key for row in asked.get(each, ()) if row.key),
                known=frozenset(row.ref.partition("#")[2] for row in known.get(each, ())),
                row=made[each][0].row if each in made else "",
            )
            for each in source_ids
        }

    def health(self) -> Mapping[str, SourceHealth]:
        """Say how each source stands that was ever asked or read, by id."""
        with self.reading():
            states = {row.source_id: row for row in self._rows(select(source_states))}
            moved, runs = self._moved(), self._runs()
            made, found, relevant = self._entry_counts(), self._item_counts(), self._item_counts(Relevance.NO)
        ids = sorted(states.keys() | found.keys())
        return {
            each: _health(
                each,
                states.get(each),
                moved.get(each),
                made.get(each, 0),
                found.get(each, 0),
                relevant.get(each, 0),
                runs.get(each, ()),
            )
            for each in ids
        }

    def rhythms(self) -> Mapping[str, SourceHealth]:
        """Say of each source that was ever asked when it last brought something new, and how often it does so."""
        runs = self._runs().items()
        return {each: SourceHealth(each, newest=_newest(of), rhythm=_rhythm(of)) for each, of in runs}

    def visits_to(self, addresses: Iterable[str]) -> tuple[Visit, ...]:
        """Tell the latest visit of each source to one of these addresses, oldest first."""
        rows = self._rows_in(pages.c.url, addresses)
        return tuple(
            Visit(
                row.source_id,
                row.url,
                known_moment(row.at),
                Outcome(row.outcome),
                Cause(row.unread or row.cause) if row.unread or row.cause else None,
                detail=row.detail,
                moved_to=row.moved_to,
            )
            for row in sorted(rows, key=lambda row: (row.at, row.source_id))
        )

    def last_run(self) -> datetime | None:
        """Give the time of the last run; before one was recorded, of the last harvest."""
        if noted := self._mark(ledger_marks, "last_run"):
            return moment(noted)
        return moment(self._rows(select(func.max(source_states.c.last_end)))[0][0])

    # ------------------------------------------------------------ rows

    def _state(self, source_id: str) -> Row[Any] | None:
        rows = self._rows_at(source_states, source_id=source_id)
        return rows[0] if rows else None

    def _by_source(self, table: Table, source_ids: Iterable[str]) -> Mapping[str, list[Row[Any]]]:
        """Read a table's rows of some sources; of items no more than their names, which are many."""
        wanted = (items.c.source_id, items.c.ref) if table is items else ()
        found: dict[str, list[Row[Any]]] = {}
        for row in self._rows_in(table.c.source_id, source_ids, *wanted):
            found.setdefault(row.source_id, []).append(row)
        return found

    def _page(self, source_id: str, url: str) -> Row[Any] | None:
        rows = self._rows_at(pages, source_id=source_id, url=url)
        return rows[0] if rows else None

    def _moved(self) -> Mapping[str, tuple[str, datetime | None]]:
        """Say where sources moved for good, and since when: their own addresses; a further page's is no concern."""
        rows = self._rows(select(source_rows.c.source_id, source_rows.c.row))
        own = {row.source_id: json.loads(row.row).get("url") for row in rows}
        query = select(pages.c.source_id, pages.c.url, pages.c.moved_to, pages.c.moved_since).where(
            pages.c.moved_to.is_not(None), pages.c.key == ""
        )
        found = self._rows(query.order_by(pages.c.at))
        return {
            row.source_id: (row.moved_to, moment(row.moved_since))
            for row in found
            if own.get(row.source_id) in (None, row.url)
        }

    def _runs(self) -> Mapping[str, Sequence[Row[Any]]]:
        found: dict[str, list[Row[Any]]] = {}
        for row in self._rows(select(source_runs).order_by(source_runs.c.source_id, source_runs.c.run)):
            found.setdefault(row.source_id, []).append(row)
        return found

    def _item_counts(self, without: Relevance | None = None) -> Mapping[str, int]:
        query = select(items.c.source_id, func.count().label("number")).group_by(items.c.source_id)
        if without:
            query = query.where(items.c.relevance != without.value)
        return {row.source_id: row.number for row in self._rows(query)}

    def _entry_counts(self) -> Mapping[str, int]:
        """Count the published entries that each source has a part in."""
        query = (
            select(items.c.source_id, func.count(entry_items.c.entry_id.distinct()).label("number"))
            .join(entry_items, entry_items.c.ref == items.c.ref)
            .join(entries, entries.c.id == entry_items.c.entry_id)
            .where(entries.c.status.in_([Status.PUBLISHED.value, Status.GONE.value]))
            .group_by(items.c.source_id)
        )
        return {row.source_id: row.number for row in self._rows(query)}


def _outlook(
    states: Sequence[Row[Any]] | None, left: Sequence[Row[Any]] | None, marked: Sequence[Row[Any]] | None
) -> Memory:
    state = states[0] if states else None
    return Memory(
        cursor=left[0].note if left else state.cursor if state else "",
        mark=marked[0].mark if marked else "",
        complete=bool(state and state.complete),
        last_success=moment(state.last_success) if state and state.last_success else None,
    )


def _moved_since(before: Row[Any] | None, visit: Visit) -> str | None:
    """Say since when a page leads where it does; a first time is this one."""
    if visit.moved_to is None:
        return None
    return before.moved_since if before and before.moved_to == visit.moved_to else stamp(visit.at)


def _run_of(ref: str) -> str:
    return ref.rpartition("/")[0]


def _health(
    source_id: str,
    state: Row[Any] | None,
    moved: tuple[str, datetime | None] | None,
    made: int,
    found: int,
    relevant: int,
    runs: Sequence[Row[Any]],
) -> SourceHealth:
    counted = SourceHealth(
        source_id,
        moved_to=moved[0] if moved else None,
        moved_since=moved[1] if moved else None,
        entries=made,
        findings=found,
        relevant=relevant,
        newest=_newest(runs),
        rhythm=_rhythm(runs),
        months=_months(runs),
    )
    if state is None:
        return counted
    return replace(
        counted,
        last_visit=moment(state.last_visit),
        last_success=moment(state.last_success),
        outcome=Outcome(state.outcome),
        cause=Cause(state.cause) if state.cause else None,
        since=moment(state.since),
        detail=state.detail,
    )


# ---------------------------------------------------------------- a source's history

LEAST_GAPS = 3  # between runs that brought something new, before they make a rhythm


def _gains(runs: Sequence[Row[Any]]) -> list[tuple[Row[Any], int, int]]:
    """Say of each run how many new items it brought, and how many relevant ones."""
    before = [(0, 0), *((run.items, run.relevant) for run in runs)]
    return [
        (run, max(0, run.items - had), max(0, run.relevant - was))
        for run, (had, was) in zip(runs, before, strict=False)
    ]


def _newest(runs: Sequence[Row[Any]]) -> datetime | None:
    return next((known_moment(run.at) for run, new, _relevant in reversed(_gains(runs)) if new), None)


def _rhythm(runs: Sequence[Row[Any]]) -> float | None:
    """Tell the days that usually pass between two runs that bring something new."""
    moments = [known_moment(run.at) for run, new, _relevant in _gains(runs) if new]
    gaps = [(b - a).total_seconds() / 86_400 for a, b in itertools.pairwise(moments)]
    return round(median(gaps), 1) if len(gaps) >= LEAST_GAPS else None


def _months(runs: Sequence[Row[Any]]) -> tuple[tuple[str, int, int, int, int], ...]:
    found: dict[str, tuple[int, int, int, int]] = {}
    for run, new, relevant in _gains(runs):
        asked, failed, had, was = found.get(run.at[:7], (0, 0, 0, 0))
        found[run.at[:7]] = (asked + 1, failed + (run.outcome == Outcome.FAILED.value), had + new, was + relevant)
    return tuple((month, *found[month]) for month in sorted(found))
