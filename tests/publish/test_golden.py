"""A whole small site, byte for byte as it stands in golden/. To accept a change that was looked at:

GOLDEN=write python -m pytest tests/publish/test_golden.py
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from shown import COUNCIL, DEFINITIONS, FOLLOWER, HOSTILE, IRELAND, PRESS, TERMS, catalogue

from conftest import planned

GOLDEN = Path(__file__).parent / "golden"
KEPT = (".html", ".atom", ".xml", ".txt", ".bib", ".ris")
SMALL = catalogue(
    COUNCIL,
    FOLLOWER,
    PRESS,
    *(
        one
        for one in HOSTILE
        if one.id in ("markup", "arabic", "emoji", "tex", "bare", "sixty", "retracted", "call-ahead")
    ),
    aliases={"council-old": "council-2022"},
    countries=(IRELAND,),
    definitions=DEFINITIONS,
    terms=TERMS,
)


def test_the_small_site_is_byte_for_byte_the_golden_one() -> None:
    made = {path: _without_version(body) for path, body in planned(SMALL).items() if _is_kept(path)}
    if os.environ.get("GOLDEN") == "write":
        _write(made)
    held = {file.relative_to(GOLDEN).as_posix(): file.read_bytes() for file in GOLDEN.rglob("*") if file.is_file()}
    assert sorted(made) == sorted(held)
    for path in sorted(made):
        assert made[path].decode() == held[path].decode(), f"{path} changed: look at it, then accept it as said above"


def _is_kept(path: str) -> bool:
    return path.endswith(KEPT) and not path.startswith(("static/", "data/codebook/"))


def _without_version(body: bytes) -> bytes:
    """Leave out the digest of styles and scripts, which stands on every page."""
    return re.sub(rb"(\.(?:css|js))\?[0-9a-f]+", rb"\1", body)


def _write(made: dict[str, bytes]) -> None:
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for path, body in made.items():
        (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / path).write_bytes(body)
