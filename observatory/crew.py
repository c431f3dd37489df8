"""Work shared out among processes of this machine, where it is much and may be done in any order.

Processes are forked: what stands in memory needs no handing over, and no module is imported again. They take numbers off one list
until it is empty, so that none waits for another. Whatever a process that failed or died left undone is done once more here, where
its error is told as if there had been one process only. So work must be such that doing it twice does no harm.
"""

from __future__ import annotations

import gc
import logging
import marshal
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, TypeVar

T = TypeVar("T")
R = TypeVar("R")

PROCESSES = "OBSERVATORY_PROCESSES"  # how many may work at once: fewer than there are cores leaves room for others
MOST = 1000  # numbers on a list: they stand in a pipe, and any pipe holds four thousand bytes
BATCHES = 16  # for each process: few enough that handing them out costs nothing, enough that all end at about one time
log = logging.getLogger(__name__)


def processes() -> int:
    """Say how many processes may work at once: the cores that we may use, or fewer where `OBSERVATORY_PROCESSES` says so.

    One where forking isn't sound: on other systems than Linux, and beside other threads, whose locks it would copy as they stand.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    wanted = os.environ.get(PROCESSES, "")
    cores = len(os.sched_getaffinity(0))
    return min(cores, max(1, int(wanted))) if wanted.isdecimal() else cores


def spread(work: Callable[[T], R], items: Sequence[T], least: int) -> Iterator[tuple[T, R]]:
    """Give each item with what `work` makes of it, in any order; where there are fewer items than `least`, this process does all.

    What it makes are plain values: texts, bytes, numbers, tuples and lists of these.
    """
    crew = processes() if len(items) >= least else 1
    if crew < 2:
        return ((item, work(item)) for item in items)
    number = min(MOST, BATCHES * crew, len(items))
    made = share(lambda n: [work(item) for item in items[n::number]], number, crew)
    return ((item, one) for n, each in made for item, one in zip(items[n::number], each, strict=True))


def share(work: Callable[[int], R], number: int, crew: int) -> Iterator[tuple[int, R]]:
    """Do `work` with each number below `number` (at most `MOST`); give each with what it made (plain values), in any order.

    The processes start at once; this one works whenever it is asked for the next.
    """
    if crew < 2 or number < 2:
        return ((n, work(n)) for n in range(number))
    tickets = _tickets(number)
    return _shared(work, number, tickets, [_Worker(work, tickets) for _ in range(min(crew, number) - 1)])


@contextmanager
def beside(work: Callable[[], object], is_much: bool) -> Iterator[None]:
    """Let another process do `work` while the body of the `with` is done here, or do it first where it isn't much.

    It has ended when the `with` ends. What fails there is done once more here, where its error is told.
    """
    if not is_much or processes() < 2:
        work()
        yield
        return
    tickets = _tickets(1)
    worker = _Worker(lambda _n: bool(work()), tickets)
    try:
        yield
        if not list(worker.results()):
            work()
    finally:
        os.close(tickets)
        worker.end()


def _shared(work: Callable[[int], R], number: int, tickets: int, workers: Iterable[_Worker]) -> Iterator[tuple[int, R]]:
    left = set(range(number))
    try:
        for n in _drawn(tickets):
            left.discard(n)
            yield n, work(n)
        for worker in workers:
            for n, made in worker.results():
                left.discard(n)
                yield n, made
        for n in sorted(left):
            yield n, work(n)
    finally:
        os.close(tickets)
        for worker in workers:
            worker.end()


def _tickets(number: int) -> int:
    """Write the numbers into a pipe, from which every process reads its next: each goes to one."""
    if number > MOST:
        raise ValueError(f"{number} pieces of work are more than a list holds ({MOST})")
    read, write = os.pipe()
    os.write(write, b"".join(n.to_bytes(2, "big") for n in range(number)))
    os.close(write)
    return read


def _drawn(tickets: int) -> Iterator[int]:
    while ticket := os.read(tickets, 2):
        yield int.from_bytes(ticket, "big")


class _Worker:
    """A process that takes tickets and writes what it makes into a file without a name."""

    def __init__(self, work: Callable[[int], Any], tickets: int) -> None:
        self._file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - both processes hold it, until each ends
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        gc.freeze()  # the collector would write into every page of memory that both share
        self._pid = os.fork()
        if self._pid == 0:
            _work(work, tickets, self._file, parent)
        gc.unfreeze()

    def results(self) -> Iterator[tuple[int, Any]]:
        """Wait for its end; give what it made, up to where it failed."""
        _pid, status = os.waitpid(self._pid, 0)
        self._pid = 0
        if status:
            log.warning("a process of several ended early status=%d (its share is done once more)", status)
        self._file.seek(0)
        with suppress(EOFError, ValueError, TypeError):  # the end, or a torn one
            while True:
                yield marshal.load(self._file)

    def end(self) -> None:
        """End it where it still works, and wait for that."""
        if self._pid:
            os.kill(self._pid, signal.SIGTERM)
            os.waitpid(self._pid, 0)
            self._pid = 0
        self._file.close()


def _work(work: Callable[[int], Any], tickets: int, file: BinaryIO, parent: int) -> None:
    """Be the process: never return, never tell an error (it comes again where it can be told), tidy up nothing of the parent's."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a file that is half written is removed
        for n in _drawn(tickets):
            if os.getppid() != parent:
                break  # nobody waits for us
            marshal.dump((n, work(n)), file)
            file.flush()
        status = 0
    finally:
        os._exit(status)
