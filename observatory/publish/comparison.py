"""Countries compared: twelve facts of each, all and by peer group, sorted by country or by status, and as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from observatory.model import CountryFacts, Fact
from observatory.publish import links
from observatory.publish.cards import Link
from observatory.publish.countries import FACTS, FactView, Standing, fact_view, standing
from observatory.publish.fingerprint import fingerprint
from observatory.publish.output import Output
from observatory.publish.page import Page
from observatory.publish.shelf import Shelf
from observatory.publish.table import line
from observatory.publish.words import N_, sortable

COMPARE = "countries/compare/"

BY_STATUS = "by-status/"
FORM = "1"  # raised when the making of the CSV changes, so that it is written anew
CSV_COLUMNS = (
    "code",
    "jurisdiction",
    "fact",
    "state",
    "value",
    "note",
    "source",
    "source_date",
    "certainty",
    "seen_at",
    "checked_on",
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A jurisdiction's line in the comparison: its facts in the order of the columns."""

    place: Link
    code: str
    standing: Standing
    cells: tuple[FactView | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    heading: str
    columns: tuple[str, ...]
    rows: tuple[Compared, ...]
    missing: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Link, ...]], ...]
    is_group: bool
    sorts: tuple[Link, ...]
    csv: str


def compare(shelf: Shelf) -> Iterator[Page]:
    """Make the comparison of all jurisdictions, and one for every peer group of two or more, each in two orders."""
    groups = _groups(shelf)
    for base, heading, members in _tables(shelf):
        page = _comparison(shelf, base, heading, members, groups)
        yield page
        view = page.view
        assert isinstance(view, Comparison)
        order = list(Standing)
        rows = tuple(sorted(view.rows, key=lambda row: order.index(row.standing)))  # stable: A–Z within a status
        title = f"{page.title}, {shelf.say('by status')}"
        yield replace(page, path=f"{base}{BY_STATUS}", title=title, view=replace(view, rows=rows))


def _tables(shelf: Shelf) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """List the tables: address, heading, members."""
    if not shelf.catalogue.countries:
        return
    yield COMPARE, shelf.say("Countries compared"), tuple(shelf.facts)
    for group in shelf.catalogue.peer_groups:
        if len(_with_facts(shelf, group.members)) > 1:
            yield f"{COMPARE}{group.id}/", shelf.say(group.name), group.members


def _comparison(
    shelf: Shelf,
    path: str,
    heading: str,
    members: tuple[str, ...],
    groups: tuple[tuple[str, tuple[Link, ...]], ...],
) -> Page:
    with_facts = _with_facts(shelf, members)
    rows = (
        Compared(_link(shelf, code), code, standing(shelf, code), _cells(shelf, shelf.facts[code]))
        for code in with_facts
    )
    parents = {shelf.parent(code) for code in with_facts}
    missing = (shelf.place(code).name for code in members if code not in with_facts and code not in parents)
    view = Comparison(
        heading=heading,
        columns=tuple(shelf.say(label) for label in FACTS.values()),
        rows=tuple(sorted(rows, key=lambda row: sortable(row.place.text))),
        missing=tuple(sorted(missing, key=sortable)),
        groups=groups,
        is_group=path != COMPARE,
        sorts=(Link(shelf.say("by country"), path), Link(shelf.say("by status"), f"{path}{BY_STATUS}")),
        csv=f"{path}facts.csv",
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
        (N_("By membership and region"), [g for g in shelf.catalogue.peer_groups if not g.is_derived]),
        (N_("By what their rules say"), [g for g in shelf.catalogue.peer_groups if g.is_derived]),
    )
    found = (
        (
            shelf.say(name),
            tuple(
                Link(shelf.say(group.label), f"{COMPARE}{group.id}/")
                for group in groups
                if len(_with_facts(shelf, group.members)) > 1
            ),
        )
        for name, groups in named
    )
    return tuple((name, held) for name, held in found if held)


def _with_facts(shelf: Shelf, members: Iterable[str]) -> tuple[str, ...]:
    """Jurisdictions that have facts, among the members; a member state brings its parts that make their own rules."""
    wanted = set(members)
    return tuple(code for code in shelf.facts if code in wanted or shelf.parent(code) in wanted)


# ---------------------------------------------------------------- as CSV


def outputs(shelf: Shelf) -> Iterator[Output]:
    """Plan a CSV for every comparison: a line a jurisdiction and fact, with its source."""
    for base, _heading, members in _tables(shelf):
        facts = tuple(shelf.facts[code] for code in _with_facts(shelf, members))
        yield Output(f"{base}facts.csv", fingerprint(FORM, facts), partial(_csv, shelf, facts))


def _csv(shelf: Shelf, countries: tuple[CountryFacts, ...]) -> bytes:
    lines = [line(CSV_COLUMNS)]
    for facts in sorted(countries, key=lambda one: one.code):
        name = shelf.place(facts.code).name
        lines += [line(_cells_of(facts, name, fact)) for fact in facts.facts]
    return b"".join(lines)


def _cells_of(facts: CountryFacts, name: str, fact: Fact) -> tuple[str, ...]:
    """A cell's line. `state` tells apart what is known, what was looked for and not found, and what nobody looked for."""
    state = "not-checked" if "not-checked" in fact.value else "unknown" if "unknown" in fact.value else "known"
    return (
        facts.code,
        name,
        fact.name,
        state,
        "; ".join(fact.value) if state == "known" else "",
        fact.note,
        fact.source or "",
        str(fact.source_date or ""),
        fact.certainty,
        fact.seen_at or "",
        str(fact.checked_on or facts.checked_on or ""),
    )
