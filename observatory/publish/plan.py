"""What the site shall hold: each file's path, a digest of all that it is made of, and how to make it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from xml.sax.saxutils import escape

from observatory.model import Catalogue, Section, Site
from observatory.publish import calendar, comparison, feeds, links, movements, picks, subscribe, texts, words
from observatory.publish.cards import Link
from observatory.publish.citations import Cited
from observatory.publish.digest import outputs as digest
from observatory.publish.exports import downloads
from observatory.publish.fingerprint import fingerprint
from observatory.publish.output import Output, Renderer, file
from observatory.publish.page import Page, Row
from observatory.publish.pages import PAGES
from observatory.publish.pieces import Pieces
from observatory.publish.service import opensearch
from observatory.publish.shelf import Shelf, make_shelf
from observatory.publish.words import Gettext

FORM = "1"  # raised when the making of feeds or machine files changes, so that they are written anew


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page. It holds nothing that changes from day to day; `foot` leads to what there is only."""

    title: str
    url: str
    language: str
    subject: str
    heading: str
    maintainer: str
    maintainer_url: str | None
    nav: tuple[tuple[str, Link], ...]
    foot: tuple[Link, ...]
    styles: str
    rss: tuple[str, ...]  # folders whose feeds are written as RSS too


def plan(catalogue: Catalogue, site: Site, renderer: Renderer) -> Iterator[Output]:
    """Plan every file of the site, each path once."""
    yield from plan_shelf(shelve(catalogue, site, renderer), renderer)


def shelve(
    catalogue: Catalogue,
    site: Site,
    renderer: Renderer,
    citations: Mapping[str, Cited] | None = None,
    pieces: Pieces | None = None,
) -> Shelf:
    """Sort the catalogue for the pages. `citations` by entry id and `pieces` were made before; what lacks is made anew."""
    return make_shelf(catalogue, site, renderer.gettext, citations, renderer.codebook(), pieces)


def plan_shelf(shelf: Shelf, renderer: Renderer) -> Iterator[Output]:
    """Plan every file of the site from a sorted catalogue."""
    site = shelf.site
    statics = renderer.statics()
    frame = _frame(shelf.catalogue, site, renderer, statics)
    indexed: list[tuple[str, str]] = []
    yield from downloads(shelf)  # before the pages, one of which tells their sizes
    for row in PAGES:
        base = fingerprint(frame, renderer.fingerprint(row.template))
        for page in row.make(shelf):
            yield _page(page, row, base, frame, renderer)
            if page.indexed:
                indexed.append((page.path, page.modified or ""))
    yield from feeds.outputs(shelf)
    yield from movements.outputs(shelf)
    yield from comparison.outputs(shelf)
    yield from texts.outputs(shelf)
    yield from calendar.outputs(shelf)
    yield from digest.outputs(shelf, renderer)
    yield from picks.outputs(shelf)
    yield subscribe.opml_output(shelf)
    yield from _redirects(shelf, frame, renderer)
    yield file("sitemap.xml", _sitemap(indexed, site))
    yield file("opensearch.xml", opensearch(site, shelf.say))
    yield file("robots.txt", f"User-agent: *\nAllow: /\n\nSitemap: {site.url}sitemap.xml\n".encode())
    for path, body in statics.items():
        yield file(path, body)


def _frame(catalogue: Catalogue, site: Site, renderer: Renderer, statics: Mapping[str, bytes]) -> Frame:
    say = renderer.gettext
    nav = [(section.value, Link(say(words.SECTIONS_SHORT[section]), links.section(section))) for section in Section]
    nav.append(("topics", Link(say("Topics"), "topics/")))
    nav.append(("countries", Link(say("Countries"), "countries/")))
    nav.append(("search", Link(say("Search"), "search/")))
    nav.append(("subscribe", Link(say("Subscribe"), "subscribe/")))
    styles = fingerprint(sorted((path, body.hex()) for path, body in statics.items() if path.endswith((".css", ".js"))))
    return Frame(
        title=site.title,
        url=site.url,
        language=site.language,
        subject=site.subject,
        heading=site.heading,
        maintainer=site.maintainer,
        maintainer_url=site.maintainer_url,
        nav=tuple(nav),
        foot=_foot(catalogue, say),
        styles=styles[:8],
        rss=feeds.RSS_BASES,
    )


def _foot(catalogue: Catalogue, say: Gettext) -> tuple[Link, ...]:
    found = (
        (True, say("How entries get here"), "about/"),
        (True, say("My list"), "list/"),
        (True, say("What am I missing?"), "compare/"),
        (True, say("Data"), "data/"),
        (True, say("Suggest a publication"), "suggest/"),
        (bool(catalogue.picks), say("Editors’ picks"), picks.PICKS),
        (True, say("Trends"), "trends/"),
        (bool(catalogue.definitions), say("Definitions"), "definitions/"),
        (bool(catalogue.terms), say("Terms"), "terms/"),
        (True, say("All years"), "years/"),
        (True, say("All levels"), "levels/"),
        (True, say("Publishers"), "publishers/"),
        (True, say("Authors"), "authors/"),
        (True, say("Feeds"), "subscribe/"),
    )
    return tuple(Link(text, path) for there, text, path in found if there)


def _page(page: Page, row: Row, base: str, frame: Frame, renderer: Renderer) -> Output:
    return Output(links.file_of(page.path), page.digest(base), partial(_render, page, row.template, frame, renderer))


def _render(page: Page, template: str, frame: Frame, renderer: Renderer) -> bytes:
    names = {"page": page, "view": page.seen(), "site": frame, "root": links.root_from(page.path, frame.url)}
    return renderer.render(template, names)


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


def _sitemap(pages: Iterable[tuple[str, str]], site: Site) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ]
    for path, day in sorted(pages):
        modified = f"<lastmod>{day}</lastmod>" if day else ""
        lines.append(f"<url><loc>{escape(site.url + path)}</loc>{modified}</url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()
