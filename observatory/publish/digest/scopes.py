"""What readers can choose: everything, a topic, a country, a named query; and mailing lists, each with its query."""

from __future__ import annotations

from collections.abc import Iterator

from observatory.model import Edition, Rhythm
from observatory.publish import links
from observatory.publish.digest.letter import ALL, Letter, Scope, letter
from observatory.publish.shelf import Shelf

DIGEST = "digest/"


def scopes(shelf: Shelf) -> Iterator[Scope]:
    """Yield every choice that has feeds: those of the pages that exist, so that one can subscribe before there is news."""
    yield Scope(base=DIGEST, name=shelf.site.title)
    for topic in shelf.catalogue.topics:
        yield Scope("topic", topic.id, shelf.say(topic.label), links.topic(topic.id))
    for code in shelf.by_place:
        place = shelf.place(code)
        yield Scope("country", code, place.name, links.country(place))
    for query in shelf.catalogue.searches:
        yield Scope("search", query.id, query.title, links.search(query.id))


def list_scopes(shelf: Shelf, edition: Edition) -> Iterator[Scope]:
    """Yield the mailing lists that an edition has items for; a list that is no more keeps its pages."""
    names = {query for told in edition.candidates for query in told.queries if query.startswith("list:")}
    for name in sorted(names):
        yield Scope("list", name[5:], name[5:], f"{links.edition(edition.id)}{name[5:]}/")


def letters(shelf: Shelf, scope: Scope, rhythm: Rhythm) -> Iterator[Letter]:
    """Yield the letters of a scope, the latest edition first; periods without news for it have none."""
    for edition in reversed(shelf.catalogue.editions):
        if edition.rhythm is rhythm and (made := of(shelf, edition, scope)):
            yield made


def of(shelf: Shelf, edition: Edition, scope: Scope = ALL) -> Letter | None:
    """Make the letter of an edition for a scope."""
    return letter(edition, scope, shelf.catalogue.corrections.get(edition.id, ()), shelf.say, shelf.site.heading)
