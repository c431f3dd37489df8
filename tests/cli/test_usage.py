"""`usage`: logs are counted into the ledger, and the yearly figures are told as text, CSV, JSON and on the desk."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
Said = Callable[..., Any]
PERSON = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
SPIDER = "Mozilla/5.0 (compatible; bingbot/2.0)"


def log(*rows: tuple[str, str, str], who: str = "192.0.2.7") -> bytes:
    """Lines of a log: (day and month, address, browser)."""
    return b"".join(
        f'{who} - - [{day}/2026:12:00:00 +0000] "GET {path} HTTP/1.1" 200 9 "-" "{agent}"\n'.encode()
        for day, path, agent in rows
    )


NOVEMBER = log(
    ("02/Nov", "/entries/enqa-2023-quality/", PERSON),
    ("02/Nov", "/digest/2026-W44/", PERSON),
    ("03/Nov", "/data/observatory.csv", PERSON),
    ("03/Nov", "/feed.atom", "NetNewsWire"),
    ("03/Nov", "/policy/", SPIDER),
)


@pytest.fixture
def filled(observatory: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """An observatory with a decision, and logs of two servers: one rotated and gzipped."""
    monkeypatch.setenv("OBSERVATORY_CURATOR", "mary")
    assert observatory("run", "--offline").exit_code == 0
    assert observatory("tag", "enqa-2023-quality", "+recognition").exit_code == 0
    (folder / "access.log").write_bytes(NOVEMBER + b"\x00rubbish\n" + log(("03/Nov", "/policy/", PERSON)))
    (folder / "access.log.1.gz").write_bytes(gzip.compress(log(("30/Oct", "/", PERSON), ("02/Nov", "/", PERSON))))
    (folder / "other.log").write_bytes(log(("02/Nov", "/policy/", PERSON), who="192.0.2.8"))
    return observatory


def numbers(told: Any) -> dict[tuple[str, str], int]:
    return {(row["part"], row["what"]): row["number"] for row in told["figures"]}


def test_the_years_figures_are_told_of_all_logs_together(filled: Run, said: Said, folder: Path) -> None:
    logs = [str(folder / name) for name in ("access.log", "access.log.1.gz", "other.log")]
    told = said("usage", *logs, "--json")
    found = numbers(told)
    assert (told["year"], told["until"], told["days_counted"]) == (2026, "2026-11-23", 3)
    assert found["Read", "pages read by people"] == 6
    assert found["Read", "visits (a browser on a day)"] == 4
    assert found["Read", "editions read on the site"] == found["Read", "downloads"] == 1
    assert found["Read", "pages and files read by robots"] == 1
    assert found["Feeds with the most readers", "/feed.atom"] == 1
    assert found["Added", "entries"] == 2
    assert (found["Decided by people", "tagged"], found["Decided by people", "people who decided"]) == (1, 1)
    assert told["months"][9]["pages"] == 1
    assert said("usage", *logs, "--json") == told  # a log that is read again counts once
    assert (
        said("usage", str(folder / "other.log"), "--json") == told
    )  # a part of a day never takes the whole day's place


def test_figures_come_as_text_as_csv_and_to_the_desk(filled: Run, folder: Path) -> None:
    told = filled("usage", str(folder / "access.log"))
    assert "counted 7 lines of 1 logs, 1 of them in no known format: 2 days" in told.output
    assert "pages read by people" in told.output
    rows = list(csv.DictReader(io.StringIO(filled("usage", "--csv", "-").stdout)))
    assert {"year": "2026", "month": "2026-11", "part": "Read", "what": "downloads", "number": "1"} in rows
    filled("publish")
    page = (folder / "output/desk/figures.html").read_text("utf-8")
    assert '<a href="../site/entries/enqa-2023-quality/index.html">/entries/enqa-2023-quality/</a>' in page
    assert (folder / "output/desk/figures.csv").read_bytes().startswith(b"year,month,part,what,number\r\n2026,,")
    assert not list((folder / "output/site").rglob("figures*"))


def test_counts_outlive_a_rebuild_and_hold_nothing_of_anybody(filled: Run, said: Said, folder: Path) -> None:
    before = said("usage", str(folder / "access.log"), "--json")
    assert filled("rebuild").exit_code == 0
    assert said("usage", "--json") == before
    with closing(sqlite3.connect(folder / "output/catalogue.sqlite")) as catalogue:
        kept = [zlib.decompress(data).decode() for (data,) in catalogue.execute("SELECT data FROM ledger_use")]
    assert len(kept) == 2
    assert not [part for part in ("192.0.2", "Firefox", "NetNews") if any(part in said_ for said_ in kept)]


def test_what_cannot_be_read_is_named(filled: Run, folder: Path) -> None:
    (folder / "torn.gz").write_bytes(gzip.compress(NOVEMBER)[:-9])
    for words, told in (
        (["usage", str(folder / "no.log")], "no log"),
        (["usage", str(folder / "torn.gz")], "can't read"),
        (["usage", str(folder)], "can't read"),
        (["usage", "--year", "1999"], "nothing is known of 1999; known are 2026"),
    ):
        answer = filled(*words)
        assert answer.exit_code in (1, 2)
        assert told in answer.output
    assert json.loads(filled("usage", "--json").stdout)["days_counted"] == 0  # nothing of a torn log was kept
