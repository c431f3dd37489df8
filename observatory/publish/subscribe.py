"""How to subscribe: the page that leads to mail, feeds and calendars, and all feeds in one OPML file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from observatory.model import MailingList, Rhythm, Section
from observatory.publish import links, movements, texts, words
from observatory.publish.digest.pages import feed_stems, rhythms
from observatory.publish.formats import xml_text
from observatory.publish.output import Output, file
from observatory.publish.page import Page
from observatory.publish.picks import PICKS
from observatory.publish.shelf import Shelf

OPML = "subscribe/feeds.opml"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to subscribe to, with the addresses of its feeds and its calendar (none where there is none)."""

    name: str
    path: str
    digests: tuple[tuple[str, str], ...]
    entries: str
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class MailList:
    name: str
    rhythm: str
    query: str
    url: str
    latest: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """The page in its order: mail, then feeds, then calendars."""

    lists: tuple[MailList, ...]
    latest: str
    main: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str, tuple[Choice, ...]], ...]
    calendars: tuple[tuple[str, str, tuple[Choice, ...]], ...]
    calendar: str
    opml: str


def subscribe(shelf: Shelf) -> Iterator[Page]:
    """Make the page where a reader finds the letter, feed or calendar to subscribe to."""
    groups = tuple(_groups(shelf))
    dated = (
        (key, name, tuple(choice for choice in held if choice.calendar))
        for key, name, held in groups
        if held[0].calendar
    )
    view = Subscribe(
        lists=tuple(_mail_list(shelf, one) for one in shelf.catalogue.lists),
        latest=_latest(shelf, None),
        main=tuple((name, stem) for name, _rhythm, stem in feed_stems(shelf)),
        groups=groups,
        calendars=tuple(dated),
        calendar=f"{shelf.site.url}events.ics",
        opml=OPML,
    )
    yield Page(
        path="subscribe/",
        title=shelf.say("Subscribe"),
        description=shelf.say("What is new and what moved, by mail, in a feed reader or in a calendar."),
        view=view,
        here="subscribe",
        feed="",
    )


def _mail_list(shelf: Shelf, one: MailingList) -> MailList:
    return MailList(
        one.id,
        shelf.say(words.RHYTHMS[Rhythm(one.rhythm)]),
        "" if one.query == "*" else one.query,
        one.subscribe_url,
        _latest(shelf, one.id),
    )


def _latest(shelf: Shelf, list_id: str | None) -> str:
    """Give the address of the last letter, so that readers see what they would get."""
    for edition in reversed(shelf.catalogue.editions):
        news = [told for told in edition.candidates if told.is_news and not told.left_out]
        if list_id is None and news:
            return links.edition(edition.id)
        if list_id and any(f"list:{list_id}" in told.queries for told in news):
            return f"{links.edition(edition.id)}{list_id}/"
    return ""


def _groups(shelf: Shelf) -> Iterator[tuple[str, str, tuple[Choice, ...]]]:
    """Yield the groups of choices, each with its anchor and heading; empty ones are left out."""
    say = shelf.say
    queries = tuple(_choice(shelf, q.title, links.search(q.id)) for q in shelf.catalogue.searches)
    topics = tuple(
        _choice(shelf, say(topic.label), links.topic(topic.id), calendar=True) for topic in shelf.catalogue.topics
    )
    named = sorted(((shelf.place(code).name, code) for code in shelf.by_place), key=lambda one: words.sortable(one[0]))
    places = tuple(_choice(shelf, name, links.country(shelf.place(code)), calendar=True) for name, code in named)
    sections = tuple(
        Choice(say(words.SECTIONS[section]), links.section(section), (), f"{links.section(section)}feed.atom")
        for section in Section
    )
    if shelf.catalogue.picks:
        sections += (Choice(say("Editors’ picks"), PICKS, (), f"{PICKS}feed.atom"),)
    for key, heading, held in (
        ("countries", say("One country, EU or Bologna"), places),
        ("moves", say("Who moved, what is being prepared"), tuple(_moves(shelf))),
        ("topics", say("One topic"), topics),
        ("questions", say("One question"), queries),
        ("sections", say("One section"), sections),
    ):
        if held:
            yield key, heading, held


def _moves(shelf: Shelf) -> Iterator[Choice]:
    """Offer the feeds of policies that moved; those of regions and countries stand on their own pages and in the OPML file."""
    for feed in movements.feeds(shelf):
        if feed.base in (movements.MOVED, movements.AHEAD) or feed.base.startswith(movements.STAGES):
            yield Choice(feed.title, feed.base, (), f"{feed.base}{feed.stem}.atom")
    yield Choice(shelf.say("Texts that changed"), texts.TEXTS, (), f"{texts.TEXTS}feed.atom")


def _choice(shelf: Shelf, name: str, base: str, *, calendar: bool = False) -> Choice:
    stems = (
        ("digest" if number == 0 else f"digest-{rhythm.value}", rhythm) for number, rhythm in enumerate(rhythms(shelf))
    )
    digests = tuple((shelf.say(words.RHYTHMS[rhythm]), f"{base}{stem}.atom") for stem, rhythm in stems)
    return Choice(name, base, digests, f"{base}feed.atom", f"{base}events.ics" if calendar else "")


# ---------------------------------------------------------------- OPML


def opml_output(shelf: Shelf) -> Output:
    """Plan the list of all feeds, which feed readers take in at once (OPML 2.0)."""
    return file(OPML, opml(shelf))


def opml(shelf: Shelf) -> bytes:
    """Write the list of all feeds. It carries no date: it says the same until the feeds are others."""
    site, say = shelf.site, shelf.say
    root = ET.Element("opml", {"version": "2.0"})
    ET.SubElement(ET.SubElement(root, "head"), "title").text = xml_text(site.title)
    body = ET.SubElement(root, "body")
    top = _outline(body, say("Everything"))
    for name, _rhythm, stem in feed_stems(shelf):
        _feed(top, f"{site.title}: {name}", f"{site.url}{stem}.atom", f"{site.url}digest/")
    _feed(top, f"{site.title}: {say('each entry')}", f"{site.url}feed.atom", site.url)
    for _key, heading, held in _groups(shelf):
        group = _outline(body, heading)
        for choice in held:
            page = f"{site.url}{choice.path}"
            for rhythm, path in choice.digests:
                _feed(group, f"{choice.name}: {rhythm} {say('digest')}", f"{site.url}{path}", page)
            _feed(group, f"{choice.name}: {say('each entry')}", f"{site.url}{choice.entries}", page)
    group, listed = _outline(body, say("Policies of one region or country")), {choice.path for choice in _moves(shelf)}
    for feed in movements.feeds(shelf):
        if feed.base not in listed:
            _feed(group, feed.title, f"{site.url}{feed.base}{feed.stem}.atom", f"{site.url}{feed.base}")
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _outline(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, "outline", {"text": xml_text(name)})


def _feed(parent: ET.Element, name: str, feed: str, page: str) -> None:
    said = {"text": name, "title": name, "type": "rss", "xmlUrl": feed, "htmlUrl": page}
    ET.SubElement(parent, "outline", {key: xml_text(value) for key, value in said.items()})
