"""The site's files on disk: writes what changed, whole, and nothing else, and knows what it wrote last."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from observatory.crew import share
from observatory.errors import StorageError
from observatory.files import write_whole
from observatory.publish.output import Output, Plan


@dataclass(frozen=True, slots=True)
class Published:
    """What a publishing did, in files; `pages` counts the HTML pages that the site now has."""

    written: int
    unchanged: int
    removed: int
    pages: int

    def __str__(self) -> str:
        return f"{self.written} files written, {self.unchanged} unchanged, {self.removed} removed"


def write(outputs: Iterable[Output], out: Path, program: str = "") -> Published:
    """Write the files whose digest differs from the manifest's or that are missing; remove those no longer planned.

    A file that would be written as it stands is left alone. What another `program` made is made anew.
    """
    return write_plan(Plan((lambda: outputs,)), out, program)


def write_plan(plan: Plan, out: Path, program: str = "", crew: int = 1) -> Published:
    """Write what is planned, as `write` does; its parts are shared out among so many processes."""
    out.mkdir(parents=True, exist_ok=True)
    manifest, unfinished = beside(out, "manifest"), beside(out, "unfinished")
    before = _read(manifest)
    if unfinished.exists():
        before = dict.fromkeys(before, "")  # some of these files may be newer than what is told of them
    writer = _Writer(out, before, program, unfinished)
    done = _Done(before)
    for _part, lines in share(lambda n: writer.write(plan.parts[n]()), len(plan.parts), crew):
        done.take(lines)
    done.take(writer.write(plan.last(done.listed)))
    for path in before:
        _remove(out, path)
    if done.is_new or before:
        _write_manifest(manifest, done.after)
        unfinished.unlink(missing_ok=True)
    return Published(done.written, len(done.after) - done.written, len(before), _pages(done.after))


Line = tuple[
    str, str | None, str | None, bool
]  # of a file: path, digest (None: as it was), `listed`, whether it was written


class _Writer:
    """Writes what differs, in any of several processes."""

    def __init__(self, out: Path, before: Mapping[str, str], program: str, unfinished: Path) -> None:
        self._out, self._before, self._program = out, before, program
        self._unfinished: Path | None = unfinished

    def write(self, outputs: Iterable[Output]) -> list[Line]:
        return [self._line(output) for output in outputs]

    def _line(self, output: Output) -> Line:
        path, digest = output.path, f"{self._program}{output.digest}"
        if self._before.get(path) == digest and os.path.isfile(f"{self._out}/{path}"):
            return path, None, output.listed, False
        if self._unfinished:  # from here to the end, trust no digest
            self._unfinished.touch()
            self._unfinished = None
        return path, digest, output.listed, _put(_target(self._out, path), output.render())


class _Done:
    """What was done so far. A path moves from `before` to `after`: two lists of all files would take ten megabytes."""

    def __init__(self, before: dict[str, str]) -> None:
        self._before = before
        self.after: dict[str, str] = {}
        self.listed: list[tuple[str, str]] = []
        self.written, self.is_new = 0, False

    def take(self, lines: Iterable[Line]) -> None:
        for path, digest, listed, is_written in lines:
            if path in self.after:
                raise RuntimeError(f"two pages want one address: {path}")
            known = self._before.pop(path, "")
            self.after[path] = known if digest is None else digest
            self.is_new |= digest is not None
            self.written += is_written
            if listed is not None:
                self.listed.append((path, listed))


def stands(out: Path, basis: str) -> Published | None:
    """Say what stands in `out` if it was made of this basis and no file of it was lost; None if anything may differ."""
    held = _read(beside(out, "manifest")) if basis and settled(out) == basis else {}
    if not held or not all(os.access(f"{out}/{path}", os.F_OK) for path in held):  # takes half of what isfile does
        return None
    return Published(0, len(held), 0, _pages(held))


def settled(out: Path) -> str:
    """Say of what the site that stands was made; "" when that isn't known."""
    try:
        return beside(out, "basis").read_text("utf-8")
    except FileNotFoundError:
        return ""


def doubt(out: Path) -> None:
    """Forget of what the site was made: it is about to differ."""
    beside(out, "basis").unlink(missing_ok=True)


def settle(out: Path, basis: str) -> None:
    """Remember of what the site was made, now that all of it stands."""
    write_whole(beside(out, "basis"), basis.encode(), "basis", durable=False)


def beside(out: Path, what: str) -> Path:
    """Name the file beside a folder of ours in which something is kept about it."""
    return out.parent / f".{out.name}.{what}"


def _pages(paths: Iterable[str]) -> int:
    return sum(path.endswith(".html") for path in paths)


def _put(target: str, body: bytes | Iterable[bytes]) -> bool:
    """Write a file; False when it stood there just so."""
    if isinstance(body, bytes) and _holds(target, body):
        return False
    return write_whole(target, body, "site", durable=False, unless_same=not isinstance(body, bytes))


def _holds(target: str, body: bytes) -> bool:
    with suppress(FileNotFoundError):
        if os.stat(target).st_size == len(body):
            with open(target, "rb") as file:
                return file.read() == body
    return False


def _read(manifest: Path) -> dict[str, str]:
    """Read what was written last, a line a file; a manifest that is missing or torn means that all is written anew."""
    try:
        with manifest.open(encoding="utf-8", newline="\n") as file:
            told = (line.rstrip("\n").partition(" ") for line in file)
            return {path: digest for digest, _space, path in told if path}
    except (FileNotFoundError, ValueError):
        return {}


def _write_manifest(manifest: Path, digests: Mapping[str, str]) -> None:
    lines = (f"{digests[path]} {path}\n".encode() for path in sorted(digests))  # whole, it would take ten megabytes
    write_whole(manifest, lines, "manifest", durable=False)


def _target(out: Path, path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise StorageError(
            f"an address leads out of the site ({path!r:.80}): such an id was never given; restore a backup"
        )
    return f"{out}/{path}"


def _remove(out: Path, path: str) -> None:
    """Remove a file of ours, and the folders that it leaves empty."""
    target = Path(_target(out, path))
    target.unlink(missing_ok=True)
    for folder in target.parents:
        if folder == out or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()
