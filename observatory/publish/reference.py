"""Pages that set facts side by side: countries compared, definitions, and what micro-credentials are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from observatory.model import CountryFacts, Definition, PeerGroup, TermRow
from observatory.publish import links
from observatory.publish.cards import Link
from observatory.publish.countries import FACTS, FactView, fact_view, looked_at
from observatory.publish.page import Page
from observatory.publish.shelf import Shelf
from observatory.publish.words import N_, sortable
from observatory.text import safe_url

COMPARE = "countries/compare/"

# Groups that follow from the facts: they are made anew from these, so that they never contradict the table.
DERIVED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "own-law": ("status", ("law in force",)),
    "guidelines": ("status", ("decree or guidelines in force",)),
    "general-rules": ("status", ("covered by general rules",)),
    "pilot-systems": ("status", ("pilot",)),
    "draft-stage": ("status", ("draft",)),
    "no-rules": ("status", ("none (confirmed)",)),
    "in-framework": ("qualifications_framework", ("level stated, no type", "yes, as a type")),
    "ex-ante": ("quality_assurance", ("ex-ante approval of each",)),
    "learning-accounts": ("learner_money", ("learning account/voucher",)),
    "fee-subsidy": ("learner_money", ("fee subsidy",)),
    "loans": ("learner_money", ("loan",)),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A jurisdiction's line in the comparison: its facts in the order of the columns."""

    place: Link
    cells: tuple[FactView | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    heading: str
    columns: tuple[str, ...]
    rows: tuple[Compared, ...]
    missing: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Link, ...]], ...]
    is_group: bool


def compare(shelf: Shelf) -> Iterator[Page]:
    """Make the comparison of all jurisdictions, and one for every peer group of two or more."""
    if not shelf.catalogue.countries:
        return
    groups = _groups(shelf)
    yield _comparison(shelf, COMPARE, shelf.say("Countries compared"), shelf.facts.keys(), groups)
    for group in shelf.catalogue.peer_groups:
        members = _members(shelf, group)
        if len(_with_facts(shelf, members)) > 1:
            yield _comparison(shelf, f"{COMPARE}{group.id}/", shelf.say(group.name), members, groups)


def _comparison(
    shelf: Shelf,
    path: str,
    heading: str,
    members: Iterable[str],
    groups: tuple[tuple[str, tuple[Link, ...]], ...],
) -> Page:
    members = tuple(members)
    with_facts = _with_facts(shelf, members)
    rows = (Compared(_link(shelf, code), _cells(shelf, shelf.facts[code])) for code in with_facts)
    parents = {shelf.parent(code) for code in with_facts}
    missing = (shelf.place(code).name for code in members if code not in with_facts and code not in parents)
    view = Comparison(
        heading=heading,
        columns=tuple(shelf.say(label) for label in FACTS.values()),
        rows=tuple(sorted(rows, key=lambda row: sortable(row.place.text))),
        missing=tuple(sorted(missing, key=sortable)),
        groups=groups,
        is_group=path != COMPARE,
    )
    description = shelf.say("Twelve facts on the rules of each country, each with its source.")
    return Page(path=path, title=heading, description=description, view=view, here="countries")


def _link(shelf: Shelf, code: str) -> Link:
    place = shelf.place(code)
    return Link(place.name, links.country(place))


def _cells(shelf: Shelf, facts: CountryFacts) -> tuple[FactView | None, ...]:
    by_name = {fact.name: fact for fact in facts.facts}
    return tuple(fact_view(shelf, by_name[name]) if name in by_name else None for name in FACTS)


def _groups(shelf: Shelf) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    """Links to the groups, those of membership and geography before those that follow from the facts."""
    named = (
        (
            shelf.say(N_("By membership and region")),
            [g for g in shelf.catalogue.peer_groups if g.id not in DERIVED],
        ),
        (
            shelf.say(N_("By what their rules say")),
            [g for g in shelf.catalogue.peer_groups if g.id in DERIVED],
        ),
    )
    found = (
        (
            name,
            tuple(
                Link(shelf.say(group.label), f"{COMPARE}{group.id}/")
                for group in groups
                if len(_with_facts(shelf, _members(shelf, group))) > 1
            ),
        )
        for name, groups in named
    )
    return tuple((name, held) for name, held in found if held)


def _members(shelf: Shelf, group: PeerGroup) -> tuple[str, ...]:
    if group.id not in DERIVED:
        return group.members
    name, values = DERIVED[group.id]
    return tuple(
        facts.code
        for facts in shelf.catalogue.countries
        if any(fact.name == name and set(fact.value) & set(values) for fact in facts.facts)
    )


def _with_facts(shelf: Shelf, members: Iterable[str]) -> tuple[str, ...]:
    """Jurisdictions that were looked at, among the members; a member state brings its parts that make their own rules."""
    wanted = set(members)
    return tuple(
        code
        for code, facts in shelf.facts.items()
        if (code in wanted or shelf.parent(code) in wanted) and looked_at(facts)
    )


# ---------------------------------------------------------------- definitions

ELEMENTS: Mapping[str, str] = {
    "assessed": N_("Assessed"),
    "learning_outcomes_stated": N_("Learning outcomes stated"),
    "size_limits": N_("Size limits"),
    "level_or_framework_link": N_("Level or framework"),
    "quality_assurance_required": N_("Quality assurance required"),
    "who_may_issue": N_("Who may issue"),
    "stackable_mentioned": N_("Stackable"),
    "digital_format_mentioned": N_("Digital format"),
    "stand_alone_or_part": N_("Stands alone or is part"),
}


@dataclass(frozen=True, slots=True)
class DefinitionView:
    id: str
    issuer: str
    year: int | None
    document: str
    words: str
    cells: tuple[str, ...]
    url: str | None
    host: str
    seen_as: str


@dataclass(frozen=True, slots=True)
class Definitions:
    elements: tuple[str, ...]
    rows: tuple[DefinitionView, ...]


def definitions(shelf: Shelf) -> Iterator[Page]:
    """Make the page that sets published definitions side by side."""
    if not shelf.catalogue.definitions:
        return
    rows = sorted(shelf.catalogue.definitions, key=lambda one: (-(one.year or 0), one.issuer, one.id))
    view = Definitions(
        tuple(shelf.say(label) for label in ELEMENTS.values()), tuple(_definition(shelf, row) for row in rows)
    )
    description = shelf.say("Published definitions of micro-credentials compared, element by element, in our words.")
    yield Page(path="definitions/", title=shelf.say("Definitions compared"), description=description, view=view)


def _definition(shelf: Shelf, one: Definition) -> DefinitionView:
    cells = dict(one.elements)
    url = safe_url(one.source or "")
    return DefinitionView(
        one.id,
        one.issuer,
        one.year,
        one.document,
        one.in_our_words,
        tuple(cells.get(name, shelf.say("not stated")) for name in ELEMENTS),
        url,
        links.host(url or ""),
        one.seen_as,
    )


# ---------------------------------------------------------------- terms


@dataclass(frozen=True, slots=True)
class TermView:
    lang: str
    language: str
    term: str
    variants: tuple[str, ...]
    official: bool
    url: str | None
    host: str
    note: str


@dataclass(frozen=True, slots=True)
class Terms:
    shown: tuple[TermView, ...]
    waiting: tuple[str, ...]


def terms(shelf: Shelf) -> Iterator[Page]:
    """Make the page of what micro-credentials are called; terms without a source are not shown as fact."""
    if not shelf.catalogue.terms:
        return
    rows = sorted(shelf.catalogue.terms, key=lambda row: (row.language, row.term))
    view = Terms(
        tuple(_term(row) for row in rows if row.mark != "unverified"),
        tuple(dict.fromkeys(row.language for row in rows if row.mark == "unverified")),
    )
    description = shelf.say(
        "What micro-credentials are called in each language, with the text in which the word was read."
    )
    yield Page(path="terms/", title=shelf.say("What they are called"), description=description, view=view)


def _term(row: TermRow) -> TermView:
    url = safe_url(row.source or "")
    variants = tuple(variant for variant in row.variants if variant != row.term)
    return TermView(
        row.lang,
        row.language,
        row.term,
        variants,
        row.mark == "official",
        url,
        links.host(url or ""),
        row.note,
    )
