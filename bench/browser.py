"""The browser's search index: made whole, after ten new entries, and when no searchable text changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bench import field
from bench.rows import Row, seconds
from bench.shop import Shop, Used, command, interleave
from observatory.app import Observatory
from observatory.publish.browser_search import build
from observatory.publish.searchable import documents, told
from observatory.publish.shelf import make_shelf

NEW = 10


def index(shop: Shop) -> Iterator[Row]:
    """Index the field's documents by Pagefind as publishing does."""
    data, number = shop.folder / "browser", shop.entries
    field.fill(data, number)
    sites = {name: data / name / "site" for name in ("whole", "grown")}
    for site in sites.values():
        site.mkdir(parents=True)
    make(data, sites["grown"])
    field.fill(data, NEW, number)
    found = interleave({name: lambda site=site: _made(data, site) for name, site in sites.items()}, 1)  # type: ignore[misc]
    same = _made(data, sites["whole"])
    whole, grown = found["whole"], found["grown"]
    beside = f"whole {seconds(shop.seconds(whole))}"
    yield Row(
        work=f"browser index after {NEW} new entries",
        ours=seconds(shop.seconds(grown)),
        beside=beside,
        measured=shop.ratio(grown, whole),
        at_most=0.4,
    )
    yield Row(
        work="browser index when no searchable text changed (reading the catalogue only)",
        ours=seconds(shop.seconds(same)),
        beside=beside,
        measured=shop.ratio(same, whole),
    )


def _made(data: Path, site: Path) -> Used:
    return command(sys.executable, "-m", "bench.browser", data, site, cwd=field.ROOT)


def make(data: Path, site: Path) -> None:
    """Bring the browser's index of a catalogue up to date."""
    with Observatory.open(field.SOURCES, data) as obs:
        shelf = make_shelf(obs.catalogue(), obs.config.site, lambda text: text)
        build(told(shelf), lambda: tuple(documents(shelf)), site, print)


MEASURES = {"index": index}

if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
