"""What judging says of a finding: reasons, verdicts, signs of a stage, and what changed in a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from observatory.model.harvest import Finding
from observatory.model.words import STAGE_OF, Relevance, Stage, StepKind
from observatory.model.work import PartialDate, Work


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Why a verdict says what it says, in words that an entry page can show.

    `about` names the field (`relevance`, `kind`, `topics:recognition`, `countries:IE` …), `text` the words for people,
    `weight` what it added (0 where nothing is summed).
    """

    about: str
    text: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules think of a finding. `work` holds the judged fields only (kind, topics, countries, level …)."""

    relevance: Relevance
    score: float
    work: Work
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The latest finding of one role of an item, as read and extracted, with when that content was seen first and last."""

    finding: Finding  # without `page`: what the page said is in `work`
    first_seen: datetime
    last_seen: datetime
    snapshot: str  # ref of the snapshot that showed the present content; `library` for hand-kept records
    url: str  # where it was seen


@dataclass(frozen=True, slots=True)
class Sign:
    """A step that a text reports, as the rules read it: a guess with its evidence, for a curator to judge.

    `date` is the one in the same sentence, else the text's own; `why` says which words made the rules think so.
    """

    kind: StepKind
    date: PartialDate | None
    quote: str
    why: str
    weight: float
    url: str = ""
    snapshot: str = ""
    seen: datetime | None = None

    @property
    def stage(self) -> Stage:
        """The stage that such a step leads to."""
        return STAGE_OF[self.kind]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step that may be missing from a policy: it waits for a curator, and moves nothing until accepted.

    `moves`: it would change the policy's present stage; `ahead`: its date is still to come.
    """

    policy: str  # entry id
    sign: Sign
    found_in: str  # id of the entry that reports it
    why: str  # why this policy
    moves: bool
    ahead: bool


@dataclass(frozen=True, slots=True)
class Hunk:
    """A readable piece of a text's change: (how, words) in reading order, how being "=" kept, "-" removed or "+" added."""

    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TextChange:
    """A change of a watched page's text, with both of its dates and the hashes of both archived answers.

    The former text was last seen `before`, the new one first seen `after`, and the change counted `at`: at once when it
    was large, else at the second visit that showed it. The answers themselves are evidence and never served.
    """

    at: datetime
    before: datetime
    after: datetime
    url: str
    snapshots: tuple[str, str]
    hashes: tuple[str, str]  # SHA-256 of the answers' bodies
    added: int
    removed: int
    hunks: tuple[Hunk, ...]
    sentence: str = ""  # the first whole sentence that came
