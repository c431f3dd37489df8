"""Lists of entries: by section, topic, place, level, year, source, publisher, author, and where two of these meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from observatory.model import EntryKind, Level, Section, Topic
from observatory.publish import links, words
from observatory.publish.cards import Card, Link, place_codes
from observatory.publish.charts import bars_by_year
from observatory.publish.page import Page
from observatory.publish.paging import Count, Facet, Shelfmark, cut
from observatory.publish.picks import start_here
from observatory.publish.shelf import FEWEST, Cards, Shelf
from observatory.publish.words import sortable

# ---------------------------------------------------------------- sections


def sections(shelf: Shelf) -> Iterator[Page]:
    """Make the six sections, and behind a link what is only related to the subject."""
    for section in Section:
        base, name = links.section(section), shelf.say(words.SECTIONS[section])
        yield from cut(_section(shelf, section))
        yield from _combined(base, name, section.value, _by_kind(shelf, shelf.by_section.get(section, ())))
        if related := shelf.related_by_section.get(section, ()):
            yield from cut(
                Shelfmark(
                    base=f"{base}related/",
                    heading=shelf.say("Related to the subject"),
                    within=Link(name, base),
                    here=section.value,
                    cards=related,
                    lead=shelf.say(
                        "On something near the subject only: kept and searchable, but left out of the other lists."
                    ),
                    indexed=False,
                )
            )


def _section(shelf: Shelf, section: Section) -> Shelfmark:
    cards = shelf.by_section.get(section, ())
    related = shelf.related_by_section.get(section, ())
    base = links.section(section)
    return Shelfmark(
        base=base,
        heading=shelf.say(words.SECTIONS[section]),
        here=section.value,
        cards=cards,
        lead=shelf.say(words.SECTION_LEADS[section]),
        feed=True,
        facets=_section_facets(shelf, section, cards),
        beside=Link(str(len(related)), f"{base}related/") if related else None,
        also=_also(shelf) if section is Section.POLICY else (),
    )


def _also(shelf: Shelf) -> tuple[Link, ...]:
    """The pages that look at policy otherwise than by list."""
    always = (
        Link(shelf.say("Timeline"), "policy/timeline/"),
        Link(shelf.say("Map"), "policy/map/"),
        Link(shelf.say("Who moved"), "policy/moved/"),
        Link(shelf.say("What is being prepared"), "policy/ahead/"),
        Link(shelf.say("Texts that changed"), "policy/texts/"),
    )
    return (*always, Link(shelf.say("State of the EHEA, by year"), "policy/state/")) if shelf.ehea else always


def _section_facets(shelf: Shelf, section: Section, cards: Cards) -> tuple[Facet, ...]:
    """Count a section's entries by kind, topic, level, country and year; a count leads to the list of just those."""
    shown = tuple(card for card in cards if card.id in shelf.default_ids)
    under = section.value
    return _facets(
        (shelf.say("Kind"), kind_counts(shelf, cards, links.section(section))),
        (shelf.say("Topic"), topic_counts(shelf, shown, under)),
        (shelf.say("Level"), level_counts(shelf, shown, under)),
        (shelf.say("Country"), place_counts(shelf, shown, under)),
        (shelf.say("Year"), year_counts(shelf, shown, under)),
    )


def _facets(*named: tuple[str, tuple[Count, ...]]) -> tuple[Facet, ...]:
    return tuple(Facet(name, counts) for name, counts in named if counts)


# ---------------------------------------------------------------- counts


def _counted(cards: Cards, keys: Callable[[Card], Iterable[object]]) -> Mapping[object, int]:
    found: dict[object, int] = {}
    for card in cards:
        for key in keys(card):
            found[key] = found.get(key, 0) + 1
    return found


def _path(base: str, number: int, under: str) -> str:
    """Lead a count to the list of just those entries, or where these are few to the value's whole list."""
    return f"{base}{under}/" if under and number >= FEWEST else base


def kind_counts(shelf: Shelf, cards: Cards, base: str = "") -> tuple[Count, ...]:
    """Count by kind; within a list, each leads to the kind's part of it where it holds enough."""
    found = _counted(cards, lambda card: (card.kind,))
    return tuple(
        Count(
            shelf.say(words.KINDS_PLURAL[kind]),
            found[kind],
            f"{base}kind-{kind.value}/" if base and found[kind] >= FEWEST else None,
        )
        for kind in EntryKind
        if kind in found
    )


def topic_counts(shelf: Shelf, cards: Cards, under: str = "") -> tuple[Count, ...]:
    found = _counted(cards, lambda card: shelf.entries[card.id].work.topics)
    counts = (
        Count(shelf.say(topic.label), found[topic.id], _path(links.topic(topic.id), found[topic.id], under))
        for topic in shelf.catalogue.topics
        if topic.id in found
    )
    return tuple(sorted(counts, key=lambda count: (-count.number, count.text)))


def level_counts(shelf: Shelf, cards: Cards, under: str = "") -> tuple[Count, ...]:
    found = _counted(cards, lambda card: (shelf.entries[card.id].work.level,))
    return tuple(
        Count(shelf.say(words.LEVELS[level]), found[level], _path(links.level(level), found[level], under))
        for level in Level
        if level in found
    )


def place_counts(shelf: Shelf, cards: Cards, under: str = "") -> tuple[Count, ...]:
    found = _counted(cards, lambda card: place_codes(shelf.entries[card.id]))
    counts = (
        Count(place.name, number, _path(links.country(place), number, under))
        for place, number in ((shelf.place(str(code)), number) for code, number in found.items())
    )
    return tuple(sorted(counts, key=lambda count: (-count.number, count.text)))


def year_counts(shelf: Shelf, cards: Cards, under: str = "") -> tuple[Count, ...]:
    found = _counted(cards, lambda card: (card.date.year if card.date else 0,))
    years = sorted((int(str(year)) for year in found), reverse=True)
    return tuple(
        Count(
            str(year) if year else shelf.say("Undated"),
            found[year],
            _path(links.year(year or None), found[year], under),
        )
        for year in years
    )


# ---------------------------------------------------------------- topics


def topics(shelf: Shelf) -> Iterator[Page]:
    """Make a list for every topic, and where it meets a section, a kind or a country often enough."""
    for topic in shelf.catalogue.topics:
        cards = shelf.by_topic.get(topic.id, ())
        base = links.topic(topic.id)
        label = shelf.say(topic.label)
        yield from cut(_topic(shelf, topic, cards))
        yield from by_section(shelf, base, label, "topics", cards)
        yield from _combined(base, label, "topics", _by_kind(shelf, cards))
        yield from _combined(base, label, "topics", _by_place(shelf, cards))


def _topic(shelf: Shelf, topic: Topic, cards: Cards) -> Shelfmark:
    base = links.topic(topic.id)
    return Shelfmark(
        base=base,
        heading=shelf.say(topic.label),
        here="topics",
        cards=cards,
        lead=shelf.say(topic.definition),
        feed=True,
        start=start_here(shelf, topic.id, cards),
        chart=bars_by_year(cards, shelf.say("Entries by year")) if len(cards) >= FEWEST else None,
        facets=_facets(
            (shelf.say("Section"), section_counts(shelf, cards, base)),
            (shelf.say("Kind"), _listed(_by_kind(shelf, cards), base)),
            (shelf.say("Country"), _listed(_by_place(shelf, cards), base)),
        ),
    )


Part = tuple[str, str, Cards]  # address part, name, entries


def _by_kind(shelf: Shelf, cards: Cards) -> tuple[Part, ...]:
    grouped: dict[EntryKind, list[Card]] = {}
    for card in cards:
        grouped.setdefault(card.kind, []).append(card)
    return tuple(
        (f"kind-{kind.value}", shelf.say(words.KINDS_PLURAL[kind]), tuple(grouped[kind]))
        for kind in EntryKind
        if len(grouped.get(kind, ())) >= FEWEST
    )


def _by_place(shelf: Shelf, cards: Cards) -> tuple[Part, ...]:
    grouped: dict[str, list[Card]] = {}
    for card in cards:
        for code in place_codes(shelf.entries[card.id]):
            grouped.setdefault(code, []).append(card)
    parts = [
        (f"in-{code.lower()}", shelf.place(code).name, tuple(held))
        for code, held in grouped.items()
        if len(held) >= FEWEST
    ]
    return tuple(sorted(parts, key=lambda part: (-len(part[2]), part[1])))


def _listed(parts: Iterable[Part], base: str) -> tuple[Count, ...]:
    return tuple(Count(name, len(cards), f"{base}{part}/") for part, name, cards in parts)


def _combined(base: str, label: str, here: str, parts: Iterable[Part]) -> Iterator[Page]:
    for part, name, cards in parts:
        yield from cut(
            Shelfmark(
                base=f"{base}{part}/",
                heading=name,
                within=Link(label, base),
                here=here,
                cards=cards,
                indexed=False,
            )
        )


def section_counts(shelf: Shelf, cards: Cards, base: str) -> tuple[Count, ...]:
    """Count by section; each leads to the section's part of the same list where it holds enough."""
    found = _counted(cards, lambda card: (shelf.entries[card.id].section,))
    return tuple(
        Count(
            shelf.say(words.SECTIONS[section]),
            found[section],
            f"{base}{section.value}/" if found[section] >= FEWEST else None,
        )
        for section in Section
        if section in found
    )


def by_section(shelf: Shelf, base: str, label: str, here: str, cards: Cards) -> Iterator[Page]:
    """Make the parts of a list that one section holds, where it holds enough."""
    grouped: dict[Section, list[Card]] = {}
    for card in cards:
        grouped.setdefault(shelf.entries[card.id].section, []).append(card)
    parts = (
        (section.value, shelf.say(words.SECTIONS[section]), tuple(held))
        for section, held in grouped.items()
        if len(held) >= FEWEST
    )
    yield from _combined(base, label, here, parts)


# ---------------------------------------------------------------- levels, years


def levels(shelf: Shelf) -> Iterator[Page]:
    for level, cards in shelf.by_level.items():
        base = links.level(level)
        label = shelf.say(words.LEVELS[level])
        yield from cut(
            Shelfmark(
                base=base,
                heading=label,
                here="",
                cards=cards,
                lead=shelf.say(words.LEVEL_LEADS[level]),
                facets=_plain_facets(shelf, cards, base),
            )
        )
        yield from by_section(shelf, base, label, "", cards)


def years(shelf: Shelf) -> Iterator[Page]:
    for year, cards in shelf.by_year.items():
        base = links.year(year)
        label = str(year) if year else shelf.say("Undated")
        lead = (
            "" if year else shelf.say("Living pages, projects and works that state no date; none was made up for them.")
        )
        yield from cut(
            Shelfmark(
                base=base,
                heading=label,
                here="",
                cards=cards,
                lead=lead,
                facets=_plain_facets(shelf, cards, base),
            )
        )
        yield from by_section(shelf, base, label, "", cards)


def _plain_facets(shelf: Shelf, cards: Cards, base: str) -> tuple[Facet, ...]:
    return _facets(
        (shelf.say("Section"), section_counts(shelf, cards, base)),
        (shelf.say("Topic"), topic_counts(shelf, cards)),
    )


# ---------------------------------------------------------------- publishers, authors, named queries


def publishers(shelf: Shelf) -> Iterator[Page]:
    """Make a list for every publisher with three entries or more."""
    for key, cards in shelf.by_publisher.items():
        yield from cut(Shelfmark(base=links.publisher(key), heading=_publisher(shelf, cards), here="", cards=cards))


def publisher_counts(shelf: Shelf) -> tuple[Count, ...]:
    """Count each publisher's entries, A–Z."""
    held = shelf.by_publisher.items()
    return a_to_z(Count(_publisher(shelf, cards), len(cards), links.publisher(key)) for key, cards in held)


def _publisher(shelf: Shelf, cards: Cards) -> str:
    return _usual(shelf.entries[card.id].work.publisher or "" for card in cards)


def authors(shelf: Shelf) -> Iterator[Page]:
    """Make a list for every author with three entries or more."""
    for key, cards in shelf.by_author.items():
        yield from cut(Shelfmark(base=links.author(key), heading=_author(shelf, key, cards), here="", cards=cards))


def author_counts(shelf: Shelf) -> tuple[Count, ...]:
    """Count each author's entries, A–Z."""
    held = shelf.by_author.items()
    return a_to_z(Count(_author(shelf, key, cards), len(cards), links.author(key)) for key, cards in held)


def _author(shelf: Shelf, key: str, cards: Cards) -> str:
    made_by = (creator.name for card in cards for creator in shelf.entries[card.id].work.creators)
    return _usual(name for name in made_by if links.name_key(name) == key)


def a_to_z(counts: Iterable[Count]) -> tuple[Count, ...]:
    """Sort counts by their words."""
    return tuple(sorted(counts, key=lambda count: (sortable(count.text), count.path)))


def _usual(names: Iterable[str]) -> str:
    """The spelling met most often."""
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return min(found, key=lambda name: (-found[name], name))


def searches(shelf: Shelf) -> Iterator[Page]:
    """Make a list for every named query."""
    for query in shelf.catalogue.searches:
        yield from cut(
            Shelfmark(
                base=links.search(query.id),
                heading=query.title,
                here="",
                cards=shelf.by_search.get(query.id, ()),
                lead=shelf.say("A standing question to the catalogue: %s") % query.query,
                feed=True,
            )
        )
