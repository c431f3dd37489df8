"""Publishing: everything, after ten new entries, and when nothing changed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import field, like
from bench.rows import Row, megabytes, seconds
from bench.shop import ROOT, Shop, Used, command, interleave, median

NEW = 10
# The command without the browser's index, which has a row of its own.
_APART = """
from observatory.publish import browser_search
browser_search.build, browser_search.stands = (lambda *_: False), (lambda *_: True)
from observatory.__main__ import main
main()
"""


def publish(data: Path, start: tuple[str, ...] = ("-c", _APART)) -> Used:
    """Publish in a process of its own, the browser's index apart."""
    words = ("--config", field.SOURCES, "--data", data, "publish")
    return command(sys.executable, *start, *words, env={"PYTHONPATH": str(ROOT)})


def look(data: Path) -> Used:
    """Publish when there is nothing to do: the command as it is, which makes no index then."""
    return publish(data, ("-m", "observatory"))


def forget(data: Path) -> None:
    """Remove the site and what is known of it; citations stay, as they would on any machine but the first."""
    shutil.rmtree(data / "site", ignore_errors=True)
    for kept in (*data.glob(".site.*"), *data.glob(".desk.*")):
        if kept.is_dir():
            shutil.rmtree(kept)
        elif kept.name != ".site.citations":
            kept.unlink()


def like_for_like(shop: Shop) -> Iterator[Row]:
    """Make the same item, taxonomy and feed pages as Hugo and Pelican."""
    data, number = shop.folder / "like", shop.entries
    field.fill(data, number)
    like.content(data / "hugo" / "content" / "works", field.entries(number))
    makers = {"Hugo": lambda: like.hugo(shop, data / "hugo"), "ours": lambda: like.ours(data, data / "out")}
    found = interleave(makers, shop.times)
    shutil.rmtree(data / "hugo")
    like.articles(data / "pelican" / "content", field.entries(number))
    found["Pelican"] = like.pelican(shop, data / "pelican")
    shop.version("hugo"), shop.version("pelican")
    mine, hugo = found["ours"], found["Hugo"]
    shop.known["Hugo"] = hugo
    work = f"publish {number:,} entries like for like"
    yield Row(
        work=f"{work} (item, taxonomy and feed pages)",
        ours=seconds(shop.seconds(mine)),
        beside=", ".join(f"{name} {seconds(shop.seconds(found[name]))}" for name in ("Hugo", "Pelican")),
        measured=shop.ratio(mine, hugo),
        at_most=0.7,
    )
    yield Row(
        work=f"{work}: memory",
        ours=megabytes(mine.peak),
        beside=", ".join(f"{name} {megabytes(found[name].peak)}" for name in ("Hugo", "Pelican")),
        measured=mine.peak / hugo.peak,
        at_most=0.333,
    )


def ours(shop: Shop) -> Iterator[Row]:
    """Publish everything, then nothing new, then ten new entries."""
    data, number = shop.folder / "ours", shop.entries
    field.fill(data, number)
    publish(data)  # cites
    full, same, grown = [], [], []
    for turn in range(shop.times):
        forget(data)
        full.append(publish(data))
        same.append(look(data))
        field.fill(data, NEW, number + turn * NEW)
        grown.append(publish(data))
    all_, none, ten = median(full), median(same), median(grown)
    told = f"full {seconds(shop.seconds(all_))}"
    if hugo := shop.known.get("Hugo"):
        yield Row(
            work=f"publish {number:,} entries, everything (citations kept, browser index apart)",
            ours=seconds(shop.seconds(all_)),
            beside=f"Hugo, simple pages {seconds(shop.seconds(hugo))}",
            measured=shop.ratio(all_, hugo),
            at_most=2.5,
        )
    yield Row(
        work=f"publish {number:,} entries, everything: memory",
        ours=megabytes(all_.peak),
        measured=all_.peak / 1e6,
        at_most=250,
        unit="MB",
    )
    yield Row(
        work=f"publish after {NEW} new entries",
        ours=seconds(shop.seconds(ten)),
        beside=told,
        measured=shop.ratio(ten, all_),
        at_most=0.1,
    )
    yield Row(
        work="publish when nothing changed",
        ours=seconds(shop.seconds(none)),
        beside=told,
        measured=shop.ratio(none, all_),
        at_most=0.03,
    )


MEASURES = {"like": like_for_like, "ours": ours}
