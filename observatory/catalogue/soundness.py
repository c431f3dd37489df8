"""What is wrong with decisions that can each be read: merges in a circle, names of nothing, files that git can't merge well."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from observatory import text
from observatory.catalogue.curation import shown
from observatory.errors import Flaw
from observatory.model import Action, Decision


def circles(decisions: Iterable[Decision]) -> Iterator[Flaw]:
    """Name merges that lead back to where they began: no entry would be left to keep the address."""
    latest: dict[frozenset[str], Decision] = {}
    for decision in sorted(decisions, key=lambda d: (d.when, d.by)):
        if decision.action in (Action.MERGE, Action.UNMERGE) and decision.into:
            latest[frozenset((_name(decision.entry), _name(decision.into)))] = decision
    merges = [decision for decision in latest.values() if decision.action is Action.MERGE]
    into: dict[str, list[str]] = {}
    for merge in merges:
        into.setdefault(_name(merge.entry), []).append(_name(merge.into or ""))
    for merge in merges:
        if trail := _way(into, _name(merge.into or ""), _name(merge.entry)):
            told = " → ".join((_name(merge.entry), *trail))
            yield Flaw(merge.file, merge.line, "", f"merges go in a circle ({told}); take one of them back")


def _way(into: dict[str, list[str]], start: str, end: str) -> tuple[str, ...]:
    """Find the merges that lead from one name to another; () when none do."""
    waiting: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while waiting:
        trail = waiting.pop()
        if trail[-1] == end:
            return trail
        if trail[-1] not in seen:
            seen.add(trail[-1])
            waiting += [(*trail, following) for following in sorted(into.get(trail[-1], ()))]
    return ()


def strangers(
    decisions: Iterable[Decision], is_known: Callable[[str], bool], near: Callable[[str], str]
) -> Iterator[Flaw]:
    """Name decisions about an id that was never given; `near` says which one may be meant. An address may still come."""
    for decision in decisions:
        for name in filter(None, (decision.entry, decision.into)):
            if "://" not in name and not is_known(name):
                yield Flaw(decision.file, decision.line, "", f"no entry {name!r} was ever here{near(name)}")


def forms(folder: Path) -> Iterator[Flaw]:
    """Name decisions files that are read, but that git can't merge well: Windows line ends, byte order marks, no last line end."""
    for path in sorted(folder.glob("*.yaml")):
        body = path.read_bytes()
        if body.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield Flaw(shown(path), 1, "", "begins with a byte order mark; save it as UTF-8 without one")
        if b"\r\n" in body:
            line = body[: body.index(b"\r\n")].count(b"\n") + 1
            yield Flaw(shown(path), line, "", "Windows line ends (CRLF); save it with Unix line ends (LF)")
        if body and not body.endswith(b"\n"):
            yield Flaw(shown(path), body.count(b"\n") + 1, "", "its last line has no end; add an empty line")


def _name(said: str) -> str:
    return text.canonical_url(said) or said if "://" in said else said
