"""How each address fared when links were looked after: rows of states, by canonical address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from observatory import text
from observatory.catalogue import codec
from observatory.catalogue.database import Database
from observatory.catalogue.tables import links
from observatory.model import LinkState


class LinkCare(Database):
    """The rows about links."""

    def link(self, url: str) -> LinkState | None:
        """Tell how an address fared last; None when it was never looked at."""
        return self.links((url,)).get(text.canonical_url(url) or "")

    def links(self, urls: Iterable[str]) -> Mapping[str, LinkState]:
        """Tell how addresses fared last, by canonical address; those never looked at are left out."""
        names = {canonical for url in urls if (canonical := text.canonical_url(url))}
        return {row.name: codec.loads(LinkState, row.data) for row in self._rows_in(links.c.name, names)}

    def put_link(self, state: LinkState) -> None:
        """Keep how an address fared."""
        if name := text.canonical_url(state.url):
            self._replace(links, [{"name": name, "data": codec.dumps(state)}])
