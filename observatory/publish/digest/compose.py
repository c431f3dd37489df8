"""Make an edition: every candidate of a period with its final text, ranked. What is issued is this record and no other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from observatory import text
from observatory.model import (
    ChangeKind,
    DigestSettings,
    Edition,
    Editorial,
    Entry,
    EntryKind,
    Part,
    PartialDate,
    Rhythm,
    Stage,
    Status,
    SummaryBy,
    Told,
)
from observatory.publish import words
from observatory.publish.cards import RESEARCH, place_codes
from observatory.publish.digest import wording
from observatory.publish.digest.gather import SUPRANATIONAL, Fact, Passed, Past, facts, passed, past, weight
from observatory.publish.digest.periods import Period
from observatory.publish.shelf import Shelf
from observatory.text import safe_url

# Stages that a policy has reached; that it is being prepared is no fact for a subject line.
REACHED = (Stage.LEGISLATIVE_PROCESS, Stage.APPROVED, Stage.IMPLEMENTATION)


@dataclass(frozen=True, slots=True)
class Made:
    """An edition as it would be issued now, and the entries of its period that it can't tell, with reasons."""

    edition: Edition
    passed: tuple[Passed, ...]


@dataclass(frozen=True)
class Ask:
    """What making an edition needs to know beside the catalogue. `matches`: entry id → ids of the queries that it matches."""

    period: Period
    settings: DigestSettings
    editions: Sequence[Edition]
    matches: Mapping[str, tuple[str, ...]]
    editorial: Editorial
    issued_at: datetime
    with_passed: bool = False
    found: list[Fact] = field(default_factory=list)


def make(shelf: Shelf, ask: Ask) -> Made:
    """Make a period's edition from the catalogue as it is; it has no candidates when there is nothing new."""
    before = past(ask.period, ask.editions)
    found = sorted(facts(shelf, before), key=weight)
    if not any(fact.is_news for fact in found):
        found = []  # reminders alone make no edition
    found = _by_hand(found, ask.editorial.order)
    if found and (pick := _pick(shelf, found, before, ask)):
        found.append(pick)
    notes, out = dict(ask.editorial.notes), dict(ask.editorial.leave_out)
    told = tuple(
        _tell(shelf, fact, rank, ask, notes.get(fact.entry.id, ""), out.get(fact.entry.id, ""))
        for rank, fact in enumerate(found)
    )
    period, settings = ask.period, ask.settings
    weekly = period.rhythm is Rhythm.WEEKLY
    edition = Edition(
        id=period.id,
        rhythm=period.rhythm,
        first=PartialDate.of(period.first),
        last=PartialDate.of(period.last),
        issued_at=ask.issued_at,
        most=settings.weekly_items if weekly else settings.monthly_items,
        candidates=told,
        subject=ask.editorial.subject if told else "",
        lead=ask.editorial.lead if told else (),
        order=ask.editorial.order,
    )
    ids = frozenset(fact.entry.id for fact in found)
    return Made(edition, tuple(passed(shelf, before, ids)) if ask.with_passed else ())


def _by_hand(found: Iterable[Fact], order: Sequence[str]) -> list[Fact]:
    """Put what a curator named first, in the curator's order."""
    places = {name: number for number, name in enumerate(order)}
    return sorted(found, key=lambda fact: places.get(fact.entry.id, len(places)))


def _pick(shelf: Shelf, found: Sequence[Fact], before: Past, ask: Ask) -> Fact | None:
    """Pick a known document that says more on what the edition is about, each once."""
    here = {fact.entry.id for fact in found}
    if ask.editorial.shelf:
        wanted = shelf.entries.get(shelf.catalogue.aliases.get(ask.editorial.shelf, ask.editorial.shelf))
        return _shelved(wanted) if wanted and wanted.id not in here else None
    topics = [topic for fact in found[: ask.settings.weekly_items] for topic in fact.entry.work.topics]
    landmarks = [shelf.entries[card.id] for card in shelf.landmarks]
    free = [e for e in landmarks if e.id not in here and not before.edition_of(e, "shelf") and not before.knows(e)]
    fitting = [entry for entry in free if _shared(entry, topics)]
    best = min(fitting, key=lambda entry: (-_shared(entry, topics), entry.id), default=None)
    return _shelved(best) if best else None


def _shared(entry: Entry, topics: Collection[str]) -> int:
    return sum(topic in entry.work.topics for topic in topics)


def _shelved(entry: Entry) -> Fact:
    return Fact(entry, "shelf", Part.SHELF, "a known document on the topics of this edition", is_news=False)


# ---------------------------------------------------------------- words


def _tell(shelf: Shelf, fact: Fact, rank: int, ask: Ask, note: str, left_out: str) -> Told:
    entry, work, say = fact.entry, fact.entry.work, shelf.say
    title, lang = wording.headline(work)
    said = _said(shelf, fact)
    theirs = work.summary_by is SummaryBy.PUBLISHER and fact.part is not Part.CHANGED and not fact.step
    place = _place(shelf, entry)
    short = _short(shelf, fact, title, place)
    own_date = _own_date(fact)
    return Told(
        key=f"{entry.id}|{fact.key}",
        entry=entry.id,
        part=fact.part,
        rank=rank,
        title=title,
        title_lang=lang,
        kind=entry.kind,
        badge=_badge(shelf, fact),
        short=short,
        line=_line(shelf, fact, title, said, place),
        why=_why(shelf, fact),
        place=place,
        who=wording.who(work, entry.kind),
        when=wording.day(own_date, say, ask.period.last.year) if own_date else "",
        date=fact.due or own_date,
        text=said,
        text_lang=(work.language or "en") if theirs else "en",
        publishers_words=theirs and bool(said),
        so_what=note,
        url=safe_url((fact.step.url if fact.step else None) or work.url or ""),
        seen_at=None if work.url else safe_url(work.seen_at or ""),
        topics=work.topics,
        countries=place_codes(entry),
        queries=ask.matches.get(entry.id, ()),
        is_news=fact.is_news,
        is_move=fact.is_move,
        moved=tuple(stage.value if stage else "" for stage in fact.moved or ()),
        left_out=left_out,
    )


def _own_date(fact: Fact) -> PartialDate | None:
    """Give the date shown: an event's or deadline's where that is the news, else when the work was published."""
    if fact.part is Part.AHEAD:
        return fact.due
    work = fact.entry.work
    if fact.step:
        return fact.step.date
    return work.event_start or work.date if fact.entry.kind is EntryKind.EVENT else work.date


def _said(shelf: Shelf, fact: Fact) -> str:
    """Give the item's own words: what changed where that is the news, else the summary."""
    say, change = shelf.say, fact.change
    if fact.part is Part.CHANGED and change:
        said = {
            ChangeKind.RETRACTED: say("Retracted by its publisher."),
            ChangeKind.CORRECTED: say("Corrected by its publisher."),
            ChangeKind.WITHDRAWN: say("Withdrawn by its publisher."),
        }.get(change.kind)
        return said or wording.summary(change.text)
    summary = fact.entry.work.summary or ""
    if fact.step and fact.step.what:
        ours = "" if fact.entry.work.summary_by is SummaryBy.PUBLISHER else summary
        what = text.clean(fact.step.what)
        return wording.summary(f"{what if what.endswith('…') else what.rstrip('.') + '.'} {ours}")
    return wording.summary(summary)


def _badge(shelf: Shelf, fact: Fact) -> str:
    entry, work, say = fact.entry, fact.entry.work, shelf.say
    movement = ""
    if fact.moved:
        movement = wording.stages(*fact.moved, say)
    elif fact.part is Part.AHEAD:
        movement = _dated(shelf, fact)
    elif entry.kind is EntryKind.POLICY and work.stage:
        movement = say(words.STAGES[work.stage])
    elif entry.kind in RESEARCH and work.evidence_type:
        movement = say(words.EVIDENCE[work.evidence_type])
    language = wording.original_language(work, say)
    return ", ".join(part for part in (wording.badge(entry.kind, movement, say), language) if part)


def _dated(shelf: Shelf, fact: Fact) -> str:
    if fact.entry.status is Status.GONE:
        return shelf.say("cancelled")
    if status := fact.entry.work.event_status:
        return shelf.say(words.EVENT_STATUS[status])
    if fact.is_move:
        return shelf.say("new date")
    return shelf.say("closes") if fact.due == fact.entry.work.deadline else ""


def _place(shelf: Shelf, entry: Entry) -> str:
    """Name the countries that an entry is about: two of them, or the first and how many more."""
    names = sorted(shelf.place(code).name for code in place_codes(entry) if code not in SUPRANATIONAL)
    own = entry.work.jurisdiction
    if own and own not in SUPRANATIONAL:
        first = shelf.place(own).name
        parent = shelf.parent(own)
        names = [first, *(n for n in names if n != first and not (parent and n == shelf.place(parent).name))]
    if len(names) > 3:
        return f"{names[0]} {shelf.say('and')} {len(names) - 1} {shelf.say('more')}"
    return f" {shelf.say('and')} ".join(part for part in (", ".join(names[:-1]), "".join(names[-1:])) if part)


def _short(shelf: Shelf, fact: Fact, title: str, place: str) -> str:
    """Say an item in a few words, for the subject line."""
    say = shelf.say
    if fact.part is Part.AHEAD and fact.due:
        due = wording.weekday(fact.due.first_day, say)[:3] + f" {words.say_date(fact.due, say, short=True)}"[:-5]
        if fact.entry.kind is EntryKind.CALL:
            return f"{say('call closes')} {due}"
        return f"{wording.short(title, 28)} {due}"
    stage = fact.moved[1] if fact.moved else fact.entry.work.stage if fact.entry.kind is EntryKind.POLICY else None
    if stage is None or stage not in (fact.moved or REACHED):
        return wording.short(title, wording.MOST_FACT)
    reached = say(words.STAGES[stage])
    whole = wording.short(title, 2 * wording.MOST_SHORT)
    if place and len(whole) + len(reached) >= wording.MOST_SHORT:  # a long title says less than whose law it is
        instrument = fact.entry.work.instrument
        what = say(words.INSTRUMENTS[instrument] if instrument else words.KINDS[fact.entry.kind]).lower()
        return f"{what} {reached} ({wording.short(place, 24)})"
    return f"{wording.short(title, wording.MOST_SHORT - len(reached) - 1)} {reached}"


def _line(shelf: Shelf, fact: Fact, title: str, said: str, place: str) -> str:
    """Say an item in one line, for *In one minute*."""
    say = shelf.say
    if fact.part is Part.AHEAD and fact.due:
        day = f"{wording.weekday(fact.due.first_day, say)} {words.say_date(fact.due, say)}"
        what = say("Deadline") if fact.due == fact.entry.work.deadline else say("Event")
        if fact.entry.status is Status.GONE:
            what = say("Cancelled")
        elif status := fact.entry.work.event_status:
            what = say(words.EVENT_STATUS[status]).capitalize()
        return f"{what} {day}: {title.rstrip('.')}."
    where = f"{place}: " if place and fact.part is Part.COUNTRIES and place not in title else ""
    if fact.moved:
        return f"{where}{title.rstrip('.')}: {wording.stages(*fact.moved, say)}."
    return where + wording.line(title, said)


def _why(shelf: Shelf, fact: Fact) -> str:
    """Say for curators why an item is a candidate."""
    entry = fact.entry
    level = entry.work.level
    when = shelf.day(fact.at) if fact.at else ""
    sort = " ".join(filter(None, ("official" if entry.work.official else "", level or "", entry.kind)))
    seen = ", ".join(dict.fromkeys(seen.source_id for seen in entry.provenances))
    said = f"{fact.why} {when}".strip()
    return text.clean(f"{said}: {sort}, seen in {seen}" if seen else f"{said}: {sort}")
