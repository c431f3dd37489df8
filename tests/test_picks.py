"""What editors recommend: read with care, shown where readers begin, and never a broken site for a broken file."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from observatory.app import Observatory
from observatory.catalogue import picks
from observatory.errors import ConfigError
from tests import waiting

PICKS = """\
start_here:
  home:
    - {entry: oecd-2023-public-policies, why: 'What a government can decide: all of it.', by: Mary, when: 2026-11-20}
  recognition:
    - entry: https://oecd.example/public-policies/
      why: Recognition <b>first</b>.
      by: Joe
      when: 2026-11-21
good_reads:
  2026:
    - {entry: oecd-2023-public-policies, why: Still good., by: Mary, when: 2026-11-22}
    - {entry: oecd-2026-micro-credentials-and-quality-assurance, why: It waits., by: Mary, when: 2026-11-22}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = waiting.build(tmp_path / "here")
    (made / "curation" / "picks.yaml").write_text(PICKS, encoding="utf-8")
    return made


def run(folder: Path, *arguments: str) -> Result:
    from observatory.cli.main import cli

    root = ["--config", str(folder / "sources.yaml"), "--now", waiting.NOW.isoformat()]
    return CliRunner().invoke(cli, [*root, *arguments], catch_exceptions=False)


def read(folder: Path, path: str) -> str:
    return (folder / "output" / "site" / path).read_text(encoding="utf-8")


def test_picks_stand_on_home_topic_and_their_own_page_and_feed(folder: Path) -> None:
    run(folder, "publish")
    home, topic, page = (
        read(folder, path) for path in ("index.html", "topics/recognition/index.html", "picks/index.html")
    )
    assert "What a government can decide: all of it." in home
    assert '– Mary, <time datetime="2026-11">' in home
    assert "Recognition &lt;b&gt;first&lt;/b&gt;." in topic
    for said in ("Start here", "Recognition &lt;b&gt;first", "Good reads of 2026", "Still good."):
        assert said in page
    assert "It waits." not in page  # nobody accepted that work yet
    feed = ET.fromstring(read(folder, "picks/feed.atom"))
    names = {"a": "http://www.w3.org/2005/Atom"}
    told = [
        (e.findtext("a:author/a:name", "", names), e.findtext("a:summary", "", names))
        for e in feed.findall("a:entry", names)
    ]
    assert told == [
        ("Mary", "Still good. – Mary"),
        ("Joe", "Recognition <b>first</b>. – Joe"),
        ("Mary", "What a government can decide: all of it. – Mary"),
    ]
    assert len({item["id"] for item in json.loads(read(folder, "picks/feed.json"))["items"]}) == 3
    assert "picks/feed.atom" in read(folder, "subscribe/feeds.opml")


def test_without_picks_there_is_no_page_of_them(folder: Path) -> None:
    (folder / "curation" / "picks.yaml").unlink()
    run(folder, "publish")
    assert not (folder / "output" / "site" / "picks").exists()
    assert "picks/" not in read(folder, "index.html")


def test_check_names_a_pick_that_nobody_can_see(folder: Path) -> None:
    checked = run(folder, "check")
    assert checked.exit_code == 1
    assert "curation/picks.yaml:12: 'oecd-2026-micro-credentials-and-quality-assurance' is pending" in checked.output
    (folder / "curation" / "picks.yaml").write_text(
        PICKS.replace("oecd-2026-micro-credentials-and", "oecd-2026-micro-credential-and")
    )
    assert "did you mean 'oecd-2026-micro-credentials-and-quality-assurance'?" in run(folder, "check").output


def test_a_broken_file_leaves_its_last_valid_form_in_force(folder: Path) -> None:
    run(folder, "publish")
    before = read(folder, "picks/index.html")
    (folder / "curation" / "picks.yaml").write_text(PICKS.replace("recognition", "recognitoin"))
    run(folder, "publish")
    assert read(folder, "picks/index.html") == before
    checked = run(folder, "check")
    assert checked.exit_code == 2
    assert (
        "curation/picks.yaml:4: start_here.recognitoin: no such topic: 'recognitoin'; did you mean 'recognition'?"
        in checked.output
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("- a\n", 1, "must hold `start_here:`"),
        ("start_her: {}\n", 1, "did you mean 'start_here'"),
        ("start_here: [a]\n", 1, "must hold lists by topic"),
        ("good_reads: [a]\n", 1, "must hold lists by year"),
        ("good_reads: {soon: []}\n", 1, "a year is needed"),
        ("start_here:\n  home: a\n", 2, "must be a list of picks"),
        ("start_here:\n  home:\n    - a\n", 3, "must be a pick such as"),
        ("start_here:\n  home:\n    - {why: a, by: b, when: 2026-11-23}\n", 3, "an entry's id is needed"),
        ("start_here:\n  home:\n    - {entry: a, by: b, when: 2026-11-23}\n", 3, "say in a sentence why"),
        ("start_here:\n  home:\n    - {entry: a, why: b, when: 2026-11-23}\n", 3, "sign it"),
        ("start_here:\n  home:\n    - {entry: a, why: b, by: c}\n", 3, "the day of picking is needed"),
        ("start_here:\n  home:\n    - {entry: a, why: b, by: c, when: 2026-11}\n", 3, "the day of picking is needed"),
        ("start_here:\n  home:\n    - {entry: a, why: b, by: c, when: 2026-11-23, wy: d}\n", 3, "did you mean 'why'"),
        (f"start_here:\n  home:\n    - {{entry: a, why: {'b' * 301}, by: c, when: 2026-11-23}}\n", 3, "at most 300"),
        (
            "good_reads:\n  2026:\n" + "    - {entry: a, why: b, by: c, when: 2026-11-23}\n" * 2,
            4,
            "stands in this list already",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    (tmp_path / "curation").mkdir()
    (tmp_path / "curation" / "picks.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        picks.load(tmp_path, ("recognition",))
    assert [(flaw.line, said in flaw.message) for flaw in caught.value.flaws] == [(line, True)], caught.value


def test_the_librarys_own_picks_are_sound_and_shown() -> None:
    root = Path(__file__).parents[1]
    with Observatory.open(root / "sources.yaml") as obs:
        found = picks.load(root, {topic.id for topic in obs.config.vocabulary.topics})
    known = {
        line.split(":", 1)[1].strip()
        for file in (root / "curation/library").glob("*.yaml")
        for line in file.read_text().splitlines()
        if line.startswith("- id:")
    }
    assert {pick.entry for pick in found} <= known
