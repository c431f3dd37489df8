"""One source's harvest: what is asked in which order, what is kept, what waits for the next run. `Asker` is its only way out.

Unfinished work is the queue that is left: `HarvestEnd.cursor` notes its requests, and the next harvest asks them again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.forgotten import NOTHING, Forgotten, asked_names
from observatory.model import (
    Cause,
    CrawlSettings,
    Finding,
    HarvestEnd,
    Job,
    Outcome,
    Request,
    Snapshot,
    SourceRow,
    Visit,
)
from spiders._answers import is_html, recognise
from spiders._crawl_pdf import is_pdf
from spiders._crawl_pdf import read as read_pdf
from spiders._documents import DOCUMENT
from spiders._kind import Kind, Options, Sink, read_all
from spiders._pages import document_of, is_never_asked
from spiders._polite import Answer, Asker, Failed, Manner
from spiders._robots import is_reserved_page

log = logging.getLogger(__name__)

MOST_LEFT = 5_000  # requests kept for the next run; more than a year's news of the busiest source
MOST_RUNS = 3  # runs in which a failing item page is tried before it is given up
# Causes after which nothing more is asked of a source in this run.
_ENDS = frozenset({Cause.TOO_MANY, Cause.QUOTA, Cause.CHALLENGE})
# Causes that pass: an item page that failed so is tried again in the next runs.
_PASSING = frozenset(
    {
        Cause.DNS,
        Cause.CONNECT,
        Cause.TIMEOUT,
        Cause.INCOMPLETE,
        Cause.SERVER,
        Cause.TOO_MANY,
        Cause.QUOTA,
        Cause.CHALLENGE,
    }
)
# Causes with which a list does not answer, although its host does: the site's head may know a better address.
_ASTRAY = frozenset(
    {
        Cause.NOT_FOUND,
        Cause.GONE,
        Cause.FORBIDDEN,
        Cause.BAD_REQUEST,
        Cause.NOT_A_FEED,
        Cause.NOT_XML,
        Cause.NOT_HTML,
        Cause.EMPTY,
        Cause.SELECTORS,
    }
)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")


@dataclass(frozen=True, slots=True)
class Tools:
    """What a harvest needs besides its job: how to ask, what is wanted, where answers go, when to stop."""

    asker: Asker
    wanted: Callable[[Finding], bool]
    sink: Sink
    settings: CrawlSettings
    now: datetime
    is_over: Callable[[], bool]
    forgotten: Forgotten = NOTHING  # what was erased on request is never asked
    found: Callable[[Snapshot, Sequence[Finding]], None] = lambda _snapshot, _findings: None  # hears what is read


@dataclass(frozen=True, slots=True)
class Left:
    """A request that waits, and in how many runs it failed."""

    request: Request
    runs: int = 0


class Harvest:
    """The harvest of one source in one run."""

    def __init__(self, job: Job, kind: Kind[Options], options: Options, manner: Manner, tools: Tools) -> None:
        self._source, self._memory = job.source, job.memory
        self._kind, self._options, self._manner, self._tools = kind, options, manner, tools
        self._queue: deque[Left] = deque()
        self._known: set[str] = set()  # addresses that were queued
        self._later: list[Left] = []
        self._visits = self._not_modified = self._answered = self._found = self._bad = 0
        self._failed: list[tuple[Cause, str]] = []  # of lists
        self._lists = 0
        self._flaw: tuple[Cause, str] | None = None  # of a list that could be read all the same
        self._moved: str | None = None
        self._stopped = False

    async def run(self) -> HarvestEnd:
        """Ask what is to be asked within the bounds of a run; everything goes to the sink, its end too."""
        if self._source.row != self._memory.row:
            self._tools.sink.source(SourceRow(self._source.id, self._tools.now, self._source.row))
        for request in self._kind.start(self._options, self._memory):
            self._enqueue(Left(request))
        for left in recall(self._memory.cursor):
            revived = self._kind.revive(left.request)
            if revived is not None:
                self._enqueue(Left(revived, left.runs))
        while self._queue and not self._stopped and not self._tools.is_over() and self._visits < self._most:
            await self._visit(self._queue.popleft())
        end = await self._end()
        self._tools.sink.end(end)
        return end

    @property
    def _most(self) -> int:
        return self._tools.settings.max_pages

    def _enqueue(self, left: Left) -> None:
        if self._tools.forgotten.holds(asked_names(self._source.id, left.request)):
            return
        name = f"{left.request.url} {b64encode(left.request.body).decode()}{' again' * left.request.again}"
        if name not in self._known:
            self._known.add(name)
            self._queue.append(left)

    # ------------------------------------------------------------ one visit

    async def _visit(self, left: Left) -> None:
        self._visits += 1
        request = left.request
        self._lists += not request.key
        try:
            answer = await self._tools.asker.ask(request, self._manner, self._conditions(request))
            if request.key and is_pdf(answer.body):
                request, answer = replace(request, role=DOCUMENT), await self._as_text(answer)
            self._take(request, answer)
        except Failed as failed:
            await self._fail(left, failed)
        except (
            Exception
        ) as error:  # a bug of ours costs one visit, not the crawl; the log holds what is needed to mend it
            if isinstance(error, OSError) or type(error).__module__.startswith("observatory.errors"):
                raise  # the archive can't be written
            log.exception("visit failed source=%s url=%s", self._source.id, text.clean(request.url, 200))
            await self._fail(left, Failed(Cause.UNEXPECTED, type(error).__name__))

    async def _as_text(self, answer: Answer) -> Answer:
        """Read a PDF in a process of its own: its text is what is kept. Raises `Failed`: a hostile one costs itself."""
        try:
            document = await asyncio.to_thread(read_pdf, answer.body)
        except UnreadableError as error:
            raise _AnswerFailed(error.cause, str(error), answer=answer) from error
        headers = {**answer.headers, **dict(document.headers), "content-type": document.content_type}
        return replace(answer, body=document.body, headers=headers)

    def _is_paged(self, request: Request) -> bool:
        """Whether the answer leads to more of a service's results: it is read even when it is unchanged, or they end there."""
        return self._kind.api and not request.key

    def _conditions(self, request: Request) -> Mapping[str, str]:
        if self._is_paged(request):
            return {}
        etag, last_modified = self._memory.validators.get(request.url, ("", ""))
        said = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        return {name: value for name, value in said.items() if value and request.method == "GET"}

    def _take(self, request: Request, answer: Answer) -> None:
        """Keep an answer that brings something, and queue what it leads to. Raises `Failed` when it doesn't."""
        if not request.key:
            self._moved = answer.moved_to or self._moved
        if answer.status == 304 or (not self._is_paged(request) and self._is_same(request, answer)):
            self._not_modified += 1
            self._tools.sink.visit(
                Visit(
                    self._source.id,
                    request.url,
                    self._tools.now,
                    Outcome.NOT_MODIFIED,
                    status=answer.status,
                    moved_to=answer.moved_to if not request.key else None,
                    key=request.key,
                )
            )
            return
        if answer.status not in self._kind.answers and (found := self._recognise(request, answer)):
            raise _AnswerFailed(*found, answer=answer)
        self._keep(request, self._snapshot(request, answer), answer)

    def _recognise(self, request: Request, answer: Answer) -> tuple[Cause, str] | None:
        content_type = answer.headers.get("content-type", "")
        return recognise(answer.status, answer.headers, content_type, answer.body, request.url, answer.final_url)

    def _is_same(self, request: Request, answer: Answer) -> bool:
        before = self._memory.digests.get(request.url)
        return before is not None and answer.status == 200 and before == hashlib.sha256(answer.body).hexdigest()

    def _snapshot(self, request: Request, answer: Answer) -> Snapshot:
        headers = tuple(answer.headers.items())
        content_type = answer.headers.get("content-type", "")
        if answer.is_reserved or is_reserved_page(answer.headers, content_type, answer.body):
            if request.key:
                raise _AnswerFailed(
                    Cause.TDM, "the publisher reserves text and data mining, or asks not to archive", answer=answer
                )
            headers = (
                *((name, value) for name, value in headers if name != "tdm-reservation"),
                ("tdm-reservation", "1"),
            )
        return Snapshot(
            ref="",
            source_id=self._source.id,
            url=request.url,
            final_url=answer.final_url,
            fetched_at=self._tools.now,
            status=answer.status,
            content_type=content_type,
            body=answer.body,
            role=request.role,
            key=request.key,
            first_harvest=not self._memory.complete,
            headers=headers,
        )

    def _keep(self, request: Request, snapshot: Snapshot, answer: Answer) -> None:
        try:
            findings = read_all(self._kind, snapshot, self._options)
            more = list(self._kind.follow(snapshot, self._options, self._memory))
        except UnreadableError as error:
            raise _AnswerFailed(error.cause, str(error), answer=answer) from error
        if answer.moved_to and not request.key:
            said = Visit(self._source.id, request.url, self._tools.now, Outcome.OK, None, 301, "", answer.moved_to)
            self._tools.sink.visit(said)
        self._tools.found(replace(snapshot, ref=self._tools.sink.next_ref()), findings)
        self._tools.sink.response(snapshot)
        self._flaw = self._flaw or (None if request.key else self._kind.flaw(snapshot, self._options))
        self._answered += 1
        self._found += len(findings)
        tally = self._kind.tally(snapshot, self._options)
        self._bad += tally.bad if tally else 0
        by_key: dict[str, list[Finding]] = {}
        for finding in findings:
            by_key.setdefault(finding.key, []).append(finding)
        if not self._kind.api and request.role != DOCUMENT:
            more += self._documents(findings)
        for each in more:
            if each.later and not self._tools.forgotten.holds(asked_names(self._source.id, each)):
                self._later.append(Left(each))
            elif not each.key or (self._is_new(each) and self._is_wanted(by_key.get(each.key, ()))):
                self._enqueue(Left(each))

    def _documents(self, findings: Iterable[Finding]) -> list[Request]:
        """Ask for the documents that a list or an item's page names: their text is searched, never published."""
        found = ((each, each.work.pdf_url or (document_of(each.page) if each.page else None)) for each in findings)
        return [Request(url, DOCUMENT, each.key) for each, url in found if url and not is_never_asked(url)]

    def _is_new(self, request: Request) -> bool:
        return request.again or request.key not in self._memory.seen

    def _is_wanted(self, findings: Iterable[Finding]) -> bool:
        kept = [finding for finding in findings if not self._is_excluded(finding)]
        return any(self._source.on_topic or self._tools.wanted(finding) for finding in kept)

    def _is_excluded(self, finding: Finding) -> bool:
        return any(text.is_under(finding.work.url or "", path) for path in self._source.exclude)

    # ------------------------------------------------------------ what fails

    async def _fail(self, left: Left, failed: Failed) -> None:
        request, cause = left.request, failed.cause
        if self._kind.api and cause in (Cause.TOO_MANY, Cause.SERVER) and failed.wait is not None:
            cause = Cause.QUOTA
        detail = failed.detail
        is_final = True
        if request.key and cause in _PASSING and left.runs + 1 < MOST_RUNS:
            self._later.append(Left(request, left.runs + 1))
            is_final = False
        elif not request.key and request.role != "start" and self._is_tried_again(left, cause):
            self._later.append(Left(request, left.runs + 1))
        if not request.key:
            if cause in _ASTRAY and not self._kind.api and self._source.line:  # there is a line that advice may name
                answer = failed.answer if isinstance(failed, _AnswerFailed) else None
                detail = await self._with_advice(detail, request, answer)
            self._failed.append((cause, detail))
        outcome = Outcome.SKIPPED if cause in (Cause.TDM, Cause.ROBOTS) and request.key else Outcome.FAILED
        self._tools.sink.visit(
            Visit(
                self._source.id,
                request.url,
                self._tools.now,
                outcome,
                cause,
                failed.status,
                detail,
                key=request.key if is_final else "",
            )
        )
        self._stopped = self._stopped or cause in _ENDS

    def _is_tried_again(self, left: Left, cause: Cause) -> bool:
        """Whether a further list is asked again in the next run; without a service's page all that follows it is lost."""
        return cause in _PASSING or (self._kind.api and left.runs + 1 < MOST_RUNS)

    async def _with_advice(self, detail: str, request: Request, answer: Answer | None) -> str:
        """Add the feeds that the site's head names, so that a curator can mend the source."""
        names = feeds_named(answer) if answer else ()
        home = self._source.homepage or urljoin(request.url, "/")
        if not names and home != request.url:
            try:
                self._visits += 1
                names = feeds_named(await self._tools.asker.ask(Request(home), self._manner, {}))
            except Failed:
                names = ()
        others = [name for name in names if name != request.url]
        if not others:
            return detail
        return (
            f"{detail}; the site's head names a feed: in sources.yaml, line {self._source.line}, try url: {others[0]}"
        )

    # ------------------------------------------------------------ the end

    async def _end(self) -> HarvestEnd:
        left = [*self._later, *self._queue][:MOST_LEFT]
        cut_short = self._tools.is_over() and bool(self._queue)
        outcome, cause, detail = self._outcome(cut_short=cut_short)
        is_fine = outcome in (Outcome.OK, Outcome.NOT_MODIFIED)
        waiting = len(self._queue) + sum(each.request.later for each in self._later)
        if self._moved and self._moved != self._source.homepage:
            said = f"moved for good: in sources.yaml, line {self._source.line}, write url: {self._moved}"
            detail = f"{detail}; {said}" if detail else said
        if is_fine and self._bad:
            cause = cause or Cause.BAD_RECORD
            detail = f"{detail}; " * bool(detail) + f"{self._bad} record{'s' * (self._bad > 1)} could not be read"
        if is_fine and waiting:
            detail = f"{detail}; " * bool(detail) + f"{waiting} pages wait for the next run"
        return HarvestEnd(
            source_id=self._source.id,
            at=self._tools.now,
            outcome=outcome,
            cause=cause,
            complete=is_fine
            and not self._queue
            and not any(not each.request.key for each in self._later)
            and not self._stopped
            and all(c not in _PASSING for c, _ in self._failed),
            visits=self._visits,
            not_modified=self._not_modified,
            cursor=note(left),
            detail=detail,
        )

    def _outcome(self, *, cut_short: bool) -> tuple[Outcome, Cause | None, str]:
        is_answered = self._answered or self._not_modified
        if self._failed and (not is_answered or len(self._failed) == self._lists):
            return Outcome.FAILED, *self._failed[0]
        if cut_short:
            return (Outcome.OK if is_answered else Outcome.FAILED), Cause.INCOMPLETE, "the crawl's time was over"
        if self._failed:
            cause, detail = self._failed[0]
            return Outcome.OK, cause, f"{len(self._failed)} of {self._lists} pages failed: {detail}"
        if self._stopped:
            return Outcome.OK, Cause.TOO_MANY, "the host asks to be left alone; the rest waits for the next run"
        if not self._answered:
            return (Outcome.NOT_MODIFIED if self._not_modified else Outcome.OK), None, ""
        if self._flaw:
            return Outcome.OK, *self._flaw
        if not self._found and not self._not_modified:
            return Outcome.OK, Cause.NO_FINDINGS, "it answers, and holds nothing"
        return Outcome.OK, None, ""


class _AnswerFailed(Failed):
    """A visit that brought something else than content; the answer may still name a feed."""

    def __init__(self, cause: Cause, detail: str, *, answer: Answer) -> None:
        self.answer = answer
        super().__init__(cause, detail, answer.status)


def feeds_named(answer: Answer) -> tuple[str, ...]:
    """Find the feeds that a page names in its head (`<link rel="alternate">`), comment feeds left out."""
    content_type = answer.headers.get("content-type", "")
    if not is_html(content_type, answer.body):
        return ()
    try:
        root = markup.html(answer.body, content_type)
    except UnreadableError:
        return ()
    base = markup.base_of(root, answer.final_url)
    found = []
    for node in root.iter("link"):
        is_feed = (node.get("type") or "").strip().lower() in _FEED_TYPES
        if is_feed and "alternate" in (node.get("rel") or "").lower() and (url := markup.address(node, base)):
            is_of_comments = "comment" in (node.get("title") or "").lower() or "/comments/" in urlsplit(url).path
            found += [] if is_of_comments else [url]
    return tuple(dict.fromkeys(found))


# ---------------------------------------------------------------- what waits for the next run


def note(left: Iterable[Left]) -> str:
    """Write requests down for the next run; "" when there are none."""
    rows = []
    for each in left:
        r = each.request
        row = {"url": r.url, "role": r.role, "key": r.key, "runs": each.runs}
        if r.method != "GET" or r.body or r.headers:
            row |= {"method": r.method, "body": b64encode(r.body).decode(), "headers": [list(h) for h in r.headers]}
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def recall(noted: str) -> list[Left]:
    """Read what `note` wrote; a note that this version can't read is passed over with a warning."""
    if not noted:
        return []
    try:
        return [
            Left(
                Request(
                    row["url"],
                    row["role"],
                    row["key"],
                    row.get("method", "GET"),
                    b64decode(row.get("body", "")),
                    tuple((name, value) for name, value in row.get("headers", ())),
                ),
                row["runs"],
            )
            for row in json.loads(noted)
        ]
    except (ValueError, KeyError, TypeError) as error:
        log.warning("unreadable note of unfinished work: %s; the source is read from its start", error)
        return []
