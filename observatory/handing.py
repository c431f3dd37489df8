"""What a crawl read in an answer, handed over to whoever stores it, so that the same bytes are not parsed twice.

A saving, never a source of truth: it counts for an answer that came out of the archive just as it was when it was read, and for
none other. What is missing here is read out of the archive as ever. Decides nothing, keeps nothing.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Sequence
from dataclasses import dataclass

from observatory.model import Finding, Snapshot
from spiders._documents import DOCUMENT

HELD = 400  # answers that wait to be stored; where the storing is so far behind, it reads itself


@dataclass(frozen=True, slots=True)
class Handed:
    """The findings of one answer, packed. `mark` names all that they were read from."""

    mark: str
    packed: bytes


class Tray:
    """Holds what was handed over until its answer is read."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def put(self, handed: Handed) -> None:
        """Hold findings."""
        if len(self._held) < HELD:
            self._held[handed.mark] = handed.packed

    def take(self, snapshot: Snapshot, row: str) -> tuple[Finding, ...] | None:
        """Give the findings of an archived answer, read with this row of its source; None when it must be read."""
        packed = self._held.pop(_mark(snapshot, row), None) if self._held else None
        if packed is None:
            return None
        findings: tuple[Finding, ...] = pickle.loads(packed)
        return findings


def hand(snapshot: Snapshot, row: str, findings: Sequence[Finding]) -> Handed | None:
    """Pack what a kind read in an answer; None where that costs less to read again than to hand over: pages and documents."""
    if snapshot.role == DOCUMENT or any(finding.page for finding in findings):
        return None
    return Handed(_mark(snapshot, row), pickle.dumps(tuple(findings), pickle.HIGHEST_PROTOCOL))


def _mark(snapshot: Snapshot, row: str) -> str:
    """Digest what `Kind.read` goes by: row and answer, but for its headers, which only documents are read by."""
    said = (
        row,
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
