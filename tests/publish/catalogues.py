"""Catalogues for the tests of this room: the whole library, or as many synthetic entries as wanted."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from observatory.config import Config, load
from observatory.model import Catalogue, Entry, PartialDate, Provenance, Source, Status, Work
from observatory.yamltext import load as load_yaml
from spiders.library import Record

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SOURCE = Source(id="library", kind="library", name="Library", row="{}")


def entry(entry_id: str, work: Work, status: Status = Status.PUBLISHED) -> Entry:
    """Make an entry as the library's are."""
    seen = (Provenance("library", entry_id, work.url or "https://example.org/", NOW, NOW, "library"),)
    return Entry(
        id=entry_id,
        work=work,
        status=status,
        first_seen=NOW,
        listed=NOW,
        announced=False,
        provenances=seen,
        reasons=(),
    )


def catalogue(entries: Iterable[Entry]) -> Catalogue:
    """Make a catalogue of entries, with the vocabulary and places of the project."""
    config = _config()
    return Catalogue(
        as_of=NOW,
        entries=tuple(sorted(entries, key=lambda entry: entry.id)),
        aliases={},
        sources=(SOURCE,),
        health={},
        topics=config.vocabulary.topics,
        places=config.places,
    )


@cache
def _config() -> Config:
    return load(ROOT / "sources.yaml")


@cache
def library() -> tuple[Entry, ...]:
    """All records of the embedded library as entries."""
    records = [
        Record.model_validate(item)
        for file in sorted((ROOT / "curation" / "library").glob("*.yaml"))
        for item in load_yaml(file.read_bytes(), str(file)).data
    ]
    return tuple(entry(record.id, record.work()) for record in records)


def synthetic(count: int, seed: int = 1) -> tuple[Entry, ...]:
    """Make entries like the library's with words shuffled, so that an index and a site have something to hold."""
    dice = random.Random(seed)
    known = library()
    words = [word for one in known for word in f"{one.work.title} {one.work.summary}".split()]
    made = []
    for number in range(count):
        model = dice.choice(known)
        work = replace(
            model.work,
            title=" ".join(dice.choices(words, k=10)),
            summary=" ".join(dice.choices(words, k=40)),
            date=PartialDate(dice.randint(2012, 2026), dice.randint(1, 10), dice.randint(1, 28)),
            doi=f"10.5555/{number}" if model.work.doi else None,
            url=f"https://publisher.example/{number}",
            relations=(),
            celex=None,
            isbn=None,
        )
        listed = NOW - timedelta(days=dice.randint(0, 700))
        made.append(replace(entry(f"{model.id[:50]}-{number}", work), listed=listed, first_seen=listed))
    return tuple(made)
