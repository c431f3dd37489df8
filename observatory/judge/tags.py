"""Kind, level, instrument, stage, evidence, topics: each the answer that the most words speak for. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from observatory.judge.lexicon import Hit
from observatory.judge.reading import Reading, Zone
from observatory.model import Reason

# What a cue adds by where it stands.
TITLE = 2.0
WEIGHT = {"lead": 1.0, "url": 1.0, "publisher": 1.0, "body": 0.1}
BEGINNING = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What words say to one question: the answers with their scores, best first, and what speaks for each."""

    scores: Mapping[str, float]
    shown: Mapping[str, tuple[str, ...]]

    def best(self, least: float = 0.0) -> str | None:
        """Give the answer with the highest score, if it has at least so much."""
        return next((value for value, score in self.scores.items() if score >= max(least, 0.01)), None)

    def reason(self, about: str, value: str, otherwise: str = "") -> Reason:
        """Say why an answer was given; `otherwise` where no word speaks for it."""
        said = ", ".join(self.shown.get(value, ())[:3]) or otherwise
        return Reason(about, said, round(self.scores.get(value, 0.0), 1))


def ask(
    reading: Reading,
    about: str,
    prior: Mapping[str, float] | None = None,
    title: float = TITLE,
    early: float = 1.0,
    publisher: float = WEIGHT["publisher"],
    counts: Callable[[Zone, Hit], bool] | None = None,
) -> Answer:
    """Add up what the words of a work say to a question.

    Each cue counts once a zone: `title` times in the title, `early` times at the beginning of the lead, `publisher` times in
    the publisher's name. `counts` says whether a cue counts where it stands; all do unless it is given.
    """
    scores: dict[str, float] = defaultdict(float)
    shown: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for value, weight in (prior or {}).items():
        scores[value] += weight
    times = {**WEIGHT, "title": title, "publisher": publisher}
    for zone in reading.all:
        hits = [hit for hit in zone.of(about) if counts is None or counts(zone, hit)]
        for value, weight, said in _of_zone(zone, hits, early) if hits else ():
            added = weight * times[zone.name]
            scores[value] += added
            shown[value].append((-added, said))
    ordered = dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))
    return Answer(ordered, {value: tuple(said for _weight, said in sorted(found)) for value, found in shown.items()})


def _of_zone(zone: Zone, said: Iterable[Hit], early: float) -> list[tuple[str, float, str]]:
    """Give (value, weight, words) of the hits of a zone; of overlapping ones for one value the heaviest."""
    found: list[tuple[str, float, str]] = []
    taken: set[tuple[str, int]] = set()
    hits = sorted(said, key=lambda hit: (-hit.cue.weight, hit.start - hit.end, hit.start, hit.cue.value))
    seen: set[tuple[str, str]] = set()
    for hit in hits:
        if (hit.cue.value, hit.cue.words) in seen:
            continue
        places = {(hit.cue.value, n) for n in range(hit.start, max(hit.end, hit.start + 1))}
        if places & taken:
            continue
        taken |= places
        seen.add((hit.cue.value, hit.cue.words))
        times = early if zone.name == "lead" and hit.start < BEGINNING else 1.0
        found.append((hit.cue.value, hit.cue.weight * times, zone.said(hit)))
    return found
