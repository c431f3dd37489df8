"""Which entries are near to one another, and why. A pure score of pairs: what others exist never changes it.

Two entries are compared when they share something telling: an author, a relation, a journal's title or project, an uncommon
title word, or two topics in one country. So ten new entries change only their neighbours, and the cost stays near linear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from observatory import text
from observatory.model import Entry

MOST = 6  # shown with an entry
LEAST = 3.0  # two topics alone are no kinship
UNIONS = frozenset({"EU", "EHEA", "INT"})
WEIGHT = {"work": 6.0, "author": 3.0, "word": 1.2, "pair": 0.4, "country": 1.0, "topic": 1.0, "publisher": 0.5}
# Traits by which entries meet at all; topics, countries and publishers only add to the score of those that met.
MEETING = ("work", "author", "word", "pair")
MEET = 1.6  # what they must share of those: an author, two words, or a word and two topics in one country
SHORTEST, MOST_WORDS = 7, 8  # letters of a telling title word; words taken of a title
# Words of half the titles in the field.
# fmt: off
_COMMON = frozenset({
    "microcredential", "microcredentials", "credential", "credentials", "education", "educational", "learning",
    "learners", "european", "approach", "university", "universities", "institutions", "quality", "assurance",
    "recognition", "framework", "frameworks", "national", "development", "digital", "lifelong", "training",
    "implementation", "qualification", "qualifications", "vocational", "students", "through", "towards",
    "between", "research", "analysis", "perspective", "perspectives", "challenges", "opportunities",
})
# fmt: on


def related(entries: Sequence[Entry], most: int = MOST) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Find the nearest entries of each: id → (id, reason), nearest first; entries without neighbours are left out."""
    traits = {entry.id: dict(_traits(entry)) for entry in entries}
    holders: dict[str, list[str]] = defaultdict(list)
    for entry_id in sorted(traits):
        for trait in traits[entry_id]:
            if trait.partition(":")[0] in MEETING:
                holders[trait].append(entry_id)
    found = ((entry_id, _nearest(entry_id, traits, holders, most)) for entry_id in sorted(traits))
    return {entry_id: near for entry_id, near in found if near}


def score(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Add up what two have in common."""
    return sum(weight for trait, weight in one.items() if trait in other)


def _nearest(
    entry_id: str, traits: Mapping[str, Mapping[str, float]], holders: Mapping[str, list[str]], most: int
) -> tuple[tuple[str, str], ...]:
    own = traits[entry_id]
    met: dict[str, float] = defaultdict(float)
    for trait, weight in own.items():
        for other in holders.get(trait, ()):
            met[other] += weight
    met.pop(entry_id, None)
    close = [other for other, shared in met.items() if shared >= MEET]
    scored = sorted((-total, other) for other in close if (total := score(own, traits[other])) >= LEAST)
    return tuple((other, reason(own, traits[other])) for _total, other in scored[:most])


def _traits(entry: Entry) -> Iterator[tuple[str, float]]:
    """Give what an entry can share with others, with its weight."""
    work = entry.work
    countries = [code for code in work.countries if code not in UNIONS]
    yield f"work:{entry.id}", WEIGHT["work"]
    for relation in work.relations:
        yield f"work:{relation.target}", WEIGHT["work"]
    for creator in work.creators[:30]:
        yield f"author:{text.title_key(creator.name)}", WEIGHT["author"]
    for word in _telling(work.title_en or work.title):
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


def _telling(title: str) -> list[str]:
    words = dict.fromkeys(text.title_key(title).split())
    return [word for word in words if len(word) >= SHORTEST and word not in _COMMON and not word.isdigit()][:MOST_WORDS]


_SAID = {"work": "linked", "author": "same author", "word": "in the title", "topic": "topic", "country": "country"}


def reason(one: Mapping[str, float], other: Mapping[str, float]) -> str:
    """Say in words what two have in common, the weightiest first."""
    shared: dict[str, list[str]] = defaultdict(list)
    for trait in sorted(one.keys() & other.keys(), key=lambda trait: (-one[trait], trait)):
        name, _, value = trait.partition(":")
        if name in _SAID:
            shared[name].append(value)
    return "; ".join(
        _SAID[name] if name == "work" else f"{_SAID[name]}: {', '.join(shared[name][:3])}" for name in shared
    )
