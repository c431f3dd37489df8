"""Commands of the program, each in a process of its own, forked from one that has loaded the program and run it once.

    done = subprocess.run(command("--config", path, "run"), …)      # as with (sys.executable, "-m", "observatory", …)

A process that begins from nothing takes a second of imports, templates and vocabulary before its first word. What is told here is
what that second would have led to: the command has its own memory, folder, environment, streams and end (exit code or signal); it
dies when who asked for it dies. How the program starts from nothing is seen by tests/cli/test_pipe.py, tests/cli/test_review.py,
tests/test_deploy.py and others, which start it themselves.

The crawls of a test that opens a web (tests/web/server.py) are forked likewise: `sys.executable` is a Python then that is the real
one for all else. Where a crawl or its parent is killed, processes begin from nothing (tests/spiders/test_child.py, test_faults.py).
"""

from __future__ import annotations

import atexit
import marshal
import os
import socket
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = "sources:\n  - {id: library, kind: library, path: one.yaml}\n"
REAL = sys.executable
CRAWL = "observatory.harvest"
PYTHON = """#!/bin/sh
[ "$1 $2" = "-m {crawl}" ] && exec {ask} {crawl}
exec {real} "$@"
"""
RECORD = (
    "- {id: one, kind: report, title: On micro-credentials, language: en, date: 2023, url: 'https://one.example/'}\n"
)


def command(*words: str | Path) -> list[str]:
    """Give the words that run `observatory …` in any folder and environment; of a shell's script, too."""
    return [*_asking(), "observatory", *map(str, words)]


@cache
def crawling() -> str:
    """Give the path of a Python whose processes that crawl are forked."""
    import shlex

    path = Path(_door()).with_name("python")
    path.write_text(PYTHON.format(crawl=CRAWL, ask=shlex.join(_asking()), real=shlex.quote(REAL)), "utf-8")
    path.chmod(0o755)
    return str(path)


def _asking() -> tuple[str, ...]:
    return REAL, "-I", "-S", __file__, _door()


@cache
def _door() -> str:
    """Start the process that others are forked from, which lives as long as this one; gives the socket that it listens at."""
    import subprocess
    import tempfile

    place = str(Path(tempfile.mkdtemp(prefix="observatory-")) / "door")
    server = subprocess.Popen(
        [REAL, __file__, place],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert server.stdout
    assert server.stdout.readline() == b"ready\n"
    atexit.register(server.communicate)  # its input closes: it ends
    return place


# ---------------------------------------------------------------- who asks


def _ask(place: str, *words: str) -> None:
    """Have a command run with the streams, folder and environment of this process, and end as it ends."""
    asked = marshal.dumps((os.getcwd(), words, dict(os.environ)))
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(place)
        socket.send_fds(line, [len(asked).to_bytes(4, "big")], [0, 1, 2])
        line.sendall(asked)
        said = line.recv(4)
    if len(said) < 4:
        sys.exit("the process that minds the command died")
    code = int.from_bytes(said, "big", signed=True)
    if code < 0:
        os.kill(os.getpid(), -code)
    sys.exit(code)


# ---------------------------------------------------------------- the process that others are forked from


def _serve(place: str) -> bool:
    """Fork a process a command until the test run is over. True in the process of a command, set up as it shall be."""
    import select
    import shutil
    import signal

    _warm(Path(place).parent)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who mind
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(place)
        door.listen(64)
        os.write(1, b"ready\n")
        while 0 not in select.select([door, 0], [], [])[0]:
            line, _from = door.accept()
            if os.fork() == 0:
                door.close()
                return _mind(line)
            line.close()
    shutil.rmtree(Path(place).parent)
    return False


def _warm(folder: Path) -> None:
    """Load the program by running it once."""
    import gc
    import importlib
    import threading
    from datetime import UTC, datetime

    sys.path[0] = str(ROOT)
    from observatory.app import Observatory

    (folder / "sources.yaml").write_text(SOURCES, "utf-8")
    (folder / "one.yaml").write_text(RECORD, "utf-8")
    with Observatory.open(folder / "sources.yaml", now=datetime(2026, 1, 1, tzinfo=UTC)) as observatory:
        observatory.run(offline=True)

    import observatory.cli.daily
    import observatory.harvest
    import spiders._crawl  # noqa: F401

    importlib.import_module(
        "scrapy.core.downloader.handlers.http11"
    )  # Scrapy does so when a crawl begins, and takes long

    gc.collect()
    gc.freeze()
    assert threading.active_count() == 1  # a fork takes one thread along


def _mind(line: socket.socket) -> bool:
    """Fork the command's process, and tell how it ended. True in that process."""
    import select
    import signal

    size, streams, _flags, _address = socket.recv_fds(line, 4, 3)
    with line.makefile("rb") as said:
        asked = marshal.loads(said.read(int.from_bytes(size, "big")))
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    child = os.fork()
    if child == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        line.close()
        os.close(woken)
        os.close(wake)
        _become(streams, *asked)
        return True
    for stream in streams:
        os.close(stream)
    if line in select.select([line, woken], [], [])[0]:  # who asked is gone
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    line.send(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
    os._exit(0)


def _become(streams: list[int], folder: str, words: tuple[str, ...], environment: dict[str, str]) -> None:
    """Take on streams, folder and environment."""
    import time

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = list(words)


def _run() -> None:
    """Run the command to its end, and spare the interpreter's own: it would take apart all that was loaded."""
    import threading
    import traceback

    from observatory.__main__ import main
    from observatory.harvest import _main as crawl

    code: object = 1
    try:
        code = crawl() if sys.argv[0] == CRAWL else main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _ask(*sys.argv[1:])
    elif _serve(sys.argv[1]):
        _run()
