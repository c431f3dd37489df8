"""Measure the judge on labelled records: `python -m tests.corpus.measure` prints the figures and what was judged wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from observatory.config.vocabulary import load_vocabulary  # noqa: E402
from observatory.judge.records import judge_record, resolve_pair  # noqa: E402
from observatory.model import SECTION_OF, EntryKind, Vocabulary  # noqa: E402

Record = Mapping[str, Any]
_GIVEN = ("title", "summary", "url", "publisher", "language")


@cache
def vocabulary() -> Vocabulary:
    """Load the vocabulary that the product ships."""
    return load_vocabulary(ROOT / "observatory" / "judge" / "vocabulary")


def load(name: str) -> list[dict[str, Any]]:
    """Read a labelled corpus."""
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


def judged(record: Record) -> Record:
    """Judge a labelled record by what an unlabelled one would show."""
    return judge_record({key: record[key] for key in _GIVEN if record.get(key)}, vocabulary())


def section(kind: str | None) -> str | None:
    """Name the section of a kind: kinds are compared by section."""
    return SECTION_OF[EntryKind(kind)].value if kind else None


def f1(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> float:
    """Give the micro F1 of (said, right) tags."""
    right = said = wanted = 0
    for got, want in pairs:
        right += len(set(got) & set(want))
        said += len(set(got))
        wanted += len(set(want))
    return 2 * right / (said + wanted) if said + wanted else 1.0


def figures(records: Sequence[Record]) -> dict[str, float]:
    """Measure relevance, sections, countries and topics on labelled records."""
    verdicts = [judged(record) for record in records]
    pairs = list(zip(records, verdicts, strict=True))
    hits = sum(r["relevant"] and v["relevant"] for r, v in pairs)
    relevant = [(r, v) for r, v in pairs if r["relevant"]]
    return {
        "precision": hits / max(1, sum(v["relevant"] for v in verdicts)),
        "recall": hits / max(1, len(relevant)),
        "sections": sum(section(r["kind"]) == section(v["kind"]) for r, v in relevant) / max(1, len(relevant)),
        "countries": f1((v["countries"], r["countries"]) for r, v in relevant),
        "topics": f1((v["topics"], r["topics"]) for r, v in relevant),
    }


def identity(pairs: Sequence[Record]) -> dict[str, float]:
    """Measure identity on labelled pairs: pairs wrongly merged, share of `same` pairs missed."""
    answers = [(pair["relation"], resolve_pair({"a": pair["a"], "b": pair["b"]})["relation"]) for pair in pairs]
    same = [answer for right, answer in answers if right == "same"]
    return {
        "false_merges": sum(right == "different" and answer == "same" for right, answer in answers),
        "missed": sum(answer != "same" for answer in same) / max(1, len(same)),
    }
