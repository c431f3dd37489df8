"""Countries and jurisdictions: what is known of their rules, and the entries about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote

from observatory.model import CountryFacts, EntryKind, Fact, Instrument, Level, PartialDate, Place, Stage
from observatory.publish import links
from observatory.publish.cards import Card, Link
from observatory.publish.listings import by_section, section_counts, topic_counts, year_counts
from observatory.publish.page import Page
from observatory.publish.paging import Facet, Listing, Shelfmark, cut
from observatory.publish.shelf import Shelf
from observatory.publish.words import N_, sortable
from observatory.text import safe_url


class Standing(StrEnum):
    """Where a jurisdiction's official rules on the subject stand; the two last say what *we* know, not what is."""

    LAW = "law"
    RULES = "rules"
    GENERAL = "general"
    PILOT = "pilot"
    DRAFT = "draft"
    NONE = "none"
    UNKNOWN = "unknown"
    UNCHECKED = "unchecked"


STANDINGS: Mapping[Standing, str] = {
    Standing.LAW: N_("law in force"),
    Standing.RULES: N_("decree or guidelines in force"),
    Standing.GENERAL: N_("covered by general rules"),
    Standing.PILOT: N_("pilot"),
    Standing.DRAFT: N_("draft"),
    Standing.NONE: N_("no rules (confirmed)"),
    Standing.UNKNOWN: N_("nothing found"),
    Standing.UNCHECKED: N_("not looked at"),
}
STANDINGS_SHORT: Mapping[Standing, str] = {
    **STANDINGS,
    Standing.RULES: N_("guidelines in force"),
    Standing.GENERAL: N_("general rules"),
    Standing.NONE: N_("no rules"),
}
_SAID: Mapping[str, Standing] = {
    "law in force": Standing.LAW,
    "decree or guidelines in force": Standing.RULES,
    "covered by general rules": Standing.GENERAL,
    "pilot": Standing.PILOT,
    "draft": Standing.DRAFT,
    "none (confirmed)": Standing.NONE,
    "unknown": Standing.UNKNOWN,
}
FACTS: Mapping[str, str] = {
    "status": N_("Status"),
    "legal_basis": N_("Legal basis"),
    "definition": N_("Definition"),
    "national_term": N_("National term"),
    "sectors": N_("Sectors"),
    "who_may_award": N_("Who may award"),
    "size": N_("Size"),
    "qualifications_framework": N_("Qualifications framework"),
    "quality_assurance": N_("Quality assurance"),
    "recognition_and_stacking": N_("Recognition and stacking"),
    "register": N_("Register"),
    "learner_money": N_("Money for learners"),
}
CERTAINTIES: Mapping[str, str] = {
    "law-text": N_("the law’s own text"),
    "authority": N_("a public authority"),
    "report": N_("a report"),
    "press": N_("the press"),
}
BODIES: Mapping[str, str] = {
    "ministry": N_("Ministry"),
    "qa_agency": N_("Quality assurance agency"),
    "nqf_body": N_("Qualifications framework"),
    "enic_naric": N_("Recognition (ENIC-NARIC)"),
    "rectors": N_("Rectors’ conference"),
    "portal": N_("Portal"),
}
NOT_NO = frozenset({"unknown", "not-checked"})


@dataclass(frozen=True, slots=True)
class FactView:
    """A cell: its value in words, or that it is unknown or was not looked for (neither means no)."""

    name: str
    values: tuple[str, ...]
    known: bool
    searched: bool
    note: str
    url: str | None
    host: str
    confirmed: bool
    certainty: str
    date: PartialDate | None
    report: str | None = None  # a mail to the curators, begun with this cell


@dataclass(frozen=True, slots=True)
class DatedLine:
    date: PartialDate | None
    stage: Stage | None
    what: str
    url: str | None
    host: str


@dataclass(frozen=True, slots=True)
class BodyView:
    name: str
    role: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryView:
    """A country's page: facts, steps and bodies where handed over, then its entries."""

    code: str
    name: str
    note: str
    standing: Standing
    word: str
    summary: str
    checked_on: PartialDate | None
    facts: tuple[FactView, ...]
    steps: tuple[DatedLine, ...]
    ahead: tuple[DatedLine, ...]
    bodies: tuple[BodyView, ...]
    parts: tuple[Link, ...]
    documents: tuple[Card, ...]
    research: tuple[Card, ...]
    report: str | None
    steps_feed: str | None
    listing: Listing


def standing(shelf: Shelf, code: str) -> Standing:
    """Where a jurisdiction stands: by the facts handed over, else by the official acts that the catalogue holds."""
    said = _said(shelf.facts.get(code))
    if said not in (Standing.UNKNOWN, Standing.UNCHECKED):
        return said
    by_acts = [found for card in shelf.by_place.get(code, ()) if (found := _by_act(shelf, card.id, code)) is not None]
    return min(by_acts, key=list(Standing).index, default=said)


def _said(facts: CountryFacts | None) -> Standing:
    for fact in facts.facts if facts else ():
        if fact.name == "status" and fact.value:
            return _SAID.get(fact.value[0], Standing.UNCHECKED)
    return Standing.UNCHECKED


def _by_act(shelf: Shelf, entry_id: str, code: str) -> Standing | None:
    """What one official national or regional act says; funding alone is no rule."""
    work = shelf.entries[entry_id].work
    ours = work.jurisdiction == code and work.official and work.level in (Level.NATIONAL, Level.REGIONAL)
    if not ours or work.instrument is Instrument.FUNDING_SCHEME:
        return None
    if work.stage in (Stage.APPROVED, Stage.IMPLEMENTATION):
        return Standing.LAW if work.instrument is Instrument.LAW else Standing.RULES
    if work.stage is Stage.PILOT:
        return Standing.PILOT
    return Standing.DRAFT if work.stage in (Stage.DESIGN, Stage.LEGISLATIVE_PROCESS) else None


# ---------------------------------------------------------------- country pages


def countries(shelf: Shelf) -> Iterator[Page]:
    """Make a page for every country and jurisdiction of which something is known."""
    for code in shelf.place_codes:
        place = shelf.place(code)
        cards = shelf.by_place.get(code, ())
        base = links.country(place)
        mark = Shelfmark(
            base=base,
            heading=place.name,
            here="countries",
            cards=cards,
            lead=_summary(shelf, code),
            feed=bool(cards),
            facets=tuple(
                Facet(name, counts)
                for name, counts in (
                    (shelf.say("Section"), section_counts(shelf, cards, base)),
                    (shelf.say("Topic"), topic_counts(shelf, cards)),
                    (shelf.say("Year"), year_counts(shelf, cards)),
                )
                if counts
            ),
        )
        for page in cut(mark):
            yield _with_facts(shelf, page, place)


def parts(shelf: Shelf) -> Iterator[Page]:
    """Make the part of each country's list that one section holds, where it holds enough."""
    for code in shelf.place_codes:
        place = shelf.place(code)
        yield from by_section(shelf, links.country(place), place.name, "countries", shelf.by_place.get(code, ()))


def _summary(shelf: Shelf, code: str) -> str:
    facts = shelf.facts.get(code)
    return facts.summary if facts else ""


def _with_facts(shelf: Shelf, page: Page, place: Place) -> Page:
    listing = page.view
    assert isinstance(listing, Listing)
    return page.showing(country_view(shelf, place, listing))


def country_view(shelf: Shelf, place: Place, listing: Listing) -> CountryView:
    """Gather what a country's page shows; its later pages show the list only."""
    facts = shelf.facts.get(place.code) if listing.number == 1 else None
    return CountryView(
        code=place.code,
        name=place.name,
        note=place.note,
        standing=(held := standing(shelf, place.code)),
        word=shelf.say(STANDINGS[held]) if held is not Standing.UNCHECKED else "",
        summary=facts.summary if facts else "",
        checked_on=facts.checked_on if facts else None,
        facts=tuple(_reported(shelf, place, fact) for fact in facts.facts) if facts else (),
        steps=_steps(facts) if facts else (),
        ahead=ahead_lines(facts) if facts else (),
        bodies=_bodies(shelf, facts) if facts else (),
        parts=_parts(shelf, place),
        documents=_documents(shelf, place.code) if listing.number == 1 else (),
        research=_research(shelf, place.code) if listing.number == 1 else (),
        report=tell_us(shelf, place, "") if facts else None,
        steps_feed=f"{links.country(place)}steps.atom" if facts and any(step.date for step in facts.steps) else None,
        listing=listing,
    )


def fact_view(shelf: Shelf, fact: Fact) -> FactView:
    """Say a cell in words."""
    known, searched = not set(fact.value) <= NOT_NO, "unknown" in fact.value
    unknown = shelf.say("looked for, not found") if searched else shelf.say("not looked for yet")
    url = safe_url(fact.source or "")
    return FactView(
        name=shelf.say(FACTS.get(fact.name, fact.name)),
        values=fact.value if known else (unknown,),
        known=known,
        searched=searched,
        note=fact.note,
        url=url,
        host=links.host(url or ""),
        confirmed=bool(fact.source) or not fact.seen_at,  # a copy isn't shown: it may be anyone's
        certainty=shelf.say(CERTAINTIES[fact.certainty]) if fact.certainty in CERTAINTIES else "",
        date=fact.source_date,
    )


def _reported(shelf: Shelf, place: Place, fact: Fact) -> FactView:
    view = fact_view(shelf, fact)
    said = ", ".join(view.values)
    return replace(view, report=tell_us(shelf, place, f"{view.name}: {said}"))


def tell_us(shelf: Shelf, place: Place, cell: str) -> str | None:
    """Begin a mail that tells the curators what is wrong or old: the page, the cell as it stands, and two questions."""
    if not shelf.site.contact:
        return None
    subject = shelf.say("Wrong or old: %s") % (f"{place.name} – {cell}" if cell else place.name)
    asked = [shelf.say("What it should say:"), shelf.say("Where that is written (address, date):")]
    lines = [f"{shelf.site.url}{links.country(place)}", *([cell] if cell else []), "", asked[0], "", asked[1], ""]
    return f"mailto:{quote(shelf.site.contact, safe='@')}?subject={quote(subject)}&body={quote(chr(10).join(lines))}"


MOST_DOCUMENTS, MOST_RESEARCH = 6, 5  # so that the page prints on one A4; the list below has all
RESEARCH = frozenset({EntryKind.ARTICLE, EntryKind.CHAPTER, EntryKind.BOOK, EntryKind.THESIS, EntryKind.REPORT})


def _documents(shelf: Shelf, code: str) -> tuple[Card, ...]:
    """The jurisdiction's own official acts, newest first: those of its parts, and what others say, are not among them."""
    ours = (
        card
        for card in shelf.by_place.get(code, ())
        if card.kind is EntryKind.POLICY
        and (work := shelf.entries[card.id].work).official
        and work.jurisdiction in (code, None)
    )
    return tuple(ours)[:MOST_DOCUMENTS]


def _research(shelf: Shelf, code: str) -> tuple[Card, ...]:
    return tuple(card for card in shelf.by_place.get(code, ()) if card.kind in RESEARCH)[:MOST_RESEARCH]


def _steps(facts: CountryFacts) -> tuple[DatedLine, ...]:
    lines = (_line(step.date, step.stage, step.what, step.source) for step in facts.steps)
    return tuple(sorted(lines, key=by_date))


def ahead_lines(facts: CountryFacts) -> tuple[DatedLine, ...]:
    """What a country prepares."""
    return tuple(_line(ahead.date, None, ahead.what, ahead.source) for ahead in facts.ahead)


def _line(date: PartialDate | None, stage: Stage | None, what: str, source: str | None) -> DatedLine:
    url = safe_url(source or "")
    return DatedLine(date, stage, what, url, links.host(url or ""))


def by_date(line: DatedLine) -> tuple[bool, PartialDate, str]:
    return (line.date is None, line.date or PartialDate(1), line.what)


def _bodies(shelf: Shelf, facts: CountryFacts) -> tuple[BodyView, ...]:
    return tuple(
        BodyView(body.name, shelf.say(BODIES.get(body.role, body.role)), safe_url(body.url or ""))
        for body in facts.bodies
    )


def _parts(shelf: Shelf, place: Place) -> tuple[Link, ...]:
    """The parts of a state that make their own rules, or the state that a part belongs to."""
    kin = (
        shelf.place(code)
        for code in shelf.place_codes
        if code != place.code and (shelf.parent(code) == place.code or code == shelf.parent(place.code))
    )
    return tuple(Link(other.name, links.country(other)) for other in kin)


# ---------------------------------------------------------------- all countries


@dataclass(frozen=True, slots=True)
class CountryRow:
    """A line of the list of countries."""

    place: Link
    code: str
    standing: Standing
    word: str
    short: str
    known: bool
    entries: int


@dataclass(frozen=True, slots=True)
class CountriesView:
    states: tuple[CountryRow, ...]
    bodies: tuple[CountryRow, ...]
    also: tuple[Link, ...]


SUPRANATIONAL = ("EU", "EHEA", "INT")


def rows(shelf: Shelf, codes: Iterable[str]) -> tuple[CountryRow, ...]:
    """Lines for places, A–Z; a place leads to its page where it has one."""
    found = (
        CountryRow(
            Link(
                (place := shelf.place(code)).name,
                links.country(place) if code in shelf.place_codes_set else None,
            ),
            code,
            (held := standing(shelf, code)),
            shelf.say(STANDINGS[held]),
            shelf.say(STANDINGS_SHORT[held]),
            held is not Standing.UNCHECKED,
            len(shelf.by_place.get(code, ())),
        )
        for code in codes
    )
    return tuple(sorted(found, key=lambda row: (sortable(row.place.text), row.code)))


def index(shelf: Shelf) -> Iterator[Page]:
    """Make the list of all countries."""
    view = CountriesView(
        rows(shelf, (code for code in shelf.place_codes if code not in SUPRANATIONAL)),
        rows(shelf, (code for code in shelf.place_codes if code in SUPRANATIONAL)),
        _also(shelf),
    )
    yield Page(
        path="countries/",
        title=shelf.say("Countries"),
        view=view,
        here="countries",
        description=shelf.say("Countries and jurisdictions: where their rules on %s stand, and the entries about them.")
        % shelf.site.subject,
    )


def _also(shelf: Shelf) -> tuple[Link, ...]:
    """Lead to the pages that look at countries otherwise than by list, as far as there are any."""
    found = (
        (bool(shelf.facts), Link(shelf.say("Compared, fact by fact"), "countries/compare/")),
        (True, Link(shelf.say("Map"), "policy/map/")),
        (True, Link(shelf.say("Who moved"), "policy/moved/")),
        (bool(shelf.ehea), Link(shelf.say("State of the EHEA, by year"), "policy/state/")),
        (bool(shelf.catalogue.definitions), Link(shelf.say("Definitions compared"), "definitions/")),
        (bool(shelf.catalogue.terms), Link(shelf.say("What they are called"), "terms/")),
    )
    return tuple(link for there, link in found if there)
