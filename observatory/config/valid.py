"""The last valid form of the curators' files, kept beside the data: a mistake in one of them must not stop the daemon.

Decisions and templates are not kept: each decisions file has a last valid form of its own, and templates hold no settings.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from observatory.config import Config, load, options_of
from observatory.config.forgotten import FILE as FORGOTTEN
from observatory.files import write_whole
from spiders.library import LibraryOptions

LINKED = ("curation/decisions", "curation/picks.yaml", "curation/digest.yaml", "site_templates")


def keep(config: Config, folder: Path) -> None:
    """Copy what was loaded into `folder`; files that stand there already as they are stay untouched."""
    wanted = {path.relative_to(config.root) for path in _files(config)}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.relative_to(folder) not in wanted:
            path.unlink()
    for name in sorted(wanted):
        source, target = config.root / name, folder / name
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            write_whole(target, source.read_bytes(), "valid")
    for linked in LINKED:
        _link(folder / linked, (config.root / linked).absolute())


def _link(link: Path, target: Path) -> None:
    """Let a name in the folder lead to the curators' own file, if there is one; the whole may have been moved since."""
    if link.is_dir() and not link.is_symlink():  # a copy of the data followed the link
        shutil.rmtree(link)
    elif link.is_file() and not link.is_symlink():
        link.unlink()
    if link.is_symlink() and (link.readlink() != target or not target.exists()):
        link.unlink()
    if target.exists() and not link.is_symlink():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)


def last(folder: Path, name: str) -> Config | None:
    """Load what was kept last; None when nothing was. `name` is that of the curators' file, sources.yaml."""
    path = folder / name
    return load(path) if path.is_file() else None


def _files(config: Config) -> Iterator[Path]:
    yield config.path
    if (config.root / FORGOTTEN).is_file():
        yield config.root / FORGOTTEN
    yield from (config.root / "curation" / "countries").glob("*.yaml")
    yield from (config.root / "vocabulary").glob("*.yaml")
    for source in config.sources:
        options = options_of(source)
        if isinstance(options, LibraryOptions):
            yield from (path for path in config.root.glob(options.path) if path.is_file())
