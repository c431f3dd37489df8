"""The conductor of facts: one policy or one country, from the curators' files and the catalogue. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from observatory.catalogue.store import Store
from observatory.config import Config
from observatory.errors import NotFound
from observatory.model import CountryFacts, Entry, PartialDate, Section, Status


def policy(entry: Entry, store: Store) -> Mapping[str, Any]:
    """Tell a policy: the shape of `policy --json`. NotFound when the entry is no policy."""
    if entry.section is not Section.POLICY:
        raise NotFound(
            f"{entry.id} is no policy but of kind {entry.kind}; `observatory explain {entry.id}` tells about it"
        )
    work = entry.work
    return {
        "id": entry.id,
        "title": work.title,
        "title_en": work.title_en,
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
        "stage": work.stage and work.stage.value,
        "countries": list(work.countries),
        "topics": list(work.topics),
        "steps": [
            {"date": str(step.date), "stage": step.stage.value, "what": step.what, "source": step.url}
            for step in work.steps
        ],
        "relations": _relations(entry, store),
    }


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


def _date(date: PartialDate | None) -> str | None:
    return str(date) if date else None
