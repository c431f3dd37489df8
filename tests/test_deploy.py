"""The ways to run it: each file is linted by the tool of its kind, and what the daily workflow does is done here."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from clones import BIN, IDENTITY, ROOT, done, git, make_clone, steps
from observatory import yamltext

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def test_the_dockerfile_has_no_flaw() -> None:
    linted = done(BIN / "hadolint", "Dockerfile")
    assert linted.returncode == 0, linted.stdout


def test_the_workflows_have_no_flaw() -> None:
    linted = done(BIN / "actionlint", *WORKFLOWS)
    assert linted.returncode == 0, linted.stdout
    audited = done(BIN / "zizmor", "--offline", "--no-progress", "--quiet", *WORKFLOWS)
    assert audited.returncode == 0, audited.stdout


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_the_units_have_no_flaw() -> None:
    units = sorted((ROOT / "deploy").glob("*.service")) + sorted((ROOT / "deploy").glob("*.timer"))
    said = done("systemd-analyze", "verify", "--man=no", *units).stderr.splitlines()
    ours = [line for line in said if "observatory" in line and "is not executable: No such file" not in line]
    assert not ours


def compose() -> Any:
    return yamltext.load((ROOT / "compose.yaml").read_text("utf-8"), "compose.yaml").data


def test_the_containers_run_without_rights_on_a_read_only_root() -> None:
    for name, service in compose()["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
    assert "USER 10001" in (ROOT / "Dockerfile").read_text("utf-8")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return make_clone(tmp_path)


def test_the_daily_workflow_keeps_archive_and_ledger_between_machines(clone: Path) -> None:
    python = f"PYTHON={sys.executable}"
    said: list[str] = []
    for day in range(2):
        shutil.rmtree(clone / "output", ignore_errors=True)  # each day on a new machine
        done("git", "checkout", "-q", ".", cwd=clone)
        for step in steps("observe.yml", "observe"):
            # Installing is the same as in `make test`; the stamp says that it is done.
            words = ["make", "-o", ".venv/.run", python, "run"] if step == "make run" else step.split()
            ran = done(*words, cwd=clone, **IDENTITY)
            assert ran.returncode == 0, f"day {day}: {step}\n{ran.stdout}\n{ran.stderr}"
            said.append(ran.stdout)
        assert (clone / "output/site/index.html").is_file()
    assert "this is the first run" in said[0]
    assert "fetched what was kept" in said[3]
    kept = done("git", "ls-tree", "--name-only", "data", cwd=clone.parent / "remote.git").stdout.split()
    assert "catalogue.sqlite" in kept


def test_what_two_jobs_keep_at_once_is_all_kept(clone: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(tmp_path / "remote.git"), str(other), "-b", "main")
    for place, name in ((clone, "a"), (other, "b")):
        (place / "output/archive/2026/11").mkdir(parents=True)
        (place / f"output/archive/2026/11/{name}.warc.gz").write_text(name)
    shutil.copy2(_catalogue(tmp_path), clone / "output/catalogue.sqlite")
    for place, words in ((other, ["--archive"]), (clone, [])):  # neither knew of the other's when it began
        kept = done("deploy/keep-data", *words, cwd=place, **IDENTITY)
        assert kept.returncode == 0, kept.stderr
    files = git(tmp_path / "remote.git", "ls-tree", "-r", "--name-only", "data").split()
    assert files == ["archive/2026/11/a.warc.gz", "archive/2026/11/b.warc.gz", "catalogue.sqlite"]
    again = done("deploy/keep-data", "--archive", cwd=clone, **IDENTITY)
    assert "nothing new to keep" in again.stdout


def _catalogue(folder: Path) -> Path:
    path = folder / "catalogue.sqlite"
    with closing(sqlite3.connect(path)) as catalogue:
        catalogue.execute("CREATE TABLE a (b)")
    return path
