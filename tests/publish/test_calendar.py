"""Calendars hold events and deadlines on the right days, and say when one moved or was cancelled."""

from __future__ import annotations

from datetime import date
from typing import Any

import icalendar
import issues
from hypothesis import given
from hypothesis import strategies as st
from issues import entry, on

from observatory.model import Change, ChangeKind, EntryKind, PartialDate, Provenance, Scope, Status
from observatory.publish.calendar import outputs


def calendars(*entries: issues.Entry) -> dict[str, bytes]:
    made: dict[str, Any] = {one.path: one.render() for one in outputs(issues.shelf(*entries))}
    return made


def events(*entries: issues.Entry, path: str = "events.ics") -> list[icalendar.Event]:
    (calendar,) = icalendar.Calendar.from_ical(calendars(*entries)[path], multiple=True)
    return list(calendar.walk("VEVENT"))


def conference(**fields: Any) -> issues.Entry:
    said = {"event_start": PartialDate(2027, 3, 1), "event_end": PartialDate(2027, 3, 3), "place": "Graz, Austria"}
    return entry("conference", EntryKind.EVENT, **(said | fields))


def test_an_event_stands_on_all_its_days() -> None:
    (event,) = events(conference())
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2027, 3, 1), date(2027, 3, 4))
    assert event["UID"] == "conference-event@mc.example.org"
    assert event["LOCATION"] == "Graz, Austria"
    assert event["STATUS"] == "CONFIRMED"
    assert event["URL"] == "https://mc.example.org/entries/conference/"


def test_a_deadline_is_a_day_of_its_own() -> None:
    both = entry("call", EntryKind.CALL, deadline=PartialDate(2026, 12, 4), event_start=PartialDate(2027, 5, 1))
    assert [(e["UID"].split("@")[0], e["SUMMARY"]) for e in events(both)] == [
        ("call-deadline", "Deadline: Call"),
        ("call-event", "Call"),
    ]


def test_a_move_and_a_cancellation_raise_the_sequence_and_keep_the_uid() -> None:
    moved = (Change(on(1), ChangeKind.UPDATED, fields=("event_start",)),)
    (first,), (second,) = events(conference()), events(conference(changes=moved, event_start=PartialDate(2027, 3, 2)))
    off = (*moved, Change(on(2), ChangeKind.WITHDRAWN))
    (third,) = events(conference(changes=off, status=Status.GONE))
    assert [each["SEQUENCE"] for each in (first, second, third)] == [0, 1, 2]
    assert len({each["UID"] for each in (first, second, third)}) == 1
    assert third["STATUS"] == "CANCELLED"
    assert first["DTSTAMP"].dt == on(0)
    assert third["DTSTAMP"].dt == on(2)


def test_an_edit_of_a_hand_kept_record_raises_the_sequence() -> None:
    seen = Provenance("library", "conference", "curation/library/events.yaml", on(0), on(2), "library")
    (event,) = events(conference(provenances=(seen,)))
    assert event["SEQUENCE"] == 2 * 24 * 60
    assert event["DTSTAMP"].dt == on(2)


def test_a_date_that_is_not_known_to_the_day_is_never_made_up() -> None:
    assert events(conference(event_start=PartialDate(2027, 3), event_end=None)) == []


def test_an_end_before_the_start_or_not_known_to_the_day_is_the_start() -> None:
    for end in (PartialDate(2027, 2, 1), PartialDate(2027, 4)):
        (event,) = events(conference(event_end=end))
        assert event["DTEND"].dt == date(2027, 3, 2)


def test_there_is_a_calendar_for_all_each_country_and_each_topic() -> None:
    found = calendars(conference(countries=("AT",), topics=("credit",)), entry("report", countries=("IE",)))
    assert {path for path, body in found.items() if b"BEGIN:VEVENT" in body} == {
        "events.ics",
        "countries/austria/events.ics",
        "topics/credit/events.ics",
    }
    assert "countries/ireland/events.ics" in found


def test_reports_and_what_is_only_related_have_no_appointment() -> None:
    assert events(entry("report", event_start=PartialDate(2027, 3, 1)), conference(scope=Scope.RELATED)) == []


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    assert calendars(conference()) == calendars(conference())


@given(st.text(min_size=1, max_size=80), st.text(max_size=80))
def test_any_title_is_parsed_back(title: str, place: str) -> None:
    (event,) = events(conference(title=title, place=place))
    assert event["DTSTART"].dt == date(2027, 3, 1)
    assert "\n" not in str(event["SUMMARY"])
