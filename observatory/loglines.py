"""How lines of the log look: a record a line, on which nothing that a source said can steer a terminal or forge another line.

Whoever starts a process configures it: the command line, and the processes that a run starts of itself.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

# Control letters rewrite a terminal's lines (escape sequences) or forge lines of the log (CWE-117); marks turn a line's direction.
STEERING = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
FORM = "%(levelname)s %(name)s %(message)s"


@dataclass(frozen=True, slots=True)
class Style:
    """How a process logs: from which level on, and whether as JSON."""

    level: int
    as_json: bool = False


def configure(style: Style) -> None:
    """Send this process's log to stderr, in place of what was configured before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(style.level)  # libraries open their own loggers again
    handler.setFormatter(_JsonLines() if style.as_json else _Lines(FORM))
    logging.basicConfig(level=style.level, handlers=[handler], force=True)


def style_here() -> Style:
    """Say how this process logs, for the processes that it starts."""
    root = logging.getLogger()
    return Style(root.getEffectiveLevel(), any(isinstance(each.formatter, _JsonLines) for each in root.handlers))


def harmless(said: str) -> str:
    """Write what could steer a terminal or end a line as its number."""
    return STEERING.sub(
        lambda match: f"\\x{ord(match[0]):02x}" if match[0] <= "\xff" else f"\\u{ord(match[0]):04x}", said
    )


class _Lines(logging.Formatter):
    """One line a record; those of a traceback begin with a bar, so that no message in it looks like another record."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = harmless(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:
        return "\n".join(f"| {harmless(line)}" for line in super().formatException(ei).split("\n"))  # type: ignore[arg-type]


class _JsonLines(logging.Formatter):
    """One JSON object a record, for log collectors."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"at": moment, "level": record.levelname, "name": record.name, "message": record.getMessage()}
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=True)
