"""Feeds of entries: what became public last, as Atom and JSON Feed. Their dates come from data, never from a clock."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from observatory.model import Entry, Section, Site
from observatory.publish import links, words
from observatory.publish.cards import Card, summary_of
from observatory.publish.shelf import Cards, Shelf

NEWEST = 50
TAG_YEAR = "2026"  # the year in which we held the name; it is part of every feed id and must never change
EMPTY = datetime(1970, 1, 1, tzinfo=UTC)  # an empty feed keeps one date, so that conditional requests stay true
ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed before it is written: what it is called, the folder it stands in, and its cards."""

    title: str
    base: str
    cards: Cards


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as a feed tells it."""

    card: Card
    title: str
    published: datetime
    updated: datetime
    summary: str | None
    authors: tuple[str, ...]
    topics: tuple[tuple[str, str], ...]
    link: str | None


Write = Callable[[Feed, Sequence[Item], Site], bytes]


def feeds(shelf: Shelf) -> Iterator[Feed]:
    """List the feeds: home, sections, topics, places with entries, named queries."""
    yield Feed(shelf.site.title, "", shelf.newest(shelf.default, NEWEST))
    for section in Section:
        yield _feed(
            shelf,
            shelf.say(words.SECTIONS[section]),
            links.section(section),
            shelf.by_section.get(section, ()),
        )
    for topic in shelf.catalogue.topics:
        yield _feed(shelf, shelf.say(topic.label), links.topic(topic.id), shelf.by_topic.get(topic.id, ()))
    for code, cards in shelf.by_place.items():
        place = shelf.place(code)
        yield _feed(shelf, place.name, links.country(place), cards)
    for query in shelf.catalogue.searches:
        yield _feed(shelf, query.title, links.search(query.id), shelf.by_search.get(query.id, ()))


def _feed(shelf: Shelf, name: str, base: str, cards: Cards) -> Feed:
    return Feed(f"{name} – {shelf.site.title}", base, shelf.newest(cards, NEWEST))


def items(shelf: Shelf, feed: Feed) -> tuple[Item, ...]:
    """Tell a feed's entries."""
    return tuple(_item(shelf, shelf.entries[card.id], card) for card in feed.cards)


def _item(shelf: Shelf, entry: Entry, card: Card) -> Item:
    published = entry.listed or entry.first_seen
    summary, _lang, _theirs = summary_of(entry.work)
    labels = {topic.id: topic.label for topic in shelf.catalogue.topics}
    return Item(
        card=card,
        title=_title(card),
        published=published,
        updated=max((published, *(change.at for change in entry.changes if change.at >= published))),
        summary=summary,
        authors=tuple(creator.name for creator in entry.work.creators) or _some(entry.work.publisher),
        topics=tuple((topic, shelf.say(labels[topic])) for topic in entry.work.topics if topic in labels),
        link=card.url,
    )


def _some(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


def _title(card: Card) -> str:
    return f"{card.title} [{card.title_en}]" if card.title_en else card.title


# ---------------------------------------------------------------- Atom


def atom(feed: Feed, told: Sequence[Item], site: Site) -> bytes:
    """Write a feed as Atom (RFC 4287)."""
    ET.register_namespace("", ATOM)
    root = ET.Element(_q("feed"), {"xml:lang": site.language})
    _add(root, "id", _tag(site, feed.base or "home"))
    _add(root, "title", feed.title)
    _add(root, "updated", _stamp(max((item.updated for item in told), default=EMPTY)))
    _add(root, "link", rel="self", type="application/atom+xml", href=f"{site.url}{feed.base}feed.atom")
    _add(root, "link", rel="alternate", type="text/html", href=f"{site.url}{feed.base}")
    _add(_add(root, "author"), "name", site.maintainer or site.title)
    for item in told:
        _atom_entry(_add(root, "entry"), item, site)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _atom_entry(element: ET.Element, item: Item, site: Site) -> None:
    _add(element, "id", _tag(site, item.card.path))
    _add(element, "title", item.title)
    _add(element, "published", _stamp(item.published))
    _add(element, "updated", _stamp(item.updated))
    _add(element, "link", rel="alternate", type="text/html", href=f"{site.url}{item.card.path}")
    if item.link:
        _add(element, "link", rel="related", href=item.link)
    for name in item.authors:
        _add(_add(element, "author"), "name", name)
    for topic, label in item.topics:
        _add(element, "category", term=topic, label=label)
    if item.summary:
        _add(element, "summary", item.summary)


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, _q(name), {key: _xml(value) for key, value in attributes.items()})
    element.text = _xml(text) if text is not None else None
    return element


def _q(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _xml(text: str) -> str:
    """Drop the characters that XML can't hold."""
    return _NOT_XML.sub("", text)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tag(site: Site, what: str) -> str:
    return f"tag:{urlsplit(site.url).hostname},{TAG_YEAR}:{what.strip('/')}"


# ---------------------------------------------------------------- JSON Feed


def json_feed(feed: Feed, told: Sequence[Item], site: Site) -> bytes:
    """Write a feed as JSON Feed 1.1."""
    value = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{site.url}{feed.base}",
        "feed_url": f"{site.url}{feed.base}feed.json",
        "language": site.language,
        "authors": [{"name": site.maintainer or site.title}],
        "items": [_json_item(item, site) for item in told],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _json_item(item: Item, site: Site) -> dict[str, object]:
    value: dict[str, object] = {
        "id": _tag(site, item.card.path),
        "url": f"{site.url}{item.card.path}",
        "title": item.title,
        "content_text": item.summary or item.title,
        "date_published": _stamp(item.published),
        "date_modified": _stamp(item.updated),
        "authors": [{"name": name} for name in item.authors],
        "tags": [label for _topic, label in item.topics],
    }
    return value | {"external_url": item.link} if item.link else value


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table of feed formats."""

    file: str
    mime: str
    write: Write


FORMATS: tuple[Format, ...] = (
    Format("feed.atom", "application/atom+xml", atom),
    Format("feed.json", "application/feed+json", json_feed),
)
