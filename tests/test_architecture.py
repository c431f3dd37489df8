"""The walls of docs/architecture.md, kept by reading the code's imports and shapes."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(p for room in ("observatory", "spiders") for p in (ROOT / room).rglob("*.py"))
GROUND = {
    "accesslog",
    "loglines",
    "model",
    "errors",
    "text",
    "markup",
    "yamltext",
    "files",
    "moments",
    "forgotten",
    "mentions",
    "collector",
    "curated",
    "crew",
    "__init__",
}
ROOMS = {"judge", "catalogue", "publish", "spiders"}
CONDUCTORS = {
    "reread",
    "handkept",
    "founding",
    "app",
    "basis",
    "neighbours",
    "opened",
    "questions",
    "asked",
    "ingest",
    "reading",
    "readers",
    "handing",
    "harvest",
    "editions",
    "explain",
    "inquiry",
    "facts",
    "desk",
    "gathering",
    "usage",
    "preview",
    "review",
    "health",
    "probing",
    "trial",
    "verifying",
    "suggesting",
    "forgetting",
    "withholding",
    "care",
    "outbox",
    "schedule",
}
# How high a part of the house stands; an import may only run down, or stay within one part.
FLOOR = {
    **dict.fromkeys(GROUND, 0),
    **dict.fromkeys(ROOMS, 1),
    "config": 2,
    **dict.fromkeys(CONDUCTORS, 3),
    "cli": 4,
    "__main__": 5,
}
VENDORS = {
    "scrapy": {"spiders/_crawl.py"},
    "twisted": {"spiders/_crawl.py", "spiders/_resolver.py"},
    "feedparser": {"spiders/feed.py"},
    "sqlalchemy": {"observatory/catalogue/"},
    "alembic": {"observatory/catalogue/"},
    "warcio": {"observatory/catalogue/archive.py"},
    "whoosh": {"observatory/catalogue/search/"},
    "jinja2": {"observatory/publish/site.py"},
    "markdown_it": {"observatory/publish/site.py"},
    "citeproc": {"observatory/publish/citations.py"},
    "apscheduler": {"observatory/schedule.py"},
    "lxml": {"observatory/markup.py"},
    "ruamel": {"observatory/yamltext.py"},
    "trafilatura": {"observatory/judge/extract/"},
    "extruct": {"observatory/judge/extract/"},
    "click": {"observatory/cli/"},
    "rich": {"observatory/cli/"},
    "icalendar": {"spiders/_ics.py", "observatory/publish/calendar.py"},
    "pypdfium2": {"spiders/_worker_pdf.py"},
    "jmespath": {"spiders/jsonapi.py"},
    "pydantic": {"observatory/config/", "spiders/"},
}
IMPURE = {"socket", "ssl", "http", "urllib.request", "requests", "httpx", "subprocess", "sqlite3", "tempfile", "shutil"}
# Files of the pure rooms that touch disk or start a process, or use what could (a database in memory).
OPEN = {"site.py", "writing.py", "browser_search.py", "citing.py", "keeping.py", "sqlite_export.py", "releasing.py"}
CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
WEB = {
    "_crawl.py",
    "_resolver.py",
    "_polite.py",
    "_harvest.py",
    "_crawl_pdf.py",
    "_worker_pdf.py",
}  # the parts of the crawl; all else in spiders/ is pure
BROAD_EXCEPT = {"observatory/cli/", "spiders/_harvest.py", "spiders/_crawl.py", "observatory/reading.py"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path, *, lazy: bool = True) -> Iterator[str]:
    """Yield the dotted names that a module imports, its type-checking imports left out."""
    skipped = {
        id(inner)
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(_tree(path)) if lazy else _tree(path).body:
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _part(dotted: str) -> str | None:
    """Name the part of the house that a module belongs to; None for what isn't ours."""
    pieces = dotted.split(".")
    if pieces[0] == "spiders":
        return "spiders"
    if pieces[0] != "observatory":
        return None
    return pieces[1] if len(pieces) > 1 and pieces[1] in FLOOR else "__init__"


def _part_of(path: Path) -> str:
    return _part(".".join(path.relative_to(ROOT).with_suffix("").parts)) or "__init__"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_imports_run_down_only(path: Path) -> None:
    here = _part_of(path)
    for dotted in _imports(path):
        there = _part(dotted)
        if there is None or there == here:
            continue
        if {here, there} <= CONDUCTORS or {here, there} <= GROUND:
            continue  # conductors may conduct one another, the ground is one; circles are caught below
        assert FLOOR[there] < FLOOR[here], f"{_name(path)} imports {dotted}"


def test_every_module_has_its_floor() -> None:
    tops = {p.relative_to(ROOT / "observatory").parts[0].removesuffix(".py") for p in FILES if "observatory" in p.parts}
    assert tops <= set(FLOOR), "a new room: name its floor here and in docs/architecture.md"


def test_there_is_no_import_circle() -> None:
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in FILES}
    graph = {name: {d for d in _imports(path) if d in names and d != name} for name, path in names.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"circle: {' → '.join((*trail, name))}"
        if name not in done:
            for target in sorted(graph[name]):
                if not name.startswith(f"{target}."):  # a module may import its own package's name
                    visit(target, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_stays_in_its_file(vendor: str) -> None:
    users = {_name(p) for p in FILES if any(d == vendor or d.startswith(f"{vendor}.") for d in _imports(p))}
    strays = {user for user in users if not any(user.startswith(allowed) for allowed in VENDORS[vendor])}
    assert not strays


def _pure_files() -> list[Path]:
    rooms = {p: p.relative_to(ROOT).parts for p in FILES}
    pure = [p for p in FILES if "judge" in rooms[p] or ("publish" in rooms[p] and p.name not in OPEN)]
    return pure + [p for p in FILES if p.parent.name == "spiders" and p.name not in WEB]


@pytest.mark.parametrize("path", _pure_files(), ids=_name)
def test_pure_rooms_touch_no_network_disk_or_clock(path: Path) -> None:
    assert not {d for d in _imports(path) if d in IMPURE}
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "open", f"{_name(path)}:{node.lineno} opens a file"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in CLOCK, f"{_name(path)}:{node.lineno} reads the clock"
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"read_text", "read_bytes", "write_text", "write_bytes"}, (
                f"{_name(path)}:{node.lineno}"
            )


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_functions_and_modules_fit_in_the_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 60, f"{_name(path)}:{node.lineno} {node.name} has {length} lines"


def test_most_functions_are_short() -> None:
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in FILES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[int(len(lengths) * 0.9)] <= 25


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_broad_excepts_stand_where_they_may(path: Path) -> None:
    broad = [
        node.lineno
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)  # tidies up and passes it on
    ]
    assert not broad or any(_name(path).startswith(allowed) for allowed in BROAD_EXCEPT), broad


def test_help_imports_none_of_the_heavy_parts() -> None:
    heavy = ("scrapy", "sqlalchemy", "whoosh", "pydantic", "jinja2", "lxml", "rich", "trafilatura", "apscheduler")
    code = (
        "import sys\nfrom observatory.cli.main import cli\n"
        "try:\n    cli(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stderr.strip() == "[]"
    assert "run" in done.stdout
