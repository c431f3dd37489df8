"""The conductor of a change of rules: all history under today's rules, and what that changes of the catalogue."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from observatory.app import Observatory
from observatory.catalogue.database import copy_of
from observatory.catalogue.lock import Lock
from observatory.catalogue.store import Store
from observatory.ingest import Ingest
from observatory.judge.standing import Differences, differences, standing


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading all again did: (findings, new items) by source id, and what stands elsewhere than before."""

    counts: Mapping[str, tuple[int, int]]
    differences: Differences


def reread(observatory: Observatory, progress: Callable[[str], None], *, keep: bool = True) -> Reread:
    """Apply today's rules to all history. Without `keep` it is tried on a copy, and the catalogue stays as it is."""
    with Lock(observatory.data / "write.lock", "ingest"):
        if keep:
            return _read(observatory, observatory.store, progress)
        with tempfile.TemporaryDirectory(dir=observatory.data, prefix=".try-") as folder:
            file = Path(folder) / "catalogue.sqlite"
            copy_of(observatory.data / "catalogue.sqlite", file)
            store = Store.open(file)
            try:
                return _read(observatory, store, progress)
            finally:
                store.close()


def _read(observatory: Observatory, store: Store, progress: Callable[[str], None]) -> Reread:
    before = standing(store.entries())
    ingest = Ingest(observatory.config, store, observatory.archive, observatory.data, observatory.now, progress)
    counts = ingest.run(again=True)
    return Reread(counts, differences(before, standing(store.entries())))
