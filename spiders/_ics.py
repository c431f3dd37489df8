"""iCalendar (RFC 5545) read into events and calls. Pure; the only file of this room that knows icalendar.

An event that comes again is one finding: its dates are those of the next time. Of several forms of one event the last revision
counts (SEQUENCE). One broken event costs itself only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import Cause, EntryKind, EventStatus, PartialDate, SummaryBy, Work
from observatory.moments import Moment, made, name_of, status_of, titled, zone_of
from spiders import _recurring
from spiders._records import language_of

MOST_BYTES = 20_000_000
MOST_EVENTS = 5_000  # of one calendar
MOST_RECURRING = 300  # of them that come again: each costs up to some milliseconds
AHEAD = timedelta(days=800)  # how far the next time of an event is looked for
WORDS = 60  # of a description that are shown
_BEGIN = re.compile(rb"^BEGIN:VCALENDAR\b", re.MULTILINE | re.IGNORECASE)
# What the parser raises on broken events; OSError too, since it looks for a file of the name that a zone is given.
_BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OverflowError, OSError)
_EDGE = re.compile(rb"^(BEGIN|END):(VEVENT|VTODO|VTIMEZONE)\b[^\n]*\n?", re.MULTILINE | re.IGNORECASE)
_CALL = re.compile(
    r"\bdeadlines?\b|\bcalls? for\b|^call\b|\bclosing date\b"
    r"|\b(submissions?|applications?|registrations?|nominations?) (close|due|end)"
    r"|\blast day (to|for)\b|\b(consultation|tender)s? (close|end)",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True, slots=True)
class Told:
    """An event as a calendar tells it; `key` is its UID, `revision` its SEQUENCE (of times that are told apart: none)."""

    key: str
    work: Work
    revision: int | None = None


@dataclass(slots=True)
class _Series:
    """The forms of one UID: the event itself, and the times that are told apart (RECURRENCE-ID)."""

    master: Any = None
    apart: dict[date, Any] = field(default_factory=dict)


def is_calendar(body: bytes) -> bool:
    """Whether an answer is a calendar, whatever its type says."""
    return _BEGIN.search(body[:2_000]) is not None


def is_torn(body: bytes) -> bool:
    """Whether a calendar ends in the middle."""
    return not re.search(rb"^END:VCALENDAR\b\s*\Z", body[-200:], re.MULTILINE | re.IGNORECASE)


def read(body: bytes, today: date, zone: str | None) -> list[Told]:
    """Read a calendar's events; clocks are those of `zone` where given, else of each event's own zone.

    UnreadableError: TOO_LARGE, BAD_RECORD when nothing in it can be read.
    """
    if len(body) > MOST_BYTES:
        raise UnreadableError(Cause.TOO_LARGE, f"a calendar of more than {MOST_BYTES // 1_000_000} MB")
    own, is_void, parts = _parts(body)
    zone = zone or own
    series: dict[str, _Series] = {}
    for part in parts[:MOST_EVENTS]:
        _sort_in(series, part)
    found, recurring = [], 0
    for key, one in series.items():
        recurring += one.master is not None and "RRULE" in one.master
        if told := _told(key, one, today, zone, recurring <= MOST_RECURRING):
            counted = one.master is not None and "SEQUENCE" in one.master
            told = replace(told, revision=_revision(one.master)[0] if counted else None)
            found.append(_void(told) if is_void else told)
    return found


def _void(told: Told) -> Told:
    return replace(told, work=replace(told.work, event_status=EventStatus.CANCELLED))


def _parts(body: bytes) -> tuple[str | None, bool, list[Any]]:
    """Give a calendar's zone, whether it takes its events back (METHOD:CANCEL), and its events; broken ones left out."""
    import icalendar

    try:
        whole = icalendar.Calendar.from_ical(body, multiple=True) or list(
            _piecewise(body)
        )  # cut off: nothing is raised
    except _BROKEN:
        whole = list(_piecewise(body))
    if not whole:
        raise UnreadableError(Cause.BAD_RECORD, "a calendar in which nothing can be read")
    zone = next((str(one["X-WR-TIMEZONE"]) for one in whole if "X-WR-TIMEZONE" in one), None)
    is_void = any(str(one.get("METHOD", "")).upper() == "CANCEL" for one in whole)
    return zone, is_void, [part for one in whole for part in one.walk() if part.name in ("VEVENT", "VTODO")]


def _piecewise(body: bytes) -> Iterator[Any]:
    """Read what can be read of a broken calendar: each part that reads alone, then all of these at once, with their zones."""
    parts: dict[bytes, list[bytes]] = {b"VTIMEZONE": []}
    for name, part in _cut_out(body):
        kept = parts.setdefault(name, [])
        if len(kept) < MOST_EVENTS and _read_or_none(part):
            kept.append(part)
    zones = b"".join(parts.pop(b"VTIMEZONE"))
    events = b"".join(part for kept in parts.values() for part in kept)
    if events and (made := _read_or_none(zones + events) or _read_or_none(events)):
        yield made


def _cut_out(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Cut out zones, events and tasks: from each beginning to the end that follows it, in one pass."""
    begun: tuple[bytes, int] | None = None
    for edge in _EDGE.finditer(body):
        name = edge[2].upper()
        if edge[1].upper() == b"BEGIN":
            begun = (name, edge.start())
        elif begun and begun[0] == name:
            yield name, body[begun[1] : edge.end()].rstrip() + b"\r\n"
            begun = None


def _read_or_none(parts: bytes) -> Any:
    import icalendar

    try:
        return icalendar.Calendar.from_ical(b"BEGIN:VCALENDAR\r\n" + parts + b"END:VCALENDAR\r\n")
    except _BROKEN:
        return None


def _sort_in(series: dict[str, _Series], part: Any) -> None:
    """Put a form of an event to its UID; of two for the same time the later revision stays."""
    key = text.clean(_said(part, "UID"), 400) or text.clean(
        f"{_said(part, 'SUMMARY')} {_value(part, 'DTSTART') or ''}", 400
    )
    if not key:
        return
    held = series.setdefault(key, _Series())
    at = _value(part, "RECURRENCE-ID")
    if at is None:
        held.master = part if held.master is None or _revision(part) >= _revision(held.master) else held.master
        return
    day = at.date() if isinstance(at, datetime) else at
    if day not in held.apart or _revision(part) >= _revision(held.apart[day]):
        held.apart[day] = part


def _revision(part: Any) -> tuple[int, str]:
    stamp = _value(part, "LAST-MODIFIED") or _value(part, "DTSTAMP")
    return _whole(_said(part, "SEQUENCE")), stamp.isoformat() if isinstance(stamp, date) else ""


def _whole(said: str) -> int:
    return int(said) if re.fullmatch(r"\d{1,9}", said) else 0


# ---------------------------------------------------------------- one event


def _told(key: str, series: _Series, today: date, zone: str | None, follows: bool) -> Told | None:
    master = series.master
    if master is None:  # only single times of it are told: the next of them stands for all
        alone = sorted(series.apart.values(), key=lambda part: _day(part, "DTSTART") or date.max)
        master = next((part for part in alone if (_day(part, "DTSTART") or date.min) >= today), alone[-1])
        return _made(key, master, master, None, zone)
    rule = _recurring.rule_of(master["RRULE"]) if follows and _is_one_rule(master) else None
    first = _day(master, "DTSTART")
    if rule is None or first is None:
        return _made(key, master, master, None, zone)
    part, day = _next(series, rule, first, today)
    return _made(key, master, part, rule, zone, (day - first) if part is master else timedelta())


def _is_one_rule(master: Any) -> bool:
    return "RRULE" in master and not isinstance(master["RRULE"], list)


def _next(series: _Series, rule: _recurring.Rule, first: date, today: date) -> tuple[Any, date]:
    """Choose the time that comes next, or the last one: times may be moved, cancelled (EXDATE), or told apart."""
    left_out = _days(series.master, "EXDATE") | set(series.apart)
    extra = _days(series.master, "RDATE")
    planned = [day for day in _recurring.days(rule, first, today + AHEAD) if day not in left_out]
    apart = {
        day: part
        for part in series.apart.values()
        if (day := _day(part, "DTSTART")) and status_of(_said(part, "STATUS")) is None
    }
    times = sorted({*planned, *extra, *apart})
    day = next((day for day in times if day >= today), times[-1] if times else first)
    return apart.get(day, series.master), day


def _days(part: Any, name: str) -> set[date]:
    said = part.get(name, [])
    try:
        values = [one for lists in (said if isinstance(said, list) else [said]) for one in getattr(lists, "dts", ())]
    except ValueError:  # a broken value
        return set()
    found = (getattr(value, "dt", None) for value in values)
    return {each.date() if isinstance(each, datetime) else each for each in found if isinstance(each, date)}


def _made(
    key: str, master: Any, part: Any, rule: _recurring.Rule | None, zone: str | None, by: timedelta = timedelta()
) -> Told | None:
    title, told = titled(text.clean(_said(part, "SUMMARY") or _said(master, "SUMMARY"), 300))
    begins, ends = _span(part, zone)
    if not title or begins is None:
        return None
    begins, ends = _later(begins, by), _later(ends, by) if ends else None
    is_call = part.name == "VTODO" or is_call_for(title)
    described = markup.prose(_said(part, "DESCRIPTION") or _said(master, "DESCRIPTION"))
    summary = text.clip(described, WORDS)
    status = status_of(_said(part, "STATUS")) or status_of(_said(master, "STATUS")) or told
    work = Work(
        title=title,
        kind=EntryKind.CALL if is_call else EntryKind.EVENT,
        url=_url(part, described) or _url(master, described),
        summary=summary or None,
        summary_by=SummaryBy.PUBLISHER if summary else None,
        language=language_of(getattr(part.get("SUMMARY"), "params", {}).get("LANGUAGE")),
        recurs=rule.recurs if rule else None,
        event_status=status,
        **_dates(begins, ends, is_call=is_call),
        place=None if is_call else _place(_said(part, "LOCATION") or _said(master, "LOCATION")),
    )
    return Told(key, work)


def _dates(begins: Moment, ends: Moment | None, *, is_call: bool) -> Mapping[str, Any]:
    """Give the fields of a time: of a call, its end is the deadline."""
    last = ends or begins
    if is_call:
        return {
            "deadline": last.day,
            "closes_at": last.clock or None,
            "timezone": (last.zone or None) if last.clock else None,
        }
    return {
        "event_start": begins.day,
        "event_end": ends.day if ends and ends.day != begins.day else None,
        "starts_at": begins.clock or None,
        "ends_at": (ends.clock or None) if ends else None,
        "timezone": begins.zone or None,
    }


def _span(part: Any, zone: str | None) -> tuple[Moment | None, Moment | None]:
    """Read when an event begins and ends. An end is the first moment that is no longer part (RFC 5545, 3.6.1)."""
    begin, end = _value(part, "DTSTART"), _value(part, "DTEND")
    due, length = _value(part, "DUE"), _value(part, "DURATION")
    begin = begin if isinstance(begin, date) else due
    if not isinstance(begin, date):
        return None, None
    if not isinstance(end, date):
        end = due if isinstance(due, date) else begin + length if isinstance(length, timedelta) else None
    begins = _moment(begin, zone)
    if end is None or end == begin:
        return begins, None
    ends = _moment(end, zone)
    is_midnight = not ends.clock and due is None
    if is_midnight and ends.day > begins.day:
        ends = Moment(PartialDate.of(ends.day.first_day - timedelta(days=1)))
    return begins, ends


def _moment(value: date, zone: str | None) -> Moment:
    there = zone_of(zone or "")
    if isinstance(value, datetime) and there and value.tzinfo and name_of(value.tzinfo, value) == "UTC":
        return made(value.astimezone(there), zone or "")  # midnight there may be another day in UTC
    return made(value).at(zone)


def _later(moment: Moment, by: timedelta) -> Moment:
    try:
        return replace(moment, day=PartialDate.of(moment.day.first_day + by)) if by else moment
    except OverflowError:
        return moment


def _place(said: str) -> str | None:
    cleaned = text.clean(said, 200)
    return ("Online" if _LINK.match(cleaned) else cleaned) or None


def _url(part: Any, described: str) -> str | None:
    found = (_said(part, "URL"), *_LINK.findall(described))
    return next((url for said in found if (url := text.safe_url(said.rstrip(".,;")))), None)


def is_call_for(title: str) -> bool:
    """Whether a title names a deadline rather than an event."""
    return _CALL.search(title) is not None


# ---------------------------------------------------------------- values


def _said(part: Any, name: str) -> str:
    value = part.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return str(value) if value is not None else ""


def _value(part: Any, name: str) -> Any:
    value = part.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    try:
        found = getattr(value, "dt", None)
    except ValueError:  # icalendar keeps what it can't read, and says so when it is asked for
        return None
    return found if isinstance(found, date | timedelta) else None


def _day(part: Any, name: str) -> date | None:
    value = _value(part, name)
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def is_ahead(work: Work, today: date) -> bool:
    """Whether an event or deadline is still to come, or its day isn't known."""
    dates: Iterable[PartialDate | None] = (work.deadline, work.event_end, work.event_start)
    known = [one.first_day for one in dates if one]
    return not known or max(known) >= today
