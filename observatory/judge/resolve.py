"""Which items are one work: keys under which they meet, and groups of those that are the same. Pure and order-free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from observatory import text
from observatory.model import Item, RelationType, Work

IDENTITY_PREFIXES = ("doi:", "celex:", "url:")


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are one work. `links`: what it is to others; `doubles`: what a person should compare it with, and why."""

    refs: tuple[str, ...]
    links: tuple[tuple[str, RelationType], ...] = ()
    doubles: tuple[tuple[str, str], ...] = ()


def keys(work: Work) -> tuple[str, ...]:
    """Give the keys under which a work meets those that may be the same."""
    return tuple(dict.fromkeys(_keys(work)))


def _keys(work: Work) -> Iterator[str]:
    if work.doi and (doi := text.doi(work.doi)):
        yield f"doi:{doi}"
    if number := work.celex or text.celex(work.url or ""):
        yield f"celex:{number}"
    for url in (work.url, work.seen_at):
        if canonical := text.canonical_url(url or ""):
            yield f"url:{canonical}"
    if key := text.title_key(work.title):
        yield f"title:{key[:200]}"


def group(
    items: Sequence[Item], together: frozenset[frozenset[str]], apart: frozenset[frozenset[str]]
) -> tuple[Group, ...]:
    """Part items into works. `together` and `apart` are pairs of refs that a curator judged."""
    home = {item.ref: frozenset((item.ref,)) for item in items}
    curated = {item.ref for item in items if item.curated}

    def unite(a: str, b: str) -> None:
        for ref in (united := home[a] | home[b]):
            home[ref] = united

    for pair in sorted(together, key=sorted):
        if pair <= home.keys():
            unite(*sorted(pair))
    for a, b in _meetings(items):
        united = home[a] | home[b]
        if len(united & curated) <= 1 and not any(pair <= united for pair in apart):
            unite(a, b)
    return tuple(Group(tuple(sorted(refs))) for refs in sorted(set(home.values()), key=sorted))


def _meetings(items: Sequence[Item]) -> Iterator[tuple[str, str]]:
    """Give the pairs of items that share an identity key, in one order whatever the order of the items."""
    holders: dict[str, list[str]] = {}
    for item in sorted(items, key=lambda item: item.ref):
        for key in item.keys:
            if key.startswith(IDENTITY_PREFIXES):
                holders.setdefault(key, []).append(item.ref)
    for key in sorted(holders):
        yield from ((holders[key][0], other) for other in holders[key][1:])
