"""Decisions from the command line: what they write, when they take effect, and that no crawl undoes them."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
Said = Callable[..., Any]


@pytest.fixture
def filled(observatory: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("OBSERVATORY_CURATOR", "Mary O’Néill")
    assert observatory("ingest").exit_code == 0
    return observatory


def _status(said: Said, name: str = "enqa-2023-quality") -> str:
    status: str = said("explain", name, "--json")["entry"]["status"]
    return status


def test_a_rejected_entry_is_out_at_once_and_stays_out(filled: Run, said: Said, folder: Path) -> None:
    told = filled("reject", "enqa-2023-quality", "--why", "not ours")
    assert told.exit_code == 0
    for part in (
        "status: published → rejected",
        "by mary-oneill in curation/decisions/mary-oneill.yaml: not ours",
        "in force",
    ):
        assert part in told.output
    assert said("search", "quality", "--json") == []
    assert len(said("search", "quality", "--status", "rejected", "--json")) == 1
    for again in (("ingest",), ("ingest", "--again"), ("run", "--offline"), ("rebuild",)):
        filled(*again)
        assert _status(said) == "rejected"
    assert not (folder / "output/site/entries/enqa-2023-quality").exists()


def test_restore_gives_it_back_to_the_rules(filled: Run, said: Said) -> None:
    filled("reject", "enqa-2023-quality", "--why", "x")
    filled("restore", "enqa-2023-quality")
    assert _status(said) == "published"


def test_of_two_decisions_in_one_second_the_later_counts(filled: Run, said: Said) -> None:
    for action in ("reject", "restore", "reject", "accept", "restore", "reject"):
        filled(action, "enqa-2023-quality", "--why", "x")
    assert _status(said) == "rejected"


def test_an_entry_is_named_by_its_address_too(filled: Run, said: Said, folder: Path) -> None:
    filled("reject", "http://enqa.eu/publications/quality-assurance-of-micro-credentials", "--why", "x")
    assert _status(said) == "rejected"
    assert "entry: enqa-2023-quality" in _file(folder)


def _file(folder: Path) -> str:
    return (folder / "curation/decisions/mary-oneill.yaml").read_text(encoding="utf-8")


def test_the_file_keeps_comments_and_order(filled: Run, folder: Path) -> None:
    path = folder / "curation/decisions/mary-oneill.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    before = "# Mary's decisions\n- entry: ie-2022-framework   # checked by phone\n  action: accept\n  when: 2026-11-01T10:00:00Z\n"
    path.write_text(before, encoding="utf-8")
    filled("tag", "enqa-2023-quality", "+recognition", "-quality-assurance", "+IE", "--why", "page 3")
    assert _file(folder).startswith(before)
    assert "recognition" in _file(folder)


def test_tag_adds_and_takes_away(filled: Run, said: Said) -> None:
    assert filled("tag", "enqa-2023-quality", "+recognition", "-quality-assurance", "+IE").exit_code == 0
    entry = said("explain", "enqa-2023-quality", "--json")["entry"]
    assert "recognition" in entry["topics"]
    assert "quality-assurance" not in entry["topics"]
    assert "IE" in entry["countries"]
    refused = filled("tag", "enqa-2023-quality", "+recogniton")
    assert (refused.exit_code, "did you mean 'recognition'?" in refused.output) == (2, True)


def test_set_corrects_any_field(filled: Run, said: Said) -> None:
    values = (
        "title_en=Quality of short learning",
        "date=2023-11",
        "kind=guide",
        "creators=Gover, Anna; Nolan, Niall",
        "url=",
    )
    told = filled("set", "enqa-2023-quality", *values, "--why", "see the cover", "--json")
    assert json.loads(told.stdout)[0]["in_force"] is True
    entry = said("explain", "enqa-2023-quality", "--json")["entry"]
    assert (entry["kind"], entry["published"], entry["url"]) == ("guide", "2023-11", None)
    assert said("search", "author:nolan short", "--json")[0]["id"] == "enqa-2023-quality"
    for wrong, word in (
        ("kind=repot", "report"),
        ("kin=report", "kind"),
        ("kind", "field=value"),
        ("date=soon", "2026-11"),
    ):
        refused = filled("set", "enqa-2023-quality", wrong)
        assert (refused.exit_code, word in refused.output) == (2, True), refused.output


def test_merge_and_unmerge(filled: Run, said: Said) -> None:
    filled("merge", "ie-2022-framework", "enqa-2023-quality", "--why", "one work")
    told = said("explain", "ie-2022-framework", "--json")
    assert (told["entry"]["id"], told["entry"]["aliases"]) == ("enqa-2023-quality", ["ie-2022-framework"])
    assert len(said("search", "microcredentials", "--json")) == 1
    filled("unmerge", "ie-2022-framework", "enqa-2023-quality", "--why", "two works after all")
    assert said("explain", "ie-2022-framework", "--json")["entry"]["id"] == "ie-2022-framework"
    assert len(said("search", "microcredentials", "--json")) == 2
    refused = filled("merge", "ie-2022-framework", "ie-2022-framework")
    assert (refused.exit_code, "name two entries" in refused.output) == (2, True)


def test_nothing_is_written_when_one_name_is_wrong(filled: Run, folder: Path) -> None:
    refused = filled("reject", "enqa-2023-quality", "enqa-2023-qualty", "--why", "x")
    assert (refused.exit_code, "did you mean 'enqa-2023-quality'?" in refused.output) == (1, True)
    assert not (folder / "curation/decisions").exists()


def test_rejecting_needs_a_reason(filled: Run) -> None:
    assert filled("reject", "enqa-2023-quality").exit_code == 2
    assert filled("reject", "enqa-2023-quality", "--why", " ").exit_code == 2


def test_a_decision_may_wait_for_an_address_that_was_not_seen_yet(filled: Run) -> None:
    assert "not seen yet" in filled("reject", "https://www.example.org/advert", "--why", "an advert").output
    assert (
        "a decision waits for it (rejected by mary-oneill" in filled("explain", "https://www.example.org/advert").output
    )


@pytest.fixture
def busy(folder: Path) -> Iterator[Path]:
    """Let another process hold the write lock."""
    path = folder / "output" / "write.lock"
    code = (
        "import fcntl, os, sys, time\n"
        "f = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(f, fcntl.LOCK_EX)\n"
        'os.write(f, b\'{"command": "crawl", "pid": 7, "host": "here", "since": "2026-11-23T05:00:00Z"}\')\n'
        "print('held', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield path
    process.kill()
    process.wait()
    process.stdout.close()
    handle = os.open(path, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    os.ftruncate(handle, 0)
    os.close(handle)


def test_while_another_process_writes_a_decision_waits_for_the_next_ingest(
    filled: Run, folder: Path, busy: Path
) -> None:
    told = filled("reject", "enqa-2023-quality", "--why", "x")
    assert told.exit_code == 0
    assert "takes effect with the next ingest" in told.output
    assert "`observatory crawl`, process 7 on here" in told.output
    assert "action: reject" in _file(folder)
    assert filled("search", "quality").exit_code == 1  # no index yet, and nobody may make one now
