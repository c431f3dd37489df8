"""A list of entries cut into pages, so that what comes in front leaves the older pages as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from observatory.publish import links
from observatory.publish.cards import Link
from observatory.publish.charts import Bars
from observatory.publish.page import Page
from observatory.publish.picks import Picked
from observatory.publish.shelf import Cards

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Count:
    """A line of a facet: a value, how many entries have it, and the list of those where there is one."""

    text: str
    number: int
    path: str | None


@dataclass(frozen=True, slots=True)
class Facet:
    """How a list's entries divide by one question."""

    name: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list. Its length (`total`), facets, chart and `start` stand on its first page only."""

    heading: str
    cards: Cards
    total: int
    number: int
    pages: int
    base: str
    lead: str = ""
    within: Link | None = None
    facets: tuple[Facet, ...] = ()
    start: tuple[Picked, ...] = ()
    chart: Bars | None = None
    beside: Link | None = None
    link: str | None = None
    also: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelfmark:
    """What a list is called and where it stands, before it is cut into pages."""

    base: str
    heading: str
    here: str
    cards: Cards
    lead: str = ""
    within: Link | None = None
    indexed: bool = True
    feed: bool = False
    facets: tuple[Facet, ...] = ()
    start: tuple[Picked, ...] = ()
    chart: Bars | None = None
    beside: Link | None = None
    link: str | None = None
    also: tuple[Link, ...] = ()


def cut(mark: Shelfmark) -> Iterator[Page]:
    """Cut a list into pages of fifty or fewer; an empty list still has its first."""
    sheets = tuple(_sheets(mark.cards))
    pages = len(sheets)
    title = f"{mark.within.text}: {mark.heading}" if mark.within else mark.heading
    for number, cards in enumerate(sheets, 1):
        yield Page(
            path=links.paged(mark.base, number),
            title=title if number == 1 else f"{title} ({number})",
            description=mark.lead,
            view=_page(mark, cards, number, pages),
            here=mark.here,
            feed=mark.base if mark.feed else None,
            indexed=mark.indexed and number == 1,
        )


def _sheets(cards: Cards) -> Iterator[Cards]:
    """Part a list: the newest fifty, what is over, then fifties counted from the oldest, so that those stay as they are."""
    yield cards[:PER_PAGE]
    begin = PER_PAGE + len(cards) % PER_PAGE
    if len(cards) > PER_PAGE and begin > PER_PAGE:
        yield cards[PER_PAGE:begin]
    for first in range(begin, len(cards), PER_PAGE):
        yield cards[first : first + PER_PAGE]


def _page(mark: Shelfmark, cards: Cards, number: int, pages: int) -> Listing:
    first = number == 1
    return Listing(
        heading=mark.heading,
        cards=cards,
        total=len(mark.cards) if first else 0,
        number=number,
        pages=pages,
        base=mark.base,
        lead=mark.lead if first else "",
        within=mark.within,
        facets=mark.facets if first else (),
        start=mark.start if first else (),
        chart=mark.chart if first else None,
        beside=mark.beside if first else None,
        link=mark.link if first else None,
        also=mark.also if first else (),
    )
