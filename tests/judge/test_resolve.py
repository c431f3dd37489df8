"""Identity: vetoes first, one act in many languages, order-free and symmetrical, merges that only curators overrule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observatory.judge.records import resolve_pair
from observatory.judge.resolve import Group, group, keys
from observatory.model import Creator, Item, PartialDate, RelationType, Relevance, Verdict, Work
from tests.catalogue.made import START
from tests.corpus import measure

NONE: frozenset[frozenset[str]] = frozenset()
ACT = "https://eur-lex.europa.eu/?uri=CELEX:32022H0627(02)"
PROPOSAL = "https://eur-lex.europa.eu/?uri=CELEX:52021DC0770"
TITLE = "Quality assurance of micro-credentials in European higher education"


def item(ref: str, *, curated: bool = False, **fields: Any) -> Item:
    work = Work(**({"title": TITLE} | fields))
    verdict = Verdict(Relevance.YES, 3.0, Work(), ())
    return Item("s", ref, work, verdict, (), START, START, curated=curated, keys=keys(work))


def refs(groups: Sequence[Group]) -> list[list[str]]:
    return [[ref.removeprefix("s#") for ref in g.refs] for g in groups]


def together(*items: Item) -> list[list[str]]:
    return refs(group(items, NONE, NONE))


def relation(a: dict[str, Any], b: dict[str, Any]) -> str:
    one, other = resolve_pair({"a": a, "b": b}), resolve_pair({"a": b, "b": a})
    assert one == other
    return str(one["relation"])


def test_one_doi_or_celex_or_address_is_one_work() -> None:
    assert together(item("a", doi="10.1234/X"), item("b", title="Other", doi="10.1234/x")) == [["a", "b"]]
    act = "https://eur-lex.europa.eu/legal-content/{}/TXT/?uri=CELEX:32022H0627(02)"
    assert together(item("a", url=act.format("EN")), item("b", url=act.format("EN") + "&from=SK")) == [["a", "b"]]
    assert together(item("a", url="http://www.x.example/p/"), item("b", url="https://x.example/p?utm_source=y")) == [
        ["a", "b"]
    ]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"title": f"{TITLE} 2022"}, {"title": f"{TITLE} 2023"}),
        ({"title": f"{TITLE}. Annex 1"}, {"title": f"{TITLE}. Annex 2"}),
        ({"title": TITLE}, {"title": f"{TITLE}. Annex 1"}),
        ({"title": f"{TITLE}, second edition"}, {"title": f"{TITLE}, third edition"}),
        ({"title": TITLE, "doi": "10.1234/1"}, {"title": TITLE, "doi": "10.1234/2"}),
        ({"title": TITLE, "date": "2018"}, {"title": TITLE, "date": "2023"}),
        ({"title": TITLE, "kind": "report"}, {"title": TITLE, "kind": "news"}),
        ({"title": f"New report: {TITLE}"}, {"title": TITLE}),
        ({"title": TITLE, "isbn": "9783319154244"}, {"title": TITLE, "isbn": "9789289634236"}),
        ({"title": "Proposal for a Council Recommendation on micro-credentials", "url": PROPOSAL},
         {"title": "Council Recommendation on micro-credentials", "url": ACT}),
        ({"title": "Micro-credentials", "url": "https://a.example/x", "publisher": "A"},
         {"title": "Micro-credentials", "url": "https://b.example/y", "publisher": "B"}),
        ({"title": "FAQ", "url": "https://a.example/x", "publisher": "A"},
         {"title": "FAQ", "url": "https://a.example/y", "publisher": "A"}),
        ({"title": TITLE, "publisher": "ECIPE", "url": "https://ecipe.example/1"},
         {"title": TITLE, "publisher": "EPALE", "url": "https://epale.example/2"}),
    ],
)  # fmt: skip
def test_a_veto_or_doubt_keeps_two_works_apart(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert relation(a, b) in ("different", "related")


def test_one_act_in_many_languages_is_one_work() -> None:
    act = "https://eur-lex.europa.eu/legal-content/{}/TXT/?uri=CELEX:32022H0627(02)"
    a = {"title": "Council Recommendation on micro-credentials", "url": act.format("EN")}
    assert relation(a, {"title": "Odporúčanie Rady o mikrocertifikátoch", "url": act.format("SK")}) == "same"


def test_the_languages_of_a_page_are_linked() -> None:
    page = "https://education.ec.europa.eu/{}/levels/micro-credentials"
    german = item("a", url=page.format("de"), language="de")
    french = item("b", title="Une approche", url=page.format("fr"), language="fr")
    groups = group([german, french], NONE, NONE)
    assert refs(groups) == [["a"], ["b"]]
    assert groups[0].links == (("s#b", RelationType.TRANSLATION_OF),)


def test_library_records_are_never_united_with_one_another_but_listed_as_doubles() -> None:
    groups = group([item("a", curated=True, doi="10.1234/1"), item("b", curated=True, doi="10.1234/1")], NONE, NONE)
    assert refs(groups) == [["a"], ["b"]]
    assert groups[0].doubles == (("s#b", "both have DOI 10.1234/1"),)


def test_a_harvested_item_joins_the_library_record_that_is_the_same_work() -> None:
    assert together(item("lib", curated=True, doi="10.1234/1"), item("web", doi="10.1234/1")) == [["lib", "web"]]


def test_a_third_item_never_bridges_two_that_contradict() -> None:
    a, b = item("a", doi="10.1234/1", publisher="ENQA"), item("b", doi="10.1234/2", publisher="ENQA")
    bridge = item("c", publisher="ENQA")
    groups = together(a, b, bridge)
    assert not any({"a", "b"} <= set(g) for g in groups)


def test_curators_beat_the_rules() -> None:
    a, b = item("a", doi="10.1234/1"), item("b", doi="10.1234/1")
    pair = frozenset({frozenset({"s#a", "s#b"})})
    assert refs(group([a, b], NONE, pair)) == [["a"], ["b"]]
    other = item("c", title="Something else", doi="10.1234/9")
    assert refs(group([a, other], frozenset({frozenset({"s#a", "s#c"})}), NONE)) == [["a", "c"]]


works = st.builds(
    Work,
    title=st.sampled_from(
        [TITLE, f"{TITLE} 2022", f"{TITLE}: final report", "Micro-credentials", f"New report: {TITLE}"]
    ),
    doi=st.sampled_from([None, None, "10.1234/1", "10.1234/2"]),
    url=st.sampled_from(
        [None, "https://a.example/1", "https://a.example/1/", "https://b.example/de/1", "https://b.example/fr/1"]
    ),
    publisher=st.sampled_from([None, "ENQA", "EUA"]),
    date=st.sampled_from([None, PartialDate(2022), PartialDate(2022, 6, 16), PartialDate(2019)]),
    creators=st.sampled_from([(), (Creator("Anna Gover"),)]),
    language=st.sampled_from([None, "en", "de"]),
)


@given(st.lists(st.tuples(works, st.booleans()), min_size=1, max_size=7), st.randoms())
@settings(max_examples=150, deadline=None)
def test_grouping_is_order_free_and_whole(made: list[tuple[Work, bool]], random: Any) -> None:
    items = [replace(item(str(n)), work=w, keys=keys(w), curated=c) for n, (w, c) in enumerate(made)]
    shuffled = list(items)
    random.shuffle(shuffled)
    later = [replace(i, first_seen=START + timedelta(days=n)) for n, i in enumerate(shuffled)]
    groups = group(items, NONE, NONE)
    assert group(shuffled, NONE, NONE) == groups == group(later, NONE, NONE)
    assert sorted(ref for g in groups for ref in g.refs) == sorted(i.ref for i in items)
    curated = {i.ref for i in items if i.curated}
    assert all(len(set(g.refs) & curated) <= 1 for g in groups)


@given(st.lists(works, min_size=2, max_size=2))
@settings(max_examples=150, deadline=None)
def test_comparing_is_symmetrical_and_a_work_is_the_same_as_itself(pair: list[Work]) -> None:
    a, b = (
        {"title": w.title, "url": w.url, "doi": w.doi, "date": str(w.date or ""), "publisher": w.publisher}
        for w in pair
    )
    relation(a, b)
    assert relation(a, a) in ("same", "related")
    if a["url"] or a["doi"]:
        assert relation(a, a) == "same"


def test_answers_survive_rubbish() -> None:
    for rubbish in (
        {},
        {"a": None, "b": 3},
        {"a": {"title": "x" * 9000, "date": "32", "kind": "no"}, "b": {"creators": [1, None]}},
    ):
        assert resolve_pair(rubbish)["relation"] in ("same", "version", "related", "different")


def test_keys_of_short_titles_do_not_gather_the_whole_field() -> None:
    one, other = (
        keys(Work(title="Micro-credentials", publisher="A")),
        keys(Work(title="Micro-credentials", publisher="B")),
    )
    assert not set(one) & set(other)


def test_labelled_pairs_answer_the_same_both_ways() -> None:
    for pair in measure.load("duplicates.jsonl"):
        relation(pair["a"], pair["b"])
    assert json.dumps(resolve_pair(pair))


def test_works_with_many_namesakes_cost_no_square() -> None:
    items = [
        item(str(n), url=f"https://x.example/{n}", publisher=f"P{n}", date=PartialDate(1990 + n % 30))
        for n in range(120)
    ]
    assert len(group(items, NONE, NONE)) == len(items)
    assert all(a.refs < b.refs for a, b in pairwise(group(items, NONE, NONE)))
