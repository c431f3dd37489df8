"""The curators' files, told by their bytes: while these are the same, whatever is read out of them is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDERS = ("curation", "vocabulary", "site_templates")  # beside sources.yaml; hand-kept records may stand anywhere


def told(sources: Path, libraries: Iterable[str], said: bytes | None = None) -> str:
    """Digest sources.yaml and all that stands beside it. `libraries` are the patterns of hand-kept records, from its folder on.

    `said` is what sources.yaml said, where it was read before. A file that can't be read is told by its error: whoever needs it
    says so.
    """
    root = sources.parent
    found = hashlib.sha256((_digest(sources) if said is None else hashlib.sha256(said).hexdigest()).encode())
    kept = (path for pattern in libraries for path in sorted(root.glob(pattern)) if path.is_file())
    for path in dict.fromkeys((*files(root / name for name in FOLDERS), *map(os.fspath, kept))):
        found.update(f"{os.path.relpath(path, root)} {_digest(path)}\n".encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def files(paths: Iterable[Path]) -> Iterator[str]:
    """List files, and those in folders, in an order of their names."""
    for path in paths:
        if path.is_file():
            yield os.fspath(path)
        for where, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            yield from (os.path.join(where, name) for name in sorted(names))


def _digest(path: str | Path) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError as error:
        return f"{error.strerror}"
