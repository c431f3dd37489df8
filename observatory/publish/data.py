"""Pages on what readers take along: the data and their codebook, the own list, and what is missing from one's library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from observatory.model import PartialDate
from observatory.publish import exports, metadata
from observatory.publish.exports import FILES, FOLDER, KEYS, PACKAGE
from observatory.publish.page import Page
from observatory.publish.shelf import Shelf
from observatory.publish.table import SCHEMA


@dataclass(frozen=True, slots=True)
class FileLine:
    """A download as the page lists it; `size` in words."""

    name: str
    path: str
    mime: str
    what: str
    size: str


class DataView:
    """What `/data/` shows. Sizes are known once the files are made; its `repr` names what they are made of."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def __repr__(self) -> str:
        return f"DataView({exports.file_digest(self._shelf, PACKAGE)})"

    @property
    def entries(self) -> int:
        return len(self._shelf.entries)

    @property
    def changed_on(self) -> PartialDate | None:
        return exports.changed_on(self._shelf)

    @property
    def schema(self) -> str:
        return SCHEMA

    @property
    def files(self) -> tuple[FileLine, ...]:
        return tuple(
            FileLine(
                file.name,
                file.path,
                file.mime,
                self._shelf.say(file.what),
                _said(exports.size_of(self._shelf, file)),
            )
            for file in (*FILES, PACKAGE)
        )

    @property
    def json_ld(self) -> str:
        """The data set in the words of schema.org, for data search engines."""
        site, day = self._shelf.site, self.changed_on
        return metadata.script_safe(
            {
                "@context": "https://schema.org",
                "@type": "Dataset",
                "name": site.title,
                "description": f"A catalogue of policy initiatives, reports, research, events and projects on {site.subject}.",
                "url": f"{site.url}{FOLDER}",
                "version": str(day or ""),
                "dateModified": str(day or ""),
                "license": metadata.CC_BY,
                "isAccessibleForFree": True,
                "creator": {"@type": "Organization", "name": site.maintainer or site.title},
                "keywords": [site.subject, "higher education", "lifelong learning"],
                "distribution": [
                    {
                        "@type": "DataDownload",
                        "name": file.name,
                        "encodingFormat": file.mime,
                        "contentUrl": f"{site.url}{file.path}",
                    }
                    for file in FILES
                ],
            }
        )


def _said(size: int) -> str:
    """Say a size as readers know it: in thousands of bytes, to two figures or more."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB"


@dataclass(frozen=True, slots=True)
class Codebook:
    """docs/data.md as HTML; it is our own text."""

    html: str


def data(shelf: Shelf) -> Iterator[Page]:
    """Make the page of downloads."""
    description = shelf.say("The whole catalogue to download: SQLite, CSV, JSON Lines, CSL-JSON, BibTeX, RIS.")
    yield Page(path=FOLDER, title=shelf.say("Data"), view=DataView(shelf), description=description, here="data")


def codebook(shelf: Shelf) -> Iterator[Page]:
    """Show the codebook on the site."""
    if shelf.codebook:
        title = shelf.say("Codebook")
        yield Page(path=f"{FOLDER}codebook/", title=title, view=Codebook(shelf.codebook), here="data")


@dataclass(frozen=True, slots=True)
class Keyed:
    """What the scripts of a page need: where the keys stand, and the names of topics."""

    keys: str
    topics: tuple[tuple[str, str], ...]


def own_list(shelf: Shelf) -> Iterator[Page]:
    """Make the page of the reader's own list; it is kept in the browser only."""
    yield Page(path="list/", title=shelf.say("My list"), view=_keyed(shelf), here="list", indexed=False)


def missing(shelf: Shelf) -> Iterator[Page]:
    """Make the page that tells what a reader's own library lacks."""
    title = shelf.say("What am I missing?")
    description = shelf.say("Compare your BibTeX, RIS or CSL-JSON file with the catalogue, in your browser.")
    yield Page(path="compare/", title=title, view=_keyed(shelf), description=description, here="compare")


def _keyed(shelf: Shelf) -> Keyed:
    return Keyed(KEYS.path, tuple((topic.id, shelf.say(topic.label)) for topic in shelf.catalogue.topics))
