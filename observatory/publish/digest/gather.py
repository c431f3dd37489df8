"""What an edition can tell: the entries that are new, the ones that moved, the dates ahead, and why all else is left aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from observatory.model import (
    Change,
    ChangeKind,
    Edition,
    Entry,
    EntryKind,
    Level,
    Part,
    PartialDate,
    Rhythm,
    Stage,
    Status,
    Step,
)
from observatory.publish.cards import RESEARCH, place_codes
from observatory.publish.digest.periods import Period
from observatory.publish.shelf import PRESS, Shelf

SOON: Mapping[Rhythm, timedelta] = {Rhythm.WEEKLY: timedelta(days=14), Rhythm.MONTHLY: timedelta(days=45)}
STEP_DAYS = timedelta(days=30)  # a dated step that we learn of later than this is history, as with the back-fill rule
DATED = frozenset({EntryKind.EVENT, EntryKind.CALL})
DATES = frozenset({"deadline", "event_start", "event_end", "starts_at", "closes_at", "place", "event_status"})
KEPT_UP = frozenset({EntryKind.POLICY, EntryKind.POSITION, EntryKind.REPORT, EntryKind.GUIDE, EntryKind.STANDARD})
SUPRANATIONAL = frozenset({"EU", "EHEA", "INT"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to tell of an entry, before it has words. `key` says what, so that it is told once."""

    entry: Entry
    key: str
    part: Part
    why: str
    at: datetime | None = None
    moved: tuple[Stage | None, Stage] | None = None
    step: Step | None = None
    change: Change | None = None
    due: PartialDate | None = None
    is_news: bool = True
    is_move: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    """An entry of the period that no edition tells, and why."""

    entry: Entry
    why: str


@dataclass(frozen=True)
class Past:
    """What earlier editions of one rhythm told: keys, and the dates ahead that they reminded of."""

    period: Period
    told: Mapping[str, str] = field(default_factory=dict)  # key → edition
    reminded: frozenset[tuple[str, PartialDate]] = frozenset()
    issued: frozenset[str] = frozenset()

    def edition_of(self, entry: Entry, what: str) -> str | None:
        """Find the edition that told this of an entry under any of its names."""
        found = (self.told.get(f"{name}|{what}") for name in (entry.id, *entry.aliases))
        return next((edition for edition in found if edition), None)

    def knows(self, entry: Entry) -> bool:
        """Whether this entry was told as new, under any of its names."""
        return self.edition_of(entry, "new") is not None

    def has_reminded(self, entry: Entry, due: PartialDate) -> bool:
        return any((name, due) in self.reminded for name in (entry.id, *entry.aliases))


def past(period: Period, editions: Iterable[Edition]) -> Past:
    """Gather what the editions before this period told."""
    before = [e for e in editions if e.rhythm is period.rhythm and e.last.first_day < period.first]
    told = {one.key: edition.id for edition in reversed(before) for one in edition.candidates}
    reminded = {
        (one.entry, one.date)
        for edition in before
        for one in edition.candidates
        if one.part is Part.AHEAD and one.date and one.date.first_day <= edition.last.first_day + SOON[edition.rhythm]
    }
    return Past(period, told, frozenset(reminded), frozenset(edition.id for edition in before))


def facts(shelf: Shelf, before: Past) -> Iterator[Fact]:
    """Yield all that the period can tell, the pick from the shelf left aside."""
    period = before.period
    since, until = _since(before, shelf), period.ends(shelf.zone)
    for entry in shelf.entries.values():
        if _is_silent(shelf, entry):
            continue
        new = _new(entry, before, since, until)
        if new:
            yield new
        elif entry.listed is not None and entry.listed < until:
            changes = tuple(_changes(entry, before, since, until))
            yield from changes
            if not any(fact.part is Part.AHEAD for fact in changes):
                yield from _reminder(entry, before)


def passed(shelf: Shelf, before: Past, told: frozenset[str]) -> Iterator[Passed]:
    """Yield the entries that came in the period and are not told, each with the reason."""
    begins, ends = before.period.begins(shelf.zone), before.period.ends(shelf.zone)
    for entry in shelf.entries.values():
        if entry.id not in told and entry.listed and begins <= entry.listed < ends:
            yield Passed(entry, _why_passed(shelf, entry, before))
        elif entry.id not in told:
            technical = [c for c in entry.changes if begins <= c.at < ends and c.kind is not ChangeKind.NEW]
            if technical:
                yield Passed(entry, f"changed, but nothing to tell: {', '.join(_named(c) for c in technical)}")


def _named(change: Change) -> str:
    return f"{change.kind} ({', '.join(change.fields)})" if change.fields else change.kind.value


def _why_passed(shelf: Shelf, entry: Entry, before: Past) -> str:
    if entry.status is Status.GONE:
        return "withdrawn by its publisher before it was told"
    if edition := before.edition_of(entry, "new"):
        return f"told before, in {edition}"
    if not shelf.is_core(shelf.cards[entry.id]):
        return "only related to the subject"
    if entry.id not in shelf.default_ids:
        return "press about a document that stands here itself"
    if not entry.announced:
        return "history: its source showed it when first read and it is older than 30 days, or it was kept by hand"
    return "nothing to tell"


def _since(before: Past, shelf: Shelf) -> datetime:
    """Say from when on things count: what came to light after the last edition was made is told in the next, not lost."""
    previous = before.period.before
    late = previous.id in before.issued
    return (previous if late else before.period).begins(shelf.zone)


def _is_silent(shelf: Shelf, entry: Entry) -> bool:
    """Press about an entry that stands here, and what is only related to the subject, have no part in editions."""
    if entry.status is Status.GONE:
        return not shelf.is_core(shelf.cards[entry.id])
    return entry.id not in shelf.default_ids


# ---------------------------------------------------------------- what is new


def _new(entry: Entry, before: Past, since: datetime, until: datetime) -> Fact | None:
    if not entry.announced or entry.listed is None or not since <= entry.listed < until:
        return None
    if entry.status is Status.GONE or entry.work.event_status or before.knows(entry):
        return None
    due = _ahead(entry, before.period.last)
    move = _move(entry, before, since, until)
    return Fact(
        entry,
        "new",
        Part.AHEAD if due and entry.kind in DATED else part_of(entry),
        "new",
        at=entry.listed,
        moved=move.moved if move else None,
        step=move.step if move else None,
        due=due,
        is_move=move is not None,
    )


def part_of(entry: Entry) -> Part:
    """Say where an entry stands in an edition: research apart, then European before national."""
    if entry.kind in RESEARCH:
        return Part.RESEARCH
    if entry.work.level in (Level.EU, Level.EHEA):
        return Part.EUROPE
    codes = set(place_codes(entry))
    return Part.EUROPE if codes and codes <= {"EU", "EHEA"} else Part.COUNTRIES


def _ahead(entry: Entry, last: date) -> PartialDate | None:
    """Give the date of an event or deadline that is still ahead, known to the day."""
    work = entry.work
    dates = (work.deadline, work.event_start) if entry.kind is EntryKind.CALL else (work.event_start, work.deadline)
    known = [one for one in dates if one and one.day and one.first_day > last]
    return known[0] if known else None


# ---------------------------------------------------------------- what moved


def _changes(entry: Entry, before: Past, since: datetime, until: datetime) -> Iterator[Fact]:
    found: dict[str, Fact] = {}
    for change in entry.changes:
        if since <= change.at < until and (fact := _of_change(entry, change, before.period.last)):
            found[fact.key] = fact  # of two moves in one period the later counts
    if entry.status is not Status.GONE and (move := _move(entry, before, since, until)):
        found = {key: fact for key, fact in found.items() if not _reports(fact, move)} | {move.key: move}
    yield from (fact for fact in found.values() if before.edition_of(entry, fact.key) is None)


def _reports(fact: Fact, move: Fact) -> bool:
    """Whether a changed text is what a move was read from: the move says it better."""
    is_text = fact.change is not None and fact.change.kind is ChangeKind.TEXT
    return is_text and fact.at is not None and move.at is not None and fact.at <= move.at


def _move(entry: Entry, before: Past, since: datetime, until: datetime) -> Fact | None:
    return _stage(entry, before.period, since, until) if entry.kind is EntryKind.POLICY else None


def _of_change(entry: Entry, change: Change, last: date) -> Fact | None:
    """Make a fact of a change that readers should hear of; technical ones make none."""
    part, due = Part.CHANGED, None
    if entry.status is Status.GONE and change.kind is not ChangeKind.WITHDRAWN:
        return None
    match change.kind:
        case ChangeKind.TEXT if change.text:
            key, why = f"text:{change.at:%Y%m%dT%H%M%SZ}", "its text changed"
        case ChangeKind.RETRACTED | ChangeKind.CORRECTED:
            key, why = f"{change.kind}:{change.at:%Y%m%d}", str(change.kind)
        case ChangeKind.WITHDRAWN if entry.status is Status.GONE:
            due = _ahead(entry, last)
            part = Part.AHEAD if due else part
            if not due and entry.kind not in KEPT_UP:
                return None
            key, why = "withdrawn", "cancelled" if due else "withdrawn by its publisher"
        case ChangeKind.CANCELLED:
            if entry.work.event_status is None or (due := _ahead(entry, last)) is None:
                return None
            key, part, why = f"status:{entry.work.event_status}", Part.AHEAD, entry.work.event_status.value
        case ChangeKind.UPDATED if entry.kind in DATED and DATES & set(change.fields):
            if entry.work.event_status or (due := _ahead(entry, last)) is None:
                return None
            key, part, why = f"date:{due}", Part.AHEAD, "its date or place changed"
        case _:
            return None
    return Fact(entry, key, part, why, at=change.at, change=change, due=due, is_move=True)


def _stage(entry: Entry, period: Period, since: datetime, until: datetime) -> Fact | None:
    """A policy's latest move: as a curator noted it, else a dated step of late, however we came to know of it."""
    steps = [step for step in entry.work.steps if step.date.first_day <= period.last]
    steps.sort(key=lambda step: step.date)
    noted = [change for change in entry.changes if change.kind is ChangeKind.STAGE and change.at < until]
    if noted and noted[-1].at >= since and (stage := _stage_of(noted[-1])):
        step = next((one for one in reversed(steps) if noted[-1].text.startswith(str(one.date))), None)
        day = step.date if step else PartialDate.of(noted[-1].at.date())
        earlier = [*(s.stage for s in steps if s.date < day), *(_stage_of(c) for c in noted[:-1]), *_left(noted[-1])]
        why = "its stage moved"
    elif len(steps) > 1 and steps[-1].date.day and steps[-1].date.first_day >= period.first - STEP_DAYS:
        step, stage, day = steps[-1], steps[-1].stage, steps[-1].date
        earlier, why = [steps[-2].stage], f"a step dated {day}"
    else:
        return None
    before = earlier[-1] if earlier else None
    at = noted[-1].at if noted else None
    return Fact(entry, f"stage:{stage}:{day}", part_of(entry), why, at, (before, stage), step=step, is_move=True)


def _stage_of(change: Change) -> Stage | None:
    """Give the stage that a policy reached."""
    return next((Stage(name) for name in reversed(change.fields) if name in list(Stage)), None)


def _left(change: Change) -> tuple[Stage, ...]:
    """Give the stage that it left, where the change says so."""
    return tuple(Stage(name) for name in change.fields[:-1] if name in list(Stage))


def _reminder(entry: Entry, before: Past) -> Iterator[Fact]:
    """A date that comes soon is told once more, alone it makes no edition."""
    period = before.period
    stands = entry.status is Status.PUBLISHED and not entry.work.event_status
    due = _ahead(entry, period.last) if entry.kind in DATED and stands else None
    if due and due.first_day <= period.last + SOON[period.rhythm] and not before.has_reminded(entry, due):
        yield Fact(entry, f"due:{due}", Part.AHEAD, "its date comes soon", due=due, is_news=False)


# ---------------------------------------------------------------- order


def weight(fact: Fact) -> tuple[int, int, int, str]:
    """Sort the most telling first: moves of policies, policies, calls, reports, changes, events, research, then the rest."""
    entry = fact.entry
    levels = [Level.EU, Level.EHEA, Level.NATIONAL, Level.REGIONAL, Level.GLOBAL, Level.SECTOR, Level.INSTITUTION]
    level = levels.index(entry.work.level) if entry.work.level else len(levels)
    when = fact.due or entry.work.date
    days = when.first_day.toordinal() if when else 0
    return (_class(fact), level, days if fact.due else -days, entry.id)


def _class(fact: Fact) -> int:
    entry, official = fact.entry, bool(fact.entry.work.official)
    if not fact.is_news:
        return 10
    if fact.moved and fact.is_move:
        return 0 if official else 1
    ranks = {
        EntryKind.POLICY: 1 if official else 2,
        EntryKind.POSITION: 2,
        EntryKind.CALL: 3,
        EntryKind.REPORT: 3 if entry.work.landmark else 4,
        EntryKind.GUIDE: 4,
        EntryKind.STANDARD: 4,
        EntryKind.EVENT: 6,
        **dict.fromkeys(RESEARCH, 7),
        **dict.fromkeys(PRESS, 9),
    }
    return min(ranks.get(entry.kind, 8), 5) if fact.part is Part.CHANGED else ranks.get(entry.kind, 8)
