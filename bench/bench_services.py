"""Services: records a second through each parser, and a repository of 10,000 records killed in the middle and resumed.

    python bench/bench_services.py [--records 10000]

Prints one line a parser, then the harvest: seconds, records, what was lost or doubled, and the crawl's memory after a tenth of
the pages and at the end: it must not grow with their number.
"""

from __future__ import annotations

import argparse
import logging
import resource
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "spiders")]

from asked import SERVICES, case, read  # noqa: E402

from observatory.app import Observatory  # noqa: E402
from observatory.config import load  # noqa: E402
from observatory.model import Status  # noqa: E402
from web.server import Web  # noqa: E402
from web.services import OAI_PAGE, Services  # noqa: E402

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


def parsers() -> None:
    """Time each parser on its case, for half a second."""
    logging.disable(logging.WARNING)  # the cases hold bad records on purpose
    for name in SERVICES:
        read(name, case(name))  # tables of languages are loaded once
        body, done, begin = case(name), 0, time.perf_counter()
        while time.perf_counter() - begin < 0.5:
            done += len(read(name, body))
        print(f"{name:10} {done / (time.perf_counter() - begin):8.0f} records/s")


def opened(folder: Path, day: int) -> Observatory:
    """Open the observatory on a day."""
    config = load(folder / "sources.yaml")
    config = replace(config, crawl=replace(config.crawl, delay=0.02, max_pages=5000))
    return Observatory(config, folder / "output", NOW + timedelta(days=day))


def crawl(folder: str, day: int, tell: object = None) -> None:
    """Crawl; tell the peak memory of the crawl's process."""
    with opened(Path(folder), day) as obs:
        obs.crawl()
    if tell is not None:
        tell.send(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)  # type: ignore[attr-defined]


def memory(folder: Path, services: Services, records: int) -> int:
    """Give the peak memory (KiB) of a crawl of so many records."""
    services.oai_records(records)
    folder.mkdir()
    (folder / "sources.yaml").write_text("sources:\n" + services.row("oai", max_items=1_000_000), encoding="utf-8")
    ours, theirs = get_context("spawn").Pipe()
    child = get_context("spawn").Process(target=crawl, args=(str(folder), 0, theirs))
    child.start()
    child.join()
    return int(ours.recv())


def resumed(folder: Path, web: Web, services: Services, records: int) -> None:
    """Kill a harvest in the middle, resume it, count."""
    services.oai_records(records)
    folder.mkdir()
    (folder / "sources.yaml").write_text("sources:\n" + services.row("oai"), encoding="utf-8")
    web.forget()
    begin = time.perf_counter()
    child = get_context("spawn").Process(target=crawl, args=(str(folder), 0))
    child.start()
    while len(web.asked("oai")) < records // OAI_PAGE // 2 and child.is_alive():
        time.sleep(0.02)
    child.kill()
    child.join()
    first = len(web.asked("oai"))
    with opened(folder, 1) as obs:
        obs.crawl()
        crawled = time.perf_counter() - begin
        obs.ingest()
        whole = time.perf_counter() - begin
        keys = [p.key for entry in obs.store.entries(tuple(Status)) for p in entry.provenances]
    asked = len(web.asked("oai"))
    print(f"{records} records: {crawled:.1f} s to the end of the crawl, {whole:.1f} s into entries")
    print(f"killed after {first} requests, {asked} in all; {records // OAI_PAGE + 1} would do without a kill")
    print(f"lost {records - len(set(keys))}, doubled {len(keys) - len(set(keys))}")


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=10_000)
    records = parser.parse_args().records
    parsers()
    with tempfile.TemporaryDirectory() as name, Web() as web:
        services, folder = Services(web), Path(name)
        resumed(folder / "resumed", web, services, records)
        small, large = memory(folder / "small", services, records // 10), memory(folder / "large", services, records)
        print(
            f"peak memory of the crawl: {small // 1024} MiB for {records // 10} records, {large // 1024} MiB for {records}"
        )


if __name__ == "__main__":
    main()
