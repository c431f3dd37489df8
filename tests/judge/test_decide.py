"""Items and entries: ids minted once, the four dates, back-fill, statuses, decisions as a set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatory.judge.decide import Block, Sighting, decide, observe
from observatory.judge.layers import fill
from observatory.judge.overrule import SETTABLE, overrule
from observatory.model import (
    Action,
    ChangeKind,
    Creator,
    Decision,
    DropEntry,
    Entry,
    EntryKind,
    Finding,
    GiveId,
    GivenId,
    Intent,
    Item,
    PartialDate,
    PutEntry,
    Reason,
    Relevance,
    Status,
    Verdict,
    Work,
)

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
REPORT = Work(
    title="Quality assurance of micro-credentials",
    publisher="ENQA",
    creators=(Creator("Anna Gover"),),
    date=PartialDate(2023, 12),
    url="https://www.enqa.eu/publications/qa-of-micro-credentials/",
)


def judged(relevance: Relevance) -> Verdict:
    return Verdict(
        relevance,
        5.0,
        Work(kind=EntryKind.REPORT, topics=("quality-assurance",)),
        (Reason("relevance", "said so"),),
    )


def seen(
    work: Work,
    source: str = "enqa",
    key: str = "1",
    at: datetime = MONDAY,
    relevance: Relevance = Relevance.YES,
    previous: Item | None = None,
    **facts: bool,
) -> Item:
    finding = Finding(source, key, work)
    return observe(previous, finding, Sighting(at, "run/1", work.url or "", **facts), lambda _work: judged(relevance))


class Desk:
    """A catalogue in the small: applies intents to dictionaries, so that deciding can be repeated."""

    def __init__(self) -> None:
        self.given: list[GivenId] = []
        self.entries: dict[str, Entry] = {}

    def settle(
        self, items: Iterable[Item], decisions: Iterable[Decision] = (), holds: Iterable[str] = ()
    ) -> dict[str, Entry]:
        items = tuple(items)
        keys = {key for item in items for key in item.keys} | {f"item:{item.ref}" for item in items}
        given_ids = tuple(g for g in self.given if g.key in keys)
        taken = frozenset(g.entry_id for g in self.given)
        block = Block(
            items,
            given_ids,
            tuple(sorted(self.entries)),
            tuple(decisions),
            frozenset(holds),
            taken.intersection,
            {},
        )
        self.apply(decide(block))
        return self.entries

    def apply(self, intents: Iterable[Intent]) -> None:
        for intent in intents:
            match intent:
                case GiveId():
                    self.given += [GivenId(intent.entry_id, key, intent.at) for key in intent.keys]
                case PutEntry():
                    self.entries[intent.entry.id] = intent.entry
                case DropEntry():
                    del self.entries[intent.entry_id]


def only(entries: dict[str, Entry]) -> Entry:
    assert len(entries) == 1, sorted(entries)
    return next(iter(entries.values()))


def decision(action: Action, entry: str, days: int = 1, by: str = "aoife", **more: object) -> Decision:
    return Decision(entry=entry, action=action, by=by, when=MONDAY + timedelta(days=days), **more)  # type: ignore[arg-type]


# ---------------------------------------------------------------- ids


def test_an_id_is_made_of_author_year_and_title_in_lower_case_ascii() -> None:
    entry = only(Desk().settle([seen(REPORT)]))
    assert entry.id == "gover-2023-quality-assurance-of-micro-credentials"


def test_an_id_is_minted_once_and_kept_when_title_and_author_change() -> None:
    desk = Desk()
    item = seen(REPORT)
    first = only(desk.settle([item])).id
    later = seen(
        replace(REPORT, title="Quality assurance of micro-credentials: final", creators=()),
        at=MONDAY + timedelta(days=40),
        previous=item,
    )
    assert only(desk.settle([later])).id == first
    assert sum(g.key.startswith("item:") for g in desk.given) == 1


def test_two_works_that_would_share_an_id_get_a_number() -> None:
    other = replace(REPORT, url="https://elsewhere.example/annex", title="Quality assurance of micro-credentials!")
    desk = Desk()
    desk.settle([seen(REPORT)])
    fresh = Desk()
    fresh.given = list(desk.given)
    assert only(fresh.settle([seen(other, key="2", source="eua")])).id.endswith("-2")


def test_an_id_has_at_most_64_characters_even_from_a_title_of_ten_thousand() -> None:
    entry = only(Desk().settle([seen(replace(REPORT, title="micro-credential " * 700))]))
    assert len(entry.id) <= 64


def test_a_title_that_folds_to_nothing_still_gets_an_id() -> None:
    entry = only(Desk().settle([seen(Work(title="微证书", url="https://example.cn/1"), source="moe-cn")]))
    assert entry.id


def test_a_library_record_keeps_its_own_id_and_takes_a_harvested_twin_in() -> None:
    desk = Desk()
    doi = replace(REPORT, doi="10.2766/50302")
    harvested = seen(doi)
    minted = only(desk.settle([harvested])).id
    curated = seen(doi, source="library", key="enqa-qa-report", curated=True)
    entry = only(desk.settle([harvested, curated]))
    assert entry.id == "enqa-qa-report"
    assert entry.aliases == (minted,)
    assert {p.source_id for p in entry.provenances} == {"enqa", "library"}


# ---------------------------------------------------------------- dates and news


def test_a_finding_that_its_source_did_not_show_before_is_news() -> None:
    assert only(Desk().settle([seen(REPORT, fresh=True)])).announced


def test_the_history_of_a_new_source_is_not_news() -> None:
    assert not only(Desk().settle([seen(REPORT)])).announced


@pytest.mark.parametrize(
    ("date", "expected"), [("2026-11-01", True), ("2026-10-24", True), ("2026-10-23", False), ("2026", False)]
)
def test_a_work_at_most_thirty_days_old_at_first_sight_is_news(date: str, expected: bool) -> None:
    entry = only(Desk().settle([seen(replace(REPORT, date=PartialDate.parse(date)))]))
    assert entry.announced is expected


def test_the_library_is_never_news() -> None:
    curated = seen(replace(REPORT, date=PartialDate(2026, 11, 22)), source="library", fresh=True, curated=True)
    assert not only(Desk().settle([curated])).announced


def test_listed_is_when_it_was_first_seen_or_when_a_curator_accepted_it() -> None:
    item = seen(REPORT, relevance=Relevance.UNSURE)
    desk = Desk()
    waiting = only(desk.settle([item]))
    assert (waiting.status, waiting.listed) == (Status.PENDING, None)
    accepted = only(desk.settle([item], [decision(Action.ACCEPT, waiting.id, days=3)]))
    assert (accepted.status, accepted.listed, accepted.first_seen) == (
        Status.PUBLISHED,
        MONDAY + timedelta(days=3),
        MONDAY,
    )


def test_a_title_that_changes_at_its_source_is_an_update_and_a_teaser_is_not() -> None:
    item = seen(replace(REPORT, summary="One."))
    reworded = seen(replace(REPORT, summary="Two."), at=MONDAY + timedelta(days=1), previous=item)
    renamed = seen(replace(REPORT, title="Another title altogether"), at=MONDAY + timedelta(days=2), previous=reworded)
    assert reworded.changes == ()
    assert [(c.kind, c.fields) for c in renamed.changes] == [(ChangeKind.UPDATED, ("title",))]


def test_a_page_that_changes_at_every_visit_updates_its_entry_only_so_often() -> None:
    item = seen(REPORT)
    for day in range(1, 60):
        item = seen(replace(REPORT, title=f"Take {day} of it"), at=MONDAY + timedelta(days=day), previous=item)
    assert len(item.changes) == 12


def test_the_same_sight_within_a_month_changes_nothing() -> None:
    item = seen(REPORT)
    assert seen(REPORT, at=MONDAY + timedelta(days=3), previous=item) is item


# ---------------------------------------------------------------- statuses and decisions


def test_what_is_not_relevant_makes_no_entry() -> None:
    desk = Desk()
    assert desk.settle([seen(REPORT, relevance=Relevance.NO)]) == {}
    assert desk.given == []


def test_a_held_source_waits_for_a_curator() -> None:
    assert only(Desk().settle([seen(REPORT)], holds=["enqa"])).status is Status.PENDING


def test_a_rejected_entry_stays_rejected_when_it_is_seen_again() -> None:
    desk = Desk()
    item = seen(REPORT)
    entry_id = only(desk.settle([item])).id
    no = decision(Action.REJECT, entry_id, why="a course advert")
    desk.settle([item], [no])
    again = seen(
        replace(REPORT, title="Quality assurance of micro-credentials (new)"),
        at=MONDAY + timedelta(days=9),
        previous=item,
    )
    assert only(desk.settle([again], [no])).status is Status.REJECTED


def test_a_decision_may_name_an_irrelevant_finding_by_its_address() -> None:
    yes = decision(Action.ACCEPT, "https://WWW.enqa.eu/publications/qa-of-micro-credentials/?utm_source=x")
    assert only(Desk().settle([seen(REPORT, relevance=Relevance.NO)], [yes])).status is Status.PUBLISHED


def test_a_removed_library_record_is_gone_and_not_forgotten() -> None:
    curated = replace(seen(REPORT, source="library", key="enqa-qa", curated=True), withdrawn=MONDAY)
    assert only(Desk().settle([curated])).status is Status.GONE


def test_merging_keeps_both_provenances_and_unmerging_restores_both_ids() -> None:
    other = seen(Work(title="Something else entirely", url="https://eua.eu/x", publisher="EUA"), source="eua")
    item = seen(REPORT)
    desk = Desk()
    one, two = sorted(desk.settle([item, other]))
    merge = decision(Action.MERGE, two, into=one)
    merged = only(desk.settle([item, other], [merge]))
    assert merged.id == one
    assert merged.aliases == (two,)
    unmerge = decision(Action.UNMERGE, two, days=2, into=one)
    assert sorted(desk.settle([item, other], [merge, unmerge])) == sorted([one, two])


def test_a_curators_words_beat_the_rules_and_are_a_reason() -> None:
    item = seen(REPORT)
    desk = Desk()
    entry_id = only(desk.settle([item])).id
    tag = decision(Action.TAG, entry_id, fields=(("+topics", ("recognition",)), ("-topics", ("quality-assurance",))))
    kind = decision(Action.SET, entry_id, fields=(("kind", ("guide",)), ("date", ("2024-01",))), why="it is a toolkit")
    entry = only(desk.settle([item], [tag, kind]))
    assert entry.work.topics == ("recognition",)
    assert (entry.kind, entry.work.date) == (EntryKind.GUIDE, PartialDate(2024, 1))
    assert any("it is a toolkit" in reason.text for reason in entry.reasons)
    assert entry.decided_by == ("aoife",)


names = st.sampled_from(["a", "b"])
sets = st.builds(
    decision,
    st.sampled_from([Action.SET, Action.TAG]),
    names,
    st.integers(0, 3),
    names,
    fields=st.tuples(
        st.tuples(
            st.sampled_from(["+topics", "-topics", "topics"]),
            st.tuples(st.sampled_from(["recognition", "vet"])),
        )
    ),
)
verbs = st.builds(
    decision, st.sampled_from([Action.ACCEPT, Action.REJECT, Action.RESTORE]), names, st.integers(0, 3), names
)


@given(st.lists(st.one_of(sets, verbs), max_size=8), st.randoms())
def test_the_order_of_decisions_in_files_and_branches_never_matters(decisions: list[Decision], random: object) -> None:
    shuffled = list(decisions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert overrule(decisions) == overrule([*shuffled, *shuffled])


@pytest.mark.parametrize("name", SETTABLE)
def test_every_field_that_a_curator_may_set_can_be_emptied_or_written(name: str) -> None:
    values = {
        "kind": "report",
        "level": "EU",
        "stage": "pilot",
        "instrument": "law",
        "evidence_type": "mixed",
        "scope": "core",
        "cited_by": "3",
        "event_status": "cancelled",
        "recurs": "weekly",
    }
    dates = {"date", "deadline", "event_start", "event_end", "retracted", "corrected", "cited_by_on"}
    value = values.get(name, "2026-01" if name in dates else "true")
    ruled = overrule([decision(Action.SET, "x", fields=((name, (value,)),))])
    assert getattr(ruled.apply(Work()), name) not in (None, (), "")


def test_filling_takes_the_first_value_that_is_there_and_false_is_a_value() -> None:
    filled = fill([Work(title="A", official=False), Work(title="B", official=True, url="https://b.example/")])
    assert (filled.title, filled.official, filled.url) == ("A", False, "https://b.example/")
