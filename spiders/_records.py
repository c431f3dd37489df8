"""Bits of bibliographic records, read kindly: dates, languages, people, kinds of work. Never guesses, never raises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from observatory.model import Creator, EntryKind, PartialDate

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_NUMERIC = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[t ].*|[-/])?")  # said in small letters
_DAY_FIRST = re.compile(r"(\d{1,2})\.? ([a-z]+)\.?,? (\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.?(?: (\d{1,2}),?)? (\d{4})")
EARLIEST, LATEST = 1900, 2100  # what lies outside is a typing error: the field is young


def date_of(text: object) -> PartialDate | None:
    """Read a date written as 2022, 2022-06, 2022/6/16, 2022-06-16T…, 16 June 2022 or June 16, 2022; else None."""
    said = str(text).strip().lower() if isinstance(text, str | int) and not isinstance(text, bool) else ""
    if match := _NUMERIC.fullmatch(said):
        return date_of_parts(match.groups())
    if match := _DAY_FIRST.fullmatch(said):
        return date_of_parts((match[3], _MONTHS.get(match[2], 99), match[1]))
    if match := _MONTH_FIRST.fullmatch(said):
        return date_of_parts((match[3], _MONTHS.get(match[1], 99), match[2]))
    return None


def date_of_parts(parts: object) -> PartialDate | None:
    """Read [2022, 6, 16] or a part of it, numbers or digits; None when it is no real date."""
    if not isinstance(parts, list | tuple):
        return None
    numbers: list[int] = []
    for part in parts[:3]:
        if part in (None, ""):
            break
        if not re.fullmatch(r"\d{1,4}", str(part)):
            return None
        numbers.append(int(part))
    try:
        made = PartialDate(*numbers)
    except (TypeError, ValueError):
        return None
    return made if EARLIEST <= made.year <= LATEST else None


def only_year(day: PartialDate | None, year_alone: bool = True) -> PartialDate | None:
    """Take a 1 January for what it mostly is in library data: the year alone."""
    if day and year_alone and (day.month, day.day) == (1, 1):
        return PartialDate(day.year)
    return day


def language_of(text: object) -> str | None:
    """Read a language given as `en`, `en-GB`, `eng` or `English`; ISO 639-1, or 639-3 where there is none."""
    if not isinstance(text, str) or not text.strip():
        return None
    return _language(text.strip().lower())


@cache
def _language(text: str) -> str | None:
    import pycountry

    code = re.split(r"[-_]", text)[0]
    found = None
    if len(code) == 2:
        found = pycountry.languages.get(alpha_2=code)
    elif len(code) == 3:
        found = pycountry.languages.get(alpha_3=code) or pycountry.languages.get(bibliographic=code)
    found = found or pycountry.languages.get(name=text.title())
    return (getattr(found, "alpha_2", None) or str(found.alpha_3)) if found else None


def person(family: object, given: object = None, orcid: object = None) -> Creator | None:
    """Make a creator of the parts that a source gives."""
    last, first = _word(family), _word(given)
    if not last and not first:
        return None
    name = " ".join(part for part in (first, last) if part)
    return Creator(name, last or None, first or None, orcid_of(orcid))


def named(name: object, orcid: object = None) -> Creator | None:
    """Make a creator of a name in one piece; `Family, Given` is parted, since only sources that mean it write so."""
    said = _word(name)
    if said.count(",") == 1:
        family, _, given = said.partition(",")
        return person(family, given, orcid)
    return Creator(said, orcid=orcid_of(orcid)) if said else None


def people(found: Iterable[Creator | None]) -> tuple[Creator, ...]:
    """Keep those there are, in order, each once; a list of thousands is cut (no citation style prints them)."""
    return tuple(dict.fromkeys(creator for creator in found if creator))[:500]


def orcid_of(text: object) -> str | None:
    """Find an ORCID in text or address."""
    match = re.search(r"\d{4}-\d{4}-\d{4}-\d{3}[\dXx]", text) if isinstance(text, str) else None
    return match[0].upper() if match else None


def first(value: object) -> str:
    """Give text that may come alone or as the first of a list; "" when there is none."""
    if isinstance(value, list | tuple):
        value = next((part for part in value if isinstance(part, str) and part.strip()), "")
    return _word(value)


def words(value: object) -> list[str]:
    """Give the texts of a value that may be one text or a list."""
    parts: Sequence[object] = value if isinstance(value, list | tuple) else [value]
    return [said for part in parts if (said := _word(part))]


def kind_of(name: object, kinds: Mapping[str, tuple[EntryKind, str | None]]) -> tuple[EntryKind | None, str | None]:
    """Look up a service's word for the type of a work: our kind and form; (None, None) leaves it to the rules."""
    return kinds.get(_word(name).lower(), (None, None))


def _word(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return " ".join(value.split()) if isinstance(value, str) else ""
