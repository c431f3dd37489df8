"""Growth: reading 10,000 and 100,000 items out of the archive with duplicates resolved, indexing them, and asking the index."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench import field
from bench.rows import Row, megabytes, seconds
from bench.search import p95, queries
from bench.search import seconds as timed
from bench.shop import ROOT, Shop, Used, command, ours
from observatory.app import Observatory
from observatory.catalogue.archive import Writer
from observatory.catalogue.search.index import Index
from observatory.catalogue.search.query import Names, parse
from observatory.catalogue.search.searcher import Searcher
from observatory.model import HarvestEnd, Outcome, Snapshot, SourceRow, Status

FEW, MANY = 10_000, 100_000
SOURCES, AN_ANSWER = 20, 50
NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)

# One process: what is measured is how the work grows, not how many cores share it.
_INGEST = """
import sys
from datetime import datetime
from observatory import readers
from observatory.app import Observatory
readers._cores = lambda: 1
with Observatory.open(sys.argv[1], now=datetime.fromisoformat(sys.argv[2])) as obs:
    obs.ingest()
"""


def archive(folder: Path, items: int) -> None:
    """Write an archive of feeds in which every tenth item is another's double, told by another source."""
    rows = [{"id": f"s{n}", "kind": "feed", "url": f"https://s{n}.example/feed/"} for n in range(SOURCES)]
    (folder / "sources.yaml").write_text(json.dumps({"sources": rows}), "utf-8")
    words = [word for record in field.library() for word in str(record["title"]).split() if word.isalpha()]
    with Observatory.open(folder / "sources.yaml", now=NOW) as obs, Writer.begin(obs.archive, NOW) as writer:
        for source in obs.config.sources:
            writer.source(SourceRow(source.id, NOW, source.row))
        for begin in range(0, items, AN_ANSWER):
            name = f"s{begin // AN_ANSWER % SOURCES}"
            url = f"https://{name}.example/feed/?paged={begin}"
            body = _feed(range(begin, begin + AN_ANSWER), words)
            writer.response(Snapshot("", name, url, url, NOW, 200, "application/rss+xml", body))
        for source in obs.config.sources:
            writer.end(HarvestEnd(source.id, NOW, Outcome.OK, None, complete=True, visits=1, not_modified=0))


def _feed(numbers: range, words: list[str]) -> bytes:
    items = "".join(_item(n, n if n % 10 else max(0, n - AN_ANSWER - 1), words) for n in numbers)
    return f"<rss version='2.0'><channel><title>s</title>{items}</channel></rss>".encode()


def _item(number: int, work: int, words: list[str]) -> str:
    """Tell a work, the same way each time it is told."""
    title = " ".join(random.Random(work).sample(words, 9))
    return (
        f"<item><title>{title} micro-credentials</title><link>https://works.example/{work}</link>"
        f"<guid isPermaLink='false'>{number}</guid><pubDate>Mon, 05 Jan 2026 06:00:00 GMT</pubDate>"
        f"<description>What micro-credentials are worth to learners, employers and universities, part {work}.</description></item>"
    )


def catalogue(shop: Shop) -> Iterator[Row]:
    """Read, index and ask catalogues of two sizes."""
    (few, many) = (_catalogue(shop, number) for number in (FEW, MANY))
    for what, at_most, one, ten in (
        ("ingest with duplicates resolved", 11.0, few[0], many[0]),
        ("full index", None, few[1], many[1]),
    ):
        yield Row(
            work=f"{what}, {MANY:,} items against {FEW:,}",
            ours=f"{seconds(shop.seconds(one))}, {seconds(shop.seconds(ten))}",
            beside=f"memory {megabytes(one.peak)}, {megabytes(ten.peak)}",
            measured=shop.ratio(ten, one),
            at_most=at_most,
        )
    yield Row(
        work=f"search, two words, 95th percentile, {MANY:,} against {FEW:,}",
        ours=f"{seconds(few[2])}, {seconds(many[2])}",
        measured=many[2] / few[2],
    )


def _catalogue(shop: Shop, number: int) -> tuple[Used, Used, float]:
    folder = shop.folder / f"growth-{number}"
    folder.mkdir()
    archive(folder, number)
    where = folder / "sources.yaml"
    read = command(sys.executable, "-c", _INGEST, where, NOW.isoformat(), env={"PYTHONPATH": str(ROOT)})
    index = ours("--config", where, "index")
    shop.tell(
        f"growth: {number:,} items read in {seconds(shop.seconds(read))}, indexed in {seconds(shop.seconds(index))}"
    )
    return read, index, _asked(folder)


def _asked(folder: Path) -> float:
    opened, names = Index(folder / "output" / "search").open(), Names()
    assert opened is not None
    searcher = Searcher(opened)
    times = [timed(lambda q=q: searcher.rank(parse(q, names), (Status.PUBLISHED,), 20)) for q in queries()]  # type: ignore[misc]
    searcher.close()
    return p95(times)


MEASURES = {"catalogue": catalogue}
