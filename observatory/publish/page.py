"""What a page is before it is rendered: its address and all that its template may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from observatory.publish.fingerprint import fingerprint
from observatory.publish.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Later:
    """A view that is made only when its page is rendered. `told` digests all that the page is made of, title and all."""

    told: str
    make: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. Its template sees `view`, these fields and the site's frame, and nothing else: so its digest is complete.

    `here` names the item of the navigation it belongs to; `feed` the folder whose feeds it announces; `indexed` whether
    search engines and the sitemap shall know it; `modified` (ISO) when its content last changed, as far as known.
    """

    path: str
    title: str
    view: object
    description: str = ""
    here: str = ""
    feed: str | None = None
    indexed: bool = True
    modified: str | None = None

    def digest(self, base: str) -> str:
        """Digest the page together with what all of its kind are made of."""
        if isinstance(self.view, Later):
            return fingerprint(base, self.path, self.view.told)
        return fingerprint(base, self)

    def seen(self) -> object:
        """What the template shows."""
        return self.view.make() if isinstance(self.view, Later) else self.view

    def showing(self, view: object) -> Page:
        """The same page with another view."""
        return replace(self, view=view)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of pages. `of` makes the pages of some entries only, where each entry has its own."""

    name: str
    make: Callable[[Shelf], Iterator[Page]]
    template: str
    of: Callable[[Shelf, Iterable[str]], Iterator[Page]] | None = None
