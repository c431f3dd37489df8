"""The days of a rule are those that dateutil gives, whatever the rule; rules that would run for ever end at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import process_time

import icalendar
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders._recurring import days, rule_of

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@st.composite
def rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    long = freq in ("MONTHLY", "YEARLY")
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 9))}")
    names = draw(st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=3))
    if names:
        number = str(draw(st.sampled_from(["", 1, 2, 5, -1, -2]))) if long else ""
        parts.append("BYDAY=" + ",".join(number + name for name in names))
    elif long and draw(st.booleans()):
        parts.append(
            "BYMONTHDAY=" + ",".join(map(str, draw(st.lists(st.sampled_from([1, 15, 30, 31, -1]), min_size=1))))
        )
    if months := draw(st.lists(st.integers(1, 12), unique=True, max_size=3)):
        parts.append("BYMONTH=" + ",".join(map(str, months)))
    if long and len(parts) > 3 and "BY" in parts[-1] and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, 2, -1]))}")
    if draw(st.booleans()):
        parts.append("WKST=SU")
    return ";".join(parts)


@given(rules(), st.dates(date(2015, 1, 1), date(2026, 12, 28)))
@settings(max_examples=120, deadline=None)
def test_the_days_of_a_rule_are_dateutils(said: str, start: date) -> None:
    rule, last = rule_of(icalendar.vRecur.from_ical(said)), start + timedelta(days=1500)
    assert rule is not None
    begin, end = (datetime.combine(day, time(), UTC) for day in (start, last))
    wanted = rrulestr(said, dtstart=begin).between(begin, end, inc=True)
    assert list(days(rule, start, last)) == [each.date() for each in wanted]


@pytest.mark.parametrize(
    "said",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYSETPOS=99",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;COUNT=999999999",
    ],
)
def test_a_rule_that_never_matches_ends_soon(said: str) -> None:
    rule = rule_of(icalendar.vRecur.from_ical(said))
    assert rule is not None
    begin = process_time()
    assert len(list(days(rule, date(2020, 1, 1), date(2028, 1, 1)))) < 3000
    assert process_time() - begin < 1.0


@pytest.mark.parametrize(
    "said", ["FREQ=SECONDLY", "FREQ=HOURLY;COUNT=5", "FREQ=DAILY;BYHOUR=9,17", "FREQ=WEEKLY;INTERVAL=0", "X=1"]
)
def test_a_rule_finer_than_days_is_not_followed(said: str) -> None:
    parts = dict(pair.split("=") for pair in said.split(";"))
    assert rule_of({name: value.split(",") for name, value in parts.items()}) is None
