"""Entries → what the index holds of them: words with their weight and places, stems, and facts. No I/O.

A word's weight says how much an entry is about it: where it stands and how often, never how many other entries there are. So
an index that grew and one made anew rank alike.
"""

from __future__ import annotations

import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from observatory import text
from observatory.catalogue.search.words import EXACT, NO_LANGUAGE, Word, language_of, prepare, stems, words
from observatory.model import Entry, SummaryBy

# How much a word counts by where it stands: a title is chosen with care, and a long document mentions everything.
WEIGHTS: Mapping[str, float] = {"title": 4.0, "author": 2.0, "publisher": 1.5, "summary": 1.5, "text": 0.6}
MOST_TEXT = 400_000  # letters of a full text that are indexed: some two hundred pages
GAP = 20  # places between two parts, so that no phrase runs from one into the other
ROLES = {name: number for number, name in enumerate(WEIGHTS)}
RANGE = 24  # bits of a place within one role: sixteen million words

_ONE = struct.Struct("=I").pack
Part = tuple[str, str, str]  # where it stands (a key of WEIGHTS), language for stems, text
Posting = tuple[bytes, int, float, bytes]  # as Whoosh wants them: term, frequency, weight, value


def document(entry: Entry) -> dict[str, Any]:
    """Give the fields of an entry's document."""
    return {"id": entry.id, "said": tuple(_parts(entry)), **_facts(entry)}


def _parts(entry: Entry) -> Iterator[Part]:
    """Give the texts of an entry that can be searched, each with the language whose stems count."""
    work = entry.work
    language = language_of(work.language)
    yield "title", language, work.title
    if work.title_en:
        yield "title", "en", work.title_en
    for code, title in work.titles:
        yield "title", language_of(code), title
    for creator in work.creators:
        yield "author", NO_LANGUAGE, creator.name
    for name in filter(None, (work.publisher, work.container)):
        yield "publisher", NO_LANGUAGE, name
    if work.summary:
        yield "summary", "en" if work.summary_by is SummaryBy.US else language, work.summary
    if work.note:
        yield "summary", "en", work.note
    if work.text:
        yield "text", language, work.text[:MOST_TEXT]


def _facts(entry: Entry) -> dict[str, tuple[str, ...]]:
    work = entry.work
    places = {*work.countries, *filter(None, (work.jurisdiction,))}
    places |= {code.partition("-")[0] for code in places}
    addresses = {text.canonical_url(url) for url in (work.url, work.seen_at, work.pdf_url) if url}
    found: dict[str, Any] = {
        "kind": (entry.kind,),
        "section": (entry.section,),
        "level": (work.level,),
        "year": (str(entry.year) if entry.year else None,),
        "lang": ((work.language or "").partition("-")[0].lower(),),
        "topic": work.topics,
        "country": places,
        "stage": (work.stage,),
        "source": {provenance.source_id.lower() for provenance in entry.provenances},
        "doi": (work.doi and work.doi.lower(),),
        "url": addresses,
        "status": (entry.status,),
        "evidence": (work.evidence_type,),
        "name": {entry.id, *entry.aliases},
    }
    return {name: tuple(sorted({str(value) for value in values if value})) for name, values in found.items()}


# ---------------------------------------------------------------- postings


def postings(parts: Iterable[Part]) -> list[Posting]:
    """Give the postings of an entry's parts: each word as it stands, with its places, and each stem, with its roles.

    A place tells its role as well, so `title:…` needs no list of its own: half of the index would be said twice.
    """
    weights: dict[str, float] = defaultdict(float)
    places: dict[str, list[int]] = defaultdict(list)
    roles: dict[str, int] = defaultdict(int)
    bases = {name: number << RANGE for name, number in ROLES.items()}
    for where, language, said in parts:
        exact, forms, length = _count(language, said)
        most, base, role = WEIGHTS[where], bases[where], 1 << ROLES[where]
        room = length / 1500 + 2 if where == "text" else 0.5  # how fast a further mention stops to count
        for term, at in exact.items():
            weights[term] += most * len(at) / (len(at) + room)
            places[term] += [base + place for place in at]
        for term, number in forms.items():
            weights[term] += most * number / (number + room)
            roles[term] |= role
        bases[where] += length + GAP
    found = [(term.encode(), 1, weights[term], encode(at)) for term, at in places.items()]
    return found + [(term.encode(), 1, weights[term], bytes((bits,))) for term, bits in roles.items()]


def stands_in(term: str, value: bytes, role: int) -> bool:
    """Whether a posting's term stands in a role."""
    if term.startswith(EXACT):
        return any(place >> RANGE == role for place in decode(value))
    return bool(value[0] >> role & 1)


def _count(language: str, said: str) -> tuple[Mapping[str, list[int]], Mapping[str, int], int]:
    """Give the places of each word, how often each stem stands there, and the number of words."""
    exact: dict[str, list[int]] = defaultdict(list)
    forms: dict[str, int] = defaultdict(int)
    prepared, length = prepare(said), 0
    for word in words(prepared):
        exact[EXACT + word.folded].append(word.place)
        for stem in stems_of(word, prepared, language):
            forms[stem] += 1
        length = word.place + 1
    return exact, forms, length


def stems_of(word: Word, prepared: str, language: str) -> tuple[str, ...]:
    """Give the stems of a word in a text of this language."""
    return stems(language, word.folded if word.joined else prepared[word.begin : word.end])


def encode(places: list[int]) -> bytes:
    """Write places as bytes: the steps between them, which compress well."""
    if len(places) == 1:
        return _ONE(places[0])
    ordered = sorted(places)
    return array("I", [b - a for a, b in zip([0, *ordered], ordered, strict=False)]).tobytes()


def decode(value: bytes) -> list[int]:
    """Read what `encode` wrote."""
    steps = array("I")
    steps.frombytes(value)
    places, at = [], 0
    for step in steps:
        at += step
        places.append(at)
    return places
