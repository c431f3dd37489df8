"""Calendars of events and deadlines: an iCalendar feed, a page that lists events, or an event's own page.

What a calendar feed says is the whole record; a page's events are asked for again as long as they are ahead, since that is where
moves and cancellations are told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pydantic import Field

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import Cause, EntryKind, Finding, Memory, Request, Snapshot, Work
from observatory.moments import titled
from spiders import _events, _ics, _pages
from spiders._checked import Address, DateText, Words, Zone
from spiders._kind import Kind, Options
from spiders.listing import PRESETS, Pattern

MOST_PAGES = 20  # of a list
MOST_AHEAD = 100  # events whose pages are looked at again in each harvest, the next ones first
_EVENT_FIELDS = frozenset(
    (
        "event_start",
        "event_end",
        "starts_at",
        "ends_at",
        "timezone",
        "place",
        "deadline",
        "closes_at",
        "event_status",
        "kind",
    )
)


class CalendarOptions(Options):
    """Where the events are told, and by which clocks."""

    url: Address
    timezone: Zone | None = Field(
        default=None, description="The zone of clocks that name none, or UTC: Europe/Brussels"
    )
    pattern: Pattern | None = Field(
        default=None, description="Of a page: only events whose path matches; also found without a date."
    )
    since: DateText | None = Field(default=None, description="Leave out what was over before.")
    calls: Words = Field(
        default=(),
        description="Words by which a title tells of a deadline or call, beside English ones; the vocabulary's unless given.",
    )
    pages: int = Field(default=3, ge=1, le=MOST_PAGES, description="Of a page: at most so many pages of the list.")
    follow: bool = Field(default=True, description="Fetch the pages of wanted events.")


def _start(options: CalendarOptions, memory: Memory) -> Iterator[Request]:
    """Ask for the calendar, and for the pages of events that were ahead: their list may not change when they do."""
    yield Request(options.url)
    since = memory.last_success.date().isoformat() if memory.last_success else ""
    for url, (key, day) in sorted(_ahead(memory.mark).items()):
        if options.follow and day >= since:
            yield Request(url, "item", key, again=True)


def _ahead(mark: str) -> dict[str, tuple[str, str]]:
    """Read which events' pages were ahead: address → key, last day. A mark that can't be read is as good as none."""
    try:
        return {str(url): (str(key), str(day)) for url, (key, day) in json.loads(mark or "{}").items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _mark(snapshot: Snapshot, options: CalendarOptions, mark: str) -> str:
    if snapshot.role != "item":
        return mark
    known, today = _ahead(mark), snapshot.fetched_at.date().isoformat()
    work = _own_page(snapshot, options).work
    last = max((str(day) for day in (work.event_start, work.event_end, work.deadline) if day), default="")
    noted = {**known, snapshot.url: (snapshot.key, last)}
    left = sorted((day, url, key) for url, (key, day) in noted.items() if day >= today)[:MOST_AHEAD]
    return json.dumps({url: [key, day] for day, url, key in left}, sort_keys=True, separators=(",", ":"))


# ---------------------------------------------------------------- reading


def _read(snapshot: Snapshot, options: CalendarOptions) -> Iterator[Finding]:
    if snapshot.role == "item":
        yield _own_page(snapshot, options)
        return
    if _ics.is_calendar(snapshot.body):
        today = snapshot.fetched_at.date()
        for told in _ics.read(snapshot.body, today, options.timezone):
            if _is_wanted(told.work, options):
                work = replace(
                    _events.retold(told.work, options.calls), seen_at=None if told.work.url else snapshot.final_url
                )
                key = _pages.key_from(told.key)
                yield Finding(snapshot.source_id, key, work, role="record", revision=told.revision)
        return
    root = markup.html(snapshot.body, snapshot.content_type)
    base = markup.base_of(root, snapshot.final_url)
    works = [work for work in _of_list(root, base, snapshot, options) if _is_wanted(work, options)]
    if len(works) == 1 and works[0].url in (None, snapshot.final_url, snapshot.url):
        yield _own_page(snapshot, options)  # the address is an event's own
        return
    if not works and snapshot.role == "start":
        raise UnreadableError(
            Cause.SELECTORS, "neither a calendar nor a page that tells of events: no schema.org Event, no date block"
        )
    yield from _unique(snapshot, works)


def _of_list(root: markup.Node, base: str, snapshot: Snapshot, options: CalendarOptions) -> list[Work]:
    """Give the events of a page: declared as data, in date blocks, and those that only their addresses tell."""
    found = [*_events.events(root, base, options.timezone), *_events.blocks(root, base)]
    found = [_events.retold(work, options.calls) for work in found]
    if options.pattern:
        found = [work for work in found if work.url and _matches(work.url, options.pattern)]
        found += list(_by_address(root, base, options.pattern, snapshot))
    return found


def _by_address(root: markup.Node, base: str, pattern: str, snapshot: Snapshot) -> Iterator[Work]:
    for node in root.iter("a"):
        url, title = markup.address(node, base), text.clean(markup.text_of(node), 300)
        if url and len(title) > 8 and url != snapshot.final_url and _matches(url, pattern):
            yield Work(title=title, url=url, kind=EntryKind.EVENT)


def _matches(url: str, pattern: str) -> bool:
    path = re.sub(r"^[a-z]+://[^/]+", "", url)
    return re.search(pattern, path) is not None


def _unique(snapshot: Snapshot, works: Iterable[Work]) -> Iterator[Finding]:
    """Make one finding of each address, filled from all that the page tells of it; without one, of title and day."""
    held: dict[str, Work] = {}
    for work in works:
        key = _key(work.url) if work.url else f"{text.slug(work.title, 80)} {work.event_start or work.deadline}"
        held[key] = _events.filled(held[key], work) if key in held else work
    for key, work in held.items():
        seen_at = None if work.url else snapshot.final_url
        yield Finding(snapshot.source_id, _pages.key_from(key), replace(work, seen_at=seen_at))


def _own_page(snapshot: Snapshot, options: CalendarOptions) -> Finding:
    """Read an event's own page: its times and what became of it here, all else as of any page."""
    root = markup.html(snapshot.body, snapshot.content_type)
    told = _events.page(root, snapshot.final_url, options.timezone)
    finding = _pages.item_page(snapshot)
    if told.deadline:
        told = _events.retold(replace(told, title=finding.work.title), options.calls)
    said = {name: value for name in _EVENT_FIELDS if (value := getattr(told, name)) is not None}
    work = replace(finding.work, title=titled(finding.work.title)[0], **said)
    key = snapshot.key or _pages.key_from(_key(snapshot.url))
    return replace(finding, key=key, work=work)


def _key(url: str) -> str:
    return text.canonical_url(url) or url


def _is_wanted(work: Work, options: CalendarOptions) -> bool:
    return options.since is None or _ics.is_ahead(work, options.since.first_day)


# ---------------------------------------------------------------- asking


def _follow(snapshot: Snapshot, options: CalendarOptions, _memory: Memory) -> Iterator[Request]:
    if snapshot.role == "item":
        return
    is_feed = _ics.is_calendar(snapshot.body)
    today = snapshot.fetched_at.date()
    found = list(_read(snapshot, options))
    for finding in found if options.follow else ():
        url = finding.work.url
        if url and finding.role != "page" and _pages.is_page(url):
            yield Request(url, "item", finding.key, again=not is_feed and _ics.is_ahead(finding.work, today))
    number = int(snapshot.role.partition(":")[2] or 1)
    if not is_feed and found and number < options.pages and (following := _next(snapshot)):
        yield Request(following, f"page:{number + 1}")


def _next(snapshot: Snapshot) -> str | None:
    root = markup.html(snapshot.body, snapshot.content_type)
    base = markup.base_of(root, snapshot.final_url)
    for node in markup.select(root, f"a[rel=next], link[rel=next], {PRESETS['ecl']['next']}"):
        url = markup.address(node, base)
        if url and text.host_of(url) == text.host_of(snapshot.final_url) and url != snapshot.final_url:
            return url
    return None


def _flaw(snapshot: Snapshot, _options: CalendarOptions) -> tuple[Cause, str] | None:
    if _ics.is_calendar(snapshot.body) and _ics.is_torn(snapshot.body):
        return Cause.INCOMPLETE, "the calendar ends in the middle: what comes before it was read"
    return None


KIND = Kind(
    name="calendar",
    Options=CalendarOptions,
    start=_start,
    read=_read,
    follow=_follow,
    mark=_mark,
    flaw=_flaw,
    accept="text/calendar, text/html;q=0.9, */*;q=0.5",
)
