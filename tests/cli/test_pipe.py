"""What commands say where somebody reads along: a pipe that is closed is no error, a terminal has one living line."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from observatory.cli.show import progress


def test_a_closed_pipe_ends_a_command_quietly(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("sources: []\n", "utf-8")
    command = [sys.executable, "-m", "observatory", "--config", str(tmp_path / "sources.yaml"), "stats"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
        assert writer.stdout
        assert writer.stderr
        writer.stdout.close()
        said = writer.stderr.read()
        assert writer.wait() == 0
    assert said == b""


def test_a_line_that_lives_on_a_terminal_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is shared out among forked processes, which is sound where there is one thread only."""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    before = threading.active_count()
    with progress() as tell:
        tell("publish: \x1b[31mwriting")
        assert threading.active_count() == before
    assert "publish: [31mwriting" in terminal.getvalue()
