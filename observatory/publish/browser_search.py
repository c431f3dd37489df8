"""The search index that browsers load piece by piece: made by Pagefind, run as a command, only when searchable text changed."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import cbor2

from observatory.publish.searchable import Document, facet_table

log = logging.getLogger(__name__)

FORM = "3"  # raised when the making of the index changes
FOLDER = "search/pagefind"
IDS = "ids.json"
TABLE = "facets.gz"
MOST_SECONDS = 900
# Of what Pagefind writes, what a search loads; its ready-made user interfaces stay behind.
_WANTED = ("pagefind.js", "pagefind-entry.json", "wasm.en.pagefind", "*.pf_meta", "index", "fragment")
_MAGIC = b"pagefind_dcd"  # what a fragment begins with before its JSON


def build(told: str, make: Callable[[], Sequence[Document]], out: Path, tell: Callable[[str], None]) -> bool:
    """Bring the index under `out` up to date; tells whether it was made anew.

    `told` digests all that the documents could be made of: where it is as it was, they needn't even be made. Else they
    are, and the index too if any of their words differs. A Pagefind that fails harms nothing else: the former index
    stays, and the next publishing tries again.
    """
    if stands(told, out):
        return False
    told = f"{FORM}-{told}"
    target, marker = out / FOLDER, _marker(out)
    before = _said(marker) if target.is_dir() else ["", ""]
    documents = make()
    digest = _digest(documents)
    if before[1] == digest:
        marker.write_text(f"{told}\n{digest}", "utf-8")
        return False
    tell(f"publish: indexing {len(documents)} entries for the search in the browser")
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-search-") as folder:
        fresh = Path(folder) / "fresh"
        if documents and not _run(documents, Path(folder), fresh):
            return False
        fresh.mkdir(exist_ok=True)
        _swap(fresh, target, Path(folder) / "former")
    marker.write_text(f"{told}\n{digest}", "utf-8")
    return True


def stands(told: str, out: Path) -> bool:
    """Say whether the index under `out` is the one of what is told."""
    return (out / FOLDER).is_dir() and _said(_marker(out))[0] == f"{FORM}-{told}"


def _marker(out: Path) -> Path:
    return out.parent / f".{out.name}.search"


def _digest(documents: Sequence[Document]) -> str:
    found = hashlib.sha256(FORM.encode())
    for document in documents:
        told = (document.path, document.html, document.facets, str(document.date), str(document.listed))
        found.update(repr(told).encode("utf-8", "replace"))
    return found.hexdigest()


def _said(marker: Path) -> list[str]:
    try:
        return [*marker.read_text("utf-8").split("\n"), ""][:2]
    except FileNotFoundError:
        return ["", ""]


def _run(documents: Sequence[Document], folder: Path, fresh: Path) -> bool:
    """Write the documents, run Pagefind over them, and keep of its files what a search needs."""
    pages, made = folder / "pages", folder / "made"
    for document in documents:
        page = pages / document.path
        page.mkdir(parents=True)
        (page / "index.html").write_text(document.html, "utf-8", errors="replace")
    # One language for all: Pagefind splits its index by <html lang> and finds nothing of the other languages then.
    command = [sys.executable, "-m", "pagefind", "--site", str(pages), "--output-path", str(made)]
    command += ["--force-language", "en", "--silent"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
        failure = done.stderr.strip() or done.stdout.strip() if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        failure = str(error)
    if failure or not (made / "pagefind-entry.json").is_file():
        log.warning("browser search not indexed cause=pagefind detail=%s", failure[-500:] or "it wrote nothing")
        return False
    _settle(made)
    fresh.mkdir()
    for wanted in _WANTED:
        for file in made.glob(wanted):
            os.replace(file, fresh / file.name)
    ids = dict(sorted(_ids(fresh)))
    (fresh / IDS).write_text(json.dumps(ids, separators=(",", ":")), "utf-8")
    by_id = {document.path.strip("/").rpartition("/")[2]: document for document in documents}
    rows = [(stem.removeprefix("en_"), by_id[entry_id]) for stem, entry_id in ids.items()]
    body = json.dumps(facet_table(rows), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    (fresh / TABLE).write_bytes(gzip.compress(body, 9, mtime=0))
    return True


def _settle(made: Path) -> None:
    """Number pages by what they hold, bring the values of each filter into one order, and name files by what they hold.

    Pagefind 1.5 numbers pages as the file system lists them and writes filters in the order of a randomly seeded hash map: two
    indexes of the same text would differ, and with them two sites made of the same catalogue.
    """
    known = made / "pagefind-entry.json"
    entry = json.loads(known.read_text("utf-8"))
    for language in entry["languages"].values():
        (old,) = made.glob(f"*.{language['hash']}.pf_meta")
        meta = _read(old)
        if any(meta[3:5]):
            raise RuntimeError("Pagefind wrote filters or sorts, whose pages are not numbered anew here")
        order = sorted(range(len(meta[1])), key=lambda number: str(meta[1][number][0]))
        places = {number: place for place, number in enumerate(order)}
        meta[1] = [meta[1][number] for number in order]
        for chunk in meta[2]:  # [[first word, last word, name of its file], …]
            file = made / "index" / f"{chunk[2]}.pf_index"
            chunk[2] = _write(file, [[_renumbered(word, places) for word in _read(file)[0]]], "en_{}.pf_index")
        language["hash"] = _write(old, meta, "pagefind.en_{}.pf_meta").removeprefix("pagefind.")
    known.write_text(json.dumps(entry, separators=(",", ":")), "utf-8")


def _renumbered(word: Sequence[Any], places: Mapping[int, int]) -> list[Any]:
    """Number the pages of a word and of its accented forms anew; each number is told as the step from the one before."""
    said, pages, forms = word
    return [said, _steps(pages, places), [[form, _steps(held, places)] for form, held in forms]]


def _steps(pages: Sequence[Sequence[Any]], places: Mapping[int, int]) -> list[list[Any]]:
    numbers = accumulate(page[0] for page in pages)
    found = sorted((places[number], *page[1:]) for number, page in zip(numbers, pages, strict=True))
    return [
        [place - before, *rest] for before, (place, *rest) in zip([0, *(one[0] for one in found)], found, strict=False)
    ]


def _read(file: Path) -> Any:
    return cbor2.loads(gzip.decompress(file.read_bytes()).removeprefix(_MAGIC))


def _write(old: Path, value: Any, form: str) -> str:
    """Write a file of Pagefind's anew under a name of its content; returns that name without its ending."""
    body = _MAGIC + cbor2.dumps(value)
    name = form.format(hashlib.sha256(body).hexdigest()[:10])
    old.unlink()
    (old.parent / name).write_bytes(gzip.compress(body, 9, mtime=0))
    return name.rpartition(".")[0]


def _ids(fresh: Path) -> Iterator[tuple[str, str]]:
    """Which result is which entry: a result tells only its hash until its fragment is loaded."""
    for file in (fresh / "fragment").iterdir():
        fragment = json.loads(gzip.decompress(file.read_bytes()).removeprefix(_MAGIC))
        yield file.stem, fragment["url"].strip("/").rpartition("/")[2]


def _swap(fresh: Path, target: Path, former: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        os.replace(target, former)
    os.replace(fresh, target)
    for folder, _names, files in os.walk(target):
        os.chmod(folder, 0o755)
        for name in files:
            os.chmod(Path(folder) / name, 0o644)
    shutil.rmtree(former, ignore_errors=True)
