"""step and diff: a step is written down with its evidence, taken back, and named wrongly with the next thing to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
Said = Callable[..., Any]


@pytest.fixture
def filled(observatory: Run) -> Run:
    assert observatory("ingest").exit_code == 0
    return observatory


STEP = ("step", "ie-2022-framework", "completed", "--on", "2026-03-01", "--what", "Reviewed by QQI", "--by", "aoife")


def test_a_step_is_written_down_with_its_evidence_and_moves_the_stage(filled: Run, said: Said, folder: Path) -> None:
    done = filled(*STEP, "--url", "https://www.qqi.ie/review", "--quote", "the review was completed")
    assert done.exit_code == 0, done.output
    assert "by aoife in curation/decisions/aoife.yaml" in done.output
    told = said("policy", "ie-2022-framework", "--json")
    assert (told["stage"], told["dates"]["reviewed"]) == ("completed", "2026-03-01")
    assert told["steps"][-1]["quote"] == "the review was completed"
    assert [line["change"] for line in told["history"]][-1] == "stage-moved"
    assert "stage: completed" in (folder / "curation/decisions/aoife.yaml").read_text("utf-8")


def test_a_step_that_was_none_is_taken_away_again(filled: Run, said: Said) -> None:
    filled(*STEP)
    undone = filled(
        "step", "ie-2022-framework", "completed", "--no", "--by", "aoife", "--why", "it was another framework"
    )
    assert undone.exit_code == 0, undone.output
    assert "completed" not in [step["stage"] for step in said("policy", "ie-2022-framework", "--json")["steps"]]


def test_a_step_without_a_day_says_how_to_give_one(filled: Run) -> None:
    refused = filled("step", "ie-2022-framework", "pilot", "--by", "aoife")
    assert refused.exit_code == 2
    assert "give --on DATE" in refused.output


def test_a_quote_of_more_than_fifteen_words_is_refused(filled: Run) -> None:
    refused = filled(*STEP, "--quote", "word " * 16)
    assert refused.exit_code == 2
    assert "quote at most 15 words" in refused.output


def test_no_step_waits_where_nothing_was_read(filled: Run, said: Said) -> None:
    assert "no step waits for you" in filled("step").output
    assert said("step", "--json") == []


def test_the_difference_of_what_is_not_watched_says_how_to_watch_it(filled: Run) -> None:
    refused = filled("diff", "ie-2022-framework")
    assert (refused.exit_code, "a source of kind page" in refused.output) == (1, True)
    assert filled("diff", "ie-2022-framework", "--from", "2026-13").exit_code == 2


def test_countries_without_a_code_lists_those_with_facts(filled: Run, said: Said) -> None:
    assert said("country", "--json") == []
    assert "none" in filled("country", "--older", "90").output
