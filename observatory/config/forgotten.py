"""What was erased on request: `curation/forgotten.yaml` → digests, and lines added to it. Nothing stands there in clear."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from observatory import yamltext
from observatory.errors import ConfigError, Flaw
from observatory.files import write_whole
from observatory.forgotten import Forgotten, digest
from observatory.model import PartialDate
from observatory.yamltext import Marked

FILE = "curation/forgotten.yaml"
_KEYS = ("digests", "when", "by", "why")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEAD = """\
# What was erased on request (`observatory forget`). Only digests stand here: they keep it from coming back, and tell nothing of it.
# Taking a line away lets the next crawl collect it again.
"""


def read_forgotten(root: Path) -> tuple[Forgotten, list[Flaw]]:
    """Read the file; without it nothing was erased."""
    try:
        body = (root / FILE).read_bytes()
    except FileNotFoundError:
        return Forgotten(), []
    except OSError as error:
        return Forgotten(), [Flaw(FILE, 0, "", f"can't be read: {error.strerror}")]
    try:
        marked = yamltext.load(body, FILE)
    except ConfigError as error:
        return Forgotten(), list(error.flaws)
    items = marked.data if marked.data is not None else []
    if not isinstance(items, list):
        return Forgotten(), [marked.flaw("must be a list of erasures, each `- digests: […]`")]
    flaws = [flaw for number, item in enumerate(items) for flaw in _flaws_of(marked, number, item)]
    return (Forgotten(), flaws) if flaws else (Forgotten(frozenset(d for item in items for d in item["digests"])), [])


def _flaws_of(marked: Marked, number: int, item: object) -> Iterator[Flaw]:
    if not isinstance(item, dict):
        yield marked.flaw("must be an erasure such as `digests: […]`, `when: …`, `by: …`, `why: …`", number)
        return
    for key in item:
        if key not in _KEYS:
            yield marked.flaw(f"no such key: {key!r}; known are {', '.join(_KEYS)}", number, str(key))
    said = item.get("digests")
    if not isinstance(said, list) or not said or not all(isinstance(d, str) and _DIGEST.fullmatch(d) for d in said):
        yield marked.flaw("must be a list of digests, each of 64 hexadecimal digits", number, "digests")
    for key in ("by", "why"):
        if not isinstance(item.get(key), str) or not item[key].strip():
            yield marked.flaw(f"must say {'who erased it' if key == 'by' else 'why'}", number, key)
    try:
        PartialDate.parse(str(item.get("when", ""))[:10])
    except ValueError:
        yield marked.flaw("must be a day such as 2026-11-27", number, "when")


def remember(root: Path, names: Iterable[str], by: str, why: str, now: datetime) -> None:
    """Add an erasure to the file, whole or not at all; names that it holds already are left out. ConfigError, OSError."""
    path = root / FILE
    held, flaws = read_forgotten(root)
    if flaws:
        raise ConfigError(flaws)
    new = sorted({digest(name) for name in names} - held.digests)
    if not new:
        return
    before = path.read_text("utf-8") if path.is_file() else _HEAD
    item = {"digests": new, "when": f"{now:%Y-%m-%d}", "by": by, "why": why}
    write_whole(path, yamltext.append(before, [item], one_line=True).encode(), "forget")
