"""Search in the browser: its index made whole, after ten new entries, and unchanged; what a first search costs a reader."""

from __future__ import annotations

import http.server
import shutil
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench import field
from bench.rows import Row, seconds
from bench.shop import Shop, Used, command, interleave
from observatory.app import Observatory
from observatory.publish.browser_search import build
from observatory.publish.searchable import documents, told
from observatory.publish.shelf import make_shelf

NEW = 10
QUESTIONS = ("quality assurance", "higher education", "digital badges", "recognition learning", "skills employers")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
# From the press of the button until the first result stands.
_ASK = """async (words) => {
  const form = document.getElementById("search"), list = document.getElementById("results");
  form.elements.q.value = words;
  const begun = performance.now();
  const first = new Promise((done) => new MutationObserver((_, watch) => {
    if (list.children.length) { watch.disconnect(); done(performance.now()); }
  }).observe(list, { childList: true }));
  form.requestSubmit();
  return await first - begun;
}"""


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
        build(told(shelf), lambda: documents(shelf), site, print)


def first(shop: Shop) -> Iterator[Row]:
    """Search for two words as a reader's first act, with nothing in the browser's cache, on loopback."""
    data, number = shop.folder / "first", shop.entries
    field.fill(data, number)
    command(sys.executable, "-m", "observatory", "--config", field.SOURCES, "--data", data, "publish", cwd=field.ROOT)
    with _served(data / "site") as address, _browser() as browser:
        asked = [_asked(browser, address, question) for question in QUESTIONS]
    wait, bare, faceted = (statistics.median(each) for each in zip(*asked, strict=True))
    work = f"first search in the browser, {number:,} entries, two words"
    yield Row(work=f"{work}: first results", ours=seconds(wait), measured=wait * 1000, at_most=300, unit="ms")
    yield Row(work=f"{work}: sent until then", ours=_kilobytes(bare), measured=bare / 1000, at_most=300, unit="kB")
    yield Row(work=f"{work}: with facets", ours=_kilobytes(faceted), measured=faceted / 1000, at_most=500, unit="kB")


def _asked(browser: Any, address: str, question: str) -> tuple[float, int, int]:
    """Ask in a fresh profile; gives seconds until the first result, bytes sent for it, and bytes with the facets."""
    context = browser.new_context()
    page, sent = context.new_page(), []
    page.goto(f"{address}search/", wait_until="networkidle")
    page.on("requestfinished", lambda request: sent.append((request.url, request.sizes()["responseBodySize"])))
    wait = page.evaluate(_ASK, question) / 1000
    page.wait_for_selector("#facets fieldset")
    page.wait_for_load_state("networkidle")
    context.close()
    facets = sum(size for url, size in sent if url.endswith("facets.gz"))
    whole = sum(size for _url, size in sent)
    return wait, whole - facets, whole


def _kilobytes(size: float) -> str:
    return f"{size / 1000:.0f} kB"


@contextmanager
def _served(site: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=list(_FLAGS))
        yield browser
        browser.close()


MEASURES = {"index": index, "first": first}

if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
