"""The query language: text → a tree of what is asked for, or a QueryError that says where and how to write it. Pure.

docs/curators.md shows it on one page; its bounds keep any query cheap to answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from observatory import text
from observatory.catalogue.search.words import MICRO
from observatory.errors import QueryError
from observatory.model import EntryKind, EvidenceType, Level, Section, Stage, Status

MOST_LETTERS = 2000  # the 49 countries of the EHEA joined by OR take a fifth of it
MOST_PARTS = 200  # words, values and operators
MOST_PATTERNS = 5  # words with * or ?; each may stand for hundreds
DEEPEST = 20  # parentheses within parentheses

TEXT_FIELDS = ("title", "author", "publisher")
STAGE_WORDS = {  # the words that pages show for stages
    "preparing": Stage.DESIGN,
    "in parliament": Stage.LEGISLATIVE_PROCESS,
    "adopted": Stage.APPROVED,
    "in force": Stage.IMPLEMENTATION,
    "ended": Stage.COMPLETED,
    "withdrawn": Stage.DISCONTINUED,
}


@dataclass(frozen=True, slots=True)
class Said:
    """Words as typed, all of which must be there; `field` narrows where ("" is anywhere)."""

    words: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in quotation marks: these very words, one after another."""

    words: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word with * (any letters) or ? (one letter)."""

    glob: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Is:
    """A field that has exactly this value."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Years:
    """A year between two, both included; None leaves a side open."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part doesn't hold."""

    part: Node


Node = Said | Phrase | Pattern | Is | Years | All | Any | Not


@dataclass(frozen=True, slots=True)
class Names:
    """The names by which values may be asked for: folded label or name → id or code. `countries` are made at first need."""

    topics: Mapping[str, str] = field(default_factory=dict)
    countries: Callable[[], Mapping[str, str]] = dict
    languages: Callable[[], Mapping[str, str]] = dict


def parse(query: str, names: Names) -> Node:
    """Read a query. Raises QueryError: where it goes wrong, why, and how to write it."""
    if len(query) > MOST_LETTERS:
        raise QueryError(
            text.clean(query[:60]), 1, f"it has {len(query):,} characters; at most {MOST_LETTERS:,} can be asked for"
        )
    said = text.clean(query)
    if not said:
        raise QueryError(said, 1, "there is nothing to search for; write a word such as recognition")
    return _Parser(said, names).whole()


def relaxed(query: str, names: Names) -> tuple[tuple[str, Node], ...]:
    """Give each demand of a query that makes several, as it was typed, with what is asked for when it is left out."""
    parser = _Parser(text.clean(query), names)
    node, demands = parser.whole(), parser.demands
    if not isinstance(node, All) or len(demands) != len(node.parts):
        return ()
    others = [All(node.parts[:at] + node.parts[at + 1 :]) for at in range(len(demands))]
    return tuple(zip(demands, others, strict=True))


# ---------------------------------------------------------------- marks and words


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str  # ( ) AND OR NOT field phrase range word end
    said: str
    column: int


_OPEN = '"“”„«»‟'
_SCAN = re.compile(
    rf"""\s*(?:
      (?P<bracket>[()])
    | (?P<not>[-–−!](?=[^\s\-–−!]))
    | \+(?=\S)
    | (?P<field>[A-Za-z_]+):(?=\S)(?!//)
    | (?P<range>\[[^\]]*\]?)
    | (?P<quote>[{_OPEN}])
    | (?P<word>(?:['’]?{MICRO})?[^\s(){_OPEN}\[\]]+|\])
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_OPERATORS = {"AND": "AND", "&&": "AND", "OR": "OR", "||": "OR", "NOT": "NOT"}
_YEAR = re.compile(r"\d{4}")
_SPAN = re.compile(r"(\d{4})?\s*(?:\.\.|-|–|\bTO\b|,)\s*(\d{4})?")
_BOUND = re.compile(r"(>=|<=|>|<)(\d{4})")


def _scan(query: str) -> list[_Part]:
    parts: list[_Part] = []
    at = 0
    while match := _SCAN.match(query, at):
        at, kind = match.end(), match.lastgroup
        if kind is None:
            continue  # a plus sign: all words must be there anyway
        said, column = match[kind], match.start(kind) + 1
        if kind == "quote":
            end = min((i for mark in _OPEN if (i := query.find(mark, at)) >= 0), default=-1)
            if end < 0:
                raise QueryError(query, column, 'quotation mark is opened and never closed; write another " at its end')
            parts.append(_Part("phrase", query[at:end], column))
            at = end + 1
        elif kind == "bracket":
            parts.append(_Part(said, said, column))
        elif kind == "word":
            parts.append(_Part(_OPERATORS.get(said, "word"), said, column))
        else:
            parts.append(_Part("NOT" if kind == "not" else kind, said, column))
        if len(parts) > MOST_PARTS:
            raise QueryError(query, column, f"it has more than {MOST_PARTS} words and marks; ask for less at once")
    return [*parts, _Part("end", "", len(query) + 1)]


# ---------------------------------------------------------------- the tree


class _Parser:
    """Reads parts from left to right: OR binds least, then AND (which may be left out), then NOT."""

    def __init__(self, query: str, names: Names) -> None:
        self._query, self._names = query, names
        self._parts, self._at, self._depth, self._patterns = _scan(query), 0, 0, 0
        self.demands: list[str] = []  # what stands outside of all parentheses, as it was typed

    def whole(self) -> Node:
        node = self._any()
        if self._next.kind != "end":
            raise self._error(
                self._next, "a parenthesis is closed that was never opened; take ) away or write ( before"
            )
        return node

    @property
    def _next(self) -> _Part:
        return self._parts[self._at]

    def _take(self) -> _Part:
        self._at += 1
        return self._parts[self._at - 1]

    def _error(self, part: _Part, said: str) -> QueryError:
        return QueryError(self._query, part.column, said)

    def _any(self) -> Node:
        parts = [self._all()]
        while self._next.kind == "OR":
            self._take()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self) -> Node:
        parts = [self._demand()]
        while self._next.kind not in ("OR", ")", "end"):
            if self._next.kind == "AND":
                self._take()
            parts.append(self._demand())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _demand(self) -> Node:
        begin, depth = self._next.column, self._depth
        node = self._one()
        if not depth:
            self.demands.append(self._query[begin - 1 : self._next.column - 1].strip(" +"))
        return node

    def _one(self) -> Node:
        part = self._take()
        match part.kind:
            case "NOT":
                if self._next.kind in ("AND", "OR", ")", "end"):
                    raise self._error(part, f"{part.said} needs something after it that must not be there: NOT badge")
                return Not(self._one())
            case "(":
                return self._inside(part, self._any)
            case "field":
                return self._valued(part)
            case "phrase":
                return self._phrase(part, "")
            case "word":
                return self._word(part, "")
            case "range":
                raise self._error(part, "a range needs its field before it: year:[2020 TO 2023]")
        self._at -= 1
        what = {"end": "something is missing here", ")": "there is nothing between ( and )"}.get(
            part.kind, f"{part.said} needs something before and after it"
        )
        raise self._error(
            part, f'{what}; write recognition AND badges (to search for the word "and", use small letters)'
        )

    def _inside(self, opened: _Part, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._error(opened, f"parentheses stand more than {DEEPEST} deep; write the query flatter")
        node = read()
        if self._next.kind != ")":
            raise self._error(opened, "a parenthesis is opened and never closed; write ) at its end")
        self._take()
        self._depth -= 1
        return node

    # ------------------------------------------------------------ words

    def _phrase(self, part: _Part, name: str) -> Node:
        if not re.search(r"\w", part.said):
            raise self._error(part, 'there is no word between the quotation marks; write "prior learning"')
        return Phrase(part.said, name)

    def _word(self, part: _Part, name: str) -> Node:
        if "*" in part.said or "?" in part.said.rstrip("?"):
            return self._pattern(part, name)
        if not name and (found := _identifier(part.said)):
            return found
        if part.said.endswith(":") and part.said[:-1].lower() in FIELDS:
            raise self._error(
                part, f"{part.said} has no value; write {EXAMPLES[part.said[:-1].lower()]} without a blank"
            )
        if not re.search(r"\w", part.said):
            raise self._error(part, f"{_short(part.said)} holds no letter or digit; leave it out, or write a word")
        return Said(part.said, name)

    def _pattern(self, part: _Part, name: str) -> Node:
        self._patterns += 1
        if self._patterns > MOST_PATTERNS:
            raise self._error(part, f"there are more than {MOST_PATTERNS} words with * or ?; write some of them out")
        if not re.match(r"\w\w", part.said):
            raise self._error(
                part,
                f"{_short(part.said)} would stand for every word; write at least two letters before * or ?: recogn*",
            )
        return Pattern(part.said, name)

    # ------------------------------------------------------------ fields

    def _valued(self, part: _Part) -> Node:
        name = part.said.lower()
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, 1)
            hint = f"did you mean {near[0]}:?" if near else f"fields are {', '.join(FIELDS)}"
            raise self._error(
                part,
                f"no such field: {text.clean(part.said, 40)}:; {hint} (to search for the words, put them in quotes)",
            )
        if self._next.kind == "(":
            return self._inside(self._take(), lambda: self._values(name))
        return self._value(name, self._take())

    def _values(self, name: str) -> Node:
        """Read `country:(SE OR NO)`; blanks between values of one field mean OR, since few fields hold two at once."""
        parts: list[Node] = []
        while self._next.kind not in (")", "end"):
            if self._next.kind in ("OR", "AND"):
                if self._take().kind == "AND" or not parts or self._next.kind in (")", "end", "OR", "AND"):
                    before = self._parts[self._at - 1]
                    raise self._error(before, f"between the values of a field write OR: {name}:(A OR B)")
                continue
            if self._next.kind == "NOT":
                raise self._error(self._next, f"write NOT before the field: NOT {name}:(A OR B)")
            parts.append(self._value(name, self._take()))
        if not parts:
            raise self._error(self._next, f"{name}: has no value; write {EXAMPLES[name]}")
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _value(self, name: str, part: _Part) -> Node:
        if part.kind not in ("word", "phrase", "range"):
            raise self._error(part, f"{name}: has no value; write {EXAMPLES[name]} with no blank after the colon")
        if name == "year":
            return self._years(part)
        if part.kind == "range":
            raise self._error(part, f"only year: knows ranges; write {EXAMPLES[name]}")
        if name in TEXT_FIELDS:
            return self._phrase(part, name) if part.kind == "phrase" else self._word(part, name)
        return Is(name, self._known(name, part))

    def _years(self, part: _Part) -> Node:
        said = part.said.strip("[]").strip()
        if part.kind == "range" and not part.said.endswith("]"):
            raise self._error(part, "a range is opened and never closed; write year:[2020 TO 2023]")
        if _YEAR.fullmatch(said):
            return Years(int(said), int(said))
        if bound := _BOUND.fullmatch(said):
            year = int(bound[2])
            return {
                ">=": Years(year, None),
                "<=": Years(None, year),
                ">": Years(year + 1, None),
                "<": Years(None, year - 1),
            }[bound[1]]
        span = _SPAN.fullmatch(said)
        if not span or not (span[1] or span[2]):
            raise self._error(part, f"{_short(part.said)} is no year; write year:2022, year:2020..2023 or year:>=2020")
        first, last = (int(year) if year else None for year in span.groups())
        if first and last and first > last:
            raise self._error(part, f"the range ends before it begins; write year:{last}..{first}")
        return Years(first, last)

    def _known(self, name: str, part: _Part) -> str:
        said = part.said.strip()
        value = _VALUES[name](self._names, said)
        if value is not None:
            return value
        choices = sorted(_CHOICES[name](self._names)) if name in _CHOICES else []
        longer = [each for each in choices if len(each) > 2]  # a code of two letters is near to anything short
        near = get_close_matches(text.fold(said), longer, 1, NEAR)
        if name == "country":
            near = [_NAME_BEGINS.sub(lambda letter: letter[0].upper(), each) for each in near]
        hint = f"did you mean {_quoted(near[0])}?" if near else f"write {EXAMPLES[name]}"
        if not near and 0 < len(choices) <= 20:
            hint = f"one of {', '.join(choices)}"
        raise self._error(part, f"no such {name}: {_short(said)}; {hint}")


NEAR = (
    0.7  # of likeness, from which a suggestion helps: "irland" and "ireland" have 0.92, "atlantis" and "albania" 0.67
)
_NAME_BEGINS = re.compile(r"\b(?!(?:and|of|the)\b)[a-z]")


def _short(said: str) -> str:
    """Quote what was typed, cut to what a line can hold."""
    return repr(text.clean(said, 40))


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _identifier(said: str) -> Node | None:
    """Read a word that is a DOI or an address as what it names."""
    if re.match(r"https?://", said, re.IGNORECASE) and (canonical := text.canonical_url(said)):
        return Is("url", canonical)
    if re.match(r"(doi:)?10\.\d{4,9}/", said, re.IGNORECASE) and (doi := text.doi(said)):
        return Is("doi", doi)
    return None


# ---------------------------------------------------------------- values


def _of(values: Iterable[str]) -> Callable[[Names, str], str | None]:
    """Make a reader of one of these values, however it is spelt."""
    known = {text.fold(value): value for value in values}
    return lambda _names, said: known.get(text.fold(said)) or known.get(text.fold(said).replace(" ", "-"))


def _stage(_names: Names, said: str) -> str | None:
    folded = text.fold(said)
    found = STAGE_WORDS.get(folded) or STAGE_WORDS.get(folded.replace("-", " "))
    return found.value if found else _of(Stage)(_names, said)


def _topic(names: Names, said: str) -> str | None:
    folded = text.fold(said)
    return names.topics.get(folded) or names.topics.get(folded.replace(" ", "-"))


def _country(names: Names, said: str) -> str | None:
    found = names.countries()
    return found.get(text.fold(said)) or found.get(text.fold(said).replace("-", " "))


def _language(names: Names, said: str) -> str | None:
    folded = text.fold(said)
    return folded if re.fullmatch(r"[a-z]{2,3}", folded) else names.languages().get(folded)


def _slug(_names: Names, said: str) -> str | None:
    return said.lower() if re.fullmatch(r"[\w.-]+", said) else None


_VALUES: Mapping[str, Callable[[Names, str], str | None]] = {
    "topic": _topic,
    "country": _country,
    "kind": _of(EntryKind),
    "section": _of(Section),
    "level": _of(Level),
    "lang": _language,
    "doi": lambda _names, said: text.doi(said),
    "url": lambda _names, said: text.canonical_url(said),
    "source": _slug,
    "stage": _stage,
    "status": _of(Status),
    "evidence": _of(EvidenceType),
    "id": _slug,
}
_CHOICES: Mapping[str, Callable[[Names], Iterable[str]]] = {
    "topic": lambda names: names.topics,
    "country": lambda names: names.countries(),
    "lang": lambda names: names.languages(),
    "kind": lambda _names: list(EntryKind),
    "section": lambda _names: list(Section),
    "level": lambda _names: list(Level),
    "stage": lambda _names: [*Stage, *STAGE_WORDS],
    "status": lambda _names: list(Status),
    "evidence": lambda _names: list(EvidenceType),
}
EXAMPLES: Mapping[str, str] = {
    "topic": "topic:recognition",
    "country": "country:IE or country:Ireland",
    "kind": "kind:report",
    "section": "section:policy",
    "level": "level:national",
    "year": "year:2022, year:2020..2023 or year:>=2020",
    "lang": "lang:de",
    "publisher": "publisher:OECD",
    "author": "author:Brown",
    "title": "title:framework",
    "doi": "doi:10.1787/f14ef041-en",
    "url": 'url:"https://www.enqa.eu/"',
    "source": "source:library",
    "stage": "stage:approved",
    "status": "status:pending",
    "evidence": "evidence:systematic-review",
    "id": "id:oecd-2023-micro-credentials",
}
FIELDS = tuple(EXAMPLES)
