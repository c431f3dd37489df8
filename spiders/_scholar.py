"""Scholarly records made into works: titles and abstracts without markup, licences, types, dates, identifiers. Pure.

An abstract is kept for search and judging. It is shown, as the publisher's words and marked as such, only under a licence that
lets anybody pass it on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from observatory import markup, text
from observatory.model import Creator, EntryKind, PartialDate, SummaryBy, Work
from spiders._records import date_of, first, only_year, words

K = EntryKind
Kinds = Mapping[str, tuple[EntryKind, str | None]]

TEASER_WORDS = 90  # of an abstract that may be shown; the whole of it is in the index
MOST_ABSTRACT = 20_000  # characters; longer "abstracts" are whole papers
_LABEL = re.compile(
    r"^\W{0,3}(abstract|summary|résumé|resumen|resumo|zusammenfassung|riassunto)\b[\s:.–—-]*", re.IGNORECASE
)
_CC = re.compile(
    r"\b(?:cc|licenses?|creativecommons)[\s/:._-]*(by(?:[\s_-](?:nc|nd|sa))*)(?:[\s/_-]*v?\.?(\d(?:\.\d)?))?(?![a-z])"
)
_CC_WORDS = {
    "attribution": "by",
    "non commercial": "nc",
    "noncommercial": "nc",
    "no derivatives": "nd",
    "share alike": "sa",
}
_NO_LICENCE = frozenset(
    ["other-open", "other-at", "other-closed", "other-oa", "publisher-specific-oa", "implied-oa", "unspecified-oa"]
)
_FREE = re.compile(r"CC0|CC BY(?!.*ND)|public domain", re.IGNORECASE)

WORK_KINDS: Kinds = {  # words that several services use for the type of a work; each kind adds its own
    "article": (K.ARTICLE, None),
    "journal-article": (K.ARTICLE, None),
    "journal article": (K.ARTICLE, None),
    "research article": (K.ARTICLE, None),
    "review": (K.ARTICLE, "review"),
    "review article": (K.ARTICLE, "review"),
    "editorial": (K.ARTICLE, "editorial"),
    "letter": (K.ARTICLE, "letter"),
    "preprint": (K.ARTICLE, "preprint"),
    "posted-content": (K.ARTICLE, "preprint"),
    "conference paper": (K.ARTICLE, "conference-paper"),
    "conferencepaper": (K.ARTICLE, "conference-paper"),
    "conference-paper": (K.ARTICLE, "conference-paper"),
    "conference object": (K.ARTICLE, "conference-paper"),
    "conferenceobject": (K.ARTICLE, "conference-paper"),
    "proceedings-article": (K.ARTICLE, "conference-paper"),
    "proceedings": (K.BOOK, "proceedings"),
    "working paper": (K.REPORT, "working-paper"),
    "workingpaper": (K.REPORT, "working-paper"),
    "book": (K.BOOK, None),
    "monograph": (K.BOOK, None),
    "edited-book": (K.BOOK, None),
    "reference-book": (K.BOOK, None),
    "book-chapter": (K.CHAPTER, None),
    "book chapter": (K.CHAPTER, None),
    "book part": (K.CHAPTER, None),
    "bookpart": (K.CHAPTER, None),
    "part of book or chapter of book": (K.CHAPTER, None),
    "book-section": (K.CHAPTER, None),
    "section": (K.CHAPTER, None),
    "reference-entry": (K.CHAPTER, None),
    "dissertation": (K.THESIS, None),
    "thesis": (K.THESIS, None),
    "doctoral thesis": (K.THESIS, "doctoral-thesis"),
    "doctoralthesis": (K.THESIS, "doctoral-thesis"),
    "master thesis": (K.THESIS, "master-thesis"),
    "masterthesis": (K.THESIS, "master-thesis"),
    "bachelor thesis": (K.THESIS, None),
    "bachelorthesis": (K.THESIS, None),
    "report": (K.REPORT, None),
    "report-component": (K.REPORT, None),
    "technical report": (K.REPORT, None),
    "project deliverable": (K.REPORT, "deliverable"),
    "standard": (K.STANDARD, None),
    "dataset": (K.RESOURCE, "dataset"),
    "lecture": (K.MEDIA, "lecture"),
    "presentation": (K.MEDIA, "presentation"),
    "lesson": (K.RESOURCE, "teaching-material"),
    "video": (K.MEDIA, "video"),
}
# Types that are no works: peer-review reports, grants, parts of an issue.
NO_WORKS = frozenset(
    {"peer-review", "grant", "component", "paratext", "erratum", "retraction", "journal", "journal-issue"}
)


def title_of(said: object, subtitle: object = None) -> str:
    """Give a title without markup, with its subtitle unless it says that itself."""
    main, rest = text.clean(markup.plain(first(said)), 500), text.clean(markup.plain(first(subtitle)), 300)
    if rest and text.title_key(rest) not in text.title_key(main):
        return f"{main.rstrip(':. ')}: {rest}" if main else rest
    return main


def abstract_of(said: object, licence: str | None) -> dict[str, Any]:
    """Give the fields of an abstract (HTML, JATS or plain): `text` for the index, a `summary` where it may be shown."""
    whole = _LABEL.sub("", text.clean(markup.plain(markup.plain(first(said))), MOST_ABSTRACT))
    if len(whole.split()) < 4:  # "No description provided", "n/a"
        return {}
    if not licence or not _FREE.search(licence):
        return {"text": whole}
    return {"text": whole, "summary": text.clip(whole, TEASER_WORDS), "summary_by": SummaryBy.PUBLISHER}


def inverted(index: object) -> str:
    """Rebuild an abstract from OpenAlex's index of words and their positions; what isn't a position is passed over."""
    if not isinstance(index, dict):
        return ""
    placed = sorted(
        (place, word)
        for word, places in index.items()
        if isinstance(places, list)
        for place in places
        if isinstance(place, int) and not isinstance(place, bool) and 0 <= place < MOST_ABSTRACT
    )
    return " ".join(word for _place, word in placed)


def licence_of(*said: object) -> str | None:
    """Name a licence as people do (CC BY-NC 4.0) from an address, a code or words; others as they are given."""
    other = None
    for part in said:
        for one in words(part):
            if found := _creative_commons(one):
                return found
            if re.match(r"(https?://|info:)", one) or one.lower() in _NO_LICENCE:
                continue
            other = other or text.clean(one, 80)
    return other


def _creative_commons(said: str) -> str | None:
    low = text.fold(said)
    if re.search(r"publicdomain/zero|\bcc[-\s]?0\b|\bcc-?zero\b", low):
        return "CC0 1.0"
    if re.search(r"publicdomain/mark|public[-\s]domain", low):
        return "public domain"
    if "creative commons" in low:
        for word, short in _CC_WORDS.items():
            low = low.replace(word, short)
        low = re.sub(r"creative commons", "cc", low)
    match = _CC.search(low)
    if not match:
        return None
    rights = re.sub(r"[\s_]", "-", match[1]).upper()
    return f"CC {rights} {match[2]}" if match[2] and "." in match[2] else f"CC {rights}"


def year_alone(said: object) -> PartialDate | None:
    """Read a date of which a 1 January stands for "only the year is known", as services fill it in."""
    return only_year(date_of(said))


def doi_address(doi: str | None) -> str | None:
    """Give the address of a DOI."""
    return f"https://doi.org/{doi}" if doi else None


def any_url(*said: object) -> str | None:
    """Give the first of the texts that is an address which may stand in a link."""
    return next((url for part in said for one in words(part) if (url := text.safe_url(one))), None)


def pages_of(begin: object, end: object = None) -> str | None:
    """Write pages as 12–34."""
    ends = words([begin, end])
    said = "–".join(dict.fromkeys(re.sub(r" ?[-–—]+ ?", "–", one) for one in ends))
    return text.clean(said, 40) or None


def month_of(moment: datetime) -> PartialDate:
    """Give the month of a moment: as exact as we say when a count was taken, or that something was noticed."""
    return PartialDate(moment.year, moment.month)


def identified(pairs: Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    """Give identifiers in order, the empty ones left out."""
    return tuple(sorted({(name, said) for name, value in pairs if (said := text.clean(first(value), 200))}))


def incomplete(work: Work) -> bool:
    """Whether a record lacks what makes it citable and Crossref may know it: its date or who made it."""
    return work.doi is not None and (work.date is None or not work.creators)


def nobody(name: str) -> bool:
    """Whether a name is none."""
    return text.fold(name) in {
        "anonymous",
        "unknown",
        "n/a",
        "na",
        "none",
        "null",
        "-",
        "et al",
        "et al.",
        "author unknown",
        "",
    }


def known(found: Iterable[Creator | None]) -> Iterator[Creator]:
    """Leave out authors without a name."""
    return (creator for creator in found if creator and not nobody(creator.name))
