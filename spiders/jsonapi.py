"""Any other service that answers in JSON, told in YAML how: where the records stand, what is what (JMESPath), how pages follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urljoin

import jmespath
import jmespath.exceptions
from pydantic import AfterValidator, Field, model_validator

from observatory import text
from observatory.errors import UnreadableError
from observatory.model import Cause, EntryKind, Finding, Memory, Request, Snapshot, Work
from spiders._checked import Address, Flag, Strict, Text
from spiders._kind import Key, Tally
from spiders._paged import service
from spiders._records import date_of, first, kind_of, language_of, named, people, words
from spiders._scholar import WORK_KINDS, abstract_of, any_url, identified, known, licence_of, title_of
from spiders._search import SearchOptions, aside, findings, follow_up, tallied, with_keywords
from spiders._service import (
    by_number,
    by_offset,
    changed_since,
    error_in,
    further,
    is_list,
    read_json,
    whole,
    with_query,
)


def _path(said: str) -> str:
    try:
        jmespath.compile(said)
    except (jmespath.exceptions.JMESPathError, RecursionError) as error:
        raise ValueError(f"{said!r} isn't a JMESPath expression: {text.clean(str(error), 120)}") from error
    return said


Path = Annotated[str, AfterValidator(_path)]


class Fields(Strict):
    """Which part of a record is what; each a JMESPath expression."""

    key: Path
    title: Path
    url: Path | None = None
    date: Path | None = None
    doi: Path | None = None
    isbn: Path | None = None
    creators: Path | None = None
    publisher: Path | None = None
    container: Path | None = None
    kind: Path | None = None
    language: Path | None = None
    summary: Path | None = None
    keywords: Path | None = None
    licence: Path | None = None
    open_access: Path | None = None
    pdf_url: Path | None = None


class Paging(Strict):
    """How one page leads to the next: a cursor in the answer, an offset, a page number, or an address in the answer."""

    by: Literal["cursor", "offset", "page", "next"]
    parameter: Text | None = Field(default=None, description="The query parameter: cursor, offset, page unless given.")
    at: Path | None = Field(default=None, description="Where the answer holds the next cursor or address.")
    first: Text | None = Field(default=None, description="The value that the first page is asked with.")
    size: int = Field(default=100, ge=1, le=10_000)
    size_parameter: Text | None = None

    @model_validator(mode="after")
    def _has_a_place(self) -> Paging:
        if self.by in ("cursor", "next") and not self.at:
            raise ValueError(f"paging by {self.by} needs `at`: where the answer holds it")
        return self


class ServiceKey(Strict):
    """Where a key goes; its value comes from the environment only."""

    env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    header: Text | None = None
    parameter: Text | None = None
    prefix: str = ""

    @model_validator(mode="after")
    def _goes_somewhere(self) -> ServiceKey:
        if (self.header is None) == (self.parameter is None):
            raise ValueError("give either `header` or `parameter`: where the key goes")
        return self


class JsonApiOptions(SearchOptions):
    """Which service is asked, and how its answers are read."""

    url: Address
    parameters: dict[str, str | int] = Field(default_factory=dict, description="Query parameters of the first page.")
    since_parameter: Text | None = Field(default=None, description="Takes the day since when changes are asked for.")
    records: Path = Field(default="@", description="Where the list of records stands.")
    total: Path | None = Field(default=None, description="Where the number of hits stands.")
    fields: Fields
    paging: Paging | None = None
    key: ServiceKey | None = None
    only_named: Flag = Field(default=True, description="Take only records that name a term of the vocabulary.")


def _start(options: JsonApiOptions, memory: Memory) -> Iterator[Request]:
    said: dict[str, str | int | None] = dict(options.parameters)
    if options.since_parameter:
        since = changed_since(memory, options.overlap_days, options.since)
        said[options.since_parameter] = since.isoformat() if since else None
    if paging := options.paging:
        if paging.size_parameter:
            said[paging.size_parameter] = paging.size
        if paging.first is not None and paging.by != "next":
            said[paging.parameter or paging.by] = paging.first
    yield Request(with_query(options.url, said, safe=":,*"))


def _follow(snapshot: Snapshot, options: JsonApiOptions, _memory: Memory) -> Iterable[Request]:
    if not is_list(snapshot):
        return
    answer = read_json(snapshot.body)
    records = _records(answer, options)
    yield from follow_up(_read(snapshot, options), options)
    if options.paging and records:
        yield from _next(snapshot, answer, len(records), options, options.paging)


def _next(snapshot: Snapshot, answer: Any, got: int, options: JsonApiOptions, paging: Paging) -> Iterator[Request]:
    total = whole(_find(options.total, answer))
    name = paging.parameter or paging.by
    if paging.by == "page":
        yield from by_number(snapshot, total, got, name, paging.size)
    elif paging.by == "offset":
        yield from by_offset(snapshot, total, got, name, paging.size)
    elif said := first(_find(paging.at, answer)):
        url = with_query(snapshot.url, {name: said}) if paging.by == "cursor" else _address(snapshot.url, said)
        yield from further(snapshot, url, paging.size)


def _address(base: str, said: str) -> str | None:
    """Give the next page's address, on the same host only: an answer may not send a key, or us, elsewhere."""
    try:
        url = text.safe_url(urljoin(base, said))
    except ValueError:
        return None
    return url if url and text.host_of(url) == text.host_of(base) else None


def _find(path: str | None, value: Any) -> Any:
    """Look a path up; None when there is none, or when the answer's shape doesn't bear it."""
    if path is None:
        return None
    try:
        return jmespath.search(path, value)
    except (jmespath.exceptions.JMESPathError, RecursionError, TypeError, ValueError):
        return None


def _records(answer: Any, options: JsonApiOptions) -> list[dict[str, Any]]:
    found = _find(options.records, answer)
    if isinstance(found, list):
        return [part if isinstance(part, dict) else {} for part in found]
    said = error_in(answer)
    raise UnreadableError(
        Cause.SELECTORS, f"nothing that is a list at {options.records!r}{f'; the service says: {said}' if said else ''}"
    )


def _read(snapshot: Snapshot, options: JsonApiOptions) -> Iterable[Finding]:
    found = aside(snapshot)
    if found is not None:
        return found

    return findings(snapshot, _records(read_json(snapshot.body), options), _maker(options))


def _maker(options: JsonApiOptions) -> Callable[[Snapshot, dict[str, Any]], Finding | None]:
    def made(snapshot: Snapshot, record: dict[str, Any]) -> Finding | None:
        said = {name: _find(path, record) for name, path in options.fields if path is not None}
        key = text.clean(first(said.get("key")), 300)
        return Finding(snapshot.source_id, key, _work(said, snapshot.final_url), role="record") if key else None

    return made


def _work(said: Mapping[str, Any], base: str) -> Work:
    kind, form = kind_of(first(said.get("kind")), WORK_KINDS)
    if kind is None and first(said.get("kind")).lower() in set(EntryKind):
        kind = EntryKind(first(said.get("kind")).lower())
    doi, licence = text.doi(first(said.get("doi"))), licence_of(said.get("licence"))
    is_open = said.get("open_access")
    addresses = [urljoin(base, one) for one in words(said.get("url"))]
    work = Work(
        title=title_of(said.get("title")),
        kind=kind,
        form=form,
        creators=people(known(named(name) for name in _names(said.get("creators")))),
        publisher=text.clean(first(said.get("publisher")), 200) or None,
        container=text.clean(first(said.get("container")), 300) or None,
        date=date_of(first(said.get("date"))),
        url=any_url(addresses) or (f"https://doi.org/{doi}" if doi else None),
        pdf_url=any_url(said.get("pdf_url")),
        doi=doi,
        isbn=text.isbn(first(said.get("isbn"))),
        identifiers=identified([]),
        language=language_of(first(said.get("language"))),
        open_access=is_open if isinstance(is_open, bool) else None,
        licence=licence,
        **abstract_of(said.get("summary"), licence),
    )
    return with_keywords(work, words(said.get("keywords")))


def _names(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return [
        first(part.get("name") or part.get("fullName")) if isinstance(part, dict) else first(part) for part in parts
    ]


def _tally(snapshot: Snapshot, options: JsonApiOptions) -> Tally | None:
    if not is_list(snapshot):
        return None
    answer = read_json(snapshot.body)
    asked = " ".join(str(value) for _name, value in sorted(options.parameters.items())) or "all records"
    hits = whole(_find(options.total, answer))
    return tallied(asked, hits, snapshot, _records(answer, options), _maker(options))


def _key(options: JsonApiOptions) -> Key | None:
    said = options.key
    return Key(said.env, header=said.header or "", parameter=said.parameter or "", prefix=said.prefix) if said else None


KIND = service(
    "jsonapi",
    JsonApiOptions,
    _start,
    _follow,
    _read,
    _tally,
    delay=2.0,
    key_of=_key,
    only_named=lambda options: options.only_named,
)
