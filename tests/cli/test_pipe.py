"""A reader that has read enough, as `| head`, is no error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


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
