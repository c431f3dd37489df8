"""Events and deadlines from a calendar and from event pages, through the whole chain: moved, called off, come again."""

from __future__ import annotations

from pathlib import Path

import icalendar
import pytest

from observatory.model import Change, ChangeKind, Entry, EntryKind, EventStatus, Outcome
from web.server import Web
from web.test_services_chain import SITE, Days

FORUM, SERIES, CALL = (
    "Forum on micro-credentials",
    "Drop-in on micro-credentials",
    "Call for papers on micro-credentials",
)


def feed(*parts: str) -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "X-WR-TIMEZONE:Europe/Brussels", *parts, "END:VCALENDAR", ""))


def event(uid: str, title: str, *lines: str, sequence: int = 0) -> str:
    said = (f"UID:{uid}@agency", f"SEQUENCE:{sequence}", f"SUMMARY:{title}", f"URL:https://agency.test/{uid}", *lines)
    return "\r\n".join(("BEGIN:VEVENT", *said, "END:VEVENT"))


FORUM_AT = event("forum", FORUM, "DTSTART:20261203T130000Z", "DTEND:20261203T150000Z", "LOCATION:Brussels")
FORUM_MOVED = event(
    "forum", FORUM, "DTSTART:20270120T130000Z", "DTEND:20270120T150000Z", "LOCATION:Brussels", sequence=1
)
FORUM_OFF = event("forum", FORUM, "DTSTART:20270120T130000Z", "STATUS:CANCELLED", sequence=2)
WEEKLY = event("drop", SERIES, "DTSTART;TZID=Europe/Dublin:20261126T100000", "RRULE:FREQ=WEEKLY;COUNT=20")
PAPERS = event("papers", CALL, "DTSTART;VALUE=DATE:20261101", "DTEND;VALUE=DATE:20261216")
PAPERS_LATER = event("papers", CALL, "DTSTART;VALUE=DATE:20261101", "DTEND;VALUE=DATE:20270111", sequence=1)


@pytest.fixture
def days(web: Web, tmp_path: Path) -> Days:
    made = Days(web, tmp_path)
    put(made, FORUM_AT, WEEKLY, PAPERS)
    url = web.host("agency").url("/events.ics")
    row = f'  - {{id: agency, kind: calendar, url: "{url}", follow: false, on_topic: true}}\n'
    (tmp_path / "sources.yaml").write_text(SITE + row)
    return made


def put(days: Days, *events: str) -> None:
    days.web.host("agency").put("/events.ics", feed(*events), "text/calendar")


def told(entry: Entry) -> list[tuple[ChangeKind, str]]:
    return [(change.kind, change.text) for change in entry.changes if change.kind is not ChangeKind.NEW]


def calendar_of(days: Days) -> dict[str, icalendar.Event]:
    body = (days.folder / "output" / "site" / "events.ics").read_bytes()
    found = [part for part in icalendar.Calendar.from_ical(body).walk() if part.name == "VEVENT"]
    return {f"{part['SUMMARY']} {part['UID'].partition('-event-2')[2][:9]}".strip(): part for part in found}


def page_of(days: Days, entry: Entry) -> str:
    return (days.folder / "output" / "site" / "entries" / entry.id / "index.html").read_text()


def test_a_feed_becomes_events_and_calls_with_clocks_in_their_zone(days: Days) -> None:
    (report,) = days.run(0).sources
    assert (report.outcome, report.cause, report.findings) == (Outcome.OK, None, 3)
    entries = days.entries()
    forum, call = entries[FORUM].work, entries[CALL].work
    assert (str(forum.event_start), forum.starts_at, forum.ends_at, forum.timezone, forum.place) == (
        "2026-12-03", "14:00", "16:00", "Europe/Brussels", "Brussels",
    )  # fmt: skip
    assert (entries[CALL].kind, str(call.deadline)) == (EntryKind.CALL, "2026-12-15")
    assert "14:00–16:00 (Brussels time)" in page_of(days, entries[FORUM])
    written = calendar_of(days)
    assert written[FORUM]["DTSTART"].to_ical() == b"20261203T130000Z"
    assert written[f"Deadline: {CALL}"]["DTSTART"].to_ical() == b"20261215"
    home = (days.folder / "output" / "site" / "index.html").read_text()
    assert FORUM in home


def test_a_move_and_a_cancellation_are_changes_in_calendar_and_site(days: Days) -> None:
    days.crawl(0)
    put(days, FORUM_MOVED, WEEKLY, PAPERS_LATER)
    days.run(1)
    entries = days.entries()
    assert told(entries[FORUM]) == [(ChangeKind.UPDATED, "moved from 2026-12-03 to 2027-01-20")]
    assert told(entries[CALL]) == [(ChangeKind.UPDATED, "closes 2027-01-10 instead of 2026-12-15")]
    assert "moved from 2026-12-03 to 2027-01-20" in page_of(days, entries[FORUM])
    moved = calendar_of(days)[FORUM]
    assert (moved["SEQUENCE"], moved["STATUS"], moved["DTSTART"].to_ical()) == (1, "CONFIRMED", b"20270120T130000Z")
    put(days, FORUM_OFF, WEEKLY, PAPERS_LATER)
    days.run(2)
    forum = days.entries()[FORUM]
    assert forum.work.event_status is EventStatus.CANCELLED
    assert told(forum)[-1] == (ChangeKind.CANCELLED, "cancelled")
    off = calendar_of(days)[FORUM]
    assert (off["SEQUENCE"], off["STATUS"]) == (2, "CANCELLED")
    assert '<strong class="mark">Cancelled</strong>' in page_of(days, forum)
    site = days.folder / "output" / "site"
    assert FORUM not in (site / "index.html").read_text()  # no longer ahead
    assert "EventCancelled" in page_of(days, forum)
    put(days, FORUM_MOVED.replace("SEQUENCE:1", "SEQUENCE:3"), WEEKLY, PAPERS_LATER)
    days.crawl(3)
    assert told(days.entries()[FORUM])[-1] == (ChangeKind.UPDATED, "takes place after all")


def test_an_older_form_that_comes_late_undoes_nothing(days: Days) -> None:
    days.run(0)
    put(days, FORUM_MOVED, WEEKLY, PAPERS_LATER)
    days.run(1)
    moved = {title: days.entries()[title] for title in (FORUM, CALL)}
    put(days, FORUM_AT, WEEKLY, PAPERS)  # a cache that lags behind
    days.run(2)
    for title, before in moved.items():
        entry = days.entries()[title]
        assert (entry.work, told(entry)) == (before.work, told(before))
    put(days, FORUM_OFF, WEEKLY, PAPERS_LATER)
    days.run(3)
    assert days.entries()[FORUM].work.event_status is EventStatus.CANCELLED


def test_deadlines_are_told_in_other_languages_too(days: Days) -> None:
    told_as = {
        "Einreichfrist Tagung Microcredentials": EntryKind.CALL,
        "Appel à communications : les microcertifications": EntryKind.CALL,
        "Scadenza candidature: microcredenziali": EntryKind.CALL,
        "Termin składania wniosków: mikropoświadczenia": EntryKind.CALL,
        "Kehittämispäivä: micro-credentials": EntryKind.EVENT,  # "paiva" is a day, "määräpäivä" a deadline
    }
    put(
        days,
        *(
            event(f"e{n}", title, "DTSTART:20261203T130000Z", "DTEND:20261203T150000Z")
            for n, title in enumerate(told_as)
        ),
    )
    days.run(0)
    found = {title: days.entries()[title].work for title in told_as}
    assert {title: work.kind for title, work in found.items()} == told_as
    call = found["Einreichfrist Tagung Microcredentials"]
    assert (str(call.deadline), call.closes_at, call.event_start) == ("2026-12-03", "16:00", None)  # in Brussels


def test_what_comes_again_rolls_on_without_news(days: Days) -> None:
    days.run(0)
    series = days.entries()[SERIES]
    assert (str(series.work.event_start), series.work.recurs) == ("2026-11-26", "weekly")
    assert "every week" in page_of(days, series)
    put(days, FORUM_AT, WEEKLY, PAPERS, "X-CHANGED:1")
    days.run(8)
    again = days.entries()[SERIES]
    assert str(again.work.event_start) == "2026-12-03"
    assert told(again) == []
    assert calendar_of(days)[f"{SERIES} 026-12-03"]["DTSTART"].to_ical() == b"20261203T100000Z"
    put(days, FORUM_AT, WEEKLY.replace("RRULE", "EXDATE;TZID=Europe/Dublin:20261203T100000\r\nRRULE"), PAPERS)
    days.crawl(9)  # that one time is left out while it is still ahead: news
    assert told(days.entries()[SERIES]) == [(ChangeKind.UPDATED, "moved from 2026-12-03 to 2026-12-10")]


EVENT_PAGE = """<html lang="en"><head><title>{title}</title><script type="application/ld+json">
{{"@type": "Event", "name": "{title}", "startDate": "{start}", "eventStatus": "https://schema.org/{status}", "location": {{"name": "Riga"}}}}
</script></head><body><main><h1>{title}</h1><p>{words}</p></main></body></html>"""
ECL_LIST = """<html><body><main><article class="ecl-content-item"><time class="ecl-date-block" datetime="2027-02-02">
<span class="ecl-date-block__day">02</span><abbr class="ecl-date-block__month" title="February">Feb</abbr><span class="ecl-date-block__year">2027</span></time>
<div class="ecl-content-block__title"><a href="/events/peer">Peer learning on micro-credentials</a></div></article>
<article class="ecl-content-item"><time class="ecl-date-block" datetime="2025-02-02"><span class="ecl-date-block__day">02</span></time>
<div class="ecl-content-block__title"><a href="/events/past">A past day on micro-credentials</a></div></article></main></body></html>"""


def page(title: str, start: str, status: str = "EventScheduled") -> str:
    words = "What takes place, who speaks, and how to come. " * 20
    return EVENT_PAGE.format(title=title, start=start, status=status, words=words)


def asked(days: Days) -> list[tuple[str, int]]:
    return sorted((seen.path, seen.status) for seen in days.web.asked("eu") if seen.path.startswith("/events"))


def test_event_pages_ahead_are_looked_at_again_and_tell_moves(days: Days) -> None:
    title, host = "Peer learning on micro-credentials", days.web.host("eu")
    host.put("/events", ECL_LIST)
    host.put("/events/peer", page(title, "2027-02-02T09:00+01:00"))
    host.put("/events/past", page("A past day on micro-credentials", "2025-02-02"))
    row = f'  - {{id: eu, kind: calendar, url: "{host.url("/events")}", timezone: Europe/Brussels}}\n'
    (days.folder / "sources.yaml").write_text(SITE + row)
    days.crawl(0)
    peer = days.entries()[title].work
    assert (str(peer.event_start), peer.starts_at, peer.timezone, peer.place) == (
        "2027-02-02", "09:00", "Europe/Brussels", "Riga",
    )  # fmt: skip
    days.crawl(1)
    assert asked(days) == [("/events", 304), ("/events/peer", 304)]  # what is over is not looked at again
    host.put("/events/peer", page(title, "2027-03-09T09:00+01:00"))
    days.crawl(2)
    assert asked(days) == [("/events", 304), ("/events/peer", 200)]  # the list doesn't tell that it was moved
    host.put("/events/peer", page(title, "2027-03-09T09:00+01:00", "EventPostponed"))
    days.crawl(3)
    changes: list[Change] = [c for c in days.entries()[title].changes if c.kind is not ChangeKind.NEW]
    assert [(c.kind, c.text) for c in changes] == [
        (ChangeKind.UPDATED, "moved from 2027-02-02 to 2027-03-09"),
        (ChangeKind.CANCELLED, "postponed"),
    ]
    days.crawl(120)
    assert asked(days) == [
        ("/events", 304),
        ("/events/peer", 304),
    ]  # its day passed since the last harvest: one last look
    days.crawl(121)
    assert asked(days) == [("/events", 304)]
