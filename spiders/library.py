"""The curators' own records: YAML, and what reference managers export (CSL-JSON, BibTeX, RIS). Never crawled.

A file is read as a snapshot whose address is its path; its name tells the format.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from observatory.errors import ConfigError, Flaw, UnreadableError
from observatory.model import (
    Cause,
    Creator,
    EntryKind,
    EventStatus,
    EvidenceType,
    Finding,
    Instrument,
    Level,
    Memory,
    Recurrence,
    Relation,
    RelationType,
    Request,
    Scope,
    Snapshot,
    Stage,
    Step,
    SummaryBy,
    Work,
)
from observatory.yamltext import Marked, load
from spiders import _exports
from spiders._checked import Address, Clock, DateText, Flag, Slug, Strict, Text, Words, Zone, flaws_of, nearest
from spiders._kind import Kind, Options

log = logging.getLogger(__name__)


class LibraryOptions(Options):
    """Which files hold the records."""

    path: str = Field(description="Files relative to sources.yaml; * stands for any name: curation/library/*.yaml")
    format: Literal["auto", "yaml", "csl-json", "bibtex", "ris"] = "auto"


class Person(Strict):
    name: Text | None = None
    family: Text | None = None
    given: Text | None = None
    orcid: Text | None = None

    def record(self) -> Creator:
        """Make the record; without a name it is written from its parts."""
        name = self.name or " ".join(part for part in (self.given, self.family) if part)
        return Creator(name, self.family, self.given, self.orcid)


class StepItem(Strict):
    date: DateText
    stage: Stage
    what: Text
    url: Address | None = None
    quote: Text = Field(default="", description="Its evidence in at most 15 of the source's own words.")
    snapshot: Text | None = None


class RelationItem(Strict):
    type: RelationType
    id: Text


def _doi(text: str) -> str:
    from observatory.text import doi

    found = doi(text)
    if found is None:
        raise ValueError(f"{text!r} isn't a DOI such as 10.1000/182")
    return found


class Record(Strict):
    """One record of a YAML file of the library; the fields are those of docs/data.md."""

    id: Slug
    kind: EntryKind
    form: Text | None = None
    title: Text
    title_en: Text | None = None
    titles: dict[str, Text] = Field(default_factory=dict)
    creators: tuple[Text | Person, ...] = ()
    publisher: Text | None = None
    container: Text | None = None
    volume: Text | None = None
    issue: Text | None = None
    pages: Text | None = None
    date: DateText | None = None
    url: Address | None = None
    seen_at: Address | None = None
    pdf_url: Address | None = None
    doi: Annotated[str, AfterValidator(_doi)] | None = None
    isbn: Text | None = None
    celex: Text | None = None
    eli: Text | None = None
    identifiers: dict[str, Text] = Field(default_factory=dict)
    deadline: DateText | None = None
    event_start: DateText | None = None
    event_end: DateText | None = None
    starts_at: Clock | None = None
    ends_at: Clock | None = None
    closes_at: Clock | None = Field(default=None, description="The clock of the deadline.")
    timezone: Zone | None = Field(default=None, description="Of these clocks: Europe/Dublin.")
    recurs: Recurrence | None = Field(default=None, description="It comes again; the dates are those of the next time.")
    event_status: EventStatus | None = None
    retracted: DateText | None = None
    corrected: DateText | None = None
    countries: Words = ()
    place: Text | None = None
    partners: Words = ()
    level: Level | None = None
    jurisdiction: Text | None = None
    official: Flag | None = None
    instrument: Instrument | None = None
    policy_stage: Stage | None = None
    steps: tuple[StepItem, ...] = ()
    bodies: Words = Field(default=(), description="Who is responsible for it.")
    citation: Text | None = Field(default=None, description="As its authority cites it: OJ C 243, 27.6.2022, p. 10.")
    language: Text | None = None
    topics: Words = ()
    evidence_type: EvidenceType | None = None
    peer_reviewed: Flag | None = None
    open_access: Flag | None = None
    licence: Text | None = None
    scope: Scope | None = None
    relations: tuple[RelationItem, ...] = ()
    landmark: Flag = False
    summary: Text | None = None
    summary_by: SummaryBy = SummaryBy.US
    note: Text | None = Field(default=None, description="Why it is worth reading, in an editor's words; shown as such.")
    note_by: Text | None = None

    def work(self) -> Work:
        """Make the work."""
        said = dict(self)
        for name in ("id", "policy_stage", "summary_by"):
            del said[name]
        return Work(
            **said
            | {
                "stage": self.policy_stage,
                "creators": tuple(c.record() if isinstance(c, Person) else Creator(c) for c in self.creators),
                "steps": tuple(sorted((Step(**dict(s)) for s in self.steps), key=lambda s: (s.date, s.what))),
                "relations": tuple(sorted(Relation(r.type, r.id) for r in self.relations)),
                "titles": tuple(sorted(self.titles.items())),
                "identifiers": tuple(sorted(self.identifiers.items())),
                "countries": tuple(sorted(set(self.countries))),
                "partners": tuple(sorted(set(self.partners))),
                "topics": tuple(sorted(set(self.topics))),
                "summary_by": self.summary_by if self.summary else None,
            }
        )


def _start(_options: LibraryOptions, _memory: Memory) -> Iterable[Request]:
    return ()


def format_of(path: str, options: LibraryOptions) -> str:
    """Name the format of a file: as the options say, else by its ending."""
    if options.format != "auto":
        return options.format
    return {".json": "csl-json", ".bib": "bibtex", ".ris": "ris"}.get(PurePosixPath(path).suffix.lower(), "yaml")


def _read(snapshot: Snapshot, options: LibraryOptions) -> Iterator[Finding]:
    form = format_of(snapshot.url, options)
    records, flaws = _yaml(snapshot) if form == "yaml" else _exports.read(form, snapshot.body, snapshot.url)
    for flaw in flaws:
        log.warning("skipped record %s", flaw)
    for key, work in records.items():
        yield Finding(snapshot.source_id, key, work, role="record")


def _yaml(snapshot: Snapshot) -> tuple[dict[str, Work], list[Flaw]]:
    try:
        marked = load(snapshot.body, snapshot.url)
    except ConfigError as error:
        raise UnreadableError(Cause.BAD_RECORD, str(error)) from error
    return _records(marked)


def _records(marked: Marked) -> tuple[dict[str, Work], list[Flaw]]:
    """Make the records of a YAML file: works by id, and the flaws of those that can't be made."""
    made: dict[str, Work] = {}
    flaws: list[Flaw] = []
    if not isinstance(marked.data, list):
        return made, [marked.flaw("should be a list of records, each beginning with a hyphen")] if marked.data else []
    for number, item in enumerate(marked.data):
        try:
            record = Record.model_validate(item)
        except ValidationError as error:
            flaws += flaws_of(error, marked, (number,), Record, key=_name(item, number))
            continue
        if record.id in made:
            flaws.append(marked.flaw("this id is taken by a record above", number, "id", key=f"{record.id}.id"))
        made.setdefault(record.id, record.work())
    return made, flaws


def works(marked: Marked) -> dict[int, tuple[str, Work]]:
    """Make the works of a YAML file, each by its place in it and with its id."""
    made = _records(marked)[0]
    names = [_name(item, number) for number, item in enumerate(marked.data if isinstance(marked.data, list) else ())]
    return {number: (name, made[name]) for number, name in enumerate(names) if name in made}


def _name(item: object, number: int) -> str:
    name = item.get("id") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) else f"[{number}]"


def flaws(marked: Marked, topics: Collection[str], places: Collection[str]) -> list[Flaw]:
    """Check a YAML file of the library, tags included: every mistake with its line."""
    found = _records(marked)[1]
    for number, item in enumerate(marked.data if isinstance(marked.data, list) else ()):
        if isinstance(item, dict):
            found += _flaws_of_tags(marked, number, item, topics, places)
    return found


def notes(form: str, body: bytes, file: str) -> list[Flaw]:
    """Check a reference manager's export: the flaws of the records that can't be read."""
    return _exports.read(form, body, file)[1]


def _flaws_of_tags(
    marked: Marked, number: int, item: Mapping[str, Any], topics: Collection[str], places: Collection[str]
) -> Iterator[Flaw]:
    name = _name(item, number)
    for key, known in (
        ("topics", topics),
        ("countries", places),
        ("partners", places),
        ("jurisdiction", places),
    ):
        said = item.get(key)
        for word in said if isinstance(said, list) else [said] if isinstance(said, str) else []:
            if word not in known:
                message = f"no such {'topic' if key == 'topics' else 'code'}: {word!r}{nearest(word, known)}"
                yield marked.flaw(message, number, key, key=f"{name}.{key}")


KIND = Kind(name="library", Options=LibraryOptions, start=_start, read=_read, local=True)
