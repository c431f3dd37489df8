"""Which entries stand below an entry as related, and what they share, in the words that readers know."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from observatory.model import Entry
from observatory.publish.cards import Card
from observatory.publish.shelf import Shelf
from observatory.publish.words import N_, Gettext
from observatory.text import title_key

SHOWN = 3
_WORD = re.compile(r"\w+")
# How each thing shared is said; what it is stands as it is, so that every language may keep its order of words.
SAID: Mapping[str, str] = {
    "work": N_("both refer to the same work"),
    "author": N_("both by %s"),
    "word": N_("in both titles: %s"),
    "topic": N_("same topic: %s"),
    "country": N_("same country: %s"),
}
SAID_OF_MANY: Mapping[str, str] = {**SAID, "topic": N_("same topics: %s"), "country": N_("same countries: %s")}


def related(shelf: Shelf, entry: Entry) -> tuple[tuple[Card, str], ...]:
    """Give the nearest entries, each with what it shares, but for those that the page names as tied to it by a relation."""
    pairs = _pairs(shelf, entry)
    names = dict(_named(shelf, entry, {said.partition(":")[0] for _i, each in pairs for said in each.splitlines()}))
    return tuple((shelf.cards[i], in_words(shelf.say, names, said)) for i, said in pairs)


def told(shelf: Shelf, entry: Entry) -> list[str]:
    """Give what the list is made of beside the entry itself, without making it."""
    return [f"{said} {shelf.cards[i].digest}" for i, said in _pairs(shelf, entry)]


def _pairs(shelf: Shelf, entry: Entry) -> tuple[tuple[str, str], ...]:
    near = shelf.catalogue.related.get(entry.id, ())
    tied = {shelf.targets.get(relation.target) for relation in entry.work.relations} if near else set()
    tied |= {other for _kind, other in shelf.backward.get(entry.id, ())} if near else set()
    return tuple((i, said) for i, said in near if i in shelf.cards and i not in tied)[:SHOWN]


def in_words(say: Gettext, names: Mapping[str, str], shared: str) -> str:
    """Say what an entry shares with another: lines of `author:…`, `topic:…` and so on, as `judge.related` gives them.

    `names` are the words for what stands after the colon.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for line in shared.splitlines():
        name, _colon, value = line.partition(":")
        found[name].append(value)
    said = " · ".join(_said(say, name, [names.get(key, key) for key in keys]) for name, keys in found.items())
    return said[:1].upper() + said[1:]


def _said(say: Gettext, name: str, values: list[str]) -> str:
    form = say((SAID if len(values) == 1 else SAID_OF_MANY)[name])
    between = "; " if any("," in value for value in values) else ", "
    return form % between.join(values) if "%s" in form else form


def _named(shelf: Shelf, entry: Entry, asked: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give the key of each person, title's word, topic and country of an entry with its name as it stands, as far as asked."""
    work = entry.work
    if "word" in asked:
        yield from ((title_key(word), word) for word in _WORD.findall(work.title_en or work.title))
    if "author" in asked:
        yield from ((title_key(creator.name), creator.name) for creator in work.creators)
    yield from ((topic, shelf.topic_labels[topic]) for topic in work.topics if topic in shelf.topic_labels)
    yield from ((code, shelf.place(code).name) for code in work.countries)
