"""The search index that browsers load piece by piece, brought up to date on the disk.

Documents in, files under `search/pagefind/` out. Pagefind is run as a command over the blocks whose words changed; what
it writes is read and joined by `blocks.py`. Never decides what can be found (`searchable.py`), nor how it looks.
"""

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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import cbor2

from observatory.files import write_whole
from observatory.publish.blocks import MAGIC, SHORT, Block, Index, cut, joined, settled
from observatory.publish.searchable import Document, facet_table

log = logging.getLogger(__name__)

FORM = "4"  # raised when the making of the index changes
FOLDER = "search/pagefind"
IDS = "ids.json"
TABLE = "facets.gz"
ENTRY = "pagefind-entry.json"  # names the meta file, and so the whole index: written last
# Of what Pagefind writes beside the index, what a search loads; its ready-made user interfaces stay behind.
ENGINE = ("pagefind.js", "wasm.en.pagefind")
MOST_SECONDS = 900


class _Failed(Exception):
    """Pagefind failed: the message is what it said."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run of Pagefind made: a block, the files of its pages by their digests, and where all else lies."""

    block: Block
    pages: Mapping[str, str]
    made: Path


@dataclass(frozen=True, slots=True)
class _Part:
    """A block, with the digest that it is kept by, the run that made it if it is new, and its documents without their text."""

    digest: str
    block: Block
    run: _Run | None
    documents: tuple[Document, ...]


def build(told: str, make: Callable[[], Iterable[Document]], out: Path, tell: Callable[[str], None]) -> bool:
    """Bring the index under `out` up to date; tells whether it was made anew.

    `told` digests all that the documents could be made of: where it is as it was, they needn't even be made. Else they
    are, and of the index those blocks whose words differ. A Pagefind that fails harms nothing else: the former index
    stays, and the next publishing tries again.
    """
    if stands(told, out):
        return False
    target, marker = out / FOLDER, _marker(out)
    kept = out.parent / f".{out.name}.blocks"
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-search-") as folder:
        try:
            parts = tuple(_parts(cut(make()), _Former(kept, target), Path(folder), tell))
        except _Failed as error:
            log.warning("browser search not indexed cause=pagefind detail=%s", str(error)[-500:])
            return False
        digest = hashlib.sha256("".join(part.digest for part in parts).encode()).hexdigest()
        is_new = not target.is_dir() or _said(marker)[1] != digest or any(part.run for part in parts)
        if is_new:
            _write(parts, target)
            for part in parts:  # now that all pages are in their places
                if part.run:
                    _keep(kept / part.digest, part.block)
            _forget(kept, {part.digest for part in parts})
    marker.write_text(f"{FORM}-{told}\n{digest}", "utf-8")
    return is_new


def stands(told: str, out: Path) -> bool:
    """Say whether the index under `out` is the one of what is told."""
    return (out / FOLDER).is_dir() and _said(_marker(out))[0] == f"{FORM}-{told}"


def _marker(out: Path) -> Path:
    return out.parent / f".{out.name}.search"


def _said(marker: Path) -> list[str]:
    try:
        return [*marker.read_text("utf-8").split("\n"), ""][:2]
    except FileNotFoundError:
        return ["", ""]


# ---------------------------------------------------------------- blocks


def _parts(
    blocks: Iterable[tuple[Document, ...]], former: _Former, folder: Path, tell: Callable[[str], None]
) -> Iterator[_Part]:
    """Index the blocks that are new; of documents only what divides results is kept, their text would take 20 MB."""
    is_told = False
    for number, documents in enumerate(blocks):
        digest, run = _digest(documents), None
        block = former.block(digest)
        if block is None:
            if not is_told:
                tell("publish: indexing for the search in the browser")
            is_told = True
            run = _run(documents, folder / str(number))
            block = run.block
        yield _Part(digest, block, run, tuple(replace(document, html="") for document in documents))


def _digest(documents: Iterable[Document]) -> str:
    """Digest a block of documents, with the version of what indexes them."""
    found = hashlib.sha256(f"{FORM} {version('pagefind')}".encode())
    for document in documents:
        told = (document.path, document.html, document.facets, str(document.date), str(document.listed))
        found.update(repr(told).encode("utf-8", "replace"))
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class _Former:
    """The blocks that were `kept`, of the index that stands in `target`."""

    kept: Path
    target: Path

    def block(self, digest: str) -> Block | None:
        """Read a block; None when it is lost or torn, or when of the index a page of it is lost, or what a search runs by."""
        try:
            body = (self.kept / digest).read_bytes()
        except FileNotFoundError:
            return None
        is_whole = all((self.target / name).is_file() for name in (*ENGINE, ENTRY))
        if not is_whole or hashlib.sha256(body[32:]).digest() != body[:32]:
            return None
        form, pages, words = cbor2.loads(body[32:])
        block = Block(form, tuple((digest, entry, count) for digest, entry, count in pages), words)
        return block if all(_place(self.target, digest) for digest, _entry, _count in pages) else None


def _keep(file: Path, block: Block) -> None:
    body = cbor2.dumps([block.version, block.pages, block.words])
    write_whole(file, hashlib.sha256(body).digest() + body, "blocks", durable=False)


def _forget(kept: Path, digests: Set[str]) -> None:
    for path in kept.iterdir() if kept.is_dir() else ():
        if path.name not in digests:
            path.unlink()


def _place(target: Path, digest: str) -> Path | None:
    """Find a page in the index that stands, under its name or the longer one of those that begin alike."""
    named = (_page(target, f"en_{digest[:length]}") for length in (2 * SHORT, SHORT))
    return next((path for path in named if os.access(path, os.F_OK)), None)


def _page(target: Path, name: str) -> Path:
    return target / "fragment" / f"{name}.pf_fragment"


def _run(documents: Sequence[Document], folder: Path) -> _Run:
    """Write the documents, run Pagefind over them, and read what it wrote."""
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
    if failure or not (made / ENTRY).is_file():
        raise _Failed(failure or "it wrote nothing")
    shutil.rmtree(pages)
    try:
        return _read(made)
    except (RuntimeError, ValueError, TypeError, LookupError, OSError) as error:
        raise _Failed(f"another Pagefind than 1.5? its files are not as they are known here: {error}") from error


def _read(made: Path) -> _Run:
    found = {file.stem: (file, *_told(file)) for file in (made / "fragment").iterdir()}
    (meta,) = made.glob("*.pf_meta")
    block = settled(
        meta.read_bytes(),
        lambda name: (made / "index" / f"{name}.pf_index").read_bytes(),
        {name: (digest, entry) for name, (_file, digest, entry) in found.items()},
    )
    return _Run(block, {digest: os.fspath(file) for file, digest, _entry in found.values()}, made)


def _told(file: Path) -> tuple[str, str]:
    """Give a page's digest, and which entry it is: a result tells only its name until its page is loaded."""
    body = gzip.decompress(file.read_bytes())
    entry = json.loads(body.removeprefix(MAGIC))["url"].strip("/").rpartition("/")[2]
    return hashlib.sha256(body).hexdigest(), entry


# ---------------------------------------------------------------- the index on disk


def _write(parts: Sequence[_Part], target: Path) -> None:
    """Write what differs of an index.

    Files are named by what they hold and the one that names them comes last: until then, and after a crash, a reader finds by
    the former index.
    """
    if not parts:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        return
    for name in ("fragment", "index"):
        (target / name).mkdir(parents=True, exist_ok=True)
    index = joined([part.block for part in parts])
    runs = [part.run for part in parts if part.run]
    wanted = {ENTRY, IDS, TABLE, *ENGINE, *_write_pages(index, runs, target), *_write_words(index, target)}
    ids = dict(sorted((index.names[digest], entry) for part in parts for digest, entry, _words in part.block.pages))
    _put(target / IDS, json.dumps(ids, separators=(",", ":")).encode())
    _put(target / TABLE, _table(ids, (document for part in parts for document in part.documents)))
    for name in ENGINE if runs else ():
        _put(target / name, (runs[-1].made / name).read_bytes())
    said = json.loads(((runs[-1].made if runs else target) / ENTRY).read_bytes())
    said["languages"]["en"] |= {"hash": index.meta, "page_count": len(ids)}
    _put(target / ENTRY, json.dumps(said, separators=(",", ":")).encode())
    for file in [file for file in target.rglob("*") if file.is_file()]:
        if file.relative_to(target).as_posix() not in wanted:
            file.unlink()


def _write_words(index: Index, target: Path) -> Iterator[str]:
    """Write the chunks that are new and the file that names them; yields the paths of all."""
    meta = {f"pagefind.{index.meta}.pf_meta": index.body}
    for path, body in ({f"index/{name}.pf_index": body for name, body in index.chunks.items()} | meta).items():
        if not (target / path).is_file():
            _put(target / path, body)
        yield path


def _write_pages(index: Index, runs: Iterable[_Run], target: Path) -> Iterator[str]:
    """Bring all pages to their names; yields their paths."""
    fresh = {digest: file for run in runs for digest, file in run.pages.items()}
    for digest, name in index.names.items():
        path = _page(target, name)
        if not os.access(path, os.F_OK):
            if digest in fresh:
                os.chmod(fresh[digest], 0o644)
                os.replace(fresh[digest], path)
            elif there := _place(target, digest):  # since it was indexed another came, or went, whose name begins alike
                _put(path, there.read_bytes())
        yield f"fragment/{path.name}"


def _put(path: Path, body: bytes) -> None:
    write_whole(path, body, "browser", durable=False, unless_same=True)


def _table(ids: Mapping[str, str], documents: Iterable[Document]) -> bytes:
    by_id = {document.path.strip("/").rpartition("/")[2]: document for document in documents}
    rows = [(name.removeprefix("en_"), by_id[entry]) for name, entry in ids.items()]
    body = json.dumps(facet_table(rows), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return gzip.compress(body, 9, mtime=0)
