"""The catalogue as one thing: ledger, items, entries, sources, position in the archive. Decides nothing."""

from __future__ import annotations

from observatory.catalogue.editions import Editions
from observatory.catalogue.entries import Entries
from observatory.catalogue.erasure import Erasure
from observatory.catalogue.items import Items
from observatory.catalogue.ledger import Shelved
from observatory.catalogue.linkcare import LinkCare
from observatory.catalogue.searches import Searches
from observatory.catalogue.sources import Sources
from observatory.catalogue.tables import DERIVED, entry_changes, marks
from observatory.catalogue.use import UseOfSite

__all__ = ["Shelved", "Store"]


class Store(Editions, Entries, Erasure, Items, LinkCare, Searches, Sources, UseOfSite):
    """All that the catalogue keeps. Open it with `with Store.open(path) as store:`."""

    def position(self) -> str:
        """Give the ref of the archive record that was read last; empty before the first."""
        return self.meta("position")

    def set_position(self, ref: str) -> None:
        """Note how far the archive was read."""
        self.set_meta("position", ref)

    def meta(self, name: str) -> str:
        """Give a derived note by its name; empty when there is none."""
        return self._mark(marks, name) or ""

    def set_meta(self, name: str, value: str) -> None:
        """Keep a note that a rebuild may drop."""
        self._replace(marks, [{"name": name, "value": value}])

    def clear_derived(self) -> None:
        """Drop all that can be derived again; the ledger stays, and change numbers go on rising."""
        with self.transaction():
            number = self.last_change() + 1
            for table in reversed(DERIVED):
                if table is not entry_changes:
                    self._connection.execute(table.delete())
            self._connection.execute(entry_changes.update().values(number=number, digest=""))
