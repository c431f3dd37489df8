"""OpenAlex: works of all disciplines. Without a key pages have numbers (at most 10,000 records), with one they have cursors.

Since February 2026 a free key stands for the budget (https://developers.openalex.org/guides/authentication); since October 2026
cursors need it. A blank or wrong key is refused, so none is sent when none is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from observatory import text
from observatory.model import Creator, Finding, Memory, Request, Snapshot, Work
from spiders._checked import Address
from spiders._kind import Key, Tally, on_hosts
from spiders._paged import service
from spiders._records import first, kind_of, language_of, orcid_of, people
from spiders._scholar import (
    NO_WORKS,
    WORK_KINDS,
    Kinds,
    abstract_of,
    any_url,
    doi_address,
    identified,
    inverted,
    known,
    licence_of,
    month_of,
    pages_of,
    title_of,
    year_alone,
)
from spiders._search import Query, aside, findings, follow_up, tallied, with_keywords
from spiders._service import (
    Parameters,
    at,
    changed_since,
    dicts,
    further,
    is_list,
    read_json,
    records_of,
    whole,
    with_path,
    with_query,
)

SIZE = 100  # records a page, the most that are given since 2026
MOST_BY_NUMBER = 10_000  # records that can be reached by page numbers
KINDS: Kinds = {
    **WORK_KINDS,
    "supplementary-materials": (WORK_KINDS["dataset"][0], "supplement"),
    "report": WORK_KINDS["report"],
}
_FIELDS = (
    "id,doi,display_name,publication_date,publication_year,language,type,type_crossref,authorships,primary_location,"
    "best_oa_location,open_access,abstract_inverted_index,keywords,cited_by_count,is_retracted,is_paratext,biblio,ids"
)


class OpenAlexOptions(Query):
    """What of OpenAlex is asked for."""

    url: Address = Field(default="https://api.openalex.org/works", description="A mirror may stand in.")
    overlap_days: int = Field(
        default=400, ge=0, le=4000, description="Works come into the index long after they came out."
    )


def _start(options: OpenAlexOptions, memory: Memory) -> Iterator[Request]:
    since = changed_since(memory, options.overlap_days, options.since)
    wanted = [f"title_and_abstract.search:{options.asked}"]
    if since:  # "changed since" is for paying customers; dates of publication with a wide overlap serve
        wanted.append(f"from_publication_date:{since.isoformat()}")
    said: Parameters = {
        "filter": ",".join(wanted),
        "sort": "publication_date:desc",
        "per_page": SIZE,
        "select": _FIELDS,
        "cursor": "*" if memory.has_key else None,
        "page": None if memory.has_key else 1,
    }
    yield Request(with_query(with_path(options.url, "/works"), said, safe=":,*"))


def _records(snapshot: Snapshot) -> list[dict[str, Any]]:
    return records_of(read_json(snapshot.body), "results")


def _follow(snapshot: Snapshot, options: OpenAlexOptions, _memory: Memory) -> Iterable[Request]:
    if not is_list(snapshot):
        return
    answer = read_json(snapshot.body)
    records = records_of(answer, "results")
    yield from follow_up(_read(snapshot, options), options)
    cursor = first(at(answer, "meta", "next_cursor"))
    number = whole(at(answer, "meta", "page"))
    url = None
    if cursor:
        url = with_query(snapshot.url, {"cursor": cursor})
    elif number and number * SIZE < min(whole(at(answer, "meta", "count")) or 0, MOST_BY_NUMBER):
        url = with_query(snapshot.url, {"page": number + 1}, safe=":,*")
    if records:
        yield from further(snapshot, url, SIZE)


def _read(snapshot: Snapshot, _options: OpenAlexOptions) -> Iterable[Finding]:
    found = aside(snapshot)
    return found if found is not None else findings(snapshot, _records(snapshot), _finding)


def _finding(snapshot: Snapshot, record: dict[str, Any]) -> Finding | None:
    key = first(record.get("id")).rpartition("/")[2]
    if not key or record.get("is_paratext") is True or first(record.get("type")).lower() in NO_WORKS:
        return None
    return Finding(snapshot.source_id, key, _work(record, snapshot), role="record")


def _work(record: dict[str, Any], snapshot: Snapshot) -> Work:
    kind, form = kind_of(record.get("type"), KINDS)
    doi = text.doi(first(record.get("doi")))
    home, best = at(record, "primary_location"), at(record, "best_oa_location")
    licence = licence_of(at(best, "license"), at(home, "license"))
    is_open = at(record, "open_access", "is_oa")
    cited = whole(record.get("cited_by_count"))
    biblio = at(record, "biblio")
    work = Work(
        title=title_of(record.get("display_name") or record.get("title")),
        kind=kind,
        form=form,
        creators=people(known(_people(record))),
        publisher=text.clean(first(at(home, "source", "host_organization_name")), 200) or None,
        container=text.clean(first(at(home, "source", "display_name")), 300) or None,
        volume=first(at(biblio, "volume")) or None,
        issue=first(at(biblio, "issue")) or None,
        pages=pages_of(at(biblio, "first_page"), at(biblio, "last_page")),
        date=year_alone(record.get("publication_date")) or year_alone(record.get("publication_year")),
        url=any_url(at(home, "landing_page_url")) or doi_address(doi),
        pdf_url=any_url(at(best, "pdf_url"), at(home, "pdf_url")) if is_open is True else None,
        doi=doi,
        identifiers=identified([("openalex", first(record.get("id")).rpartition("/")[2])]),
        language=language_of(record.get("language")),
        open_access=is_open if isinstance(is_open, bool) else None,
        licence=licence,
        retracted=month_of(snapshot.fetched_at) if record.get("is_retracted") is True else None,
        cited_by=cited,
        cited_by_on=month_of(snapshot.fetched_at) if cited is not None else None,
        **abstract_of(inverted(record.get("abstract_inverted_index")), licence),
    )
    return with_keywords(work, [first(word.get("display_name")) for word in dicts(record.get("keywords"))][:12])


def _people(record: dict[str, Any]) -> Iterator[Creator | None]:
    for part in dicts(record.get("authorships")):
        name = text.clean(first(at(part, "author", "display_name")) or first(part.get("raw_author_name")), 200)
        yield Creator(name, orcid=orcid_of(at(part, "author", "orcid"))) if name else None


def _tally(snapshot: Snapshot, options: OpenAlexOptions) -> Tally | None:
    if not is_list(snapshot):
        return None
    answer = read_json(snapshot.body)
    records = records_of(answer, "results")
    return tallied(options.asked, whole(at(answer, "meta", "count")), snapshot, records, _finding)


KIND = service(
    "openalex",
    OpenAlexOptions,
    _start,
    _follow,
    _read,
    _tally,
    delay=1.0,
    key=Key("OPENALEX_API_KEY", parameter="api_key"),
    suits=on_hosts("openalex.org"),
)
