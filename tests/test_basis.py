"""What a site is made of is told alike by every process, or a quiet day would cost a publishing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from observatory.app import Observatory
from observatory.basis import basis
from observatory.config import load
from trees import tree

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


SIX = datetime(2026, 11, 23, 6, tzinfo=UTC)  # a Monday, when letters go out: the week before ended
RECORD = "- {id: one, title: Micro-credentials in work and study, url: https://works.example/one, kind: report}\n"


def offline(folder: Path, at: datetime) -> tuple[int, bool]:
    """Run offline at a moment; how many files it wrote, and whether it read the catalogue."""
    said: list[str] = []
    with Observatory.open(folder / "sources.yaml", now=at, progress=said.append) as obs:
        report = obs.run(offline=True)
    return report.totals["files_written"], "publish: reading the catalogue" in said


def test_a_run_that_learns_nothing_reads_nothing_at_any_hour_of_the_day(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("sources:\n  - {id: ours, kind: library, path: '*.records.yaml'}\n", "utf-8")
    (tmp_path / "a.records.yaml").write_text(RECORD, "utf-8")
    offline(tmp_path, SIX - timedelta(days=7))
    before_due = SIX - timedelta(minutes=1)
    offline(tmp_path, before_due)
    assert offline(tmp_path, before_due) == (0, False)
    written, is_read = offline(tmp_path, SIX)  # the week's letter is due
    assert written
    assert is_read
    site = tree(tmp_path / "output" / "site")
    assert offline(tmp_path, SIX + timedelta(hours=9)) == (0, False)
    with Observatory.open(tmp_path / "sources.yaml", now=SIX + timedelta(hours=9)) as obs:
        obs.rebuild()
    assert tree(tmp_path / "output" / "site") == site
    assert offline(tmp_path, SIX + timedelta(days=1))[1]  # the site names the day
