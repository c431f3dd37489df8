"""Records to test with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from observatory.model import (
    Entry,
    EntryKind,
    Finding,
    Item,
    Provenance,
    PutEntry,
    Relevance,
    Snapshot,
    Status,
    Verdict,
    View,
    Work,
)

START = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)


def day(number: int) -> datetime:
    """The morning so many days after the first."""
    return START + timedelta(days=number)


def work(**fields: Any) -> Work:
    return Work(**({"title": "Micro-credentials in Europe", "kind": EntryKind.REPORT} | fields))


def item(source: str = "enqa", key: str = "a", keys: tuple[str, ...] = (), **fields: Any) -> Item:
    made = work(**fields)
    view = View(Finding(source, key, made), START, START, "run/00000001", f"https://{source}.example/{key}")
    verdict = Verdict(Relevance.YES, 3.0, Work(), ())
    return Item(source, key, made, verdict, (view,), START, START, keys=keys)


def entry(entry_id: str = "oecd-2023-micro-credentials", status: Status = Status.PUBLISHED, **fields: Any) -> Entry:
    own = {name: fields.pop(name) for name in list(fields) if name in Entry.__dataclass_fields__}
    defaults: dict[str, Any] = {
        "first_seen": START,
        "listed": START,
        "announced": True,
        "provenances": (Provenance("enqa", "a", "https://enqa.example/a", START, START, "run/00000001"),),
        "reasons": (),
    }
    return Entry(id=entry_id, status=status, work=work(**fields), **(defaults | own))


def put(entry_id: str = "a", refs: tuple[str, ...] = (), **fields: Any) -> PutEntry:
    return PutEntry(entry(entry_id, **fields), refs)


def snapshot(ref: str, url: str = "https://enqa.example/feed", at: datetime = START, **fields: Any) -> Snapshot:
    source = fields.pop("source_id", "enqa")
    return Snapshot(ref, source, url, fields.pop("final_url", url), at, 200, "text/xml", b"<rss/>", **fields)
