"""check --live: what each source would yield, asked twice over the recreated web, in words and for programs."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from observatory.cli.main import cli
from web import real
from web.server import Seen, Web

ITEM = "<item><title>Micro-credentials {0}</title><link>https://a.example.org/{0}</link></item>"


def build(web: Web) -> str:
    """Six sources: a well one, one that another knows already, and four that are unfit, each for a reason of its own."""
    real.build(web)
    feed = web.host("enqa").url("/feed/")
    web.host("copy").put("/feed/", real.wordpress_feed(web.host("enqa"), real.ENQA), "application/rss+xml")
    shy = web.host("shy")
    shy.put("/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain")
    shy.put("/feed/", real.wordpress_feed(shy, real.ENQA), "application/rss+xml")
    numbers = itertools.count()

    async def restless(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        body = f"<rss version='2.0'><channel><title>t</title>{ITEM.format(next(numbers))}</channel></rss>".encode()
        head = f"HTTP/1.1 200 -\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)

    web.host("restless").raw("/feed/", restless)
    empty = "<rss version='2.0'><channel><title>t</title></channel></rss>"
    web.host("empty").put("/feed/", empty, "application/rss+xml")
    return f"""\
site: {{title: Test observatory, url: "https://observatory.test/"}}
crawl: {{delay: 0.5}}
sources:
  - {{id: enqa, name: ENQA, kind: feed, url: "{feed}"}}
  - {{id: copy, kind: feed, url: "{web.host("copy").url("/feed/")}"}}
  - {{id: redesigned, kind: listing, url: "{web.host("cedefop").url("/en/publications")}", item: div.old-row, date: time}}
  - {{id: shy, kind: feed, url: "{shy.url("/feed/")}"}}
  - {{id: restless, kind: feed, url: "{web.host("restless").url("/feed/")}"}}
  - {{id: empty, kind: feed, url: "{web.host("empty").url("/feed/")}"}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with Web() as web:
        path = tmp_path_factory.mktemp("live")
        (path / "sources.yaml").write_text(build(web), "utf-8")
        yield path


def run(folder: Path, *arguments: str) -> Result:
    root = ["--config", str(folder / "sources.yaml"), "--now", "2026-11-23T06:00:00Z"]
    return CliRunner().invoke(cli, [*root, *arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def rows(folder: Path) -> dict[str, dict[str, Any]]:
    assert run(folder, "run", "--only", "enqa").exit_code == 0
    done = run(folder, "check", "--live", "--json")
    assert done.exit_code == 1
    return {row["id"]: row for row in json.loads(done.stdout)}


def test_a_well_source_is_fit_and_told_in_full(rows: dict[str, dict[str, Any]]) -> None:
    row = rows["enqa"]
    assert row["verdict"] == "fit"
    assert (row["findings"], row["dated"], row["newest"], row["relevant"]) == (4, 4, "2023-03-22", 3)
    assert (row["languages"], row["same_again"], row["known"]) == ({"en": 4}, True, {})
    assert len(row["examples"]) == 3
    assert [check["what"] for check in row["checks"]] == [
        "reachable", "allowed", "findings", "dates", "relevant", "languages", "known already",
    ]  # fmt: skip


def test_what_another_source_shows_already_is_counted(rows: dict[str, dict[str, Any]]) -> None:
    assert rows["copy"]["known"] == {"ENQA": 4}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("redesigned", "'div.old-row' finds no item on the page"),
        ("shy", "robots.txt asks us to stay away"),
        ("restless", "other ones when asked again"),
        ("empty", "it answers and holds no item"),
    ],
)
def test_an_unfit_source_says_why(rows: dict[str, dict[str, Any]], source: str, words: str) -> None:
    assert not rows[source]["fit"]
    assert rows[source]["verdict"].startswith("unfit. ")
    assert words in rows[source]["verdict"]


def test_nothing_of_a_trial_is_kept(folder: Path, rows: dict[str, dict[str, Any]]) -> None:
    runs = list((folder / "output" / "archive").rglob("*.warc.gz"))
    assert len(runs) == 1
    assert json.loads(run(folder, "stats", "--json").stdout)["sources"].keys() == {"enqa"}


def test_a_named_source_is_told_in_words_and_decides_the_exit_code(folder: Path) -> None:
    done = run(folder, "check", "enqa", "--live")
    assert done.exit_code == 0
    assert "  verdict        fit\n" in done.stdout
    assert (
        "  for example    New report on micro-credentials from IMINQA project (2023-03-15, relevant)\n" in done.stdout
    )
    assert run(folder, "check", "nobody", "--live").exit_code == 1


def test_what_a_crawled_policy_does_not_tell_is_listed_with_the_next_step_and_is_no_flaw(tmp_path: Path) -> None:
    with Web() as web:
        host = web.host("ministry")
        item = ITEM.format(1).replace("https://a.example.org", "{base}")
        host.put("/feed/", f"<rss version='2.0'><channel><title>t</title>{item}</channel></rss>", "application/rss+xml")
        row = f'{{id: ministry, kind: feed, url: "{host.url("/feed/")}", publisher: Ministry, defaults: {{kind: policy}}}}'
        (tmp_path / "sources.yaml").write_text(f"crawl: {{delay: 0.5}}\nsources:\n  - {row}\n", "utf-8")
        (tmp_path / "curation").mkdir()
        (tmp_path / "curation/hosts.yaml").write_text(f'"{host.address}:{host.port}": [Ministry]\n', "utf-8")
        assert run(tmp_path, "run").exit_code == 0
    told = run(tmp_path, "check")
    (wish,) = (line for line in told.output.splitlines() if "jurisdiction" in line)
    command = wish.partition("observatory set ")[2].split()
    assert (told.exit_code, told.output.splitlines()[-1][:6]) == (0, "sound:")
    assert run(tmp_path, "set", *command, "--why", "its address").exit_code == 0
    assert "jurisdiction" not in run(tmp_path, "check").output
    assert run(tmp_path, "set", command[0], "summary=see above", "--why", "a slip").exit_code == 0
    assert run(tmp_path, "check").exit_code == 1, "what is wrong is a flaw still"
