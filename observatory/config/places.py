"""Places by code: countries (ISO 3166-1), their parts (ISO 3166-2), the EU, the EHEA and the world.

Names come from CLDR and ISO; places.yaml overrides them where the wording is a diplomatic matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from observatory.model import Place
from observatory.yamltext import load

OVERRIDES = Path(__file__).with_name("places.yaml")


class Places(Mapping[str, Place]):
    """Every place by its code. Iterates over countries and unions; their parts are there when asked for."""

    def __getitem__(self, code: str) -> Place:
        if (found := _place(code)) is None:
            raise KeyError(code)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_country_codes())

    def __len__(self) -> int:
        return len(_country_codes())

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and _place(code) is not None


@cache
def _place(code: str) -> Place | None:
    own = _overrides().get(code, {})
    name = own.get("name") or _country_name(code) or _part_name(code)
    if name is None:
        return None
    parent = code.partition("-")[0] if "-" in code else None
    return Place(code, name, own.get("note", ""), code.lower(), parent)


@cache
def _overrides() -> dict[str, dict[str, str]]:
    data = load(OVERRIDES.read_text("utf-8"), OVERRIDES.name).data
    assert isinstance(data, dict)
    return data


@cache
def _country_codes() -> tuple[str, ...]:
    import pycountry

    own = {code for code in _overrides() if "-" not in code}
    return tuple(sorted(own | {country.alpha_2 for country in pycountry.countries}))


def _country_name(code: str) -> str | None:
    if code not in _country_codes():
        return None
    from babel import Locale

    name: str = Locale("en").territories[code]
    return name.replace(" & ", " and ").replace("St. ", "Saint ")


def _part_name(code: str) -> str | None:
    if "-" not in code:
        return None
    import pycountry

    part = pycountry.subdivisions.get(code=code)
    return str(part.name) if part and part.code == code else None
