"""The readers of foreign bytes, each as a function that ends quietly whatever it is given, or shows a mistake of ours."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from observatory import accesslog, markup, text, yamltext
from observatory.catalogue import archive, codec
from observatory.catalogue.curation import load as read_decisions
from observatory.catalogue.search.query import Names
from observatory.catalogue.search.query import parse as read_query
from observatory.config import options_of, source_from_row
from observatory.config.sources import read_sources
from observatory.errors import ObservatoryError, UnreadableError
from observatory.judge.extract import read_page as extract_page
from observatory.judge.pagetext import read_page
from observatory.model import Change, Memory, Page, Snapshot, Work
from spiders import _guess, _handpage, _robots, _suggested, library
from spiders._answers import inflate, recognise
from spiders._documents import read_document
from spiders._kind import Kind, Options, kinds

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
URL = "https://example.org/news/"
NAMES = Names(topics={"recognition": "recognition"}, countries=lambda: {"ie": "IE"}, languages=lambda: {"irish": "ga"})


def snapshot(body: bytes, content_type: str = "", role: str = "start", url: str = URL) -> Snapshot:
    return Snapshot("r/1", "s", url, url, NOW, 200, content_type, body, role=role, headers=())


# What a kind must be told beside an address, and the parts that its answers play.
OPTIONS: Mapping[str, Mapping[str, object]] = {
    "listing": {"item": "li"},
    "sitemap": {"pattern": "."},
    "zotero": {"group": 2373077},
    "jsonapi": {
        "records": "results",
        "fields": {
            "key": "id",
            "title": "title",
            "url": "links[?type=='display'].url",
            "date": "date",
            "creators": "authors",
        },
        "paging": {"by": "offset", "size": 100},
    },
}
ROLES: Mapping[str, tuple[str, ...]] = {
    "oai": ("start", "identify", "records 0", "page 0 2015-01-01//s"),
    "cellar": ("start", "details 0", "page 100"),
    "crossref": ("start", "complete", "page 100"),
}
OF_A_SERVICE = ("start", "page 100", "complete")
FROM_FILES = ("library",)  # of the curator's own: read below, in each of its forms


def _of_kind(kind: Kind[Options]) -> Callable[[bytes], None]:
    own = OPTIONS.get(kind.name, {})
    address = {"url": URL} if "url" in kind.Options.model_fields else {}
    said = kind.Options.model_validate({**address, **own})
    roles = ROLES.get(kind.name, OF_A_SERVICE if kind.api else ("start",))

    def read(body: bytes) -> None:
        for role in roles:
            given = snapshot(body, "", role, f"{URL}?page=1")
            for work in (kind.read, lambda *all_: kind.follow(*all_, Memory())):
                with suppress(UnreadableError):
                    list(work(given, said))
            for told in (kind.tally, kind.flaw, lambda *all_: kind.mark(*all_, "")):
                with suppress(UnreadableError):
                    told(given, said)

    return read


def _library(body: bytes) -> None:
    for ending in ("yaml", "json", "bib", "ris"):
        with suppress(UnreadableError):
            list(library.KIND.read(snapshot(body, url=f"x.{ending}"), library.LibraryOptions(path="x")))


def _page_text(body: bytes) -> None:
    with suppress(UnreadableError):
        read_page(Page(URL, "text/html", body))


def _extract(body: bytes) -> None:
    with suppress(UnreadableError):
        extract_page(Page(URL, "text/html", body))


def _pdf_text(body: bytes) -> None:
    title, _, pages = body.partition(b"\n")
    given = snapshot(pages, "text/plain; charset=utf-8", "document")
    with suppress(UnreadableError):
        list(read_document(replace(given, headers=(("X-Document-Title", title.decode("latin-1")),))))


def _looked_at(body: bytes) -> None:
    """A site that `source add` looks at, in each of the parts that an answer may play there."""
    for role in ("page", "home|", "robots|", "sitemap|", "feed|named", "identify|", "map|"):
        given = snapshot(body, "text/html" if role == "page" else "", role)
        list(_guess.further(given, URL))
        for guess in _guess.guesses([given]):
            kinds()[guess.kind].Options.model_validate(guess.options)
        _guess.facts([given])


def _suggestion(body: bytes) -> None:
    with suppress(UnreadableError):
        list(_suggested.KIND.read(snapshot(body), _suggested.SuggestedOptions(url=URL, token="t")))


def _hand_page(body: bytes) -> None:
    with suppress(UnreadableError):
        _handpage.items(markup.html(body), URL)


def _log_line(body: bytes) -> None:
    for line in body.splitlines():
        accesslog.read_line(line)


def _words(body: bytes) -> None:
    """A text by itself: what cleaning gives is clean, and asking twice changes nothing."""
    said = body.decode("utf-8", "surrogateescape")
    assert text.clean(text.clean(said)) == text.clean(said)
    assert text.fold(text.fold(said)) == text.fold(said)
    for address in (text.tidy_url(said), text.canonical_url(said)):
        assert address is None or text.canonical_url(address) == text.canonical_url(said)
    for find in (text.doi, text.isbn, text.celex, text.slug, text.title_key, text.host_of, markup.plain, markup.prose):
        find(said)


def _record(body: bytes) -> None:
    """A record of the catalogue that somebody changed: what can't be read says so in one of three ways."""
    for kind in (Work, Change, Snapshot):
        with suppress(ValueError, KeyError, TypeError):
            codec.loads(kind, body.decode("utf-8", "replace"))


def _source_row(body: bytes) -> None:
    """The row of a source as it stands in an archive."""
    with suppress(UnreadableError):
        options_of(source_from_row(body.decode("utf-8", "replace")))


def _sources(body: bytes) -> None:
    with suppress(ObservatoryError):
        marked = yamltext.load(b"sources:\n" + body, "sources.yaml")
        said = marked.data
        items = said.get("sources") if isinstance(said, dict) else None
        read_sources(marked, [item for item in items or () if isinstance(item, dict)], kinds())


def _xml(body: bytes) -> None:
    with suppress(UnreadableError):
        markup.xml(body)


def _yaml(body: bytes) -> None:
    with suppress(ObservatoryError):
        said = yamltext.load(body, "x.yaml").data
        assert yamltext.load(yamltext.dump(said), "y.yaml").data == said


def _decisions(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as name, suppress(ObservatoryError):
        (Path(name) / "ann.yaml").write_bytes(body)
        read_decisions(Path(name))


def _query(body: bytes) -> None:
    with suppress(ObservatoryError):
        read_query(body.decode("utf-8", "replace"), NAMES)


def _answer(body: bytes) -> None:
    with suppress(UnreadableError):
        recognise(200, {}, "text/html", inflate(body, "gzip" if body[:2] == b"\x1f\x8b" else "", 100_000), URL, URL)


def _host(body: bytes) -> None:
    rules, _why = _robots.robots_of(200, body, "x")
    _robots.HostRules(rules, "x").allows(URL)
    _robots.is_reserved(_robots.reserved_of(200, body), URL)
    _robots.is_reserved_page({}, "text/html", body)


def _warc(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "2026" / "11"
        place.mkdir(parents=True)
        (place / "20261123T060000Z-0001.warc.gz").write_bytes(body)
        list(archive.read(Path(name)))


PARSERS: Mapping[str, Callable[[bytes], None]] = {
    **{name: _of_kind(kind) for name, kind in kinds().items() if name not in FROM_FILES},
    "library": _library,
    "page-text": _page_text,
    "extract": _extract,
    "pdf-text": _pdf_text,
    "xml": _xml,
    "yaml": _yaml,
    "decisions": _decisions,
    "query": _query,
    "answer": _answer,
    "host": _host,
    "warc": _warc,
    "looked-at": _looked_at,
    "suggestion": _suggestion,
    "hand-page": _hand_page,
    "log-line": _log_line,
    "words": _words,
    "record": _record,
    "source-row": _source_row,
    "sources": _sources,
}
# What coverage-guided runs look at; each begins with the files of its folder in the corpus.
CORPUS = Path(__file__).parent / "corpus"
GUIDED = (
    *("feed", "calendar", "listing", "page", "extract", "page-text", "hand-page", "looked-at"),
    *("words", "query", "yaml", "sources"),
)
