"""What a crawl hands over saves parsing and changes nothing: the catalogue is the one that is read out of the archive."""

from __future__ import annotations

import json
import pickle
import shutil
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from observatory import loglines
from observatory.app import Observatory
from observatory.catalogue import archive
from observatory.config import load
from observatory.handing import Known, Tray, can_hand, hand
from observatory.harvest import BEHIND, _Mouth, _Parent, _Task
from observatory.model import Finding, Item, Job, Memory, Page, Snapshot, Work
from observatory.reading import Reader
from web.server import Web

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
LIST = (
    "<main>"
    + "".join(f"<article><a href='/r/{n}/'>Micro-credentials report {n}</a></article>" for n in range(5))
    + "</main>"
)


def feed(number: int, first: int) -> str:
    items = "".join(
        f"<item><title>Micro-credentials {n} of {'one' if n % 3 else number}</title><guid>{n}</guid>"
        f"<link>https://works.example/{n}/</link><description>{'On recognition of learning. ' * 20}</description></item>"
        for n in range(first, first + 9)
    )
    return f"<rss version='2.0'><channel><title>{number}</title>{items}</channel></rss>"


def sources(folder: Path, web: Web, first: int) -> Path:
    rows = []
    for number in range(4):
        host = web.host(f"h{number}")
        host.put("/feed/", feed(number, first), "application/rss+xml")
        rows.append({"id": f"h{number}", "kind": "feed", "url": host.url("/feed/")})
    host = web.host("list")
    host.put("/reports/", f"<html><head><title>R</title></head><body>{LIST}</body></html>", "text/html")
    rows.append({"id": "list", "kind": "listing", "url": host.url("/reports/"), "item": "article", "title": "a"})
    (folder / "sources.yaml").write_text(json.dumps({"crawl": {"delay": 0.5}, "sources": rows}), "utf-8")
    return folder / "sources.yaml"


def rows(catalogue: Path) -> dict[str, list[str]]:
    """All rows of all tables, but for the names that each catalogue and each transaction gets by chance."""
    with sqlite3.connect(catalogue) as opened:
        names = [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: sorted(map(repr, opened.execute(f"SELECT * FROM {name}"))) for name in names}
    chance = ("('written'", "('catalogue'")
    return {name: [row for row in each if not row.startswith(chance)] for name, each in found.items()}


@pytest.mark.parametrize("is_judged", [False, True], ids=["read", "judged"])
def test_a_collected_catalogue_is_the_one_that_its_archive_gives(
    is_judged: bool, tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Known] = []
    reader: list[Reader] = []  # the crawl's, as it were

    def take(self: Tray, snapshot: Snapshot, row: str, taken: Any = Tray.take) -> Known | None:
        known: Known | None = taken(self, snapshot, row)
        if known and is_judged:
            known = replace(known, items=reader[-1].read_ahead(snapshot, row, known.findings).items)
        used.extend([known] if known else [])
        return known

    monkeypatch.setattr(Tray, "take", take)
    for day, first in ((0, 0), (1, 3)):
        with Observatory.open(sources(tmp_path, web, first), now=NOW + timedelta(days=day)) as obs, obs.writing("run"):
            reader.append(Reader({source.id: source for source in obs.config.sources}, obs.config.vocabulary))
            obs._collect((), due=False, offline=False)
    assert used  # how many are handed over in time depends on which process is quicker
    assert any(known.items for known in used) == is_judged
    monkeypatch.undo()
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(tmp_path / "sources.yaml", alone)
    shutil.copytree(tmp_path / "output/archive", alone / "output/archive")
    with Observatory.open(alone / "sources.yaml", now=NOW + timedelta(days=1)) as obs:
        obs.ingest()
    collected, read = (rows(folder / "output/catalogue.sqlite") for folder in (tmp_path, alone))
    assert collected["entries"]
    assert collected == read


SNAPSHOT = Snapshot(
    "20261123T060000Z-0001/000001", "s", "https://a.example/", "https://a.example/", NOW, 200, "text/xml", b"<rss/>"
)
FINDING = Finding("s", "1", Work(title="A report"))
FOUND = Known((FINDING,))


def test_what_was_handed_over_counts_for_these_very_bytes_and_this_row_once() -> None:
    tray = Tray()
    handed = hand(SNAPSHOT, "{}", FOUND)
    tray.put(handed)
    archived = replace(SNAPSHOT, headers=(("etag", "x"),))
    for other in (
        replace(archived, body=b"<rss />"),
        replace(archived, role="item"),
        replace(archived, url="https://b.example/"),
    ):
        assert tray.take(other, "{}") is None
    assert tray.take(archived, '{"authors":true}') is None
    assert tray.take(archived, "{}") == FOUND
    assert tray.take(archived, "{}") is None


@dataclass(frozen=True, slots=True)
class _Single:
    """A record of one field only, which is taken otherwise."""

    said: tuple[str, ...]


def test_every_record_comes_back_as_it_was_packed() -> None:
    known = Known(FOUND.findings, {"h#1": _Single(("one",)), "h#2": _Single(())})  # type: ignore[dict-item]
    tray = Tray()
    tray.put(hand(SNAPSHOT, "{}", known))
    assert tray.take(SNAPSHOT, "{}") == known


def test_a_crawl_judges_too_while_its_parent_is_behind(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(json.dumps({"sources": [{"id": "s", "kind": "feed", "url": SNAPSHOT.url}]}))
    config, parent, pipe = load(tmp_path / "sources.yaml"), _Parent(), BytesIO()
    jobs = tuple(Job(source, Memory()) for source in config.sources)
    task = _Task(jobs, tmp_path, config.crawl, NOW, config.vocabulary, loglines.style_here(), is_followed=True)
    mouth = _Mouth(task, parent, pipe)
    for number in range(BEHIND + 4):
        parent.taken = max(0, number - BEHIND - 1)
        mouth.found(SNAPSHOT, (replace(FINDING, key=str(number)),))
    parent.taken = BEHIND + 4
    mouth.found(SNAPSHOT, (replace(FINDING, key="last"),))
    pipe.seek(0)
    told = [pickle.loads(pickle.load(pipe).packed) for _each in range(BEHIND + 5)]
    assert [len(known.items) for known in told] == [0] * BEHIND + [1, 1, 1, 1] + [0]


def test_what_can_not_be_judged_ahead_ends_no_crawl(tmp_path: Path) -> None:
    class Failing(Reader):
        def item(self, *_of: Any) -> Item:
            raise ZeroDivisionError

    (tmp_path / "sources.yaml").write_text(json.dumps({"sources": [{"id": "s", "kind": "feed", "url": SNAPSHOT.url}]}))
    config = load(tmp_path / "sources.yaml")
    found = Failing({}, config.vocabulary).read_ahead(SNAPSHOT, config.sources[0].row, (FINDING,))
    assert [each.key for each in found.findings] == [FINDING.key]
    assert not found.items


def test_pages_are_read_out_of_the_archive() -> None:
    page = replace(FINDING, page=Page("https://a.example/", "text/html", b"<p>"))
    assert can_hand(SNAPSHOT, (FINDING,))
    assert not can_hand(SNAPSHOT, (FINDING, page))


def test_an_answer_comes_out_of_the_archive_as_it_was_when_it_was_read(tmp_path: Path) -> None:
    """Whatever a kind goes by is digested, and the archive gives all of it back."""
    odd = replace(
        SNAPSHOT,
        content_type="TEXT/xml ; charset=utf-8",
        body=b"\x00\xff\r\n",
        key="ké\ud800y",
        final_url="https://ä.example/?a=b%20c",
    )
    with archive.Writer.begin(tmp_path, NOW) as writer:
        assert writer.next_ref() == odd.ref
        writer.response(odd)
    ((_ref, back),) = archive.read(tmp_path)
    assert isinstance(back, Snapshot)
    tray, handed = Tray(), hand(odd, "{}", FOUND)
    tray.put(handed)
    assert tray.take(back, "{}") == FOUND
