"""What can be downloaded: each entry and each list in the forms of reference managers, and the whole catalogue as data. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from observatory.model import Entry, PartialDate, Section
from observatory.publish import links
from observatory.publish.csl import own_url
from observatory.publish.fingerprint import fingerprint
from observatory.publish.forms import BIBTEX, CSL_JSON, FORMS, RIS, Form
from observatory.publish.metadata import CC_BY
from observatory.publish.output import Output
from observatory.publish.shelf import Cards, Shelf
from observatory.publish.sqlite_export import sql_rows, sqlite_file
from observatory.publish.table import HEAD, SCHEMA, json_line, line, row, table_schema
from observatory.text import clean

FORM = "1"  # raised when the making of these files changes, so that they are written anew
FOLDER = "data/"
NAME = "observatory"


TABLES = ("jsonl", "csv", "sql")
PARTS = (*(form.ending for form in FORMS), *TABLES)


def keep_pieces(shelf: Shelf) -> None:
    """Make what is written of each entry in the forms and in the tables; those that are as they were are not written again."""
    if "pieces" not in shelf.made:
        site = fingerprint(FORM, SCHEMA, shelf.site)
        told = {entry_id: f"{site} {shelf.digest(entry_id)}" for entry_id in shelf.entries}
        shelf.pieces.keep(PARTS, told, partial(_pieces, shelf), is_apart=True)
        shelf.made["pieces"] = site


def _pieces(shelf: Shelf, entry_id: str) -> tuple[bytes, ...]:
    entry = shelf.entries[entry_id]
    found = row(shelf, entry)
    tables = json_line(found), line(found.values()), sql_rows(shelf, entry, found)
    return (*(form.piece(entry, shelf.site) for form in FORMS), *tables)


def _kept(shelf: Shelf, part: str) -> Iterator[tuple[str, bytes]]:
    """Give the pieces of all entries, in the order of their ids."""
    keep_pieces(shelf)
    return shelf.pieces.read(part)


def entry_files(shelf: Shelf, ids: Iterable[str]) -> Iterator[Output]:
    """Plan the files of entries in each form."""
    site = fingerprint(FORM, shelf.site.title, shelf.site.url)
    for entry_id in ids:
        base, told = links.form(links.entry(entry_id), ""), fingerprint(site, shelf.digest(entry_id))
        for form in FORMS:
            yield Output(f"{base}{form.ending}", told, partial(_alone, shelf, form, entry_id))


def _alone(shelf: Shelf, form: Form, entry_id: str) -> bytes:
    keep_pieces(shelf)
    return b"".join(form.joined((shelf.pieces.one(form.ending, entry_id),)))


class Written:
    """The entries in one form, read once: an entry stands in a dozen lists. In memory only while their files are made."""

    def __init__(self, shelf: Shelf, form: Form) -> None:
        self._shelf, self._form = shelf, form

    @cached_property
    def _pieces(self) -> Mapping[str, bytes]:
        return dict(_kept(self._shelf, self._form.ending))

    def together(self, cards: Cards) -> Iterator[bytes]:
        return self._form.joined(self._pieces[card.id] for card in cards)


def list_files(shelf: Shelf, form: Form) -> Iterator[Output]:
    """Plan the files of lists in one form."""
    site, written = fingerprint(FORM, shelf.site.title, shelf.site.url), Written(shelf, form)
    for base, cards in bundles(shelf):
        told = fingerprint(site, shelf.told(cards))
        yield Output(links.form(base, form.ending), told, partial(written.together, cards))


def data_files(shelf: Shelf) -> Iterator[Output]:
    """Plan the files of the whole catalogue."""
    for file in files(shelf):
        yield Output(file.path, file_digest(shelf, file), partial(_measured, shelf, file))


def bundles(shelf: Shelf) -> Iterator[tuple[str, Cards]]:
    """The lists that are offered in these forms: the address of each and what stands in it."""
    for section in Section:
        yield links.section(section), shelf.by_section.get(section, ())
    for topic in shelf.catalogue.topics:
        yield links.topic(topic.id), shelf.by_topic.get(topic.id, ())
    for code in shelf.place_codes:
        yield links.country(shelf.place(code)), shelf.by_place.get(code, ())
    for level, cards in shelf.by_level.items():
        yield links.level(level), cards
    for year, cards in shelf.by_year.items():
        yield links.year(year), cards
    for source in shelf.catalogue.sources:
        yield links.source(source.id), shelf.by_source.get(source.id, ())
    for key, cards in shelf.by_publisher.items():
        yield links.publisher(key), cards
    for key, cards in shelf.by_author.items():
        yield links.author(key), cards
    for query in shelf.catalogue.searches:
        yield links.search(query.id), shelf.by_search.get(query.id, ())


# ---------------------------------------------------------------- the catalogue as data


@dataclass(frozen=True, slots=True)
class DataFile:
    """A download of the whole catalogue."""

    name: str
    ending: str
    mime: str
    what: str
    make: Callable[[Shelf], Iterable[bytes]]

    @property
    def path(self) -> str:
        return (
            f"{FOLDER}{self.ending}"
            if self.ending.startswith(("datapackage", "keys"))
            else f"{FOLDER}{NAME}.{self.ending}"
        )


def public(shelf: Shelf) -> tuple[Entry, ...]:
    """The entries that the data hold, in the order of their ids: the withdrawn ones too, marked."""
    return tuple(sorted(shelf.entries.values(), key=lambda entry: entry.id))


def changed_on(shelf: Shelf) -> PartialDate | None:
    """The day on which the data changed last; not that of the last run, on which nothing may have changed."""
    moments = [entry.listed or entry.first_seen for entry in shelf.entries.values()]
    moments += [change.at for entry in shelf.entries.values() for change in entry.changes]
    return shelf.day(max(moments)) if moments else None


def _sqlite(shelf: Shelf) -> Iterable[bytes]:
    said = {
        "title": shelf.site.title,
        "site": shelf.site.url,
        "changed_on": str(changed_on(shelf) or ""),
        "licence": f"CC BY 4.0 ({CC_BY})",
        "codebook": f"{shelf.site.url}{FOLDER}codebook/",
    }
    return sqlite_file(shelf, _rows(shelf, "sql"), said)


def _csv(shelf: Shelf) -> Iterable[bytes]:
    yield HEAD
    yield from _rows(shelf, "csv")


def _json_lines(shelf: Shelf) -> Iterable[bytes]:
    return _rows(shelf, "jsonl")


def _rows(shelf: Shelf, part: str) -> Iterator[bytes]:
    """Give each entry's row as the CSV, the JSON Lines or the SQLite file holds it."""
    return (piece for _id, piece in _kept(shelf, part))


def _in(form: Form) -> Callable[[Shelf], Iterable[bytes]]:
    return lambda shelf: form.joined(_rows(shelf, form.ending))


def _keys(shelf: Shelf) -> Iterable[bytes]:
    """What `/compare/` finds a work by, and what it then shows: id, titles, DOI, addresses, year, kind and topics."""
    rows = [
        [
            entry.id,
            clean(entry.work.title),
            clean(entry.work.title_en or ""),
            entry.work.doi or "",
            own_url(entry.work) or "",
            entry.work.date.year if entry.work.date else 0,
            entry.kind.value,
            list(entry.work.topics),
            shelf.cards[entry.id].venue or "",
        ]
        for entry in public(shelf)
        if entry.id in shelf.public_ids
    ]
    yield json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


FILES: tuple[DataFile, ...] = (
    DataFile(
        "SQLite",
        "sqlite",
        "application/vnd.sqlite3",
        "All public tables with full-text search; opens in Datasette.",
        _sqlite,
    ),
    DataFile("CSV", "csv", "text/csv", "One line an entry; safe to open in a spreadsheet.", _csv),
    DataFile("JSON Lines", "jsonl", "application/jsonl", "One object a line, lists as lists.", _json_lines),
    DataFile("CSL-JSON", "json", CSL_JSON.mime, "For citation processors and Zotero.", _in(CSL_JSON)),
    DataFile("BibTeX", "bib", BIBTEX.mime, "For LaTeX and JabRef.", _in(BIBTEX)),
    DataFile("RIS", "ris", RIS.mime, "For EndNote, Mendeley and Zotero.", _in(RIS)),
)
KEYS = DataFile("Keys", "keys.json", "application/json", "What /compare/ finds works by.", _keys)
PACKAGE = DataFile(
    "Data package",
    "datapackage.json",
    "application/json",
    "What the files hold, for programs (Frictionless).",
    lambda shelf: _package(shelf),
)


def files(shelf: Shelf) -> tuple[DataFile, ...]:
    """The downloads of the whole catalogue; the package comes last, since it tells the others' sizes."""
    return (*FILES, KEYS, PACKAGE)


def file_digest(shelf: Shelf, file: DataFile) -> str:
    """Digest what a download is made of."""
    if "data" not in shelf.made:
        catalogue = shelf.catalogue
        shelf.made["data"] = fingerprint(
            (FORM, SCHEMA, shelf.site),
            [shelf.digest(entry.id) for entry in public(shelf)],
            (catalogue.topics, sorted(catalogue.places.items()), catalogue.countries),
            [(source.id, source.name, source.kind, source.homepage) for source in catalogue.sources],
        )
    return fingerprint(file.ending, shelf.made["data"])


def _measured(shelf: Shelf, file: DataFile) -> Iterator[bytes]:
    size = 0
    for piece in file.make(shelf):
        size += len(piece)
        yield piece
    shelf.sizes[file.path] = size


def size_of(shelf: Shelf, file: DataFile) -> int:
    """Bytes of a download; it is made for that when it was not written just now."""
    if file.path not in shelf.sizes:
        for _piece in _measured(shelf, file):
            pass
    return shelf.sizes[file.path]


def _package(shelf: Shelf) -> Iterable[bytes]:
    yield (json.dumps(package(shelf), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")


def package(shelf: Shelf) -> Mapping[str, Any]:
    """Describe the downloads as a Frictionless data package."""
    site = shelf.site
    found: dict[str, Any] = {
        "profile": "data-package",
        "name": shelf.site.short,
        "title": site.title,
        "description": f"Reports, policy initiatives and research on {shelf.site.subject}: what stands in the catalogue.",
        "homepage": site.url,
        "version": SCHEMA,
        "licenses": [{"name": "CC-BY-4.0", "path": CC_BY, "title": "Creative Commons Attribution 4.0"}],
        "contributors": [{"title": site.maintainer or site.title, "role": "publisher"}],
        "sources": [
            {"title": source.name, "path": source.homepage} if source.homepage else {"title": source.name}
            for source in shelf.catalogue.sources
        ],
        "resources": [_resource(shelf, file) for file in FILES],
    }
    day = changed_on(shelf)
    if day:
        found["created"] = f"{day}T00:00:00Z"
    return {key: value for key, value in found.items() if value not in ([], "")}


def _resource(shelf: Shelf, file: DataFile) -> Mapping[str, Any]:
    resource: dict[str, Any] = {
        "name": file.ending,
        "title": file.name,
        "description": file.what,
        "path": file.path.removeprefix(FOLDER),
        "format": file.ending,
        "mediatype": file.mime,
        "bytes": size_of(shelf, file),
    }
    if file.ending == "csv":
        resource |= {"profile": "tabular-data-resource", "encoding": "utf-8", "schema": table_schema()}
    return resource
