"""Feeds: RSS 0.9x to 2.0, RDF and Atom, followed to an item's page where the feed says too little.

The only file that knows feedparser, which is given bytes, never a string: a string may be taken for an address and fetched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any, Literal

import feedparser
from pydantic import Field

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import Cause, Creator, Finding, Memory, PartialDate, Request, Snapshot, SummaryBy, Work
from spiders import _pages
from spiders._answers import is_html
from spiders._checked import Address
from spiders._kind import Kind, Options

ENOUGH = 400  # characters of summary and text with which an item can be judged without its page
MOST_ITEMS = 500  # of one feed; the largest real one (a podcast) had 300
MOST_BYTES = 10_000_000  # of one feed


class FeedOptions(Options):
    """Where the feed is and how its items are taken."""

    url: Address
    follow: Literal["auto", "always", "never"] = Field(
        default="auto", description="Fetch an item's page: auto when the feed says little; always; never."
    )
    dates: Literal["published", "modified"] = Field(
        default="published",
        description="What pubDate means. The Commission's feeds give the last change: modified takes no date from the feed.",
    )
    authors: bool = Field(default=False, description="The feed's authors are those of the works, not who posted them.")


def _start(options: FeedOptions, _memory: Memory) -> Iterable[Request]:
    yield Request(options.url)


def _read(snapshot: Snapshot, options: FeedOptions) -> Iterator[Finding]:
    if snapshot.role == "item":
        yield _pages.item_page(snapshot)
        return
    version, found = _items(snapshot)
    items = [(item, _link(item)) for item in found]
    links: dict[str, set[str]] = {}
    for item, link in items:
        links.setdefault(_guid(item), set()).add(link or "")
    used: Counter[str] = Counter()
    for item, link in items:
        date = None if options.dates == "modified" else _pages.plausible(_date(item, version), snapshot.fetched_at)
        work = replace(_work(item, link, options), date=date)
        guid = _guid(item)
        key = _pages.key_from((guid if guid and len(links[guid]) == 1 else link) or work.title)
        used[key] += 1
        if work.title and key and used[key] == 1:
            yield Finding(snapshot.source_id, key, work)


def _items(snapshot: Snapshot) -> tuple[str, list[Any]]:
    """Parse a feed: its version as feedparser names it, and its items."""
    body = snapshot.body
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableError(Cause.EMPTY, "the answer is empty")
    if len(body) > MOST_BYTES:
        raise UnreadableError(Cause.TOO_LARGE, f"a feed of more than {MOST_BYTES // 1_000_000} MB")
    if is_html(snapshot.content_type, body):
        raise UnreadableError(Cause.NOT_A_FEED, "a web page, not a feed")
    markup.check_xml(body)
    headers = {"content-type": snapshot.content_type, "content-location": snapshot.final_url}
    try:
        parsed = feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError) as error:
        raise UnreadableError(Cause.NOT_A_FEED, f"no feed could be read: {type(error).__name__}") from error
    if not parsed.get("version") and not parsed.entries:
        raise UnreadableError(Cause.NOT_A_FEED, "neither RSS nor Atom")
    return str(parsed.get("version") or ""), list(parsed.entries[:MOST_ITEMS])


def _guid(item: Any) -> str:
    return text.clean(str(item.get("id") or ""))


def _link(item: Any) -> str | None:
    """Give the address of an item: its link, else a guid that is one."""
    alternates = [link.get("href") for link in item.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    for said in (item.get("link"), *alternates, item.get("id")):
        if said and (url := text.tidy_url(str(said))):
            return url
    return None


def _work(item: Any, link: str | None, options: FeedOptions) -> Work:
    summary = markup.plain(_said(item.get("summary")))
    full = markup.plain(" ".join(_said(part.get("value")) for part in item.get("content", ())))
    title = text.clean(markup.plain(_said(item.get("title"))), _pages.MOST_TITLE)
    title = title or text.clip(summary or full, 14)
    if summary == title:
        summary = ""
    teaser = text.clip(summary or full, _pages.MOST_WORDS)
    enclosures = [str(each.get("href", "")) for each in item.get("enclosures", ())]
    files = [url for each in (link, *enclosures) if each and _pages.is_pdf(each) and (url := text.tidy_url(each))]
    return Work(
        title=title,
        url=link,
        pdf_url=files[0] if files else None,
        summary=teaser or None,
        summary_by=SummaryBy.PUBLISHER if teaser else None,
        text=full or None,
        creators=_creators(item) if options.authors else (),
    )


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""


def _date(item: Any, version: str) -> PartialDate | None:
    """Read the publication date as the feed's own zone shows it.

    Atom's `updated` is a change, not a publication; in RSS, feedparser calls dc:date so, which is one.
    """
    said = _said(item.get("published"))
    if not said and version.startswith("rss") and "updated" in item:
        said = _said(item["updated"])
    return _pages.stamp_date(said)


def _creators(item: Any) -> tuple[Creator, ...]:
    names = [text.clean(_said(each.get("name")), 200) for each in item.get("authors", ())]
    return tuple(Creator(name) for name in dict.fromkeys(names) if name)


def _follow(snapshot: Snapshot, options: FeedOptions, _memory: Memory) -> Iterator[Request]:
    if snapshot.role == "item" or options.follow == "never":
        return
    for finding in _read(snapshot, options):
        work = finding.work
        said = len(work.summary or "") + len(work.text or "")
        if work.url and _pages.is_page(work.url) and (options.follow == "always" or said < ENOUGH):
            yield Request(work.url, "item", finding.key)


KIND = Kind(name="feed", Options=FeedOptions, start=_start, read=_read, follow=_follow)
