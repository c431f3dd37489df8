"""Names of countries in the languages we meet most, from CLDR; the vocabulary adds adjectives, cities and institutions. Pure."""

from __future__ import annotations

from functools import cache

from observatory import text
from observatory.judge.locales import locales
from observatory.model import Cue

_LOCALES = ("en", "fr", "de", "es", "pt", "it", "nl", "pl", "sv", "ru", "uk", "ja")
# Names that are other words or places too: "island" in English, a state of the USA, a river, a jersey.
_AMBIGUOUS = frozenset({"island", "jersey", "niger", "georgia", "jordan", "guinea", "reunion", "la reunion", "union"})
_NOT_COUNTRIES = frozenset({"EU", "UN", "EZ", "XA", "XB", "ZZ", "QO"})
_SHORTEST = 5  # letters: shorter names ("Mali", "Oman", "Man") are too often words of another language


@cache
def names() -> tuple[Cue, ...]:
    """Give the names of all countries as cues."""
    found: dict[tuple[str, str], Cue] = {}
    for locale in locales(_LOCALES):
        for territory, name in locale.territories.items():
            key = text.title_key(name)
            is_country = len(territory) == 2 and territory.isalpha() and territory not in _NOT_COUNTRIES
            if is_country and key not in _AMBIGUOUS and (len(key) >= _SHORTEST or not key.isascii()):
                found.setdefault((key, territory), Cue("place", territory, name))
    return tuple(cue for _key, cue in sorted(found.items()))
