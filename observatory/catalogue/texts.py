"""Full texts, kept once each, compressed and apart, so that reading rows without them is cheap."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from observatory.catalogue import codec
from observatory.catalogue.database import Database
from observatory.catalogue.tables import entries, items, texts

LEVEL = 6  # zlib: 9 costs three times the time for one per cent of the bytes


def digest_of(text: str) -> str:
    """Name a text by what it says."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Texts(Database):
    """The table of full texts."""

    def _keep_texts(self, bodies: Mapping[str, str]) -> None:
        known = {row.digest for row in self._rows_in(texts.c.digest, bodies, texts.c.digest)}
        new = [
            {"digest": digest, "body": zlib.compress(bodies[digest].encode("utf-8", "surrogatepass"), LEVEL)}
            for digest in sorted(bodies.keys() - known)
        ]
        self._replace(texts, new)

    def _texts(self, digests: Iterable[str]) -> Mapping[str, str]:
        rows = self._rows_in(texts.c.digest, digests)
        return {row.digest: codec.unpacked(str, row.body) for row in rows}

    def sweep_texts(self) -> int:
        """Delete the texts that no item and no entry uses any more; returns how many."""
        with self.transaction():
            used = {digest for (row,) in self._rows(select(items.c.texts)) for digest in row.split()}
            used |= {row.text for row in self._rows(select(entries.c.text).where(entries.c.text.is_not(None)))}
            unused = {row.digest for row in self._rows(select(texts.c.digest))} - used
            self._delete_in(texts, "digest", unused)
        return len(unused)
