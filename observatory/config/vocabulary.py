"""judge/vocabulary/*.yaml → Vocabulary. Every mistake at once, with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from observatory.errors import ConfigError, Flaw
from observatory.model import (
    Cue,
    EntryKind,
    EvidenceType,
    Figures,
    Instrument,
    Level,
    Measured,
    Stage,
    StepKind,
    Topic,
    Vocabulary,
)
from observatory.yamltext import Marked, load
from spiders._checked import nearest

# Questions that words can speak to; those with a closed list of answers name it.
ABOUT: Mapping[str, type[StrEnum] | None] = {
    "core": None,
    "near": None,
    "companion": None,
    "friend": None,
    "advert": None,
    "passing": None,
    "kind": EntryKind,
    "level": Level,
    "instrument": Instrument,
    "stage": Stage,
    "denial": None,
    "evidence": EvidenceType,
    "official": None,
    "place": None,
    "region": None,
    "step": StepKind,
    "act": None,
    "everyday": None,
    "asked": None,
    "told": None,
    "common": None,
    "calls": None,
}
PLAIN = frozenset({"everyday", "asked", "told", "common", "calls"})  # taken as they stand, never looked for in texts
MOST_ASKED = 12  # terms: services refuse longer questions
ZONES = ("", "title", "lead", "url", "publisher")
_KEYS = ("value", "words", "weight", "where", "note")
_TOPIC_KEYS = ("id", "label", "definition", "group")
_WORD_KEYS = ("words", "hints", "publishers")
_FIGURES = tuple(Figures.__dataclass_fields__)
# What a topic's words weigh by the key that holds them, and where they count ("" is: everywhere in prose).
_TOPIC_WORDS = {"words": (1.0, ""), "hints": (0.5, ""), "publishers": (0.7, "publisher")}


SUBJECT = frozenset({"terms.yaml", "topics.yaml"})  # what makes a vocabulary one of its subject
MEASURED = "measured.yaml"


def vocabulary_files(folder: Path, own: Path | None = None) -> list[Path]:
    """List a vocabulary's files: one of an observatory's `own` folder stands in place of the program's of that name.

    How well the rules do was measured with the program's own words: of other ones nothing is said.
    """
    files = {path.name: path for path in folder.glob("*.yaml")}
    others = {path.name: path for path in own.glob("*.yaml")} if own else {}
    if SUBJECT & others.keys():
        files.pop(MEASURED, None)
    return [path for _name, path in sorted((files | others).items())]


def load_vocabulary(folder: Path, own: Path | None = None) -> Vocabulary:
    """Load the rules' words, an observatory's own in place of the program's. ConfigError with every flaw in all files."""
    return _read(folder, tuple((path.name, path.read_bytes()) for path in vocabulary_files(folder, own)))


@lru_cache(maxsize=4)  # a preview reads two folders, a daemon its own again and again: the words are mostly the same
def _read(folder: Path, files: tuple[tuple[str, bytes], ...]) -> Vocabulary:
    """Read files, told by name and bytes."""
    reading = _Reading([], [], [], [])
    for name, body in files:
        try:
            reading.file(load(body, name))
        except ConfigError as error:
            reading.flaws.extend(error.flaws)
    if not reading.topics and not reading.flaws:
        reading.flaws.append(Flaw(str(folder), 0, "topics", "no topics; topics.yaml lists them"))
    if reading.flaws:
        raise ConfigError(reading.flaws)
    return Vocabulary(
        tuple(reading.topics),
        tuple(cue for cue in reading.cues if cue.about not in PLAIN),
        next(iter(reading.measured), None),
        frozenset(reading.plain("everyday")),
        *_asked(reading),
        told=reading.plain("told"),
        common=frozenset(reading.plain("common")),
        calls=reading.plain("calls"),
    )


def _asked(reading: _Reading) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give what services are asked for; where a vocabulary says nothing of it, its core terms are."""
    main, further = reading.plain("asked", "main"), reading.plain("asked")
    core = (cue.words.replace("*", "").strip("- ") for cue in reading.cues if cue.about == "core")
    return (main, further) if main or further else (tuple(dict.fromkeys(core))[:MOST_ASKED], ())


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read of the files so far."""

    topics: list[Topic]
    cues: list[Cue]
    measured: list[Measured]
    flaws: list[Flaw]

    def plain(self, about: str, value: str = "") -> tuple[str, ...]:
        """Give the words of a list that are taken as they stand."""
        return tuple(cue.words for cue in self.cues if (cue.about, cue.value) == (about, value))

    def file(self, marked: Marked) -> None:
        if not isinstance(marked.data, dict):
            self.flaws.append(marked.flaw("should hold lists such as core: and topics:"))
            return
        for about, items in marked.data.items():
            if about == "measured":
                self._measured(marked, items)
            elif about != "topics" and about not in ABOUT:
                self.flaws.append(marked.flaw(f"no such list{nearest(about, (*ABOUT, 'topics'))}", about))
            elif not isinstance(items, list):
                self.flaws.append(marked.flaw("should be a list", about))
            else:
                for number, item in enumerate(items):
                    self._item(marked, about, number, item)

    def _measured(self, marked: Marked, items: object) -> None:
        found = {
            name: Figures(**figures)
            for name, figures in (items.items() if isinstance(items, dict) else ())
            if isinstance(figures, dict)
            and figures.keys() == set(_FIGURES)
            and all(isinstance(number, int) for number in figures.values())
        }
        if found.keys() == {"known", "apart"}:
            self.measured.append(Measured(**found))
        else:
            flaw = f"should hold known: and apart:, each with whole numbers: {', '.join(_FIGURES)}"
            self.flaws.append(marked.flaw(flaw, "measured"))

    def _item(self, marked: Marked, about: str, number: int, item: object) -> None:
        if not isinstance(item, dict):
            self.flaws.append(marked.flaw("should hold keys such as words:", about, number))
            return
        flaws = list(_flaws_of_item(marked, about, number, item))
        self.flaws.extend(flaws)
        if flaws:
            return
        if about == "topics":
            self.topics.append(Topic(item["id"], item["label"], item["definition"], item["group"]))
        value = str(item.get("id") or item.get("value") or "")
        weight, where = float(item.get("weight", 1)), str(item.get("where", ""))
        if about == "topics":
            for key, (weighs, counts) in _TOPIC_WORDS.items():
                self.cues.extend(Cue("topic", value, words, weighs, counts) for words in item.get(key, ()))
        else:
            self.cues.extend(Cue(about, value, words, weight, where) for words in item["words"])


def _flaws_of_item(marked: Marked, about: str, number: int, item: Mapping[str, object]) -> Iterator[Flaw]:
    keys = (*_TOPIC_KEYS, *_WORD_KEYS) if about == "topics" else _KEYS
    for key in item.keys() - set(keys):
        yield marked.flaw(f"no such key{nearest(key, keys)}", about, number, key)
    for key in _TOPIC_KEYS if about == "topics" else ():
        if not isinstance(item.get(key), str) or not item[key]:
            yield marked.flaw(f"needs {key}: a few words", about, number, key)
    for key in ("words", *(key for key in _WORD_KEYS[1:] if about == "topics" and key in item)):
        yield from _flaws_of_words(marked, about, number, key, item.get(key))
    if not isinstance(item.get("weight", 1), int | float) or isinstance(item.get("weight"), bool):
        yield marked.flaw("should be a number", about, number, "weight")
    if item.get("where", "") not in ZONES:
        yield marked.flaw(f"should be one of {', '.join(ZONES[1:])}", about, number, "where")
    closed = ABOUT.get(about)
    if closed and item.get("value") not in [v.value for v in closed]:
        yield marked.flaw(
            f"no such {about}: {item.get('value')!r}{nearest(str(item.get('value')), list(closed))}",
            about,
            number,
            "value",
        )


def _flaws_of_words(marked: Marked, about: str, number: int, key: str, words: object) -> Iterator[Flaw]:
    if not isinstance(words, Sequence) or isinstance(words, str) or not words:
        yield marked.flaw(f"needs {key}: a list of words and phrases", about, number, key)
        return
    for place, word in enumerate(words):
        if not isinstance(word, str) or not word.strip(" *"):
            yield marked.flaw("should be words; quote numbers, and true or false", about, number, key, place)
