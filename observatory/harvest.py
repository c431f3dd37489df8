"""The conductor of a crawl: it starts the child process, gives it its order, reads how it goes on and survives its death.

A crawl is always a child process: a Twisted reactor can't start again, and what a hostile answer may do to a process (memory, a
crash in a parser) must not reach the catalogue. The child's only output is the archive file; progress comes as lines.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, TYPE_CHECKING

from observatory import loglines
from observatory.catalogue import archive
from observatory.collector import look_seldom
from observatory.config import options_of
from observatory.errors import ObservatoryError, StorageError
from observatory.forgotten import NOTHING, Forgotten
from observatory.judge.lexicon import Lexicon, words
from observatory.model import Cause, CrawlSettings, Finding, HarvestEnd, Job, Outcome, Source, Vocabulary

if TYPE_CHECKING:
    from spiders._kind import Sink

log = logging.getLogger(__name__)

GRACE_SECONDS = 90  # over the crawl's own bound before the child is killed: one answer's two tries and the file's end
MOST_ABSTRACT = 5_000  # characters of an abstract that are looked through for a core term
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
    code = _run_child(task, settings.max_seconds + GRACE_SECONDS, lambda _line: None, _idle)
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
    meanwhile: Callable[[Path], bool] | None = None,
    forgotten: Forgotten = NOTHING,
) -> Path | None:
    """Ask the sources of all jobs and archive what they answer; returns the archive file of the run, None without jobs.

    What is `forgotten` is neither asked nor kept.
    `meanwhile` is called with that file whenever a source was harvested, and again as long as it finds something to do.
    A source whose harvest the child did not live to end is noted as KILLED. `StorageError` when the archive can't be written.
    """
    if not jobs:
        return None
    with archive.Writer.begin(folder, now, settings.shard) as writer:
        path = writer.path
    progress(f"crawl: asking {len(jobs)} source{'' if len(jobs) == 1 else 's'}")
    style = loglines.style_here()
    task = _Task(tuple(jobs), path, settings, now, vocabulary, style, forgotten=forgotten)
    tell = _Teller(len(jobs), progress)
    code = _run_child(
        task, settings.max_seconds + GRACE_SECONDS, tell, partial(meanwhile, path) if meanwhile else _idle
    )
    if code:
        log.error("crawl process ended early exit=%s: what it archived is kept", code)
        _note_killed(jobs, path, now, code)
    if code == STORAGE_FAILED:
        raise StorageError(
            f"can't write {path}: the disk may be full; nothing acknowledged is lost, the next run goes on"
        )
    return path


class _Teller:
    """Turns the child's lines into progress for people."""

    def __init__(self, total: int, progress: Callable[[str], None]) -> None:
        self._total, self._progress, self._done = total, progress, 0

    def __call__(self, line: bytes) -> None:
        try:
            said = json.loads(line)
        except ValueError:
            return
        self._done += 1
        cause = f" ({said['cause']})" if said["cause"] else ""
        self._progress(
            f"crawl: {self._done}/{self._total} {said['id']}: {said['outcome']}{cause}, "
            f"{said['visits']} visits, {said['not_modified']} unchanged"
        )


def _idle() -> bool:
    return False


def _run_child(task: _Task, seconds: float, tell: Callable[[bytes], None], meanwhile: Callable[[], bool]) -> int:
    """Run the child to its end, at most so long; returns its exit code, negative for a signal.

    The child's standard input stays open as long as this process lives: when it closes, the child ends by itself.
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
        assert child.stdout is not None
        timer = threading.Timer(seconds, child.kill)
        timer.start()
        try:
            child.stdin.write(base64.b64encode(pickle.dumps(task)) + b"\n")
            child.stdin.flush()
            _listen(child.stdout, tell, meanwhile)
            return child.wait()
        except BrokenPipeError:
            return child.wait()
        except BaseException:  # interrupted: closing its input lets the child end its file in good order
            child.stdin.close()
            _wait(child)
            raise
        finally:
            timer.cancel()


def _listen(said: IO[bytes], tell: Callable[[bytes], None], meanwhile: Callable[[], bool]) -> None:
    """Tell what the child says until it ends. The child never waits for us: a thread takes its lines in."""
    lines: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_take_in, args=(said, lines), daemon=True).start()
    is_busy = False
    while True:
        try:
            line = lines.get(block=not is_busy)
        except Empty:
            is_busy = meanwhile()
            continue
        if not line:
            return
        tell(line)
        is_busy = True


def _take_in(said: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    for line in said:
        lines.put(line)
    lines.put(b"")


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
    task = pickle.loads(base64.b64decode(sys.stdin.buffer.readline()))
    loglines.configure(task.log)
    look_seldom(at_start=True)
    stopped = threading.Event()
    threading.Thread(target=_watch_parent, args=(stopped,), daemon=True).start()
    return _crawl(task, stopped)


def _watch_parent(stopped: threading.Event) -> None:
    """End with the parent: its end of our input closes when it goes, however it goes.

    A parent that lives waits for the file's end in good order; one that died no longer holds the write lock, so that not one
    record more may be written.
    """
    parent = os.getppid()
    sys.stdin.buffer.read()
    stopped.set()
    while os.getppid() == parent:
        time.sleep(0.1)
    os._exit(1)


def _crawl(task: _Task, stopped: threading.Event) -> int:
    from spiders._crawl import Order, crawl

    jobs = [(job, options_of(job.source)) for job in task.jobs]
    order = Order(jobs, task.settings, task.now, task.links, task.hosts, task.forgotten)
    try:
        with archive.Writer.resume(task.file) as writer:
            sink = _sink(task, writer)
            crawl(order, wants(task.vocabulary), sink, _tell, stopped.is_set)
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


def _tell(end: HarvestEnd) -> None:
    said = {
        "id": end.source_id,
        "outcome": end.outcome,
        "cause": end.cause,
        "visits": end.visits,
        "not_modified": end.not_modified,
    }
    print(json.dumps(said), flush=True)  # noqa: T201 - the pipe to the parent


if __name__ == "__main__":
    code = _main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads that hang in a name server's silence are not waited for
