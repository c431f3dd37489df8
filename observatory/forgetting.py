"""The conductor of erasing on request: from the archive, the ledger, all that is derived of them, and for all time to come.

What stays is `curation/forgotten.yaml`: digests, when, by whom and why. Curators' other files are people's own: the lines that name
the work must be deleted by a person first; only decisions are cut here. Each step may be repeated, so that one that was broken off
is made good by asking again.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from observatory import text
from observatory.catalogue import archive, curation
from observatory.config import valid
from observatory.config.forgotten import FILE, read_forgotten, remember
from observatory.errors import ConfigError, NotFound, StorageError, UsageError
from observatory.forgotten import Forgotten, address_names, asked_names, digest, finding_names, id_name, work_names
from observatory.mentions import Mentions
from observatory.model import (
    ArchiveRecord,
    Decision,
    Entry,
    HarvestEnd,
    Item,
    Snapshot,
    SourceRow,
    Visit,
)
from observatory.opened import VALID
from observatory.reading import Reader
from observatory.withholding import condensed, spared
from spiders._harvest import note, recall

if TYPE_CHECKING:
    from observatory.app import Observatory
    from observatory.catalogue.store import Store

MOST_FILE = (
    200_000_000  # bytes of a file that are looked through at the end; nothing of ours but an archive file is larger
)


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is to be erased: entries with all their ids, the items that they are made of, and the names of all of it.

    `in_the_way`: lines of curators' files that a person must delete first, as "file:line". `decisions` are cut by the program.
    """

    entries: tuple[Entry, ...]
    ids: frozenset[str]
    items: tuple[Item, ...]
    names: frozenset[str]
    mentions: Mentions
    decisions: tuple[Decision, ...]
    in_the_way: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done: archived records and editions rewritten; files that name the work still, which a person must look at."""

    records: int
    editions: int
    left: tuple[str, ...]


# ---------------------------------------------------------------- what would be erased


def plan(observatory: Observatory, wanted: Iterable[str]) -> Erasure:
    """Say what would be erased; erases nothing, but reads first what is not read yet.

    NotFound for an id that names no entry; an address may be one that was never seen.
    """
    observatory.ingest()
    store, config = observatory.store, observatory.config
    entries: dict[str, Entry] = {}
    names: set[str] = set()
    urls: set[str] = set()
    ids: set[str] = set()
    for said in wanted:
        if entry := store.entry(said):
            entries[entry.id] = entry
        if text.safe_url(said):
            urls.add(said)
            names |= address_names(said) | ({f"doi:{doi}"} if (doi := text.doi(said)) else set())
        elif entry is None and (store.taken((said,)) or config.forgotten.ids((said,))):
            ids.add(said)  # an erasure that was broken off
        elif entry is None:
            raise NotFound(f"no entry {said!r}; give its id or its address (`observatory search` finds entries)")
    items = _joined(store, entries, names)
    ids |= {*entries, *(given.entry_id for given in store.given(f"item:{item.ref}" for item in items))}
    ids -= {each.id for each in store.entries_by_id(ids - entries.keys(), texts=False)}  # parted from it since
    names |= {id_name(each) for each in ids}
    works = [*(item.work for item in items), *(entry.work for entry in entries.values())]
    urls |= {url for work in works for url in (work.url, work.pdf_url) if url and address_names(url) <= names}
    keys = {item.key for item in items}
    urls |= {key for key in keys if text.safe_url(key)}
    titles = {title for work in works for title in (work.title, work.title_en, *(t for _l, t in work.titles)) if title}
    mentions = Mentions.of(urls, ids | keys | {work.doi for work in works if work.doi}, titles)
    decisions, flaws = curation.load(config.root / "curation" / "decisions")
    if flaws:
        raise ConfigError(flaws)
    cut = tuple(d for d in decisions if {d.entry, d.into} & ids or address_names(d.entry, d.into) & names)
    lines = (*_lines(config.root, config.path, mentions), *_shelved(observatory, items))
    return Erasure(tuple(entries.values()), frozenset(ids), items, frozenset(names), mentions, cut, tuple(lines))


def _joined(store: Store, entries: dict[str, Entry], names: set[str]) -> tuple[Item, ...]:
    """Find all items of the entries, and whatever else has one of their names: it would go too, so its entries join them."""
    items = {item.ref: item for item in store.items(store.refs_of(entries))}
    while True:
        names |= _names(items.values(), entries.values())
        near = store.block({name for name in names if name.startswith(("url:", "doi:"))}, ())
        more = {item.ref: item for item in near if item.ref not in items and _names((item,), ()) & names}
        if not more:
            return tuple(items[ref] for ref in sorted(items))
        entries |= {entry.id: entry for entry in store.entries_of(more)}
        items |= more | {item.ref: item for item in store.items(store.refs_of(entries))}


def _names(items: Iterable[Item], entries: Iterable[Entry]) -> set[str]:
    found = {name for item in items for view in item.views for name in finding_names(view.finding)}
    found |= {name for item in items for name in (f"item:{item.ref}", *work_names(item.work))}
    return found | {name for entry in entries for name in work_names(entry.work)}


def _lines(root: Path, sources: Path, mentions: Mentions) -> Iterator[str]:
    """Name the lines of curators' files, but for their decisions, that name the work."""
    folder = root / "curation"
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and "decisions" not in path.parts]
    for path in [sources, *paths]:
        shown = path.relative_to(root).as_posix()
        said = path.read_bytes().decode("utf-8", "replace") if shown != FILE else ""
        yield from (f"{shown}:{n}" for n, line in enumerate(said.splitlines(), 1) if mentions.in_text(line))


def _shelved(observatory: Observatory, items: Iterable[Item]) -> Iterator[str]:
    """Name the hand-kept records among the items that stand in their files still, whatever these call them."""
    curated = [item for item in items if item.curated and not item.withdrawn]
    if curated:
        from observatory.config import options_of

        patterns = {s.id: str(getattr(options_of(s), "path", "")) for s in observatory.config.sources}
        yield from (f"{patterns.get(item.source_id, item.source_id)}: the record {item.key}" for item in curated)


# ---------------------------------------------------------------- erasing


def forget(observatory: Observatory, erasure: Erasure, by: str, why: str) -> Erased:
    """Erase, for good. UsageError when curators' files still name it; StorageError when the disk is full: then ask again."""
    if erasure.in_the_way:
        raise UsageError(f"delete these lines first, then ask again: {', '.join(erasure.in_the_way)}")
    with observatory.writing("forget"):
        return _forget(observatory, erasure, by, why)


def _forget(observatory: Observatory, erasure: Erasure, by: str, why: str) -> Erased:
    config, store, tell = observatory.config, observatory.store, observatory.progress
    try:
        remember(config.root, erasure.names, by, why, observatory.now)
    except OSError as error:
        raise StorageError(f"can't write {config.root / FILE}: {error.strerror}; nothing was erased") from error
    forgotten, _flaws = read_forgotten(config.root)
    observatory.config = config = replace(config, forgotten=forgotten)
    _cut_decisions(config.root / "curation" / "decisions", erasure)
    tell("forget: rewriting the archive")
    cutter = _Cutter(erasure, forgotten, Reader({s.id: s for s in config.sources}, config.vocabulary))
    records = archive.rewrite(observatory.archive, cutter.cut)
    editions = store.erase_told(erasure.ids, erasure.mentions.without)
    store.erase_use(lambda address: any(part.partition(".")[0] in erasure.ids for part in address.split("/")))
    store.erase_shelved((item.source_id, item.key) for item in erasure.items)
    store.erase_ids(erasure.ids)
    observatory.ingest(again=True)
    observatory.index(rebuild=True)
    _publish_anew(observatory)
    store.shred()
    left = tuple(_left(observatory, erasure.mentions))
    return Erased(records, editions, left)


def _cut_decisions(folder: Path, erasure: Erasure) -> None:
    def is_meant(name: str) -> bool:
        return name in erasure.ids or bool(address_names(name) & erasure.names)

    for by in sorted({decision.by for decision in erasure.decisions}):
        curation.cut(folder / f"{by}.yaml", is_meant)


def _publish_anew(observatory: Observatory) -> None:
    """Publish, with nothing taken from what former publishings kept."""
    data = observatory.data
    for kept in (".site.citations", ".site.pieces", ".desk.pieces"):
        (data / kept).unlink(missing_ok=True)
    observatory.publish()
    if (data / VALID).is_dir():
        valid.keep(observatory.config, data / VALID)


class _Cutter:
    """Cuts a work out of the archive's records, as they come in their order."""

    def __init__(self, erasure: Erasure, forgotten: Forgotten, reader: Reader) -> None:
        self._mentions, self._reader = erasure.mentions, reader
        self._forgotten = Forgotten(frozenset(map(digest, erasure.names)))
        self._sources = {item.source_id for item in erasure.items}
        self._rows: dict[str, str] = {}

    def cut(self, record: ArchiveRecord) -> ArchiveRecord | None:
        """Give a record without the work: as it is, changed, or None where it is all about it."""
        match record:
            case Snapshot() | Visit() if self._forgotten.holds(asked_names(record.source_id, record)):
                return None
            case Snapshot():
                return self._snapshot(record)
            case Visit():
                moved = self._mentions.without(record.moved_to) if record.moved_to else None
                return replace(record, detail=self._mentions.without(record.detail), moved_to=moved)
            case SourceRow():
                self._rows[record.source_id] = row = self._mentions.without(record.row)
                return replace(record, row=row)
            case HarvestEnd():
                return self._end(record)

    def _end(self, end: HarvestEnd) -> HarvestEnd:
        """Take what waited of the work out of a harvest's queue; a queue that does not name it stays as it was noted."""
        left = recall(end.cursor)
        kept = [each for each in left if not self._forgotten.holds(asked_names(end.source_id, each.request))]
        cursor = end.cursor if len(kept) == len(left) else note(kept)
        return replace(end, cursor=cursor, detail=self._mentions.without(end.detail))

    def _snapshot(self, snapshot: Snapshot) -> Snapshot:
        is_named = self._mentions.in_bytes(snapshot.body, snapshot.final_url)
        if not is_named and snapshot.source_id not in self._sources:
            return self._bare(snapshot)
        found = self._reader.read(snapshot, self._rows.get(snapshot.source_id, "")).findings
        kept = spared(found, self._forgotten)
        if len(kept) != len(found):
            snapshot = condensed(snapshot, kept)
            is_named = True  # others may tell its title
        if not is_named:
            return self._bare(snapshot)
        return self._bare(replace(snapshot, body=self._mentions.without_bytes(snapshot.body, snapshot.final_url)))

    def _bare(self, snapshot: Snapshot) -> Snapshot:
        """Give a snapshot whose headers don't name the work."""
        headers = tuple((name, self._mentions.without(value)) for name, value in snapshot.headers)
        return replace(snapshot, headers=headers) if headers != snapshot.headers else snapshot


# ---------------------------------------------------------------- is anything left?


def _left(observatory: Observatory, mentions: Mentions) -> Iterator[str]:
    """Name the files under the data folder, and the curators' files, that still name the work."""
    root = observatory.config.root
    for path in sorted({*observatory.data.rglob("*"), *(root / "curation").rglob("*")}):
        if path.is_file() and not path.is_symlink() and any(mentions.is_in(body) for body in _bodies(path)):
            yield str(path)


def _bodies(path: Path) -> Iterator[bytes]:
    """Give what a file holds: its bytes, and what is compressed in it."""
    body = path.read_bytes() if path.stat().st_size <= MOST_FILE else b""
    yield body
    if body.startswith(b"\x1f\x8b"):
        try:
            yield gzip.decompress(body)
        except (OSError, EOFError, zlib.error):
            return
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as held:
            yield from (held.read(name) for name in held.namelist())
