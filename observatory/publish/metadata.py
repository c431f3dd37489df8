"""What machines read of an entry's page: schema.org, Highwire, Dublin Core, OpenGraph and COinS. Pure.

Whoever saves the page with a reference manager gets the publisher's work, not our page about it: its type, its makers,
its date, its address. Zotero asks COinS first, then the tags of the head; both say the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from observatory.model import Entry, EntryKind, EventStatus, PartialDate, SummaryBy, Work
from observatory.moments import instant, zone_of
from observatory.publish import links, words
from observatory.publish.csl import container_of, csl_type, dated, our_summary, own_url, publisher_of
from observatory.publish.names import Name, names_of
from observatory.publish.shelf import Shelf
from observatory.text import clean, safe_url

Meta = tuple[str, str, str]  # attribute (name or property), its value, content

CC_BY = "https://creativecommons.org/licenses/by/4.0/"

# Types as Zotero names them, by CSL type.
ITEM_TYPES: Mapping[str, str] = {
    "article-journal": "journalArticle",
    "article-newspaper": "newspaperArticle",
    "article": "preprint",
    "paper-conference": "conferencePaper",
    "chapter": "bookSection",
    "book": "book",
    "thesis": "thesis",
    "report": "report",
    "standard": "standard",
    "legislation": "statute",
    "post-weblog": "blogPost",
    "webpage": "webpage",
    "broadcast": "podcast",
    "motion_picture": "videoRecording",
    "dataset": "dataset",
    "software": "computerProgram",
}


def item_type(work: Work) -> str:
    """Name what the work is as Zotero does."""
    return ITEM_TYPES.get(csl_type(work), "webpage")


def _makers(work: Work) -> tuple[Name, ...]:
    authors, editors = names_of(work)
    return authors or editors


# ---------------------------------------------------------------- COinS (OpenURL 1.0 ContextObject in a span's title)

# rft_val_fmt and rft.genre where OpenURL has a format for it. All else goes as Dublin Core with Zotero's own type.
_FORMATS: Mapping[str, tuple[str, str]] = {
    "article-journal": ("journal", "article"),
    "paper-conference": ("book", "proceeding"),
    "chapter": ("book", "bookitem"),
    "book": ("book", "book"),
    "report": ("book", "report"),
    "thesis": ("dissertation", "dissertation"),
}


def coins(shelf: Shelf, entry: Entry) -> str:
    """Write an entry as COinS."""
    pairs = (("ctx_ver", "Z39.88-2004"), *_coins(shelf, entry))
    return "&".join(f"{key}={_quoted(clean(value))}" for key, value in pairs if value and clean(value))


# What `quote` writes for ASCII, as a table: a page has twenty texts to quote.
_QUOTED = str.maketrans({chr(code): quote(chr(code), safe="") for code in range(128)})


def _quoted(text: str) -> str:
    return text.translate(_QUOTED) if text.isascii() else quote(text, safe="")


def _coins(shelf: Shelf, entry: Entry) -> Iterator[tuple[str, str | None]]:
    work = entry.work
    form, genre = _FORMATS.get(csl_type(work), ("dc", ""))
    yield "rft_val_fmt", f"info:ofi/fmt:kev:mtx:{form}"
    yield "rft.genre", genre
    yield from _coins_titles(work, form, genre)
    if work.doi:
        yield "rft_id", f"info:doi/{work.doi}"
    if url := own_url(work):
        # Zotero takes a plus, encoded or not, for a blank: one that belongs to the address is encoded twice.
        yield "rft_id", url.replace("+", "%2B")
        yield "rft.identifier", url.replace("+", "%2B") if form == "dc" else None
    yield from _coins_makers(work)
    date = dated(work)
    yield "rft.date", str(date) if date else None
    yield "rft.volume", work.volume
    yield "rft.issue", work.issue
    yield "rft.pages", work.pages
    yield "rft.isbn", work.isbn
    yield "rft.inst" if form == "dissertation" else "rft.pub", publisher_of(work) or work.publisher
    yield "rft.place", work.place
    yield "rft.language", work.language
    yield "rft.description", our_summary(work)
    yield from (("rft.subject", label) for label in _labels(shelf, work))
    if form == "dc":
        yield "rft.source", container_of(work)
        yield "rft.type", item_type(work)  # last: what Zotero makes of the title depends on the type known so far


def _coins_titles(work: Work, form: str, genre: str) -> Iterator[tuple[str, str | None]]:
    if form == "journal":
        yield "rft.atitle", work.title
        yield "rft.jtitle", container_of(work)
    elif genre in ("bookitem", "proceeding"):
        yield "rft.atitle", work.title
        yield "rft.btitle", container_of(work)
    elif form == "book":
        yield "rft.btitle", work.title
    else:
        yield "rft.title", work.title


def _coins_makers(work: Work) -> Iterator[tuple[str, str]]:
    """People as `Family, Given`. Zotero puts bodies before them and each before the last, so these come backwards."""
    makers = _makers(work)
    yield from (("rft.aucorp", name.literal) for name in reversed(makers) if name.literal)
    for name in makers:
        if not name.literal:
            yield "rft.au", f"{name.family}, {' '.join(part for part in (name.given, name.suffix) if part)}"


def _labels(shelf: Shelf, work: Work) -> list[str]:
    return [shelf.say(topic.label) for topic in shelf.catalogue.topics if topic.id in work.topics]


# ---------------------------------------------------------------- meta elements


def metas(shelf: Shelf, entry: Entry) -> tuple[Meta, ...]:
    """List the meta elements of an entry's head."""
    said = (*_highwire(entry.work), *_dublin_core(shelf, entry.work), *_open_graph(shelf, entry))
    return tuple((attribute, name, clean(text)) for attribute, name, text in said if text and clean(text))


_INSTITUTION = {"report": "citation_technical_report_institution", "thesis": "citation_dissertation_institution"}
_CONTAINER = {
    "article-journal": "citation_journal_title",
    "paper-conference": "citation_conference_title",
    "chapter": "citation_book_title",
}


def _highwire(work: Work) -> Iterator[tuple[str, str, str | None]]:
    kind, date = csl_type(work), dated(work)
    first, _dash, last = (work.pages or "").replace("–", "-").partition("-")
    yield "name", "citation_title", work.title
    for name in _makers(work):
        yield "name", "citation_author", name.inverted
    yield "name", "citation_publication_date", str(date).replace("-", "/") if date else None
    if kind in _CONTAINER:
        yield "name", _CONTAINER[kind], container_of(work)
    yield "name", _INSTITUTION.get(kind, "citation_publisher"), publisher_of(work) or work.publisher
    yield "name", "citation_volume", work.volume
    yield "name", "citation_issue", work.issue
    yield "name", "citation_firstpage", first
    yield "name", "citation_lastpage", last
    yield "name", "citation_doi", work.doi
    yield "name", "citation_isbn", work.isbn
    yield "name", "citation_language", work.language
    yield "name", "citation_public_url", own_url(work)
    yield "name", "citation_pdf_url", safe_url(work.pdf_url or "")


def _dublin_core(shelf: Shelf, work: Work) -> Iterator[tuple[str, str, str | None]]:
    date = dated(work)
    yield "name", "z:itemType", item_type(work)  # Zotero's own word for the type, which its reader of the head obeys
    yield "name", "DC.title", work.title
    for name in _makers(work):
        yield "name", "DC.creator", name.inverted
    yield "name", "DC.publisher", work.publisher
    yield "name", "DC.date", str(date) if date else None
    yield "name", "DC.type", shelf.say(words.KINDS[work.kind or EntryKind.RESOURCE])
    yield "name", "DC.language", work.language
    yield "name", "DC.identifier", f"doi:{work.doi}" if work.doi else None
    yield "name", "DC.identifier", own_url(work)
    yield "name", "DC.source", container_of(work)
    yield "name", "DC.description", our_summary(work)
    for label in _labels(shelf, work):
        yield "name", "DC.subject", label


def _open_graph(shelf: Shelf, entry: Entry) -> Iterator[tuple[str, str, str | None]]:
    """What is shown where somebody shares our page: this one is about the page, and so its address is ours."""
    work = entry.work
    yield "property", "og:title", work.title_en or work.title
    yield "property", "og:type", "article"
    yield "property", "og:url", f"{shelf.site.url}{links.entry(entry.id)}"
    yield "property", "og:site_name", shelf.site.title
    yield "property", "og:description", work.summary
    yield "property", "og:locale", shelf.site.language.replace("-", "_")


# ---------------------------------------------------------------- schema.org

_SCHEMA: Mapping[EntryKind, str] = {
    EntryKind.POLICY: "Legislation",
    EntryKind.POSITION: "Report",
    EntryKind.REPORT: "Report",
    EntryKind.GUIDE: "Guide",
    EntryKind.STANDARD: "TechArticle",
    EntryKind.ARTICLE: "ScholarlyArticle",
    EntryKind.CHAPTER: "Chapter",
    EntryKind.BOOK: "Book",
    EntryKind.THESIS: "Thesis",
    EntryKind.EVENT: "Event",
    EntryKind.CALL: "CreativeWork",
    EntryKind.PROJECT: "Project",
    EntryKind.ORGANISATION: "Organization",
    EntryKind.RESOURCE: "WebPage",
    EntryKind.NEWS: "NewsArticle",
    EntryKind.MEDIA: "MediaObject",
}
_SCHEMA_FORMS = {"blog": "BlogPosting", "podcast": "PodcastEpisode", "video": "VideoObject"}
_NO_STATES = frozenset({"EU", "EHEA", "INT"})
_NOT_WORKS = frozenset({"Event", "Project", "Organization"})


def schema_type(work: Work) -> str:
    """Name the schema.org type of a work. A policy that no public authority made (a plan of a university) is a report."""
    if work.kind is EntryKind.POLICY and work.official is False:
        return "Report"
    if work.kind in (EntryKind.NEWS, EntryKind.MEDIA):
        return _SCHEMA_FORMS.get(work.form or "", _SCHEMA[work.kind])
    return _SCHEMA[work.kind or EntryKind.RESOURCE]


def json_ld(shelf: Shelf, entry: Entry) -> str:
    """Write an entry and the way to it as JSON-LD, fit for a script element: no `<` of a source's can end that."""
    graph = [_thing(shelf, entry), _breadcrumbs(shelf, entry)]
    return script_safe({"@context": "https://schema.org", "@graph": graph})


def script_safe(value: Any) -> str:
    """Write JSON that may stand in a script element (HTML, 4.12.1.3)."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _thing(shelf: Shelf, entry: Entry) -> dict[str, Any]:
    work, kind = entry.work, schema_type(entry.work)
    address = f"{shelf.site.url}{links.entry(entry.id)}"
    found: dict[str, Any] = {
        "@type": kind,
        "@id": f"https://doi.org/{work.doi}" if work.doi else own_url(work) or f"{address}#work",
        "name": clean(work.title),
        "alternateName": [
            clean(title) for title in dict.fromkeys((work.title_en or "", *(t for _l, t in work.titles))) if title
        ],
        "url": own_url(work),
        "identifier": _identifiers(work),
        "description": clean(work.summary or "") if work.summary_by is SummaryBy.US else our_summary(work),
        "mainEntityOfPage": address,
    }
    found |= _more(shelf, entry, kind)
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def _more(shelf: Shelf, entry: Entry, kind: str) -> dict[str, Any]:
    work = entry.work
    if kind == "Event":
        return _event(work)
    if kind in _NOT_WORKS:
        founders = [_agent(name) for name in _makers(work)]
        return {"member" if kind == "Project" else "parentOrganization": founders, "foundingDate": str(work.date or "")}
    more = _creative(shelf, work)
    if kind == "Legislation":
        more |= {
            "legislationIdentifier": work.celex or work.eli,
            "legislationJurisdiction": shelf.place(work.jurisdiction).name if work.jurisdiction else None,
            "legislationDate": str(work.date or ""),
            "legislationType": work.instrument.value if work.instrument else None,
        }
    return more


def _creative(shelf: Shelf, work: Work) -> dict[str, Any]:
    container = container_of(work)
    places = [{"@type": "Place", "name": shelf.place(code).name} for code in work.countries if code not in _NO_STATES]
    return {
        "headline": clean(work.title),
        "author": [_agent(name) for name in names_of(work)[0]],
        "editor": [_agent(name) for name in names_of(work)[1]],
        "publisher": {"@type": "Organization", "name": clean(work.publisher)} if work.publisher else None,
        "datePublished": str(work.date or ""),
        "inLanguage": work.language,
        "isPartOf": {"@type": "CreativeWork", "name": container} if container else None,
        "pagination": work.pages,
        "isbn": work.isbn,
        "keywords": _labels(shelf, work),
        "spatialCoverage": places,
        "license": safe_url(work.licence or "") or work.licence,
        "isAccessibleForFree": work.open_access,
    }


def _event(work: Work) -> dict[str, Any]:
    start = work.event_start or work.date
    return {
        "startDate": _moment(start, work.starts_at, work.timezone),
        "endDate": _moment(work.event_end or (start if work.ends_at else None), work.ends_at, work.timezone),
        "eventStatus": _STATUS[work.event_status] if work.event_status else None,
        "location": {"@type": "Place", "name": clean(work.place)} if work.place else None,
        "organizer": [_agent(name) for name in _makers(work)]
        or ([{"@type": "Organization", "name": clean(work.publisher)}] if work.publisher else []),
        "inLanguage": work.language,
    }


_STATUS = {
    EventStatus.CANCELLED: "https://schema.org/EventCancelled",
    EventStatus.POSTPONED: "https://schema.org/EventPostponed",
}


def _moment(day: PartialDate | None, clock: str | None, zone: str | None) -> str:
    """Write a moment with its distance from UTC where that is known, else the day."""
    there = zone_of(zone or "")
    moment = instant(day, clock, zone) if day else None
    return moment.astimezone(there).isoformat(timespec="minutes") if moment and there else str(day or "")


def _agent(name: Name) -> dict[str, str]:
    if name.literal:
        return {"@type": "Organization", "name": name.literal}
    parts = {"@type": "Person", "name": " ".join(part for part in (name.given, name.family) if part)}
    return parts | {"familyName": name.family} | ({"givenName": name.given} if name.given else {})


def _identifiers(work: Work) -> list[dict[str, str]]:
    named = (("DOI", work.doi), ("CELEX", work.celex), ("ELI", work.eli), ("ISBN", work.isbn))
    return [{"@type": "PropertyValue", "propertyID": name, "value": text} for name, text in named if text]


def _breadcrumbs(shelf: Shelf, entry: Entry) -> dict[str, Any]:
    steps = (
        (shelf.site.title, ""),
        (shelf.say(words.SECTIONS[entry.section]), links.section(entry.section)),
        (clean(entry.work.title_en or entry.work.title), links.entry(entry.id)),
    )
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": f"{shelf.site.url}{path}"}
            for number, (name, path) in enumerate(steps, 1)
        ],
    }
