"""The catalogue as a table: the public fields, what each means, and an entry's row. docs/data.md says the same. Pure.

Breaking changes (a field removed, renamed, or meaning something else) raise the first number of SCHEMA; additions the second.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from observatory.model import Entry
from observatory.publish import links
from observatory.publish.cards import when
from observatory.publish.csl import our_summary, own_url
from observatory.publish.shelf import Shelf
from observatory.text import clean, safe_url

SCHEMA = "1.0"
JOIN = "; "


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name, its type in the words of Frictionless Table Schema, and what it means."""

    name: str
    type: str
    meaning: str
    value: Callable[[Shelf, Entry], Any]

    @property
    def is_list(self) -> bool:
        return self.type == "array"


def _of(name: str) -> Callable[[Shelf, Entry], Any]:
    """Read a field of the work, written as the data shall hold it."""

    def value(_shelf: Shelf, entry: Entry) -> Any:
        found = getattr(entry.work, name)
        if isinstance(found, StrEnum):
            return found.value
        if isinstance(found, tuple):
            return [clean(str(item)) for item in found]
        if isinstance(found, bool) or found is None:
            return found
        return clean(str(found)) or None

    return value


def _link(name: str) -> Callable[[Shelf, Entry], Any]:
    return lambda _shelf, entry: safe_url(getattr(entry.work, name) or "")


def _month(shelf: Shelf, entry: Entry) -> str | None:
    """The month only: what is looked at daily must not change the data daily."""
    return str(shelf.day(entry.verified))[:7] if entry.verified else None


FIELDS: tuple[Field, ...] = (
    Field("id", "string", "The entry's id, given once and kept for ever.", lambda _s, e: e.id),
    Field("entry", "string", "Address of the entry on the site.", lambda s, e: f"{s.site.url}{links.entry(e.id)}"),
    Field("status", "string", "published, or gone: withdrawn by its publisher.", lambda _s, e: e.status.value),
    Field("section", "string", "The section of the site that it stands in.", lambda _s, e: e.section.value),
    Field("kind", "string", "Kind of the work itself, not of the page that announces it.", lambda _s, e: e.kind.value),
    Field("form", "string", "Its form where known: act, working-paper, conference-paper, podcast …", _of("form")),
    Field("title", "string", "The title in its own language.", _of("title")),
    Field("title_en", "string", "Our English translation of the title.", _of("title_en")),
    Field("language", "string", "Language of the work (ISO 639-1).", _of("language")),
    Field(
        "creators",
        "array",
        "Who made it, as the source prints them.",
        lambda _s, e: [clean(c.name) for c in e.work.creators],
    ),
    Field("publisher", "string", "Who published it.", _of("publisher")),
    Field("container", "string", "The journal, proceedings or book that it stands in.", _of("container")),
    Field("volume", "string", "Volume of the journal.", _of("volume")),
    Field("issue", "string", "Issue of the journal.", _of("issue")),
    Field("pages", "string", "Pages, or an article number.", _of("pages")),
    Field(
        "date",
        "string",
        "Date of publication as precisely as known: YYYY, YYYY-MM or YYYY-MM-DD; never invented.",
        _of("date"),
    ),
    Field(
        "year",
        "integer",
        "The year that it is counted under; of an event, the year in which it begins.",
        lambda _s, e: _year(e),
    ),
    Field(
        "url",
        "string",
        "The publisher's own address; where unknown, the page where it was seen.",
        lambda _s, e: own_url(e.work),
    ),
    Field("seen_at", "string", "Another page where it was seen.", _link("seen_at")),
    Field("pdf_url", "string", "Its PDF.", _link("pdf_url")),
    Field("doi", "string", "Digital Object Identifier, in small letters.", _of("doi")),
    Field("isbn", "string", "ISBN, 13 digits.", _of("isbn")),
    Field("celex", "string", "CELEX number of an act of the European Union.", _of("celex")),
    Field("eli", "string", "European Legislation Identifier.", _of("eli")),
    Field(
        "level",
        "string",
        "Whom it speaks for or rules over: EU, EHEA, national, regional, institution, sector, global.",
        _of("level"),
    ),
    Field("jurisdiction", "string", "Of a policy: ISO 3166-1 or -2, EU, EHEA or INT.", _of("jurisdiction")),
    Field("official", "boolean", "Of a policy: an act of a public authority.", _of("official")),
    Field("instrument", "string", "Of a policy: law, decree, recommendation, framework …", _of("instrument")),
    Field(
        "stage",
        "string",
        "Of a policy: design, legislative-process, approved, pilot, implementation, completed, discontinued.",
        _of("stage"),
    ),
    Field("countries", "array", "What it is about: ISO 3166-1 alpha-2, EU, EHEA or INT.", _of("countries")),
    Field("place", "string", "Where an event takes place.", _of("place")),
    Field("partners", "array", "Countries of a project's partners.", _of("partners")),
    Field("topics", "array", "Topics of the vocabulary.", _of("topics")),
    Field("evidence_type", "string", "How a piece of research knows what it says.", _of("evidence_type")),
    Field("peer_reviewed", "boolean", "Whether it was peer-reviewed; empty: unknown.", _of("peer_reviewed")),
    Field("open_access", "boolean", "Whether it can be read freely; empty: unknown.", _of("open_access")),
    Field("licence", "string", "Licence of the work, as its publisher states it.", _of("licence")),
    Field("scope", "string", "core, or related: on something near the subject only.", _of("scope")),
    Field("landmark", "boolean", "One of the documents that everybody in the field must know.", _of("landmark")),
    Field("deadline", "string", "When a call closes.", _of("deadline")),
    Field("event_start", "string", "When an event begins.", _of("event_start")),
    Field("event_end", "string", "When an event ends.", _of("event_end")),
    Field("starts_at", "string", "The clock by which an event begins.", _of("starts_at")),
    Field("ends_at", "string", "The clock by which an event ends.", _of("ends_at")),
    Field("closes_at", "string", "The clock of the deadline.", _of("closes_at")),
    Field("timezone", "string", "The zone of these clocks: Europe/Brussels, UTC, UTC+02:00.", _of("timezone")),
    Field("recurs", "string", "Of an event that comes again: daily, weekly, monthly, yearly.", _of("recurs")),
    Field("event_status", "string", "Of an event that was called off: cancelled, postponed.", _of("event_status")),
    Field("retracted", "string", "When it was retracted.", _of("retracted")),
    Field("corrected", "string", "When it was corrected.", _of("corrected")),
    Field(
        "summary",
        "string",
        "In our words; a publisher's only where its licence allows.",
        lambda _s, e: our_summary(e.work),
    ),
    Field("note", "string", "Why it is worth reading, as an editor of ours wrote it.", _of("note")),
    Field("note_by", "string", "Who wrote the note.", _of("note_by")),
    Field(
        "sources",
        "array",
        "Ids of the sources that saw it.",
        lambda _s, e: sorted({p.source_id for p in e.provenances}),
    ),
    Field(
        "first_seen", "string", "Day on which a source of ours first showed it.", lambda s, e: str(s.day(e.first_seen))
    ),
    Field(
        "listed",
        "string",
        "Day on which it became public here.",
        lambda s, e: str(s.day(e.listed)) if e.listed else None,
    ),
    Field("last_verified", "string", "Month in which its own page was last looked at.", _month),
)


def _year(entry: Entry) -> int | None:
    date = when(entry.work)
    return date.year if date else None


def row(shelf: Shelf, entry: Entry) -> dict[str, Any]:
    """Give an entry as the data hold it, every field named, the absent ones None."""
    return {field.name: field.value(shelf, entry) for field in FIELDS}


# ---------------------------------------------------------------- JSON Lines


def json_line(row: Mapping[str, Any]) -> bytes:
    """Write a row as an object on a line."""
    return (json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "replace")


# ---------------------------------------------------------------- CSV

# What a spreadsheet takes for a formula when a cell begins with it (OWASP "CSV injection"), the wide forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def cell(value: Any) -> str:
    """Write a value so that no spreadsheet runs it: what could be a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = JOIN.join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


def line(values: Iterable[Any]) -> bytes:
    """Write a line of CSV (RFC 4180, UTF-8) whose cells no spreadsheet runs; several values in a cell are parted by “; ”."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([cell(value) for value in values])
    return buffer.getvalue().encode("utf-8", "replace")


HEAD = line(field.name for field in FIELDS)  # the first line of the CSV


# ---------------------------------------------------------------- what describes it


def table_schema() -> Mapping[str, Any]:
    """Describe the CSV in the words of Frictionless Table Schema."""
    return {
        "fields": [
            {
                "name": field.name,
                # lists stand in one cell, parted by "; ": to Frictionless that is a string
                "type": "string" if field.is_list else field.type,
                "description": field.meaning + (" Several are parted by “; ”." if field.is_list else ""),
            }
            for field in FIELDS
        ],
        "primaryKey": ["id"],
        "missingValues": [""],
    }
