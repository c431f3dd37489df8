"""DOAJ: articles of open-access journals. Its query stands in the path, and only the first 1,000 results can be reached.

Where there are more, every year is asked for by itself; later runs read the newest additions until they meet known ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from urllib.parse import quote, unquote

from pydantic import Field

from observatory import text
from observatory.model import EntryKind, Finding, Memory, Request, Snapshot, Work
from spiders._checked import Address
from spiders._kind import Tally, on_hosts
from spiders._paged import service
from spiders._records import date_of_parts, first, language_of, named, orcid_of, people
from spiders._scholar import abstract_of, any_url, doi_address, identified, known, licence_of, pages_of, title_of
from spiders._search import Query, aside, findings, follow_up, tallied, with_keywords
from spiders._service import (
    at,
    by_number,
    changed_since,
    dicts,
    is_list,
    page_role,
    parameter,
    read_json,
    records_of,
    whole,
    with_path,
)

SIZE = 100
MOST = 1000  # results that can be reached (DOAJ's own limit)
EARLIEST = 2010  # year from which there is anything on the subject
PATH = "/api/search/articles"


class DoajOptions(Query):
    """What of DOAJ is asked for."""

    url: Address = Field(default=f"https://doaj.org{PATH}", description="A mirror may stand in.")
    overlap_days: int = Field(default=14, ge=0, le=4000, description="How far a run looks back.")


def _start(options: DoajOptions, _memory: Memory) -> Iterator[Request]:
    yield Request(_address(options, options.asked))


def _address(options: DoajOptions, query: str) -> str:
    # The query is a part of the path: a blank must be %20, "+" would be searched for as itself.
    base = with_path(options.url, PATH).rstrip("/")
    return f"{base}/{quote(query, safe='')}?page=1&pageSize={SIZE}&sort=created_date%3Adesc"


def _follow(snapshot: Snapshot, options: DoajOptions, memory: Memory) -> Iterable[Request]:
    if not is_list(snapshot):
        return
    answer = read_json(snapshot.body)
    records = records_of(answer, "results")
    yield from follow_up(_read(snapshot, options), options)
    since = changed_since(memory, options.overlap_days, None)
    if since and _is_before(records, since):
        return  # newest first: the rest was read in earlier runs
    total, number = whole(at(answer, "total")) or 0, whole(parameter(snapshot.url, "page")) or 1
    if total > MOST and number == 1 and not since and "bibjson.year" not in unquote(snapshot.url):
        yield from _by_year(snapshot, options)
    elif number * SIZE < MOST:
        yield from by_number(snapshot, total, len(records), "page", SIZE)


def _by_year(snapshot: Snapshot, options: DoajOptions) -> Iterator[Request]:
    """Ask for each year by itself, the newest first: more results than can be reached at once."""
    oldest = options.since.year if options.since else EARLIEST
    for year in range(snapshot.fetched_at.year + 1, oldest - 1, -1):
        yield Request(_address(options, f"({options.asked}) AND bibjson.year:{year}"), page_role(SIZE))


def _is_before(records: list[dict[str, Any]], since: date) -> bool:
    """Whether all records of a page were added before a day."""
    added = [first(record.get("created_date"))[:10] for record in records]
    return bool(added) and all(day and day < since.isoformat() for day in added)


def _read(snapshot: Snapshot, _options: DoajOptions) -> Iterable[Finding]:
    found = aside(snapshot)
    return found if found is not None else findings(snapshot, records_of(read_json(snapshot.body), "results"), _finding)


def _finding(snapshot: Snapshot, record: dict[str, Any]) -> Finding | None:
    key = first(record.get("id"))
    return Finding(snapshot.source_id, key, _work(record), role="record") if key else None


def _work(record: dict[str, Any]) -> Work:
    said, journal = at(record, "bibjson"), at(record, "bibjson", "journal")
    named_ids = {first(part.get("type")).lower(): first(part.get("id")) for part in dicts(at(said, "identifier"))}
    doi = text.doi(named_ids.get("doi", ""))
    links = {first(part.get("content_type")).lower(): part.get("url") for part in dicts(at(said, "link"))}
    licence = licence_of([part.get("type") for part in dicts(at(journal, "license"))], at(said, "license", 0, "type"))
    languages = at(journal, "language")
    work = Work(
        title=title_of(at(said, "title")),
        kind=EntryKind.ARTICLE,
        creators=people(
            known(named(part.get("name"), orcid_of(part.get("orcid_id"))) for part in dicts(at(said, "author")))
        ),
        publisher=text.clean(first(at(journal, "publisher")), 200) or None,
        container=text.clean(first(at(journal, "title")), 300) or None,
        volume=first(at(journal, "volume")) or None,
        issue=first(at(journal, "number")) or None,
        pages=pages_of(at(said, "start_page"), at(said, "end_page")),
        date=date_of_parts([at(said, "year"), at(said, "month")]) or date_of_parts([at(said, "year")]),
        url=any_url(*links.values()) or doi_address(doi) or f"https://doaj.org/article/{first(record.get('id'))}",
        pdf_url=any_url(links.get("pdf"), links.get("application/pdf")),
        doi=doi,
        identifiers=identified(
            [("doaj", first(record.get("id"))), ("issn", named_ids.get("eissn") or named_ids.get("pissn"))]
        ),
        language=language_of(languages[0]) if isinstance(languages, list) and len(languages) == 1 else None,
        peer_reviewed=True,  # a condition for a journal to be listed: https://doaj.org/apply/guide/
        open_access=True,
        licence=licence,
        **abstract_of(at(said, "abstract"), licence),
    )
    keywords = at(said, "keywords")
    return with_keywords(work, [first(word) for word in keywords] if isinstance(keywords, list) else [])


def _tally(snapshot: Snapshot, options: DoajOptions) -> Tally | None:
    if not is_list(snapshot):
        return None
    answer = read_json(snapshot.body)
    return tallied(options.asked, whole(at(answer, "total")), snapshot, records_of(answer, "results"), _finding)


KIND = service(
    "doaj",
    DoajOptions,
    _start,
    _follow,
    _read,
    _tally,
    delay=0.6,  # two requests a second are allowed
    suits=on_hosts("doaj.org"),
)
