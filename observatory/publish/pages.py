"""The table of pages. A new page is one function, one row here and one template in `site_templates/`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from observatory.model import EntryKind, HostBlock, PartialDate, Section, Stage
from observatory.publish import countries, links, listings, record, words
from observatory.publish.cards import RESEARCH, Card, Link
from observatory.publish.countries import CountryRow
from observatory.publish.listings import Count, section_counts
from observatory.publish.page import Page, Row
from observatory.publish.shelf import Cards, Shelf
from observatory.publish.words import N_
from observatory.text import safe_url

HOME_ROWS = 5
PICKS = 6
MAIN_SOURCES = frozenset({EntryKind.REPORT, EntryKind.GUIDE, EntryKind.STANDARD})
TOPIC_GROUPS = (
    N_("What it is"),
    N_("Trust"),
    N_("People"),
    N_("How"),
    N_("System and debate"),
)


# ---------------------------------------------------------------- home


@dataclass(frozen=True, slots=True)
class Move:
    """A dated step of an official policy."""

    date: PartialDate
    stage: Stage
    what: str
    path: str
    lang: str
    place: Link | None


@dataclass(frozen=True, slots=True)
class Due:
    """An event or a deadline that is still ahead."""

    date: PartialDate
    is_deadline: bool
    card: Card


@dataclass(frozen=True, slots=True)
class TopicGroup:
    name: str
    topics: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The home page, in its order."""

    entries: int
    sources: int
    places: int
    updated: PartialDate
    by_listing: bool
    moves: tuple[Move, ...]
    reports: Cards
    research: Cards
    ahead: tuple[Due, ...]
    countries: tuple[CountryRow, ...]
    groups: tuple[TopicGroup, ...]
    picks: Cards
    sections: tuple[Count, ...]
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
        by_listing=shelf.announces,
        moves=moves(shelf)[:HOME_ROWS],
        reports=shelf.newest((card for card in default if card.kind in MAIN_SOURCES), HOME_ROWS),
        research=shelf.newest((card for card in default if card.kind in RESEARCH), HOME_ROWS),
        ahead=due(shelf)[:HOME_ROWS],
        countries=tuple(row for row in countries.rows(shelf, states) if row.known),
        groups=topic_groups(shelf),
        picks=shelf.landmarks[:PICKS],
        sections=section_totals(shelf),
        host_name=shelf.site.host_name,
        host_text=shelf.site.host_text,
        host_blocks=shelf.site.host_blocks,

    )
    yield Page(path="", title=shelf.site.title, description=shelf.site.subtitle, view=view, here="home", feed="")


def moves(shelf: Shelf) -> tuple[Move, ...]:
    """Dated steps of official policies up to today, latest first; the acts' own and those of the countries' facts."""
    found = [move for card in shelf.default for move in _steps_of(shelf, card)]
    found += [
        Move(step.date, step.stage, step.what, links.country(place), "en", Link(place.name, links.country(place)))
        for facts in shelf.catalogue.countries
        for place in (shelf.place(facts.code),)
        for step in facts.steps
    ]
    past = (move for move in found if move.date.first_day <= shelf.today)
    return tuple(sorted(past, key=lambda move: (-move.date.first_day.toordinal(), move.what, move.path)))


def _steps_of(shelf: Shelf, card: Card) -> Iterator[Move]:
    work = shelf.entries[card.id].work
    if card.kind is not EntryKind.POLICY or not work.official:
        return
    place = card.places[0] if card.places else None
    if work.date and work.stage and not work.steps:
        yield Move(work.date, work.stage, work.title_en or work.title, card.path, "en" if work.title_en else card.lang, place)
    for step in work.steps:
        yield Move(step.date, step.stage, f"{work.title_en or work.title}: {step.what}", card.path, "", place)


def due(shelf: Shelf) -> tuple[Due, ...]:
    """Events and deadlines from today on, the next first."""
    found = []
    for card in shelf.default:
        if card.deadline and card.deadline.day and card.deadline.first_day >= shelf.today:
            found.append(Due(card.deadline, True, card))
        last = card.ends or card.date
        if card.kind is EntryKind.EVENT and card.date and last and last.day and last.first_day >= shelf.today:
            found.append(Due(card.date, False, card))
    return tuple(sorted(found, key=lambda item: (item.date.first_day, item.card.id)))


def section_totals(shelf: Shelf) -> tuple[Count, ...]:
    return tuple(
        Count(shelf.say(words.SECTIONS[section]), len(shelf.by_section.get(section, ())), links.section(section))
        for section in Section
    )


# ---------------------------------------------------------------- topics


def topic_groups(shelf: Shelf) -> tuple[TopicGroup, ...]:
    """Topics in their groups, each with the count of its entries (a topic without any stands too)."""
    names = dict.fromkeys(topic.group for topic in shelf.catalogue.topics)
    return tuple(
        TopicGroup(
            shelf.say(name),
            tuple(
                Count(shelf.say(topic.label), len(shelf.by_topic.get(topic.id, ())), links.topic(topic.id))
                for topic in shelf.catalogue.topics
                if topic.group == name
            ),
        )
        for name in names
    )


@dataclass(frozen=True, slots=True)
class TopicLine:
    name: str
    path: str
    definition: str
    entries: int


@dataclass(frozen=True, slots=True)
class TopicsView:
    groups: tuple[tuple[str, tuple[TopicLine, ...]], ...]


def topics_index(shelf: Shelf) -> Iterator[Page]:
    """Make the list of all topics with their definitions."""
    names = dict.fromkeys(topic.group for topic in shelf.catalogue.topics)
    groups = tuple(
        (
            shelf.say(name),
            tuple(
                TopicLine(
                    shelf.say(topic.label),
                    links.topic(topic.id),
                    shelf.say(topic.definition),
                    len(shelf.by_topic.get(topic.id, ())),
                )
                for topic in shelf.catalogue.topics
                if topic.group == name
            ),
        )
        for name in names
    )
    yield Page(path="topics/", title=shelf.say("Topics"), view=TopicsView(groups), here="topics")


# ---------------------------------------------------------------- years, levels


@dataclass(frozen=True, slots=True)
class Index:
    """A plain list of lists."""

    heading: str
    lead: str
    counts: tuple[Count, ...]


def years_index(shelf: Shelf) -> Iterator[Page]:
    heading = shelf.say("Years")
    lead = shelf.say("Entries by year of publication; of an event, the year in which it begins.")
    counts = listings.year_counts(shelf, shelf.default)
    yield Page(path="years/", title=heading, view=Index(heading, lead, counts), here="")


def levels_index(shelf: Shelf) -> Iterator[Page]:
    heading = shelf.say("Levels")
    lead = shelf.say("Entries by whom the work speaks for, or rules over.")
    counts = listings.level_counts(shelf, shelf.default)
    yield Page(path="levels/", title=heading, view=Index(heading, lead, counts), here="")


# ---------------------------------------------------------------- about, 404, subscribe


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as the about page lists it."""

    name: str
    path: str
    kind: str
    outcome: str
    cause: str
    last_success: PartialDate | None
    entries: int


@dataclass(frozen=True, slots=True)
class About:
    entries: int
    withdrawn: int
    undated: int
    pending: int
    updated: PartialDate
    kinds: tuple[Count, ...]
    sources: tuple[SourceRow, ...]
    groups: tuple[tuple[str, tuple[TopicLine, ...]], ...]


def about(shelf: Shelf) -> Iterator[Page]:
    """Make the page on method, rules, coverage and the sources' health."""
    (topics,) = topics_index(shelf)
    assert isinstance(topics.view, TopicsView)
    view = About(
        entries=len(shelf.everything),
        withdrawn=len(shelf.entries) - len(shelf.everything),
        undated=len(shelf.by_year.get(None, ())),
        pending=shelf.catalogue.pending,
        updated=shelf.day(shelf.catalogue.as_of),
        kinds=listings.kind_counts(shelf, shelf.everything),
        sources=_source_rows(shelf),
        groups=topics.view.groups,
    )
    yield Page(path="about/", title=shelf.say("About"), view=view, here="about")


def _source_rows(shelf: Shelf) -> tuple[SourceRow, ...]:
    found = []
    for source in shelf.catalogue.sources:
        health = shelf.catalogue.health.get(source.id)
        last = health.last_success if health else None
        found.append(
            SourceRow(
                source.name,
                links.source(source.id),
                source.kind,
                health.outcome.value if health and health.outcome else "",
                health.cause.value if health and health.cause else "",
                shelf.day(last) if last else None,
                len(shelf.by_source.get(source.id, ())),
            )
        )
    return tuple(sorted(found, key=lambda row: row.name.casefold()))


@dataclass(frozen=True, slots=True)
class Subscribe:
    sections: tuple[Count, ...]
    groups: tuple[TopicGroup, ...]
    countries: tuple[CountryRow, ...]
    searches: tuple[Link, ...]


def subscribe(shelf: Shelf) -> Iterator[Page]:
    """Make the page that leads to every feed."""
    view = Subscribe(
        section_totals(shelf),
        topic_groups(shelf),
        tuple(row for row in countries.rows(shelf, shelf.place_codes) if row.entries),
        tuple(Link(query.title, links.search(query.id)) for query in shelf.catalogue.searches),
    )
    yield Page(path="subscribe/", title=shelf.say("Subscribe"), view=view, here="subscribe", feed="")


@dataclass(frozen=True, slots=True)
class Nothing:
    """The view of a page that says the same whatever the catalogue holds."""


def not_found(shelf: Shelf) -> Iterator[Page]:
    yield Page(path="404.html", title=shelf.say("Page not found"), view=Nothing(), indexed=False)


PAGES: tuple[Row, ...] = (
    Row("home", home, "home.html"),
    Row("sections", listings.sections, "listing.html"),
    Row("topics index", topics_index, "topics.html"),
    Row("topics", listings.topics, "listing.html"),
    Row("countries index", countries.index, "countries.html"),
    Row("countries", countries.countries, "country.html"),
    Row("countries by section", countries.parts, "listing.html"),
    Row("years index", years_index, "index.html"),
    Row("years", listings.years, "listing.html"),
    Row("levels index", levels_index, "index.html"),
    Row("levels", listings.levels, "listing.html"),
    Row("sources", listings.sources, "listing.html"),
    Row("publishers", listings.publishers, "listing.html"),
    Row("authors", listings.authors, "listing.html"),
    Row("searches", listings.searches, "listing.html"),
    Row("entries", record.records, "entry.html"),
    Row("about", about, "about.html"),
    Row("subscribe", subscribe, "subscribe.html"),
    Row("not found", not_found, "404.html"),
)
