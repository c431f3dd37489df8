"""All that a publishing is made of, in few words: while they are the same, the site is, and nothing needs to be read.

Nothing heavy is imported here: whether anything is to do is known before settings are parsed and the catalogue is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import observatory
from observatory import curated
from observatory.catalogue.glance import Glance, glance, where
from observatory.catalogue.lock import Lock
from observatory.files import write_whole
from observatory.publish.writing import Published, beside, settled, stands

if TYPE_CHECKING:
    from observatory.catalogue.store import Store
    from observatory.config import Config

PACKAGE = Path(observatory.__file__).parent
INSTALLED = (PACKAGE.parent / "site_templates", PACKAGE.parent / "docs" / "data.md")


def basis(read: str, now: str) -> str:
    """Digest the curators' files and the program as it was when it started.

    The files are told (`curated.told`) as they were when the settings were `read` and as they stand `now`; the program by size
    and time of its files, as make does. What the catalogue holds is told by `Store.state`, and what time changes by `moment`.
    """
    said = f"{_PROGRAM} {_told(INSTALLED)} {read} {now}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def program() -> str:
    """Digest the program as it was when it started, with what is installed beside it."""
    return hashlib.sha256(_PROGRAM.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def moment(config: Config, store: Store, as_of: datetime) -> str:
    """Say what the time of a run changes of a site: its day, which editions are due by now, which sources have grown silent."""
    from zoneinfo import ZoneInfo

    from observatory.health import silent
    from observatory.publish.digest.periods import ended

    zone, since = ZoneInfo(config.site.timezone), store.first_day()
    issued = store.issued_ids()
    due = [period.id for period in ended(config.digest, zone, since, as_of) if period.id not in issued] if since else []
    return " ".join((f"{as_of.astimezone(zone):%Y-%m-%d}", *due, *silent(config.sources, store.rhythms(), as_of)))


# ---------------------------------------------------------------- what stood last, known without the settings


def note(data: Path, libraries: Iterable[str], made_of: str) -> None:
    """Remember that the site which stands is of this basis, the catalogue's present state and its last run.

    For `as_it_stands`; not where the settings hold something to warn of at each publishing.
    """
    seen, told = glance(where(data)), settled(data / "site")
    if seen and told:
        said = {"libraries": sorted(libraries), "seen": _seen(made_of, seen), "told": told}
        write_whole(_noted(data), json.dumps(said).encode(), "seen", durable=False)


def as_it_stands(sources: Path, data: Path) -> Published | None:
    """Say what stands if nothing at all was changed since a publishing was noted; None if anything may differ.

    Holds the write lock meanwhile: Busy when another process writes.
    """
    try:
        said = json.loads(_noted(data).read_bytes())
        libraries, before, told = tuple(said["libraries"]), said["seen"], said["told"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    with Lock(data / "write.lock", "publish"):
        seen, files = glance(where(data)), curated.told(sources, libraries)
        is_same = seen is not None and before == _seen(basis(files, files), seen) and (data / "desk").is_dir()
        return stands(data / "site", told) if is_same else None


def _seen(made_of: str, seen: Glance) -> str:
    return f"{made_of} {seen.state} {seen.last_run}"


def _noted(data: Path) -> Path:
    return beside(data / "site", "seen")


# ---------------------------------------------------------------- the program


def _told(paths: Iterable[Path]) -> str:
    named = curated.files(paths)
    return "\n".join(f"{path} {found.st_size} {found.st_mtime_ns}" for path in named if (found := os.stat(path)))


def _libraries() -> str:
    """Tell what is installed: an installation changes its folder.

    Not the folder that the program was started in or from, which Python puts first: a file laid there changes no program.
    """
    paths = sys.path[0 if sys.flags.safe_path else 1 :]
    return "\n".join(f"{path} {os.stat(path).st_mtime_ns}" for path in paths if path and os.path.isdir(path))


# A daemon runs for months: what counts is what it started with, whatever was upgraded meanwhile.
_PROGRAM = f"{sys.version} {_libraries()} {_told((PACKAGE, PACKAGE.parent / 'spiders'))}"
