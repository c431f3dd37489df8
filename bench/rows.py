"""The table's rows: what is measured, what it took us, what it took others, and the most that is promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEAD = "| work | ours | beside | measured | at most | |"
RULE = "|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table. `measured` is what is held to `at_most`, both in `unit` ("×" for a ratio); None promises nothing."""

    work: str
    ours: str
    beside: str = ""
    measured: float | None = None
    at_most: float | None = None
    unit: str = "×"

    @property
    def holds(self) -> bool:
        return self.measured is None or self.at_most is None or self.measured <= self.at_most


def table(rows: Iterable[Row]) -> str:
    """Write rows as a Markdown table; what does not hold is said in words."""
    return "\n".join((HEAD, RULE, *(_line(row) for row in rows)))


def _line(row: Row) -> str:
    mark = "" if row.at_most is None else "holds" if row.holds else "**does not hold**"
    told = (row.work, row.ours, row.beside, _figure(row.measured, row.unit), _figure(row.at_most, row.unit), mark)
    return f"| {' | '.join(told)} |"


def _figure(value: float | None, unit: str) -> str:
    return "" if value is None else f"{said(value)} {unit}"


def said(value: float) -> str:
    """Write a figure with what is certain of it: two digits after the point at most, three digits in all."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def seconds(value: float) -> str:
    """Write a time in seconds, or milliseconds when it is short."""
    return f"{said(value)} s" if value >= 1 else f"{said(value * 1000)} ms"


def megabytes(size: float) -> str:
    """Write bytes as megabytes."""
    return f"{said(size / 1e6)} MB"
