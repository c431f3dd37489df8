"""Measure the judge: classification, identity, extraction, related entries.

Records are drawn (seed 7) from titles and summaries of the starter library.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.rows import Row, seconds
from bench.shop import Shop
from observatory.config.vocabulary import load_vocabulary
from observatory.judge.classify import classify
from observatory.judge.extract import extract
from observatory.judge.related import related
from observatory.judge.resolve import group, keys
from observatory.model import (
    Creator,
    Entry,
    Finding,
    Item,
    Page,
    PartialDate,
    Relevance,
    Source,
    Status,
    Verdict,
    Work,
)
from observatory.yamltext import load

ROOT = Path(__file__).parents[1]
MOMENT = datetime(2026, 11, 1, tzinfo=UTC)


def library() -> list[Mapping[str, object]]:
    """Read the starter library."""
    found: list[Mapping[str, object]] = []
    for path in sorted((ROOT / "curation" / "library").glob("*.yaml")):
        data = load(path.read_bytes(), path.name).data
        assert isinstance(data, list)
        found += data
    return found


def classified(records: list[Mapping[str, object]], rng: random.Random) -> float:
    """Classify 10,000 findings of a title and 150 words."""
    vocabulary = load_vocabulary(ROOT / "observatory" / "judge" / "vocabulary")
    source = Source(id="bench", kind="feed", name="bench", row="{}")
    words = " ".join(str(record.get("summary", "")) for record in records).split()
    works = [
        Work(title=str(rng.choice(records)["title"]), summary=" ".join(rng.sample(words, 150)), language="en")
        for _ in range(10_000)
    ]
    classify(works[0], source, vocabulary)  # the vocabulary is prepared once
    begun = time.process_time()
    for work in works:
        classify(work, source, vocabulary)
    return time.process_time() - begun


def works(number: int, records: list[Mapping[str, object]], rng: random.Random) -> list[Work]:
    """Make works of which every tenth is another's double, in titles as like one another as the field's are."""
    words = " ".join(str(record["title"]) for record in records).split()
    made: list[Work] = []
    for n in range(number):
        url, date = f"https://host{n % 997}.example/{n}", PartialDate(rng.randint(2012, 2026))
        work = Work(title=" ".join(rng.sample(words, 9)), url=url, publisher=f"Publisher {n % 400}", date=date)
        made.append(made[-1] if n % 10 == 9 else work)
    return made


def resolved(number: int, records: list[Mapping[str, object]], *, has_collector: bool) -> float:
    """Find keys and groups of so many items, all in one call."""
    made, verdict = works(number, records, random.Random(7)), Verdict(Relevance.YES, 3.0, Work(), ())
    gc.collect()
    if not has_collector:
        gc.disable()
    begun = time.process_time()
    found = [Item("bench", str(n), work, verdict, (), MOMENT, MOMENT, keys=keys(work)) for n, work in enumerate(made)]
    group(found, frozenset(), frozenset())
    took = time.process_time() - begun
    gc.enable()
    return took


def extracted() -> float:
    """Extract a page of 100 KB: article, menu, JSON-LD; the median of 15 in seconds."""
    paragraph = (
        "<p>" + "Micro-credentials certify the outcomes of short learning experiences in universities. " * 6 + "</p>"
    )
    menu = "".join(f'<li><a href="/page-{n}">Entry {n} of the menu</a></li>' for n in range(900))
    data = '{"@context":"https://schema.org","@type":"Article","headline":"Micro-credentials","datePublished":"2024-05-06"}'
    html = (
        f'<html lang="en"><head><title>Micro-credentials</title><script type="application/ld+json">{data}</script></head>'
        f"<body><nav><ul>{menu}</ul></nav><article><h1>Micro-credentials</h1>{paragraph * 100}</article></body></html>"
    )
    page = Page("https://bench.example/page", "text/html", html.encode())
    took = []
    for _ in range(15):
        begun = time.process_time()
        extract(Finding("bench", "1", Work(title="x"), page=page))
        took.append(time.process_time() - begun)
    return statistics.median(took)


def nearest(records: list[Mapping[str, object]]) -> float:
    """Find the related entries of 10,000."""
    rng = random.Random(7)
    entries = []
    for n in range(10_000):
        like, other = rng.choice(records), rng.choice(records)
        names = [str(name) for name in list(other.get("creators") or [])[:3]]  # type: ignore[call-overload]
        work = Work(
            title=f"{like['title']} {n}",
            topics=tuple(like.get("topics") or ()),  # type: ignore[arg-type]
            countries=tuple(other.get("countries") or ()),  # type: ignore[arg-type]
            creators=tuple(Creator(f"{name} {n % 9}") for name in names),
        )
        entries.append(Entry(id=f"e{n}", work=work, status=Status.PUBLISHED, first_seen=MOMENT, listed=MOMENT,
                             announced=False, provenances=(), reasons=()))  # fmt: skip
    begun = time.process_time()
    related(entries)
    return time.process_time() - begun


def measure(shop: Shop) -> Iterator[Row]:
    """Judge, resolve, extract; processor time, as no peer stands beside."""
    records, rng = library(), random.Random(7)
    took = classified(records, rng)
    yield Row(work="classify 10,000 findings", ours=seconds(took), measured=took, at_most=60, unit="s")
    for has_collector in (False, True):
        small, large = (resolved(number, records, has_collector=has_collector) for number in (10_000, 100_000))
        yield Row(
            work=f"keys and groups of 100,000 items in one call, collector {'on' if has_collector else 'off'}",
            ours=seconds(large),
            beside=f"10,000: {seconds(small)}",
            measured=large / small,
            at_most=None
            if has_collector
            else 11,  # the catalogue resolves block by block; growth.catalogue measures that
        )
    took = extracted() * 1000
    yield Row(work="extract a page of 100 KB, median", ours=seconds(took / 1000), measured=took, at_most=100, unit="ms")
    yield Row(work="related entries of 10,000", ours=seconds(nearest(records)))


MEASURES = {"rules": measure}
