"""Checks of what curators write: strict models, the types in them, and findings as flaws with their line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, get_args
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    StrictBool,
    ValidationError,
    WithJsonSchema,
)

from observatory.errors import Flaw
from observatory.model import PartialDate
from observatory.moments import zone_of
from observatory.text import clean
from observatory.yamltext import Marked, dotted

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
NEAR = 60  # percent of likeness from which "did you mean" helps: "polcy" and "policy" have 91, "feed" and "page" 25


class Strict(BaseModel):
    """Base of what curators write: unknown keys are errors, nothing is guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _date(value: object) -> PartialDate:
    if isinstance(value, int) and not isinstance(value, bool):  # a bare year is a number in YAML
        value = f"{value:04}"
    if not isinstance(value, str):
        raise ValueError("should be a date: YYYY, YYYY-MM or YYYY-MM-DD")
    try:
        return PartialDate.parse(value)
    except ValueError as error:
        raise ValueError(f"{value!r} isn't a date: write YYYY, YYYY-MM or YYYY-MM-DD") from error


def _address(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"[\s<>\"]", text):
        raise ValueError(f"{value!r} isn't a web address: https:// or http:// and no blanks")
    return text


def _mail(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", value.strip()):
        raise ValueError(f"{value!r} isn't a mail address")
    return value.strip()


def one_or_many(value: object) -> object:
    """Make a list of a lone word, which may stand without brackets."""
    return [value] if isinstance(value, str) else value


def _filled(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):  # a title, volume or issue may be a number: 1984
        return str(value)
    if isinstance(value, str) and not value.strip():
        raise ValueError("is empty; leave the key out")
    return clean(value) if isinstance(value, str) else value


def _slug(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(SLUG, value) or len(value) > 64:
        raise ValueError(f"{value!r} isn't an id: small letters a–z, digits and hyphens, at most 64")
    return value


def _clock(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):  # YAML 1.1 reads 9:30 as minutes
        value = f"{value // 60}:{value % 60:02}"
    if not isinstance(value, str) or not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value.strip()):
        raise ValueError(f"{value!r} isn't a time of day: write it as 09:30, in quotes")
    return value.strip().rjust(5, "0")


def _zone(value: object) -> str:
    if not isinstance(value, str) or zone_of(value.strip()) is None:
        raise ValueError(f"no such time zone: {value!r}; write a place such as Europe/Dublin, UTC or UTC+02:00")
    return value.strip()


DateText = Annotated[PartialDate, PlainValidator(_date), WithJsonSchema({"type": ["string", "integer"]})]
Address = Annotated[str, PlainValidator(_address), WithJsonSchema({"type": "string", "format": "uri"})]
Mail = Annotated[str, PlainValidator(_mail), WithJsonSchema({"type": "string", "format": "email"})]
Slug = Annotated[str, PlainValidator(_slug), WithJsonSchema({"type": "string", "pattern": f"^{SLUG}$"})]
Clock = Annotated[str, PlainValidator(_clock), WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}$"})]
Zone = Annotated[str, PlainValidator(_zone), WithJsonSchema({"type": "string"})]
Text = Annotated[str, BeforeValidator(_filled)]
# How an editor is told of a list whose lone word may stand without brackets.
ONE_OR_MANY = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
Words = Annotated[tuple[Text, ...], BeforeValidator(one_or_many), ONE_OR_MANY]
Flag = StrictBool


def nearest(word: object, choices: Iterable[str]) -> str:
    """Say "; did you mean 'x'?" when a choice is near, else list them when they are few."""
    from rapidfuzz import fuzz, process

    known = sorted(set(choices))
    found = process.extractOne(str(word), known, scorer=fuzz.ratio, score_cutoff=NEAR)
    if found:
        return f"; did you mean '{found[0]}'?"
    return f"; choose from {', '.join(known)}" if 0 < len(known) <= 30 else ""


def flaws_of(
    error: ValidationError,
    marked: Marked,
    path: Sequence[str | int],
    model: type[BaseModel],
    *,
    key: str | None = None,
    also: Collection[str] = (),
) -> Iterator[Flaw]:
    """Turn pydantic's findings on the part of a file at `path` into flaws; `key` names that part in messages.

    `also` are further keys allowed beside those of `model`.
    """
    for found in error.errors():
        place = _real_place(found["loc"], marked.data, path)
        message = _message(found, _fields_at(model, place[:-1]) | (set(also) if len(place) == 1 else set()))
        shown = dotted(([key] if key is not None else list(path)) + list(place))
        yield marked.flaw(message, *path, *place, key=shown)


def _real_place(loc: Sequence[int | str], data: object, path: Sequence[str | int]) -> tuple[int | str, ...]:
    """Drop from pydantic's place what isn't in the file: names of union members and validators."""
    for part in path:
        data = data[part] if isinstance(data, dict | list) else None  # type: ignore[index]
    place: list[int | str] = []
    for number, part in enumerate(loc):
        if (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int)):
            place.append(part)
            data = data[part]  # type: ignore[index]
        elif number == len(loc) - 1 and isinstance(data, dict):  # a missing key
            place.append(part)
    return tuple(place)


def _fields_at(model: type[BaseModel], place: Sequence[int | str]) -> set[str]:
    here: type[BaseModel] | None = model
    for part in place:
        if isinstance(part, str) and here is not None and part in here.model_fields:
            here = _model_in(here.model_fields[part].annotation)
    return set(here.model_fields) if here else set()


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


_MESSAGES = {
    "missing": "missing",
    "string_type": "should be text; put it in quotes",
    "bool_type": "should be true or false",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "list_type": "should be a list",
    "tuple_type": "should be a list",
    "dict_type": "should hold keys of its own",
    "model_type": "should hold keys of its own",
    "model_attributes_type": "should hold keys of its own",
}


def _message(found: Mapping[str, Any], fields: Collection[str]) -> str:
    kind = str(found["type"])
    if kind == "extra_forbidden":
        return f"unknown key{nearest(found['loc'][-1], fields)}"
    if kind in ("enum", "literal_error"):
        choices = re.findall(r"'([^']*)'", str(found["ctx"]["expected"]))
        return f"no such value: {found['input']!r}{nearest(found['input'], choices)}"
    if kind == "value_error":
        return str(found["ctx"]["error"])
    return _MESSAGES.get(kind) or str(found["msg"]).removeprefix("Input ").lower()
