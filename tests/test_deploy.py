"""The ways to run it: each file is linted by the tool of its kind, and what the daily workflow does is done here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from observatory import yamltext

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def done(*words: str | Path, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False
    )


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
    """A clone of the project as it is now, with a small sources.yaml and a remote of its own."""
    clone, remote = tmp_path / "clone", tmp_path / "remote.git"
    files = done("git", "ls-files", "--cached", "--others", "--exclude-standard").stdout.split("\n")
    for name in filter(None, files):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    library = "sources:\n  - {id: library, kind: library, path: curation/library/positions.yaml}\n"
    (clone / "sources.yaml").write_text(library, "utf-8")
    (clone / ".venv").symlink_to(BIN.parent)
    for words in (
        ["git", "init", "-q", "--bare", str(remote)],
        ["git", "init", "-q", "-b", "main", str(clone)],
        ["git", "-C", str(clone), "add", "-A"],
        ["git", "-C", str(clone), "commit", "-qm", "Begin"],
        ["git", "-C", str(clone), "remote", "add", "origin", str(remote)],
        ["git", "-C", str(clone), "push", "-q", "origin", "main"],
    ):
        made = done(*words, **IDENTITY)
        assert made.returncode == 0, made.stderr
    return clone


IDENTITY = {f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def steps() -> list[str]:
    job: Any = yamltext.load((ROOT / ".github/workflows/observe.yml").read_text("utf-8"), "observe.yml").data
    return [step["run"] for step in job["jobs"]["observe"]["steps"] if "run" in step]


def test_the_daily_workflow_keeps_archive_and_ledger_between_machines(clone: Path) -> None:
    python = f"PYTHON={sys.executable}"
    said: list[str] = []
    for day in range(2):
        shutil.rmtree(clone / "output", ignore_errors=True)  # each day on a new machine
        done("git", "checkout", "-q", ".", cwd=clone)
        for step in steps():
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
