"""The conductor of the digest: issues the editions that are due, once, and shows beforehand what the next would say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from observatory.catalogue import editorial
from observatory.catalogue.store import Store
from observatory.config import Config
from observatory.errors import ConfigError, NotFound, UsageError
from observatory.model import Catalogue, Correction, Edition, Editorial, Entry, MailingList, Rhythm, Status
from observatory.outbox import Post
from observatory.publish.digest import forms
from observatory.publish.digest.compose import Ask, make
from observatory.publish.digest.letter import ALL, Letter, Scope, letter, why_cut
from observatory.publish.digest.outputs import MAIL, render
from observatory.publish.digest.periods import Period, due_at, ended, parse, period_of
from observatory.publish.output import Renderer
from observatory.publish.shelf import Shelf, make_shelf
from observatory.publish.words import Gettext

log = logging.getLogger(__name__)

Members = Callable[[str, Collection[Status]], tuple[str, ...]]  # query → ids of the entries that it finds


# A letter is old news when the next is long due; it goes out only when somebody names it.
STALE = {Rhythm.WEEKLY: timedelta(days=14), Rhythm.MONTHLY: timedelta(days=62)}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the preview: the item's number in the letter, nothing where it is left out; and why."""

    number: str
    entry: str
    title: str
    part: str
    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A period's letter as text, when it is due, whether it is issued, why each item is in or out.

    `unknown` are names in curation/digest.yaml that the edition has no item for.
    """

    edition: Edition
    letter: Letter | None
    text: str
    lines: tuple[Line, ...]
    due: datetime | None
    issued: bool
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Newsroom:
    """What making editions needs, and where they are kept."""

    config: Config
    store: Store
    now: datetime
    renderer: Renderer
    members: Members

    @property
    def say(self) -> Gettext:
        return self.renderer.gettext

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

    def show(self, catalogue: Catalogue, period: Period, mailing_list: MailingList | None = None) -> Shown:
        """Give a period's letter, issued or as it would be made now, and why each item is in it or not."""
        issued = self.store.editions()
        shelf = make_shelf(catalogue, self.config.site, self.say)
        ask = self._ask(period, issued, editorial.load(self.config.root), shelf)
        made = make(shelf, replace(ask, with_passed=True))
        standing = next((edition for edition in issued if edition.id == period.id), None)
        edition = standing or made.edition
        scope = list_scope(period.id, mailing_list)
        found = letter(edition, scope, catalogue.corrections.get(period.id, ()), self.say, self.config.site.heading)
        stop = mailing_list.subscribe_url if mailing_list else ""
        text = forms.plain(found, self.config.site, self.say, stop) if found else ""
        told = {one.entry for one in edition.candidates}
        passed = [
            Line("", one.entry.id, one.entry.work.title, "", one.why) for one in made.passed if one.entry.id not in told
        ]
        named = [*ask.editorial.order, *(name for name, _said in (*ask.editorial.notes, *ask.editorial.leave_out))]
        unknown = () if standing else tuple(sorted({name for name in named if name not in told}))
        lines = (*_lines(edition, scope, found), *passed)
        return Shown(
            edition, found, text, lines, due_at(period, self.config.digest, self.zone), bool(standing), unknown
        )

    # ------------------------------------------------------------ sending

    def lists(self, rhythm: Rhythm) -> tuple[MailingList, ...]:
        """Give the mailing lists of a rhythm; NotFound when there is none."""
        found = tuple(one for one in self.config.digest.lists if one.rhythm == rhythm)
        if not found:
            raise NotFound(f"no {rhythm} mailing list: add one under digest.lists in {self.config.path.name}")
        return found

    def mailing_list(self, list_id: str, rhythm: Rhythm) -> MailingList:
        """Find a mailing list of a rhythm by its id."""
        known = {one.id: one for one in self.config.digest.lists}
        if list_id not in known:
            names = ", ".join(sorted(known)) or "none"
            raise NotFound(f"no mailing list {list_id!r} in {self.config.path.name}; there is: {names}")
        if known[list_id].rhythm != rhythm:
            raise UsageError(
                f"{list_id} is a {known[list_id].rhythm} list; `observatory digest {known[list_id].rhythm}`"
            )
        return known[list_id]

    def to_send(self, rhythm: Rhythm, named: str | None) -> Edition | None:
        """Find the issued edition to send: the one named, else the latest; None when there is none or it is old news."""
        issued = [e for e in self.store.editions() if e.rhythm is rhythm and any(told.is_news for told in e.candidates)]
        if named:
            period = self.period(rhythm, named)
            found = next((edition for edition in issued if edition.id == period.id), None)
            if found is None:
                raise NotFound(f"no edition {period.id} was issued; `observatory publish` issues those that are due")
            return found
        return issued[-1] if issued and self.now - issued[-1].issued_at <= STALE[rhythm] else None

    def post(self, catalogue: Catalogue, edition: Edition, one: MailingList) -> Post | None:
        """Make a list's mail of an edition; None when it holds nothing for the list."""
        shelf = make_shelf(catalogue, self.config.site, self.say)
        scope = list_scope(edition.id, one)
        found = letter(edition, scope, catalogue.corrections.get(edition.id, ()), self.say, self.config.site.heading)
        if found is None:
            return None
        html = render(shelf, found, self.renderer, MAIL, one.subscribe_url)
        text = forms.plain(found, self.config.site, self.say, one.subscribe_url)
        return Post(one, edition.id, found.subject, text, html, f"{self.config.site.url}{scope.base}")


def list_scope(edition: str, one: MailingList | None) -> Scope:
    """Give the scope of a mailing list, or of everything."""
    return Scope("list", one.id, one.id, f"digest/{edition}/{one.id}/") if one else ALL


def _lines(edition: Edition, scope: Scope, found: Letter | None) -> Iterator[Line]:
    """Say of each candidate whether the letter shows it, and why it is one, or why not shown."""
    numbers = {item.told.key: item.number for part in found.parts for item in part.items} if found else {}
    held = [told for told in edition.candidates if scope.holds(told) and not told.left_out]
    for told in edition.candidates:
        if told.key in numbers:
            yield Line(str(numbers[told.key] or "•"), told.entry, told.title, told.part.value, told.why)
        elif not scope.holds(told):
            yield Line("", told.entry, told.title, told.part.value, f"the list's query does not find it ({told.why})")
        else:
            why = why_cut(told, held, edition.most)
            yield Line("", told.entry, told.title, told.part.value, f"{why} ({told.why})")


def corrections(config: Config, data: Path) -> Mapping[str, tuple[Correction, ...]]:
    """Read the dated notes on editions that stand, by edition; a broken file leaves its last valid form in force."""
    said = editorial.load_kept(config.root, data)
    return {edition: each.corrections for edition, each in sorted(said.items()) if each.corrections}
