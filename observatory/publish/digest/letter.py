"""The letter that readers get: an edition filtered to what they chose, and cut to what can be read in minutes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from observatory.model import Correction, Edition, EntryKind, Part, PartialDate, Rhythm, Site, Told
from observatory.publish import links, words
from observatory.publish.digest import wording
from observatory.publish.words import Gettext, sortable

MOST_SUBJECT = 110  # characters; mail programs show about so many of a subject
MOST_LINES = 3
MOST_RESEARCH = 4
MOST_AHEAD = 4
KEPT_RESEARCH, KEPT_AHEAD = 2, 3  # what a week full of policy may not push out
DEADLINE_DAYS = timedelta(days=14)  # a deadline as near as this stands in the first three lines
MOST_LEFT = 100  # titles of what is left out; the rest is counted
WORDS_A_MINUTE = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader chose: everything, a topic, a country, a named query or a mailing list's query."""

    kind: str = "all"
    id: str = ""
    name: str = ""
    base: str = ""  # folder of its pages and feeds

    def holds(self, told: Told) -> bool:
        """Whether an item belongs to it: fixed when the edition was issued."""
        match self.kind:
            case "topic":
                return self.id in told.topics
            case "country":
                return self.id in told.countries
            case "search" | "list":
                return f"{self.kind}:{self.id}" in told.queries
        return True


ALL = Scope()


@dataclass(frozen=True, slots=True)
class Numbered:
    """An item as it stands in a letter; dates ahead and the shelf have no number."""

    number: int
    told: Told
    path: str
    heading: str = ""  # its country, where that differs from the item before


@dataclass(frozen=True, slots=True)
class LetterPart:
    part: Part
    heading: str
    items: tuple[Numbered, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter, ready to be set: never without items, never with an empty heading."""

    id: str
    rhythm: Rhythm
    scope: Scope
    first: PartialDate
    last: PartialDate
    days: str
    subject: str
    lead: tuple[str, ...]
    parts: tuple[LetterPart, ...]
    count: int
    minutes: int
    left_out: str
    left: tuple[Told, ...]
    left_more: int
    corrections: tuple[Correction, ...]


def letter(
    edition: Edition, scope: Scope, corrections: Sequence[Correction], say: Gettext, about: str = Site().heading
) -> Letter | None:
    """Filter an edition and cut it; None when it holds no news for this scope. `about` begins the subject line."""
    held = [told for told in edition.candidates if scope.holds(told) and not told.left_out]
    if not any(told.is_news for told in held):
        return None
    shown = cut(held, edition.most)
    seen = {told.key for told in shown}
    left = [told for told in held if told.key not in seen and told.is_news]
    parts = _parts(shown, edition, say)
    chosen = _chosen(shown, edition)
    own = scope.kind == "all"
    return Letter(
        id=edition.id,
        rhythm=edition.rhythm,
        scope=scope,
        first=edition.first,
        last=edition.last,
        days=days(edition, say),
        subject=(edition.subject if own else "") or subject(chosen, about),
        lead=(edition.lead if own else ()) or tuple(told.line for told in chosen),
        parts=parts,
        count=sum(told.part is not Part.SHELF for told in shown),
        minutes=_minutes(shown),
        left_out=_counted(left, say),
        left=tuple(left[:MOST_LEFT]),
        left_more=max(0, len(left) - MOST_LEFT),
        corrections=tuple(sorted(corrections, key=lambda note: note.when)),
    )


def cut(held: Sequence[Told], most: int) -> tuple[Told, ...]:
    """Choose what is shown: by rank, with room for research and dates, and limits to both."""
    ranked = sorted(held, key=lambda told: told.rank)
    research = [told for told in ranked if told.part is Part.RESEARCH][:MOST_RESEARCH]
    ahead = [told for told in ranked if told.part is Part.AHEAD][:MOST_AHEAD]
    shelf = [told for told in ranked if told.part is Part.SHELF][:1] if most > 1 else []
    kept = [*shelf, *ahead[:KEPT_AHEAD], *research[:KEPT_RESEARCH]][:most]
    room = most - len(kept)
    others = [told for told in ranked if told.part not in (Part.RESEARCH, Part.AHEAD, Part.SHELF)]
    if room < 1 and others:
        kept, room = shelf, most - len(shelf)
    kept += others[:room]
    kept += [told for told in (*ahead, *research) if told not in kept][: max(0, most - len(kept))]
    return tuple(sorted(kept, key=lambda told: told.rank))


def why_cut(told: Told, held: Sequence[Told], most: int) -> str:
    """Say for curators why an item is not shown."""
    if told.left_out:
        return f"left out by hand: {told.left_out}"
    if (
        told.part is Part.RESEARCH
        and sum(t.rank < told.rank and t.part is Part.RESEARCH for t in held) >= MOST_RESEARCH
    ):
        return f"more than {MOST_RESEARCH} pieces of research"
    if told.part is Part.AHEAD and sum(t.rank < told.rank and t.part is Part.AHEAD for t in held) >= MOST_AHEAD:
        return f"more than {MOST_AHEAD} dates"
    return f"more than {most} items"


# ---------------------------------------------------------------- parts


def _parts(shown: Sequence[Told], edition: Edition, say: Gettext) -> tuple[LetterPart, ...]:
    found: list[LetterPart] = []
    number = 0
    moved: list[int] = []
    for part in Part:
        items: list[Numbered] = []
        for told in _sorted([told for told in shown if told.part is part], edition.order):
            number += part not in (Part.AHEAD, Part.SHELF)
            if told.is_move and part in (Part.EUROPE, Part.COUNTRIES):
                moved.append(number)
            path = links.entry(told.entry)
            items.append(Numbered(0 if part in (Part.AHEAD, Part.SHELF) else number, told, path, _heading(told, say)))
        note = _note(moved, say) if part is Part.CHANGED else ""
        if items or note:
            found.append(LetterPart(part, say(words.PARTS[part]), tuple(items), note))
    return tuple(found)


def _sorted(shown: list[Told], order: Sequence[str]) -> list[Told]:
    """Read countries from A to Z, dates as they come, all else by rank; a curator's order comes before each."""
    places = {name: number for number, name in enumerate(order)}

    def key(told: Told) -> tuple[int, bool, str, int, int]:
        place = told.place if told.part is Part.COUNTRIES else ""
        days = told.date.first_day.toordinal() if told.part is Part.AHEAD and told.date else 0
        by_hand = places.get(told.entry, len(places)) if told.part is not Part.COUNTRIES else 0
        return (by_hand, told.part is Part.COUNTRIES and not place, sortable(place), days, told.rank)

    return sorted(shown, key=key)


def _heading(told: Told, say: Gettext) -> str:
    if told.part is not Part.COUNTRIES:
        return ""
    return told.place or say("International")


def _note(moved: Sequence[int], say: Gettext) -> str:
    if not moved:
        return ""
    numbers = ", ".join(map(str, moved))
    if len(moved) == 1:
        return say("One stage moved: item {numbers}.").format(numbers=numbers)
    return say("{count} stages moved: items {numbers}.").format(count=len(moved), numbers=numbers)


# ---------------------------------------------------------------- the first lines


def _chosen(shown: Sequence[Told], edition: Edition) -> tuple[Told, ...]:
    """Choose what the subject and the first three lines say: the most telling items, and a deadline that is near."""
    near = [
        told
        for told in shown
        if told.part is Part.AHEAD and told.date and told.date.first_day <= edition.last.first_day + DEADLINE_DAYS
    ]
    near = sorted(near, key=lambda told: (told.kind is not EntryKind.CALL, told.rank))[:1]
    main = [told for told in shown if told.part not in (Part.AHEAD, Part.SHELF)]
    chosen = [*main[: MOST_LINES - len(near)], *near]
    more = [told for told in shown if told.part is not Part.SHELF and told not in chosen]
    return tuple([*chosen, *more][:MOST_LINES])


def subject(chosen: Iterable[Told], about: str) -> str:
    """Make a subject line of the two or three facts of the period, as many as it can hold, the first as whole as it can be."""
    start = f"{wording.short(about, MOST_SUBJECT // 3)}: "
    facts = list(dict.fromkeys(told.short for told in chosen))
    while facts:
        room = MOST_SUBJECT - len(start) - 3 * (len(facts) - 1)
        spare = room - sum(min(len(fact), wording.MOST_SHORT) for fact in facts)
        if spare >= 0:
            return start + " · ".join(_fitted(facts, spare))
        facts.pop()
    return ""


def _fitted(facts: Iterable[str], spare: int) -> Iterator[str]:
    """Shorten facts to their shares of a line; what one doesn't need of the spare characters the next may have."""
    for fact in facts:
        limit = wording.MOST_SHORT + spare
        yield wording.short(fact, limit) if len(fact) > limit else fact
        spare -= max(0, min(len(fact), limit) - wording.MOST_SHORT)


def days(edition: Edition, say: Gettext) -> str:
    """Write an edition's days: `27 May – 2 June 2024`, or its month."""
    if edition.rhythm is Rhythm.MONTHLY:
        return words.say_date(PartialDate(edition.first.year, edition.first.month), say)
    first, last = edition.first, edition.last
    start = words.say_date(first, say)
    if first.year == last.year:
        start = start.removesuffix(f" {first.year}")
        if first.month == last.month:
            start = str(first.day)
    return f"{start} – {words.say_date(last, say)}" if " " in start else f"{start}–{words.say_date(last, say)}"


def _minutes(shown: Iterable[Told]) -> int:
    count = sum(len(f"{told.title} {told.who} {told.text} {told.so_what} {told.line}".split()) for told in shown)
    return max(1, -(-count // WORDS_A_MINUTE))


def _counted(left: Sequence[Told], say: Gettext) -> str:
    """Count what is left out by kind: `5 news items, 1 report`."""
    found = Counter(told.kind for told in left)
    kinds = [kind for kind in EntryKind if found[kind]]
    return ", ".join(
        f"{found[kind]} {say(words.KINDS[kind] if found[kind] == 1 else words.KINDS_PLURAL[kind]).lower()}"
        for kind in kinds
    )
