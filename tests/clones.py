"""A clone of the project as it is now, with a remote of its own, in which workflows' steps are run as a Git host runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from observatory import yamltext

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
IDENTITY = {f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
LIBRARY = "sources:\n  - {id: library, kind: library, path: curation/library/positions.yaml}\n"


def done(*words: str | Path, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False
    )


def git(cwd: Path, *words: str) -> str:
    """Run git, which must succeed."""
    made = done("git", *words, cwd=cwd, **IDENTITY)
    assert made.returncode == 0, f"git {' '.join(words)}\n{made.stdout}{made.stderr}"
    return made.stdout


def make_clone(folder: Path, sources: str = LIBRARY) -> Path:
    """Clone the project as it stands, with these sources, into `folder`; its remote stands beside it."""
    clone, remote = folder / "clone", folder / "remote.git"
    files = done("git", "ls-files", "--cached", "--others", "--exclude-standard").stdout.split("\n")
    for name in filter(None, files):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    (clone / "sources.yaml").write_text(sources, "utf-8")
    (clone / ".venv").symlink_to(BIN.parent)
    git(folder, "init", "-q", "--bare", str(remote))
    git(folder, "init", "-q", "-b", "main", str(clone))
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "Begin")
    git(clone, "remote", "add", "origin", str(remote))
    git(clone, "push", "-q", "origin", "main")
    return clone


def steps(workflow: str, job: str) -> list[str]:
    """The commands of a job, in their order."""
    said: Any = yamltext.load((ROOT / ".github/workflows" / workflow).read_text("utf-8"), workflow).data
    return [step["run"] for step in said["jobs"][job]["steps"] if "run" in step]
