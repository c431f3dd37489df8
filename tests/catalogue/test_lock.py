"""One writer at a time, named; a dead one holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from observatory.catalogue.lock import Lock, holder
from observatory.errors import Busy, StorageError

HOLD = """
import sys, time
from pathlib import Path
from observatory.catalogue.lock import Lock
with Lock(Path(sys.argv[1]), "publish"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "write.lock")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    with process.stdout:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()
        process.wait()


def test_the_lock_names_itself_while_held_and_nobody_after(tmp_path: Path) -> None:
    path = tmp_path / "data" / "write.lock"
    with Lock(path, "ingest"):
        who = holder(path)
        assert who is not None
        assert (who.command, who.pid) == ("ingest", os.getpid())
    assert holder(path) is None
    with Lock(path, "publish"):
        pass


def test_a_second_writer_is_told_who_writes(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    lock = Lock(tmp_path / "write.lock", "ingest")
    with pytest.raises(Busy, match=rf"`observatory publish`, process {other.pid} on .+, since 20\d\d-"), lock:
        pass


def test_a_holder_that_was_killed_holds_nothing(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()
    path = tmp_path / "write.lock"
    with Lock(path, "ingest"):
        who = holder(path)
        assert who is not None
        assert who.pid == os.getpid()


def test_a_garbled_note_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "write.lock"
    path.write_text("\x00{", encoding="utf-8")
    assert holder(path) is None
    with Lock(path, "ingest"), pytest.raises(Busy), Lock(path, "run"):
        pass


def test_a_place_that_cant_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    path = tmp_path / "file" / "write.lock"
    with pytest.raises(StorageError, match=r"write\.lock"), Lock(path, "run"):
        pass
