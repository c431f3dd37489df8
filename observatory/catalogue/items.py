"""Items: all that each source says of each of its things, and the blocks that they form by shared keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from observatory.catalogue import codec
from observatory.catalogue.tables import item_keys, items
from observatory.catalogue.texts import Texts, digest_of
from observatory.model import Item, Visited, Watch, Work

_NONE: Mapping[str, Item] = {}


class Items(Texts):
    """The items' rows."""

    def item(self, ref: str) -> Item | None:
        """Read one item; None when there is none."""
        return next(iter(self.items((ref,))), None)

    def items(self, refs: Iterable[str]) -> tuple[Item, ...]:
        """Read items, sorted by ref; refs that name none are passed over."""
        with self.reading():
            rows = self._rows_in(items.c.ref, refs)
            bodies = self._texts(digest for row in rows for digest in row.texts.split())
        return tuple(_item(row, bodies) for row in sorted(rows, key=lambda row: row.ref))

    def item_refs(self, source_id: str) -> tuple[str, ...]:
        """Name a source's items, sorted."""
        query = select(items.c.ref).where(items.c.source_id == source_id).order_by(items.c.ref)
        return tuple(row.ref for row in self._rows(query))

    def put_items(self, changed: Iterable[Item]) -> None:
        """Write items with their keys, in place of those of the same ref."""
        rows: list[dict[str, Any]] = []
        keys: list[dict[str, Any]] = []
        bodies: dict[str, str] = {}
        for item in changed:
            lifted, found = _without_texts(item)
            bodies |= found
            rows.append(
                {
                    "ref": item.ref,
                    "source_id": item.source_id,
                    "relevance": item.verdict.relevance.value,
                    "data": codec.dumps(lifted),
                    "texts": " ".join(sorted(found)),
                }
            )
            keys += [{"ref": item.ref, "key": key} for key in dict.fromkeys(item.keys)]
        with self.transaction():
            self._keep_texts(bodies)
            self._replace(items, rows)
            self._add(item_keys, keys)  # those from before went with the old rows

    def drop_items(self, refs: Iterable[str]) -> None:
        """Forget items and their keys."""
        self._delete_in(items, "ref", refs)

    def block(self, keys: Iterable[str], refs: Iterable[str], held: Mapping[str, Item] = _NONE) -> tuple[Item, ...]:
        """Read all items connected, over shared keys, with one of these keys or refs; sorted by ref.

        Goes outward ring by ring: two statements a ring and a few hundred names, however many items. `held` are items as they
        were just written, by ref: they are not read again.
        """
        with self.reading():
            found: set[str] = set()
            asked: set[str] = set()
            new_refs, new_keys = set(refs), set(keys)
            while new_refs or new_keys:
                found |= new_refs
                asked |= new_keys
                rings = self._rows_in(item_keys.c.ref, new_refs, item_keys.c.key)
                grown = {row.key for row in rings} - asked
                reached = self._rows_in(item_keys.c.key, new_keys | grown, item_keys.c.ref)
                asked |= grown
                new_refs, new_keys = {row.ref for row in reached} - found, set()
            read = self.items(found - held.keys())
        return tuple(sorted((*read, *(held[ref] for ref in found & held.keys())), key=lambda item: item.ref))


def _without_texts(item: Item) -> tuple[Item, dict[str, str]]:
    """Put digests in the place of full texts, and give the texts by digest."""
    bodies: dict[str, str] = {}

    def lift(work: Work) -> Work:
        if work.text is None:
            return work
        digest = digest_of(work.text)
        bodies[digest] = work.text
        return replace(work, text=digest)

    def keep(said: Visited) -> Visited:
        digest = digest_of(said.text)
        bodies[digest] = said.text
        return replace(said, text=digest)

    if not (item.watch or item.work.text or any(v.finding.work.text or v.finding.page for v in item.views)):
        return item, bodies
    views = tuple(replace(v, finding=replace(v.finding, work=lift(v.finding.work), page=None)) for v in item.views)
    return replace(item, work=lift(item.work), views=views, watch=_with_texts(item.watch, keep)), bodies


def _with_texts(watch: Watch | None, change: Callable[[Visited], Visited]) -> Watch | None:
    """Change the texts of a watched page's history; the changes that it tells hold no texts."""
    if watch is None:
        return None
    return replace(watch, text=change(watch.text), waiting=change(watch.waiting) if watch.waiting else None)


def _item(row: Row[Any], bodies: Mapping[str, str]) -> Item:
    item = codec.loads(Item, row.data)
    if not row.texts:
        return item

    def sink(work: Work) -> Work:
        return replace(work, text=bodies[work.text]) if work.text is not None else work

    views = tuple(replace(v, finding=replace(v.finding, work=sink(v.finding.work))) for v in item.views)
    watch = _with_texts(item.watch, lambda said: replace(said, text=bodies[said.text]))
    return replace(item, work=sink(item.work), views=views, watch=watch)
