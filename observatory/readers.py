"""Processes that read snapshots ahead of the catalogue, where there are many: judging takes longer than storing.

What comes out is what one process would give, in the order of the archive. A process that dies costs nothing: what it held is
read here. Decides nothing, keeps nothing.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from observatory import loglines
from observatory.collector import look_seldom
from observatory.handing import Tray
from observatory.model import ArchiveRecord, Finding, Snapshot, SourceRow
from observatory.reading import Read, Reader

log = logging.getLogger(__name__)

ALONE = (
    30  # snapshots that nobody had read after which another process is worth its start, which takes as long as they do
)
AHEAD = 4  # snapshots a process that are read before they are wanted
MOST = 4  # processes: storing keeps up with no more

Found = tuple[str, ArchiveRecord]


class Readers:
    """Reads the snapshots among archived records. `row_of` gives the row of a source as the catalogue knows it."""

    def __init__(self, reader: Reader, row_of: Callable[[str], str | None]) -> None:
        self._reader, self._row_of = reader, row_of
        self._rows: dict[str, str] = {}
        self.tray = Tray()  # what need not be read
        self._number = max(0, min(MOST, _cores() - 1))
        self._unread = 0  # snapshots that nobody had read
        self._pool: ThreadPoolExecutor | None = None
        self._here = threading.local()  # each thread's own process
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; they are started again at need."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
        for process in self._processes:
            with suppress(BrokenPipeError):  # it died with what it was asked last
                process.communicate()
        self._pool, self._here, self._processes = None, threading.local(), []

    def each(self, records: Iterable[Found | None]) -> Iterator[tuple[Found, Read | None] | None]:
        """Give the records with what was read of each snapshot; at a None (no more yet) all that came before, and a None."""
        waiting: deque[tuple[Found, Callable[[], Read] | None]] = deque()
        for found in records:
            if found:
                waiting.append((found, self._begin(found[1])))
            while waiting and (found is None or len(waiting) > (AHEAD * self._number if self._pool else 0)):
                yield _done(*waiting.popleft())
            if found is None:
                yield None
        yield from (_done(*each) for each in waiting)

    def _begin(self, record: ArchiveRecord) -> Callable[[], Read] | None:
        """Begin to read a record where it is a snapshot; what is given ends it."""
        if isinstance(record, SourceRow):
            self._rows[record.source_id] = record.row
        if not isinstance(record, Snapshot):
            return None
        if record.source_id not in self._rows:
            self._rows[record.source_id] = self._row_of(record.source_id) or ""
        row = self._rows[record.source_id]
        known = self.tray.take(record, row)
        self._unread += known is None
        if known and known.items:
            return lambda: replace(self._reader.read(record, row, known.findings), items=known.items)
        findings = known.findings if known else None
        if self._number and self._unread > ALONE:
            self._pool = self._pool or ThreadPoolExecutor(self._number, "reader")
            return self._pool.submit(self._ask, record, row, findings).result
        return lambda: self._reader.read(record, row, findings)

    # ------------------------------------------------------------ in a thread a process

    def _ask(self, snapshot: Snapshot, row: str, known: tuple[Finding, ...] | None) -> Read:
        if not hasattr(self._here, "process"):
            self._here.process = self._start()
        process: subprocess.Popen[bytes] | None = self._here.process
        if process is None:
            return self._reader.read(snapshot, row, known)
        try:
            _put(process, (snapshot, row, known))
            assert process.stdout
            read: Read = pickle.load(process.stdout)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
            log.warning("reading process ended early: %s (its share is read here instead)", type(error).__name__)
            self._here.process = None
            return self._reader.read(snapshot, row, known)
        return read

    def _start(self) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).parents[1])
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        command = (sys.executable, "-m", "observatory.readers")
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}
        )
        self._processes.append(process)
        _put(process, (self._reader.elsewhere(), loglines.style_here()))
        return process


def _done(found: Found, end: Callable[[], Read] | None) -> tuple[Found, Read | None]:
    return found, end() if end else None


def _put(process: subprocess.Popen[bytes], value: object) -> None:
    assert process.stdin
    process.stdin.write(pickle.dumps(value))
    process.stdin.flush()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# ---------------------------------------------------------------- in the process


def _main() -> None:
    """Read what comes in until the parent closes its end, however it goes."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    reader, style = pickle.load(sys.stdin.buffer)
    loglines.configure(style)
    look_seldom(at_start=True)
    while True:
        try:
            snapshot, row, known = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        answers.write(pickle.dumps(reader.read_ahead(snapshot, row, known), pickle.HIGHEST_PROTOCOL))
        answers.flush()


if __name__ == "__main__":
    _main()
