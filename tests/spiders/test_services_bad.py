"""Services that answer badly: an error costs its page, a bad record itself, and nothing runs in circles."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from asked import (
    JSON_KINDS,
    SERVICES,
    XML_KINDS,
    by_key,
    case,
    followed,
    kind_and_options,
    pages,
    read,
    snapshot,
    started,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observatory.errors import UnreadableError
from observatory.model import Cause, Memory
from spiders._kind import Kind, Options

PLACES = {  # where each service's list of records stands
    "openalex": ("results",),
    "crossref": ("message", "items"),
    "doaj": ("results",),
    "eric": ("response", "docs"),
    "zenodo": ("hits", "hits"),
    "openaire": ("results",),
    "hal": ("response", "docs"),
    "cellar": ("results", "bindings"),
    "jsonapi": ("results",),
    "zotero": (),  # the answer itself
}

ENVELOPES = [
    "results",
    "message",
    "items",
    "response",
    "docs",
    "hits",
    "meta",
    "header",
    "bindings",
    "total",
    "id",
    "title",
]


def cause_of(name: str, body: bytes | object) -> Cause:
    with pytest.raises(UnreadableError) as caught:
        read(name, body)
    return caught.value.cause


def records_in(name: str, answer: Any) -> Any:
    for step in PLACES[name]:
        answer = answer[step]
    return answer


@pytest.mark.parametrize("name", JSON_KINDS)
def test_html_in_place_of_json_is_named(name: str) -> None:
    assert cause_of(name, b"<!doctype html><title>Maintenance</title><p>Back soon") is Cause.NOT_JSON


@pytest.mark.parametrize("name", JSON_KINDS)
def test_json_that_ends_in_the_middle_is_incomplete(name: str) -> None:
    body = case(name)
    assert cause_of(name, body[: len(body) // 2]) is Cause.INCOMPLETE
    assert cause_of(name, body.rstrip()[:-1]) is Cause.INCOMPLETE


@pytest.mark.parametrize("name", XML_KINDS)
def test_xml_that_ends_in_the_middle_is_named(name: str) -> None:
    body = case(name)
    assert cause_of(name, body[: len(body) // 2]) in (Cause.INCOMPLETE, Cause.NOT_XML)


@pytest.mark.parametrize("name", SERVICES)
def test_an_empty_answer_is_named(name: str) -> None:
    assert cause_of(name, b" \r\n") is Cause.EMPTY


@pytest.mark.parametrize("name", JSON_KINDS)
def test_an_error_document_with_status_200_is_an_error_and_its_words_are_kept(name: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(name, {"error": {"message": "Query too complex"}, "status": 200})
    assert caught.value.cause in (Cause.BAD_RECORD, Cause.SELECTORS)
    assert "Query too complex" in str(caught.value)


def test_arxivs_error_entry_and_oais_error_are_errors() -> None:
    error = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/api/errors#incorrect</id>
    <title>Error</title><summary>incorrect id format</summary></entry></feed>"""
    assert cause_of("arxiv", error) is Cause.BAD_RECORD
    answer = (
        b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="badArgument">no from</error></OAI-PMH>'
    )
    assert cause_of("oai", answer) is Cause.BAD_RECORD
    assert cause_of("oai", b"<html><body>not here</body></html>") is Cause.NOT_XML


@pytest.mark.parametrize("name", [name for name in JSON_KINDS if name not in ("cellar", "jsonapi", "zotero")])
def test_null_in_place_of_the_list_of_records_means_none(name: str) -> None:
    answer = json.loads(case(name))
    *above, last = PLACES[name]
    where = answer
    for step in above:
        where = where[step]
    where[last] = None
    assert read(name, answer) == []
    assert pages(followed(name, answer)) == []


@pytest.mark.parametrize("name", JSON_KINDS)
@pytest.mark.parametrize("bad", [None, "text", 7, [], {}, {"id": None}, {"title": {"x": []}}], ids=repr)
def test_a_bad_record_costs_itself_only(name: str, bad: object) -> None:
    answer = json.loads(case(name))
    good = by_key(read(name, answer))
    records_in(name, answer).insert(1, bad)
    assert by_key(read(name, answer)) == good


@pytest.mark.parametrize("name", [name for name in JSON_KINDS if name != "cellar"])
@pytest.mark.parametrize(
    "value",
    [None, "", "n.d.", 0, 2.5, True, [], {}, [None], [[None]], [{"name": None}], "x" * 5000],
    ids=lambda value: repr(value)[:14],
)
def test_no_field_of_a_wrong_sort_breaks_the_page(name: str, value: object) -> None:
    whole = json.loads(case(name))
    for field in records_in(name, whole)[0]:
        answer = copy.deepcopy(whole)
        records_in(name, answer)[0][field] = value
        found = by_key(read(name, answer))
        assert set(found) >= set(list(by_key(read(name, whole)))[1:])


def test_a_broken_record_in_xml_costs_itself_only() -> None:
    body = case("oai")
    good = by_key(read("oai", body))
    broken = body.replace(
        b"<dc:title>Haemophilia and clotting times</dc:title>", b"<dc:title>Haemo & <b>clotting</dc:title>"
    )
    assert by_key(read("oai", broken)) == good
    assert pages(followed("oai", broken)) == pages(followed("oai", body))  # its token is found all the same
    control = body.replace(b"a policy brief", b"a policy\x0c brief &#x1f;")
    assert set(by_key(read("oai", control))) == set(good)


def test_three_thousand_authors_are_cut_and_nameless_ones_left_out() -> None:
    answer = json.loads(case("crossref"))
    answer["message"]["items"][0]["author"] = [{"family": f"Author{n}", "given": "A."} for n in range(3000)] + [{}]
    work = by_key(read("crossref", answer))["10.5555/mc.2024.017"].work
    assert len(work.creators) == 500


def test_dates_that_are_none_stay_none() -> None:
    answer = json.loads(case("crossref"))
    for parts in ([[None]], [[2026, 13, 45]], [["n.d."]], None, [[]], [[0]], [[99999]]):
        answer["message"]["items"][0]["issued"] = {"date-parts": parts}
        assert by_key(read("crossref", answer))["10.5555/mc.2024.017"].work.date is None


def test_a_cursor_that_repeats_does_not_turn_in_a_circle() -> None:
    answer = json.loads(case("openalex"))
    answer["meta"]["next_cursor"] = "same"
    (first,) = pages(followed("openalex", answer, memory=Memory(has_key=True)))
    assert pages(followed("openalex", answer, url=first.url)) == []


def test_a_total_that_lies_is_not_believed_over_an_empty_page() -> None:
    for name, empty in (
        ("zenodo", {"hits": {"hits": [], "total": 9_000_000}}),
        ("hal", {"response": {"numFound": 9_000_000, "docs": []}}),
        ("openalex", {"meta": {"count": 9_000_000, "page": 1}, "results": []}),
    ):
        assert pages(followed(name, empty)) == []
    answer = json.loads(case("hal"))
    answer["response"]["numFound"] = 1  # fewer than are on the page: a full page is followed all the same
    answer["response"]["docs"] *= 50
    assert len(pages(followed("hal", answer))) == 1


def test_openalex_pages_end_where_numbers_reach_no_further() -> None:
    answer = json.loads(case("openalex"))
    answer["meta"] = {"count": 4_000_000, "page": 100, "per_page": 100}
    assert pages(followed("openalex", answer)) == []


def _kinds() -> list[tuple[str, Kind[Options], Options]]:
    return [(name, *kind_and_options(name)) for name in SERVICES]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(ENVELOPES),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_bytes_raise_anything_but_a_named_cause(body: bytes) -> None:
    for name, kind, options in _kinds():
        for role in ("start", "page 100", "complete", "document", "identify", "page 100 2015-01-01//s", "details 0"):
            try:
                list(kind.read(snapshot(name, body, role, url="https://example.org/x?page=1", key="k"), options))
                list(
                    kind.follow(
                        snapshot(name, body, role, url="https://example.org/x?page=1", key="k"), options, Memory()
                    )
                )
                kind.tally(snapshot(name, body, role, url="https://example.org/x"), options)
            except UnreadableError:
                continue


def test_options_that_lead_nowhere_are_refused_in_words() -> None:
    from pydantic import ValidationError

    for options, words in (
        ({"fields": {"key": "id", "title": "a..b"}}, "JMESPath"),
        ({"paging": {"by": "cursor"}}, "needs `at`"),
        ({"key": {"env": "MY_KEY"}}, "where the key goes"),
        ({"url": "ftp://x"}, "web address"),
        ({"unknown": 1}, "Extra inputs"),
    ):
        with pytest.raises(ValidationError, match=words):
            started("jsonapi", **options)
