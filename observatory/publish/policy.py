"""The policy pages: who moved when, what is being prepared, and a tile map of where official rules stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from observatory.model import EntryKind, Level, PartialDate, Stage
from observatory.publish import countries, links
from observatory.publish.cards import Card, Link
from observatory.publish.countries import STANDINGS, CountryRow, Standing, standing
from observatory.publish.page import Page
from observatory.publish.paging import PER_PAGE
from observatory.publish.shelf import Shelf
from observatory.text import safe_url

TIMELINE = "policy/timeline/"


@dataclass(frozen=True, slots=True)
class Move:
    """A dated step of an official policy: of an act that stands here, or of a country's facts."""

    date: PartialDate
    stage: Stage
    title: str
    what: str
    path: str
    lang: str
    place: Link | None
    level: Level | None
    url: str | None
    host: str
    code: str = ""  # of the jurisdiction


def moves(shelf: Shelf) -> tuple[Move, ...]:
    """All dated steps, latest first. A country's step that an act here tells too is told once, by the act."""
    return shelf.once("moves", lambda: _moves(shelf))


def _moves(shelf: Shelf) -> tuple[Move, ...]:
    of_acts = [move for card in shelf.default for move in _of_act(shelf, card)]
    told = {(move.place.text, move.date) for move in of_acts if move.place}
    of_countries = (move for move in _of_countries(shelf) if move.place and (move.place.text, move.date) not in told)
    return tuple(sorted((*of_acts, *of_countries), key=_latest_first))


def _latest_first(move: Move) -> tuple[int, str, str]:
    return (-move.date.first_day.toordinal(), move.path, move.what)


def _of_act(shelf: Shelf, card: Card) -> Iterator[Move]:
    work = shelf.entries[card.id].work
    if card.kind is not EntryKind.POLICY or not work.official:
        return
    title, lang = (work.title_en, "en") if work.title_en else (work.title, card.lang)
    place = card.places[0] if card.places else None
    code = work.jurisdiction or next(iter(work.countries), "")
    if work.date and work.stage and not work.steps:
        yield Move(
            work.date,
            work.stage,
            title,
            "",
            card.path,
            lang,
            place,
            work.level,
            card.url,
            links.host(card.url or ""),
            code,
        )
    for step in work.steps:
        url = safe_url(step.url or "") or card.url
        host = links.host(url or "")
        yield Move(step.date, step.stage, title, step.what, card.path, lang, place, work.level, url, host, code)


def _of_countries(shelf: Shelf) -> Iterator[Move]:
    for facts in shelf.catalogue.countries:
        place = shelf.place(facts.code)
        link = Link(place.name, links.country(place))
        level = Level.REGIONAL if "-" in facts.code else Level.NATIONAL
        for step in facts.steps:
            if step.date is None:
                continue  # a step that no source dates has no place in time
            url = safe_url(step.source or "")
            host = links.host(url or "")
            what, path = step.what.rstrip("."), links.country(place)
            yield Move(step.date, step.stage, what, "", path, "en", link, level, url, host, facts.code)


def latest(found: Iterable[Move], shelf: Shelf) -> tuple[Move, ...]:
    """Only what has happened, and of each act or country only its latest step."""
    kept: dict[str, Move] = {}
    for move in found:
        if move.date.first_day <= shelf.today:
            kept.setdefault(move.path, move)
    return tuple(kept.values())


# ---------------------------------------------------------------- timeline


Group = tuple[str, tuple[Move, ...]]


@dataclass(frozen=True, slots=True)
class Moves:
    """Steps under headings, in the order in which they are read; `placed`: each names its place, as no heading does.

    `feed` is the folder of the page's own feeds, `also` lists pages of the same sort: regions, stages.
    """

    lead: str
    groups: tuple[Group, ...]
    placed: bool = True
    feed: str | None = None
    also: tuple[tuple[str, tuple[Link, ...]], ...] = ()
    number: int = 1
    pages: int = 1
    base: str = ""


def timeline(shelf: Shelf) -> Iterator[Page]:
    """Make the pages of all milestones by year, latest first; a year is never cut in two."""
    past = [move for move in moves(shelf) if move.date.first_day <= shelf.today]
    years = dict.fromkeys(move.date.year for move in past)
    sheets = _sheets([(str(year), tuple(move for move in past if move.date.year == year)) for year in years])
    lead = shelf.say("Dated steps of official acts: European, national and regional, each with its evidence.")
    for number, groups in enumerate(sheets, 1):
        title = shelf.say("Policy timeline") + (f" ({number})" if number > 1 else "")
        view = Moves(lead, groups, number=number, pages=len(sheets), base=TIMELINE)
        yield Page(
            path=links.paged(TIMELINE, number),
            title=title,
            description=lead,
            view=view,
            here="policy",
            indexed=number == 1,
        )


def _sheets(years: list[Group]) -> list[tuple[Group, ...]]:
    """Part years into sheets of about as many steps as a list has entries."""
    sheets: list[list[Group]] = [[]]
    for year in years:
        if sheets[-1] and sum(len(moves) for _name, moves in (*sheets[-1], year)) > PER_PAGE:
            sheets.append([])
        sheets[-1].append(year)
    return [tuple(sheet) for sheet in sheets]


# ---------------------------------------------------------------- map

# Column and row of each of the 49 members of the European Higher Education Area; states that lie near one another do so here.
TILES: dict[str, tuple[int, int]] = {
    "IS": (0, 0), "NO": (4, 0), "SE": (5, 0), "FI": (6, 0), "RU": (9, 0),
    "EE": (6, 1), "LV": (7, 1), "BY": (8, 1),
    "IE": (0, 2), "GB": (1, 2), "DK": (4, 2), "LT": (7, 2), "UA": (8, 2), "KZ": (10, 2),
    "NL": (2, 3), "DE": (4, 3), "PL": (5, 3), "SK": (6, 3), "MD": (8, 3), "GE": (9, 3), "AZ": (10, 3),
    "BE": (2, 4), "LU": (3, 4), "CZ": (4, 4), "AT": (5, 4), "HU": (6, 4), "RO": (7, 4), "AM": (9, 4),
    "FR": (2, 5), "CH": (3, 5), "LI": (4, 5), "SI": (5, 5), "HR": (6, 5), "RS": (7, 5), "BG": (8, 5), "TR": (9, 5),
    "PT": (0, 6), "ES": (1, 6), "AD": (2, 6), "IT": (3, 6), "SM": (4, 6), "BA": (5, 6), "ME": (6, 6), "MK": (7, 6),
    "VA": (3, 7), "MT": (4, 7), "AL": (6, 7), "GR": (7, 7), "CY": (9, 7),
}  # fmt: skip
# Parts that make their own rules: each takes its share of its state's tile.
SPLIT: dict[str, tuple[str, ...]] = {
    "BE": ("BE-VLG", "BE-WAL"),
    "GB": ("GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"),
}
LABELS = {"BE-VLG": "VL", "BE-WAL": "FR", "GB-ENG": "EN", "GB-SCT": "SC", "GB-WLS": "WA", "GB-NIR": "NI"}
SIDE, GAP = 64, 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile, or a part of one: where it lies, what it is, where it leads."""

    x: int
    y: int
    width: int
    height: int
    code: str
    label: str
    name: str
    standing: Standing
    word: str
    path: str | None
    split: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A state whose tile is split: small screens show its one code in place of its parts'."""

    x: int
    y: int
    width: int
    height: int
    label: str


@dataclass(frozen=True, slots=True)
class MapView:
    """The tile map with its key, the table that says the same, and the rest of the world."""

    lead: str
    width: int
    height: int
    tiles: tuple[Tile, ...]
    wholes: tuple[Whole, ...]
    key: tuple[tuple[Standing, str, int], ...]
    members: tuple[CountryRow, ...]
    world: tuple[CountryRow, ...]


def tile_map(shelf: Shelf) -> Iterator[Page]:
    """Make the map of where official national and regional rules stand."""
    tiles = tuple(tile for code in TILES for tile in _tiles(shelf, code))
    shown = [tile.standing for tile in tiles]
    key = tuple((held, shelf.say(STANDINGS[held]), shown.count(held)) for held in Standing)
    inside = [tile.code for tile in tiles]
    codes = set(shelf.place_codes) - set(countries.SUPRANATIONAL)
    world = countries.rows(shelf, (code for code in codes if code.split("-")[0] not in TILES))
    view = MapView(
        lead=shelf.say(
            "Where official national and regional rules on %s stand in the European Higher Education Area. "
            "What institutions or associations say does not colour a tile."
        )
        % shelf.site.subject,
        width=11 * (SIDE + GAP),
        height=8 * (SIDE + GAP),
        tiles=tiles,
        wholes=tuple(
            Whole(column * (SIDE + GAP), row * (SIDE + GAP), SIDE, SIDE, code)
            for code, (column, row) in TILES.items()
            if code in SPLIT
        ),
        key=key,
        members=countries.rows(shelf, inside),
        world=tuple(row for row in world if row.known or row.entries),
    )
    yield Page(path="policy/map/", title=shelf.say("Policy map"), description=view.lead, view=view, here="policy")


def _tiles(shelf: Shelf, code: str) -> Iterator[Tile]:
    column, row = TILES[code]
    parts = SPLIT.get(code, (code,))
    across = 2 if len(parts) > 1 else 1
    down = -(-len(parts) // across)
    width, height = SIDE // across, SIDE // down
    for number, part in enumerate(parts):
        x = column * (SIDE + GAP) + (number % across) * width
        y = row * (SIDE + GAP) + (number // across) * height
        place = shelf.place(part)
        path = links.country(place) if part in shelf.place_codes_set else None
        held = standing(shelf, part)
        yield Tile(
            x,
            y,
            width,
            height,
            part,
            LABELS.get(part, code),
            place.name,
            held,
            shelf.say(STANDINGS[held]),
            path,
            across > 1,
        )
