"""A pseudo-terminal with a person at it: starts a command, waits for words on the screen, presses keys."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[1]
_STYLE = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?2004[hl]|\x1b\[[HJ0-9;]*|\r")
SECONDS = 60.0


class Terminal:
    """A command on a terminal of so many columns and lines."""

    def __init__(
        self, *arguments: str, env: Mapping[str, str] | None = None, size: tuple[int, int] = (110, 50)
    ) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "observatory", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={**os.environ, "TERM": "xterm-256color", "LINES": "", "COLUMNS": "", **(env or {})},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C is one
        )
        os.close(slave)
        self.raw = b""
        self._seen = 0  # bytes that a wait has passed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def expect(self, *words: str, seconds: float = SECONDS) -> str:
        """Wait until all of these stand on what was written since the last key; returns that, without colours."""
        end = time.monotonic() + seconds
        while True:
            shown = self.shown()
            if all(word in shown for word in words):
                return shown
            assert time.monotonic() < end, f"{words!r} never came; the screen holds:\n{shown}"
            assert self._more(0.2), f"{words!r} never came, and the command ended:\n{self.shown()}"

    def press(self, keys: str) -> None:
        """Press keys; what is written from now on counts as the answer."""
        self._seen = len(self.raw)
        os.write(self._master, keys.encode())

    def shown(self) -> str:
        """What was written since the last key, without colours, each run of blanks as one."""
        said = _STYLE.sub("", self.raw[self._seen :].decode("utf-8", "replace"))
        return re.sub(r"\s+", " ", said)

    def end(self, number: int = signal.SIGKILL) -> None:
        """End the command as a crash or a closed window does."""
        self._process.send_signal(number)
        self._process.wait(SECONDS)

    def wait(self) -> int:
        """Wait until the command has ended by itself; returns its exit code."""
        while self._more(SECONDS):
            pass
        return self._process.wait(SECONDS)

    def _more(self, seconds: float) -> bool:
        """Read what came; False when the command has closed the terminal."""
        if not select.select([self._master], [], [], seconds)[0]:
            return True
        try:
            said = os.read(self._master, 65536)
        except OSError:  # the other end was closed
            return False
        self.raw += said
        return bool(said)
