"""Crossref: what publishers deposit under a DOI. It ranks instead of matching, so what names no core term is left out here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import Field

from observatory import text
from observatory.model import Finding, Memory, Request, Snapshot, Work
from spiders._checked import Address, Mail, Text
from spiders._crossref import RETRACTING, is_work, notices, work_of
from spiders._kind import Tally, on_hosts
from spiders._paged import service
from spiders._records import first
from spiders._scholar import title_of
from spiders._search import Query, aside, documents, findings, follow_up, tallied, with_keywords
from spiders._service import at, changed_since, further, is_list, read_json, records_of, whole, with_path, with_query
from spiders._terms import bag, names_one

SIZE = 50  # records a page: with their references they have up to 60 KB each
_NOTICE = re.compile(
    r"^\W*(?:retracted(?: article)?|retraction(?: note)?|withdrawn|withdrawal|removal|correction|corrigendum|erratum|addendum"
    r"|expression of concern)(?: notice)?(?: (?:to|for|of))?\s*[:\-–—]+\s*",
    re.IGNORECASE,
)


class CrossrefOptions(Query):
    """What of Crossref is asked for."""

    url: Address = Field(default="https://api.crossref.org/works", description="A mirror may stand in.")
    mailto: Mail | None = Field(default=None, description="Puts the requests into the polite pool.")
    filter: Text | None = Field(default=None, description="Further filters: prefix:10.2801 (all that Cedefop deposits)")


def _start(options: CrossrefOptions, memory: Memory) -> Iterator[Request]:
    wanted = [options.filter] if options.filter else []
    if options.since:
        wanted.append(f"from-pub-date:{options.since}")
    if memory.complete and (since := changed_since(memory, options.overlap_days, None)):
        wanted.append(f"from-index-date:{since.isoformat()}")
    said = {
        "query.bibliographic": options.query or bag(options.terms),
        "filter": ",".join(wanted) or None,
        "sort": "score",
        "order": "desc",
        "rows": SIZE,
        "cursor": "*",
        "mailto": options.mailto,
    }
    yield Request(with_query(with_path(options.url, "/works"), said, safe=":,*@"))


def _follow(snapshot: Snapshot, options: CrossrefOptions, _memory: Memory) -> Iterable[Request]:
    if not is_list(snapshot):
        return
    answer = read_json(snapshot.body)
    records = records_of(answer, "message", "items")
    found = list(_read(snapshot, options))
    # A record is as complete as Crossref has it; only what a notice is about may be unknown yet.
    yield from follow_up((each for each in found if each.role != "record"), options)
    yield from documents(found, options)
    cursor = first(at(answer, "message", "next-cursor"))
    # Ranked best first: a page on which nothing names what was asked for is followed by worse.
    named = [each for each in found if not options.terms or names_one(options.terms, each.work)]
    if cursor and named and len(records) >= SIZE:
        yield from further(snapshot, with_query(snapshot.url, {"cursor": cursor}), SIZE)


def _read(snapshot: Snapshot, _options: CrossrefOptions) -> Iterable[Finding]:
    found = aside(snapshot)
    if found is not None:
        return found
    records = records_of(read_json(snapshot.body), "message", "items")
    return [*findings(snapshot, records, _finding), *_notices(snapshot, records)]


def _finding(snapshot: Snapshot, record: dict[str, Any]) -> Finding | None:
    if not is_work(record):
        return None
    work = work_of(record, snapshot)
    key = work.doi or first(record.get("URL"))
    subjects = record.get("subject")
    work = with_keywords(
        work, [word for word in subjects if isinstance(word, str)] if isinstance(subjects, list) else []
    )
    return Finding(snapshot.source_id, key, work, role="record") if key else None


def _notices(snapshot: Snapshot, records: Iterable[dict[str, Any]]) -> Iterator[Finding]:
    """Read retractions and corrections that are published as works of their own: they mark the work they are about."""
    for record in records:
        title = _NOTICE.sub("", title_of(record.get("title")))
        for doi, kind, day in notices(record):
            gone, mended = (day, None) if kind in RETRACTING else (None, day)
            work = Work(title=title, doi=doi, url=f"https://doi.org/{doi}", retracted=gone, corrected=mended)
            if title and day:
                yield Finding(snapshot.source_id, doi, work, role=f"notice-{text.slug(kind)}")


def _tally(snapshot: Snapshot, options: CrossrefOptions) -> Tally | None:
    if not is_list(snapshot):
        return None
    answer = read_json(snapshot.body)
    records = records_of(answer, "message", "items")
    hits = whole(at(answer, "message", "total-results"))
    return tallied(options.query or bag(options.terms), hits, snapshot, records, _finding)


def _suits(url: str) -> Mapping[str, object] | None:
    """A DOI's address stands for all that its prefix was given to; Crossref's own pages for a search."""
    prefix = re.match(r"10\.\d{4,9}", text.doi(url) or "")
    if prefix and text.host_of(url) in ("doi.org", "dx.doi.org"):
        return {"filter": f"prefix:{prefix[0]}"}
    return on_hosts("crossref.org")(url)


KIND = service(
    "crossref",
    CrossrefOptions,
    _start,
    _follow,
    _read,
    _tally,
    delay=1.0,
    suits=_suits,
    only_named=lambda _options: True,
)
