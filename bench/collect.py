"""Collecting: 200 feeds of 30 items from 200 loopback addresses, beside Scrapy with feedparser that keeps nothing, and `reader`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.rows import Row, seconds
from bench.shop import ROOT, Shop, Used, command, interleave

FEEDS, ITEMS = 200, 30
DAYS = ("2026-11-01T06:00:00Z", "2026-11-02T06:00:00Z")
# About 60 words an item, as WordPress gives by default.
SAID = "Universities, agencies and employers met to discuss what short courses are worth and who may award them. " * 4

# The web, in a process of its own: what it uses is nobody's.
_WEB = """
import json, sys
from bench.collect import feed
from web.server import Web
with Web() as web:
    for number in range(int(sys.argv[1])):
        host = web.host(f"h{number}")
        host.put("/feed/", feed(number, int(sys.argv[2]), host.url("")), "application/rss+xml")
    print(json.dumps([host.url("/feed/") for host in web.hosts.values()]), flush=True)
    for _line in sys.stdin:
        print(json.dumps([seen.status for seen in web.asked()]), flush=True)
        web.forget()
"""
# What anybody must do: fetch (no robots.txt, no delay) and parse.
_BARE = """
import io, json, sys, feedparser, scrapy
from scrapy.crawler import CrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    start_urls = json.load(open(sys.argv[1]))

    def parse(self, response):
        feedparser.parse(io.BytesIO(response.body))

process = CrawlerProcess({"LOG_ENABLED": False, "ROBOTSTXT_OBEY": False, "CONCURRENT_REQUESTS": 32})
process.crawl(Bare)
process.start()
"""
_READER = """
import json, sys
from reader import make_reader
reader = make_reader(sys.argv[2])
for url in json.load(open(sys.argv[1])):
    reader.add_feed(url)
reader.update_feeds(workers=32)
assert reader.get_entry_counts().total
"""
_OURS = """
import sys
from datetime import datetime
from pathlib import Path
from observatory.app import Observatory
folder, now, index = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3] == "indexed"
with Observatory.open(folder / "sources.yaml", now=now) as obs, obs.writing("collect"):
    obs._collect((), due=False, offline=False)  # as `run` does
    if index:
        obs._index()
    assert sum(obs.store.status_counts().values()) > 0
"""


def feed(number: int, items: int, base: str) -> str:
    """A WordPress feed of items that name the subject and need no page."""
    rows = "".join(
        f"<item><title>Report {n} of agency {number} on micro-credentials and topic {n * 7 % 31}</title>"
        f"<link>{base}/{n}/</link><guid isPermaLink='false'>{base}/?p={n}</guid>"
        f"<pubDate>{(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n)):%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
        f"<description><![CDATA[<p>{SAID}</p>]]></description></item>"
        for n in range(items)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{number}</title>{rows}</channel></rss>'


class Field:
    """The feeds that are collected: their addresses, and the statuses that were answered since last asked."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        self._process = process
        self.urls: list[str] = json.loads(process.stdout.readline())

    def answered(self) -> list[int]:
        """Give the statuses of what was answered since, robots.txt apart."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        statuses: list[int] = json.loads(self._process.stdout.readline())
        return statuses


@contextmanager
def served(feeds: int = FEEDS, items: int = ITEMS) -> Iterator[Field]:
    """Serve so many feeds, each from an address of its own."""
    command_line = (sys.executable, "-c", _WEB, str(feeds), str(items))
    paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    with subprocess.Popen(command_line, env=paths, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Field(process)
        finally:
            process.kill()


def feeds(shop: Shop) -> Iterator[Row]:
    """Collect all, and all again unchanged."""
    folder = shop.folder / "collect"
    folder.mkdir()
    with served() as field:
        urls = folder / "urls.json"
        urls.write_text(json.dumps(field.urls))
        rows = [{"id": f"h{n}", "kind": "feed", "url": url} for n, url in enumerate(field.urls)]
        (folder / "sources.yaml").write_text(json.dumps({"sources": rows}))
        found = interleave(
            {
                "bare": lambda: command(sys.executable, "-c", _BARE, urls),
                "reader": lambda: _reader(shop, folder, urls),
                "stored": lambda: _anew(folder, "stored"),
                "indexed": lambda: _anew(folder, "indexed"),
            },
            shop.times,
        )
        field.answered()
        found |= interleave({"again": lambda: _ours(folder, DAYS[1], "stored")}, 1)
        statuses = field.answered()
    shop.version("reader")
    times = {name: seconds(shop.seconds(used)) for name, used in found.items()}
    work = f"collect {FEEDS} feeds × {ITEMS} items"
    beside = f"bare Scrapy and feedparser {times['bare']}, reader {times['reader']}"
    stored = {name: shop.ratio(found[name], found["bare"]) for name in ("stored", "indexed")}
    yield Row(work=f"{work}: stored", ours=times["stored"], beside=beside, measured=stored["stored"], at_most=2)
    yield Row(
        work=f"{work}: stored and indexed", ours=times["indexed"], beside=beside, measured=stored["indexed"], at_most=3
    )
    yield Row(
        work=f"the same again, nothing changed ({statuses.count(304)} of {len(statuses)} answers are 304)",
        ours=times["again"],
        beside=f"the first {times['stored']}; bare, all anew {times['bare']}",
        measured=shop.ratio(found["again"], found["stored"]),
        at_most=0.1,
    )


def _reader(shop: Shop, folder: Path, urls: Path) -> Used:
    (folder / "reader.sqlite").unlink(missing_ok=True)
    return command(shop.python, "-c", _READER, urls, folder / "reader.sqlite")


def _anew(folder: Path, until: str) -> Used:
    shutil.rmtree(folder / "output", ignore_errors=True)
    return _ours(folder, DAYS[0], until)


def _ours(folder: Path, now: str, until: str) -> Used:
    return command(sys.executable, "-c", _OURS, folder, now, until, env={"PYTHONPATH": str(ROOT)})


MEASURES = {"feeds": feeds}
