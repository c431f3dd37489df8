"""Zotero: a group's public library, kept by curators who never see this program (web API v3).

A library has a version that rises with every change. A harvest asks for what changed since the version it knows (nothing did:
304), the trash included, then for what was deleted. The version counts as known only when the last of these answers is in, so
a harvest that breaks off loses nothing. Tags that begin with `mc:` are our topics, countries and kinds; a note under a work is why
it is worth reading, and so an editor's pick: for the topics that its tags name, else a good read of the year it was written in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from observatory import markup, text
from observatory.model import Creator, EntryKind, Finding, Memory, PartialDate, Request, Snapshot, SummaryBy, Work
from spiders._checked import Address, Text
from spiders._kind import Key, Tally
from spiders._paged import PortionOptions, service
from spiders._records import date_of, first, kind_of, language_of, named, people, person, words
from spiders._scholar import Kinds, any_url, doi_address, known, pages_of, title_of
from spiders._search import findings, tallied, with_keywords
from spiders._service import PAGE, Parameters, at, dicts, is_list, parameter, read_json, records_of, whole, with_query

SIZE, STEP = 100, 90  # records a page, and from one to the next: what is deleted meanwhile shifts the rest
NOTE_WORDS = 90  # of a note that are shown
CHILDREN, DELETED, NOTE = "children", "deleted", "note"  # roles; `note ABCD2345` is the view of one note
_KEY = re.compile(r"[A-Z0-9]{8}")
_MADE_BY_PROGRAM = re.compile(r"(extracted )?annotations\b", re.IGNORECASE)  # what Zotero itself writes into a note
_EXTRA = re.compile(r"^(DOI|ISBN)\s*:\s*(\S.*)$", re.MULTILINE)
K = EntryKind
NO_WORKS = frozenset({"attachment", "annotation", "note"})
KINDS: Kinds = {
    "audiorecording": (K.MEDIA, None),
    "bill": (K.POLICY, "act"),
    "blogpost": (K.NEWS, "blog"),
    "book": (K.BOOK, None),
    "booksection": (K.CHAPTER, None),
    "case": (K.POLICY, "act"),
    "conferencepaper": (K.ARTICLE, "conference-paper"),
    "dataset": (K.RESOURCE, "dataset"),
    "dictionaryentry": (K.CHAPTER, None),
    "encyclopediaarticle": (K.CHAPTER, None),
    "film": (K.MEDIA, "video"),
    "journalarticle": (K.ARTICLE, None),
    "magazinearticle": (K.NEWS, "press-article"),
    "manuscript": (K.ARTICLE, "preprint"),
    "newspaperarticle": (K.NEWS, "press-article"),
    "podcast": (K.MEDIA, "podcast"),
    "preprint": (K.ARTICLE, "preprint"),
    "presentation": (K.MEDIA, "presentation"),
    "radiobroadcast": (K.MEDIA, None),
    "report": (K.REPORT, None),
    "standard": (K.STANDARD, None),
    "statute": (K.POLICY, "act"),
    "thesis": (K.THESIS, None),
    "tvbroadcast": (K.MEDIA, "video"),
    "videorecording": (K.MEDIA, "video"),
    "webpage": (K.RESOURCE, None),
}


class ZoteroOptions(PortionOptions):
    """Which group's library is read, and what its tags and notes mean."""

    group: int = Field(ge=1, description="The number in the group's address: zotero.org/groups/2373077/…")
    url: Address = Field(default="https://api.zotero.org", description="A mirror may stand in.")
    prefix: Text = Field(default="mc:", description="How tags that are meant for us begin.")
    notes: Literal["all", "tagged", "none"] = Field(
        default="all", description="Which notes say why a work is worth reading; tagged: those that bear <prefix>pick."
    )


# ---------------------------------------------------------------- what is known of the library


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier answers said: the library's version, and under which work each note stands."""

    version: int = 0
    notes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, mark: str) -> Known:
        """Read a mark; one that can't be read is as good as none: all is asked anew."""
        try:
            said = json.loads(mark) if mark else {}
            return cls(int(said["version"]), dict(said["notes"])) if said else cls()
        except (ValueError, KeyError, TypeError):
            return cls()

    def mark(self) -> str:
        """Write it down."""
        return json.dumps({"version": self.version, "notes": self.notes}, sort_keys=True, separators=(",", ":"))


def _mark(snapshot: Snapshot, _options: ZoteroOptions, mark: str) -> str:
    known = Known.of(mark)
    if is_list(snapshot):
        items = _items(snapshot)
        notes = {**known.notes, **{_key(item): _parent(item) for item in items if _is_note(item)}}
        for item in items:
            if _is_trashed(item):
                notes.pop(_key(item), None)
        is_whole = _next(snapshot) is None and not _since(snapshot)
        return Known(_version(snapshot) if is_whole else known.version, notes).mark()
    if snapshot.role.startswith(DELETED):
        gone = set(_deleted(snapshot))
        return Known(_version(snapshot), {key: up for key, up in known.notes.items() if key not in gone}).mark()
    return mark


# ---------------------------------------------------------------- asking


def _start(options: ZoteroOptions, memory: Memory) -> Iterator[Request]:
    version = Known.of(memory.mark).version
    said: Parameters = {
        "v": 3,
        "format": "json",
        "includeTrashed": 1,
        "sort": "dateAdded",
        "direction": "asc",
        "limit": SIZE,
        "start": 0,
        "since": version or None,
    }
    headers = (("If-Modified-Since-Version", str(version)),) if version else ()
    yield Request(with_query(_address(options, "items"), said), headers=headers)


def _address(options: ZoteroOptions, path: str) -> str:
    return f"{options.url.rstrip('/')}/groups/{options.group}/{path}"


def _follow(snapshot: Snapshot, options: ZoteroOptions, memory: Memory) -> Iterator[Request]:
    if is_list(snapshot):
        if following := _next(snapshot):
            yield Request(following, f"{PAGE} {_asked(snapshot) + STEP} {_version(snapshot)}")
        elif since := _since(snapshot):
            url = with_query(_address(options, "deleted"), {"v": 3, "since": since})
            yield Request(url, f"{DELETED} {_version(snapshot)}")
    elif snapshot.role.startswith(DELETED):
        yield from _parents(snapshot, options, memory)


def _parents(snapshot: Snapshot, options: ZoteroOptions, memory: Memory) -> Iterator[Request]:
    """Ask for the notes that are left under the works that lost one: only the note's own key is told."""
    lost: dict[str, list[str]] = {}
    notes = Known.of(memory.mark).notes
    for key in _deleted(snapshot):
        if key in notes:
            lost.setdefault(notes[key], []).append(key)
    for parent, keys in sorted(lost.items()):
        url = with_query(_address(options, f"items/{parent}/children"), {"v": 3, "format": "json", "limit": SIZE})
        yield Request(url, f"{CHILDREN} {parent} {' '.join(keys)}")


# ---------------------------------------------------------------- answers


def _items(snapshot: Snapshot) -> list[dict[str, Any]]:
    return records_of(read_json(snapshot.body))


def _deleted(snapshot: Snapshot) -> list[str]:
    return [key for key in words(at(read_json(snapshot.body), "items")) if _KEY.fullmatch(key)]


def _since(snapshot: Snapshot) -> int:
    return whole(parameter(snapshot.url, "since")) or 0


def _asked(snapshot: Snapshot) -> int:
    """Say how many records were asked for in this run before a page."""
    parts = snapshot.role.split()
    return (whole(parts[1]) or 0) if parts[0] == PAGE and len(parts) > 1 else 0


def _version(snapshot: Snapshot) -> int:
    """Give the library's version when the harvest began: roles carry it from its first page on."""
    return whole(snapshot.role.split()[-1]) or whole(_header(snapshot, "last-modified-version")) or 0


def _next(snapshot: Snapshot) -> str | None:
    """Give the address of the page after this one, None after the last."""
    begin, total = whole(parameter(snapshot.url, "start")) or 0, _total(snapshot)
    if not _items(snapshot) or total is None or begin + SIZE >= total:
        return None
    return with_query(snapshot.url, {"start": begin + STEP})


def _total(snapshot: Snapshot) -> int | None:
    return whole(_header(snapshot, "total-results"))


def _header(snapshot: Snapshot, wanted: str) -> str:
    return next((value for name, value in snapshot.headers if name.lower() == wanted), "")


def _key(item: dict[str, Any]) -> str:
    return first(at(item, "data", "key")) or first(item.get("key"))


def _parent(item: dict[str, Any]) -> str:
    return first(at(item, "data", "parentItem"))


def _type(item: dict[str, Any]) -> str:
    return first(at(item, "data", "itemType"))


def _is_trashed(item: dict[str, Any]) -> bool:
    return at(item, "data", "deleted") in (1, True)


def _is_note(item: dict[str, Any]) -> bool:
    return _type(item) == NOTE and bool(_parent(item) and _key(item))


# ---------------------------------------------------------------- reading


def _read(snapshot: Snapshot, options: ZoteroOptions) -> Iterator[Finding]:
    if snapshot.role.startswith(DELETED):
        for key in _deleted(snapshot):
            yield Finding(snapshot.source_id, key, Work(), role=DELETED, withdrawn=True)
        return
    items = _items(snapshot)
    if snapshot.role.startswith(CHILDREN):
        yield from _without_notes(snapshot, items)
    else:
        yield from findings(snapshot, items, _maker(options))
    for item in items:
        if _is_note(item) and (note := _note_of(snapshot, item, options)):
            yield note


def _maker(options: ZoteroOptions) -> Any:
    def made(snapshot: Snapshot, item: dict[str, Any]) -> Finding | None:
        key = _key(item)
        if not key or _type(item) in NO_WORKS:
            return None
        if _is_trashed(item):
            return Finding(snapshot.source_id, key, Work(), role=DELETED, withdrawn=True)
        return Finding(snapshot.source_id, key, _work(item, options), role="record")

    return made


def _without_notes(snapshot: Snapshot, items: Iterable[dict[str, Any]]) -> Iterator[Finding]:
    """Take back the notes that a work lost; the role of the answer names work and notes."""
    _role, parent, *lost = snapshot.role.split()
    left = {_key(item) for item in items}
    for key in lost:
        if key not in left:
            yield Finding(snapshot.source_id, parent, Work(), role=f"{NOTE} {key}")


def _note_of(snapshot: Snapshot, item: dict[str, Any], options: ZoteroOptions) -> Finding | None:
    """Make the view of one note: empty when it is in the trash, or not meant for readers."""
    said = text.clip(markup.prose(first(at(item, "data", "note"))), NOTE_WORDS)
    is_meant = options.notes == "all" or (options.notes == "tagged" and f"{options.prefix}pick" in _tags(item))
    is_shown = said and is_meant and not _is_trashed(item) and not _MADE_BY_PROGRAM.match(said)
    author = first(at(item, "meta", "createdByUser", "name")) or first(at(item, "meta", "createdByUser", "username"))
    work = Work(note=said, note_by=text.clean(author, 100) or None, **_pick(item, options)) if is_shown else Work()
    return Finding(snapshot.source_id, _parent(item), work, role=f"{NOTE} {_key(item)}")


def _pick(item: dict[str, Any], options: ZoteroOptions) -> dict[str, Any]:
    """Say when a note was written, and for which topics (or `home`) its tags recommend the work."""
    ours = {tag.removeprefix(options.prefix).strip() for tag in _tags(item) if tag.startswith(options.prefix)}
    written = date_of(first(at(item, "data", "dateAdded"))[:10])
    return {"note_on": written, "note_for": tuple(sorted(word for word in ours - {"pick"} if word.islower()))}


def _tags(item: dict[str, Any]) -> list[str]:
    return [text.clean(first(tag.get("tag")), 200) for tag in dicts(at(item, "data", "tags"))]


def _work(item: dict[str, Any], options: ZoteroOptions) -> Work:
    data = item["data"] if isinstance(item.get("data"), dict) else {}
    extra = dict(_EXTRA.findall(str(data.get("extra") or "")))
    kind, form = kind_of(data.get("itemType"), KINDS)
    ours = [tag.removeprefix(options.prefix).strip() for tag in _tags(item) if tag.startswith(options.prefix)]
    said_kind = next((K(word) for word in ours if word in set(K)), None)
    doi = text.doi(first(data.get("DOI")) or extra.get("DOI", "") or first(data.get("url")))
    page = any_url(at(item, "links", "alternate", "href"))
    url = any_url(data.get("url")) or doi_address(doi)
    work = Work(
        title=title_of(data.get("title") or data.get("nameOfAct") or data.get("caseName")),
        kind=said_kind or kind,
        form=form if said_kind in (None, kind) else None,
        creators=people(known(_people(data))),
        publisher=_some(data, "publisher", "institution", "university", "organization", "network", "studio"),
        container=_some(data, "publicationTitle", "bookTitle", "proceedingsTitle", "encyclopediaTitle"),
        volume=_some(data, "volume"),
        issue=_some(data, "issue"),
        pages=pages_of(data.get("pages")),
        date=_date(item, data),
        url=url,
        seen_at=page if page != url else None,
        doi=doi,
        isbn=text.isbn(first(data.get("ISBN")) or extra.get("ISBN", "")),
        language=language_of(data.get("language")),
        licence=text.clean(first(data.get("rights")), 80) or None,
        topics=tuple(sorted({word for word in ours if word.islower() and word not in set(K)} - {"pick"})),
        countries=tuple(sorted({word for word in ours if re.fullmatch("[A-Z]{2}|EHEA|INT", word)})),
        **_abstract(data),
    )
    return with_keywords(work, (tag for tag in _tags(item) if not tag.startswith(options.prefix)))


def _abstract(data: dict[str, Any]) -> dict[str, Any]:
    """Give an abstract as the publisher's own words: members copy it from the work."""
    said = text.clean(markup.prose(first(data.get("abstractNote"))), 20_000)
    shown = text.clip(said, NOTE_WORDS)
    return {"text": said, "summary": shown, "summary_by": SummaryBy.PUBLISHER} if said else {}


def _people(data: dict[str, Any]) -> Iterator[Creator | None]:
    everybody = dicts(data.get("creators"))
    authors = [one for one in everybody if first(one.get("creatorType")) not in ("editor", "translator", "contributor")]
    for one in authors or everybody:
        yield named(one.get("name")) if one.get("name") else person(one.get("lastName"), one.get("firstName"))


def _some(data: dict[str, Any], *names: str) -> str | None:
    return next((said for name in names if (said := text.clean(first(data.get(name)), 300))), None)


def _date(item: dict[str, Any], data: dict[str, Any]) -> PartialDate | None:
    """Read the date as Zotero parsed it, else as it was typed."""
    typed = first(data.get("date")) or first(data.get("dateEnacted"))
    return date_of(first(at(item, "meta", "parsedDate"))) or date_of(typed)


def _tally(snapshot: Snapshot, options: ZoteroOptions) -> Tally | None:
    if not is_list(snapshot):
        return None
    since = _since(snapshot)
    asked = f"all of group {options.group}" + (f" changed since version {since}" if since else "")
    works = [item for item in _items(snapshot) if _type(item) not in NO_WORKS]
    return tallied(asked, _total(snapshot), snapshot, works, _maker(options))


def _suits(url: str) -> Mapping[str, object] | None:
    """A group's page names its number."""
    found = re.match(r"/groups/(\d+)", urlsplit(url).path)
    return {"group": int(found[1])} if found and text.host_of(url) in ("zotero.org", "api.zotero.org") else None


KIND = service(
    "zotero",
    ZoteroOptions,
    _start,
    _follow,
    _read,
    _tally,
    mark=_mark,
    delay=1.0,
    key=Key("ZOTERO_API_KEY", header="Zotero-API-Key"),
    suits=_suits,
)
