"""What a change of the curators' files would do: told before it counts, as a note that no title can turn into anything else."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from clones import IDENTITY, done, git, make_clone, steps
from commands import command
from observatory.cli.main import cli
from observatory.publish.desk.note import Moved, Note, escaped, link_target, markdown
from observatory.yamltext import load
from web.server import Web

RECORD = """
- id: {id}
  kind: report
  title: {title}
  publisher: ENQA
  date: 2023-12
  url: https://www.enqa.eu/{id}/
  countries: [EHEA]
  language: en
  topics: [quality-assurance]
  summary: How agencies look at short learning.
"""
SOURCES = "sources:\n  - {id: library, kind: library, path: curation/library/*.yaml}\n"
BEGINNINGS = ["", "- ", "1. ", "# ", "> ", "| ", "@you ", "https://a.example/ ", "www.a.example ", "<b>"]
NOW = ["--now", "2026-11-23T06:00:00Z"]
ITEM = (
    "<item><title>Micro-credentials in Malta</title><link>{base}/a</link><guid>a</guid>"
    "<pubDate>Fri, 20 Nov 2026 09:00:00 GMT</pubDate></item>"
)
GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])


# ---------------------------------------------------------------- the note


@given(
    st.text(max_size=60),
    st.sampled_from(["", "- ", "1. ", "# ", "> ", "| ", "@you ", "https://a.example/ ", "www.a.example ", "<b>"]),
)
def test_a_text_in_a_note_is_nothing_but_text(said: str, begin: str) -> None:
    tokens = GITHUB.parse(f"- {escaped(begin + said)}")
    inner = [child for token in tokens if token.type == "inline" for child in token.children or ()]
    assert {token.type for token in inner} <= {"text"}
    assert not {token.type for token in tokens} - {
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "paragraph_open", "paragraph_close", "inline",
    }  # fmt: skip
    assert not [mark for mark in ("@y", "https:", "www.") if mark in escaped(begin + said)]


def test_a_link_leads_to_a_safe_address_or_is_none() -> None:
    assert link_target("https://a.example/(x)") == "https://a.example/%28x%29"
    assert {link_target(bad) for bad in ("javascript:alert(1)", "https://a.example/<b>", "https://a.example/ x)")} == {
        ""
    }


def test_a_note_is_short_enough_for_a_git_host() -> None:
    moved = tuple(Moved(f"e-{n}", "x" * 2000, "https://a.example/", ("y" * 2000,) * 20) for n in range(200))
    said = markdown(Note(gained=moved, lost=moved, changed=moved, elsewhere=moved))
    assert len(said) < 65_536
    assert "… and 175 more" in said or "(cut: " in said


# ---------------------------------------------------------------- the command


class Two:
    """Two folders of curators' files: as they are (`base`) and as they would be (`here`)."""

    def __init__(self, folder: Path) -> None:
        self.base, self.here = folder / "base", folder / "here"
        (self.base / "curation/library").mkdir(parents=True)
        (self.base / "sources.yaml").write_text(SOURCES, "utf-8")
        records = RECORD.format(id="one", title="Micro-credentials one") + RECORD.format(
            id="two", title="Micro-credentials two"
        )
        (self.base / "curation/library/all.yaml").write_text(records, "utf-8")
        shutil.copytree(self.base, self.here)

    def write(self, name: str, said: str) -> None:
        path = self.here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, "utf-8")

    def told(self, *more: str, exit_code: int = 0) -> str:
        words = ["--config", str(self.here / "sources.yaml"), *NOW, "preview", "--against", str(self.base)]
        result = CliRunner().invoke(cli, [*words, *more], catch_exceptions=False)
        assert result.exit_code == exit_code, result.output
        return result.stdout


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


def test_nothing_changed_is_nothing_told_and_nothing_left_behind(two: Two) -> None:
    assert "No entry would change." in two.told()
    assert not [path.name for path in (two.here / "output").iterdir() if path.name != "decisions"]


def test_entries_gained_lost_and_shown_otherwise_are_told_with_what_differs(two: Two) -> None:
    records = RECORD.format(id="one", title="Micro-credentials one") + RECORD.format(
        id="three", title="Micro-credentials three"
    )
    two.write("curation/library/all.yaml", records)
    two.write(
        "curation/decisions/mary.yaml",
        '- {entry: one, action: set, fields: {kind: guide, date: "2024"}, when: "2026-11-01T10:00:00Z"}\n',
    )
    told = two.told("--output", str(two.here / "note.md"))
    assert "Entries: 1 gained by readers, 1 lost to readers, 1 shown otherwise; 0 as before." in told
    assert "[Micro-credentials three](https://www.enqa.eu/three/) (`three`)\n  - nowhere → published as report" in told
    assert "(`two`)\n  - published as report → nowhere" in told
    assert "(`one`)\n  - published as report → published as guide\n  - date: 2023-12 → 2024" in told
    assert (two.here / "note.md").read_text("utf-8") == told


def test_what_must_be_mended_is_named_and_nothing_else_said(two: Two) -> None:
    two.write("curation/decisions/mary.yaml", "<<<<<<< HEAD\n")
    told = two.told(exit_code=1)
    assert "decisions/mary.yaml:1" in told
    assert "Something must be mended first" in told
    two.write("sources.yaml", "sources:\n  - {id: x, kind: fed}\n")
    assert "no such kind: 'fed'; did you mean 'feed'?" in two.told(exit_code=1)


def test_only_what_the_change_brings_is_called_unfit(two: Two) -> None:
    unfit = RECORD.format(id="four", title="Mikrozertifikate vier").replace("language: en", "language: de")
    for folder in (two.base, two.here):
        (folder / "curation/library/more.yaml").write_text(unfit, "utf-8")
    assert "No entry would change." in two.told()
    two.write("curation/library/even.yaml", unfit.replace("four", "five").replace("vier", "fünf"))
    told = two.told(exit_code=1)
    assert "five.title_en" in told
    assert "four.title" not in told


def test_a_new_source_is_asked_and_says_what_it_would_yield(two: Two) -> None:
    with Web() as web:
        host = web.host("news")
        feed = f'<rss version="2.0"><channel><title>News</title>{ITEM}</channel></rss>'
        host.put("/feed/", feed, "application/rss+xml")
        row = f'  - {{id: news, kind: feed, url: "{host.url("/feed/")}", follow: never}}\n'
        two.write("sources.yaml", f"crawl: {{delay: 0.5}}\n{SOURCES}{row}")
        told = two.told()
        told_unasked = two.told("--no-live")
    assert "**`news`** (feed): new, fit" in told
    assert "for example: Micro-credentials in Malta (2026-11-20)" in told
    assert "**`news`** (feed): new\n" in told_unasked


# ---------------------------------------------------------------- the workflow


class Host:
    """What a Git host does around a workflow's steps: a clone, the base beside it, an environment, a `gh` that notes its words."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.bin, self.page = make_clone(folder), folder / "bin", folder / "page.md"
        git(self.clone, "worktree", "add", "-q", "--detach", "base", "main")
        self.bin.mkdir()
        self.command("gh", 'printf "%s\\n" "$@" >"$0.told"')
        self.command("observatory", f'exec {shlex.join(command())} "$@"')
        self.env = IDENTITY | {
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "OBSERVATORY": str(self.bin / "observatory"),
            "GITHUB_STEP_SUMMARY": str(self.page),
            "NUMBER": "7",
        }

    def command(self, name: str, does: str) -> None:
        """Put a command on the path."""
        (self.bin / name).write_text(f"#!/bin/sh\n{does}\n", "utf-8")
        (self.bin / name).chmod(0o755)

    def run(self, step: str, cwd: str = ".") -> int:
        """Run a step; installing is left out, since it is the same as in `make test`."""
        if step == "make .venv/.run":
            return 0
        ran = done("bash", "-e", "-c", step, cwd=self.clone / cwd, **self.env)
        assert ran.returncode != 126, ran.stderr
        return ran.returncode

    def told(self) -> list[str]:
        """What `gh` was told."""
        return (self.bin / "gh.told").read_text("utf-8").splitlines()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_every_step_of_the_preview_runs_and_the_note_is_commented(host: Host) -> None:
    records = load((host.clone / "curation/library/positions.yaml").read_text("utf-8"), "positions.yaml").data
    assert isinstance(records, list)
    entry = records[0]["id"]
    (host.clone / "curation/decisions").mkdir(exist_ok=True)
    decision = f'- {{entry: {entry}, action: reject, when: "2026-11-01T10:00:00Z", why: x}}\n'
    (host.clone / "curation/decisions/mary.yaml").write_text(decision, "utf-8")
    assert [host.run(step) for step in steps("preview.yml", "preview")] == [0, 0, 0]
    note = (host.clone / "output/note.md").read_text("utf-8")
    assert "1 lost to readers" in note
    assert f"`{entry}`" in note
    assert host.page.read_text("utf-8") == note
    assert (host.clone / "output/site/index.html").is_file()
    assert (host.clone / "output/desk/index.html").is_file()
    assert [host.run(step, "output") for step in steps("preview.yml", "comment")] == [0]
    assert host.told() == ["pr", "comment", "7", "--body-file", "note.md", "--edit-last", "--create-if-none"]


def test_a_broken_file_fails_the_preview_and_is_told_in_its_note(host: Host) -> None:
    (host.clone / "sources.yaml").write_text("sources:\n  - {id: a, kind: fed}\n", "utf-8")
    assert host.run("deploy/preview base") == 2
    assert "did you mean 'feed'?" in (host.clone / "output/note.md").read_text("utf-8")
    assert not (host.clone / "output/site").exists()


def test_every_step_of_a_suggestion_runs_and_no_text_of_the_issue_becomes_a_command(host: Host, tmp_path: Path) -> None:
    with Web() as web:
        site = web.host("site")
        head = "<title>Micro-credentials in Malta</title><meta property='og:type' content='article'>"
        site.put(
            "/report", f"<html><head>{head}</head><body><main><h1>Micro-credentials in Malta</h1></main></body></html>"
        )
        # What readers suggest may name no private address; loopback is one. So here the address is as if typed by a curator.
        real = (host.bin / "observatory").read_text("utf-8").splitlines()[1]
        typed = f'if [ "$1" = suggest ]; then read -r _; read -r _; read -r url; set -- suggest "$url"; fi\n{real}'
        host.command("observatory", typed)
        host.env |= {
            "BODY": f"### Address\n\n{site.url('/report')}\n\n$(touch {tmp_path}/ran) `touch {tmp_path}/ran` ; exit 9"
        }
        host.env |= {"BASE": "main", "NUMBER": "12"}
        done_ = [host.run(step) for step in steps("suggest.yml", "suggest")[:-1]]
    assert done_ == [0] * len(done_)
    assert not (tmp_path / "ran").exists()
    assert host.told()[:7] == ["pr", "create", "--base", "main", "--head", "suggestion-12", "--title"]
    remote = tmp_path / "remote.git"
    decided = git(remote, "show", "suggestion-12:curation/decisions/suggestions.yaml")
    assert f'entry: "{site.url("/report")}", action: accept' in decided
    assert ".warc.gz" in git(remote, "ls-tree", "-r", "--name-only", "data")
    assert "Micro-credentials in Malta" in (host.clone / "output/note.md").read_text("utf-8")
    host.env["NUMBER"] = "12; touch x"
    assert host.run("deploy/suggest read") == 2
