"""Citations kept between publishings, so that only what changed is cited anew. Several processes share a first run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from observatory.model import Entry
from observatory.publish.citations import Cited, Citing, cite, official, to_cite
from observatory.publish.csl import Csl

Texts = dict[str, tuple[str, ...]]
ALONE = 60  # citations that one process makes in about a second: fewer aren't worth starting another for
_WORK = "from observatory.publish.citing import work; work()"


def citations(entries: Sequence[Entry], kept_in: Path, tell: Callable[[str], None]) -> dict[str, Cited]:
    """Cite every entry; what is kept in the file is taken from there, and the file brought up to date."""
    kept = _read(kept_in)
    citing = to_cite(entries, kept)
    if citing.missing:
        tell(f"publish: citing {len(citing.missing)} works in three styles")
    made = _cite_all(citing.missing)
    _keep(citing, kept, made, kept_in)
    return {entry.id: _cited(entry, citing, made, kept) for entry in entries}


def _cited(entry: Entry, citing: Citing, made: Texts, kept: Texts) -> Cited:
    key = citing.keys[entry.id]
    return Cited(made.get(key) or kept[key], official(entry))


def _read(file: Path) -> Texts:
    """Read what was cited before; a file that is missing or torn means that all is cited anew."""
    try:
        held = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {key: tuple(texts) for key, texts in held.items()} if isinstance(held, dict) else {}


def _keep(citing: Citing, kept: Texts, made: Texts, file: Path) -> None:
    wanted = set(citing.keys.values())
    if not made and wanted == set(kept):
        return
    after = {key: list(made.get(key) or kept[key]) for key in sorted(wanted)}
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.new")
    fresh.write_text(json.dumps(after, ensure_ascii=False, indent=0), "utf-8", errors="replace")
    os.replace(fresh, file)


def _cite_all(missing: Mapping[str, Csl]) -> Texts:
    """Cite records, shared out to as many processes as the machine has cores when there are many."""
    workers = min(os.cpu_count() or 1, 1 + len(missing) // ALONE)
    if workers == 1:
        return {key: cite(record) for key, record in missing.items()}
    items = list(missing.items())
    made: Texts = {}
    with tempfile.TemporaryDirectory() as folder:
        started = [_start(items[number::workers], Path(folder) / str(number)) for number in range(workers)]
        for process, answers in started:
            process.wait()
            made.update(_answers(answers))
    return {key: made.get(key) or cite(record) for key, record in items}  # what a process that died left undone


def _start(items: list[tuple[str, Csl]], base: Path) -> tuple[subprocess.Popen[bytes], Path]:
    asked, answers = base.with_suffix(".in"), base.with_suffix(".out")
    asked.write_text("\n".join(json.dumps(item) for item in items), "utf-8")
    with asked.open("rb") as given, answers.open("wb") as taken:
        return subprocess.Popen([sys.executable, "-c", _WORK], stdin=given, stdout=taken, cwd=_ROOT), answers


_ROOT = Path(__file__).resolve().parents[2]  # so that the process finds us where we aren't installed


def _answers(file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in file.read_text("utf-8").splitlines():
        try:
            key, texts = json.loads(line)
        except ValueError:
            return  # the end that a process which was killed left torn
        yield key, tuple(texts)


def work() -> None:
    """Cite what comes in on stdin, a record a line; what another process of `_cite_all` runs."""
    for line in sys.stdin:
        key, record = json.loads(line)
        sys.stdout.write(json.dumps([key, cite(record)]) + "\n")
