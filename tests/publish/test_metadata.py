"""What machines read of an entry's page, and what a reference manager saves from it."""

from __future__ import annotations

import json
import re
from html import escape

import pytest
import zotero
from catalogues import catalogue, entry, library
from hypothesis import given, settings
from hypothesis import strategies as st

from observatory.model import Creator, Entry, EntryKind, Instrument, PartialDate, Site, SummaryBy, Work
from observatory.publish import metadata
from observatory.publish.plan import Shelf
from observatory.publish.shelf import make_shelf

SITE = Site(url="https://ours.example/")
WANTED = {  # kind, form → the type that Zotero shall save
    (EntryKind.POSITION, None): "report",
    (EntryKind.REPORT, None): "report",
    (EntryKind.REPORT, "working-paper"): "report",
    (EntryKind.GUIDE, None): "report",
    (EntryKind.STANDARD, None): "standard",
    (EntryKind.ARTICLE, None): "journalArticle",
    (EntryKind.ARTICLE, "conference-paper"): "conferencePaper",
    (EntryKind.ARTICLE, "preprint"): "preprint",
    (EntryKind.CHAPTER, None): "bookSection",
    (EntryKind.BOOK, None): "book",
    (EntryKind.THESIS, None): "thesis",
    (EntryKind.EVENT, None): "webpage",
    (EntryKind.CALL, None): "webpage",
    (EntryKind.PROJECT, None): "webpage",
    (EntryKind.ORGANISATION, None): "webpage",
    (EntryKind.RESOURCE, None): "webpage",
    (EntryKind.NEWS, None): "webpage",
    (EntryKind.NEWS, "press-article"): "newspaperArticle",
    (EntryKind.NEWS, "blog"): "blogPost",
    (EntryKind.MEDIA, "podcast"): "podcast",
    (EntryKind.MEDIA, "video"): "videoRecording",
    (EntryKind.POLICY, "framework"): "report",
}


def shelf_of(*entries: Entry) -> Shelf:
    return make_shelf(catalogue(entries), SITE, lambda text: text)


def page_of(one: Entry) -> str:
    """The parts of an entry's page that machines read, as the templates write them."""
    shelf = shelf_of(one)
    metas = "".join(f'<meta {a}="{n}" content="{escape(text)}">' for a, n, text in metadata.metas(shelf, one))
    span = f'<span class="Z3988" title="{escape(metadata.coins(shelf, one))}"></span>'
    return f"<html><head>{metas}</head><body>{span}</body></html>"


def work(kind: EntryKind, form: str | None = None) -> Work:
    return Work(
        title="Stackability & trust: what “micro” means",
        kind=kind,
        form=form,
        creators=(Creator("Anna Müller"), Creator("Peter van der Hijden")),
        publisher="Some Press",
        container="Journal of Trust" if kind in (EntryKind.ARTICLE, EntryKind.CHAPTER) else None,
        date=PartialDate(2024, 5),
        url="https://publisher.example/a?x=1&y=2+3#part",
        doi="10.1234/ab(c)d" if kind is EntryKind.ARTICLE else None,
        language="en",
        summary="In our words.",
        summary_by=SummaryBy.US,
    )


@pytest.mark.parametrize(("kind", "form"), WANTED)
@pytest.mark.parametrize("save", [zotero.saved, zotero.embedded])
def test_what_zotero_saves_is_the_publishers_work(kind: EntryKind, form: str | None, save) -> None:
    one = entry("an-entry", work(kind, form))
    item = save(page_of(one))
    assert item.type == WANTED[(kind, form)]
    assert item.title == "Stackability & trust: what “micro” means"
    assert item.creators == [("Müller", "Anna"), ("van der Hijden", "Peter")]
    assert item.date.replace("/", "-") == "2024-05"
    assert item.url.replace("%2B", "+") == "https://publisher.example/a?x=1&y=2+3#part"
    assert item.doi == (one.work.doi or "")
    if item.type in zotero.WITHIN and one.work.container:
        assert item.within == "Journal of Trust"
    assert "ours.example" not in item.url


def test_an_act_is_saved_as_a_statute() -> None:
    act = Work(
        title="Council Recommendation of 16 June 2022 on a European approach to micro-credentials",
        kind=EntryKind.POLICY,
        instrument=Instrument.RECOMMENDATION,
        creators=(Creator("Council of the European Union"),),
        celex="32022H0627(02)",
        date=PartialDate(2022, 6, 16),
        url="https://eur-lex.europa.eu/eli/C/2022/243/oj",
    )
    for save in (zotero.saved, zotero.embedded):
        item = save(page_of(entry("act", act)))
        assert (item.type, item.title, item.date.replace("/", "-")) == ("statute", act.title, "2022-06-16")
        assert item.url == act.url
    assert zotero.saved(page_of(entry("act", act))).creators == [("Council of the European Union", "")]


def test_several_bodies_keep_their_order_and_their_commas() -> None:
    bodies = ("Department of Education, Skills and Employment", "ENQA", "European Commission")
    one = entry("three", Work(title="T", kind=EntryKind.REPORT, creators=tuple(map(Creator, bodies))))
    assert [family for family, _given in zotero.saved(page_of(one)).creators] == list(bodies)


def test_every_entry_of_the_library_is_saved_as_its_publishers_own() -> None:
    shelf = make_shelf(catalogue(library()), SITE, lambda text: text)
    for one in library():
        item = zotero.coins(metadata.coins(shelf, one))
        assert item.title == one.work.title.strip().replace("+", " ")  # a plus is lost on Zotero, however it is written
        assert item.type == metadata.item_type(one.work)
        assert item.url.replace("%2B", "+") == (one.work.url or one.work.seen_at or "")
        assert item.doi == (one.work.doi or "")
        assert len(item.creators) == len(one.work.creators)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (EntryKind.ARTICLE, "ScholarlyArticle"),
        (EntryKind.REPORT, "Report"),
        (EntryKind.POLICY, "Legislation"),
        (EntryKind.EVENT, "Event"),
        (EntryKind.PROJECT, "Project"),
        (EntryKind.BOOK, "Book"),
        (EntryKind.THESIS, "Thesis"),
        (EntryKind.ORGANISATION, "Organization"),
    ],
)
def test_schema_org_names_the_work_and_the_way_to_it(kind: EntryKind, wanted: str) -> None:
    one = entry("an-entry", work(kind))
    thing, crumbs = json.loads(metadata.json_ld(shelf_of(one), one))["@graph"]
    assert thing["@type"] == wanted
    assert thing["url"] == one.work.url
    assert crumbs["@type"] == "BreadcrumbList"
    assert [step["position"] for step in crumbs["itemListElement"]] == [1, 2, 3]
    assert crumbs["itemListElement"][2]["item"] == "https://ours.example/entries/an-entry/"


def test_a_publishers_teaser_is_nobodys_abstract() -> None:
    teaser = Work(title="T", kind=EntryKind.REPORT, summary="Their words.", summary_by=SummaryBy.PUBLISHER)
    one = entry("x", teaser)
    assert zotero.saved(page_of(one)).abstract == ""
    assert "Their words." not in metadata.json_ld(shelf_of(one), one)


hostile = st.text(min_size=1, max_size=60) | st.sampled_from(
    [
        "</script><script>alert(1)</script>",
        "<!--",
        "a & b = c + d",
        "\"'><img src=x>",
        "\u202eabc",
        "\x00\x1b[31m",
        "=cmd",
        "+",
    ]
)


@settings(max_examples=60, deadline=None)
@given(hostile, hostile, hostile)
def test_no_text_breaks_out_of_what_machines_read(title: str, name: str, publisher: str) -> None:
    one = entry("x", Work(title=title, kind=EntryKind.REPORT, creators=(Creator(name),), publisher=publisher))
    shelf = shelf_of(one)
    text = metadata.json_ld(shelf, one)
    json.loads(text)
    assert not re.search(r"[<>&]", text)
    said = metadata.coins(shelf, one)
    assert re.fullmatch(r"[A-Za-z0-9_.~%=&-]+", said)
    assert all(part.count("=") == 1 for part in said.split("&"))
