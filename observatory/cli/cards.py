"""What `review` shows of one thing to decide. Drawing only; what sources said is cleaned before a terminal sees it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from observatory.model import Entry, Proposal, Work
from observatory.review import Pair, Waiting
from observatory.text import clean, clip

Case = Waiting | Pair | Proposal

MOST_WORDS = 90  # of a summary: what is read in half a minute
MOST_REASONS = 8
MOST_DOUBLES = 3


def card(case: Case) -> RenderableType:
    """Draw one thing to decide."""
    match case:
        case Waiting():
            return _waiting(case)
        case Pair():
            return Group(_score(case), _side_by_side(("one", case.one), ("other", case.other)))
        case Proposal():
            return _step(case)


def headline(case: Case) -> str:
    """Name a thing to decide in one line."""
    match case:
        case Waiting():
            return _title(case.entry.work)
        case Pair():
            return f"{_title(case.one.work)} = {_title(case.other.work)}?"
        case Proposal():
            return f"{case.policy}: {case.sign.stage.value}"


# ---------------------------------------------------------------- an entry


def _waiting(case: Waiting) -> RenderableType:
    work = case.entry.work
    parts: list[RenderableType] = [Text(_title(work), style="bold")]
    if work.title_en and work.title_en != work.title:
        parts.append(Text(clean(work.title_en, 300), style="italic"))
    parts += [Text(clean(_facts(case.entry)), style="cyan"), *_addresses(work)]
    seen = f"{case.entry.first_seen:%Y-%m-%d}"
    parts += [Text(clean(f"from {', '.join(case.sources)}, first seen {seen}; {case.because}", 900), style="dim")]
    said = work.summary or (work.text and f"[its page] {clip(work.text, MOST_WORDS)}")
    parts += [Text(""), Text(clip(said, MOST_WORDS) if said else "(no summary)")]
    parts += [Text(""), _reasons(case.entry)]
    for number, pair in enumerate(case.doubles[:MOST_DOUBLES], 1):
        own, other = (pair.one, pair.other) if pair.one.id == case.entry.id else (pair.other, pair.one)
        parts += [Text(""), _score(pair, number), _side_by_side(("this", own), (f"[{number}] {other.status}", other))]
    return Group(*parts)


def _title(work: Work) -> str:
    return clean(work.title, 300)


def _facts(entry: Entry) -> str:
    work = entry.work
    makers = ", ".join(creator.name for creator in work.creators[:4]) + (" …" if len(work.creators) > 4 else "")
    tags = " ".join((*work.countries, *work.topics))
    date = str(work.date or work.event_start or "undated")
    said = (entry.kind.value, work.level, work.stage, date, work.publisher or work.container, makers, work.language)
    return " · ".join(str(each) for each in (*said, tags) if each)


def _addresses(work: Work) -> Iterable[Text]:
    for name, address in (("", work.url), ("seen at ", work.seen_at), ("doi ", work.doi)):
        if address:
            yield Text(clean(name + address, 200), style="blue")


def _reasons(entry: Entry) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for reason in entry.reasons[:MOST_REASONS]:
        weight = f"{reason.weight:+.1f}" if reason.weight else ""
        table.add_row(Text(weight, style="dim"), Text(clean(reason.about), style="dim"), Text(clean(reason.text, 200)))
    return Group(Text(f"why (score {entry.score:.1f})", style="dim"), Padding(table, (0, 0, 0, 2)))


# ---------------------------------------------------------------- pairs


def _score(pair: Pair, number: int | None = None) -> Text:
    begin = "" if number is None else f"[{number}] "
    return Text(clean(f"{begin}perhaps one work ({pair.score} of 100): {pair.why}"), style="yellow")


def _side_by_side(*columns: tuple[str, Entry]) -> Table:
    """Set entries side by side, a field a row; what differs stands out."""
    table = Table(box=SIMPLE, pad_edge=False, show_edge=False, header_style="dim", expand=True)
    table.add_column("", style="dim", no_wrap=True)
    for heading, _entry in columns:
        table.add_column(Text(heading), ratio=1, overflow="fold")
    told = [_told(entry) for _heading, entry in columns]
    for name in told[0]:
        values = [each[name] for each in told]
        if any(values):
            style = "" if len(set(values)) == 1 else "bold"
            table.add_row(name, *(Text(clean(value, 300), style=style) for value in values))
    return table


def _told(entry: Entry) -> dict[str, str]:
    work = entry.work
    return {
        "id": entry.id,
        "title": work.title,
        "by": "; ".join(creator.name for creator in work.creators[:4]),
        "publisher": work.publisher or work.container or "",
        "date": str(work.date or work.event_start or ""),
        "kind": entry.kind.value,
        "language": work.language or "",
        "address": work.url or work.seen_at or "",
        "identifiers": " ".join(filter(None, (work.doi, work.isbn, work.celex))),
        "sources": ", ".join(dict.fromkeys(provenance.source_id for provenance in entry.provenances)),
        "summary": clip(work.summary or "", 40),
    }


# ---------------------------------------------------------------- steps of policies


def _step(case: Proposal) -> RenderableType:
    sign = case.sign
    when = str(sign.date) if sign.date else "no day is told"
    will = "it would move the policy's stage" if case.moves else "the policy's stage stays as it is"
    lines = [
        Text(clean(f"{case.policy}: {sign.stage.value}, {when}"), style="bold"),
        Text(clean(will + ("; it is still to come" if case.ahead else "")), style="cyan"),
        Text(clean(sign.url, 200), style="blue"),
        Text(""),
        Text(clean(f"“{sign.quote}”")),
        Text(""),
        Text(clean(f"why: {sign.why}; {case.why}; reported by {case.found_in}", 400), style="dim"),
    ]
    return Group(*lines)


def menu(keys: Iterable[tuple[str, str]]) -> Text:
    """Draw the keys that may be pressed."""
    drawn = Text()
    for key, word in keys:
        drawn.append(f"\xa0{key}\xa0", style="reverse")
        drawn.append(f"\xa0{word}".replace(" ", "\xa0") + "  ")
    return drawn
