"""No regular expression of the code runs away: each is run, as the code uses it, against long texts made to slow it down."""

from __future__ import annotations

from itertools import product

import pytest

from hostile.patterns import Use, attacks, hostile, uses
from pace import seconds

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

USES, LATER = uses()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("use", [use for use in USES if use.where not in OURS], ids=lambda use: use.where)
def test_no_pattern_runs_away(use: Use) -> None:
    size = CUT.get(use.where, LONG)
    for pump, end in (*product(hostile(), ENDS[1:]), *product(attacks(use.pattern), ENDS)):
        short = use.text(pump, size // 8, end)
        if seconds(lambda short=short: use.run(short), QUICK, tries=2) > QUICK:
            long = use.text(pump, size, end)
            took = seconds(lambda long=long: use.run(long), MOST)
            assert took <= MOST, (took, long[:60], use.pattern.pattern)


def test_every_pattern_made_of_what_a_function_is_given_is_known() -> None:
    assert set(LATER) == set(MADE)


def test_the_code_is_read_whole() -> None:
    assert len(USES) > 200
