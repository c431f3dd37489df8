"""Answers queries from an opened index: which entries, in which order, and what a misspelt word may mean. Reads only.

The lists of a word's entries are read whole, once, and combined as dictionaries: ten thousand entries are a few
milliseconds, and no query can make it more than its parts' sum.
"""

from __future__ import annotations

import fnmatch
import heapq
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

from rapidfuzz.distance import OSA
from whoosh.index import FileIndex
from whoosh.matching import Matcher

from observatory.catalogue.search.documents import RANGE, ROLES, decode, stands_in
from observatory.catalogue.search.query import All, Any, Is, Node, Not, Pattern, Phrase, Said, Years
from observatory.catalogue.search.words import EMPTY_WORDS, EXACT, all_forms, fold, prepare, words
from observatory.errors import QueryError
from observatory.model import Status

MOST_EXPANDED = 1000  # words that one pattern may stand for
DECIMALS = 2  # of a score: what is smaller is noise, and equal scores are ordered by id

Scores = Mapping[int, float]  # document → score; what only filters scores 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """The first of all that was found. `lacking`: words that no entry holds, each with the nearest that some do."""

    total: int
    first: tuple[tuple[str, float], ...]
    lacking: Mapping[str, str]


class Searcher:
    """An opened index. It keeps what it read, so a second query is quicker; close it before the index is removed."""

    def __init__(self, index: FileIndex) -> None:
        self._reader = index.reader()
        self._leaves = [(leaf, offset) for leaf, offset in self._reader.leaf_readers() if leaf.doc_count_all()]
        self._known: dict[tuple[str, str], Scores] = {}
        self._ids: dict[int, str] = {}
        for leaf, offset in self._leaves:
            column = leaf.column_reader("id", translate=False)
            self._ids |= {
                number + offset: column[number].decode()
                for number in range(leaf.doc_count_all())
                if not leaf.is_deleted(number)
            }

    def close(self) -> None:
        """Give the files back."""
        self._reader.close()

    def members(self, node: Node, statuses: Collection[Status]) -> tuple[str, ...]:
        """Name all entries that a query finds, sorted."""
        return tuple(sorted(self._ids[number] for number in self._within(node, statuses)))

    def rank(self, node: Node, statuses: Collection[Status], limit: int) -> Ranked:
        """Find the best entries: by score, rounded, then by id."""
        found = self._within(node, statuses)
        order = ((-round(score, DECIMALS), self._ids[number]) for number, score in found.items())
        first = tuple((entry_id, -score + 0.0) for score, entry_id in heapq.nsmallest(limit, order))
        return Ranked(len(found), first, self._lacking(node, statuses))

    def _within(self, node: Node, statuses: Collection[Status]) -> Scores:
        wanted = set().union(*(self._postings("status", status.value) for status in statuses))
        return {number: score for number, score in self._find(node).items() if number in wanted}

    # ------------------------------------------------------------ the tree

    def _find(self, node: Node) -> Scores:
        match node:
            case Said():
                return self._said(node)
            case Phrase():
                return self._phrase(node)
            case Pattern():
                return self._pattern(node)
            case Is():
                return dict.fromkeys(self._postings("name" if node.field == "id" else node.field, node.value), 0.0)
            case Years():
                return dict.fromkeys(self._years(node), 0.0)
            case Not():
                return dict.fromkeys(self._ids.keys() - self._find(node.part).keys(), 0.0)
            case Any():
                return reduce(_either, map(self._find, node.parts))
            case All():
                return self._all(node)

    def _all(self, node: All) -> Scores:
        """Words that say nothing don't count beside others that do."""
        parts = [part for part in node.parts if not (isinstance(part, Said) and is_empty(part.words))] or node.parts
        return reduce(_both, sorted(map(self._find, parts), key=len))

    def _said(self, node: Said) -> Scores:
        """Every word in any of its forms; the parts of a hyphenated one side by side, or as one word."""
        field = node.field or "said"
        prepared = prepare(node.words)
        typed = list(words(prepared))
        single = [word for word in typed if not word.joined]
        if len(single) == 1:
            return self._word(field, prepared[single[0].begin : single[0].end])
        found = self._adjacent(field, [word.folded for word in single])
        if len(single) == 2 and (joined := next((word for word in typed if word.joined), None)):
            found = _better(found, self._word(field, joined.folded))
        return found

    def _word(self, field: str, word: str) -> Scores:
        return self._weighed(reduce(_better, (self._postings(field, stem) for stem in all_forms(word)), {}))

    def _phrase(self, node: Phrase) -> Scores:
        said = [word.folded for word in words(prepare(node.words)) if not word.joined]
        return self._adjacent(node.field or "said", said)

    def _adjacent(self, field: str, said: list[str]) -> Scores:
        """Find words that stand one after another."""
        if not said:
            return {}
        lists = [self._postings(field, f"{EXACT}{word}") for word in said]
        found = reduce(_both, (self._weighed(each) for each in lists))
        if len(said) == 1 or not found:
            return found
        starts: dict[int, set[int]] = {}
        for step, word in enumerate(said):
            places = self._places(field, f"{EXACT}{word}", found if step == 0 else starts)
            starts = {
                number: kept
                for number, at in places.items()
                if (kept := {place - step for place in at} & (starts[number] if step else {*at}))
            }
        return {number: score for number, score in found.items() if number in starts}

    def _pattern(self, node: Pattern) -> Scores:
        field = node.field or "said"
        terms = list(self._expand(node))
        return self._weighed(reduce(_better, (self._postings(field, term) for term in terms), {}))

    def _expand(self, node: Pattern) -> Iterator[str]:
        glob = pattern_of(node)
        prefix = re.split(r"[*?]", glob)[0]
        fits = re.compile(fnmatch.translate(glob)).match
        number = 0
        for term in self._reader.expand_prefix("said", f"{EXACT}{prefix}".encode()):
            word = term.decode() if isinstance(term, bytes) else str(term)
            if fits(word[len(EXACT) :]):
                number += 1
                if number > MOST_EXPANDED:
                    said = f"{node.glob} stands for more than {MOST_EXPANDED} words; write more letters before * or ?"
                    raise QueryError(node.glob, 1, said)
                yield word

    def _years(self, node: Years) -> Iterable[int]:
        for term in self._reader.lexicon("year"):
            if (node.first or 0) <= int(term) <= (node.last or 9999):
                yield from self._postings("year", term.decode() if isinstance(term, bytes) else term)

    # ------------------------------------------------------------ postings

    def _weighed(self, found: Scores) -> Scores:
        """Let rare words count for more."""
        rarity = math.log(1 + len(self._ids) / len(found)) if found else 0.0
        return {number: weight * rarity for number, weight in found.items()}

    def _postings(self, field: str, term: str) -> Scores:
        """Give each living document that holds a term in a field or role, with the term's weight there."""
        if (known := self._known.get((field, term))) is not None:
            return known
        role = ROLES.get(field)
        found: dict[int, float] = {}
        for matcher, offset in self._lists("said" if role is not None else field, term):
            while matcher.is_active():
                if role is None or stands_in(term, matcher.value(), role):
                    found[matcher.id() + offset] = matcher.weight()
                matcher.next()
        self._known[field, term] = found
        return found

    def _places(self, field: str, term: str, among: Collection[int]) -> dict[int, list[int]]:
        """Give the places of a word in some documents, in all roles or in one."""
        role = ROLES.get(field)
        found: dict[int, list[int]] = {}
        for matcher, offset in self._lists("said", term):
            while matcher.is_active():
                if (number := matcher.id() + offset) in among:
                    at = decode(matcher.value())
                    found[number] = at if role is None else [place for place in at if place >> RANGE == role]
                matcher.next()
        return found

    def _lists(self, field: str, term: str) -> Iterator[tuple[Matcher, int]]:
        key = (field, term.encode())
        return ((leaf.postings(*key), offset) for leaf, offset in self._leaves if key in leaf)

    # ------------------------------------------------------------ did you mean

    def _lacking(self, node: Node, statuses: Collection[Status]) -> Mapping[str, str]:
        """Find words that no entry holds in any form, and the nearest that one of these entries does hold."""
        seen = set().union(*(self._postings("status", status.value) for status in statuses))
        found: dict[str, str] = {}
        for typed in asked_words(node):
            folded = fold(typed)
            if len(folded) > 2 and not self._word("said", typed) and (near := self._nearest(folded, seen)):
                found[typed] = near
        return found

    def _nearest(self, word: str, seen: Collection[int]) -> str | None:
        distance = 1 if len(word) < 5 else 2
        near = {}
        for term in self._reader.terms_within("said", f"{EXACT}{word}", distance, prefix=len(EXACT) + 1):
            said = (term.decode() if isinstance(term, bytes) else str(term)).removeprefix(EXACT)
            near[said] = sum(number in seen for number in self._postings("said", f"{EXACT}{said}"))
        order = ((OSA.distance(word, said), -number, said) for said, number in near.items() if number)
        return min(order, default=(0, 0, None))[2]


def asked_words(node: Node) -> Iterator[str]:
    """Give the words, as typed, that a query wants to be there."""
    match node:
        case Said() | Phrase():
            prepared = prepare(node.words)
            yield from (prepared[word.begin : word.end] for word in words(prepared) if not word.joined)
        case All() | Any():
            for part in node.parts:
                yield from asked_words(part)


def is_empty(said: str) -> bool:
    """Whether words say nothing beside others: articles and the like."""
    return all(word.folded in EMPTY_WORDS for word in words(prepare(said)))


def pattern_of(node: Pattern) -> str:
    """Give a pattern in the form of folded words."""
    parts = re.split(r"([*?])", prepare(node.glob))
    folded = "".join(part if part in "*?" else fold(part) for part in parts)
    return re.sub(r"[^\w*?]", "", folded)


def _both(one: Scores, other: Scores) -> Scores:
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return {number: score + large[number] for number, score in small.items() if number in large}


def _either(one: Scores, other: Scores) -> Scores:
    found = dict(one)
    for number, score in other.items():
        found[number] = found.get(number, 0.0) + score
    return found


def _better(one: Scores, other: Scores) -> Scores:
    """Join the forms of one word: what holds two of them is not twice about it."""
    if not one or not other:
        return one or other
    found = dict(one)
    for number, weight in other.items():
        if weight > found.get(number, 0.0):
            found[number] = weight
    return found
