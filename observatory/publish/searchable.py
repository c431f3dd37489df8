"""What the browser's search index is made of: a small page for each entry, its words folded as queries are. Pure.

The index isn't made of the site's own pages: those hold menus, related entries and a history, and change more often.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from observatory.model import Entry, EntryKind, Level, PartialDate, Section
from observatory.publish import links, words
from observatory.publish.cards import Card, place_codes
from observatory.publish.fingerprint import fingerprint
from observatory.publish.shelf import Shelf
from observatory.text import clean, title_key

FIELDS = (
    "by",
    "date",
    "en",
    "kind",
    "lang",
    "mark",
    "sum",
    "sumlang",
    "theirs",
    "title",
)  # what `_shown` says, in order
MOST_SUMMARY = 600  # what a row shows; each shown result is loaded by itself
_EAST = re.compile("([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")


@dataclass(frozen=True, slots=True)
class Document:
    """An entry as the index sees it, and beside it the values that results are divided and sorted by."""

    path: str
    html: str
    facets: tuple[tuple[str, str], ...]
    date: PartialDate | None
    listed: datetime.date


def told(shelf: Shelf) -> str:
    """Digest all that the documents are made of."""
    entries = [(shelf.digest(card.id), card.digest) for card in shelf.everything]
    return fingerprint(sorted(entries), shelf.catalogue.topics, sorted(shelf.catalogue.places.items()), shelf.site)


def folded(text: str) -> str:
    """Fold text for the index: small letters without accents, "micro-x" and "micro x" as one word, words of Chinese,

    Japanese and Korean cut into their letters. static/search.js does the same with what is typed.
    """
    return " ".join(_EAST.sub(r" \1 ", title_key(text)).split())


def documents(shelf: Shelf) -> Iterator[Document]:
    """Make the documents of all entries in lists, in the order in which they became public."""
    topics = {topic.id: shelf.say(topic.label) for topic in shelf.catalogue.topics}
    entries = shelf.entries
    known: dict[tuple[str, str], tuple[str, str]] = {}  # few facets, held by many
    for card in sorted(
        shelf.everything, key=lambda card: (entries[card.id].listed or entries[card.id].first_seen, card.id)
    ):
        entry = entries[card.id]
        listed = shelf.day(entry.listed or entry.first_seen).first_day
        facets = tuple(known.setdefault(facet, facet) for facet in _facets(entry, card))
        yield Document(card.path, _html(shelf, entry, card, topics), facets, card.date, listed)


def _html(shelf: Shelf, entry: Entry, card: Card, topics: Mapping[str, str]) -> str:
    work = entry.work
    places = [shelf.place(code).name for code in place_codes(entry)]
    others = " ".join((work.title_en or "", *(title for _lang, title in work.titles)))
    about = (work.summary or "", *(topics.get(topic, topic) for topic in work.topics), *places, work.place or "")
    names = (*(creator.name for creator in work.creators), work.publisher or "", work.container or "")
    numbers = " ".join((work.doi or "", work.celex or "", work.isbn or ""))
    return "".join(
        (
            "<!doctype html><html><head><title></title></head><body data-pagefind-body>",
            *_zones(("h1", work.title), ("h2", others), ("h4", " ".join(names)), ("p", " ".join(about))),
            f"<p>{escape(numbers)}</p><div data-pagefind-ignore>",
            *(
                f'<i data-pagefind-meta="{name}">{escape(text)}</i>'
                for name, text in _shown(shelf, entry, card)
                if text
            ),
            "</div></body></html>",
        )
    )


def _zones(*told: tuple[str, str]) -> Iterator[str]:
    """Say each word once, where it weighs most: the subject's own words three times a page would double what a search loads."""
    said: set[str] = set()
    for tag, text in told:
        fresh = [word for word in dict.fromkeys(folded(text).split()) if word not in said]
        said.update(fresh)
        yield f"<{tag}>{escape(' '.join(fresh))}</{tag}>"


def _shown(shelf: Shelf, entry: Entry, card: Card) -> Iterator[tuple[str, str]]:
    """What a row of results shows. Short names: they stand in every result that is loaded."""
    by = [*card.creators, f"+{card.more_creators}" if card.more_creators else "", card.venue or ""]
    yield "title", clean(card.title)
    yield "lang", card.lang
    yield "en", clean(card.title_en or "")
    yield "kind", shelf.say(words.KINDS[card.kind])
    yield "mark", shelf.say(card.mark.capitalize()) if card.mark else ""
    yield "by", clean(" · ".join(part for part in by if part))
    yield "date", words.say_date(card.date, shelf.say, short=True) if card.date else ""
    yield "sum", clean(card.summary or "", MOST_SUMMARY)
    yield "sumlang", card.summary_lang if card.summary else ""
    yield "theirs", "1" if card.summary and card.publishers_words else ""


def _facets(entry: Entry, card: Card) -> Iterator[tuple[str, str]]:
    """The values that results are divided by; what isn't known is left out. A kind implies its section."""
    work = entry.work
    yield "kind", entry.kind.value
    yield from (("topic", topic) for topic in work.topics)
    yield from (("country", code) for code in place_codes(entry))
    yield "year", str(card.date.year) if card.date else "undated"
    if work.level:
        yield "level", work.level.value
    if work.language:
        yield "language", work.language
    if work.evidence_type:
        yield "evidence", work.evidence_type.value
    if work.peer_reviewed is not None:
        yield "peer", "yes" if work.peer_reviewed else "no"
    if work.open_access is not None:
        yield "open", "yes" if work.open_access else "no"


Names = Mapping[str, Mapping[str, tuple[str, str]]]


def names(shelf: Shelf) -> Names:
    """The words for the values, and the page of each that has one: facet → value → (words, address)."""
    say = shelf.say
    yes_no = {"yes": (say("yes"), ""), "no": (say("no"), "")}
    shown = {entry.work.language for entry in shelf.entries.values()}
    return {
        "section": {s.value: (say(words.SECTIONS[s]), links.section(s)) for s in Section},
        "kind": {kind.value: (say(words.KINDS_PLURAL[kind]), "") for kind in EntryKind},
        "topic": {topic.id: (say(topic.label), links.topic(topic.id)) for topic in shelf.catalogue.topics},
        "country": {code: (shelf.place(code).name, links.country(shelf.place(code))) for code in shelf.place_codes},
        "level": {level.value: (say(words.LEVELS[level]), links.level(level)) for level in Level},
        "language": {code: (say(name), "") for code, name in words.LANGUAGES.items() if code in shown},
        "evidence": {kind.value: (say(name), "") for kind, name in words.EVIDENCE.items()},
        "year": {"undated": (say("Undated"), links.year(None))},
        "peer": yes_no,
        "open": yes_no,
    }


# ---------------------------------------------------------------- the table of facets

LISTS = frozenset({"topic", "country"})
FIRST_CHAR = 48  # one character a value: "0" is none, "1" the first; it packs to little more than what it tells


def facet_table(rows: Sequence[tuple[str, Document]]) -> dict[str, Any]:
    """Pack every result's facets and dates by column; static/search.js unpacks them.

    Pagefind's own filters and sorts cost twice as much at 10,000 entries (22 kB a facet, and 47 kB more before the first
    result). `rows` are sorted by the results' hashes, which are told by their differences.
    """
    names = sorted({name for _stem, document in rows for name, _value in document.facets})
    first = min((document.listed for _stem, document in rows), default=datetime.date.min)
    return {
        "hashes": _differences([stem for stem, _document in rows]),
        "facets": {name: _column(name, [document for _stem, document in rows]) for name in names},
        "date": "".join(_packed_date(document.date) for _stem, document in rows),
        "listed": "".join(chr(FIRST_CHAR + min((document.listed - first).days, 50_000)) for _stem, document in rows),
    }


def _differences(stems: Sequence[str]) -> str:
    """Hashes in rising order as differences; the few that Pagefind had to make longer (two alike) stand as they are."""
    found, before = [], 0
    for stem in stems:
        if len(stem) == 7:
            found.append(format(int(stem, 16) - before, "x"))
            before = int(stem, 16)
        else:
            found.append(f"={stem}")
    return ",".join(found)


def _column(name: str, documents: Sequence[Document]) -> dict[str, Any]:
    held = [[value for key, value in document.facets if key == name] for document in documents]
    values = sorted({value for each in held for value in each})
    code = {value: chr(FIRST_CHAR + 1 + number) for number, value in enumerate(values)}
    if name in LISTS:
        return {"values": values, "lists": "0".join("".join(code[value] for value in each) for each in held)}
    return {"values": values, "of": "".join(code[each[0]] if each else "0" for each in held)}


def _packed_date(known: PartialDate | None) -> str:
    if known is None:
        return "00"
    return chr(FIRST_CHAR + 1 + min(max(known.year - 1900, 0), 400)) + chr(FIRST_CHAR + known.month * 32 + known.day)
