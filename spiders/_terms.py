"""What services are asked for: the subject's terms, as a source's options give them, written as a service takes them. Pure.

The words themselves are the vocabulary's (`asked` in observatory/judge/vocabulary/terms.yaml, or an observatory's own).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import Field

from observatory import text
from observatory.model import Work
from spiders._checked import Words
from spiders._kind import Options

UNASKED = ("query", "queries", "words", "terms")  # options that say themselves what is asked for


class Terms(Options):
    """What a service that is searched is asked for, unless its source says it in the service's own language."""

    terms: Words = Field(
        default=(), description="The subject as people write it; the vocabulary's main `asked` words unless given."
    )
    further_terms: Words = Field(
        default=(), description="Asked for too where long queries are taken; the vocabulary's other `asked` words."
    )


def either(terms: Iterable[str], *, field: str = "") -> str:
    """Write terms as alternatives of a boolean query; those of several words or with a hyphen in quotes."""
    return " OR ".join(f"{field}{_quoted(term, always=bool(field))}" for term in terms)


def _quoted(term: str, *, always: bool = False) -> str:
    return f'"{term}"' if always or re.search(r"[-\s]", term) else term


def each(terms: Iterable[str]) -> tuple[str, ...]:
    """Write terms for a service that knows no alternatives and is asked for one after the other."""
    return tuple(f'"{term}"' if " " in term else term for term in terms)


def bag(terms: tuple[str, ...]) -> str:
    """Write terms for a service that ranks by words: single words where there are any, since others fall apart in it."""
    return " ".join([term for term in terms if " " not in term] or terms)


def parts(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Give what a title must hold to name one of the terms: those that hold no other."""
    small = tuple(dict.fromkeys(term.lower() for term in terms))
    return tuple(term for term in small if not any(other in term for other in small if other != term))


def names_one(terms: Iterable[str], work: Work) -> bool:
    """Whether a work's title, abstract or keywords name one of the terms, in any spelling."""
    said = (work.title, work.title_en, work.summary, work.text, *(title for _lang, title in work.titles))
    folded = f" {' '.join(text.title_key(part) for part in said if part)}"
    return any(f" {text.title_key(term)}" in folded for term in terms)
