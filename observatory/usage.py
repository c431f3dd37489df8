"""The conductor of counting: web servers' logs → counts a day in the ledger, and the yearly figures. Keeps nothing of anybody."""

from __future__ import annotations

import gzip
import heapq
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from observatory.accesslog import LONGEST, Request, read_line
from observatory.catalogue import curation
from observatory.errors import NotFound, UsageError
from observatory.model import DayOfUse, Entry, Status
from observatory.publish.desk.figures import Books, Year, years
from observatory.publish.use import Counting, whole

if TYPE_CHECKING:
    from observatory.questions import Questions

CLOSED_AFTER = timedelta(days=2)  # logs of several servers overlap by hours; what is older is summed up and forgotten


@dataclass(frozen=True, slots=True)
class Counted:
    """What was read of the logs: files, lines, how many of them were none, and the days counted."""

    files: int
    lines: int
    unread: int
    days: tuple[DayOfUse, ...]


@dataclass(slots=True)
class _Tally:
    lines: int = 0
    unread: int = 0


def count(observatory: Questions, logs: Sequence[Path], prefix: str | None, progress: Callable[[str], None]) -> Counted:
    """Count the requests in access logs, in the common or combined format, gzipped or not.

    All logs are read side by side, so that a day's requests count together whichever server answered them. `prefix`: the path
    under which the site stands, else that of `site.url`. NotFound or UsageError for a file that can't be read.
    """
    site, tally = observatory.config.site, _Tally()
    counting = Counting(_slashed(prefix if prefix is not None else urlsplit(site.url).path))
    zone = ZoneInfo(site.timezone)
    days: list[DayOfUse] = []
    last = ""
    for request in heapq.merge(*(_requests(log, zone, tally) for log in logs), key=lambda request: request.day):
        if request.day > last:
            if request.day[:7] != last[:7]:
                progress(f"usage: {request.day[:7]}, after {tally.lines} lines")
            last = request.day
            days += counting.close(_days_before(last))
        counting.add(request)
    return Counted(len(logs), tally.lines, tally.unread, whole((), [*days, *counting.close()]))


def keep(observatory: Questions, days: Iterable[DayOfUse]) -> None:
    """Write days to the ledger; of a day that stands there already the reading counts that saw more of it."""
    kept = observatory.store.use()
    standing = set(kept)
    observatory.store.keep_use([day for day in whole(kept, days) if day not in standing])


def figures(observatory: Questions, entries: Sequence[Entry] | None = None) -> tuple[Year, ...]:
    """Count what was added, mended, decided and read, year by year, the latest first.

    `entries`: the published ones and those withdrawn, when they were read already.
    """
    from spiders._kind import kinds

    config, store = observatory.config, observatory.store
    decisions, _flaws = curation.load(config.root / "curation" / "decisions")
    local = frozenset(source.id for source in config.sources if kinds()[source.kind].local)
    books = Books(
        as_of=store.last_run() or observatory.now,
        zone=ZoneInfo(config.site.timezone),
        entries=entries if entries is not None else tuple(store.entries((Status.PUBLISHED, Status.GONE))),
        waiting=store.status_counts().get(Status.PENDING, 0),
        decisions=decisions,
        editions=store.editions(),
        sendings=store.sendings(),
        health=store.health(),
        local=local,
        countries=config.countries,
        days=store.use(),
    )
    return years(books)


# ---------------------------------------------------------------- files


def _slashed(prefix: str) -> str:
    inner = prefix.strip("/")
    return f"/{inner}/" if inner else "/"


def _requests(log: Path, zone: ZoneInfo, tally: _Tally) -> Iterator[Request]:
    for line in _lines(log):
        tally.lines += 1
        request = read_line(line, zone)
        if request:
            yield request
        else:
            tally.unread += 1


def _lines(log: Path) -> Iterator[bytes]:
    """Give a log's lines; of one too long only its beginning, which no reader takes for a line."""
    try:
        with _opened(log) as file:
            while line := file.readline(LONGEST + 1):
                yield line
                while line and not line.endswith(b"\n"):  # the rest of a line that is too long
                    line = file.readline(LONGEST)
    except FileNotFoundError as error:
        raise NotFound(f"no log {log}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"can't read {log}: {getattr(error, 'strerror', None) or error}") from error


def _opened(log: Path) -> BinaryIO:
    with log.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return gzip.open(log, "rb") if is_gzip else log.open("rb")  # type: ignore[return-value]  # both give bytes line by line


def _days_before(day: str) -> str:
    return (date.fromisoformat(day) - CLOSED_AFTER).isoformat()
