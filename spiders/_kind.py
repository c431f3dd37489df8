"""What a source kind is, and how the kinds in this folder are found. No network, no disk."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

import spiders
from observatory import text
from observatory.model import Cause, Finding, HarvestEnd, Memory, Request, Snapshot, SourceRow, Visit, Work
from spiders._documents import DOCUMENT, read_document


class Options(BaseModel):
    """The keys of an item of sources.yaml that belong to its kind. Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


OptionsT = TypeVar("OptionsT", bound=Options)


def follow_nothing(_snapshot: Snapshot, _options: Options, _memory: Memory) -> Iterable[Request]:
    """Ask for no further page: the `follow` of kinds whose first answer says all."""
    return ()


def as_it_was(request: Request) -> Request | None:
    """Ask a request of an earlier run again as it was."""
    return request


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a service asks for: the environment variable that holds it, and the header or query parameter it goes into.

    The crawler attaches it after the recorded address is taken and never sends it to another host; unset or blank it is left
    out, padding is cut. `Memory.has_key` tells `start` and `follow` whether there is one.
    """

    env: str
    header: str = ""
    parameter: str = ""
    prefix: str = ""  # "Bearer "


def no_flaw(_snapshot: Snapshot, _options: Options) -> tuple[Cause, str] | None:
    """Find nothing wrong: the `flaw` of kinds that read all or nothing."""
    return None


@dataclass(frozen=True, slots=True)
class Tally:
    """What one page of results says of the search itself: the words asked, the service's count of hits, the records shown.

    `bad` of these could not be read: each costs itself only.
    """

    query: str
    hits: int | None
    records: int
    bad: int = 0


def no_tally(_snapshot: Snapshot, _options: Options) -> Tally | None:
    """Count nothing: the `tally` of kinds that ask no query."""
    return None


def no_mark(_snapshot: Snapshot, _options: Options, mark: str) -> str:
    """Note nothing: the `mark` of kinds that can ask for changes by time alone."""
    return mark


def take_all(_options: Options) -> bool:
    """Take records whatever they name: the `only_named` of kinds whose answers hold what was asked for."""
    return False


def suits_nothing(_url: str) -> Mapping[str, object] | None:
    """Know no address: the `suits` of kinds that read what any site may have."""
    return None


def on_hosts(*hosts: str) -> Callable[[str], Mapping[str, object] | None]:
    """Make the `suits` of a service that stands for every address on its hosts."""

    def suits(url: str) -> Mapping[str, object] | None:
        host = text.host_of(url)
        return {} if any(host == each or host.endswith(f".{each}") for each in hosts) else None

    return suits


def no_key(_options: Options) -> Key | None:
    """Take the kind's own `key`."""
    return None


@dataclass(frozen=True, slots=True)
class Kind(Generic[OptionsT]):
    """How one sort of source is harvested; all three functions are pure.

    `start` gives the first requests, `follow` those that an answer leads to (a request with a `key` is asked only when the
    finding of that key is wanted and not yet seen), `read` the findings in an answer. `read` raises `UnreadableError`
    with its cause when the answer isn't what it should be, and nothing else, whatever the bytes.
    `local` kinds read the curator's own files and are never crawled.

    Requests may carry a method, a body and headers of their own. A harvest that ends early (pages a run, time, a quota) keeps
    the requests it had to leave in `HarvestEnd.cursor`, and the next one asks them after those of `start`: unfinished paging
    and a backlog of items go on by themselves. `revive` says how a request kept from an earlier run is asked now, or None
    when it can't be any more (an expired resumption token: `start` then gives the window anew).
    `api` kinds use a documented interface: robots.txt and TDM reservations are for pages and not asked for, and a 429 whose
    Retry-After is long ends the source for the day with cause `quota`. `delay` is the least time between two requests
    (seconds; the configured delay if that is longer, unless `api`), `accept` the Accept header, `key` what the service asks for
    (`key_of`: where the options name it). `answers`: statuses of 400 and above whose bodies are answers too. `tally` says what
    a page of results tells of its query, for the record of searches. `mark` folds what later harvests must know of a service's
    answers (a library's version) over all of them in order; `Memory.mark` gives it to `start` and `follow`. `flaw` names what
    is wrong with an answer that could be read all the same (a feed cut off in the middle): reported, and nothing lost.
    `only_named`: take only records that name a term of the vocabulary (services that rank instead of match, whole repositories).
    `suits` gives the options with which this kind would harvest an address that a curator pastes, when the address alone tells so;
    else None. `document` reads the text of a PDF (role DOCUMENT): as part of an item that is known otherwise.
    """

    name: str
    Options: type[OptionsT]
    start: Callable[[OptionsT, Memory], Iterable[Request]]
    read: Callable[[Snapshot, OptionsT], Iterable[Finding]]
    follow: Callable[[Snapshot, OptionsT, Memory], Iterable[Request]] = follow_nothing
    local: bool = False
    api: bool = False
    delay: float | None = None
    accept: str = ""
    key: Key | None = None
    key_of: Callable[[OptionsT], Key | None] = no_key
    answers: frozenset[int] = frozenset()
    tally: Callable[[Snapshot, OptionsT], Tally | None] = no_tally
    mark: Callable[[Snapshot, OptionsT, str], str] = no_mark
    flaw: Callable[[Snapshot, OptionsT], tuple[Cause, str] | None] = no_flaw
    revive: Callable[[Request], Request | None] = as_it_was
    suits: Callable[[str], Mapping[str, object] | None] = suits_nothing
    only_named: Callable[[OptionsT], bool] = take_all
    document: Callable[[Snapshot], Iterable[Finding]] = read_document


class Sink(Protocol):
    """Where a crawl puts what the web answered; `catalogue.archive.Writer` is one."""

    def next_ref(self) -> str:
        """Give the ref under which the next record will be kept."""

    def response(self, snapshot: Snapshot) -> None:
        """Keep a response; when this returns it is acknowledged and may not be lost."""

    def visit(self, visit: Visit) -> None:
        """Keep the note of a visit without a new body: unchanged (304), failed or skipped."""

    def source(self, row: SourceRow) -> None:
        """Keep the row that a source is harvested with from here on."""

    def end(self, end: HarvestEnd) -> None:
        """Keep how a source's harvest ended."""


class Listener(Protocol):
    """Who hears how a crawl goes on."""

    def found(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Hear what `read_all` gave of a response that is about to be kept under this ref."""

    def ended(self, end: HarvestEnd) -> None:
        """Hear how a source's harvest ended."""


def read(
    kind: Kind[OptionsT],
    snapshot: Snapshot,
    options: OptionsT,
    names: Callable[[Work], bool] | None = None,
    known: Sequence[Finding] | None = None,
) -> list[Finding]:
    """Read a snapshot, as `read_all` does; `known` is what that gives, where somebody read it before.

    `names` tells whether a work names a term of the vocabulary; kinds that ask for it take only such records.
    Where its publisher reserves text and data mining (TDMRep), only title, address and date are taken.
    """
    findings = read_all(kind, snapshot, options) if known is None else list(known)
    if names and not snapshot.key and kind.only_named(options):
        findings = [each for each in findings if each.withdrawn or names(each.work)]
    if ("tdm-reservation", "1") not in snapshot.headers:
        return findings
    return [_reserved(finding) for finding in findings]


def read_all(kind: Kind[OptionsT], snapshot: Snapshot, options: OptionsT) -> list[Finding]:
    """Read all that a snapshot says: a PDF's text as a document, all else as the kind reads it. UnreadableError."""
    return list(kind.document(snapshot) if snapshot.role == DOCUMENT else kind.read(snapshot, options))


def _reserved(finding: Finding) -> Finding:
    work = finding.work
    kept = Work(title=work.title, url=work.url, seen_at=work.seen_at, date=work.date, event_start=work.event_start)
    return replace(finding, work=kept, page=None)


@cache
def kinds() -> Mapping[str, Kind[Options]]:
    """Find every source kind: each module of this folder whose name has no underscore ends in `KIND = Kind(…)`."""
    found: dict[str, Kind[Options]] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(spiders.__path__)):
        if not module.startswith("_"):
            kind: Kind[Options] = importlib.import_module(f"spiders.{module}").KIND
            found[kind.name] = kind
    return found


def kind_of(name: str) -> Kind[Options]:
    """Give a kind by its name; KeyError when there is none.

    A kind of the program's own, which no curator may write, stands in a module with an underscore and is named like it.
    """
    own = name.startswith("_") and name.isidentifier()
    found: Kind[Options] = importlib.import_module(f"spiders.{name}").KIND if own else kinds()[name]
    return found
