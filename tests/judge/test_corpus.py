"""The judge's figures on every labelled set hold their floors, also on records that nobody looked at."""

from __future__ import annotations

from functools import cache
from math import ceil, floor
from typing import Any

import pytest

from observatory.judge.records import judge_record
from observatory.yamltext import load
from tests.corpus import measure


@cache
def floors() -> dict[str, dict[str, float]]:
    data: Any = load((measure.HERE / "floors.yaml").read_bytes(), "floors.yaml").data
    return data


def hold(found: dict[str, float], floor: dict[str, float]) -> None:
    short = {key: (round(found[key], 3), least) for key, least in floor.items() if found[key] < least}
    assert not short, f"below the floor: {short}"


def test_the_floors_are_at_least_what_was_promised() -> None:
    promised = {"precision": 0.95, "recall": 0.90, "sections": 0.75, "countries": 0.80}
    for part in ("relevance", "half", "pages", "heldout", "apart"):
        assert all(floors()[part][key] >= least for key, least in promised.items())
    assert floors()["relevance"]["topics"] >= 0.60
    for pairs in ("identity", "pairs_apart"):
        assert floors()[pairs]["false_merges"] == 0
        assert floors()[pairs]["missed"] <= 0.35


@pytest.mark.parametrize("part", measure.sets())
def test_every_labelled_set_holds_its_floors(part: str) -> None:
    found = measure.figures(measure.sets()[part]) | measure.standing(measure.sets()[part])
    hold(found, floors()["half" if part.endswith("half") else part])


@pytest.mark.parametrize(
    ("pairs", "part"), [(measure.load("duplicates.jsonl"), "identity"), (measure.pairs_apart(), "pairs_apart")]
)
def test_no_pair_is_merged_falsely_and_few_of_the_same_are_missed(pairs: list[dict[str, Any]], part: str) -> None:
    found = measure.identity(pairs)
    assert found["false_merges"] == floors()[part]["false_merges"]
    assert found["missed"] <= floors()[part]["missed"]


def test_what_the_about_page_says_is_what_is_measured() -> None:
    told = measure.vocabulary().measured
    assert told
    for figures, records, pairs in (
        (told.known, measure.load("relevance.jsonl"), measure.load("duplicates.jsonl")),
        (told.apart, measure.apart(), measure.pairs_apart()),
    ):
        found, identity = measure.figures(records), measure.identity(pairs)
        assert {key: getattr(figures, key) for key in found} == {
            key: floor(100 * value) for key, value in found.items()
        }
        assert (figures.records, figures.pairs) == (len(records), len(pairs))
        assert (figures.false_merges, figures.missed) == (identity["false_merges"], ceil(100 * identity["missed"]))


@pytest.mark.parametrize("record", measure.load("relevance.jsonl")[::25], ids=lambda record: record["id"])
def test_every_verdict_says_why(record: dict[str, Any]) -> None:
    reasons = measure.judged(record)["reasons"]
    assert all(": " in reason and len(reason) > 10 for reason in reasons)
    assert not record["relevant"] or any(reason.startswith("relevance: ") for reason in reasons)
    assert any(reason.startswith("kind: ") for reason in reasons)


RUBBISH: list[dict[str, Any]] = [
    {},
    {"title": ""},
    {"title": None, "summary": 5, "url": ["x"], "publisher": {"a": 1}, "language": True},
    {"title": "\x00\x1b[2J\u202e\ud800", "url": "http://[::1", "summary": "a" * 300_000},
    {"title": "micro-" * 20_000},
    {"title": "微" * 5_000, "url": "https://例え.jp/\ufffe"},
    {"title": "מיקרו-תעודות בהשכלה", "language": "xx-invalid"},
]


@pytest.mark.parametrize("record", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_gets_a_verdict(record: dict[str, Any]) -> None:
    verdict = judge_record(record, measure.vocabulary())
    assert set(verdict) >= {
        "relevant", "score", "reasons", "kind", "level", "topics", "countries", "language", "policy_stage",
    }  # fmt: skip
