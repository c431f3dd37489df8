"""What a page says as data: JSON-LD and microdata (schema.org). Pure; broken blocks are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from observatory import markup, text
from observatory.judge.extract.dates import date_of, plausible
from observatory.judge.extract.metas import creators, plain_title, teaser
from observatory.judge.language import code_of
from observatory.model import Creator, EntryKind, PartialDate, SummaryBy, Work
from observatory.moments import moment_of, status_of

Thing = Mapping[str, Any]
MOST_THINGS = 2000
# What a page may be about, the most telling first; the kind only where the type says it surely (any blog post is a NewsArticle).
_KINDS: Mapping[str, EntryKind | None] = {
    "scholarlyarticle": EntryKind.ARTICLE,
    "medicalscholarlyarticle": EntryKind.ARTICLE,
    "thesis": EntryKind.THESIS,
    "chapter": EntryKind.CHAPTER,
    "book": EntryKind.BOOK,
    "report": EntryKind.REPORT,
    "legislation": EntryKind.POLICY,
    "event": EntryKind.EVENT,
    "educationevent": EntryKind.EVENT,
    "businessevent": EntryKind.EVENT,
    "podcastepisode": EntryKind.MEDIA,
    "newsarticle": None,
    "reportagenewsarticle": None,
    "blogposting": None,
    "techarticle": None,
    "article": None,
    "creativework": None,
    "digitaldocument": None,
    "publicationissue": None,
    "webpage": None,
    "itempage": None,
    "faqpage": None,
    "aboutpage": None,
}
_RANK = {name: n for n, name in enumerate(_KINDS)}


def linked(root: markup.Node, url: str) -> Work:
    """Read the thing that a page is about out of its JSON-LD and microdata."""
    things = list(_things(root, url))
    by_id = {str(thing["@id"]): thing for thing in things if thing.get("@id") and len(thing) > 1}
    main = _main(things, url)
    return _work(main, by_id, url) if main else Work()


def _things(root: markup.Node, url: str) -> Iterator[Thing]:
    """Give all things that a page declares, those inside graphs too."""
    syntaxes = [
        name
        for name, path in (("json-ld", ".//script[@type]"), ("microdata", ".//*[@itemscope]"))
        if root.find(path) is not None
    ]
    if not syntaxes:
        return
    import extruct

    try:
        found = extruct.extract(root, base_url=url, syntaxes=syntaxes, errors="ignore", uniform=True)
    except markup.TREE_ERRORS:
        return
    stack = [thing for syntax in syntaxes for thing in found.get(syntax, ())]
    for _count in range(MOST_THINGS):
        if not stack:
            return
        thing = stack.pop(0)
        if isinstance(thing, Mapping):
            yield thing
            graph = thing.get("@graph")
            stack += graph if isinstance(graph, list) else [graph] if isinstance(graph, Mapping) else []
        elif isinstance(thing, list):
            stack += thing


def _main(things: Iterable[Thing], url: str) -> Thing | None:
    """Choose the thing that the page is about: of the most telling type, the one at this address, or the only one."""
    ranked: dict[int, list[Thing]] = {}
    for thing in things:
        if (rank := _rank(thing)) is not None:
            ranked.setdefault(rank, []).append(thing)
    for rank in sorted(ranked):
        group = ranked[rank]
        here = [thing for thing in group if _address(thing) == text.canonical_url(url)]
        if here or len(group) == 1:
            return (here or group)[0]
    return None


def _rank(thing: Thing) -> int | None:
    return min((_RANK[name] for name in _types(thing) if name in _RANK), default=None)


def _types(thing: Thing) -> list[str]:
    said = thing.get("@type")
    names = said if isinstance(said, list) else [said]
    return [str(name).rsplit("/", 1)[-1].lower() for name in names if name]


def _address(thing: Thing) -> str | None:
    page = thing.get("mainEntityOfPage")
    for said in (thing.get("url"), page.get("@id") if isinstance(page, Mapping) else page, thing.get("@id")):
        if isinstance(said, str) and (found := text.canonical_url(said.partition("#")[0])):
            return found
    return None


def _work(thing: Thing, by_id: Mapping[str, Thing], url: str) -> Work:
    kinds = [_KINDS[name] for name in _types(thing) if name in _KINDS]
    kind = next((kind for kind in kinds if kind), None)
    is_event = kind is EntryKind.EVENT
    marks = list(_texts(thing, "identifier", "sameAs", "url", "@id", "propertyID", "doi"))
    part = _resolved(thing.get("isPartOf"), by_id)
    return Work(
        title=plain_title(_text(thing, "headline") or _text(thing, "name")),
        kind=kind,
        creators=_creators(thing.get("author") or thing.get("creator"), by_id),
        publisher=_name(_resolved(thing.get("publisher"), by_id)) or None,
        container=_name(part) if kind in (EntryKind.ARTICLE, EntryKind.CHAPTER) and part else None,
        date=None if is_event else _date(thing, "datePublished"),
        doi=next((found for mark in marks if (found := text.doi(mark))), None),
        isbn=next((found for mark in _texts(thing, "isbn") if (found := text.isbn(mark))), None),
        language=code_of(_text(thing, "inLanguage") or _name(thing.get("inLanguage"))),
        **(_times(thing) if is_event else {}),
        place=_place(_resolved(thing.get("location"), by_id)) if is_event else None,
        pdf_url=_pdf(thing, url),
        licence=_text(thing, "license") or None,
        summary=teaser(_text(thing, "abstract") or _text(thing, "description")),
        summary_by=SummaryBy.PUBLISHER,
    )


def _times(thing: Thing) -> dict[str, Any]:
    begins, ends = moment_of(_text(thing, "startDate")), moment_of(_text(thing, "endDate"))
    return {
        "event_start": _date(thing, "startDate"),
        "event_end": _date(thing, "endDate"),
        "starts_at": (begins.clock or None) if begins else None,
        "ends_at": (ends.clock or None) if ends else None,
        "timezone": (begins.zone or None) if begins else None,
        "event_status": status_of(_text(thing, "eventStatus")),
    }


def _date(thing: Thing, name: str) -> PartialDate | None:
    return plausible(date_of(_text(thing, name)))


def _creators(said: object, by_id: Mapping[str, Thing]) -> tuple[Creator, ...]:
    people = said if isinstance(said, list) else [said] if said else []
    return creators(_name(_resolved(person, by_id)) for person in people[:200])


def _resolved(said: object, by_id: Mapping[str, Thing]) -> object:
    """Follow a reference ({"@id": …}) to the thing in the same page that it means."""
    if isinstance(said, list):
        said = said[0] if said else None
    if isinstance(said, Mapping) and said.get("@id") and not said.get("name"):
        return by_id.get(str(said["@id"]), said)
    return said


def _name(said: object) -> str:
    if isinstance(said, Mapping):
        return _text(said, "name") or " ".join(filter(None, (_text(said, "givenName"), _text(said, "familyName"))))
    if isinstance(said, str) and "://" not in said:
        return text.clean(said, 300)
    return ""


def _place(said: object) -> str | None:
    if not isinstance(said, Mapping):
        return _name(said) or None
    address = said.get("address")
    where = address if isinstance(address, Mapping) else {}
    parts = [_text(said, "name"), _text(where, "addressLocality"), _text(where, "addressCountry")]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None


def _pdf(thing: Thing, url: str) -> str | None:
    for media in _listed(thing.get("encoding")) + _listed(thing.get("associatedMedia")):
        if isinstance(media, Mapping) and "pdf" in _text(media, "encodingFormat", "fileFormat").lower():
            said = _text(media, "contentUrl", "url")
            return text.tidy_url(urljoin(url, said)) if said else None
    return None


def _listed(said: object) -> list[Any]:
    return said if isinstance(said, list) else [said] if said else []


def _texts(thing: Thing, *names: str) -> Iterator[str]:
    for name in names:
        for said in _listed(thing.get(name))[:20]:
            if isinstance(said, Mapping):
                yield from (str(v) for k, v in said.items() if k in ("value", "@value", "url", "@id"))
            elif isinstance(said, str | int):
                yield str(said)


def _text(thing: Thing, *names: str) -> str:
    return text.clean(next(iter(_texts(thing, *names)), "")[:20_000])
