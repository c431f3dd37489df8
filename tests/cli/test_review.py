"""A curator at a real terminal: what is shown, what one key does, and that nothing is lost however the sitting ends."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from observatory.app import Observatory
from observatory.catalogue import curation
from observatory.cli.main import cli
from observatory.model import Status
from tests import waiting
from tests.terminal import Terminal

Sit = Callable[..., Terminal]
QUALITY, JUNE, MAY = "quality assurance", "in June", "in May"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return waiting.build(tmp_path_factory.mktemp("built"))


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "here"))


@pytest.fixture
def sit(folder: Path) -> Sit:
    """Sit down at a terminal with `review` and some arguments."""

    def begin(*arguments: str, later: timedelta = timedelta(hours=1), **more: Any) -> Terminal:
        root = ["--config", str(folder / "sources.yaml"), "--now", (waiting.NOW + later).isoformat()]
        return Terminal(*root, "review", "--by", "mary", *arguments, **more)

    return begin


MISTAKES = (
    ("t", "tags?"),
    ("+recogniton\n", "did you mean 'recognition'?"),
    ("k", "kind?"),
    ("po\n", "several kinds"),
    ("r", "why?"),
    ("\n", "a reason is needed"),
    ("m", "one work with which?"),
    ("nobody-2020\n", "no entry 'nobody-2020'"),
    ("l", "level?"),
    ("\x03", "left; nothing was changed"),
    ("z", "no such key: z"),
    ("u", "nothing to undo"),
)


def statuses(folder: Path) -> dict[str, str]:
    with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
        return {entry.work.title: entry.status.value for entry in obs.store.entries()}


def decisions(folder: Path) -> list[str]:
    """What stands in Mary's file: action and entry of each decision."""
    found, flaws = curation.load(folder / "curation" / "decisions")
    assert not flaws
    return [f"{each.action} {each.entry}" for each in found]


def test_one_key_each_and_the_last_step_can_be_undone(folder: Path, sit: Sit) -> None:
    with sit() as person:
        person.expect("5 to decide, about 8 minutes", "1 of 5", QUALITY, "https://oecd.example/reports/quality", "quit")
        person.expect("“microcredentials” in the title", "oecd holds what it finds for a curator")
        person.press("a")
        person.expect("accepted", "4 to decide", JUNE, "quit")
        person.press("r")
        person.expect("why?")
        person.press("1\n")
        person.expect("rejected: an advert for a course", MAY, "quit")
        person.press("u")
        person.expect("undone: rejected", "4 to decide", JUNE, "quit")
        person.press("k")
        person.expect("kind?")
        person.press("rep\n")
        person.expect("kind is report now", JUNE, "quit")
        person.press("t")
        person.expect("tags?")
        person.press("+recognition +IE\n")
        person.expect("tagged", "IE INT recognition", "quit")
        person.press(" ")
        person.expect("2 of 4", MAY, "quit")
        person.press("p")
        person.expect("1 of 4", JUNE, "quit")
        person.press("q")
        assert person.wait() == 0
        assert "3 decided, 4 left; all is in curation/decisions/mary.yaml" in person.shown()
    june = "oecd-2026-our-micro-credentials-win-a-prize-in-june"
    assert decisions(folder) == [
        "accept oecd-2026-micro-credentials-and-quality-assurance",
        f"set {june}",
        f"tag {june}",
    ]
    assert statuses(folder)["Micro-credentials and quality assurance"] == "published"
    assert "rejected" not in statuses(folder).values()


def test_a_mistake_changes_nothing_and_is_told(folder: Path, sit: Sit) -> None:
    with sit() as person:
        person.expect("quit")
        for keys, told in MISTAKES:
            person.press(keys)
            person.expect(told)
        for harmless in ("\x1b[A", "\x1b[200~aaaa\nr1\n\x1b[201~", "\x1bOP"):  # an arrow, a paste, a function key
            person.press(harmless)
        person.press("s")
        person.expect("2 of 5")
        person.press("\x03")
        assert person.wait() == 0
    assert not (folder / "curation" / "decisions").exists()


def test_a_likely_double_stands_beside_it_and_is_merged_by_its_number(folder: Path, sit: Sit) -> None:
    with sit("governments") as person:
        person.expect(
            "1 of 1", "[1] perhaps one work", "one title holds the other", "oecd-2023-public-policies", "quit"
        )
        person.press("m")
        person.expect("1 to 1, or id")
        person.press("1\n")
        person.expect("merged into oecd-2023-public-policies", "nothing is left here", "undo")
        person.press("u")
        person.expect("undone", "1 of 1")
        person.press("m")
        person.expect("1 to 1")
        person.press("oecd-2023-public-policies\n")
        person.expect("nothing is left here")
        person.press("q")
        assert person.wait() == 0
    assert len(statuses(folder)) == 5
    assert statuses(folder)["Public policies for effective micro-credential learning"] == "published"


def test_pairs_are_judged_side_by_side(folder: Path, sit: Sit) -> None:
    listed = CliRunner().invoke(cli, ["--config", str(folder / "sources.yaml"), "review", "--duplicates", "--list"])
    assert listed.output.splitlines()[-1] == "1 listed"
    with sit("--duplicates") as person:
        person.expect("perhaps one work", "one work, keep the left", "two works")
        person.press("n")
        person.expect("two works: oecd-2023-public-policies", "nothing is left here")
        person.press("q")
        person.wait()
    with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
        assert obs.duplicates() == ()


def test_all_that_is_shown_is_decided_alike(folder: Path, sit: Sit) -> None:
    with sit() as person:
        person.expect("quit")
        person.press("f")
        person.expect("show only what names")
        person.press("prize\n")
        person.expect("2 to decide that name 'prize'", "quit")
        person.press("b")
        person.expect(JUNE, MAY, "all 2: a accept")
        person.press("r\n")
        person.expect("why?")
        person.press("prizes are no news\n")
        person.expect("type 2")
        person.press("3\n")
        person.expect("left; nothing was changed", "quit")
        person.press("b")
        person.expect("all 2")
        person.press("r\n")
        person.expect("why?")
        person.press("prizes are no news\n")
        person.expect("type 2")
        person.press("2\n")
        person.expect("rejected: prizes are no news – 2 entries")
        person.press("u")
        person.expect("undone", "5 to decide")
        person.end(signal.SIGKILL)
    assert decisions(folder) == []
    assert sorted(statuses(folder).values()) == ["pending"] * 5 + ["published"]


def test_never_from_this_path_again_is_written_to_the_source_and_can_be_undone(folder: Path, sit: Sit) -> None:
    path = folder / "sources.yaml"
    before = path.read_text()
    with sit("prize") as person:
        person.expect(JUNE, "quit")
        for _twice in range(2):
            person.press("n")
            person.expect("never from which path again? (Enter: /prizes/)")
            person.press("\n")
            person.expect("oecd leaves out /prizes/", "2 of those that waited are out", "nothing is left here")
            assert path.read_text() == before + "    exclude: [/prizes/]\n"
            assert statuses(folder)["Our micro-credentials win a prize in May"] == "rejected"
            if _twice == 0:
                person.press("u")
                person.expect("undone", "1 of 2", JUNE, "quit")
                assert path.read_text() == before
                assert statuses(folder)["Our micro-credentials win a prize in May"] == "pending"
        person.press("q")
        person.wait()
    again = [("Our micro-credentials win a prize in July", "prizes/july", "2026-07-02", "We are proud.")]
    waiting.show(folder, [*again, *waiting.ITEMS], waiting.NOW + timedelta(days=1))
    assert "Our micro-credentials win a prize in July" not in statuses(folder)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_what_was_decided_stays_however_the_sitting_ends(folder: Path, sit: Sit, number: int) -> None:
    with sit() as person:
        person.expect("quit")
        person.press("a")
        person.expect("accepted", "quit")
        person.press("s")
        person.expect("2 of 4")
        person.end(number)
    assert decisions(folder) == ["accept oecd-2026-micro-credentials-and-quality-assurance"]
    assert statuses(folder)["Micro-credentials and quality assurance"] == "published"


def test_what_another_curator_decided_meanwhile_is_not_asked_again(folder: Path, sit: Sit) -> None:
    with sit() as person:
        person.expect(QUALITY, "quit")
        with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
            from observatory import desk
            from observatory.model import Action, Decision

            (june,) = [e.id for e in obs.store.entries((Status.PENDING,)) if JUNE in e.work.title]
            desk.decide(obs, [Decision(entry=june, action=Action.REJECT, by="joe", when=obs.now, why="x")])
        person.press("s")
        person.expect("decided meanwhile", MAY)
        person.press("q")
        person.wait()


BILL = """
- id: ie-2026-framework-bill
  kind: policy
  title: Micro-credentials framework bill
  publisher: Department of Education
  jurisdiction: IE
  countries: [IE]
  level: national
  official: true
  policy_stage: legislative-process
  date: 2026-05
  language: en
  url: https://gov.example/bill
"""
ADOPTED = (
    "In Ireland the law on micro-credentials was adopted on 12 October 2026; it entered into force on 1 November 2026."
)


def test_steps_that_texts_report_of_a_policy_are_taken_or_refused(tmp_path: Path) -> None:
    news = ("Ireland has a law on micro-credentials", "news/law", "2026-11-20", ADOPTED)
    folder = waiting.build(tmp_path / "here", [news])
    library = folder / "curation/library/reports.yaml"
    library.write_text(library.read_text("utf-8") + BILL, "utf-8")
    root = ["--config", str(folder / "sources.yaml"), "--now", waiting.NOW.isoformat()]
    with Terminal(*root, "review", "--by", "mary") as person:
        person.expect("1 of 3", "a law on micro-credentials", "quit")
        person.press("k")
        person.expect("kind?")
        person.press("news\n")
        person.expect("kind is news now", "quit")
        person.press("a")
        person.expect("nothing is left here")  # the steps of what was a policy are none any more
        person.press("q")
        person.wait()
    with Terminal(*root, "review", "--by", "mary") as person:
        person.expect("1 of 2", "ie-2026-framework-bill", "adopted on 12 October 2026", "it is a step")
        person.press("a")
        person.expect("a step: ie-2026-framework-bill", "it is a step")
        person.press("r")
        person.expect("no step: ie-2026-framework-bill")
        person.press("u")
        person.expect("it is a step")
        person.press("r")
        person.expect("no step: ie-2026-framework-bill")
        person.press("q")
        person.wait()
    with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
        bill = obs.entry("ie-2026-framework-bill").work
        assert not obs.proposals()
    assert len(bill.steps) == 1
    assert bill.stage == bill.steps[0].stage


def test_nothing_that_a_source_says_drives_the_terminal(tmp_path: Path) -> None:
    hostile = "Micro-credentials \x9b31m\x9d0;owned\x9c \u202egnikcatta\u202c and [red]quality[/red] \u2028assurance"
    folder = waiting.build(tmp_path / "here", [(hostile, "a\u202ea", "2026-11-20", f"{hostile} " * 3)])
    root = ["--config", str(folder / "sources.yaml"), "--now", waiting.NOW.isoformat()]
    with Terminal(*root, "review", "--by", "mary") as person:
        person.expect("1 of 1", "[red]quality[/red]", "quit")
        person.press("b")
        person.expect("all 1")
        person.press("\x03")
        person.expect("left")
        person.press("q")
        person.wait()
        said = person.raw.decode("utf-8")
    assert not re.search("[\x80-\x9f\u202a-\u202e\u2066-\u2069\u2028]", said)
    ours = re.compile(r"\x1b\[([0-9;]*[mHJKA]|\?25[lh]|\?2004[lh])")
    assert "\x1b" not in ours.sub("", said)


def _listed(folder: Path, *arguments: str, now: datetime = waiting.NOW) -> str:

    root = ["--config", str(folder / "sources.yaml"), "--now", now.isoformat()]
    result = CliRunner().invoke(cli, [*root, *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_what_nobody_decided_for_long_is_parked_and_never_lost(folder: Path, sit: Sit) -> None:
    later = waiting.NOW + timedelta(days=61)
    assert "nothing to decide; 5 parked" in _listed(folder, "review", now=later)
    assert "quality assurance" in _listed(folder, "review", "--parked", now=later)
    with sit("--parked", later=timedelta(days=61)) as person:
        person.expect("5 to decide", QUALITY, "quit")
        person.press("a")
        person.expect("accepted")
    assert statuses(folder)["Micro-credentials and quality assurance"] == "published"


def test_what_is_kept_out_is_listed_with_its_reason_searched_and_restored(folder: Path, sit: Sit) -> None:
    _listed(folder, "reject", "oecd-2026-our-micro-credentials-win-a-prize-in-may", "--why", "no news", "--by", "joe")
    assert "rejected by joe on 2026-11-23: no news" in _listed(folder, "review", "--list", "--rejected")
    assert "in-may" in _listed(folder, "search", "prize", "--status", "rejected")
    assert "in-june" in _listed(folder, "search", "prize", "--status", "pending")
    with sit("--rejected", "prize") as person:
        person.expect(MAY, "let the rules decide")
        person.press("e")
        person.expect("given back to the rules")
        person.press("q")
        person.wait()
    assert statuses(folder)["Our micro-credentials win a prize in May"] == "pending"
