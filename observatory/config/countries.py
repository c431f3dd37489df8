"""Facts on countries, as curators keep them in curation/countries/: checked, then made into records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from observatory.errors import ConfigError, Flaw
from observatory.model import (
    Ahead,
    Body,
    CountryFacts,
    CountryStep,
    Definition,
    Fact,
    PeerGroup,
    Stage,
    TermRow,
)
from observatory.yamltext import Marked, load
from spiders._checked import Address, DateText, Flag, Slug, Strict, Text, Words, flaws_of, nearest

UNSAID = ("unknown", "not-checked")  # looked for and not found; not looked for. Neither means "no"
FREE: tuple[str, ...] = ()

# The twelve cells in the order of the site, with what may stand in them; FREE: any words.
CELLS: Mapping[str, tuple[str, ...]] = {
    "status": (
        "law in force",
        "decree or guidelines in force",
        "pilot",
        "draft",
        "covered by general rules",
        "none (confirmed)",
    ),
    "legal_basis": FREE,
    "definition": (
        "own in law",
        "own, not binding",
        "agreed by the sector",
        "EU definition taken over",
        "none",
    ),
    "national_term": FREE,
    "sectors": ("HE", "VET", "adult/non-formal", "labour-market training"),
    "who_may_award": ("HEIs only", "accredited providers", "any provider", "not regulated"),
    "size": FREE,
    "qualifications_framework": ("yes, as a type", "level stated, no type", "planned", "no"),
    "quality_assurance": (
        "ex-ante approval of each",
        "within institutional QA",
        "provider licence",
        "voluntary label",
        "none",
    ),
    "recognition_and_stacking": ("rules, institution decides", "institution decides", "automatic", "none"),
    "register": ("national register", "sector portal", "none"),
    "learner_money": ("learning account/voucher", "fee subsidy", "loan", "providers only", "none"),
}

ELEMENTS = (  # what published definitions are compared by
    "assessed",
    "learning_outcomes_stated",
    "size_limits",
    "level_or_framework_link",
    "quality_assurance_required",
    "who_may_issue",
    "stackable_mentioned",
    "digital_format_mentioned",
    "stand_alone_or_part",
)

M = TypeVar("M", bound=BaseModel)
Role = Literal["ministry", "qa_agency", "nqf_body", "enic_naric", "rectors", "portal"]


class FactItem(Strict):
    value: Words
    note: Text = ""
    source: Address | None = None
    source_date: DateText | None = None
    certainty: Literal["", "law-text", "authority", "report", "press"] = ""
    seen_at: Address | None = Field(default=None, description="In place of source: known only from a copy.")
    checked_on: DateText | None = None
    editor_note: Text = Field(default="", description="For curators; never shown.")


class StepItem(Strict):
    date: DateText | None = None
    stage: Stage
    what: Text
    source: Address | None = None
    seen_at: Address | None = None


class AheadItem(Strict):
    what: Text
    date: DateText | None = None
    source: Address | None = None
    seen_at: Address | None = None


class BodyItem(Strict):
    name: Text
    url: Address | None = None


class CountryItem(Strict):
    """One file of curation/countries/: all facts on one jurisdiction."""

    code: Text
    name: Text
    groups: Words = ()
    summary: Text
    checked_on: DateText | None = None
    facts: dict[str, FactItem]
    steps: tuple[StepItem, ...] = ()
    ahead: tuple[AheadItem, ...] = ()
    bodies: dict[Role, BodyItem] = Field(default_factory=dict)

    def record(self) -> CountryFacts:
        """Make the record, its cells in the order of the site."""
        facts = tuple(Fact(name=name, **dict(self.facts[name])) for name in CELLS if name in self.facts)
        return CountryFacts(
            code=self.code,
            name=self.name,
            groups=self.groups,
            summary=self.summary,
            checked_on=self.checked_on,
            facts=facts,
            steps=tuple(CountryStep(**dict(step)) for step in self.steps),
            ahead=tuple(Ahead(**dict(item)) for item in self.ahead),
            bodies=tuple(Body(body.name, role, body.url) for role, body in self.bodies.items()),
        )


class Where(Strict):
    """Which countries a derived group holds: those that have one of the values in the cell."""

    cell: Literal[tuple(CELLS)]  # type: ignore[valid-type]
    value: Words


class GroupItem(Strict):
    id: Slug
    label: Text
    name: Text
    kind: Literal["membership", "grouping", "derived"]
    members: Words = ()
    where: Where | None = None

    def record(self, countries: Iterable[CountryFacts]) -> PeerGroup:
        """Make the record; the members of a derived group are read off the facts."""
        members = self.members
        if self.where:
            members = tuple(country.code for country in countries if _has(country, self.where))
        return PeerGroup(self.id, self.label, self.name, self.kind, members)


class DefinitionItem(Strict):
    id: Slug
    issuer: Text
    year: int | None = None
    document: Text
    source: Address | None = None
    seen_at: Address | None = None
    seen_as: Text = ""
    elements: dict[Literal[ELEMENTS], Text]  # type: ignore[valid-type]
    in_our_words: Text
    note: Text = ""
    checked_on: DateText | None = None
    editor_note: Text = ""

    def record(self) -> Definition:
        """Make the record, its elements in the order of the site."""
        elements = tuple((name, self.elements[name]) for name in ELEMENTS if name in self.elements)
        return Definition(**{**dict(self), "elements": elements})


class TermItem(Strict):
    lang: Text
    language: Text
    term: Text
    variants: Words = ()
    mark: Literal["official", "attested", "unverified"]
    source: Address | None = None
    note: Text = ""
    eu_language: Flag = False
    checked_on: DateText | None = None
    editor_note: Text = ""

    def record(self) -> TermRow:
        """Make the record."""
        return TermRow(**dict(self))


@dataclass(frozen=True, slots=True)
class CountryPack:
    """All that curation/countries/ holds."""

    countries: tuple[CountryFacts, ...] = ()
    peer_groups: tuple[PeerGroup, ...] = ()
    definitions: tuple[Definition, ...] = ()
    terms: tuple[TermRow, ...] = ()


def read_countries(folder: Path, root: Path, places: Mapping[str, object]) -> tuple[CountryPack, list[Flaw]]:
    """Read the folder; what is broken is left out and named. Without the folder there are no facts."""
    flaws: list[Flaw] = []
    files = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    lists = {name: files.pop(name, None) for name in ("peer_groups", "definitions", "terms")}
    items: dict[str, CountryItem] = {}
    for path in files.values():
        marked = _open(path, root, flaws)
        if marked is None:
            continue
        flaws += _flaws_of_cells(marked)
        if item := _one(marked, (), CountryItem, flaws):
            if item.code not in places:
                message = f"no such code: {item.code!r}; ISO 3166-1 such as IE, or 3166-2 such as BE-VLG"
                flaws.append(marked.flaw(message, "code"))
            if items.setdefault(item.code, item) is not item:
                flaws.append(marked.flaw(f"another file describes {item.code!r} too", "code"))
    countries = tuple(items[code].record() for code in sorted(items))
    groups = _listed(lists["peer_groups"], root, GroupItem, "id", flaws)
    flaws += [flaw for marked, n, group in groups for flaw in _flaws_of_group(marked, n, group, places)]
    pack = CountryPack(
        countries,
        tuple(group.record(countries) for _, _, group in groups),
        tuple(item.record() for _, _, item in _listed(lists["definitions"], root, DefinitionItem, "id", flaws)),
        tuple(item.record() for _, _, item in _listed(lists["terms"], root, TermItem, "lang", flaws)),
    )
    return pack, flaws


def _open(path: Path, root: Path, flaws: list[Flaw]) -> Marked | None:
    try:
        return load(path.read_bytes(), path.relative_to(root).as_posix())
    except ConfigError as error:
        flaws += error.flaws
        return None


def _one(marked: Marked, path: tuple[int, ...], model: type[M], flaws: list[Flaw]) -> M | None:
    data = marked.data[path[0]] if path and isinstance(marked.data, list) else marked.data
    try:
        return model.model_validate(data)
    except ValidationError as error:
        flaws += flaws_of(error, marked, path, model)
        return None


def _listed(path: Path | None, root: Path, model: type[M], name: str, flaws: list[Flaw]) -> list[tuple[Marked, int, M]]:
    """Read a file that is a list; `name` is the key that tells its items apart."""
    marked = _open(path, root, flaws) if path else None
    if marked is None or path is None:
        return []
    if not isinstance(marked.data, list):
        flaws.append(marked.flaw("should be a list"))
        return []
    made: dict[str, tuple[Marked, int, M]] = {}
    for number in range(len(marked.data)):
        if item := _one(marked, (number,), model, flaws):
            given = str(getattr(item, name))
            if made.setdefault(given, (marked, number, item))[1] != number:
                flaws.append(marked.flaw(f"{given!r} stands twice in this file", number, name))
    return list(made.values())


def _flaws_of_cells(marked: Marked) -> Iterator[Flaw]:
    """Check names and values of the twelve cells as they are written, whatever else is wrong with the file."""
    facts = marked.data.get("facts") if isinstance(marked.data, dict) else None
    if not isinstance(facts, dict):
        return
    for name, fact in facts.items():
        allowed = CELLS.get(name)
        if allowed is None:
            yield marked.flaw(f"unknown key{nearest(name, CELLS)}", "facts", name)
        elif allowed is not FREE and isinstance(fact, dict):
            choices = (*allowed, *UNSAID)
            said = fact.get("value")
            for value in said if isinstance(said, list) else [said] if said else ():
                if value not in choices:
                    message = f"no such value: {value!r}{nearest(value, choices)}"
                    yield marked.flaw(message, "facts", name, "value")
    for name in CELLS:
        if name not in facts:
            yield marked.flaw(f"the cell {name!r} is missing; write value: not-checked", "facts")


def _flaws_of_group(marked: Marked, number: int, item: GroupItem, places: Mapping[str, object]) -> Iterator[Flaw]:
    if bool(item.where) == bool(item.members):
        yield marked.flaw("give either members or where", number, key=item.id)
    for place, code in enumerate(item.members):
        if code not in places:
            yield marked.flaw(f"no such code: {code!r}", number, "members", place, key=f"{item.id}.members")
    choices = (*CELLS[item.where.cell], *UNSAID) if item.where else ()
    for value in item.where.value if item.where else ():
        if value not in choices:
            message = f"no such value: {value!r}{nearest(value, choices)}"
            yield marked.flaw(message, number, "where", "value", key=f"{item.id}.where.value")


def _has(country: CountryFacts, where: Where) -> bool:
    return any(fact.name == where.cell and set(fact.value) & set(where.value) for fact in country.facts)
