"""When sources are due, and the daemon's clean end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from observatory.model import Cause, Outcome, Source, SourceHealth
from observatory.schedule import is_due, next_due

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAILY = Source(id="enqa", kind="feed", name="ENQA", row="{}", every="1d")


def health(
    hours_ago: float, outcome: Outcome = Outcome.OK, cause: Cause | None = None, ill_days: float = 0
) -> SourceHealth:
    visit = NOON - timedelta(hours=hours_ago)
    return SourceHealth("enqa", last_visit=visit, outcome=outcome, cause=cause, since=visit - timedelta(days=ill_days))


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("30m", datetime(2026, 11, 23, 12, 30, tzinfo=UTC)),
        ("6h", datetime(2026, 11, 23, 18, tzinfo=UTC)),
        ("2w", datetime(2026, 12, 7, 12, tzinfo=UTC)),
        ("0 6 * * mon", datetime(2026, 11, 30, 6, tzinfo=UTC)),
    ],
)
def test_a_rhythm_says_when_it_is_due_next(every: str, expected: datetime) -> None:
    assert next_due(every, NOON, "Europe/Dublin") == expected


def test_a_cron_rhythm_keeps_local_time_over_a_change_of_clocks() -> None:
    """Dublin's clocks go forward on 29 March 2026: six in the morning is then five UTC."""
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert next_due("0 6 * * *", before, "Europe/Dublin") == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_a_source_never_asked_is_due() -> None:
    assert is_due(DAILY, None, NOON, "UTC")


def test_a_well_source_is_asked_by_its_rhythm() -> None:
    assert not is_due(DAILY, health(23), NOON, "UTC")
    assert is_due(DAILY, health(24), NOON, "UTC")


def test_a_source_visited_in_the_future_is_due_because_a_clock_went_back() -> None:
    assert is_due(DAILY, health(-48), NOON, "UTC")


def test_an_ill_source_is_asked_ever_more_rarely_but_weekly_at_least() -> None:
    ill = (Outcome.FAILED, Cause.TIMEOUT)
    assert is_due(DAILY, health(1.1, *ill), NOON, "UTC")
    assert not is_due(DAILY, health(1.1, *ill, ill_days=3), NOON, "UTC")
    assert is_due(DAILY, health(24 * 7, *ill, ill_days=400), NOON, "UTC")


def test_a_source_that_is_gone_is_left_alone() -> None:
    assert not is_due(DAILY, health(24 * 90, Outcome.FAILED, Cause.GONE), NOON, "UTC")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_daemon_ends_cleanly_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    ticked = tmp_path / "ticked"
    tick = [sys.executable, "-c", f"import pathlib, time; pathlib.Path({str(ticked)!r}).touch(); time.sleep(60)"]
    code = f"from observatory.schedule import Daemon; Daemon({tick!r}, 1, 'UTC').run()"
    with subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parent.parent) as daemon:
        deadline = time.monotonic() + 30
        while not ticked.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert ticked.exists(), "the first tick comes at once"
        daemon.send_signal(number)
        assert daemon.wait(20) == 0
