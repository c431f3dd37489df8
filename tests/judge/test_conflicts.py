"""A record that Crossref contradicts waits for a curator, with the reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from observatory.judge.decide import Sighting, observe
from observatory.model import Creator, Finding, Item, PartialDate, Relevance, Verdict, Work

SEEN = Sighting(datetime(2026, 11, 24, 6, tzinfo=UTC), "r/1", "https://example.org/")


def told(record: Work, complete: Work) -> Item:
    item = observe(
        None, Finding("s", "k", record, "record"), SEEN, lambda work: Verdict(Relevance.YES, 4.0, Work(), ())
    )
    return observe(
        item, Finding("s", "k", complete, "complete"), SEEN, lambda work: Verdict(Relevance.YES, 4.0, Work(), ())
    )


def test_a_completing_record_fills_what_was_lacking() -> None:
    record = Work(title="Micro-credentials at work", doi="10.1/a")
    item = told(
        record, Work(title="Micro-credentials at work: a study", date=PartialDate(2024), creators=(Creator("A. B"),))
    )
    assert (item.work.title, item.work.date, item.work.creators) == (
        record.title,
        PartialDate(2024),
        (Creator("A. B"),),
    )
    assert item.verdict.relevance is Relevance.YES


@pytest.mark.parametrize(
    ("record", "other", "words"),
    [
        (Work(title="Micro-credentials at work"), Work(title="Soil bacteria of the Andes"), "its DOI is that of"),
        (
            Work(title="Micro-credentials at work", date=PartialDate(2019)),
            Work(title="Micro-credentials at work", date=PartialDate(2023, 4)),
            "dated 2019 by its service, 2023-04 by Crossref",
        ),
    ],
)
def test_a_contradiction_goes_to_the_curator_with_its_reason(record: Work, other: Work, words: str) -> None:
    item = told(record, other)
    assert item.verdict.relevance is Relevance.UNSURE
    assert any(words in reason.text for reason in item.verdict.reasons if reason.about == "conflict")


def test_a_deleted_record_is_withdrawn_and_comes_back_when_it_is_shown_again() -> None:
    record = Finding("s", "k", Work(title="Micro-credentials"), "record")
    item = observe(None, record, SEEN, lambda work: Verdict(Relevance.YES, 4.0, Work(), ()))
    gone = observe(item, Finding("s", "k", Work(), "deleted", withdrawn=True), SEEN, lambda work: item.verdict)
    assert (gone.withdrawn, gone.work.title) == (SEEN.at, "Micro-credentials")
    assert observe(gone, record, SEEN, lambda work: item.verdict).withdrawn is None


def test_a_retraction_without_a_date_keeps_the_month_of_its_first_notice() -> None:
    def seen(month: int, day: int | None = None) -> Finding:
        return Finding("s", "k", Work(title="M", retracted=PartialDate(2026, month)), "record")

    item = observe(None, seen(9), SEEN, lambda work: Verdict(Relevance.YES, 4.0, Work(), ()))
    later = observe(item, seen(11), SEEN, lambda work: item.verdict)
    assert later.work.retracted == PartialDate(2026, 9)
    dated = Finding("s", "k", Work(title="M", retracted=PartialDate(2023, 11, 2)), "complete")
    assert observe(later, dated, SEEN, lambda work: item.verdict).work.retracted == PartialDate(2023, 11, 2)
