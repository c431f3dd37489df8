"""What CLDR knows is read and let go again."""

from __future__ import annotations

from babel import localedata

from observatory.judge.locales import locales


def test_languages_are_read_in_their_order_and_nothing_of_them_is_kept() -> None:
    assert [locale.territories["DE"] for locale in locales(("en", "de", "fr"))] == [
        "Germany",
        "Deutschland",
        "Allemagne",
    ]
    assert not localedata._cache
