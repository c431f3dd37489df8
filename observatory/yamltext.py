"""YAML as people write it: text → plain data with line numbers, data → text, items added in place.

A small, safe part of YAML 1.2: no tags, no anchors, dates stay text, only `true` and `false` are booleans.
No disk.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from ruamel.yaml.tag import Tag

from observatory.errors import ConfigError, Flaw

Path = tuple[str | int, ...]

MAX_DEPTH = 40  # our deepest file has seven levels; ten thousand brackets would exhaust the stack
MAX_CHARACTERS = 8_000_000  # twenty times our largest file; parsing costs about two seconds a megabyte
WIDTH = 110  # where written text is folded

_CONFLICT = re.compile(r"^(<<<<<<< |>>>>>>> |=======$|\|\|\|\|\|\|\| )", re.MULTILINE)
_TAB_INDENT = re.compile(r"^ *\t+ *[^\s#]", re.MULTILINE)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INTEGER = re.compile(r"[-+]?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9]\d{0,17})\.\d{1,18}")
_LONE_WORD = re.compile(r"(:|-) \n +(?=\S)")  # the emitter puts a long address on a line of its own
_PLAIN = re.compile(r"(?:[^\W_]|/)[\w.+()'’/–-]*( [\w.+()'’/–-]+)*")  # needs no quotes, even between brackets
_TEXT = Tag(suffix="tag:yaml.org,2002:str")  # never written; the emitter asks for it when text is empty
_WORDS: Mapping[str, object] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Marked:
    """What a YAML file says, as plain dicts (keys are text), lists and scalars, with each part's line."""

    data: object
    file: str
    lines: Mapping[Path, int]

    def line(self, *path: str | int) -> int:
        """Give the line of a key or list item, counted from 1; of its nearest parent when it isn't there."""
        for length in range(len(path), -1, -1):
            if (found := self.lines.get(path[:length])) is not None:
                return found
        return 0

    def flaw(self, message: str, *path: str | int, key: str | None = None) -> Flaw:
        """Make the note of a mistake at a place of this file; `key` replaces the dotted path in it."""
        return Flaw(self.file, self.line(*path), dotted(path) if key is None else key, message)


def dotted(path: Sequence[str | int]) -> str:
    """Write a path as people read it: `sources.3.kind` becomes `sources[3].kind`, counted from 0."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def load(text: str | bytes, file: str) -> Marked:
    """Read YAML text.

    ConfigError with the line of each flaw: bad syntax, doubled keys, anchors, tags, tabs, conflict marks.
    A byte order mark and Windows line ends are fine; bytes may be UTF-8 or, with their mark, UTF-16.
    """
    plain = decoded(text, file).replace("\r\n", "\n")
    if flaws := list(_flaws_of_text(plain, file)):
        raise ConfigError(flaws)
    try:
        data, builder = _built(plain, file, pure=False)
    except YAMLError:  # libyaml is fifteen times faster, but knows YAML 1.1 only: {url: https://…} is none
        data, builder = _built(plain, file, pure=True)
    if builder.flaws:
        raise ConfigError(builder.flaws)
    return Marked(data, file, builder.lines)


def _built(text: str, file: str, *, pure: bool) -> tuple[object, _Builder]:
    builder = _Builder(file)
    try:
        return builder.document(YAML(typ="safe", pure=pure).parse(text)), builder
    except YAMLError as error:
        if not pure:
            raise
        raise ConfigError([*builder.flaws, _flaw_of(error, file, text)]) from error


def dump(data: object) -> str:
    """Write plain data as block YAML in the order given, quoted only where needed; `load` gives it back."""
    if isinstance(data, list | tuple) and data and all(isinstance(item, Mapping) and item for item in data):
        return "\n".join(_indented(data, 0)) + "\n"
    out = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.width = WIDTH
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.emit(_events_of_document(data), out)
    said = out.getvalue()
    said = (
        said.removesuffix("...\n") if said.endswith("\n...\n") else said
    )  # the end of a lone word's document, not of a text
    joined = _LONE_WORD.sub(r"\1 ", said)
    return re.sub("(?<! ) +\n", "\n", joined)


def append(text: str, items: Sequence[Mapping[str, object]], key: str | None = None, *, one_line: bool = False) -> str:
    """Add items to the end of a file's list, or of the list under a top-level `key`; all else stays as it is.

    With `one_line` each item is one line, so that git can keep the lines of both sides when two branches add some.
    ConfigError when the text is broken or the list is written in one line with brackets.
    """
    marked = load(text, "")
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    path = () if key is None else (key,)
    present = _list_at(marked, key)
    if present:
        at, indent = _after(marked, lines, path, len(present) - 1)
    else:
        at, indent = _opened(marked, lines, path)
    new = [f"{' ' * indent}- {_flow(item)}" for item in items] if one_line else _indented(items, indent)
    made = line_end.join([*lines[:at], *new, *lines[at:]])
    if _list_at(load(made, ""), key) != [*present, *(dict(item) for item in items)]:
        raise ConfigError([marked.flaw("can't add to this list safely; add the lines by hand", *path)])
    return made


def remove(text: str, number: int, key: str | None = None) -> str:
    """Take one item, counted from 0, out of a file's list, or of the list under a top-level `key`; all else stays as it is.

    ConfigError when the text is broken or the list is written in one line with brackets.
    """
    marked = load(text, "")
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    path = () if key is None else (key,)
    present = _list_at(marked, key)
    end, _indent = _after(marked, lines, path, number)
    made = line_end.join([*lines[: marked.line(*path, number) - 1], *lines[end:]])
    if _list_at(load(made, ""), key) != [item for n, item in enumerate(present) if n != number]:
        raise ConfigError([marked.flaw("can't be taken out safely; delete its lines by hand", *path, number)])
    return made


def include(text: str, key: str, number: int, name: str, value: str) -> str:
    """Add a value to the list `name` of an item, counted from 0, of the list under `key`; all else stays as it is.

    The list may be missing or a lone word; item and list may be written in lines or with brackets. ConfigError when the text is
    broken or written so that the value can't be added safely.
    """
    marked = load(text, "")
    items = _list_at(marked, key)
    item = items[number] if number < len(items) else None
    if not isinstance(item, dict):
        raise ConfigError([marked.flaw("no such item", key, number)])
    said = item.get(name) or []
    wanted = [*(said if isinstance(said, list) else [said]), value]
    expected = [{**item, name: wanted} if n == number else each for n, each in enumerate(items)]
    for made in _with_value(marked, text, key, number, name, wanted):
        try:
            if _list_at(load(made, ""), key) == expected:
                return made
        except ConfigError:
            continue
    raise ConfigError([marked.flaw(f"add {_flow(value)} to {name}: by hand; it is written too oddly", key, number)])


def _with_value(marked: Marked, text: str, key: str, number: int, name: str, wanted: list[object]) -> Iterator[str]:
    """Write the ways in which a list may be given one more value; only the right one says what is wanted."""
    place = (key, number, name)
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    first = marked.line(key, number) - 1
    end = next(
        (n for n in range(first + 1, len(lines)) if lines[n].strip() and _indent(lines[n]) <= _indent(lines[first])),
        len(lines),
    )
    new = _flow(wanted[-1])

    def at(line: int, *made: str) -> str:
        return line_end.join([*lines[:line], *made, *lines[line + 1 :]])

    if len(wanted) > 1:
        last = marked.line(*place, len(wanted) - 2) - 1
        dash = lines[last][: len(lines[last]) - len(lines[last].lstrip())] + "- "
        yield at(last, lines[last], dash + new)
        for line, column in _places("]", lines, marked.line(*place) - 1, end):
            yield at(line, f"{lines[line][:column]}, {new}{lines[line][column:]}")
        line, old = marked.line(*place) - 1, str(wanted[0])
        yield at(line, lines[line].replace(old, _flow(wanted), 1))
    else:
        for line, column in _places("}", lines, first, end):
            yield at(line, f"{lines[line][:column]}, {name}: {_flow(wanted)}{lines[line][column:]}")
        after, indent = _after(marked, lines, (key,), number)
        yield at(after - 1, lines[after - 1], f"{' ' * (indent + 2)}{name}: {_flow(wanted)}")


def _places(mark: str, lines: Sequence[str], first: int, end: int) -> Iterator[tuple[int, int]]:
    """Find a mark in some lines, the last first."""
    for line in range(end - 1, first - 1, -1):
        yield from ((line, column) for column in range(len(lines[line]) - 1, -1, -1) if lines[line][column] == mark)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


# ---------------------------------------------------------------- reading


def decoded(text: str | bytes, file: str) -> str:
    """Give a file's text without its byte order mark; UTF-8 or, with that mark, UTF-16. ConfigError when it is neither."""
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    encoding = "utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return text.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise ConfigError([Flaw(file, line, "", "not UTF-8 text; save the file as UTF-8")]) from error


def _flaws_of_text(text: str, file: str) -> Iterator[Flaw]:
    if len(text) > MAX_CHARACTERS:
        yield Flaw(file, 0, "", f"larger than {MAX_CHARACTERS:,} characters; split it")
    for pattern, message in (
        (_CONFLICT, "a conflict mark of git; choose one of the two versions and delete the mark"),
        (_TAB_INDENT, "a tab in the indentation; use spaces"),
        (_UNPRINTABLE, "an unprintable character; delete it"),
    ):
        if match := pattern.search(text):
            yield Flaw(file, _line_at(text, match.start()), "", message)


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _flaw_of(error: YAMLError, file: str, text: str) -> Flaw:
    if not isinstance(error, MarkedYAMLError):
        position = getattr(error, "position", 0)
        return Flaw(file, _line_at(text, position if isinstance(position, int) else 0), "", "not YAML text")
    mark = error.problem_mark or error.context_mark
    said = ", ".join(part for part in (error.context, error.problem) if part) or "not YAML"
    return Flaw(file, mark.line + 1 if mark else 0, "", f"not YAML: {said}{_hint(said)}")


def _hint(said: str) -> str:
    if "mapping values are not allowed" in said:
        return "; put text that holds a colon in quotes"
    if "could not find expected ':'" in said or "block end" in said or "block mapping" in said:
        return "; check indentation, colons and quotes here and on the line before"
    return ""


class _Builder:
    """Makes plain data of parse events and notes where each part stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.flaws: list[Flaw] = []
        self.lines: dict[Path, int] = {}

    def document(self, events: Iterator[Event]) -> object:
        data: object = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._flaw(event, (), "a second document begins; a file holds one")
            elif isinstance(event, NodeEvent):
                node = self._node(event, events, ())
                data = node if documents == 1 else data
        return data

    def _node(self, event: Event, events: Iterator[Event], path: Path) -> object:
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self._flaw(event, path, "no anchors and aliases (& and *) here; write the text out, or quote it")
        if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent) and event.tag is not None:
            self._flaw(event, path, "no tags (!) here; quote text that begins with an exclamation mark")
        if len(path) > MAX_DEPTH:
            raise MarkedYAMLError(problem=f"nested more than {MAX_DEPTH} deep", problem_mark=event.start_mark)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        if not isinstance(event, ScalarEvent):
            return None
        if event.style == '"' and _UNPRINTABLE.search(event.value):  # by an escape: "\0"
            self._flaw(event, path, "an unprintable character; delete it")
        return _scalar(event.value, event.style)

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, object]:
        made: dict[str, object] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, events, path)
            here = (*path, key)
            if key in made:
                self._flaw(event, here, f"written twice; first on line {self.lines[here]}")
                self._node(next(events), events, (*path, key, "again"))
                continue
            self.lines[here] = event.start_mark.line + 1
            made[key] = self._node(next(events), events, here)
        return made

    def _key(self, event: Event, events: Iterator[Event], path: Path) -> str:
        if isinstance(event, ScalarEvent):
            return str(event.value)
        self._flaw(event, path, "a key must be plain text; quote it, and put a blank after its colon")
        self._node(event, events, (*path, "?"))
        return f"?{event.start_mark.line}"

    def _sequence(self, events: Iterator[Event], path: Path) -> list[object]:
        made: list[object] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            made.append(self._node(event, events, (*path, len(made))))
        return made

    def _flaw(self, event: Event, path: Path, message: str) -> None:
        self.flaws.append(Flaw(self.file, event.start_mark.line + 1, dotted(path), message))


def _scalar(value: str, style: str | None) -> object:
    if style:
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INTEGER.fullmatch(value):
        return int(value)
    return float(value) if _DECIMAL.fullmatch(value) else value


# ---------------------------------------------------------------- writing


def _events_of_document(data: object) -> Iterator[Event]:
    yield StreamStartEvent()
    yield DocumentStartEvent(explicit=False)
    yield from _events(data)
    yield DocumentEndEvent(explicit=False)
    yield StreamEndEvent()


def _events(data: object) -> Iterator[Event]:
    if isinstance(data, Mapping):
        yield MappingStartEvent(None, None, True, flow_style=not data)
        for key, value in data.items():
            yield from _events(str(key))
            yield from _events(value)
        yield MappingEndEvent()
    elif isinstance(data, list | tuple):
        yield SequenceStartEvent(None, None, True, flow_style=_is_short(data))
        for value in data:
            yield from _events(value)
        yield SequenceEndEvent()
    else:
        yield _scalar_event(data)


def _is_short(items: Sequence[object]) -> bool:
    """Tell a list of a few short words or of many codes: it reads best in one line."""
    words = all(isinstance(item, str | int) and len(str(item)) <= 24 and " " not in str(item) for item in items)
    return words and (sum(len(str(item)) + 2 for item in items) <= 70 or max(len(str(i)) for i in items) <= 6)


def _scalar_event(value: object) -> ScalarEvent:
    if not isinstance(value, str):
        text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        return ScalarEvent(None, _TEXT, (True, False, False), text)
    plain = _scalar(value, None) == value and not _UNPRINTABLE.search(value)
    folded = len(value) > 80 and " " in value and not re.search(r"\n|^ | $|  ", value)
    return ScalarEvent(None, _TEXT, (plain, True, True), value, style=">" if folded else None)


def _list_at(marked: Marked, key: str | None) -> list[object]:
    found = marked.data if key is None else marked.data.get(key) if isinstance(marked.data, dict) else None
    if found and not isinstance(found, list):
        raise ConfigError([marked.flaw("should be a list", *([key] if key else []))])
    return found if isinstance(found, list) else []


def _after(marked: Marked, lines: list[str], path: Path, last: int) -> tuple[int, int]:
    """Where the lines of a block list end, and how far its dashes are indented."""
    line = lines[marked.line(*path, last) - 1]
    indent = len(line) - len(line.lstrip())
    if not line.lstrip().startswith("-") or (path and marked.line(*path) == marked.line(*path, last)):
        raise ConfigError([marked.flaw("written in one line; write each item on a line of its own", *path)])
    at = end = marked.line(*path, last)
    while at < len(lines) and (not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip()) > indent):
        at += 1
        end = at if lines[at - 1].strip() and not lines[at - 1].lstrip().startswith("#") else end
    return end, indent


def _opened(marked: Marked, lines: list[str], path: Path) -> tuple[int, int]:
    """Make room for a list that is empty or missing: its place and indentation, as in `_after`."""
    written = isinstance(marked.data, dict) and path[0] in marked.data if path else marked.data == []
    if written:
        at = marked.line(*path)
        lines[at - 1] = re.sub(r"\[\s*\]", "", lines[at - 1]).rstrip()
        return at, 2 * len(path)
    while lines and not lines[-1].strip():
        lines.pop()
    lines += [f"{path[0]}:", ""] if path else [""]
    return len(lines) - 1, 2 * len(path)


def _flow(data: object) -> str:
    """Write data in one line. What holds a colon is quoted: the fast parser knows it so only."""
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{_flow(str(key))}: {_flow(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list | tuple):
        return "[" + ", ".join(map(_flow, data)) + "]"
    if isinstance(data, str):
        return data if _PLAIN.fullmatch(data) and _scalar(data, None) == data else json.dumps(data, ensure_ascii=False)
    return "null" if data is None else str(data).lower() if isinstance(data, bool) else str(data)


def _indented(items: Sequence[Mapping[str, object]], indent: int) -> list[str]:
    made: list[str] = []
    for item in items:
        body = dump(dict(item)).rstrip("\n").split("\n")
        made.append(" " * indent + "- " + body[0])
        made += [" " * (indent + 2) + line if line else "" for line in body[1:]]
    return made
