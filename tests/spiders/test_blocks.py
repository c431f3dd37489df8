"""A list is found on a page by what repeats there, whoever built it; the proposed selectors read all of it and nothing else."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observatory import markup
from observatory.errors import UnreadableError
from observatory.model import Finding, Request, Snapshot
from spiders import listing
from spiders._blocks import blocks
from spiders._guess import further, guesses
from spiders._kind import kinds
from spiders._selectors import selectors
from web.lists import LISTS, UNDATED
from web.sites import DAYS, TITLES, frame

BASE = "https://site.example.org/news/"
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


def snapshot(body: bytes, role: str = "page", url: str = BASE) -> Snapshot:
    return Snapshot("r/1", "probe", url, url, NOW, 200, "text/html; charset=utf-8", body, role)


def read(page: str) -> list[Finding]:
    """Read a page with the selectors that are proposed for its likeliest list."""
    root = markup.html(page.encode(), "text/html")
    best = blocks(root, BASE)[0]
    options = listing.ListingOptions.model_validate({"url": BASE, **selectors(root, best, BASE, NOW.date())})
    return list(listing.KIND.read(snapshot(page.encode(), "start"), options))


@pytest.mark.parametrize("name", LISTS)
def test_the_selectors_read_all_of_a_list_and_nothing_else(name: str) -> None:
    found = read(LISTS[name])
    assert sorted(finding.work.title for finding in found) == sorted(TITLES)
    assert len({finding.work.url for finding in found}) == len(TITLES)


@pytest.mark.parametrize("name", sorted(LISTS.keys() - UNDATED))
def test_the_days_of_a_list_are_read(name: str) -> None:
    assert sorted(str(finding.work.date) for finding in read(LISTS[name])) == sorted(DAYS)


def test_a_menu_is_no_list() -> None:
    page = frame("A text", "<main><h1>A text</h1><p>Nothing but words.</p></main>")
    assert not [
        guess for guess in guesses([snapshot(page.encode())]) if "item" in guess.options and "menu" not in str(guess)
    ]


def asked(body: bytes, role: str = "page", url: str = BASE) -> list[Request]:
    return list(further(snapshot(body, role, url), BASE))


def test_feeds_of_comments_and_of_other_sites_are_not_asked() -> None:
    head = """<link rel="alternate" type="application/rss+xml" href="/comments/feed/">
    <link rel="alternate" type="application/json+oembed" href="/oembed">"""
    page = frame(
        "x",
        '<main><a href="https://other.example.org/feed/">RSS</a><a href="webcal://site.example.org/e.ics">Calendar</a></main>',
        head=head,
    )
    found = {request.url: request.role for request in asked(page.encode())}
    assert found["https://site.example.org/e.ics"] == "calendar|linked from the page"
    assert not {url for url in found if "comments" in url or "other.example" in url or "oembed" in url}


def test_sitemaps_named_in_robots_are_asked_and_no_more_than_two() -> None:
    robots = b"User-agent: *\nSitemap: https://site.example.org/a.xml\nsitemap:https://site.example.org/b.xml\nSitemap: https://site.example.org/c.xml"
    assert [request.url[-5:] for request in asked(robots, "robots")] == ["a.xml", "b.xml"]


@given(
    body=st.binary(max_size=300)
    | st.sampled_from([page.encode() for page in LISTS.values()]).map(lambda b: b[: len(b) // 2]),
    role=st.sampled_from(["page", "home", "robots", "sitemap", "map", "identify", "feed|x"]),
)
@settings(max_examples=150, deadline=None)
def test_rubbish_leads_to_nothing_worse_than_poor_guesses(body: bytes, role: str) -> None:
    given = snapshot(body, role)
    assert all(request.url.startswith("http") for request in further(given, BASE))
    for guess in guesses([given]):
        try:
            list(
                kinds()[guess.kind].read(
                    snapshot(body, "start"), kinds()[guess.kind].Options.model_validate(dict(guess.options))
                )
            )
        except UnreadableError:
            continue


def test_a_large_hostile_page_is_weighed_in_bounded_time() -> None:
    deep = "<div class='a b c'>" * 200 + "<a href='/x'>a long enough title</a>" + "</div>" * 200
    wide = "".join(
        f"<div class='item i{n}'><h3><a href='/n/{n}'>Title number {n} of many</a></h3><p>{'word ' * 30}</p></div>"
        for n in range(3000)
    )
    begin = time.process_time()
    guesses([snapshot(f"<html><body>{deep * 20}{wide}</body></html>".encode())])
    assert time.process_time() - begin < 15


@pytest.mark.parametrize(
    ("url", "kind", "options"),
    [
        ("https://openalex.org/works?page=1", "openalex", {}),
        ("https://www.crossref.org/", "crossref", {}),
        ("https://doi.org/10.2801/671358", "crossref", {"filter": "prefix:10.2801"}),
        ("https://doaj.org/search/articles", "doaj", {}),
        ("https://eric.ed.gov/?q=microcredential", "eric", {}),
        ("https://zenodo.org/communities/microbol", "oai", {"url": "https://zenodo.org/oai2d", "set": "user-microbol"}),
        ("https://export.arxiv.org/list/cs.CY", "arxiv", {}),
        ("https://explore.openaire.eu/search", "openaire", {}),
        ("https://hal.science/search", "hal", {}),
        ("https://www.zotero.org/groups/2373077/micro/library", "zotero", {"group": 2373077}),
        ("https://eur-lex.europa.eu/search.html", "cellar", {}),
    ],
)
def test_a_service_is_known_by_its_address(url: str, kind: str, options: dict[str, str]) -> None:
    assert kinds()[kind].suits(url) == options
    kinds()[kind].Options.model_validate(options)


def test_no_service_claims_a_site() -> None:
    assert not [name for name, kind in kinds().items() if kind.suits(BASE) is not None]
