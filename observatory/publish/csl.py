"""A work as CSL-JSON, the form that citation processors and reference managers share. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from observatory.model import EntryKind, Instrument, PartialDate, SummaryBy, Work
from observatory.publish.names import RESEARCH, Name, names_of
from observatory.text import clean, fold, safe_url

Csl = Mapping[str, Any]  # JSON: texts, numbers, lists and objects

# Kind of the work → type of CSL 1.0.2; the form, where known, says it closer.
_TYPES: Mapping[EntryKind, str] = {
    EntryKind.POLICY: "report",
    EntryKind.POSITION: "report",
    EntryKind.REPORT: "report",
    EntryKind.GUIDE: "report",
    EntryKind.STANDARD: "standard",
    EntryKind.ARTICLE: "article-journal",
    EntryKind.CHAPTER: "chapter",
    EntryKind.BOOK: "book",
    EntryKind.THESIS: "thesis",
    EntryKind.EVENT: "webpage",
    EntryKind.CALL: "webpage",
    EntryKind.PROJECT: "webpage",
    EntryKind.ORGANISATION: "webpage",
    EntryKind.RESOURCE: "webpage",
    EntryKind.NEWS: "webpage",
    EntryKind.MEDIA: "broadcast",
}
_FORMS: Mapping[str, str] = {
    "conference-paper": "paper-conference",
    "preprint": "article",
    "working-paper": "report",
    "podcast": "broadcast",
    "video": "motion_picture",
    "blog": "post-weblog",
    "press-article": "article-newspaper",
    "press-release": "webpage",
    "thesis": "thesis",
    "dataset": "dataset",
    "software": "software",
}
_LAWS = frozenset({Instrument.LAW, Instrument.DECREE, Instrument.RECOMMENDATION})
# Types of which the publisher is what the work stands in, where the source names one of the two only.
_CONTAINED = frozenset({"article-journal", "article-newspaper", "paper-conference", "post-weblog"})
_GENRES: Mapping[str, str] = {
    "working-paper": "Working paper",
    "preprint": "Preprint",
    "press-release": "Press release",
    "podcast": "Podcast",
    "video": "Video",
    "policy-brief": "Policy brief",
}


def is_act(work: Work) -> bool:
    """Whether a work is a legal act in the narrow sense, which references cite otherwise than a report."""
    if work.kind is not EntryKind.POLICY:
        return False
    return work.instrument in _LAWS or bool(work.celex and work.celex[0] in "123")


def csl_type(work: Work) -> str:
    """Name the CSL type of a work."""
    if is_act(work):
        return "legislation"
    return _FORMS.get(work.form or "") or _TYPES[work.kind or EntryKind.RESOURCE]


def container_of(work: Work) -> str | None:
    """What a work stands in: its journal, book, newspaper or blog."""
    if work.container:
        return clean(work.container)
    contained = csl_type(work) in _CONTAINED
    return clean(work.publisher) if contained and work.publisher else None


def publisher_of(work: Work) -> str | None:
    """Who published it, where that isn't already said as what it stands in."""
    publisher = clean(work.publisher or "")
    return publisher if publisher and publisher != container_of(work) else None


def own_url(work: Work) -> str | None:
    """The publisher's own address of a work; where it isn't known, the page where it was seen."""
    return safe_url(work.url or "") or safe_url(work.seen_at or "")


def dated(work: Work) -> PartialDate | None:
    """The date that a reference gives: when an event begins, when any other work was published."""
    return (work.event_start or work.date) if work.kind is EntryKind.EVENT else work.date


def our_summary(work: Work) -> str | None:
    """The summary, where it may be passed on: in our words, or the publisher's under a licence that allows it."""
    if not work.summary:
        return None
    if work.summary_by is SummaryBy.PUBLISHER and not _is_open(work.licence or ""):
        return None
    return clean(work.summary)


def _is_open(licence: str) -> bool:
    """Whether a licence lets us pass words on under CC BY: no “non-commercial”, “no derivatives” or “share alike”."""
    words = fold(licence).replace("-", " ").replace("/", " ").split()
    said = " ".join(words)
    if {"nc", "nd", "sa"} & set(words) or any(word in said for word in ("noncommercial", "no deriv", "share alike")):
        return False
    return (
        "cc0" in words
        or "public domain" in said
        or "publicdomain" in said
        or ("by" in words and "cc" in words)
        or ("creativecommons.org licenses by" in said)
    )


def csl(entry_id: str, work: Work) -> dict[str, Any]:
    """Give a work as CSL-JSON; what is absent is left out."""
    authors, editors = names_of(work)
    kind = csl_type(work)
    found: dict[str, Any] = {
        "id": entry_id,
        "type": kind,
        "title": clean(work.title),
        "author": [_csl_name(name) for name in _authors(work, authors, editors)],
        "editor": [_csl_name(name) for name in editors],
        "issued": _csl_date(dated(work)),
        "container-title": container_of(work),
        "publisher": publisher_of(work),
        "volume": work.volume,
        "issue": work.issue,
        "page": work.pages,
        "genre": _GENRES.get(work.form or ""),
        "number": work.celex,
        "DOI": work.doi,
        "ISBN": work.isbn,
        "URL": own_url(work),
        "language": work.language,
        "event-date": _csl_date(work.event_start),
        "event-place": work.place,
        "abstract": our_summary(work),
    }
    return {key: clean(value) if isinstance(value, str) else value for key, value in found.items() if value}


def _authors(work: Work, authors: tuple[Name, ...], editors: tuple[Name, ...]) -> tuple[Name, ...]:
    """Whose work it is; one that names nobody is its publisher's, unless that is what it stands in."""
    if authors or editors or not work.publisher or work.kind in RESEARCH or csl_type(work) in _CONTAINED:
        return authors
    return (Name(literal=clean(work.publisher)),)


def _csl_name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.literal}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {key: value for key, value in parts.items() if value}


def _csl_date(date: PartialDate | None) -> dict[str, list[list[int]]] | None:
    if date is None:
        return None
    return {"date-parts": [[part for part in (date.year, date.month, date.day) if part]]}
