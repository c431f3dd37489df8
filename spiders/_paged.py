"""How a service is paged through over several runs: made once, around each kind's own start and follow. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import Field

from observatory.model import Finding, Memory, PartialDate, Request, Snapshot
from spiders._checked import DateText
from spiders._kind import Kind, Options, Tally, no_key
from spiders._service import is_resumed

_COUNTED = re.compile(r"(page|again|details) (\d{1,9})")  # roles that say how many records were asked for before them


class PortionOptions(Options):
    """What every service can be told about how much and how fast."""

    max_items: int = Field(
        default=2000, ge=1, le=1_000_000, description="Records a run; the rest waits for the next run."
    )
    delay: float | None = Field(
        default=None, ge=0, le=120, description="Seconds between two requests; the service's own terms unless given."
    )


class PagedOptions(PortionOptions):
    """What a service that is asked by time can be told about how far back."""

    since: DateText | None = Field(default=PartialDate(2015), description="Records older than this are not asked for.")
    overlap_days: int = Field(default=7, ge=0, le=4000, description="How far a run looks back behind the last one.")


P = TypeVar("P", bound=PortionOptions)


def service(
    name: str,
    options: type[P],
    start: Callable[[P, Memory], Iterable[Request]],
    follow: Callable[[Snapshot, P, Memory], Iterable[Request]],
    read: Callable[[Snapshot, P], Iterable[Finding]],
    tally: Callable[[Snapshot, P], Tally | None],
    **manner: Any,
) -> Kind[P]:
    """Make the kind of a service with a documented interface; `manner` are Kind's own fields (delay, accept, key …).

    A first harvest that was broken off is not begun anew: what it left is asked. What exceeds `max_items` waits.
    """

    def bounded_start(said: P, memory: Memory) -> Iterable[Request]:
        return () if is_resumed(memory) else start(said, memory)

    def bounded_follow(snapshot: Snapshot, said: P, memory: Memory) -> Iterator[Request]:
        for request in follow(snapshot, said, memory):
            match = _COUNTED.match(request.role)
            exceeds = match is not None and not request.key and int(match[2]) >= said.max_items
            yield replace(request, later=True) if exceeds else request

    manner = {"accept": "application/json", "key_of": no_key, **manner}
    return Kind(name, options, bounded_start, read, bounded_follow, api=True, tally=tally, revive=revived, **manner)


def revived(request: Request) -> Request:
    """Ask a page that waited: from it on, the records of its run are counted."""
    return replace(request, role=_COUNTED.sub(r"\1 0", request.role, count=1), later=False)
