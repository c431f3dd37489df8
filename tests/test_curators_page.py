"""The query language in docs/curators.md: every example is read, and finds something in the embedded library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from observatory.app import Observatory
from observatory.catalogue.search.query import FIELDS
from observatory.cli.main import cli
from observatory.model import Status

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "curators.md").read_text(encoding="utf-8").partition("\n## Searching")[2].partition("\n## ")[0]
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]
EXAMPLES = [example for row in ROWS for example in re.findall(r"`([^`]+)`", row)]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    with Observatory.open(ROOT / "sources.yaml", tmp_path_factory.mktemp("library")) as observatory:
        observatory.ingest()
        observatory.index()
        yield observatory


def test_the_page_has_an_example_of_every_field() -> None:
    shown = {match[1] for example in EXAMPLES if (match := re.match(r"-?([a-z]+):", example))}
    assert shown >= set(FIELDS) - {"id", "url"}


@pytest.mark.parametrize("example", [example for example in EXAMPLES if not example.startswith("--")])
def test_an_example_finds_what_it_promises(library: Observatory, example: str) -> None:
    found = library.search(example, statuses=tuple(Status))
    assert found.total > 0 or example == "status:pending", example


def test_each_of_the_six_queries_in_help_finds_something(library: Observatory) -> None:
    shown = CliRunner().invoke(cli, ["search", "--help"]).output
    queries = re.findall(r"^  observatory search '(.*)'$", shown, re.MULTILINE)
    assert len(queries) == 6
    assert [query for query in queries if not library.search(query).total] == []


def test_the_spellings_on_the_page_find_the_same(library: Observatory) -> None:
    spellings = ("micro-credentials", "microcredentials", "micro credentials", "Micro‑Credential")
    answers = {tuple(hit.entry.id for hit in library.search(spelling).hits) for spelling in spellings}
    assert len(answers) == 1
    assert len(answers.pop()) == 20


def test_every_field_that_can_be_asked_for_stands_on_the_page() -> None:
    assert not [field for field in FIELDS if f"`{field}:" not in PAGE and field not in ("id", "url")]
