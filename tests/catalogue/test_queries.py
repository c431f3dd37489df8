"""Counts over the catalogue."""

from __future__ import annotations

from made import put

from observatory.catalogue.queries import stats
from observatory.catalogue.store import Store
from observatory.model import EntryKind, Status


def test_an_empty_catalogue_counts_nothing(store: Store) -> None:
    counts = stats(store)
    assert set(counts) == {"entries", "kinds", "topics", "countries", "sources"}
    assert counts["entries"] == dict.fromkeys(Status, 0)


def test_only_published_entries_count_by_kind_topic_country_and_source(store: Store) -> None:
    store.apply(
        [
            put("a", topics=("recognition", "funding"), countries=("IE",)),
            put("b", topics=("recognition",), countries=("IE", "MT"), kind=EntryKind.POLICY),
            put("c", topics=("recognition",), status=Status.PENDING),
        ]
    )
    assert stats(store) == {
        "entries": dict.fromkeys(Status, 0) | {"published": 2, "pending": 1},
        "kinds": {"policy": 1, "report": 1},
        "topics": {"funding": 1, "recognition": 2},
        "countries": {"IE": 2, "MT": 1},
        "sources": {"enqa": 2},
    }
