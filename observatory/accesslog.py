"""Lines of web servers' access logs → requests: the common and the combined log format. Pure string work; keeps nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

LONGEST = 16_384  # bytes of a line; no server writes longer ones (Apache cuts a request at 8,190)
# Every part is bounded by a character that it can't hold, so that no line makes the match slow.
_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(rf"([^\[]*)\[([^\]]{{20,40}})\] {_QUOTED} (\d{{3}}) (?:\d+|-)(?: {_QUOTED} {_QUOTED})?")
_ASKED = re.compile(r"([A-Z]{3,10}) (\S+)(?: HTTP/\d(?:\.\d)?)?")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}


@dataclass(frozen=True, slots=True)
class Request:
    """One line of a log. `who` is the client's address, `agent` what it calls itself (None: this format doesn't say).

    Both are of a person, maybe: whoever counts must keep neither.
    """

    who: str
    day: str  # YYYY-MM-DD in the zone asked for
    method: str
    target: str
    status: int
    agent: str | None


def read_line(line: bytes, zone: tzinfo = UTC) -> Request | None:
    """Read a line; None when it is no line of such a log."""
    if len(line) > LONGEST:
        return None
    match = _LINE.match(line.decode("utf-8", "replace"))
    asked = _ASKED.fullmatch(match[3]) if match else None
    if match is None or asked is None:
        return None
    day = _day(match[2], zone)
    who = _who(match[1].split())
    return Request(who, day, asked[1], asked[2], int(match[4]), match[6]) if day and who else None


def _who(head: list[str]) -> str:
    """Find the client's address: first, or after the name of the virtual host, which ends in a port."""
    if not head:
        return ""
    return head[1] if len(head) > 3 and re.fullmatch(r"[\w.-]+:\d+", head[0]) else head[0]


def _day(said: str, zone: tzinfo) -> str | None:
    """Read `10/Oct/2026:13:55:36 +0100` and give its day in the zone; the seconds tell nothing."""
    return _day_of(said[:17], said[20:].strip(), zone)


@lru_cache(maxsize=8192)  # lines of one minute come together
def _day_of(minute: str, offset: str, zone: tzinfo) -> str | None:
    match = re.fullmatch(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d)", minute)
    if match is None or match[2] not in _MONTHS or not re.fullmatch(r"[+-]\d{4}", offset):
        return None
    stamp = f"{match[3]}-{_MONTHS[match[2]]:02}-{match[1]}T{match[4]}:{match[5]}{offset[:3]}:{offset[3:]}"
    try:
        return datetime.fromisoformat(stamp).astimezone(zone).date().isoformat()
    except (ValueError, OverflowError):
        return None
