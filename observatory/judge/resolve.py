"""Which items are one work: keys under which they meet, and groups of those that are the same. Pure and order-free."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from observatory import text
from observatory.judge.identity import LONG_TITLE, Answer, Likeness, compare, veto
from observatory.judge.prints import Print, print_of
from observatory.model import Item, RelationType, Work

IDENTITY_PREFIXES = ("doi:", "celex:", "url:")
# Items that share a key are compared pair by pair up to so many; what more share is no name of a work but a phrase.
MOST_UNDER_KEY = 40
MOST_DOUBLES = 8

Pair = tuple[str, str]
Pairs = frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are one work. `links`: what it is to others; `doubles`: what a person should compare it with, and why."""

    refs: tuple[str, ...]
    links: tuple[tuple[str, RelationType], ...] = ()
    doubles: tuple[tuple[str, str], ...] = ()


# ---------------------------------------------------------------- keys


def keys(work: Work) -> tuple[str, ...]:
    """Give the keys under which a work meets those that may be the same: identifiers, addresses, titles."""
    return tuple(dict.fromkeys(_keys(work, print_of(work))))


def _keys(work: Work, print_: Print) -> Iterator[str]:
    for doi in sorted(print_.dois):
        yield f"doi:{doi}"
    if print_.celex:
        yield f"celex:{print_.celex}"
    for url in (print_.url, text.canonical_url(work.seen_at or "")):
        if url:
            yield f"url:{url}"
    if print_.page:
        yield f"page:{print_.page}"
    if print_.isbn:
        yield f"isbn:{print_.isbn}"
    for title in sorted({*print_.titles, print_.main} - {""}):
        yield f"title:{_told(title, print_)}"
    if len(print_.content) >= LONG_TITLE and print_.date:
        yield f"words:{' '.join(sorted(print_.content))[:200]} {print_.date.year}"


def _told(title: str, print_: Print) -> str:
    """Make a title's key; a short title ("Micro-credentials") is a name only together with its publisher."""
    if len(title.split()) >= LONG_TITLE or len(title) >= 40:
        return title[:200]
    return f"{title} @{print_.publisher or print_.host}"


# ---------------------------------------------------------------- groups


def group(items: Sequence[Item], together: Pairs, apart: Pairs) -> tuple[Group, ...]:
    """Part items into works. `together` and `apart` are pairs of refs that a curator judged: they beat the rules.

    Library records are never united with one another by the rules: they become likely doubles.
    """
    with _uncollected():
        return _grouped(items, together, apart)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold Python's collector: no cycles are made here, and it would walk all the items again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _grouped(items: Sequence[Item], together: Pairs, apart: Pairs) -> tuple[Group, ...]:
    meetings = _meetings(items)
    # Most items meet no other: what is never compared needs no print.
    met = {ref for pair in (*meetings, *together) for ref in pair}
    meeting = [item for item in items if item.ref in met]
    prints = {item.ref: print_of(item.work) for item in meeting}
    found = {(a, b): compare(prints[a], prints[b]) for a, b in meetings}
    home = _unite(meeting, prints, found, together, apart)
    links: dict[str, set[tuple[str, RelationType]]] = defaultdict(set)
    doubles: dict[str, set[Pair]] = defaultdict(set)
    for (a, b), likeness in found.items():
        if home[a] is home[b] or frozenset((a, b)) in apart:
            continue
        if likeness.answer is Answer.VERSION:
            relation = _link(prints[a], prints[b])
            links[a].add((b, relation))
            links[b].add((a, relation))
        elif likeness.is_double or likeness.answer is Answer.SAME:
            doubles[a].add((b, likeness.why))
            doubles[b].add((a, likeness.why))
    alone = [Group((item.ref,)) for item in items if item.ref not in met]
    united = [_group(refs, links, doubles) for refs in {id(refs): refs for refs in home.values()}.values()]
    return tuple(sorted((*alone, *united), key=_refs))


def _refs(one: Group) -> tuple[str, ...]:
    return one.refs


def _group(
    refs: set[str], links: Mapping[str, set[tuple[str, RelationType]]], doubles: Mapping[str, set[Pair]]
) -> Group:
    return Group(
        refs=tuple(sorted(refs)),
        links=tuple(sorted({link for ref in refs for link in links.get(ref, ())})),
        doubles=tuple(sorted({double for ref in refs for double in doubles.get(ref, ())}))[:MOST_DOUBLES],
    )


def _link(a: Print, b: Print) -> RelationType:
    languages = {a.language_in_url or a.language, b.language_in_url or b.language}
    return RelationType.TRANSLATION_OF if len(languages - {None, ""}) == 2 else RelationType.VERSION_OF


def _unite(
    items: Sequence[Item],
    prints: Mapping[str, Print],
    found: Mapping[Pair, Likeness],
    together: Pairs,
    apart: Pairs,
) -> dict[str, set[str]]:
    """Unite what is the same, the surest pairs first; no union may hold a pair that a veto or a curator keeps apart."""
    home = {item.ref: {item.ref} for item in items}
    curated = {item.ref for item in items if item.curated}
    for pair in sorted(together, key=sorted):
        if pair <= home.keys():
            _merge(home, *sorted(pair))
    same = [(-likeness.strength, a, b) for (a, b), likeness in found.items() if likeness.answer is Answer.SAME]
    for _strength, a, b in sorted(same):
        one, other = home[a], home[b]
        pairs = [(min(x, y), max(x, y)) for x in one for y in other]
        if one is other or len((one | other) & curated) > 1 or any(frozenset(pair) in apart for pair in pairs):
            continue
        if not any(_contradict(prints[x], prints[y], found.get((x, y))) for x, y in pairs):
            _merge(home, a, b)
    return home


def _contradict(a: Print, b: Print, known: Likeness | None) -> bool:
    """Whether two members of a would-be union can't be one work, though both are like a third."""
    if known and known.answer is Answer.SAME:
        return False
    if (a.dois and b.dois and not a.dois & b.dois) or (a.celex and b.celex and a.celex != b.celex):
        return True
    return bool(veto(a, b))


def _merge(home: dict[str, set[str]], a: str, b: str) -> None:
    one, other = home[a], home[b]
    if one is not other:
        one |= other
        for ref in other:
            home[ref] = one


def _meetings(items: Sequence[Item]) -> list[Pair]:
    """Give the pairs of items that share a key, each once and in one order, whatever the order of the items."""
    first: dict[str, str] = {}
    shared: dict[str, set[str]] = {}  # only keys that several items hold: most are one item's own
    for item in items:
        for key in item.keys:
            other = first.setdefault(key, item.ref)
            if other != item.ref:
                shared.setdefault(key, {other}).add(item.ref)
    pairs: set[Pair] = set()
    for refs in shared.values():
        ordered = sorted(refs)
        near = len(ordered) if len(ordered) <= MOST_UNDER_KEY else 2
        for n, a in enumerate(ordered):
            pairs.update((a, b) for b in ordered[n + 1 : n + near])
    return sorted(pairs)
