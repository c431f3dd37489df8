"""All that a publishing is made of, in few words: while they are the same, the site is, and nothing needs to be read."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import observatory
from observatory.config import Config
from observatory.health import silent
from observatory.publish.digest.periods import ended

if TYPE_CHECKING:
    from observatory.catalogue.store import Store

PACKAGE = Path(observatory.__file__).parent
INSTALLED = (PACKAGE.parent / "site_templates", PACKAGE.parent / "docs" / "data.md")

# Of the settings: what is told with its files, the program's or an observatory's own.
BY_FILES = frozenset({"forgotten", "places", "vocabulary"})


def basis(config: Config) -> str:
    """Digest the settings as they were read, curation and templates as they stand, and the program as it was when it started.

    Files are told by size and time, as make does: one that was only touched costs a publishing that finds nothing to do. What
    the catalogue holds is told by `Store.state`, and what time changes by `moment`.
    """
    folders = (*(config.root / name for name in ("site_templates", "curation", "vocabulary")), *INSTALLED)
    said = [getattr(config, one.name) for one in fields(config) if one.name not in BY_FILES]
    return hashlib.sha256(f"{_PROGRAM} {said!r} {_told(folders)}".encode("utf-8", "surrogatepass")).hexdigest()


def program() -> str:
    """Digest the program as it was when it started, with what is installed beside it."""
    return hashlib.sha256(_PROGRAM.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def moment(config: Config, store: Store, as_of: datetime) -> str:
    """Say what the time of a run changes of a site: its day, which editions are due by now, which sources have grown silent."""
    zone, since = ZoneInfo(config.site.timezone), store.first_day()
    issued = store.issued_ids()
    due = [period.id for period in ended(config.digest, zone, since, as_of) if period.id not in issued] if since else []
    return " ".join((f"{as_of.astimezone(zone):%Y-%m-%d}", *due, *silent(config.sources, store.rhythms(), as_of)))


def _told(paths: Iterable[Path]) -> str:
    return "\n".join(
        f"{path} {found.st_size} {found.st_mtime_ns}" for path in _files(paths) if (found := os.stat(path))
    )


def _files(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        if path.is_file():
            yield os.fspath(path)
        for where, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            yield from (os.path.join(where, name) for name in sorted(names))


def _libraries() -> str:
    """Tell what is installed: an installation changes its folder."""
    return "\n".join(f"{path} {os.stat(path).st_mtime_ns}" for path in sys.path if path and os.path.isdir(path))


# A daemon runs for months: what counts is what it started with, whatever was upgraded meanwhile.
_PROGRAM = f"{sys.version} {_libraries()} {_told((PACKAGE,))}"
