"""Pages that set words side by side: published definitions, and what the subject is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from observatory.model import Definition, TermRow
from observatory.publish import links
from observatory.publish.page import Page
from observatory.publish.shelf import Shelf
from observatory.publish.words import N_
from observatory.text import safe_url

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
    description = (
        shelf.say("Published definitions of %s compared, element by element, in our words.") % shelf.site.subject
    )
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
    """Make the page of what the subject is called; terms without a source are not shown as fact."""
    if not shelf.catalogue.terms:
        return
    rows = sorted(shelf.catalogue.terms, key=lambda row: (row.language, row.term))
    view = Terms(
        tuple(_term(row) for row in rows if row.mark != "unverified"),
        tuple(dict.fromkeys(row.language for row in rows if row.mark == "unverified")),
    )
    description = (
        shelf.say("What %s are called in each language, with the text in which the word was read.") % shelf.site.subject
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
