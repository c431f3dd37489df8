"""Reading the law: what step a text reports, which policy it concerns, and that nothing moves before a curator says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from observatory.config import VOCABULARY
from observatory.config.vocabulary import load_vocabulary
from observatory.judge.overrule import overrule, step_of
from observatory.judge.stages import stage_at, stage_changes, staged
from observatory.judge.steps import date_in, proposals, read_signs
from observatory.model import (
    Action,
    ChangeKind,
    Decision,
    Entry,
    EntryKind,
    Level,
    PartialDate,
    Proposal,
    Relation,
    RelationType,
    Sign,
    Stage,
    Status,
    Step,
    StepKind,
    Vocabulary,
    Work,
)

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


@cache
def vocabulary() -> Vocabulary:
    return load_vocabulary(VOCABULARY)


def read(sentence: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((s.kind.value, str(s.date) if s.date else None) for s in read_signs(Work(), sentence, vocabulary()))


@pytest.mark.parametrize(
    ("sentence", "kind", "day"),
    [
        ("A public consultation on the draft framework is open until 15 March 2026.", "consultation", "2026-03-15"),
        ("Die Begutachtung des Gesetzentwurfs endet am 1. Juni 2026.", "consultation", "2026-06-01"),
        ("Une consultation publique est ouverte jusqu’au 31 janvier 2027.", "consultation", "2027-01-31"),
        ("Lausuntokierros asetuksesta päättyy 20.8.2026.", "consultation", "2026-08-20"),
        ("The government tabled a bill on 3 May 2026 in parliament.", "proposal", "2026-05-03"),
        ("El Gobierno presenta el anteproyecto de ley el 5 de octubre de 2026.", "proposal", "2026-10-05"),
        ("Council adopted a Recommendation on micro-credentials on 16 June 2022.", "adopted", "2022-06-16"),
        ("Riigikogu võttis seaduse vastu 15. jaanuaril 2025.", "adopted", "2025-01-15"),
        ("Sejm uchwalił ustawę o mikropoświadczeniach w dniu 12 grudnia 2026 r.", "adopted", "2026-12-12"),
        ("Täiskasvanute koolituse seaduse muudatus jõustus 1. aprillil 2025.", "in-force", "2025-04-01"),
        ("Die Novelle ist mit 1. Jänner 2027 in Kraft getreten.", "in-force", "2027-01-01"),
        ("Le décret entre en vigueur le 1er septembre 2026.", "in-force", "2026-09-01"),
        ("Zákon nadobudol účinnosť 1. januára 2025.", "in-force", "2025-01-01"),
        ("Zakon je stupio na snagu 14. veljače 2022.", "in-force", "2022-02-14"),
        ("Ο νόμος τέθηκε σε ισχύ στις 3 Μαρτίου 2026.", "in-force", "2026-03-03"),
        ("The ministry launched a pilot programme with 21 universities.", "pilot", None),
        ("W pilotażu uczestniczy dwadzieścia jeden uczelni.", "pilot", None),
        ("The evaluation report on the Act was published in June 2026.", "evaluation", "2026-06"),
        ("The decree was repealed on 3 May 2024.", "repealed", "2024-05-03"),
        ("Das Gesetz wurde am 30.6.2026 aufgehoben.", "repealed", "2026-06-30"),
    ],
)
def test_a_sentence_reports_its_step_with_its_date(sentence: str, kind: str, day: str | None) -> None:
    assert (kind, day) in read(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The law was not yet adopted.",
        "Das Gesetz ist noch nicht in Kraft getreten.",
        "La loi n'est pas entrée en vigueur.",
        "Students piloted the course with their teacher.",
        "We adopted a new logo.",
        "Micro-credentials are small and useful.",
        "",
    ],
)
def test_a_sentence_that_denies_a_step_or_reports_none_is_no_sign(sentence: str) -> None:
    assert read(sentence) == ()


def test_a_sign_quotes_at_most_fifteen_words_and_says_why() -> None:
    said = (
        "After many years of talks with all who had a say " * 3 + "the Act entered into force on 1 May 2026 everywhere."
    )
    (sign,) = read_signs(Work(), said, vocabulary())
    assert len(sign.quote.strip("… ").split()) <= 15
    assert "entered into force" in sign.quote
    assert "entered into force" in sign.why


@pytest.mark.parametrize(
    "said", ["listopada 2026", "no date", "32 March 2026", "30 February 2026", "1 Foobar 2026", "3/2026"]
)
def test_a_date_is_never_invented(said: str) -> None:
    found = date_in(said)
    assert found is None or not found.day


# ---------------------------------------------------------------- proposals


def waiting(entries: list[Entry]) -> tuple[Proposal, ...]:
    return proposals(entries, NOW.date())


def entry(entry_id: str, work: Work, *signs: Sign, **more: object) -> Entry:
    base = Entry(
        id=entry_id,
        work=work,
        status=Status.PUBLISHED,
        first_seen=NOW,
        listed=NOW,
        announced=True,
        provenances=(),
        reasons=(),
    )
    return replace(base, signs=signs, **more)  # type: ignore[arg-type]


ACT = Work(
    title="Act on micro-credentials",
    kind=EntryKind.POLICY,
    level=Level.NATIONAL,
    official=True,
    countries=("EE",),
    jurisdiction="EE",
    stage=Stage.LEGISLATIVE_PROCESS,
    steps=(Step(PartialDate(2026, 5, 3), Stage.LEGISLATIVE_PROCESS, "Bill tabled"),),
)
ADOPTED = Sign(
    StepKind.ADOPTED,
    PartialDate(2026, 11, 10),
    "the Act was adopted",
    "“adopted”",
    3.0,
    "https://x.example/",
    "r/1",
    NOW,
)


def test_a_step_on_the_policys_own_page_is_proposed_and_moves_nothing() -> None:
    act = entry("act", ACT, ADOPTED)
    (proposal,) = waiting([act])
    assert (proposal.policy, proposal.moves, proposal.sign.stage) == ("act", True, Stage.APPROVED)
    assert act.work.stage is Stage.LEGISLATIVE_PROCESS


def test_news_about_a_policy_proposes_a_step_to_it() -> None:
    news = entry(
        "n", Work(title="Adopted", kind=EntryKind.NEWS, relations=(Relation(RelationType.ABOUT, "act"),)), ADOPTED
    )
    assert [(p.policy, p.found_in) for p in waiting([entry("act", ACT), news])] == [("act", "n")]


def test_news_from_a_country_with_one_policy_under_way_is_held_to_it_and_from_its_part_is_not() -> None:
    news = Work(title="Adopted", kind=EntryKind.NEWS, countries=("EE",))
    assert len(waiting([entry("act", ACT), entry("n", news, ADOPTED)])) == 1
    flemish = replace(ACT, countries=("BE",), jurisdiction="BE-VLG", level=Level.REGIONAL)
    belgian = replace(news, countries=("BE",))
    assert waiting([entry("act", flemish), entry("n", belgian, ADOPTED)]) == ()


def test_a_step_that_stands_already_or_was_dismissed_is_not_proposed() -> None:
    known = replace(ACT, steps=(*ACT.steps, Step(PartialDate(2026, 11, 8), Stage.APPROVED, "Adopted")))
    assert waiting([entry("act", known, ADOPTED)]) == ()
    assert waiting([entry("act", ACT, ADOPTED, dismissed=("2026-11-10|approved",))]) == ()


def test_a_step_that_lies_ahead_moves_nothing() -> None:
    (proposal,) = waiting([entry("act", ACT, replace(ADOPTED, kind=StepKind.IN_FORCE, date=PartialDate(2027, 1, 1)))])
    assert proposal.ahead
    assert not proposal.moves


def test_a_position_gets_no_proposal() -> None:
    position = replace(ACT, kind=EntryKind.POSITION, official=False)
    assert waiting([entry("p", position, ADOPTED)]) == ()


# ---------------------------------------------------------------- accepted by a decision


def accepted(said: str, sign: str = "+") -> Decision:
    return Decision(entry="act", action=Action.SET, by="aoife", when=NOW, fields=((f"{sign}steps", (said,)),))


STEP = "2026-11-10|approved|Adopted by parliament|https://x.example/|the Act was adopted|r/1"


def test_an_accepted_step_moves_the_stage_with_its_evidence_and_is_told_once() -> None:
    decisions = [accepted(STEP)]
    work = staged(overrule(decisions).apply(ACT), (), decisions)
    assert work.stage is Stage.APPROVED
    assert work.steps[-1] == step_of(STEP)
    (change,) = stage_changes(decisions)
    assert (change.kind, change.at, change.text) == (ChangeKind.STAGE, NOW, "2026-11-10: Adopted by parliament")


def test_a_step_is_taken_back_by_its_date_and_stage() -> None:
    decisions = [accepted(STEP), replace(accepted("2026-11-10|approved", "-"), when=NOW.replace(day=25))]
    assert overrule(decisions).apply(ACT).steps == ACT.steps


def test_a_guess_of_the_rules_is_no_stage_and_a_position_has_none() -> None:
    guessed = replace(ACT, steps=())
    assert staged(guessed, (), ()).stage is None
    assert staged(replace(ACT, kind=EntryKind.POSITION), (), ()).steps == ()


def test_the_stage_is_that_of_the_latest_step_that_has_come() -> None:
    ahead = Step(PartialDate(2027, 1, 1), Stage.IMPLEMENTATION, "In force")
    assert stage_at((*ACT.steps, ahead), NOW) is Stage.LEGISLATIVE_PROCESS
    assert stage_at((), NOW) is None
