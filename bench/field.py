"""The field that is measured: entries as the starter library has them, shuffled to any number; the same ones each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.shop import ROOT
from observatory.app import Observatory
from observatory.model import (
    Creator,
    Entry,
    EntryKind,
    EvidenceType,
    Level,
    PartialDate,
    Provenance,
    PutEntry,
    Reason,
    Scope,
    Status,
    SummaryBy,
    Work,
)
from observatory.yamltext import load

SOURCES = ROOT / "sources.yaml"
MOMENT = datetime(2026, 11, 1, 6, tzinfo=UTC)  # the last run
FIRST = datetime(2025, 11, 1, 6, tzinfo=UTC)

Records = Sequence[Mapping[str, Any]]


def library() -> Records:
    """Give the records of the starter library."""
    files = sorted((ROOT / "curation" / "library").glob("*.yaml"))
    lists = [load(path.read_bytes(), path.name).data for path in files]
    return [record for each in lists if isinstance(each, list) for record in each if isinstance(record, dict)]


def entries(number: int, first: int = 0) -> Iterator[Entry]:
    """Make the entries numbered from `first`; each is drawn by its own number, so that ten more change none of the others."""
    records = library()
    words = [word for record in records for word in str(record["title"]).split()]
    names = sorted({_name(creator) for record in records for creator in record.get("creators") or ()})
    summaries = [str(record["summary"]) for record in records if record.get("summary")]
    sources = _sources()
    for n in range(first, first + number):
        draw = random.Random(n)
        yield _entry(n, draw.choice(records), draw, (words, names, summaries, sources))


def _entry(n: int, like: Mapping[str, Any], draw: random.Random, drawn: tuple[list[str], ...]) -> Entry:
    words, names, summaries, sources = drawn
    seen = FIRST + timedelta(minutes=n * 50)
    work = Work(
        title=f"{' '.join(draw.sample(words, draw.randint(6, 14)))} {n}",
        kind=EntryKind(like["kind"]),
        creators=tuple(Creator(draw.choice(names)) for _ in range(len(like.get("creators") or ()))),
        publisher=like.get("publisher"),
        date=PartialDate(draw.randint(2012, 2026), draw.randint(1, 9), draw.randint(1, 28)),
        url=f"https://host{n % 997}.example/works/{n}",
        doi=f"10.1000/bench.{n}" if like.get("doi") else None,
        language=like.get("language") or "en",
        summary=f"{draw.choice(summaries)} {draw.choice(summaries)}",
        summary_by=SummaryBy.US,
        level=Level(like["level"]) if like.get("level") else None,
        countries=tuple(sorted(map(str, like.get("countries") or ()))),
        topics=tuple(sorted(like.get("topics") or ())),
        evidence_type=EvidenceType(like["evidence_type"]) if like.get("evidence_type") else None,
        scope=Scope(like["scope"]) if like.get("scope") else None,
    )
    return Entry(
        id=f"work-{n:06}",
        work=work,
        status=Status.PUBLISHED,
        first_seen=seen,
        listed=seen,
        announced=n % 20 == 0,
        provenances=(Provenance(draw.choice(sources), str(n), str(work.url), seen, seen, "bench"),),
        reasons=(Reason("relevance", "core term in the title", 4.0),),
        verified=seen,
    )


def _name(creator: object) -> str:
    return str(creator.get("name") or creator) if isinstance(creator, Mapping) else str(creator)


def _sources() -> list[str]:
    with Observatory.open(SOURCES) as obs:
        return [source.id for source in obs.config.sources]


def fill(data: Path, number: int, first: int = 0) -> None:
    """Put entries into the catalogue of a data folder and index them, as a run at `MOMENT` would have."""
    with Observatory.open(SOURCES, data, now=MOMENT) as obs:
        made = (PutEntry(entry, ()) for entry in entries(number, first))
        obs.store.apply(made)
        obs.store.record_run(MOMENT)
        obs.index()


def change(data: Path, number: int) -> None:
    """Give so many entries another title."""
    with Observatory.open(SOURCES, data, now=MOMENT) as obs:
        held = obs.store.entries_by_id(f"work-{n:06}" for n in range(number))
        obs.store.apply(
            PutEntry(replace(entry, work=replace(entry.work, title=f"{entry.work.title} again")), ()) for entry in held
        )
        obs.index()
