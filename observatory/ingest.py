"""The conductor of reading: archive, library and decisions into the catalogue, a few archived answers a transaction.

It carries values between the pure rooms and the store and decides nothing itself. What it does after a crash is what it would
have done without one: the position in the archive moves in the same transaction as the entries.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from observatory import text
from observatory.asked import Asked
from observatory.catalogue import archive, curation
from observatory.catalogue.store import Shelved, Store
from observatory.config import Config, options_of
from observatory.errors import UnreadableError
from observatory.handing import Handed
from observatory.judge.decide import Block, Sighting, decide, judged, observe
from observatory.judge.extract import extract
from observatory.judge.linked import looked
from observatory.judge.watch import stood
from observatory.model import (
    LINKS,
    SUGGESTIONS,
    ArchiveRecord,
    Decision,
    Finding,
    HarvestEnd,
    Item,
    LinkState,
    Outcome,
    Page,
    Relevance,
    Review,
    Snapshot,
    Source,
    SourceRow,
    Visit,
)
from observatory.readers import Readers
from observatory.reading import Read, Reader, ref_of, sighting
from observatory.withholding import spared
from spiders._kind import kinds

log = logging.getLogger(__name__)

AT_ONCE = 50  # records a transaction: each is a wait for the disk, and what a crash undoes is read again
_NONE: Mapping[str, Item] = {}

Records = Iterator[tuple[tuple[str, ArchiveRecord], Read | None] | None]


class Ingest:
    """One ingest: what is new in archive, library and decisions, or (`again`) all of it under today's rules."""

    def __init__(
        self,
        config: Config,
        store: Store,
        folder: Path,
        data: Path,
        now: datetime,
        progress: Callable[[str], None],
    ) -> None:
        self._config, self._store, self._archive, self._now, self._progress = (
            config,
            store,
            folder,
            now,
            progress,
        )
        self._sources = {source.id: source for source in config.sources}
        self._holds = frozenset((SUGGESTIONS, *(s.id for s in config.sources if s.review is Review.HOLD)))
        self._asked = Asked(store)
        self._reader = Reader(self._sources, config.vocabulary, self._page_again, config.forgotten)
        self._readers = Readers(self._reader, store.row)
        self._live: Records | None = None  # of a crawl that goes on
        self._names = {source.id: source.name for source in config.sources} | {SUGGESTIONS: "Suggestions of readers"}
        self._found: defaultdict[str, set[str]] = defaultdict(set)
        self._new: Counter[str] = Counter()
        decisions, self.flaws = curation.load(
            config.root / "curation" / "decisions", data, {topic.id for topic in config.vocabulary.topics}
        )
        self._decisions = _by_name(decisions)
        for flaw in self.flaws:
            log.warning("decisions flaw=%s (the last valid form of that file stays in force)", flaw)

    def run(self, *, again: bool = False) -> dict[str, tuple[int, int]]:
        """Bring the catalogue up to date; returns (findings, new items) by source id.

        What both a list and its own page show counts once.

        An archive file that came later than others of its time (from another crawling machine) has all read again: what a source
        said in between can't be told from what it said before otherwise.
        """
        known, position = set(self._store.meta("runs").split()), self._store.position()
        runs = archive.runs(self._archive)
        if late := [run for run in runs if known and run not in known and run < position.rpartition("/")[0]]:
            self._progress(f"ingest: {len(late)} archive files came late; reading all again")
            again = True
        if again:
            with self._store.transaction():
                self._store.clear_derived()
        self._library(again=again)
        with self._readers:
            while self._live and self._read_on(self._live):
                pass
            self._live, done = None, 0
            records = self._readers.each(archive.read(self._archive, after=self._store.position()))
            while read := self._read_on(records):
                done += read
                self._progress(f"ingest: {done} archived answers read")
        with self._store.transaction():
            self._settle_changed_decisions()
            self._settle_changed_paths()
            self._settle_links()
            if known != set(runs):
                self._store.set_meta("runs", " ".join(runs))
        return {source: (len(self._found[source]), self._new[source]) for source in sorted(self._found)}

    def prepare(self) -> None:
        """Make ready what judging looks things up in; answers will be here soon."""
        self._reader.prepare()

    def hand(self, handed: Handed) -> None:
        """Take what the crawl read in an answer that is about to be followed."""
        self._readers.tray.put(handed)

    @property
    def taken(self) -> int:
        """Count the answers so handed over that are no longer waited for."""
        return self._readers.tray.taken

    def follow(self, path: Path) -> bool:
        """Read what a crawl has archived in this file by now; False when there was nothing more. `run` reads the rest."""
        try:
            self._live = self._live or self._readers.each(archive.follow(path))
            return self._read_on(self._live) > 0
        except BaseException:
            self._readers.close()
            raise

    # ------------------------------------------------------------ the archive

    def _read_on(self, records: Records) -> int:
        """Store the next few records in one transaction; returns how many, 0 when there are no more, or no more yet."""
        position, number = "", 0
        with self._store.transaction():
            for found in islice(records, AT_ONCE):
                if found is None:
                    break
                (position, record), read = found
                self._record(position, record, read)
                number += 1
            if number:
                self._store.set_position(position)
        return number

    def _record(self, ref: str, record: ArchiveRecord, read: Read | None) -> None:
        match record:
            case Snapshot():
                self._snapshot(record, read or Read())
            case SourceRow():
                self._store.record_row(record)
            case Visit() if record.source_id == LINKS:
                self._link(record)
            case HarvestEnd() if record.source_id == LINKS:
                pass
            case Visit():
                self._store.record_visit(ref, record)
                self._stood(record)
            case HarvestEnd():
                self._store.record_end(ref, self._asked.ended(ref, record))

    def _snapshot(self, snapshot: Snapshot, read: Read) -> None:
        self._asked.goes_on(snapshot)
        relevant = self._observe(snapshot, read)
        self._store.record_snapshot(snapshot, len(read.findings), relevant, read.cause, read.detail)
        self._asked.found(snapshot, read.findings)

    def _stood(self, visit: Visit) -> None:
        """A watched page that answered "not modified" was seen once more as it was."""
        canonical = text.canonical_url(visit.url)
        if visit.outcome is not Outcome.NOT_MODIFIED or canonical is None:
            return
        items = {item.ref: item for item in self._store.block({f"url:{canonical}"}, ())}
        watched = [i for i in items.values() if i.watch and i.watch.url == visit.url and i.source_id == visit.source_id]
        self._settle([self._reader.looked(item, stood(item.watch, visit.at)) for item in watched if item.watch], items)

    def _page_again(self, ref: str) -> Page | None:
        found = archive.snapshot(self._archive, ref)
        return Page(found.final_url, found.content_type, found.body) if found else None

    # ------------------------------------------------------------ the library

    def _library(self, *, again: bool) -> None:
        """Compare the hand-kept files with the shelf (ledger) and settle what differs; a removed record is withdrawn."""
        files = {path: path.read_bytes() for path in self._library_files()}
        digests = {self._shown(path): hashlib.sha256(body).hexdigest() for path, body in files.items()}
        shelf = {(s.source_id, s.key): s for s in self._store.shelf()}
        changed: list[Shelved] = []
        broken: dict[str, str] = {}
        known = dict(self._store.file_digests())
        if digests != known:
            self._progress("ingest: reading the library")
            findings, broken = self._read_library(files)
            changed = self._compare(findings, shelf, frozenset(broken.values()))
        with self._store.transaction():
            self._store.shelve(changed)
            whole = {file: digest for file, digest in digests.items() if file not in broken}
            if whole != known:
                self._store.set_file_digests(whole)
            shelf |= {(s.source_id, s.key): s for s in changed}
            self._unshelve(sorted(shelf.values(), key=lambda s: (s.source_id, s.key)) if again else changed)

    def _library_files(self) -> Mapping[Path, Source]:
        found: dict[Path, Source] = {}
        for source in self._config.sources:
            if kinds()[source.kind].local:
                pattern = getattr(options_of(source), "path", "")
                found |= {path: source for path in sorted(self._config.root.glob(pattern)) if path.is_file()}
        return found

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._config.root).as_posix()

    def _read_library(self, files: Mapping[Path, bytes]) -> tuple[dict[tuple[str, str], Finding], dict[str, str]]:
        """Read all files: findings by source and key, and the source of each file that could not be read."""
        findings: dict[tuple[str, str], Finding] = {}
        broken: dict[str, str] = {}
        for path, source in self._library_files().items():
            shown = self._shown(path)
            snapshot = Snapshot("library", source.id, shown, shown, self._now, 200, "", files[path])
            try:
                read = [extract(finding) for finding in kinds()[source.kind].read(snapshot, options_of(source))]
            except UnreadableError as error:
                log.warning("unread library file=%s: %s (its records stay as they were)", shown, error)
                broken[shown] = source.id
                continue
            findings |= {(each.source_id, each.key): each for each in spared(read, self._config.forgotten)}
        return findings, broken

    def _compare(
        self,
        findings: Mapping[tuple[str, str], Finding],
        shelf: Mapping[tuple[str, str], Shelved],
        broken: frozenset[str],
    ) -> list[Shelved]:
        """Say what differs from the shelf; of a source with a broken file nothing counts as removed."""
        changed = []
        for place, finding in sorted(findings.items()):
            before = shelf.get(place)
            if before is None or before.gone or before.finding != finding:
                first = before.first_seen if before else self._now
                changed.append(Shelved(*place, finding=finding, first_seen=first, last_seen=self._now, gone=None))
        changed += [
            replace(old, gone=self._now)
            for place, old in sorted(shelf.items())
            if place not in findings and not old.gone and place[0] not in broken
        ]
        return changed

    def _unshelve(self, shelved: Sequence[Shelved]) -> None:
        """Make items of hand-kept records. A curator's edit is no news of the world, so it leaves no change."""
        items = []
        for record in shelved:
            seen = Sighting(record.first_seen, "library", record.finding.work.url or "", curated=True)
            row = self._store.row(record.source_id) or ""
            item = observe(None, record.finding, seen, self._reader.classifying(record.source_id, row))
            items.append(replace(item, last_seen=record.last_seen, withdrawn=record.gone))
        self._settle(items)

    # ------------------------------------------------------------ items and entries

    def _observe(self, snapshot: Snapshot, read: Read) -> int:
        """Add findings to their items and settle what changed; returns how many are relevant."""
        before = {item.ref: item for item in self._store.items(map(ref_of, read.findings))}
        items, seen, row = dict(before), sighting(snapshot), self._store.row(snapshot.source_id) or ""
        for finding in read.findings:
            ref = ref_of(finding)
            if finding.withdrawn and ref not in items:
                continue  # what was never here can't go
            visit, ready = read.visits.get(finding.key), None if ref in items else read.items.get(ref)
            items[ref] = ready or self._reader.item(items.get(ref), finding, seen, visit, row)
            self._found[finding.source_id].add(ref)
            self._new[finding.source_id] += ref not in before
        self._settle([item for ref, item in sorted(items.items()) if item is not before.get(ref)], before)
        return sum(item.verdict.relevance is not Relevance.NO for item in items.values())

    def _settle(self, items: Sequence[Item], before: Mapping[str, Item] | None = None) -> None:
        """Store items and make the entries of their blocks anew."""
        if not items:
            return
        now = {item.ref: item for item in items}
        former = {item.ref: item for item in self._store.items(now)} if before is None else before
        self._store.put_items(items)
        keys = {key for item in items for key in item.keys}
        keys |= {key for item in items if (old := former.get(item.ref)) for key in old.keys}
        self._settle_block(keys, set(now), now)

    def _settle_block(self, keys: set[str], refs: set[str], held: Mapping[str, Item] = _NONE) -> None:
        """Make the entries of a block anew; items that are `held` need not be read again."""
        store = self._store
        while True:
            items = store.block(keys, refs, held)
            refs = {item.ref for item in items}
            keys = keys | {key for item in items for key in item.keys}
            given = store.given(keys | {f"item:{ref}" for ref in refs})
            names = {g.entry_id for g in given} | _addresses(items) | {item.key for item in items if item.curated}
            decisions = tuple(dict.fromkeys(d for name in sorted(names) for d in self._decisions.get(name, ())))
            partners = {name for d in decisions if d.into for name in (d.entry, d.into)} - names
            more = self._refs_named(partners) - refs
            if not more:
                break
            refs |= more
        previous = tuple(sorted(entry.id for entry in store.entries_of(refs)))
        block = Block(items, given, previous, decisions, self._holds, self._taken, self._names, self._links(items))
        store.apply(decide(block))

    def _taken(self, names: Iterable[str]) -> frozenset[str]:
        """Say which ids were ever given; those that were erased on request lead to no other work."""
        names = tuple(names)
        return self._store.taken(names) | self._config.forgotten.ids(names)

    def _links(self, items: Sequence[Item]) -> Callable[[str], LinkState | None]:
        """Tell how an address fared: those of the items are looked up at once, one that a decision gives when it is asked for."""
        own = _addresses(items)
        known = self._store.links(_urls(items))
        return lambda url: known.get(name) if (name := text.canonical_url(url) or "") in own else self._store.link(url)

    def _refs_named(self, names: Iterable[str]) -> set[str]:
        """Find the items that decisions mean, by entry id or by address."""
        names = set(names)
        addresses = {canonical for name in names if "://" in name and (canonical := text.canonical_url(name))}
        found = {g.key[5:] for g in self._store.given_to(names) if g.key.startswith("item:")}
        found |= set(self._store.refs_of(names))
        found |= {item.ref for item in self._store.block({f"url:{a}" for a in addresses}, ())} if addresses else set()
        return {item.ref for item in self._store.items(found)}

    # ------------------------------------------------------------ decisions

    def _settle_changed_decisions(self) -> None:
        """Make the entries anew that a new, changed or removed decision names."""
        now = {_mark(decision) for decisions in self._decisions.values() for decision in decisions}
        known = set(self._store.meta("decisions").splitlines())
        names = {name for mark in now ^ known for name in mark.split("\t")[:2] if name}
        if refs := self._refs_named(names):
            self._settle_block(set(), refs)
        if now != known:
            self._store.set_meta("decisions", "\n".join(sorted(now)))

    def _link(self, visit: Visit) -> None:
        """Note a look at a link; the entries that it belongs to are made anew when all is read."""
        self._store.put_link(looked(self._store.link(visit.url), visit))
        waiting = {*self._store.meta("links").split(), text.canonical_url(visit.url) or ""}
        self._store.set_meta("links", " ".join(sorted(waiting - {""})))

    def _settle_links(self) -> None:
        names = set(self._store.meta("links").split())
        if refs := self._refs_named(names):
            for ref in sorted(refs):
                self._settle_block(set(), {ref})
        if names:
            self._store.set_meta("links", "")

    def _settle_changed_paths(self) -> None:
        """Judge the items anew that lie under a path which a source began or ceased to leave out (`exclude`)."""
        now = {source.id: source.exclude for source in self._config.sources if source.exclude}
        said = json.dumps(now, sort_keys=True)
        if said == (self._store.meta("excluded") or "{}"):
            return
        before = {source: tuple(paths) for source, paths in json.loads(self._store.meta("excluded") or "{}").items()}
        for source in sorted(now.keys() | before.keys()):
            self._judge_under(source, set(now.get(source, ())) ^ set(before.get(source, ())))
        self._store.set_meta("excluded", said)

    def _judge_under(self, source_id: str, paths: set[str]) -> None:
        if not paths:
            return
        items = self._store.items(self._store.item_refs(source_id))
        found = [item for item in items if any(text.is_under(item.work.url or "", path) for path in paths)]
        classify = self._reader.classifying(source_id, self._store.row(source_id) or "")
        self._settle([self._reader.looked(judged(item, classify), item.watch) for item in found])


def _mark(decision: Decision) -> str:
    """Name a decision by whom it is about and what it says; where it stands in its file does not matter."""
    said = repr(replace(decision, file="", line=0))
    return "\t".join((decision.entry, decision.into or "", hashlib.sha256(said.encode()).hexdigest()))


def _addresses(items: Iterable[Item]) -> set[str]:
    return {canonical for url in _urls(items) if (canonical := text.canonical_url(url))}


def _urls(items: Iterable[Item]) -> Iterator[str]:
    return (url for item in items for url in (item.work.url, item.work.seen_at) if url)


def _by_name(decisions: Iterable[Decision]) -> dict[str, tuple[Decision, ...]]:
    """Index decisions by the names in them, addresses in canonical form."""
    found: dict[str, list[Decision]] = {}
    for decision in decisions:
        for name in filter(None, (decision.entry, decision.into)):
            canonical = text.canonical_url(name) if "://" in name else None
            found.setdefault(canonical or name, []).append(decision)
    return {name: tuple(dict.fromkeys(ds)) for name, ds in found.items()}
