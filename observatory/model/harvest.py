"""What a source is and what its harvest brings: requests, snapshots, visits, jobs, pages and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from observatory.model.words import Cause, Outcome, Review
from observatory.model.work import Work


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
    on_topic: bool = False  # everything there is on the subject (a project's own site, say)
    exclude: tuple[str, ...] = ()  # paths from which nothing counts, as `text.is_under` reads them
    defaults: Work = field(default_factory=Work)
    hosts: tuple[str, ...] = ()  # its own: of its address and homepage
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

    user_agent: str = "Observatory/0.1 (+https://observatory.example.org/about/)"
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
    raw page when the snapshot is one. `withdrawn`: the source says that the record was deleted. `revision`: which form of the
    record this is, where its source counts them (a calendar's SEQUENCE): an older form never undoes a newer one.
    """

    source_id: str
    key: str
    work: Work
    role: str = "listed"  # `listed` in a feed or list, `page` its own page, `record` a full metadata record
    page: Page | None = None
    withdrawn: bool = False
    revision: int | None = None
