"""The table of pages. A new page is one function, one row here and one template in `site_templates/`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from observatory.model import EntryKind, HostBlock, PartialDate
from observatory.publish import (
    comparison,
    countries,
    data,
    listings,
    movements,
    picks,
    policy,
    record,
    reference,
    searches,
    service,
    state,
    subscribe,
    texts,
    topics,
    trends,
    watched,
)
from observatory.publish.cards import RESEARCH, Card
from observatory.publish.countries import CountryRow
from observatory.publish.digest import pages as digest
from observatory.publish.page import Page, Row
from observatory.publish.paging import Count
from observatory.publish.shelf import Cards, Shelf

HOME_ROWS = 5
MAIN_SOURCES = frozenset({EntryKind.REPORT, EntryKind.GUIDE, EntryKind.STANDARD})


# ---------------------------------------------------------------- home


@dataclass(frozen=True, slots=True)
class Due:
    """An event or a deadline that is still ahead."""

    date: PartialDate
    is_deadline: bool
    card: Card


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest of a sort: those that became public last or, while none of them was announced, those published last."""

    cards: Cards
    by_listing: bool


def newest(shelf: Shelf, cards: Cards) -> Newest:
    announced = shelf.announced(cards)[:HOME_ROWS]
    return Newest(announced or shelf.published_last(cards)[:HOME_ROWS], bool(announced))


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The home page, in its order."""

    entries: int
    sources: int
    places: int
    updated: PartialDate
    moves: tuple[policy.Move, ...]
    reports: Newest
    research: Newest
    ahead: tuple[Due, ...]
    countries: tuple[CountryRow, ...]
    groups: tuple[topics.TopicGroup, ...]
    picks: tuple[picks.Picked, ...]
    recommends: bool
    sections: tuple[Count, ...]
    compared: bool
    definitions: bool
    terms: bool
    letter: digest.Issued | None
    host_name: str | None
    host_text: str
    host_blocks: tuple[HostBlock, ...]


def home(shelf: Shelf) -> Iterator[Page]:
    """Make the home page."""
    default = shelf.default
    states = (code for code in shelf.place_codes if code not in countries.SUPRANATIONAL)
    view = Home(
        entries=len(shelf.everything),
        sources=len(shelf.catalogue.sources),
        places=len(shelf.by_place),
        updated=shelf.day(shelf.catalogue.as_of),
        moves=policy.latest(policy.moves(shelf), shelf)[:HOME_ROWS],
        reports=newest(shelf, tuple(card for card in default if card.kind in MAIN_SOURCES)),
        research=newest(shelf, tuple(card for card in default if card.kind in RESEARCH)),
        ahead=due(shelf)[:HOME_ROWS],
        countries=tuple(row for row in countries.rows(shelf, states) if row.known),
        groups=topics.topic_groups(shelf),
        picks=picks.start_here(shelf, picks.HOME, shelf.default),
        recommends=bool(shelf.catalogue.picks),
        sections=topics.section_totals(shelf),
        compared=bool(shelf.facts),
        definitions=bool(shelf.catalogue.definitions),
        terms=bool(shelf.catalogue.terms),
        letter=digest.latest(shelf),
        host_name=shelf.site.host_name,
        host_text=shelf.site.host_text,
        host_blocks=shelf.site.host_blocks,
    )
    yield Page(path="", title=shelf.site.title, description=shelf.site.subtitle, view=view, here="home", feed="")


def due(shelf: Shelf) -> tuple[Due, ...]:
    """Events and deadlines from today on, the next first."""
    found = []
    for card in shelf.default:
        if shelf.entries[card.id].work.event_status:
            continue
        if card.deadline and card.deadline.day and card.deadline.first_day >= shelf.today:
            found.append(Due(card.deadline, True, card))
        last = card.ends or card.date
        if card.kind is EntryKind.EVENT and card.date and last and last.day and last.first_day >= shelf.today:
            found.append(Due(card.date, False, card))
    return tuple(sorted(found, key=lambda item: (item.date.first_day, item.card.id)))


# ---------------------------------------------------------------- indexes


@dataclass(frozen=True, slots=True)
class Index:
    """A plain list of lists."""

    heading: str
    lead: str
    counts: tuple[Count, ...]


def indexes(shelf: Shelf) -> Iterator[Page]:
    """Make the indexes of years, levels, sources, publishers and authors."""
    say = shelf.say
    yield _index(
        "years/",
        say("Years"),
        say("Entries by year of publication; of an event, the year in which it begins."),
        listings.year_counts(shelf, shelf.default),
    )
    yield _index(
        "levels/",
        say("Levels"),
        say("Entries by whom the work speaks for, or rules over."),
        listings.level_counts(shelf, shelf.default),
    )
    yield _index(
        "sources/",
        say("Sources"),
        say("What is watched, and how many entries each source has shown. How each fares stands on the page about us."),
        watched.source_counts(shelf),
    )
    yield _index(
        "publishers/",
        say("Publishers"),
        say("Publishers and journals with three entries or more."),
        listings.publisher_counts(shelf),
    )
    yield _index("authors/", say("Authors"), say("Authors with three entries or more."), listings.author_counts(shelf))


def _index(path: str, heading: str, lead: str, counts: tuple[Count, ...]) -> Page:
    return Page(path=path, title=heading, description=lead, view=Index(heading, lead, counts))


# ---------------------------------------------------------------- the table

PAGES: tuple[Row, ...] = (
    Row("home", home, "home.html"),
    Row("sections", listings.sections, "listing.html"),
    Row("topics index", topics.topics_index, "topics.html"),
    Row("topics", listings.topics, "listing.html"),
    Row("countries index", countries.index, "countries.html"),
    Row("countries", countries.countries, "country.html"),
    Row("countries by section", countries.parts, "listing.html"),
    Row("indexes", indexes, "index.html"),
    Row("years", listings.years, "listing.html"),
    Row("levels", listings.levels, "listing.html"),
    Row("timeline", policy.timeline, "moves.html"),
    Row("moved", movements.moved, "moves.html"),
    Row("stages", movements.stages, "moves.html"),
    Row("ahead", movements.ahead, "ahead.html"),
    Row("texts", texts.texts, "texts.html"),
    Row("state", state.state, "state.html"),
    Row("followed", state.followed, "followed.html"),
    Row("map", policy.tile_map, "map.html"),
    Row("compare", comparison.compare, "compare.html"),
    Row("definitions", reference.definitions, "definitions.html"),
    Row("terms", reference.terms, "terms.html"),
    Row("trends", trends.trends, "trends.html"),
    Row("sources", watched.sources, "source.html"),
    Row("publishers", listings.publishers, "listing.html"),
    Row("authors", listings.authors, "listing.html"),
    Row("searches", listings.searches, "listing.html"),
    Row("picks", picks.page, "picks.html"),
    Row("entries", record.records, "entry.html", of=record.some),
    Row("search", service.search, "search.html"),
    Row("data", data.data, "data.html"),
    Row("codebook", data.codebook, "codebook.html"),
    Row("list", data.own_list, "list.html"),
    Row("missing", data.missing, "missing.html"),
    Row("about", service.about, "about.html"),
    Row("record of searches", searches.searches, "searches.html"),
    Row("suggest", service.suggest, "suggest.html"),
    Row("subscribe", subscribe.subscribe, "subscribe.html"),
    Row("digest", digest.archive, "digest.html"),
    Row("editions", digest.editions, "edition.html"),
    Row("embed", service.embed, "embed.html"),
    Row("not found", service.not_found, "404.html"),
)
