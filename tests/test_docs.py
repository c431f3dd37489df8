"""The documents are true: their commands run, every command and cause is told, links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from observatory.cli.main import COMMANDS
from observatory.model import Cause

ROOT = Path(__file__).parent.parent
DOCS = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
SMALL = "crawl: {delay: 0.5}\nsources:\n  - {id: library, kind: library, path: curation/library/positions.yaml}\n"


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder like a checkout, with a small sources.yaml, in which `observatory` is on the path."""
    for name in ("curation", "site_templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "curation" / "picks.yaml").unlink()  # of works that the small library does not hold
    (tmp_path / "sources.yaml").write_text(SMALL, "utf-8")
    (tmp_path / "curation/picks.yaml").unlink(missing_ok=True)  # they name entries of the whole library
    command = tmp_path / "bin" / "observatory"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m observatory "$@"\n', "utf-8")
    command.chmod(0o755)
    make = (
        tmp_path / "bin" / "make"
    )  # installing is `make test`'s own first step; what `make run` does after it is this
    make.write_text("#!/bin/sh\nexec observatory run\n", "utf-8")
    make.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("number", range(len(blocks(ROOT / "docs/operators.md", "sh"))))
def test_every_command_for_operators_runs(checkout: Path, number: int) -> None:
    env = os.environ | {"PATH": f"{checkout / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    script = "set -e\nobservatory run --offline >/dev/null 2>&1\n" + blocks(ROOT / "docs/operators.md", "sh")[number]
    done = subprocess.run(["sh", "-c", script], cwd=checkout, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_is_told_in_the_documents() -> None:
    said = "\n".join(path.read_text("utf-8") for path in DOCS)
    missing = [name for name in COMMANDS if not re.search(rf"(observatory (\S+ )*|`){name}\b", said)]
    assert not missing


def test_every_cause_is_told_with_what_helps() -> None:
    said = (ROOT / "docs/operators.md").read_text("utf-8")
    assert [cause.value for cause in Cause if f"`{cause.value}`" not in said] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
