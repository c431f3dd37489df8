"""Plain English is told by its words, to spare the statistics; they must never have told otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from observatory.judge.language import _is_english, _statistics, language_of
from observatory.yamltext import load

ROOT = Path(__file__).parents[2]


def texts() -> Iterator[str]:
    """What labelled records and the starter library say, in some seventy languages."""
    rows: list[Any] = []
    for name in ("relevance", "pages", "literature", "stages"):
        rows += map(json.loads, (ROOT / f"tests/corpus/{name}.jsonl").read_text("utf-8").splitlines())
    for file in sorted((ROOT / "curation/library").glob("*.yaml")):
        found = load(file.read_bytes(), file.name).data
        rows += found if isinstance(found, list) else ()
    for row in (row for row in rows if isinstance(row, dict)):
        yield " ".join(str(row.get(name) or "") for name in ("title", "summary", "abstract", "text"))
        yield from (said for said in row.values() if isinstance(said, str) and len(said) > 40)


def test_what_is_plainly_english_is_english_by_the_statistics_too() -> None:
    sure = {said[:2000] for said in texts() if _is_english(said[:2000])}
    assert len(sure) > 200
    assert [said for said in sure if _statistics()(said)[0] != "en"] == []


def test_a_few_english_words_make_no_english_text() -> None:
    danish = (
        "Grund- og nærhedsnotat om mikroeksamensbeviser: Kommissionen foreslår en fælles tilgang til korte uddannelsesforløb, "
        "som det siges i “What these courses are worth and how they count”, og medlemslandene skal følge op."
    )
    assert language_of(None, danish) == "da"
    assert (
        language_of(None, "The ministry and its agencies met to say how these courses are recognised, and by whom.")
        == "en"
    )
