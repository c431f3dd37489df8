"""Starting: `--help`, a run in which nothing changed, and the memory that commands take."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bench import field
from bench.rows import Row, megabytes, seconds
from bench.shop import Shop, Used, command, median, ours

FEW = 1_000
# Commands of every sort; publishing has rows of its own.
COMMANDS = (
    ("search", "recognition of prior learning"),
    ("stats",),
    ("check",),
    ("explain", "work-000001"),
    ("ingest", "--again", "--dry-run"),
    ("index", "--rebuild"),
    ("digest", "weekly"),
    ("review", "--list"),
    ("run", "--offline"),
)


def helps(shop: Shop) -> Iterator[Row]:
    """Print the help."""
    bare = median([command(sys.executable, "-c", "pass") for _ in range(shop.times)])
    used = median([ours("--help") for _ in range(max(5, shop.times))])
    yield Row(
        work="observatory --help",
        ours=seconds(shop.seconds(used)),
        beside=f"Python alone {seconds(shop.seconds(bare))}",
        measured=shop.seconds(used),
        at_most=0.25,
        unit="s",
    )


def nothing_new(shop: Shop) -> Iterator[Row]:
    """Run offline on 1,000 entries when nothing changed."""
    data = shop.folder / "few"
    field.fill(data, FEW)
    _run(data)
    used = median([_run(data) for _ in range(shop.times)])
    yield Row(
        work=f"run --offline, nothing changed, {FEW:,} entries",
        ours=seconds(shop.seconds(used)),
        measured=shop.seconds(used),
        at_most=1.5,
        unit="s",
    )


def memory(shop: Shop) -> Iterator[Row]:
    """Run commands of every sort on the whole catalogue; the hungriest is told."""
    data = shop.folder / "memory"
    field.fill(data, shop.entries)
    peaks = {words[0]: _ours(data, *words).peak for words in COMMANDS}
    most = max(peaks, key=lambda name: peaks[name])
    yield Row(
        work=f"peak memory of any command, {shop.entries:,} entries",
        ours=", ".join(f"{name} {megabytes(peak)}" for name, peak in peaks.items()),
        measured=peaks[most] / 1e6,
        at_most=250,
        unit="MB",
    )


def _run(data: object) -> Used:
    return _ours(data, "run", "--offline")


def _ours(data: object, *words: str) -> Used:
    ends = (0, 1) if words[0] == "check" else (0,)  # entries that were drawn by chance are unfit, and `check` says so
    return ours("--config", field.SOURCES, "--data", data, "--now", field.MOMENT.isoformat(), *words, ends=ends)


MEASURES = {"help": helps, "nothing": nothing_new, "memory": memory}
