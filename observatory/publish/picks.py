"""What editors recommend, each with a signed sentence: on home and topic pages, on a page and in a feed of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial

from observatory.model import PartialDate, Pick
from observatory.publish import links
from observatory.publish.cards import Card, Link
from observatory.publish.fingerprint import fingerprint
from observatory.publish.formats import FORMATS, FeedItem, Format, Head, feed_tag
from observatory.publish.output import Output
from observatory.publish.page import Page
from observatory.publish.shelf import Cards, Shelf
from observatory.text import canonical_url

PICKS = "picks/"
HOME = "home"
START_HERE = 5  # shown where no editor has picked: the latest landmarks
NEWEST = 50
FORM = "1"  # raised when the making of the feed changes, so that it is written anew


@dataclass(frozen=True, slots=True)
class Picked:
    """An entry that is recommended, with the month; `why` and `by` are empty for a landmark that no editor has picked."""

    card: Card
    why: str = ""
    by: str = ""
    when: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Picks of one topic or one year. `path`: the topic's own page."""

    anchor: str
    name: Link
    picks: tuple[Picked, ...]


@dataclass(frozen=True, slots=True)
class Recommended:
    """The page of picks: the home page's, then topics in their order, then the good reads, the latest year first."""

    home: tuple[Picked, ...]
    topics: tuple[Group, ...]
    years: tuple[Group, ...]


def start_here(shelf: Shelf, topic: str, among: Cards) -> tuple[Picked, ...]:
    """Give what a topic's page (or home) recommends; where nobody has picked, the latest landmarks `among` its entries."""
    picked = tuple(_picked(shelf, (pick for pick in shelf.catalogue.picks if pick.topic == topic)))
    landmarks = (card for card in among if shelf.entries[card.id].work.landmark)
    return picked or tuple(map(Picked, landmarks))[:START_HERE]


def _picked(shelf: Shelf, picks: Iterable[Pick]) -> Iterator[Picked]:
    """Turn picks into cards; what isn't published (any more) is left out, and `check` names it."""
    for pick in picks:
        card = shelf.cards.get(shelf.targets.get(canonical_url(pick.entry) or pick.entry, ""))
        if card and card.id in shelf.public_ids:
            yield Picked(card, pick.why, pick.by, PartialDate(pick.when.year, pick.when.month))


def page(shelf: Shelf) -> Iterator[Page]:
    """Make the page of all picks; none while nobody has picked."""
    picks = shelf.catalogue.picks
    years = sorted({pick.year for pick in picks if pick.year}, reverse=True)
    view = Recommended(
        home=tuple(_picked(shelf, (pick for pick in picks if pick.topic == HOME))),
        topics=tuple(
            group
            for topic in shelf.catalogue.topics
            if (group := _group(shelf, topic.id, Link(shelf.say(topic.label), links.topic(topic.id)))).picks
        ),
        years=tuple(group for year in years if (group := _group(shelf, str(year), Link(str(year), ""))).picks),
    )
    if view.home or view.topics or view.years:
        yield Page(
            path=PICKS,
            title=shelf.say("Editors’ picks"),
            description=shelf.say("Where to begin, topic by topic, and the good reads of each year."),
            view=view,
        )


def _group(shelf: Shelf, anchor: str, name: Link) -> Group:
    """Gather the picks of a topic or a year."""
    own = (pick for pick in shelf.catalogue.picks if anchor in (pick.topic, str(pick.year)))
    return Group(anchor, name, tuple(_picked(shelf, own)))


# ---------------------------------------------------------------- the feed


def outputs(shelf: Shelf) -> Iterator[Output]:
    """Plan the feed of picks in the forms that lists have; none while nobody has picked."""
    items = tuple(_items(shelf))[:NEWEST]
    told = fingerprint(FORM, shelf.site, items)
    for form in FORMATS:
        if items and form.stem != "rss":
            path = f"{PICKS}feed.{form.stem}"
            head = Head(f"{shelf.say('Editors’ picks')} – {shelf.site.title}", PICKS, path)
            yield Output(path, told, partial(_write, form, head, items, shelf))


def _write(form: Format, head: Head, items: tuple[FeedItem, ...], shelf: Shelf) -> bytes:
    return form.write(head, items, shelf.site)


def _items(shelf: Shelf) -> Iterator[FeedItem]:
    """Make one item a pick, the latest first, named for ever by its list and entry."""
    labels = {topic.id: shelf.say(topic.label) for topic in shelf.catalogue.topics} | {HOME: shelf.say("Start here")}
    for pick in sorted(
        shelf.catalogue.picks, key=lambda pick: (pick.when, pick.entry, pick.topic, pick.year or 0), reverse=True
    ):
        for picked in _picked(shelf, (pick,)):
            at = datetime.combine(pick.when.first_day, time(), UTC)
            place = labels.get(pick.topic) or shelf.say("Good reads of %s") % pick.year
            yield FeedItem(
                tag=feed_tag(shelf.site, f"{PICKS}{pick.topic or pick.year}/{picked.card.id}"),
                path=picked.card.path,
                title=f"{place}: {picked.card.title}",
                published=at,
                updated=at,
                text=f"{pick.why} – {pick.by}",
                authors=(pick.by,),
                link=picked.card.url,
            )
