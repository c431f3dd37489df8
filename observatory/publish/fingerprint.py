"""A digest of what a page is made of: equal values give equal digests, in any process."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache


def fingerprint(*values: object) -> str:
    """Digest records, texts, numbers, tuples and mappings by their content.

    A record with a field `digest` (a card, which stands on many pages) is trusted to have done so for itself.
    """
    found: list[str] = []
    for value in values:
        _walk(value, found)
    return hashlib.sha256("\x1f".join(found).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _walk(value: object, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(f"{len(value)}:{value}")  # the length keeps texts apart whatever they hold
    elif value is None or isinstance(value, int | float):
        found.append(f"={value}")
    elif isinstance(value, tuple | list):
        found.append(f"[{len(value)}")
        for item in value:
            _walk(item, found)
    elif isinstance(value, Mapping):
        _walk(sorted(value.items()), found)
    elif is_dataclass(value):
        _walk_record(value, found)
    else:
        found.append(repr(value))


def _walk_record(value: object, found: list[str]) -> None:
    record: type = type(value)
    names = _names(record)
    found.append(record.__name__)
    if "digest" in names:
        found.append(value.digest)  # type: ignore[attr-defined]  # just looked up
    else:
        for name in names:
            _walk(getattr(value, name), found)


@cache
def _names(record: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))
