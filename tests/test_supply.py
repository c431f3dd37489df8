"""What the program is made of: hashes for all of it, licences that go with MIT, nothing declared that isn't used."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from observatory.publish.sbom import sbom

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LICENCES = ROOT / "docs" / "licences.md"

# Declared and not imported: why it is declared all the same.
NOT_IMPORTED = {
    "pagefind": "its program is started, not imported",
    "ruamel.yaml.clib": "makes ruamel.yaml fifteen times faster",
    "tzdata": "zones for machines without their own",
}
IMPORTED_AS = {
    "apscheduler": "apscheduler", "python-stdnum": "stdnum", "markdown-it-py": "markdown_it", "citeproc-py": "citeproc",
    "whoosh-reloaded": "whoosh", "ruamel.yaml": "ruamel", "jinja2": "jinja2",
}  # fmt: skip
# Imported, and installed by what is declared: twisted by scrapy and the like.
BROUGHT = {"twisted", "zope", "OpenSSL", "protego", "markupsafe", "pypdfium2_raw", "dateparser", "lxml_html_clean"}
# Free licences whose terms a program under MIT keeps by installing them unchanged, each as a package of its own.
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software|ISC|Zope|ZPL|W3C|Unlicense|CC0|0BSD|Zlib|CNRI|dependency lic", re.I
)
WEAK = re.compile(r"LGPL|Lesser General|MPL|Mozilla", re.I)


def declared() -> set[str]:
    return {re.split(r"[\[><=~! ]", each)[0].lower() for each in PROJECT["project"]["dependencies"]}


def imported() -> set[str]:
    found: set[str] = set()
    for path in (p for room in ("observatory", "spiders") for p in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"observatory", "spiders"}


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Packages of a lock: version, and how many hashes it may have."""
    parts = re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8"))
    found = (
        (re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", part), part.count("--hash=sha256:"))
        for part in parts
    )
    return {match[1].lower(): (match[2], hashes) for match, hashes in found if match}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_everything_is_locked_by_hash(lock: str) -> None:
    held = locked(lock)
    assert len(held) > 50
    assert not [name for name, (_version, hashes) in held.items() if not hashes]
    assert {re.sub(r"[._]", "-", name) for name in declared()} <= {re.sub(r"[._]", "-", name) for name in held}
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert makefile.count("pip install") == makefile.count("--require-hashes")


def test_nothing_is_declared_that_is_not_used() -> None:
    used = imported()
    unused = {name for name in declared() if IMPORTED_AS.get(name, name.replace("-", "_")) not in used}
    assert unused == set(NOT_IMPORTED), "take it out of pyproject.toml, or say here why it is declared"


def test_nothing_is_used_that_is_not_declared() -> None:
    known = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in declared()}
    assert imported() - known - BROUGHT == set()


# ---------------------------------------------------------------- licences


def licence(name: str) -> str:
    said = importlib.metadata.metadata(name)
    classifiers = [
        each.rpartition("::")[2].strip() for each in said.get_all("Classifier") or () if each.startswith("License")
    ]
    expression = said.get("License-Expression") or "; ".join(classifiers) or (said.get("License") or "").split("\n")[0]
    return re.sub(r"\s+", " ", expression)[:60]


def table() -> str:
    rows = [f"| {name} | {licence(name)} |" for name in sorted(locked("requirements.lock")) if _is_here(name)]
    return "\n".join(("| package | licence |", "|---|---|", *rows)) + "\n"


def _is_here(name: str) -> bool:
    """Whether it is installed on this system: the lock holds what others need too."""
    try:
        importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def test_the_page_of_licences_is_true() -> None:
    head = LICENCES.read_text("utf-8").partition("| package")[0] if LICENCES.exists() else ""
    if os.environ.get("GOLDEN") == "write":
        LICENCES.write_text(head + table(), "utf-8")
    said = LICENCES.read_text("utf-8")
    named = set(re.findall(r"(?m)^\| ([a-z0-9._-]+) \|", said)) - {"package"}
    assert {name for name in locked("requirements.lock") if _is_here(name)} <= named, "GOLDEN=write makes the page anew"
    for name, held in re.findall(r"(?m)^\| ([a-z0-9._-]+) \| (.*) \|$", said):
        assert PERMISSIVE.search(held) or WEAK.search(held) or name == "package", f"{name}: {held}"


def test_no_component_is_under_a_strong_copyleft_alone() -> None:
    for name in locked("requirements.lock"):
        if _is_here(name):
            said = licence(name)
            strong = re.search(r"(?<!L)(?<!Lesser )\bA?GPL|Affero", said)
            assert not strong or " OR " in said, f"{name}: {said}"


# ---------------------------------------------------------------- components of a release, scripts of the site


def test_the_list_of_components_is_whole_and_always_the_same() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    said = json.loads(sbom(lock, "1.0"))
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.6")
    assert {each["name"] for each in said["components"]} == set(locked("requirements.lock"))
    assert all(each["externalReferences"] for each in said["components"])
    assert sbom(lock, "1.0") == sbom(lock, "1.0")


def test_the_list_of_components_is_sound_by_cyclonedxs_own_schema() -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    made = sbom((ROOT / "requirements.lock").read_text("utf-8"), "1.0")
    assert validator.validate_str(made) is None
    assert validator.validate_str(made.replace('"SHA-256"', '"SHA-257"', 1)) is not None


def test_the_sites_scripts_are_our_own_and_ask_nobody_else() -> None:
    for path in (ROOT / "site_templates" / "static").glob("*.js"):
        said = path.read_text("utf-8")
        assert not re.findall(r"(?:import|fetch|src)\W{1,4}https?://", said), path
        assert not re.search(r"\beval\(|new Function\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write", said), (
            path
        )
