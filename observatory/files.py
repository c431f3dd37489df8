"""Files written whole, and the named points at which a test may end the program: what "nothing is lost" stands on."""

from __future__ import annotations

import errno
import filecmp
import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

FAULT = "OBSERVATORY_FAULT"  # `NAME:kill`, `NAME:full` (no space left), each with `:N` for the N-th time; unset in real life
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
    path: Path, body: bytes | Iterable[bytes], what: str, *, durable: bool = True, unless_same: bool = False
) -> bool:
    """Write a file so that after a crash it is the old one or the new one, never half of either; makes its folder.

    A large body may come in pieces. `what` names it in fault points. `durable`: it outlives a power cut too (costs one fsync);
    not needed for what can be made again. `unless_same`: a file that holds just this is left alone, and False given.
    Raises OSError and leaves the old file.
    """
    folder, name = os.path.split(path)
    fresh = os.path.join(folder, f".{name}.new")  # one writer at a time; what a crash leaves is overwritten by the next
    try:
        with _opened(fresh, folder) as file:
            file.writelines([body] if isinstance(body, bytes) else body)
            if durable:
                file.flush()
                point(f"{what}.before-fsync")
                os.fsync(file.fileno())
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


def _are_same(fresh: str, path: Path) -> bool:
    """Compare two files by their bytes; one that isn't there is like no other."""
    return path.is_file() and filecmp.cmp(fresh, path, shallow=False)


def _opened(fresh: str, folder: str) -> BinaryIO:
    """Open a file to write; its folder is made only where it lacks: of ten thousand files few are the first in theirs."""
    try:
        return open(fresh, "wb")
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
        return open(fresh, "wb")
