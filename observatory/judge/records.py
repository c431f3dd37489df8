"""Judge single records and pairs as the command line gives them: the shapes of `judge` and `resolve`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from observatory import text
from observatory.judge.classify import classify
from observatory.judge.identity import compare
from observatory.judge.prints import print_of
from observatory.model import Creator, EntryKind, PartialDate, Relevance, Source, Vocabulary, Work

_ANY_SOURCE = Source(id="", kind="", name="", row="{}")


def judge_record(record: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """Judge a record {title, summary, url, publisher, language}; wrong or missing fields count as absent."""
    work = Work(
        title=_text(record, "title"),
        summary=_text(record, "summary") or None,
        url=_text(record, "url") or None,
        publisher=_text(record, "publisher") or None,
        language=_text(record, "language") or None,
    )
    verdict = classify(work, _ANY_SOURCE, vocabulary)
    judged = verdict.work
    return {
        "relevant": verdict.relevance is Relevance.YES,
        "relevance": verdict.relevance.value,
        "score": round(verdict.score, 2),
        "reasons": [f"{reason.about}: {reason.text}" for reason in verdict.reasons],
        "kind": judged.kind.value if judged.kind else None,
        "level": judged.level.value if judged.level else None,
        "topics": list(judged.topics),
        "countries": list(judged.countries),
        "language": judged.language,
        "policy_stage": judged.stage.value if judged.stage else None,
    }


def resolve_pair(pair: Mapping[str, Any]) -> dict[str, Any]:
    """Say what two records {a, b} are to each other: same, version, related or different, with reasons."""
    a, b = (print_of(_work(pair.get(side))) for side in ("a", "b"))
    likeness = compare(a, b)
    return {"relation": likeness.answer.value, "reasons": [likeness.why]}


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if isinstance(value, str):
        return text.clean(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _work(record: object) -> Work:
    """Read a record as it came; what can't be read counts as absent."""
    said = record if isinstance(record, Mapping) else {}
    creators = said.get("creators")
    kind = _text(said, "kind")
    return Work(
        title=_text(said, "title"),
        url=_text(said, "url") or None,
        publisher=_text(said, "publisher") or None,
        date=_date(_text(said, "date")),
        doi=text.doi(_text(said, "doi")),
        isbn=text.isbn(_text(said, "isbn")),
        celex=text.celex(_text(said, "celex")),
        creators=tuple(Creator(name) for name in creators if isinstance(name, str))
        if isinstance(creators, list)
        else (),
        kind=EntryKind(kind) if kind in set(EntryKind) else None,
        language=_text(said, "language") or None,
    )


def _date(said: str) -> PartialDate | None:
    try:
        return PartialDate.parse(said[:10])
    except ValueError:
        return None
