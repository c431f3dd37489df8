"""What the archive tells of searches: each query with its counts, and what a harvest has still to ask of a service.

Both are derived from the answers as they are read, so a harvest that was killed at any instant goes on where its archive ends.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from observatory.catalogue.store import Store
from observatory.config import options_of, source_from_row
from observatory.errors import ConfigError, UnreadableError
from observatory.model import Cause, Finding, HarvestEnd, Item, Memory, Relevance, Request, Snapshot
from observatory.withholding import CONDENSED
from spiders._harvest import Left, note, recall
from spiders._kind import Kind, Options, kinds, no_mark

log = logging.getLogger(__name__)

NO_RULE = "no core term that counts"


class Asked:
    """Keeps the record of searches while the archive is read."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def goes_on(self, snapshot: Snapshot) -> None:
        """Note what is still to be asked after one of its answers, and what its kind must know; call it before it is recorded."""
        found = self._kind_of(snapshot)
        if found is None or snapshot.content_type == CONDENSED:
            return
        kind, options = found
        if kind.mark is no_mark and not kind.api:
            return  # a site's page: nothing to keep
        run, memory = _run_of(snapshot.ref), self._store.outlook(snapshot.source_id)
        try:
            mark = kind.mark(snapshot, options, memory.mark)
            if kind.api and not snapshot.key:
                noted = self._store.unfinished(snapshot.source_id, run)
                pending = (
                    _at_first(kind, options, memory) if noted is None else [left.request for left in recall(noted)]
                )
                more = [request for request in kind.follow(snapshot, options, memory) if not request.key]
                left = note(map(Left, after(pending, snapshot, more)))
                self._store.record_unfinished(snapshot.source_id, run, left)
        except UnreadableError:
            return  # the page that could not be read is still to be asked
        if mark != memory.mark:
            self._store.record_mark(snapshot.source_id, mark)

    def found(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Count a page of results, and by which search its items were found first; call it when they are stored."""
        found = self._service(snapshot)
        if found is None or snapshot.key or snapshot.content_type == CONDENSED:
            return
        kind, options = found
        try:
            tally = kind.tally(snapshot, options)
        except UnreadableError:
            return
        if tally is None:
            return
        place = (snapshot.source_id, _run_of(snapshot.ref), tally.query)
        refs = {f"{finding.source_id}#{finding.key}" for finding in findings}
        self._store.record_search(*place, snapshot.fetched_at, tally.hits, tally.records, min(len(refs), tally.records))
        self._store.record_found(*place, {item.ref: rule_of(item) for item in self._store.items(refs)})

    def ended(self, ref: str, end: HarvestEnd) -> HarvestEnd:
        """Give a harvest's end; one that was killed left what its archive says, not what was noted before it began."""
        noted = self._store.unfinished(end.source_id, _run_of(ref))
        self._store.forget_unfinished([end.source_id])
        return replace(end, cursor=noted) if end.cause is Cause.KILLED and noted is not None else end

    def _service(self, snapshot: Snapshot) -> tuple[Kind[Options], Options] | None:
        """Give the kind and options with which a service was asked; None when the source is none."""
        found = self._kind_of(snapshot)
        return found if found and found[0].api else None

    def _kind_of(self, snapshot: Snapshot) -> tuple[Kind[Options], Options] | None:
        """Give the kind and options with which a source was asked."""
        row = self._store.row(snapshot.source_id)
        if row is None:
            return None
        try:
            source = source_from_row(row)
            kind = kinds()[source.kind]
            return kind, options_of(source)
        except (ConfigError, KeyError, ValueError):  # an archived row that this version can't read any more
            return None


def after(pending: Iterable[Request], snapshot: Snapshot, more: Iterable[Request]) -> list[Request]:
    """Say what is to be asked after an answer: what was, without the request that it answers, and what it leads to."""
    waiting = list(pending)
    answered = next((each for each in waiting if _answers(snapshot, each)), None)
    if answered is None and snapshot.role == "start":  # begun with a key, whose pages have other addresses
        answered = next((each for each in waiting if each.role == "start"), None)
    rest = [each for each in waiting if each is not answered]
    return list({(each.url, each.body): each for each in [*rest, *more]}.values())


def _answers(snapshot: Snapshot, request: Request) -> bool:
    return snapshot.url == request.url and (request.method == "GET" or snapshot.role == request.role)


def _at_first(kind: Kind[Options], options: Options, memory: Memory) -> list[Request]:
    left = (kind.revive(each.request) for each in recall(memory.cursor))
    return [*kind.start(options, memory), *(request for request in left if request is not None)]


def rule_of(item: Item) -> str:
    """Say why an item was left out, in the words of the rules; "" when it was not."""
    if item.verdict.relevance is not Relevance.NO:
        return ""
    reasons = [reason.text for reason in item.verdict.reasons if reason.about == "relevance"]
    return reasons[0] if reasons else NO_RULE


def _run_of(ref: str) -> str:
    return ref.rpartition("/")[0]
