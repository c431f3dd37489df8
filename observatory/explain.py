"""Tell the trail behind an entry: snapshots → findings → verdict → identity → decisions → entry. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from observatory import text
from observatory.catalogue.store import Store
from observatory.config import Config
from observatory.judge.records import judge_record
from observatory.model import Entry, Item, Relevance, Verdict

_WORDS = {
    Relevance.YES: "relevant",
    Relevance.UNSURE: "unsure, waits for a curator",
    Relevance.NO: "not relevant",
}


def explain(config: Config, store: Store, name: str) -> Mapping[str, Any]:
    """Explain an entry by id, former id, address or DOI, or an address that made no entry.

    Returns {entry, provenances, verdict, history, answer}; `entry` is None when there is none, and `answer` says why.
    """
    entry = store.entry(name)
    items = store.items(store.refs_of([entry.id])) if entry else _items_at(store, name)
    if entry is None and not items:
        return _unseen(config, name)
    best = max(items, key=lambda item: (item.verdict.score, item.ref), default=None)
    return {
        "entry": _entry(entry) if entry else None,
        "provenances": [_provenance(config, item) for item in items],
        "verdict": _verdict(best.verdict, entry) if best else None,
        "history": _history(entry, items),
        "answer": _answer(entry, items),
    }


def _items_at(store: Store, address: str) -> tuple[Item, ...]:
    canonical = text.canonical_url(address)
    keys = [f"url:{canonical}"] if canonical else []
    if doi := text.doi(address):
        keys.append(f"doi:{doi}")
    direct = partial(filter, lambda item: set(keys) & set(item.keys))
    return tuple(direct(store.block(keys, ()))) if keys else ()


def _unseen(config: Config, name: str) -> Mapping[str, Any]:
    verdict = judge_record({"title": name, "url": name}, config.vocabulary)
    word = "relevant" if verdict["relevant"] else "not relevant"
    answer = f"never seen: {name}; by its address alone it would be read as {word}"
    return {"entry": None, "provenances": [], "verdict": None, "history": [], "answer": answer}


def _answer(entry: Entry | None, items: Sequence[Item]) -> str:
    if entry:
        return f"{entry.id} is {entry.status}"
    where = ", ".join(sorted({item.source_id for item in items}))
    return (
        f"seen in {where}; {_WORDS[max(items, key=lambda i: i.verdict.score).verdict.relevance]}, so it made no entry"
    )


def _entry(entry: Entry) -> dict[str, Any]:
    work = entry.work
    return {
        "id": entry.id,
        "title": work.title,
        "url": work.url,
        "kind": entry.kind.value,
        "section": entry.section.value,
        "status": entry.status.value,
        "published": str(work.date) if work.date else None,
        "first_seen": entry.first_seen.isoformat(),
        "listed": entry.listed.isoformat() if entry.listed else None,
        "announced": entry.announced,
        "topics": list(work.topics),
        "countries": list(work.countries),
        "aliases": list(entry.aliases),
        "likely_duplicates": [{"id": other, "why": why} for other, why in entry.doubles],
        "decided_by": list(entry.decided_by),
    }


def _provenance(config: Config, item: Item) -> dict[str, Any]:
    names = {source.id: source.name for source in config.sources}
    latest = max(item.views, key=lambda view: (view.last_seen, view.finding.role))
    return {
        "source": item.source_id,
        "name": names.get(item.source_id, item.source_id),
        "key": item.key,
        "url": latest.url,
        "snapshot": latest.snapshot,
        "first_seen": item.first_seen.isoformat(),
        "last_seen": item.last_seen.isoformat(),
        "title": item.work.title,
    }


def _verdict(verdict: Verdict, entry: Entry | None) -> dict[str, Any]:
    reasons = entry.reasons if entry else verdict.reasons
    return {
        "relevance": verdict.relevance.value,
        "score": verdict.score,
        "reasons": [_said(reason.about, reason.text, reason.weight) for reason in reasons],
    }


def _said(about: str, words: str, weight: float) -> str:
    return f"{about}: {words}" + (f" ({weight:+.1f})" if weight else "")


def _history(entry: Entry | None, items: Sequence[Item]) -> list[dict[str, str]]:
    changes = entry.changes if entry else tuple(change for item in items for change in item.changes)
    return [
        {"at": c.at.isoformat(), "change": c.kind.value, "text": c.text or ", ".join(c.fields)}
        for c in sorted(changes, key=lambda c: (c.at, c.kind))
    ]
