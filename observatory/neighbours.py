"""Which entries are near to one another, kept between publishings: ten new ones cost their own neighbours only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from sys import intern

from observatory.files import write_whole
from observatory.judge.related import LEAST, MEET, MOST, WEIGHT, Near, neighbours
from observatory.model import Entry

FORM = f"1 {WEIGHT} {LEAST} {MEET} {MOST}"  # its number is raised when judging nearness changes otherwise


def related(
    entries: Sequence[Entry], digests: Mapping[str, str], file: Path
) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Find the nearest entries of each: id → (id, reason), nearest first. `file` may be deleted at any time."""
    before = _read(file)
    found = neighbours(entries, digests, before)
    if found != before:
        with suppress(OSError):  # what can't be kept is found anew next time
            _write(file, found)
    return {
        key: tuple((other, said) for other, _score, said in near.nearest) for key, near in found.items() if near.nearest
    }


def _read(file: Path) -> dict[str, Near]:
    """Read what was found last; a file that is missing, torn or of other rules means that all is looked at anew."""
    try:
        form, held = json.loads(file.read_text("utf-8"))
        if form != FORM:
            return {}
        return {
            key: Near(digest, tuple(map(intern, traits)), tuple((other, score, said) for other, score, said in nearest))
            for key, digest, traits, nearest in held
        }
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return {}


def _write(file: Path, found: Mapping[str, Near]) -> None:
    held = [(key, near.digest, near.traits, near.nearest) for key, near in found.items()]
    write_whole(file, json.dumps([FORM, held], separators=(",", ":")).encode(), "related", durable=False)
