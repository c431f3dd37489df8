"""What a site is made of is told alike by every process, or a quiet day would cost a publishing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TELL = """
from pathlib import Path
from observatory.basis import basis
from observatory.config import load
print(basis(load(Path("sources.yaml"))))
"""


def told(seed: str) -> str:
    settings = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        (sys.executable, "-c", TELL), cwd=ROOT, env=settings, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_two_processes_tell_the_same_basis() -> None:
    assert told("1") == told("2")
