"""Zenodo: an open repository. A work has a DOI of its own for all its versions, by which it is one entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from observatory import text
from observatory.model import EntryKind, Finding, Memory, Relation, RelationType, Request, Snapshot, Work
from spiders._checked import Address
from spiders._kind import Key, Tally, on_hosts
from spiders._paged import service
from spiders._records import first, kind_of, language_of, named, orcid_of, people, words
from spiders._scholar import (
    WORK_KINDS,
    Kinds,
    abstract_of,
    any_url,
    doi_address,
    identified,
    known,
    licence_of,
    pages_of,
    title_of,
    year_alone,
)
from spiders._search import Query, aside, findings, follow_up, tallied, with_keywords
from spiders._service import (
    Parameters,
    at,
    by_number,
    changed_since,
    dicts,
    is_list,
    parameter,
    read_json,
    records_of,
    whole,
    with_path,
    with_query,
)

SIZE, SIZE_WITH_KEY = 25, 100  # above 25 a guest is answered 400
K = EntryKind
KINDS: Kinds = {
    **WORK_KINDS,
    "milestone": (K.REPORT, "deliverable"),
    "deliverable": (K.REPORT, "deliverable"),
    "proposal": (K.REPORT, None),
    "softwaredocumentation": (K.GUIDE, None),
    "datamanagementplan": (K.REPORT, None),
    "poster": (K.MEDIA, "presentation"),
}
_VERSIONS = frozenset({"isIdenticalTo", "isVersionOf", "hasVersion", "isPreviousVersionOf", "isNewVersionOf"})


class ZenodoOptions(Query):
    """What of Zenodo is asked for."""

    url: Address = Field(default="https://zenodo.org/api/records", description="A mirror may stand in.")


def _start(options: ZenodoOptions, memory: Memory) -> Iterator[Request]:
    since = changed_since(memory, options.overlap_days, None)
    query = f"({options.asked})"
    if since:
        query += f" AND modified:[{since.isoformat()} TO *]"
    elif options.since:
        query += f" AND publication_date:[{options.since.first_day.isoformat()} TO *]"
    size = SIZE_WITH_KEY if memory.has_key else SIZE
    said: Parameters = {"q": query, "type": "publication", "sort": "mostrecent", "size": size, "page": 1}
    yield Request(with_query(with_path(options.url, "/api/records"), said))


def _follow(snapshot: Snapshot, options: ZenodoOptions, _memory: Memory) -> Iterable[Request]:
    if not is_list(snapshot):
        return
    answer = read_json(snapshot.body)
    records = records_of(answer, "hits", "hits")
    yield from follow_up(_read(snapshot, options), options)
    size = whole(parameter(snapshot.url, "size")) or SIZE
    yield from by_number(snapshot, _total(answer), len(records), "page", size)


def _total(answer: object) -> int | None:
    total = at(answer, "hits", "total")
    return whole(total.get("value") if isinstance(total, dict) else total)


def _read(snapshot: Snapshot, _options: ZenodoOptions) -> Iterable[Finding]:
    found = aside(snapshot)
    return (
        found
        if found is not None
        else findings(snapshot, records_of(read_json(snapshot.body), "hits", "hits"), _finding)
    )


def _finding(snapshot: Snapshot, record: dict[str, Any]) -> Finding | None:
    key = first(record.get("conceptrecid")) or first(record.get("id"))
    return Finding(snapshot.source_id, key, _work(record), role="record") if key else None


def _work(record: dict[str, Any]) -> Work:
    said = record.get("metadata")
    kind, form = kind_of(at(said, "resource_type", "subtype"), KINDS)
    kind, form = (kind, form) if kind else kind_of(at(said, "resource_type", "type"), KINDS)
    version, concept = (
        text.doi(first(record.get("doi")) or first(at(said, "doi"))),
        text.doi(first(record.get("conceptdoi"))),
    )
    licence = licence_of(at(said, "license", "id"), at(said, "license"))
    right = first(at(said, "access_right")).lower()
    number = first(record.get("id"))
    work = Work(
        title=title_of(at(said, "title")),
        kind=kind,
        form=form,
        creators=people(
            known(named(part.get("name"), orcid_of(part.get("orcid"))) for part in dicts(at(said, "creators")))
        ),
        publisher=text.clean(first(at(said, "imprint", "publisher")), 200) or "Zenodo",
        container=text.clean(first(at(said, "journal", "title")) or first(at(said, "meeting", "title")), 300) or None,
        volume=first(at(said, "journal", "volume")) or None,
        issue=first(at(said, "journal", "issue")) or None,
        pages=pages_of(at(said, "journal", "pages")),
        date=year_alone(at(said, "publication_date")),
        url=doi_address(version) or any_url(at(record, "links", "self_html")) or f"https://zenodo.org/records/{number}",
        pdf_url=_pdf(record) if right in ("open", "") else None,
        doi=concept or version,
        isbn=text.isbn(first(at(said, "imprint", "isbn"))),
        identifiers=identified([("zenodo", number), ("version-doi", version if concept else None)]),
        language=language_of(at(said, "language")),
        open_access={"open": True, "closed": False, "restricted": False, "embargoed": False}.get(right),
        licence=licence,
        relations=_relations(said, concept, version),
        **abstract_of(at(said, "description"), licence),
    )
    keywords = [word.strip() for part in words(at(said, "keywords")) for word in part.split(";")]
    return with_keywords(work, keywords)


def _pdf(record: dict[str, Any]) -> str | None:
    """Find the file that is a PDF; a deposit of several doesn't say which one is the work."""
    files = [part for part in dicts(record.get("files")) if first(part.get("key")).lower().endswith(".pdf")]
    if len(files) != 1:
        return None
    return any_url(at(files[0], "links", "self"), at(files[0], "links", "download"))


def _relations(said: object, *own: str | None) -> tuple[Relation, ...]:
    found = set()
    for part in dicts(at(said, "related_identifiers")):
        doi = text.doi(first(part.get("identifier")))
        if doi and doi not in own and first(part.get("relation")) in _VERSIONS:
            found.add(Relation(RelationType.VERSION_OF, f"doi:{doi}"))
    return tuple(sorted(found))


def _tally(snapshot: Snapshot, options: ZenodoOptions) -> Tally | None:
    if not is_list(snapshot):
        return None
    answer = read_json(snapshot.body)
    return tallied(options.asked, _total(answer), snapshot, records_of(answer, "hits", "hits"), _finding)


KIND = service(
    "zenodo",
    ZenodoOptions,
    _start,
    _follow,
    _read,
    _tally,
    delay=2.0,
    key=Key("ZENODO_TOKEN", header="Authorization", prefix="Bearer "),
    suits=on_hosts("zenodo.org"),
)
