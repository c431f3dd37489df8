"""Measure the judge on labelled records: `python -m tests.corpus.measure` prints the figures and what was judged wrong.

The sets: `relevance.jsonl`, with which the rules were first written; `pages.jsonl`, public pages in our own words; one half of
`heldout.jsonl`; the starter library. What the rules get wrong on these is looked at when they are mended. `apart.jsonl` and the
other half of `heldout.jsonl` are only measured, never looked at: their figures say what to expect of new records. Whoever looks
at them moves them to `pages.jsonl` and labels others. So it is with the two halves of `stages.jsonl`, policies of all levels
and stages, written before the rules for these.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from observatory.config.vocabulary import load_vocabulary
from observatory.judge.records import judge_record, resolve_pair
from observatory.model import SECTION_OF, EntryKind, Vocabulary
from observatory.yamltext import load as load_yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
Record = Mapping[str, Any]
_GIVEN = ("title", "summary", "url", "publisher", "language")


@cache
def vocabulary() -> Vocabulary:
    """Load the vocabulary that the product ships."""
    return load_vocabulary(ROOT / "observatory" / "judge" / "vocabulary")


def load(name: str) -> list[dict[str, Any]]:
    """Read a labelled corpus."""
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


@cache
def library() -> list[dict[str, Any]]:
    """Read the starter library as labelled records: all of it is relevant, kinds and tags are a librarian's."""
    found: list[dict[str, Any]] = []
    for path in sorted((ROOT / "curation" / "library").glob("*.yaml")):
        data = load_yaml(path.read_bytes(), path.name).data
        assert isinstance(data, list)
        found += [
            {"summary": "", "publisher": "", "url": "", "topics": [], "countries": [], **r, "relevant": True}
            for r in data
        ]
    return found


def halves(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Part a corpus in two by its ids, the same way for ever."""
    ordered = sorted(records, key=lambda record: zlib.crc32(record["id"].encode()))
    return ordered[::2], ordered[1::2]


def looked_at() -> list[Record]:
    """Give the half of the held-out records that is looked at when rules are mended."""
    return halves(load("heldout.jsonl"))[0]


def apart() -> list[Record]:
    """Give the records that are only measured."""
    return [*load("apart.jsonl"), *halves(load("heldout.jsonl"))[1]]


def pairs_apart() -> list[Record]:
    """Give the labelled pairs that are only measured: every second."""
    return load("heldout_pairs.jsonl")[1::2]


@cache
def sets() -> dict[str, Sequence[Record]]:
    """Give the labelled sets by the names under which their floors stand."""
    one, other = halves(load("relevance.jsonl"))
    return {
        "relevance": load("relevance.jsonl"),
        "one half": one,
        "other half": other,
        "pages": load("pages.jsonl"),
        "heldout": looked_at(),
        "library": library(),
        "apart": apart(),
        "stages": halves(load("stages.jsonl"))[0],
        "stages apart": halves(load("stages.jsonl"))[1],
    }


def judged(record: Record) -> Record:
    """Judge a labelled record by what an unlabelled one would show."""
    return _judged(tuple((key, record[key]) for key in _GIVEN if record.get(key)))


@cache
def _judged(given: tuple[tuple[str, str], ...]) -> Record:
    return judge_record(dict(given), vocabulary())


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


def standing(records: Sequence[Record]) -> dict[str, float]:
    """Measure the levels of relevant records and of the policies among them, and the stages of policies, where labelled.

    What no record of a set is labelled with is left out.
    """
    relevant = [record for record in records if record["relevant"]]
    policies = [record for record in relevant if record["kind"] == "policy"]
    asked = {
        "levels": ("level", relevant),
        "policy_levels": ("level", policies),
        "stages": ("policy_stage", policies),
    }
    labelled = {name: (key, [r for r in those if r.get(key)]) for name, (key, those) in asked.items()}
    return {
        name: sum(judged(record)[key] == record[key] for record in those) / len(those)
        for name, (key, those) in labelled.items()
        if those
    }


def identity(pairs: Sequence[Record]) -> dict[str, float]:
    """Measure identity on labelled pairs: pairs wrongly merged, share of `same` pairs missed."""
    answers = [(pair["relation"], resolve_pair({"a": pair["a"], "b": pair["b"]})["relation"]) for pair in pairs]
    same = [answer for right, answer in answers if right == "same"]
    return {
        "false_merges": sum(right == "different" and answer == "same" for right, answer in answers),
        "missed": sum(answer != "same" for answer in same) / max(1, len(same)),
    }


def main() -> None:
    """Print the figures of every set, and what was judged wrong in those that are looked at."""
    for name, records in sets().items():
        shown = "  ".join(f"{key} {value:.3f}" for key, value in (figures(records) | standing(records)).items())
        print(f"{name:>12}: {len(records):4} records  {shown}")  # noqa: T201
    for name, pairs in (("identity", load("duplicates.jsonl")), ("pairs apart", pairs_apart())):
        print(f"{name:>12}: {len(pairs):4} pairs  {identity(pairs)}")  # noqa: T201
    for record in (*load("relevance.jsonl"), *load("pages.jsonl"), *looked_at()):
        verdict = judged(record)
        if verdict["relevant"] != record["relevant"]:
            print("relevance:", record["title"], verdict["reasons"])  # noqa: T201


if __name__ == "__main__":
    main()
