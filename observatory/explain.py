"""Tell the trail behind an entry: snapshots → findings → verdict → identity → decisions → entry. Reads only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from observatory import text
from observatory.catalogue import curation
from observatory.catalogue.store import Store
from observatory.config import Config
from observatory.judge.records import judge_record
from observatory.model import Action, Decision, Entry, Item, Relevance, Status

_WORDS = {
    Relevance.YES: "relevant",
    Relevance.UNSURE: "unsure, so it waits for a curator",
    Relevance.NO: "not relevant",
}
# Keys that say "the same work" by themselves; others only bring likely pairs together.
_IDENTITY = ("doi:", "celex:", "eli:", "isbn:", "url:")


def explain(config: Config, store: Store, name: str) -> Mapping[str, Any]:
    """Explain an entry by id, former id, address or DOI, or an address that made no entry.

    Returns {answer, entry, provenances, verdict, identity, decisions, history, visits}; `entry` is None when there is none, and
    `answer` says in one sentence how it stands and why.
    """
    name = name.strip()
    with store.reading():
        entry = store.entry(name)
        items = store.items(store.refs_of([entry.id])) if entry else _items_at(store, name)
        visits = _visits(store, name)
    decisions = _decisions(config, _names(name, entry, items))
    best = max(items, key=lambda item: (item.verdict.score, item.ref), default=None)
    unseen = _unseen(config, name) if best is None else None
    answer = _answer(config, name, entry, items, _ruling(decisions))
    if unseen:
        answer += _expected(config, name, visits, unseen)
    return {
        "answer": answer,
        "entry": _entry(entry) if entry else None,
        "provenances": [_provenance(config, item) for item in items],
        "verdict": _verdict(best) if best else (unseen if text.canonical_url(name) else None),
        "identity": _identity(entry, items),
        "decisions": [_decision(decision) for decision in decisions],
        "history": _history(entry, items),
        "visits": visits,
    }


# ---------------------------------------------------------------- finding it


def _items_at(store: Store, name: str) -> tuple[Item, ...]:
    """Find the items of an address or DOI that made no entry."""
    keys = set()
    if canonical := text.canonical_url(name):
        keys.add(f"url:{canonical}")
    if doi := text.doi(name):
        keys.add(f"doi:{doi}")
    return tuple(item for item in store.block(keys, ()) if keys & _known_by(item)) if keys else ()


def _known_by(item: Item) -> set[str]:
    addresses = (item.work.url, item.work.seen_at, item.work.pdf_url, *(view.url for view in item.views))
    return {*item.keys} | {f"url:{canonical}" for url in addresses if url and (canonical := text.canonical_url(url))}


def _names(name: str, entry: Entry | None, items: Sequence[Item]) -> set[str]:
    """Gather the names by which a decision may mean it."""
    names = {name}
    if entry:
        names |= {entry.id, *entry.aliases}
    names |= {url for item in items for url in (item.work.url, item.work.seen_at) if url}
    return names | {canonical for each in names if (canonical := text.canonical_url(each))}


def _decisions(config: Config, names: set[str]) -> tuple[Decision, ...]:
    """Read what curators decided of it, oldest first."""
    everything, _flaws = curation.load(config.root / "curation" / "decisions")
    about = [
        decision
        for decision in everything
        if any(each in names or text.canonical_url(each) in names for each in (decision.entry, decision.into) if each)
    ]
    return tuple(sorted(about, key=lambda decision: (decision.when, decision.by)))


def _visits(store: Store, name: str) -> list[dict[str, Any]]:
    """Tell who asked this very address last, and what came of it."""
    address = text.tidy_url(name)
    return [
        {
            "source": page.source_id,
            "url": page.url,
            "at": page.at.isoformat(),
            "outcome": page.outcome.value,
            "cause": page.cause.value if page.cause else None,
            "detail": page.detail,
        }
        for page in (store.visits_to({name, address, address.rstrip("/")}) if address else ())
    ]


# ---------------------------------------------------------------- saying it


def _answer(config: Config, name: str, entry: Entry | None, items: Sequence[Item], ruling: str) -> str:
    if entry:
        if entry.status is Status.REJECTED and not ruling:
            ruling = " (the rules find it not relevant)"
        former = f" (asked for as {name})" if name in entry.aliases else ""
        return f"{entry.id}{former} is {entry.status}" + (ruling if entry.status is not Status.GONE else "")
    if items:
        best = max(items, key=lambda item: item.verdict.score)
        where = ", ".join(sorted({f"{_name(config, item.source_id)} on {item.first_seen:%Y-%m-%d}" for item in items}))
        because = "; ".join(reason.text for reason in best.verdict.reasons if reason.about == "relevance")
        return f"seen in {where}; {_WORDS[best.verdict.relevance]}" + (f" because {because}" if because else "")
    return f"a decision waits for it{ruling}; " if ruling else ""


def _ruling(decisions: Sequence[Decision]) -> str:
    """Say in brackets what stands of accepting and rejecting."""
    said = [decision for decision in decisions if decision.action in (Action.ACCEPT, Action.REJECT, Action.RESTORE)]
    return f" {_by(said[-1])}" if said and said[-1].action is not Action.RESTORE else ""


def _by(decision: Decision) -> str:
    verb = "accepted" if decision.action is Action.ACCEPT else "rejected"
    return f"({verb} by {decision.by} on {decision.when:%Y-%m-%d}{f': {decision.why}' if decision.why else ''})"


def _expected(config: Config, name: str, visits: Sequence[Mapping[str, Any]], verdict: Mapping[str, Any]) -> str:
    """Say of a name that no source showed what came of asking for it, or what would."""
    if visits:
        last = visits[-1]
        why = f" ({last['cause']})" if last["cause"] else ""
        asked = f"{_name(config, last['source'])} asked for it on {last['at'][:10]}: {last['outcome']}{why}"
        return f"no record was read at {name}; {asked}"
    if not text.canonical_url(name) and not text.doi(name):
        return (
            f"never seen: {name} is no id, former id, address or DOI; `observatory search` finds entries by their words"
        )
    host = text.host_of(name)
    watched = sorted(source.id for source in config.sources if host and host == text.host_of(_url_of(source.row)))
    nearby = f"{', '.join(watched)} watches this site" if watched else "no source watches this site"
    return f"never seen: {name}; {nearby}; would be read as {_WORDS[Relevance(verdict['relevance'])]}, by its address alone"


def _url_of(row: str) -> str:
    said = json.loads(row)
    return str(said.get("url") or said.get("homepage") or "")


def _unseen(config: Config, name: str) -> dict[str, Any]:
    """Judge an address by the words in it, since nothing else is known."""
    words = text.clean(name.rstrip("/").rpartition("/")[2].replace("-", " ").replace("_", " "))
    judged = judge_record({"title": words, "url": name}, config.vocabulary)
    return {"relevance": judged["relevance"], "score": judged["score"], "reasons": judged["reasons"]}


def _name(config: Config, source_id: str) -> str:
    return next((source.name for source in config.sources if source.id == source_id), source_id)


# ---------------------------------------------------------------- rows


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
        "reasons": [_said(reason.about, reason.text, reason.weight) for reason in entry.reasons],
    }


def _provenance(config: Config, item: Item) -> dict[str, Any]:
    latest = max(item.views, key=lambda view: (view.last_seen, view.finding.role))
    return {
        "source": item.source_id,
        "name": _name(config, item.source_id),
        "key": item.key,
        "url": latest.url,
        "snapshot": latest.snapshot,
        "first_seen": item.first_seen.isoformat(),
        "last_seen": item.last_seen.isoformat(),
        "title": item.work.title,
        "curated": item.curated,
        "fresh": item.fresh,
        "withdrawn": item.withdrawn.isoformat() if item.withdrawn else None,
        "verdict": _verdict(item),
        "snapshots": [
            {
                "ref": view.snapshot,
                "role": view.finding.role,
                "url": view.url,
                "first_seen": view.first_seen.isoformat(),
                "last_seen": view.last_seen.isoformat(),
            }
            for view in item.views
        ],
    }


def _verdict(item: Item) -> dict[str, Any]:
    verdict = item.verdict
    return {
        "relevance": verdict.relevance.value,
        "score": verdict.score,
        "reasons": [_said(reason.about, reason.text, reason.weight) for reason in verdict.reasons],
    }


def _said(about: str, words: str, weight: float) -> str:
    return f"{about}: {words}" + (f" ({weight:+.1f})" if weight else "")


def _identity(entry: Entry | None, items: Sequence[Item]) -> dict[str, Any]:
    """Say by what it is known, and what made several items one work."""
    keys: dict[str, list[str]] = {}
    for item in items:
        for key in item.keys:
            if key.startswith(_IDENTITY):
                keys.setdefault(key, []).append(item.ref)
    return {
        "keys": sorted(keys),
        "shared": {key: sorted(refs) for key, refs in sorted(keys.items()) if len(refs) > 1},
        "parts": [{"part": item.ref, "title": item.work.title, "url": item.work.url} for item in items],
        "former_ids": list(entry.aliases) if entry else [],
    }


def _decision(decision: Decision) -> dict[str, Any]:
    item = curation.as_item(decision)
    return {**item, "by": decision.by, "file": decision.file, "line": decision.line}


def _history(entry: Entry | None, items: Sequence[Item]) -> list[dict[str, str]]:
    changes = entry.changes if entry else tuple(change for item in items for change in item.changes)
    return [
        {"at": c.at.isoformat(), "change": c.kind.value, "text": c.text or ", ".join(c.fields)}
        for c in sorted(changes, key=lambda c: (c.at, c.kind))
    ]
