"""A small observatory in which entries wait for a curator: what a feed showed that is held, beside a library."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from observatory.app import Observatory
from observatory.catalogue.archive import Writer
from observatory.model import HarvestEnd, Outcome, Snapshot, SourceRow

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SOURCES = """\
# what we watch
site: {title: Test, url: https://example.org/, contact: editors@example.org}
digest: {weekly: null, monthly: null}
sources:
  - {id: library, kind: library, path: curation/library/*.yaml}
  - id: oecd       # held: much of it is adverts
    kind: feed
    url: https://oecd.example/feed/
    publisher: OECD
    review: hold
"""
LIBRARY = """\
- id: oecd-2023-public-policies
  kind: report
  title: Public policies for effective micro-credential learning
  publisher: OECD
  date: 2023-12
  url: https://oecd.example/public-policies
  language: en
  topics: [recognition]
  summary: How governments support micro-credentials.
"""
# title, path, date, summary
Shown = tuple[str, str, str, str]
ITEMS: tuple[Shown, ...] = (
    ("Micro-credentials and quality assurance", "reports/quality", "2026-11-20", "What agencies check in micro-credentials."),
    ("Public policies for effective micro-credential learning: how governments act", "reports/act", "2023-12-14", "What they do."),
    ("Stackable micro-credentials in Ireland", "reports/stack", "2026-11-17", "How micro-credentials stack in Ireland."),
    ("Our micro-credentials win a prize in May", "prizes/may", "2026-05-02", "We are proud of our micro-credentials."),
    ("Our micro-credentials win a prize in June", "prizes/june", "2026-06-02", "We are proud of our micro-credentials."),
)  # fmt: skip


def feed(items: Sequence[Shown], host: str = "https://oecd.example") -> bytes:
    rows = "".join(
        f"<item><title>{escape(title)}</title><link>{host}/{path}</link><guid>{path}</guid>"
        f"<pubDate>{datetime.fromisoformat(day):%a, %d %b %Y} 06:00:00 GMT</pubDate>"
        f"<description>{escape(said)}</description></item>"
        for title, path, day, said in items
    )
    return f"<rss version='2.0'><channel><title>OECD</title>{rows}</channel></rss>".encode()


def build(folder: Path, items: Sequence[Shown] = ITEMS, now: datetime = NOW) -> Path:
    """Make the folder, and read what its feed showed."""
    (folder / "curation" / "library").mkdir(parents=True)
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (folder / "curation" / "library" / "reports.yaml").write_text(LIBRARY, encoding="utf-8")
    show(folder, items, now)
    return folder


def show(folder: Path, items: Sequence[Shown], now: datetime = NOW) -> None:
    """Let the feed show items, and read them."""
    with Observatory.open(folder / "sources.yaml", now=now) as obs:
        assert obs.store.position() is not None  # the catalogue is there before the archive, as in a run
        (source,) = (each for each in obs.config.sources if each.id == "oecd")
        url = "https://oecd.example/feed/"
        with Writer.begin(obs.archive, now) as writer:
            writer.source(SourceRow("oecd", now, source.row))
            writer.response(Snapshot("", "oecd", url, url, now, 200, "application/rss+xml", feed(items)))
            writer.end(HarvestEnd("oecd", now, Outcome.OK, None, True, 1, 0))
        obs.ingest()
        obs.index()
