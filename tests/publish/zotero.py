"""What Zotero makes of a page, by the rules that its COinS and Embedded Metadata translators follow, told in our own code.

COinS is asked first: a span of class Z3988 whose title is an OpenURL query. rft_val_fmt (with rft.genre) gives the type;
rft.type of Dublin Core may name any type of Zotero's. A title is the work's or what it stands in, by the type known so far.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote

TYPES = frozenset(
    [
        "artwork",
        "audioRecording",
        "bill",
        "blogPost",
        "book",
        "bookSection",
        "case",
        "computerProgram",
        "conferencePaper",
        "dataset",
        "dictionaryEntry",
        "document",
        "email",
        "encyclopediaArticle",
        "film",
        "forumPost",
        "hearing",
        "instantMessage",
        "interview",
        "journalArticle",
        "letter",
        "magazineArticle",
        "manuscript",
        "map",
        "newspaperArticle",
        "patent",
        "podcast",
        "preprint",
        "presentation",
        "radioBroadcast",
        "report",
        "standard",
        "statute",
        "thesis",
        "tvBroadcast",
        "videoRecording",
        "webpage",
    ]
)
WITHIN = frozenset({"journalArticle", "bookSection", "conferencePaper"})
GENRES = {
    "bookitem": "bookSection",
    "conference": "conferencePaper",
    "proceeding": "conferencePaper",
    "report": "report",
    "document": "document",
}


@dataclass
class Item:
    """What lands in the reader's library."""

    type: str = ""
    title: str = ""
    within: str = ""
    creators: list[tuple[str, str]] = field(default_factory=list)  # family, given; a body has no given name
    date: str = ""
    doi: str = ""
    url: str = ""
    publisher: str = ""
    language: str = ""
    abstract: str = ""
    pages: str = ""
    volume: str = ""
    isbn: str = ""
    tags: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.coins: list[str] = []
        self.metas: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "span" and given.get("class") == "Z3988":
            self.coins.append(given["title"])
        if tag == "meta" and given.get("content"):
            self.metas.append((given.get("name") or given.get("property") or "", given["content"]))


def saved(html: str) -> Item:
    """Save a page as Zotero does: by COinS where there is one."""
    page = _Page()
    page.feed(html)
    assert len(page.coins) == 1, "several would make Zotero ask which"
    return coins(page.coins[0])


def embedded(html: str) -> Item:
    """Save a page as Zotero does where it finds no COinS: by the tags of the head."""
    page = _Page()
    page.feed(html)
    return _embedded(page.metas)


def _author(text: str) -> tuple[str, str]:
    """With a comma, family name first; without, the last word is the family's."""
    said = text.strip(" ./,[]:")
    if "," in text:
        family, _comma, given = said.partition(",")
        return family, given.partition(",")[0].strip()
    given, _blank, family = said.rpartition(" ")
    return family, given


def _type(pairs: list[tuple[str, str]]) -> str:
    form = next(value for key, value in pairs if key == "rft_val_fmt").rpartition(":")[2]
    genres = [value for key, value in pairs if key == "rft.genre"]
    if form == "book":
        return next((GENRES[genre] for genre in genres if genre in GENRES), "book")
    return {"journal": "journalArticle", "dissertation": "thesis", "patent": "patent", "dc": "webpage"}[form]


def coins(text: str) -> Item:
    """Read a ContextObject."""
    raw = [part.partition("=") for part in text.split("&")]
    # a plus, encoded or not, is taken for a blank; a second "=" would cut the value
    pairs = [
        (key, unquote(value.partition("=")[0].replace("+", " ").replace("%2B", " ").replace("%2b", " ")))
        for key, _s, value in raw
    ]
    item = Item(type=_type(pairs))
    bodies: list[str] = []
    for key, value in pairs:
        if value:
            _take(item, key, value, bodies)
    for body in bodies:
        item.creators.insert(0, (body, ""))
    return item


def _take(item: Item, key: str, value: str, bodies: list[str]) -> None:
    if key == "rft_id":
        if value.lower().startswith("info:doi"):
            item.doi = value[9:]
        elif value.startswith(("http://", "https://")):
            item.url = value
    elif key == "rft.btitle":
        if item.type in ("book", "report"):
            item.title = value
        elif item.type in ("bookSection", "conferencePaper"):
            item.within = value
    elif key == "rft.atitle" and item.type in WITHIN:
        item.title = value
    elif key == "rft.jtitle" and item.type == "journalArticle":
        item.within = value
    elif key == "rft.title":
        if item.type in WITHIN:
            item.within = value
        else:
            item.title = value
    elif key == "rft.au":
        item.creators.append(_author(value))
    elif key == "rft.aucorp":
        bodies.append(value)
    elif key in ("rft.pub", "rft.publisher"):
        item.publisher = value
    elif key in ("rft.date", "rft.volume", "rft.pages", "rft.isbn"):
        setattr(item, key.removeprefix("rft."), value)
    elif item.type == "thesis":
        if key == "rft.inst":
            item.publisher = value
    else:
        _take_dublin_core(item, key, value)


def _take_dublin_core(item: Item, key: str, value: str) -> None:
    if key == "rft.identifier" and value.startswith(("http://", "https://")):
        item.url = value
    elif key == "rft.description":
        item.abstract = value
    elif key == "rft.language":
        item.language = value
    elif key == "rft.subject":
        item.tags.append(value)
    elif key == "rft.source":
        item.within = value
    elif key == "rft.type" and value in TYPES:
        item.type = value


_HIGHWIRE = {
    "citation_title": "title",
    "citation_publication_date": "date",
    "citation_journal_title": "within",
    "citation_book_title": "within",
    "citation_conference_title": "within",
    "citation_technical_report_institution": "publisher",
    "citation_dissertation_institution": "publisher",
    "citation_publisher": "publisher",
    "citation_doi": "doi",
    "citation_public_url": "url",
    "citation_language": "language",
    "citation_isbn": "isbn",
    "citation_volume": "volume",
}
_HIGHWIRE_TYPES = {
    "citation_journal_title": "journalArticle",
    "citation_technical_report_institution": "report",
    "citation_conference_title": "conferencePaper",
    "citation_book_title": "bookSection",
    "citation_dissertation_institution": "thesis",
}


def _embedded(metas: list[tuple[str, str]]) -> Item:
    """A type in Zotero's own namespace decides; else that of the Highwire tags; the address of a public page wins over all."""
    guess = next((_HIGHWIRE_TYPES[name] for name, _text in metas if name in _HIGHWIRE_TYPES), "journalArticle")
    item = Item(type=next((text for name, text in metas if name == "z:itemType"), guess))
    for name, text in metas:
        if name == "citation_author":
            item.creators.append(_author(text))
        elif name in _HIGHWIRE:
            setattr(item, _HIGHWIRE[name], text)
    return item
