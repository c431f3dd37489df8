"""Measure and write the table.

    python -m bench [AREA or AREA.MEASURE …] [--write docs/performance.md] [--clock cpu] [--times 3] [--entries 10000]

Without names all areas are measured (under half an hour on two quiet cores). Exit 1 when a promise does not hold.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from bench.rows import Row, table
from bench.shop import Shop, opened

AREAS = ("publish", "browser", "collect", "growth", "search", "judge", "start")
BEGIN, END = "<!-- bench: written by `make bench` -->", "<!-- /bench -->"

Measure = Callable[[Shop], Iterator[Row]]


def measures(asked: list[str]) -> dict[str, Measure]:
    """Find the measures by `area` or `area.measure`; an area that has no module yet is passed over."""
    found: dict[str, Measure] = {}
    for area in AREAS:
        try:
            module = import_module(f"bench.{area}")
        except ModuleNotFoundError as error:
            if error.name != f"bench.{area}":
                raise
            continue
        found |= {f"{area}.{name}": measure for name, measure in module.MEASURES.items()}
    chosen = {name: each for name, each in found.items() if not asked or {name, name.split(".")[0]} & set(asked)}
    if unknown := sorted(each for each in asked if not any(each in (name, name.split(".")[0]) for name in found)):
        raise SystemExit(f"no such measure: {', '.join(unknown)}; there are {', '.join(found)}")
    return chosen


def measured(chosen: dict[str, Measure], shop: Shop) -> Iterator[Row]:
    """Take the measures one by one; each has a folder of its own that is gone afterwards."""
    for name, measure in chosen.items():
        begun = time.perf_counter()
        for row in measure(shop):
            shop.tell(f"{name}: {table([row]).splitlines()[-1]}")
            yield row
        shop.tell(f"{name}: measured in {time.perf_counter() - begun:.0f} s")


def written(rows: list[Row], shop: Shop) -> str:
    """Write the table with what it was measured on."""
    others = ", ".join(f"{name} {version}" for name, version in sorted(shop.versions.items()))
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    on = f"Measured on {machine}; {shop.entries:,} entries, medians of {shop.times}, {shop.clock} time. Peers: {others or 'none'}."
    return f"{on}\n\n{table(rows)}"


def put(text: str, file: Path) -> None:
    """Put the table between the marks of a document."""
    held = file.read_text("utf-8")
    before, begin, rest = held.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{file} lacks the marks {BEGIN} and {END}")
    file.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


def main() -> int:
    """Measure what was asked for, print it, write it; 1 when a promise does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure speed and size beside others.")
    parser.add_argument("names", nargs="*", metavar="AREA", help=f"of {', '.join(AREAS)}, or AREA.MEASURE")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the table between the marks of this document")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="cpu where others share the machine")
    parser.add_argument("--times", type=int, default=3, help="rounds of which the median is taken")
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    chosen = measures(asked.names)
    tell = _tell
    with opened(entries=asked.entries, times=asked.times, clock=asked.clock, tell=tell) as shop:
        rows = list(measured(chosen, shop))
        text = written(rows, shop)
    print(json.dumps([asdict(row) for row in rows], indent=2) if asked.json else text)
    if asked.write:
        put(text, asked.write)
    return int(not all(row.holds for row in rows))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
