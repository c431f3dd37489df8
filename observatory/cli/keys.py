"""One key at a time from a person's terminal, and lines where a line is needed. Never the meaning of a key."""

from __future__ import annotations

import os
import re
import select
import sys
import termios
import tty
from collections import deque
from types import TracebackType
from typing import Self

import click

END = "\x04"  # Ctrl-D, and what is read when the terminal is gone
STOP = "\x03"  # Ctrl-C
# Arrow and function keys, and what a mouse or a paste sends: never a key that decides something.
_SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O.|[^\[O])?", re.DOTALL)
_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"
_MARK_PASTES, _LEAVE_PASTES = "\x1b[?2004h", "\x1b[?2004l"
_SECONDS = 0.05  # in which the rest of a sequence comes; a person's next key does not


class Keys:
    """The keys that a person presses. Use it with `with Keys() as keys:`; the terminal is as before afterwards."""

    def __init__(self) -> None:
        self._in = sys.stdin.fileno()
        self._waiting: deque[str] = deque()
        self._before = termios.tcgetattr(self._in)

    def __enter__(self) -> Self:
        self._one_by_one()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self._as_before()

    def read(self) -> str:
        """Wait for a key and give its letter; END when the terminal is gone. What is pasted is passed over."""
        while not self._waiting:
            said = self._chunk()
            if not said:
                return END
            while _is_open(said) and (more := self._chunk()):
                said += more
            self._waiting.extend(_letters(said))
        return self._waiting.popleft()

    def line(self, question: str) -> str | None:
        """Ask for a line; None when it is left with Ctrl-C or Ctrl-D. Keys typed ahead are no part of it."""
        self._waiting.clear()
        self._by_lines()
        try:
            click.echo(f"{question}: ", nl=False)
            said = self._typed()
        finally:
            self._one_by_one()
        if said.endswith("\n"):
            return said.strip()
        click.echo()
        return None

    def _chunk(self) -> str:
        try:
            said = os.read(self._in, 4096).decode("utf-8", "ignore")
        except OSError:  # the window was closed
            return ""
        is_cut = said.endswith(("\x1b", "\x1b[", "\x1bO"))
        return said + self._chunk() if is_cut and select.select([self._in], [], [], _SECONDS)[0] else said

    def _typed(self) -> str:
        """What the terminal gives for one line: it ends with a newline unless it was left."""
        try:
            return os.read(self._in, 4096).decode("utf-8", "ignore")
        except OSError:  # the window was closed
            return ""

    def _by_lines(self) -> None:
        """As before, but Ctrl-C ends the line as Enter does: a signal just before a read would wait for the next key."""
        _tell(_LEAVE_PASTES)
        changed = termios.tcgetattr(self._in)
        changed[:4], changed[6] = self._before[:4], list(self._before[6])
        changed[3] = (changed[3] | termios.ICANON | termios.ECHO) & ~termios.ISIG
        changed[6][termios.VEOL] = STOP.encode()
        termios.tcsetattr(self._in, termios.TCSADRAIN, changed)

    def _one_by_one(self) -> None:
        tty.setcbreak(self._in, termios.TCSADRAIN)
        changed = termios.tcgetattr(self._in)
        changed[3] &= ~termios.ISIG  # Ctrl-C is a key like others: a decision is never broken off in the middle
        termios.tcsetattr(self._in, termios.TCSADRAIN, changed)
        _tell(_MARK_PASTES)

    def _as_before(self) -> None:
        _tell(_LEAVE_PASTES)
        termios.tcsetattr(self._in, termios.TCSADRAIN, self._before)


def _tell(mark: str) -> None:
    sys.stdout.write(mark)
    sys.stdout.flush()


def _is_open(said: str) -> bool:
    """Whether a paste began and has not ended yet."""
    return said.rfind(_PASTE) > said.rfind(_PASTED)


def _letters(said: str) -> str:
    """Leave out what was pasted, and the sequences that keys without a letter send."""
    while _PASTE in said:
        before, _mark, rest = said.partition(_PASTE)
        said = before + rest.partition(_PASTED)[2]
    return _SEQUENCE.sub("", said)
