"""Events as web pages tell them: schema.org in JSON-LD or microdata, the Commission's date blocks, labelled lines. Pure.

Clocks are those that the page shows: of the zone it names, else of the one that its source names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from observatory import markup, text
from observatory.model import EntryKind, EventStatus, PartialDate, SummaryBy, Work
from observatory.moments import Moment, moment_of, status_of, titled, told_status
from spiders import _pages
from spiders._ics import is_call_for
from spiders._records import language_of

Thing = Mapping[str, Any]
MOST_THINGS = 2_000
MOST_BLOCKS = 300  # date blocks of one page
WORDS = 60  # of a description that are shown
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)  # scripts without blanks, or with endings
_TYPES = re.compile(r"(^|/)([A-Za-z]*Event|Hackathon|Festival)$")
_HOLDERS = frozenset({"article", "li", "section", "tr"})
_ITEM = re.compile(r"\b(ecl-content-item|ecl-card|ecl-list-item|views-row|node|teaser|event)\b")
_NOTICES = ".ecl-message, .ecl-notification, .messages, [role=alert], .alert"
_LABELS = (  # what stands before a value; the first that fits
    (
        "deadline",
        r"(registration |submission |application )?(deadline|closing date)( date| model)?|registration (closes|ends)|apply by",
    ),
    ("when", r"when|dates?|date and time|time|event date"),
    ("where", r"where|location|venue|place|city"),
)
_LABEL = {name: re.compile(rf"\W{{0,20}}({words})\W{{0,20}}", re.IGNORECASE) for name, words in _LABELS}
_DEADLINE_SAID = re.compile(
    r"\b(?:deadline(?: date)?|closing date|apply by|closes(?: on)?)\s*:?\s*(.{6,60})", re.IGNORECASE
)
_RANGE = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)?\.?\s*[-–—]\s*(\d{1,2})((?:st|nd|rd|th)?\.?\s+[^\W\d_]{3,12}\.?,?\s+\d{4})\b"
)
_TWO_MONTHS = re.compile(
    r"\b(\d{1,2}(?:st|nd|rd|th)?\.?\s+[^\W\d_]{3,12})\.?\s*[-–—]\s*(?=\d{1,2}(?:st|nd|rd|th)?\.?\s+[^\W\d_]{3,12}\.?,?\s+(\d{4}))"
)
_CLOCK = re.compile(r"(?<![\d.:])([01]?\d|2[0-3])[:.h]([0-5]\d)(?![\d.])\s*([ap]\.?m\.?)?", re.IGNORECASE)
_ZONES = (
    (re.compile(r"\bCES?T\b|brussels time|central european", re.IGNORECASE), "Europe/Brussels"),
    (re.compile(r"\b(UTC|GMT)\b"), "UTC"),
    (re.compile(r"\b(IST|irish time|dublin time)\b", re.IGNORECASE), "Europe/Dublin"),
    (re.compile(r"\bEES?T\b"), "Europe/Helsinki"),
    (re.compile(r"\bBST\b|\blondon time", re.IGNORECASE), "Europe/London"),
)


# ---------------------------------------------------------------- schema.org


def events(root: markup.Node, base: str, zone: str | None) -> list[Work]:
    """Give all events that a page declares as data, in its order, each once."""
    found = [_work(thing, base, zone) for thing in (*_json_things(root), *_micro_things(root))]
    return list(dict.fromkeys(work for work in found if work))


def _json_things(root: markup.Node) -> Iterator[Thing]:
    for node in root.iter("script"):
        if "ld+json" not in (node.get("type") or "").lower():
            continue
        try:
            said = json.loads((node.text or "").strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _events_in(said)


def _events_in(said: Any) -> Iterator[Thing]:
    """Walk parsed JSON-LD: graphs, lists, events within other things."""
    waiting = [said]
    for _count in range(MOST_THINGS):
        if not waiting:
            return
        thing = waiting.pop(0)
        if isinstance(thing, list):
            waiting += thing
        elif isinstance(thing, dict):
            if any(_TYPES.search(name) for name in _names(thing.get("@type"))):
                yield thing
            waiting += [value for value in thing.values() if isinstance(value, dict | list)]


def _names(said: Any) -> list[str]:
    return [str(name) for name in (said if isinstance(said, list) else [said]) if name]


def _micro_things(root: markup.Node) -> Iterator[Thing]:
    for node in markup.select(root, "[itemscope][itemtype]")[:MOST_THINGS]:
        if _TYPES.search((node.get("itemtype") or "").strip()):
            yield _properties(node)


def _properties(scope: markup.Node) -> dict[str, Any]:
    """Read the properties of an item of microdata; those of items in it are theirs."""
    found: dict[str, Any] = {}
    stack = list(reversed(scope))
    while stack:
        node = stack.pop()
        name, is_scope = node.get("itemprop"), node.get("itemscope") is not None
        if name:
            value = _properties(node) | {"name": markup.text_of(node)} if is_scope else _value(node)
            found.setdefault(name.split()[0], value)
        if not is_scope:
            stack += reversed(node)
    return found


def _value(node: markup.Node) -> str:
    said = next((node.get(name) for name in ("content", "datetime", "href", "src") if node.get(name)), None)
    return said or markup.text_of(node)


def _work(thing: Thing, base: str, zone: str | None) -> Work | None:
    title, told = titled(text.clean(markup.plain(_text(thing, "name")), 300))
    begins, ends = moment_of(_text(thing, "startDate"), zone), moment_of(_text(thing, "endDate"), zone)
    if not title or not begins:
        return None
    closes = _closing(thing, zone)
    summary = text.clip(markup.prose(_text(thing, "description")), WORDS)
    return Work(
        title=title,
        kind=EntryKind.EVENT,
        publisher=text.clean(_text(_first(thing.get("organizer")), "name"), 200) or None,
        url=text.safe_url(urljoin(base, _text(thing, "url"))) if _text(thing, "url") else None,
        place=_place(thing.get("location")),
        language=language_of(_text(thing, "inLanguage")),
        event_status=status_of(_text(thing, "eventStatus")) or told,
        summary=summary or None,
        summary_by=SummaryBy.PUBLISHER if summary else None,
        **_dates(begins, ends, closes),
    )


def _dates(begins: Moment | None, ends: Moment | None, closes: Moment | None = None) -> dict[str, Any]:
    """Give the fields of an event's times."""
    if begins and ends and (ends.day < begins.day or not ends.day.day):
        ends = None
    zone = next((one.zone for one in (begins, ends, closes) if one and one.zone), None)
    return {
        "event_start": begins.day if begins else None,
        "event_end": ends.day if ends and begins and ends.day != begins.day else None,
        "starts_at": (begins.clock or None) if begins else None,
        "ends_at": (ends.clock or None) if ends else None,
        "deadline": closes.day if closes and closes.day.day else None,
        "closes_at": (closes.clock or None) if closes else None,
        "timezone": zone,
    }


def _closing(thing: Thing, zone: str | None) -> Moment | None:
    """Give the last moment to register: of several offers the latest."""
    offers = thing.get("offers")
    found = []
    for offer in offers if isinstance(offers, list) else [offers]:
        said = _text(offer, "availabilityEnds") or _text(offer, "validThrough") if isinstance(offer, Mapping) else ""
        if moment := moment_of(said, zone):
            found.append(moment)
    return max(found, key=lambda moment: moment.day, default=None)


def _place(said: Any) -> str | None:
    where = _first(said)
    if not isinstance(where, Mapping):
        return text.clean(str(where), 200) if isinstance(where, str) and "://" not in where and where.strip() else None
    if "VirtualLocation" in " ".join(_names(where.get("@type"))):
        return "Online"
    address = _first(where.get("address"))
    inner = address if isinstance(address, Mapping) else {}
    country = _text(inner, "addressCountry") or _text(_first(inner.get("addressCountry")), "name")
    parts = [_text(where, "name"), _text(inner, "addressLocality"), country]
    return text.clean(", ".join(dict.fromkeys(part for part in parts if part)), 200) or None


def _first(said: Any) -> Any:
    if isinstance(said, list):
        said = next((one for one in said if one), {})
    return said if said is not None else {}


def _text(thing: Any, name: str) -> str:
    said = _first(thing.get(name)) if isinstance(thing, Mapping) else ""
    if isinstance(said, Mapping):
        said = said.get("@value") or said.get("@id") or ""
    return text.clean(str(said), 5_000) if isinstance(said, str | int) else ""


# ---------------------------------------------------------------- the Commission's date blocks


def blocks(root: markup.Node, base: str) -> list[Work]:
    """Give the events of a list whose items bear a date block (Europa Component Library)."""
    found = [_of_block(block, base) for block in markup.select(root, ".ecl-date-block")[:MOST_BLOCKS]]
    return list(dict.fromkeys(work for work in found if work))


def _of_block(block: markup.Node, base: str) -> Work | None:
    begins, ends = block_dates(block)
    item = next((up for up in block.iterancestors() if up.tag in _HOLDERS or _ITEM.search(up.get("class") or "")), None)
    if item is None or begins is None:
        return None
    link = next((node for css in _TITLES for node in markup.select(item, css) if markup.text_of(node)), None)
    if link is None:
        return None
    title, told = titled(text.clean(markup.text_of(link), 300))
    said = next(
        (markup.text_of(n) for n in markup.select(item, ".ecl-content-block__description, .ecl-card__description")), ""
    )
    where = next((markup.text_of(n) for n in markup.select(item, ".ecl-content-block__secondary-meta-item")), "")
    closes = _closing_said(markup.text_of(item))
    summary = text.clip(said, WORDS)
    return Work(
        title=title,
        kind=EntryKind.CALL if is_call_for(title) else EntryKind.EVENT,
        url=markup.address(link, base),
        place=text.clean(where, 200) or None,
        event_status=block_status(block) or told,
        summary=summary or None,
        summary_by=SummaryBy.PUBLISHER if summary else None,
        **_dates(Moment(begins), Moment(ends) if ends else None, closes),
    )


_TITLES = (
    ".ecl-content-block__title a, .ecl-card__title a, .ecl-list-item__title a, h1 a, h2 a, h3 a, h4 a",
    ".ecl-content-block__title, a",
)


def block_dates(block: markup.Node) -> tuple[PartialDate | None, PartialDate | None]:
    """Read a date block: its datetime, or its day (14, 30-02), month (Oct, Sep-Oct) and year."""
    parts = {
        name: next((markup.text_of(node) for node in markup.select(block, f".ecl-date-block__{name}")), "")
        for name in ("day", "month", "year")
    }
    month = next((n.get("title") for n in markup.select(block, ".ecl-date-block__month") if n.get("title")), None)
    said = (parts["day"], month or parts["month"], parts["year"])
    day, months, years = ([part.strip() for part in re.split("[-–/]", each)] for each in said)
    stamp = moment_of(block.get("datetime") or "")
    first = (stamp.day if stamp else None) or _pages.date_in(f"{day[0]} {months[0]} {years[0]}")
    last = _pages.date_in(f"{day[-1]} {months[-1]} {years[-1]}") if len(day) > 1 else None
    return first, last if last != first else None


def block_status(block: markup.Node) -> EventStatus | None:
    """Read what became of the event off the block's look."""
    named = re.search(r"ecl-date-block--(cancel{1,2}ed|postponed)\b", block.get("class") or "")
    return status_of(named[1]) if named else None


# ---------------------------------------------------------------- an event's own page


def page(root: markup.Node, url: str, zone: str | None) -> Work:
    """Read what an event's own page says of it: as data, in its date block, on labelled lines, in a notice."""
    declared = events(root, url, zone)
    here = [work for work in declared if work.url and text.canonical_url(work.url) == text.canonical_url(url)]
    data = (here or declared)[0] if here or len(declared) == 1 else Work()
    labelled = _labelled(root, zone)
    block = next(
        iter(markup.select(root, ".ecl-page-header .ecl-date-block, main .ecl-date-block, .ecl-date-block")), None
    )
    begins, ends = block_dates(block) if block is not None and not declared else (None, None)
    shown = Work(**_dates(Moment(begins) if begins else None, Moment(ends) if ends else None))
    head = next((markup.text_of(node) for node in markup.select(root, "h1")), "")
    status = (
        data.event_status
        or (block_status(block) if block is not None else None)
        or titled(text.clean(head))[1]
        or next((found for node in markup.select(root, _NOTICES) if (found := told_status(markup.text_of(node)))), None)
    )
    made = filled(filled(data, labelled), shown)
    return replace(
        made, kind=EntryKind.CALL if is_call_for(head) and made.deadline else EntryKind.EVENT, event_status=status
    )


def retold(work: Work, calls: tuple[str, ...]) -> Work:
    """Give an event whose title tells of a deadline, in any language that `calls` has words for, as the call that it is."""
    if work.kind is not EntryKind.EVENT or not _names_a_call(work.title, calls):
        return work
    if work.deadline:
        return replace(work, kind=EntryKind.CALL)
    closes = work.ends_at or work.starts_at
    return replace(
        work,
        kind=EntryKind.CALL,
        deadline=work.event_end or work.event_start,
        closes_at=closes,
        timezone=work.timezone if closes else None,
        event_start=None,
        event_end=None,
        starts_at=None,
        ends_at=None,
        place=None,
    )


@lru_cache(maxsize=16)
def _phrases(calls: tuple[str, ...]) -> tuple[str, ...]:
    """Fold phrases for finding them in " title ": a `*` leaves a word open, scripts without blanks have no words."""
    folded = ((text.title_key(phrase.rstrip("*")), phrase.endswith("*")) for phrase in calls)
    return tuple(
        said if _UNSPACED.search(said) else f" {said}{'' if is_open else ' '}" for said, is_open in folded if said
    )


def _names_a_call(title: str, calls: tuple[str, ...]) -> bool:
    folded = f" {text.title_key(title)} "
    return any(phrase in folded for phrase in _phrases(calls))


def filled(one: Work, other: Work) -> Work:
    """Fill what one telling of an event lacks from another."""
    absent = (field.name for field in fields(Work) if getattr(one, field.name) in (None, "", ()))
    return replace(one, **{name: getattr(other, name) for name in absent})


def _labelled(root: markup.Node, zone: str | None) -> Work:
    said: dict[str, str] = {}
    for label, value in _pairs(root):
        name = next((name for name, pattern in _LABEL.items() if pattern.fullmatch(label)), None)
        if name and value:
            said.setdefault(name, value)
    begins, ends = span_in(said.get("when", ""), zone)
    closes, _ = span_in(said.get("deadline", ""), zone)
    return Work(place=text.clean(said.get("where", ""), 200) or None, **_dates(begins, ends, closes))


def _pairs(root: markup.Node) -> Iterator[tuple[str, str]]:
    """Give labels with what stands beside them: terms, table heads, bold words before a colon."""
    for node in root.iter("dt", "th", "strong", "b", "label"):
        label = markup.text_of(node)
        if not 2 < len(label) <= 40:
            continue
        if node.tag in ("dt", "th"):
            following = node.getnext()
            yield label, markup.text_of(following) if following is not None else ""
        else:
            around = markup.text_of(node.getparent()) if node.getparent() is not None else ""
            yield label, around.partition(label)[2].strip(" :")


def span_in(said: str, zone: str | None) -> tuple[Moment | None, Moment | None]:
    """Read "Monday 14 October 2024, 10:00 – Tuesday 15 October 2024, 17:00 (CEST)", "14–15 October 2024", "3 May 2027"."""
    short = text.clean(said, 200)
    short = _TWO_MONTHS.sub(r"\1 \2 ", _RANGE.sub(r"\1\3 \2\3", short))
    days = _pages.dates_in(short)
    if not days:
        return None, None
    named = next((name for pattern, name in _ZONES if pattern.search(short)), zone) or ""
    clocks = [clock for match in _CLOCK.finditer(short) if (clock := _clock(match))]
    first = clocks[0] if clocks else ""
    begins = Moment(days[0], first, named if first else "")
    last = clocks[-1] if len(clocks) > 1 else ""
    is_span = len(days) > 1 or last
    return begins, Moment(days[-1], last, named if last else "") if is_span else None


def _clock(match: re.Match[str]) -> str:
    hour = int(match[1])
    half = (match[3] or "").lower()[:1]
    if half and hour > 12:
        return ""
    hour = hour % 12 + 12 * (half == "p") if half else hour
    return f"{hour:02}:{match[2]}"


def _closing_said(around: str) -> Moment | None:
    match = _DEADLINE_SAID.search(around)
    return span_in(match[1], None)[0] if match else None
