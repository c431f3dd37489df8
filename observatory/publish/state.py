"""The state of the subject in the EHEA, year by year, and what each country did with the Recommendation and communiqués.

All is counted from facts and dated steps that stand here; nothing is said that a table below it does not show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from observatory.model import EntryKind, Instrument, Level, PartialDate, RelationType, Work
from observatory.publish import links
from observatory.publish.cards import Card, Link
from observatory.publish.countries import FACTS, STANDINGS, fact_view, standing
from observatory.publish.movements import Preparing, preparing
from observatory.publish.page import Page
from observatory.publish.policy import Move, moves
from observatory.publish.shelf import EHEA, Shelf
from observatory.publish.words import sortable
from observatory.text import title_key

STATE, FOLLOWED = "policy/state/", "policy/followed/"
FIRST_YEAR = 2020  # the year of the Rome Communiqué, in which ministers first took the matter up


@dataclass(frozen=True, slots=True)
class Counted:
    """An answer and the jurisdictions that give it."""

    answer: str
    places: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One of the twelve facts, answered by count; free-text facts are told as known or not."""

    name: str
    answers: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class StateView:
    """A year's page. `standings` and `questions` stand only on the present year's: facts are as of now."""

    year: int
    as_of: PartialDate
    is_present: bool
    members: int
    looked_at: int
    standings: tuple[Counted, ...]
    questions: tuple[Question, ...]
    moves: tuple[Move, ...]
    ahead: tuple[Preparing, ...]
    years: tuple[Link, ...]
    citation: str
    csv: str
    followed: str | None


def state(shelf: Shelf) -> Iterator[Page]:
    """Make the page of the present year at `/policy/state/`, and one for every year, the present one too."""
    codes = shelf.ehea
    if not codes:
        return
    present = shelf.today.year
    found = [move for move in moves(shelf) if move.code in codes and move.date.first_day <= shelf.today]
    years = range(present, FIRST_YEAR - 1, -1)
    named = tuple(Link(str(year), f"{STATE}{year}/") for year in years)
    for year in years:
        told = tuple(move for move in found if move.date.year == year)
        page = _page(shelf, year, codes, told, named)
        yield page
        if year == present:
            yield Page(
                path=STATE, title=page.title, description=page.description, view=page.view, here="policy", indexed=False
            )


def _page(shelf: Shelf, year: int, codes: tuple[str, ...], told: tuple[Move, ...], years: tuple[Link, ...]) -> Page:
    is_present = year == shelf.today.year
    title = shelf.say("State of %s in the EHEA, %s") % (shelf.site.subject, year)
    as_of = PartialDate.of(shelf.today) if is_present else PartialDate(year, 12, 31)
    inside = set(codes)
    view = StateView(
        year=year,
        as_of=as_of,
        is_present=is_present,
        members=len({shelf.parent(code) or code for code in codes}),
        looked_at=len(codes),
        standings=_standings(shelf, codes) if is_present else (),
        questions=_questions(shelf, codes) if is_present else (),
        moves=told,
        ahead=tuple(one for one in preparing(shelf) if one.code in inside) if is_present else (),
        years=years,
        citation=f"{shelf.site.maintainer or shelf.site.title} ({year}). {title}. {shelf.site.title}. "
        f"{shelf.site.url}{STATE}{year}/ (as of {as_of})",
        csv=f"countries/compare/{EHEA}/facts.csv",
        followed=FOLLOWED if any(_is_base(shelf, card) for card in shelf.default) else None,
    )
    lead = shelf.say("Where official rules stand in the European Higher Education Area, and who moved in the year.")
    return Page(path=f"{STATE}{year}/", title=title, description=lead, view=view, here="policy")


def _standings(shelf: Shelf, codes: Iterable[str]) -> tuple[Counted, ...]:
    codes = tuple(codes)
    return tuple(
        Counted(shelf.say(word), places)
        for held, word in STANDINGS.items()
        if (places := _links(shelf, (code for code in codes if standing(shelf, code) is held)))
    )


def _links(shelf: Shelf, codes: Iterable[str]) -> tuple[Link, ...]:
    found = (Link((place := shelf.place(code)).name, links.country(place)) for code in codes)
    return tuple(sorted(found, key=lambda link: sortable(link.text)))


FREE_TEXT = frozenset({"legal_basis", "national_term", "size"})


def _questions(shelf: Shelf, codes: Iterable[str]) -> tuple[Question, ...]:
    return tuple(
        Question(shelf.say(label), _answers(shelf, tuple(codes), name))
        for name, label in FACTS.items()
        if name != "status"
    )


def _answers(shelf: Shelf, codes: tuple[str, ...], name: str) -> tuple[Counted, ...]:
    """Count each answer; what was not found and what nobody looked for are two, and both come last."""
    known: dict[str, list[str]] = {}
    unknown: dict[str, list[str]] = {}
    for code in codes:
        for fact in shelf.facts[code].facts:
            if fact.name != name:
                continue
            view = fact_view(shelf, fact)
            answers = (shelf.say("stated"),) if view.known and name in FREE_TEXT else view.values
            for answer in answers:
                (known if view.known else unknown).setdefault(answer, []).append(code)
    ordered = sorted(known.items(), key=lambda one: (-len(one[1]), one[0])) + sorted(unknown.items())
    return tuple(Counted(answer, _links(shelf, held)) for answer, held in ordered)


# ---------------------------------------------------------------- what each country did with it


@dataclass(frozen=True, slots=True)
class Followed:
    """A jurisdiction's line: acts that say they follow, then its steps by the act after which they came."""

    place: Link
    word: str
    acts: tuple[tuple[Card, str], ...]
    steps: tuple[tuple[Move, ...], ...]


@dataclass(frozen=True, slots=True)
class FollowedView:
    lead: str
    bases: tuple[Card, ...]
    rows: tuple[Followed, ...]


FOLLOWING = frozenset({RelationType.IMPLEMENTS, RelationType.BASED_ON, RelationType.ADOPTS, RelationType.RESPONDS_TO})


def followed(shelf: Shelf) -> Iterator[Page]:
    """Make the table of what each country did with the Recommendation and the communiqués."""
    bases = tuple(sorted((card for card in shelf.default if _is_base(shelf, card)), key=_date))
    codes = shelf.ehea
    if not bases or not codes:
        return
    told = [move for move in moves(shelf) if move.date.first_day <= shelf.today]
    rows = (_followed(shelf, code, bases, [move for move in told if move.code == code]) for code in codes)
    lead = shelf.say(
        "The Council Recommendation and the communiqués of the ministers, and what each country did: acts that say they follow "
        "them, and its own steps by the document after which they came. That a step came after one does not say that it came of it."
    )
    view = FollowedView(lead, bases, tuple(sorted(rows, key=lambda row: sortable(row.place.text))))
    title = shelf.say("What countries did with the Recommendation and communiqués")
    yield Page(path=FOLLOWED, title=title, description=lead, view=view, here="policy")


def _is_base(shelf: Shelf, card: Card) -> bool:
    work = shelf.entries[card.id].work
    if card.kind is not EntryKind.POLICY or not work.official or not work.landmark or not work.date:
        return False
    if work.level is Level.EHEA:
        return work.instrument is Instrument.COMMUNIQUE
    is_recommendation = work.level is Level.EU and work.instrument is Instrument.RECOMMENDATION
    return is_recommendation and title_key(shelf.site.subject) in title_key(_english(work))


def _english(work: Work) -> str:
    return work.title_en or work.title


def _date(card: Card) -> PartialDate:
    assert card.date is not None
    return card.date


def _followed(shelf: Shelf, code: str, bases: tuple[Card, ...], told: list[Move]) -> Followed:
    place = shelf.place(code)
    dates = [_date(base) for base in bases]
    parted = tuple(
        tuple(move for move in told if since <= move.date and (until is None or move.date < until))
        for since, until in zip(dates, [*dates[1:], None], strict=True)
    )
    link = Link(place.name, links.country(place))
    return Followed(link, shelf.say(STANDINGS[standing(shelf, code)]), tuple(_acts(shelf, code, bases)), parted)


def _acts(shelf: Shelf, code: str, bases: tuple[Card, ...]) -> Iterator[tuple[Card, str]]:
    """Find the jurisdiction's own acts whose record relates them to one of the documents."""
    ids = {base.id: base for base in bases}
    for card in shelf.by_place.get(code, ()):
        for relation in shelf.entries[card.id].work.relations:
            base = ids.get(shelf.targets.get(relation.target, ""))
            if base and relation.type in FOLLOWING and card.id not in ids:
                yield card, base.title_en or base.title
