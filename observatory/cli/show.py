"""Printing for people and for programs: tables, progress, JSON. Data from sources is cleaned before a terminal sees it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from observatory.text import clean

if TYPE_CHECKING:
    from rich.text import Text

# What JSON itself leaves as it is: C1 controls (0x9B begins a command as ESC [ does), marks that turn a line, halves of letters.
_STEERING = re.compile("[\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def as_json(value: Any) -> None:
    """Print a value as JSON; non-ASCII stays readable, what could steer a terminal is escaped."""
    _say_json(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def as_json_line(value: Any) -> None:
    """Print a value as one line of JSON, in the same way."""
    _say_json(json.dumps(value, ensure_ascii=False))


def _say_json(said: str) -> None:
    click.echo(_STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", said))


def table(
    headings: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Sequence[int] = (), title: str = ""
) -> None:
    """Print an aligned table: ruled and coloured on a terminal, tab-free plain text in a pipe."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    wide = sys.stdout.isatty()
    console = Console(width=None if wide else 160, highlight=False, soft_wrap=False)
    grid = Table(
        box=SIMPLE_HEAD,
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        pad_edge=False,
    )
    for number, heading in enumerate(headings):
        grid.add_column(
            heading,
            justify="right" if number in right else "left",
            overflow="fold",
            no_wrap=not wide and number == 0,
        )
    for row in rows:
        grid.add_row(*(_cell(cell, Text, wide) for cell in row))
    if wide:
        console.print(grid)
        return
    with console.capture() as captured:
        console.print(grid)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))  # no padding for programs to trip over


def _cell(cell: Any, make: type[Text], wide: bool) -> Text:
    """Make a cell; a tuple is several lines, in which `**words**` stand out."""
    if not isinstance(cell, tuple):
        return make("" if cell is None else clean(str(cell)))
    lines = []
    for line in cell:
        parts = clean(str(line)).split("**") if wide else [clean(str(line))]
        lines.append(make.assemble(*((part, "bold yellow" if number % 2 else "") for number, part in enumerate(parts))))
    return make("\n").join(lines)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Give a function that tells how far long work is: one living line on a terminal, plain lines elsewhere, on stderr.

    The line is drawn when it changes and by no thread of its own, beside which work could not be shared out (`crew.processes`).
    """
    if quiet:
        yield lambda _line: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        console = Console(stderr=True, highlight=False)
        with Live(Text("starting", "dim"), console=console, auto_refresh=False, transient=True) as live:
            yield lambda line: live.update(Text(clean(line), "dim", no_wrap=True, overflow="ellipsis"), refresh=True)
    else:
        yield lambda line: click.echo(clean(line), err=True)


JSON = click.option("--json", "json_", is_flag=True, help="Print JSON for programs.")
