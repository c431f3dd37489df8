"""A look at a page and its site, for `observatory source add`: what `_guess.py` finds worth asking for. No curator writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from observatory.model import Finding, Memory, Request, Snapshot
from spiders._checked import Address
from spiders._guess import further
from spiders._kind import Kind, Options


class ProbeOptions(Options):
    """Which page is looked at."""

    url: Address


def _start(options: ProbeOptions, _memory: Memory) -> Iterator[Request]:
    yield Request(options.url, "page")
    yield Request(urljoin(options.url, "/robots.txt"), "robots")


def _follow(snapshot: Snapshot, options: ProbeOptions, _memory: Memory) -> Iterator[Request]:
    yield from further(snapshot, options.url)


def _read(_snapshot: Snapshot, _options: ProbeOptions) -> Iterable[Finding]:
    return ()


KIND = Kind(name="_probe", Options=ProbeOptions, start=_start, read=_read, follow=_follow)
