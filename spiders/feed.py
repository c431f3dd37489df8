"""Feeds: RSS 0.9x to 2.0, RDF and Atom, followed to an item's page where the feed says too little.

The only file that knows feedparser, which is given bytes, never a string: a string may be taken for an address and fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal

import feedparser
import feedparser.mixin
from pydantic import Field

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import Cause, Creator, Finding, Memory, PartialDate, Request, Snapshot, SummaryBy, Work
from spiders import _pages
from spiders._answers import is_html
from spiders._checked import Address
from spiders._kind import Kind, Options

ENOUGH = 400  # characters of summary and text with which an item can be judged without its page
_ESCAPED = re.compile(r"</?(i|b|em|strong|sub|sup|span|p|br|a|div)\b[^<>]*>", re.IGNORECASE)
_LAST = re.compile(rb"</\s*(rss|feed|[\w.-]+:rdf|rdf|[\w.-]+:feed)\s*>\s*+(?:<!--(?>.*?-->)\s*+)*+$", re.DOTALL)
_TAGS = re.compile(rb"<(/?)[a-zA-Z_][^<>]*?(/?)>")
_SECTIONS = re.compile(rb"<!\[CDATA\[|<!--")
_CLOSING = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}
_ITEM_ENDS = re.compile(rb"</\s*(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
# Of markup in an item only its words are taken: addresses and scripts in it need no care, which would cost a fifth of the time.
_AS_SAID = {"sanitize_html": False, "resolve_relative_uris": False}
# It joins a feed's address to itself at every element, which is a quarter of its time: each such answer is kept for the next.
feedparser.mixin.make_safe_absolute_uri = lru_cache(maxsize=64)(feedparser.mixin.make_safe_absolute_uri)
MOST_DEPTH = 1_000  # nested elements; real feeds have 30, and feedparser took half a minute for 100,000
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


def _read(snapshot: Snapshot, options: FeedOptions) -> Iterable[Finding]:
    return (_pages.item_page(snapshot),) if snapshot.role == "item" else _listed(snapshot, options)


@lru_cache(maxsize=4)  # `follow` asks for what `read` has just read, and feedparser is what a harvest costs
def _listed(snapshot: Snapshot, options: FeedOptions) -> tuple[Finding, ...]:
    return tuple(_findings(snapshot, options))


def _findings(snapshot: Snapshot, options: FeedOptions) -> Iterator[Finding]:
    version, found = _items(snapshot)
    items = [(item, _link(item)) for item in found]
    links: dict[str, set[str]] = {}
    for item, link in items:
        links.setdefault(_guid(item), set()).add(link or "")
    used: Counter[str] = Counter()
    for item, link in items:
        date = None if options.dates == "modified" else _pages.plausible(_date(item, version), snapshot.fetched_at)
        work = _work(item, link, options, date)
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
    body = _bounded(body)
    headers = {"content-type": snapshot.content_type, "content-location": snapshot.final_url}
    try:
        parsed = feedparser.parse(BytesIO(body), response_headers=headers, **_AS_SAID)
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError) as error:
        raise UnreadableError(Cause.NOT_A_FEED, f"no feed could be read: {type(error).__name__}") from error
    is_channel = re.search(rb"<channel\b", body[:2000], re.IGNORECASE) is not None  # CDF, of 1997, has no version
    if not parsed.get("version") and not parsed.entries and not is_channel:
        raise UnreadableError(Cause.NOT_A_FEED, "neither RSS nor Atom")
    return str(parsed.get("version") or ""), list(parsed.entries[:MOST_ITEMS])


def _bounded(body: bytes) -> bytes:
    """Cut a feed after its last item that counts, so that a long one costs no more than a short one."""
    depth = deepest = 0
    for tag in _TAGS.finditer(_without_sections(body)):
        if not tag[2]:
            depth += -1 if tag[1] else 1
            deepest = max(deepest, depth)
    if deepest > MOST_DEPTH:
        raise UnreadableError(Cause.UNSAFE_XML, f"elements nested {deepest} deep; refused")
    ends = [match.end() for _n, match in zip(range(MOST_ITEMS + 1), _ITEM_ENDS.finditer(body), strict=False)]
    return body[: ends[-1]] if len(ends) > MOST_ITEMS else body


def _without_sections(body: bytes) -> bytes:
    """Leave out comments and CDATA sections. One that isn't closed is none: what follows it is looked at."""
    kept: list[bytes] = []
    at, unclosed = 0, set()
    for begin in _SECTIONS.finditer(body):
        if begin.start() < at or begin[0] in unclosed:
            continue
        closing = _CLOSING[begin[0]]
        end = body.find(closing, begin.end())
        if end < 0:
            unclosed.add(begin[0])
            continue
        kept.append(body[at : begin.start()])
        at = end + len(closing)
    return b"".join((*kept, body[at:]))


def _flaw(snapshot: Snapshot, _options: FeedOptions) -> tuple[Cause, str] | None:
    """Name what is wrong with a feed that could be read as far as it goes."""
    try:
        markup.xml(snapshot.body)
    except UnreadableError as error:
        is_cut = not _closes(snapshot.body)
        cause = Cause.INCOMPLETE if is_cut else error.cause
        what = "the feed is cut off" if is_cut else "the feed is not well-formed"
        return cause, f"{what}; read as far as it goes: {text.clean(str(error), 120)}"
    return None


def _closes(body: bytes) -> bool:
    """Whether a feed's last element closes its first."""
    return _LAST.search(body[-2000:].lower()) is not None


def _guid(item: Any) -> str:
    return text.clean(str(item.get("id") or ""))


def _link(item: Any) -> str | None:
    """Give the address of an item: its link, else a guid that is one."""
    alternates = [link.get("href") for link in item.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    for said in (item.get("link"), *alternates, item.get("id")):
        if said and (url := text.tidy_url(str(said))):
            return url
    return None


def _work(item: Any, link: str | None, options: FeedOptions, date: PartialDate | None) -> Work:
    summary = _flat(item.get("summary"))
    full = _flat(" ".join(_said(part.get("value")) for part in item.get("content", ())))
    title = text.clean(_flat(item.get("title")), _pages.MOST_TITLE)
    title = title or text.clip(summary or full, 14)
    if summary == title:
        summary = ""
    teaser = text.clip(summary or full, _pages.MOST_WORDS)
    enclosures = [str(each.get("href", "")) for each in item.get("enclosures", ())]
    files = [url for each in (link, *enclosures) if each and _pages.is_pdf(each) and (url := text.tidy_url(each))]
    return Work(
        title=title,
        date=date,
        url=link,
        pdf_url=files[0] if files else None,
        summary=teaser or None,
        summary_by=SummaryBy.PUBLISHER if teaser else None,
        text=full or None,
        creators=_creators(item) if options.authors else (),
    )


def _flat(value: object) -> str:
    """Give the words of a field; markup that was escaped once too often (a common mistake of feeds) goes as well."""
    said = markup.plain(_said(value))
    return markup.plain(said) if _ESCAPED.search(said) else said


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
    for finding in _listed(snapshot, options):
        work = finding.work
        said = len(work.summary or "") + len(work.text or "")
        if work.url and _pages.is_page(work.url) and (options.follow == "always" or said < ENOUGH):
            yield Request(work.url, "item", finding.key)


KIND = Kind(name="feed", Options=FeedOptions, start=_start, read=_read, follow=_follow, flaw=_flaw)
