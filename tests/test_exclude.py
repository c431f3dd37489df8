"""`exclude:` of a source: noise is left out without being lost, at once and in both directions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from observatory import text
from observatory.app import Observatory
from observatory.catalogue.archive import Writer
from observatory.errors import ConfigError
from observatory.model import HarvestEnd, Outcome, Snapshot, SourceRow, Status

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SOURCES = """
site: {{title: Test, url: https://example.org/}}
sources:
  - {{id: uni, kind: feed, url: "https://www.uni.example/feed/"{more}}}
"""
COURSE, REPORT = "https://www.uni.example/courses/micro-1", "https://www.uni.example/news/report"


def rows(folder: Path, more: str = "") -> dict[str, str]:
    """Ingest with a source of these keys; gives each entry's status by its address."""
    (folder / "sources.yaml").write_text(SOURCES.format(more=more), "utf-8")
    with Observatory.open(folder / "sources.yaml", now=NOW) as observatory:
        observatory.ingest()
        return {str(entry.work.url): entry.status.value for entry in observatory.store.entries(tuple(Status))}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    items = "".join(
        f"<item><title>Micro-credentials at {name}</title><link>{url}</link></item>"
        for name, url in (("the course", COURSE), ("work", REPORT))
    )
    body = f'<rss version="2.0"><channel><title>Uni</title>{items}</channel></rss>'.encode()
    url = "https://www.uni.example/feed/"
    (tmp_path / "sources.yaml").write_text(SOURCES.format(more=""), "utf-8")
    with Observatory.open(tmp_path / "sources.yaml") as observatory, Writer.begin(observatory.archive, NOW) as sink:
        sink.source(SourceRow("uni", NOW, observatory.config.sources[0].row))
        sink.response(Snapshot("", "uni", url, url, NOW, 200, "application/rss+xml", body))
        sink.end(HarvestEnd("uni", NOW, Outcome.OK, None, complete=True, visits=1, not_modified=0))
    return tmp_path


def test_a_path_left_out_takes_its_entries_away_at_once_and_gives_them_back(folder: Path) -> None:
    assert rows(folder) == {COURSE: "published", REPORT: "published"}
    assert rows(folder, ", exclude: /courses/") == {COURSE: "rejected", REPORT: "published"}
    assert rows(folder) == {COURSE: "published", REPORT: "published"}


def test_an_entry_that_was_left_out_says_by_which_path(folder: Path) -> None:
    rows(folder)
    rows(folder, ", exclude: [/jobs/, www.uni.example/courses/]")
    with Observatory.open(folder / "sources.yaml", now=NOW) as observatory:
        entry = observatory.entry(COURSE)
        assert entry.reasons[0].text == "uni leaves out www.uni.example/courses/"


def test_what_is_left_out_from_the_start_is_never_an_entry(folder: Path) -> None:
    assert rows(folder, ", exclude: /courses/") == {REPORT: "published"}


@pytest.mark.parametrize(
    ("path", "is_under"),
    [
        ("/courses/", True),
        ("/courses", True),
        ("/news/", False),
        ("/*/micro-", True),
        ("/courses/micro-1$", True),
        ("/courses/micro$", False),
        ("www.uni.example/courses/", True),
        ("UNI.example/courses/", True),
        ("other.example/courses/", False),
        ("/cour.es/", False),
    ],
)
def test_a_path_is_read_as_in_robots_txt(path: str, is_under: bool) -> None:
    assert text.is_under(COURSE, path) is is_under


@pytest.mark.parametrize(
    "path", ["courses", "https://www.uni.example/courses/", "/", "/*", "www.uni.example/", "/a*b*c*d*e*f*g"]
)
def test_what_is_no_path_or_leaves_out_all_is_a_mistake(folder: Path, path: str) -> None:
    with pytest.raises(ConfigError, match=r"sources\.yaml:4: sources\.uni\.exclude"):
        rows(folder, f', exclude: "{path}"')
