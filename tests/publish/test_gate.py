"""The gate on what is published, on single works and on the real library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conftest import Shown
from observatory.app import Observatory
from observatory.model import Creator, EntryKind, Level, PartialDate, Work
from observatory.publish.gate import belongs, flaws, gaps, is_public

ROOT = Path(__file__).parents[2]
TODAY = PartialDate(2026, 11, 24)
FIT = Work(
    title="A framework for micro-credentials",
    kind=EntryKind.POLICY,
    publisher="Quality and Qualifications Ireland (QQI)",
    date=PartialDate(2024),
    url="https://www.qqi.ie/framework",
    language="en",
    level=Level.NATIONAL,
    official=True,
    jurisdiction="IE",
    summary="How small awards fit into the national framework, and who may give them.",
)


def fields(work: Work, hosts: dict[str, tuple[str, ...]] | None = None) -> set[str]:
    return {field for field, _message in (*flaws(work, TODAY, hosts or {}), *gaps(work))}


def test_the_library_is_fit_to_be_published(tmp_path: Path) -> None:
    with Observatory.open(ROOT / "sources.yaml", data=tmp_path) as observatory:
        assert observatory.unfit() == ()


def test_the_library_leaves_its_first_curator_few_questions(library_site: Shown) -> None:
    with Observatory.open(ROOT / "sources.yaml", data=library_site.folder.parent) as observatory:
        assert observatory.unfit() == (), "decisions name what the library holds"
        assert len(observatory.duplicates()) <= 3


def test_a_sound_work_passes() -> None:
    assert fields(FIT) == set()
    assert fields(replace(FIT, date=None)) == set(), "undated is said plainly, not a flaw"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "https://example.com/framework"}, "url"),
        ({"url": "ftp://qqi.ie/framework"}, "url"),
        ({"url": "https://dev-1ab.platformsh.site/qqi"}, "url"),
        ({"seen_at": "https://www.qqi.ie/search?q=micro"}, "seen_at"),
        ({"pdf_url": "https://www.qqi.ie/wp-admin/file.pdf"}, "pdf_url"),
        ({"language": "ga"}, "title_en"),
        ({"date": PartialDate(1924)}, "date"),
        ({"date": PartialDate(2204)}, "date"),
        ({"level": None}, "level"),
        ({"official": None}, "official"),
        ({"jurisdiction": None}, "jurisdiction"),
        ({"summary": "TODO: say what it is about."}, "summary"),
        ({"summary": "From the seminar's reading list; address to find."}, "summary"),
        ({"summary": "Read it at https://www.qqi.ie/framework."}, "summary"),
        ({"summary": "A framework for micro-credentials."}, "summary"),
        ({"summary": "Short."}, "summary"),
    ],
)
def test_what_a_reader_must_not_meet_is_named(change: dict[str, object], field: str) -> None:
    assert field in fields(replace(FIT, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "publisher", "known"),
    [
        ("qqi.ie", "Quality and Qualifications Ireland (QQI)", True),
        ("doi.org", "Anyone", True),
        ("op.europa.eu", "Anyone", True),
        ("coe.int", "Council of Europe", True),
        ("irrodl.org", "International Review of Research in Open and Distributed Learning, Volume 25, Number 1", True),
        ("enqa.eu", "European Association for Quality Assurance in Higher Education", False),
        ("notdoi.org.example.net", "Anyone", False),
    ],
)
def test_a_host_is_known_by_its_publishers_words_or_initials(host: str, publisher: str, known: bool) -> None:
    assert belongs(host, Work(publisher=publisher), {}) is known


def test_a_curators_line_gives_a_host_to_its_publisher_only() -> None:
    hosts = {"okm.fi": ("Ministry of Education and Culture",)}
    assert belongs("okm.fi", Work(publisher="Ministry of Education and Culture"), hosts)
    assert not belongs("okm.fi", Work(publisher="Somebody else"), hosts)


def test_a_universitys_repository_holds_articles_but_no_acts() -> None:
    article = Work(kind=EntryKind.ARTICLE, publisher="Some Journal", creators=(Creator("Ann Lee"),))
    assert belongs("scholarworks.iu.edu", article, {})
    assert not belongs("scholarworks.iu.edu", replace(article, kind=EntryKind.POLICY), {})


@pytest.mark.parametrize(
    "url", ["https://a.org/timeline/search/43788", "https://a.org/research/testing-times", "https://a.org/?p=17"]
)
def test_an_items_own_address_is_public_whatever_words_it_holds(url: str) -> None:
    assert is_public(url)


def test_check_names_the_unfit_record_with_its_line_and_fails(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from observatory.cli.main import cli

    (tmp_path / "sources.yaml").write_text("sources:\n  - {id: library, kind: library, path: library.yaml}\n", "utf-8")
    (tmp_path / "library.yaml").write_text("- id: one\n  kind: report\n  title: Ein Bericht\n  language: de\n", "utf-8")
    told = CliRunner().invoke(cli, ["--config", str(tmp_path / "sources.yaml"), "check"])
    assert told.exit_code == 1
    assert "library.yaml:1: one.title_en:" in told.output


def test_a_broken_hosts_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "curation").mkdir()
    (tmp_path / "curation/hosts.yaml").write_text("a.org: A\nb.org: [B]\n", "utf-8")
    (tmp_path / "sources.yaml").write_text("sources: []\n", "utf-8")
    with Observatory.open(tmp_path / "sources.yaml", data=tmp_path / "output") as observatory:
        (flaw,) = observatory.unfit()
    assert (flaw.file, flaw.line) == ("curation/hosts.yaml", 1)
