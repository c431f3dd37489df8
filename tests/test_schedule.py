"""When sources are due, and the daemon's clean end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatory.model import Cause, Outcome, Source, SourceHealth
from observatory.schedule import Daemon, Heartbeat, Ticks, is_due, is_left_alone, next_due

ROOT = Path(__file__).parent.parent

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAILY = Source(id="enqa", kind="feed", name="ENQA", row="{}", every="1d")


def health(
    hours_ago: float, outcome: Outcome = Outcome.OK, cause: Cause | None = None, ill_days: float = 0
) -> SourceHealth:
    visit = NOON - timedelta(hours=hours_ago)
    return SourceHealth("enqa", last_visit=visit, outcome=outcome, cause=cause, since=visit - timedelta(days=ill_days))


@given(
    st.sampled_from(["30m", "6h", "1d", "2w"]),
    st.integers(0, 3_000_000).map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.text("abc", max_size=5),
)
def test_an_interval_turns_at_a_moment_of_its_own_and_never_drifts(every: str, last: datetime, name: str) -> None:
    interval = {"30m": timedelta(minutes=30), "6h": timedelta(hours=6), "1d": timedelta(1), "2w": timedelta(14)}[every]
    due = next_due(every, last, "Europe/Dublin", name)
    assert interval / 4 <= due - last <= interval
    turn = next_due(every, due, "Europe/Dublin", name)
    late = turn + interval / 10  # a run that came late does not move the next
    if turn - due < interval:  # it has found its moment
        assert next_due(every, late, "Europe/Dublin", name) == turn + interval


def test_intervals_of_different_sources_turn_at_different_moments() -> None:
    turns = {next_due("1d", NOON, "UTC", f"source-{number}").strftime("%H:%M") for number in range(40)}
    assert len(turns) > 20


def test_a_cron_line_says_when_it_is_due_next() -> None:
    assert next_due("0 6 * * mon", NOON, "Europe/Dublin") == datetime(2026, 11, 30, 6, tzinfo=UTC)


def test_a_cron_rhythm_keeps_local_time_over_a_change_of_clocks() -> None:
    """Dublin's clocks go forward on 29 March 2026: six in the morning is then five UTC."""
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert next_due("0 6 * * *", before, "Europe/Dublin") == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_a_source_never_asked_is_due() -> None:
    assert is_due(DAILY, None, NOON, "UTC")


def test_a_well_source_is_asked_by_its_rhythm() -> None:
    assert not is_due(DAILY, health(11), NOON, "UTC")
    assert is_due(DAILY, health(36), NOON, "UTC")


def test_a_source_visited_in_the_future_is_due_because_a_clock_went_back() -> None:
    assert is_due(DAILY, health(-48), NOON, "UTC")


def test_an_ill_source_is_asked_ever_more_rarely_but_weekly_at_least() -> None:
    ill = (Outcome.FAILED, Cause.TIMEOUT)
    assert is_due(DAILY, health(1.1, *ill), NOON, "UTC")
    assert not is_due(DAILY, health(1.1, *ill, ill_days=3), NOON, "UTC")
    assert is_due(DAILY, health(24 * 7, *ill, ill_days=400), NOON, "UTC")


def test_a_source_that_is_gone_is_left_alone() -> None:
    assert not is_due(DAILY, health(24 * 90, Outcome.FAILED, Cause.GONE), NOON, "UTC")


@contextmanager
def daemon(folder: Path, *commands: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon in a process of its own that starts these commands at each tick, and at once."""
    code = (
        "import sys; from pathlib import Path; from observatory.schedule import Daemon, Ticks\n"
        f"Daemon(lambda: Ticks({tuple(map(tuple, commands))!r}, 60), Path({str(folder / 'beat.json')!r})).run()"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def child(folder: Path, name: str, more: str = "") -> list[str]:
    path = str(folder / name)
    return [
        sys.executable,
        "-c",
        f"import pathlib, time; pathlib.Path({path!r}).open('a').write('x'); {more or 'pass'}",
    ]


def soon(claim: Callable[[], object], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not claim() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(claim())


def test_links_are_looked_after_once_a_day_beside_the_due_sources(tmp_path: Path) -> None:
    ticks = Ticks((("run", "--due"),), 10, "Europe/Dublin", daily=(("verify",),))
    made = Daemon(lambda: ticks, tmp_path / "beat.json")
    made._schedule(first=True)
    jobs = {job.id: job for job in made._scheduler.get_jobs()}
    assert {name: job.args for name, job in jobs.items()} == {"due": (ticks.commands,), "daily": (ticks.daily,)}
    midnight = datetime(2026, 11, 27, tzinfo=ZoneInfo("Europe/Dublin"))
    first = jobs["daily"].trigger.get_next_fire_time(None, midnight)
    assert first - midnight < timedelta(days=1)
    assert jobs["daily"].trigger.get_next_fire_time(first, first) == first + timedelta(days=1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_daemon_ends_cleanly_and_takes_its_children_along(tmp_path: Path, number: signal.Signals) -> None:
    orphan = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)']); time.sleep(99)"
    with daemon(tmp_path, child(tmp_path, "ticked", orphan)) as process:
        assert soon((tmp_path / "ticked").exists), "the first tick comes at once"
        process.send_signal(number)
        assert process.wait(20) == 0
    beat = Heartbeat.read(tmp_path / "beat.json")
    assert beat is not None
    assert (beat.running, beat.next_tick, beat.is_alive()) == (False, None, False)


def test_a_child_that_fails_is_noted_and_stops_nothing(tmp_path: Path) -> None:
    with daemon(tmp_path, child(tmp_path, "one", "raise SystemExit(3)"), child(tmp_path, "two")) as process:
        path = tmp_path / "beat.json"
        assert soon(lambda: (beat := Heartbeat.read(path)) and beat.ticks == 1)
        beat = Heartbeat.read(path)
        assert beat is not None
        assert (beat.last_exit, beat.is_alive(), (tmp_path / "two").exists()) == (3, True, True)
        assert beat.next_tick is not None
        process.terminate()
        assert process.wait(20) == 0


def test_a_source_ill_for_days_is_asked_more_and_more_rarely_by_runs_that_ask_all() -> None:
    begun = datetime(2026, 11, 1, 6, tzinfo=UTC)
    asked, last = [0], begun
    for day in range(1, 30):
        now = begun + timedelta(days=day)
        state = SourceHealth("x", last_visit=last, outcome=Outcome.FAILED, cause=Cause.SERVER, since=begun)
        if not is_left_alone(DAILY, state, now, is_cut_off=False):
            asked.append(day)
            last = now
    assert asked[:4] == [0, 1, 2, 3]
    assert len(asked) < 12
    assert max(after - before for before, after in pairwise(asked)) <= 7


def test_a_network_that_was_down_makes_no_source_wait() -> None:
    begun = datetime(2026, 11, 1, 6, tzinfo=UTC)
    last, now = begun + timedelta(days=20), begun + timedelta(days=21)
    state = SourceHealth("x", last_visit=last, outcome=Outcome.FAILED, cause=Cause.DNS, since=begun)
    assert is_left_alone(DAILY, state, now, is_cut_off=False)
    assert not is_left_alone(DAILY, state, now, is_cut_off=True)
