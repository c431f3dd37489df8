"""No regular expression of the code runs away: each is run, as the code uses it, against long texts made to slow it down."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product

import pytest

from hostile.patterns import ROOT, Use, attacks, hostile, uses
from observatory.config import sources
from observatory.judge.lexicon import Lexicon, words
from observatory.model import Cue
from observatory.text import MOST_ADDRESS
from pace import seconds, takes_at_most
from spiders import _blocks, _platforms

LONG = 100_000  # characters
MOST = 0.05  # seconds of processor time for them
QUICK = MOST / 8 / 4  # for an eighth of them: a pattern that runs away takes longer even there
ENDS = ("", "\x00!")  # a text that fits to its end, and one that fails there

# Texts that the code cuts before a pattern sees them: so many characters are all that it ever meets.
CUT = {
    "observatory.judge.pagetext._NOISE": 600,
    "observatory.judge.prints._COPIES": 2000,
    "observatory.publish.names._BODY": 300,
    "spiders._events._LABEL": 5000,  # met as a whole, at its beginning only
    "spiders.feed._LAST": 2000,
}
# Not texts of others: our own style sheets.
OURS = {"observatory.publish.site.dense"}
# Functions that make a pattern of what they are given, and why it can't run away.
MADE = {
    "spiders.calendar._matches": "a row of its own table, or a curator's",
    "observatory.catalogue.search.passages._forms": "a query's pattern: at most so many letters and stars, met by single words",
    "observatory.catalogue.search.searcher._expand": "the same, made by fnmatch, which never goes back behind a star",
    "observatory.config.sources._weekly": "the names of days",
    "observatory.inquiry._replaced": "a word of a query, escaped",
    "observatory.mentions._any": "the addresses, ids and title of a work, escaped; gaps begin each in their own way",
    "observatory.suggesting._unnamed": "a suggester's name, escaped",
    "observatory.publish.citations._as_editors": "one of three, written beside it",
    "spiders._blocks._weighed": "a row of its table, on a selector that it made",
    "spiders._platforms.base_of": "a row of its table, on an address",
    "spiders._platforms.platforms": "a row of its table, on the first part of a page",
    "spiders.listing._fits": "a curator's, on an address of at most 2,000 characters",
    "spiders.listing._pattern": "a curator's",
    "spiders.page._is_candidate": "a curator's, on an address",
    "spiders.page.named": "the words of a link, escaped",
    "spiders.sitemap._is_item": "a curator's, on an address",
    "spiders.sitemap._maps": "a curator's, on an address",
}


def literals(path: str, function: str) -> Iterator[str]:
    """Yield the raw strings that stand in a function: the patterns it chooses from."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    (node,) = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == function]
    yield from (each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and "(?" in str(each.value))


# Patterns that stand as strings in tables, and are made when they are used: of which function, how they are used, and the most
# that they ever meet (None: any length).
TABLES: tuple[tuple[str, Callable[[], Iterable[str]], str, int], ...] = (
    ("spiders._platforms.platforms", lambda: (each.marks for each in _platforms.PLATFORMS), "search", _platforms.MOST_LOOKED),
    ("spiders._platforms.base_of", lambda: (each.base for each in _platforms.PLATFORMS if each.base), "match", MOST_ADDRESS),
    ("spiders._blocks._weighed", lambda: (form for form, _worth in _blocks._FORMS), "search", LONG),
    ("observatory.publish.citations._as_editors", lambda: literals("observatory/publish/citations.py", "_as_editors"), "search", LONG),
    ("observatory.config.sources._weekly", lambda: (rf"({'|'.join(sources.DAYS)}) ([01]\d|2[0-3]):[0-5]\d",), "fullmatch", LONG),
)  # fmt: skip

USES, LATER = uses()
TABLED = [
    pytest.param(Use(where, re.compile(said), frozenset({method})), size, id=f"{where} {number}")
    for where, held, method, size in TABLES
    for number, said in enumerate(held())
]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("use", [use for use in USES if use.where not in OURS], ids=lambda use: use.where)
def test_no_pattern_runs_away(use: Use) -> None:
    runs_to_its_end(use, CUT.get(use.where, LONG))


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("use", "size"), TABLED)
def test_no_pattern_of_a_table_runs_away(use: Use, size: int) -> None:
    runs_to_its_end(use, min(size, LONG))


def runs_to_its_end(use: Use, size: int) -> None:
    for pump, end in (*product(hostile(), ENDS[1:]), *product(attacks(use.pattern), ENDS)):
        short = use.text(pump, size // 8, end)
        if seconds(lambda short=short: use.run(short), QUICK, tries=2) > QUICK:
            long = use.text(pump, size, end)
            took = seconds(lambda long=long: use.run(long), MOST)
            assert took <= MOST, (took, long[:60], use.pattern.pattern)


def test_a_pattern_that_runs_away_at_the_beginning_of_each_line_is_seen() -> None:
    bad = Use("x", re.compile(rb"^BEGIN:ZONE\b.*^END:ZONE\b", re.MULTILINE | re.DOTALL), frozenset({"search"}))
    with pytest.raises(AssertionError):
        runs_to_its_end(bad, LONG)


def test_every_pattern_made_of_what_a_function_is_given_is_known() -> None:
    assert set(LATER) == set(MADE)


def test_the_code_is_read_whole() -> None:
    assert len(USES) > 200
    assert len(TABLED) > 25
    assert {where for where, *_ in TABLES} <= set(MADE)


def test_no_word_of_the_vocabulary_is_a_pattern() -> None:
    """Cues are words, each letter for itself: a star leaves one open, and whatever else a pattern may hold is a letter."""
    evil = Lexicon([Cue("core", "x", "(a+)+$ [")])
    text = words("a" * LONG + "! (a+)+$ [")
    assert takes_at_most(lambda: evil.find(text), MOST * 4)
