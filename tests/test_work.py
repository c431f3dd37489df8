"""How much work a fixed crawl and its reading take, counted and not timed: what grows here grows everywhere.

The bounds are what it takes today with a little room; whoever needs more says why beside the new number.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import event

from observatory.app import Observatory
from web.server import Web

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
HOSTS, ITEMS = 4, 10
SAID = "Universities, agencies and employers met to discuss what short courses are worth and who may award them. " * 4


def feed(number: int) -> str:
    items = "".join(
        f"<item><title>Micro-credentials report {n} of agency {number} and its members</title><guid>{n}</guid>"
        f"<link>https://h{number}.example/{n}/</link><description>{SAID}</description></item>"
        for n in range(ITEMS)
    )
    return f"<rss version='2.0'><channel><title>{number}</title>{items}</channel></rss>"


@contextmanager
def counted(obs: Observatory) -> Iterator[Counter[str]]:
    """Count what the catalogue is asked meanwhile: statements and transactions that write."""
    counts: Counter[str] = Counter()
    engine = obs.store._engine

    def told(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        counts["transactions" if statement.startswith("BEGIN IMMEDIATE") else "statements"] += 1

    event.listen(engine, "before_cursor_execute", told)
    yield counts
    event.remove(engine, "before_cursor_execute", told)


def test_a_crawl_and_its_reading_take_no_more_work_than_they_did(tmp_path: Path, web: Web) -> None:
    rows = []
    for number in range(HOSTS):
        host = web.host(f"h{number}")
        host.put("/feed/", feed(number), "application/rss+xml")
        rows.append({"id": f"h{number}", "kind": "feed", "url": host.url("/feed/")})
    (tmp_path / "sources.yaml").write_text(json.dumps({"sources": rows}), "utf-8")

    with Observatory.open(tmp_path / "sources.yaml", now=NOW) as obs:
        obs.crawl()
        with counted(obs) as first:
            obs.ingest()
        assert sum(obs.store.status_counts().values()) == HOSTS * ITEMS
    paths = Counter(seen.path for seen in web.asked(rules=True))
    assert paths == {"/robots.txt": HOSTS, "/feed/": HOSTS, "/.well-known/tdmrep.json": HOSTS}
    size = sum(path.stat().st_size for path in (tmp_path / "output/archive").rglob("*.gz"))
    assert size <= HOSTS * 2_000
    assert (
        first["transactions"] <= 4
    )  # library, up to fifty records, the end of the archive, decisions: never one a record
    assert first["statements"] <= 185  # about 40 an answer, however many items it holds

    web.forget()
    with Observatory.open(tmp_path / "sources.yaml", now=NOW + timedelta(days=1)) as obs, counted(obs) as again:
        obs.crawl()
        obs.ingest()
    assert [seen.status for seen in web.asked()] == [304] * HOSTS
    assert Counter(seen.path for seen in web.asked(rules=True)) == {"/robots.txt": HOSTS, "/feed/": HOSTS}
    assert again["statements"] <= 120
