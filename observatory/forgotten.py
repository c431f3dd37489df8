"""What was erased on request, by digests only: enough to know it again, nothing to learn of it. No I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from observatory import text
from observatory.model import Finding, Request, Snapshot, Visit, Work


@dataclass(frozen=True, slots=True)
class Forgotten:
    """SHA-256 digests of names (see below); `holds` tells whether any of some names is among them."""

    digests: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.digests)

    def holds(self, names: Iterable[str]) -> bool:
        """Whether what has these names was erased."""
        return bool(self.digests) and any(digest(name) in self.digests for name in names)

    def ids(self, entry_ids: Iterable[str]) -> frozenset[str]:
        """Give those of these entry ids that were erased: they are never given again."""
        return frozenset(each for each in entry_ids if self.holds((id_name(each),))) if self.digests else frozenset()


NOTHING = Forgotten()


def digest(name: str) -> str:
    """Digest a name."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def id_name(entry_id: str) -> str:
    """Name an entry's id."""
    return f"id:{entry_id}"


def item_name(source_id: str, key: str) -> str:
    """Name one source's item."""
    return f"item:{source_id}#{key}"


def address_names(*urls: str | None) -> frozenset[str]:
    """Name addresses, however they are written; what is none has no name."""
    found = (text.canonical_url(url) for url in urls if url)
    return frozenset(f"url:{url}" for url in found if url)


def work_names(work: Work) -> frozenset[str]:
    """Name a work by what is its own: its address, its document's, its DOI. Where it was seen is another's."""
    return address_names(work.url, work.pdf_url) | ({f"doi:{work.doi}"} if work.doi else set())


def finding_names(finding: Finding) -> frozenset[str]:
    """Name a finding by its item and its work."""
    return work_names(finding.work) | {item_name(finding.source_id, finding.key)}


def asked_names(source_id: str, asked: Request | Snapshot | Visit) -> frozenset[str]:
    """Name what is asked for, or was answered, by its address and the item whose page it is."""
    urls = (asked.url, asked.final_url) if isinstance(asked, Snapshot) else (asked.url,)
    return address_names(*urls) | ({item_name(source_id, asked.key)} if asked.key else set())
