"""What stands on which page, and in which order, told by the made-up catalogues."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import lxml.html
import pytest
from shown import (
    ALBANIA,
    BADGES,
    COUNCIL,
    FOLLOWER,
    HOSTILE,
    IRELAND,
    NOW,
    PRESS,
    SPAIN,
    WHOLE,
    act,
    catalogue,
    entry,
)

from conftest import Shown, planned
from observatory.model import Creator, EntryKind, Instrument, Level, PartialDate, Relation, RelationType, Stage
from observatory.publish.countries import Standing, standing
from observatory.publish.policy import TILES
from observatory.publish.shelf import make_shelf

REPORTS = tuple(
    entry(f"report-{n:03}", date=PartialDate(2020, 1, 1 + n % 28), topics=("learners",)) for n in range(120)
)


def page(files: Mapping[str, bytes], path: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(files[f"{path}index.html" if not path.endswith(".html") else path])


def titles(tree: lxml.html.HtmlElement) -> list[str]:
    return [link.text_content() for link in tree.xpath("//ol[contains(@class, 'list')]//h3/a")]


def headings(tree: lxml.html.HtmlElement) -> list[str]:
    return [node.text_content().strip() for node in tree.xpath("//main//h2")]


# ---------------------------------------------------------------- home


def test_home_leads_with_policy_and_names_no_empty_block(hostile_site: Shown) -> None:
    tree = lxml.html.fromstring(hostile_site.read(""))
    said = headings(tree)
    wanted = ["Latest policy moves", "Newest reports", "Newest research", "Deadlines and events ahead", "Countries A–Z"]
    assert [heading for heading in said if heading in wanted] == wanted
    assert said.index("Topics") > said.index("Countries A–Z")
    assert "by date of publication" in tree.text_content()
    doors = [link.text_content() for link in tree.xpath("//ul[@class='doors']//a")]
    assert doors == ["Countries compared", "Find research", "Get the letter"]


def test_home_of_an_empty_catalogue_has_no_heading_without_content(empty_site: Shown) -> None:
    tree = lxml.html.fromstring(empty_site.read(""))
    for section in tree.xpath("//main//section"):
        assert section.xpath(".//a | .//p"), section.text_content()
    assert not {"Latest policy moves", "Newest reports", "Deadlines and events ahead"} & set(headings(tree))


def test_once_a_report_was_announced_home_goes_by_what_became_public() -> None:
    news = entry("news", date=PartialDate(2012), announced=True, title="Found at last")
    tree = page(planned(catalogue(news, *REPORTS[:9])), "")
    reports = tree.xpath("//section[@aria-labelledby='reports']")[0]
    assert [link.text_content() for link in reports.xpath(".//h3/a")] == ["Found at last"]
    assert "by date of publication" not in reports.text_content()


# ---------------------------------------------------------------- sections and lists


def test_a_list_holds_fifty_a_page_newest_first_undated_last() -> None:
    undated = entry("zz-undated", title="Undated")
    files = planned(catalogue(undated, *REPORTS))
    first, second, third = (page(files, path) for path in ("reports/", "reports/page/2/", "reports/page/3/"))
    assert [len(titles(one)) for one in (first, second, third)] == [
        50,
        21,
        50,
    ]  # fifties are counted from the oldest, so that they stay as they are
    assert titles(third)[-1] == "Undated"
    days = [time.get("datetime") for time in first.xpath("//ol//time")]
    assert days == sorted(days, reverse=True)
    assert titles(page(files, "years/undated/")) == ["Undated"]


def test_press_about_an_act_stands_on_the_act_and_under_news_only(hostile_site: Shown) -> None:
    name = PRESS.work.title
    assert name in hostile_site.read("news/")
    for path in ("topics/recognition/", "countries/eu/", "years/2022/"):
        assert name not in hostile_site.read(path)
    bundle = lxml.html.fromstring(hostile_site.read("entries/council-2022/"))
    assert "In the news" in headings(bundle)


def test_what_is_only_related_stands_behind_a_link(hostile_site: Shown) -> None:
    assert BADGES.work.title not in hostile_site.read("topics/learners/")
    section = lxml.html.fromstring(hostile_site.read("reports/"))
    assert section.xpath("//a[@href='../reports/related/']")
    assert BADGES.work.title in hostile_site.read("reports/related/")


def test_counts_of_a_section_lead_to_lists_of_that_many() -> None:
    held = [
        entry(f"e{n}", topics=("learners",), countries=("IE",), level=Level.NATIONAL, date=PartialDate(2024))
        for n in range(4)
    ]
    files = planned(catalogue(*held, countries=(IRELAND,)))
    tree = page(files, "reports/")
    found = {}
    for line in tree.xpath("//aside//li[a]"):
        target = line.xpath("./a/@href")[0].removeprefix("../")
        found[target] = (int(line.xpath("./span[@class='n']")[0].text), len(titles(page(files, target))))
    assert {
        "topics/learners/reports/",
        "countries/ie/reports/",
        "levels/national/reports/",
        "years/2024/reports/",
    } <= set(found)
    assert all(said == held_there for said, held_there in found.values())


@pytest.mark.parametrize("number", [2, 3])
def test_a_combination_publisher_or_author_has_a_list_from_three_entries_on(number: int) -> None:
    said = {"topics": ("ai",), "countries": ("SE",), "publisher": "ENQA", "creators": (Creator("Ann Lee"),)}
    files = planned(catalogue(*(entry(f"e{n}", **said) for n in range(number))))
    paths = {"topics/ai/kind-report/", "topics/ai/in-se/", "publishers/enqa/", "authors/ann-lee/"}
    there = {path for path in paths if f"{path}index.html" in files}
    assert there == (paths if number == 3 else set())


def test_combinations_are_kept_from_search_engines_and_have_no_feed_of_their_own() -> None:
    files = planned(catalogue(*(entry(f"e{n}", topics=("ai",), countries=("SE",)) for n in range(3))))
    for path in ("topics/ai/kind-report/", "topics/ai/in-se/"):
        assert page(files, path).xpath("//meta[@name='robots'][starts-with(@content, 'noindex')]")
        assert f"{path}feed.atom" not in files
        assert path.encode() not in files["sitemap.xml"]


def test_a_topic_without_entries_has_its_page_too(hostile_site: Shown) -> None:
    tree = lxml.html.fromstring(hostile_site.read("topics/ai/"))
    assert "Machines that learn." in tree.text_content()
    assert "No entries yet" in tree.text_content()


def test_a_topic_says_where_to_start(hostile_site: Shown) -> None:
    tree = lxml.html.fromstring(hostile_site.read("topics/recognition/"))
    assert "Start here" in headings(tree)
    assert COUNCIL.work.title in tree.xpath("//section[@class='start']")[0].text_content()


# ---------------------------------------------------------------- entry


def test_an_entry_answers_in_the_order_in_which_readers_ask(hostile_site: Shown) -> None:
    text = lxml.html.fromstring(hostile_site.read("entries/council-2022/")).xpath("//main")[0].text_content()
    asked = [
        "Recommendation",
        "in force",
        "Council Recommendation on micro-credentials",
        "16 June 2024",
        "Sets the common European definition.",
        "Open at eur-lex.europa.eu",
        "PDF",
        "Adopted by the Council",
        "Who followed",
        "Topics",
        "In the news",
        "Related",
        "Last verified",
        "Why it is here",
        "Something wrong?",
    ]
    places = [text.find(word) for word in asked]
    assert -1 not in places, asked[places.index(-1)]
    assert places == sorted(places)


def test_a_foreign_title_stands_in_its_language_with_ours_marked(hostile_site: Shown) -> None:
    tree = lxml.html.fromstring(hostile_site.read("entries/arabic/"))
    (heading,) = tree.xpath("//h1")
    assert (heading.get("lang"), heading.get("dir")) == ("ar", "auto")
    assert "Micro-credentials in higher education (our translation)" in re.sub(r"\s+", " ", tree.text_content())


@pytest.mark.parametrize(
    ("entry_id", "word"),
    [("retracted", "Retracted"), ("corrected", "Corrected"), ("withdrawn", "Withdrawn"), ("edition-1", "Superseded")],
)
def test_what_must_be_known_first_stands_first(entry_id: str, word: str, hostile_site: Shown) -> None:
    tree = lxml.html.fromstring(hostile_site.read(f"entries/{entry_id}/"))
    first = tree.xpath("//main//p")[0]
    assert first.text_content().strip().startswith(word)
    assert first.getparent().index(first) < tree.xpath("//main//h1")[0].getparent().index(tree.xpath("//main//h1")[0])


def test_a_withdrawn_entry_keeps_its_page_and_leaves_the_lists(hostile_site: Shown) -> None:
    assert "entries/withdrawn/" not in hostile_site.read("reports/")
    assert "noindex" in hostile_site.read("entries/withdrawn/")


def test_an_address_that_is_a_script_is_no_link(hostile_site: Shown) -> None:
    tree = lxml.html.fromstring(hostile_site.read("entries/script-link/"))
    assert not [link for link in tree.xpath("//@href") if link.startswith(("javascript", "data:"))]
    assert "No address known yet." in tree.text_content()


def test_sixty_authors_are_folded(hostile_site: Shown) -> None:
    tree = lxml.html.fromstring(hostile_site.read("entries/sixty/"))
    assert len(tree.xpath("//p[@class='makers']/bdi")) == 12
    assert "and 48 others" in tree.text_content()
    assert "and 57 others" in hostile_site.read("reading/")


def test_names_that_fold_alike_share_a_page_and_those_that_fold_to_nothing_have_one(hostile_site: Shown) -> None:
    shared = lxml.html.fromstring(hostile_site.read("publishers/arzte-co/"))
    assert titles(shared) == ["Collide 1", "Collide 2", "Collide 3"]
    assert list((hostile_site.folder / "publishers").glob("x-*/index.html"))


def test_something_wrong_begins_a_mail(hostile_site: Shown) -> None:
    tree = lxml.html.fromstring(hostile_site.read("entries/bare/"))
    (link,) = tree.xpath("//@href[starts-with(., 'mailto:')]")
    assert link.startswith("mailto:editors@example.org?subject=Correction%3A%20bare&body=")


# ---------------------------------------------------------------- policy, countries


def test_the_map_has_the_49_members_and_splits_belgium_and_the_united_kingdom(hostile_site: Shown) -> None:
    assert len(TILES) == 49
    assert len(set(TILES.values())) == 49
    tree = lxml.html.fromstring(hostile_site.read("policy/map/"))
    drawn = {tile.text for tile in tree.xpath("//svg[@role]//g/title")}
    rows = {row.text_content().strip() for row in tree.xpath("//tbody/tr/th")}
    assert {name.split(":")[0] for name in drawn} <= rows, "the table says the same"
    assert {"Flanders", "Scotland"} <= {name.split(":")[0] for name in drawn}


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ({}, Standing.LAW),
        ({"instrument": Instrument.GUIDELINES}, Standing.RULES),
        ({"stage": Stage.DESIGN}, Standing.DRAFT),
        ({"stage": Stage.PILOT}, Standing.PILOT),
        ({"official": False}, Standing.UNCHECKED),
        ({"level": Level.INSTITUTION}, Standing.UNCHECKED),
        ({"kind": EntryKind.POSITION, "official": False}, Standing.UNCHECKED),
        ({"instrument": Instrument.FUNDING_SCHEME}, Standing.UNCHECKED),
    ],
)
def test_only_official_national_acts_colour_a_tile(what: dict[str, object], found: Standing) -> None:
    from shown import SITE

    shelf = make_shelf(catalogue(act("one", "LU", **what)), SITE, str)
    assert standing(shelf, "LU") is found


def test_not_looked_at_is_not_nothing_found() -> None:
    from dataclasses import replace

    from shown import SITE

    from observatory.model import Fact

    searched = replace(SPAIN, facts=(Fact("status", ("unknown",)),))
    shelf = make_shelf(catalogue(countries=(searched, ALBANIA)), SITE, str)
    assert (standing(shelf, "ES"), standing(shelf, "AL")) == (Standing.UNKNOWN, Standing.UNCHECKED)


def test_a_countrys_facts_lead_to_their_sources_and_tell_unknown_from_unchecked(hostile_site: Shown) -> None:
    tree = lxml.html.fromstring(hostile_site.read("countries/ie/"))
    rows = {
        row.xpath("./th")[0].text: row.xpath("./td")[0]
        for row in tree.xpath("//table[contains(@class,'facts')]//tbody/tr")
    }
    assert rows["Status"].xpath(".//a/@href")[0] == "https://www.qqi.ie/a"
    assert "source to be confirmed" in rows["Legal basis"].text_content()
    assert "copy.example.org" not in rows["Legal basis"].text_content()
    assert "looked for, not found" in rows["Recognition and stacking"].text_content()
    assert "not looked for yet" in rows["Register"].text_content()


def test_a_place_that_nobody_looked_at_says_so_in_each_of_its_cells(hostile_site: Shown) -> None:
    tree = lxml.html.fromstring(hostile_site.read("countries/compare/"))
    rows = {row.xpath("./th")[0].text_content(): row.xpath("./td") for row in tree.xpath("//tbody/tr")}
    assert set(rows) == {"Albania", "Ireland", "Spain"}
    assert {cell.text_content() for cell in rows["Albania"]} == {"not looked for"}


def test_terms_without_a_source_are_not_shown_as_fact(hostile_site: Shown) -> None:
    page_of_terms = hostile_site.read("terms/")
    assert "mikromerit" in page_of_terms
    assert "mikrokredenzjali" not in page_of_terms
    assert "Maltese" in page_of_terms


def test_a_milestone_ahead_is_on_no_timeline(hostile_site: Shown) -> None:
    assert "Evaluation due" not in hostile_site.read("policy/timeline/")
    assert "Evaluation due" in hostile_site.read("entries/council-2022/")


# ---------------------------------------------------------------- numbers


def test_numbers_on_the_trends_page_can_be_counted_again(library_site: Shown) -> None:
    shelf = make_shelf(library_site.catalogue, library_site.site, str)
    tree = lxml.html.fromstring(library_site.read("trends/"))
    for row in tree.xpath("//table[contains(@class,'numbers')]/tbody/tr"):
        year = int(row.xpath("./th")[0].text)
        assert int(row.xpath("./td")[-1].text_content()) == sum(
            1 for card in shelf.default if card.date and card.date.year == year
        )
    first = tree.xpath("//section[@aria-labelledby='topics']//tbody/tr")[0]
    topic = first.xpath("./th/a/@href")[0].split("/")[-2]
    assert int(first.xpath("./td")[0].text) == len(shelf.by_topic[topic])


def test_the_embedded_list_has_the_latest_five_and_no_script() -> None:
    files = planned(catalogue(*REPORTS[:9], FOLLOWER, *HOSTILE[:1]))
    tree = page(files, "embed/topic/learners/")
    assert len(tree.xpath("//main//li")) == 5
    assert not tree.xpath("//script")
    assert all(link.get("target") == "_top" for link in tree.xpath("//a"))
    assert page(files, "embed/country/at/").xpath("//h1")


def test_every_page_says_nothing_of_the_clock(hostile_site: Shown) -> None:
    files = planned(WHOLE)
    assert {path: (hostile_site.folder / path).read_bytes() for path in files} == files, "published a while before"
    assert NOW.strftime("%H:%M") not in files["index.html"].decode()


def test_related_entries_say_in_the_readers_words_what_they_share_and_leave_out_what_stands_above_as_tied() -> None:
    work: dict[str, Any] = {
        "creators": (Creator("Ó Sé, M."), Creator("ENQA")),
        "topics": ("recognition", "learners"),
        "countries": ("IE",),
    }
    shared = "author:enqa\nauthor:o se m\nword:ontario\ntopic:learners\ntopic:recognition\ncountry:IE"
    held = catalogue(
        entry("one", title="Ontario’s way", **work),
        entry("two", title="On Ontario", **work),
        entry("reply", relations=(Relation(RelationType.RESPONDS_TO, "one"),)),
        related={"one": (("reply", "work:one"), ("two", shared)), "two": (("one", "work:https://example.org/act"),)},
    )
    reasons = {i: page(planned(held), f"entries/{i}/").xpath("//*[@class='reason']/text()") for i in ("one", "two")}
    assert reasons["one"] == [
        "Both by ENQA; Ó Sé, M. · in both titles: Ontario · "
        "same topics: Learner perspectives, Recognition · same country: Ireland"
    ]
    assert reasons["two"] == ["Both refer to the same work"]


def test_a_body_that_publishes_its_own_work_is_named_once() -> None:
    held = catalogue(entry("own", creators=(Creator("ENQA"),), publisher="ENQA", date=PartialDate(2023)))
    top = page(planned(held), "entries/own/").xpath("//article")[0].text_content().partition("Copy citation")[0]
    assert top.count("ENQA") == 1
    assert "· 2023" not in top
    assert "2023" in top
