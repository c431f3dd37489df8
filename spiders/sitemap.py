"""Sitemaps (sitemaps.org): index files, lastmod, addresses by a pattern. Titles are made of the address until the page is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from pydantic import Field

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import Cause, Finding, Memory, Request, Snapshot, Work
from spiders import _pages
from spiders._answers import inflate, is_html
from spiders._checked import Address, DateText
from spiders._kind import Kind, Options
from spiders.listing import Pattern

MOST_ADDRESSES = 50_000  # of one file (sitemaps.org)
MOST_CHILDREN = 200  # files of one index that are read in one harvest
MOST_BYTES = 60_000_000


class SitemapOptions(Options):
    """Where the sitemap is and which of its addresses are items."""

    url: Address
    pattern: Pattern = Field(description="Items are addresses whose path and query match: ^/news/[^?]+$")
    maps: Pattern | None = Field(default=None, description="Which files of an index are read; all unless given.")
    since: DateText | None = Field(default=None, description="Leave out what was last changed before this day.")


def _start(options: SitemapOptions, _memory: Memory) -> Iterable[Request]:
    yield Request(options.url)


def _read(snapshot: Snapshot, options: SitemapOptions) -> Iterator[Finding]:
    if snapshot.role == "item":
        yield _pages.item_page(snapshot)
        return
    tag, rows = _rows(snapshot)
    for url, changed in rows if tag == "urlset" else ():
        title = _title(url)
        if _is_item(url, changed, options) and title:
            yield Finding(snapshot.source_id, _key(url), Work(title=title, url=url))


def _rows(snapshot: Snapshot) -> tuple[str, list[tuple[str, datetime | None]]]:
    """Read a file of either sort: (`urlset` or `sitemapindex`, its addresses with their last change)."""
    body = snapshot.body
    if body[:2] == b"\x1f\x8b":  # sitemap.xml.gz is gzip by itself, whatever the headers say
        body = inflate(body, "gzip", MOST_BYTES)
    if is_html(snapshot.content_type, body):
        raise UnreadableError(Cause.NOT_XML, "a web page, not a sitemap")
    if b"<" not in body[:1000]:  # the plain form: an address a line
        lines = body.decode("utf-8", "replace").splitlines()[:MOST_ADDRESSES]
        found = [(url, None) for line in lines if (url := text.tidy_url(line))]
        if not found:
            raise UnreadableError(Cause.NOT_XML, "neither a sitemap nor a list of addresses")
        return "urlset", list(found)
    root = markup.xml(body)
    tag = _local(root)
    if tag not in ("urlset", "sitemapindex"):
        raise UnreadableError(Cause.NOT_XML, f"not a sitemap: its root is <{text.clean(tag, 40)}>")
    return tag, list(_addresses(root))


def _addresses(root: markup.Node) -> Iterator[tuple[str, datetime | None]]:
    for row in list(root)[:MOST_ADDRESSES]:
        parts = {_local(part): (part.text or "").strip() for part in row}
        if url := text.tidy_url(parts.get("loc", "")):
            yield url, _moment(parts.get("lastmod", ""))


def _local(node: markup.Node) -> str:
    return str(node.tag).rpartition("}")[2]


def _moment(said: str) -> datetime | None:
    """Read a lastmod (W3C date or moment); one without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(said.replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _is_item(url: str, changed: datetime | None, options: SitemapOptions) -> bool:
    parts = urlsplit(url)
    if not re.search(options.pattern, f"{parts.path}?{parts.query}" if parts.query else parts.path):
        return False
    return not (options.since and changed and changed.date() < options.since.first_day)


def _title(url: str) -> str:
    """Make words of the last part of an address: they say enough to tell whether the page is wanted."""
    last = [part for part in urlsplit(url).path.split("/") if part][-1:]
    words = re.sub(r"\.\w{2,5}$", "", unquote(last[0])) if last else ""
    said = text.clean(re.sub(r"[-_+\s]+", " ", words), _pages.MOST_TITLE)
    return said[:1].upper() + said[1:]


def _key(url: str) -> str:
    return _pages.key_from(text.canonical_url(url) or url)


def _follow(snapshot: Snapshot, options: SitemapOptions, memory: Memory) -> Iterator[Request]:
    if snapshot.role == "item":
        return
    tag, rows = _rows(snapshot)
    newest_first = sorted(rows, key=lambda row: (-(row[1].timestamp() if row[1] else 0.0), row[0]))
    if tag == "sitemapindex":
        yield from _maps(snapshot, newest_first, options, memory)
        return
    for url, changed in newest_first:
        if _is_item(url, changed, options) and _pages.is_page(url):
            yield Request(url, "item", _key(url), again=_is_newer(changed, memory))


def _maps(
    snapshot: Snapshot, rows: list[tuple[str, datetime | None]], options: SitemapOptions, memory: Memory
) -> Iterator[Request]:
    """Ask for the files of an index that may hold something new; an index may not hold indexes (sitemaps.org)."""
    if snapshot.role != "start":
        return
    wanted = [(url, changed) for url, changed in rows if not options.maps or re.search(options.maps, url)]
    for url, changed in wanted[:MOST_CHILDREN]:
        if not memory.complete or changed is None or _is_newer(changed, memory):
            yield Request(url, "map")


def _is_newer(changed: datetime | None, memory: Memory) -> bool:
    return bool(changed and memory.last_success and changed > memory.last_success)


KIND = Kind(name="sitemap", Options=SitemapOptions, start=_start, read=_read, follow=_follow)
