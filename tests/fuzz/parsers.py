"""The readers of foreign bytes, each as a function that ends quietly whatever it is given, or shows a mistake of ours."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from observatory import markup, yamltext
from observatory.catalogue import archive
from observatory.catalogue.curation import load as read_decisions
from observatory.catalogue.search.query import Names
from observatory.catalogue.search.query import parse as read_query
from observatory.errors import ObservatoryError, UnreadableError
from observatory.judge.extract import read_page as extract_page
from observatory.judge.pagetext import read_page
from observatory.model import Memory, Page, Snapshot
from spiders import _robots, calendar, feed, library, listing, oai, page, sitemap
from spiders._answers import inflate, recognise
from spiders._documents import read_document
from spiders._kind import Kind

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
URL = "https://example.org/news/"
NAMES = Names(topics={"recognition": "recognition"}, countries=lambda: {"ie": "IE"}, languages=lambda: {"irish": "ga"})


def snapshot(body: bytes, content_type: str = "", role: str = "start", url: str = URL) -> Snapshot:
    return Snapshot("r/1", "s", url, url, NOW, 200, content_type, body, role=role, headers=())


def _of_kind(kind: Kind[object], role: str, **options: object) -> Callable[[bytes], None]:
    said = kind.Options.model_validate({"url": URL, **options})  # type: ignore[attr-defined]

    def read(body: bytes) -> None:
        given = snapshot(body, "", role)
        with suppress(UnreadableError):
            list(kind.read(given, said))
            list(kind.follow(given, said, Memory()))

    return read


def _library(body: bytes) -> None:
    for ending in ("yaml", "json", "bib", "ris"):
        with suppress(UnreadableError):
            list(library.KIND.read(snapshot(body, url=f"x.{ending}"), library.LibraryOptions(path="x")))


def _page_text(body: bytes) -> None:
    with suppress(UnreadableError):
        read_page(Page(URL, "text/html", body))


def _extract(body: bytes) -> None:
    with suppress(UnreadableError):
        extract_page(Page(URL, "text/html", body))


def _pdf_text(body: bytes) -> None:
    with suppress(UnreadableError):
        list(read_document(snapshot(body, "text/plain; charset=utf-8", "document")))


def _xml(body: bytes) -> None:
    with suppress(UnreadableError):
        markup.xml(body)


def _yaml(body: bytes) -> None:
    with suppress(ObservatoryError):
        said = yamltext.load(body, "x.yaml").data
        assert yamltext.load(yamltext.dump(said), "y.yaml").data == said


def _decisions(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as name, suppress(ObservatoryError):
        (Path(name) / "ann.yaml").write_bytes(body)
        read_decisions(Path(name))


def _query(body: bytes) -> None:
    with suppress(ObservatoryError):
        read_query(body.decode("utf-8", "replace"), NAMES)


def _answer(body: bytes) -> None:
    with suppress(UnreadableError):
        recognise(200, {}, "text/html", inflate(body, "gzip" if body[:2] == b"\x1f\x8b" else "", 100_000), URL, URL)


def _host(body: bytes) -> None:
    rules, _why = _robots.robots_of(200, body, "x")
    _robots.HostRules(rules, "x").allows(URL)
    _robots.is_reserved(_robots.reserved_of(200, body), URL)
    _robots.is_reserved_page({}, "text/html", body)


def _warc(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "2026" / "11"
        place.mkdir(parents=True)
        (place / "20261123T060000Z-0001.warc.gz").write_bytes(body)
        list(archive.read(Path(name)))


PARSERS: Mapping[str, Callable[[bytes], None]] = {
    "feed": _of_kind(feed.KIND, "start"),
    "listing": _of_kind(listing.KIND, "start", item="li"),
    "sitemap": _of_kind(sitemap.KIND, "start", pattern="."),
    "page": _of_kind(page.KIND, "start"),
    "calendar": _of_kind(calendar.KIND, "start"),
    "oai": _of_kind(oai.KIND, "records 0"),
    "library": _library,
    "page-text": _page_text,
    "extract": _extract,
    "pdf-text": _pdf_text,
    "xml": _xml,
    "yaml": _yaml,
    "decisions": _decisions,
    "query": _query,
    "answer": _answer,
    "host": _host,
    "warc": _warc,
}
# What coverage-guided runs look at, and a few bytes to begin with.
GUIDED: Mapping[str, tuple[bytes, ...]] = {
    "feed": (
        b"<rss version='2.0'><channel><item><title>a</title><link>https://a.example/</link><guid>1</guid>"
        b"<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>",
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title type='html'>&lt;b&gt;a</title></entry></feed>",
    ),
    "extract": (
        b"<html><head><meta name='citation_title' content='a'><script type='application/ld+json'>"
        + json.dumps({"@type": "Report", "name": "a", "datePublished": "2026-11-20"}).encode()
        + b"</script></head><body><main><h1>a</h1><p>Published: 20 November 2026</p></main></body></html>",
    ),
    "page-text": (b"<html lang=en><body><main><p>We use cookies.</p><p>The law says so.</p></main></body></html>",),
    "query": (b'topic:recognition AND ("prior learning" OR micro*) -badges 2020..2024', b"country:IE NOT (a OR b)"),
    "yaml": (
        b"- id: a\n  title: 'b: c'\n  topics: [x, y]\n  url: https://a.example/\n",
        b"a: {b: [1, 2.5, true, null]}\n",
    ),
}
