"""What is published: queries, lists, editions, letters, picks, the site and the catalogue that it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from observatory.model.entry import Entry
from observatory.model.facts import CountryFacts, Definition, PeerGroup, TermRow
from observatory.model.harvest import Source
from observatory.model.health import SearchRun, SourceHealth, Stand
from observatory.model.vocabulary import Measured, Place, Topic
from observatory.model.words import EntryKind, Part, Rhythm, SendingState
from observatory.model.work import PartialDate
from observatory.text import slug


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

    @property
    def short(self) -> str:
        """The title as it stands in names of files: `micro-credential-observatory`."""
        return slug(self.title, 48) or "observatory"


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
    told: tuple[str, ...] = ()  # what readers are told of the vocabulary
    digests: Mapping[str, str] = field(default_factory=dict)
    stands: Mapping[str, Stand] = field(default_factory=dict)  # by source
