"""OpenAIRE Graph: European research, grey literature too. One product may stand for several copies (instances) of a work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from observatory import text
from observatory.model import Creator, EntryKind, Finding, Memory, Request, Snapshot, Work
from spiders._checked import Address
from spiders._kind import Key, Tally, on_hosts
from spiders._paged import service
from spiders._records import first, kind_of, language_of, named, orcid_of, people, person, words
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

SIZE = 100
KINDS: Kinds = {
    **WORK_KINDS,
    "other literature type": (EntryKind.REPORT, None),
    "external research report": (EntryKind.REPORT, None),
    "internal report": (EntryKind.REPORT, None),
    "project milestone": (EntryKind.REPORT, "deliverable"),
    "newspaper": (EntryKind.NEWS, "press-article"),
    "web page": (EntryKind.RESOURCE, None),
}


class OpenAireOptions(Query):
    """What of OpenAIRE is asked for."""

    url: Address = Field(
        default="https://api.openaire.eu/graph/v3/research-products", description="A mirror may stand in."
    )
    overlap_days: int = Field(
        default=400, ge=0, le=4000, description="Products come into the graph long after they came out."
    )


def _start(options: OpenAireOptions, memory: Memory) -> Iterator[Request]:
    since = changed_since(memory, options.overlap_days, options.since)
    said = {
        "search": options.asked,
        "type": "publication",
        "fromPublicationDate": since.isoformat() if since else None,
        "sortBy": "publicationDate DESC",
        "pageSize": SIZE,
        "cursor": "*",
    }
    yield Request(with_query(with_path(options.url, "/graph/v3/research-products"), said, safe="*"))


def _follow(snapshot: Snapshot, options: OpenAireOptions, _memory: Memory) -> Iterable[Request]:
    if not is_list(snapshot):
        return
    answer = read_json(snapshot.body)
    records = records_of(answer, "results")
    yield from follow_up(_read(snapshot, options), options)
    cursor, number = first(at(answer, "header", "nextCursor")), whole(at(answer, "header", "page")) or 0
    url = None
    if cursor:
        url = with_query(snapshot.url, {"cursor": cursor})
    elif number and number * SIZE < (whole(at(answer, "header", "numFound")) or 0):  # answered by page after all
        url = with_query(snapshot.url, {"cursor": None, "page": number + 1})
    if records:
        yield from further(snapshot, url, SIZE)


def _read(snapshot: Snapshot, _options: OpenAireOptions) -> Iterable[Finding]:
    found = aside(snapshot)
    return found if found is not None else findings(snapshot, records_of(read_json(snapshot.body), "results"), _finding)


def _finding(snapshot: Snapshot, record: dict[str, Any]) -> Finding | None:
    key = first(record.get("id"))
    return Finding(snapshot.source_id, key, _work(record), role="record") if key else None


def _work(record: dict[str, Any]) -> Work:
    instances = dicts(record.get("instances"))
    kind, form = next((found for part in instances if (found := kind_of(part.get("type"), KINDS))[0]), (None, None))
    pids = {first(part.get("scheme")).lower(): first(part.get("value")) for part in reversed(dicts(record.get("pids")))}
    doi = text.doi(pids.get("doi", "")) or _doi_in(instances)
    licence = licence_of([part.get("license") for part in instances])
    right = first(at(record, "bestAccessRight", "label")).upper()
    home = record.get("container")
    addresses = [url for part in instances for url in words(part.get("urls"))]
    work = Work(
        title=title_of(record.get("mainTitle"), record.get("subTitle")),
        kind=kind,
        form=form,
        creators=people(known(_people(record))),
        publisher=text.clean(first(record.get("publisher")), 200) or None,
        container=text.clean(first(at(home, "name")), 300) or None,
        volume=first(at(home, "vol")) or None,
        issue=first(at(home, "iss")) or None,
        pages=pages_of(at(home, "sp"), at(home, "ep")),
        date=year_alone(record.get("publicationDate")),
        url=any_url(addresses) or doi_address(doi),
        pdf_url=next((url for url in addresses if url.lower().endswith(".pdf") and text.safe_url(url)), None),
        doi=doi,
        identifiers=identified([("openaire", first(record.get("id"))), ("handle", pids.get("handle"))]),
        language=language_of(at(record, "language", "code")),
        peer_reviewed=True if any(part.get("refereed") == "peerReviewed" for part in instances) else None,
        open_access={"OPEN": True, "OPEN SOURCE": True, "CLOSED": False, "RESTRICTED": False, "EMBARGO": False}.get(
            right
        ),
        licence=licence,
        **abstract_of(_longest(record.get("descriptions")), licence),
    )
    return with_keywords(work, [first(at(part, "subject", "value")) for part in dicts(record.get("subjects"))][:20])


def _doi_in(instances: Iterable[dict[str, Any]]) -> str | None:
    pids = (pid for part in instances for name in ("pids", "alternateIdentifiers") for pid in dicts(part.get(name)))
    return next(
        (doi for pid in pids if pid.get("scheme") == "doi" and (doi := text.doi(first(pid.get("value"))))), None
    )


def _longest(value: object) -> str:
    return max(words(value), key=len, default="")


def _people(record: dict[str, Any]) -> Iterator[Creator | None]:
    """Give the authors by their rank; `name` and `surname` come in odd capitals, so the full name tells how to write them."""
    for part in sorted(dicts(record.get("authors")), key=lambda part: whole(part.get("rank")) or 0):
        full, pid = first(part.get("fullName")), part.get("pid")
        orcid = orcid_of(at(pid, "id", "value")) or orcid_of(at(pid, "value"))
        made = named(full, orcid)
        if (
            made
            and not made.family
            and part.get("surname")
            and text.fold(full).endswith(text.fold(first(part.get("surname"))))
        ):
            size = len(first(part.get("surname")))
            made = person(full[-size:], full[:-size].strip(), orcid)
        yield made


def _tally(snapshot: Snapshot, options: OpenAireOptions) -> Tally | None:
    if not is_list(snapshot):
        return None
    answer = read_json(snapshot.body)
    hits = whole(at(answer, "header", "numFound"))
    return tallied(options.asked, hits, snapshot, records_of(answer, "results"), _finding)


KIND = service(
    "openaire",
    OpenAireOptions,
    _start,
    _follow,
    _read,
    _tally,
    delay=2.0,
    key=Key("OPENAIRE_TOKEN", header="Authorization", prefix="Bearer "),
    suits=on_hosts("openaire.eu"),
)
