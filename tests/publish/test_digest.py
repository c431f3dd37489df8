"""An edition holds what is new, what moved and what comes soon, in order, in words, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import issues
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from issues import entry, lines, made, moved, on, policy, read

from observatory.model import (
    Change,
    ChangeKind,
    Correction,
    Creator,
    DigestSettings,
    Editorial,
    EntryKind,
    EvidenceType,
    Level,
    Part,
    PartialDate,
    Relation,
    RelationType,
    Rhythm,
    Scope,
    Stage,
    Status,
    Step,
    SummaryBy,
)
from observatory.publish.digest import forms, letter, periods, wording
from observatory.publish.digest.letter import Scope as Choice

# ---------------------------------------------------------------- what is told


def test_europe_comes_first_then_countries_from_a_to_z_then_research() -> None:
    edition = made(
        entry("a-study", EntryKind.ARTICLE, evidence_type=EvidenceType.CASE),
        policy("nz-act", "NZ"),
        policy("at-act", "AT"),
        entry("world-report", level=Level.GLOBAL),
        policy("communique", "EHEA", level=Level.EHEA),
    )
    assert lines(read(edition)) == [
        "europe 1 Communique [policy: preparing]",
        "countries 2 At act [policy: preparing]",
        "countries 3 Nz act [policy: preparing]",
        "countries 4 World report [report]",
        "research 5 A study [article: case study]",
    ]


def test_a_move_says_from_where_to_where_with_its_evidence() -> None:
    edition = made(moved(policy("at-act", "AT", listed=on(-60)), on(2), Stage.APPROVED))
    (told,) = edition.candidates
    assert told.badge == "policy: preparing → adopted"
    assert told.url == "https://parliament.example/vote"
    assert told.text.startswith("Voted in parliament.")
    assert "One stage moved: item 1." in forms.plain(read(edition), issues.SITE, str)  # type: ignore[arg-type]


def test_a_dated_step_that_a_hand_kept_record_states_is_a_move() -> None:
    steps = (
        Step(PartialDate(2025, 1), Stage.DESIGN, "Begun"),
        Step(PartialDate(2026, 11, 12), Stage.APPROVED, "Voted"),
    )
    known = policy("ie-act", listed=on(-300), announced=False, steps=steps)
    assert lines(read(made(known))) == ["countries 1 Ie act [policy: preparing → adopted]"]
    old = replace(known, work=replace(known.work, steps=(steps[0], replace(steps[1], date=PartialDate(2026, 9, 1)))))
    assert read(made(old)) is None


@pytest.mark.parametrize(
    ("silent", "why"),
    [
        (entry("history", announced=False), "not announced"),
        (entry("badges", scope=Scope.RELATED), "only related"),
        (entry("gone", status=Status.GONE), "withdrawn"),
        (entry("earlier", listed=on(-1)), "listed before"),
        (entry("later", listed=on(7)), "listed after"),
    ],
)
def test_what_is_no_news_makes_no_edition(silent: issues.Entry, why: str) -> None:
    assert made(silent).candidates == (), why


def test_technical_changes_are_never_told() -> None:
    changes = (Change(on(1), ChangeKind.LINK_DEAD), Change(on(2), ChangeKind.UPDATED, fields=("url", "doi")))
    assert made(entry("known", listed=on(-60), changes=changes)).candidates == ()


def test_a_text_change_is_told_only_in_words() -> None:
    silent = entry("silent", listed=on(-60), changes=(Change(on(1), ChangeKind.TEXT, ""),))
    said = entry("said", listed=on(-60), changes=(Change(on(1), ChangeKind.TEXT, "The deadline is now June 2027."),))
    assert [(told.entry, told.text) for told in made(silent, said).candidates] == [
        ("said", "The deadline is now June 2027.")
    ]


def test_retractions_and_withdrawals_stand_under_what_changed() -> None:
    retracted = entry("paper", EntryKind.ARTICLE, listed=on(-60), changes=(Change(on(1), ChangeKind.RETRACTED),))
    gone = entry("guide", EntryKind.GUIDE, on(-60), status=Status.GONE, changes=(Change(on(1), ChangeKind.WITHDRAWN),))
    news = entry("news", EntryKind.NEWS, on(-60), status=Status.GONE, changes=(Change(on(1), ChangeKind.WITHDRAWN),))
    assert {(told.entry, told.part, told.text) for told in made(retracted, gone, news).candidates} == {
        ("paper", Part.CHANGED, "Retracted by its publisher."),
        ("guide", Part.CHANGED, "Withdrawn by its publisher."),
    }


def test_an_event_that_moved_and_one_that_was_cancelled_are_told_with_their_date() -> None:
    ahead = {"event_start": PartialDate(2027, 3, 1), "listed": on(-60)}
    shifted = entry(
        "shifted", EntryKind.EVENT, changes=(Change(on(1), ChangeKind.UPDATED, fields=("event_start",)),), **ahead
    )
    off = entry("off", EntryKind.EVENT, status=Status.GONE, changes=(Change(on(1), ChangeKind.WITHDRAWN),), **ahead)
    assert lines(read(made(shifted, off))) == ["ahead - Off [event: cancelled]", "ahead - Shifted [event: new date]"]


def test_a_date_that_comes_soon_is_told_once_more_and_alone_makes_no_edition() -> None:
    call = entry("call", EntryKind.CALL, on(-60), deadline=PartialDate(2026, 11, 30))
    assert made(call).candidates == ()
    first = made(call, entry("report"))
    assert lines(read(first)) == ["countries 1 Report [report]", "ahead - Call [call: closes]"]
    second = made(call, entry("next", listed=on(8)), period="2026-W48", earlier=(first,))
    assert [told.entry for told in second.candidates] == ["next"]


def test_an_entry_is_told_once_whatever_its_name() -> None:
    first = made(entry("report"))
    again = entry("joined", listed=on(8), aliases=("report",))
    assert made(again, period="2026-W48", earlier=(first,)).candidates == ()


def test_weekly_and_monthly_editions_each_tell_it() -> None:
    weekly = made(entry("report"))
    assert [told.entry for told in made(entry("report"), period="2026-11", earlier=(weekly,)).candidates] == ["report"]


def test_press_about_an_entry_is_left_to_that_entry() -> None:
    press = entry("press", EntryKind.NEWS, relations=(Relation(RelationType.ABOUT, "act"),))
    assert [told.entry for told in made(policy("act"), press).candidates] == ["act"]


def test_the_shelf_adds_a_landmark_on_the_same_topics_once() -> None:
    known = entry("microbol", listed=on(-300), announced=False, landmark=True, topics=("recognition",))
    first = made(entry("report", topics=("recognition",)), known)
    assert [(told.entry, told.part) for told in first.candidates][-1] == ("microbol", Part.SHELF)
    second = made(entry("next", listed=on(8), topics=("recognition",)), known, period="2026-W48", earlier=(first,))
    assert [told.entry for told in second.candidates] == ["next"]


# ---------------------------------------------------------------- bounds


def test_five_thousand_entries_in_a_week_are_cut_to_twelve_and_the_rest_counted() -> None:
    kinds = [EntryKind.NEWS, EntryKind.ARTICLE, EntryKind.REPORT, EntryKind.POLICY]
    many = [entry(f"e-{n:04}", kinds[n % 4], countries=("IE",)) for n in range(5000)]
    edition = made(*many)
    found = read(edition)
    assert found
    assert len(edition.candidates) == 5000
    assert sum(len(part.items) for part in found.parts) == 12
    assert sum(item.told.kind is EntryKind.ARTICLE for part in found.parts for item in part.items) <= 4
    assert found.left_out == "1240 policies, 1250 reports, 1248 articles, 1250 news items"
    assert (len(found.left), found.left_more) == (100, 4888)


@given(
    kinds=st.lists(st.sampled_from(list(EntryKind)), max_size=40),
    most=st.integers(1, 30),
    soon=st.booleans(),
)
@example(kinds=[EntryKind.ARTICLE, EntryKind.ARTICLE], most=1, soon=False)
def test_a_letter_is_never_empty_never_too_long_and_has_no_empty_heading(
    kinds: list[EntryKind], most: int, soon: bool
) -> None:
    due = PartialDate(2026, 11, 26) if soon else None
    many = [entry(f"e-{n}", kind, deadline=due, event_start=due) for n, kind in enumerate(kinds)]
    found = read(made(*many, settings=DigestSettings(weekly_items=most)))
    if not kinds:
        assert found is None
        return
    assert found
    shown = [item.told.key for part in found.parts for item in part.items]
    assert 1 <= len(shown) <= most
    assert len(shown) == len(set(shown))
    assert all(part.items or part.note for part in found.parts)
    assert len(shown) + len(found.left) + found.left_more == len(kinds)
    assert 1 <= len(found.lead) <= 3
    assert 0 < len(found.subject) <= 110
    numbers = [item.number for part in found.parts for item in part.items if item.number]
    assert numbers == list(range(1, len(numbers) + 1))


# ---------------------------------------------------------------- choices


def test_a_scoped_letter_is_a_filter_of_the_same_record() -> None:
    edition = made(
        policy("ie-act", "IE", topics=("recognition",)),
        policy("at-act", "AT"),
        entry("paper", topics=("recognition",)),
        matches={"paper": ("list:nordic", "search:eu-policy")},
    )

    def entries(choice: Choice) -> list[str]:
        return [item.told.entry for part in (read(edition, choice) or NOTHING).parts for item in part.items]

    assert entries(Choice("country", "IE")) == ["ie-act"]
    assert sorted(entries(Choice("topic", "recognition"))) == ["ie-act", "paper"]
    assert entries(Choice("list", "nordic")) == entries(Choice("search", "eu-policy")) == ["paper"]
    assert read(edition, Choice("country", "NZ")) is None


NOTHING = replace(read(made(entry("any"))), parts=())  # type: ignore[type-var]


# ---------------------------------------------------------------- by hand


def test_a_curator_sets_subject_lead_order_and_notes_and_leaves_out() -> None:
    said = Editorial(
        edition="2026-W47",
        subject="Ours",
        lead=("One line.",),
        order=("small-news",),
        notes=(("act", "A first."),),
        leave_out=(("advert", "an advertisement"),),
    )
    edition = made(policy("act"), entry("small-news", EntryKind.NEWS), entry("advert"), said=said)
    found = read(edition)
    assert found
    assert (found.subject, found.lead) == ("Ours", ("One line.",))
    assert edition.candidates[0].entry == "small-news"
    assert {told.entry: told.so_what for told in edition.candidates}["act"] == "A first."
    assert "advert" not in [item.told.entry for part in found.parts for item in part.items]
    assert next(told.left_out for told in edition.candidates if told.entry == "advert") == "an advertisement"
    later = made(entry("advert", listed=on(8)), period="2026-W48", earlier=(edition,))
    assert later.candidates == (), "what was left out once does not come back"


def test_a_subject_says_each_fact_as_whole_as_its_line_can_hold() -> None:
    long = "What public policies do for effective learning in small units"
    assert read(made(entry("a", title=long))).subject == f"Micro-credentials: {long}"
    both = read(made(entry("a", title=long), entry("b", title="A register"))).subject
    assert both == f"Micro-credentials: {long} · A register"
    three = read(made(*(entry(name, title=f"{name} {long}") for name in "abc"))).subject
    assert len(three) <= 110
    assert three.count(" · ") == 1


def test_a_scoped_letter_makes_its_own_subject() -> None:
    edition = made(policy("act"), said=Editorial(edition="2026-W47", subject="Ours"))
    assert read(edition, Choice("country", "IE")).subject == "Micro-credentials: Act"  # type: ignore[union-attr]


# ---------------------------------------------------------------- words


def test_publishers_words_stand_in_quotation_marks_and_ours_do_not() -> None:
    theirs = entry("report", summary="Learn all about it.", summary_by=SummaryBy.PUBLISHER)
    text = forms.plain(read(made(theirs)), issues.SITE, str)  # type: ignore[arg-type]
    assert "“Learn all about it.”" in text


def test_research_names_two_authors_and_where_it_appeared() -> None:
    names = tuple(Creator(f"{name} X", family=name) for name in ("Ashizawa", "Ziguras", "Lee"))
    told = made(entry("paper", EntryKind.ARTICLE, creators=names, container="J. of X")).candidates[0]
    assert told.who == "Ashizawa, Ziguras et al., J. of X"


def test_a_foreign_title_is_read_in_english_with_its_language_named() -> None:
    told = made(entry("de", title="Mikrozertifikate", title_en="Micro-credentials", language="de")).candidates[0]
    assert (told.title, told.badge) == ("Micro-credentials", "report, in German")


def test_an_old_date_says_its_year_and_a_missing_one_says_nothing() -> None:
    old, undated = entry("old", date=PartialDate(2022, 3)), entry("undated", date=None)
    assert {told.entry: told.when for told in made(old, undated).candidates} == {"old": "March 2022", "undated": ""}


SUMMARIES = [
    ("One. Two. Three. Four.", "One. Two. Three."),
    (
        "The U.S. and Dr. Smith agree, e.g. on No. 4. Next one.",
        "The U.S. and Dr. Smith agree, e.g. on No. 4. Next one.",
    ),
    ("Short first. W" + "ord w" * 39 + "end.", "Short first."),
    ("word " * 60, "word " * 40),
    ("微" * 500, "微" * 319 + "…"),
    (None, ""),
]


@pytest.mark.parametrize(("said", "kept"), SUMMARIES)
def test_a_summary_is_cut_at_a_sentence(said: str | None, kept: str) -> None:
    assert wording.summary(said).removesuffix(" …") == kept.strip()


@given(st.text(max_size=400))
def test_a_summary_is_never_longer_than_forty_words(said: str) -> None:
    found = wording.summary(said)
    assert len(found.removesuffix(" …").split(" ")) <= 40
    assert len(found) <= 320


@given(st.text(max_size=200), st.integers(8, 60))
def test_a_short_title_keeps_its_limit(said: str, limit: int) -> None:
    assert len(wording.short(said, limit)) <= limit


def test_control_characters_reach_no_form() -> None:
    edition = made(entry("evil", title="Bad\x00 \x1b[31mtitle\u202e", summary="A\x07 b\ud800.", publisher="P\x0b"))
    found = read(edition)
    assert found
    text = forms.plain(found, issues.SITE, str) + forms.as_json(edition, found, issues.SITE).decode()
    assert not set("\x00\x1b\u202e\x07\x0b") & set(text)


# ---------------------------------------------------------------- periods

DUBLIN, AUCKLAND = ZoneInfo("Europe/Dublin"), ZoneInfo("Pacific/Auckland")


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(list(Rhythm)))
def test_periods_follow_one_another_without_gap(day: date, rhythm: Rhythm) -> None:
    period = periods.period_of(day, rhythm)
    assert period.first <= day <= period.last
    assert periods.parse(period.id) == period
    assert period.after.first == period.last + timedelta(days=1)
    assert period.after.before == period


@pytest.mark.parametrize(("zone", "hours"), [(DUBLIN, 169), (AUCKLAND, 168)])
def test_a_week_over_a_change_of_clocks_has_its_hours(zone: ZoneInfo, hours: int) -> None:
    with pytest.raises(ValueError, match="the calendar has no 2025-W53"):
        periods.parse("2025-W53")
    week = periods.parse("2026-W43")  # clocks go back in Dublin on Sunday 25 October
    assert week.ends(zone) - week.begins(zone) == timedelta(hours=hours)


def test_editions_are_due_at_their_hour_in_the_sites_zone() -> None:
    settings = DigestSettings(weekly="wed 06:30", monthly=None)
    assert periods.due_at(periods.parse("2026-W43"), settings, DUBLIN) == datetime(2026, 10, 28, 6, 30, tzinfo=UTC)
    assert periods.due_at(periods.parse("2026-W42"), settings, DUBLIN) == datetime(2026, 10, 21, 5, 30, tzinfo=UTC)
    assert periods.due_at(periods.parse("2026-10"), settings, DUBLIN) is None


@pytest.mark.parametrize("text", ["2026-W54", "2026-13", "W47", "2026", "2026-w47", "last"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        periods.parse(text)


def test_corrections_stand_on_top_in_order() -> None:
    notes = (Correction(on(9), "Second."), Correction(on(8), "First."))
    found = letter.letter(made(entry("report")), letter.ALL, notes, str)
    assert found
    assert [note.text for note in found.corrections] == ["First.", "Second."]
    assert forms.plain(found, issues.SITE, str).index("First.") < forms.plain(found, issues.SITE, str).index(
        "ONE MINUTE"
    )
