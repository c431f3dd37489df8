"""A year of the digest on the recreated web, by the commands that cron would run: exactly the expected editions, each once.

Monday by Monday the sources are asked, ended periods are issued and letters are sent to two lists on a real mail server. Meanwhile
items come, a policy moves, weeks are quiet, a source with 300 old items is added, a letter's sending crashes, all is rebuilt.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import format_datetime
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from commands import command
from observatory.app import Observatory
from observatory.config import load
from observatory.model import Rhythm
from observatory.outbox import Result
from trees import differing, tree
from web.server import Host, Web

pytestmark = pytest.mark.slow

MONDAY = date(2025, 1, 6)  # of 2025-W02
SOURCES = """
site: {{title: Year, url: https://example.org/, timezone: Europe/Dublin, contact: desk@example.org}}
digest:
  lists:
    - {{id: all, query: "*", rhythm: weekly, to: all@lists.example.org, subscribe_url: https://lists.example.org/all}}
    - {{id: nordic, query: "country:SE", rhythm: monthly, to: se@lists.example.org, subscribe_url: https://lists.example.org/se}}
sources:
  - {{id: library, kind: library, path: curation/library/*.yaml}}
  - {{id: agency, kind: feed, url: "{agency}"}}
"""
ACT = """
- {{id: se-act, kind: policy, official: true, level: national, jurisdiction: SE, countries: [SE], title: Act on micro-credentials,
   url: https://riksdag.example/act, date: 2024-10-01, steps: [{steps}]}}
"""
DESIGN = "{stage: design, date: 2024-10-01, what: An inquiry began, url: https://riksdag.example/inquiry}"
ADOPTED = "{stage: approved, date: 2025-03-14, what: Parliament adopted the act, url: https://riksdag.example/act}"
# What becomes known in the weeks before these Mondays: the number of the Monday and the items of the agency's feed that are new.
NEWS = {
    1: ("Micro-credentials in Swedish universities: a report",),
    2: ("Quality assurance of micro-credentials: a handbook", "Micro-credentials and recognition in Denmark"),
    6: ("Stackable micro-credentials: what employers say",),
    14: ("Micro-credentials for teachers: a survey in Sweden",),
    30: ("Credit and micro-credentials: a working paper",),
}
FIRST_ITEMS = ("Micro-credentials explained", "A register of micro-credentials")
MOVED, OLD_SOURCE, REBUILT, CRASHED = 10, 31, 25, 14
MONDAYS = (
    *range(5),
    6,
    7,
    10,
    11,
    13,
    14,
    15,
    17,
    20,
    21,
    25,
    26,
    30,
    31,
    35,
)  # some quiet weeks are missed, as by cron
WEEKS = {"2025-W01", "2025-W02", "2025-W03", "2025-W07", "2025-W11", "2025-W15", "2025-W31"}
MONTHS = {"2025-01", "2025-02", "2025-03", "2025-04", "2025-08"}


class Postman:
    """A mail server that keeps what it takes; once, the sender dies before it hears that."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.taken.append(cast(bytes, envelope.content))
        return "250 queued"


@dataclass(frozen=True)
class Year:
    """What stands at its end, and what was seen on the way."""

    folder: Path
    letters: list[bytes]
    issued: dict[str, bytes]
    results: list[tuple[str, str, Result]]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    folder = tmp_path_factory.mktemp("year")
    postman = Postman()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    with Web() as web, pytest.MonkeyPatch.context() as patch:
        controller.start()
        try:
            for key, value in {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none"}.items():
                patch.setenv(f"OBSERVATORY_SMTP_{key}", value)
            issued, results = _live(folder, web)
        finally:
            controller.stop()
    return Year(folder, postman.taken, issued, results)


def _live(folder: Path, web: Web) -> tuple[dict[str, bytes], list[tuple[str, str, Result]]]:
    agency, archive = web.host("agency"), web.host("archive")
    held = [(title, 0) for title in FIRST_ITEMS]
    _write(folder, agency, ACT.format(steps=DESIGN))
    issued: dict[str, bytes] = {}
    results: list[tuple[str, str, Result]] = []
    for number in MONDAYS:
        held += [(title, number) for title in NEWS.get(number, ())]
        agency.put("/feed/", _feed(agency, held), "application/rss+xml")
        if number == MOVED:
            _write(folder, agency, ACT.format(steps=f"{DESIGN}, {ADOPTED}"))
        if number == OLD_SOURCE:
            _add(folder, archive)
        _monday(folder, number, results)
        for path in sorted(
            [*(folder / "output/site/digest").glob("*/edition.*"), *(folder / "output/mail").rglob("*.*")]
        ):
            name = path.relative_to(folder).as_posix()
            assert issued.setdefault(name, path.read_bytes()) == path.read_bytes(), f"{name} changed on Monday {number}"
    return issued, results


def _monday(folder: Path, number: int, results: list[tuple[str, str, Result]]) -> None:
    """What cron does on a Monday: on the evening before the sources are asked; in the morning editions go out."""
    monday = datetime.combine(MONDAY + timedelta(days=7 * number), datetime.min.time(), UTC)
    if number in NEWS or number in (0, MOVED, OLD_SOURCE):
        with _opened(folder, monday - timedelta(hours=10)) as observatory:
            observatory.run()
    with _opened(folder, monday + timedelta(hours=9)) as observatory:
        observatory.store.record_run(observatory.now)
        if number == REBUILT:
            before = tree(folder / "output/site")
            observatory.rebuild()
            assert [
                path for path in differing(before, tree(folder / "output/site")) if path.startswith("digest/2")
            ] == []
        observatory.publish()
        for rhythm in Rhythm:
            if number == CRASHED and rhythm is Rhythm.WEEKLY:
                _crash(folder, observatory.now)
            results += [(each.list_id, each.edition, each.result) for each in observatory.send_digest(rhythm)]


def _crash(folder: Path, now: datetime) -> None:
    """Die after the server took the message and before its answer is in the ledger."""
    words = ("--config", str(folder / "sources.yaml"), "--now", now.isoformat(), "digest", "weekly", "--send")
    env = os.environ | {"OBSERVATORY_FAULT": "smtp.after-data:kill"}
    done = subprocess.run(command(*words), env=env, capture_output=True, check=False)
    assert done.returncode != 0


def _opened(folder: Path, now: datetime) -> Observatory:
    config = load(folder / "sources.yaml")
    return Observatory(replace(config, crawl=replace(config.crawl, delay=0.01)), folder / "output", now)


def _write(folder: Path, agency: Host, record: str) -> None:
    library = folder / "curation/library/policy.yaml"
    library.parent.mkdir(parents=True, exist_ok=True)
    library.write_text(record, "utf-8")
    if not (folder / "sources.yaml").exists():
        (folder / "sources.yaml").write_text(SOURCES.format(agency=agency.url("/feed/")), "utf-8")


def _add(folder: Path, archive: Host) -> None:
    items = [(f"Micro-credentials bulletin, number {number} of the old series", -number) for number in range(1, 301)]
    archive.put("/feed/", _feed(archive, items), "application/rss+xml")
    path = folder / "sources.yaml"
    path.write_text(
        f'{path.read_text("utf-8")}  - {{id: archive, kind: feed, url: "{archive.url("/feed/")}"}}\n', "utf-8"
    )


def _feed(host: Host, items: list[tuple[str, int]]) -> str:
    """An RSS feed of items, each dated three days before its Monday."""
    said = "".join(
        f"<item><title>{title}</title><link>{host.url(f'/{number}')}</link><guid>{number}</guid>"
        f"<pubDate>{format_datetime(datetime.combine(MONDAY, datetime.min.time(), UTC) + timedelta(days=7 * week - 3))}</pubDate>"
        f"<description>What micro-credentials are worth: {title.lower()}.</description></item>"
        for number, (title, week) in enumerate(items)
    )
    return f"<rss version='2.0'><channel><title>{host.name}</title>{said}</channel></rss>"


def _edition(year: Year, name: str) -> Any:
    return json.loads((year.folder / "output/site/digest" / name / "edition.json").read_text("utf-8"))


# ---------------------------------------------------------------- what must hold


def test_exactly_the_expected_editions_were_issued(year: Year) -> None:
    made = {path.parent.name for path in (year.folder / "output/site/digest").glob("*/edition.json")}
    assert made == WEEKS | MONTHS


def test_each_thing_is_told_once_a_rhythm_and_old_things_never(year: Year) -> None:
    weekly = Counter(item["entry"] for name in WEEKS for item in _edition(year, name)["items"])
    monthly = Counter(item["entry"] for name in MONTHS for item in _edition(year, name)["items"])
    assert weekly == monthly
    assert set(weekly.values()) == {1}
    assert len(weekly) == len(FIRST_ITEMS) + sum(map(len, NEWS.values())) + 1  # and the act that moved
    assert weekly["se-act"] == 1
    assert not [name for name in weekly if "bulletin" in name]
    with _opened(year.folder, datetime(2025, 12, 1, tzinfo=UTC)) as observatory:
        assert observatory.stats()["entries"]["published"] >= 300


def test_the_move_is_told_with_its_stages(year: Year) -> None:
    text = (year.folder / "output/site/digest/2025-W11/edition.txt").read_text("utf-8")
    assert "Act on micro-credentials" in text
    assert "preparing → adopted" in text.lower()


def test_each_list_got_each_of_its_letters_once(year: Year) -> None:
    letters = [message_from_bytes(body, policy=policy.default) for body in year.letters]
    got = Counter((str(letter["To"]), str(letter["Message-ID"])) for letter in letters)
    assert set(got.values()) == {1}
    weekly = {identity for to, identity in got if "all@" in to}
    assert weekly == {f"<{name}.all@example.org>" for name in WEEKS}
    monthly = {identity for to, identity in got if "se@" in to}
    assert monthly == {f"<{name}.nordic@example.org>" for name in ("2025-01", "2025-03", "2025-04")}


def test_what_may_have_gone_out_is_reported_and_never_sent_by_itself(year: Year) -> None:
    crashed = {result for list_id, name, result in year.results if (list_id, name) == ("all", "2025-W15")}
    assert crashed == {Result.UNKNOWN}


def test_no_edition_ever_changed(year: Year) -> None:
    """Each file of an edition was compared with its first form on every Monday; here: that there was something to compare."""
    assert len(year.issued) >= len(WEEKS | MONTHS) * 3
