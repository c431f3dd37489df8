"""Feeds of entries: what became public last. Their dates come from data, never from a clock."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from observatory.model import ChangeKind, Entry, Section
from observatory.publish import links, words
from observatory.publish.cards import Card, summary_of
from observatory.publish.fingerprint import fingerprint
from observatory.publish.formats import FORMATS, FeedItem, Format, Head, feed_tag
from observatory.publish.output import Output
from observatory.publish.shelf import Cards, Shelf
from observatory.publish.take import vocabulary

NEWEST = 50
FORM = "2"  # raised when the making of feeds changes, so that they are written anew
# What happens to a work; that a link was found dead is our trouble and makes no entry new.
REAL = frozenset(ChangeKind) - {ChangeKind.LINK_DEAD}
RSS_BASES = ("", "digest/", *(links.section(section) for section in Section))  # what older programs may want to follow


def outputs(shelf: Shelf) -> Iterator[Output]:
    """Plan every feed of entries in every format."""
    for title, base, cards in feeds(shelf):
        told = fingerprint(FORM, vocabulary(shelf), title, base, shelf.told(cards))
        for form in FORMATS:
            if form.stem != "rss" or base in RSS_BASES:
                path = f"{base}feed.{form.stem}"
                yield Output(path, told, partial(_write, shelf, form, Head(title, base, path), cards))


def feeds(shelf: Shelf) -> Iterator[tuple[str, str, Cards]]:
    """List the feeds: title, folder and entries of home, sections, topics, places with entries, named queries."""
    yield shelf.site.title, "", shelf.newest(shelf.default, NEWEST)
    for section in Section:
        name = shelf.say(words.SECTIONS[section])
        yield _feed(shelf, name, links.section(section), shelf.by_section.get(section, ()))
    for topic in shelf.catalogue.topics:
        yield _feed(shelf, shelf.say(topic.label), links.topic(topic.id), shelf.by_topic.get(topic.id, ()))
    for code, cards in shelf.by_place.items():
        place = shelf.place(code)
        yield _feed(shelf, place.name, links.country(place), cards)
    for query in shelf.catalogue.searches:
        yield _feed(shelf, query.title, links.search(query.id), shelf.by_search.get(query.id, ()))


def _feed(shelf: Shelf, name: str, base: str, cards: Cards) -> tuple[str, str, Cards]:
    return f"{name} – {shelf.site.title}", base, shelf.newest(cards, NEWEST)


def _write(shelf: Shelf, form: Format, head: Head, cards: Cards) -> bytes:
    return form.write(head, tuple(_item(shelf, shelf.entries[card.id], card) for card in cards), shelf.site)


def _item(shelf: Shelf, entry: Entry, card: Card) -> FeedItem:
    published = entry.listed or entry.first_seen
    summary, _lang, _theirs = summary_of(entry.work)
    labels = {topic.id: topic.label for topic in shelf.catalogue.topics}
    changed = (change.at for change in entry.changes if change.at >= published and change.kind in REAL)
    return FeedItem(
        tag=feed_tag(shelf.site, card.path),
        path=card.path,
        title=f"{card.title} [{card.title_en}]" if card.title_en else card.title,
        published=published,
        updated=max((published, *changed)),
        text=summary or "",
        authors=tuple(creator.name for creator in entry.work.creators) or _some(entry.work.publisher),
        topics=tuple((topic, shelf.say(labels[topic])) for topic in entry.work.topics if topic in labels),
        link=card.url,
    )


def _some(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()
