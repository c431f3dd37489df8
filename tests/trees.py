"""Compare whole folders by what their files say."""

from __future__ import annotations

import hashlib
from pathlib import Path


def tree(folder: Path) -> dict[str, str]:
    """Every file of a folder with its digest."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Name the files that differ or stand on one side only."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))
