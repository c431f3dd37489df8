"""What is taken along from an entry's page, by readers and by machines. Pure; made only when the page is rendered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape

from observatory.model import Entry
from observatory.publish import links, metadata
from observatory.publish.citations import FORM as CITED
from observatory.publish.citations import STYLES, Run
from observatory.publish.fingerprint import fingerprint
from observatory.publish.forms import FORMS
from observatory.publish.shelf import Shelf

FORM = "1"  # raised when what is made here changes its form


@dataclass(frozen=True, slots=True)
class CitationView:
    """A citation in one style: its name, the address part of its element, and its text in upright and italic stretches."""

    style: str
    anchor: str
    runs: tuple[Run, ...]


class Take:
    """Citations, files and machine-readable forms of an entry.

    Its `repr` names all that these are made of, so that a page is digested without making them.
    """

    def __init__(self, shelf: Shelf, entry: Entry) -> None:
        self._shelf = shelf
        self._entry = entry

    def __repr__(self) -> str:
        return f"Take({FORM}, {CITED}, {self._shelf.digest(self._entry.id)}, {vocabulary(self._shelf)})"

    @cached_property
    def citations(self) -> tuple[CitationView, ...]:
        cited = self._shelf.cited(self._entry.id)
        return tuple(
            CitationView(name, f"citation-{name.lower()}", cited.runs(number))
            for number, (name, _file, _locale) in enumerate(STYLES)
        )

    @property
    def official(self) -> str | None:
        """The citation that an act's own publisher prescribes."""
        return self._shelf.cited(self._entry.id).official

    @cached_property
    def files(self) -> tuple[tuple[str, str, str], ...]:
        """The entry in other forms: name, media type, address."""
        return tuple((form.name, form.mime, links.form(links.entry(self._entry.id), form.ending)) for form in FORMS)

    @property
    def metas(self) -> str:
        """The meta elements as HTML: some thirty a page, which the template would take longer over."""
        told = metadata.metas(self._shelf, self._entry)
        return "\n".join(f'<meta {attribute}="{name}" content="{escape(text)}">' for attribute, name, text in told)

    @property
    def json_ld(self) -> str:
        return metadata.json_ld(self._shelf, self._entry)

    @property
    def coins(self) -> str:
        return metadata.coins(self._shelf, self._entry)


def vocabulary(shelf: Shelf) -> str:
    """Digest the names that an entry's page and its machine-readable forms borrow from vocabulary and site."""
    if "vocabulary" not in shelf.made:
        names = [(topic.id, shelf.say(topic.label)) for topic in shelf.catalogue.topics]
        places = sorted((code, place.name) for code, place in shelf.catalogue.places.items())
        shelf.made["vocabulary"] = fingerprint(FORM, CITED, names, places, shelf.site)
    return shelf.made["vocabulary"]
