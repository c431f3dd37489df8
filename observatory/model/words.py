"""The closed lists: every word that a file, a page or a letter may use for a kind, a stage, a cause and their like."""

from __future__ import annotations

from collections.abc import Mapping
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
    """Core entries stand in default lists; related ones (on something near the subject) are kept and searchable."""

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
    VERIFY = "verify"  # looked at by a person, and right as it stands


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
