"""What the site shall hold: each file's path, a digest of all that it is made of, and how to make it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from xml.sax.saxutils import escape

from observatory.model import Catalogue, Section, Site
from observatory.publish import calendar, comparison, feeds, links, movements, picks, subscribe, texts, words
from observatory.publish.cards import Link
from observatory.publish.citations import Cited
from observatory.publish.digest import outputs as digest
from observatory.publish.exports import data_files, entry_files, list_files
from observatory.publish.fingerprint import fingerprint
from observatory.publish.forms import FORMS
from observatory.publish.output import Listed, Output, Part, Plan, Renderer, file
from observatory.publish.page import Page, Row
from observatory.publish.pages import PAGES
from observatory.publish.pieces import Pieces
from observatory.publish.service import opensearch
from observatory.publish.shelf import Shelf, make_shelf
from observatory.publish.words import Gettext

FORM = "1"  # raised when the making of feeds or machine files changes, so that they are written anew
DATA = "data"  # the row of the page that tells the sizes of the downloads
SLICE, MOST_SLICES = 200, 500  # entries of a part, and parts of entries


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
    whole = plan_shelf(shelve(catalogue, site, renderer), renderer)
    listed: list[tuple[str, str]] = []
    for part in whole.parts:
        for output in part():
            yield output
            if output.listed is not None:
                listed.append((output.path, output.listed))
    yield from whole.last(listed)


def shelve(
    catalogue: Catalogue,
    site: Site,
    renderer: Renderer,
    citations: Mapping[str, Cited] | None = None,
    pieces: Pieces | None = None,
) -> Shelf:
    """Sort the catalogue for the pages. `citations` by entry id and `pieces` were made before; what lacks is made anew."""
    return make_shelf(catalogue, site, renderer.gettext, citations, renderer.codebook(), pieces)


def plan_shelf(shelf: Shelf, renderer: Renderer) -> Plan:
    """Plan every file of the site from a sorted catalogue: the longest parts first, the many short ones of entries last."""
    statics = renderer.statics()
    pages = _Pages(shelf, _frame(shelf.catalogue, shelf.site, renderer, statics), renderer)
    parts: list[Part] = [partial(_data, shelf, pages)]
    parts += [partial(list_files, shelf, form) for form in FORMS]
    parts += [partial(pages.all, row) for row in PAGES if not row.of and row.name != DATA]
    parts += [partial(part, shelf) for part in FILES]
    parts += [partial(digest.outputs, shelf, renderer), pages.redirects, partial(_machine_files, shelf, statics)]
    parts += [partial(_of_entries, shelf, pages, ids) for ids in slices(tuple(shelf.entries))]
    return Plan(tuple(parts), lambda listed: (file("sitemap.xml", _sitemap(listed, shelf.site)),))


FILES: tuple[Callable[[Shelf], Iterator[Output]], ...] = (
    feeds.outputs,
    movements.outputs,
    comparison.outputs,
    texts.outputs,
    calendar.outputs,
    picks.outputs,
)


def _data(shelf: Shelf, pages: _Pages) -> Iterator[Output]:
    """The catalogue as data, then the page that tells how large those files are."""
    yield from data_files(shelf)
    yield from pages.all(next(row for row in PAGES if row.name == DATA))


def _of_entries(shelf: Shelf, pages: _Pages, ids: Sequence[str]) -> Iterator[Output]:
    for row in PAGES:
        if row.of:
            yield from pages.some(row, row.of(shelf, ids))
    yield from entry_files(shelf, ids)


def slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut entries into the parts of a plan."""
    size = max(SLICE, len(ids) // MOST_SLICES)
    return (ids[first : first + size] for first in range(0, len(ids), size))


def _machine_files(shelf: Shelf, statics: Mapping[str, bytes]) -> Iterator[Output]:
    site = shelf.site
    yield subscribe.opml_output(shelf)
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


@dataclass(frozen=True, slots=True)
class _Pages:
    """Makes the files of pages."""

    shelf: Shelf
    frame: Frame
    renderer: Renderer

    def all(self, row: Row) -> Iterator[Output]:
        return self.some(row, row.make(self.shelf))

    def some(self, row: Row, pages: Iterable[Page]) -> Iterator[Output]:
        base = fingerprint(self.frame, self.renderer.fingerprint(row.template))
        for page in pages:
            listed = page.modified or "" if page.indexed else None
            yield Output(links.file_of(page.path), page.digest(base), partial(self._render, page, row.template), listed)

    def _render(self, page: Page, template: str) -> bytes:
        root = links.root_from(page.path, self.frame.url)
        return self.renderer.render(template, {"page": page, "view": page.seen(), "site": self.frame, "root": root})

    def redirects(self) -> Iterator[Output]:
        """A former id's address leads to where the entry stands now."""
        return self.all(Row("redirects", _redirects, "redirect.html"))


def _redirects(shelf: Shelf) -> Iterator[Page]:
    for former, present in sorted(shelf.catalogue.aliases.items()):
        if present in shelf.cards and former not in shelf.cards:
            card = shelf.cards[present]
            yield Page(path=links.entry(former), title=card.title, view=card, indexed=False)


def _sitemap(listed: Listed, site: Site) -> bytes:
    pages = ((file.removesuffix("index.html"), day) for file, day in listed)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ]
    for path, day in sorted(pages):
        modified = f"<lastmod>{day}</lastmod>" if day else ""
        lines.append(f"<url><loc>{escape(site.url + path)}</loc>{modified}</url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()
