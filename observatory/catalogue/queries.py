"""Counts and tables over the catalogue that people and pages ask for. Reads only, and knows no SQL: the store does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from observatory.catalogue.store import Store
from observatory.model import Entry, EntryKind, Status

Counts = Mapping[str, int]


def stats(store: Store) -> Mapping[str, Counts]:
    """Count entries by status, and the published ones by kind, topic, country and source: the shape of `stats --json`.

    An entry counts once for each of its topics, countries and sources, so those may add up to more than there are entries.
    """
    kinds: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    with store.reading():
        statuses = store.status_counts()
        for entry in store.entries((Status.PUBLISHED,)):
            kinds[entry.kind.value] += 1
            topics.update(entry.work.topics)
            countries.update(entry.work.countries)
            sources.update({provenance.source_id for provenance in entry.provenances})
    return {
        "entries": {status.value: statuses.get(status, 0) for status in Status},
        "kinds": _sorted(kinds),
        "topics": _sorted(topics),
        "countries": _sorted(countries),
        "sources": _sorted(sources),
    }


def _sorted(counts: Counts) -> Counts:
    return {name: counts[name] for name in sorted(counts)}


# ---------------------------------------------------------------- what waits for curators


def pending(store: Store) -> tuple[Entry, ...]:
    """List what waits for a curator, the best first: the surest of the rules, then the newest."""
    with store.reading():
        found = tuple(store.entries((Status.PENDING,)))
    return tuple(sorted(found, key=lambda entry: (-entry.score, -entry.first_seen.timestamp(), entry.id)))


def dead_links(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """List published entries whose own address is dead, the longest dead first."""
    return _sorted_by(entries, lambda entry: entry.link.dead if entry.link else None)


def moved_links(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """List published entries whose address leads elsewhere for good, with that of the answer in `entry.link.moved_to`."""
    return _sorted_by(entries, lambda entry: entry.link.at if entry.link and entry.link.moved_to else None)


def changed_links(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """List published entries whose own page is another since it was last looked at."""
    return _sorted_by(entries, lambda entry: entry.link.changed if entry.link else None)


def unverified(entries: Iterable[Entry], before: datetime) -> tuple[Entry, ...]:
    """List published entries that nobody, and no machine, has looked at since `before`, the longest ago first."""
    return _sorted_by(entries, lambda entry: looked_at(entry) if looked_at(entry) < before else None)


def looked_at(entry: Entry) -> datetime:
    """Say when an entry was last looked at; when it was first seen, if never again."""
    return entry.verified or entry.first_seen


def _sorted_by(entries: Iterable[Entry], moment: Callable[[Entry], datetime | None]) -> tuple[Entry, ...]:
    found = [(at, entry) for entry in entries if entry.status is Status.PUBLISHED and (at := moment(entry))]
    return tuple(entry for _at, entry in sorted(found, key=lambda pair: (pair[0], pair[1].id)))


def missing(entries: Iterable[Entry]) -> tuple[tuple[Entry, tuple[str, ...]], ...]:
    """List published entries that lack what readers look for, with the names of the fields; most lacking first.

    Of two that lack as much, the one comes first that readers rather look for: landmarks, then policies, then the newest.
    """
    found = [(entry, lacking(entry)) for entry in entries if entry.status is Status.PUBLISHED]
    return tuple(sorted((pair for pair in found if pair[1]), key=lambda pair: (-len(pair[1]), *_looked_for(pair[0]))))


def _looked_for(entry: Entry) -> tuple[bool, bool, float, str]:
    return (
        not entry.work.landmark,
        entry.kind is not EntryKind.POLICY,
        -(entry.listed or entry.first_seen).timestamp(),
        entry.id,
    )


def lacking(entry: Entry) -> tuple[str, ...]:
    """Name the fields that readers look for and this entry lacks."""
    return tuple(_lacking(entry))


_HAVE_NO_DATE = frozenset({EntryKind.ORGANISATION, EntryKind.PROJECT, EntryKind.RESOURCE})
_SCHOLARLY = frozenset({EntryKind.ARTICLE, EntryKind.CHAPTER, EntryKind.BOOK, EntryKind.THESIS})


def _lacking(entry: Entry) -> Iterator[str]:
    work = entry.work
    if not (work.date or work.event_start) and entry.kind not in _HAVE_NO_DATE:
        yield "date"
    if not work.summary:
        yield "summary"
    if not work.topics:
        yield "topics"
    if not work.countries:
        yield "countries"
    if not work.language:
        yield "language"
    if not (work.publisher or work.creators):
        yield "publisher"
    if entry.kind in _SCHOLARLY and not work.creators:
        yield "creators"
    if entry.kind is EntryKind.POLICY and not work.jurisdiction:
        yield "jurisdiction"
    if work.language not in (None, "en") and not work.title_en:
        yield "title_en"
