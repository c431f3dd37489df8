"""Search, own list and comparison, in a real browser over a real site on loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from catalogues import ROOT, catalogue, library

from observatory.model import Catalogue, Entry, Site
from observatory.publish import browser_search
from observatory.publish.searchable import Document, documents, folded
from observatory.publish.shelf import make_shelf
from observatory.publish.site import publish

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


# ---------------------------------------------------------------- without a browser


@pytest.mark.parametrize(
    "said",
    [
        "micro-credential",
        "Micro credential",
        "MICROCREDENTIAL",
        "micro‑credential",
        "micro\u00adcredential",
        "micro – credential",
    ],
)
def test_every_spelling_of_micro_credential_is_one(said: str) -> None:
    assert folded(said) == "microcredential"


def test_words_without_blanks_are_found_by_their_letters() -> None:
    assert folded("微证书") == "微 证 书"


def _documents(entries: tuple[Entry, ...]) -> tuple[Document, ...]:
    return tuple(documents(make_shelf(catalogue(entries), Site(), lambda text: text)))


def test_a_hostile_title_stays_text_in_the_index(tmp_path: Path) -> None:
    one = library()[0]
    hostile = replace(one, work=replace(one.work, title="</i><script>x</script> data-pagefind-ignore"))
    (made,) = _documents((hostile,))
    assert "<script>" not in made.html


def test_the_index_is_made_anew_only_when_searchable_text_changed(tmp_path: Path) -> None:
    out = tmp_path / "site"
    out.mkdir()
    entries = library()[:20]
    said: list[str] = []

    def build(told: str, entries: tuple[Entry, ...]) -> bool:
        return browser_search.build(told, lambda: _documents(entries), out, said.append)

    assert build("1", entries)
    assert not build("1", entries)
    looked_at = tuple(replace(one, verified=one.first_seen) for one in entries)
    assert not build("2", looked_at), "that somebody looked at a page changes no word"
    assert build("3", (replace(entries[0], work=replace(entries[0].work, title="Quite another title")), *entries[1:]))
    assert len(said) == 2
    ids = json.loads((out / browser_search.FOLDER / browser_search.IDS).read_text())
    assert sorted(ids.values()) == sorted(one.id for one in entries)


def test_an_index_that_fails_leaves_the_former_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "site"
    out.mkdir()
    assert browser_search.build("1", lambda: _documents(library()[:3]), out, lambda _line: None)
    before = sorted(path.name for path in (out / browser_search.FOLDER).rglob("*"))
    other = "#!/bin/sh\nmkdir -p $6/fragment; for name in pagefind-entry.json en.pf_meta; do echo {} > $6/$name; done\n"
    (tmp_path / "other").write_text(other, "utf-8")  # writes what nobody here knows
    (tmp_path / "other").chmod(0o755)
    for number, program in enumerate(("/bin/false", str(tmp_path / "other"))):
        monkeypatch.setattr(browser_search.sys, "executable", program)
        assert not browser_search.build(f"2{number}", lambda: _documents(library()[:4]), out, lambda _line: None)
        assert sorted(path.name for path in (out / browser_search.FOLDER).rglob("*")) == before


# ---------------------------------------------------------------- in a browser


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The library's site under a path prefix, as on a university's server."""
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: apt-get install chromium")
        pytest.skip("CHROMIUM IS MISSING: the pages with JavaScript are not tested (apt-get install chromium)")
    base = tmp_path_factory.mktemp("web")
    publish(_all(), Site(), ROOT / "site_templates", base / "mc")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(base)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/mc/"
    server.shutdown()
    server.server_close()


def _all() -> Catalogue:
    """A third of the library is enough to search in, and quick to cite."""
    return catalogue(
        one for number, one in enumerate(library()) if number % 3 == 0 or one.work.language in ("zh", "ja", "es")
    )


@pytest.fixture(scope="module")
def browser(site: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page whose console is empty at the end: a refused script or a broken file would stand there."""
    context = browser.new_context(accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert not said


def _until(page: Any, said: str) -> None:
    """Wait until an expression is true; Playwright's own way is refused by our Content-Security-Policy."""
    for _turn in range(200):
        if page.evaluate(said):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never so: {said}")


def _count(page: Any) -> int:
    _until(page, "/\\d|One|Nothing/.test(document.getElementById('found').textContent)")
    text = page.inner_text("#found")
    return 1 if text.startswith("One") else 0 if text.startswith("Nothing") else int(text.split()[0])


@pytest.mark.browser
def test_every_spelling_finds_the_same(site: str, page: Any) -> None:
    counts = []
    for said in (
        "micro-credentials recognition",
        "microcredentials recognition",
        "Micro credentials recognition",
        "micro‑credential recognition",
    ):
        page.goto(f"{site}search/?q={said}")
        counts.append(_count(page))
    assert len(set(counts)) == 1
    assert counts[0] > 3


@pytest.mark.browser
def test_entries_in_every_language_are_found(site: str, page: Any) -> None:
    for said in ("微证书", "microcredenciales universitarias", "マイクロクレデンシャル"):
        page.goto(f"{site}search/?q={said}")
        assert _count(page) >= 1, said


@pytest.mark.browser
def test_facets_come_after_the_results_and_their_state_is_in_the_address(site: str, page: Any) -> None:
    page.goto(f"{site}search/?q=recognition")
    whole = _count(page)
    page.wait_for_selector("#facets input[name=kind]")
    legends = page.locator("#facets legend").all_inner_texts()
    assert {"Section", "Kind", "Topic", "Country", "Level", "Year", "Language"} <= set(legends)
    page.check("#facets input[name=kind][value=report]")
    page.wait_for_url("**kind=report**")
    _until(page, f"!document.getElementById('found').textContent.startsWith('{whole} ')")
    narrowed = _count(page)
    assert 0 < narrowed < whole
    said = page.locator("#facets li:has(input[value=report]) .n").inner_text()
    assert int(said) == narrowed
    page.goto(page.url)  # the link shares the search
    assert _count(page) == narrowed
    page.wait_for_selector("#facets input[value=report]")
    assert page.is_checked("#facets input[value=report]")
    page.go_back()


@pytest.mark.browser
def test_results_sort_by_date(site: str, page: Any) -> None:
    page.goto(f"{site}search/?q=higher+education&sort=date")
    _count(page)
    page.wait_for_selector("#results li")
    years = [int(text[-4:]) for text in page.locator("#results .when").all_inner_texts() if text[-4:].isdigit()]
    assert years == sorted(years, reverse=True)
    assert len(years) > 5


@pytest.mark.browser
def test_a_country_or_topic_that_is_typed_offers_its_page(site: str, page: Any) -> None:
    page.goto(f"{site}search/?q=ireland")
    page.wait_for_selector("#offer a")
    assert page.inner_text("#offer a") == "Everything on Ireland"
    page.click("#offer a")
    assert page.inner_text("h1") == "Ireland"


@pytest.mark.browser
def test_a_result_is_taken_along_whole(site: str, page: Any) -> None:
    page.goto(f"{site}search/?q=recognition")
    count = _count(page)
    with page.expect_download() as coming:
        page.click("[data-export=ris]")
    text = Path(coming.value.path()).read_text("utf-8")
    assert text.count("\nER  - ") == count
    with page.expect_download() as coming:
        page.click("[data-export=csv]")
    assert Path(coming.value.path()).read_text("utf-8").startswith("id,kind,title,")


@pytest.mark.browser
def test_the_search_works_by_keyboard(site: str, page: Any) -> None:
    page.goto(f"{site}search/")
    page.focus("#q")
    page.keyboard.type("badges")
    page.keyboard.press("Enter")
    assert _count(page) > 0
    page.wait_for_selector("#facets input")
    page.focus("#facets input")
    name = page.evaluate("[document.activeElement.name, document.activeElement.value].join()")
    page.keyboard.press("Space")
    _until(page, "location.search.includes('=')")
    page.wait_for_timeout(300)
    assert page.evaluate("[document.activeElement.name, document.activeElement.value].join()") == name


@pytest.mark.browser
def test_without_javascript_the_page_explains_and_leads_to_the_lists(site: str, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}search/")
    assert page.is_visible("#without")
    assert not page.is_visible("#q")
    assert page.locator("main a[href^='../topics/']").count() > 5
    context.close()


@pytest.mark.browser
def test_what_is_kept_is_listed_exported_and_shared(site: str, page: Any, browser: Any) -> None:
    page.goto(f"{site}reports/")
    for number in (0, 1):
        page.locator(".list > li button[data-keep]").nth(number).click()
    assert page.locator("[aria-pressed=true]").count() == 2
    page.goto(f"{site}list/")
    page.wait_for_selector("#works li:nth-child(2)")
    assert page.inner_text("#held").startswith("2 ")
    for form, mark in (("ris", "TY  - "), ("bib", "@"), ("json", '"id"')):
        with page.expect_download() as coming:
            page.click(f"[data-export={form}]")
        assert Path(coming.value.path()).read_text("utf-8").count(mark) >= 2
    link = page.input_value("#share")
    other = browser.new_context().new_page()
    other.goto(link)
    other.wait_for_selector("#works li:nth-child(2)")
    assert other.evaluate("localStorage.length") == 0
    other.context.close()


@pytest.mark.browser
def test_an_entry_is_kept_and_its_citation_copied(site: str, page: Any) -> None:
    one = next(iter(library()))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}entries/{one.id}/")
    page.click(f"button[data-keep='{one.id}']")
    assert page.get_attribute(f"button[data-keep='{one.id}']", "aria-pressed") == "true"
    page.click("button[data-copy=citation-apa]")
    _until(page, "document.querySelector('[data-copy=citation-apa]').textContent.includes('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == page.text_content("#citation-apa").strip()


@pytest.mark.browser
@pytest.mark.parametrize("form", ["bib", "ris", "json"])
def test_a_readers_file_tells_what_it_lacks(site: str, page: Any, tmp_path: Path, form: str) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    published = Path(str(_folder(page, site, f"data/observatory.{form}", tmp_path)))
    text = published.read_text("utf-8")
    mine = {"bib": "\n\n".join(text.split("\n\n")[:30]), "ris": "ER  - ".join(text.split("ER  - ")[:30]) + "ER  - \r\n"}
    half = tmp_path / f"mine.{form}"
    half.write_text(mine.get(form) or json.dumps(json.loads(text)[:30]), "utf-8")
    page.goto(f"{site}compare/")
    page.set_input_files("#file", str(half))
    _until(page, "document.getElementById('held').textContent.includes('missing')")
    read, total, has, missing = (int(n) for n in re.findall(r"\d+", page.inner_text("#held")))
    assert read in (29, 30)
    assert has >= read
    assert missing == total - has
    assert page.locator("#groups details").count() > 5
    with page.expect_download() as coming:
        page.click("[data-export=ris]")
    assert Path(coming.value.path()).read_text("utf-8").count("\nER  - ") == missing
    assert set(sent) == {"GET"}


def _folder(page: Any, site: str, path: str, tmp_path: Path) -> Path:
    answer = page.request.get(site + path)
    file = tmp_path / path.replace("/", "-")
    file.write_bytes(answer.body())
    return file
