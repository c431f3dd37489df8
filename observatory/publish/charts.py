"""Charts as numbers and lengths, drawn at build time; the templates turn them into SVG. Every chart carries its data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from observatory.publish.cards import Card

SHOWN_YEARS = 12  # more columns than these are too thin to tell apart on a phone


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart: what it says and where it stands."""

    label: str
    value: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Bars:
    """A column chart; `width` and `height` are its own units (it scales to its place, so it holds no letters)."""

    title: str
    width: int
    height: int
    columns: tuple[Column, ...]


STEP, COLUMN, TALL = 25, 19, 72


def bars(title: str, data: Sequence[tuple[str, int]], most: int = 0) -> Bars:
    """Draw counts as columns; what is not nothing is at least a hairline. `most` sets a scale that charts share."""
    most = most or max((value for _label, value in data), default=0) or 1
    columns = tuple(_column(number, label, value, most) for number, (label, value) in enumerate(data))
    return Bars(title, STEP * len(data), TALL, columns)


def _column(number: int, label: str, value: int, most: int) -> Column:
    height = max(1 if value else 0, round(TALL * value / most))
    return Column(label, value, STEP * number + 3, TALL - height, COLUMN, height)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bar table: its number also as a length from 0 to 100."""

    label: str
    value: int
    length: float
    path: str | None


def lines(data: Iterable[tuple[str, int, str | None]]) -> tuple[Line, ...]:
    """Draw counts as lengths beside their numbers."""
    held = tuple(data)
    most = max((value for _label, value, _path in held), default=0) or 1
    return tuple(Line(label, value, round(100 * value / most, 1), path) for label, value, path in held)


def bars_by_year(cards: Iterable[Card], title: str) -> Bars:
    """Draw entries by year, the latest twelve of them; years without entries keep their place."""
    found = Counter(card.date.year for card in cards if card.date)
    last = max(found, default=0)
    first = max(min(found, default=0), last - SHOWN_YEARS + 1)
    return bars(title, [(str(year), found[year]) for year in range(first, last + 1)] if found else [])
