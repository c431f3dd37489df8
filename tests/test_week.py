"""Seven simulated days of the schedule: thirty sources, some ill, each asked at its rhythm and each failure with its cause."""

from __future__ import annotations

import resource
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from observatory.app import Observatory
from observatory.model import Cause, Outcome
from web.server import Web

MONDAY = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
TICK = timedelta(hours=12)
# rhythm → how often a well source of it is asked in fourteen ticks of half a day, at least and at most
RHYTHMS = {"12h": (13, 14), "1d": (7, 8), "2d": (3, 5), "1w": (1, 2), "0 18 * * tue,fri": (2, 3)}
ILL = {
    "missing": Cause.NOT_FOUND,
    "gone": Cause.GONE,
    "broken": Cause.SERVER,
    "page": Cause.NOT_A_FEED,
    "empty": Cause.EMPTY,
}


def feed(name: str) -> str:
    item = f"<item><title>Micro-credentials at {name}</title><link>https://{name}.example/</link><guid>1</guid></item>"
    return f"<rss version='2.0'><channel><title>{name}</title>{item}</channel></rss>"


def build(folder: Path, web: Web) -> list[str]:
    """Thirty sources: five well ones of each rhythm, five ill ones that would be asked at each tick."""
    rows = []
    for place, every in enumerate(RHYTHMS):
        for number in range(5):
            name = f"well{place}{number}"
            web.host(name).put("/feed/", feed(name), "application/rss+xml")
            rows.append(f'  - {{id: {name}, kind: feed, url: "{web.host(name).url("/feed/")}", every: "{every}"}}')
    for name in ILL:
        host = web.host(name)
        rows.append(f'  - {{id: {name}, kind: feed, url: "{host.url("/feed/")}", every: 12h}}')
    web.host("missing").fail(404)
    web.host("gone").fail(410)
    web.host("broken").fail(503)
    web.host("page").put("/feed/", "<html><body><p>Not a feed, but a page.</p></body></html>")
    web.host("empty").put("/feed/", "", "application/rss+xml")
    (folder / "sources.yaml").write_text("crawl: {delay: 0.5}\nsources:\n" + "\n".join(rows) + "\n", "utf-8")
    return [row.split("id: ")[1].split(",")[0] for row in rows]


@pytest.mark.slow
def test_a_week_of_the_schedule(tmp_path: Path, web: Web) -> None:
    names = build(tmp_path, web)
    assert len(names) == 30
    memory: list[int] = []
    for tick in range(14):
        with Observatory.open(tmp_path / "sources.yaml", now=MONDAY + tick * TICK) as obs:
            obs.run(due=True)
            health = obs.store.health()
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    days = Counter(seen.host for seen in web.asked() if seen.path == "/feed/")
    for name in names[:25]:
        at_least, at_most = list(RHYTHMS.values())[int(name[4])]
        assert at_least <= days[name] <= at_most, name
        assert health[name].outcome in (Outcome.OK, Outcome.NOT_MODIFIED)
    for name, cause in ILL.items():
        assert (health[name].outcome, health[name].cause) == (Outcome.FAILED, cause), name
        assert days[name] < 14, f"{name} is left alone for longer and longer"
    assert days["gone"] == 1, "what is gone is not asked again"
    assert memory[-1] < memory[3] * 1.25, "memory is flat from the second day on"
