"""What curators are shown, as the conductor gathered it: entries and facts, no words for people and no order of pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from observatory.model import Decision, DeskSettings, Entry, PartialDate, Place, Proposal, Site, Topic
from observatory.publish.desk.figures import Year


@dataclass(frozen=True, slots=True)
class Double:
    """Two entries that may be one work: why, and how likely (0 to 100)."""

    one: Entry
    other: Entry
    why: str
    score: int


@dataclass(frozen=True, slots=True)
class Case:
    """An entry that waits for a curator: why, which sources showed it, what it may be a double of."""

    entry: Entry
    because: str
    sources: tuple[str, ...]
    doubles: tuple[Double, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A step in a policy's life that a text reports, with the policy and the entry that reports it."""

    proposal: Proposal
    policy: Entry
    found_in: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """How a source stands. `state`, `cause` and `kind` are of closed lists; `due` None: not by itself; `advice` what helps."""

    id: str
    name: str
    kind: str
    state: str
    is_ill: bool
    cause: str = ""
    detail: str = ""
    since: datetime | None = None
    last_success: datetime | None = None
    newest: datetime | None = None
    rhythm: float | None = None
    due: datetime | None = None
    entries: int = 0
    findings: int = 0
    relevant: int = 0
    advice: str = ""
    line: int = 0
    url: str = ""  # its own address, else its homepage
    months: tuple[tuple[str, int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Lacking:
    """A published entry and the names of the fields that readers look for and it lacks."""

    entry: Entry
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkTrouble:
    """A published entry whose own address fares badly; `copy` is the address of a public copy."""

    entry: Entry
    copy: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that stands, and the entry that it is about now, if there is one."""

    decision: Decision
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A term that many entries use and no rule knows: in how many, of how many publishers, of them without any topic word."""

    term: str
    entries: int
    publishers: int
    silent: int
    examples: tuple[tuple[str, str], ...]  # id, title


@dataclass(frozen=True, slots=True)
class OldFact:
    """A fact on a country that nobody looked at for long; `checked` None: never."""

    code: str
    country: str
    fact: str
    value: tuple[str, ...]
    checked: PartialDate | None
    source: str | None
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that curators are shown at one moment. Lists are cut; `totals` names how long each would be."""

    as_of: datetime
    site: Site
    settings: DeskSettings
    topics: tuple[Topic, ...]
    places: Mapping[str, Place]
    budget: str = ""
    waiting: tuple[Case, ...] = ()
    parked: tuple[Case, ...] = ()
    doubles: tuple[Double, ...] = ()
    reports: tuple[Report, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    lacking: tuple[Lacking, ...] = ()
    dead: tuple[LinkTrouble, ...] = ()
    moved: tuple[LinkTrouble, ...] = ()
    changed: tuple[LinkTrouble, ...] = ()
    unverified: tuple[Entry, ...] = ()
    decisions: tuple[Made, ...] = ()
    gaps: tuple[Gap, ...] = ()
    facts: tuple[OldFact, ...] = ()
    years: tuple[Year, ...] = ()
    flaws: tuple[str, ...] = ()  # what is broken in the curators' files of decisions and picks, with file and line
    totals: Mapping[str, int] = field(default_factory=dict)
    decided_last: datetime | None = None  # a later decision must bear a later time
