"""Which entries are near to one another, and why. A pure score of pairs: what others exist never changes it.

Two entries are compared when they share something telling: an author, a relation, a journal's title or project, an uncommon
title word, or two topics in one country. So ten new entries change only their neighbours, and the cost stays near linear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from observatory import text
from observatory.model import Entry, Vocabulary

MOST = 6  # shown with an entry
LEAST = 3.0  # two topics alone are no kinship
UNIONS = frozenset({"EU", "EHEA", "INT"})
WEIGHT = {"work": 6.0, "author": 3.0, "word": 1.2, "pair": 0.4, "country": 1.0, "topic": 1.0, "publisher": 0.5}
# Traits by which entries meet at all; topics, countries and publishers only add to the score of those that met.
MEETING = ("work", "author", "word", "pair")
MEET = 1.6  # what they must share of those: an author, two words, or a word and two topics in one country
SHORTEST, MOST_WORDS = 7, 8  # letters of a telling title word; words taken of a title
# Words of half the titles on education; those of the subject come from the vocabulary.
# fmt: off
_COMMON = frozenset({
    "education", "educational", "learning",
    "learners", "european", "approach", "university", "universities", "institutions", "quality", "assurance",
    "recognition", "framework", "frameworks", "national", "development", "digital", "lifelong", "training",
    "implementation", "qualification", "qualifications", "vocational", "students", "through", "towards",
    "between", "research", "analysis", "perspective", "perspectives", "challenges", "opportunities",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Near:
    """What is known of an entry: its digest, what it can share with others, its nearest as (id, score, reason)."""

    digest: str
    traits: tuple[str, ...]
    nearest: tuple[tuple[str, float, str], ...]


def words_of(vocabulary: Vocabulary) -> frozenset[str]:
    """Give the words of the subject itself, which stand in all titles and so are no sign of kinship."""
    said = (*vocabulary.asked, *vocabulary.asked_further, *vocabulary.common)
    return frozenset(word for each in said for word in text.title_key(each).split())


def related(entries: Sequence[Entry], most: int = MOST) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Find the nearest entries of each: id → (id, reason), nearest first; entries without neighbours are left out."""
    found = neighbours(entries, {}, {}, most)
    return {
        key: tuple((other, said) for other, _score, said in near.nearest) for key, near in found.items() if near.nearest
    }


Nearest = tuple[tuple[str, float, str], ...]  # id, score, reason
Each = Callable[[Callable[[str], Nearest], Sequence[str]], Iterable[tuple[str, Nearest]]]


def _each(work: Callable[[str], Nearest], ids: Sequence[str]) -> Iterable[tuple[str, Nearest]]:
    return ((entry_id, work(entry_id)) for entry_id in ids)


def neighbours(
    entries: Sequence[Entry],
    digests: Mapping[str, str],
    before: Mapping[str, Near],
    most: int = MOST,
    common: frozenset[str] = frozenset(),
    each: Each = _each,
) -> Mapping[str, Near]:
    """Find what is near to each entry. What was found `before` of an entry with the same digest is built upon.
    `common`: words of the subject, which tell nothing. `each` asks for the nearest of many entries, in any order.

    Equal to finding all anew: the score of a pair depends on these two alone, so a new entry only takes its place among the
    nearest of those that it meets. Whoever was near to one that changed or went is looked at anew.
    """
    kept = {e.id: before[e.id] for e in entries if e.id in before and before[e.id].digest == digests.get(e.id)}
    traits = _Weighed(kept)
    fresh = [e.id for e in entries if e.id not in kept]
    traits.update({e.id: dict(_traits(e, common)) for e in entries if e.id not in kept})
    anew = [i for i, near in kept.items() if any(other not in kept for other, _score, _said in near.nearest)]
    holders = _holders({**{i: near.traits for i, near in kept.items()}, **traits}, traits, [*fresh, *anew])
    found = dict(kept)
    for entry_id in anew:
        found[entry_id] = replace(kept[entry_id], nearest=_nearest(entry_id, traits, holders, most))
    for entry_id, nearest in each(lambda i: _nearest(i, traits, holders, most), fresh):
        found[entry_id] = Near(digests.get(entry_id, ""), tuple(traits[entry_id]), nearest)
        if kept:
            for other in _met(entry_id, traits, holders):
                if other in kept:
                    found[other] = _with(found[other], traits[other], (entry_id, traits[entry_id]), most)
    return {entry_id: found[entry_id] for entry_id in sorted(found)}


class _Weighed(dict[str, dict[str, float]]):
    """Traits with their weights, by entry; those of the kept are weighed when asked for, and most never are."""

    def __init__(self, kept: Mapping[str, Near]) -> None:
        self._kept = kept

    def __missing__(self, entry_id: str) -> dict[str, float]:
        self[entry_id] = {trait: WEIGHT[trait.partition(":")[0]] for trait in self._kept[entry_id].traits}
        return self[entry_id]


def _holders(all_: Mapping[str, Iterable[str]], traits: _Weighed, asked: Iterable[str]) -> Mapping[str, list[str]]:
    """Say of each trait that makes the asked ones meet others which entries have it."""
    wanted = {trait for entry_id in asked for trait in traits[entry_id] if trait.partition(":")[0] in MEETING}
    holders: dict[str, list[str]] = defaultdict(list)
    for entry_id in sorted(all_) if wanted else ():
        for trait in wanted.intersection(all_[entry_id]):
            holders[trait].append(entry_id)
    return holders


def score(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Add up what two have in common."""
    return sum([weight for trait, weight in one.items() if trait in other])


def _met(entry_id: str, traits: _Weighed, holders: Mapping[str, list[str]]) -> list[str]:
    """Find those that share enough with an entry to be compared with it."""
    met: dict[str, float] = defaultdict(float)
    for trait, weight in traits[entry_id].items():
        for other in holders.get(trait, ()):
            met[other] += weight
    met.pop(entry_id, None)
    return [other for other, shared in met.items() if shared >= MEET]


def _nearest(entry_id: str, traits: _Weighed, holders: Mapping[str, list[str]], most: int) -> Nearest:
    own = traits[entry_id]
    close = ((score(own, traits[other]), other) for other in _met(entry_id, traits, holders))
    scored = sorted((-total, other) for total, other in close if total >= LEAST)
    return tuple((other, -total, reason(own, traits[other])) for total, other in scored[:most])


def _with(near: Near, own: Mapping[str, float], another: tuple[str, Mapping[str, float]], most: int) -> Near:
    """Let another take its place among the nearest, if it is near enough."""
    other, its = another
    total = score(own, its)
    if total < LEAST or other in {known for known, _score, _said in near.nearest}:
        return near
    if len(near.nearest) >= most and (-total, other) > (-near.nearest[-1][1], near.nearest[-1][0]):
        return near
    placed = sorted((*near.nearest, (other, total, reason(own, its))), key=lambda one: (-one[1], one[0]))
    return replace(near, nearest=tuple(placed[:most]))


def _traits(entry: Entry, common: frozenset[str]) -> Iterator[tuple[str, float]]:
    """Give what an entry can share with others, with its weight."""
    work = entry.work
    countries = [code for code in work.countries if code not in UNIONS]
    yield f"work:{entry.id}", WEIGHT["work"]
    for relation in work.relations:
        yield f"work:{relation.target}", WEIGHT["work"]
    for creator in work.creators[:30]:
        yield f"author:{text.title_key(creator.name)}", WEIGHT["author"]
    for word in _telling(work.title_en or work.title, common):
        yield f"word:{word}", WEIGHT["word"]
    for topic in work.topics:
        yield f"topic:{topic}", WEIGHT["topic"]
    for code in countries:
        yield f"country:{code}", WEIGHT["country"]
        for n, one in enumerate(sorted(work.topics)):
            for other in sorted(work.topics)[n + 1 :]:
                yield f"pair:{code} {one} {other}", WEIGHT["pair"]
    if work.publisher:
        yield f"publisher:{text.title_key(work.publisher)}", WEIGHT["publisher"]


def _telling(title: str, common: frozenset[str]) -> list[str]:
    words = [word for word in dict.fromkeys(text.title_key(title).split()) if len(word) >= SHORTEST]
    return [word for word in words if word not in _COMMON and word not in common and not word.isdigit()][:MOST_WORDS]


_SAID = ("work", "author", "word", "topic", "country")  # what is told to readers
_MOST_SAID = 3  # of each


def reason(one: Mapping[str, float], other: Mapping[str, float]) -> str:
    """Give what two have in common, the weightiest first, in no language: lines of `author:anna gover`, `topic:learners`."""
    shared: dict[str, list[str]] = defaultdict(list)
    for trait in sorted(one.keys() & other.keys(), key=lambda trait: (-one[trait], trait)):
        shared[trait.partition(":")[0]].append(trait)
    return "\n".join(trait for name, traits in shared.items() if name in _SAID for trait in traits[:_MOST_SAID])
