"""Terms that many works use and no rule knows: where the vocabulary has gaps. Pure.

A term is one to three words that no cue covers, said by several works of several publishers. Everyday words (`everyday.yaml`) and
what every text of the field says tell nothing; names of people and publishers are no terms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from observatory.judge.lexicon import Lexicon, lexicon, words
from observatory.model import Vocabulary, Work

LONGEST = 3  # words of a term
SHORTEST = 4  # letters of a term of one word; shorter ones are abbreviations of anything
FEWEST_WORKS = (5, 3, 3)  # that say a term of one, two, three words: any single word is said by chance
FEWEST_PUBLISHERS = 2
COMMON = 0.08  # of all works: what more of them say is the field's everyday language
SAME = 0.8  # of a word's works: a longer term that as many of them say stands for it


@dataclass(frozen=True, slots=True)
class Term:
    """A term without a rule. `works`: positions of the works that say it; `silent` of them hold no word of any topic."""

    said: str
    works: tuple[int, ...]
    publishers: int
    silent: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a work says that no rule knows: its terms, sorted; who published it; whether it holds no word of any topic."""

    terms: tuple[str, ...]
    publisher: str | None
    is_silent: bool


@dataclass(slots=True)
class _Use:
    """Where a term was found."""

    works: list[int] = field(default_factory=list)
    publishers: set[str] = field(default_factory=set)
    silent: int = 0


def gaps(works: Sequence[Said], most: int = 60) -> tuple[Term, ...]:
    """Find the terms that works use and no rule knows, those that matter most first."""
    used: dict[str, _Use] = defaultdict(_Use)
    for number, said in enumerate(works):
        publisher = said.publisher or f"work {number}"
        for term in said.terms:
            use = used[term]
            use.works.append(number)
            use.publishers.add(publisher)
            use.silent += said.is_silent
    return _worst(used, max(FEWEST_WORKS[0], int(COMMON * len(works))), most)


def said_by(work: Work, vocabulary: Vocabulary) -> Said:
    """Find what a work says that no rule of the vocabulary knows."""
    terms, is_silent = _terms(work, lexicon(vocabulary), _everyday(vocabulary))
    return Said(tuple(sorted(terms)), work.publisher or work.container, is_silent)


@lru_cache(maxsize=4)
def _everyday(vocabulary: Vocabulary) -> frozenset[str]:
    return frozenset(word for said in vocabulary.everyday for word in words(said).words)


def _terms(work: Work, find: Lexicon, everyday: frozenset[str]) -> tuple[set[str], bool]:
    """Find a work's terms, and whether no word of a topic stands in it."""
    names = {word for name in _names(work) for word in words(name).words}
    found: set[str] = set()
    is_silent = True
    for said in (work.title, work.title_en or "", work.summary or ""):
        folded = words(said)
        hits = find.find(folded)
        is_silent = is_silent and not any(hit.cue.about == "topic" for hit in hits)
        covered = {n for hit in hits for n in range(hit.start, hit.end)}
        for run in _runs(folded.words, covered, names):
            found.update(_grams(run, everyday))
    return found, is_silent


def _names(work: Work) -> Iterator[str]:
    yield from (creator.name for creator in work.creators)
    yield from filter(None, (work.publisher, work.container, work.place))


def _runs(said: Sequence[str], covered: set[int], names: set[str]) -> Iterator[list[str]]:
    """Part words into runs that no cue covers, no number breaks and no name stands in."""
    run: list[str] = []
    for n, word in enumerate(said):
        if n in covered or word in names or not word.isalpha():
            yield run
            run = []
        else:
            run.append(word)
    yield run


def _grams(run: Sequence[str], everyday: frozenset[str]) -> Iterator[str]:
    for start in range(len(run)):
        for end in range(start + 1, min(start + LONGEST, len(run)) + 1):
            gram = run[start:end]
            if gram[0] in everyday or gram[-1] in everyday or (len(gram) == 1 and len(gram[0]) < SHORTEST):
                continue
            yield " ".join(gram)


def _worst(used: Mapping[str, _Use], common: int, most: int) -> tuple[Term, ...]:
    frequent = {
        term: use
        for term, use in used.items()
        if FEWEST_WORKS[term.count(" ")] <= len(use.works) <= common and len(use.publishers) >= FEWEST_PUBLISHERS
    }
    inner = set(_stand_for(frequent))
    ranked = sorted(
        (term for term in frequent if term not in inner),
        key=lambda term: (-_weight(term, frequent[term]), term),
    )
    return tuple(
        Term(term, tuple(frequent[term].works), len(frequent[term].publishers), frequent[term].silent)
        for term in ranked[:most]
    )


def _weight(term: str, use: _Use) -> int:
    """Say how much a gap matters: a phrase says more than a word, and most of all where no topic is found."""
    return len(use.works) * min(2, len(term.split())) + 2 * use.silent


def _stand_for(frequent: Mapping[str, _Use]) -> Iterable[str]:
    """Name the terms for which a longer one stands that nearly as many works say."""
    for term, use in frequent.items():
        parts = term.split()
        for shorter in (" ".join(parts[:-1]), " ".join(parts[1:]), *(a for pair in pairwise(parts) for a in pair)):
            held = frequent.get(shorter)
            if held and shorter != term and len(use.works) >= SAME * len(held.works):
                yield shorter
