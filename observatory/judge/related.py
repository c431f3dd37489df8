"""Which entries are near to one another, and why. A pure pairwise score: others never change it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from observatory import text
from observatory.model import Entry

MOST = 6  # shown with an entry
LEAST = 3.0  # one shared topic alone is no kinship


def related(entries: Sequence[Entry], most: int = MOST) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Find the nearest entries of each: id → (id, reason), nearest first. Only entries that share something are compared."""
    traits = {entry.id: traits_of(entry) for entry in entries}
    holders: dict[str, list[str]] = defaultdict(list)
    for entry_id in sorted(traits):
        for trait in traits[entry_id]:
            holders[trait].append(entry_id)
    return {entry_id: _nearest(entry_id, traits, holders, most) for entry_id in sorted(traits)}


def _nearest(
    entry_id: str, traits: Mapping[str, Mapping[str, float]], holders: Mapping[str, list[str]], most: int
) -> tuple[tuple[str, str], ...]:
    scores: dict[str, float] = defaultdict(float)
    for trait, weight in traits[entry_id].items():
        for other in holders[trait]:
            scores[other] += weight
    scores.pop(entry_id, None)
    near = sorted((-score, other) for other, score in scores.items() if score >= LEAST)[:most]
    return tuple((other, reason(traits[entry_id], traits[other])) for _score, other in near)


def traits_of(entry: Entry) -> Mapping[str, float]:
    """Give what an entry can share with others, with its weight."""
    work = entry.work
    traits = {f"topic:{topic}": 1.0 for topic in work.topics}
    traits |= {f"country:{code}": 1.0 for code in work.countries if code not in ("EU", "INT", "EHEA")}
    traits |= {f"by:{text.title_key(creator.name)}": 3.0 for creator in work.creators}
    return traits


def reason(one: Mapping[str, float], other: Mapping[str, float]) -> str:
    """Say in words what two have in common, the weightiest first."""
    shared: Iterable[str] = sorted(one.keys() & other.keys(), key=lambda trait: (-one[trait], trait))
    return ", ".join(trait.partition(":")[2] for trait in shared)
