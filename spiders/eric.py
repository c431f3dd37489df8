"""ERIC: literature of education, kept by the US Department of Education. Plain words only: each is a query of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import Field

from observatory import text
from observatory.model import EntryKind, Finding, Memory, PartialDate, Request, Snapshot, Work
from spiders._checked import Address, Words
from spiders._kind import Tally, on_hosts
from spiders._paged import service
from spiders._records import date_of, first, kind_of, language_of, named, people, words
from spiders._scholar import WORK_KINDS, Kinds, abstract_of, any_url, identified, known, title_of
from spiders._search import SearchOptions, aside, findings, follow_up, tallied, with_keywords
from spiders._service import (
    Parameters,
    at,
    by_offset,
    changed_since,
    is_list,
    parameter,
    read_json,
    records_of,
    whole,
    with_path,
    with_query,
)
from spiders._terms import Terms, each

SIZE = 200
K = EntryKind
KINDS: Kinds = {
    **WORK_KINDS,
    "journal articles": (K.ARTICLE, None),
    "reports - research": (K.REPORT, None),
    "reports - descriptive": (K.REPORT, None),
    "reports - evaluative": (K.REPORT, None),
    "numerical/quantitative data": (K.REPORT, None),
    "guides - general": (K.GUIDE, None),
    "guides - non-classroom": (K.GUIDE, None),
    "guides - classroom - teacher": (K.GUIDE, None),
    "books": (K.BOOK, None),
    "collected works - proceedings": (K.BOOK, "proceedings"),
    "dissertations/theses - doctoral dissertations": (K.THESIS, "doctoral-thesis"),
    "dissertations/theses - masters theses": (K.THESIS, "master-thesis"),
    "dissertations/theses": (K.THESIS, None),
    "speeches/meeting papers": (K.ARTICLE, "conference-paper"),
    "legal/legislative/regulatory materials": (K.POLICY, "act"),
}
_FIELDS = (
    "id,title,author,description,publicationdateyear,publicationtype,peerreviewed,source,subject,url,e_fulltextauth,"
    "language,institution,publisher,issn,isbn,sourceid"
)
# A thesis or guide says more than "Journal Articles" beside it, and that more than "Reports - Research" (ERIC gives several).
_ORDER = (K.THESIS, K.GUIDE, K.BOOK, K.POLICY, K.ARTICLE, K.REPORT)


class EricOptions(SearchOptions, Terms):
    """What of ERIC is asked for."""

    url: Address = Field(default="https://api.ies.ed.gov/eric/", description="A mirror may stand in.")
    queries: Words = Field(default=(), description="Plain words, each asked for by itself; the terms unless given.")
    overlap_days: int = Field(default=400, ge=0, le=4000, description="ERIC knows years only.")


def _start(options: EricOptions, memory: Memory) -> Iterator[Request]:
    since = changed_since(memory, options.overlap_days, options.since)
    window = f" AND publicationdateyear:[{since.year} TO 2100]" if since else ""
    for query in options.queries or each(options.terms):
        said: Parameters = {"search": query + window, "format": "json", "start": 0, "rows": SIZE, "fields": _FIELDS}
        yield Request(with_query(with_path(options.url, "/eric/"), said, safe=","))


def _follow(snapshot: Snapshot, options: EricOptions, _memory: Memory) -> Iterable[Request]:
    if not is_list(snapshot):
        return
    answer = read_json(snapshot.body)
    records = records_of(answer, "response", "docs")
    yield from follow_up(_read(snapshot, options), options)
    yield from by_offset(snapshot, whole(at(answer, "response", "numFound")), len(records), "start", SIZE)


def _read(snapshot: Snapshot, options: EricOptions) -> Iterable[Finding]:
    found = aside(snapshot)
    if found is not None:
        return found
    return findings(snapshot, records_of(read_json(snapshot.body), "response", "docs"), _finding)


def _finding(snapshot: Snapshot, record: dict[str, Any]) -> Finding | None:
    key = first(record.get("id")).upper()
    return Finding(snapshot.source_id, key, _work(record, key), role="record") if key[:2] in ("EJ", "ED") else None


def _work(record: dict[str, Any], key: str) -> Work:
    kind, form = _kind(words(record.get("publicationtype")))
    page = f"https://eric.ed.gov/?id={key}"
    has_text = first(record.get("e_fulltextauth")).upper() in ("T", "TRUE", "Y", "1")
    own = any_url(record.get("url"))
    venue, year = text.clean(first(record.get("source")), 300), date_of(first(record.get("publicationdateyear")))
    work = Work(
        title=title_of(record.get("title")),
        kind=kind,
        form=form,
        creators=people(known(named(name) for name in words(record.get("author")))),
        publisher=_publisher(record, "" if key[:2] == "EJ" else venue),
        container=venue or None if key[:2] == "EJ" else None,
        date=PartialDate(year.year) if year else None,
        url=own or page,
        seen_at=page if own else None,
        pdf_url=f"https://files.eric.ed.gov/fulltext/{key}.pdf" if has_text else None,
        doi=text.doi(first(record.get("url"))) if "doi.org" in first(record.get("url")) else None,
        isbn=text.isbn(first(record.get("isbn")).removeprefix("ISBN-")),
        identifiers=identified(
            [("eric", key), ("issn", first(record.get("issn")).removeprefix("ISSN-").removeprefix("EISSN-"))]
        ),
        language=language_of(first(record.get("language"))),
        peer_reviewed={"t": True, "f": False}.get(first(record.get("peerreviewed")).lower()[:1]),
        open_access=True if has_text else None,
        **abstract_of(record.get("description"), None),
    )
    return with_keywords(work, words(record.get("subject")))


def _publisher(record: dict[str, Any], venue: str) -> str | None:
    return text.clean(first(record.get("publisher")) or first(record.get("institution")) or venue, 200) or None


def _kind(said: list[str]) -> tuple[EntryKind | None, str | None]:
    found = [kind_of(one, KINDS) for one in said]
    ranked = [(kind, form) for kind, form in found if kind in _ORDER]
    return min(ranked, key=lambda pair: _ORDER.index(pair[0] or K.REPORT), default=(None, None))


def _tally(snapshot: Snapshot, _options: EricOptions) -> Tally | None:
    if not is_list(snapshot):
        return None
    answer = read_json(snapshot.body)
    asked = parameter(snapshot.url, "search").partition(" AND publicationdateyear")[0]
    hits = whole(at(answer, "response", "numFound"))
    return tallied(asked, hits, snapshot, records_of(answer, "response", "docs"), _finding)


KIND = service(
    "eric",
    EricOptions,
    _start,
    _follow,
    _read,
    _tally,
    delay=1.0,
    suits=on_hosts("eric.ed.gov", "api.ies.ed.gov"),
    only_named=lambda _options: True,
)
