"""A work as its parts in folded words, each with the cues found in it: what all rules of judging look at. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from observatory.judge.lexicon import Hit, Lexicon, Words, lexicon, words
from observatory.model import EntryKind, Vocabulary, Work

RESEARCH = (EntryKind.ARTICLE, EntryKind.CHAPTER, EntryKind.BOOK, EntryKind.THESIS, EntryKind.REPORT, EntryKind.GUIDE)
MOST_ABSTRACT = 6_000  # characters with keywords; longer texts are the works themselves
SHOWN = {"title": "title", "lead": "lead", "body": "text", "url": "address", "publisher": "publisher's name"}


@dataclass(frozen=True, slots=True)
class Zone:
    """One part of a work and the cues that count there, by the question that they speak to, each in the order of the text."""

    name: str
    words: Words
    hits: Mapping[str, tuple[Hit, ...]]

    def of(self, about: str) -> tuple[Hit, ...]:
        """Give the hits that speak to one question."""
        return self.hits.get(about, ())

    def said(self, hit: Hit) -> str:
        """Say a hit in words for people."""
        return f"“{self.words.said(hit)}” in the {SHOWN[self.name]}"


@dataclass(frozen=True, slots=True)
class Reading:
    """A work's parts. `lead` is its summary, `body` its full text if known, `url` host, path and query as words."""

    title: Zone
    lead: Zone
    body: Zone
    url: Zone
    publisher: Zone

    @property
    def prose(self) -> tuple[Zone, ...]:
        return (self.title, self.lead, self.body)

    @property
    def all(self) -> tuple[Zone, ...]:
        return (self.title, self.lead, self.body, self.url, self.publisher)

    def of(self, about: str, *zones: Zone) -> Iterator[tuple[Zone, Hit]]:
        """Give the hits that speak to one question, zone by zone (all zones unless named)."""
        return ((zone, hit) for zone in zones or self.all for hit in zone.of(about))


def has_abstract(work: Work) -> bool:
    """Whether a work's text is the abstract of a research record: short, of no pages, its summary (if any) a part of it."""
    said = work.text or ""
    if work.kind not in RESEARCH or not said or "\f" in said or len(said) > MOST_ABSTRACT:
        return False
    return not work.summary or said.startswith(work.summary[:60].rstrip(" …"))


def read(work: Work, vocabulary: Vocabulary) -> Reading:
    """Find every cue in a work's title, summary, text, address and publisher's name."""
    find = lexicon(vocabulary)
    return Reading(
        title=_zone("title", _joined(work.title, work.title_en), find),
        lead=_zone("lead", work.summary or "", find),
        body=_zone("body", work.text or "", find),
        url=_zone("url", address_words(work.url or work.seen_at or ""), find),
        publisher=_zone("publisher", _joined(work.publisher, work.container), find),
    )


def address_words(url: str) -> str:
    """Write an address as words: host, path and query, without scheme and `www`."""
    bare = re.sub(r"^https?://(www\d?\.)?", "", unquote(url[:2000]), flags=re.IGNORECASE)
    return re.sub(r"[^\w]+|_", " ", bare)


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _zone(name: str, said: str, find: Lexicon) -> Zone:
    folded = words(said)
    hits: dict[str, list[Hit]] = {}
    for hit in find.find(folded, name):
        hits.setdefault(hit.cue.about, []).append(hit)
    return Zone(name, folded, {about: tuple(found) for about, found in hits.items()})
