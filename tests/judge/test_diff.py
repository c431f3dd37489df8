"""What differs between two texts of a page: real changes are found, all else is not; quickly."""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.pairs import LABELS, Pair, pairs
from observatory.errors import UnreadableError
from observatory.judge import diff
from observatory.judge.diff import Nature, compare, sentence, texts
from observatory.judge.pagetext import PageText, is_noise, read_page
from observatory.model import Cause, Page
from pace import takes_at_most

MOST_MISSED = 0.05


@cache
def labelled() -> tuple[Pair, ...]:
    return tuple(pairs())


def found(pair: Pair) -> str:
    """What the rules make of a pair, in the words of its label."""
    try:
        before, after = read_page(pair.before, pair.select), read_page(pair.after, pair.select)
    except UnreadableError:
        return "wall"
    nature = compare(before, after).nature
    return "same" if nature is Nature.COSMETIC else nature.value


def test_no_pair_without_a_real_change_is_announced() -> None:
    assert [pair.name for pair in labelled() if pair.label != "changed" and found(pair) == "changed"] == []


def test_less_than_five_in_a_hundred_real_changes_are_missed() -> None:
    real = [pair for pair in labelled() if pair.label == "changed"]
    missed = [pair.name for pair in real if found(pair) != "changed"]
    assert len(real) >= 150
    assert len(missed) / len(real) < MOST_MISSED, missed


@pytest.mark.parametrize("label", LABELS)
def test_each_sort_of_pair_is_called_by_its_name(label: str) -> None:
    assert Counter(found(pair) for pair in labelled() if pair.label == label).most_common(1)[0][0] == label


def test_two_texts_of_100_kb_differ_in_less_than_100_ms() -> None:
    rng = random.Random(3)
    common = ["the", "of", "and", "to"] * 300 + [f"word{n}" for n in range(3000)]
    before = [" ".join(rng.choices(common, k=40)).capitalize() + "." for _ in range(420)]
    after = [block.replace("the", "a", 1) if n % 9 == 0 else block for n, block in enumerate(before)]
    assert sum(map(len, before)) > 100_000
    assert compare(PageText(tuple(before)), PageText(tuple(after))).is_change
    assert takes_at_most(lambda: compare(PageText(tuple(before)), PageText(tuple(after))), 0.1)


def test_words_that_went_and_came_are_shown_with_a_few_around_them() -> None:
    change = compare(
        texts("One.\nThe consultation is open until 15 March 2026 for all."),
        texts("One.\nThe consultation is open until 30 April 2026 for all."),
    )
    assert change.hunks[0].pieces == (
        ("=", "The consultation is open until"),
        ("-", "15 March"),
        ("+", "30 April"),
        ("=", "2026 for all."),
    )
    assert diff.in_words(change) == "2 words added, 2 words removed"


def test_the_sentence_of_a_change_is_the_first_whole_one_that_came() -> None:
    before = texts("The Act is in parliament.")
    after = texts("The Act is in parliament.\nThe committee votes on the bill in its second reading in June.")
    assert sentence(compare(before, after)) == "The committee votes on the bill in its second reading in June."
    assert sentence(compare(before, texts("The Act is in committee."))) == ""


@given(st.lists(st.text("abc .,", max_size=30), max_size=8), st.randoms(use_true_random=False))
def test_order_of_blocks_never_counts(blocks: list[str], rng: random.Random) -> None:
    turned = list(blocks)
    rng.shuffle(turned)
    assert not compare(PageText(tuple(blocks)), PageText(tuple(turned))).is_change


@given(st.lists(st.text(max_size=40), max_size=6), st.lists(st.text(max_size=40), max_size=6))
def test_any_two_texts_can_be_compared(before: list[str], after: list[str]) -> None:
    difference = compare(PageText(tuple(before)), PageText(tuple(after)))
    assert difference.is_change == bool(difference.hunks)
    assert compare(PageText(tuple(before)), PageText(tuple(before))).nature is Nature.SAME


@pytest.mark.parametrize(
    "line",
    [
        "Last updated: 14 November 2026",
        "Letzte Aktualisierung: 3.11.2026",
        "Dernière mise à jour le 3 mars 2026",
        "Última actualización: 03/11/2026",
        "Päivitetty 3.11.2026 klo 10.15",
        "Ostatnia aktualizacja: 2026-11-03",
        "1,204 views",
        "Views: 1204",
        "5 min read",
        "3 days ago",
        "Today is Monday, 3 March 2026",
        "© 2026 Ministry of Education",
        "We use cookies to improve your experience.",
        "Share this page",
        "•",
    ],
)
def test_lines_about_the_page_itself_are_left_out(line: str) -> None:
    assert is_noise(line)


@pytest.mark.parametrize(
    "line",
    [
        "15 March 2026",
        "Open until 15 March 2026",
        "The rules were last updated by the Act of 3 March 2026 and apply to all providers.",
        "Providers may share data on 1,204 learners.",
        "Cookies and biscuits",
        "30 ECTS",
    ],
)
def test_lines_about_the_policy_are_kept(line: str) -> None:
    assert not is_noise(line)


def page(said: str, url: str = "https://x.example/p") -> Page:
    return Page(url, "text/html", said.encode())


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("<title>Log in</title><h1>Log in</h1><form><input type=password></form>", Cause.LOGIN),
        ("<title>Oops</title><h1>Page not found</h1><p>Try the search.</p>", Cause.NOT_FOUND),
        ("<title>Just a moment...</title>", Cause.CHALLENGE),
        ("<h1>Service unavailable</h1><p>The site is under maintenance.</p>", Cause.SERVER),
        ("", Cause.EMPTY),
        ("<div id=app></div><script>start()</script>", Cause.EMPTY),
        ("%PDF-1.7", Cause.NOT_HTML),
    ],
)
def test_what_stands_in_place_of_a_page_is_named(said: str, cause: Cause) -> None:
    with pytest.raises(UnreadableError) as error:
        read_page(page(said))
    assert error.value.cause is cause


def test_a_long_page_that_speaks_of_logging_in_is_a_page() -> None:
    said = "<h1>How to log in</h1><form><input type=password></form>" + "<p>Learners see their records here.</p>" * 60
    assert read_page(page(said)).blocks


def test_a_page_of_5_mb_is_compared_up_to_a_bound() -> None:
    said = "<html><body>" + "".join(f"<p>Paragraph {n} of the annex to the regulation.</p>" for n in range(110_000))
    start = time.process_time()
    read = read_page(page(said))
    assert read.is_cut
    assert sum(map(len, read.blocks)) <= 1_000_000
    assert time.process_time() - start < 15


def test_a_part_named_by_select_is_read_alone_and_its_absence_is_told() -> None:
    said = "<main><p>News of the day, at length and in detail.</p><div id=rule><p>The rule says this.</p></div></main>"
    assert read_page(page(said), "#rule").blocks == ("The rule says this.",)
    assert not read_page(page(said), "#gone").selected
