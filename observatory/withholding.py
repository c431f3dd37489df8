"""The conductor of leaving out what was erased on request: from answers on their way to the archive, and from those in it.

An answer that shows other works too (a feed, a list) is *condensed*: what was read of the others takes the place of its bytes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from observatory.catalogue import codec
from observatory.errors import UnreadableError
from observatory.forgotten import Forgotten, address_names, asked_names, finding_names
from observatory.judge.extract import extract
from observatory.model import Finding, HarvestEnd, Snapshot, Source, SourceRow, Visit
from spiders._kind import Sink, kind_of, read

log = logging.getLogger(__name__)

CONDENSED = "application/vnd.observatory.findings+json"
# Headers that a later visit or reading needs; others may name what was erased (Link, Content-Location).
_KEPT = frozenset(
    {"etag", "last-modified", "date", "tdm-reservation", "content-language", "last-modified-version", "backoff"}
)


def condensed(snapshot: Snapshot, findings: Iterable[Finding]) -> Snapshot:
    """Put findings, as extracted, in the place of an answer's bytes; everything else of it stays."""
    body = "[" + ",".join(codec.dumps(extract(finding)) for finding in findings) + "]"
    headers = tuple((name, value) for name, value in snapshot.headers if name.lower() in _KEPT)
    return replace(snapshot, body=body.encode("utf-8", "surrogatepass"), content_type=CONDENSED, headers=headers)


def findings_in(snapshot: Snapshot) -> tuple[Finding, ...] | None:
    """Give what a condensed answer holds; None when it is as the web gave it."""
    if snapshot.content_type != CONDENSED:
        return None
    said = json.loads(snapshot.body.decode("utf-8", "surrogatepass"))
    return tuple(codec.loads(Finding, json.dumps(each)) for each in said)


def spared(findings: Iterable[Finding], forgotten: Forgotten) -> tuple[Finding, ...]:
    """Leave out the findings that were erased on request."""
    if not forgotten:  # most observatories: no finding need be named
        return tuple(findings)
    return tuple(finding for finding in findings if not forgotten.holds(finding_names(finding)))


class Withholding:
    """A `Sink` before another: what was erased on request does not get through. `sources`: those that are asked, by id."""

    def __init__(self, sink: Sink, forgotten: Forgotten, sources: Mapping[str, Source]) -> None:
        self._sink, self._forgotten, self._sources = sink, forgotten, sources

    def next_ref(self) -> str:
        """Give the ref under which the next record will be kept."""
        return self._sink.next_ref()

    def response(self, snapshot: Snapshot) -> None:
        """Keep an answer without what was erased; nothing of it when it is that work's own page."""
        if not self._forgotten.holds(asked_names(snapshot.source_id, snapshot)):
            self._sink.response(self._without(snapshot))

    def visit(self, visit: Visit) -> None:
        """Keep the note of a visit, unless it was of what was erased."""
        if self._forgotten.holds(asked_names(visit.source_id, visit)):
            return
        if visit.moved_to and self._forgotten.holds(address_names(visit.moved_to)):
            visit = replace(visit, moved_to=None)
        self._sink.visit(visit)

    def source(self, row: SourceRow) -> None:
        """Keep a source's row."""
        self._sink.source(row)

    def end(self, end: HarvestEnd) -> None:
        """Keep how a harvest ended; what was erased never waited in it."""
        self._sink.end(end)

    def _without(self, snapshot: Snapshot) -> Snapshot:
        found = self._findings(snapshot)
        kept = spared(found, self._forgotten)
        return snapshot if len(kept) == len(found) else condensed(snapshot, kept)

    def _findings(self, snapshot: Snapshot) -> Sequence[Finding]:
        from observatory.config import options_of

        source = self._sources.get(snapshot.source_id)
        if source is None:
            return ()
        try:
            return [extract(each) for each in read(kind_of(source.kind), snapshot, options_of(source))]
        except UnreadableError:
            return ()
