"""When an event comes again (RFC 5545, 3.3.10): the days of a rule, walked period by period. Pure, and bounded by construction.

A rule that never matches ends after a bounded number of steps; rules finer than days, and parts that no calendar of events uses
(weeks and days by number, hours), are not followed.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from observatory.model import Recurrence

MOST_STEPS = 20_000  # days, weeks, months or years: a daily event of fifty years
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `weekdays` as (number within the period or 0, day with Monday as 0), `until` the last day that it may give."""

    recurs: Recurrence
    interval: int = 1
    count: int | None = None
    until: date | None = None
    weekdays: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def rule_of(said: Mapping[str, Any]) -> Rule | None:
    """Read a rule's parts; None for one that isn't followed."""
    try:
        parts = {str(name).upper(): value if isinstance(value, list) else [value] for name, value in said.items()}
        recurs = Recurrence(str(parts["FREQ"][0]).lower())
        interval, count = int(parts.get("INTERVAL", [1])[0]), int(parts.get("COUNT", [0])[0])
        until = parts.get("UNTIL", [None])[0]
        rule = Rule(
            recurs,
            interval,
            count or None,
            until.date() if isinstance(until, datetime) else until,
            tuple(_weekday(str(one)) for one in parts.get("BYDAY", ())),
            tuple(int(one) for one in parts.get("BYMONTHDAY", ())),
            tuple(int(one) for one in parts.get("BYMONTH", ())),
            tuple(int(one) for one in parts.get("BYSETPOS", ())),
            _WEEKDAYS.index(str(parts.get("WKST", ["MO"])[0])),
        )
    except (KeyError, ValueError, TypeError, IndexError):
        return None
    return rule if interval > 0 and parts.keys() <= _KNOWN and _is_followed(rule) else None


def _is_followed(rule: Rule) -> bool:
    if rule.recurs in (Recurrence.DAILY, Recurrence.WEEKLY):  # numbered weekdays and positions mean nothing there
        return not rule.positions and not rule.month_days and not any(number for number, _day in rule.weekdays)
    return True


def _weekday(said: str) -> tuple[int, int]:
    return int(said[:-2] or 0), _WEEKDAYS.index(said[-2:].upper())


def days(rule: Rule, start: date, last: date) -> Iterator[date]:
    """Give the days of a rule from its first, in order, none after `last`."""
    end = min(last, rule.until) if rule.until else last
    given = 0
    for found in _periods(rule, start, end):
        if found and found[0] > end:
            return
        for day in found:
            if start <= day <= end and (rule.count is None or given < rule.count):
                given += 1
                yield day
        if rule.count is not None and given >= rule.count:
            return


def _periods(rule: Rule, start: date, end: date) -> Iterator[Sequence[date]]:
    """Give the days that fit, period by period, as far as one may begin by `end`; empty where none fits."""
    steps = max(0, (end - start).days) // (_SHORTEST[rule.recurs] * rule.interval) + 2
    try:
        for step in range(min(steps, MOST_STEPS)):
            yield _PERIODS[rule.recurs](rule, start, step * rule.interval)
    except (OverflowError, ValueError):  # past the last year of calendars
        return


def _of_day(rule: Rule, start: date, offset: int) -> Sequence[date]:
    day = start + timedelta(days=offset)
    return [day] if _fits(rule, day) else []


def _of_week(rule: Rule, start: date, offset: int) -> Sequence[date]:
    begin = start - timedelta(days=(start.weekday() - rule.week_start) % 7) + timedelta(weeks=offset)
    wanted = {day for _number, day in rule.weekdays} or {start.weekday()}
    week = (begin + timedelta(days=n) for n in range(7))
    return [day for day in week if day.weekday() in wanted and (not rule.months or day.month in rule.months)]


def _of_month(rule: Rule, start: date, offset: int) -> Sequence[date]:
    year, month = divmod(start.year * 12 + start.month - 1 + offset, 12)
    if rule.months and month + 1 not in rule.months:
        return []
    return _placed(rule, _in_month(rule, start, year, month + 1))


def _of_year(rule: Rule, start: date, offset: int) -> Sequence[date]:
    year = start.year + offset
    if rule.weekdays and not rule.months and not rule.month_days:
        whole = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if calendar.isleap(year) else 365)]
        return _placed(rule, _by_weekday(rule, whole))
    months = rule.months or (tuple(range(1, 13)) if rule.month_days else (start.month,))
    return _placed(rule, [day for month in sorted(set(months)) for day in _in_month(rule, start, year, month)])


_PERIODS = {
    Recurrence.DAILY: _of_day,
    Recurrence.WEEKLY: _of_week,
    Recurrence.MONTHLY: _of_month,
    Recurrence.YEARLY: _of_year,
}


_SHORTEST = {Recurrence.DAILY: 1, Recurrence.WEEKLY: 7, Recurrence.MONTHLY: 28, Recurrence.YEARLY: 365}  # days


def _fits(rule: Rule, day: date) -> bool:
    wanted = {weekday for _number, weekday in rule.weekdays}
    return (not wanted or day.weekday() in wanted) and (not rule.months or day.month in rule.months)


def _in_month(rule: Rule, start: date, year: int, month: int) -> list[date]:
    length = calendar.monthrange(year, month)[1]
    whole = [date(year, month, n) for n in range(1, length + 1)]
    if rule.month_days:
        wanted = {n if n > 0 else length + 1 + n for n in rule.month_days}
        in_days = [day for day in whole if day.day in wanted]
        return [day for day in in_days if _fits(rule, day)] if rule.weekdays else in_days
    if rule.weekdays:
        return _by_weekday(rule, whole)
    return [day for day in whole if day.day == start.day]


def _by_weekday(rule: Rule, whole: Sequence[date]) -> list[date]:
    """Give the days of a month or year that are, say, its second Tuesday or any Friday."""
    found = set()
    for number, weekday in rule.weekdays:
        fitting = [day for day in whole if day.weekday() == weekday]
        at = number - 1 if number > 0 else number
        found |= set(fitting) if not number else set(fitting[at : at + 1 or None])
    return sorted(found)


def _placed(rule: Rule, found: Sequence[date]) -> Sequence[date]:
    if not rule.positions:
        return found
    chosen = {found[n - 1 if n > 0 else n] for n in rule.positions if n and abs(n) <= len(found)}
    return sorted(chosen)
