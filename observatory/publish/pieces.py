"""Pieces of the site, each made of one entry and kept by the digest of what it is made of. Pure: these live as long as the process.

An entry stands in a dozen lists, and ten new ones leave ten thousand as they were: what was written of those need not be written
again. `keeping.KeptPieces` are the same on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

Make = Callable[[str], tuple[bytes, ...]]


class Pieces:
    """Pieces by part (`bib`, `csv`, …) and entry id. Whatever is kept may be lost at any time: it is made anew."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, tuple[str, bytes]]] = {}

    def keep(self, parts: tuple[str, ...], told: Mapping[str, str], make: Make, *, is_apart: bool = False) -> None:
        """Let these parts hold a piece of each entry in `told`, which digests what it is made of, and of no other.

        `make` gives the pieces of an entry, one a part; it is asked for those that lack or are of another digest. `is_apart`: it
        asks nothing of these pieces, so that several processes may make them.
        """
        known = self._known(parts[-1])
        stale = _differing(known, told)
        gone = [entry_id for entry_id in known if entry_id not in told]
        if stale or gone:
            made = ((entry_id, told[entry_id], pieces) for entry_id, pieces in self._made(make, stale, is_apart))
            self._change(parts, gone, made)

    def _made(self, make: Make, stale: list[str], _is_apart: bool) -> Iterator[tuple[str, tuple[bytes, ...]]]:
        return ((entry_id, make(entry_id)) for entry_id in stale)

    def stale(self, part: str, told: Mapping[str, str]) -> list[str]:
        """Name the entries of which this part holds no piece of this digest."""
        return _differing(self._known(part), told)

    def read(self, part: str) -> Iterator[tuple[str, bytes]]:
        """Read the pieces of a part, in the order of their ids, as (id, piece)."""
        held = self._held.get(part, {})
        return ((entry_id, held[entry_id][1]) for entry_id in sorted(held))

    def one(self, part: str, entry_id: str) -> bytes:
        """Read one piece; KeyError when there is none."""
        return self._held[part][entry_id][1]

    def _known(self, part: str) -> Mapping[str, str]:
        return {entry_id: digest for entry_id, (digest, _piece) in self._held.get(part, {}).items()}

    def _change(
        self, parts: tuple[str, ...], gone: Iterable[str], made: Iterable[tuple[str, str, tuple[bytes, ...]]]
    ) -> None:
        held = [self._held.setdefault(part, {}) for part in parts]
        for entry_id in gone:
            for each in held:
                each.pop(entry_id, None)
        for entry_id, digest, pieces in made:
            for each, piece in zip(held, pieces, strict=True):
                each[entry_id] = (digest, piece)


def _differing(known: Mapping[str, str], told: Mapping[str, str]) -> list[str]:
    return [entry_id for entry_id, digest in told.items() if known.get(entry_id) != digest]
