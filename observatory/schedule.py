"""When things are due, and the daemon that ticks. The only file that knows APScheduler.

The daemon starts `observatory run --due` as a child process a tick: a crawl needs a fresh process anyway (a Twisted reactor
can't restart), and a crash in a run never stops the schedule. `is_due` is pure.
"""

from __future__ import annotations

import logging
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from observatory.model import Cause, Outcome, Source, SourceHealth

log = logging.getLogger(__name__)

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# A source that fails is left alone for longer each day, up to a week, so that an ill host is not hammered for months.
MOST_BACKOFF = timedelta(days=7)
# A run that starts a little early (a tick, jitter) still counts as due: a daily source asked at 06:00:10 is due at 06:00.
SLACK = timedelta(minutes=5)
# What a daemon gives its child to end by itself after SIGTERM before it is killed.
GRACE_SECONDS = 8


def next_due(every: str, last: datetime, timezone: str) -> datetime:
    """Say when a source with this rhythm is due again after `last`.

    `every` is an interval (`30m`, `6h`, `1d`, `2w`) or a cron expression of five fields in the site's time zone.
    """
    if match := re.fullmatch(r"(\d+)([mhdw])", every):
        return last + timedelta(**{_UNITS[match[2]]: int(match[1])})
    zone = ZoneInfo(timezone)
    fire = CronTrigger.from_crontab(every, timezone=zone).get_next_fire_time(None, last + timedelta(seconds=1))
    return fire.astimezone(last.tzinfo) if fire else datetime.max.replace(tzinfo=last.tzinfo)


def is_due(source: Source, health: SourceHealth | None, now: datetime, timezone: str) -> bool:
    """Whether a source should be asked now: by its rhythm when well, more and more rarely while ill, never after a 410.

    A clock that went back (a last visit in the future) makes a source due rather than silent for ever.
    """
    if health is None or health.last_visit is None or health.last_visit > now + SLACK:
        return True
    if health.outcome is Outcome.FAILED:
        if health.cause is Cause.GONE:
            return False
        ill_for = now - (health.since or health.last_visit)
        pause = min(max(ill_for, timedelta(hours=1)), MOST_BACKOFF)
        return now >= max(health.last_visit + pause / 2, health.last_visit + timedelta(hours=1)) - SLACK
    return now >= next_due(source.every, health.last_visit, timezone) - SLACK


class Daemon:
    """Tick `command` every so often until told to stop; a tick that is missed or overrun is made up for by one."""

    def __init__(self, command: Sequence[str], minutes: float, timezone: str) -> None:
        self._command = tuple(command)
        self._stop = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._scheduler = BackgroundScheduler(timezone=ZoneInfo(timezone))
        self._scheduler.add_job(
            self._tick,
            "interval",
            minutes=minutes,
            next_run_time=datetime.now(ZoneInfo(timezone)),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def run(self) -> None:
        """Tick until SIGTERM or SIGINT; returns when the child has ended, with nothing acknowledged lost."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self._stop.set())
        self._scheduler.start()
        log.info("schedule started command=%s", " ".join(self._command))
        self._stop.wait()
        child = self._child
        if child and child.poll() is None:
            child.terminate()
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
        self._scheduler.shutdown(wait=True)
        log.info("schedule stopped")

    def _tick(self) -> None:
        if self._stop.is_set():
            return
        with subprocess.Popen(self._command, stdin=subprocess.DEVNULL) as child:
            self._child = child
            code = child.wait()
        log.log(logging.INFO if code == 0 else logging.ERROR, "tick exit=%s", code)


def run_due_command(config: str, data: str | None) -> tuple[str, ...]:
    """Give the command that one tick starts."""
    where = ("--data", data) if data else ()
    return (sys.executable, "-m", "observatory", "--config", config, *where, "run", "--due")
