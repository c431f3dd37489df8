"""Frozen records ↔ JSON text, by their type hints; defaults are left out. No I/O.

Knows what `observatory.model` uses: str, int, float, bool, bytes, datetime, `PartialDate`, enums, tuples,
`X | None`, records.
Encoding is canonical (field order of the class, no spaces), so equal records give equal text.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import cache, lru_cache
from itertools import compress
from operator import attrgetter, is_not
from sys import intern
from typing import Any, TypeVar

from observatory.errors import DamagedError
from observatory.model import PartialDate
from observatory.text import clean

T = TypeVar("T")

Json = Any  # what json.loads gives: never crosses this module's border
Convert = Callable[[Any], Any]

_ABSENT = object()
_WRITE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
MOST_UNPACKED = 500_000_000  # bytes; an edition of ten thousand candidates has twenty millions
SHORT = 60  # letters of a text that others may well say, too


def dumps(record: object) -> str:
    """Write a record as compact JSON text."""
    return written(plain(record))


def plain(record: object) -> Json:
    """Give what `dumps` writes, as JSON values in order: who changes some of them may write the rest once more."""
    kind: Any = type(record)
    return _codec(kind)[0](record)


def written(said: Json) -> str:
    """Write JSON values as compact text."""
    return _WRITE(said)


def loads(kind: type[T], text: str) -> T:
    """Read a record of this class; DamagedError (a ValueError too) when the text is no such record, by whatever changed it."""
    hint: Any = kind
    try:
        record: T = _codec(hint)[1](json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _damaged(kind, error) from error
    return record


def pack(record: object) -> bytes:
    """Write a record as compressed JSON."""
    return zlib.compress(dumps(record).encode("utf-8", "surrogatepass"))


def unpack(kind: type[T], packed: bytes) -> T:
    """Read what `pack` wrote; DamagedError when it is no such record."""
    return loads(kind, unpacked(kind, packed))


def unpacked(kind: type[Any], packed: bytes) -> str:
    """Give a text that was compressed; DamagedError when it is none, or longer than any of ours."""
    try:
        unzip = zlib.decompressobj()
        text = unzip.decompress(packed, MOST_UNPACKED).decode("utf-8", "surrogatepass")
        if not unzip.eof:
            raise ValueError("it ends in the middle, or is too long")
    except (zlib.error, ValueError, TypeError) as error:
        raise _damaged(kind, error) from error
    return text


def _damaged(kind: type[Any], error: Exception) -> DamagedError:
    why = clean(str(error), 100) or type(error).__name__
    return DamagedError(
        f"a kept record can't be read ({kind.__name__}: {why}): `observatory rebuild` makes what is derived anew; if that "
        "stops here too, restore a backup"
    )


@cache
def _codec(hint: Any) -> tuple[Convert, Convert]:
    """Make the encoder and the decoder for a type hint, once."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _optional(hint)
    if origin is tuple:
        return _tuple(typing.get_args(hint))
    if dataclasses.is_dataclass(hint) and hint is not PartialDate:
        return _record(hint)
    return _scalar(hint)


def _scalar(hint: Any) -> tuple[Convert, Convert]:
    if hint is PartialDate:
        return str, PartialDate.parse
    if hint is datetime:
        return _from_datetime, _to_datetime
    if hint is bytes:
        return (lambda value: b64encode(value).decode()), b64decode
    if isinstance(hint, type) and issubclass(hint, Enum):
        return attrgetter("_value_"), hint  # `value` is a property, which costs thrice as much
    if hint in (str, int, float, bool):
        return _same, _to_text if hint is str else _checked(hint)
    raise TypeError(f"no codec for {hint!r}")


def _same(value: Any) -> Any:
    return value


def _checked(hint: type) -> Convert:
    """Make a decoder that takes values of this type only: a number where text should be would break something far away."""
    kinds = frozenset({int, float} if hint is float else {hint})

    def decode(value: Any) -> Any:
        if value.__class__ not in kinds:
            raise TypeError(f"{value!r:.40} where {hint.__name__} should be")
        return value

    return decode


_is_text = _checked(str)


def _to_text(value: Any) -> str:
    """Share a short text among all that say it (names, languages, sources): three fifths of the texts of a catalogue."""
    said: str = _is_text(value)
    return intern(said) if len(said) <= SHORT else said


@lru_cache(maxsize=4096)  # a run says its own moment again and again
def _from_datetime(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _to_datetime(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _optional(hint: Any) -> tuple[Convert, Convert]:
    inner = [arg for arg in typing.get_args(hint) if arg is not type(None)]
    if len(inner) != 1:
        raise TypeError(f"no codec for {hint!r}: only `X | None` is known")
    encode, decode = _codec(inner[0])
    return (
        _same if encode is _same else lambda value: None if value is None else encode(value),
        lambda value: None if value is None else decode(value),
    )


def _tuple(args: tuple[Any, ...]) -> tuple[Convert, Convert]:
    if len(args) == 2 and args[1] is Ellipsis:
        encode, decode = _codec(args[0])
        return (
            list if encode is _same else lambda value: [encode(part) for part in value],
            lambda value: tuple([decode(part) for part in _listed(value)]),
        )
    parts = [_codec(arg) for arg in args]
    return (
        lambda value: [part[0](each) for part, each in zip(parts, value, strict=True)],
        lambda value: tuple([part[1](each) for part, each in zip(parts, _listed(value), strict=True)]),
    )


def _listed(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r:.40} where a list should be")
    return value


def _record(kind: Any) -> tuple[Convert, Convert]:
    """Plan a record class: only fields that differ from their default are written."""
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    codecs = {each.name: _codec(hints[each.name]) for each in fields}
    plan = [(each.name, codecs[each.name][0]) for each in fields]
    defaults = tuple(_default(each) for each in fields)
    decoders = {name: decode for name, (_encode, decode) in codecs.items()}
    values = _values([each.name for each in fields])

    def encode(record: Any) -> dict[str, Json]:
        said = values(record)
        given = compress(
            zip(plan, said, defaults, strict=True), map(is_not, said, defaults)
        )  # most fields are their default
        return {
            name: value if encode_field is _same else encode_field(value)
            for (name, encode_field), value, default in given
            if value != default
        }

    def decode(data: Json) -> Any:
        if not isinstance(data, dict):
            raise TypeError(f"no record of {kind.__name__}: {data!r:.40}")
        return kind(**{name: decoders[name](value) for name, value in data.items()})

    return encode, decode


def _values(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Take all fields of a record at once: a work has fifty, and four works are written an item."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


def _default(each: dataclasses.Field[Any]) -> Any:
    if each.default is not dataclasses.MISSING:
        return each.default
    if each.default_factory is not dataclasses.MISSING:
        return each.default_factory()
    return _ABSENT
