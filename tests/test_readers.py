"""Reading in processes beside must give what one process gives, in its order, whatever becomes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from observatory import readers
from observatory.config import load
from observatory.model import ArchiveRecord, Outcome, Relevance, Snapshot, SourceRow, Visit
from observatory.readers import ALONE, Readers
from observatory.reading import Read, Reader

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SOURCES = """
sources:
  - {id: enqa, kind: feed, url: "https://enqa.example/feed/", publisher: ENQA}
"""


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    (tmp_path / "sources.yaml").write_text(SOURCES, "utf-8")
    config = load(tmp_path / "sources.yaml")
    return Reader({source.id: source for source in config.sources}, config.vocabulary)


def records(number: int) -> Iterator[tuple[str, ArchiveRecord] | None]:
    """A run of feeds, one of which is none; now and then there is no more for a while."""
    row = '{"id":"enqa","kind":"feed","publisher":"ENQA","url":"https://enqa.example/feed/"}'
    yield "r/000000", SourceRow("enqa", NOW, row)
    for n in range(1, number):
        body = f"<rss version='2.0'><channel><title>E</title><item><title>Micro-credentials {n % 20}</title></item></channel></rss>"
        url = "https://enqa.example/feed/"
        kind = "application/rss+xml"
        yield (
            f"r/{n:06}",
            Snapshot(f"r/{n:06}", "enqa", url, url, NOW, 200, kind, body.encode() if n % 7 else b"<html>"),
        )
        if n % 10 == 0:
            yield f"r/{n:06}a", Visit("enqa", url, NOW, Outcome.NOT_MODIFIED, status=304)
            yield None


def read_by(readers: Readers) -> list[tuple[str, Read | None] | None]:
    with readers:
        return [(found[0][0], found[1]) if found else None for found in readers.each(records(ALONE + 30))]


def plain(found: list[tuple[str, Read | None] | None]) -> list[object]:
    """What was read, without the items made ahead."""
    return [each and (each[0], each[1] and (each[1].findings, each[1].cause, each[1].detail)) for each in found]


def test_processes_beside_read_what_one_would_in_the_same_order(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_cores", lambda: 1)
    alone = read_by(Readers(reader, lambda _source: None))
    monkeypatch.setattr(readers, "_cores", lambda: 3)
    beside = read_by(Readers(reader, lambda _source: None))
    assert plain(beside) == plain(alone)
    made = {ref: item for each in beside if each and each[1] for ref, item in each[1].items.items()}
    assert len(made) > 15
    for each in alone:
        for finding in each[1].findings if each and each[1] else ():
            item = made.get(f"{finding.source_id}#{finding.key}")
            assert item is None or (item.work, item.verdict.relevance) == (finding.work, Relevance.YES)


def test_a_process_that_dies_costs_nothing(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_cores", lambda: 2)
    pool = Readers(reader, lambda _source: None)
    found = []
    with pool:
        for n, each in enumerate(pool.each(records(ALONE + 30))):
            found.append((each[0][0], each[1]) if each else None)
            for process in pool._processes if n == ALONE + 15 else ():
                process.kill()
    monkeypatch.setattr(readers, "_cores", lambda: 1)
    assert plain(found) == plain(read_by(Readers(reader, lambda _source: None)))
