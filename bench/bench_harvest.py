"""Row of the promises: 200 feeds of 30 items from 200 loopback addresses into entries, against bare Scrapy and feedparser.

    python bench/bench_harvest.py [--feeds 200] [--items 30]

Bare is what must be done by anybody: Scrapy fetches (no robots.txt, no delay), feedparser parses, nothing is kept. Ours is
`crawl` and `ingest` of an empty catalogue, in child process and all; then the same again, unchanged.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from observatory.app import Observatory  # noqa: E402
from observatory.config import load  # noqa: E402
from web.server import Web  # noqa: E402

BARE = """
import io, json, sys, feedparser, scrapy
from scrapy.crawler import CrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    start_urls = json.loads(sys.stdin.read())
    count = 0

    def parse(self, response):
        Bare.count += len(feedparser.parse(io.BytesIO(response.body)).entries)

process = CrawlerProcess({"LOG_ENABLED": False, "ROBOTSTXT_OBEY": False, "CONCURRENT_REQUESTS": 32})
process.crawl(Bare)
process.start()
print(Bare.count)
"""
# Words of real summaries' length: about 60 words an item, as WordPress gives by default.
SAID = "Universities, agencies and employers met to discuss what short courses are worth and who may award them. " * 4


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


def cpu() -> float:
    """Give the processor time of this process and its ended children: what a busy machine can't falsify."""
    own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


def bare(urls: list[str]) -> tuple[float, float]:
    """Time bare Scrapy and feedparser: seconds, processor seconds."""
    started, used = time.perf_counter(), cpu()
    done = subprocess.run(
        (sys.executable, "-c", BARE), input=json.dumps(urls), capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 0, done.stderr
    return time.perf_counter() - started, cpu() - used


def ours(folder: Path, day: int) -> dict[str, float]:
    """Time our crawl and ingest."""
    config = load(folder / "sources.yaml")
    now = datetime(2026, 11, 1, 6, tzinfo=UTC) + timedelta(days=day)
    started, used = time.perf_counter(), cpu()
    with Observatory(config, folder / "output", now) as obs:
        obs.crawl()
        crawled = time.perf_counter()
        obs.ingest()
        entries = sum(obs.stats()["entries"].values())
    ended = time.perf_counter()
    return {
        "crawl": crawled - started,
        "ingest": ended - crawled,
        "total": ended - started,
        "cpu": cpu() - used,
        "entries": entries,
    }


def main() -> None:
    """Measure and print, one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--items", type=int, default=30)
    asked = parser.parse_args()
    with Web() as web, tempfile.TemporaryDirectory() as folder:
        rows = []
        for number in range(asked.feeds):
            host = web.host(f"h{number}")
            host.put("/feed/", feed(number, asked.items, host.url("")), "application/rss+xml")
            rows.append({"id": f"h{number}", "kind": "feed", "url": host.url("/feed/")})
        Path(folder, "sources.yaml").write_text(json.dumps({"sources": rows}))
        floor, floor_cpu = min(bare([row["url"] for row in rows]) for _ in range(2))
        first, again = ours(Path(folder), 0), ours(Path(folder), 1)
    told = {
        "bare": round(floor, 2),
        "bare_cpu": round(floor_cpu, 2),
        **{name: round(value, 2) for name, value in first.items()},
        "ratio": round(first["total"] / floor, 2),
        "cpu_ratio": round(first["cpu"] / floor_cpu, 2),
        "again": round(again["total"], 2),
        "again_cpu": round(again["cpu"], 2),
        "again_ratio": round(again["total"] / first["total"], 3),
        "again_to_bare": round(again["total"] / floor, 2),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
