"""Every page of three sites (the real library, hostile records, nothing at all) is sound HTML that leads somewhere."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin
from xml.etree import ElementTree as ET

import html5lib
import lxml.html
import pytest

from conftest import Shown
from observatory.publish.pages import PAGES

MOST_BYTES = 60_000  # a listing's HTML with the style sheet: what a phone must load before it can show anything
LISTINGS = ("home.html", "listing.html", "country.html", "moves.html")
_CSP = "default-src 'none'"


def trees(shown: Shown) -> list[tuple[str, lxml.html.HtmlElement]]:
    return [(p.relative_to(shown.folder).as_posix(), lxml.html.fromstring(p.read_bytes())) for p in shown.pages()]


@pytest.mark.parametrize("name", ["library_site", "hostile_site", "empty_site"])
def test_every_page_type_is_valid_html(name: str, request: pytest.FixtureRequest) -> None:
    shown: Shown = request.getfixturevalue(name)
    paths = (
        shown.examples() if name == "library_site" else [p.relative_to(shown.folder).as_posix() for p in shown.pages()]
    )
    for path in paths:
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(shown.read(path))  # raises where the page errs


def test_each_page_has_one_h1_ordered_headings_and_no_double_id(any_site: Shown) -> None:
    for path, tree in trees(any_site):
        levels = [int(node.tag[1]) for node in tree.iter("h1", "h2", "h3", "h4")]
        assert levels.count(1) == 1, path
        assert levels[0] == 1, path
        assert all(later <= former + 1 for former, later in pairwise(levels)), (path, levels)
        ids = Counter(tree.xpath("//@id"))
        assert not [one for one, number in ids.items() if number > 1], path
        named = {name for value in tree.xpath("//@aria-labelledby") for name in value.split()}
        assert named <= set(ids), path


def test_every_internal_link_leads_to_a_file_and_its_anchor(any_site: Shown) -> None:
    files = {path.relative_to(any_site.folder).as_posix() for path in any_site.folder.rglob("*") if path.is_file()}
    base = any_site.site.url
    held = dict(trees(any_site))
    ids = {path: set(tree.xpath("//@id")) for path, tree in held.items()}
    for path, tree in held.items():
        here = urljoin(base, path)
        for link in {*tree.xpath("//@href"), *tree.xpath("//@src"), *tree.xpath("//form/@action")}:
            there, fragment = urldefrag(urljoin(here, link))
            if not there.startswith(base):
                continue
            target = unquote(there.removeprefix(base).split("?")[0])
            target = f"{target}index.html" if target.endswith("/") or not target else target
            assert target in files, f"{path} leads to {link}"
            assert not fragment or fragment in ids.get(target, ()), f"{path} leads to {link}"


def test_nothing_runs_inline_and_nothing_is_asked_of_others(any_site: Shown) -> None:
    for path, tree in trees(any_site):
        assert not tree.xpath("//style | //@style | //script[not(@src)][not(contains(@type, 'json'))]"), path
        assert not tree.xpath("//@*[starts-with(name(), 'on')]"), path
        (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy.startswith(_CSP), path
        assert "unsafe-inline" not in policy, path
        loaded = tree.xpath("//script/@src | //img/@src | //link[@rel='stylesheet' or @rel='icon']/@href")
        assert not [url for url in loaded if "//" in url], path


def test_links_are_relative_so_that_a_prefix_does_no_harm(any_site: Shown) -> None:
    for path, tree in trees(any_site):
        for link in tree.xpath("//a/@href | //script/@src | //link[not(@rel='canonical')]/@href"):
            assert not link.startswith("/") or path == "404.html", f"{path}: {link}"


def test_canonical_addresses_and_the_sitemap_agree(any_site: Shown) -> None:
    listed = {
        node.text
        for node in ET.fromstring((any_site.folder / "sitemap.xml").read_bytes()).iter()
        if node.tag.endswith("loc")
    }
    indexed = set()
    for path, tree in trees(any_site):
        own = any_site.site.url + path.removesuffix("index.html")
        robots = "".join(tree.xpath("//meta[@name='robots']/@content"))
        if "noindex" not in robots:
            indexed.add(own)
            assert tree.xpath("//link[@rel='canonical']/@href") == [own], path
    assert listed == indexed


def test_a_listing_with_its_styles_is_light(library_site: Shown) -> None:
    heavy = {}
    for path in library_site.examples(40, [row for row in PAGES if row.template in LISTINGS]):
        page = library_site.read(path)
        sheets = re.findall(r'rel="stylesheet" href="[./]*(static/[^?"]+)', page)
        size = len(page.encode()) + sum((library_site.folder / sheet).stat().st_size for sheet in sheets)
        if size > MOST_BYTES:
            heavy[path] = size
    assert not heavy


def test_no_page_shows_a_template_or_a_python_value(any_site: Shown) -> None:
    for path, tree in trees(any_site):
        left = r"\{\{ (page|view\.|site|root|card)|\{% (if|for|block|trans)|<root>|<reason>|Undefined|EntryKind\."
        assert not re.search(left, tree.text_content()), path
        assert not [said for said in tree.itertext() if said.strip() in ("None", "True", "False", "()")], path


def test_tables_have_headers_and_images_a_text(any_site: Shown) -> None:
    for path, tree in trees(any_site):
        for table in tree.iter("table"):
            assert table.xpath(".//th"), path
        for drawing in tree.xpath("//svg[not(@aria-hidden)]"):
            assert {"title", "desc"} <= {child.tag for child in drawing}, path


def test_a_former_address_redirects(hostile_site: Shown) -> None:
    page = hostile_site.read("entries/council-old/")
    assert 'content="0; url=../../entries/council-2022/"' in page
    assert 'href="https://example.org/mc/entries/council-2022/"' in page


@pytest.mark.parametrize("sheet", ["site.css", "pages.css"])
def test_a_style_sheet_asks_for_no_small_print(sheet: str, library_site: Shown) -> None:
    css = (library_site.folder / "static" / sheet).read_text("utf-8").split("@media print")[0]
    assert "http" not in css.replace("http://www.w3.org", "")
    for size in re.findall(r"font(?:-size)?:[^;}]*?(?<![\d.])(\d*\.?\d+)rem", css):
        assert float(size) >= 0.875, size


def test_fonts_are_our_own_and_light(library_site: Shown) -> None:
    fonts = list((library_site.folder / "static").glob("*.woff2"))
    assert sum(font.stat().st_size for font in fonts) <= 60_000
    assert list(Path(library_site.folder / "static").glob("*OFL.txt")), "its licence stands beside it"
