"""What counts as a word: text → folded words and stems, the same for entries and for queries. No I/O.

Accents, letter case, hyphens and the spellings of micro-credential don't count. A stem carries its language, so that Spanish
rules never make two English words one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from whoosh.lang import languages, stemmer_for_language

from observatory import text

LONGEST = 64  # letters of a word that count; longer ones are rubbish or an attack
NO_LANGUAGE = ""  # of words that nobody stems: names, and languages without a stemmer
EXACT = "="  # before a word as it stands; a stem has its language before it
# Whoosh names Turkish among its languages and has no stemmer for it.
STEMMED = tuple(sorted(set(languages) - {"tr"}))
_NORWEGIAN = {"nb": "no", "nn": "no"}
# Words that a query may hold and that say nothing: only those that mean nothing else here ("ai", "it", "eu", "us" do).
_ARTICLES = """
    a an and are as at by for from in is of on or the to with der die das den dem des und für fur von zu zur zum mit im
    le la les l de du d et un une en au aux el los las y del da do dos e o os di della il lo per van het een och av til i
"""
EMPTY_WORDS = frozenset(_ARTICLES.split())

_MARKS = "\u00ad\u0300-\u036f\u0591-\u05bd\u064b-\u065f"  # soft hyphens, accents, vowel points: part of the word they stand in
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"  # scripts without blanks: each sign is a word
_HYPHENS = r"\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_LETTERS = rf"[^\W_{_SIGNS}][^\W_{_SIGNS}{_MARKS}]*(?:[{_MARKS}]+[^\W_{_SIGNS}{_MARKS}]*)*"
# What makes one word of `micro credential` and of its sisters in other languages (certificate, qualification).
MICRO = rf"(?:micro|mikro|микро|мікро)(?:[{_HYPHENS}]\s*|\s+)(?=cr[eé]d|kred|cert|zert|qual|kval|кред|квал)"
_RUN = re.compile(rf"(?:{MICRO})?{_LETTERS}|[{_SIGNS}]", re.IGNORECASE)
_PAIR = re.compile(rf"[{_HYPHENS}]")
_CORE = re.compile(r"m[iy][ck]ro[ck]redentials?(?:en)?")
_INNER = re.compile(r"[-\s]+")


class Word(NamedTuple):  # a record costs twice the time, and an index has a million of them
    """A word as it stands in a text: folded, where it begins and ends there, and its place among the words.

    `joined`: also the two parts of `life-long` as one word, at the place of the first.
    """

    folded: str
    begin: int
    end: int
    place: int
    joined: bool = False


def prepare(said: str) -> str:
    """Give text in the form in which `words` counts letters: accents joined to theirs."""
    return unicodedata.normalize("NFC", said)


def words(prepared: str) -> Iterator[Word]:
    """Give the words of a prepared text in order; both parts of a hyphenated pair, and the pair as one word."""
    before = None
    for place, match in enumerate(_RUN.finditer(prepared)):
        begin, end = match.span()
        word = Word(fold(match[0]), begin, end, place)
        if before and before.end + 1 == begin and _PAIR.match(prepared, before.end):
            yield Word(fold(before.folded + word.folded), before.begin, end, before.place, joined=True)
        yield word
        before = word


def runs(prepared: str) -> list[str]:
    """Give the words of a prepared text as they are typed; quick, for long texts."""
    return _RUN.findall(prepared)


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Fold one word; every spelling of micro-credential, also in the plural, is one word."""
    folded = _INNER.sub("", text.fold(word))[:LONGEST]
    return "microcredential" if _CORE.fullmatch(folded) else folded


def language_of(code: str | None) -> str:
    """Give the language whose stems count for a text in this language; unknown ones are read as English."""
    code = (code or "en").partition("-")[0].lower()
    code = _NORWEGIAN.get(code, code)
    return code if code in STEMMED else NO_LANGUAGE


@lru_cache(maxsize=400_000)
def stems(language: str, word: str) -> tuple[str, ...]:
    """Give a folded or typed word's stems as `en:recognit`: with and without its accents, since people type both."""
    if language == NO_LANGUAGE:
        return ()
    folded = fold(word)
    accented = unicodedata.normalize("NFC", word.lower())[:LONGEST]
    found = (
        {_stem(language, folded), fold(_stem(language, accented))} if accented != folded else {_stem(language, folded)}
    )
    return tuple(f"{language}:{stem}" for stem in sorted(found))


@lru_cache(maxsize=20_000)
def all_forms(word: str) -> tuple[str, ...]:
    """Give a word as it stands, as `=recognition`, and its stems in all languages: a query doesn't say which it is in."""
    return (EXACT + fold(word), *(stem for language in STEMMED for stem in stems(language, word)))


_STEMMERS = dict.fromkeys(STEMMED)


def _stem(language: str, word: str) -> str:
    stemmer = _STEMMERS[language] or stemmer_for_language(language)
    _STEMMERS[language] = stemmer
    try:
        return str(stemmer(word)) or word
    except (IndexError, ValueError):  # a stemmer that trips over a word must not cost the index
        return word
