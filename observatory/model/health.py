"""How runs and sources fared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from observatory.model.words import Cause, Outcome, SourceState


@dataclass(frozen=True, slots=True)
class SearchRun:
    """One query put to one service in one run, counted as systematic reviews do (PRISMA 2020).

    `hits` is the service's own count, `records` what it showed on `pages` pages; `left_out` of these named no core term or
    could not be read, `known` were seen by an earlier search of the same source. The others are parted: `duplicates` of works
    already known from elsewhere, `kept`, `waiting` for a curator, `excluded` by rule (its words, how many).
    """

    source_id: str
    query: str
    at: datetime
    hits: int | None
    pages: int
    records: int
    left_out: int
    known: int
    duplicates: int
    kept: int
    waiting: int
    excluded: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How one source fared in a run: the row of `run --json`."""

    id: str
    outcome: Outcome
    cause: Cause | None = None
    visits: int = 0
    not_modified: int = 0
    findings: int = 0
    new: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What the site and the curators see of a source's state.

    `newest`: when it last brought something new; `rhythm`: days that usually pass between two such runs (None: too few to
    tell). `months`: (YYYY-MM, runs, runs that failed, new findings, relevant ones of these), oldest first.
    """

    id: str
    last_visit: datetime | None = None
    last_success: datetime | None = None
    outcome: Outcome | None = None
    cause: Cause | None = None
    since: datetime | None = None  # since when it is as it is
    detail: str = ""
    moved_to: str | None = None
    moved_since: datetime | None = None
    entries: int = 0
    findings: int = 0
    relevant: int = 0
    newest: datetime | None = None
    rhythm: float | None = None
    months: tuple[tuple[str, int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Stand:
    """How a source stands at one moment: its state, since when, and when it is asked next by itself (None: never)."""

    state: SourceState
    since: datetime | None = None
    due: datetime | None = None
