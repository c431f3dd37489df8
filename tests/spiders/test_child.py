"""The crawl's process may die at any moment, and so may its parent: what was archived stays, and nothing runs on alone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from commands import REAL
from hostile.makers import TOPIC, item, rss
from observatory.app import Observatory
from observatory.catalogue import archive
from observatory.model import Cause, CrawlSettings, HarvestEnd, Outcome, Request, Snapshot
from spiders._crawl import _Spider
from spiders._polite import Failed
from web.server import Seen, Web

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def begun_from_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The crawl's process is a child of who started it, and nobody stands between them."""
    monkeypatch.setattr(sys, "executable", REAL)


def _crawls(parent: int) -> list[int]:
    """Find the crawl processes below a process."""
    tasks = Path(f"/proc/{parent}/task").iterdir()
    pids = [pid for task in tasks for pid in (task / "children").read_text().split()]
    return [int(pid) for pid in pids if b"observatory.harvest" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _sources(folder: Path, **urls: str) -> Path:
    rows = [{"id": name, "kind": "feed", "url": url} for name, url in urls.items()]
    path = folder / "sources.yaml"
    path.write_text(json.dumps({"crawl": {"delay": 0.5}, "sources": rows}))
    return path


def test_a_killed_crawl_loses_nothing_that_was_archived_and_names_who_was_left(web: Web, tmp_path: Path) -> None:
    async def kill(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1.5)
        for pid in _crawls(os.getpid()):
            os.kill(pid, signal.SIGKILL)

    web.host("well").put("/feed/", rss(item(f"News on {TOPIC}")), "application/rss+xml")
    web.host("fatal").raw("/feed/", kill)
    path = _sources(tmp_path, well=web.host("well").url("/feed/"), fatal=web.host("fatal").url("/feed/"))
    with Observatory.open(path, tmp_path / "output") as obs:
        reports = {report.id: report for report in obs.crawl()}
        obs.ingest()
        assert obs.store.health()["fatal"].cause is Cause.KILLED
    assert (reports["fatal"].outcome, reports["fatal"].cause) == (Outcome.FAILED, Cause.KILLED)
    assert reports["well"].outcome is Outcome.OK
    records = [record for _ref, record in archive.read(tmp_path / "output" / "archive")]
    assert sum(isinstance(record, Snapshot) for record in records) == 1
    assert sum(isinstance(record, HarvestEnd) for record in records) == 2


def test_a_crawl_ends_when_its_parent_is_killed(web: Web, tmp_path: Path) -> None:
    async def hang(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    web.host("slow").raw("/feed/", hang)
    path = _sources(tmp_path, slow=web.host("slow").url("/feed/"))
    command = (sys.executable, "-m", "observatory", "--config", str(path), "--data", str(tmp_path / "output"), "crawl")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as parent:
        until = time.monotonic() + 60
        while not web.asked("slow") and time.monotonic() < until:
            time.sleep(0.1)
        (child,) = _crawls(parent.pid)
        parent.kill()
    until = time.monotonic() + 30
    while Path(f"/proc/{child}/stat").exists() and time.monotonic() < until:
        if (
            Path(f"/proc/{child}/stat").read_text().split()[2] == "Z"
        ):  # ended; nobody waits for it in a test's container
            break
        time.sleep(0.1)
    else:
        assert not Path(f"/proc/{child}").exists()


def test_ctrl_c_ends_crawl_and_parent_in_good_order(web: Web, tmp_path: Path) -> None:
    async def hang(_seen: Seen, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    web.host("slow").raw("/feed/", hang)
    path = _sources(tmp_path, slow=web.host("slow").url("/feed/"))
    command = (sys.executable, "-m", "observatory", "--config", str(path), "--data", str(tmp_path / "output"), "crawl")
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as parent:
        until = time.monotonic() + 60
        while not web.asked("slow") and time.monotonic() < until:
            time.sleep(0.1)
        os.killpg(parent.pid, signal.SIGINT)
        said, _ = parent.communicate(timeout=60)
    assert parent.returncode != 0
    assert b"Traceback" not in said


def test_a_request_may_take_as_long_as_the_operator_said() -> None:
    asked: list[Any] = []

    async def refuse(request: Any) -> None:
        asked.append(request)
        raise ConnectionError

    order = SimpleNamespace(settings=CrawlSettings(response_seconds=77.0))
    engine = SimpleNamespace(download_async=refuse, downloader=SimpleNamespace(per_slot_settings={}))
    spider: Any = SimpleNamespace(
        order=order, crawler=SimpleNamespace(engine=engine), _failed=lambda *_: Failed(Cause.CONNECT, "")
    )
    spider._slots = lambda: engine.downloader.per_slot_settings
    for aside in (False, True):
        with pytest.raises(Failed):
            asyncio.run(_Spider._download(spider, "https://a.example/", Request("https://a.example/"), {}, aside=aside))
    assert [request.meta["download_timeout"] for request in asked] == [77.0, 77.0]
