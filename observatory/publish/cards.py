"""An entry as it stands in lists: made once, shown on many pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter

from observatory.model import (
    Entry,
    EntryKind,
    EvidenceType,
    PartialDate,
    Place,
    Stage,
    Status,
    SummaryBy,
    Work,
)
from observatory.publish import links
from observatory.publish.fingerprint import fingerprint
from observatory.text import safe_url

SHOWN_CREATORS = 3  # names in a list row; the entry's page has them all
RESEARCH = frozenset({EntryKind.ARTICLE, EntryKind.CHAPTER, EntryKind.BOOK, EntryKind.THESIS})


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to an address of ours, or to none."""

    text: str
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Card:
    """What a list shows of an entry. `digest` covers all other fields: pages are digested by their cards'."""

    id: str
    path: str
    title: str
    lang: str
    title_en: str | None
    kind: EntryKind
    date: PartialDate | None
    creators: tuple[str, ...]
    more_creators: int
    venue: str | None
    places: tuple[Link, ...]
    summary: str | None
    summary_lang: str
    publishers_words: bool
    stage: Stage | None
    mark: str
    evidence: EvidenceType | None
    deadline: PartialDate | None
    ends: PartialDate | None
    url: str | None
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", fingerprint(*_content(self)))

    def __repr__(self) -> str:
        return f"Card({self.digest})"


def when(work: Work) -> PartialDate | None:
    """Date that an entry is sorted and counted by: when an event begins, when any other work was published."""
    if work.kind is EntryKind.EVENT and work.event_start:
        return work.event_start
    return work.date


def newest_first(card: Card) -> tuple[bool, int, int, int, str, str]:
    """Sort by date, newest first, undated last."""
    date = card.date
    known = (-date.year, -date.month, -date.day) if date else (0, 0, 0)
    return (date is None, *known, card.title.casefold(), card.id)


def place_codes(entry: Entry) -> tuple[str, ...]:
    """Countries that an entry is about, and the jurisdiction that it rules over."""
    work = entry.work
    own = (work.jurisdiction,) if work.jurisdiction else ()
    return tuple(dict.fromkeys((*own, *work.countries)))


def place_of(code: str, places: Mapping[str, Place]) -> Place:
    """Find a place by its code; one that nobody named yet goes by the code."""
    return places.get(code) or Place(code, code)


def summary_of(work: Work) -> tuple[str | None, str, bool]:
    """Give the summary, its language, and whether the words are the publisher's own."""
    publishers = work.summary_by is SummaryBy.PUBLISHER
    return work.summary, (work.language or "en") if publishers else "en", publishers


def mark_of(entry: Entry, superseded: bool) -> str:
    """Say what must be read first of an entry: that it was retracted, withdrawn, called off, superseded, corrected; or nothing."""
    if entry.work.retracted:
        return "retracted"
    if entry.status is Status.GONE:
        return "withdrawn"
    if entry.work.event_status:
        return entry.work.event_status.value
    if superseded:
        return "superseded"
    return "corrected" if entry.work.corrected else ""


def make_card(entry: Entry, places: Mapping[str, Place], linked: frozenset[str], superseded: bool) -> Card:
    """Make the card of an entry; `linked` are the codes of places that have a page."""
    work = entry.work
    summary, summary_lang, publishers_words = summary_of(work)
    research = entry.kind in RESEARCH
    creators = tuple(creator.name for creator in work.creators) if research or not work.publisher else ()
    return Card(
        id=entry.id,
        path=links.entry(entry.id),
        title=work.title,
        lang=work.language or "",
        title_en=work.title_en if work.title_en != work.title else None,
        kind=entry.kind,
        date=when(work),
        creators=creators[:SHOWN_CREATORS],
        more_creators=max(0, len(creators) - SHOWN_CREATORS),
        venue=(work.container or work.publisher) if research else (work.publisher or work.container),
        places=tuple(_place_link(code, places, linked) for code in place_codes(entry)),
        summary=summary,
        summary_lang=summary_lang,
        publishers_words=publishers_words,
        stage=work.stage if entry.kind is EntryKind.POLICY else None,
        mark=mark_of(entry, superseded),
        evidence=work.evidence_type,
        deadline=work.deadline,
        ends=work.event_end,
        url=safe_url(work.url or work.seen_at or ""),
    )


def _place_link(code: str, places: Mapping[str, Place], linked: frozenset[str]) -> Link:
    place = place_of(code, places)
    return Link(place.name, links.country(place) if code in linked else None)


_content = attrgetter(*(each.name for each in fields(Card) if each.init))
