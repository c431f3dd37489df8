"""`source add`: twenty sites, each built differently; the row that is proposed reads what a person sees there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from observatory.app import Observatory
from observatory.cli.main import cli
from observatory.config import load
from observatory.errors import UsageError
from observatory.probing import MOST_VISITS, Probed, look, probe, proposals
from tests.terminal import Terminal
from web import real, sites
from web.server import Web

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
CASES = {case.name: case for case in sites.SITES}
SOURCES = """\
# What we watch.
crawl: {delay: 0.5}
sources:
  # Found by Aoife.
  - id: first          # the oldest
    kind: feed
    url: https://first.example.org/feed/

  # ----- the end
"""


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as made:
        yield made


@pytest.fixture(scope="module")
def looks(web: Web, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Probed]:
    """Look at all sites in one child process, and try what may be read there."""
    folder = tmp_path_factory.mktemp("looks")
    (folder / "sources.yaml").write_text("sources: []\n", "utf-8")
    urls = sites.put(web)
    config = load(folder / "sources.yaml")
    config = replace(config, crawl=replace(config.crawl, delay=0.02))
    with Observatory(config, folder / "output", NOW) as observatory:
        brought = look(observatory, list(urls.values()))
        return {name: proposals(observatory, url, brought[url]) for name, url in urls.items()}


@pytest.mark.parametrize("name", CASES)
def test_the_best_row_for_a_site_is_the_one_a_curator_would_write(
    web: Web, looks: dict[str, Probed], name: str
) -> None:
    case, best = CASES[name], looks[name].proposals[0]
    wanted = {key: web.host(name).url(value) if key == "url" else value for key, value in case.options.items()}
    assert {"kind": best.row["kind"], **{key: best.row.get(key) for key in wanted}} == {"kind": case.kind, **wanted}
    assert (len(best.trial.items), best.trial.dated) == (case.items, case.dated)


def test_each_row_is_sound_and_yields_what_it_says(looks: dict[str, Probed]) -> None:
    for found in looks.values():
        for proposal in found.proposals:
            assert proposal.trial.items or proposal.trial.records
            assert proposal.yaml.startswith(f"- id: {proposal.row['id']}\n")
            # These hosts are numbers. A site that says no name is called by its page's title, or by the whole number.
            name, _dash, label = str(proposal.row["name"]).partition(" – ")
            assert name != label
            assert not re.search(r"\d \d", name), name


def test_a_look_is_bounded_and_asks_nothing_twice(web: Web, looks: dict[str, Probed]) -> None:
    assert max(found.asked for found in looks.values()) <= 12 < MOST_VISITS
    asked = [(seen.host, seen.path) for seen in web.asked()]
    assert len(asked) == len(set(asked))
    assert not [path for _host, path in asked if path.rpartition("/")[2] in sites.SLUGS], "an item's own page"


# ---------------------------------------------------------------- the command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources.yaml").write_text(SOURCES, "utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    root = ["--config", str(folder / "sources.yaml"), "--now", "2026-11-23T06:00:00Z"]
    return CliRunner().invoke(cli, [*root, *arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def enqa(web: Web) -> str:
    real.build(web)
    host = web.host("enqa")
    rows = "".join(f'<div class="news"><h3><a href="{item.path}">{item.title}</a></h3></div>' for item in real.ENQA)
    host.put("/news/", sites.frame("News – ENQA", f"<main><h1>News</h1>{rows}</main>"))
    return host.url("/news/")


def test_a_dry_run_tells_the_row_and_writes_nothing(folder: Path, enqa: str) -> None:
    done = run(folder, "source", "add", "--dry-run", enqa)
    assert done.exit_code == 0
    assert "  4 findings, newest 2023-03-22, 3 relevant\n" in done.stdout
    assert "kind: feed\n" in done.stdout
    assert (folder / "sources.yaml").read_text("utf-8") == SOURCES
    assert not (folder / "output").exists()


def test_a_row_is_written_with_comments_and_order_kept_and_the_next_run_reads_it(folder: Path, enqa: str) -> None:
    done = run(folder, "source", "add", "--yes", enqa)
    assert done.exit_code == 0
    after = (folder / "sources.yaml").read_text("utf-8")
    before, _, added = after.partition("  - id: enqa-news\n")
    rest = added[added.index("\n\n") + 1 :]
    assert before + rest == SOURCES, "only the row was added"
    assert (folder / "sources.yaml~").read_text("utf-8") == SOURCES
    source = load(folder / "sources.yaml").sources[1]
    assert f"written to sources.yaml, line {source.line}; `observatory run --only {source.id}`" in done.stdout
    assert (source.id, source.name, source.publisher) == ("enqa-news", "ENQA – News", "ENQA")
    ran = json.loads(run(folder, "run", "--only", source.id, "--json").stdout)
    assert [(row["id"], row["findings"]) for row in ran["sources"]] == [(source.id, 4)]


def test_a_second_time_it_says_who_reads_that_already(folder: Path, enqa: str) -> None:
    run(folder, "source", "add", "--yes", enqa)
    done = run(folder, "source", "add", "--json", enqa)
    ids = [source.id for source in load(folder / "sources.yaml").sources]
    assert json.loads(done.stdout)["watched"] == ids[1:]
    assert json.loads(done.stdout)["proposals"][0]["row"]["id"] not in ids


def test_nothing_to_watch_is_said_with_the_cause(folder: Path, web: Web) -> None:
    shy = web.host("shy")
    shy.put("/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain")
    done = run(folder, "source", "add", shy.url("/news/"))
    assert done.exit_code == 1
    assert "robots.txt asks not to visit this address" in done.stdout


def test_what_is_no_address_is_wrong_use(folder: Path) -> None:
    with Observatory.open(folder / "sources.yaml") as observatory, pytest.raises(UsageError, match="no web address"):
        probe(observatory, "ftp://example.org/", lambda _line: None)


def test_a_pdf_is_one_document_to_suggest_and_no_source(folder: Path, web: Web) -> None:
    host = web.host("papers")
    host.put("/download/12", b"%PDF-1.7 ...", "application/pdf")
    for path in ("/report.pdf", "/download/12"):
        done = run(folder, "source", "add", host.url(path))
        assert done.exit_code == 2
        assert f"`observatory suggest {host.url(path)}`" in done.stderr


def test_at_a_terminal_a_curator_chooses_by_number(folder: Path, enqa: str) -> None:
    arguments = ["--config", str(folder / "sources.yaml"), "source", "add", enqa]
    with Terminal(*arguments) as terminal:
        terminal.expect("write it? y, n")
        terminal.press("9\r")
        terminal.expect("write it? y, n")
        terminal.press("2\r")
        terminal.expect("written to sources.yaml")
    assert load(folder / "sources.yaml").sources[1].kind == "listing"
