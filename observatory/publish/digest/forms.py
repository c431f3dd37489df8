"""An edition as plain text and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from observatory.model import Edition, Part, PartialDate, Site, Told
from observatory.publish import links, words
from observatory.publish.digest.letter import Letter, Numbered
from observatory.publish.words import Gettext

WIDTH = 76  # mail programs wrap what is longer


def plain(letter: Letter, site: Site, say: Gettext, stop: str = "") -> str:
    """Write a letter as plain text; `stop` is where a list's reader unsubscribes."""
    lines = [letter.subject, f"{site.title} · {kicker(letter, say)}", ""]
    for note in letter.corrections:
        lines += [*_wrap(f"{say('Correction')}, {_day(note.when.date(), say)}: {note.text}"), ""]
    lines += [say("IN ONE MINUTE"), *(line for said in letter.lead for line in _wrap(said, "• ")), ""]
    for part in letter.parts:
        lines.append(part.heading.upper())
        lines += _wrap(part.note) if part.note else []
        for item in part.items:
            lines += [*_item(item, site), ""]
        if not part.items:
            lines.append("")
    if letter.left_out:
        page = f"{site.url}{links.edition(letter.id)}#left-out" if letter.scope.kind == "all" else ""
        lines += [*_wrap(f"{say('Left out')}: {letter.left_out}. {page}".strip()), ""]
    lines += [f"{name}: {url}" for name, url in foot(letter, site, say, stop)]
    cite = f"{site.title}, {say(words.RHYTHMS[letter.rhythm])} {letter.id}."
    lines += ["", *_wrap(f"{say('Reuse: CC BY 4.0 but for publishers’ words, marked “…”. Cite')}: {cite}")]
    return "\n".join(lines) + "\n"


def kicker(letter: Letter, say: Gettext) -> str:
    """Write the line under the subject: `weekly 2024-W22 · 27 May – 2 June 2024 · 8 items, 3 minutes`."""
    items = say("one item") if letter.count == 1 else say("{count} items").format(count=letter.count)
    minutes = say("one minute") if letter.minutes == 1 else say("{count} minutes").format(count=letter.minutes)
    scope = f" · {letter.scope.name}" if letter.scope.name and letter.scope.kind != "all" else ""
    return f"{say(words.RHYTHMS[letter.rhythm])} {letter.id}{scope} · {letter.days} · {items}, {minutes}"


def foot(letter: Letter, site: Site, say: Gettext, stop: str = "") -> Iterator[tuple[str, str]]:
    """Yield what a reader can do next: see it on the web, choose another letter, say that something is wrong, stop."""
    page = letter.scope.base if letter.scope.kind == "list" else links.edition(letter.id)
    yield say("On the web"), f"{site.url}{page}"
    yield say("Choose another letter"), f"{site.url}subscribe/"
    yield say("How items are chosen"), f"{site.url}digest/#rules"
    if site.contact:
        yield say("Correct us"), f"mailto:{site.contact}"
    if stop:
        yield say("Stop"), stop


def _item(item: Numbered, site: Site) -> Iterator[str]:
    told = item.told
    number = f"{item.number} " if item.number else "• "
    heading = f"{item.heading}. " if item.heading else ""
    date = told.when if told.part is Part.AHEAD else ""
    head = f"{date}: {told.title}" if date else f"{heading}{told.title}"
    by = ", ".join(part for part in (told.who, "" if date else told.when) if part)
    ended = "" if head.endswith((".", "?", "!", "…")) else "."
    yield from _wrap(f"{head}{ended} {by + '. ' if by else ''}[{told.badge}]", number)
    if told.text:
        yield from _wrap(f"“{told.text}”" if told.publishers_words else told.text, "  ")
    if told.so_what:
        yield from _wrap(f"So what: {told.so_what}", "  ")
    yield f"  {site.url}{item.path}"
    if told.url:
        yield f"  {told.url}"


def _wrap(said: str, start: str = "") -> list[str]:
    """Wrap text; addresses stay whole."""
    return textwrap.wrap(
        said,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _day(date: Any, say: Gettext) -> str:
    return words.say_date(PartialDate.of(date), say)


# ---------------------------------------------------------------- JSON


def as_json(edition: Edition, letter: Letter, site: Site) -> bytes:
    """Write an edition as JSON: all candidates with their final text, those that the letter shows marked."""
    numbers = {item.told.key: item.number for part in letter.parts for item in part.items}
    value = {
        "edition": edition.id,
        "rhythm": edition.rhythm.value,
        "first": str(edition.first),
        "last": str(edition.last),
        "issued": edition.issued_at.isoformat().replace("+00:00", "Z"),
        "url": f"{site.url}{links.edition(edition.id)}",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "subject": letter.subject,
        "lead": list(letter.lead),
        "items": [_told(told, site, numbers) for told in edition.candidates if not told.left_out],
        "corrections": [{"when": note.when.date().isoformat(), "text": note.text} for note in letter.corrections],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _told(told: Told, site: Site, numbers: Mapping[str, int]) -> dict[str, object]:
    return {
        "entry": told.entry,
        "page": f"{site.url}{links.entry(told.entry)}",
        "url": told.url or told.seen_at,
        "part": told.part.value,
        "shown": told.key in numbers,
        "number": numbers.get(told.key) or None,
        "kind": told.kind.value,
        "badge": told.badge,
        "moved": dict(zip(("from", "to"), (stage or None for stage in told.moved), strict=True))
        if told.moved
        else None,
        "title": told.title,
        "who": told.who,
        "date": str(told.date) if told.date else None,
        "text": told.text,
        "publishers_words": told.publishers_words,
        "so_what": told.so_what,
        "topics": list(told.topics),
        "countries": list(told.countries),
        "searches": [query[7:] for query in told.queries if query.startswith("search:")],
    }
