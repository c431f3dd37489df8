"""A page or PDF that a reader suggested: a kind of the program's own, for `suggest`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import Field

from observatory import text
from observatory.model import Finding, Memory, Request, Snapshot
from spiders import _pages
from spiders._checked import Address
from spiders._kind import Kind, Options


class SuggestedOptions(Options):
    """Which address was suggested, and the token of who asked."""

    url: Address
    token: str = Field(pattern="^[0-9a-z-]{1,40}$")


def _start(options: SuggestedOptions, _memory: Memory) -> Iterable[Request]:
    yield Request(options.url, "item", key_of(options.url, options.token))


def key_of(url: str, token: str) -> str:
    """Name a suggestion: who asked (a token, never a name) and for what."""
    return _pages.key_from(f"{token} {text.canonical_url(url) or url}")


def _read(snapshot: Snapshot, _options: SuggestedOptions) -> Iterator[Finding]:
    yield _pages.item_page(snapshot)


KIND = Kind(name="_suggested", Options=SuggestedOptions, start=_start, read=_read)
