"""Decisions in git and in editors: two branches come together whole, and what is wrong is named with its line."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from observatory.app import Observatory
from observatory.catalogue import curation, soundness
from observatory.judge.overrule import overrule
from observatory.model import Action, Decision
from tests import waiting

ROOT = Path(__file__).parents[2]
WHEN = datetime(2026, 11, 23, 10, tzinfo=UTC)
LONG = "it is an advert for a course and says nothing of policy or research, as anyone sees who looks at the page " * 2
KINDS = (
    {"action": Action.REJECT, "why": LONG},
    {"action": Action.REJECT, "why": "no"},
    {"action": Action.TAG, "fields": (("+countries", ("IE",)), ("+topics", ("ai", "recognition")))},
    {"action": Action.SET, "fields": (("creators", ("A", "B")), ("kind", ("report",)), ("title_en", ("T: t",)))},
    {"action": Action.MERGE, "into": "https://example.org/a?b=c&d={e}"},
)
Git = Callable[..., None]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    def run(*arguments: str) -> None:
        settings = ("user.name=Mary", "user.email=mary@example.org", "commit.gpgsign=false", "core.autocrlf=false")
        options = [part for each in settings for part in ("-c", each)]
        subprocess.run(["git", "-C", str(tmp_path), *options, *arguments], check=True, capture_output=True)

    run("init", "-q", "-b", "main")
    for name in (".gitattributes", ".gitignore"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    return run


@pytest.mark.parametrize("seed", range(6))
def test_two_branches_of_one_curator_and_of_two_merge_whole(tmp_path: Path, git: Git, seed: int) -> None:
    dice, folder = random.Random(seed), tmp_path / "curation" / "decisions"
    made: list[Decision] = []

    def decide(count: int) -> None:
        for _each in range(count):
            when = WHEN + timedelta(seconds=dice.randint(0, 3))
            by = dice.choice(("mary", "mary", "joe"))
            one = Decision(entry=dice.choice("abcdef"), by=by, when=when, **dice.choice(KINDS))
            curation.write(folder / f"{by}.yaml", [one])
            made.append(replace(one, why=one.why.strip()))
        git("add", "-A")
        git("commit", "-qm", "decisions", "--allow-empty")

    decide(dice.randint(0, 3))
    git("checkout", "-qb", "other")
    decide(dice.randint(1, 6))
    git("checkout", "-q", "main")
    decide(dice.randint(1, 6))
    git("merge", "-q", "--no-edit", "other")
    found, flaws = curation.load(folder)
    bare = [replace(each, file="", line=0) for each in found]
    assert not flaws
    assert set(bare) == set(made)
    assert overrule(bare) == overrule(reversed(bare))


def merge(entry: str, into: str, action: Action = Action.MERGE, second: int = 0) -> Decision:
    return Decision(
        entry=entry,
        into=into,
        action=action,
        by="mary",
        when=WHEN + timedelta(seconds=second),
        file="m.yaml",
        line=second,
    )


def test_a_circle_of_merges_is_named_and_one_that_was_taken_back_is_none() -> None:
    circle = [
        merge("a", "b", second=1),
        merge("b", "https://www.example.org/c/", second=2),
        merge("http://example.org/c", "a", second=3),
    ]
    flaws = sorted(soundness.circles(circle))
    assert [flaw.line for flaw in flaws] == [1, 2, 3]
    assert "a → b → https://example.org/c → a" in flaws[0].message
    assert not list(soundness.circles([*circle, merge("b", "a", Action.UNMERGE, 4)]))
    assert not list(soundness.circles([merge("a", "b"), merge("c", "b", second=1), merge("a", "c", second=2)]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return waiting.build(tmp_path / "here")


def checked(folder: Path, body: bytes) -> tuple[int, str]:
    from observatory.cli.main import cli

    path = folder / "curation" / "decisions" / "mary.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)
    root = ["--config", str(folder / "sources.yaml"), "--now", waiting.NOW.isoformat()]
    result = CliRunner().invoke(cli, [*root, "check"], catch_exceptions=False)
    return result.exit_code, result.output


GOOD = b"- {entry: oecd-2023-public-policies, action: accept, when: 2026-11-23}\n"


CIRCLE = b"".join(
    b"- {entry: %s, into: %s, action: merge, when: 2026-11-23}\n" % pair
    for pair in ((b"a", b"b"), (b"b", b"c"), (b"c", b"a"))
)
TAG = b"- {entry: https://e.org/a, action: tag, topics: {add: [recogn]}, when: 2026-11-23}\n"


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (GOOD, 0, "sound: "),
        (GOOD.replace(b"policies", b"polices"), 1, "1: no entry 'oecd-2023-public-polices' was ever here; did you mean 'oecd-2023"),
        (b"\xef\xbb\xbf" + GOOD, 1, "1: begins with a byte order mark"),
        (b"# mine\n" + GOOD.replace(b"\n", b"\r\n"), 1, "2: Windows line ends"),
        (GOOD[:-1], 1, "1: its last line has no end"),
        (GOOD + b"<<<<<<< HEAD\n", 2, "2: a conflict mark of git"),
        (b"- entry: a\n\taction: accept\n", 2, "2: a tab in the indentation"),
        (GOOD + TAG, 2, "2: [1].topics.add: no such topic: 'recogn'; did you mean 'recognition'?"),
        (CIRCLE, 2, "3: merges go in a circle"),
    ],
)  # fmt: skip
def test_check_names_what_is_wrong_with_file_and_line(folder: Path, body: bytes, code: int, said: str) -> None:
    exit_code, output = checked(folder, body)
    place = "curation/decisions/mary.yaml:" if code else ""
    assert (exit_code, f"{place}{said}" in output) == (code, True), output


def test_a_broken_file_leaves_its_last_valid_decisions_in_force(folder: Path) -> None:
    title, path = "Our micro-credentials win a prize in May", folder / "curation" / "decisions" / "mary.yaml"
    path.parent.mkdir()

    def status() -> str:
        with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
            obs.take_decisions()
            return next(entry.status.value for entry in obs.store.entries() if entry.work.title == title)

    path.write_text("- {entry: oecd-2026-our-micro-credentials-win-a-prize-in-may, action: accept, when: 2026-11-23}\n")
    assert status() == "published"
    path.write_text(path.read_text() + ">>>>>>> other\n")
    assert status() == "published"
    path.write_text(
        "- {entry: oecd-2026-our-micro-credentials-win-a-prize-in-may, action: tag, topics: {add: [nonsense]}, when: 2026-11-23}\n"
    )
    assert status() == "published"
