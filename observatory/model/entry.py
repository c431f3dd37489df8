"""An entry of the catalogue with its provenance, decisions and changes, and what is intended with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from observatory.model.judging import Reason, Sign, TextChange, Verdict, View
from observatory.model.words import SECTION_OF, Action, Cause, ChangeKind, EntryKind, Section, Status
from observatory.model.work import Work


@dataclass(frozen=True, slots=True)
class Visited:
    """What a watched page said at a visit: its cleaned text, one block a line, and the answer that showed it."""

    text: str
    first_seen: datetime
    last_seen: datetime
    snapshot: str
    sha256: str
    language: str | None = None
    visits: int = 1


@dataclass(frozen=True, slots=True)
class Watch:
    """The history of a watched page: the text in force, one that waits to be seen again, the changes that counted.

    `select` is the part of the page that the texts were read from. `restless` counts the visits in a row that each showed
    another text; `notes` are for curators: what stood in place of the page, or that it was redesigned.
    """

    url: str
    select: str
    text: Visited
    waiting: Visited | None = None
    changes: tuple[TextChange, ...] = ()
    restless: int = 0
    noise: tuple[str, ...] = ()  # what came and went while it was restless: never a change
    notes: tuple[tuple[datetime, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """All that one source says of one of its items: the unit that identity resolution groups into entries.

    `fresh`: its source had been read before and did not show it then (else it is back-fill). `changes` are dated facts
    read off the archive; `curated` items come from a library file and are accepted by definition.
    """

    source_id: str
    key: str
    work: Work  # the views combined
    verdict: Verdict
    views: tuple[View, ...]
    first_seen: datetime
    last_seen: datetime
    fresh: bool = False
    curated: bool = False
    withdrawn: datetime | None = None
    changes: tuple[Change, ...] = ()
    watch: Watch | None = None  # the history of its page, when that is watched
    signs: tuple[Sign, ...] = ()
    keys: tuple[str, ...] = ()  # identity and blocking keys, see judge/resolve.py

    @property
    def ref(self) -> str:
        """`<source>#<key>`: unique over the catalogue."""
        return f"{self.source_id}#{self.key}"


# ---------------------------------------------------------------- what the catalogue keeps


@dataclass(frozen=True, slots=True)
class Change:
    """A dated fact about an entry; `fields` name what differs, `text` says it in words."""

    at: datetime
    kind: ChangeKind
    text: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Provenance:
    """Which source saw an entry, where, first and last."""

    source_id: str
    key: str
    url: str
    first_seen: datetime
    last_seen: datetime
    snapshot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided. `entry` is an id or URL; `into` the other one (merge, unmerge); `fields` what tag and set write.

    A tag field `topics: {add: […], remove: […]}` is stored as `+topics` and `-topics`.
    """

    entry: str
    action: Action
    by: str
    when: datetime
    why: str = ""
    into: str | None = None
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, order=True)
class LinkState:
    """How an address fared when links were looked after (`verify`).

    `cause` says why it did not answer, None when it did; `failing` since when; `dead` since when it counts as dead: at once
    for 410, for a 404 or a name that is no more after a second look, days later; never for what passes (time-outs, 5xx, 403).
    `moved_to`: a permanent redirect. `changed`: when its validators last differed.
    """

    url: str
    at: datetime
    cause: Cause | None = None
    failing: datetime | None = None
    dead: datetime | None = None
    moved_to: str | None = None
    changed: datetime | None = None
    validator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record of the catalogue.

    `listed`: when it became public (first seen, or when a curator accepted it). `announced`: news and editions may name it
    (the back-fill rule). `verified`: when its own page was last looked at. `aliases`: former ids, whose addresses redirect.
    `doubles`: ids of likely duplicates for a person to judge, with the reason.
    """

    id: str
    work: Work
    status: Status
    first_seen: datetime
    listed: datetime | None
    announced: bool
    provenances: tuple[Provenance, ...]
    reasons: tuple[Reason, ...]
    score: float = 0.0
    verified: datetime | None = None
    aliases: tuple[str, ...] = ()
    doubles: tuple[tuple[str, str], ...] = ()
    changes: tuple[Change, ...] = ()
    texts: tuple[TextChange, ...] = ()  # of a policy's watched pages, oldest first
    signs: tuple[Sign, ...] = ()  # steps that its texts report, for curators only
    dismissed: tuple[str, ...] = ()  # marks of steps that a curator said are none
    decided_by: tuple[str, ...] = ()
    link: LinkState | None = None  # how its own address fared last

    @property
    def kind(self) -> EntryKind:
        """Its kind; a work that nobody could place is a resource."""
        return self.work.kind or EntryKind.RESOURCE

    @property
    def section(self) -> Section:
        return SECTION_OF[self.kind]

    @property
    def year(self) -> int | None:
        return self.work.date.year if self.work.date else None


@dataclass(frozen=True, slots=True)
class GivenId:
    """An id that was minted, and the keys by which it is found again (ledger)."""

    entry_id: str
    key: str
    given_at: datetime


# ---------------------------------------------------------------- what the catalogue shall do


@dataclass(frozen=True, slots=True)
class GiveId:
    """Write an id and its keys to the ledger."""

    entry_id: str
    keys: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class PutEntry:
    """Store an entry as it now is; `refs` are the items it is made of."""

    entry: Entry
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DropEntry:
    """Forget a derived entry whose items all went to others; its id lives on as their alias."""

    entry_id: str


Intent = GiveId | PutEntry | DropEntry
