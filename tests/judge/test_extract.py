"""Pages of the platforms that we meet, and the records that must come of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observatory.judge.extract import combine, extract
from observatory.judge.extract.dates import date_of
from observatory.model import Finding, Page, SummaryBy, View, Work
from observatory.yamltext import load
from tests.catalogue.made import START

PAGES = Path(__file__).parent / "pages"
BODY = (
    "Micro-credentials certify the outcomes of short learning. Universities, agencies and other providers offer them, "
    "and they say what was learned, how much of it, and how its quality is assured. "
) * 4


@cache
def cases() -> list[dict[str, Any]]:
    data = load((PAGES / "cases.yaml").read_bytes(), "cases.yaml").data
    assert isinstance(data, list)
    return data


def page(case: dict[str, Any]) -> Page:
    """Recreate a page: the platform's template with what the case says in it."""
    said = dict.fromkeys(Template((PAGES / f"{case['page']}.html").read_text("utf-8")).get_identifiers(), "")
    said |= {"text": BODY} | {key: str(value) for key, value in case["said"].items()}
    for key, name, tag in (
        ("authors_list", "authors", "citation_author"),
        ("dc_list", "dc_authors", "DC.creator"),
        ("eprints_list", "eprints_authors", "eprints.creators_name"),
    ):
        said[name] = "".join(f'<meta name="{tag}" content="{who}">\n' for who in case["said"].get(key, ()))
    html = Template((PAGES / f"{case['page']}.html").read_text("utf-8")).safe_substitute(said)
    return Page(case["url"], "text/html; charset=utf-8", html.encode())


def read(page: Page, work: Work | None = None) -> Work:
    return extract(Finding("source", "key", work or Work(), role="page", page=page)).work


def shown(work: Work, key: str) -> object:
    """Give a field as a case writes it."""
    if key == "creators":
        return [creator.name for creator in work.creators]
    if key == "handle":
        return dict(work.identifiers).get("handle")
    value = getattr(work, key)
    return None if value is None else str(value)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_a_page_becomes_the_expected_record(case: dict[str, Any]) -> None:
    work = read(page(case))
    assert {key: shown(work, key) for key in case["expect"]} == {
        key: value if isinstance(value, list) or value is None else str(value) for key, value in case["expect"].items()
    }
    assert not case["expect"].get("summary") or work.summary_by is SummaryBy.PUBLISHER
    assert work.text
    assert case["page"] == "ojs" or "certify the outcomes" in work.text  # an article's page holds its abstract only


def test_there_are_sixty_pages_and_more() -> None:
    assert len({case["name"] for case in cases()}) == len(cases()) >= 60


def test_what_the_source_said_of_its_item_comes_before_what_the_page_says() -> None:
    case = next(case for case in cases() if case["page"] == "wp_yoast")
    work = read(page(case), Work(title="By the curator's selector", summary="Ours", summary_by=SummaryBy.US))
    assert (work.title, work.summary, work.summary_by) == ("By the curator's selector", "Ours", SummaryBy.US)
    assert str(work.date) == case["expect"]["date"]


def test_a_title_that_only_adds_the_sites_name_gives_way_to_the_pages_own() -> None:
    case = next(case for case in cases() if case["page"] == "wp_yoast")
    title = case["expect"]["title"]
    assert read(page(case), Work(title=f"{title} - The Observatory")).title == title


def test_a_finding_without_a_page_stays_as_it_is() -> None:
    finding = Finding("source", "key", Work(title="A"))
    assert extract(finding) is finding


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("2022", "2022"),
        ("2022-06", "2022-06"),
        ("2022/6/16", "2022-06-16"),
        ("16 June 2022", "2022-06-16"),
        ("16th of June 2022", "2022-06-16"),
        ("June 16, 2022", "2022-06-16"),
        ("Juni 2022", "2022-06"),
        ("16. júna 2022", "2022-06-16"),
        ("16 iunie 2022", "2022-06-16"),
        ("16.6.2022", "2022-06-16"),
        ("16 de junio de 2022", "2022-06-16"),
        ("2022-06-16T10:00:00Z", "2022-06-16"),
        ("31 February 2022", None),
        ("no date", None),
        ("", None),
    ],
)
def test_a_date_is_as_precise_as_it_is_printed(said: str, date: str | None) -> None:
    found = date_of(said)
    assert (str(found) if found else None) == date


RUBBISH = st.one_of(
    st.binary(max_size=600),
    st.text(max_size=300).map(lambda said: said.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [b"%PDF-1.7", b"\x00" * 50, b"\xff\xfe<\x00h\x00", b"<html>" * 5000, b"<script type=application/ld+json>[[["]
    ),
).map(lambda body: b'<html><meta name="citation_title" content="x' + body + b'"><time itemprop=datePublished>' + body)


@given(RUBBISH, st.sampled_from(["text/html", "text/html; charset=utf-16", "", "text/html; charset=nonsense"]))
@settings(max_examples=60, deadline=None)
def test_rubbish_never_raises(body: bytes, content_type: str) -> None:
    finding = Finding(
        "source", "key", Work(title="Kept"), role="page", page=Page("https://x.example/", content_type, body)
    )
    found = extract(finding)
    assert found.page is None
    assert found.work.title == "Kept"


def test_right_to_left_marks_and_control_characters_are_left_out() -> None:
    body = "<title>Micro\u202ecredentials\x07 \u05de\u05d9\u05e7\u05e8\u05d5</title><p>x".encode()
    assert (
        read(Page("https://x.example/", "text/html", body)).title == "Microcredentials \u05de\u05d9\u05e7\u05e8\u05d5"
    )


def test_a_full_records_word_counts_before_the_pages_and_the_lists() -> None:
    def view(role: str, **fields: Any) -> View:
        return View(Finding("s", "k", Work(**fields), role=role), START, START, "run/1", "")

    record, own, listed = (
        view("record", doi="10.1/a"),
        view("page", title="Own", publisher="P"),
        view("listed", title="Listed"),
    )
    for views in ((record, own, listed), (listed, own, record)):
        work = combine(views)
        assert (work.title, work.publisher, work.doi) == ("Own", "P", "10.1/a")
    assert combine((replace(listed),)).title == "Listed"
