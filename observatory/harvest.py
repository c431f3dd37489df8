"""The conductor of a crawl: it starts the child process, gives it its order, reads how it goes on and survives its death.

A crawl is always a child process: a Twisted reactor can't start again, and what a hostile answer may do to a process (memory, a
crash in a parser) must not reach the catalogue. What counts is the archive file that the child writes. Through a pipe it tells how
it goes on, and what it read in each answer, for who follows (`handing.py`).
"""

from __future__ import annotations

import base64
import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, TYPE_CHECKING, Protocol

from observatory import loglines
from observatory.catalogue import archive
from observatory.collector import look_seldom
from observatory.config import options_of
from observatory.errors import ObservatoryError, StorageError
from observatory.forgotten import NOTHING, Forgotten
from observatory.handing import Handed, Known, can_hand, hand
from observatory.judge.lexicon import Lexicon, words
from observatory.model import Cause, CrawlSettings, Finding, HarvestEnd, Job, Outcome, Snapshot, Source, Vocabulary

if TYPE_CHECKING:
    from observatory.reading import Reader
    from spiders._kind import Sink

log = logging.getLogger(__name__)

GRACE_SECONDS = 90  # over the crawl's own bound before the child is killed: one answer's two tries and the file's end
MOST_ABSTRACT = 5_000  # characters of an abstract that are looked through for a core term
BEHIND = 8  # answers that wait for the parent: judging takes longer than asking where hosts answer at once
STORAGE_FAILED = 3  # the child's exit code when the archive can't be written


@dataclass(frozen=True, slots=True)
class _Task:
    """What the child is given: plain values, pickled by this very program."""

    jobs: tuple[Job, ...]
    file: Path
    settings: CrawlSettings
    now: datetime
    vocabulary: Vocabulary
    log: loglines.Style
    links: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    forgotten: Forgotten = NOTHING
    is_followed: bool = False  # somebody takes what is read


class Follower(Protocol):
    """Who stores what a crawl archives while it goes on; `Ingest` is one."""

    @property
    def taken(self) -> int:
        """Count the answers of which what was read is no longer waited for."""

    def prepare(self) -> None:
        """Make ready for the first answer, while the child asks for it."""

    def hand(self, handed: Handed) -> None:
        """Take what was read in an answer that is about to be archived."""

    def follow(self, path: Path) -> bool:
        """Do what there is to do with that file by now; False when there was nothing."""


def look_after(
    urls: Sequence[str],
    sources: Iterable[Source],
    folder: Path,
    settings: CrawlSettings,
    now: datetime,
    vocabulary: Vocabulary,
    progress: Callable[[str], None],
    forgotten: Forgotten = NOTHING,
) -> Path:
    """Look whether addresses are still there and archive how each fared; returns the archive file.

    Private hosts are asked only where one of the `sources` that a curator wrote down is on them. Of what is `forgotten` nothing
    is noted, not even that an address leads there.
    """
    from spiders._crawl import private_hosts

    hosts = frozenset().union(*(private_hosts(source, options_of(source)) for source in sources))
    with archive.Writer.begin(folder, now, settings.shard) as writer:
        path = writer.path
    progress(f"verify: looking at {len(urls)} links")
    style = loglines.style_here()
    task = _Task((), path, settings, now, vocabulary, style, tuple(urls), hosts, forgotten)
    with started() as child:
        code = _run(child, task, settings.max_seconds + GRACE_SECONDS, _Ear(lambda _said: None))
    if code == STORAGE_FAILED:
        raise StorageError(f"can't write {path}: the disk may be full; nothing acknowledged is lost")
    if code:
        log.error("link care ended early exit=%s: what it noted is kept", code)
    return path


def harvest(
    jobs: Sequence[Job],
    folder: Path,
    settings: CrawlSettings,
    now: datetime,
    vocabulary: Vocabulary,
    progress: Callable[[str], None],
    follower: Follower | None = None,
    forgotten: Forgotten = NOTHING,
    child: subprocess.Popen[bytes] | None = None,
) -> Path | None:
    """Ask the sources of all jobs and archive what they answer; returns the archive file of the run, None without jobs.

    What is `forgotten` is neither asked nor kept.
    `child` does it where one was `started` before.
    `follower` is told whenever something was archived, and again as long as it finds something to do.
    A source whose harvest the child did not live to end is noted as KILLED. `StorageError` when the archive can't be written.
    """
    if not jobs:
        return None
    with archive.Writer.begin(folder, now, settings.shard) as writer:
        path = writer.path
    progress(f"crawl: asking {len(jobs)} source{'' if len(jobs) == 1 else 's'}")
    style = loglines.style_here()
    task = _Task(
        tuple(jobs), path, settings, now, vocabulary, style, forgotten=forgotten, is_followed=follower is not None
    )
    ear = _Ear(_Teller(len(jobs), progress), follower, path)
    with nullcontext(child) if child else started() as process:
        code = _run(process, task, settings.max_seconds + GRACE_SECONDS, ear)
    if code:
        log.error("crawl process ended early exit=%s: what it archived is kept", code)
        _note_killed(jobs, path, now, code)
    if code == STORAGE_FAILED:
        raise StorageError(
            f"can't write {path}: the disk may be full; nothing acknowledged is lost, the next run goes on"
        )
    return path


class _Teller:
    """Turns how sources fared into progress for people."""

    def __init__(self, total: int, progress: Callable[[str], None]) -> None:
        self._total, self._progress, self._done = total, progress, 0

    def __call__(self, end: HarvestEnd) -> None:
        self._done += 1
        cause = f" ({end.cause})" if end.cause else ""
        self._progress(
            f"crawl: {self._done}/{self._total} {end.source_id}: {end.outcome}{cause}, "
            f"{end.visits} visits, {end.not_modified} unchanged"
        )


class _Ear:
    """Hears what the child says, and lets a follower work on the file meanwhile."""

    def __init__(
        self, tell: Callable[[HarvestEnd], None], follower: Follower | None = None, path: Path | None = None
    ) -> None:
        self._tell, self._follower, self._path = tell, follower, path

    def prepare(self) -> None:
        if self._follower:
            self._follower.prepare()

    def hear(self, said: HarvestEnd | Handed) -> None:
        if isinstance(said, HarvestEnd):
            self._tell(said)
        elif self._follower:
            self._follower.hand(said)

    def follow(self, reply: IO[bytes]) -> bool:
        """Work on, and tell the child how many answers were taken; False when there is nothing to do."""
        if not self._follower or not self._path:
            return False
        before = self._follower.taken
        is_busy = self._follower.follow(self._path)
        with suppress(BrokenPipeError):
            reply.write(bytes(self._follower.taken - before))
            reply.flush()
        return is_busy


@contextmanager
def started() -> Iterator[subprocess.Popen[bytes]]:
    """Start a crawl's process. It learns to crawl (half a second) while it is found out what to ask; unasked it ends by itself.

    Its standard input stays open as long as this process lives: when it closes, the child ends its file in good order.
    """
    root = str(Path(__file__).parents[1])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    with subprocess.Popen(
        (sys.executable, "-m", "observatory.harvest"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    ) as child:
        assert child.stdin is not None
        try:
            yield child
        finally:
            with suppress(BrokenPipeError):
                child.stdin.close()
            _wait(child)


def _run(child: subprocess.Popen[bytes], task: _Task, seconds: float, ear: _Ear) -> int:
    """Let the child do its task to the end, at most so long; returns its exit code, negative for a signal."""
    assert child.stdin is not None
    assert child.stdout is not None
    timer = threading.Timer(seconds, child.kill)
    timer.start()
    try:
        with suppress(BrokenPipeError):  # it ended before it was asked
            child.stdin.write(base64.b64encode(pickle.dumps(task)) + b"\n")
            child.stdin.flush()
            ear.prepare()
            _listen(child.stdout, ear, child.stdin)
        return child.wait()
    finally:
        timer.cancel()


def _listen(pipe: IO[bytes], ear: _Ear, reply: IO[bytes]) -> None:
    """Hear what the child says until it ends. The child never waits for us: a thread takes in what it says."""
    heard: SimpleQueue[HarvestEnd | Handed | None] = SimpleQueue()
    threading.Thread(target=_take_in, args=(pipe, heard), daemon=True).start()
    is_busy = False
    while True:
        try:
            said = heard.get(block=not is_busy)
        except Empty:
            is_busy = ear.follow(reply)
            continue
        if said is None:
            return
        ear.hear(said)
        is_busy = True


def _take_in(pipe: IO[bytes], heard: SimpleQueue[HarvestEnd | Handed | None]) -> None:
    try:
        with suppress(EOFError, ValueError, pickle.UnpicklingError):  # it ended, perhaps in the middle of a word
            while True:
                heard.put(pickle.load(pipe))
    finally:
        heard.put(None)


def _wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()


def _note_killed(jobs: Sequence[Job], path: Path, now: datetime, code: int) -> None:
    """End in the archive what the child left open, so that the ledger of causes is whole."""
    ended = archive.ends(path)
    with archive.Writer.resume(path) as writer:
        for job in jobs:
            if job.source.id not in ended:
                detail = f"the crawl process ended early (exit {code}); the next run asks again"
                writer.end(
                    HarvestEnd(job.source.id, now, Outcome.FAILED, Cause.KILLED, False, 0, 0, job.memory.cursor, detail)
                )


# ---------------------------------------------------------------- in the child


def wants(vocabulary: Vocabulary) -> Callable[[Finding], bool]:
    """Make the cheap test before an item's own page is fetched: a core term in title, summary or a record's abstract."""
    core = Lexicon(cue for cue in vocabulary.cues if cue.about == "core")

    def wanted(finding: Finding) -> bool:
        work = finding.work
        said = words(f"{work.title} {work.summary or ''} {(work.text or '')[:MOST_ABSTRACT]}")
        return bool(core.find(said))

    return wanted


def _main() -> int:
    import signal

    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; the parent decides, by closing our input
    look_seldom()
    import spiders._crawl  # noqa: F401 - while the parent finds out what to ask

    line = sys.stdin.buffer.readline()
    if not line:
        return 0  # nothing was to be asked
    task = pickle.loads(base64.b64decode(line))
    loglines.configure(task.log)
    look_seldom(at_start=True)
    parent = _Parent()
    threading.Thread(target=parent.watch, daemon=True).start()
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is nothing that we say
    return _crawl(task, _Mouth(task, parent, pipe), parent.is_gone.is_set)


class _Parent:
    """What the child knows of its parent: how many answers it took, of those that were handed over, and whether it is gone."""

    def __init__(self) -> None:
        self.taken = 0
        self.is_gone = threading.Event()

    def watch(self) -> None:
        """End with the parent: its end of our input closes when it goes, however it goes.

        A parent that lives waits for the file's end in good order; one that died no longer holds the write lock, so that not
        one record more may be written.
        """
        parent = os.getppid()
        while said := os.read(sys.stdin.fileno(), 4096):  # it says nothing before we do, so none of it is in a buffer
            self.taken += len(said)
        self.is_gone.set()
        while os.getppid() == parent:
            time.sleep(0.1)
        os._exit(1)


def _crawl(task: _Task, mouth: _Mouth, is_stopped: Callable[[], bool]) -> int:
    from spiders._crawl import Order, crawl

    jobs = [(job, options_of(job.source)) for job in task.jobs]
    order = Order(jobs, task.settings, task.now, task.links, task.hosts, task.forgotten)
    try:
        with archive.Writer.resume(task.file) as writer:
            sink = _sink(task, writer)
            crawl(order, wants(task.vocabulary), sink, mouth, is_stopped)
    except StorageError as error:
        log.error("%s", error)
        return STORAGE_FAILED
    except ObservatoryError as error:
        log.error("%s", error)
        return 1
    return 0


def _sink(task: _Task, writer: archive.Writer) -> Sink:
    """Let nothing through to the archive that was erased on request; mostly there is nothing to hold back."""
    if not task.forgotten:
        return writer
    from observatory.withholding import Withholding

    return Withholding(writer, task.forgotten, {job.source.id: job.source for job in task.jobs})


class _Mouth:
    """Tells the parent how the crawl goes on, as the `Listener` that the crawl knows."""

    def __init__(self, task: _Task, parent: _Parent, pipe: IO[bytes]) -> None:
        self._task, self._parent, self._pipe = task, parent, pipe
        self._rows = {job.source.id: job.source.row for job in task.jobs}
        self._handed = 0

    def found(self, snapshot: Snapshot, findings: Sequence[Finding]) -> None:
        """Hand over what was read in an answer; where the parent is behind, judged as well."""
        if not self._task.is_followed or not can_hand(snapshot, findings):
            return
        row, known = self._rows[snapshot.source_id], Known(tuple(findings))
        if self._handed - self._parent.taken >= BEHIND:
            known = replace(known, items=self._reader.read_ahead(snapshot, row, findings).items)
        self._handed += 1
        self._say(hand(snapshot, row, known))

    @cached_property
    def _reader(self) -> Reader:
        from observatory.reading import Reader

        sources = {job.source.id: job.source for job in self._task.jobs}
        return Reader(sources, self._task.vocabulary, forgotten=self._task.forgotten)

    def ended(self, end: HarvestEnd) -> None:
        """Tell how a source fared."""
        self._say(replace(end, cursor=""))

    def _say(self, said: HarvestEnd | Handed) -> None:
        pickle.dump(said, self._pipe, pickle.HIGHEST_PROTOCOL)
        self._pipe.flush()


if __name__ == "__main__":
    code = _main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads that hang in a name server's silence are not waited for
