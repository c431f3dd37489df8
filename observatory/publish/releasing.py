"""A release on disk: one zip file, the same bytes whenever it is made of the same catalogue."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from observatory.errors import StorageError
from observatory.model import Catalogue, Site
from observatory.publish.release import as_json, counts, day_of, members
from observatory.publish.shelf import make_shelf
from observatory.publish.site import CODEBOOK, INSTALLED

LOCK = "requirements.lock"


@dataclass(frozen=True, slots=True)
class Released:
    """The file of a release, and what became of the hits of each service."""

    file: Path
    counts: tuple[Mapping[str, Any], ...]


def release(
    catalogue: Catalogue, site: Site, folder: Path, tell: Callable[[str], None] = lambda _line: None
) -> Released:
    """Write the release of a catalogue into a folder, whole."""
    shelf = make_shelf(catalogue, site, lambda text: text)
    name = f"{shelf.site.short}-{day_of(shelf)}"
    target = folder / f"{name}.zip"
    fresh = folder / f".{name}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for member, pieces in members(shelf, _beside(CODEBOOK), _beside(LOCK)):
                tell(f"release: {member}")
                with archive.open(_info(f"{name}/{member}", shelf.today), "w", force_zip64=True) as file:
                    for piece in pieces:
                        file.write(piece)
        os.replace(fresh, target)
    except OSError as error:
        raise StorageError(f"can't write the release: {error.filename or target}: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return Released(target, tuple(as_json(count) for count in counts(shelf)))


def _info(name: str, day: date) -> zipfile.ZipInfo:
    """A member's head holds nothing of this machine: the release's own day, plain rights, one system."""
    info = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    info.create_system = 3
    return info


def _beside(name: str) -> str:
    """Read a file of the project; "" where only the program is installed."""
    try:
        return (INSTALLED.parent / name).read_text("utf-8")
    except FileNotFoundError:
        return ""
