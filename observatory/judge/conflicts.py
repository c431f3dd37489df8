"""Where a service and Crossref tell different things of one record: a person looks before it is published. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from observatory import text
from observatory.model import Reason, Relevance, Verdict, View, Work

ALIKE = 60  # percent: titles with and without a subtitle have 65 and more, those of two works mostly under 50
YEARS = 1  # online this year, printed the next: no conflict


def held(verdict: Verdict, views: Sequence[View]) -> Verdict:
    """Give a verdict that waits for a curator when the completing record contradicts the one it completes."""
    works = {view.finding.role: view.finding.work for view in views}
    record, other = works.get("record"), works.get("complete")
    found = tuple(conflicts(record, other)) if record and other else ()
    if not found:
        return verdict
    relevance = Relevance.UNSURE if verdict.relevance is Relevance.YES else verdict.relevance
    return replace(verdict, relevance=relevance, reasons=(*verdict.reasons, *found))


def conflicts(record: Work, other: Work) -> Iterator[Reason]:
    """Say what the two tell differently: the work that the DOI names, or when it came out."""
    if fuzz.token_set_ratio(text.title_key(record.title), text.title_key(other.title)) < ALIKE:
        yield Reason("conflict", f"its DOI is that of “{text.clean(other.title, 100)}” at Crossref")
    if record.date and other.date and abs(record.date.year - other.date.year) > YEARS:
        yield Reason("conflict", f"dated {record.date} by its service, {other.date} by Crossref")
