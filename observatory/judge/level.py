"""Whom a work speaks for or rules over: the Union, the EHEA, a state, a part of one, an institution, a sector, the world. Pure.

Who issues a policy says most, so the publisher's name weighs more there than words of the text. A university that publishes
research or joins a project says nothing: a thesis on a country's youth is no rule of its university. Where no word tells, the
places do that the work is about.
"""

from __future__ import annotations

from collections.abc import Collection

from observatory.judge.lexicon import Hit
from observatory.judge.reading import Reading, Zone
from observatory.judge.tags import Answer, ask
from observatory.model import EntryKind, Level, Reason, Source

LEAST = 1.2  # the places alone don't reach it: a source's default comes first
PLACES = 1.1  # what the places add: less than one sure word
ISSUER = 2.0  # how often the name of a policy's publisher counts
MANY = 3  # countries
REGION = 1.5  # a part of a country named by a policy
_OF_MANY = (EntryKind.ARTICLE, EntryKind.CHAPTER, EntryKind.BOOK, EntryKind.THESIS, EntryKind.REPORT, EntryKind.PROJECT)
_ISSUED = (EntryKind.POLICY, EntryKind.POSITION, EntryKind.STANDARD)
_UNIONS = {"EU": Level.EU, "EHEA": Level.EHEA, "INT": Level.GLOBAL}


def level_of(
    reading: Reading, kind: EntryKind, places: Collection[str], source: Source
) -> tuple[Level | None, tuple[Reason, ...]]:
    """Say whom a work speaks for, and why; a source's default comes before what only the places say."""

    def counts(zone: Zone, hit: Hit) -> bool:
        return zone in reading.prose or kind not in _OF_MANY or hit.cue.value != Level.INSTITUTION

    by_places = _of_places(places)
    prior = {by_places.value: PLACES} if by_places else {}
    if kind is EntryKind.POLICY and any(True for _ in reading.of("region", reading.title, reading.publisher)):
        prior[Level.REGIONAL.value] = REGION
    answer = ask(reading, "level", prior, publisher=ISSUER if kind in _ISSUED else 1.0, counts=counts)
    if best := answer.best(LEAST):
        return Level(best), (_reason(answer, best),)
    if default := source.defaults.level:
        return default, (Reason("level", f"default of {source.name}"),)
    return (by_places, (_reason(answer, by_places.value),)) if by_places else (None, ())


def _of_places(places: Collection[str]) -> Level | None:
    """Say what the places say: a country or two are national matters, many are not; a union counts where none is named."""
    nations = [code for code in places if code not in _UNIONS]
    if len(nations) >= MANY:
        return Level.EU if "EU" in places else Level.GLOBAL
    if nations:
        return Level.NATIONAL
    return next((level for code, level in _UNIONS.items() if code in places), None)


def _reason(answer: Answer, best: str) -> Reason:
    return answer.reason("level", best, "the places that it is about")
