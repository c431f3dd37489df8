"""Every form is read back by a library that isn't ours: for the whole library of records, and for hostile ones."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import bibtexparser
import pytest
import rispy
from bibtexparser.bparser import BibTexParser
from catalogues import ROOT, catalogue, entry, library
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observatory.model import Creator, Entry, EntryKind, PartialDate, Section, Site, Status, SummaryBy, Work
from observatory.publish import exports
from observatory.publish.csl import our_summary
from observatory.publish.forms import BIBTEX, CSL_JSON, FORMS, RIS, Form
from observatory.publish.output import Output
from observatory.publish.shelf import Shelf, make_shelf
from observatory.publish.table import FIELDS, SCHEMA, cell
from observatory.text import clean

SITE = Site(url="https://ours.example/")
HOSTILE = (
    "Quotes \" and ' and “these”",
    "Braces { unbalanced }} {{ \\ and %&$#_^~",
    "Lines\r\nbroken\nTY  - JOUR\nER  - \n@article{x,",
    '=HYPERLINK("http://evil.example")',
    "+1",
    "@SUM(A1)",
    "-2+3",
    "\t=1+1",
    "Controls \x00\x07\x1b[31m\x85\u2028 within",
    "\u202eright-to-left\u202c الشهادات المصغرة עברית",
    "Emoji 🎓 and CJK 微证书 and TeX $\\alpha^2$",
    "x" * 10_000,
    "and and and",
    "</script><!--",
    "\ud800 lone",
)


def written(form: Form, entries: Iterable[Entry]) -> str:
    return b"".join(form.joined(form.piece(each, SITE) for each in entries)).decode("utf-8")


def downloads(shelf: Shelf) -> Iterator[Output]:
    yield from exports.entry_files(shelf, shelf.entries)
    for form in FORMS:
        yield from exports.list_files(shelf, form)
    yield from exports.data_files(shelf)


def shelf_of(entries: Iterable[Entry]) -> Shelf:
    return make_shelf(catalogue(entries), SITE, lambda text: text)


def hostile() -> tuple[Entry, ...]:
    return tuple(_hostile(number, text) for number, text in enumerate(HOSTILE))


def _hostile(number: int, text: str, kind: EntryKind = EntryKind.ARTICLE) -> Entry:
    work = Work(
        title=text,
        kind=kind,
        creators=(Creator(text), Creator("Anna Müller")),
        publisher=text,
        container=text,
        volume=text[:20],
        pages=text[:20],
        date=PartialDate(2024, 5),
        summary=text,
        summary_by=SummaryBy.US,
        topics=("recognition",),
    )
    return entry(f"hostile-{number}", work)


def bare(text: str) -> str:
    """What is left of a text when all that BibTeX writes otherwise is taken away."""
    names = {
        "textbackslash": "\\",
        "textbraceleft": "",
        "textbraceright": "",
        "textasciitilde": "~",
        "textasciicircum": "^",
    }
    for name, char in names.items():
        text = text.replace(f"{{\\{name}}}", char)
    text = re.sub(r"\\([&%$#_])", r"\1", text)
    return re.sub(r"\s+", " ", re.sub(r"[{}\"']", "", text)).strip()


@pytest.fixture(scope="module")
def all_of_them() -> tuple[Entry, ...]:
    return (*library(), *hostile())


def encoded(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def test_bibtex_is_read_back(all_of_them: tuple[Entry, ...]) -> None:
    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    found = {record["ID"]: record for record in bibtexparser.loads(written(BIBTEX, all_of_them), parser).entries}
    assert set(found) == {one.id for one in all_of_them}
    for one in all_of_them:
        record = found[one.id]
        assert bare(record["title"]) == bare(encoded(clean(one.work.title)))
        assert record.get("doi") == one.work.doi
        assert record.get("year") == (str(one.work.date.year) if one.work.date else record.get("year"))


def test_ris_is_read_back(all_of_them: tuple[Entry, ...]) -> None:
    found = {record["id"]: record for record in rispy.loads(written(RIS, all_of_them))}
    assert set(found) == {one.id for one in all_of_them}
    for one in all_of_them:
        record = found[one.id]
        assert record["title"] == encoded(clean(one.work.title))
        assert record.get("doi") == one.work.doi
        assert len(record.get("authors", ())) + len(record.get("secondary_authors", ())) == len(one.work.creators)


def test_csl_json_is_read_back(all_of_them: tuple[Entry, ...]) -> None:
    found = {record["id"]: record for record in json.loads(written(CSL_JSON, all_of_them))}
    assert set(found) == {one.id for one in all_of_them}
    for one in all_of_them:
        assert found[one.id]["title"] == encoded(clean(one.work.title))
        assert found[one.id]["custom"]["kind"] == one.kind.value


def rows(shelf: Shelf, ending: str) -> bytes:
    file = next(file for file in exports.FILES if file.ending == ending)
    return b"".join(file.make(shelf))


def test_csv_is_read_back_and_runs_nothing(all_of_them: tuple[Entry, ...]) -> None:
    text = rows(shelf_of(all_of_them), "csv").decode("utf-8")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["id"] for row in found} == {one.id for one in all_of_them}
    assert list(found[0]) == [field.name for field in FIELDS]
    for row in found:
        for value in row.values():
            assert not value.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")), value[:40]
    titles = {row["id"]: row["title"] for row in found}
    for one in all_of_them:
        assert titles[one.id].removeprefix("'") == encoded(clean(one.work.title)).removeprefix("'")


def test_json_lines_are_read_back(all_of_them: tuple[Entry, ...]) -> None:
    lines = rows(shelf_of(all_of_them), "jsonl").decode("utf-8").split("\n")[:-1]
    found = {row["id"]: row for row in map(json.loads, lines)}
    assert set(found) == {one.id for one in all_of_them}
    for one in all_of_them:
        assert found[one.id]["title"] == encoded(clean(one.work.title))
        assert found[one.id]["topics"] == list(one.work.topics)


def test_sqlite_is_read_back_and_searched(all_of_them: tuple[Entry, ...], tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite"
    file.write_bytes(rows(shelf_of(all_of_them), "sqlite"))
    database = sqlite3.connect(file)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("SELECT count(*) FROM entries").fetchone() == (len(all_of_them),)
    titles = dict(database.execute("SELECT id, title FROM entries"))
    assert all(titles[one.id] == encoded(clean(one.work.title)) for one in all_of_them)
    found = database.execute(
        "SELECT e.id FROM entries_fts f JOIN entries e ON e.rowid = f.rowid WHERE entries_fts MATCH 'stackable'"
    ).fetchall()
    assert found
    assert database.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone() == (SCHEMA,)
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert not tables & {"items", "findings", "verdicts", "decisions", "ledger", "runs"}, "never the working catalogue"
    database.close()


def test_equal_catalogues_give_equal_bytes(all_of_them: tuple[Entry, ...]) -> None:
    for ending in ("sqlite", "csv", "jsonl"):
        assert rows(shelf_of(all_of_them), ending) == rows(shelf_of(reversed(all_of_them)), ending)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=120), st.sampled_from(list(EntryKind)))
def test_no_text_breaks_a_form(text: str, kind: EntryKind) -> None:
    entries = (_hostile(1, text, kind), _hostile(2, "Plain", kind))
    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    assert len(bibtexparser.loads(written(BIBTEX, entries), parser).entries) == 2
    assert [record["id"] for record in rispy.loads(written(RIS, entries))] == ["hostile-1", "hostile-2"]
    assert len(json.loads(written(CSL_JSON, entries))) == 2


@given(st.text(max_size=60))
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    assert not cell(text).lstrip().startswith(("=", "+", "-", "@"))


# ---------------------------------------------------------------- licence


@pytest.mark.parametrize(
    ("licence", "passed_on"),
    [
        ("CC BY 4.0", True),
        ("https://creativecommons.org/licenses/by/4.0/", True),
        ("CC0 1.0", True),
        ("public domain", True),
        ("CC BY-NC 4.0", False),
        ("CC BY-ND", False),
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/", False),
        ("CC BY-SA 4.0", False),
        ("All rights reserved", False),
        (None, False),
    ],
)
def test_a_publishers_words_are_passed_on_only_where_their_licence_allows(licence: str | None, passed_on: bool) -> None:
    work = Work(title="T", kind=EntryKind.REPORT, summary="Theirs.", summary_by=SummaryBy.PUBLISHER, licence=licence)
    assert bool(our_summary(work)) is passed_on
    for ending in ("csv", "jsonl", "json", "bib", "ris"):
        assert (b"Theirs." in rows(shelf_of((entry("x", work),)), ending)) is passed_on


# ---------------------------------------------------------------- what the site offers


def test_every_entry_and_every_list_has_its_files() -> None:
    entries = library()[:60]
    shelf = shelf_of(entries)
    paths = [download.path for download in downloads(shelf)]
    assert len(paths) == len(set(paths))
    assert {f"entries/{one.id}.{ending}" for one in entries for ending in ("bib", "ris", "json")} <= set(paths)
    assert {"policy.bib", "topics/recognition.ris", "sources/library.json"} <= set(paths)
    assert {f"data/observatory.{ending}" for ending in ("sqlite", "csv", "jsonl", "json", "bib", "ris")} <= set(paths)


def test_a_list_holds_just_its_entries() -> None:
    shelf = shelf_of(library())
    made = {download.path: download for download in downloads(shelf)}
    held = json.loads(b"".join(made["policy.json"].render()))
    assert [work["id"] for work in held] == [card.id for card in shelf.by_section[Section.POLICY]]


def test_a_daily_look_at_a_page_changes_no_file() -> None:
    one = library()[0]
    looked = replace(one, provenances=tuple(replace(p, last_seen=p.last_seen.replace(day=24)) for p in one.provenances))
    before, after = ({d.path: d.digest for d in downloads(shelf_of((each,)))} for each in (one, looked))
    assert before == after
    gone = {d.path: d.digest for d in downloads(shelf_of((replace(one, status=Status.GONE),)))}
    assert gone[f"entries/{one.id}.bib"] != before[f"entries/{one.id}.bib"]


def test_the_data_package_is_valid() -> None:
    """The rules of Data Package v1 and Table Schema that its JSON Schema checks, told anew."""
    package = json.loads(json.dumps(exports.package(shelf_of(library()[:30]))))
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"])
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", package["created"])
    assert package["version"] == SCHEMA
    names = [resource["name"] for resource in package["resources"]]
    assert len(names) == len(set(names)) == 6
    for resource in package["resources"]:
        assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"])
        assert not resource["path"].startswith(("/", "..")), resource["path"]
        assert resource["bytes"] > 0
    (table,) = (resource for resource in package["resources"] if resource.get("profile") == "tabular-data-resource")
    types = {
        "string",
        "number",
        "integer",
        "boolean",
        "object",
        "array",
        "date",
        "time",
        "datetime",
        "year",
        "yearmonth",
        "any",
    }
    assert {field["type"] for field in table["schema"]["fields"]} <= types
    assert table["schema"]["primaryKey"] == ["id"]


def test_the_csv_holds_what_the_package_says() -> None:
    shelf = shelf_of(library())
    schema = next(r for r in exports.package(shelf)["resources"] if r.get("schema"))["schema"]
    for row in csv.DictReader(io.StringIO(rows(shelf, "csv").decode("utf-8"), newline="")):
        for field in schema["fields"]:
            value = row[field["name"]]
            if value and field["type"] == "integer":
                int(value)
            if value and field["type"] == "boolean":
                assert value in ("true", "false")


def test_the_codebook_names_every_field() -> None:
    book = (ROOT / "docs" / "data.md").read_text("utf-8")
    for field in FIELDS:
        assert f"| `{field.name}` | {'list' if field.is_list else field.type} | {field.meaning} |" in book
    assert f"Schema version: **{SCHEMA}**" in book
