"""Periods of the digest: ISO weeks and calendar months in the site's time zone, and when their editions are due."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from observatory.model import DigestSettings, Rhythm

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Period:
    """A week or a month: `2026-W47` or `2026-11`, with its first and last day."""

    id: str
    rhythm: Rhythm
    first: date
    last: date

    def begins(self, zone: ZoneInfo) -> datetime:
        """Its first midnight: where clocks change, a week has 167 or 169 hours."""
        return _midnight(self.first, zone)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The midnight after its last day."""
        return _midnight(self.last + timedelta(days=1), zone)

    @property
    def after(self) -> Period:
        return period_of(self.last + timedelta(days=1), self.rhythm)

    @property
    def before(self) -> Period:
        return period_of(self.first - timedelta(days=1), self.rhythm)


def period_of(day: date, rhythm: Rhythm) -> Period:
    """Find the period that a day lies in."""
    if rhythm is Rhythm.WEEKLY:
        year, week, weekday = day.isocalendar()
        first = day - timedelta(days=weekday - 1)
        return Period(f"{year}-W{week:02}", rhythm, first, first + timedelta(days=6))
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(f"{day.year}-{day.month:02}", rhythm, first, following - timedelta(days=1))


def parse(text: str) -> Period:
    """Read `2026-W47` or `2026-11`; anything else is a ValueError."""
    week, month = _WEEK.fullmatch(text), _MONTH.fullmatch(text)
    try:
        if week:
            return period_of(date.fromisocalendar(int(week[1]), int(week[2]), 1), Rhythm.WEEKLY)
        if month:
            return period_of(date(int(month[1]), int(month[2]), 1), Rhythm.MONTHLY)
    except ValueError as error:
        raise ValueError(f"the calendar has no {text}") from error
    raise ValueError(f"{text!r} is no period: write a week such as 2026-W47, or a month such as 2026-11")


def due_at(period: Period, settings: DigestSettings, zone: ZoneInfo) -> datetime | None:
    """Say when a period's edition is to be issued; None when that rhythm is switched off."""
    said = settings.weekly if period.rhythm is Rhythm.WEEKLY else settings.monthly
    if said is None:
        return None
    day, hour = said.split()
    following = period.last + timedelta(days=1)
    ahead = WEEKDAYS.index(day) if period.rhythm is Rhythm.WEEKLY else int(day) - 1
    return _local(following + timedelta(days=ahead), time.fromisoformat(hour), zone)


def ended(settings: DigestSettings, zone: ZoneInfo, since: datetime, now: datetime) -> Iterator[Period]:
    """Yield the periods from the one that `since` lies in whose editions are due by now, in order of time."""
    found = []
    for rhythm in Rhythm:
        period = period_of(since.astimezone(zone).date(), rhythm)
        while (due := due_at(period, settings, zone)) is not None and due <= now:
            found.append(period)
            period = period.after
    yield from sorted(found, key=lambda period: (period.last, period.rhythm))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _local(day, time(), zone)


def _local(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)
