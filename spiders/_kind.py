"""What a source kind is, and how the kinds in this folder are found. No network, no disk."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

import spiders
from observatory.model import Finding, HarvestEnd, Memory, Request, Snapshot, SourceRow, Visit


class Options(BaseModel):
    """The keys of an item of sources.yaml that belong to its kind. Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


OptionsT = TypeVar("OptionsT", bound=Options)


def follow_nothing(_snapshot: Snapshot, _options: Options, _memory: Memory) -> Iterable[Request]:
    """Ask for no further page: the `follow` of kinds whose first answer says all."""
    return ()


@dataclass(frozen=True, slots=True)
class Kind(Generic[OptionsT]):
    """How one sort of source is harvested; all three functions are pure.

    `start` gives the first requests, `follow` those that an answer leads to (a request with a `key` is asked only when the
    finding of that key is wanted and not yet seen), `read` the findings in an answer. `read` raises `UnreadableError`
    with its cause when the answer isn't what it should be, and nothing else, whatever the bytes.
    `local` kinds read the curator's own files and are never crawled.
    """

    name: str
    Options: type[OptionsT]
    start: Callable[[OptionsT, Memory], Iterable[Request]]
    read: Callable[[Snapshot, OptionsT], Iterable[Finding]]
    follow: Callable[[Snapshot, OptionsT, Memory], Iterable[Request]] = follow_nothing
    local: bool = False


class Sink(Protocol):
    """Where a crawl puts what the web answered; `catalogue.archive.Writer` is one."""

    def response(self, snapshot: Snapshot) -> None:
        """Keep a response; when this returns it is acknowledged and may not be lost."""

    def visit(self, visit: Visit) -> None:
        """Keep the note of a visit without a new body: unchanged (304), failed or skipped."""

    def source(self, row: SourceRow) -> None:
        """Keep the row that a source is harvested with from here on."""

    def end(self, end: HarvestEnd) -> None:
        """Keep how a source's harvest ended."""


@cache
def kinds() -> Mapping[str, Kind[Options]]:
    """Find every source kind: each module of this folder whose name has no underscore ends in `KIND = Kind(…)`."""
    found: dict[str, Kind[Options]] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(spiders.__path__)):
        if not module.startswith("_"):
            kind: Kind[Options] = importlib.import_module(f"spiders.{module}").KIND
            found[kind.name] = kind
    return found
