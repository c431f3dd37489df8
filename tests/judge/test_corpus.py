"""The judge's figures on labelled records hold their floors, on each half of them too."""

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
    promised = {"precision": 0.95, "recall": 0.90, "sections": 0.75, "countries": 0.80, "topics": 0.60}
    for part in ("relevance", "half"):
        assert all(floors()[part][key] >= least for key, least in promised.items())
    assert floors()["identity"] == {"false_merges": 0, "missed": floors()["identity"]["missed"]}
    assert floors()["identity"]["missed"] <= 0.35


def test_the_corpus_holds_its_floors_as_a_whole_and_by_halves() -> None:
    corpus = measure.load("relevance.jsonl")
    hold(measure.figures(corpus), floors()["relevance"])
    for half in measure.halves(corpus):
        hold(measure.figures(half), floors()["half"])


def test_the_library_holds_its_floors() -> None:
    hold(measure.figures(measure.library()), floors()["library"])


def test_no_pair_is_merged_falsely_and_few_of_the_same_are_missed() -> None:
    found = measure.identity(measure.load("duplicates.jsonl"))
    assert found["false_merges"] == floors()["identity"]["false_merges"]
    assert found["missed"] <= floors()["identity"]["missed"]


def test_what_the_about_page_says_is_what_is_measured() -> None:
    told = measure.vocabulary().measured
    assert told
    corpus, pairs = measure.load("relevance.jsonl"), measure.load("duplicates.jsonl")
    found = measure.figures(corpus)
    assert {key: getattr(told, key) for key in found} == {key: floor(100 * value) for key, value in found.items()}
    identity = measure.identity(pairs)
    assert (told.records, told.pairs, told.false_merges) == (len(corpus), len(pairs), identity["false_merges"])
    assert told.missed == ceil(100 * identity["missed"])


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
