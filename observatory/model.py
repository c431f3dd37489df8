"""The records that flow through the observatory, and its closed lists. Frozen values only: no I/O, no rules.

Words are those of docs/architecture.md; one word for one thing. `None` or an empty tuple means *absent*, never *failed*.
Every `datetime` is aware and in UTC. Tuples are sorted where order means nothing, so that equal things compare equal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class EntryKind(StrEnum):
    """Kind of the *work* itself, not of the page that announces it (codebook: docs/data.md)."""

    POLICY = "policy"
    POSITION = "position"
    REPORT = "report"
    GUIDE = "guide"
    STANDARD = "standard"
    ARTICLE = "article"
    CHAPTER = "chapter"
    BOOK = "book"
    THESIS = "thesis"
    EVENT = "event"
    CALL = "call"
    PROJECT = "project"
    ORGANISATION = "organisation"
    RESOURCE = "resource"
    NEWS = "news"
    MEDIA = "media"


class Section(StrEnum):
    """A section of the site; its value is the section's address."""

    POLICY = "policy"
    REPORTS = "reports"
    READING = "reading"
    EVENTS = "events"
    PROJECTS = "projects"
    NEWS = "news"


SECTION_OF: Mapping[EntryKind, Section] = {
    EntryKind.POLICY: Section.POLICY,
    EntryKind.POSITION: Section.POLICY,
    EntryKind.REPORT: Section.REPORTS,
    EntryKind.GUIDE: Section.REPORTS,
    EntryKind.STANDARD: Section.REPORTS,
    EntryKind.ARTICLE: Section.READING,
    EntryKind.CHAPTER: Section.READING,
    EntryKind.BOOK: Section.READING,
    EntryKind.THESIS: Section.READING,
    EntryKind.EVENT: Section.EVENTS,
    EntryKind.CALL: Section.EVENTS,
    EntryKind.PROJECT: Section.PROJECTS,
    EntryKind.ORGANISATION: Section.PROJECTS,
    EntryKind.NEWS: Section.NEWS,
    EntryKind.MEDIA: Section.NEWS,
    EntryKind.RESOURCE: Section.NEWS,
}


class Level(StrEnum):
    """Who the work speaks for or rules over."""

    EU = "EU"
    EHEA = "EHEA"
    NATIONAL = "national"
    REGIONAL = "regional"
    INSTITUTION = "institution"
    SECTOR = "sector"
    GLOBAL = "global"


class Instrument(StrEnum):
    """What sort of act a policy is."""

    LAW = "law"
    DECREE = "decree"
    RECOMMENDATION = "recommendation"
    COMMUNICATION = "communication"
    COMMUNIQUE = "communique"
    FRAMEWORK = "framework"
    GUIDELINES = "guidelines"
    FUNDING_SCHEME = "funding-scheme"
    PILOT = "pilot"
    AGREEMENT = "agreement"


class Stage(StrEnum):
    """Stage of a policy, as in Cedefop's VET policy timeline."""

    DESIGN = "design"
    LEGISLATIVE_PROCESS = "legislative-process"
    APPROVED = "approved"
    PILOT = "pilot"
    IMPLEMENTATION = "implementation"
    COMPLETED = "completed"
    DISCONTINUED = "discontinued"


class StepKind(StrEnum):
    """What kind of step in a policy's life a text reports."""

    CONSULTATION = "consultation"
    PROPOSAL = "proposal"
    ADOPTED = "adopted"
    IN_FORCE = "in-force"
    PILOT = "pilot"
    EVALUATION = "evaluation"
    REPEALED = "repealed"


STAGE_OF: Mapping[StepKind, Stage] = {
    StepKind.CONSULTATION: Stage.DESIGN,
    StepKind.PROPOSAL: Stage.LEGISLATIVE_PROCESS,
    StepKind.ADOPTED: Stage.APPROVED,
    StepKind.IN_FORCE: Stage.IMPLEMENTATION,
    StepKind.PILOT: Stage.PILOT,
    StepKind.EVALUATION: Stage.COMPLETED,
    StepKind.REPEALED: Stage.DISCONTINUED,
}


class EvidenceType(StrEnum):
    """How a piece of research knows what it says."""

    SYSTEMATIC_REVIEW = "systematic-review"
    QUANTITATIVE = "quantitative"
    QUALITATIVE = "qualitative"
    MIXED = "mixed"
    CONCEPTUAL = "conceptual"
    BIBLIOMETRIC = "bibliometric"
    CASE = "case"
    POLICY_ANALYSIS = "policy-analysis"


class EventStatus(StrEnum):
    """What became of an event that does not take place as planned."""

    CANCELLED = "cancelled"
    POSTPONED = "postponed"  # to a day that isn't known yet


class Recurrence(StrEnum):
    """How often an event comes again; its dates are those of the next time."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class Scope(StrEnum):
    """Core entries stand in default lists; related ones (badges only, say) are kept and searchable."""

    CORE = "core"
    RELATED = "related"


class Status(StrEnum):
    """Where an entry stands."""

    PUBLISHED = "published"
    PENDING = "pending"  # awaits a curator
    REJECTED = "rejected"
    MERGED = "merged"  # an alias of another entry
    GONE = "gone"  # withdrawn by its publisher; kept, marked


class SummaryBy(StrEnum):
    """Whose words a summary is made of; a publisher's teaser is never under our licence."""

    US = "us"
    PUBLISHER = "publisher"


class RelationType(StrEnum):
    """What one entry is to another (this entry … that entry)."""

    ABOUT = "about"
    IMPLEMENTS = "implements"
    ADOPTS = "adopts"
    AMENDS = "amends"
    REPEALS = "repeals"
    VERSION_OF = "version-of"
    TRANSLATION_OF = "translation-of"
    PART_OF = "part-of"
    RESPONDS_TO = "responds-to"
    BASED_ON = "based-on"
    EVALUATES = "evaluates"


class ChangeKind(StrEnum):
    """A dated fact about an entry."""

    NEW = "new"
    UPDATED = "updated"
    TEXT = "text-changed"
    STAGE = "stage-moved"
    LINK_DEAD = "link-dead"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class Review(StrEnum):
    """What a source's relevant findings become: published at once, or held for a curator."""

    AUTO = "auto"
    HOLD = "hold"


class Relevance(StrEnum):
    """What the rules think of a finding; UNSURE always waits for a curator."""

    YES = "yes"
    UNSURE = "unsure"
    NO = "no"


class Action(StrEnum):
    """What a curator can decide of an entry."""

    ACCEPT = "accept"
    REJECT = "reject"
    RESTORE = "restore"
    MERGE = "merge"
    UNMERGE = "unmerge"
    TAG = "tag"
    SET = "set"


class Outcome(StrEnum):
    """How a source fared in a run."""

    OK = "ok"
    NOT_MODIFIED = "not-modified"
    FAILED = "failed"
    SKIPPED = "skipped"


class SourceState(StrEnum):
    """How a source stands, in one word: the closed list of health pages."""

    WELL = "well"
    ILL = "ill"  # its last harvest failed
    SILENT = "silent"  # it answers, and brings nothing new for longer than its rhythm
    MOVED = "moved"  # it answers at another address, for good
    GONE = "gone"  # 410: not asked any more
    WAITING = "waiting"  # a service's budget for today is spent
    NEW = "never asked"
    DISABLED = "disabled"
    BY_HAND = "by hand"  # a curator's own files


class Cause(StrEnum):
    """Why a visit or a source failed or was skipped: the closed list that reports, health pages and docs use."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    BAD_REQUEST = "4xx"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    GONE = "410"
    TOO_MANY = "429"
    SERVER = "5xx"
    REDIRECT_LOOP = "redirect-loop"
    REFUSED_ADDRESS = "refused-address"
    CHALLENGE = "challenge"
    LOGIN = "login"
    ROBOTS = "robots"
    TDM = "tdm-reserved"
    QUOTA = "quota"
    EMPTY = "empty"
    INCOMPLETE = "incomplete"
    TOO_LARGE = "too-large"
    ENCODING = "encoding"
    NOT_A_FEED = "not-a-feed"
    NOT_HTML = "not-html"
    NOT_XML = "not-xml"
    NOT_JSON = "not-json"
    NOT_PDF = "not-pdf"
    UNSAFE_XML = "unsafe-xml"
    SELECTORS = "selectors"
    NO_FINDINGS = "no-findings"
    BAD_RECORD = "bad-record"
    BAD_SOURCE = "bad-source"  # an archived source row that this version can't read any more
    OFFLINE = "offline"  # the run was told not to use the network
    NOT_DUE = "not-due"
    DISABLED = "disabled"
    BACKOFF = "back-off"  # ill before; left alone for a while
    KILLED = "killed"  # the crawl process ended before this source was done
    UNEXPECTED = "unexpected"  # a bug of ours: the log holds the traceback


class Rhythm(StrEnum):
    """How often an edition of the digest comes out."""

    WEEKLY = "weekly"  # an ISO week
    MONTHLY = "monthly"  # a calendar month


class Part(StrEnum):
    """A part of an edition, in the order in which an edition is read."""

    EUROPE = "europe"
    COUNTRIES = "countries"
    RESEARCH = "research"
    CHANGED = "changed"
    AHEAD = "ahead"
    SHELF = "shelf"


class SendingState(StrEnum):
    """How far the sending of an edition to a mailing list came.

    SENDING is noted before the message goes out and SENT after the server took it; what stays at SENDING is *unknown*.
    """

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


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


# ---------------------------------------------------------------- what is watched


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An item of sources.yaml, validated. `row` is the item as canonical JSON: it is archived with every fetch, so that

    a snapshot is always read with the options it was fetched with. `defaults` fill what a finding lacks.
    """

    id: str
    kind: str
    name: str
    row: str
    publisher: str | None = None
    homepage: str | None = None
    every: str = "1d"  # interval (30m, 6h, 1d, 2w) or a cron expression of five fields
    review: Review = Review.AUTO
    enabled: bool = True
    on_topic: bool = False  # everything there is about micro-credentials (MICROBOL's own site, say)
    exclude: tuple[str, ...] = ()  # paths from which nothing counts, as `text.is_under` reads them
    defaults: Work = Work()
    line: int = 0  # where it stands in sources.yaml, for messages


# ---------------------------------------------------------------- what the web answered


@dataclass(frozen=True, slots=True)
class Request:
    """One address to visit. `role` tells the kind's `follow` and `read` what the answer is: `start`, `page`, `item` …

    `key` names the item that the answer belongs to (the same that the finding will carry), empty for lists.
    `again`: its source says that the item changed (or that a list must be begun anew); it is asked although it was before.
    """

    url: str
    role: str = "start"
    key: str = ""
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    again: bool = False
    later: bool = False  # not in this run: the next harvest asks it


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One response as received. `url` is the address asked for, `final_url` where redirects led.

    `ref` is unique and sorts in the order of the archive: `<run>/<number>`. `first_harvest` is true until the source has
    been read through once: what such a snapshot shows is back-fill, not news.
    """

    ref: str
    source_id: str
    url: str
    final_url: str
    fetched_at: datetime
    status: int
    content_type: str
    body: bytes
    role: str = "start"
    key: str = ""
    first_harvest: bool = False
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """One request and its outcome: what the archive notes beside the responses."""

    source_id: str
    url: str
    at: datetime
    outcome: Outcome
    cause: Cause | None = None
    status: int | None = None
    detail: str = ""
    moved_to: str | None = None  # where a permanent redirect led
    key: str = ""  # the item whose page this was, when asking again would be of no use
    validator: str = ""  # by which a later look can tell whether the page is the same


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source's row as it was used from here on in the archive."""

    source_id: str
    at: datetime
    row: str


@dataclass(frozen=True, slots=True)
class HarvestEnd:
    """The end of one source's harvest in a run. `complete`: it was read through (no unfinished paging or backlog).

    `cursor` notes the requests that had to be left, from which the next run goes on; a run's file holds one end for each
    source it asked.
    """

    source_id: str
    at: datetime
    outcome: Outcome
    cause: Cause | None
    complete: bool
    visits: int
    not_modified: int
    cursor: str = ""
    detail: str = ""


LINKS = (
    "links"  # the source that the visits of link care are archived under; no source of sources.yaml may be called so
)

SUGGESTIONS = "suggestions"  # the source that what readers suggest is archived under; it always waits for a curator

ArchiveRecord = Snapshot | Visit | SourceRow | HarvestEnd  # what an archive file holds, in its order


@dataclass(frozen=True, slots=True)
class Memory:
    """What earlier runs know of a source, given to its next harvest.

    `validators`: URL → (ETag, Last-Modified). `digests`: URL → SHA-256 of its last readable body, for servers that give no
    validators. `seen`: keys of items whose page need not be fetched again. `cursor`: the requests that the last harvest
    had to leave. `complete`: the source was read through once. `has_key`: the key that its kind asks for is at hand.
    `known`: keys of all items that it ever showed. `row`: the row that it was last harvested with. `mark`: what its kind noted of
    the answers so far (`Kind.mark`).
    """

    validators: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    row: str = ""
    cursor: str = ""
    mark: str = ""
    complete: bool = False
    has_key: bool = False
    last_success: datetime | None = None


# ---------------------------------------------------------------- what a page says


@dataclass(frozen=True, slots=True)
class Job:
    """One source to harvest, with what is known of it."""

    source: Source
    memory: Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSettings:
    """How a crawl behaves towards the web; the defaults are those of docs/operators.md."""

    user_agent: str = "MicrocredentialObservatory/0.1 (+https://observatory.example.org/about/)"
    delay: float = 2.0  # seconds between two requests to one host
    response_seconds: float = 30.0
    max_bytes: int = 20_000_000
    max_decompressed: int = 60_000_000
    max_redirects: int = 5
    max_pages: int = 200  # visits a source and run; the rest of a backlog waits for the next
    max_seconds: float = 900.0  # a whole crawl; sources not done by then report `incomplete`
    shard: int = 0  # which of several crawling machines this is, from 1; names its archive files


@dataclass(frozen=True, slots=True)
class Page:
    """The raw page of an item, for `judge.extract`."""

    url: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One candidate record read out of a snapshot. It always has a title and an identity (`key`).

    `key` is unique within its source and stable over visits (a guid, an address, a record id). `page` holds the item's
    raw page when the snapshot is one. `withdrawn`: the source says that the record was deleted.
    """

    source_id: str
    key: str
    work: Work
    role: str = "listed"  # `listed` in a feed or list, `page` its own page, `record` a full metadata record
    page: Page | None = None
    withdrawn: bool = False


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


# ---------------------------------------------------------------- what is told of runs and sources


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


# ---------------------------------------------------------------- the site and its words


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the vocabulary; `group` is one of the five."""

    id: str
    label: str
    definition: str
    group: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of judge/vocabulary/ that count for something.

    `about` is the question (`core`, `topic`, `kind`, `place` …), `value` the answer that they speak for, `words` a phrase
    whose `*` leaves a word open, `where` the only part of a record in which they count ("" for all).
    """

    about: str
    value: str
    words: str
    weight: float = 1.0
    where: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """How well the rules did on labelled records, in percent (relevance, sections, F1 of tags), and on labelled pairs."""

    records: int
    precision: int
    recall: int
    sections: int
    countries: int
    topics: int
    pairs: int
    false_merges: int
    missed: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What the rules were measured to do: on records that were at hand when they were written, and on others kept apart."""

    known: Figures
    apart: Figures


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """All that the rules know of words; one object is loaded and lives as long as its configuration.

    `everyday` words tell nothing about a text, in whichever language: they are never named as gaps of the vocabulary.
    """

    topics: tuple[Topic, ...]
    cues: tuple[Cue, ...] = ()
    measured: Measured | None = None
    everyday: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A country or jurisdiction by its code; `note` marks what is usually marked (suspended, designation)."""

    code: str
    name: str
    note: str = ""
    slug: str = ""
    parent: str | None = None  # IE for nothing, BE for BE-VLG


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """An item of `searches:`; it becomes a page and a feed."""

    id: str
    title: str
    query: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class MailingList:
    """An item of `digest.lists:`. We hold no subscribers: the list server does."""

    id: str
    query: str
    rhythm: str
    to: str
    subscribe_url: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """When editions are made and where they go; times in the site's zone."""

    weekly: str | None = "mon 06:00"
    monthly: str | None = "1 06:00"
    weekly_items: int = 12
    monthly_items: int = 25
    lists: tuple[MailingList, ...] = ()

    @property
    def rhythms(self) -> tuple[Rhythm, ...]:
        """The rhythms in which editions are made."""
        said = ((Rhythm.WEEKLY, self.weekly), (Rhythm.MONTHLY, self.monthly))
        return tuple(rhythm for rhythm, when in said if when is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that an edition can tell, with its final text: an entry that is new, one that moved, a date ahead.

    `key` says what was told of which entry, so that no later edition tells it again. `place` is the heading that it is sorted
    under among the countries. `why` says why it is a candidate, `left_out` which person left it out and why. `queries` are the
    ids of the named queries (`search:…`) and mailing lists (`list:…`) that it matches. `rank` counts from 0, the most telling
    first. `short` is what a subject line says of it, `line` what *In one minute* says. `moved` are the stages that a policy left
    (empty where that isn't known) and reached.
    """

    key: str
    entry: str
    part: Part
    rank: int
    title: str
    title_lang: str
    kind: EntryKind
    badge: str
    short: str
    line: str
    why: str
    place: str = ""
    who: str = ""
    when: str = ""
    date: PartialDate | None = None
    text: str = ""
    text_lang: str = "en"
    publishers_words: bool = False
    so_what: str = ""
    url: str | None = None
    seen_at: str | None = None
    topics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    is_news: bool = True  # alone it makes an edition; a mere reminder or a pick from the shelf does not
    is_move: bool = False
    moved: tuple[str, ...] = ()
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One issue of the digest, as issued: all candidates with their final text. Every scoped edition is a filter and a cut of it.

    `first` and `last` are its days in the site's time zone. `subject` and `lead` are set only where a curator wrote them. `most`
    is how many items one may show. A quiet period has an edition without candidates, so that it stays quiet.
    """

    id: str  # 2026-W47, 2026-11
    rhythm: Rhythm
    first: PartialDate
    last: PartialDate
    issued_at: datetime
    most: int
    candidates: tuple[Told, ...] = ()
    subject: str = ""
    lead: tuple[str, ...] = ()
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A work that an editor recommends: "start here" of a `topic` (`home`: the home page), or a good read of a `year`."""

    entry: str
    why: str  # a sentence
    by: str  # who signs it
    when: PartialDate
    topic: str = ""
    year: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Correction:
    """A dated note on an edition that stands."""

    when: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Editorial:
    """What people say of one edition: before it is issued how it shall read, afterwards what was wrong with it."""

    edition: str
    subject: str = ""
    lead: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()  # entry id, what it means for a policymaker
    leave_out: tuple[tuple[str, str], ...] = ()  # entry id, why
    shelf: str = ""
    corrections: tuple[Correction, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Sending:
    """A step in the sending of an edition to a list, as the ledger notes it."""

    list_id: str
    edition: str
    state: SendingState
    at: datetime
    message_id: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfUse:
    """How the site was used on a day, in the site's time zone: counts, and nothing about anybody.

    `requests` are all that the log holds of that day; `visits` browsers of people, each once; `untold` clients that the log
    gives no name, so that robots among them can't be told; `missed` addresses that led nowhere. `people`, `robots`, `feeds`
    (times read) and `readers` (of a feed, as far as they can be told) count by address.
    """

    day: str  # YYYY-MM-DD
    requests: int
    visits: int = 0
    missed: int = 0
    untold: int = 0
    people: tuple[tuple[str, int], ...] = ()
    robots: tuple[tuple[str, int], ...] = ()
    feeds: tuple[tuple[str, int], ...] = ()
    readers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """How the curators' desk looks at things. `edit_url`: where a file is edited in a browser, `{path}` standing for its path.

    An entry is old when nobody looked at it for `unverified_days`, a fact on a country after `facts_days`.
    """

    edit_url: str | None = None
    unverified_days: int = 365
    facts_days: int = 365


@dataclass(frozen=True, slots=True)
class HostBlock:
    """A part of the host institute's own block on the home page: a heading and its links (text, address)."""

    heading: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the site is and who keeps it. `url` ends in a slash."""

    title: str = "Micro-credential Observatory"
    url: str = "https://observatory.example.org/"
    subtitle: str = ""
    timezone: str = "Europe/Dublin"
    maintainer: str = ""
    maintainer_url: str | None = None
    contact: str | None = None
    language: str = "en"
    subject: str = "micro-credentials"
    host_name: str | None = None
    host_text: str = ""
    host_blocks: tuple[HostBlock, ...] = ()

    @property
    def heading(self) -> str:
        """The subject as it begins a line."""
        return self.subject[:1].upper() + self.subject[1:]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that publishing may know: a consistent reading of the catalogue at one moment, sorted by entry id.

    `as_of` is the time of the last run: publishing knows no other clock. `entries` holds published and gone entries only.
    `memberships`: named query id → entry ids. `aliases`: former id → present id. `digests`: entry id → a digest of the entry but
    for when it was last seen and looked at; those that lack are made of its content.
    """

    as_of: datetime
    entries: tuple[Entry, ...]
    aliases: Mapping[str, str]
    sources: tuple[Source, ...]
    health: Mapping[str, SourceHealth]
    topics: tuple[Topic, ...]
    places: Mapping[str, Place]
    searches: tuple[NamedQuery, ...] = ()
    memberships: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    countries: tuple[CountryFacts, ...] = ()
    peer_groups: tuple[PeerGroup, ...] = ()
    definitions: tuple[Definition, ...] = ()
    terms: tuple[TermRow, ...] = ()
    pending: int = 0
    picks: tuple[Pick, ...] = ()  # in the order of the editors' file
    editions: tuple[Edition, ...] = ()  # issued ones, oldest first
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)  # by edition
    lists: tuple[MailingList, ...] = ()
    rhythms: tuple[Rhythm, ...] = ()  # the rhythms in which editions are made
    asked: tuple[SearchRun, ...] = ()  # every query sent to every service, oldest first
    related: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # id → (id, reason), nearest first
    measured: Measured | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    stands: Mapping[str, Stand] = field(default_factory=dict)  # by source


# ---------------------------------------------------------------- facts on countries


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell of a country's twelve. `unknown`: looked for, not found; `not-checked`: not looked for; neither means no.

    `seen_at` in place of `source`: known only from a copy. `editor_note` is never shown to readers.
    """

    name: str
    value: tuple[str, ...]
    note: str = ""
    source: str | None = None
    source_date: PartialDate | None = None
    certainty: str = ""
    seen_at: str | None = None
    checked_on: PartialDate | None = None
    editor_note: str = ""


@dataclass(frozen=True, slots=True)
class CountryStep:
    """A step of a country's policy, with its source; `date` is absent where the source doesn't say it."""

    date: PartialDate | None
    stage: Stage
    what: str
    source: str | None = None
    seen_at: str | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is being prepared: a bill, a consultation with its deadline, a planned review."""

    what: str
    date: PartialDate | None = None
    source: str | None = None
    seen_at: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """Who is who in a country. `role`: ministry, qa_agency, nqf_body, enic_naric, rectors, portal."""

    name: str
    role: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryFacts:
    """The handed-over facts on one jurisdiction."""

    code: str
    name: str
    groups: tuple[str, ...]
    summary: str
    checked_on: PartialDate | None
    facts: tuple[Fact, ...]
    steps: tuple[CountryStep, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    bodies: tuple[Body, ...] = ()


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """A group of jurisdictions that readers compare. `kind`: membership, grouping, or derived (from the facts)."""

    id: str
    label: str
    name: str
    kind: str
    members: tuple[str, ...]

    @property
    def is_derived(self) -> bool:
        """Whether its members follow from the facts."""
        return self.kind.startswith("derived")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A published definition compared element by element, in our words."""

    id: str
    issuer: str
    year: int | None
    document: str
    in_our_words: str
    elements: tuple[tuple[str, str], ...]
    source: str | None = None
    seen_as: str = ""
    seen_at: str | None = None
    note: str = ""
    checked_on: PartialDate | None = None
    editor_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """What micro-credentials are called in a language; unverified rows are not shown as fact."""

    lang: str
    language: str
    term: str
    variants: tuple[str, ...]
    mark: str
    source: str | None = None
    note: str = ""
    eu_language: bool = False
    checked_on: PartialDate | None = None
    editor_note: str = ""
