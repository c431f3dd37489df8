"""Curators' decisions: `curation/decisions/<curator>.yaml` → Decisions, and one more added. Judges nothing.

A broken file leaves its last valid form in force, kept beside the catalogue as JSON; its flaws are named.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import get_args, get_type_hints

from observatory import text, yamltext
from observatory.catalogue import codec
from observatory.errors import ConfigError, Flaw, StorageError, UsageError
from observatory.files import write_whole
from observatory.model import Action, Decision, PartialDate, Stage, Work
from observatory.yamltext import Marked

CURATOR = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
TAGS = ("topics", "countries")
_NEEDS = {Action.MERGE: "into", Action.UNMERGE: "into", Action.TAG: "tag", Action.SET: "fields"}
_KEYS = ("entry", "action", "into", *TAGS, "fields", "when", "why")
STEP_KEYS = ("date", "stage", "what", "url", "quote", "snapshot")  # a decision keeps a step as these, parted by "|"
MOST_QUOTED = 15  # words of evidence
_COUNTRY = re.compile(r"[A-Z]{2}|EHEA|INT")
_ADDRESSES = ("url", "seen_at", "pdf_url")
# Work fields whose values aren't single words or lists of words, or that follow from others, can't be set so.
_NOT_SETTABLE = (
    "titles",
    "identifiers",
    "steps",
    "relations",
    "cited_by",
    "cited_by_on",
    "text",
    "summary_by",
    "note_on",
    "note_for",
)
_HINTS = {name: hint for name, hint in get_type_hints(Work).items() if name not in _NOT_SETTABLE}
SETTABLE = tuple(sorted(_HINTS))  # as words; `steps` come as records


def load(
    directory: Path, data: Path | None = None, topics: Collection[str] = ()
) -> tuple[tuple[Decision, ...], tuple[Flaw, ...]]:
    """Read all decisions, sorted by file and line, and the flaws of the files that are broken.

    `data` is the folder that keeps the last valid form of each file; `topics` are the known ones (or all).
    """
    decisions: list[Decision] = []
    flaws: list[Flaw] = []
    paths = sorted(directory.glob("*.yaml"))
    for path in paths:
        kept = data / "decisions" / f"{path.stem}.json" if data else None
        try:
            read = _read(path, topics)
        except ConfigError as error:
            flaws += error.flaws
            decisions += _kept(kept)
            continue
        _keep(kept, read)
        decisions += read
    _forget(data, {path.stem for path in paths})
    return tuple(decisions), tuple(sorted(flaws))


def write(path: Path, decisions: Sequence[Decision], topics: Collection[str] = ()) -> None:
    """Append decisions to their curator's file, a line each; comments and order are kept, the former file stays as `…~`.

    UsageError when one of them is no valid decision, ConfigError when the file is broken, StorageError when it
    can't be written. Either all of them stand in the file, or the file is as it was.
    """
    for decision in decisions:
        check(decision, topics)
        if path.name != f"{decision.by}.yaml":
            raise UsageError(f"{decision.by!r} writes to {decision.by}.yaml, not to {path.name}")
    items = [as_item(decision) for decision in decisions]
    _change(path, lambda before: yamltext.append(before, items, one_line=True))


def take_back(path: Path, decisions: Sequence[Decision]) -> None:
    """Take decisions that were just written out of their curator's file again, as if they had never been made.

    UsageError, with nothing changed, when one of them stands there no more; ConfigError and StorageError as for `write`.
    """
    items = [as_item(decision) for decision in decisions]

    def without(text_: str) -> str:
        for item in items:
            present = yamltext.load(text_, shown(path)).data
            places = [n for n, each in enumerate(present) if each == item] if isinstance(present, list) else []
            if not places:
                raise UsageError(f"{shown(path)} was changed since: that decision stands there no more")
            text_ = yamltext.remove(text_, places[-1])
        return text_

    _change(path, without)


def cut(path: Path, is_meant: Callable[[str], bool]) -> None:
    """Take the decisions on what is meant, by id or address, out of a curator's file, and leave no copy of them behind."""

    def without(text_: str) -> str:
        present = yamltext.load(text_, shown(path)).data
        for number, item in reversed(list(enumerate(present if isinstance(present, list) else []))):
            if isinstance(item, dict) and any(is_meant(str(item[key])) for key in ("entry", "into") if item.get(key)):
                text_ = yamltext.remove(text_, number)
        return text_

    _change(path, without)
    path.with_name(path.name + "~").unlink(missing_ok=True)


def _change(path: Path, change: Callable[[str], str]) -> None:
    """Read a curator's file, change its text and write it whole, alone among all processes of this folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.parent):
            before = path.read_bytes() if path.exists() else b""
            yamltext.load(before, shown(path))
            after = change(yamltext.decoded(before, shown(path)))
            if before:
                write_whole(path.with_name(path.name + "~"), before, "decisions-backup")
            if after.strip():
                write_whole(path, after.encode(), "decisions")
            else:
                path.unlink()
    except OSError as error:
        raise StorageError(f"can't write {path}: {error.strerror}") from error


def check(decision: Decision, topics: Collection[str] = ()) -> None:
    """Raise UsageError when a decision is no valid one."""
    if not CURATOR.fullmatch(decision.by):
        raise UsageError(f"no name for a curator: {decision.by!r}; use lower-case letters, digits, dots, hyphens")
    item = as_item(decision)
    reader = _Reader(Marked([item], f"{decision.by}.yaml", {}), decision.by, topics)
    reader.decision(0, item)
    if reader.flaws:
        raise UsageError("; ".join(flaw.message for flaw in reader.flaws))


def is_list(name: str) -> bool:
    """Whether a field of a work holds several values."""
    return str(_HINTS.get(name)).startswith("tuple")


def as_item(decision: Decision) -> dict[str, object]:
    """Give a decision the form that it has in a file."""
    item: dict[str, object] = {"entry": decision.entry, "action": decision.action.value}
    if decision.into:
        item["into"] = decision.into
    if decision.action is Action.TAG:
        for name, values in decision.fields:
            tag = item.setdefault(name[1:], {})
            assert isinstance(tag, dict)
            tag["add" if name[0] == "+" else "remove"] = list(values)
    elif decision.fields:
        item["fields"] = _fields(decision)
    item["when"] = decision.when.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return item | ({"why": decision.why} if decision.why else {})


def _fields(decision: Decision) -> dict[str, object]:
    """Write what is set; steps that are added or taken away stand together as {add: […], remove: […]}."""
    plain = {name: _plain(name, values) for name, values in decision.fields if name[0] not in "+-"}
    signed = {"add" if name[0] == "+" else "remove": _plain(name, v) for name, v in decision.fields if name[0] in "+-"}
    return plain | ({"steps": signed} if signed else {})


def _step_item(said: str) -> dict[str, str]:
    return {key: value for key, value in zip(STEP_KEYS, said.split("|"), strict=False) if value}


def _plain(name: str, values: tuple[str, ...]) -> object:
    if name.lstrip("+-") == "steps":
        return [_step_item(said) for said in values]
    hint = _HINTS.get(name)
    if is_list(name):
        return list(values)
    if not values:
        return None
    return values[0] == "true" if bool in (hint, *get_args(hint)) and values[0] in ("true", "false") else values[0]


# ---------------------------------------------------------------- reading


def _read(path: Path, topics: Collection[str]) -> list[Decision]:
    file = shown(path)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise ConfigError([Flaw(file, 0, "", f"can't be read: {error.strerror}")]) from error
    marked = yamltext.load(body, file)
    reader = _Reader(marked, path.stem, topics)
    if marked.data is not None and not isinstance(marked.data, list):
        raise ConfigError([marked.flaw("must be a list of decisions, each `- entry: …`")])
    decisions = [reader.decision(number, item) for number, item in enumerate(marked.data or [])]
    if reader.flaws:
        raise ConfigError(reader.flaws)
    return [decision for decision in decisions if decision]


class _Reader:
    """Reads the items of one file, and notes all that is wrong with them."""

    def __init__(self, marked: Marked, curator: str, topics: Collection[str]) -> None:
        self.flaws: list[Flaw] = []
        self._marked, self._curator, self._topics = marked, curator, topics

    def decision(self, number: int, item: object) -> Decision | None:
        """Read one item; None, with flaws noted, when it is no valid decision."""
        if not isinstance(item, dict):
            self._flaw("must be a decision such as `entry: …`, `action: accept`, `when: …`", number)
            return None
        before = len(self.flaws)
        for key in item.keys() - set(_KEYS):
            self._flaw(f"no such key{_nearest(key, _KEYS)}", number, key)
        action = self._action(number, item)
        entry, when = self._name(number, item, "entry"), self._when(number, item)
        into = self._name(number, item, "into") if action and _NEEDS.get(action) == "into" else None
        values = self._values(number, item, action) if action else ()
        if len(self.flaws) > before or action is None or when is None:
            return None
        return Decision(
            entry=entry,
            action=action,
            by=self._curator,
            when=when,
            why=text.clean(str(item.get("why") or "")),
            into=into,
            fields=values,
            file=self._marked.file,
            line=self._marked.line(number),
        )

    def _flaw(self, message: str, *path: str | int) -> None:
        self.flaws.append(self._marked.flaw(message, *path))

    def _action(self, number: int, item: Mapping[str, object]) -> Action | None:
        given = item.get("action")
        known = [action.value for action in Action]
        if given not in known:
            said = f"no such action: {given!r}" if "action" in item else "an action is needed"
            self._flaw(f"{said}{_nearest(given, known)}; one of {', '.join(known)}", number, "action")
            return None
        action = Action(given)
        need = _NEEDS.get(action)
        has_tag = any(name in item for name in TAGS)
        for key, belongs in (("into", need == "into"), ("fields", need == "fields")):
            if key in item and not belongs:
                self._flaw(f"`{key}` says nothing to `{action}`", number, key)
            elif key not in item and belongs:
                self._flaw(f"`{action}` needs `{key}`", number)
        if has_tag != (need == "tag"):
            wrong = "`tag` needs `topics` or `countries`" if need else f"tags say nothing to `{action}`; use `tag`"
            self._flaw(wrong, number)
        return action

    def _name(self, number: int, item: Mapping[str, object], key: str) -> str:
        """Read an entry's id or address."""
        name = item.get(key)
        if not isinstance(name, str) or not name.strip() or re.search(r"\s", name.strip()):
            self._flaw("an entry's id or address is needed", number, key)
            return ""
        return name.strip()

    def _when(self, number: int, item: Mapping[str, object]) -> datetime | None:
        try:
            when = datetime.fromisoformat(str(item.get("when") or ""))
        except ValueError:
            self._flaw("a time is needed, such as 2026-11-23T10:00:00Z", number, "when")
            return None
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)

    def _values(
        self, number: int, item: Mapping[str, object], action: Action
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if action is Action.TAG:
            return tuple(sorted(self._tags(number, item)))
        if action is not Action.SET:
            return ()
        given = item.get("fields")
        if not isinstance(given, dict) or not given:
            self._flaw("must name what to set, such as `title_en: …`", number, "fields")
            return ()
        plain = [(name, self._set(number, name, value)) for name, value in given.items() if name != "steps"]
        return tuple(sorted([*plain, *(self._steps(number, given["steps"]) if "steps" in given else ())]))

    def _steps(self, number: int, given: object) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Read a policy's steps: a list is all of them, {add: […], remove: […]} changes some."""
        if isinstance(given, list):
            yield "steps", tuple(self._step(number, step, n) for n, step in enumerate(given))
        elif isinstance(given, dict) and given and not given.keys() - {"add", "remove"}:
            for word, steps in given.items():
                if not isinstance(steps, list):
                    self._flaw("must be a list of steps", number, "fields", "steps", word)
                    continue
                said = tuple(self._step(number, step, word, n) for n, step in enumerate(steps))
                yield ("+steps", said) if word == "add" else ("-steps", tuple(_mark(one) for one in said))
        else:
            self._flaw("must be a list of steps, or {add: […], remove: […]}", number, "fields", "steps")

    def _step(self, number: int, given: object, *at: str | int) -> str:
        place = (number, "fields", "steps", *at)
        if not isinstance(given, dict):
            self._flaw("must be a step such as {date: 2026-03-01, stage: approved, what: …, url: …}", *place)
            return ""
        for key in given.keys() - set(STEP_KEYS):
            self._flaw(f"no such key{_nearest(key, STEP_KEYS)}", *place, str(key))
        said = {key: text.clean(str(given.get(key) or "")).replace("|", "/") for key in STEP_KEYS}
        if not _is_date(said["date"]) and (said["date"] or "remove" not in at):
            self._flaw(f"a date of the form 2026, 2026-11 or 2026-11-23 is needed: {said['date']!r}", *place)
        if said["stage"] not in list(Stage):
            known = [stage.value for stage in Stage]
            self._flaw(
                f"no such stage: {said['stage']!r}{_nearest(said['stage'], known)}; one of {', '.join(known)}", *place
            )
        if said["url"] and text.canonical_url(said["url"]) is None:
            self._flaw(f"not a web address: {said['url']!r}", *place)
        if len(said["quote"].replace("…", " ").split()) > MOST_QUOTED:
            self._flaw(f"quote at most {MOST_QUOTED} words", *place)
        return "|".join(said.values()).rstrip("|")

    def _tags(self, number: int, item: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name in TAGS:
            given = item.get(name)
            if name not in item:
                continue
            if not isinstance(given, dict) or not given or given.keys() - {"add", "remove"}:
                self._flaw("must be {add: […], remove: […]}", number, name)
                continue
            for word, values in given.items():
                sign = "+" if word == "add" else "-"
                if found := self._words(values, number, name, word):
                    self._check(found, name, number, name, word)
                    yield f"{sign}{name}", tuple(sorted(set(found)))

    def _set(self, number: int, name: str, value: object) -> tuple[str, ...]:
        hint = _HINTS.get(name)
        if hint is None:
            fields = _nearest(name, SETTABLE) or f"; one of {', '.join(sorted(SETTABLE))}"
            self._flaw(f"no field {name!r} can be set{fields}", number, "fields", name)
            return ()
        if is_list(name):
            found = self._words(value, number, "fields", name)
            self._check(found, name, number, "fields", name)
            return found
        return self._single(hint, name, value, number)

    def _single(self, hint: object, name: str, value: object, number: int) -> tuple[str, ...]:
        """Read a field that holds one value; nothing (null) takes it away."""
        place = (number, "fields", name)
        options = get_args(hint) if isinstance(hint, UnionType) else (hint,)
        if value is None or value == "":
            if type(None) not in options:
                self._flaw("can't be taken away", *place)
            return ()
        if isinstance(value, dict | list):
            self._flaw("must be one value", *place)
            return ()
        if bool in options and not isinstance(value, bool):
            self._flaw("must be true or false", *place)
        said = str(value).lower() if isinstance(value, bool) else text.clean(str(value))
        for option in options:
            if not (isinstance(option, type) and issubclass(option, Enum)):
                continue
            known = [str(each.value) for each in option]
            if said not in known:
                self._flaw(f"no such {name}: {said!r}{_nearest(said, known)}; one of {', '.join(known)}", *place)
        if PartialDate in options and not _is_date(said):
            self._flaw(f"not a date of the form 2026, 2026-11 or 2026-11-23: {said!r}", *place)
        if name in _ADDRESSES and text.canonical_url(said) is None:
            self._flaw(f"not a web address: {said!r}", *place)
        return (said,)

    def _words(self, value: object, *place: str | int) -> tuple[str, ...]:
        if isinstance(value, str | int) and not isinstance(value, bool):
            value = [value]
        if not isinstance(value, list) or any(isinstance(each, dict | list | bool) or each is None for each in value):
            self._flaw("must be a list of words", *place)
            return ()
        return tuple(dict.fromkeys(text.clean(str(each)) for each in value))

    def _check(self, values: Collection[str], name: str, *place: str | int) -> None:
        for value in values:
            if name == "topics" and self._topics and value not in self._topics:
                self._flaw(f"no such topic: {value!r}{_nearest(value, self._topics)}", *place)
            if name in ("countries", "partners") and not _COUNTRY.fullmatch(value):
                self._flaw(f"no country code: {value!r}; two capitals, or EU, EHEA, INT", *place)


def _mark(step: str) -> str:
    """What tells a step from others: its date and stage."""
    return "|".join(step.split("|")[:2])


def _nearest(given: object, known: Collection[str]) -> str:
    near = get_close_matches(str(given), known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _is_date(said: str) -> bool:
    try:
        PartialDate.parse(said)
    except ValueError:
        return False
    return True


# ---------------------------------------------------------------- disk


def shown(path: Path) -> str:
    """Name a file as curators know it: `curation/decisions/mary.yaml`."""
    return "/".join(path.absolute().parts[-3:])


def _kept(path: Path | None) -> list[Decision]:
    """Read the last valid form of a file that is broken now."""
    if path is None or not path.exists():
        return []
    try:
        return [codec.loads(Decision, line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path} is damaged: mend the decisions file it stands in for, then delete it") from error


def _keep(path: Path | None, decisions: Collection[Decision]) -> None:
    if path is None:
        return
    body = "".join(codec.dumps(decision) + "\n" for decision in decisions)
    try:
        if not path.exists() or path.read_text(encoding="utf-8") != body:
            write_whole(path, body.encode(), "decisions-kept")
    except OSError as error:
        raise StorageError(f"can't write {path}: {error.strerror}") from error


def _forget(data: Path | None, curators: Collection[str]) -> None:
    """Drop what was kept of files that are no more: taking a file away takes its decisions away."""
    for path in sorted((data / "decisions").glob("*.json")) if data else ():
        if path.stem not in curators:
            path.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time read, change and write a file of this folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
