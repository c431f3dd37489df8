"""How sources stand: every state with its cause, since when and what helps, the same in terminal, site and curators' feed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from observatory.app import Observatory
from observatory.catalogue.archive import Writer
from observatory.cli.main import cli
from observatory.model import Cause, HarvestEnd, Outcome, Snapshot, SourceRow, Visit

BEGIN = datetime(2026, 6, 1, 6, tzinfo=UTC)
NOW = BEGIN + timedelta(days=100)
ATOM = "{http://www.w3.org/2005/Atom}"
SOURCES = """\
site: {title: Test, url: "https://example.org/", contact: desk@example.org}
sources:
  - {id: lively, kind: feed, url: "https://lively.example/feed/"}
  - {id: silent, name: "Silent & still", kind: feed, url: "https://silent.example/feed/"}
  - {id: ill, kind: feed, url: "https://ill.example/feed/", every: 6h}
  - {id: gone, kind: feed, url: "https://gone.example/feed/"}
  - {id: moved, kind: feed, url: "https://moved.example/feed/"}
  - {id: paged, kind: listing, url: "https://paged.example/news", item: li}
  - {id: new, kind: feed, url: "https://new.example/feed/"}
  - {id: off, kind: feed, url: "https://off.example/feed/", enabled: false}
  - {id: library, kind: library, path: curation/library/*.yaml}
"""
NEW_HOME = "https://moved.example/new/"


def feed(name: str, number: int) -> bytes:
    items = "".join(
        f"<item><title>{'Micro-credentials' if n % 2 else 'Minutes'} {n} of {name}</title><link>https://{name}.example/{n}</link></item>"
        for n in range(number)
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>".encode()


class History:
    """An archive of a hundred days, written as crawls would have written it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sources.yaml").write_text(SOURCES, "utf-8")
        with self.open(BEGIN) as observatory:
            self.rows = {source.id: source for source in observatory.config.sources}
            for day in range(0, 100, 5):
                with Writer.begin(observatory.archive, BEGIN + timedelta(days=day)) as sink:
                    self._day(sink, day, BEGIN + timedelta(days=day))
            observatory.ingest()
            observatory.store.record_run(BEGIN + timedelta(days=95))

    def open(self, now: datetime = NOW) -> Observatory:
        return Observatory.open(self.folder / "sources.yaml", self.folder / "output", now=now)

    def _day(self, sink: Writer, day: int, at: datetime) -> None:
        for name in ("lively", "silent", "ill", "gone", "moved", "paged"):
            url = json.loads(self.rows[name].row)["url"]
            if day == 0:
                sink.source(SourceRow(name, at, self.rows[name].row))
            if name in ("ill", "gone") and day >= 50:
                cause = Cause.SERVER if name == "ill" else Cause.GONE
                sink.visit(Visit(name, url, at, Outcome.FAILED, cause, detail=f"answers {cause}"))
                sink.end(HarvestEnd(name, at, Outcome.FAILED, cause, False, 1, 0, detail=f"answers {cause}"))
                continue
            if name == "moved" and day >= 70:
                sink.visit(Visit(name, url, at, Outcome.OK, None, 301, "", NEW_HOME))
            if name == "paged":
                page = b"<ul><li><a href='/a'>Micro-credentials abroad</a></li></ul>"
                sink.visit(Visit(name, f"{url}?page=2", at, Outcome.OK, None, 301, "", f"{url}?p=2"))
                sink.response(Snapshot("", name, f"{url}?page=2", url, at, 200, "text/html", page, "page:2"))
                sink.response(Snapshot("", name, url, url, at, 200, "text/html", page))
            else:
                number = 2 + min(day, 30 if name == "silent" else 200) // 5
                sink.response(Snapshot("", name, url, url, at, 200, "application/rss+xml", feed(name, number)))
            sink.end(HarvestEnd(name, at, Outcome.OK, None, True, 1, 0))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(tmp_path_factory.mktemp("health"))


def run(history: History, *arguments: str) -> str:
    root = ["--config", str(history.folder / "sources.yaml"), "--data", str(history.folder / "output")]
    done = CliRunner().invoke(cli, [*root, "--now", NOW.isoformat(), *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def rows(history: History) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in json.loads(run(history, "source", "health", "--json"))}


@pytest.mark.parametrize(
    ("source", "state", "cause", "since"),
    [
        ("lively", "well", None, "2026-06-01"),
        ("silent", "silent", None, "2026-07-31"),  # the 30 days that August is given, after the last news on day 30
        ("ill", "ill", "5xx", "2026-07-21"),
        ("gone", "gone", "410", "2026-07-21"),
        ("moved", "moved", None, "2026-08-10"),
        ("paged", "well", None, "2026-06-01"),
        ("new", "never asked", None, None),
        ("off", "disabled", None, None),
        ("library", "by hand", None, None),
    ],
)
def test_every_source_stands_in_a_state_with_cause_and_date(
    rows: dict[str, dict[str, Any]], source: str, state: str, cause: str | None, since: str | None
) -> None:
    row = rows[source]
    assert (row["state"], row["cause"], (row["since"] or "")[:10] or None) == (state, cause, since)


def test_the_worst_come_first(rows: dict[str, dict[str, Any]]) -> None:
    assert list(rows)[:4] == ["gone", "ill", "moved", "silent"]


def test_what_a_source_brings_is_told_over_time(rows: dict[str, dict[str, Any]]) -> None:
    lively = rows["lively"]
    assert (lively["findings"], lively["relevant"], lively["rhythm_days"]) == (21, 10, 5.0)
    assert [(month["month"], month["new"], month["relevant"]) for month in lively["months"]] == [
        ("2026-06", 7, 3),
        ("2026-07", 7, 4),
        ("2026-08", 6, 3),
        ("2026-09", 1, 0),
    ]
    assert (rows["ill"]["months"][-1]["failed"], rows["silent"]["silent_days"]) == (1, 70)


def test_an_ill_source_is_asked_more_rarely_and_a_gone_one_never(rows: dict[str, dict[str, Any]]) -> None:
    assert rows["gone"]["due"] is None
    last = datetime.fromisoformat(rows["ill"]["last_visit"])
    assert datetime.fromisoformat(rows["ill"]["due"]) - last == timedelta(days=7)
    assert datetime.fromisoformat(rows["lively"]["due"]) - last <= timedelta(days=1)


def test_what_helps_names_the_line_to_change(rows: dict[str, dict[str, Any]]) -> None:
    assert rows["moved"]["advice"] == f"moved for good: in sources.yaml, line 7, write url: {NEW_HOME}"
    assert "410" in rows["gone"]["advice"]
    assert "sources.yaml, line 6" in rows["gone"]["advice"]
    assert rows["silent"]["advice"].startswith("nothing new since 2026-07-01, usually every 5 days")


def test_the_terminal_tells_it_and_one_source_in_full(history: History) -> None:
    told = run(history, "source", "health", "--ill")
    assert [line.split()[0] for line in told.splitlines() if " 2026-" in line][:4] == ["gone", "ill", "moved", "silent"]
    assert "lively" not in told
    full = run(history, "source", "health", "ill")
    assert "  state           ill (5xx)\n  since           2026-07-21\n" in full
    assert "  2026-07     7       3           4" in full


def test_a_line_that_was_mended_is_not_complained_of_again(history: History, tmp_path: Path) -> None:
    said = SOURCES.replace("https://moved.example/feed/", NEW_HOME)
    (history.folder / "sources.yaml").write_text(said, "utf-8")
    try:
        rows = {row["id"]: row["state"] for row in json.loads(run(history, "source", "health", "--json"))}
    finally:
        (history.folder / "sources.yaml").write_text(SOURCES, "utf-8")
    assert rows["moved"] == "well"


@pytest.fixture(scope="module")
def published(history: History) -> Path:
    with history.open() as observatory:
        observatory.index()
        observatory.publish()
    return history.folder / "output"


def test_the_site_tells_readers_how_a_source_fares(published: Path) -> None:
    page = re.sub(r"</?time[^>]*>", "", (published / "site/sources/ill/index.html").read_text("utf-8"))
    assert "<dd>does not answer (5xx), since 21 July 2026</dd>" in page
    assert "every 6 hours; while it is ill more rarely, next on" in page
    assert "11 findings, of which 5 are on the subject" in page
    assert '<th scope="row">Jul 2026</th><td class="num">4</td><td class="num">2</td><td class="num">50 %</td>' in page
    assert "How this source fares" not in (published / "site/sources/library/index.html").read_text("utf-8")
    about = (published / "site/about/index.html").read_text("utf-8")
    assert "answers, and has had nothing new for longer than usual" in about


def test_a_quiet_day_changes_no_page_of_a_source(history: History, published: Path) -> None:
    pages = {path: path.read_bytes() for path in (published / "site/sources").rglob("*.html")}
    day = BEGIN + timedelta(days=96)
    with history.open(day) as observatory:
        before = observatory.store.last_run()
        observatory.store.record_run(day)
        observatory.publish()
        assert {path: path.read_bytes() for path in pages} == pages
        assert before is not None
        observatory.store.record_run(before)


def test_the_curators_feed_stands_at_the_desk_and_tells_each_once(published: Path) -> None:
    assert not list((published / "site").rglob("curators*"))
    tree = ET.parse(published / "desk/curators.atom")
    entries = {entry.findtext(f"{ATOM}title"): entry for entry in tree.iter(f"{ATOM}entry")}
    assert {"gone: gone (410)", "ill: ill (5xx)", "moved: moved", "Silent & still: silent"} <= entries.keys()
    assert all(entry.find(f"{ATOM}link").get("href", "").startswith("https://") for entry in entries.values())  # type: ignore[union-attr]
    ill = entries["ill: ill (5xx)"]
    assert ill.findtext(f"{ATOM}updated") == "2026-07-21T06:00:00Z"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries.values()]
    assert len(ids) == len(set(ids))
