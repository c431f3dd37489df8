"""The page of one entry: everything known of it, in the order in which readers ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from observatory.model import (
    Creator,
    Entry,
    Instrument,
    Level,
    PartialDate,
    RelationType,
    Stage,
    Status,
    Work,
)
from observatory.publish import kinship, links, texts, words
from observatory.publish.cards import Card, Link, newest_first
from observatory.publish.citations import OFFICIAL
from observatory.publish.dead import Dead, dead_link
from observatory.publish.page import Later, Page
from observatory.publish.shelf import PRESS, Cards, Shelf
from observatory.publish.take import Take, vocabulary
from observatory.publish.words import Gettext
from observatory.text import safe_url


@dataclass(frozen=True, slots=True)
class Maker:
    """Who made a work; `path` where three or more of theirs stand here."""

    name: str
    path: str | None
    orcid: str | None


@dataclass(frozen=True, slots=True)
class StepView:
    """A dated step of a policy with its evidence."""

    date: PartialDate
    stage: Stage
    what: str
    url: str | None
    host: str
    ahead: bool
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Entries that stand in one relation to this one."""

    name: str
    cards: Cards


@dataclass(frozen=True, slots=True)
class Outside:
    """A relation to something that the catalogue does not hold."""

    name: str
    text: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Identifier:
    name: str
    text: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Which source saw it, where, and first when."""

    source: Link
    url: str | None
    first: PartialDate


@dataclass(frozen=True, slots=True)
class Event:
    """A dated line of the entry's history."""

    date: PartialDate
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Because:
    """Why the rules say what they say of one field."""

    about: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that an entry's page shows."""

    card: Card
    level: Level | None
    official: bool | None
    instrument: Instrument | None
    marked_on: PartialDate | None
    successors: Cards
    makers: tuple[Maker, ...]
    publisher: Link | None
    container: str | None
    whereabouts: str
    published: PartialDate | None
    hours: str
    recurs: str
    closes_at: str
    place: str | None
    language: str | None
    titles: tuple[tuple[str, str], ...]
    url: str | None
    host: str
    pdf: str | None
    seen_at: str | None
    seen_host: str
    take: Take
    steps: tuple[StepView, ...]
    policy: tuple[Bundle, ...]
    about: tuple[Bundle, ...]
    outside: tuple[Outside, ...]
    topics: tuple[Link, ...]
    related: tuple[tuple[Card, str], ...]
    identifiers: tuple[Identifier, ...]
    facts: tuple[tuple[str, str], ...]
    note: str
    note_by: str
    verified: PartialDate | None
    reasons: tuple[Because, ...]
    history: tuple[Event, ...]
    texts: tuple[texts.TextView, ...]
    bodies: tuple[str, ...]
    citation: str | None
    seen: tuple[Seen, ...]
    dead: Dead | None
    report: str | None


def records(shelf: Shelf) -> Iterator[Page]:
    """Make a page for every entry, the withdrawn ones too."""
    return some(shelf, shelf.entries)


def some(shelf: Shelf, ids: Iterable[str]) -> Iterator[Page]:
    """Make the pages of some entries."""
    for entry_id in ids:
        entry, card = shelf.entries[entry_id], shelf.cards[entry_id]
        yield Page(
            path=card.path,
            title=entry.work.title_en or entry.work.title,
            description=entry.work.summary or "",
            view=Later(_told(shelf, entry), partial(record, shelf, entry)),
            here=entry.section.value,
            indexed=entry.status is Status.PUBLISHED,
            modified=str(max((shelf.day(change.at) for change in entry.changes), default=shelf.day(entry.first_seen))),
        )


def _told(shelf: Shelf, entry: Entry) -> str:
    """Digest all that the page of an entry is made of, without making it: the entry, those around it, what has a page."""
    cards, around = shelf.cards, shelf.backward.get(entry.id, ())
    targets = [shelf.targets.get(relation.target, "") for relation in entry.work.relations]
    tied = [f"{target} {cards[target].digest}" if target in cards else target for target in targets]
    tied += [f"{kind} {cards[other].digest}" for kind, other in around]
    paged = [links.name_key(creator.name) in shelf.by_author for creator in entry.work.creators]
    paged += [key in shelf.by_publisher for key in shelf.publisher_keys(entry.id)]
    ahead = [step.date.first_day > shelf.today for step in entry.work.steps]
    seen = [shelf.source_names.get(found.source_id) for found in entry.provenances]
    told = (kinship.told(shelf, entry), tied, paged, ahead, seen)
    return f"{vocabulary(shelf)} {shelf.digest(entry.id)} {cards[entry.id].digest} {told}"


def record(shelf: Shelf, entry: Entry) -> Record:
    """Gather what an entry's page shows."""
    work = entry.work
    url, seen_at = safe_url(work.url or ""), safe_url(work.seen_at or "")
    return Record(
        card=shelf.cards[entry.id],
        level=_level(shelf, entry),
        official=work.official,
        instrument=work.instrument,
        marked_on=work.retracted or work.corrected,
        successors=_successors(shelf, entry),
        makers=tuple(_maker(shelf, creator) for creator in work.creators),
        publisher=_publisher(shelf, work),
        container=work.container,
        whereabouts=_whereabouts(work),
        published=work.date,
        hours=hours(shelf.say, work),
        recurs=shelf.say(words.RECURS[work.recurs]) if work.recurs else "",
        closes_at=_clock(shelf.say, work.closes_at, work.timezone),
        place=work.place,
        language=_language(shelf, work),
        titles=work.titles,
        url=url,
        host=links.host(url or ""),
        pdf=safe_url(work.pdf_url or ""),
        seen_at=seen_at,
        seen_host=links.host(seen_at or ""),
        take=Take(shelf, entry),
        steps=_steps(shelf, entry),
        policy=tuple(_bundles(shelf, entry, POLICY_TIES)),
        about=tuple(_bundles(shelf, entry, OTHER_TIES)),
        outside=tuple(_outside(shelf, entry)),
        topics=_topics(shelf, work),
        related=kinship.related(shelf, entry),
        identifiers=tuple(_identifiers(work)),
        facts=tuple(_facts(shelf, work)),
        note=work.note or "",
        note_by=work.note_by or "",
        verified=_month(shelf.day(entry.verified)) if entry.verified else None,
        reasons=_reasons(shelf, entry),
        history=_history(shelf, entry),
        texts=texts.views(shelf, entry.texts),
        bodies=entry.work.bodies,
        citation=entry.work.citation,
        seen=_seen(shelf, entry),
        dead=dead_link(shelf, entry),
        report=_report(shelf, entry),
    )


def _level(shelf: Shelf, entry: Entry) -> Level | None:
    """Its level, where the places beside it don't say the same."""
    level = entry.work.level
    said = {place.text for place in shelf.cards[entry.id].places}
    return level if level and shelf.say(words.LEVELS[level]) not in said else None


def _month(day: PartialDate) -> PartialDate:
    """Cut a date to its month: what is looked at daily must not change the page daily."""
    return PartialDate(day.year, day.month)


def _maker(shelf: Shelf, creator: Creator) -> Maker:
    key = links.name_key(creator.name)
    path = links.author(key) if key in shelf.by_author else None
    return Maker(creator.name, path, f"https://orcid.org/{creator.orcid}" if creator.orcid else None)


def _publisher(shelf: Shelf, work: Work) -> Link | None:
    """Name the publisher, unless the same name stands above as the only maker's."""
    if not work.publisher or [creator.name for creator in work.creators] == [work.publisher]:
        return None
    key = links.name_key(work.publisher)
    return Link(work.publisher, links.publisher(key) if key in shelf.by_publisher else None)


def hours(say: Gettext, work: Work) -> str:
    """Say from when to when an event goes, by the clocks of its place: 09:30–17:00 (Brussels time)."""
    span = "–".join(part for part in (work.starts_at, work.ends_at) if part)
    return _clock(say, span, work.timezone)


def _clock(say: Gettext, clock: str | None, zone: str | None) -> str:
    if not clock or not zone:
        return clock or ""
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{clock} ({say('%s time') % city})" if "/" in zone else f"{clock} ({zone})"


def _whereabouts(work: Work) -> str:
    """Volume, issue and pages as they are written after a journal's name: `9(6), 115–120`."""
    number = f"{work.volume or ''}({work.issue})" if work.issue else work.volume or ""
    return ", ".join(part for part in (number, work.pages) if part)


def _language(shelf: Shelf, work: Work) -> str | None:
    """Name the work's language where it isn't the site's own."""
    if not work.language or work.language == shelf.site.language:
        return None
    return shelf.say(words.LANGUAGES.get(work.language, work.language))


def _topics(shelf: Shelf, work: Work) -> tuple[Link, ...]:
    return tuple(
        Link(shelf.say(topic.label), links.topic(topic.id))
        for topic in shelf.catalogue.topics
        if topic.id in work.topics
    )


def _steps(shelf: Shelf, entry: Entry) -> tuple[StepView, ...]:
    steps = sorted(entry.work.steps, key=lambda step: (step.date, step.stage.value, step.what))
    return tuple(
        StepView(
            step.date,
            step.stage,
            step.what,
            safe_url(step.url or ""),
            links.host(safe_url(step.url or "") or ""),
            step.date.first_day > shelf.today,
            step.quote,
        )
        for step in steps
    )


# ---------------------------------------------------------------- relations

# What ties acts together stands with an act's steps; all else below the topics.
POLICY_TIES = (
    RelationType.ADOPTS,
    RelationType.IMPLEMENTS,
    RelationType.BASED_ON,
    RelationType.AMENDS,
    RelationType.REPEALS,
)
OTHER_TIES = (
    RelationType.ABOUT,
    RelationType.EVALUATES,
    RelationType.RESPONDS_TO,
    RelationType.PART_OF,
    RelationType.VERSION_OF,
    RelationType.TRANSLATION_OF,
)


def _bundles(shelf: Shelf, entry: Entry, ties: tuple[RelationType, ...]) -> Iterator[Bundle]:
    """What it relates to, then what relates to it; the press comes as a bundle of its own."""
    if not entry.work.relations and entry.id not in shelf.backward:
        return
    for kind in ties:
        targets = (shelf.targets.get(relation.target) for relation in entry.work.relations if relation.type is kind)
        if cards := _cards(shelf, entry, (target for target in targets if target)):
            yield Bundle(shelf.say(words.RELATIONS[kind]), cards)
    for kind in ties:
        held = _cards(shelf, entry, (other for found, other in shelf.backward.get(entry.id, ()) if found is kind))
        press = tuple(card for card in held if kind is RelationType.ABOUT and card.kind in PRESS)
        if rest := tuple(card for card in held if card not in press):
            yield Bundle(shelf.say(words.RELATIONS_BACK[kind]), rest)
        if press:
            yield Bundle(shelf.say("In the news"), press)


def _cards(shelf: Shelf, entry: Entry, ids: Iterable[str]) -> Cards:
    wanted = sorted({i for i in ids if i in shelf.cards and i != entry.id})
    return tuple(sorted((shelf.cards[i] for i in wanted), key=newest_first))


def _outside(shelf: Shelf, entry: Entry) -> Iterator[Outside]:
    for relation in entry.work.relations:
        if relation.target not in shelf.targets:
            text, url = _target(relation.target)
            yield Outside(shelf.say(words.RELATIONS[relation.type]), text, url)


def _target(target: str) -> tuple[str, str | None]:
    if target.startswith("doi:"):
        return target.removeprefix("doi:"), f"https://doi.org/{quote(target.removeprefix('doi:'))}"
    if target.startswith("celex:"):
        return f"CELEX {target.removeprefix('celex:')}", celex_url(target.removeprefix("celex:"))
    return target, safe_url(target)


def _successors(shelf: Shelf, entry: Entry) -> Cards:
    later = (RelationType.REPEALS, RelationType.VERSION_OF)
    if shelf.cards[entry.id].mark != "superseded":
        return ()
    return _cards(shelf, entry, (other for kind, other in shelf.backward.get(entry.id, ()) if kind in later))


# ---------------------------------------------------------------- identifiers and facts


def celex_url(celex: str) -> str:
    return f"https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:{quote(celex, safe='()')}"


def _identifiers(work: Work) -> Iterator[Identifier]:
    if work.doi:
        yield Identifier("DOI", work.doi, f"https://doi.org/{quote(work.doi)}")
    if work.celex:
        yield Identifier("CELEX", work.celex, celex_url(work.celex))
    if work.eli:
        yield Identifier("ELI", work.eli, safe_url(work.eli))
    if work.isbn:
        yield Identifier("ISBN", work.isbn, None)
    for name, text in work.identifiers:
        if name == OFFICIAL:
            continue  # it stands with the citations
        yield Identifier(name.upper() if len(name) < 6 else name.title(), text, safe_url(text))


def _facts(shelf: Shelf, work: Work) -> Iterator[tuple[str, str]]:
    """Further facts, each a name and a value, only where known."""
    if work.evidence_type:
        yield shelf.say("Evidence"), shelf.say(words.EVIDENCE[work.evidence_type])
    if work.peer_reviewed is not None:
        yield shelf.say("Peer-reviewed"), shelf.say("yes") if work.peer_reviewed else shelf.say("no")
    if work.open_access is not None:
        yield shelf.say("Open access"), shelf.say("yes") if work.open_access else shelf.say("no")
    if work.licence:
        yield shelf.say("Licence"), work.licence
    if work.cited_by and work.cited_by_on:
        yield shelf.say("Cited by"), f"{work.cited_by} ({shelf.say('counted')} {work.cited_by_on})"
    if work.partners:
        yield shelf.say("Partners"), " · ".join(work.partners)


# ---------------------------------------------------------------- why, when, where from


def _reasons(shelf: Shelf, entry: Entry) -> tuple[Because, ...]:
    labels = shelf.topic_labels
    return tuple(Because(_about(shelf, reason.about, labels), reason.text, reason.weight) for reason in entry.reasons)


def _about(shelf: Shelf, about: str, labels: Mapping[str, str]) -> str:
    field, _colon, value = about.partition(":")
    names = {
        "relevance": shelf.say("Why it is here"),
        "kind": shelf.say("Kind"),
        "topics": shelf.say("Topic"),
        "countries": shelf.say("Country"),
        "level": shelf.say("Level"),
        "stage": shelf.say("Stage"),
        "language": shelf.say("Language"),
        "scope": shelf.say("Scope"),
        "official": shelf.say("Official"),
        "instrument": shelf.say("Instrument"),
        "conflict": shelf.say("To be checked"),
        "evidence_type": shelf.say("Evidence"),
    }
    shown = labels.get(value) or (shelf.place(value).name if field == "countries" and value else value)
    name = names.get(field, field.replace("_", " ").capitalize())
    return f"{name}: {shown}" if shown else name


def _history(shelf: Shelf, entry: Entry) -> tuple[Event, ...]:
    first = Event(shelf.day(entry.first_seen), shelf.say("First seen"), "")
    changes = (
        Event(shelf.day(change.at), shelf.say(words.CHANGES[change.kind]), change.text)
        for change in entry.changes
        if change.kind.value != "new"
    )
    return (first, *sorted(changes, key=lambda event: (event.date, event.what, event.text)))


def _seen(shelf: Shelf, entry: Entry) -> tuple[Seen, ...]:
    names = shelf.source_names
    return tuple(
        Seen(
            Link(names.get(seen.source_id, seen.source_id), _source_path(seen.source_id, names)),
            safe_url(seen.url),
            shelf.day(seen.first_seen),
        )
        for seen in entry.provenances
    )


def _source_path(source_id: str, names: Mapping[str, str]) -> str | None:
    return links.source(source_id) if source_id in names else None


def _report(shelf: Shelf, entry: Entry) -> str | None:
    """A mail to the curators, begun: which entry, and what might be wrong."""
    if not shelf.site.contact:
        return None
    subject = quote(shelf.say("Correction: %s") % entry.id)
    body = quote(
        f"{shelf.site.url}{links.entry(entry.id)}\n\n" + shelf.say("What is wrong, and where you know it from:") + "\n"
    )
    return f"mailto:{quote(shelf.site.contact, safe='@')}?subject={subject}&body={body}"
