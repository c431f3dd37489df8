"""What editors recommend: `curation/picks.yaml` → Picks, in the order of the file. Judges nothing.

A broken file leaves its last valid form in force, kept beside the catalogue as JSON; its flaws are named.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from pathlib import Path

from observatory import text, yamltext
from observatory.catalogue import codec
from observatory.errors import ConfigError, Flaw, StorageError
from observatory.files import write_whole
from observatory.model import PartialDate, Pick
from observatory.yamltext import Marked

log = logging.getLogger(__name__)

FILE = "curation/picks.yaml"
HOME = "home"  # what the home page recommends; all else under `start_here` is a topic
MOST_WHY = 300  # characters: a sentence, at most two
_KEYS = ("entry", "why", "by", "when")
_LISTS = ("start_here", "good_reads")


def load(root: Path, topics: Collection[str]) -> tuple[Pick, ...]:
    """Read all picks; none when there is no such file. ConfigError with every flaw, each with its line."""
    try:
        body = (root / FILE).read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ConfigError([Flaw(FILE, 0, "", f"can't be read: {error.strerror}")]) from error
    reader = _Reader(yamltext.load(body, FILE), topics)
    found = tuple(reader.picks())
    if reader.flaws:
        raise ConfigError(reader.flaws)
    return found


def load_kept(root: Path, data: Path, topics: Collection[str]) -> tuple[Pick, ...]:
    """Read them; when the file is broken, its last valid form, which is kept in the data folder, stays in force."""
    kept = data / "picks.json"
    try:
        found = load(root, topics)
    except ConfigError as error:
        for flaw in error.flaws:
            log.warning("picks flaw=%s (the last valid form of that file stays in force)", flaw)
        return _kept(kept)
    body = "".join(codec.dumps(each) + "\n" for each in found)
    try:
        if (found or kept.exists()) and (not kept.exists() or kept.read_text("utf-8") != body):
            write_whole(kept, body.encode(), "picks-kept")
    except OSError as error:
        raise StorageError(f"can't write {kept}: {error.strerror}") from error
    return found


def _kept(path: Path) -> tuple[Pick, ...]:
    try:
        return tuple(codec.loads(Pick, line) for line in path.read_text("utf-8").splitlines())
    except (OSError, ValueError, KeyError, TypeError):
        return ()


class _Reader:
    """Reads the lists of the file, and notes all that is wrong with them."""

    def __init__(self, marked: Marked, topics: Collection[str]) -> None:
        self.flaws: list[Flaw] = []
        self._marked, self._topics = marked, topics

    def picks(self) -> Iterator[Pick]:
        data = self._marked.data
        if data is None:
            return
        if not isinstance(data, dict):
            self._flaw("must hold `start_here:` (by topic) and `good_reads:` (by year)")
            return
        for key, lists in data.items():
            if key not in _LISTS:
                self._flaw(f"no such key{_nearest(key, _LISTS)}", key)
            elif lists is not None and not isinstance(lists, dict):
                self._flaw("must hold lists by topic" if key == "start_here" else "must hold lists by year", key)
            for name, rows in (lists or {}).items() if key in _LISTS and isinstance(lists, dict) else ():
                yield from self._list(key, str(name), rows)

    def _list(self, key: str, name: str, rows: object) -> Iterator[Pick]:
        topic, year = (name, None) if key == "start_here" else ("", name)
        if topic and topic not in (HOME, *self._topics):
            self._flaw(f"no such topic: {topic!r}{_nearest(topic, (HOME, *self._topics))}", key, name)
        if year and not re.fullmatch(r"20\d\d", year):
            self._flaw(f"a year is needed, such as 2026: {year!r}", key, name)
            return
        if not isinstance(rows, list):
            self._flaw("must be a list of picks, each `- {entry: …, why: …, by: …, when: …}`", key, name)
            return
        seen: set[str] = set()
        for number, row in enumerate(rows):
            if pick := self._pick(row, topic, int(year) if year else None, key, name, number):
                if pick.entry in seen:
                    self._flaw(f"{pick.entry!r} stands in this list already", key, name, number)
                seen.add(pick.entry)
                yield pick

    def _pick(self, row: object, topic: str, year: int | None, *place: str | int) -> Pick | None:
        if not isinstance(row, dict):
            self._flaw("must be a pick such as {entry: …, why: …, by: …, when: …}", *place)
            return None
        before = len(self.flaws)
        for key in row.keys() - set(_KEYS):
            self._flaw(f"no such key{_nearest(key, _KEYS)}", *place, str(key))
        said = {key: text.clean(str(row.get(key) or "")) for key in _KEYS}
        for key in ("entry", "why", "by"):
            if not said[key] or isinstance(row.get(key), dict | list | bool):
                told = {"entry": "an entry's id is needed", "why": "say in a sentence why", "by": "sign it"}[key]
                self._flaw(told, *place, key)
        if len(said["why"]) > MOST_WHY:
            self._flaw(f"{len(said['why'])} characters; a sentence has at most {MOST_WHY}", *place, "why")
        when = self._when(said["when"], *place, "when")
        if len(self.flaws) > before or when is None:
            return None
        line = self._marked.line(*place)
        return Pick(entry=said["entry"], why=said["why"], by=said["by"], when=when, topic=topic, year=year, line=line)

    def _when(self, said: str, *place: str | int) -> PartialDate | None:
        try:
            when = PartialDate.parse(said)
        except ValueError:
            when = None
        if when is None or not when.day:
            self._flaw("the day of picking is needed, such as 2026-11-23", *place)
            return None
        return when

    def _flaw(self, message: str, *path: str | int) -> None:
        self.flaws.append(self._marked.flaw(message, *path))


def _nearest(given: object, known: Collection[str]) -> str:
    near = get_close_matches(str(given), known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; one of {', '.join(known)}" if len(known) < 6 else ""
