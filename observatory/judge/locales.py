"""What CLDR knows of languages, read from Babel and let go again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale


def locales(codes: Iterable[str]) -> Iterator[Locale]:
    """Give the locale of each language, to be read at once: nothing of it is kept behind the last."""
    from babel import Locale, localedata

    yield from map(Locale, codes)
    getattr(localedata, "_cache", {}).clear()  # all of each, about 1 MB; Babel has no other way to let it go
