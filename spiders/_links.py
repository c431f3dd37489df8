"""Looking after links: is each address still there, did it move, did it change? Asks HEAD, and GET where HEAD says nothing.

What a host says to a question is noted as a visit; no body is ever kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from observatory import text
from observatory.model import LINKS, Cause, HarvestEnd, Outcome, Request, Visit
from spiders._answers import recognise
from spiders._kind import Sink
from spiders._polite import Answer, Asker, Failed, Manner

AT_ONCE = 16  # hosts looked at side by side; each gets one request at a time
# What our own network's failure looks like: it says nothing of a link unless another host answered.
_OUR_OWN = frozenset({Cause.DNS, Cause.CONNECT, Cause.TIMEOUT})


async def look_after(
    urls: Sequence[str], asker: Asker, hosts: frozenset[str], sink: Sink, now: datetime, is_over: Callable[[], bool]
) -> HarvestEnd:
    """Ask for each address and note how it fared; returns (and notes) the end. `hosts` are private ones that may be asked."""
    gate, manner = asyncio.Semaphore(AT_ONCE), Manner(private_hosts=hosts)
    parts: dict[str, list[str]] = {}
    for url in urls:
        parts.setdefault(text.host_of(url), []).append(url)
    held: list[Visit] = []

    async def host(own: Iterable[str]) -> int:
        answered = 0
        async with gate:
            for url in own:
                if is_over():
                    break
                visit = await _look(url, asker, manner, now)
                if visit.cause in _OUR_OWN:
                    held.append(visit)
                    continue
                answered += 1
                sink.visit(visit)
        return answered

    answered = sum(await asyncio.gather(*(host(own) for own in parts.values())))
    for visit in held if answered else ():
        sink.visit(visit)
    outcome, cause = (Outcome.OK, None) if answered or not urls else (Outcome.FAILED, Cause.CONNECT)
    end = HarvestEnd(LINKS, now, outcome, cause, bool(answered), answered + len(held), 0)
    sink.end(end)
    return end


async def _look(url: str, asker: Asker, manner: Manner, now: datetime) -> Visit:
    """Ask HEAD; where that brings no clear yes, ask GET: many hosts answer HEAD wrongly."""
    try:
        answer = await asker.ask(Request(url, method="HEAD"), manner, {})
        if 200 <= answer.status < 300 and not _leads_astray(url, answer):
            return _seen(url, answer, now)
    except Failed as failed:
        if failed.cause in (Cause.ROBOTS, Cause.REFUSED_ADDRESS, Cause.TOO_MANY, *_OUR_OWN):
            return _failed(url, failed, now)
    try:
        answer = await asker.ask(Request(url), manner, {})
    except Failed as failed:
        return _failed(url, failed, now)
    content_type = answer.headers.get("content-type", "")
    found = recognise(answer.status, answer.headers, content_type, answer.body, url, answer.final_url)
    if found:
        return _failed(url, Failed(found[0], found[1], answer.status), now)
    return _seen(url, answer, now)


def _leads_astray(url: str, answer: Answer) -> bool:
    """Whether a redirect may lead to a login or a home page: only the page itself tells."""
    return text.canonical_url(url) != text.canonical_url(answer.final_url)


def _seen(url: str, answer: Answer, now: datetime) -> Visit:
    visit = Visit(LINKS, url, now, Outcome.OK, None, answer.status, moved_to=answer.moved_to)
    return replace(visit, validator=_validator(answer))


def _validator(answer: Answer) -> str:
    """Name the form of a page: its last change where that is older than a day; a document's ETag. Pages made anew have none."""
    said, date = answer.headers.get("last-modified", ""), answer.headers.get("date", "")
    try:
        age = (parsedate_to_datetime(date) - parsedate_to_datetime(said)).total_seconds() if said and date else 0.0
    except (ValueError, TypeError):
        age = 0.0
    if said and (age > 86_400 or not date):
        return said
    is_document = "html" not in answer.headers.get("content-type", "html")
    return answer.headers.get("etag", "") if is_document else ""


def _failed(url: str, failed: Failed, now: datetime) -> Visit:
    outcome = Outcome.SKIPPED if failed.cause in (Cause.ROBOTS, Cause.REFUSED_ADDRESS) else Outcome.FAILED
    return Visit(LINKS, url, now, outcome, failed.cause, failed.status, failed.detail)
