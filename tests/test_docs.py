"""The documents are true: their commands run, every command and cause is told, links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from commands import command
from observatory.cli.main import COMMANDS
from observatory.model import Cause

ROOT = Path(__file__).parent.parent
DOCS = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
SMALL = "crawl: {delay: 0.5}\nsources:\n  - {id: library, kind: library, path: curation/library/positions.yaml}\n"


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)


def _checkout(folder: Path, sources: str) -> Path:
    """Make a folder like a checkout, in which `observatory` is on the path."""
    shutil.copytree(ROOT / "curation", folder / "curation")  # templates are the program's own, there as here
    (folder / "sources.yaml").write_text(sources, "utf-8")
    # Installing is `make test`'s own first step; what `make run` does after it is this.
    for name, does in (("observatory", f'{shlex.join(command())} "$@"'), ("make", "observatory run")):
        file = folder / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\nexec {does}\n", "utf-8")
        file.chmod(0o755)
    return folder


def _does(folder: Path, script: str) -> str:
    env = os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-ec", script], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a small sources.yaml that was run once; copy it."""
    folder = _checkout(tmp_path_factory.mktemp("small"), SMALL)
    for what in ("picks.yaml", "decisions/editors.yaml"):  # of works that the small library does not hold
        (folder / "curation" / what).unlink()
    _does(folder, "observatory run --offline >/dev/null 2>&1")
    return folder


@pytest.mark.parametrize("number", range(len(blocks(ROOT / "docs/operators.md", "sh"))))
def test_every_command_for_operators_runs(small: Path, tmp_path: Path, number: int) -> None:
    folder = Path(shutil.copytree(small, tmp_path / "here"))
    _does(folder, blocks(ROOT / "docs/operators.md", "sh")[number])


def test_the_session_of_the_readme_is_true(tmp_path: Path) -> None:
    folder = _checkout(tmp_path / "here", (ROOT / "sources.yaml").read_text("utf-8"))
    session = blocks(ROOT / "README.md", "console")[0]
    told = _does(folder, "observatory ingest && observatory index && observatory stats --json")
    published = json.loads(told[told.index("{") :])["entries"]["published"]
    assert f"{published} entries" in session
    for line in re.findall(r"^\$ (.*)$", session.replace(".venv/bin/", ""), re.MULTILINE):
        if not line.startswith(("observatory run", "observatory serve")):  # what they do is seen elsewhere
            assert "nothing found" not in _does(folder, line)


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
