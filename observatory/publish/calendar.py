"""Events and deadlines as calendars to subscribe to (RFC 5545): for all, each country, each topic.

The only file of this room that knows icalendar. DTSTAMP comes from data: the clock's would make every calendar new every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import icalendar

from observatory import text
from observatory.model import Change, ChangeKind, Entry, EntryKind, PartialDate, Scope, Site, Status
from observatory.moments import instant
from observatory.publish import links
from observatory.publish.cards import place_codes
from observatory.publish.fingerprint import fingerprint
from observatory.publish.output import Output
from observatory.publish.shelf import Shelf

FORM = "2"  # raised when the making of calendars changes
FILE = "events.ics"
EVENT_FIELDS = frozenset({"event_start", "event_end", "starts_at", "place", "title", "event_status"})
DEADLINE_FIELDS = frozenset({"deadline", "closes_at", "title", "event_status"})
LIBRARY = "library"  # what the provenance of a hand-kept record names in place of a snapshot


@dataclass(frozen=True, slots=True)
class Appointment:
    """An event or a deadline in a calendar. Days are the place's own, so they carry no zone; `begins` and `ends` are moments, where

    clock and zone are known. `sequence` rises with every move.
    """

    uid: str
    first: date
    last: date
    begins: datetime | None
    ends: datetime | None
    title: str
    place: str
    summary: str
    path: str
    url: str
    topics: tuple[str, ...]
    cancelled: bool
    sequence: int
    stamp: datetime


def outputs(shelf: Shelf) -> Iterator[Output]:
    """Plan the calendars: of all, of each topic, of each place with a page."""
    found = {entry.id: tuple(appointments(shelf, entry)) for entry in _entries(shelf)}
    held = [(shelf.entries[entry_id], made) for entry_id, made in sorted(found.items()) if made]
    yield _output(shelf, "", shelf.site.title, (one for _entry, made in held for one in made))
    for topic in shelf.catalogue.topics:
        about = (one for entry, made in held if topic.id in entry.work.topics for one in made)
        yield _output(shelf, links.topic(topic.id), shelf.say(topic.label), about)
    for code in shelf.by_place:
        about = (one for entry, made in held if code in place_codes(entry) for one in made)
        yield _output(shelf, links.country(shelf.place(code)), shelf.place(code).name, about)


def _entries(shelf: Shelf) -> Iterator[Entry]:
    """Events and calls of last year and later, the cancelled ones too: who has them must learn of it."""
    for entry in shelf.entries.values():
        dated = entry.kind in (EntryKind.EVENT, EntryKind.CALL) and entry.work.scope is not Scope.RELATED
        if dated and (entry.id in shelf.default_ids or entry.status is Status.GONE):
            yield entry


def appointments(shelf: Shelf, entry: Entry) -> Iterator[Appointment]:
    """Make the appointments of an entry; a date that isn't known to the day makes none."""
    work, say = entry.work, shelf.say
    end = work.event_end if work.event_end and work.event_end.day else work.event_start
    if work.event_start and end:
        what = f"event-{work.event_start}" if work.recurs else "event"  # each time of one that comes again is its own
        moments = (instant(work.event_start, work.starts_at, work.timezone), instant(end, work.ends_at, work.timezone))
        yield from _appointment(shelf, entry, what, (work.event_start, end), moments, work.title)
    if work.deadline:
        clock = f" {work.closes_at}" if work.closes_at else ""
        title = f"{say('Deadline')}{clock}: {work.title}"
        yield from _appointment(shelf, entry, "deadline", (work.deadline, work.deadline), (None, None), title)


def _appointment(
    shelf: Shelf,
    entry: Entry,
    what: str,
    days: tuple[PartialDate, PartialDate],
    moments: tuple[datetime | None, datetime | None],
    title: str,
) -> Iterator[Appointment]:
    (start, end), (begins, ends) = days, moments
    if not start.day or start.year < shelf.today.year - 1:
        return
    if end != start and not ends:  # of several days: without the last one's clock they are whole days
        begins = None
    work, is_event = entry.work, what != "deadline"
    cancelled = entry.status is Status.GONE or work.event_status is not None
    told = _told(entry, EVENT_FIELDS if is_event else DEADLINE_FIELDS)
    edits, edited = _edits(entry)
    yield Appointment(
        uid=f"{entry.id}-{what}@{urlsplit(shelf.site.url).hostname}",
        first=start.first_day,
        last=max(start.first_day, end.first_day),
        begins=begins,
        ends=ends if begins and ends and ends > begins else None,
        title=text.clean(title),
        place=text.clean(work.place or "") if is_event else "",
        summary=text.clean(work.summary or ""),
        path=links.entry(entry.id),
        url=text.safe_url(work.url or "") or "",
        topics=work.topics,
        cancelled=cancelled,
        sequence=len(told) + edits,
        stamp=max([entry.listed or entry.first_seen, edited, *(change.at for change in told)]),
    )


def _told(entry: Entry, watched: frozenset[str]) -> list[Change]:
    """Give the changes that a subscriber must learn of: moves, and that it was called off or withdrawn."""
    kinds = {ChangeKind.UPDATED, ChangeKind.CANCELLED}
    moves = [change for change in entry.changes if change.kind in kinds and watched & set(change.fields)]
    gone = entry.status is Status.GONE
    return moves + [change for change in entry.changes if gone and change.kind is ChangeKind.WITHDRAWN]


def _edits(entry: Entry) -> tuple[int, datetime]:
    """Give a number that rises with every edit of a hand-kept record, which leaves no change: minutes since it was first read."""
    seen = [one for one in entry.provenances if one.snapshot == LIBRARY]
    if not seen:
        return 0, entry.first_seen
    first, last = min(one.first_seen for one in seen), max(one.last_seen for one in seen)
    return int((last - first).total_seconds() // 60), last


# ---------------------------------------------------------------- writing


def _output(shelf: Shelf, base: str, name: str, found: Iterable[Appointment]) -> Output:
    kept = tuple(sorted(found, key=lambda one: (one.first, one.uid)))
    title = f"{name} – {shelf.site.title}" if base else name
    digest = fingerprint(FORM, shelf.site, title, kept)
    return Output(f"{base}{FILE}", digest, partial(write, title, kept, shelf.site))


def write(title: str, found: Iterable[Appointment], site: Site) -> bytes:
    """Write a calendar."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{site.title}//events//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    for one in found:
        calendar.add_component(_event(one, site))
    written: bytes = calendar.to_ical()
    return written


def _event(one: Appointment, site: Site) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", one.uid)
    event.add("dtstamp", one.stamp)
    event.add("last-modified", one.stamp)
    event.add("sequence", one.sequence)
    if one.begins:
        event.add("dtstart", one.begins)
        if one.ends:
            event.add("dtend", one.ends)
    else:
        event.add("dtstart", one.first)
        event.add(
            "dtend", one.last + timedelta(days=1)
        )  # an end is the first day that is no longer part (RFC 5545, 3.6.1)
    event.add("summary", one.title)
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a deadline keeps nobody busy
    event.add("url", f"{site.url}{one.path}")
    event.add("description", "\n\n".join(part for part in (one.summary, one.url) if part))
    if one.place:
        event.add("location", one.place)
    if one.topics:
        event.add("categories", list(one.topics))
    return event
