"""What the site shall hold: each file's path, a digest of all that it is made of, and how to make it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from xml.sax.saxutils import escape

from observatory.model import Catalogue, Section, Site
from observatory.publish import links, words
from observatory.publish.cards import Link
from observatory.publish.citations import Cited
from observatory.publish.exports import downloads
from observatory.publish.feeds import FORMATS, Feed, Write, feeds, items
from observatory.publish.fingerprint import fingerprint
from observatory.publish.page import Page, Row
from observatory.publish.pages import PAGES
from observatory.publish.service import opensearch
from observatory.publish.shelf import Shelf, make_shelf

FORM = "1"  # raised when the making of feeds or machine files changes, so that they are written anew


@dataclass(frozen=True, slots=True)
class Output:
    """A file of the site. Equal digests mean equal bytes, so an unchanged one need not be rendered.

    A large one is rendered piece by piece, so that it never stands in memory whole.
    """

    path: str
    digest: str
    render: Callable[[], bytes | Iterable[bytes]]


class Renderer(Protocol):
    """Turns a template and what it may see into a page; `site.Templates` is one."""

    def fingerprint(self, template: str) -> str:
        """Digest a template with all that it includes."""

    def render(self, template: str, names: Mapping[str, object]) -> bytes:
        """Fill a template."""

    def gettext(self, text: str) -> str:
        """Translate one of the site's own texts."""

    def codebook(self) -> str:
        """Give docs/data.md as HTML; "" where it isn't at hand."""

    def statics(self) -> Mapping[str, bytes]:
        """Files that go to the site as they are, by their path."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page. It holds nothing that changes from day to day."""

    title: str
    url: str
    language: str
    maintainer: str
    maintainer_url: str | None
    nav: tuple[tuple[str, Link], ...]
    styles: str


def plan(catalogue: Catalogue, site: Site, renderer: Renderer) -> Iterator[Output]:
    """Plan every file of the site, each path once."""
    yield from plan_shelf(shelve(catalogue, site, renderer), renderer)


def shelve(catalogue: Catalogue, site: Site, renderer: Renderer, citations: Mapping[str, Cited] | None = None) -> Shelf:
    """Sort the catalogue for the pages. `citations` by entry id were made before; what lacks is cited anew."""
    return make_shelf(catalogue, site, renderer.gettext, citations, renderer.codebook())


def plan_shelf(shelf: Shelf, renderer: Renderer) -> Iterator[Output]:
    """Plan every file of the site from a sorted catalogue."""
    site = shelf.site
    statics = renderer.statics()
    frame = _frame(site, renderer, statics)
    indexed: list[Page] = []
    for file in downloads(shelf):  # before the pages, one of which tells their sizes
        yield Output(file.path, file.digest, file.pieces)
    for row in PAGES:
        base = fingerprint(frame, renderer.fingerprint(row.template))
        for page in row.make(shelf):
            yield _page(page, row, base, frame, renderer)
            if page.indexed:
                indexed.append(page)
    yield from _feeds(shelf, site)
    yield from _redirects(shelf, frame, renderer)
    yield _file("sitemap.xml", _sitemap(indexed, site))
    yield _file("opensearch.xml", opensearch(site, shelf.say))
    yield _file("robots.txt", f"User-agent: *\nAllow: /\n\nSitemap: {site.url}sitemap.xml\n".encode())
    for path, body in statics.items():
        yield _file(path, body)


def _frame(site: Site, renderer: Renderer, statics: Mapping[str, bytes]) -> Frame:
    say = renderer.gettext
    nav = [(section.value, Link(say(words.SECTIONS_SHORT[section]), links.section(section))) for section in Section]
    nav.append(("topics", Link(say("Topics"), "topics/")))
    nav.append(("countries", Link(say("Countries"), "countries/")))
    nav.append(("search", Link(say("Search"), "search/")))
    nav.append(("subscribe", Link(say("Subscribe"), "subscribe/")))
    styles = fingerprint(sorted((path, body.hex()) for path, body in statics.items() if path.endswith((".css", ".js"))))
    return Frame(site.title, site.url, site.language, site.maintainer, site.maintainer_url, tuple(nav), styles[:8])


def _page(page: Page, row: Row, base: str, frame: Frame, renderer: Renderer) -> Output:
    names = {"page": page, "view": page.view, "site": frame, "root": links.root_from(page.path, frame.url)}
    return Output(links.file_of(page.path), fingerprint(base, page), partial(renderer.render, row.template, names))


def _feeds(shelf: Shelf, site: Site) -> Iterator[Output]:
    for feed in feeds(shelf):
        told = fingerprint(FORM, site, feed, [shelf.entries[card.id] for card in feed.cards])
        for form in FORMATS:
            yield Output(f"{feed.base}{form.file}", told, partial(_write_feed, shelf, feed, form.write, site))


def _write_feed(shelf: Shelf, feed: Feed, write: Write, site: Site) -> bytes:
    return write(feed, items(shelf, feed), site)


def _redirects(shelf: Shelf, frame: Frame, renderer: Renderer) -> Iterator[Output]:
    """A former id's address leads to where the entry stands now."""
    base = fingerprint(frame, renderer.fingerprint("redirect.html"))
    row = Row("redirects", lambda _shelf: iter(()), "redirect.html")
    for former, present in sorted(shelf.catalogue.aliases.items()):
        if present in shelf.cards and former not in shelf.cards:
            card = shelf.cards[present]
            yield _page(
                Page(path=links.entry(former), title=card.title, view=card, indexed=False),
                row,
                base,
                frame,
                renderer,
            )


def _sitemap(pages: list[Page], site: Site) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ]
    for page in sorted(pages, key=lambda page: page.path):
        modified = f"<lastmod>{page.modified}</lastmod>" if page.modified else ""
        lines.append(f"<url><loc>{escape(site.url + page.path)}</loc>{modified}</url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()


def _file(path: str, body: bytes) -> Output:
    return Output(path, fingerprint(body.hex()), lambda: body)
