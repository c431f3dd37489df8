"""The verbs of the daily chain as people and programs call them: what they print, how they end."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from observatory.catalogue.lock import Lock

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]
Said = Callable[..., Any]


def test_run_offline_publishes_the_library_and_says_so(said: Said, folder: Path) -> None:
    told = said("run", "--offline", "--json")
    assert set(told) == {"sources", "totals", "site"}
    assert told["totals"]["entries"] == 2
    site = Path(told["site"])
    assert site == folder / "output/site"
    assert "A national micro-credential framework" in (site / "index.html").read_text("utf-8")
    assert (site / "entries/enqa-2023-quality/index.html").is_file()


def test_a_second_run_touches_no_file(said: Said, folder: Path) -> None:
    said("run", "--offline", "--json")
    before = {p: p.stat().st_mtime_ns for p in (folder / "output/site").rglob("*") if p.is_file()}
    assert said("run", "--offline", "--json")["totals"]["files_written"] == 0
    assert before == {p: p.stat().st_mtime_ns for p in (folder / "output/site").rglob("*") if p.is_file()}


def test_stages_one_by_one_make_the_same_site_as_run(observatory: Run, said: Said, folder: Path) -> None:
    said("run", "--offline", "--json")
    index = (folder / "output/site/index.html").read_bytes()
    for command in (["ingest"], ["index"], ["publish"], ["rebuild"]):
        assert observatory(*command).exit_code == 0
    assert (folder / "output/site/index.html").read_bytes() == index


def test_a_removed_record_is_marked_as_withdrawn_not_forgotten(said: Said, folder: Path) -> None:
    said("run", "--offline", "--json")
    path = folder / "curation/library/reports.yaml"
    path.write_text(path.read_text("utf-8").split("- id: ie-2022")[0], "utf-8")
    said("run", "--offline", "--json")
    assert said("stats", "--json")["entries"] == {
        "published": 1,
        "pending": 0,
        "rejected": 0,
        "merged": 0,
        "gone": 1,
    }
    assert "withdrawn" in (folder / "output/site/entries/ie-2022-framework/index.html").read_text("utf-8").lower()


def test_an_unknown_source_is_an_error_that_helps(observatory: Run) -> None:
    result = observatory("run", "--only", "enqa")
    assert result.exit_code == 1
    assert "no source 'enqa' in sources.yaml" in result.stderr


def test_a_broken_file_stops_everything_before_anything_is_touched(observatory: Run, folder: Path) -> None:
    (folder / "sources.yaml").write_text("site: {titel: X}\nsources: [{id: a, kind: library}]\n", "utf-8")
    result = observatory("run", "--offline")
    assert result.exit_code == 2
    assert "sources.yaml:1: site.titel: unknown key; did you mean 'title'?" in result.stderr
    assert "sources.yaml:2: sources.a.path: missing" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (folder / "output").exists()


def test_a_second_writer_is_told_who_writes(observatory: Run, folder: Path) -> None:
    with Lock(folder / "output/write.lock", "rebuild"):
        result = observatory("run", "--offline")
    assert result.exit_code == 1
    assert f"`observatory rebuild`, process {os.getpid()}" in result.stderr


def test_a_full_disk_is_named_and_nothing_is_lost(observatory: Run, said: Said, folder: Path) -> None:
    said("run", "--offline", "--json")
    (folder / "output/site/entries").rename(folder / "output/site/entries.old")
    (folder / "output/site/entries").write_text("in the way")
    result = observatory("publish")
    assert result.exit_code == 1
    assert "can't write the site" in result.stderr
    (folder / "output/site/entries").unlink()
    assert observatory("publish").exit_code == 0
    assert (folder / "output/site/entries/enqa-2023-quality/index.html").is_file()


def test_an_unknown_command_names_the_nearest(observatory: Run) -> None:
    result = observatory("pubilsh")
    assert result.exit_code == 2
    assert "did you mean 'publish'?" in result.stderr


@pytest.mark.parametrize("command", ["run", "ingest", "publish", "rebuild", "stats", "explain", "judge", "check"])
def test_every_command_teaches_its_use(observatory: Run, command: str) -> None:
    result = observatory(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_judge_answers_each_line_in_its_place(observatory: Run) -> None:
    given = '{"title": "A European approach to micro-credentials"}\nnot json\n{"title": "Bus timetable"}\n'
    result = observatory("judge", "-", given=given)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [line.get("relevant") for line in lines] == [True, None, False]
    assert set(lines[0]) >= {"relevant", "score", "reasons", "kind", "level", "topics", "countries", "language"}
    assert "line 2" in result.stderr


def test_check_says_that_all_is_sound(said: Said) -> None:
    assert said("check", "--json")["sound"] is True


def test_check_names_a_flaw_in_a_decision(observatory: Run, folder: Path) -> None:
    (folder / "curation/decisions").mkdir()
    (folder / "curation/decisions/aoife.yaml").write_text("- {entry: x, action: acept, when: 2026-11-23}\n", "utf-8")
    result = observatory("check")
    assert result.exit_code == 2
    assert (
        "curation/decisions/aoife.yaml:1: [0].action: no such action: 'acept'; did you mean 'accept'?" in result.stderr
    )
