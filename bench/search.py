"""Measure the full-text index over 10,000 entries, beside SQLite FTS5 on the same text.

The entries are synthetic, drawn (seed 7) from titles, summaries and names of the starter library; one in fifty has a full text
of 3,000 words as well.
"""

from __future__ import annotations

import json
import random
import resource
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.rows import Row
from bench.rows import seconds as seconds_said
from bench.shop import Shop
from observatory.catalogue.search.index import Index
from observatory.catalogue.search.query import Names, parse
from observatory.catalogue.search.searcher import Searcher
from observatory.catalogue.store import Store
from observatory.model import Creator, Entry, EntryKind, PartialDate, PutEntry, Status, Work
from observatory.yamltext import load

ROOT = Path(__file__).parents[1]
MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
QUERIES = 300


def library() -> tuple[list[str], list[str], list[str]]:
    """Give titles, summaries and names of the starter library."""
    files = sorted((ROOT / "curation" / "library").glob("*.yaml"))
    lists = [load(path.read_bytes(), path.name).data for path in files]
    records = [record for each in lists if isinstance(each, list) for record in each if isinstance(record, dict)]
    titles = [str(record["title"]) for record in records]
    summaries = [str(record["summary"]) for record in records if record.get("summary")]
    names = [str(name) for record in records for name in record.get("creators") or ()]
    return titles, summaries, names


def synthetic(number: int) -> Iterator[Entry]:
    """Make entries, the same ones each time."""
    titles, summaries, names = library()
    draw = random.Random(7)
    words = " ".join(summaries).split()
    for n in range(number):
        work = Work(
            title=f"{draw.choice(titles)} {n}",
            kind=draw.choice(list(EntryKind)),
            creators=tuple(Creator(draw.choice(names)) for _ in range(draw.randint(0, 3))),
            publisher=draw.choice(names),
            summary=" ".join(draw.sample(summaries, 3)),
            language="en",
            date=PartialDate(draw.randint(2012, 2026)),
            topics=("recognition",) if n % 3 else ("funding",),
            countries=(draw.choice(("IE", "MT", "SE")),),
            text=" ".join(draw.choices(words, k=3000)) if n % 50 == 0 else None,
        )
        yield Entry(
            id=f"entry-{n:05}",
            work=work,
            status=Status.PUBLISHED,
            first_seen=MOMENT,
            listed=MOMENT,
            announced=False,
            provenances=(),
            reasons=(),
        )


def queries() -> list[str]:
    """Draw pairs of words, common ones as often as people write them."""
    titles, summaries, _names = library()
    draw = random.Random(11)
    words = [word for said in (*titles, *summaries) for word in said.split() if word.isalpha() and len(word) > 3]
    return [f"{draw.choice(words)} {draw.choice(words)}" for _ in range(QUERIES)]


def seconds(what: Callable[[], object]) -> float:
    """Time one call."""
    begin = time.perf_counter()
    what()
    return time.perf_counter() - begin


def cpu() -> float:
    """Give the processor time of this process and its ended children: what a busy machine does not distort."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def changed(entries: Sequence[Entry], turn: int) -> list[Entry]:
    """Give ten entries a new title."""
    ten = entries[turn * 10 : turn * 10 + 10]
    return [replace(entry, work=replace(entry.work, title=f"Changed {turn} {entry.work.title}")) for entry in ten]


def measure_whoosh(entries: Sequence[Entry], folder: Path) -> dict[str, float]:
    """Time our index as the program uses it: from the catalogue, by two processes."""
    index, names = Index(folder / "search"), Names()
    with Store.open(folder / "catalogue.sqlite") as store:
        store.apply(PutEntry(entry, ()) for entry in entries)
        begin = cpu()
        full = seconds(lambda: index.sync(store, lambda _line: None))
        full_cpu = cpu() - begin
        tens = []
        for turn in range(5):
            store.apply(PutEntry(entry, ()) for entry in changed(entries, turn))
            tens.append(seconds(lambda: index.sync(store, lambda _line: None)))
    opened = index.open()
    assert opened is not None
    searcher = Searcher(opened)
    times = [seconds(lambda q=q: searcher.rank(parse(q, names), (Status.PUBLISHED,), 20)) for q in queries()]  # type: ignore[misc]
    searcher.close()
    size = sum(path.stat().st_size for path in (folder / "search").rglob("*") if path.is_file())
    return _row((full, full_cpu), tens, times, size)


def measure_fts5(entries: Sequence[Entry], folder: Path) -> dict[str, float]:
    """Time SQLite's own full-text index on the same text: one stemmer, no spellings, no fields' weights."""
    path = folder / "fts5.sqlite"
    with sqlite3.connect(path) as base:
        base.execute(
            "CREATE VIRTUAL TABLE said USING fts5(id UNINDEXED, title, author, publisher, summary, text, tokenize='porter')"
        )
        begin = cpu()
        full = seconds(lambda: _write(base, entries))
        full_cpu = cpu() - begin
        tens = [seconds(lambda turn=turn: _rewrite(base, changed(entries, turn))) for turn in range(5)]  # type: ignore[misc]
        find = "SELECT id FROM said WHERE said MATCH ? ORDER BY rank LIMIT 20"
        times = [seconds(lambda q=q: base.execute(find, (q,)).fetchall()) for q in queries()]  # type: ignore[misc]
    base.close()
    return _row((full, full_cpu), tens, times, path.stat().st_size)


def _write(base: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    rows = (
        (e.id, e.work.title, "; ".join(c.name for c in e.work.creators), e.work.publisher, e.work.summary, e.work.text)
        for e in entries
    )
    base.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?)", rows)
    base.commit()


def _rewrite(base: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    base.executemany("DELETE FROM said WHERE id = ?", [(entry.id,) for entry in entries])
    _write(base, entries)


def _row(full: tuple[float, float], tens: Sequence[float], times: Sequence[float], size: int) -> dict[str, float]:
    ten = sorted(tens)[len(tens) // 2]
    return {
        "full": full[0],
        "full_cpu": full[1],
        "ten": ten,
        "ten_share": ten / full[0],
        "query_p50": sorted(times)[len(times) // 2],
        "query_p95": p95(times),
        "megabytes": size / 1e6,
    }


def measure_tantivy(entries: Sequence[Entry], folder: Path, python: Path) -> dict[str, float]:
    """Time tantivy on the same text, in its own environment: one English stemmer, like FTS5."""
    texts, asked, place = folder / "texts.jsonl", folder / "asked.json", folder / "index"
    place.mkdir()
    texts.write_text("".join(json.dumps(_said(entry)) + "\n" for entry in entries), "utf-8")
    asked.write_text(
        json.dumps([queries(), [[_said(e) for e in changed(entries, turn)] for turn in range(5)]]), "utf-8"
    )
    command = (str(python), "-c", _TANTIVY, str(texts), str(asked), str(place))
    full, tens, times = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return _row((full[0], full[1]), tens, times, sum(path.stat().st_size for path in place.rglob("*")))


def _said(entry: Entry) -> list[str]:
    work = entry.work
    said = (work.title, "; ".join(c.name for c in work.creators), work.publisher, work.summary, work.text)
    return [entry.id, *(each or "" for each in said)]


_TANTIVY = """
import json, sys, time, tantivy
texts, asked, folder = sys.argv[1:]
fields = ("title", "author", "publisher", "summary", "text")
schema = tantivy.SchemaBuilder()
schema.add_text_field("id", stored=True, tokenizer_name="raw")
for name in fields:
    schema.add_text_field(name, tokenizer_name="en_stem")
index = tantivy.Index(schema.build(), path=folder)
def write(rows, anew=False):
    writer = index.writer()
    for row in rows:
        if anew:
            writer.delete_documents("id", row[0])
        document = tantivy.Document()
        document.add_text("id", row[0])
        for name, said in zip(fields, row[1:]):
            document.add_text(name, said)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
begun, used = time.perf_counter(), time.process_time()
write(map(json.loads, open(texts, encoding="utf-8")))
full = time.perf_counter() - begun, time.process_time() - used
queries, changes = json.load(open(asked, encoding="utf-8"))
tens, times = [], []
for rows in changes:
    begun = time.perf_counter()
    write(rows, anew=True)
    tens.append(time.perf_counter() - begun)
index.reload()
searcher = index.searcher()
for words in queries:
    begun = time.perf_counter()
    hits = searcher.search(index.parse_query(words, list(fields)), 20).hits
    [searcher.doc(place)["id"] for _score, place in hits]
    times.append(time.perf_counter() - begun)
print(json.dumps([full, tens, times]))
"""


def measure(shop: Shop) -> Iterator[Row]:
    """Index and search: ours, FTS5 and tantivy."""
    entries = list(synthetic(shop.entries))
    ours, theirs, third = {}, {}, {}
    peers = {"tantivy": lambda e, f: measure_tantivy(e, f, shop.python), "fts5": measure_fts5, "whoosh": measure_whoosh}
    for name, found in (("whoosh", ours), ("fts5", theirs), ("tantivy", third)):
        folder = shop.folder / name
        folder.mkdir()
        found.update(peers[name](entries, folder))
    shop.version("tantivy")
    shop.versions["SQLite FTS5"] = sqlite3.sqlite_version
    number, full = f"{shop.entries:,} entries", "full" if shop.clock == "wall" else "full_cpu"
    yield Row(
        work=f"index {number}",
        ours=seconds_said(ours[full]),
        beside=f"FTS5 {seconds_said(theirs[full])}, tantivy {seconds_said(third[full])}",
        measured=ours[full],
        at_most=15.0,
        unit="s",
    )
    yield Row(
        work=f"index 10 changed of {number}",
        ours=seconds_said(ours["ten"]),
        beside=f"full {seconds_said(ours['full'])}; FTS5 {seconds_said(theirs['ten'])}, tantivy {seconds_said(third['ten'])}",
        measured=ours["ten_share"],
        at_most=0.02,
    )
    yield Row(
        work=f"search {number}, two words, 95th percentile",
        ours=seconds_said(ours["query_p95"]),
        beside=f"FTS5 {seconds_said(theirs['query_p95'])}, tantivy {seconds_said(third['query_p95'])}",
        measured=ours["query_p95"] * 1000,
        at_most=80,
        unit="ms",
    )


MEASURES = {"index": measure}
