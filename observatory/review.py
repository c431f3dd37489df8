"""The conductor of reviewing: what waits, in which order and how long it will take; likely duplicates; picks. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from observatory.catalogue import queries
from observatory.judge.identity import compare
from observatory.judge.prints import print_of
from observatory.judge.steps import proposals
from observatory.model import Entry, Proposal, Review, Source, Status
from observatory.suggesting import because

if TYPE_CHECKING:
    from observatory.catalogue.store import Store
    from observatory.questions import Questions

PARKED_AFTER = timedelta(days=60)  # what nobody decided for so long waits aside: listed, searchable, never lost
SECONDS_EACH = 90  # what a decision takes: title, summary, a look at the page (measured on twenty by hand: 40 to 150)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that waits for a curator: why (`because`), who showed it, and what it may be a double of."""

    entry: Entry
    because: str
    sources: tuple[str, ...]
    doubles: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that may be one work: why, and how likely (0 to 100; only a person makes them one)."""

    one: Entry
    other: Entry
    why: str
    score: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for curators: entries best first, parked ones (best first too), steps of policies."""

    waiting: tuple[Waiting, ...]
    parked: tuple[Waiting, ...]
    proposals: tuple[Proposal, ...]

    @property
    def minutes(self) -> int:
        """About how long deciding all takes, parked ones left out."""
        number = len(self.waiting) + len(self.proposals)
        return -(-number * SECONDS_EACH // 60)

    @property
    def budget(self) -> str:
        """Say how much there is to decide: "14 to decide, about 21 minutes"."""
        number = len(self.waiting) + len(self.proposals)
        said = f"{number} to decide, about {self.minutes} minutes" if number else "nothing to decide"
        return said + (f"; {len(self.parked)} parked" if self.parked else "")


def queue(observatory: Questions, published: Iterable[Entry] | None = None) -> Queue:
    """Gather what waits for a curator, the best first; `published` entries are not read again where they are at hand."""
    store, now = observatory.store, observatory.now
    entries = queries.pending(store)
    others = _others(store, entries)
    rows = {source.id: source for source in observatory.config.sources}
    all_ = [_suggested(observatory, _waiting(entry, rows, others)) for entry in entries]
    return Queue(
        waiting=tuple(each for each in all_ if not is_parked(each.entry, now)),
        parked=tuple(each for each in all_ if is_parked(each.entry, now)),
        proposals=observatory.proposals() if published is None else proposals((*published, *entries), now.date()),
    )


def rejected(observatory: Questions) -> tuple[Waiting, ...]:
    """List what is kept out, by rules or people, the latest first, with who or what keeps it out."""
    rows = {source.id: source for source in observatory.config.sources}
    entries = sorted(observatory.store.entries((Status.REJECTED,)), key=lambda e: (-e.first_seen.timestamp(), e.id))
    found = (_waiting(entry, rows, {}) for entry in entries)
    return tuple(replace(each, because=_kept_out(each.entry)) for each in found)


def _kept_out(entry: Entry) -> str:
    said = next((reason.text for reason in entry.reasons if reason.about == "decision"), "")
    return said or "left out by the rules"


def is_parked(entry: Entry, now: datetime) -> bool:
    """Whether an entry waited so long that it is put aside."""
    return entry.status is Status.PENDING and now - entry.first_seen > PARKED_AFTER


def _waiting(entry: Entry, sources: dict[str, Source], others: dict[str, Entry]) -> Waiting:
    ids = tuple(dict.fromkeys(provenance.source_id for provenance in entry.provenances))
    held = [each for each in ids if each in sources and sources[each].review is Review.HOLD]
    because = f"{held[0]} holds what it finds for a curator" if held else "the rules are unsure"
    names = tuple(sources[each].name if each in sources else each for each in ids)
    pairs = tuple(_pair(entry, others[other], why) for other, why in entry.doubles if other in others)
    return Waiting(entry, because, names, tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.other.id))))


def _suggested(observatory: Questions, case: Waiting) -> Waiting:
    """Say of what a reader suggested in which words, and what is wrong with its page."""
    said = because(observatory, case.entry)
    return replace(case, because=said) if said else case


def _others(store: Store, entries: Iterable[Entry]) -> dict[str, Entry]:
    wanted = {other for entry in entries for other, _why in entry.doubles}
    return {entry.id: entry for entry in store.entries_by_id(wanted, texts=False)}


# ---------------------------------------------------------------- duplicates


def duplicates(observatory: Questions, read: Iterable[Entry] | None = None) -> tuple[Pair, ...]:
    """List the pairs of entries that may be one work, the likeliest first; rejected ones are left out.

    `read`: all others, where they are at hand and needn't be read again.
    """
    statuses = (Status.PUBLISHED, Status.PENDING, Status.GONE)
    all_ = observatory.store.entries(statuses) if read is None else read
    entries = {entry.id: entry for entry in all_ if entry.doubles}
    others = entries | _others(observatory.store, entries.values())
    found: dict[tuple[str, str], Pair] = {}
    for entry in entries.values():
        for other_id, why in entry.doubles:
            other = others.get(other_id)
            names = (min(entry.id, other_id), max(entry.id, other_id))
            if other and other.status in statuses and names not in found:
                found[names] = _pair(others[names[0]], others[names[1]], why)
    return tuple(sorted(found.values(), key=lambda pair: (-pair.score, pair.one.id, pair.other.id)))


def _pair(one: Entry, other: Entry, why: str) -> Pair:
    """Weigh a pair: words that the titles share, and what else agrees. Identifiers alone would be merged already."""
    from rapidfuzz import fuzz

    a, b = print_of(one.work), print_of(other.work)
    likeness = compare(a, b)
    title = fuzz.token_sort_ratio(one.work.title.casefold(), other.work.title.casefold())
    agreed = sum(
        (
            likeness.strength > 0,
            bool(one.work.date and other.work.date and one.work.date.year == other.work.date.year),
            bool(a.publisher and a.publisher == b.publisher),
            bool(a.creators and a.creators == b.creators),
        )
    )
    return Pair(one, other, why, round(0.8 * title + 5 * agreed))
