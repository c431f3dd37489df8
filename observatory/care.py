"""Looking after what is kept for ever: backup and restore, and the same as a folder to hand over. This machine's disk only."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from observatory.basis import INSTALLED
from observatory.catalogue.glance import DATABASE
from observatory.errors import NotFound, StorageError, UsageError
from observatory.files import point
from observatory.text import clean

log = logging.getLogger(__name__)

FORMAT = 1  # of a backup; a newer one is refused
MANIFEST = "manifest.json"
MOST_MANIFEST = 100_000_000  # bytes; a hundred thousand files need less than twenty millions
# What curators wrote, beside sources.yaml; `decisions` under data are the last valid forms of their decisions.
CURATED = ("curation", "vocabulary")
TEMPLATES = "site_templates"
KEPT = (
    "archive",
    "decisions",
    "picks.json",
    "digest-notes.json",
)  # the last: last valid forms, in force while a file is broken
# All that a backup may hold: nothing else is ever put anywhere, be its digest right or not.
_HELD = (
    "config/sources.yaml",
    "config/sources.schema.json",
    "data/catalogue.sqlite",
    *(f"data/{name}" for name in KEPT[2:]),
)
_HELD_UNDER = (*(f"config/{name}/" for name in (*CURATED, TEMPLATES)), *(f"data/{name}/" for name in KEPT[:2]))
_RECORDS = (
    ".yaml",
    ".yml",
    ".json",
    ".bib",
    ".ris",
    ".csl",
)  # hand-kept records may stand in any folder beside sources.yaml
BLOCK = 1 << 20

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a backup holds, or a restore brought back."""

    path: Path
    made_at: str
    files: int
    bytes: int


# ---------------------------------------------------------------- backup


def backup(target: Path, config: Path, data: Path, now: datetime, progress: Progress) -> Kept:
    """Write archive, catalogue (with the ledger) and curators' files into one tar file; `.gz` at its end compresses it.

    A run may write meanwhile: the catalogue is copied at one moment, and archive files only ever grow at their end. The file
    appears whole or not at all. StorageError when the disk is full.
    """
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with _all_files(target.parent, config, data, progress) as files:
            kept = _write_tar(fresh, target, files, now, progress)
        point("backup.before-rename")
        fresh.replace(target)
    except OSError as error:
        raise StorageError(f"can't write the backup {target}: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return kept


@contextmanager
def _all_files(beside: Path, config: Path, data: Path, progress: Progress) -> Iterator[Mapping[str, tuple[Path, int]]]:
    """Give all that is kept, by the names that it has in a backup, each with the bytes it has now; the catalogue as a copy."""
    from observatory.catalogue.database import copy_of

    catalogue = data / "catalogue.sqlite"
    if os.environ.get(DATABASE):
        raise UsageError(
            f"the catalogue is in the database that {DATABASE} names: back it up with that database's own tool"
        )
    if not catalogue.is_file():
        raise NotFound(f"no catalogue at {catalogue}: there is nothing to back up yet; `observatory run` makes one")
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside, prefix=".backup-") as folder:
        progress("backup: copying the catalogue")
        copy = Path(folder) / "catalogue.sqlite"
        copy_of(catalogue, copy)
        yield dict(_files(config, data)) | {"data/catalogue.sqlite": (copy, copy.stat().st_size)}


def _files(config: Path, data: Path) -> Iterator[tuple[str, tuple[Path, int]]]:
    """Name what is kept beside the catalogue, each with the bytes that it has now."""
    own = (config.name, "sources.schema.json", *CURATED, *_own_templates(config.parent), *_records(config))
    roots = [(config.parent, PurePosixPath("config"), name) for name in dict.fromkeys(own)]
    roots += [(data, PurePosixPath("data"), name) for name in KEPT]
    for folder, inside, name in roots:
        top = folder / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.is_file() and not path.is_symlink() and not is_hidden:
                name = str(inside / ("sources.yaml" if path == config else path.relative_to(folder).as_posix()))
                if not _is_ours(name):
                    raise UsageError(f"{path} has a name that no system takes back; rename it, then ask again")
                yield name, (path, path.stat().st_size)


def _own_templates(root: Path) -> Iterator[str]:
    """Name the curators' own templates: those that aren't, byte for byte, the program's, which the next version may change."""
    installed, folder = INSTALLED[0], root / TEMPLATES
    if folder.resolve() == installed.resolve():
        return
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        theirs = installed / path.relative_to(folder)
        if not theirs.is_file() or theirs.read_bytes() != path.read_bytes():
            yield path.relative_to(root).as_posix()


def _records(config: Path) -> Iterator[str]:
    """Name the files of hand-kept records that stand elsewhere than in the curators' folder."""
    from observatory.config import load
    from observatory.config.gate import library_files

    for path in library_files(load(config)):
        if not path.resolve().is_relative_to(config.parent.resolve()):
            raise UsageError(
                f"{path} lies outside of {config.parent} and can't be taken along; move it there, then ask again"
            )
        yield path.relative_to(config.parent).as_posix()


def _write_tar(
    fresh: Path, target: Path, files: Mapping[str, tuple[Path, int]], now: datetime, progress: Progress
) -> Kept:
    digests: dict[str, str] = {}
    total = 0
    with tarfile.open(fresh, "w:gz" if target.suffix == ".gz" else "w") as tar:
        for number, name in enumerate(sorted(files), 1):
            path, size = files[name]
            with path.open("rb") as file:
                body = _Counted(file, size)
                tar.addfile(_member(name, size, now), body)
            digests[name] = body.digest.hexdigest()
            total += size
            if number % 200 == 0:
                progress(f"backup: {number} of {len(files)} files")
        said = _manifest(digests, now)
        tar.addfile(_member(MANIFEST, len(said), now), io.BytesIO(said))
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    return Kept(target, _stamp(now), len(files), total)


def _manifest(digests: Mapping[str, str], now: datetime) -> bytes:
    return json.dumps({"format": FORMAT, "made_at": _stamp(now), "files": digests}, indent=0, sort_keys=True).encode()


class _Counted(io.RawIOBase):
    """The first `size` bytes of a file that may be growing, digested on the way."""

    def __init__(self, file: io.BufferedReader, size: int) -> None:
        self._file, self._left = file, size
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(block)
        self.digest.update(block)
        return block


def _member(name: str, size: int, now: datetime) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, int(now.timestamp()), 0o644
    return member


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# ---------------------------------------------------------------- restore


def restore(file: Path, config: Path, data: Path, progress: Progress, *, force: bool = False) -> Kept:
    """Bring back what a backup holds: curators' files beside `config`, the rest under `data`.

    Everything is unpacked beside `data` and checked against the backup's digests before anything is put in its place. What
    stands there and differs is not overwritten unless `force`. Raises NotFound, UsageError (no backup of ours, damaged, of a newer
    version, in the way), StorageError.
    """
    if not file.is_file():
        raise NotFound(f"no backup at {file}")
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as name:
            folder = Path(name)
            progress("restore: unpacking and checking")
            manifest = _unpack(file, folder)
            return _put_in_place(file, folder, manifest, config, data, force=force)
    except OSError as error:
        raise StorageError(f"can't restore to {data}: {error.strerror or error}") from error


def _put_in_place(
    origin: Path, folder: Path, manifest: Mapping[str, Any], config: Path, data: Path, *, force: bool
) -> Kept:
    """Move what was unpacked and checked to where it belongs."""
    places = {folder / name: _place(name, config, data) for name in manifest["files"]}
    if not force:
        _refuse_to_overwrite(places)
    for source, target in sorted(places.items()):
        target.parent.mkdir(parents=True, exist_ok=True)
        point("restore.before-rename")
        shutil.move(source, target)
    for stale in ("catalogue.sqlite-wal", "catalogue.sqlite-shm"):
        (data / stale).unlink(missing_ok=True)  # of the catalogue that was replaced
    total = sum(target.stat().st_size for target in places.values())
    return Kept(origin, str(manifest["made_at"]), len(places), total)


def _unpack(file: Path, folder: Path) -> Mapping[str, Any]:
    """Unpack into an empty folder; UsageError when the file isn't, byte for byte, what `backup` wrote."""
    try:
        with tarfile.open(file) as tar:
            for member in tar:
                if not member.isreg() or not (_is_ours(member.name) or member.name == MANIFEST):
                    raise UsageError(
                        f"{file} holds {member.name!r}, which no backup of ours does; nothing was restored"
                    )
                if member.size > shutil.disk_usage(folder).free:
                    raise StorageError(
                        f"{file} holds {member.size} bytes of {member.name!r}: more than the disk has room for"
                    )
                tar.extract(member, folder, filter="data")
        return _checked(file, folder)
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as error:
        raise _damaged(file) from error


def _damaged(origin: Path) -> UsageError:
    return UsageError(f"{origin} is damaged or no backup of this program; take another one")


def _checked(origin: Path, folder: Path) -> Mapping[str, Any]:
    """Give the manifest of what was unpacked, when every file is, byte for byte, what it says."""
    manifest = _manifest_in(origin, folder)
    try:
        found = {name: _digest(folder / name) for name in manifest["files"]}
    except FileNotFoundError as error:
        raise _damaged(origin) from error
    if found != manifest["files"]:
        raise _damaged(origin)
    return manifest


def _manifest_in(origin: Path, folder: Path) -> Mapping[str, Any]:
    """Read a folder's manifest, whose names may be any; those that we never write are refused."""
    path = folder / MANIFEST
    try:
        if path.stat().st_size > MOST_MANIFEST:
            raise _damaged(origin)
        said = json.loads(path.read_text("utf-8"))
        version, made_at, digests = int(said["format"]), str(said["made_at"]), dict(said["files"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, FileNotFoundError) as error:
        raise _damaged(origin) from error
    if version > FORMAT:
        raise UsageError(f"{origin} was made by a newer version of this program; upgrade it, then restore")
    if version < 1 or not all(_is_ours(name) for name in digests):
        raise _damaged(origin)
    return {"made_at": clean(made_at, 40), "files": digests}


def _is_ours(name: str) -> bool:
    """Whether a backup may hold a file of this name; written otherwise (`data//x`, `a/../b`) it is none of ours."""
    parts = PurePosixPath(name).parts
    is_plain = "/".join(parts) == name and not any(part.startswith(".") or "\\" in part for part in parts)
    is_record = name.startswith("config/") and len(parts) > 2 and name.endswith(_RECORDS)
    return is_plain and "\0" not in name and (name in _HELD or name.startswith(_HELD_UNDER) or is_record)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _place(name: str, config: Path, data: Path) -> Path:
    where, _, rest = name.partition("/")
    if name == "config/sources.yaml":
        return config
    return (config.parent if where == "config" else data) / rest


def _refuse_to_overwrite(places: Mapping[Path, Path]) -> None:
    differing = [target for source, target in places.items() if target.exists() and _digest(source) != _digest(target)]
    if differing:
        more = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
        raise UsageError(
            f"{min(differing)}{more} stands in the way and differs; move it away, or restore --force to overwrite it"
        )


# ---------------------------------------------------------------- hand-over

README = """This folder is a whole observatory, exported {made_at}.

config/     sources.yaml, what its curators wrote beside it, and templates of their own
data/       the archive of what the web answered, the catalogue with its ledger (ids, editions, sendings)
manifest.json   every file with its SHA-256: a folder that differs from it is refused

To go on with it on another machine: install the program (README of its repository), then, in an empty folder,

    observatory import {name}
    observatory run

Ids, addresses and issued editions stay the same. Not in here, because they belong to a machine and not to the observatory: keys of
services and of the mail server (environment variables, see docs/operators.md), timers, the web server, and the subscribers of
mailing lists, whom only the list server knows. Look through config/site_templates/ if it is there: templates are programs.
"""


def export(target: Path, config: Path, data: Path, now: datetime, progress: Progress) -> Kept:
    """Write all that is kept for ever into a folder to hand over; it appears whole or not at all.

    UsageError when something stands there, NotFound without a catalogue, StorageError when the disk is full.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} isn't empty; name a folder that is new")
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with _all_files(target.parent, config, data, progress) as files:
            digests = {name: _copy(files[name], fresh / name) for name in sorted(files)}
        (fresh / MANIFEST).write_bytes(_manifest(digests, now))
        (fresh / "README.md").write_text(README.format(made_at=_stamp(now), name=target.name), "utf-8")
        if target.exists():
            target.rmdir()
        point("backup.before-rename")
        fresh.rename(target)
    except OSError as error:
        raise StorageError(f"can't export to {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    total = sum(size for _path, size in files.values())
    return Kept(target, _stamp(now), len(files), total)


def _copy(kept: tuple[Path, int], target: Path) -> str:
    """Copy the bytes that a file had when it was listed; returns their digest."""
    path, size = kept
    target.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file, target.open("wb") as copy:
        counted = _Counted(file, size)
        shutil.copyfileobj(counted, copy, BLOCK)
        copy.flush()
        os.fsync(copy.fileno())
    return counted.digest.hexdigest()


def import_(origin: Path, config: Path, data: Path, progress: Progress, *, force: bool = False) -> Kept:
    """Take over an exported folder as `restore` does a backup: copied and checked before anything is put in its place."""
    if not (origin / MANIFEST).is_file():
        raise NotFound(f"no exported observatory at {origin}: it would hold {MANIFEST}")
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as name:
            folder = Path(name)
            progress("import: copying and checking")
            for source in _exported(origin):
                target = folder / source.relative_to(origin)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target, follow_symlinks=False)
            return _put_in_place(origin, folder, _checked(origin, folder), config, data, force=force)
    except OSError as error:
        raise StorageError(f"can't import to {data}: {error.strerror or error}") from error


def _exported(origin: Path) -> Iterator[Path]:
    """List the files that an exported folder's manifest names; a link could lead anywhere, so none is followed or taken."""
    for name in (MANIFEST, *sorted(_manifest_in(origin, origin)["files"])):
        path = origin / name
        way = [up for up in (path, *path.parents) if up != origin and origin in up.parents]
        if any(up.is_symlink() for up in way):
            raise UsageError(f"{origin} holds a link, {name!r}, which no export of ours does; nothing was imported")
        if not path.is_file():  # missing, or a device, a pipe: reading it might never end
            raise _damaged(origin)
        if path.stat().st_size > shutil.disk_usage(origin).total:
            raise StorageError(f"{path} says that it is larger than the disk it is on; nothing was imported")
        yield path
