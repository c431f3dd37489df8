"""The record of searches: every query sent to every service, with its counts as in a PRISMA flow diagram. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from observatory.model import SearchRun
from observatory.publish.page import Page
from observatory.publish.shelf import Shelf

LEFT_OUT = "names no core term in title, abstract or keywords, or could not be read"


@dataclass(frozen=True, slots=True)
class Sums:
    """All that one query of one service brought so far: what was found twice is counted once."""

    hits: int | None  # the service's latest count
    records: int
    duplicates: int
    excluded: tuple[tuple[str, int], ...]
    waiting: int
    kept: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One query of one service: its sums, and its runs, latest first."""

    query: str
    first: datetime
    last: datetime
    sums: Sums
    runs: tuple[SearchRun, ...]


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service and what it was asked."""

    name: str
    kind: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Searches:
    """The page: services with their queries, and the sums over all."""

    services: tuple[ServiceRow, ...]
    total: Sums
    as_of: datetime
    left_out: str


def searches(shelf: Shelf) -> Iterator[Page]:
    """Make the page of all searches."""
    names = {source.id: (source.name, source.kind) for source in shelf.catalogue.sources}
    held = sorted(shelf.catalogue.asked, key=lambda run: (run.source_id, run.query, run.at))
    services = tuple(
        _service(names.get(source_id, (source_id, "")), list(runs))
        for source_id, runs in groupby(held, key=lambda run: run.source_id)
    )
    every = [asked.sums for service in services for asked in service.asked]
    yield Page(
        path="about/searches/",
        title=shelf.say("Searches"),
        description=shelf.say("Every query sent to every service, when, what it found, and what became of it."),
        view=Searches(services, _total(every), shelf.catalogue.as_of, LEFT_OUT),
    )


def _service(name: tuple[str, str], runs: Sequence[SearchRun]) -> ServiceRow:
    return ServiceRow(name[0], name[1], _queries(runs))


def _queries(runs: Sequence[SearchRun]) -> tuple[Asked, ...]:
    grouped = (list(group) for _query, group in groupby(runs, key=lambda run: run.query))
    return tuple(Asked(g[0].query, g[0].at, g[-1].at, _sums(g), tuple(reversed(g))) for g in grouped)


def _sums(runs: Sequence[SearchRun]) -> Sums:
    """Add the runs of a query up; a record seen again in a later run was counted in the first."""
    left_out = max(run.left_out for run in runs)
    excluded = _added(run.excluded for run in runs) + (((LEFT_OUT, left_out),) if left_out else ())
    new = sum(run.duplicates + run.kept + run.waiting + sum(n for _rule, n in run.excluded) for run in runs)
    hits = next((run.hits for run in reversed(runs) if run.hits is not None), None)
    return Sums(
        hits=hits,
        records=new + left_out,
        duplicates=sum(run.duplicates for run in runs),
        excluded=excluded,
        waiting=sum(run.waiting for run in runs),
        kept=sum(run.kept for run in runs),
    )


def _total(every: Sequence[Sums]) -> Sums:
    return Sums(
        hits=sum(sums.hits or 0 for sums in every),
        records=sum(sums.records for sums in every),
        duplicates=sum(sums.duplicates for sums in every),
        excluded=_added(sums.excluded for sums in every),
        waiting=sum(sums.waiting for sums in every),
        kept=sum(sums.kept for sums in every),
    )


def _added(rules: Iterable[tuple[tuple[str, int], ...]]) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    for each in rules:
        counted.update(dict(each))
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
