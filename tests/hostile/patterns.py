"""Every regular expression of the code, found by reading it, and for each the texts on which it could run away. No list to keep."""

from __future__ import annotations

import ast
import functools
import importlib
import random
import re
import re._constants as kinds
import re._parser as parser
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
METHODS = frozenset({"search", "match", "fullmatch", "sub", "split", "findall", "finditer"})
# Modules that can't be imported for looking at: they start something.
SKIPPED = frozenset({"observatory.__main__", "observatory.catalogue.migrations.env"})

MOST_PUMPS = 40  # of a pattern: long lists of words have hundreds that are all alike

Subject = str | bytes


@dataclass(frozen=True)
class Use:
    """A pattern as the code uses it."""

    where: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]

    def text(self, pump: str, size: int, end: str) -> Subject:
        """Repeat something up to a size, and end it."""
        said = (pump * (size // len(pump) + 1))[: size - len(end)] + end
        return said.encode("utf-8", "replace") if isinstance(self.pattern.pattern, bytes) else said

    def run(self, said: Subject) -> None:
        """Use it on a text in each of the ways in which the code does."""
        for method in self.methods:
            work: Callable[..., object] = getattr(self.pattern, method)
            found = work(said[:0], said) if method == "sub" else work(said)
            for _match in found if method == "finditer" else ():  # type: ignore[attr-defined]
                pass


# ---------------------------------------------------------------- the code's patterns


def modules() -> Iterator[tuple[str, ast.Module, ModuleType]]:
    """Yield every module of the code: name, tree, itself."""
    for room in ("observatory", "spiders"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if name not in SKIPPED and ".versions." not in name:
                yield name, ast.parse(path.read_text("utf-8")), importlib.import_module(name)


@functools.cache
def uses() -> tuple[tuple[Use, ...], tuple[str, ...]]:
    """Find the patterns of all modules, and the functions that make one of what they are given."""
    methods: dict[re.Pattern[Any], set[str]] = defaultdict(set)
    places: dict[re.Pattern[Any], str] = {}
    later: set[str] = set()
    for name, tree, module in modules():
        for where, pattern, method in _of_module(name, tree, module):
            if pattern is None:
                later.add(where)
                continue
            places.setdefault(pattern, where)
            methods[pattern] |= {method} if method else set()
    found = (Use(where, one, frozenset(methods[one] or {"search"})) for one, where in places.items())
    return tuple(found), tuple(sorted(later))


def _of_module(name: str, tree: ast.Module, module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any] | None, str]]:
    names = dict(vars(module))
    for called, value in names.items():
        yield from ((f"{name}.{called}", one, "") for one in _held(value))
    for function, node in _calls(tree):
        where = f"{name}.{function}".removesuffix(".")
        assert isinstance(node.func, ast.Attribute)
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
            if node.func.attr not in METHODS | {"compile"}:
                continue
            made = _made(node, names)
            if made or function:  # one that a module makes of its own parts stands among its names
                yield where, made, "" if node.func.attr == "compile" else node.func.attr
        elif node.func.attr in METHODS:
            held = _value(node.func.value, names)
            if isinstance(held, re.Pattern):
                yield where, held, node.func.attr


def _calls(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Yield the calls of methods, each with the name of the function that it stands in."""
    for node in ast.iter_child_nodes(tree):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield function, node
        yield from _calls(node, node.name if is_function else function)  # type: ignore[attr-defined]


def _held(value: object) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns that a value is or holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | frozenset | set):
        for each in value:
            yield from _held(each)
    elif isinstance(value, dict):
        for each in [*value, *value.values()]:
            yield from _held(each)


def _made(call: ast.Call, names: Mapping[str, object]) -> re.Pattern[Any] | None:
    """Make the pattern that a call of `re` makes; None when it is made of what is known only then."""
    said = _value(call.args[0], names)
    if isinstance(said, re.Pattern):
        return said
    flags = [_value(each.value, names) for each in call.keywords if each.arg == "flags"]
    position = {"compile": 1, "search": 2, "match": 2, "fullmatch": 2, "findall": 2, "finditer": 2}
    at = position.get(call.func.attr, 9)  # type: ignore[attr-defined]
    flags += [_value(each, names) for each in call.args[at : at + 1]]
    return re.compile(said, flags[0] if flags else 0) if isinstance(said, str | bytes) else None  # type: ignore[arg-type,call-overload]


def _value(node: ast.expr, names: Mapping[str, object]) -> object:
    """Evaluate an expression of our own code with its module's names; None where it needs others."""
    if any(isinstance(each, ast.Call) for each in ast.walk(node)):
        return None
    try:
        return eval(compile(ast.Expression(node), "<ours>", "eval"), dict(names))
    except (NameError, AttributeError, TypeError, KeyError):
        return None


# ---------------------------------------------------------------- texts to run away on


@functools.cache
def hostile() -> tuple[str, ...]:
    """What is hostile to many patterns at once: one thing, again and again."""
    return (
        "a", " ", "-", "1", ",", "<", "(", "/", ".", "\n", "\t ", "é", "中", "a ", "1 ", "1-", "a.", "a,b;", "micro-", "no 1 ",
        "2022 c ", "10.1234/", "doi:", "http://", "%20", "january ", "1 january ", "978-", "<a ", "<!--", "</a", "http://a/",
        "&amp;", "a@", "A B", "Aa", "(a", "\"a", "==", "<item>", "<!DOCTYPE ", "<record ", "vol. ",
    )  # fmt: skip


def attacks(pattern: re.Pattern[Any]) -> Iterator[str]:
    """Yield short texts whose repetition a pattern may try in many ways: what each of its repeats takes, after what precedes it."""
    dice = random.Random(repr(pattern.pattern))
    flags = pattern.flags & ~re.DEBUG
    tree = parser.parse(pattern.pattern, flags)
    found = list(dict.fromkeys(pump for pump in _pumps(tree, dice) if pump))
    chosen = dice.sample(found, min(len(found), MOST_PUMPS))
    yield from chosen
    if flags & re.MULTILINE:  # what begins a line is tried at each of them
        yield from (f"\n{pump}" for pump in chosen)
        yield f"\n{_sample(tree, dice)}"
    yield _sample(tree, dice) or "a"


def _pumps(tree: Any, dice: random.Random) -> Iterator[str]:
    before = ""
    for op, argument in tree:
        if op in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            one = _sample(argument[2], dice)
            yield one
            yield before
            yield before + " "
            yield before + one * 3
            yield from _pumps(argument[2], dice)
        else:
            for inner in _inner(op, argument):
                yield from _pumps(inner, dice)
        before = (before + _sample([(op, argument)], dice))[-60:]


def _inner(op: Any, argument: Any) -> tuple[Any, ...]:
    if op is kinds.SUBPATTERN:
        return (argument[3],)
    if op is kinds.BRANCH:
        return tuple(argument[1])
    if op in (kinds.ASSERT, kinds.ASSERT_NOT):
        return (argument[1],)
    if op is kinds.ATOMIC_GROUP:
        return (argument,)
    return ()


def _sample(tree: Any, dice: random.Random) -> str:
    """Write a text that fits, as nearly as need be."""
    return "".join(_one(op, argument, dice) for op, argument in tree)


def _one(op: Any, argument: Any, dice: random.Random) -> str:
    if op is kinds.LITERAL:
        return chr(argument)
    if op is kinds.NOT_LITERAL:
        return "a" if argument != ord("a") else "b"
    if op is kinds.ANY:
        return "a"
    if op is kinds.IN:
        return _of_set(argument, dice)
    if op in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        return _sample(argument[2], dice) * max(1, min(argument[0], 40))
    if op is kinds.BRANCH:
        return _sample(dice.choice(argument[1]), dice)
    inner = _inner(op, argument)
    return _sample(inner[0], dice) if inner and op is not kinds.ASSERT_NOT else ""


_CATEGORIES = {
    kinds.CATEGORY_DIGIT: "1",
    kinds.CATEGORY_SPACE: " ",
    kinds.CATEGORY_WORD: "a",
    kinds.CATEGORY_NOT_DIGIT: "a",
    kinds.CATEGORY_NOT_SPACE: "a",
    kinds.CATEGORY_NOT_WORD: "-",
}


def _of_set(argument: Any, dice: random.Random) -> str:
    """Choose a letter of a set; of a negated one, the first common letter outside."""
    held: list[str] = []
    for op, value in argument:
        if op is kinds.LITERAL:
            held.append(chr(value))
        elif op is kinds.RANGE:
            held.append(chr(value[0]))
        elif op is kinds.CATEGORY:
            held.append(_CATEGORIES[value])
    if argument[0][0] is kinds.NEGATE:
        return next(char for char in "aA1 -.,;/<x" if char not in held)
    return dice.choice(held)
