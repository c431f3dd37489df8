"""A Dublin Core record (oai_dc) made into a work. Pure.

Every element may repeat, and repositories mean different things by each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from observatory import text
from observatory.model import EntryKind, PartialDate, Work
from spiders._records import date_of, kind_of, language_of, named, only_year, people
from spiders._scholar import WORK_KINDS, Kinds, abstract_of, doi_address, identified, known, licence_of, title_of
from spiders._search import with_keywords

K = EntryKind
KINDS: Kinds = {
    **WORK_KINDS,
    "peerreviewed": WORK_KINDS["article"],
    "research report": (K.REPORT, None),
    "policy document": (K.POLICY, None),
    "programme and meeting document": (K.REPORT, None),
    "technical documentation": (K.GUIDE, None),
    "conferenceitem": (K.ARTICLE, "conference-paper"),
    "conference or workshop item": (K.ARTICLE, "conference-paper"),
    "conferenceproceedings": (K.BOOK, "proceedings"),
    "phd": (K.THESIS, "doctoral-thesis"),
    "software": (K.RESOURCE, "software"),
}
_OPEN = re.compile(r"open\s?access|\bopen\b", re.IGNORECASE)
_SHUT = re.compile(
    r"(restricted|closed|embargoed|metadata\s?only)\s?access|\b(restricted|closed|embargo)", re.IGNORECASE
)
_VOLUME = re.compile(r"(?:[;(]|,\s*(?=\d|vol|pp)|\bvol\.)", re.IGNORECASE)
_HANDLE = re.compile(r"(?:hdl\.handle\.net/|^hdl:|/handle/)(\d[\w.]*/\S+)", re.IGNORECASE)

Fields = Mapping[str, Sequence[str]]


def fields_of(record: Any) -> Fields:
    """Collect the texts of a record by the local names of its elements, in order, the empty ones left out."""
    found: dict[str, list[str]] = {}
    for element in record.iter():
        if isinstance(element.tag, str) and len(element) == 0 and (said := text.clean(element.text or "")):
            found.setdefault(element.tag.rpartition("}")[2].lower(), []).append(said)
    return found


def work_of(said: Fields) -> Work:
    """Make the work; what is no date, address or name is passed over."""
    addresses = [url for one in said.get("identifier", ()) if (url := text.safe_url(one))]
    doi = _doi(said)
    kind, form = _kind(said)
    rights = said.get("rights", ())
    licence = licence_of([one for one in rights if not _OPEN.search(one) or "creativecommons" in one])
    pages = [url for url in addresses if not _is_file(url) and not text.doi(url)]
    work = Work(
        title=title_of(next(iter(said.get("title", ())), "")),
        kind=kind,
        form=form,
        creators=people(known(named(text.clean(name, 200)) for name in said.get("creator", ()))),
        publisher=text.clean(next(iter(said.get("publisher", ())), ""), 200) or None,
        container=_container(said),
        date=_date(said.get("date", ())),
        url=next(iter(pages), None) or doi_address(doi) or next(iter(addresses), None),
        pdf_url=next((url for url in addresses if url.lower().endswith(".pdf")), None),
        doi=doi,
        isbn=next((isbn for one in said.get("identifier", ()) if (isbn := _isbn(one))), None),
        identifiers=identified([("handle", _handle(said.get("identifier", ())))]),
        language=next((code for one in said.get("language", ()) if (code := language_of(one))), None),
        peer_reviewed=_peer_reviewed(said),
        open_access=_is_open(rights),
        licence=licence if licence and len(licence) <= 60 else None,
        **abstract_of(max(said.get("description", ()), key=len, default=""), licence),
    )
    return with_keywords(work, said.get("subject", ()))


def _date(dates: Sequence[str]) -> PartialDate | None:
    """Give the earliest: a record's further dates say when it was accepted, put in or made public."""
    return min((only_year(day) or day for one in dates if (day := date_of(one))), default=None)


def _kind(said: Fields) -> tuple[EntryKind | None, str | None]:
    for one in said.get("type", ()):
        name = one.removeprefix("info:eu-repo/semantics/").removeprefix("info:ulb-repo/semantics/")
        if (found := kind_of(name, KINDS))[0]:
            return found
    return (None, None)


def _doi(said: Fields) -> str | None:
    """Find the work's own DOI; `relation` names others' (Zenodo: that of all versions)."""
    return next((doi for one in said.get("identifier", ()) if "10." in one and (doi := text.doi(one))), None)


def _isbn(one: str) -> str | None:
    return text.isbn(one) if re.search(r"isbn|97[89]", one, re.IGNORECASE) and "10." not in one else None


def _handle(identifiers: Sequence[str]) -> str | None:
    return next((match[1] for one in identifiers if (match := _HANDLE.search(one))), None)


def _is_file(url: str) -> bool:
    return bool(re.search(r"\.(pdf|docx?|pptx?|xlsx?|zip|epub|jpe?g|png)$", url.partition("?")[0], re.IGNORECASE))


def _container(said: Fields) -> str | None:
    """Give the venue out of a citation: the words before its volume, year or pages."""
    source = next(iter(said.get("source", ())), "")
    if re.match(r"https?://|info:|urn:|issn", source, re.IGNORECASE):
        return None
    venue = _VOLUME.split(source, maxsplit=1)[0]
    return text.clean(venue, 200).rstrip(" ,.:") or None


def _is_open(rights: Sequence[str]) -> bool | None:
    said = " ".join(rights)
    if _SHUT.search(said):
        return False
    return True if _OPEN.search(said) or "creativecommons.org/licenses" in said else None


def _peer_reviewed(said: Fields) -> bool | None:
    words = {text.fold(one).replace("-", "").replace(" ", "") for one in said.get("type", ())}
    if "nonpeerreviewed" in words or "notpeerreviewed" in words:
        return False
    return True if "peerreviewed" in words else None
