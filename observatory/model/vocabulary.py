"""What judging knows from `judge/vocabulary/`: topics, cues, places, and what was measured of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the vocabulary; `group` is one of the five."""

    id: str
    label: str
    definition: str
    group: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of judge/vocabulary/ that count for something.

    `about` is the question (`core`, `topic`, `kind`, `place` …), `value` the answer that they speak for, `words` a phrase
    whose `*` leaves a word open, `where` the only part of a record in which they count ("" for all).
    """

    about: str
    value: str
    words: str
    weight: float = 1.0
    where: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """How well the rules did on labelled records, in percent (relevance, sections, F1 of tags), and on labelled pairs."""

    records: int
    precision: int
    recall: int
    sections: int
    countries: int
    topics: int
    pairs: int
    false_merges: int
    missed: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What the rules were measured to do: on records that were at hand when they were written, and on others kept apart."""

    known: Figures
    apart: Figures


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """All that the rules know of words; one object is loaded and lives as long as its configuration.

    `everyday` words tell nothing about a text, in whichever language: they are never named as gaps of the vocabulary. `asked`
    is what services are searched for, spelled as people write it, and `asked_further` what is added where long questions are
    taken. `told` are sentences for readers on what is taken in and what is left out. `common` words stand in
    so many titles on the subject that two works are not related by them. `calls` are words by which
    a title tells of a deadline or call rather than of an event.
    """

    topics: tuple[Topic, ...]
    cues: tuple[Cue, ...] = ()
    measured: Measured | None = None
    everyday: frozenset[str] = frozenset()
    asked: tuple[str, ...] = ()
    asked_further: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    common: frozenset[str] = frozenset()
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A country or jurisdiction by its code; `note` marks what is usually marked (suspended, designation)."""

    code: str
    name: str
    note: str = ""
    slug: str = ""
    parent: str | None = None  # IE for nothing, BE for BE-VLG
