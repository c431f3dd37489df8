"""Sourced facts: countries, their steps, bodies, peers, definitions and terms."""

from __future__ import annotations

from dataclasses import dataclass

from observatory.model.words import Stage
from observatory.model.work import PartialDate


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell of a country's twelve. `unknown`: looked for, not found; `not-checked`: not looked for; neither means no.

    `seen_at` in place of `source`: known only from a copy. `editor_note` is never shown to readers.
    """

    name: str
    value: tuple[str, ...]
    note: str = ""
    source: str | None = None
    source_date: PartialDate | None = None
    certainty: str = ""
    seen_at: str | None = None
    checked_on: PartialDate | None = None
    editor_note: str = ""


@dataclass(frozen=True, slots=True)
class CountryStep:
    """A step of a country's policy, with its source; `date` is absent where the source doesn't say it."""

    date: PartialDate | None
    stage: Stage
    what: str
    source: str | None = None
    seen_at: str | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is being prepared: a bill, a consultation with its deadline, a planned review."""

    what: str
    date: PartialDate | None = None
    source: str | None = None
    seen_at: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """Who is who in a country. `role`: ministry, qa_agency, nqf_body, enic_naric, rectors, portal."""

    name: str
    role: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryFacts:
    """The handed-over facts on one jurisdiction."""

    code: str
    name: str
    groups: tuple[str, ...]
    summary: str
    checked_on: PartialDate | None
    facts: tuple[Fact, ...]
    steps: tuple[CountryStep, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    bodies: tuple[Body, ...] = ()


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """A group of jurisdictions that readers compare. `kind`: membership, grouping, or derived (from the facts)."""

    id: str
    label: str
    name: str
    kind: str
    members: tuple[str, ...]

    @property
    def is_derived(self) -> bool:
        """Whether its members follow from the facts."""
        return self.kind.startswith("derived")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A published definition compared element by element, in our words."""

    id: str
    issuer: str
    year: int | None
    document: str
    in_our_words: str
    elements: tuple[tuple[str, str], ...]
    source: str | None = None
    seen_as: str = ""
    seen_at: str | None = None
    note: str = ""
    checked_on: PartialDate | None = None
    editor_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """What the subject is called in a language; unverified rows are not shown as fact."""

    lang: str
    language: str
    term: str
    variants: tuple[str, ...]
    mark: str
    source: str | None = None
    note: str = ""
    eu_language: bool = False
    checked_on: PartialDate | None = None
    editor_note: str = ""
