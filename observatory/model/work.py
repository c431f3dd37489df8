"""A work and what belongs to it: its partial dates, creators, relations and steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from observatory.model.words import (
    EntryKind,
    EventStatus,
    EvidenceType,
    Instrument,
    Level,
    Recurrence,
    RelationType,
    Scope,
    Stage,
    SummaryBy,
)


class Precision(StrEnum):
    """How much of a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A calendar date known to the year, the month or the day; never more precise than its source.

    Orders by what is known: 2022 < 2022-06 < 2022-06-16.
    """

    year: int
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        date(self.year, self.month or 1, self.day or 1)  # raises ValueError for 2022-13 or 30 February
        if self.day and not self.month:
            raise ValueError("a day without a month")

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read `2022`, `2022-06` or `2022-06-16`; anything else is a ValueError."""
        match = _PARTIAL_DATE.fullmatch(text.strip())
        if not match:
            raise ValueError(f"not a date of the form YYYY, YYYY-MM or YYYY-MM-DD: {text!r}")
        year, month, day = (int(part or 0) for part in match.groups())
        return cls(year, month, day)

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """Make a date known to the day."""
        return cls(day.year, day.month, day.day)

    @property
    def precision(self) -> Precision:
        return Precision.DAY if self.day else Precision.MONTH if self.month else Precision.YEAR

    @property
    def first_day(self) -> date:
        """The earliest day that it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def __str__(self) -> str:
        parts = [f"{self.year:04}"] + [f"{part:02}" for part in (self.month, self.day) if part]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Creator:
    """A person or body that made a work, `name` as the source prints it; the parts only where the source gives them."""

    name: str
    family: str | None = None
    given: str | None = None
    orcid: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """This work's relation to another; `target` is an entry id or, before it is resolved, `doi:…`, `celex:…` or a URL."""

    type: RelationType
    target: str


@dataclass(frozen=True, slots=True)
class Step:
    """A dated step in a policy's life, with its evidence: where it is said, in at most 15 of its words, in which answer."""

    date: PartialDate
    stage: Stage
    what: str
    url: str | None = None
    quote: str = ""
    snapshot: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is known of a work: the bibliographic facts and tags. Shared by finding, verdict and entry; every field may be absent.

    `url` is the publisher's own address; `seen_at` another page where it was found. `titles` holds the title in
    further languages as (language, title). `countries` are what it is *about* (ISO 3166-1 alpha-2, `EU`, `EHEA`, `INT`);
    `jurisdiction` (policies) may be ISO 3166-2. `languages` are ISO 639-1, the first being the work's main one.
    `text` is full text for the index only: it is never published.
    """

    title: str = ""
    title_en: str | None = None
    titles: tuple[tuple[str, str], ...] = ()
    kind: EntryKind | None = None
    form: str | None = None
    creators: tuple[Creator, ...] = ()
    publisher: str | None = None
    container: str | None = None  # journal, proceedings or book that it stands in
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    date: PartialDate | None = None
    url: str | None = None
    seen_at: str | None = None
    pdf_url: str | None = None
    doi: str | None = None
    isbn: str | None = None
    celex: str | None = None
    eli: str | None = None
    identifiers: tuple[tuple[str, str], ...] = ()  # further ones: ("eric", "EJ123"), ("handle", "…"), ("arxiv", "…")
    language: str | None = None
    summary: str | None = None
    summary_by: SummaryBy | None = None
    note: str | None = None  # why it is worth reading, as an editor wrote it: never the publisher's words
    note_by: str | None = None
    note_on: PartialDate | None = None  # when it was written, of a note that recommends the work
    note_for: tuple[str, ...] = ()  # where: topics, `home`; else it is a good read of its year
    text: str | None = None
    level: Level | None = None
    jurisdiction: str | None = None
    official: bool | None = None
    instrument: Instrument | None = None
    stage: Stage | None = None
    steps: tuple[Step, ...] = ()
    bodies: tuple[str, ...] = ()  # responsible for it
    citation: str | None = None  # as its authority cites it: "OJ C 243, 27.6.2022, p. 10"
    countries: tuple[str, ...] = ()
    place: str | None = None
    partners: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    evidence_type: EvidenceType | None = None
    peer_reviewed: bool | None = None
    open_access: bool | None = None
    licence: str | None = None
    scope: Scope | None = None
    relations: tuple[Relation, ...] = ()
    landmark: bool = False
    deadline: PartialDate | None = None
    event_start: PartialDate | None = None
    event_end: PartialDate | None = None
    starts_at: str | None = None  # clocks such as 09:30, by which zone says `timezone` (Europe/Brussels, UTC+02:00)
    ends_at: str | None = None
    closes_at: str | None = None  # of the deadline
    timezone: str | None = None
    recurs: Recurrence | None = None
    event_status: EventStatus | None = None
    retracted: PartialDate | None = None
    corrected: PartialDate | None = None
    cited_by: int | None = None  # as the service counted in the month `cited_by_on`
    cited_by_on: PartialDate | None = None
