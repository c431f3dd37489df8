"""The full-text index on disk: written by one process under the lock, read by any. Derived: it can always be made anew.

`search/index.json` (the *mark*) names the folder of the present index, whose catalogue it is, how far it has read there and
the files it is made of. A change is made in a new folder beside it and becomes the present one by one rename: a reader, or a
crash, never sees half of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import whoosh
from whoosh import columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import FileIndex, create_in, open_dir
from whoosh.reading import SegmentReader

from observatory.catalogue.search.documents import Part, Posting, document, postings
from observatory.catalogue.search.words import NO_LANGUAGE, STEMMED
from observatory.catalogue.store import Store
from observatory.errors import StorageError
from observatory.files import write_whole
from observatory.model import Entry, Status

FORM = 1  # of index and mark; a change of the analysers is noticed by itself, see `made_by`
BATCH = 200  # entries read with their full texts at once
TWO_PROCESSES = 1500  # entries from which a second process pays for its start
CHANGED_MOST = 0.25  # of an index: beyond that, making it anew is cheaper and leaves it whole
SMALL = 1000  # documents: smaller segments are merged when there are more than MOST_SMALL
MOST_SMALL = 8

Progress = Callable[[str], None]


class _Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own, without looking up a length for each posting (we score without): it asks the disk a million times."""

    length_stats = False


class _Value(formats.Format):  # type: ignore[misc]
    """Posting values of any length, which only we read."""


class _Texts(fields.FieldType):  # type: ignore[misc]
    """A field of weighted words; its value is the parts of an entry."""

    def __init__(self) -> None:
        super().__init__(_Value(), None)

    def index(self, value: tuple[Part, ...], **_more: Any) -> list[Posting]:
        return postings(value)


class _Facts(fields.FieldType):  # type: ignore[misc]
    """A field that has some values or none."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None)

    def index(self, value: tuple[str, ...], **_more: Any) -> list[Posting]:
        return [(each.encode(), 1, 1.0, b"") for each in value]


class _Name(fields.FieldType):  # type: ignore[misc]
    """The id: a term by which a document is found, and a column by which a hit is named."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), None, unique=True)
        self.column_type = columns.VarBytesColumn()

    def index(self, value: str, **_more: Any) -> list[Posting]:
        return [(value.encode(), 1, 1.0, b"")]

    def to_column_value(self, value: str) -> bytes:
        return value.encode()


FACTS = (
    *("kind", "section", "level", "year", "lang", "topic", "country"),
    *("stage", "source", "doi", "url", "status", "evidence", "name"),
)


def _schema() -> fields.Schema:
    return fields.Schema(id=_Name(), said=_Texts(), **{name: _Facts() for name in FACTS})


_PROBE = "Micro‑credentials: la reconnaissance des acquis, Prüfungsordnungen für lebenslanges Lernen; признание e-learning 单元"


@cache
def made_by() -> str:
    """Name what makes the index: it changes with our form, Whoosh, and whatever the analysers make of a text."""
    probe = [postings((("title", language, _PROBE),)) for language in (NO_LANGUAGE, *STEMMED)]
    said = repr((FORM, whoosh.__version__, sys.byteorder, sorted(_schema().names()), probe))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in `index.json`. `change`: the last change number of the catalogue that was read."""

    made_by: str
    catalogue: str
    change: int
    entries: int
    folder: str
    files: dict[str, tuple[int, int]]  # name → size, CRC-32


class Index:
    """The index in a folder. `sync` brings it up to date; `open` gives its reader."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    # ------------------------------------------------------------ reading

    def is_fresh(self, store: Store) -> bool:
        """Whether the index is sound and knows all that the catalogue holds."""
        mark = self._mark()
        return bool(mark and self._fits(mark, store) and mark.change == store.last_change() and self._is_sound(mark))

    def open(self) -> FileIndex | None:
        """Open the present index; None when there is none, or none that can be read."""
        for _try in range(3):  # a writer may put another folder in its place between the two steps
            mark = self._mark()
            if mark is None or not self._is_sound(mark):
                continue
            try:
                return open_dir(str(self._folder / mark.folder), readonly=True)
            except (OSError, whoosh.index.IndexError):
                continue
        return None

    def _mark(self) -> Mark | None:
        try:
            said = json.loads((self._folder / "index.json").read_text("utf-8"))
            said["files"] = {name: (size, crc) for name, (size, crc) in said["files"].items()}
            return Mark(**said)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def _fits(self, mark: Mark, store: Store) -> bool:
        return mark.catalogue == store.name_of_catalogue() and mark.made_by == made_by()

    def _is_sound(self, mark: Mark) -> bool:
        """Whether every file is as it was written: a damaged index would answer wrongly, or not at all."""
        return mark.files == _files(self._folder / mark.folder)

    # ------------------------------------------------------------ writing

    def sync(self, store: Store, progress: Progress, *, rebuild: bool = False) -> int:
        """Bring the index up to date, under the write lock; returns how many entries were written.

        It is made anew when it is missing, damaged, another catalogue's or made by other analysers, or mostly out of date.
        """
        try:
            with store.reading():
                return self._sync(store, progress, rebuild)
        except OSError as error:
            raise StorageError(f"can't write the index in {self._folder}: {error.strerror or error}") from error

    def _sync(self, store: Store, progress: Progress, rebuild: bool) -> int:
        mark, last = self._mark(), store.last_change()
        if rebuild or not mark or not self._fits(mark, store) or mark.change > last or not self._is_sound(mark):
            return self._make(store, last, progress)
        changed = [entry_id for _number, entry_id in store.changed_since(mark.change)]
        if not changed:
            return 0
        if len(changed) > max(SMALL, CHANGED_MOST * mark.entries):
            return self._make(store, last, progress)
        return self._grow(mark, store, last, changed, progress)

    def _make(self, store: Store, last: int, progress: Progress) -> int:
        ids = [entry_id for _number, entry_id in store.changed_since(-1)]
        folder = self._next_folder()
        folder.mkdir(parents=True)
        number = _fill(folder, _read(store, ids, progress), 2 if len(ids) >= TWO_PROCESSES else 1)
        if open_dir(str(folder)).doc_count() != number:  # Whoosh passes over a process that was killed
            shutil.rmtree(folder)
            folder.mkdir()
            number = _fill(folder, _read(store, ids, progress), 1)
        self._present(folder, store, last, number)
        progress(f"index: {number} entries, made anew")
        return number

    def _grow(self, mark: Mark, store: Store, last: int, changed: list[str], progress: Progress) -> int:
        folder = self._next_folder()
        _link(self._folder / mark.folder, folder, mark.files)
        index = open_dir(str(folder))
        writer = index.writer(codec=_Codec())
        for entry_id in changed:
            writer.delete_by_term("id", entry_id)
        number = 0
        for entry in _read(store, changed, progress):
            writer.add_document(**document(entry))
            number += 1
        writer.commit(mergetype=_merge)
        self._present(folder, store, last, index.doc_count())
        progress(f"index: {len(changed)} changed entries")
        return number

    def _next_folder(self) -> Path:
        """Give a folder that is not there; what a crash left behind is taken away."""
        mark = self._mark()
        for path in self._folder.glob("*"):
            if path.is_dir() and not (mark and path.name == mark.folder):
                shutil.rmtree(path, ignore_errors=True)
        return self._folder / str(int(mark.folder) + 1 if mark and mark.folder.isdigit() else 1)

    def _present(self, folder: Path, store: Store, last: int, number: int) -> None:
        """Make this folder the present index, and drop the former."""
        mark = Mark(made_by(), store.name_of_catalogue(), last, number, folder.name, _files(folder))
        write_whole(self._folder / "index.json", json.dumps(asdict(mark)).encode(), "index")
        self._next_folder()


def _fill(folder: Path, entries: Iterable[Entry], processes: int) -> int:
    """Write all entries to a new index; several processes make a segment each."""
    options: dict[str, Any] = {"procs": processes, "multisegment": True, "batchsize": 250} if processes > 1 else {}
    writer = create_in(str(folder), _schema()).writer(
        limitmb=256, codec=_Codec(blocklimit=512, compression=3), **options
    )
    number = 0
    for entry in entries:
        writer.add_document(**document(entry))
        number += 1
    writer.commit(merge=False)
    return number


def _read(store: Store, ids: Iterable[str], progress: Progress) -> Iterator[Entry]:
    """Read entries with their full texts, a batch at a time; aliases of others are not indexed."""
    done, rest = 0, iter(ids)
    while batch := list(islice(rest, BATCH)):
        yield from (entry for entry in store.entries_by_id(batch) if entry.status is not Status.MERGED)
        done += len(batch)
        if done % (5 * BATCH) == 0:
            progress(f"index: {done} entries read")


def _merge(writer: Any, segments: list[Any]) -> list[Any]:
    """Merge small segments into the one that is being written, when they have become many (Whoosh's merge policy)."""
    small = [segment for segment in segments if segment.doc_count_all() < SMALL]
    kept = [segment for segment in segments if segment.doc_count_all() >= SMALL]
    if len(small) <= MOST_SMALL:
        return segments
    for segment in small:
        with SegmentReader(writer.storage, writer.schema, segment) as reader:
            writer.add_reader(reader)
    return kept


def _link(source: Path, target: Path, names: Iterable[str]) -> None:
    """Give the files of an index a second place: Whoosh never changes one that is written."""
    target.mkdir()
    for name in names:
        try:
            os.link(source / name, target / name)
        except OSError:  # a disk without hard links
            shutil.copyfile(source / name, target / name)


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    """Give size and CRC-32 of each file of an index."""
    found: dict[str, tuple[int, int]] = {}
    for path in sorted(folder.glob("*")):
        if path.is_file() and not path.name.endswith("LOCK"):
            body = path.read_bytes()
            found[path.name] = (len(body), zlib.crc32(body))
    return found
