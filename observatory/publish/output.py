"""A file of the site before it is made, and what makes pages of templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from observatory.publish.fingerprint import fingerprint


@dataclass(frozen=True, slots=True)
class Output:
    """A file of the site. Equal digests mean equal bytes, so an unchanged one need not be rendered.

    A large one is rendered piece by piece, so that it never stands in memory whole. `listed`: the sitemap names it, with the day
    of its last change or "".
    """

    path: str
    digest: str
    render: Callable[[], bytes | Iterable[bytes]]
    listed: str | None = None


Part = Callable[[], Iterable[Output]]
Listed = Sequence[tuple[str, str]]  # file and day of last change


@dataclass(frozen=True, slots=True)
class Plan:
    """All files of a folder: parts, each planned by itself, so that several processes may; `last` is made of the list of all."""

    parts: tuple[Part, ...]
    last: Callable[[Listed], Iterable[Output]] = lambda _listed: ()


class Renderer(Protocol):
    """Turns a template and what it may see into a page; `site.Templates` is one."""

    def fingerprint(self, template: str) -> str:
        """Digest a template with all that it includes."""

    def render(self, template: str, names: Mapping[str, object]) -> bytes:
        """Fill a template."""

    def gettext(self, text: str) -> str:
        """Translate one of the site's own texts."""

    def codebook(self) -> str:
        """Give docs/data.md as HTML; "" where it isn't at hand."""

    def source(self, name: str) -> str:
        """Give a file of the templates' folder as it stands."""

    def statics(self) -> Mapping[str, bytes]:
        """Files that go to the site as they are, by their path."""


def file(path: str, body: bytes) -> Output:
    """Make the output of a file that is at hand."""
    return Output(path, fingerprint(body.hex()), lambda: body)
