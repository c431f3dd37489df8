"""The yearly figures for whoever runs the institute: what was added, mended, decided and read. Pure; every number is a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from observatory.model import (
    Action,
    Change,
    ChangeKind,
    CountryFacts,
    DayOfUse,
    Decision,
    Edition,
    Entry,
    PartialDate,
    Rhythm,
    Section,
    Sending,
    SendingState,
    SourceHealth,
    Status,
)
from observatory.publish import words
from observatory.publish.table import line
from observatory.publish.use import Use, use_of
from observatory.publish.words import N_

MOST = 10  # addresses in a list of those read most


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a year: under which heading, what is counted, how many; `path` leads into the site, "" where it can't."""

    part: str
    what: str
    number: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year: what was added and decided, and how the site was read."""

    month: str  # YYYY-MM
    added: int
    decided: int
    pages: int
    visits: int
    editions: int
    feeds: int
    downloads: int


@dataclass(frozen=True, slots=True)
class Year:
    """The figures of a year, up to the day named; `counted` says of how many days logs were read."""

    year: int
    until: PartialDate
    is_over: bool
    counted: int
    figures: tuple[Figure, ...]
    months: tuple[Month, ...]

    def parts(self) -> tuple[tuple[str, tuple[Figure, ...]], ...]:
        """Give the figures heading by heading."""
        names = dict.fromkeys(figure.part for figure in self.figures)
        return tuple((name, tuple(each for each in self.figures if each.part == name)) for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What figures are counted from. `local` are the ids of hand-kept sources; `zone` decides where a day begins."""

    as_of: datetime
    zone: ZoneInfo
    entries: Sequence[Entry]  # published and gone
    waiting: int
    decisions: Sequence[Decision]
    editions: Sequence[Edition]
    sendings: Sequence[Sending]
    health: Mapping[str, SourceHealth]
    local: frozenset[str]
    countries: Sequence[CountryFacts]
    days: Sequence[DayOfUse]
    made: dict[datetime, date] = field(default_factory=dict)

    def day(self, moment: datetime) -> date:
        """Say on which day a moment was; many entries share one."""
        if moment not in self.made:
            self.made[moment] = moment.astimezone(self.zone).date()
        return self.made[moment]


def years(books: Books) -> tuple[Year, ...]:
    """Count every year of which anything is known, the latest first."""
    first = min(
        (
            *(books.day(entry.listed).year for entry in books.entries if entry.listed),
            *(books.day(decision.when).year for decision in books.decisions),
            *(int(day.day[:4]) for day in books.days),
            books.day(books.as_of).year,
        )
    )
    return tuple(year_of(books, number) for number in range(books.day(books.as_of).year, first - 1, -1))


def year_of(books: Books, number: int) -> Year:
    """Count one year."""
    today = books.day(books.as_of)
    of = _Of(books, number)
    until = date(number, 12, 31) if number < today.year else today
    figures = (
        *of.held(),
        *of.added(),
        *of.mended(),
        *of.decided(),
        *of.sources(),
        *of.letters(),
        *of.read(),
        *of.most(),
    )
    return Year(number, PartialDate.of(until), number < today.year, len(of.days), tuple(figures), tuple(of.months()))


CHANGES = (
    (ChangeKind.UPDATED, N_("entries updated by their publishers")),
    (ChangeKind.TEXT, N_("changes of policies’ texts noticed")),
    (ChangeKind.STAGE, N_("moves of policies to another stage")),
    (ChangeKind.CORRECTED, N_("works corrected by their publishers")),
    (ChangeKind.RETRACTED, N_("works retracted")),
    (ChangeKind.WITHDRAWN, N_("works withdrawn by their publishers")),
    (ChangeKind.LINK_DEAD, N_("links found dead")),
)
ACTIONS = (
    (Action.ACCEPT, N_("accepted")),
    (Action.REJECT, N_("rejected")),
    (Action.MERGE, N_("made one work")),
    (Action.UNMERGE, N_("kept apart")),
    (Action.TAG, N_("tagged")),
    (Action.SET, N_("corrected by hand")),
    (Action.VERIFY, N_("looked at")),
    (Action.RESTORE, N_("given back to the rules")),
)
HELD, ADDED, MENDED, DECIDED = N_("What the catalogue holds"), N_("Added"), N_("Mended"), N_("Decided by people")
SOURCES, LETTERS, READ = N_("Sources"), N_("Letters"), N_("Read")
MOST_READ = {
    Use.PAGE: N_("Pages read most"),
    Use.EDITION: N_("Editions read most"),
    Use.FEED: N_("Feeds with the most readers"),
    Use.DOWNLOAD: N_("Downloads taken most"),
}


class _Of:
    """Counts one year of the books."""

    def __init__(self, books: Books, year: int) -> None:
        self._books, self._year = books, year
        self.days = [day for day in books.days if int(day.day[:4]) == year]

    def _is_in(self, moment: datetime | None) -> bool:
        return moment is not None and self._books.day(moment).year == self._year

    def held(self) -> Iterator[Figure]:
        """Count what stood in the catalogue at the year's end, as far as it stands still."""
        there = [e for e in self._books.entries if e.listed and self._books.day(e.listed).year <= self._year]
        kept = [entry for entry in there if entry.status is Status.PUBLISHED]
        yield Figure(HELD, N_("entries"), len(kept))
        yield from _by_section(HELD, kept)
        yield Figure(HELD, N_("countries that they are about"), len({c for e in kept for c in e.work.countries}))
        yield Figure(HELD, N_("languages"), len({entry.work.language for entry in kept} - {None}))

    @cached_property
    def _new(self) -> list[Entry]:
        return [entry for entry in self._books.entries if self._is_in(entry.listed)]

    def added(self) -> Iterator[Figure]:
        """Count what came in the year, by section, and by whom it was found first."""
        by_hand = sum(_founder(entry) in self._books.local for entry in self._new)
        yield Figure(ADDED, N_("entries"), len(self._new))
        yield from _by_section(ADDED, self._new)
        yield Figure(ADDED, N_("of these published in the same year"), sum(e.year == self._year for e in self._new))
        yield Figure(ADDED, N_("found by the crawler"), len(self._new) - by_hand)
        yield Figure(ADDED, N_("kept by hand"), by_hand)

    def mended(self) -> Iterator[Figure]:
        """Count what changed of entries that stood already."""
        found = Counter(change.kind for change in self._changes())
        for kind, name in CHANGES:
            yield Figure(MENDED, name, found[kind])
        looked = sum(self._is_in(entry.verified) for entry in self._books.entries)
        yield Figure(MENDED, N_("entries last looked at in the year"), looked)
        yield Figure(MENDED, N_("facts on countries checked in the year"), sum(1 for _ in self._checked()))

    def _changes(self) -> Iterator[Change]:
        for entry in self._books.entries:
            yield from (change for change in entry.changes if self._is_in(change.at))

    def _checked(self) -> Iterator[str]:
        for country in self._books.countries:
            for fact in country.facts:
                checked = fact.checked_on or country.checked_on
                if checked and checked.year == self._year:
                    yield fact.name

    def decided(self) -> Iterator[Figure]:
        """Count decisions by what they do, the people who made them (nobody by name), and what waits now."""
        mine = [decision for decision in self._books.decisions if self._is_in(decision.when)]
        found = Counter(decision.action for decision in mine)
        yield Figure(DECIDED, N_("decisions"), len(mine))
        for action, name in ACTIONS:
            yield Figure(DECIDED, name, found[action])
        yield Figure(DECIDED, N_("people who decided"), len({decision.by for decision in mine}))
        if self._is_in(self._books.as_of):
            yield Figure(DECIDED, N_("waiting now"), self._books.waiting)

    def sources(self) -> Iterator[Figure]:
        """Count how sources were asked and what they brought."""
        months = [m for h in self._books.health.values() for m in h.months if m[0].startswith(str(self._year))]
        asked = [h for h in self._books.health.values() if any(m[0].startswith(str(self._year)) for m in h.months)]
        yield Figure(SOURCES, N_("sources asked"), len(asked))
        yield Figure(SOURCES, N_("times asked"), sum(month[1] for month in months))
        yield Figure(SOURCES, N_("of these in vain"), sum(month[2] for month in months))
        yield Figure(SOURCES, N_("new findings"), sum(month[3] for month in months))
        yield Figure(SOURCES, N_("relevant ones"), sum(month[4] for month in months))

    def letters(self) -> Iterator[Figure]:
        """Count editions issued and mail sent."""
        mine = [edition for edition in self._books.editions if self._is_in(edition.issued_at) and edition.candidates]
        for rhythm, name in ((Rhythm.WEEKLY, N_("weekly editions")), (Rhythm.MONTHLY, N_("monthly editions"))):
            yield Figure(LETTERS, name, sum(edition.rhythm is rhythm for edition in mine))
        sent = {
            (s.list_id, s.edition) for s in self._books.sendings if s.state is SendingState.SENT and self._is_in(s.at)
        }
        yield Figure(LETTERS, N_("sent to mailing lists"), len(sent))

    def read(self) -> Iterator[Figure]:
        """Count how the site was read; nothing where no log was counted."""
        if not self.days:
            return
        people = _summed(self.days, lambda day: day.people)
        yield Figure(READ, N_("pages read by people"), _of_use(people, Use.PAGE) + _of_use(people, Use.EDITION))
        yield Figure(READ, N_("visits (a browser on a day)"), sum(day.visits for day in self.days))
        yield Figure(READ, N_("editions read on the site"), _of_use(people, Use.EDITION))
        yield Figure(READ, N_("downloads"), _of_use(people, Use.DOWNLOAD))
        yield Figure(READ, N_("times that feeds were asked for"), sum(_summed(self.days, lambda d: d.feeds).values()))
        readers = [sum(number for _address, number in day.readers) for day in self.days]
        yield Figure(READ, N_("readers of feeds on the best day, as far as told"), max(readers))
        yield Figure(READ, N_("pages and files read by robots"), sum(_summed(self.days, lambda d: d.robots).values()))
        yield Figure(READ, N_("addresses that led nowhere"), sum(day.missed for day in self.days))
        if untold := sum(day.untold for day in self.days):
            yield Figure(
                READ, N_("visits by clients without a name (the log says none: robots may be among them)"), untold
            )

    def most(self) -> Iterator[Figure]:
        """List what was read most."""
        people = _summed(self.days, lambda day: day.people)
        feeds: Counter[str] = Counter()
        for day in self.days:
            feeds |= Counter(dict(day.readers))  # the most on any day
        for use, part in MOST_READ.items():
            found = feeds if use is Use.FEED else people
            mine = [(address, number) for address, number in found.items() if use_of(address) is use]
            for address, number in sorted(mine, key=lambda each: (-each[1], each[0]))[:MOST]:
                yield Figure(part, f"/{address}", number, address or "./")

    def months(self) -> Iterator[Month]:
        """Count month by month, up to the present one."""
        last = 12 if self._year < self._books.day(self._books.as_of).year else self._books.day(self._books.as_of).month
        added = Counter(self._books.day(entry.listed).month for entry in self._new if entry.listed)
        decided = Counter(self._books.day(d.when).month for d in self._books.decisions if self._is_in(d.when))
        for number in range(1, last + 1):
            mine = [day for day in self.days if int(day.day[5:7]) == number]
            people = _summed(mine, lambda day: day.people)
            yield Month(
                f"{self._year}-{number:02}",
                added[number],
                decided[number],
                _of_use(people, Use.PAGE) + _of_use(people, Use.EDITION),
                sum(day.visits for day in mine),
                _of_use(people, Use.EDITION),
                sum(_summed(mine, lambda day: day.feeds).values()),
                _of_use(people, Use.DOWNLOAD),
            )


def _founder(entry: Entry) -> str:
    return (
        min(entry.provenances, key=lambda seen: (seen.first_seen, seen.source_id)).source_id
        if entry.provenances
        else ""
    )


def _by_section(part: str, entries: Iterable[Entry]) -> Iterator[Figure]:
    found = Counter(entry.section for entry in entries)
    for section in Section:
        yield Figure(part, words.SECTIONS[section], found[section])


def _summed(days: Iterable[DayOfUse], of: Callable[[DayOfUse], tuple[tuple[str, int], ...]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for day in days:
        found.update(dict(of(day)))
    return found


def _of_use(counts: Counter[str], use: Use) -> int:
    return sum(number for address, number in counts.items() if use_of(address) is use)


# ---------------------------------------------------------------- as CSV

COLUMNS = ("year", "month", "part", "what", "number")
BY_MONTH = (
    ("added", ADDED, N_("entries")),
    ("decided", DECIDED, N_("decisions")),
    ("pages", READ, N_("pages read by people")),
    ("visits", READ, N_("visits (a browser on a day)")),
    ("editions", READ, N_("editions read on the site")),
    ("feeds", READ, N_("times that feeds were asked for")),
    ("downloads", READ, N_("downloads")),
)


def as_csv(found: Iterable[Year]) -> Iterator[bytes]:
    """Write figures as CSV (RFC 4180), a number a line; `month` is empty in those of a whole year. No spreadsheet runs a cell."""
    yield line(COLUMNS)
    for year in found:
        for figure in year.figures:
            yield line((year.year, "", figure.part, figure.what, figure.number))
        for month in year.months:
            for name, part, what in BY_MONTH:
                if year.counted or part != READ:
                    yield line((year.year, month.month, part, what, getattr(month, name)))
