"""Link care over loopback: what is there, what moved, what is gone, what is only out of reach today; and a rebuild says the same."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from observatory.app import Observatory
from observatory.config import load
from observatory.forgotten import address_names, digest
from observatory.model import Entry
from observatory.verifying import told, verify
from tests import waiting
from tests.trees import differing, tree
from web.server import Web

SOURCES = "sources:\n  - {{id: library, kind: library, path: curation/library/*.yaml}}\n  - {{id: {name}, kind: page, url: '{url}', enabled: false}}\n"
ITEM = "- {{id: {name}, kind: report, title: 'Micro-credentials in {name}', date: 2024, language: en, url: '{url}'}}\n"
PAGES = ("there", "moved", "gone", "missing", "shy", "busy", "closed", "gets", "home/deep/page")


class Care:
    """Nine works on one host, looked after day by day."""

    def __init__(self, web: Web, folder: Path) -> None:
        self.folder, self.web, self.host = folder, web, web.host("pages")
        for path in ("/", "/there", "/new", "/gets", "/busy"):
            self.host.put(path, "<title>A page</title><main><p>On micro-credentials, at some length.</p></main>")
        self.host.redirect("/moved", self.host.url("/new"), 301)
        self.host.redirect("/home/deep/page", self.host.url("/"), 301)
        for path, status in (("/gone", 410), ("/shy", 403), ("/busy", 500)):
            self.host.put(path, "<p>no</p>", status=status)
        self.host.put("/robots.txt", "User-agent: *\nDisallow: /closed\n", "text/plain")
        (folder / "curation" / "library").mkdir(parents=True)
        (folder / "sources.yaml").write_text(SOURCES.format(name="host", url=self.host.url("/")))
        rows = (ITEM.format(name=path.replace("/", "-"), url=self.host.url(f"/{path}")) for path in PAGES)
        (folder / "curation" / "library" / "all.yaml").write_text("".join(rows))

    def look(self, day: int) -> dict[str, str]:
        config = load(self.folder / "sources.yaml")
        config = replace(config, crawl=replace(config.crawl, delay=0.01))
        with Observatory(config, self.folder / "output", waiting.NOW + timedelta(days=day)) as obs:
            return {look.entry: told(look) for look in verify(obs)}

    def entry(self, name: str) -> Entry:
        with Observatory.open(self.folder / "sources.yaml", now=waiting.NOW) as obs:
            return obs.entry(name)

    def site(self, now: datetime, *, again: bool = False) -> dict[str, str]:
        with Observatory.open(self.folder / "sources.yaml", now=now) as obs:
            if again:
                obs.rebuild()
            obs.publish()
            return tree(obs.site_folder)


@pytest.fixture
def care(web: Web, tmp_path: Path) -> Care:
    return Care(web, tmp_path)


def test_links_are_looked_after_and_a_rebuild_says_the_same(care: Care) -> None:
    first = care.look(0)
    assert first["there"] == first["gets"] == "there"
    assert first["moved"] == f"moved for good to {care.host.url('/new')}"
    assert first["gone"] == "dead since 2026-11-23 (410)"
    assert first["missing"] == "no answer (404); looked at again"
    assert (
        first["home-deep-page"] == "no answer (404); looked at again"
    )  # led to the home page: what stood there is gone
    assert first["shy"] == "no answer (403); looked at again"
    assert first["closed"] == "not asked (robots)"
    assert {seen.method for seen in care.web.asked("pages") if seen.path == "/there"} == {"HEAD"}
    assert care.look(1) == {}  # nothing is due
    assert care.entry("moved").work.url == care.host.url("/new")
    assert care.entry("there").verified == waiting.NOW
    assert care.entry("shy").verified is None
    second = care.look(3)
    assert set(second) == {"missing", "shy", "busy", "home-deep-page"}
    assert second["missing"] == "dead since 2026-11-26 (404)"
    assert second["shy"] == "no answer (403); looked at again"
    now = waiting.NOW + timedelta(days=3)
    grown = care.site(now)
    page = (care.folder / "output/site/entries/missing/index.html").read_text()
    assert f"https://web.archive.org/web/20261123/{care.host.url('/missing')}" in page
    assert differing(grown, care.site(now, again=True)) == []
    care.host.put("/missing", "<title>Back</title><main><p>Here again.</p></main>")
    assert care.look(40)["missing"] == "there"
    assert care.entry("missing").link.dead is None


def test_a_page_that_is_another_than_before_is_told(care: Care) -> None:
    page = "<title>A page</title><main><p>On micro-credentials.</p></main>"
    march, may = "Sun, 01 Mar 2026 10:00:00 GMT", "Fri, 01 May 2026 10:00:00 GMT"
    for day, last, said in ((0, march, "there"), (100, march, "there"), (200, may, "changed"), (300, may, "there")):
        care.host.put("/there", page, headers={"Last-Modified": last}, has_validators=False)
        assert care.look(day)["there"] == said
    link = care.entry("there").link
    assert link is not None
    assert link.changed == waiting.NOW + timedelta(days=200)


def test_of_a_link_that_leads_to_what_was_erased_nothing_is_noted(care: Care) -> None:
    (erased,) = address_names(care.host.url("/new"))
    row = f"- {{digests: [{digest(erased)}], when: 2026-11-20, by: aoife, why: asked by its author}}\n"
    (care.folder / "curation" / "forgotten.yaml").write_text(row, "utf-8")
    assert care.look(0)["moved"] == "there"
    assert care.entry("moved").work.url == care.host.url("/moved")
    archived = b"".join(gzip.decompress(path.read_bytes()) for path in (care.folder / "output").rglob("*.warc.gz"))
    assert b"/moved" in archived
    assert b"/new" not in archived


def test_our_own_networks_silence_marks_nothing(care: Care) -> None:
    library = care.folder / "curation/library/all.yaml"
    library.write_text(
        ITEM.format(name="away", url="http://127.0.0.9:9/x") + ITEM.format(name="far", url="http://127.0.0.8:9/x")
    )
    (care.folder / "sources.yaml").write_text(
        SOURCES.format(name="host", url="http://127.0.0.9:9/")
        + "  - {id: far, kind: page, url: 'http://127.0.0.8:9/', enabled: false}\n"
    )
    for day in (0, 4, 8):
        assert care.look(day) == {}
    assert care.entry("away").link is None
