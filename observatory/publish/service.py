"""Pages about the site itself: how it is made, how to search, subscribe, suggest and embed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape

from observatory.model import SECTION_OF, EntryKind, Measured, PartialDate, Site
from observatory.publish import links, listings, searchable, watched, words
from observatory.publish.metadata import script_safe
from observatory.publish.page import Page
from observatory.publish.paging import Count
from observatory.publish.shelf import Cards, Shelf
from observatory.publish.topics import (
    TopicLine,
    TopicsView,
    section_totals,
    topics_index,
)
from observatory.publish.words import Gettext


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
    measured: Measured | None
    told: tuple[str, ...]


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
        measured=shelf.catalogue.measured,
        told=tuple(shelf.say(sentence) for sentence in shelf.catalogue.told),
    )
    yield Page(path="about/", title=shelf.say("About"), view=view, here="about")


def _source_rows(shelf: Shelf) -> tuple[SourceRow, ...]:
    found = []
    for source in shelf.catalogue.sources:
        health, told = shelf.catalogue.health.get(source.id), watched.fares(shelf, source)
        last = health.last_success if health else None
        found.append(
            SourceRow(
                source.name,
                links.source(source.id),
                source.kind,
                told.state,
                told.cause,
                shelf.day(last) if last else None,
                len(shelf.by_source.get(source.id, ())),
            )
        )
    return tuple(sorted(found, key=lambda row: row.name.casefold()))


@dataclass(frozen=True, slots=True)
class Nothing:
    """The view of a page that says the same whatever the catalogue holds."""


def not_found(shelf: Shelf) -> Iterator[Page]:
    yield Page(path="404.html", title=shelf.say("Page not found"), view=Nothing(), indexed=False)


# ---------------------------------------------------------------- search, suggest, embed


@dataclass(frozen=True, slots=True)
class SearchView:
    """The static lists that divide the catalogue, for readers without JavaScript."""

    entries: int
    sections: tuple[Count, ...]
    levels: tuple[Count, ...]
    years: tuple[Count, ...]
    topics: tuple[Count, ...]
    countries: tuple[Count, ...]
    names: str  # JSON: the words for the facets' values, and their pages
    kinds: str  # JSON: kind → section


def search(shelf: Shelf) -> Iterator[Page]:
    """Make the search page."""
    view = SearchView(
        len(shelf.everything),
        section_totals(shelf),
        listings.level_counts(shelf, shelf.default),
        listings.year_counts(shelf, shelf.default),
        listings.topic_counts(shelf, shelf.default),
        listings.place_counts(shelf, shelf.default),
        script_safe(searchable.names(shelf)),
        script_safe({kind.value: SECTION_OF[kind].value for kind in EntryKind}),
    )
    yield Page(path="search/", title=shelf.say("Search"), view=view, here="search")


def opensearch(site: Site, say: Gettext) -> bytes:
    """Describe the search to browsers (OpenSearch 1.1), so that it can be asked from the address bar."""
    name = escape(site.title[:16])  # a short name has at most 16 characters
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
        f"<ShortName>{name}</ShortName>",
        f"<LongName>{escape(site.title[:48])}</LongName>",
        f"<Description>{escape(say('Search the catalogue of works on %s.') % site.subject)}</Description>",
        "<InputEncoding>UTF-8</InputEncoding>",
        f'<Image width="16" height="16" type="image/svg+xml">{escape(site.url)}static/icon.svg</Image>',
        f'<Url type="text/html" template="{escape(site.url)}search/?q={{searchTerms}}"/>',
        "</OpenSearchDescription>",
        "",
    )
    return "\n".join(lines).encode()


BOOKMARK = (
    "javascript:location.href='mailto:%s?subject=Suggestion&body='+"
    "encodeURIComponent('Title: '+document.title+'\\nAddress: '+location.href)"
)


@dataclass(frozen=True, slots=True)
class Suggest:
    """The form's choices, and a mail begun."""

    kinds: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str], ...]
    contact: str | None
    mail: str | None
    bookmark: str  # as text to copy: the site's policy lets no page hold a link that runs a script


def suggest(shelf: Shelf) -> Iterator[Page]:
    """Make the page where readers suggest a publication."""
    contact = shelf.site.contact
    subject = quote(shelf.say("Suggestion"))
    body = quote(shelf.say("Title:\nAddress:\nWho made it:\nDate:\nWhy it belongs here:\n"))
    view = Suggest(
        kinds=tuple((kind.value, shelf.say(words.KINDS[kind])) for kind in EntryKind),
        topics=tuple((topic.id, shelf.say(topic.label)) for topic in shelf.catalogue.topics),
        contact=contact,
        mail=f"mailto:{quote(contact, safe='@')}?subject={subject}&body={body}" if contact else None,
        bookmark=BOOKMARK % quote(contact, safe="@") if contact else "",
    )
    yield Page(path="suggest/", title=shelf.say("Suggest a publication"), view=view, here="suggest")


EMBEDDED = 5


@dataclass(frozen=True, slots=True)
class Embed:
    """The latest five of a list, to stand in somebody else's page."""

    heading: str
    cards: Cards
    base: str


def embed(shelf: Shelf) -> Iterator[Page]:
    """Make the pages that may be framed: one for each topic and place with entries."""
    for topic in shelf.catalogue.topics:
        if cards := shelf.by_topic.get(topic.id, ()):
            path = f"embed/topic/{topic.id}/"
            yield _embed(
                path,
                shelf.say(topic.label),
                shelf.newest(cards, EMBEDDED) or cards[:EMBEDDED],
                links.topic(topic.id),
            )
    for code, cards in shelf.by_place.items():
        place = shelf.place(code)
        latest = shelf.newest(cards, EMBEDDED) or cards[:EMBEDDED]
        yield _embed(f"embed/country/{code.lower()}/", place.name, latest, links.country(place))


def _embed(path: str, heading: str, cards: Cards, base: str) -> Page:
    return Page(path=path, title=heading, view=Embed(heading, cards, base), indexed=False)
