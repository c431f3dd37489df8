"""The common frame of the kinds that search literature: options, completing from Crossref, documents, one bad record. Pure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field

from observatory import text
from observatory.model import EntryKind, Finding, Request, Snapshot, Work
from spiders._checked import Address, Flag, Text
from spiders._crossref import completion
from spiders._documents import DOCUMENT, read_document
from spiders._kind import Tally
from spiders._paged import PagedOptions
from spiders._scholar import incomplete
from spiders._terms import Terms, either

log = logging.getLogger(__name__)

CROSSREF = "https://api.crossref.org/works"
COMPLETE = "complete"  # role of a record asked from Crossref because a service's own lacks its date or authors
REPORTS = frozenset({EntryKind.REPORT, EntryKind.GUIDE, EntryKind.POLICY, EntryKind.STANDARD, EntryKind.POSITION})
Record = dict[str, Any]


class SearchOptions(PagedOptions):
    """What every service of literature can be told."""

    complete: Flag = Field(default=True, description="Ask Crossref for what a record with a DOI lacks: date, authors.")
    crossref: Address = Field(default=CROSSREF, description="Where Crossref answers; a mirror may stand in.")
    documents: Literal["none", "reports", "all"] = Field(
        default="reports", description="Whose open PDF is read for search (never republished)."
    )


class Query(SearchOptions, Terms):
    """A service that is asked a question; `query` is made of the terms unless given."""

    query: Text | None = Field(default=None, description="In the service's own language; the terms unless given.")

    @property
    def asked(self) -> str:
        """The question, for a service that takes alternatives."""
        return self.query or either((*self.terms, *self.further_terms))


def findings(
    snapshot: Snapshot,
    records: Iterable[Record],
    make: Callable[[Snapshot, Record], Finding | None],
) -> Iterator[Finding]:
    """Make the findings of a page of records: each key once; a bad record costs itself only and is logged with its cause."""
    seen: set[str] = set()
    for number, record in enumerate(records):
        finding, why = _made(snapshot, record, make)
        if why:
            log.warning("bad-record source=%s record=%d: %s", snapshot.source_id, number, why)
        if finding is None or finding.key in seen:
            continue
        seen.add(finding.key)
        yield finding


def _made(
    snapshot: Snapshot, record: Record, make: Callable[[Snapshot, Record], Finding | None]
) -> tuple[Finding | None, str]:
    """Make the finding of a record; in its place, for a bad one, what is wrong with it."""
    if not record:
        return None, "it is no record"
    try:
        finding = make(snapshot, record)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
        return None, text.clean(f"{type(error).__name__}: {error}", 120)
    if finding is not None and not finding.withdrawn and not finding.work.title:
        return None, "it has no title"
    return finding, ""


def tallied(
    query: str,
    hits: int | None,
    snapshot: Snapshot,
    records: Iterable[Record],
    make: Callable[[Snapshot, Record], Finding | None],
) -> Tally:
    """Count a page of results, and the bad records on it."""
    held = list(records)
    return Tally(query, hits, len(held), sum(bool(_made(snapshot, record, make)[1]) for record in held))


def with_keywords(work: Work, keywords: Iterable[str]) -> Work:
    """Add a service's keywords to what is searched and judged, never shown."""
    said = text.clean("; ".join(dict.fromkeys(text.clean(word, 100) for word in keywords)), 1000)
    return replace(work, text=f"{work.text}\n\n{said}" if work.text else said) if said else work


def documents(found: Iterable[Finding], options: SearchOptions) -> Iterator[Request]:
    """Ask for the open PDFs of works whose kind is to be read."""
    for finding in found:
        if request := document(finding, options.documents):
            yield request


def follow_up(found: Iterable[Finding], options: SearchOptions) -> Iterator[Request]:
    """Ask for what the records of a page lack and for the documents that may be read."""
    for finding in found:
        if finding.withdrawn:
            continue
        if options.complete and finding.work.doi and (incomplete(finding.work) or finding.work.retracted):
            yield Request(record_address(options.crossref, finding.work.doi), COMPLETE, finding.key)
        if request := document(finding, options.documents):
            yield request


def document(finding: Finding, which: str) -> Request | None:
    """Ask for a work's open PDF, when works of its kind are to be read."""
    work = finding.work
    is_open = work.open_access is not False and work.pdf_url is not None
    wanted = which == "all" or (which == "reports" and work.kind in REPORTS)
    return Request(str(work.pdf_url), DOCUMENT, finding.key) if is_open and wanted else None


def record_address(url: str, doi: str) -> str:
    """Give the address of one record at Crossref."""
    parts = urlsplit(url)
    base = "/works" if parts.path in ("", "/") else parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=f"{base}/{quote(doi, safe='')}", query="", fragment=""))


def aside(snapshot: Snapshot) -> Iterator[Finding] | None:
    """Read the answers that are no page of the service itself: a record from Crossref, a document. None for all others."""
    if snapshot.role == DOCUMENT:
        return read_document(snapshot)
    if snapshot.role == COMPLETE:
        return completion(snapshot)
    return None
