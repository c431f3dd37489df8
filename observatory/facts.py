"""The conductor of facts: one policy or one country, from the curators' files and the catalogue. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from observatory.catalogue.store import Store
from observatory.config import Config
from observatory.errors import NotFound
from observatory.judge.steps import proposals
from observatory.model import (
    CountryFacts,
    Entry,
    PartialDate,
    Proposal,
    Section,
    Stage,
    Status,
    Step,
    TextChange,
)


def policy(entry: Entry, store: Store, today: date) -> Mapping[str, Any]:
    """Tell a policy's whole history with its evidence: the shape of `policy --json`. NotFound when the entry is no policy."""
    if entry.section is not Section.POLICY:
        raise NotFound(
            f"{entry.id} is no policy but of kind {entry.kind}; `observatory explain {entry.id}` tells about it"
        )
    work = entry.work
    return {
        "id": entry.id,
        "title": work.title,
        "title_en": work.title_en,
        "titles": dict(work.titles),
        "kind": entry.kind.value,
        "status": entry.status.value,
        "published": _date(work.date),
        "url": work.url,
        "seen_at": work.seen_at,
        "summary": work.summary,
        "jurisdiction": work.jurisdiction,
        "level": work.level and work.level.value,
        "official": work.official,
        "instrument": work.instrument and work.instrument.value,
        "bodies": list(work.bodies),
        "stage": work.stage and work.stage.value,
        "dates": _dates(work.steps),
        "celex": work.celex,
        "eli": work.eli,
        "identifiers": dict(work.identifiers),
        "citation": work.citation,
        "countries": list(work.countries),
        "topics": list(work.topics),
        "steps": [
            {
                "date": str(step.date),
                "stage": step.stage.value,
                "what": step.what,
                "source": step.url,
                "quote": step.quote,
                "snapshot": step.snapshot,
            }
            for step in work.steps
        ],
        "text_changes": [text_change(change) for change in entry.texts],
        "history": [
            {"at": _moment(c.at), "change": c.kind.value, "text": c.text, "fields": list(c.fields)}
            for c in entry.changes
        ],
        "proposals": [proposal(p) for p in proposals_of(store, today) if p.policy == entry.id],
        "relations": _relations(entry, store),
        "sources": [
            {"source": p.source_id, "url": p.url, "first_seen": _moment(p.first_seen)} for p in entry.provenances
        ],
    }


# By which of a policy's dates each stage is known.
_DATED = {
    Stage.LEGISLATIVE_PROCESS: "proposed",
    Stage.APPROVED: "adopted",
    Stage.IMPLEMENTATION: "in_force",
    Stage.COMPLETED: "reviewed",
    Stage.DISCONTINUED: "ended",
}


def _dates(steps: Iterable[Step]) -> dict[str, str | None]:
    """Give a policy's dates, each from its first step of that stage, as precise as its source."""
    found: dict[str, str | None] = dict.fromkeys(_DATED.values())
    for step in steps:
        if (name := _DATED.get(step.stage)) and found[name] is None:
            found[name] = str(step.date)
    return found


def proposals_of(store: Store, today: date) -> tuple[Proposal, ...]:
    """List the steps that texts report and no curator has judged yet, those that would move a stage first."""
    return proposals(store.entries((Status.PUBLISHED, Status.PENDING)), today)


def proposal(waiting: Proposal) -> dict[str, Any]:
    """Give a proposed step with its evidence, as data."""
    sign = waiting.sign
    return {
        "policy": waiting.policy,
        "stage": sign.stage.value,
        "step": sign.kind.value,
        "date": _date(sign.date),
        "moves": waiting.moves,
        "ahead": waiting.ahead,
        "quote": sign.quote,
        "source": sign.url,
        "snapshot": sign.snapshot,
        "found_in": waiting.found_in,
        "why": f"{sign.why}; {waiting.why}",
    }


def text_change(change: TextChange) -> dict[str, Any]:
    """Give a text's change as data: both dates, the hashes of both answers, a public copy's address, the words."""
    return {
        "at": _moment(change.at),
        "before": _moment(change.before),
        "after": _moment(change.after),
        "url": change.url,
        "snapshots": list(change.snapshots),
        "sha256": list(change.hashes),
        "wayback": [wayback(change.url, change.before), wayback(change.url, change.after)],
        "words_added": change.added,
        "words_removed": change.removed,
        "sentence": change.sentence,
        "hunks": [[list(piece) for piece in hunk.pieces] for hunk in change.hunks],
    }


def wayback(url: str, at: datetime) -> str:
    """Give the address under which the Internet Archive shows its copy nearest to a moment; ours are never served."""
    return f"https://web.archive.org/web/{at:%Y%m%d%H%M%S}/{url}"


def differences(
    name: str, store: Store, since: PartialDate | None = None, until: PartialDate | None = None
) -> Mapping[str, Any]:
    """Tell how the text of an entry's watched pages changed: the shape of `diff --json`. NotFound when none is watched."""
    entry = store.entry(name)
    items = store.items(store.refs_of([entry.id])) if entry else ()
    watches = [item.watch for item in items if item.watch]
    if entry is None or not watches:
        what = f"{entry.id} has no watched page" if entry else f"no entry {name!r}"
        raise NotFound(f"{what}; a source of kind page in sources.yaml watches one (docs/curators.md)")
    changes = sorted((c for watch in watches for c in watch.changes if _is_within(c, since, until)), key=lambda c: c.at)
    return {
        "id": entry.id,
        "title": entry.work.title,
        "pages": [
            {
                "url": watch.url,
                "first_seen": _moment(watch.text.first_seen),
                "last_seen": _moment(watch.text.last_seen),
                "sha256": watch.text.sha256,
                "waits": _moment(watch.waiting.first_seen) if watch.waiting else None,
                "notes": [{"at": _moment(at), "note": note} for at, note in watch.notes],
            }
            for watch in watches
        ],
        "changes": [text_change(change) for change in changes],
    }


def _is_within(change: TextChange, since: PartialDate | None, until: PartialDate | None) -> bool:
    day = PartialDate.of(change.after.date())
    return (since is None or day >= since) and (until is None or day <= until or str(day).startswith(str(until)))


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _relations(entry: Entry, store: Store) -> list[dict[str, str | None]]:
    """Say what this work is to others; those that the catalogue holds by id and title."""
    rows = []
    for relation in entry.work.relations:
        other = store.entry(relation.target)
        rows.append(
            {
                "relation": relation.type.value,
                "target": relation.target,
                "id": other.id if other else None,
                "title": other.work.title if other else None,
            }
        )
    return rows


def country(code: str, config: Config, store: Store) -> Mapping[str, Any]:
    """Tell a country: the shape of `country --json`; facts are empty where nobody gathered any."""
    facts = next((each for each in config.countries if each.code == code), None)
    kinds: Counter[str] = Counter()
    for entry in store.entries((Status.PUBLISHED,)):
        if code in entry.work.countries or code == entry.work.jurisdiction:
            kinds[entry.kind.value] += 1
    return {
        "code": code,
        "name": facts.name if facts else config.places[code].name,
        "entries": sum(kinds.values()),
        "kinds": dict(sorted(kinds.items(), key=lambda row: (-row[1], row[0]))),
        **_facts(facts),
    }


def jurisdictions(config: Config, today: date, older: int | None = None) -> list[dict[str, Any]]:
    """List the jurisdictions that have facts, with what is open; with `older`, the cells not looked at for so many days."""
    rows: list[dict[str, Any]] = []
    for facts in config.countries:
        looked = {fact.name: fact.checked_on or facts.checked_on for fact in facts.facts}
        stale = {name: day for name, day in looked.items() if _days(day, today) >= (older or 0)}
        if older is not None:
            rows += [
                {"code": facts.code, "name": facts.name, "fact": name, "checked_on": _date(day)}
                for name, day in stale.items()
            ]
            continue
        rows.append(
            {
                "code": facts.code,
                "name": facts.name,
                "status": next((", ".join(fact.value) for fact in facts.facts if fact.name == "status"), ""),
                "unknown": sum("unknown" in fact.value for fact in facts.facts),
                "not_checked": sum("not-checked" in fact.value for fact in facts.facts),
                "to_confirm": sum(bool(fact.seen_at and not fact.source) for fact in facts.facts),
                "checked_on": _date(min((day for day in looked.values() if day), default=None)),
            }
        )
    return rows


def _days(day: PartialDate | None, today: date) -> int:
    """How long ago it was looked at; never is longest."""
    return (today - day.first_day).days if day else 10**6


def _facts(facts: CountryFacts | None) -> dict[str, Any]:
    """Give the gathered facts, without the editors' own notes."""
    return {
        "summary": facts.summary if facts else "",
        "checked_on": _date(facts.checked_on) if facts else None,
        "groups": list(facts.groups) if facts else [],
        "facts": [
            {
                "fact": fact.name,
                "value": list(fact.value),
                "note": fact.note,
                "source": fact.source,
                "source_date": _date(fact.source_date),
                "certainty": fact.certainty,
                "seen_at": fact.seen_at,
                "checked_on": _date(fact.checked_on),
            }
            for fact in (facts.facts if facts else ())
        ],
        "steps": [
            {
                "date": _date(step.date),
                "stage": step.stage.value,
                "what": step.what,
                "source": step.source or step.seen_at,
            }
            for step in (facts.steps if facts else ())
        ],
        "ahead": [
            {"date": _date(each.date), "what": each.what, "source": each.source or each.seen_at}
            for each in (facts.ahead if facts else ())
        ],
        "bodies": [{"role": each.role, "name": each.name, "url": each.url} for each in (facts.bodies if facts else ())],
    }


def _date(day: PartialDate | None) -> str | None:
    return str(day) if day else None
