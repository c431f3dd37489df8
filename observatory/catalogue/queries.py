"""Counts and tables over the catalogue that people and pages ask for. Reads only, and knows no SQL: the store does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from observatory.catalogue.store import Store
from observatory.model import Status

Counts = Mapping[str, int]


def stats(store: Store) -> Mapping[str, Counts]:
    """Count entries by status, and the published ones by kind, topic, country and source: the shape of `stats --json`.

    An entry counts once for each of its topics, countries and sources, so those may add up to more than there are entries.
    """
    kinds: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    with store.reading():
        statuses = store.status_counts()
        for entry in store.entries((Status.PUBLISHED,)):
            kinds[entry.kind.value] += 1
            topics.update(entry.work.topics)
            countries.update(entry.work.countries)
            sources.update({provenance.source_id for provenance in entry.provenances})
    return {
        "entries": {status.value: statuses.get(status, 0) for status in Status},
        "kinds": _sorted(kinds),
        "topics": _sorted(topics),
        "countries": _sorted(countries),
        "sources": _sorted(sources),
    }


def _sorted(counts: Counts) -> Counts:
    return {name: counts[name] for name in sorted(counts)}
