"""When things are due, and the daemon that ticks. The only file that knows APScheduler.

A tick starts `observatory run --due` as a child process: a crawl needs a fresh process anyway (a Twisted reactor can't restart),
a crash in a run never stops the schedule, and each child reads sources.yaml anew. One tick serves all due sources, so that a
hundred sources cost one start. `next_due` and `is_due` are pure.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from observatory.files import write_whole
from observatory.model import Cause, DigestSettings, Outcome, Source, SourceHealth

log = logging.getLogger(__name__)

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# A source that fails is left alone for longer each day, up to a week, so that an ill host is not hammered for months.
MOST_BACKOFF = timedelta(days=7)
# A source that failed for so long is left alone by runs that ask everything, too.
ILL_AFTER = timedelta(days=2)
# Causes that may be our own network's.
NETWORK = frozenset({Cause.DNS, Cause.CONNECT, Cause.TIMEOUT})
# A run that starts a little early (a tick, jitter) still counts as due: a daily source asked at 06:00:10 is due at 06:00.
SLACK = timedelta(minutes=5)
# What a daemon gives its child to end by itself after SIGTERM before it is killed; the promise is ten seconds in all.
GRACE_SECONDS = 7
HEARTBEAT_SECONDS = 60
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday, so that a weekly rhythm without jitter turns on Mondays


# ---------------------------------------------------------------- rhythm


def next_due(every: str, last: datetime, timezone: str, name: str = "") -> datetime:
    """Say when a source with this rhythm is due again after `last`.

    `every` is an interval (`30m`, `6h`, `1d`, `2w`) or a cron expression of five fields in the site's time zone. Intervals turn
    at a moment of their own for each `name` (jitter: not all hosts at midnight), always the same one, so that they don't drift;
    a source is never left longer than its interval, however rarely somebody looks what is due.
    """
    if match := re.fullmatch(r"(\d+)([mhdw])", every):
        interval = timedelta(**{_UNITS[match[2]]: int(match[1])})
        turn = _EPOCH + interval * _share(name)
        following = last + interval - (last - turn) % interval
        return following if following - last >= interval / 4 else last + interval
    from apscheduler.triggers.cron import CronTrigger

    zone = ZoneInfo(timezone)
    fire = CronTrigger.from_crontab(every, timezone=zone).get_next_fire_time(None, last + timedelta(seconds=1))
    return fire.astimezone(last.tzinfo) if fire else datetime.max.replace(tzinfo=last.tzinfo)


def _share(name: str) -> float:
    """Spread names evenly over 0 … 1, each always to the same place."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / 2**32 if name else 0.0


def due_at(source: Source, health: SourceHealth | None, timezone: str) -> datetime | None:
    """Say from when on a source should be asked: by its rhythm when well, more rarely while ill; None for never (a 410)."""
    if health is None or health.last_visit is None:
        return _EPOCH
    if health.outcome is not Outcome.FAILED:
        return next_due(source.every, health.last_visit, timezone, source.id)
    if health.cause is Cause.GONE:
        return None
    ill_for = health.last_visit - (health.since or health.last_visit)
    pause = min(max(ill_for / 2, timedelta(hours=1)), MOST_BACKOFF)
    return health.last_visit + pause


def is_due(source: Source, health: SourceHealth | None, now: datetime, timezone: str) -> bool:
    """Whether a source should be asked now.

    A clock that went back (a last visit in the future) makes a source due rather than silent for ever.
    """
    if health and health.last_visit and health.last_visit > now + SLACK:
        return health.cause is not Cause.GONE
    at = due_at(source, health, timezone)
    return at is not None and now >= at - SLACK


def is_left_alone(source: Source, health: SourceHealth, now: datetime, *, is_cut_off: bool) -> bool:
    """Whether even a run that asks all sources leaves one alone: gone for good, or ill for days and tried not long ago.

    `is_cut_off`: no source could be reached last time, so the illness may be that of our own network.
    """
    if health.outcome is not Outcome.FAILED or health.last_visit is None:
        return False
    if health.cause is Cause.GONE:
        return True
    ill_for = health.last_visit - (health.since or health.last_visit)
    if ill_for < ILL_AFTER or (is_cut_off and health.cause in NETWORK):
        return False
    return not is_due(source, health, now, "UTC")


# ---------------------------------------------------------------- heartbeat


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the daemon writes to its file each minute and at each tick, for `schedule --status` and for monitors."""

    pid: int
    started: str
    beat: str
    ticks: int = 0
    running: bool = False
    last_tick: str | None = None
    last_exit: int | None = None
    next_tick: str | None = None

    def write(self, path: Path) -> None:
        """Write it whole; a disk that is full must not stop the schedule."""
        try:
            write_whole(path, json.dumps(asdict(self)).encode(), "heartbeat", durable=False)
        except OSError as error:
            log.warning("heartbeat not written path=%s cause=%s", path, error.strerror)

    @classmethod
    def read(cls, path: Path) -> Heartbeat | None:
        """Read it; None when no daemon ever ran here."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def is_alive(self) -> bool:
        """Whether that process still runs on this machine."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


# ---------------------------------------------------------------- daemon


@dataclass(frozen=True, slots=True)
class Ticks:
    """When the daemon ticks: every so many minutes, at the hours of the digests, and once a day for the care of links.

    `commands` are started one after the other at a tick; `daily` once a day, at an hour of its own for each site.
    """

    commands: tuple[tuple[str, ...], ...]
    minutes: float = 10.0
    timezone: str = "UTC"
    digest: DigestSettings = field(default_factory=lambda: DigestSettings(weekly=None, monthly=None))
    daily: tuple[tuple[str, ...], ...] = ()


class Daemon:
    """Tick until told to stop. A tick that is missed (sleep, downtime) or overrun is made up for by one.

    `load` gives the ticks anew: it is called at the start, on SIGHUP, and after each tick whose configuration may have changed.
    """

    def __init__(self, load: Callable[[], Ticks], heartbeat: Path) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler

        self._load = load
        self._path = heartbeat
        self._ticks = load()
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._again = False
        self._child: subprocess.Popen[bytes] | None = None
        started = _stamp(datetime.now(UTC))
        self._beat = Heartbeat(os.getpid(), started, started)
        self._scheduler = BackgroundScheduler(
            timezone=ZoneInfo(self._ticks.timezone),
            executors={"default": {"type": "threadpool", "max_workers": 1}},  # one child at a time
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def run(self) -> None:
        """Tick until SIGTERM or SIGINT; returns when the child has ended, with nothing acknowledged lost."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self._tell(stop=True))
        signal.signal(signal.SIGHUP, lambda _number, _frame: self._tell(stop=False))
        self._schedule(first=True)
        self._scheduler.start()
        log.info("schedule started minutes=%s zone=%s", self._ticks.minutes, self._ticks.timezone)
        while not self._stop.is_set():
            self._note()
            self._wake.wait(HEARTBEAT_SECONDS)
            self._wake.clear()
            if self._again and not self._stop.is_set():
                self._again = False
                self._reload()
        self._end_child()
        self._scheduler.shutdown(wait=True)
        self._note(running=False, next_tick=None)
        log.info("schedule stopped ticks=%s", self._beat.ticks)

    def _tell(self, *, stop: bool) -> None:
        if stop:
            self._stop.set()
        else:
            self._again = True
        self._wake.set()

    def _reload(self) -> None:
        """Take the settings anew; those of a broken file are not taken, and the child names its flaws."""
        ticks = self._load()
        if ticks != self._ticks:
            log.info("schedule reloaded minutes=%s zone=%s", ticks.minutes, ticks.timezone)
            self._ticks = ticks
            self._schedule(first=False)

    def _schedule(self, *, first: bool) -> None:
        from apscheduler.triggers.cron import CronTrigger

        ticks, zone = self._ticks, ZoneInfo(self._ticks.timezone)
        self._scheduler.remove_all_jobs()
        begin = {"next_run_time": datetime.now(zone)} if first else {}
        self._scheduler.add_job(self._tick, "interval", args=[ticks.commands], minutes=ticks.minutes, id="due", **begin)
        for rhythm, crontab in _digest_hours(ticks.digest).items():
            trigger = CronTrigger.from_crontab(crontab, timezone=zone)
            self._scheduler.add_job(self._tick, trigger, args=[ticks.commands], id=rhythm)
        if ticks.daily:
            minute = int(_share(str(self._path)) * 24 * 60)
            trigger = CronTrigger(hour=minute // 60, minute=minute % 60, timezone=zone)
            self._scheduler.add_job(self._tick, trigger, args=[ticks.daily], id="daily")

    def _tick(self, commands: Sequence[Sequence[str]]) -> None:
        begun = datetime.now(UTC)
        code = 0
        for command in commands:
            if self._stop.is_set():
                return
            self._note(running=True, last_tick=_stamp(begun))
            code = self._start(command) or code
        self._note(running=False, last_exit=code, ticks=self._beat.ticks + 1)
        log.log(logging.INFO if code == 0 else logging.ERROR, "tick exit=%s", code)
        self._tell(stop=False)  # the curators may have changed the settings meanwhile

    def _start(self, command: Sequence[str]) -> int:
        """Run a child in a session of its own, so that it and its crawler can be ended together."""
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True) as child:
            self._child = child
            return child.wait()

    def _end_child(self) -> None:
        child = self._child
        if child is None or child.poll() is not None:
            return
        for number, seconds in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, 1)):
            try:
                os.killpg(child.pid, number)
                child.wait(seconds)
                return
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                log.warning("child does not end signal=%s pid=%s", number.name, child.pid)

    def _note(self, **what: object) -> None:
        jobs = [job.next_run_time for job in self._scheduler.get_jobs() if getattr(job, "next_run_time", None)]
        following = {"next_tick": _stamp(min(jobs)) if jobs else None}
        changes: Mapping[str, object] = {"beat": _stamp(datetime.now(UTC)), **following, **what}
        self._beat = replace(self._beat, **changes)  # type: ignore[arg-type]
        self._beat.write(self._path)


def _digest_hours(settings: DigestSettings) -> dict[str, str]:
    """Write the digests' hours (`mon 06:00`, `1 06:00`) as cron lines."""
    lines: dict[str, str] = {}
    if settings.weekly:
        day, hour, minute = re.split(r"[ :]", settings.weekly)
        lines["weekly"] = f"{minute} {hour} * * {day}"
    if settings.monthly:
        day, hour, minute = re.split(r"[ :]", settings.monthly)
        lines["monthly"] = f"{minute} {hour} {day} * *"
    return lines


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def command(config: Path, data: Path | None, log_format: str, *words: str) -> tuple[str, ...]:
    """Give the words that start this program again for one verb."""
    where = ("--data", str(data)) if data else ()
    root = ("--config", str(config), *where, "--log-format", log_format, "-v")
    return (sys.executable, "-m", "observatory", *root, *words)
