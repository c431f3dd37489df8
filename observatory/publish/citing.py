"""Citations kept between publishings, so that only what changed is cited anew. Several processes share a first run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from observatory.model import Catalogue
from observatory.publish.citations import Cited, cite, official, to_cite, told
from observatory.publish.csl import Csl
from observatory.publish.fingerprint import fingerprint
from observatory.publish.pieces import Pieces

Texts = dict[str, tuple[str, ...]]
PART = "cited"
ALONE = 60  # citations that one process makes in about a second: fewer aren't worth starting another for
_WORK = "from observatory.publish.citing import work; work()"


class Citations(Mapping[str, Cited]):
    """The citations of entries, by id, each read when it is asked for: they would take thirty megabytes."""

    def __init__(self, kept: Pieces, ids: Collection[str]) -> None:
        self._kept, self._ids = kept, ids

    def __getitem__(self, entry_id: str) -> Cited:
        _key, official, *texts = json.loads(self._kept.one(PART, entry_id))
        return Cited(tuple(texts), official)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def citations(catalogue: Catalogue, program: str, kept: Pieces, tell: Callable[[str], None]) -> Citations:
    """Cite every entry; what is kept is taken from there, and brought up to date.

    An entry is looked at only where it differs, or was looked at by another program; cited anew only where what is cited differs.
    """
    all_, known = {entry.id: entry for entry in catalogue.entries}, catalogue.digests
    digested = {
        i: f"{program} {known[i] if i in known else fingerprint(told(entry), official(entry))}"
        for i, entry in all_.items()
    }
    before = {i: _key(kept, i) for i in kept.stale(PART, digested)}
    citing = to_cite([all_[i] for i in before], before)
    if citing.missing:
        tell(f"publish: citing {len(citing.missing)} works in three styles")
    made = _cite_all(citing.missing)

    def piece(entry_id: str) -> tuple[bytes]:
        key = citing.keys[entry_id]
        texts = made[key] if key in made else json.loads(kept.one(PART, entry_id))[2:]
        said = json.dumps([key, official(all_[entry_id]), *texts], ensure_ascii=False)
        return (said.encode("utf-8", "replace"),)

    kept.keep((PART,), digested, piece)
    return Citations(kept, all_.keys())


def _key(kept: Pieces, entry_id: str) -> str:
    """Say by what an entry was cited last; "" when it never was."""
    try:
        key: str = json.loads(kept.one(PART, entry_id))[0]
    except KeyError:
        return ""
    return key


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
