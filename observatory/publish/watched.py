"""The pages of sources: what each has shown, and how it fares. They change only when something did, never for a quiet day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from observatory.model import PartialDate, Source, SourceHealth, SourceState, Stand
from observatory.publish import links, words
from observatory.publish.listings import a_to_z
from observatory.publish.page import Page
from observatory.publish.paging import Count, Listing, Shelfmark, cut
from observatory.publish.shelf import Shelf
from observatory.publish.words import N_

SHOWN_MONTHS = 12
# States in which nothing is owed to readers.
_QUIET = frozenset({SourceState.WELL, SourceState.BY_HAND})
_UNITS = {"m": N_("every %d minutes"), "h": N_("every %d hours"), "d": N_("every %d days"), "w": N_("every %d weeks")}
_ONE = {"m": N_("every minute"), "h": N_("every hour"), "d": N_("every day"), "w": N_("every week")}


@dataclass(frozen=True, slots=True)
class Month:
    """What a source brought in a month: new findings, and the relevant ones of these."""

    label: str
    new: int
    relevant: int

    @property
    def share(self) -> int:
        """The relevant ones in percent."""
        return round(100 * self.relevant / self.new) if self.new else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fares:
    """How a source fares, in words for readers. `is_own`: it is files of the curators' own, which nobody asks for.

    `again`: when it is asked next, told only while it is ill.
    """

    state: str
    is_own: bool
    cause: str
    since: PartialDate | None
    read: PartialDate | None
    newest: PartialDate | None
    every: str
    rhythm: float | None
    again: PartialDate | None
    findings: int
    relevant: int
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """A page of a source's entries; how it fares stands on the first."""

    listing: Listing
    fares: Fares | None


def sources(shelf: Shelf) -> Iterator[Page]:
    """Make a page for every source with its entries and how it fares."""
    for source in shelf.catalogue.sources:
        told = fares(shelf, source)
        mark = Shelfmark(
            base=links.source(source.id),
            heading=source.name,
            here="about",
            cards=shelf.by_source.get(source.id, ()),
            lead=_lead(shelf, told),
            link=source.homepage,
        )
        for page in cut(mark):
            listing = page.view
            assert isinstance(listing, Listing)
            is_told = listing.number == 1 and source.id in shelf.catalogue.stands and not told.is_own
            yield page.showing(SourceView(listing, told if is_told else None))


def source_counts(shelf: Shelf) -> tuple[Count, ...]:
    """Count each source's entries, A–Z."""
    held = shelf.by_source
    counts = (Count(one.name, len(held.get(one.id, ())), links.source(one.id)) for one in shelf.catalogue.sources)
    return a_to_z(counts)


def fares(shelf: Shelf, source: Source) -> Fares:
    """Say how a source fares."""
    health = shelf.catalogue.health.get(source.id) or SourceHealth(source.id)
    stand = shelf.catalogue.stands.get(source.id) or Stand(SourceState.NEW)
    is_ill = stand.state in (SourceState.ILL, SourceState.WAITING)
    months = tuple(_month(shelf, *row) for row in health.months[-SHOWN_MONTHS:])
    return Fares(
        state=shelf.say(words.SOURCE_STATES[stand.state]),
        is_own=stand.state is SourceState.BY_HAND,
        cause=health.cause.value if health.cause and stand.state not in _QUIET else "",
        since=shelf.day(stand.since) if stand.since and stand.state not in _QUIET else None,
        read=_month_of(shelf.day(health.last_success)) if health.last_success else None,
        newest=shelf.day(health.newest) if health.newest else None,
        every=_every(shelf, source),
        rhythm=health.rhythm,
        again=shelf.day(stand.due) if is_ill and stand.due else None,
        findings=health.findings,
        relevant=health.relevant,
        months=tuple(month for month in reversed(months) if month.new),
    )


def _lead(shelf: Shelf, told: Fares) -> str:
    """Say in a sentence how a source fares; to the month, so that a quiet day changes no page."""
    if told.is_own:
        return shelf.say("Kept by hand.")
    if told.read is None:
        return shelf.say("Not read yet.")
    return shelf.say("Read last in %s.") % words.say_date(told.read, shelf.say)


def _month(shelf: Shelf, month: str, _runs: int, _failed: int, new: int, relevant: int) -> Month:
    return Month(words.say_date(PartialDate.parse(month), shelf.say, short=True), new, relevant)


def _month_of(day: PartialDate) -> PartialDate:
    return PartialDate(day.year, day.month)


def _every(shelf: Shelf, source: Source) -> str:
    """Say how often a source is asked."""
    match = re.fullmatch(r"(\d+)([mhdw])", source.every)
    if match is None:
        return shelf.say("at set times (%s)") % source.every
    number = int(match[1])
    return shelf.say(_ONE[match[2]]) if number == 1 else shelf.say(_UNITS[match[2]]) % number
