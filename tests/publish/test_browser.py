"""Every page type as a browser shows it: nothing for axe to find, no sideways scroll, no request to others."""

from __future__ import annotations

from typing import Any

import pytest
from axed import flaws

from conftest import Shown

pytestmark = pytest.mark.browser


def one_of_each(shown: Shown) -> list[str]:
    """A page of every template, and the fullest entry."""
    return [*shown.one_of_each(), "entries/council-2022-recommendation-micro-credentials/"]


@pytest.fixture(scope="module")
def address(served: Any, library_site: Shown) -> str:
    found: str = served(library_site.folder)
    return found


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing(width: int, scheme: Any, chromium: Any, address: str, library_site: Shown) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for path in one_of_each(library_site):
        page.goto(address + path)
        if wrong := flaws(page):
            found[path] = wrong
    context.close()
    assert not found


def test_no_page_scrolls_sideways_at_320_pixels(chromium: Any, address: str, library_site: Shown) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 800})
    wide = {}
    for path in one_of_each(library_site):
        page.goto(address + path)
        if (reach := page.evaluate("document.documentElement.scrollWidth")) > 320:
            wide[path] = reach
    page.close()
    assert not wide


def test_a_button_on_a_line_of_its_own_begins_where_the_line_begins(chromium: Any, address: str) -> None:
    page = chromium.new_page()
    page.goto(address + "policy/")
    page.wait_for_selector("button.keep")
    # Browsers that can balance lines seldom leave a button alone; others do.
    page.evaluate("document.querySelectorAll('.by').forEach((line) => { line.style.textWrap = 'wrap'; })")
    starts: list[float] = []
    for width in range(320, 480, 8):  # whatever the fonts, some line is full at one of them
        page.set_viewport_size({"width": width, "height": 800})
        starts += page.evaluate("""() => [...document.querySelectorAll("button.keep")].map((button) => {
            const words = document.createRange(); words.selectNodeContents(button.firstChild);
            return words.getBoundingClientRect().left - button.closest(".by").getBoundingClientRect().left;
        })""")
    page.close()
    assert any(abs(start) < 1 for start in starts), "no line is full, so nothing is tried"
    assert not [start for start in starts if 1 < abs(start) < 20]


def test_hostile_records_run_nothing_and_scroll_nothing(chromium: Any, served: Any, hostile_site: Shown) -> None:
    address = served(hostile_site.folder)
    page = chromium.new_page(viewport={"width": 320, "height": 800})
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    for path in ("entries/markup/", "entries/long/", "entries/sixty/", "entries/arabic/", "reports/", "search/"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    page.close()
    assert said == []


def test_nothing_is_asked_of_others_and_nothing_is_refused(chromium: Any, address: str, library_site: Shown) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    for path in one_of_each(library_site):
        page.goto(address + path)
    cookies = page.context.cookies()
    page.close()
    assert not [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert not told
    assert not cookies


def test_a_reader_reaches_all_by_keyboard_beginning_with_the_skip_link(chromium: Any, address: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address + "policy/map/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.close()
    assert outline != "none"


def test_pages_are_read_at_twice_the_size(chromium: Any, address: str) -> None:
    page = chromium.new_page(viewport={"width": 640, "height": 512})  # 1280 px at 200 %
    for path in ("", "policy/", "countries/ie/", "policy/map/", "trends/"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, path
    page.close()


def test_without_javascript_only_the_search_forms_button_stands(
    chromium: Any, address: str, library_site: Shown
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in one_of_each(library_site):
        page.goto(address + path)
        shown = page.locator("button:visible").count()
        assert shown == page.locator("form[action] button:visible").count(), path
    context.close()


def test_the_suggestion_becomes_a_record_that_the_library_reads(chromium: Any, address: str) -> None:
    from observatory.yamltext import load
    from spiders.library import works

    page = chromium.new_page()
    page.goto(address + "suggest/")
    page.fill("#f-title", 'A "quoted" title: with # signs')
    page.fill("#f-url", "https://example.org/report")
    page.fill("#f-creators", "Ann Lee; Bo Chu")
    page.fill("#f-date", "2024-05")
    page.select_option("#f-kind", "report")
    snippet = page.inner_text("#snippet")
    page.close()
    marked = load(f"- id: suggested\n  {snippet.removeprefix('- ')}", "suggestion.yaml")
    _name, work = works(marked)[0]
    assert work.title == 'A "quoted" title: with # signs'
    assert [creator.name for creator in work.creators] == ["Ann Lee", "Bo Chu"]
