"""Looking after what is kept for ever: backup, restore. Reads and writes this machine's disk only."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from observatory.errors import NotFound, StorageError, UsageError
from observatory.files import point
from observatory.opened import DATABASE

log = logging.getLogger(__name__)

FORMAT = 1  # of a backup; a newer one is refused
MANIFEST = "manifest.json"
# What curators wrote, beside sources.yaml; `decisions` under data are the last valid forms of their decisions.
CURATED = ("curation",)
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
    from observatory.catalogue.database import copy_of

    catalogue = data / "catalogue.sqlite"
    if os.environ.get(DATABASE):
        raise UsageError(
            f"the catalogue is in the database that {DATABASE} names: back it up with that database's own tool"
        )
    if not catalogue.is_file():
        raise NotFound(f"no catalogue at {catalogue}: there is nothing to back up yet; `observatory run` makes one")
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            progress("backup: copying the catalogue")
            copy = Path(folder) / "catalogue.sqlite"
            copy_of(catalogue, copy)
            files = dict(_files(config, data)) | {"data/catalogue.sqlite": (copy, copy.stat().st_size)}
            kept = _write_tar(fresh, target, files, now, progress)
        point("backup.before-rename")
        fresh.replace(target)
    except OSError as error:
        raise StorageError(f"can't write the backup {target}: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return kept


def _files(config: Path, data: Path) -> Iterator[tuple[str, tuple[Path, int]]]:
    """Name what is kept beside the catalogue, each with the bytes that it has now."""
    roots = [(config.parent, PurePosixPath("config"), name) for name in (config.name, *CURATED)]
    roots += [(data, PurePosixPath("data"), name) for name in ("archive", "decisions")]
    for folder, inside, name in roots:
        top = folder / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                shown = "sources.yaml" if path == config else path.relative_to(folder).as_posix()
                yield str(inside / shown), (path, path.stat().st_size)


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
        manifest = {"format": FORMAT, "made_at": _stamp(now), "files": digests}
        said = json.dumps(manifest, indent=0, sort_keys=True).encode()
        tar.addfile(_member(MANIFEST, len(said), now), io.BytesIO(said))
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    return Kept(target, _stamp(now), len(files), total)


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
            places = {folder / name: _place(name, config, data) for name in manifest["files"]}
            if not force:
                _refuse_to_overwrite(places)
            for source, target in sorted(places.items()):
                target.parent.mkdir(parents=True, exist_ok=True)
                point("restore.before-rename")
                shutil.move(source, target)
            for stale in ("catalogue.sqlite-wal", "catalogue.sqlite-shm"):
                (data / stale).unlink(missing_ok=True)  # of the catalogue that was replaced
    except OSError as error:
        raise StorageError(f"can't restore to {data}: {error.strerror or error}") from error
    total = sum(target.stat().st_size for target in places.values())
    return Kept(file, str(manifest["made_at"]), len(places), total)


def _unpack(file: Path, folder: Path) -> dict[str, dict[str, str]]:
    """Unpack into an empty folder; UsageError when the file isn't, byte for byte, what `backup` wrote."""
    damaged = UsageError(f"{file} is damaged or no backup of this program; take another one")
    try:
        with tarfile.open(file) as tar:
            for member in tar:
                if not member.isreg() or not _is_inside(member.name):
                    raise UsageError(
                        f"{file} holds {member.name!r}, which no backup of ours does; nothing was restored"
                    )
                tar.extract(member, folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        if manifest["format"] > FORMAT:
            raise UsageError(f"{file} was made by a newer version of this program; upgrade it, then restore")
        digests: dict[str, str] = manifest["files"]
        found = {name: _digest(folder / name) for name in digests}
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, FileNotFoundError) as error:
        raise damaged from error
    if found != digests:
        raise damaged
    return dict(manifest)


def _is_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name == MANIFEST or (len(parts) > 1 and parts[0] in ("config", "data") and ".." not in parts)


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
