"""What a site is made of is told alike by every process, or a quiet day would cost a publishing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from observatory.basis import basis
from observatory.config import load

ROOT = Path(__file__).parents[1]
TELL = """
from pathlib import Path
from observatory.basis import basis
from observatory.config import load
print(basis(load(Path("sources.yaml"))))
"""


def told(seed: str) -> str:
    settings = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        (sys.executable, "-c", TELL), cwd=ROOT, env=settings, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_two_processes_tell_the_same_basis() -> None:
    assert told("1") == told("2")


@pytest.mark.parametrize("name", ["curation/picks.yaml", "site_templates/_footer.html", "vocabulary/everyday.yaml"])
def test_a_file_of_the_curators_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("site: {url: https://example.org/}\nsources: []\n", "utf-8")
    config = load(tmp_path / "sources.yaml")
    before = basis(config)
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text("new: 1\n", "utf-8")
    assert basis(config) != before
