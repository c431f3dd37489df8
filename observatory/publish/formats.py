"""How a feed is written: Atom (RFC 4287), JSON Feed 1.1, RSS 2.0. Their dates come from data, never from a clock."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from observatory.model import Site

TAG_YEAR = "2026"  # the year in which we held the name; it is part of every feed id and must never change
EMPTY = datetime(1970, 1, 1, tzinfo=UTC)  # an empty feed keeps one date, so that conditional requests stay true
ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Head:
    """What a feed is called, the page that it belongs to, and where it stands itself: "" for one that is not on the site."""

    title: str
    page: str
    path: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One item of a feed: an entry, or a whole edition (`html`). `path` is an address on the site, or a whole one elsewhere."""

    tag: str
    path: str
    title: str
    published: datetime
    updated: datetime
    text: str = ""
    html: str = ""
    authors: tuple[str, ...] = ()
    topics: tuple[tuple[str, str], ...] = ()
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table of feed formats; `stem` is how the file's name ends."""

    stem: str
    mime: str
    write: Callable[[Head, Sequence[FeedItem], Site], bytes]


def feed_tag(site: Site, what: str) -> str:
    """Give the id that a thing has in feeds for ever (RFC 4151): it holds no address that could move."""
    return f"tag:{urlsplit(site.url).hostname},{TAG_YEAR}:{what.strip('/')}"


# ---------------------------------------------------------------- Atom


def atom(head: Head, told: Sequence[FeedItem], site: Site) -> bytes:
    """Write a feed as Atom."""
    root = ET.Element(_q("feed"), {"xml:lang": site.language})
    _add(root, "id", feed_tag(site, _feed_name(head)))
    _add(root, "title", head.title)
    if head.description:
        _add(root, "subtitle", head.description)
    _add(root, "updated", _stamp(_latest(told)))
    if head.path:
        _add(root, "link", rel="self", type="application/atom+xml", href=f"{site.url}{head.path}")
        _add(root, "link", rel="alternate", type="text/html", href=f"{site.url}{head.page}")
    _add(_add(root, "author"), "name", site.maintainer or site.title)
    for item in told:
        _atom_entry(_add(root, "entry"), item, site)
    return _xml_file(root, ATOM)


def _atom_entry(element: ET.Element, item: FeedItem, site: Site) -> None:
    _add(element, "id", item.tag)
    _add(element, "title", item.title)
    _add(element, "published", _stamp(item.published))
    _add(element, "updated", _stamp(item.updated))
    address = item.path if "://" in item.path else f"{site.url}{item.path}"
    _add(element, "link", rel="alternate", type="text/html", href=address)
    if item.link:
        _add(element, "link", rel="related", href=item.link)
    for name in item.authors:
        _add(_add(element, "author"), "name", name)
    for topic, label in item.topics:
        _add(element, "category", term=topic, label=label)
    if item.text:
        _add(element, "summary", item.text)
    if item.html:
        _add(element, "content", item.html, type="html")


def _feed_name(head: Head) -> str:
    """Name a feed by its page; further feeds of the same page by their file."""
    is_main = not head.path or head.path == f"{head.page}feed.{head.path.rpartition('.')[2]}"
    return (head.page or "home") if is_main else head.path.rpartition(".")[0]


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    return _put(parent, _q(name), text, attributes)


def _put(parent: ET.Element, name: str, text: str | None, attributes: dict[str, str]) -> ET.Element:
    element = ET.SubElement(parent, name, {key: xml_text(value) for key, value in attributes.items()})
    element.text = xml_text(text) if text is not None else None
    return element


def _q(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def xml_text(text: str) -> str:
    """Drop the characters that XML can't hold."""
    return _NOT_XML.sub("", text)


def _xml_file(root: ET.Element, own: str | None) -> bytes:
    """Write XML whose own namespace needs no prefix. The registry is the library's own, so each writer sets it again."""
    ET.register_namespace("" if own == ATOM else "atom", ATOM)
    ET.register_namespace("dc", DC)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _latest(told: Sequence[FeedItem]) -> datetime:
    return max((item.updated for item in told), default=EMPTY)


# ---------------------------------------------------------------- RSS


def rss(head: Head, told: Sequence[FeedItem], site: Site) -> bytes:
    """Write a feed as RSS 2.0, for programs that know nothing newer (many mail services, Teams, Outlook)."""
    root = ET.Element("rss", {"version": "2.0"})
    channel = _put(root, "channel", None, {})
    _put(channel, "title", head.title, {})
    _put(channel, "link", f"{site.url}{head.page}", {})
    _put(channel, "description", head.description or site.subtitle or head.title, {})
    _put(channel, "language", site.language, {})
    _put(channel, "lastBuildDate", _mail_date(_latest(told)), {})
    _add(channel, "link", rel="self", type="application/rss+xml", href=f"{site.url}{head.path}")
    for item in told:
        _rss_item(_put(channel, "item", None, {}), item, site)
    return _xml_file(root, None)


def _rss_item(element: ET.Element, item: FeedItem, site: Site) -> None:
    _put(element, "title", item.title, {})
    _put(element, "link", f"{site.url}{item.path}", {})
    _put(element, "guid", item.tag, {"isPermaLink": "false"})
    _put(element, "pubDate", _mail_date(item.published), {})
    for name in item.authors:
        _put(element, f"{{{DC}}}creator", name, {})
    for _topic, label in item.topics:
        _put(element, "category", label, {})
    if item.html or item.text:
        _put(element, "description", item.html or _escaped(item.text), {})


def _escaped(text: str) -> str:
    """A description is HTML to most readers, so plain text is escaped once more."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mail_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


# ---------------------------------------------------------------- JSON Feed


def json_feed(head: Head, told: Sequence[FeedItem], site: Site) -> bytes:
    """Write a feed as JSON Feed 1.1."""
    value: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": f"{site.url}{head.page}",
        "feed_url": f"{site.url}{head.path}",
        "language": site.language,
        "authors": [{"name": site.maintainer or site.title}],
        "items": [_json_item(item, site) for item in told],
    }
    if head.description:
        value["description"] = head.description
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _json_item(item: FeedItem, site: Site) -> dict[str, object]:
    value: dict[str, object] = {
        "id": item.tag,
        "url": f"{site.url}{item.path}",
        "title": xml_text(item.title),
        "date_published": _stamp(item.published),
        "date_modified": _stamp(item.updated),
        "authors": [{"name": xml_text(name)} for name in item.authors],
        "tags": [label for _topic, label in item.topics],
    }
    if item.html:
        value |= {"content_html": xml_text(item.html)} | ({"summary": xml_text(item.text)} if item.text else {})
    else:
        value["content_text"] = xml_text(item.text or item.title)
    return value | ({"external_url": item.link} if item.link else {})


FORMATS: tuple[Format, ...] = (
    Format("atom", "application/atom+xml", atom),
    Format("json", "application/feed+json", json_feed),
    Format("rss", "application/rss+xml", rss),
)
