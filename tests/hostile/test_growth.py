"""Twice as long a page costs about twice the time: no reader's work grows with the square of what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from fuzz.parsers import PARSERS
from observatory import markup, text
from observatory.config import VOCABULARY
from observatory.config.vocabulary import load_vocabulary
from observatory.judge import classify, diff, lexicon, pagetext, prints, records, steps
from observatory.model import Source, Work
from pace import grows_with_its_input, stays_linear

WORDS = "Words on micro-credentials and more of them. "
SIZE = 150_000  # bytes, and twice as many
PAGES: Mapping[str, Callable[[int], str]] = {
    "nested": lambda size: "<html><body>" + "<div>" * 240 + WORDS * (size // len(WORDS)),
    "links": lambda size: "<html><body><main><p>" + "".join(f"<a href='/a/{n}/'>here</a> word " for n in range(size // 32)),
    "items": lambda size: "<html><body><ul>" + "".join(f"<li><a href='/n/{n}'>Title {n} of it</a></li>" for n in range(size // 50)),
    "metas": lambda size: "<html><head>" + "".join(f"<meta name='citation_author' content='A {n}'>" for n in range(size // 50)),
    "comments": lambda size: "<rss version='2.0'><channel>" + "<!--" * (size // 4),
    "records": lambda size: "<OAI-PMH><record>" + "<record " * (size // 8),
    "blanks": lambda size: "<html><body><p>" + " \n" * (size // 2) + "x",
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", ["feed", "listing", "page", "page-text", "oai", "sitemap"])
def test_time_grows_with_the_page_alone(name: str, page: str) -> None:
    def work(size: int) -> Callable[[], object]:
        body = PAGES[page](size).encode()
        return lambda: PARSERS[name](body)

    assert grows_with_its_input(work, SIZE)


# ---------------------------------------------------------------- texts of five megabytes

MEGABYTE = 1_000_000
STEEPEST = 8  # five times the text may cost so many times the time; what grows with its square costs 25 times
WORDS_OF = load_vocabulary(VOCABULARY)
A_SOURCE = Source(id="s", kind="feed", name="s", row="{}")


def work_of(said: str) -> Work:
    return Work(title=said[:400], summary=said[:3000], text=said, url="https://a.example/a")


def turned(said: str) -> str:
    """The same text, its halves exchanged: all of it is there, and nothing in its place."""
    return f"{said[len(said) // 2 :]}{said[: len(said) // 2]} x y z"


# What is given a text of any length, and how many megabytes it is tried on (1 or less: a library beneath is slow, or it cuts there).
TEXT_WORK: Mapping[str, tuple[Callable[[str], object], float]] = {
    "clean": (text.clean, 5),
    "clip": (lambda said: text.clip(said, 60), 5),
    "fold": (text.fold, 5),
    "title_key": (text.title_key, 5),
    "slug": (text.slug, 5),
    "identifiers": (lambda said: (text.doi(said), text.isbn(said), text.celex(said)), 5),
    "addresses": (lambda said: (text.tidy_url(said), text.canonical_url(said), text.host_of(said)), 5),
    "path": (lambda said: text.fits_path(f"/*{'*'.join(said[:500])}$", said), 5),
    "plain": (markup.plain, 5),
    "check_xml": (lambda said: markup.check_xml(said.encode()), 5),
    "units": (lambda said: (pagetext.units(said), pagetext.is_noise(said)), 5),
    "compare": (lambda said: diff.compare(diff.texts(said), diff.texts(turned(said))), 0.5),
    "words": (lexicon.words, 5),
    "classify": (lambda said: classify.classify(work_of(said), A_SOURCE, WORDS_OF), 1),
    "print": (lambda said: prints.print_of(work_of(said)), 1),
    "steps": (lambda said: steps.read_signs(work_of(said), said, WORDS_OF), 1),
    "judge": (lambda said: records.judge_record({"title": said, "summary": said, "url": said}, WORDS_OF), 1),
    "resolve": (lambda said: records.resolve_pair({"a": {"title": said}, "b": {"title": f"{said}x", "creators": [said]}}), 1),
    "calendar": (lambda said: PARSERS["calendar"](f"BEGIN:VCALENDAR\n{said}".encode()), 0.5),
}  # fmt: skip
REPEATED = (
    "a: ",
    "20 November 2026 ",
    "микро-",
    "BEGIN:VEVENT\nUID:1\n",
    "<a ",
    "10.1234/",
    "A b c. ",
    "e\u0316\u0301\x00",
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", TEXT_WORK)
def test_five_times_the_text_costs_about_five_times_the_time(name: str) -> None:
    do, megabytes = TEXT_WORK[name]
    for repeated in REPEATED:

        def work(size: int, repeated: str = repeated) -> Callable[[], object]:
            said = repeated * (size // len(repeated))
            return lambda: do(said)

        large = int(megabytes * MEGABYTE)
        assert stays_linear(work, large // 5, large, STEEPEST), repeated
