"""The trends page: counts of what the catalogue holds, drawn and tabled. Every number can be counted again from the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from observatory.model import EntryKind, EvidenceType
from observatory.publish import words
from observatory.publish.charts import Bars, Line, bars, lines
from observatory.publish.listings import place_counts, topic_counts
from observatory.publish.page import Page
from observatory.publish.shelf import Shelf

FIRST_YEAR_SHARE = 0.01  # years before the first with a hundredth of all entries are summed up as one
MOST_PLACES = 30


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers under a chart: years down, kinds across."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Trends:
    entries: int
    undated: int
    years: Bars
    kinds: tuple[Bars, ...]
    table: Table
    topics: tuple[Line, ...]
    places: tuple[Line, ...]
    more_places: int
    languages: tuple[Line, ...]
    evidence: tuple[Line, ...]
    with_evidence: int


def trends(shelf: Shelf) -> Iterator[Page]:
    """Make the page of charts, from the default lists."""
    cards = shelf.default
    span = _span(shelf)
    found = Counter((card.kind, card.date.year) for card in cards if card.date)
    kinds = [kind for kind in EntryKind if any(found[kind, year] for year in span)]
    most = max((found[kind, year] for kind in kinds for year in span), default=0)
    places = place_counts(shelf, cards)
    evidence = Counter(held for card in cards if (held := shelf.entries[card.id].work.evidence_type))
    view = Trends(
        entries=len(cards),
        undated=sum(card.date is None for card in cards),
        years=bars(shelf.say("Entries by year"), [(str(y), sum(found[k, y] for k in kinds)) for y in span]),
        kinds=tuple(
            bars(
                shelf.say(words.KINDS_PLURAL[kind]),
                [(str(year), found[kind, year]) for year in span],
                most=most,
            )
            for kind in kinds
        ),
        table=_table(shelf, span, kinds, found),
        topics=lines((count.text, count.number, count.path) for count in topic_counts(shelf, cards)),
        places=lines((count.text, count.number, count.path) for count in places[:MOST_PLACES]),
        more_places=max(0, len(places) - MOST_PLACES),
        languages=_languages(shelf),
        evidence=lines(
            (shelf.say(words.EVIDENCE[held]), evidence[held], None)
            for held in sorted(EvidenceType, key=lambda one: (-evidence[one], one.value))
            if evidence[held]
        ),
        with_evidence=sum(evidence.values()),
    )
    yield Page(
        path="trends/",
        title=shelf.say("Trends"),
        description=shelf.say("What the catalogue holds, in numbers."),
        view=view,
    )


def _span(shelf: Shelf) -> tuple[int, ...]:
    """The years shown: from the first that holds a hundredth of all dated entries to the present one."""
    found = Counter(card.date.year for card in shelf.default if card.date)
    enough = [year for year, number in found.items() if number >= FIRST_YEAR_SHARE * sum(found.values())]
    if not enough:
        return ()
    return tuple(range(min(enough), min(max(enough), shelf.today.year) + 1))


def _table(shelf: Shelf, span: tuple[int, ...], kinds: list[EntryKind], found: Counter[tuple[EntryKind, int]]) -> Table:
    rows = []
    for year in reversed(span):
        numbers = tuple(found[kind, year] for kind in kinds)
        rows.append((str(year), numbers, sum(numbers)))
    return Table(tuple(shelf.say(words.KINDS_PLURAL[kind]) for kind in kinds), tuple(rows))


def _languages(shelf: Shelf) -> tuple[Line, ...]:
    found = Counter(shelf.entries[card.id].work.language or "" for card in shelf.default)
    named = Counter[str]()
    for code, number in found.items():
        named[shelf.say(words.LANGUAGES.get(code, code)) if code else shelf.say("not known")] += number
    return lines((name, number, None) for name, number in sorted(named.items(), key=lambda pair: (-pair[1], pair[0])))
