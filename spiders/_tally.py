"""What a page of results says of the search itself, for the record of searches. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """One page of one query: the words asked, the hits that the service counts in all, the records on this page."""

    query: str
    hits: int | None
    records: int
