"""What a site is made of is told alike by every process, or a quiet day would cost a publishing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from observatory import basis
from observatory.app import Observatory
from observatory.cli.main import cli
from observatory.errors import Busy
from trees import tree

ROOT = Path(__file__).parents[1]
TELL = """
import sys
from pathlib import Path
from observatory.basis import as_it_stands, basis
from observatory.curated import told
files = told(Path("sources.yaml"), ["curation/library/*.yaml"])
print(basis(files, files))
heavy = ("click", "pydantic", "ruamel", "sqlalchemy", "jinja2", "observatory.config", "observatory.model", "spiders")
print([name for name in heavy if name in sys.modules])
"""


def told(seed: str, folder: Path) -> str:
    settings = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)}
    (folder / "sources.yaml").write_text("sources: []\n", "utf-8")
    done = subprocess.run(
        (sys.executable, "-c", TELL), cwd=folder, env=settings, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_two_processes_tell_the_same_basis_wherever_they_start_and_load_nothing_heavy(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    first, second = told("1", tmp_path / "one"), told("2", tmp_path / "other")
    assert first == second
    assert first.endswith("\n[]\n")


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


# ---------------------------------------------------------------- nothing changed

KEPT = """\
site: {url: https://example.org/}
sources:
  - {id: ours, kind: library, path: '*.records.yaml'}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An observatory that was run and published, with a file of each sort that a site is made of."""
    folder = tmp_path_factory.mktemp("made")
    files = {
        "sources.yaml": KEPT,
        "a.records.yaml": RECORD,
        "curation/picks.yaml": "start_here: {}\ngood_reads: {}\n",
        "curation/forgotten.yaml": "[]\n",
        "curation/countries/al.yaml": (ROOT / "curation/countries/al.yaml").read_text("utf-8"),
        "curation/decisions/ann.yaml": "[]\n",
        "site_templates/_footer.html": (ROOT / "site_templates" / "_footer.html").read_text("utf-8"),
        "vocabulary/everyday.yaml": (ROOT / "observatory/judge/vocabulary/everyday.yaml").read_text("utf-8"),
    }
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body, "utf-8")
    with Observatory.open(folder / "sources.yaml", now=SIX) as obs:
        obs.run(offline=True)
    return folder


@pytest.fixture
def kept(made: Path, tmp_path: Path) -> Path:
    """A copy of it, where nothing is to be done."""
    folder = tmp_path / "kept"
    shutil.copytree(made, folder, symlinks=True)
    assert standing(folder), "what follows would show nothing"
    return folder


def standing(folder: Path) -> bool:
    """Whether it is known without any setting read that nothing is to be done."""
    return basis.as_it_stands(folder / "sources.yaml", folder / "output") is not None


def published(folder: Path) -> str:
    """Publish by the command; what it printed."""
    done = CliRunner().invoke(cli, ["--config", str(folder / "sources.yaml"), "publish"])
    return done.output


TOUCHED = [
    "sources.yaml",
    "a.records.yaml",
    "curation/picks.yaml",
    "curation/forgotten.yaml",
    "curation/countries/al.yaml",
    "curation/decisions/ann.yaml",
    "site_templates/_footer.html",
    "vocabulary/everyday.yaml",
]


def test_whatever_file_of_the_curators_changes_the_settings_are_read(kept: Path) -> None:
    for name in TOUCHED:
        before = (kept / name).read_bytes()
        os.utime(kept / name, (1, 1))
        assert standing(kept), "a file that was only touched says what it said"
        (kept / name).write_bytes(before + b"# one more line\n")
        assert not standing(kept), name
        (kept / name).write_bytes(before)
        assert standing(kept)
    for name in ("b.records.yaml", "curation/hosts.yaml", "vocabulary/own.yaml", "site_templates/static/x.css"):
        (kept / name).parent.mkdir(exist_ok=True)
        (kept / name).write_bytes(b"")
        assert not standing(kept), name
        (kept / name).unlink()
    with (kept / "a.records.yaml").open("a", encoding="utf-8") as file:
        file.write("# one more line\n")
    assert "files in" in published(kept)
    assert standing(kept), "and what stands now is known again"


def test_a_broken_setting_is_named_each_time(kept: Path) -> None:
    for name in ("sources.yaml", "a.records.yaml", "curation/countries/al.yaml", "vocabulary/everyday.yaml"):
        before = (kept / name).read_bytes()
        (kept / name).write_bytes(before + b"{broken\n")
        for _turn in range(2):
            said = published(kept)
            assert Path(name).name in said
            assert "files in" not in said
        (kept / name).write_bytes(before)
        assert standing(kept), "mended as it was, the site is as it was"


def test_a_query_that_cant_be_read_is_warned_of_each_time(kept: Path) -> None:
    with (kept / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write("searches: [{id: odd, title: Odd, query: 'country:('}]\n")
    for _turn in range(2):
        assert "broken query" in published(kept)
    assert not standing(kept)


def test_the_catalogue_the_run_the_program_and_lost_files_are_seen(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Observatory.open(kept / "sources.yaml", now=SIX) as obs:
        obs.store.set_meta("anything", "new")
        assert not standing(kept)
        obs.publish()
        assert standing(kept)
        obs.store.record_run(SIX + timedelta(minutes=1))
        assert not standing(kept), "another day might need another site"
        obs.publish()
        assert standing(kept)
        with obs.writing("test"), pytest.raises(Busy, match="test"):
            standing(kept)
    with monkeypatch.context() as other:
        other.setattr(basis, "_PROGRAM", "another")
        assert not standing(kept)
        other.setenv("OBSERVATORY_DATABASE", "sqlite:///elsewhere")
        assert not standing(kept)
    for lost in (kept / "output/site/index.html", kept / "output/.site.manifest", kept / "output/catalogue.sqlite"):
        lost.rename(lost.with_name("aside"))
        assert not standing(kept)
        lost.with_name("aside").rename(lost)
        assert standing(kept)
    shutil.rmtree(kept / "output/desk")
    assert not standing(kept)


def test_settings_that_changed_after_they_were_read_are_read_again(kept: Path) -> None:
    with Observatory.open(kept / "sources.yaml", now=SIX) as obs:
        (kept / "sources.yaml").write_text(KEPT.replace("site: {", "site: {title: Another title, "), "utf-8")
        obs.publish()
    assert not standing(kept)
    published(kept)
    assert "Another title" in (kept / "output/site/index.html").read_text("utf-8")


def test_a_note_that_is_torn_is_none(kept: Path) -> None:
    for torn in (b"", b"{", b"[]", b'{"seen": 1}'):
        (kept / "output/.site.seen").write_bytes(torn)
        assert not standing(kept)
