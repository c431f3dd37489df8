"""Decisions as people keep them: read whole or not at all, written without losing a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observatory.catalogue import curation
from observatory.errors import ConfigError, StorageError, UsageError
from observatory.judge import overrule
from observatory.model import Action, Decision
from observatory.text import clean

WHEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
GOOD = """\
# Decisions by Mary
- entry: enqa-report-2023
  action: accept
  when: 2026-11-23T10:00:00Z
  why: It compares twelve systems
- entry: https://example.org/a   # seen at the conference
  action: tag
  topics: {add: [recognition, credit], remove: [ai]}
  when: 2026-11-23T12:00:00+02:00
- entry: a
  action: merge
  into: b
  when: 2026-11-24
- entry: c
  action: set
  fields:
    title_en: A new title
    official: true
    date: 2022-06
    creators: [Mary Jones, OECD]
    summary: null
  when: 2026-11-23T10:00:00Z
"""
ON = "  when: 2026-11-23\n"


def put(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_decisions_are_read_with_who_when_why_and_where(tmp_path: Path) -> None:
    put(tmp_path / "decisions", "mary.yaml", GOOD)
    (accepted, tagged, merged, corrected), flaws = curation.load(tmp_path / "decisions")
    assert not flaws
    assert (accepted.action, accepted.by, accepted.when, accepted.why) == (
        Action.ACCEPT, "mary", WHEN, "It compares twelve systems",
    )  # fmt: skip
    assert (accepted.file, accepted.line) == (f"{tmp_path.name}/decisions/mary.yaml", 2)
    assert tagged.when == WHEN
    assert tagged.fields == (("+topics", ("credit", "recognition")), ("-topics", ("ai",)))
    assert (merged.into, merged.when) == ("b", datetime(2026, 11, 24, tzinfo=UTC))
    assert dict(corrected.fields) == {
        "title_en": ("A new title",),
        "official": ("true",),
        "date": ("2022-06",),
        "creators": ("Mary Jones", "OECD"),
        "summary": (),
    }


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("- entry: a\n  action: acept\n" + ON, 2, "did you mean 'accept'"),
        ("- entry: a\n" + ON, 1, "an action is needed"),
        ("- entry: a\n  action: accept\n  when: yesterday\n", 3, "2026-11-23T10:00:00Z"),
        ("- entry: a\n  action: accept\n", 1, "a time is needed"),
        ("- action: accept\n" + ON, 1, "an entry's id or address is needed"),
        ("- entry: two words\n  action: accept\n" + ON, 1, "id or address"),
        ("- entry: a\n  action: accept\n  wen: 2026-11-23\n", 3, "did you mean 'when'"),
        ("- entry: a\n  action: merge\n" + ON, 1, "needs `into`"),
        ("- entry: a\n  action: reject\n  into: b\n" + ON, 3, "`into` says nothing to `reject`"),
        ("- entry: a\n  action: tag\n" + ON, 1, "`tag` needs `topics`"),
        ("- entry: a\n  action: tag\n  topics: [ai]\n" + ON, 3, "must be {add"),
        ("- entry: a\n  action: tag\n  topics: {add: [recogn]}\n" + ON, 3, "mean 'recognition'"),
        ("- entry: a\n  action: tag\n  countries: {add: [Ireland]}\n" + ON, 3, "no country code"),
        ("- entry: a\n  action: set\n  fields: {titel: x}\n" + ON, 3, "no field 'titel' can be set; did you mean 'title'"),
        ("- entry: a\n  action: set\n  fields: {zzz: x}\n" + ON, 3, "no field 'zzz' can be set; one of bodies, celex"),
        ("- entry: a\n  action: set\n  fields: {kind: poem}\n" + ON, 3, "no such kind"),
        ("- entry: a\n  action: set\n  fields: {date: 23 June}\n" + ON, 3, "not a date"),
        ("- entry: a\n  action: set\n  fields: {official: maybe}\n" + ON, 3, "true or false"),
        ("- entry: a\n  action: set\n  fields: {url: 'javascript:x'}\n" + ON, 3, "not a web address"),
        ("- entry: a\n  action: set\n  fields: {title: null}\n" + ON, 3, "can't be taken away"),
        ("- entry: a\n  action: set\n  fields: {title: [a]}\n" + ON, 3, "one value"),
        ("- entry: a\n  action: set\n  fields: {creators: {a: b}}\n" + ON, 3, "list of words"),
        ("- entry: a\n  action: set\n  fields: {}\n" + ON, 3, "must name what to set"),
        ("- just text\n", 1, "must be a decision"),
        ("entry: a\n", 1, "must be a list"),
        ("- entry: a\n\taction: accept\n", 2, "tab"),
        ("<<<<<<< HEAD\n- entry: a\n", 1, "conflict"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    put(tmp_path / "decisions", "mary.yaml", text)
    decisions, flaws = curation.load(tmp_path / "decisions", topics=("recognition", "ai"))
    assert not decisions
    assert any(message in flaw.message and flaw.line == line for flaw in flaws), flaws


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    put(tmp_path / "d", "a.yaml", "- entry: a\n  action: x\n- entry: b\n  action: accept\n  when: no\n")
    put(tmp_path / "d", "b.yaml", "- 1\n")
    _decisions, flaws = curation.load(tmp_path / "d")
    assert [flaw.line for flaw in flaws] == [1, 2, 5, 1]


def test_byte_order_marks_windows_lines_and_empty_files_are_fine(tmp_path: Path) -> None:
    folder = tmp_path / "decisions"
    put(folder, "mary.yaml", "\ufeff" + GOOD.replace("\n", "\r\n"))
    put(folder, "empty.yaml", "# nothing yet\n")
    decisions, flaws = curation.load(folder)
    assert not flaws
    assert len(decisions) == 4


def test_a_broken_file_leaves_its_last_valid_form_in_force(tmp_path: Path) -> None:
    folder, data = tmp_path / "decisions", tmp_path / "output"
    path = put(folder, "mary.yaml", GOOD)
    put(folder, "joe.yaml", "- {entry: z, action: reject, when: 2026-11-23}\n")
    before, _ = curation.load(folder, data)
    path.write_text(GOOD + "- entry: [\n", encoding="utf-8")
    after, flaws = curation.load(folder, data)
    assert after == before
    assert flaws
    path.write_text(GOOD, encoding="utf-8")
    assert curation.load(folder, data) == (before, ())


def test_a_file_broken_from_the_start_decides_nothing(tmp_path: Path) -> None:
    put(tmp_path / "decisions", "mary.yaml", GOOD + "- 1\n")
    decisions, flaws = curation.load(tmp_path / "decisions", tmp_path / "output")
    assert not decisions
    assert len(flaws) == 1


def test_taking_a_file_away_takes_its_decisions_away(tmp_path: Path) -> None:
    folder, data = tmp_path / "decisions", tmp_path / "output"
    path = put(folder, "mary.yaml", GOOD)
    curation.load(folder, data)
    path.unlink()
    assert curation.load(folder, data) == ((), ())
    path.write_text("- 1\n", encoding="utf-8")
    assert not curation.load(folder, data)[0]


def test_no_folder_is_no_decisions(tmp_path: Path) -> None:
    assert curation.load(tmp_path / "nowhere", tmp_path) == ((), ())


# ---------------------------------------------------------------- writing


def test_a_decision_is_added_at_the_end_and_the_rest_stays(tmp_path: Path) -> None:
    path = put(tmp_path / "decisions", "mary.yaml", GOOD)
    curation.write(path, [Decision(entry="z", action=Action.REJECT, by="mary", when=WHEN, why="An advert: no")])
    assert path.read_text(encoding="utf-8").startswith(GOOD)
    assert path.with_name("mary.yaml~").read_text(encoding="utf-8") == GOOD
    decisions, flaws = curation.load(tmp_path / "decisions")
    assert not flaws
    assert (decisions[-1].entry, decisions[-1].why) == ("z", "An advert: no")


def test_the_first_decision_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "curation" / "decisions" / "joe.yaml"
    curation.write(path, [Decision(entry="z", action=Action.ACCEPT, by="joe", when=WHEN)])
    assert [decision.entry for decision in curation.load(path.parent)[0]] == ["z"]


def test_nothing_is_added_to_a_broken_file(tmp_path: Path) -> None:
    path = put(tmp_path / "decisions", "mary.yaml", "<<<<<<< HEAD\n")
    with pytest.raises(ConfigError, match=r"decisions/mary\.yaml:1"):
        curation.write(path, [Decision(entry="z", action=Action.ACCEPT, by="mary", when=WHEN)])
    assert path.read_text(encoding="utf-8") == "<<<<<<< HEAD\n"


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (Decision(entry="a b", action=Action.ACCEPT, by="mary", when=WHEN), "id or address"),
        (Decision(entry="a", action=Action.MERGE, by="mary", when=WHEN), "needs `into`"),
        (
            Decision(entry="a", action=Action.SET, by="mary", when=WHEN, fields=(("kind", ("poem",)),)),
            "no such kind",
        ),
        (
            Decision(entry="a", action=Action.TAG, by="mary", when=WHEN, fields=(("+topics", ("x",)),)),
            "no such topic",
        ),
        (Decision(entry="a", action=Action.ACCEPT, by="../x", when=WHEN), "no name for a curator"),
    ],
)
def test_an_invalid_decision_is_never_written(tmp_path: Path, decision: Decision, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        curation.write(tmp_path / "mary.yaml", [decision], topics=("ai",))
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cant_be_written_is_named(tmp_path: Path) -> None:
    put(tmp_path, "decisions", "a file")
    with pytest.raises(StorageError, match=r"mary\.yaml"):
        curation.write(
            tmp_path / "decisions" / "mary.yaml",
            [Decision(entry="a", action=Action.ACCEPT, by="mary", when=WHEN)],
        )


SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
WORDS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
    .map(clean)
    .filter(bool)
)
PLAIN = st.builds(
    Decision,
    entry=WORDS,
    action=st.sampled_from([Action.ACCEPT, Action.REJECT, Action.RESTORE]),
    by=st.just("mary"),
    when=st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 1)),  # noqa: DTZ001 the zone is the line's first part
    why=st.lists(WORDS, max_size=5).map(" ".join),
)
MERGES = st.builds(
    Decision, entry=WORDS, into=WORDS, action=st.sampled_from([Action.MERGE, Action.UNMERGE]),
    by=st.just("mary"), when=st.just(WHEN),
)  # fmt: skip
TAGS = st.builds(
    Decision,
    entry=WORDS, action=st.just(Action.TAG), by=st.just("mary"), when=st.just(WHEN),
    fields=st.sets(SLUGS, min_size=1).map(lambda topics: (("+topics", tuple(sorted(topics))),)),
)  # fmt: skip
SETS = st.builds(
    Decision,
    entry=WORDS, action=st.just(Action.SET), by=st.just("mary"), when=st.just(WHEN),
    fields=st.tuples(
        st.tuples(st.just("creators"), st.lists(WORDS, min_size=1, unique=True).map(tuple)),
        st.tuples(st.just("official"), st.sampled_from([("true",), ("false",), ()])),
        st.tuples(st.just("title"), st.tuples(WORDS)),
        st.tuples(st.just("volume"), st.tuples(WORDS)),
    ),
)  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(decisions=st.lists(PLAIN | MERGES | TAGS | SETS, min_size=1, max_size=4))
def test_what_is_written_is_read_back(decisions: list[Decision], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("d") / "mary.yaml"
    for decision in decisions:
        curation.write(path, [decision])
    read, flaws = curation.load(path.parent)
    assert not flaws
    assert [replace(decision, file="", line=0) for decision in read] == decisions


def test_curation_and_judge_agree_on_what_can_be_set() -> None:
    assert curation.SETTABLE == overrule.SETTABLE
