"""The public tables as one SQLite file, made in a temporary folder and given piece by piece."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from observatory.model import Entry
from observatory.publish.names import RESEARCH, name_of
from observatory.publish.shelf import Shelf
from observatory.publish.table import FIELDS, JOIN, SCHEMA
from observatory.text import clean, safe_url

PIECE = 1 << 20  # bytes that are read at once
AT_ONCE = 500  # entries that stand in memory while they are put in
_COLUMN = {"integer": "INTEGER", "boolean": "INTEGER"}
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE creators (entry_id TEXT NOT NULL REFERENCES entries(id), position INTEGER NOT NULL, name TEXT NOT NULL,
  family TEXT, given TEXT, orcid TEXT, PRIMARY KEY (entry_id, position)) WITHOUT ROWID;
CREATE TABLE topics (id TEXT PRIMARY KEY, label TEXT NOT NULL, definition TEXT, topic_group TEXT) WITHOUT ROWID;
CREATE TABLE entry_topics (entry_id TEXT NOT NULL REFERENCES entries(id), topic_id TEXT NOT NULL,
  PRIMARY KEY (entry_id, topic_id)) WITHOUT ROWID;
CREATE TABLE places (code TEXT PRIMARY KEY, name TEXT NOT NULL, note TEXT) WITHOUT ROWID;
CREATE TABLE entry_countries (entry_id TEXT NOT NULL REFERENCES entries(id), code TEXT NOT NULL,
  PRIMARY KEY (entry_id, code)) WITHOUT ROWID;
CREATE TABLE titles (entry_id TEXT NOT NULL REFERENCES entries(id), language TEXT NOT NULL, title TEXT NOT NULL,
  PRIMARY KEY (entry_id, language, title)) WITHOUT ROWID;
CREATE TABLE steps (entry_id TEXT NOT NULL REFERENCES entries(id), position INTEGER NOT NULL, date TEXT, stage TEXT,
  what TEXT, url TEXT, PRIMARY KEY (entry_id, position)) WITHOUT ROWID;
CREATE TABLE relations (entry_id TEXT NOT NULL REFERENCES entries(id), type TEXT NOT NULL, target TEXT NOT NULL,
  PRIMARY KEY (entry_id, type, target)) WITHOUT ROWID;
CREATE TABLE sources (id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, homepage TEXT) WITHOUT ROWID;
CREATE TABLE provenances (entry_id TEXT NOT NULL REFERENCES entries(id), source_id TEXT NOT NULL, url TEXT NOT NULL,
  first_seen TEXT NOT NULL, PRIMARY KEY (entry_id, source_id, url)) WITHOUT ROWID;
CREATE TABLE changes (entry_id TEXT NOT NULL REFERENCES entries(id), position INTEGER NOT NULL, day TEXT NOT NULL,
  kind TEXT NOT NULL, text TEXT, PRIMARY KEY (entry_id, position)) WITHOUT ROWID;
CREATE TABLE country_facts (code TEXT NOT NULL, fact TEXT NOT NULL, value TEXT, note TEXT, source TEXT, source_date TEXT,
  certainty TEXT, seen_at TEXT, checked_on TEXT, PRIMARY KEY (code, fact)) WITHOUT ROWID;
CREATE TABLE country_steps (code TEXT NOT NULL, position INTEGER NOT NULL, date TEXT, stage TEXT, what TEXT, source TEXT,
  PRIMARY KEY (code, position)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX entries_kind ON entries(kind);
CREATE INDEX entries_year ON entries(year);
CREATE INDEX entry_topics_topic ON entry_topics(topic_id);
CREATE INDEX entry_countries_code ON entry_countries(code);
"""


def sqlite_file(shelf: Shelf, rows: Iterable[bytes], said: Mapping[str, str]) -> Iterator[bytes]:
    """Make the file of what `sql_rows` gave for each entry; equal catalogues give equal bytes. `said` goes to the table `meta`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.sqlite"
        _make(shelf, rows, said, file)
        with file.open("rb") as made:
            yield from iter(partial(made.read, PIECE), b"")


def _make(shelf: Shelf, rows: Iterable[bytes], said: Mapping[str, str], file: Path) -> None:
    database = sqlite3.connect("")  # in a file of SQLite's own, which goes when it is closed
    try:
        database.execute("PRAGMA page_size = 4096")
        columns = ", ".join(
            f'"{field.name}" {_COLUMN.get(field.type, "TEXT")}{" PRIMARY KEY" if field.name == "id" else ""}'
            for field in FIELDS
        )
        database.execute(f"CREATE TABLE entries ({columns})")
        database.executescript(_TABLES)
        _fill_lists(database, shelf, said)
        _fill_countries(database, shelf)
        _fill(database, rows)
        database.executescript(_INDEXES)
        _searchable(database)
        database.commit()
        database.execute("VACUUM INTO ?", (os.fspath(file),))
    finally:
        database.close()


def _fill_lists(database: sqlite3.Connection, shelf: Shelf, said: Mapping[str, str]) -> None:
    catalogue = shelf.catalogue
    _put(database, "meta", sorted(({**said, "schema": SCHEMA}).items()))
    _put(database, "topics", ((t.id, t.label, t.definition, t.group) for t in catalogue.topics))
    places = sorted(catalogue.places.values(), key=lambda place: place.code)
    _put(database, "places", ((place.code, place.name, place.note or None) for place in places))
    _put(database, "sources", ((s.id, s.name, s.kind, safe_url(s.homepage or "")) for s in catalogue.sources))


def _fill_countries(database: sqlite3.Connection, shelf: Shelf) -> None:
    for country in shelf.catalogue.countries:
        facts = (
            (
                country.code,
                fact.name,
                JOIN.join(fact.value) or None,
                fact.note or None,
                safe_url(fact.source or ""),
                _text(fact.source_date),
                fact.certainty or None,
                safe_url(fact.seen_at or ""),
                _text(fact.checked_on),
            )
            for fact in country.facts
        )
        _put(database, "country_facts", facts)
        steps = (
            (country.code, number, _text(step.date), step.stage.value, clean(step.what), safe_url(step.source or ""))
            for number, step in enumerate(country.steps, 1)
        )
        _put(database, "country_steps", steps)


def _text(value: object) -> str | None:
    return str(value) if value is not None else None


def sql_rows(shelf: Shelf, entry: Entry, row: Mapping[str, Any]) -> bytes:
    """Give the rows of an entry by table, as JSON; `row` is that of the table of entries."""
    rows = {table: held for table, held in _rows(shelf, entry) if held}
    rows["entries"] = [tuple(_plain(value) for value in row.values())]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _rows(shelf: Shelf, entry: Entry) -> Iterator[tuple[str, Sequence[tuple[Any, ...]]]]:
    work, key = entry.work, entry.id
    names = ((creator, name_of(creator, work.kind in RESEARCH)) for creator in work.creators)
    yield (
        "creators",
        [
            (key, number, clean(creator.name), name.family or None, name.given or None, creator.orcid)
            for number, (creator, name) in enumerate(names, 1)
        ],
    )
    yield "entry_topics", [(key, topic) for topic in sorted(set(work.topics))]
    yield "entry_countries", [(key, code) for code in sorted(set(work.countries))]
    yield "titles", [(key, lang, clean(title)) for lang, title in sorted(set(work.titles))]
    yield (
        "steps",
        [
            (key, number, str(step.date), step.stage.value, clean(step.what), safe_url(step.url or ""))
            for number, step in enumerate(work.steps, 1)
        ],
    )
    yield "relations", sorted({(key, r.type.value, clean(r.target)) for r in work.relations})
    seen = {(p.source_id, safe_url(p.url) or ""): str(shelf.day(p.first_seen)) for p in reversed(entry.provenances)}
    yield "provenances", [(key, source, url, first) for (source, url), first in sorted(seen.items())]
    yield (
        "changes",
        [
            (key, number, str(shelf.day(change.at)), change.kind.value, clean(change.text) or None)
            for number, change in enumerate(entry.changes, 1)
        ],
    )


def _fill(database: sqlite3.Connection, rows: Iterable[bytes]) -> None:
    """Put in the rows of all entries, some hundred entries at once."""
    all_ = iter(rows)
    while some := list(islice(all_, AT_ONCE)):
        by_table: dict[str, list[list[Any]]] = defaultdict(list)
        for each in some:
            for table, held in json.loads(each).items():
                by_table[table] += held
        for table, together in by_table.items():
            _insert(database, table, together)


def _put(database: sqlite3.Connection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    _insert(database, table, [[_storable(value) for value in values] for values in rows])


def _insert(database: sqlite3.Connection, table: str, held: Sequence[Sequence[Any]]) -> None:
    if held:
        marks = ", ".join("?" * len(held[0]))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", held)


def _storable(value: Any) -> Any:
    """Lone surrogates, which UTF-8 can't hold, become question marks."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return JOIN.join(value) or None if isinstance(value, list) else value


def _searchable(database: sqlite3.Connection) -> None:
    """Full-text search, in the form that Datasette finds by itself."""
    database.execute(
        "CREATE VIRTUAL TABLE entries_fts USING fts5(title, title_en, creators, publisher, summary, content='entries')"
    )
    database.execute("INSERT INTO entries_fts(entries_fts) VALUES ('rebuild')")
