"""The query language: what is read as what, how errors teach, and that nobody can make a query expensive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatory.catalogue.search.query import All, Any, Is, Names, Not, Pattern, Phrase, Said, Years, parse, relaxed
from observatory.errors import QueryError
from pace import takes_at_most

NAMES = Names(
    topics={
        "recognition": "recognition",
        "quality assurance": "quality-assurance",
        "quality-assurance": "quality-assurance",
    },
    countries=lambda: {"ie": "IE", "ireland": "IE", "se": "SE", "no": "NO", "cote d’ivoire": "CI"},
    languages=lambda: {"german": "de"},
)


@pytest.mark.parametrize(
    ("query", "node"),
    [
        ("recognition", Said("recognition")),
        ("recognition badges", All((Said("recognition"), Said("badges")))),
        ("recognition AND badges", All((Said("recognition"), Said("badges")))),
        ("recognition && badges", All((Said("recognition"), Said("badges")))),
        ("+recognition +badges", All((Said("recognition"), Said("badges")))),
        ("a OR b c", Any((Said("a"), All((Said("b"), Said("c")))))),
        ("(a OR b) c", All((Any((Said("a"), Said("b"))), Said("c")))),
        ("recognition -badges", All((Said("recognition"), Not(Said("badges"))))),
        ("NOT badges", Not(Said("badges"))),
        ("-(a b)", Not(All((Said("a"), Said("b"))))),
        ("e-learning", Said("e-learning")),
        ("new micro credentials", All((Said("new"), Said("micro credentials")))),
        ('"prior learning"', Phrase("prior learning")),
        ("“prior learning”", Phrase("prior learning")),
        ("«prior learning»", Phrase("prior learning")),
        ("recogn*", Pattern("recogn*")),
        ("organi?ation", Pattern("organi?ation")),
        ("why?", Said("why?")),
        ("topic:recognition", Is("topic", "recognition")),
        ("TOPIC:Recognition", Is("topic", "recognition")),
        ('topic:"Quality assurance"', Is("topic", "quality-assurance")),
        ("country:ie", Is("country", "IE")),
        ("country:Ireland", Is("country", "IE")),
        ("country:(SE OR NO)", Any((Is("country", "SE"), Is("country", "NO")))),
        ("country:(SE NO)", Any((Is("country", "SE"), Is("country", "NO")))),
        ("-country:IE", Not(Is("country", "IE"))),
        ("kind:Report", Is("kind", "report")),
        ("level:eu", Is("level", "EU")),
        ("stage:approved", Is("stage", "approved")),
        ('stage:"in force"', Is("stage", "implementation")),
        ("lang:German", Is("lang", "de")),
        ("lang:fr", Is("lang", "fr")),
        ("year:2022", Years(2022, 2022)),
        ("year:2020..2023", Years(2020, 2023)),
        ("year:2020-2023", Years(2020, 2023)),
        ("year:[2020 TO 2023]", Years(2020, 2023)),
        ("year:[2020 TO ]", Years(2020, None)),
        ("year:..2019", Years(None, 2019)),
        ("year:>=2020", Years(2020, None)),
        ("year:>2020", Years(2021, None)),
        ("year:<2020", Years(None, 2019)),
        ("author:Brown", Said("Brown", "author")),
        ('author:"Mark Brown"', Phrase("Mark Brown", "author")),
        ("publisher:oec*", Pattern("oec*", "publisher")),
        ("author:(Brown OR Oliver)", Any((Said("Brown", "author"), Said("Oliver", "author")))),
        ("source:enqa-news", Is("source", "enqa-news")),
        ("doi:10.1787/F14EF041-en", Is("doi", "10.1787/f14ef041-en")),
        ("https://doi.org/10.1787/f14ef041-en", Is("url", "https://doi.org/10.1787/f14ef041-en")),
        ("10.1787/f14ef041-en", Is("doi", "10.1787/f14ef041-en")),
        ("Micro-credentials: a review", All((Said("Micro-credentials:"), Said("a"), Said("review")))),
        ("\x00recog\x1bnition\u202e", Said("recognition")),
    ],
)
def test_a_query_is_read_as_it_is_meant(query: str, node: object) -> None:
    assert parse(query, NAMES) == node


@pytest.mark.parametrize(
    ("query", "column", "says"),
    [
        ("", 1, "write a word"),
        ("\x00 \x1b", 1, "write a word"),
        ('recognition "prior', 13, "never closed"),
        ("(recognition", 1, "write ) at its end"),
        ("recognition)", 12, "never opened"),
        ("()", 2, "nothing between"),
        ("AND badges", 1, "before and after"),
        ("badges AND", 11, "something is missing"),
        ("a OR OR b", 6, "before and after"),
        ("NOT", 1, "NOT badge"),
        ("yaer:2020", 1, "did you mean year:?"),
        ("zzzz:red", 1, "fields are topic"),
        ("topic:recogniton", 7, "did you mean recognition?"),
        ("topic: recognition", 1, "without a blank"),
        ("topic:", 1, "topic:recognition"),
        ("country:Irland", 9, "did you mean Ireland?"),
        ("country:IRE", 9, "one of cote"),
        ("kind:zzzz", 6, "one of article"),
        ("year:soon", 6, "year:2020..2023"),
        ("year:2023..2020", 6, "year:2020..2023"),
        ("year:[2020 TO 2023", 6, "never closed"),
        ("[2020 TO 2023]", 1, "year:[2020 TO 2023]"),
        ("kind:[a TO b]", 6, "only year:"),
        ("country:()", 10, "has no value"),
        ("country:(IE AND SE)", 13, "write OR"),
        ("country:(IE NOT SE)", 13, "NOT country:"),
        ("*", 1, "at least two letters"),
        ("*tion", 1, "at least two letters"),
        ("a*", 1, "at least two letters"),
        ("?", 1, "no letter or digit"),
        ('""', 1, "no word"),
        ("doi:none", 5, "doi:10."),
    ],
)
def test_an_error_says_where_it_goes_wrong_and_how_to_write_it(query: str, column: int, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query, NAMES)
    assert (caught.value.column, says in caught.value.said) == (column, True), caught.value.said


def test_each_demand_can_be_left_out_as_it_was_typed() -> None:
    typed = '+micro-credentials AND "prior learning" -badges country:(SE OR NO) year:>=2020'
    demands = ["micro-credentials", '"prior learning"', "-badges", "country:(SE OR NO)", "year:>=2020"]
    found = relaxed(typed, NAMES)
    assert [said for said, _node in found] == demands
    for said, node in found:
        rest = " ".join(each for each in demands if each != said)
        assert node == parse(rest, NAMES)
    assert relaxed("badges OR (prior learning)", NAMES) == ()
    assert relaxed("(prior learning) OR badges credit", NAMES) == ()


def test_an_error_points_at_its_place() -> None:
    with pytest.raises(QueryError) as caught:
        parse("recognition yaer:2020", NAMES)
    assert str(caught.value).splitlines()[1:] == ["  recognition yaer:2020", " " * 14 + "^"]


HOSTILE = {
    "a thousand wildcards": "re* " * 300,
    "wildcards upon wildcards": "ab" + "*a" * 500,
    "a hundred kilobytes": "recognition " * 9000,
    "one endless word": "a" * 100_000,
    "nested parentheses": "(" * 900 + "a" + ")" * 900,
    "parentheses never closed": "(" * 1999,
    "a thousand negations": "NOT " * 490 + "a",
    "minus signs": "-" * 1999,
    "a thousand alternatives": " OR ".join("abcdefghij"[n % 10] for n in range(400)),
    "control characters": "".join(map(chr, range(32))) * 60,
    "quotation marks": '"' * 1999,
    "brackets": "[" * 1999,
    "a million fields": "topic:" * 330,
}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_query_is_answered_at_once_with_a_clear_word(query: str) -> None:
    assert len(_said(query)) < 500
    assert takes_at_most(lambda: _said(query), 0.2)


def _said(query: str) -> str:
    try:
        parse(query, NAMES)
    except QueryError as error:
        return str(error)
    return ""


@given(st.text(alphabet=st.sampled_from("ab \"“()[]*?:-+.'ANDORT0129é\x00\u202e") | st.characters(), max_size=60))
def test_any_text_is_read_or_refused(query: str) -> None:
    try:
        parse(query, NAMES)
    except QueryError as error:
        said = error
    else:
        return
    assert 1 <= said.column <= len(said.query) + 1
