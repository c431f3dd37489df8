"""The write lock: one process writes at a time, and whoever waits is told who does.

The lock is the kernel's (`flock`), so it ends with its holder, however that ends; the file only names it.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from observatory.errors import Busy, StorageError


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes, and since when (ISO 8601)."""

    command: str
    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"`observatory {self.command}`, process {self.pid} on {self.host}, since {self.since}"


class Lock:
    """The right to write: `with Lock(data / "write.lock", "ingest"): …`; it isn't re-entrant.

    Raises `Busy` at once when another process writes, `StorageError` when the file can't be made.
    """

    def __init__(self, path: Path, command: str) -> None:
        self._path = path
        self._command = command
        self._file: int | None = None

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StorageError(f"can't write {self._path}: {error.strerror}") from error
        try:
            self._take(file)
        except BaseException:
            os.close(file)
            raise
        self._file = file
        return self

    def _take(self, file: int) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            who = holder(self._path)
            raise Busy(f"{self._path} is held by {who or 'another process'}: try again when it is done") from error
        since = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        note = Holder(self._command, os.getpid(), os.uname().nodename, since)
        try:
            os.ftruncate(file, 0)
            os.write(file, json.dumps(asdict(note)).encode())
        except OSError as error:
            raise StorageError(f"can't write {self._path}: {error.strerror}") from error

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.ftruncate(self._file, 0)  # a name left behind would accuse the innocent
            os.close(self._file)  # the file itself stays: removing it would let two processes lock two files
            self._file = None


def holder(path: Path) -> Holder | None:
    """Read who holds, or held, the lock; None when nobody is named."""
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
