"""Dates as pages print them → partial dates, never more precise than printed. Pure, without the clock."""

from __future__ import annotations

import re
from functools import cache

from observatory import text
from observatory.judge.locales import locales
from observatory.model import PartialDate

EARLIEST, LATEST = 1950, 2100  # outside stand placeholders (1900-01-01, 9999-12-31) and phone numbers
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?!\d)")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})[./-]\s?(\d{1,2})[./-]\s?(\d{4})(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s{1,3}(?:de\s{1,3}|of\s{1,3})?([^\W\d_]{3,20})\.?,?\s{1,3}(?:de\s{1,3})?(\d{4})(?!\d)"
)
_MONTH_DAY = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,20})\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,3}(\d{4})(?!\d)")
_MONTH = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,20})\.?,?\s{1,3}(?:de\s{1,3})?(\d{4})(?!\d)")
_YEAR = re.compile(r"(?<![\d/.-])((?:19|20)\d\d)(?![\d/.-])")
# fmt: off
_LOCALES = (
    "en", "fr", "de", "es", "pt", "it", "nl", "pl", "cs", "sk", "sl", "hr", "sv", "da",
    "nb", "fi", "et", "lv", "lt", "hu", "ro", "ca", "ga", "bg", "uk", "el", "tr",
)
# fmt: on


def date_of(said: str) -> PartialDate | None:
    """Read the first date in a short text: ISO, 3 August 2026, August 3, 2026, 03/08/2026 (day first), August 2026, 2026."""
    short = text.clean(said[:200])
    if match := _ISO.search(short):
        return _made(match[1], match[2], match[3] or "0")
    if match := _DOTTED.search(short):
        return _made(match[3], match[2], match[1])
    for pattern, order in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2))):
        if (match := pattern.search(short)) and (month := month_of(match[order[1]])):
            return _made(match[order[0]], str(month), match[order[2]])
    if (match := _MONTH.search(short)) and (month := month_of(match[1])):
        return _made(match[2], str(month), "0")
    if match := _YEAR.search(short):
        return _made(match[1], "0", "0")
    return None


def plausible(said: PartialDate | None) -> PartialDate | None:
    """Give a date back when it may be one of publication."""
    return said if said and EARLIEST <= said.year <= LATEST else None


def month_of(word: str) -> int | None:
    """Give the number of a month by its name, long or short, in the languages of Europe."""
    key = text.fold(word).rstrip(".")
    return _months().get(key) or _months().get(key[:3] if key.isascii() and len(key) > 5 else key)


def _made(year: str, month: str, day: str) -> PartialDate | None:
    try:
        return PartialDate(int(year), int(month), int(day))
    except ValueError:
        return None


@cache
def _months() -> dict[str, int]:
    """Collect the names of months from CLDR, and the three letters of English."""
    found: dict[str, int] = {}
    for locale in locales(_LOCALES):
        months = locale.months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    found.setdefault(text.fold(name).rstrip("."), number)
    return found
