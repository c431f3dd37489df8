"""The catalogue sorted for readers: one pass makes every card and every index that the pages ask for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from observatory.model import (
    Catalogue,
    CountryFacts,
    Entry,
    EntryKind,
    Level,
    PartialDate,
    Place,
    RelationType,
    Scope,
    Section,
    Site,
    Status,
)
from observatory.publish import links
from observatory.publish.cards import Card, make_card, newest_first, place_codes, place_of, when
from observatory.publish.citations import Cited, cite_now
from observatory.publish.fingerprint import fingerprint
from observatory.publish.pieces import Pieces
from observatory.publish.words import Gettext
from observatory.text import canonical_url

EHEA = "ehea"  # the peer group that holds the members of the European Higher Education Area
FEWEST = 3  # entries that make a listing of their own for a publisher, an author or a combination
PRESS = frozenset({EntryKind.NEWS, EntryKind.MEDIA})

Cards = tuple[Card, ...]
T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True)
class Shelf:
    """Cards and indexes of one catalogue, each list newest first.

    Default lists leave out what is only related to the subject, press about an entry that stands here itself, and what
    its publisher withdrew; `everything` leaves out the withdrawn only.
    """

    catalogue: Catalogue
    site: Site
    entries: Mapping[str, Entry]
    cards: Mapping[str, Card]
    everything: Cards
    default: Cards
    backward: Mapping[str, tuple[tuple[RelationType, str], ...]]
    targets: Mapping[str, str]
    say: Gettext
    codebook: str = ""  # docs/data.md as HTML
    citations: Mapping[str, Cited] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)  # digests made once
    pieces: Pieces = field(default_factory=Pieces)  # of entries, each made once
    kept: dict[str, Any] = field(default_factory=dict)  # values made once, by `once`
    sizes: dict[str, int] = field(default_factory=dict)  # bytes of the downloads, as far as measured

    # ---- indexes: each is made in one pass when first asked for

    @cached_property
    def by_section(self) -> Mapping[Section, Cards]:
        """Core entries by section; News & resources holds the press too."""
        core = (card for card in self.everything if self.is_core(card))
        return _index(core, lambda card: (self.entries[card.id].section,))

    @cached_property
    def related_by_section(self) -> Mapping[Section, Cards]:
        """Entries that are only related to the subject, by section."""
        beside = (card for card in self.everything if not self.is_core(card))
        return _index(beside, lambda card: (self.entries[card.id].section,))

    @cached_property
    def by_topic(self) -> Mapping[str, Cards]:
        return _index(self.default, lambda card: self.entries[card.id].work.topics)

    @cached_property
    def by_place(self) -> Mapping[str, Cards]:
        return _index(self.default, lambda card: place_codes(self.entries[card.id]))

    @cached_property
    def by_level(self) -> Mapping[Level, Cards]:
        return _index(self.default, lambda card: _some(self.entries[card.id].work.level))

    @cached_property
    def by_year(self) -> Mapping[int | None, Cards]:
        return _index(self.default, lambda card: (card.date.year if card.date else None,))

    @cached_property
    def by_source(self) -> Mapping[str, Cards]:
        return _index(self.everything, lambda card: {seen.source_id for seen in self.entries[card.id].provenances})

    @cached_property
    def by_publisher(self) -> Mapping[str, Cards]:
        """Entries by the key of their publisher's name; only publishers with enough of them."""
        return _large(_index(self.everything, lambda card: self.publisher_keys(card.id)))

    @cached_property
    def by_author(self) -> Mapping[str, Cards]:
        """Entries by the key of an author's name; only authors with enough of them."""
        return _large(_index(self.everything, lambda card: self.author_keys(card.id)))

    @cached_property
    def landmarks(self) -> Cards:
        """Documents that everybody in the field must know."""
        return tuple(card for card in self.default if self.entries[card.id].work.landmark)

    @cached_property
    def by_search(self) -> Mapping[str, Cards]:
        """Entries of each named query, newest first."""
        return {
            query: tuple(sorted((self.cards[i] for i in ids if i in self.cards), key=newest_first))
            for query, ids in self.catalogue.memberships.items()
        }

    # ---- questions

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Make what several pages ask for when it is first asked for."""
        if name not in self.kept:
            self.kept[name] = make()
        found: T = self.kept[name]
        return found

    def digest(self, entry_id: str) -> str:
        """Digest what is told of an entry in any form. When it was looked at last counts by the month only."""
        return self._digests[entry_id]

    def told(self, cards: Iterable[Card]) -> str:
        """Digest all that lists and files tell of these entries, in their order."""
        digests = self._digests
        return fingerprint("".join([f"{digests[card.id]}{card.digest}" for card in cards]))

    @cached_property
    def _digests(self) -> Mapping[str, str]:
        known, months = self.catalogue.digests, _Months(self.zone)
        return {
            entry.id: f"{known.get(entry.id) or _digest(entry)} {months[entry.verified]}"
            for entry in self.entries.values()
        }

    def cited(self, entry_id: str) -> Cited:
        """The entry cited; what nobody cited before is cited now."""
        return self.citations.get(entry_id) or cite_now(self.entries[entry_id])

    @cached_property
    def public_ids(self) -> frozenset[str]:
        """Ids of what stands in lists: the withdrawn are left out."""
        return frozenset(card.id for card in self.everything)

    @cached_property
    def default_ids(self) -> frozenset[str]:
        return frozenset(card.id for card in self.default)

    def is_core(self, card: Card) -> bool:
        return self.entries[card.id].work.scope is not Scope.RELATED

    def publisher_keys(self, entry_id: str) -> tuple[str, ...]:
        return tuple(map(links.name_key, _some(self.entries[entry_id].work.publisher)))

    def author_keys(self, entry_id: str) -> frozenset[str]:
        return frozenset(links.name_key(creator.name) for creator in self.entries[entry_id].work.creators)

    @cached_property
    def topic_labels(self) -> Mapping[str, str]:
        return {topic.id: self.say(topic.label) for topic in self.catalogue.topics}

    @cached_property
    def source_names(self) -> Mapping[str, str]:
        return {source.id: source.name for source in self.catalogue.sources}

    @cached_property
    def facts(self) -> Mapping[str, CountryFacts]:
        """The facts handed over, by jurisdiction."""
        return {facts.code: facts for facts in self.catalogue.countries}

    @cached_property
    def place_codes(self) -> tuple[str, ...]:
        """Codes of all places that have a page."""
        return tuple(sorted(frozenset(self.by_place) | frozenset(self.facts)))

    @cached_property
    def place_codes_set(self) -> frozenset[str]:
        return frozenset(self.place_codes)

    @cached_property
    def ehea(self) -> tuple[str, ...]:
        """The EHEA's members and their parts that make their own rules, as far as facts stand here."""
        members = next((set(group.members) for group in self.catalogue.peer_groups if group.id == EHEA), set())
        return tuple(code for code in self.facts if code in members or self.parent(code) in members)

    def parent(self, code: str) -> str | None:
        """The state that a jurisdiction belongs to."""
        return self.place(code).parent or (code.split("-")[0] if "-" in code else None)

    def place(self, code: str) -> Place:
        return place_of(code, self.catalogue.places)

    def day(self, moment: datetime) -> PartialDate:
        """The day of a moment in the site's own time zone."""
        return PartialDate.of(moment.astimezone(self.zone).date())

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.timezone)

    @cached_property
    def today(self) -> date:
        """The day of the last run: the only `now` that the site knows."""
        return self.day(self.catalogue.as_of).first_day

    @cached_property
    def announces(self) -> bool:
        """Whether anything was announced yet; until then the newest are those published last."""
        return any(entry.announced for entry in self.entries.values())

    def newest(self, cards: Iterable[Card], count: int) -> Cards:
        """The latest to become public or, while nothing was announced, the latest published."""
        held = tuple(cards)
        return self.announced(held)[:count] if self.announces else self.published_last(held)[:count]

    def announced(self, cards: Iterable[Card]) -> Cards:
        """Those of which news was given, the latest first."""
        return tuple(sorted((card for card in cards if self.entries[card.id].announced), key=self._listed_last))

    def published_last(self, cards: Iterable[Card]) -> Cards:
        """Those that are out already, in the order given: no list of the newest begins with next year's."""
        return tuple(card for card in cards if card.date and card.date.first_day <= self.today)

    def _listed_last(self, card: Card) -> tuple[float, str]:
        listed = self.entries[card.id].listed
        return (-listed.timestamp() if listed else 0.0, card.id)


def make_shelf(
    catalogue: Catalogue,
    site: Site,
    say: Gettext,
    citations: Mapping[str, Cited] | None = None,
    codebook: str = "",
    pieces: Pieces | None = None,
) -> Shelf:
    """Sort a catalogue for readers; `say` translates the site's own words, `citations` and `pieces` were made before."""
    entries = {entry.id: entry for entry in catalogue.entries}
    targets = _targets(catalogue)
    backward = _backward(entries, targets)
    superseded = _superseded(entries, backward)
    press = {entry.id for entry in entries.values() if _is_press_about(entry, entries, targets)}
    linked = _places_with_page(catalogue, press)
    cards = {entry.id: make_card(entry, catalogue.places, linked, entry.id in superseded) for entry in entries.values()}
    published = (card for card in cards.values() if entries[card.id].status is Status.PUBLISHED)
    everything = tuple(sorted(published, key=newest_first))
    default = tuple(
        card for card in everything if card.id not in press and entries[card.id].work.scope is not Scope.RELATED
    )
    return Shelf(
        catalogue=catalogue,
        site=site,
        entries=entries,
        cards=cards,
        everything=everything,
        default=default,
        backward=backward,
        targets=targets,
        say=say,
        codebook=codebook,
        citations={} if citations is None else citations,
        pieces=Pieces() if pieces is None else pieces,
    )


class _Months(dict[datetime | None, str]):
    """The month of a moment in a time zone; many entries were looked at in one run."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def __missing__(self, moment: datetime | None) -> str:
        self[moment] = f"{moment.astimezone(self._zone):%Y-%m}" if moment else ""
        return self[moment]


def _digest(entry: Entry) -> str:
    """Digest an entry of which the catalogue tells no digest, without what each crawl moves."""
    seen = [(found.source_id, found.url, found.first_seen) for found in entry.provenances]
    return fingerprint(replace(entry, provenances=(), verified=None, link=None), seen)


def _some(value: T | None) -> tuple[T, ...]:
    return () if value is None else (value,)


def _index(cards: Iterable[Card], keys: Callable[[Card], Iterable[K]]) -> Mapping[K, Cards]:
    found: dict[K, list[Card]] = defaultdict(list)
    for card in cards:
        for key in keys(card):
            found[key].append(card)
    return {key: tuple(held) for key, held in found.items()}


def _large(index: Mapping[str, Cards]) -> Mapping[str, Cards]:
    return {key: held for key, held in index.items() if len(held) >= FEWEST}


def _targets(catalogue: Catalogue) -> Mapping[str, str]:
    """Everything that a relation may name, led to the entry's id. Addresses are read only where one is named: it is slow."""
    named = [relation.target for entry in catalogue.entries for relation in entry.work.relations]
    is_by_url = any("://" in name for name in (*named, *(pick.entry for pick in catalogue.picks)))
    found: dict[str, str] = {}
    for entry in catalogue.entries:
        for name in _names(entry, is_by_url):
            found.setdefault(name, entry.id)
    found.update(catalogue.aliases)
    found.update((entry.id, entry.id) for entry in catalogue.entries)
    return found


def _names(entry: Entry, is_by_url: bool) -> Iterator[str]:
    work = entry.work
    if work.doi:
        yield f"doi:{work.doi}"
    if work.celex:
        yield f"celex:{work.celex}"
    if is_by_url and (url := canonical_url(work.url or "")):
        yield url


def _backward(
    entries: Mapping[str, Entry], targets: Mapping[str, str]
) -> Mapping[str, tuple[tuple[RelationType, str], ...]]:
    """Relations seen from their target: id → (type, id of the entry that says so)."""
    found: dict[str, list[tuple[RelationType, str]]] = defaultdict(list)
    for entry in entries.values():
        for relation in entry.work.relations:
            target = targets.get(relation.target)
            if target and target in entries and target != entry.id and entry.status is Status.PUBLISHED:
                found[target].append((relation.type, entry.id))
    return {target: tuple(sorted(held)) for target, held in found.items()}


def _superseded(
    entries: Mapping[str, Entry], backward: Mapping[str, tuple[tuple[RelationType, str], ...]]
) -> frozenset[str]:
    """Entries that another repeals, or of which a later version stands here."""
    return frozenset(
        target
        for target, held in backward.items()
        for kind, other in held
        if kind is RelationType.REPEALS
        or (kind is RelationType.VERSION_OF and _is_later(entries[other], entries[target]))
    )


def _is_later(one: Entry, other: Entry) -> bool:
    mine, yours = when(one.work), when(other.work)
    return bool(mine and yours and mine.first_day > yours.first_day)


def _is_press_about(entry: Entry, entries: Mapping[str, Entry], targets: Mapping[str, str]) -> bool:
    """Press about an entry that stands here itself: it is shown there, and in its section only."""
    return entry.kind in PRESS and any(
        relation.type is RelationType.ABOUT and targets.get(relation.target) in entries
        for relation in entry.work.relations
    )


def _places_with_page(catalogue: Catalogue, press: set[str]) -> frozenset[str]:
    about = Counter(
        code
        for entry in catalogue.entries
        if entry.status is Status.PUBLISHED and entry.work.scope is not Scope.RELATED and entry.id not in press
        for code in place_codes(entry)
    )
    return frozenset(about) | {facts.code for facts in catalogue.countries}
