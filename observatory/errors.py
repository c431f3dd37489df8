"""The error tree. Every message names the thing, the place and the next step.

ObservatoryError
├── UsageError              what was asked for can't be asked so (exit 2)
│   ├── ConfigError         one or many flaws in the curators' files, all at once
│   └── QueryError          a search that can't be read: where, why and how to write it
├── NotFound                no such entry, source, edition … (exit 1)
├── Busy                    another process holds the write lock (exit 1)
├── StorageError            disk or database: full, read-only, newer than this code, damaged
│   └── DamagedError        a kept record that can't be read any more (a ValueError too)
└── UnreadableError         bytes from outside that can't be read; carries a `Cause`
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from observatory.model import Cause


class ObservatoryError(Exception):
    """Root of all errors that this program raises on purpose."""

    exit_code = 1


class UsageError(ObservatoryError):
    """What was asked for can't be asked so."""

    exit_code = 2


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """One mistake in a curator's file: where it stands and what to do.

    `line` counts from 1; 0 means the file as a whole. `key` is a dotted path such as `sources.enqa-news.kind`.
    """

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ConfigError(UsageError):
    """Flaws in the curators' files: all of them, in the order of file and line."""

    def __init__(self, flaws: Iterable[Flaw]) -> None:
        self.flaws = tuple(sorted(set(flaws)))
        super().__init__("\n".join(str(flaw) for flaw in self.flaws))


class QueryError(UsageError):
    """A search that can't be read. `column` counts from 1; `said` is why, and how to write it, in one line."""

    def __init__(self, query: str, column: int, said: str) -> None:
        self.query, self.column, self.said = query, column, f"at column {column}: {said}"
        begin = max(0, column - 60)  # a long query is shown around the place
        picture = f"\n  {query[begin : column + 40]}\n  {' ' * (column - 1 - begin)}^" if query else ""
        super().__init__(f"can't read the query {self.said}{picture}")


class NotFound(ObservatoryError):
    """What was named isn't there."""


class Busy(ObservatoryError):
    """Another process is writing; the message names it and since when."""


class StorageError(ObservatoryError):
    """Disk or database failed: the message says which file and what to do."""


class DamagedError(StorageError, ValueError):
    """A kept record can't be read: it was changed, or cut."""


class UnreadableError(ObservatoryError):
    """Bytes from outside can't be read; `cause` is from the closed list of `model.Cause`."""

    def __init__(self, cause: Cause, message: str = "") -> None:
        self.cause = cause
        super().__init__(message or cause.value)
