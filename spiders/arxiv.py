"""arXiv: preprints, by the Atom of its API. A work is one whatever its version; a printed article is linked to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import (
    Cause,
    Creator,
    EntryKind,
    Finding,
    Memory,
    Relation,
    RelationType,
    Request,
    Snapshot,
    Work,
)
from spiders._checked import Address
from spiders._kind import Tally, on_hosts
from spiders._paged import service
from spiders._records import date_of, named, people
from spiders._scholar import abstract_of, identified, known, title_of
from spiders._search import Query, aside, findings, follow_up, tallied
from spiders._service import Parameters, by_offset, changed_since, is_list, whole, with_path, with_query
from spiders._terms import either

SIZE = 100
ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_ID = re.compile(r"arxiv\.org/abs/(?P<id>.+?)(?:v\d+)?$")


class ArxivOptions(Query):
    """What of arXiv is asked for."""

    url: Address = Field(default="https://export.arxiv.org/api/query", description="A mirror may stand in.")
    overlap_days: int = Field(default=30, ge=0, le=4000, description="How far a run looks back.")


def _asked(options: ArxivOptions) -> str:
    return options.query or either(options.terms, field="all:")  # a long query is refused: the main terms only


def _start(options: ArxivOptions, memory: Memory) -> Iterator[Request]:
    since = changed_since(memory, options.overlap_days, options.since)
    query = _asked(options)
    if since:
        query = f"({query}) AND submittedDate:[{since:%Y%m%d}0000 TO 210001010000]"
    said: Parameters = {
        "search_query": query,
        "start": 0,
        "max_results": SIZE,
        "sortBy": "submittedDate",
        "sortOrder": "descending",
    }
    yield Request(with_query(with_path(options.url, "/api/query"), said, safe=":"))


def _feed(snapshot: Snapshot) -> Any:
    root = markup.xml(snapshot.body)
    if root.tag != f"{ATOM}feed":
        raise UnreadableError(Cause.NOT_A_FEED, "the answer isn't an Atom feed")
    for entry in root.findall(f"{ATOM}entry"):  # an error comes as an entry too, with status 200
        if "/api/errors" in (entry.findtext(f"{ATOM}id") or ""):
            raise UnreadableError(
                Cause.BAD_RECORD, f"arXiv answers with an error: {text.clean(_said(entry, 'summary'), 200)}"
            )
    return root


def _follow(snapshot: Snapshot, options: ArxivOptions, _memory: Memory) -> Iterable[Request]:
    if not is_list(snapshot):
        return
    root = _feed(snapshot)
    yield from follow_up(_read(snapshot, options), options)
    total = whole(root.findtext(f"{OPENSEARCH}totalResults"))
    yield from by_offset(snapshot, total, len(root.findall(f"{ATOM}entry")), "start", SIZE)


def _read(snapshot: Snapshot, _options: ArxivOptions) -> Iterable[Finding]:
    found = aside(snapshot)
    if found is not None:
        return found
    return findings(snapshot, ({"entry": entry} for entry in _feed(snapshot).findall(f"{ATOM}entry")), _finding)


def _finding(snapshot: Snapshot, record: dict[str, Any]) -> Finding | None:
    entry = record["entry"]
    match = _ID.search((entry.findtext(f"{ATOM}id") or "").strip())
    return Finding(snapshot.source_id, match["id"], _work(entry, match["id"]), role="record") if match else None


def _said(entry: Any, name: str, space: str = ATOM) -> str:
    return text.clean(entry.findtext(f"{space}{name}") or "")


def _work(entry: Any, number: str) -> Work:
    printed = text.doi(_said(entry, "doi", ARXIV))
    own = f"10.48550/arxiv.{number.lower()}" if re.fullmatch(r"\d{4}\.\d{4,5}", number) else None
    return Work(
        title=title_of(_said(entry, "title")),
        kind=EntryKind.ARTICLE,
        form="preprint",
        creators=people(known(_people(entry))),
        publisher="arXiv",
        date=date_of(_said(entry, "published")),
        url=f"https://arxiv.org/abs/{number}",
        pdf_url=f"https://arxiv.org/pdf/{number}",
        doi=own,
        identifiers=identified([("arxiv", number)]),
        open_access=True,
        peer_reviewed=False,
        relations=(Relation(RelationType.VERSION_OF, f"doi:{printed}"),) if printed else (),
        **abstract_of(_said(entry, "summary"), None),
    )


def _people(entry: Any) -> Iterator[Creator | None]:
    for author in entry.findall(f"{ATOM}author"):
        yield named(text.clean(author.findtext(f"{ATOM}name") or "", 200))


def _tally(snapshot: Snapshot, options: ArxivOptions) -> Tally | None:
    if not is_list(snapshot):
        return None
    root = _feed(snapshot)
    total = whole(root.findtext(f"{OPENSEARCH}totalResults"))
    entries = ({"entry": entry} for entry in root.findall(f"{ATOM}entry"))
    return tallied(_asked(options), total, snapshot, entries, _finding)


KIND = service(
    "arxiv",
    ArxivOptions,
    _start,
    _follow,
    _read,
    _tally,
    delay=3.0,  # one request in three seconds, over one connection: https://info.arxiv.org/help/api/tou.html
    accept="application/atom+xml",
    suits=on_hosts("arxiv.org"),
)
