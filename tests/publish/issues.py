"""Entries, catalogues and editions to test the digest with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from observatory.model import (
    Catalogue,
    Change,
    ChangeKind,
    DigestSettings,
    Edition,
    Editorial,
    Entry,
    EntryKind,
    Level,
    PartialDate,
    Place,
    Provenance,
    Rhythm,
    Site,
    Stage,
    Status,
    Step,
    Topic,
    Work,
)
from observatory.publish.digest.compose import Ask, make
from observatory.publish.digest.letter import ALL, Letter, Scope, letter
from observatory.publish.digest.periods import parse
from observatory.publish.shelf import Shelf, make_shelf

SITE = Site(
    title="Micro-credential Observatory", url="https://mc.example.org/", timezone="Europe/Dublin", contact="a@b.example"
)
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)  # of 2026-W47
PLACES = {
    code: Place(code, name, slug=name.lower())
    for code, name in {"IE": "Ireland", "AT": "Austria", "NZ": "New Zealand"}.items()
}
TOPICS = (Topic("recognition", "Recognition", "…", "Trust"), Topic("credit", "Credit", "…", "What it is"))


def on(day: int, hour: int = 9) -> datetime:
    """A moment so many days after the Monday of 2026-W47."""
    return MONDAY + timedelta(days=day, hours=hour - 9)


def entry(entry_id: str, kind: EntryKind = EntryKind.REPORT, listed: datetime = MONDAY, **fields: Any) -> Entry:
    own = {name: fields.pop(name) for name in list(fields) if name in Entry.__dataclass_fields__}
    seen = Provenance("enqa", entry_id, f"https://enqa.example/{entry_id}", listed, listed, "run/00000001")
    defaults: dict[str, Any] = {"status": Status.PUBLISHED, "first_seen": listed, "listed": listed, "announced": True}
    defaults |= {"provenances": (seen,), "reasons": (), "changes": (Change(listed, ChangeKind.NEW),)}
    said = {"title": entry_id.replace("-", " ").capitalize(), "publisher": "ENQA", "language": "en"}
    said |= {"url": f"https://enqa.example/{entry_id}", "date": PartialDate.of(listed.date())}
    return Entry(id=entry_id, work=Work(kind=kind, **(said | fields)), **(defaults | own))


def policy(entry_id: str, country: str = "IE", **fields: Any) -> Entry:
    said: dict[str, Any] = {"level": Level.NATIONAL, "countries": (country,), "jurisdiction": country, "official": True}
    return entry(entry_id, EntryKind.POLICY, **({"stage": Stage.DESIGN} | said | fields))


def moved(before: Entry, at: datetime, stage: Stage) -> Entry:
    """The same policy, moved by a curator who noted a step of that day."""
    assert before.work.stage
    day = PartialDate.of(at.date())
    first = Step(before.work.date or day, before.work.stage, "Begun")
    steps = before.work.steps or (first,)
    step = Step(day, stage, "Voted in parliament", "https://parliament.example/vote")
    change = Change(at, ChangeKind.STAGE, f"{day}: Voted in parliament", (before.work.stage.value, stage.value))
    return replace(
        before,
        work=replace(before.work, stage=stage, steps=(*steps, step)),
        changes=(*before.changes, change),
    )


def catalogue(*entries: Entry, **fields: Any) -> Catalogue:
    return Catalogue(
        as_of=fields.pop("as_of", on(7)),
        entries=tuple(sorted(entries, key=lambda one: one.id)),
        aliases={},
        sources=(),
        health={},
        topics=TOPICS,
        places=PLACES,
        rhythms=(Rhythm.WEEKLY, Rhythm.MONTHLY),
        **fields,
    )


def shelf(*entries: Entry, **fields: Any) -> Shelf:
    return make_shelf(catalogue(*entries, **fields), SITE, str)


def made(
    *entries: Entry,
    period: str = "2026-W47",
    earlier: tuple[Edition, ...] = (),
    said: Editorial | None = None,
    settings: DigestSettings | None = None,
    matches: dict[str, tuple[str, ...]] | None = None,
) -> Edition:
    """Make the edition of a period."""
    ask = Ask(
        parse(period), settings or DigestSettings(), earlier, matches or {}, said or Editorial(edition=period), on(7)
    )
    return make(shelf(*entries), ask).edition


def read(edition: Edition, scope: Scope = ALL) -> Letter | None:
    return letter(edition, scope, (), str)


def lines(found: Letter | None) -> list[str]:
    """What a letter shows: part, number, title and badge of each item."""
    assert found
    return [f"{p.part} {i.number or '-'} {i.told.title} [{i.told.badge}]" for p in found.parts for i in p.items]
