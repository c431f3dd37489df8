"""What a crawl read in an answer, handed over to whoever stores it, so that the same bytes are not parsed twice.

A saving, never a source of truth: it counts for an answer that came out of the archive just as it was when it was read, and for
none other. What is missing here is read out of the archive as ever. Decides nothing, keeps nothing.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from observatory.model import Finding, Item, Snapshot
from spiders._documents import DOCUMENT

HELD = 400  # answers that wait to be stored; where the storing is so far behind, it reads itself


@dataclass(frozen=True, slots=True)
class Known:
    """What was read in an answer: its findings; by ref, those that were judged too, as the items that they make if they are new."""

    findings: tuple[Finding, ...]
    items: Mapping[str, Item] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Handed:
    """What is known of one answer, packed. `mark` names all that it was read from."""

    mark: str
    packed: bytes


class Tray:
    """Holds what was handed over until its answer is read. `taken` counts what is no longer waited for."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}
        self.taken = 0

    def put(self, handed: Handed) -> None:
        """Hold what is known of an answer."""
        if len(self._held) < HELD:
            self._held[handed.mark] = handed.packed
        else:
            self.taken += 1

    def take(self, snapshot: Snapshot, row: str) -> Known | None:
        """Give what is known of an archived answer, read with this row of its source; None when it must be read."""
        packed = self._held.pop(_mark(snapshot, row), None) if self._held else None
        if packed is None:
            return None
        self.taken += 1
        known: Known = pickle.loads(packed)
        return known


def can_hand(snapshot: Snapshot, findings: Sequence[Finding]) -> bool:
    """Whether what was read in an answer is worth handing over: pages and documents are read as quickly as they are sent."""
    return snapshot.role != DOCUMENT and not any(finding.page for finding in findings)


def hand(snapshot: Snapshot, row: str, known: Known) -> Handed:
    """Pack what is known of an answer."""
    packed = io.BytesIO()
    _Packer(packed, pickle.HIGHEST_PROTOCOL).dump(known)
    return Handed(_mark(snapshot, row), packed.getvalue())


class _Packer(pickle.Pickler):
    """Packs frozen records with a plan made once a class; Python's own way asks each of fourteen records an item for its fields."""

    def reducer_override(self, value: Any) -> Any:
        kind: Any = type(value)
        return (_unpack, (kind, *_taker(kind)(value))) if _is_record(kind) else NotImplemented


def _unpack(kind: type, *values: Any) -> Any:
    made: Any = object.__new__(kind)
    for put, value in zip(_putters(kind), values, strict=True):
        put(made, value)
    return made


@cache
def _is_record(kind: Any) -> bool:
    return is_dataclass(kind) and "__slots__" in vars(kind)


@cache
def _taker(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    names = [each.name for each in fields(kind)]
    return attrgetter(*names) if len(names) > 1 else lambda record: tuple(getattr(record, name) for name in names)


@cache
def _putters(kind: Any) -> tuple[Callable[[Any, Any], None], ...]:
    return tuple(getattr(kind, each.name).__set__ for each in fields(kind))


def _mark(snapshot: Snapshot, row: str) -> str:
    """Digest what reading and judging go by: row, ref and answer, but for its headers, which only documents are read by."""
    said = (
        row,
        snapshot.ref,
        snapshot.source_id,
        snapshot.url,
        snapshot.final_url,
        snapshot.fetched_at.isoformat(),
        snapshot.status,
        snapshot.content_type,
        snapshot.role,
        snapshot.key,
    )
    return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass") + snapshot.body).hexdigest()
