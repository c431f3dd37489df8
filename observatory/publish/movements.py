"""Who moved, what is being prepared, what stands at each stage: pages for all and for each region, each with feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial

from observatory.model import EntryKind, Level, PeerGroup, Stage
from observatory.publish import countries, links, words
from observatory.publish.cards import Card, Link
from observatory.publish.fingerprint import fingerprint
from observatory.publish.formats import FORMATS, FeedItem, Format, Head, feed_tag
from observatory.publish.output import Output
from observatory.publish.page import Page
from observatory.publish.policy import Move, Moves, moves
from observatory.publish.shelf import Shelf
from observatory.publish.words import sortable

MOVED, AHEAD, STAGES = "policy/moved/", "policy/ahead/", "policy/stages/"
MOVED_DAYS = 365
NEWEST = 100  # items of a feed of moves
FORM = "1"  # raised when the making of these feeds changes, so that they are written anew


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the world that the pages can be narrowed to; no id: all of it."""

    id: str
    name: str
    holds: Callable[[str], bool]


def regions(shelf: Shelf) -> Iterator[Region]:
    """List all, the European institutions, and every group of membership or geography."""
    yield Region("", shelf.say("All"), lambda _code: True)
    yield Region("europe", shelf.say("European institutions"), lambda code: code in ("EU", "EHEA"))
    for group in shelf.catalogue.peer_groups:
        if not group.is_derived:
            yield Region(group.id, shelf.say(group.label), partial(_holds, shelf, group))


def _holds(shelf: Shelf, group: PeerGroup, code: str) -> bool:
    return code in group.members or (bool(code) and shelf.parent(code) in group.members)


# ---------------------------------------------------------------- moved


def recent(shelf: Shelf) -> tuple[Move, ...]:
    """The steps of the twelve months before the last update, latest first."""
    return tuple(move for move in moves(shelf) if 0 <= (shelf.today - move.date.first_day).days <= MOVED_DAYS)


def moved(shelf: Shelf) -> Iterator[Page]:
    """Make the page of who moved in the last twelve months, by country; one for each region in which someone did."""
    found = recent(shelf)
    held = [(region, tuple(m for m in found if region.holds(m.code))) for region in regions(shelf)]
    also = _also(shelf, MOVED, [region for region, moves_ in held if moves_])
    lead = shelf.say("Steps of official policies in the twelve months before the last update, by country.")
    for region, steps in held:
        if steps or not region.id:
            base = _base(MOVED, region)
            view = Moves(lead, _by_place(shelf, steps), placed=False, feed=base, also=also)
            yield _page(base, _titled(shelf.say("Who moved"), region), lead, view)


def _by_place(shelf: Shelf, found: Iterable[Move]) -> tuple[tuple[str, tuple[Move, ...]], ...]:
    grouped: dict[str, list[Move]] = {}
    for move in found:
        grouped.setdefault(move.place.text if move.place else shelf.say("Elsewhere"), []).append(move)
    return tuple((name, tuple(grouped[name])) for name in sorted(grouped, key=sortable))


def _base(base: str, region: Region) -> str:
    return f"{base}{region.id}/" if region.id else base


def _titled(title: str, region: Region) -> str:
    return f"{title}: {region.name}" if region.id else title


def _also(shelf: Shelf, base: str, found: Iterable[Region]) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    links_ = tuple(Link(region.name, _base(base, region)) for region in found)
    return ((shelf.say("By region"), links_),) if len(links_) > 1 else ()


def _page(path: str, title: str, lead: str, view: object) -> Page:
    return Page(path=path, title=title, description=lead, view=view, here="policy")


# ---------------------------------------------------------------- stages


def stages(shelf: Shelf) -> Iterator[Page]:
    """Make a page for every stage that an official policy reached, its steps latest first."""
    past = [move for move in moves(shelf) if move.date.first_day <= shelf.today]
    reached = [stage for stage in Stage if any(move.stage is stage for move in past)]
    named = tuple(Link(shelf.say(words.STAGES[stage]), f"{STAGES}{stage.value}/") for stage in reached)
    for stage in reached:
        base = f"{STAGES}{stage.value}/"
        lead = shelf.say("Dated steps by which official policies came to this stage, latest first.")
        steps = [move for move in past if move.stage is stage]
        years = dict.fromkeys(move.date.year for move in steps)
        groups = tuple((str(year), tuple(m for m in steps if m.date.year == year)) for year in years)
        view = Moves(lead, groups, feed=base, also=((shelf.say("By stage"), named),))
        yield _page(base, shelf.say("Policies: %s") % shelf.say(words.STAGES[stage]), lead, view)


# ---------------------------------------------------------------- ahead


@dataclass(frozen=True, slots=True)
class Preparing:
    """What is being prepared in one jurisdiction: lines from its facts, steps to come, acts under way, consultations."""

    place: Link
    code: str
    lines: tuple[countries.DatedLine, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class AheadView:
    lead: str
    places: tuple[Preparing, ...]
    feed: str
    also: tuple[tuple[str, tuple[Link, ...]], ...]


def preparing(shelf: Shelf) -> tuple[Preparing, ...]:
    """Gather what is being prepared, A–Z."""
    to_come = [move for move in moves(shelf) if move.date.first_day > shelf.today]
    found = (_preparing(shelf, code, to_come) for code in shelf.place_codes)
    return tuple(sorted((one for one in found if one), key=lambda one: sortable(one.place.text)))


def _preparing(shelf: Shelf, code: str, to_come: Iterable[Move]) -> Preparing | None:
    facts = shelf.facts.get(code)
    steps = (
        countries.DatedLine(
            move.date, move.stage, f"{move.title}: {move.what}" if move.what else move.title, move.url, move.host
        )
        for move in to_come
        if move.code == code
    )
    lines = (*(countries.ahead_lines(facts) if facts else ()), *steps)
    cards = tuple(card for card in shelf.by_place.get(code, ()) if _is_under_way(shelf, card, code))
    place = shelf.place(code)
    if not lines and not cards:
        return None
    return Preparing(Link(place.name, links.country(place)), code, tuple(sorted(lines, key=countries.by_date)), cards)


def _is_under_way(shelf: Shelf, card: Card, code: str) -> bool:
    """An official act of this very jurisdiction that is drafted or in parliament, or a consultation that is open."""
    work = shelf.entries[card.id].work
    if card.kind is EntryKind.CALL and work.form == "consultation":
        return bool(card.deadline and card.deadline.first_day >= shelf.today and not work.event_status)
    is_ours = work.jurisdiction in (code, None) or work.level in (Level.EU, Level.EHEA)
    return bool(work.official) and is_ours and card.stage in (Stage.DESIGN, Stage.LEGISLATIVE_PROCESS)


def ahead(shelf: Shelf) -> Iterator[Page]:
    """Make the page of what is being prepared, and one for each region in which something is."""
    found = preparing(shelf)
    held = [(region, tuple(one for one in found if region.holds(one.code))) for region in regions(shelf)]
    also = _also(shelf, AHEAD, [region for region, places in held if places])
    lead = shelf.say("Bills, consultations, drafts and planned reviews that we know of.")
    for region, places in held:
        if places or not region.id:
            base = _base(AHEAD, region)
            yield _page(
                base, _titled(shelf.say("What is being prepared"), region), lead, AheadView(lead, places, base, also)
            )


# ---------------------------------------------------------------- feeds


@dataclass(frozen=True, slots=True)
class MovesFeed:
    """A feed of moves: of which page, under which name, and its items, made when they are wanted."""

    title: str
    base: str
    items: Callable[[], tuple[FeedItem, ...]]
    stem: str = "feed"


def feeds(shelf: Shelf) -> Iterator[MovesFeed]:
    """List the feeds of moves: all and by region, by stage, by country; and those of what is being prepared."""
    past = tuple(move for move in moves(shelf) if move.date.first_day <= shelf.today)
    new, found = recent(shelf), preparing(shelf)
    for region in regions(shelf):
        steps = tuple(move for move in new if region.holds(move.code))
        if steps or not region.id:
            title = _titled(shelf.say("Who moved"), region)
            yield MovesFeed(title, _base(MOVED, region), partial(_items, shelf, steps))
        places = tuple(one for one in found if region.holds(one.code))
        if places or not region.id:
            title = _titled(shelf.say("What is being prepared"), region)
            yield MovesFeed(title, _base(AHEAD, region), partial(_ahead_items, shelf, places))
    for stage in Stage:
        if steps := tuple(move for move in past if move.stage is stage):
            title = shelf.say("Policies: %s") % shelf.say(words.STAGES[stage])
            yield MovesFeed(title, f"{STAGES}{stage.value}/", partial(_items, shelf, steps))
    for code in shelf.facts:
        place = shelf.place(code)
        if steps := tuple(move for move in past if move.code == code):
            title = shelf.say("Steps: %s") % place.name
            yield MovesFeed(title, links.country(place), partial(_items, shelf, steps), "steps")


def outputs(shelf: Shelf) -> Iterator[Output]:
    """Plan the feeds of moves, in each form that lists of the policy pages have."""
    for feed in feeds(shelf):
        items = feed.items()
        told = fingerprint(FORM, shelf.site, feed.title, feed.base, items)
        for form in FORMATS:
            if form.stem != "rss":
                path = f"{feed.base}{feed.stem}.{form.stem}"
                head = Head(f"{feed.title} – {shelf.site.title}", feed.base, path)
                yield Output(path, told, partial(_write, form, head, items, shelf))


def _write(form: Format, head: Head, items: tuple[FeedItem, ...], shelf: Shelf) -> bytes:
    return form.write(head, items, shelf.site)


def _items(shelf: Shelf, found: Iterable[Move]) -> tuple[FeedItem, ...]:
    """One item a step, named for ever by whose step it is, its date and stage."""
    made: dict[str, FeedItem] = {}
    for move in list(found)[:NEWEST]:
        tag = f"moves/{move.path}{move.date}/{move.stage.value}"
        number = sum(name.startswith(tag) for name in made)
        tag = f"{tag}/{number + 1}" if number else tag
        made[tag] = _item(shelf, move, tag)
    return tuple(made.values())


def _item(shelf: Shelf, move: Move, tag: str) -> FeedItem:
    stage = shelf.say(words.STAGES[move.stage])
    where = f"{move.place.text}: " if move.place else ""
    at = datetime.combine(move.date.first_day, time(), UTC)
    said = ". ".join(part for part in (f"{move.date}: {stage}", move.what, move.url or "") if part)
    return FeedItem(
        tag=feed_tag(shelf.site, tag),
        path=move.path,
        title=f"{where}{move.title} – {stage}",
        published=at,
        updated=at,
        text=said,
        link=move.url,
    )


def _ahead_items(shelf: Shelf, places: Iterable[Preparing]) -> tuple[FeedItem, ...]:
    """One item a thing prepared; undated things carry the day on which their country was looked at."""
    items = [item for one in places for item in _ahead_of(shelf, one)]
    return tuple(sorted(items, key=lambda item: (item.published, item.tag), reverse=True))


def _ahead_of(shelf: Shelf, one: Preparing) -> Iterator[FeedItem]:
    facts = shelf.facts.get(one.code)
    looked = facts.checked_on if facts else None
    for line in one.lines:
        day = looked.first_day if looked else shelf.today
        at = datetime.combine(day, time(), UTC)
        said = f"{line.date}: {line.what}" if line.date else line.what
        tag = feed_tag(shelf.site, f"ahead/{one.place.path}{fingerprint(line.what)[:12]}")
        title = f"{one.place.text}: {line.what}"
        yield FeedItem(
            tag=tag, path=one.place.path or AHEAD, title=title, published=at, updated=at, text=said, link=line.url
        )
    for card in one.cards:
        entry = shelf.entries[card.id]
        at = entry.listed or entry.first_seen
        stage = shelf.say(words.STAGES[card.stage]) if card.stage else ""
        yield FeedItem(
            tag=feed_tag(shelf.site, f"ahead/{card.path}"),
            path=card.path,
            title=f"{one.place.text}: {card.title_en or card.title}",
            published=at,
            updated=at,
            text=" – ".join(part for part in (stage, card.summary or "") if part),
            link=card.url,
        )
