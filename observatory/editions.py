"""The conductor of the digest: issues the editions that are due, once, and shows beforehand what the next would say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from observatory.catalogue import editorial
from observatory.catalogue.store import Store
from observatory.config import Config
from observatory.errors import ConfigError, UsageError
from observatory.model import Catalogue, Correction, Edition, Editorial, Entry, Rhythm, Status
from observatory.publish.digest.compose import Ask, Made, make
from observatory.publish.digest.periods import Period, ended, parse, period_of
from observatory.publish.shelf import Shelf, make_shelf
from observatory.publish.words import Gettext

log = logging.getLogger(__name__)

Members = Callable[[str, Collection[Status]], tuple[str, ...]]  # query → ids of the entries that it finds


@dataclass(frozen=True)
class Newsroom:
    """What making editions needs, and where they are kept."""

    config: Config
    store: Store
    now: datetime
    say: Gettext
    members: Members

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.site.timezone)

    # ------------------------------------------------------------ issuing

    def due(self) -> tuple[Period, ...]:
        """Find the periods that ended and have no edition yet, oldest first."""
        since = self.store.first_day()
        if since is None:
            return ()
        issued = self.store.issued_ids()
        return tuple(p for p in ended(self.config.digest, self.zone, since, self.now) if p.id not in issued)

    def issue(self, catalogue: Catalogue) -> tuple[Edition, ...]:
        """Issue every period that is due, and give all editions. Each is written once, together with what it is made of.

        A broken `curation/digest.yaml` holds editions back until it is mended: what is issued can't be taken back.
        """
        periods = self.due()
        if not periods:
            return self.store.editions()
        try:
            said = editorial.load(self.config.root)
        except ConfigError as error:
            for flaw in error.flaws:
                log.warning("editions held back until this is mended: %s", flaw)
            return self.store.editions()
        shelf = make_shelf(catalogue, self.config.site, self.say)
        issued = list(self.store.editions())
        for period in periods:
            made = make(shelf, self._ask(period, issued, said, shelf))
            self.store.issue([made.edition])
            issued.append(made.edition)
            log.info("issued edition=%s candidates=%d", period.id, len(made.edition.candidates))
        return self.store.editions()

    def _ask(self, period: Period, issued: Iterable[Edition], said: Mapping[str, Editorial], shelf: Shelf) -> Ask:
        own = said.get(period.id, Editorial(edition=period.id))
        matches = self._matches(period.rhythm, shelf.catalogue.entries)
        return Ask(period, self.config.digest, tuple(issued), matches, own, self.now)

    def _matches(self, rhythm: Rhythm, entries: Iterable[Entry]) -> Mapping[str, tuple[str, ...]]:
        """Say of each entry which named queries, and which lists of this rhythm, it matches; a broken query has no members."""
        from observatory.inquiry import EVERYTHING, Queries

        named = [("search", f"searches.{query.id}.query", query.id, query.query) for query in self.config.searches]
        lists = (each for each in self.config.digest.lists if each.rhythm == rhythm)
        named += [("list", f"digest.lists.{each.id}.query", each.id, each.query) for each in lists]
        flaws = Queries(self.config).flaws()
        for flaw in flaws:
            log.warning("query flaw=%s", flaw)
        broken = {flaw.key for flaw in flaws}
        found: dict[str, list[str]] = {}
        for kind, key, name, query in named:
            if query == EVERYTHING:
                members: Iterable[str] = (entry.id for entry in entries)
            else:
                members = () if key in broken else self.members(query, (Status.PUBLISHED, Status.GONE))
            for entry_id in members:
                found.setdefault(entry_id, []).append(f"{kind}:{name}")
        return {entry_id: tuple(sorted(names)) for entry_id, names in found.items()}

    # ------------------------------------------------------------ looking ahead

    def period(self, rhythm: Rhythm, named: str | None) -> Period:
        """Find the period that is asked for: the one named, else the next to be issued."""
        if named:
            try:
                found = parse(named)
            except ValueError as error:
                raise UsageError(str(error)) from error
            if found.rhythm is not rhythm:
                raise UsageError(f"{named} is no {rhythm} period; `observatory digest {found.rhythm} --period {named}`")
            return found
        due = (period for period in self.due() if period.rhythm is rhythm)
        return next(due, period_of(self.now.astimezone(self.zone).date(), rhythm))

    def preview(self, catalogue: Catalogue, period: Period) -> tuple[Made, bool]:
        """Give a period's edition and whether it is issued; one that isn't is made as if its time were now."""
        issued = self.store.editions()
        shelf = make_shelf(catalogue, self.config.site, self.say)
        ask = replace(self._ask(period, issued, editorial.load(self.config.root), shelf), with_passed=True)
        made = make(shelf, ask)
        standing = next((edition for edition in issued if edition.id == period.id), None)
        if standing is None:
            return made, False
        told = {one.entry for one in standing.candidates}
        return Made(standing, tuple(passed for passed in made.passed if passed.entry.id not in told)), True


def corrections(config: Config, data: Path) -> Mapping[str, tuple[Correction, ...]]:
    """Read the dated notes on editions that stand, by edition; a broken file leaves its last valid form in force."""
    said = editorial.load_kept(config.root, data)
    return {edition: each.corrections for edition, each in sorted(said.items()) if each.corrections}
