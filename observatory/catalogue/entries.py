"""Entries: what is catalogued, by what names, and a change number that rises when it differs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, select

from observatory import text
from observatory.catalogue import codec
from observatory.catalogue.database import CHUNK, stamp
from observatory.catalogue.ledger import Ledger
from observatory.catalogue.tables import entries, entry_changes, entry_items, entry_names
from observatory.catalogue.texts import Texts, digest_of
from observatory.model import DropEntry, Entry, GiveId, Intent, PutEntry, Status

_LAST_CHANGE = select(func.max(entry_changes.c.number))


class Entries(Texts, Ledger):
    """The entries' rows."""

    # ------------------------------------------------------------ writing

    def apply(self, intents: Iterable[Intent]) -> None:
        """Do what was decided, in one transaction; of several intents for an entry the last counts."""
        gifts: list[GiveId] = []
        final: dict[str, PutEntry | DropEntry] = {}
        for intent in intents:
            if isinstance(intent, GiveId):
                gifts.append(intent)
            else:
                final[intent.entry.id if isinstance(intent, PutEntry) else intent.entry_id] = intent
        with self.transaction():
            self._give(gifts)
            self._drop([intent.entry_id for intent in final.values() if isinstance(intent, DropEntry)])
            self._put([intent for intent in final.values() if isinstance(intent, PutEntry)])

    def _put(self, puts: Collection[PutEntry]) -> None:
        bodies = {
            digest_of(put.entry.work.text): put.entry.work.text for put in puts if put.entry.work.text is not None
        }
        self._keep_texts(bodies)
        said = {put.entry.id: codec.plain(put.entry) for put in puts}
        self._replace(
            entries, [_row(put.entry, said[put.entry.id]) for put in puts]
        )  # names and items go with the old rows
        self._replace(
            entry_items,
            [{"ref": ref, "entry_id": put.entry.id} for put in puts for ref in dict.fromkeys(put.refs)],
        )
        self._add(entry_names, [row for put in puts for row in _name_rows(put.entry)])
        self._number({name: _digest(each) for name, each in said.items()})

    def _drop(self, ids: Collection[str]) -> None:
        self._delete_in(entries, "id", ids)
        self._number({row.entry_id: "" for row in self._rows_in(entry_changes.c.entry_id, ids)})

    def _number(self, digests: Mapping[str, str]) -> None:
        """Give the next change number to the entries whose content differs from what it was."""
        before = self._rows_in(entry_changes.c.entry_id, digests)
        same = {row.entry_id for row in before if row.digest == digests[row.entry_id]}
        number = self.last_change() + 1
        changed = sorted(digests.keys() - same)
        self._replace(
            entry_changes, [{"entry_id": each, "number": number, "digest": digests[each]} for each in changed]
        )

    # ------------------------------------------------------------ reading

    def entry(self, id_or_url: str) -> Entry | None:
        """Find an entry, with its full text, by id, former id, address, DOI or CELEX number."""
        with self.reading():
            wanted = id_or_url.strip()
            found = self.entries_by_id((wanted,)) or self.entries_by_id(self._named(wanted))
        return found[0] if found else None

    def entries(self, statuses: Collection[Status] | None = None) -> Iterator[Entry]:
        """Read entries one by one, sorted by id, *without* full texts; all, or those of some statuses.

        Inside `reading()` or `transaction()` they are as at one moment.
        """
        query = select(entries.c.id, entries.c.data).order_by(entries.c.id).limit(CHUNK)
        if statuses is not None:
            query = query.where(entries.c.status.in_(sorted(statuses)))
        last = ""
        while rows := self._rows(query.where(entries.c.id > last)):
            for row in rows:
                yield codec.loads(Entry, row.data)
            last = rows[-1].id

    def digests(self) -> Mapping[str, str]:
        """Digest each entry without what each crawl moves: when it was last seen, in which snapshot, when it was looked at."""
        query = select(entry_changes.c.entry_id, entry_changes.c.digest).where(entry_changes.c.digest != "")
        return {row.entry_id: row.digest[:32] for row in self._rows(query)}

    def status_counts(self) -> Mapping[Status, int]:
        """Count the entries of each status that has any."""
        query = select(entries.c.status, func.count().label("number")).group_by(entries.c.status)
        return {Status(row.status): row.number for row in self._rows(query)}

    def ids(self, status: Status) -> frozenset[str]:
        """Name all entries of a status, without reading them."""
        return frozenset(row.id for row in self._rows(select(entries.c.id).where(entries.c.status == status.value)))

    def entries_by_id(self, ids: Iterable[str], *, texts: bool = True) -> tuple[Entry, ...]:
        """Read entries with their full texts, or without, sorted by id; ids that name none are passed over."""
        with self.reading():
            rows = self._rows_in(entries.c.id, ids)
            bodies = self._texts(row.text for row in rows if row.text and texts)
        return tuple(_entry(row, bodies) for row in sorted(rows, key=lambda row: row.id))

    def entries_of(self, refs: Iterable[str]) -> tuple[Entry, ...]:
        """Read the entries, with their full texts, that these items make up."""
        with self.reading():
            rows = self._rows_in(entry_items.c.ref, refs, entry_items.c.entry_id)
            return self.entries_by_id(row.entry_id for row in rows)

    def refs_of(self, entry_ids: Iterable[str]) -> tuple[str, ...]:
        """Name the items that these entries are made of, sorted."""
        rows = self._rows_in(entry_items.c.entry_id, entry_ids, entry_items.c.ref)
        return tuple(sorted(row.ref for row in rows))

    def aliases(self) -> Mapping[str, str]:
        """Give the present id for each former id."""
        query = select(entry_names).where(entry_names.c.name.startswith("id:", autoescape=True))
        return {row.name[3:]: row.entry_id for row in self._rows(query.order_by(entry_names.c.name))}

    def _named(self, wanted: str) -> list[str]:
        """Find the id of the entry that is best known by this name."""
        names = [f"id:{wanted}"]
        for prefix, read in (("url", text.canonical_url), ("doi", text.doi), ("celex", text.celex)):
            if found := read(wanted):
                names.append(f"{prefix}:{found}")
        rows = self._rows_in(entry_names.c.name, names)
        return [row.entry_id for row in sorted(rows, key=lambda row: (row.rank, row.entry_id))[:1]]

    # ------------------------------------------------------------ what changed

    def last_change(self) -> int:
        """Give the highest change number given; 0 in an empty catalogue. It never falls."""
        return self._rows(_LAST_CHANGE)[0][0] or 0

    def changed_since(self, number: int) -> Iterator[tuple[int, str]]:
        """Name entries of higher change numbers, as (number, id) in order; those that are no more too."""
        query = select(entry_changes.c.number, entry_changes.c.entry_id).where(entry_changes.c.number > number)
        rows = self._rows(query.order_by(entry_changes.c.number, entry_changes.c.entry_id))
        return ((row.number, row.entry_id) for row in rows)


def _row(entry: Entry, said: dict[str, Any]) -> dict[str, Any]:
    """Make an entry's row; `said` is the entry as JSON. Its full text has a row of its own."""
    text = entry.work.text
    bare = said if text is None else {**said, "work": {k: v for k, v in said["work"].items() if k != "text"}}
    return {
        "id": entry.id,
        "status": entry.status.value,
        "kind": entry.kind.value,
        "year": entry.year,
        "listed": stamp(entry.listed) if entry.listed else None,
        "announced": entry.announced,
        "data": codec.written(bare),
        "text": None if text is None else digest_of(text),
    }


def _entry(row: Row[Any], bodies: Mapping[str, str]) -> Entry:
    entry = codec.loads(Entry, row.data)
    return replace(entry, work=replace(entry.work, text=bodies[row.text])) if row.text in bodies else entry


def _digest(said: Mapping[str, Any]) -> str:
    """Digest an entry, as JSON, without what each crawl moves: when it was last seen, and in which snapshot."""
    still = [{**each, "last_seen": each["first_seen"], "snapshot": ""} for each in said["provenances"]]
    kept = {name: value for name, value in {**said, "provenances": still}.items() if name not in ("verified", "link")}
    return hashlib.sha256(codec.written(kept).encode("utf-8", "surrogatepass")).hexdigest()


def _name_rows(entry: Entry) -> list[dict[str, Any]]:
    """List by what an entry can be asked for; its own address says more than a page where it was seen."""
    work = entry.work
    names = [(f"id:{alias}", 0) for alias in entry.aliases]
    names += [(f"doi:{work.doi}", 1)] if work.doi else []
    names += [(f"celex:{work.celex}", 1)] if work.celex else []
    for rank, address in enumerate((work.url, work.pdf_url, work.seen_at), start=1):
        if address and (canonical := text.canonical_url(address)):
            names.append((f"url:{canonical}", rank))
    ranks: dict[str, int] = {}
    for name, rank in names:
        ranks.setdefault(name, rank)
    return [{"name": name, "entry_id": entry.id, "rank": rank} for name, rank in ranks.items()]
