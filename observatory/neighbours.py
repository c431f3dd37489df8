"""Which entries are near to one another, kept between publishings: ten new ones cost their own neighbours only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from sys import intern

from observatory.crew import spread
from observatory.files import write_whole
from observatory.judge.related import LEAST, MEET, MOST, WEIGHT, Near, neighbours
from observatory.model import Entry

SHARED = 1000  # entries to look at from which several processes are worth starting: a tenth of a second
FORM = f"2 {WEIGHT} {LEAST} {MEET} {MOST}"  # its number is raised when judging nearness changes otherwise


def related(
    entries: Sequence[Entry], digests: Mapping[str, str], file: Path, common: frozenset[str] = frozenset()
) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Find the nearest entries of each: id → (id, reason), nearest first. `file` may be deleted at any time."""
    form = f"{FORM} {sorted(common)}"
    before = _read(file, form)
    found = neighbours(entries, digests, before, common=common, each=partial(spread, least=SHARED))
    if found != before:
        with suppress(OSError):  # what can't be kept is found anew next time
            _write(file, form, found)
    return {  # interned: a third of sixty thousand reasons is all that differ
        key: tuple((intern(other), intern(said)) for other, _score, said in near.nearest)
        for key, near in found.items()
        if near.nearest
    }


def _read(file: Path, wanted: str) -> dict[str, Near]:
    """Read what was found last; a file that is missing, torn or of other rules means that all is looked at anew."""
    try:
        form, held = json.loads(file.read_text("utf-8"))
        if form != wanted:
            return {}
        return {
            key: Near(digest, tuple(map(intern, traits)), tuple((other, score, said) for other, score, said in nearest))
            for key, digest, traits, nearest in held
        }
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return {}


def _write(file: Path, form: str, found: Mapping[str, Near]) -> None:
    held = [(key, near.digest, near.traits, near.nearest) for key, near in found.items()]
    write_whole(file, json.dumps([form, held], separators=(",", ":")).encode(), "related", durable=False)
