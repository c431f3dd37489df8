"""HAL: the open archive of French research, by its Solr. Texts may come alone or as lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from observatory import text
from observatory.model import Creator, EntryKind, Finding, Memory, Request, Snapshot, Work
from spiders._checked import Address
from spiders._kind import Tally, on_hosts
from spiders._paged import service
from spiders._records import date_of, first, kind_of, language_of, named, people, words
from spiders._scholar import Kinds, abstract_of, any_url, identified, known, licence_of, pages_of, title_of
from spiders._search import Query, aside, findings, follow_up, tallied, with_keywords
from spiders._service import at, by_offset, changed_since, is_list, read_json, records_of, whole, with_path, with_query

SIZE = 100
K = EntryKind
KINDS: Kinds = {  # https://api.archives-ouvertes.fr/ref/doctype
    "art": (K.ARTICLE, None),
    "comm": (K.ARTICLE, "conference-paper"),
    "poster": (K.MEDIA, "presentation"),
    "ouv": (K.BOOK, None),
    "douv": (K.BOOK, None),
    "proceedings": (K.BOOK, "proceedings"),
    "issue": (K.BOOK, None),
    "couv": (K.CHAPTER, None),
    "these": (K.THESIS, "doctoral-thesis"),
    "hdr": (K.THESIS, None),
    "mem": (K.THESIS, "master-thesis"),
    "report": (K.REPORT, None),
    "undefined": (K.ARTICLE, "preprint"),
    "blog": (K.NEWS, "blog"),
    "video": (K.MEDIA, "video"),
    "son": (K.MEDIA, "podcast"),
    "lecture": (K.RESOURCE, "teaching-material"),
}
_FIELDS = (
    "halId_s,title_s,en_title_s,subTitle_s,abstract_s,authFullName_s,authFirstName_s,authLastName_s,publicationDateY_i,"
    "producedDate_s,docType_s,uri_s,fileMain_s,openAccess_bool,doiId_s,isbn_s,language_s,journalTitle_s,bookTitle_s,"
    "conferenceTitle_s,publisher_s,journalPublisher_s,volume_s,issue_s,page_s,keyword_s,peerReviewing_s,licence_s"
)


_PARTS = ("authFirstName_s", "authLastName_s")


class HalOptions(Query):
    """What of HAL is asked for."""

    url: Address = Field(default="https://api.archives-ouvertes.fr/search/", description="A mirror may stand in.")


def _start(options: HalOptions, memory: Memory) -> Iterator[Request]:
    since = changed_since(memory, options.overlap_days, None)
    windows = []
    if since:
        windows.append(f"modifiedDate_tdate:[{since.isoformat()}T00:00:00Z TO *]")
    elif options.since:
        windows.append(f"publicationDateY_i:[{options.since.year} TO *]")
    said = {
        "q": options.asked,
        "fq": windows[0] if windows else None,
        "wt": "json",
        "rows": SIZE,
        "start": 0,
        "sort": "docid asc",  # an order that does not move while it is paged through
        "fl": _FIELDS,
    }
    yield Request(with_query(with_path(options.url, "/search/"), said, safe=",:*"))


def _follow(snapshot: Snapshot, options: HalOptions, _memory: Memory) -> Iterable[Request]:
    if not is_list(snapshot):
        return
    answer = read_json(snapshot.body)
    records = records_of(answer, "response", "docs")
    yield from follow_up(_read(snapshot, options), options)
    yield from by_offset(snapshot, whole(at(answer, "response", "numFound")), len(records), "start", SIZE)


def _read(snapshot: Snapshot, _options: HalOptions) -> Iterable[Finding]:
    found = aside(snapshot)
    return (
        found
        if found is not None
        else findings(snapshot, records_of(read_json(snapshot.body), "response", "docs"), _finding)
    )


def _finding(snapshot: Snapshot, record: dict[str, Any]) -> Finding | None:
    key = first(record.get("halId_s"))
    return Finding(snapshot.source_id, key, _work(record, key), role="record") if key else None


def _work(record: dict[str, Any], key: str) -> Work:
    kind, form = kind_of(first(record.get("docType_s")), KINDS)
    doi = text.doi(first(record.get("doiId_s")))
    file, licence = any_url(record.get("fileMain_s")), licence_of(record.get("licence_s"))
    is_open = record.get("openAccess_bool")
    titles = words(record.get("title_s"))
    english = title_of(record.get("en_title_s"))
    work = Work(
        title=title_of(titles[:1], record.get("subTitle_s")),
        title_en=english if english and titles and text.title_key(english) != text.title_key(titles[0]) else None,
        kind=kind,
        form=form,
        creators=people(known(_people(record))),
        publisher=text.clean(first(record.get("publisher_s")) or first(record.get("journalPublisher_s")), 200) or None,
        container=text.clean(
            first(record.get("journalTitle_s"))
            or first(record.get("bookTitle_s"))
            or first(record.get("conferenceTitle_s")),
            300,
        )
        or None,
        volume=first(record.get("volume_s")) or None,
        issue=first(record.get("issue_s")) or None,
        pages=pages_of(record.get("page_s")),
        date=date_of(first(record.get("producedDate_s"))) or date_of(first(record.get("publicationDateY_i"))),
        url=re.sub(r"v\d+$", "", any_url(record.get("uri_s")) or "") or f"https://hal.science/{key}",
        pdf_url=file,
        doi=doi,
        isbn=text.isbn(first(record.get("isbn_s"))),
        identifiers=identified([("hal", key)]),
        language=language_of(first(record.get("language_s"))),
        peer_reviewed={"1": True, "0": False}.get(first(record.get("peerReviewing_s"))),
        open_access=is_open if isinstance(is_open, bool) else True if file else None,
        licence=licence,
        **abstract_of(record.get("abstract_s"), licence),
    )
    return with_keywords(work, words(record.get("keyword_s")))


def _people(record: dict[str, Any]) -> Iterator[Creator | None]:
    """Give the authors; family and given names where the two lists fit the list of full names."""
    whole_names = words(record.get("authFullName_s"))
    given, family = (held if isinstance(held := record.get(name), list) else [] for name in _PARTS)
    fits = len(given) == len(family) == len(whole_names)
    for number, name in enumerate(whole_names):
        said = text.clean(name, 200)
        if fits and said == f"{given[number]} {family[number]}":
            yield Creator(said, family[number], given[number])
        else:
            yield named(said)


def _tally(snapshot: Snapshot, options: HalOptions) -> Tally | None:
    if not is_list(snapshot):
        return None
    answer = read_json(snapshot.body)
    hits = whole(at(answer, "response", "numFound"))
    return tallied(options.asked, hits, snapshot, records_of(answer, "response", "docs"), _finding)


KIND = service(
    "hal",
    HalOptions,
    _start,
    _follow,
    _read,
    _tally,
    delay=1.0,
    suits=on_hosts("hal.science", "archives-ouvertes.fr"),
)
