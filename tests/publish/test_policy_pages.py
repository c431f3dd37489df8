"""Countries on one A4, compared, moved, ahead, the year's state, text changes: from facts and steps, each with its source."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import lxml.html
import pypdfium2
import pytest

from conftest import Shown, planned
from observatory.model import Hunk, TextChange
from observatory.publish import texts

CHANGE = TextChange(
    at=datetime(2026, 11, 20, tzinfo=UTC),
    before=datetime(2026, 11, 6, tzinfo=UTC),
    after=datetime(2026, 11, 13, tzinfo=UTC),
    url="https://ministry.example/act",
    snapshots=("r/1", "r/2"),
    hashes=("a" * 64, "b" * 64),
    added=2,
    removed=2,
    hunks=(Hunk((("=", "open until"), ("-", "15 <March>"), ("+", "30 April"))),),
)


def tree(shown: Shown, path: str) -> Any:
    return lxml.html.fromstring((shown.folder / path / "index.html").read_bytes())


def facts_csv(shown: Shown, path: str = "countries/compare/facts.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((shown.folder / path).read_text("utf-8"))))


@pytest.mark.browser
@pytest.mark.slow
def test_every_country_prints_on_one_a4(chromium: Any, served: Any, library_site: Shown) -> None:
    address, page = served(library_site.folder), chromium.new_page()
    longer = []
    for facts in library_site.catalogue.countries:
        page.goto(f"{address}countries/{facts.code.lower()}/")
        if len(pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))) != 1:
            longer.append(facts.code)
    page.close()
    assert len(library_site.catalogue.countries) >= 60
    assert longer == []


@pytest.mark.browser
def test_chosen_countries_stand_in_the_address_and_go_along_to_the_other_order(
    chromium: Any, served: Any, library_site: Shown
) -> None:
    address, page = served(library_site.folder), chromium.new_page()
    page.goto(f"{address}countries/compare/?c=IE,EE")
    assert page.locator("tr[data-code]:visible").count() == 2
    page.locator(".keeps-choice").nth(1).click()
    assert page.url.endswith("countries/compare/by-status/?c=EE,IE")
    assert page.locator("tr[data-code]:visible").count() == 2
    page.close()


def test_a_countrys_page_goes_from_status_to_telling_us(library_site: Shown) -> None:
    page = tree(library_site, "countries/ie")
    heads = [head.text_content() for head in page.xpath("//div[@class='sheet']//h2")]
    assert heads == ["Facts", "Steps", "Who is who", "Documents", "Research and reports about it"]
    mail = page.xpath("//a[@class='tell']/@href")[0]
    assert "subject=Wrong%20or%20old%3A%20Ireland%20%E2%80%93%20Status" in mail
    assert "covered%20by%20general%20rules" in mail


def test_no_editors_note_reaches_the_site(library_site: Shown) -> None:
    notes = {fact.editor_note for facts in library_site.catalogue.countries for fact in facts.facts} - {""}
    assert len(notes) > 50
    said = "".join(path.read_text("utf-8") for path in (library_site.folder / "countries").rglob("index.html"))
    said += (library_site.folder / "countries/compare/facts.csv").read_text("utf-8")
    assert [note for note in notes if len(note) > 25 and note in said] == []


def test_the_comparison_holds_all_jurisdictions_with_twelve_facts_each(library_site: Shown) -> None:
    rows = tree(library_site, "countries/compare").xpath("//tr[@data-code]")
    assert len(rows) == len(library_site.catalogue.countries)
    assert {len(row.xpath("./td")) for row in rows} == {12}


def test_the_order_by_status_keeps_the_rows_and_puts_laws_first(library_site: Shown) -> None:
    by_country = tree(library_site, "countries/compare").xpath("//tr[@data-code]")
    by_status = tree(library_site, "countries/compare/by-status").xpath("//tr[@data-code]")
    assert sorted(row.get("data-code") for row in by_country) == sorted(row.get("data-code") for row in by_status)
    assert by_status[0].xpath("./td")[0].text_content().startswith("law in force")


def test_the_csv_tells_known_unknown_and_not_checked_apart_with_sources(library_site: Shown) -> None:
    rows = facts_csv(library_site)
    assert len(rows) == 12 * len(library_site.catalogue.countries)
    assert {row["state"] for row in rows} == {"known", "unknown", "not-checked"}
    assert all(row["source"] or row["seen_at"] for row in rows if row["state"] == "known")
    assert all(row["value"] == "" for row in rows if row["state"] != "known")


@pytest.mark.parametrize("base", ["policy/moved/", "policy/ahead/", "policy/stages/implementation/"])
def test_moved_ahead_and_each_stage_have_feeds_that_their_page_names(base: str, library_site: Shown) -> None:
    feed = json.loads((library_site.folder / base / "feed.json").read_text("utf-8"))
    assert feed["items"]
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
    assert tree(library_site, base).xpath("//link[@type='application/atom+xml' and contains(@href, $base)]", base=base)


def test_who_moved_shows_nothing_older_than_twelve_months_and_nothing_to_come(library_site: Shown) -> None:
    feed = json.loads((library_site.folder / "policy/moved/feed.json").read_text("utf-8"))
    today = library_site.catalogue.as_of.date()
    ages = [(today - datetime.fromisoformat(item["date_published"]).date()).days for item in feed["items"]]
    assert all(0 <= age <= 366 for age in ages)


def test_a_region_shows_only_its_own(library_site: Shown) -> None:
    feed = json.loads((library_site.folder / "policy/ahead/nordic/feed.json").read_text("utf-8"))
    assert feed["items"]
    assert all(
        item["title"].split(":")[0] in {"Denmark", "Finland", "Iceland", "Norway", "Sweden"} for item in feed["items"]
    )


def test_the_years_page_is_dated_citable_and_counts_every_jurisdiction_once(library_site: Shown) -> None:
    year = library_site.catalogue.as_of.year
    page = tree(library_site, f"policy/state/{year}")
    assert f"policy/state/{year}/ (as of {year}-" in page.text_content()
    standing = page.xpath("//section[@aria-labelledby='standing']//td[@class='num']")
    looked = int(
        page.xpath("//p[@class='by'][contains(., 'jurisdictions')]")[0].text_content().split("· ")[1].split()[0]
    )
    assert sum(int(cell.text) for cell in standing) == looked


def test_the_recommendation_leads_to_the_acts_that_implement_it(library_site: Shown) -> None:
    page = tree(library_site, "policy/followed")
    austria = next(row for row in page.xpath("//tbody/tr") if row.xpath("./th")[0].text_content() == "Austria")
    assert "entries/bmbwf-2023-empfehlung-umsetzung-micro-credentials/" in str(austria.xpath(".//a/@href"))


def test_a_change_of_text_is_told_by_more_than_colour_with_both_dates_hashes_and_public_copies(
    library_site: Shown,
) -> None:
    held = library_site.catalogue
    chosen = next(entry for entry in held.entries if entry.id == "council-2022-recommendation-micro-credentials")
    entries = tuple(replace(e, texts=(CHANGE,)) if e is chosen else e for e in held.entries)
    site = planned(replace(held, entries=entries))
    said = site[f"entries/{chosen.id}/index.html"].decode()
    assert "<del>" in said
    assert "<ins>" in said
    assert "15 &lt;March&gt;" in said
    assert "aaaaaaaaaaaaaaaa…" in said
    assert "https://web.archive.org/web/20261113000000/https://ministry.example/act" in said
    told = lxml.html.fromstring(said).xpath("//div[@class='change']//span[@class='when']")[0].text_content()
    assert told.replace("\xa0", " ") == "6 November 2026 → 13 November 2026"
    feed = json.loads(site["policy/texts/feed.json"])
    assert "<del>[−15 &lt;March&gt;−]</del> <ins>{+30 April+}</ins>" in feed["items"][0]["content_html"]


def test_a_change_of_text_is_read_in_plain_text_too() -> None:
    assert texts.plain(CHANGE) == "2026-11-06 → 2026-11-13: open until [-15 <March>-] {+30 April+}"
