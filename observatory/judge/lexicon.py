"""Words and phrases found in text: one pass, whatever the number of phrases. Pure; knows no meaning.

Text is folded first (small letters, no accents, plain hyphens, all spellings of "micro-…" written together), so one phrase
stands for all its spellings. There is no regular expression to run away on hostile text: the cost grows with the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from observatory import text
from observatory.judge.placenames import names
from observatory.model import Cue, Vocabulary

MOST_WORDS = 20_000  # of one text; what a page is about is said long before
MOST_LETTERS = 150_000
_OPEN, _NUMBER, _YEAR = "ⱷ", "ⱶ", "ⱪ"  # how "*", "<n>" and "<year>" go through folding: letters of no living alphabet
_LOOSE = frozenset((_OPEN, _NUMBER, _YEAR))
_INNER = re.compile(r"(?<!\S)-(?=\w)")
MOST_KNOWN = 200_000  # words whose phrases are kept at hand: some 30 MB
_HEAD = 3  # letters by which open words ("microcredential*") are looked up
# Scripts that put no blanks between words: phrases are looked for letter by letter.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


Phrases = tuple[tuple[tuple[str, ...], Cue], ...]  # as words, with what they are a cue for


class Rest(NamedTuple):
    """A phrase behind its first word; `is_loose` where one of its words stands for several."""

    words: tuple[str, ...]
    is_loose: bool
    cue: Cue


# Phrases of one first word, by the word that follows; under "" those that leave it open.
Begun = dict[str, tuple[Rest, ...]]

# Cues that count wherever they stand in an address or a publisher's name; all others must say `where:`.
_EVERYWHERE: Mapping[str, frozenset[str]] = {"url": frozenset({"core"}), "publisher": frozenset({"place"})}


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue that was found: the positions of its first word and of the one after its last, counted in words."""

    cue: Cue
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Words:
    """A text as folded words."""

    words: tuple[str, ...]
    folded: str = ""

    def __len__(self) -> int:
        return len(self.words)

    def said(self, hit: Hit) -> str:
        """Give the words of a hit as they stand in the folded text."""
        return " ".join(self.words[hit.start : hit.end]) or hit.cue.words


def words(said: str) -> Words:
    """Fold a text and part it into words; text of any size or sort is fine."""
    folded = text.title_key(said[:MOST_LETTERS])
    return Words(tuple(folded.split(" ")[:MOST_WORDS]) if folded else (), folded)


class Lexicon:
    """Phrases prepared for finding."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        self._exact: dict[str, list[tuple[tuple[str, ...], Cue]]] = {}
        self._open: dict[str, list[tuple[tuple[str, ...], Cue]]] = {}
        self._inner: list[tuple[tuple[str, ...], Cue]] = []
        self._unspaced: list[tuple[str, Cue]] = []
        self._known: dict[str, dict[str, Begun]] = {}  # by part of a work, then by word
        for cue in cues:
            self._add(cue)

    def _add(self, cue: Cue) -> None:
        marked = _INNER.sub(_OPEN, cue.words).replace("*", _OPEN).replace("<n>", _NUMBER).replace("<year>", _YEAR)
        phrase = tuple(text.title_key(marked).split(" "))
        if _UNSPACED.search(cue.words):
            self._unspaced.append((text.title_key(cue.words.replace("*", "")), cue))
        elif phrase[0].startswith(_OPEN):
            self._inner.append((phrase, cue))
        elif phrase[0].endswith(_OPEN):
            self._open.setdefault(phrase[0].rstrip(_OPEN)[:_HEAD], []).append((phrase, cue))
        elif phrase[0]:
            self._exact.setdefault(phrase[0], []).append((phrase, cue))

    def find(self, said: Words, where: str = "") -> list[Hit]:
        """Find every phrase, in the order of the text; those that count in one part of a work where it is named."""
        found: list[Hit] = []
        known, following = self._known.setdefault(where, {}), (*said.words[1:], "")
        for n, (word, after) in enumerate(zip(said.words, following, strict=False)):
            begun = known.get(word)
            if begun is None:
                begun = known[word] = self._beginning(word, where)
            if begun:  # most words begin no phrase
                for rest, is_loose, cue in begun.get(after, begun[""]):
                    end = n + 1 + len(rest)
                    if (
                        not rest
                        or said.words[n + 1 : end] == rest
                        or (is_loose and _fits(said.words[n + 1 : end], rest))
                    ):
                        found.append(Hit(cue, n, end))
        if self._unspaced and _UNSPACED.search(said.folded):
            found += [
                Hit(cue, at, at)
                for phrase, cue in self._unspaced
                if _counts(cue, where) and (at := _word_at(said.folded, phrase)) is not None
            ]
        return found

    def _beginning(self, word: str, where: str) -> Begun:
        """Give the phrases whose first word this is; kept, since texts say the same few thousand words again and again."""
        if sum(map(len, self._known.values())) >= MOST_KNOWN:
            for each in self._known.values():
                each.clear()
        exact = (each for form in _forms(word) for each in self._exact.get(form, ()))
        heads = (self._open.get(word[:length], ()) for length in range(1, min(_HEAD, len(word)) + 1))
        loose = (each for head in (*heads, self._inner) for each in head if _matches(each[0][0], word))
        return _begun(tuple(each for each in (*exact, *loose) if _counts(each[1], where)))


def _counts(cue: Cue, where: str) -> bool:
    """Whether a cue counts in a part of a work."""
    if not where or cue.where == where:
        return True
    return not cue.where and (where not in _EVERYWHERE or cue.about in _EVERYWHERE[where])


def _begun(phrases: Phrases) -> Begun:
    """Sort phrases of one first word by their second: most fail there, and a look at it saves nine of ten closer ones."""
    if not phrases:
        return {}
    rests = [Rest(phrase[1:], any(map(_is_loose, phrase[1:])), cue) for phrase, cue in phrases]
    seconds = [rest.words[0] if rest.words and not _is_loose(rest.words[0]) else "" for rest in rests]
    found: dict[str, list[Rest]] = {second: [] for second in ("", *seconds)}
    for each, second in zip(rests, seconds, strict=True):
        for held in (found[second],) if second else found.values():
            held.append(each)
    return {second: tuple(held) for second, held in found.items()}


def _is_loose(part: str) -> bool:
    return part[-1] in _LOOSE or part[0] in _LOOSE


def _forms(word: str) -> tuple[str, ...]:
    """Give a word and what may stand for it in a phrase."""
    if not word.isdigit():
        return (word,)
    return (word, _NUMBER, _YEAR) if len(word) == 4 and word[:2] in ("19", "20") else (word, _NUMBER)


def _matches(part: str, word: str) -> bool:
    """Whether a word is what a part of a phrase stands for: "stem*", "-stem" and "-stem*" leave its ends open."""
    if part[0] == _OPEN:
        return part[1:-1] in word if part[-1] == _OPEN else word.endswith(part[1:])
    return word.startswith(part[:-1]) if part[-1] == _OPEN else part in _forms(word)


def _fits(said: tuple[str, ...], rest: tuple[str, ...]) -> bool:
    """Whether words are what the rest of a phrase stands for."""
    whole = len(said) == len(rest)  # the text may end before the phrase
    return whole and all(w == p or (_is_loose(p) and _matches(p, w)) for p, w in zip(rest, said, strict=True))


def _word_at(folded: str, phrase: str) -> int | None:
    at = folded.find(phrase)
    return None if at < 0 else folded.count(" ", 0, at)


@lru_cache(maxsize=4)
def lexicon(vocabulary: Vocabulary) -> Lexicon:
    """Prepare a vocabulary's phrases and the names of countries; done once for each vocabulary that is loaded."""
    return Lexicon((*vocabulary.cues, *names()))
