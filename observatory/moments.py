"""Moments that sources tell of events: day, clock and zone as they are at the place. Pure; knows no present."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from observatory import text
from observatory.model import EventStatus, PartialDate

_ISO = re.compile(
    r"(\d{4})-?(\d{2})(?:-?(\d{2}))?(?:[T ](\d{2}):?(\d{2})(?::?\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?(?![\d-])"
)
_OFFSET = re.compile(r"UTC([+-])(\d{2}):(\d{2})")
# What organisers write before or after a title; parentheses and capitals vary.
_STATUS_WORDS = (
    r"(?P<cancelled>cancel{1,2}ed|abgesagt|annul[ée]e?|cancelad[oa]|annullato|geannuleerd|odwołan[ey]|zrušen[oéý]?)"
)
_STATUS_WORDS += r"|(?P<postponed>postponed|verschoben|report[ée]e?|aplazad[oa]|rinviato|uitgesteld|přeložen[oý]?)"
_BEFORE = re.compile(rf"^\W*(?:{_STATUS_WORDS})\b\s*[\])!]*\s*(?:[:–—-]|(?<=[\])!])|$)\s*", re.IGNORECASE)
_AFTER = re.compile(rf"\s?(?:[(\[]|[:–—-]\s)\s*(?:{_STATUS_WORDS})\s*[)\]!]*\s*$", re.IGNORECASE)
_CANCELLED = re.compile(r"\b(has been|was|is|had to be) cancel{1,2}ed\b", re.IGNORECASE)
_POSTPONED = re.compile(r"\b(has been|was|is|had to be) postponed\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day as its place counts it; `clock` (09:30) and `zone` (an IANA name, UTC, UTC+02:00) only where they are told."""

    day: PartialDate
    clock: str = ""
    zone: str = ""

    def at(self, zone: str | None) -> Moment:
        """Tell a moment by the clocks of the zone that its source means: what is told in UTC, without a zone, or at its distance.

        A moment in another zone is told by its own place's clocks and stays so.
        """
        there, here = zone_of(zone or ""), zone_of(self.zone)
        if not zone or not self.clock or there is None:
            return self
        if here is None:
            return Moment(self.day, self.clock, zone)
        hour, minute = (int(part) for part in self.clock.split(":"))
        first = self.day.first_day
        try:
            own = datetime(first.year, first.month, first.day, hour, minute, tzinfo=here)
            moved = own.astimezone(there)
        except (ValueError, OverflowError):
            return self
        is_meant = self.zone == "UTC" or (_OFFSET.fullmatch(self.zone) and moved.utcoffset() == own.utcoffset())
        return made(moved, zone) if is_meant else self


def made(moment: datetime | date, zone: str = "") -> Moment:
    """Make a moment of a date or of what a clock shows; midnight is how programs write a whole day."""
    day = PartialDate.of(moment.date() if isinstance(moment, datetime) else moment)
    if not isinstance(moment, datetime) or (moment.hour, moment.minute) == (0, 0):
        return Moment(day)
    return Moment(day, f"{moment.hour:02}:{moment.minute:02}", zone or name_of(moment.tzinfo, moment))


def name_of(zone: tzinfo | None, moment: datetime) -> str:
    """Name a zone: by its IANA name, else by its distance from UTC at that moment; "" for none."""
    if zone is None:
        return ""
    key = getattr(zone, "key", "")
    if key and zone_of(key):
        return "UTC" if key in ("UTC", "Etc/UTC", "GMT", "Etc/GMT") else str(key)
    return _offset_name(zone.utcoffset(moment.replace(tzinfo=None)) or timedelta())


def _offset_name(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"


def zone_of(name: str) -> tzinfo | None:
    """Find a zone by the names that moments have; None when there is none."""
    if name == "UTC":
        return UTC
    if match := _OFFSET.fullmatch(name):
        minutes = int(match[2]) * 60 + int(match[3])
        return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes)) if minutes < 24 * 60 else None
    try:
        return ZoneInfo(name) if re.fullmatch(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*", name) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def moment_of(said: str, zone: str | None = None) -> Moment | None:
    """Read a moment as programs write it: 2026-11-24, 2026-11-24T14:00+01:00. `zone`: see `Moment.at`."""
    match = _ISO.search(said.strip()[:60])
    if not match:
        return None
    try:
        day = PartialDate(int(match[1]), int(match[2]), int(match[3] or 0))
        if match[4] is None or not day.day:
            return Moment(day)
        offset = _offset(match[6])
        own = zone_of(offset) if offset else None
        clock = datetime(day.year, day.month, day.day, int(match[4]), int(match[5]), tzinfo=own)
    except ValueError:
        return None
    if zone and offset == "UTC" and (there := zone_of(zone)):  # midnight there may be another day in UTC
        return made(clock.astimezone(there), zone)
    return made(clock, offset).at(zone)


def _offset(said: str | None) -> str:
    if not said:
        return ""
    if said == "Z":
        return "UTC"
    digits = said[1:].replace(":", "").ljust(4, "0")
    return "UTC" if digits == "0000" else f"UTC{said[0]}{digits[:2]}:{digits[2:]}"


def instant(day: PartialDate, clock: str | None, zone: str | None) -> datetime | None:
    """Give the moment that a clock shows there; None unless day, clock and zone are all known."""
    there = zone_of(zone or "")
    if not (day.day and clock and there):
        return None
    try:
        hour, minute = (int(part) for part in clock.split(":"))
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=there).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def status_of(said: str) -> EventStatus | None:
    """Read an event's status as calendars and schema.org say it: CANCELLED, EventCancelled, https://schema.org/EventPostponed."""
    word = said.strip().rpartition("/")[2].lower().removeprefix("event")
    return {
        "cancelled": EventStatus.CANCELLED,
        "canceled": EventStatus.CANCELLED,
        "postponed": EventStatus.POSTPONED,
    }.get(word)


def told_status(said: str) -> EventStatus | None:
    """Read a status off a notice: "This event has been cancelled"."""
    if _CANCELLED.search(said):
        return EventStatus.CANCELLED
    return EventStatus.POSTPONED if _POSTPONED.search(said) else None


def titled(title: str) -> tuple[str, EventStatus | None]:
    """Part a title from the status that is written before or after it: "CANCELLED: A webinar", "A webinar (postponed)"."""
    for pattern in (_BEFORE, _AFTER):
        match = pattern.search(title)
        rest = text.clean(title[: match.start()] + title[match.end() :]) if match else ""
        if match and rest:
            return rest, EventStatus.CANCELLED if match["cancelled"] else EventStatus.POSTPONED
    return title, None
