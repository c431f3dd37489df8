"""What readers are told of a dead link."""

from __future__ import annotations

from dataclasses import dataclass

from observatory.model import Entry, PartialDate
from observatory.publish.shelf import Shelf

LIBRARY = "library"  # the snapshot of hand-kept records: nothing was read from the web


@dataclass(frozen=True, slots=True)
class Dead:
    """A link that leads nowhere: since when, when we last saw the work, and where the Wayback Machine may show it."""

    since: PartialDate
    seen: PartialDate | None
    wayback: str


def dead_link(shelf: Shelf, entry: Entry) -> Dead | None:
    """Say of a dead link what helps; the Wayback Machine leads from a day to its nearest copy."""
    link = entry.link
    if link is None or link.dead is None:
        return None
    read = (seen.last_seen for seen in entry.provenances if seen.snapshot != LIBRARY)
    last = entry.verified or max(read, default=None)
    day = last or link.failing or link.dead
    return Dead(
        shelf.day(link.dead), shelf.day(last) if last else None, f"https://web.archive.org/web/{day:%Y%m%d}/{link.url}"
    )
