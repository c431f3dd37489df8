"""Files written whole, and the named points at which a test may end the program: what "nothing is lost" stands on."""

from __future__ import annotations

import errno
import filecmp
import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

FAULT = "OBSERVATORY_FAULT"  # `NAME:kill`, `NAME:full` (no space left), each with `:N` for the N-th time; unset in real life
AT_ONCE = 1 << 18  # bytes that are written at once
_TO_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
_times: dict[str, int] = {}


def point(name: str) -> None:
    """Mark a moment at which the machine may stop or the disk be full; does nothing unless a test asked for it.

    Names are `<what>.<moment>`, such as `catalogue.before-commit`; docs/reliability.md lists them.
    """
    wanted = os.environ.get(FAULT)
    if wanted is None:
        return
    asked, _, rest = wanted.partition(":")
    how, _, number = rest.partition(":")
    if asked != name:
        return
    _times[name] = _times.get(name, 0) + 1
    if _times[name] != int(number or 1):
        return
    if how == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
    os.kill(os.getpid(), signal.SIGKILL)


def write_whole(
    path: Path | str, body: bytes | Iterable[bytes], what: str, *, durable: bool = True, unless_same: bool = False
) -> bool:
    """Write a file so that after a crash it is the old one or the new one, never half of either; makes its folder.

    A large body may come in pieces. `what` names it in fault points. `durable`: it outlives a power cut too (costs one fsync);
    not needed for what can be made again. `unless_same`: a file that holds just this is left alone, and False given.
    Raises OSError and leaves the old file.
    """
    folder, name = os.path.split(path)
    fresh = os.path.join(folder, f".{name}.new")  # one writer at a time; what a crash leaves is overwritten by the next
    try:
        file = _opened(fresh, folder)
        try:
            _fill(file, (body,) if isinstance(body, bytes) else body)
            if durable:
                point(f"{what}.before-fsync")
                os.fsync(file)
        finally:
            os.close(file)
        if unless_same and _are_same(fresh, path):
            os.unlink(fresh)
            return False
        point(f"{what}.before-rename")
        os.replace(fresh, path)
        point(f"{what}.after-rename")
        return True
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(fresh)
        raise


def _fill(file: int, pieces: Iterable[bytes]) -> None:
    """Write pieces one after the other, small ones together."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= AT_ONCE:
            _write(file, b"".join(held))
            held, size = [], 0
    _write(file, b"".join(held))


def _write(file: int, body: bytes) -> None:
    done = os.write(file, body)
    while done < len(body):  # a signal, or a disk that is nearly full, may cut it short
        done += os.write(file, body[done:])


def _are_same(fresh: str, path: Path | str) -> bool:
    """Compare two files by their bytes; one that isn't there is like no other."""
    return os.path.isfile(path) and filecmp.cmp(fresh, path, shallow=False)


def _opened(fresh: str, folder: str) -> int:
    """Open a file to write; its folder is made only where it lacks: of ten thousand files few are the first in theirs."""
    try:
        return os.open(fresh, _TO_WRITE, 0o666)
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
        return os.open(fresh, _TO_WRITE, 0o666)
