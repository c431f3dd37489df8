"""Makes the pictures of docs/: `python -m tests.publish.pictures SITE` from a published site (`observatory run --offline`).

The desk's are of the observatory that its tests build, which is full of cases; its hosts get a name in place of their number.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import sync_playwright

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from desks import build  # noqa: E402  # found by the path above, as pytest finds it

from observatory.config.countries import CELLS  # noqa: E402

DOCS = Path(__file__).parents[2] / "docs"
DESKTOP, PHONE, DESK = (1180, 860), (390, 760), (1100, 760)
QUALITY = "2026-how-quality-agencies-in-small-countries-of-europe-look"
STACKING = "2026-stacking-micro-credentials-towards-a-degree"
ESTONIA = "2026-estonia-adopts-act-on-micro-credentials"


def no_step(page: Any) -> None:
    """Show a page as it opens."""


def decide(page: Any) -> None:
    """Accept one entry, and bring a likely double into sight."""
    page.locator(f'.case[data-entry="{ESTONIA}"]').first.get_by_role("button", name="Accept").click()
    page.locator(f'.case[data-entry="{QUALITY}"]').first.evaluate("one => scrollTo(0, one.offsetTop + 4)")


def block(page: Any) -> None:
    """Decide of two, and open the block for the file."""
    decide(page)
    page.locator(f'.pair-box[data-one="{QUALITY}"]').first.get_by_role("button", name="One work").click()
    page.get_by_role("button", name="Show").click()
    page.fill("#basket-name", "mary")
    page.locator(f'.case[data-entry="{STACKING}"]').first.evaluate("one => scrollTo(0, one.offsetTop + 4)")


SITE: tuple[tuple[str, str, tuple[int, int], str], ...] = (  # picture, page, size of the window, colours
    ("site-home", "", DESKTOP, "light"),
    ("site-entry", "entries/council-2022-recommendation-micro-credentials/", DESKTOP, "light"),
    ("site-map", "policy/map/", DESKTOP, "light"),
    ("site-country", "countries/ie/", PHONE, "dark"),
)
OF_DESK: tuple[tuple[str, str, tuple[int, int], str, Callable[[Any], None]], ...] = (
    ("desk-decide", "index.html", DESK, "light", decide),
    ("desk-block", "index.html", DESK, "light", block),
    ("desk-mend", "mend.html", PHONE, "dark", no_step),
    ("desk-sources", "sources.html", DESK, "light", no_step),
)


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """Serve a site on loopback, since its scripts don't run from disk; gives its address."""
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_said: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def main(site: Path) -> None:
    """Write all eight; those of the site at a desktop's size are three quarters of it."""
    with tempfile.TemporaryDirectory() as name, serving(site) as served, sync_playwright() as playwright:
        build(Path(name), tuple(CELLS))
        desk = Path(name) / "output/desk"
        for path in desk.glob("*.html"):
            path.write_text(
                re.sub(r"http://127\.0\.0\.\d+:\d+", "https://news.example.org", path.read_text("utf-8")), "utf-8"
            )
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for picture, path_, size, colours in SITE:
            take(browser, picture, f"{served}/{path_}", size, colours, no_step)
        for picture, path_, size, colours, step in OF_DESK:
            take(browser, picture, (desk / path_).as_uri(), size, colours, step)
        browser.close()


def take(
    browser: Any, name: str, address: str, size: tuple[int, int], colours: str, step: Callable[[Any], None]
) -> None:
    """Take one picture of the window."""
    scale = 0.75 if size == DESKTOP else 1
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_page(viewport=viewport, device_scale_factor=scale, color_scheme=colours)
    page.goto(address, wait_until="networkidle")
    step(page)
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.screenshot(path=DOCS / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
