"""The history of a watched page: what counts, when it counts, and what only curators hear of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from observatory.judge.watch import PageVisit, look, stood
from observatory.model import Page, Watch

START = datetime(2025, 1, 6, 6, tzinfo=UTC)
WEEK = timedelta(days=7)
RULE = [
    "The Department is preparing rules for micro-credentials in higher education.",
    "A consultation on the draft is open until 15 March 2026.",
    "Providers may offer micro-credentials of 1 to 30 credits.",
    "Learners can claim half of the fee back from the fund.",
]
SMALL = [RULE[0], RULE[1].replace("15 March", "30 April"), *RULE[2:]]
LARGE = [
    *RULE,
    "The Act on micro-credentials was adopted by parliament on 3 March 2026 and enters into force in the autumn term.",
]


def body(blocks: list[str], more: str = "") -> bytes:
    inner = "".join(f"<p>{block}</p>" for block in blocks)
    return f"<html lang=en><main><h1>Micro-credentials</h1>{inner}</main>{more}</html>".encode()


def visits(*answers: bytes, select: str = "", every: timedelta = WEEK, selects: tuple[str, ...] = ()) -> Watch:
    """Look at a page once a week."""
    watch: Watch | None = None
    pages = {f"run/{n}": Page("https://x.example/p", "text/html", answer) for n, answer in enumerate(answers)}
    for n, (ref, page) in enumerate(pages.items()):
        selected = selects[n] if selects else select
        watch = look(watch, PageVisit.read(page, START + n * every, ref, f"sha-{n}", selected), pages.get)
    assert watch is not None
    return watch


def test_a_small_change_counts_at_the_second_visit_that_shows_it() -> None:
    assert visits(body(RULE), body(RULE), body(SMALL)).changes == ()
    (change,) = visits(body(RULE), body(RULE), body(SMALL), body(SMALL)).changes
    assert (change.before, change.after, change.at) == (START + WEEK, START + 2 * WEEK, START + 3 * WEEK)
    assert change.hashes == ("sha-0", "sha-2")
    assert (change.added, change.removed) == (2, 2)


def test_a_large_change_counts_at_once() -> None:
    (change,) = visits(body(RULE), body(RULE), body(LARGE)).changes
    assert change.sentence.startswith("The Act on micro-credentials was adopted")
    assert change.at == START + 2 * WEEK
    assert len(visits(body(RULE), body(LARGE), body(LARGE)).changes) == 1


def test_a_slip_that_is_mended_at_the_next_visit_is_no_change() -> None:
    watch = visits(body(RULE), body(RULE), body(SMALL), body(RULE), body(RULE))
    assert watch.changes == ()
    assert watch.waiting is None


def test_a_change_waits_through_a_not_modified_answer_which_confirms_it() -> None:
    watch = visits(body(RULE), body(RULE), body(SMALL))
    assert len(stood(watch, START + 3 * WEEK).changes) == 1
    assert stood(watch, START) == watch


def test_a_page_that_changes_at_every_visit_is_told_to_curators_only() -> None:
    quotes = [
        "A day of sun.",
        "Rain in the west.",
        "A wind from the sea.",
        "Snow on hills.",
        "Fog at dawn.",
        "A calm night.",
    ]
    watch = visits(*(body([*RULE, quote]) for quote in quotes))
    assert watch.changes == ()
    assert any("at each visit" in note for _at, note in watch.notes)


def test_a_real_change_beside_a_restless_part_is_found_alone() -> None:
    quotes = [
        "A day of sun.",
        "Rain in the west.",
        "A wind from the sea.",
        "Snow on hills.",
        "Fog at dawn.",
        "A calm night.",
    ]
    texts = [RULE, RULE, RULE, SMALL, SMALL, SMALL]
    watch = visits(*(body([*said, quote]) for said, quote in zip(texts, quotes, strict=True)))
    (change,) = watch.changes
    assert [piece for piece in change.hunks[0].pieces if piece[0] != "="] == [("-", "15 March"), ("+", "30 April")]
    assert len(change.hunks) == 1


@pytest.mark.parametrize(
    "wall",
    [
        b"<title>Log in</title><h1>Log in</h1><form><input type=password></form>",
        b"<title>Page not found</title><h1>Page not found</h1>",
        b"%PDF-1.7",
        b"",
    ],
)
def test_what_stands_in_place_of_the_page_is_noted_once_and_changes_nothing(wall: bytes) -> None:
    watch = visits(body(RULE), body(RULE), wall, wall, body(RULE))
    assert watch.changes == ()
    assert len(watch.notes) == 1


def test_a_redesign_leaves_one_note_and_no_change_and_is_watched_from_there() -> None:
    new = [f"All about services of every kind, part {n}, in our new portal for families." for n in range(6)]
    watch = visits(body(RULE), body(RULE), body(new), body(new), body(new))
    assert watch.changes == ()
    assert [note for _at, note in watch.notes if "redesigned" in note] == [watch.notes[0][1]]
    after = visits(body(RULE), body(RULE), body(new), body(new), body([*new, *LARGE[-1:]]))
    assert len(after.changes) == 1


def test_a_page_that_answers_in_another_language_changes_nothing() -> None:
    german = ["Das Ministerium erarbeitet mit den Hochschulen Leitlinien für die Microcredentials und die Fristen."] * 5
    watch = visits(body(RULE * 3), body(german), body(german), body(RULE * 3))
    assert watch.changes == ()
    assert "another language" in watch.notes[0][1]


def test_a_change_of_our_selector_is_told_to_nobody() -> None:
    aside = "<div id=news><p>The minister opened a hall.</p></div>"
    watch = visits(*[body(RULE, aside)] * 4, selects=("", "", "#news", "#news"))
    assert watch.changes == ()
    assert "another selector" in watch.notes[0][1]


def test_a_real_change_at_the_visit_that_brings_a_new_selector_is_still_found() -> None:
    watch = visits(body(RULE), body(RULE), body(LARGE), selects=("", "", "main p"))
    assert [change.sentence[:31] for change in watch.changes] == ["The Act on micro-credentials wa"]


def test_a_visit_that_comes_in_late_or_from_a_slow_clock_changes_nothing() -> None:
    watch = visits(body(RULE), body(RULE), body(LARGE))
    late = PageVisit.read(Page("https://x.example/p", "text/html", body(RULE)), START, "run/9", "sha")
    assert look(watch, late, lambda _ref: None) == watch
    day = timedelta(days=1)
    slow = PageVisit.read(Page("https://x.example/p", "text/html", body(RULE)), START + 2 * WEEK - day, "run/9", "sha")
    assert look(watch, slow, lambda _ref: None) == watch


def test_a_page_first_met_as_a_wall_is_watched_once_it_is_there() -> None:
    watch = visits(b"<title>Log in</title><input type=password>", body(RULE))
    assert watch.text.snapshot == "run/1"
