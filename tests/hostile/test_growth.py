"""Twice as long a page costs about twice the time: no reader's work grows with the square of what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from fuzz.parsers import PARSERS
from pace import grows_with_its_input

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
