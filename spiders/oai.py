"""OAI-PMH 2.0: any repository (https://www.openarchives.org/OAI/openarchivesprotocol.html).

A harvest is a chain: Identify tells how exact dates may be, then pages follow by resumption tokens. A token that is refused
(expired: some live two minutes) begins its window anew, once in a run. Records are taken by what they say: repositories can't
be asked for words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import Cause, Finding, Memory, Request, Snapshot, Work
from spiders import _dublincore
from spiders._checked import Address, Flag, Text
from spiders._kind import Tally
from spiders._paged import service
from spiders._search import SearchOptions, aside, findings, follow_up, tallied
from spiders._service import PAGE, changed_since, whole, with_query

SIZE = 100  # what most repositories give in a page; it only counts towards max_items
_ROLE = re.compile(rf"(?P<name>{PAGE}|again) (?P<asked>\d+)(?: (?P<window>\S+))?")
_REFERENCE = rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
# Characters that XML 1.0 does not have; repositories copy them out of PDFs into abstracts.
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|" + _REFERENCE, re.IGNORECASE)
_RECORD = re.compile(rb"<(?P<tag>(?:[\w-]+:)?record)[\s>]")
_TOKEN = re.compile(rb"<(?P<tag>(?:[\w-]+:)?resumptionToken)[\s>]")
_ROOT = re.compile(
    rb"<(?P<tag>(?:[\w-]+:)?OAI-PMH)\b[^<>]{0,5000}>"
)  # repeated before each record that is read by itself


class OaiOptions(SearchOptions):
    """Which repository is harvested, and what of it."""

    url: Address = Field(description="The repository's OAI address: https://doras.dcu.ie/cgi/oai2")
    set: Text | None = Field(default=None, description="Only this set (user-… on Zenodo).")
    prefix: Text = Field(default="oai_dc", description="The form of records; all repositories have oai_dc.")
    window_days: int | None = Field(
        default=None, ge=1, le=3660, description="Ask for so many days at a time (large ones)."
    )
    all_records: Flag = Field(default=False, description="Take records that name no term of the vocabulary too.")
    max_items: int = Field(
        default=50_000, ge=1, le=1_000_000, description="Records a run, most of which are passed over."
    )
    overlap_days: int = Field(default=2, ge=0, le=1000, description="How far a run looks back behind the last one.")


def _start(options: OaiOptions, _memory: Memory) -> Iterator[Request]:
    yield Request(with_query(options.url, {"verb": "Identify"}), "identify")


def _follow(snapshot: Snapshot, options: OaiOptions, memory: Memory) -> Iterable[Request]:
    if snapshot.role == "identify":
        yield from _first(snapshot, options, memory)
    elif _ROLE.fullmatch(snapshot.role):
        yield from follow_up(_read(snapshot, options), options)
        yield from _next(snapshot, options)


# ---------------------------------------------------------------- windows and tokens


def _first(snapshot: Snapshot, options: OaiOptions, memory: Memory) -> Iterator[Request]:
    root = _answer(snapshot)
    earliest = _day(_text(root, "earliestDatestamp"))
    since = changed_since(memory, options.overlap_days, options.since)
    begin = max(filter(None, (since, earliest)), default=None)
    exact = len(_text(root, "granularity")) > len("YYYY-MM-DD")
    yield _window(options, begin, snapshot.fetched_at.date(), exact, "page", 0)


def _window(options: OaiOptions, begin: date | None, today: date, exact: bool, name: str, asked: int) -> Request:
    """Ask for the records changed from a day on, to the end of the window where windows are asked for."""
    end = begin + timedelta(days=options.window_days - 1) if options.window_days and begin else None
    end = end if end and end < today else None  # the last window is open: what is put in meanwhile belongs to it
    stamp = "T00:00:00Z" if exact else ""
    said = {
        "verb": "ListRecords",
        "metadataPrefix": options.prefix,
        "from": f"{begin.isoformat()}{stamp}" if begin else None,
        "until": f"{end.isoformat()}{'T23:59:59Z' if exact else ''}" if end else None,
        "set": options.set,
        "resumptionToken": None,
    }
    window = f"{begin or ''}/{end or ''}/{'s' if exact else 'd'}"
    return Request(with_query(options.url, said, safe=":"), f"{name} {asked} {window}", again=name == "again")


def _next(snapshot: Snapshot, options: OaiOptions) -> Iterator[Request]:
    """Go on by the token, or with the next window, or (its token was refused) with the same window anew."""
    match = _ROLE.fullmatch(snapshot.role)
    if match is None:
        return
    name, asked, window = match["name"], int(match["asked"]), match["window"] or "//d"
    begin, end, exact = (*window.split("/"), "d")[:3]
    root = _answer(snapshot)
    if _error(root) == "badResumptionToken":
        if name != "again":
            yield _window(options, _day(begin), snapshot.fetched_at.date(), exact == "s", "again", asked)
        return
    if token := _text(root, "resumptionToken"):
        url = with_query(options.url, {"verb": "ListRecords", "resumptionToken": token})
        if url != snapshot.url:
            yield Request(url, f"{name} {asked + SIZE} {window}", again=name == "again")
    elif last := _day(end):
        yield _window(options, last + timedelta(days=1), snapshot.fetched_at.date(), exact == "s", name, asked + SIZE)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        return None


# ---------------------------------------------------------------- answers


def _answer(snapshot: Snapshot) -> Any:
    """Read an answer into a tree. One broken record must not cost its page: then the records are read one by one."""
    body = _CONTROLS.sub(b" ", snapshot.body)
    try:
        root = markup.xml(body)
    except UnreadableError as error:
        if error.cause is not Cause.NOT_XML or not (opening := _ROOT.search(body)):
            raise
        if b"</" + opening["tag"] not in body:
            raise UnreadableError(Cause.INCOMPLETE, "the XML ends in the middle") from error
        root = _piecewise(body, opening)
    if root.tag.rpartition("}")[2] != "OAI-PMH":
        raise UnreadableError(
            Cause.NOT_XML, f"not an OAI-PMH answer but <{text.clean(root.tag.rpartition('}')[2], 40)}>"
        )
    return root


def _piecewise(body: bytes, opening: re.Match[bytes]) -> Any:
    closing = b"</" + opening["tag"] + b">"
    root = markup.xml(opening[0] + closing)
    for part in (*_elements(body, _RECORD), *islice(_elements(body, _TOKEN), 1)):
        try:
            root.extend(list(markup.xml(opening[0] + part + closing)))
        except UnreadableError:
            continue  # counted as a record that could not be read: the page holds more records than came out
    return root


def _elements(body: bytes, opening: re.Pattern[bytes]) -> Iterator[bytes]:
    """Yield the parts of an answer from an opening tag to its closing one; the first that isn't closed ends it."""
    at = 0
    while begin := opening.search(body, at):
        closing = b"</" + begin["tag"] + b">"
        end = body.find(closing, begin.end())
        if end < 0:
            return
        at = end + len(closing)
        yield body[begin.start() : at]


def _children(root: Any, name: str) -> list[Any]:
    return [node for node in root.iter() if isinstance(node.tag, str) and node.tag.rpartition("}")[2] == name]


def _text(root: Any, name: str) -> str:
    found = _children(root, name)
    return (found[0].text or "").strip() if found else ""


def _error(root: Any) -> str:
    found = [node for node in root if isinstance(node.tag, str) and node.tag.rpartition("}")[2] == "error"]
    return (found[0].get("code") or "unknown") if found else ""


def _records(snapshot: Snapshot) -> list[Any]:
    """Give a page's records. No records match: nothing is new, which is success. A refused token is no failure yet."""
    root = _answer(snapshot)
    code = _error(root)
    if code == "badResumptionToken" and snapshot.role.startswith("again"):
        raise UnreadableError(Cause.INCOMPLETE, "the repository refuses its own resumption tokens")
    if code and code not in ("noRecordsMatch", "badResumptionToken"):
        said = text.clean(_text(root, "error"), 160)
        raise UnreadableError(Cause.BAD_RECORD, f"the repository answers {text.clean(code, 40)}: {said}")
    return _children(root, "record")


def _read(snapshot: Snapshot, options: OaiOptions) -> Iterable[Finding]:
    found = aside(snapshot)
    if found is not None:
        return found
    records = ({"record": record} for record in _records(snapshot))
    return findings(snapshot, records, _finding)


def _finding(snapshot: Snapshot, held: dict[str, Any]) -> Finding | None:
    record = held["record"]
    header = next(iter(_children(record, "header")), None)
    key = text.clean(_text(header, "identifier"), 300) if header is not None else ""
    if header is None or not key:
        return None
    if header.get("status") == "deleted":
        return Finding(snapshot.source_id, key, Work(), role="deleted", withdrawn=True)
    metadata = next(iter(_children(record, "metadata")), None)
    if metadata is None:
        return None
    return Finding(snapshot.source_id, key, _dublincore.work_of(_dublincore.fields_of(metadata)), role="record")


def _tally(snapshot: Snapshot, options: OaiOptions) -> Tally | None:
    if not _ROLE.fullmatch(snapshot.role):
        return None
    root = _answer(snapshot)
    token = next(iter(_children(root, "resumptionToken")), None)
    hits = whole(token.get("completeListSize")) if token is not None else None
    asked = f"all records{f' of {options.set}' if options.set else ''}; kept when they name a core term"
    return tallied(asked, hits, snapshot, ({"record": record} for record in _children(root, "record")), _finding)


def _suits(url: str) -> Mapping[str, object] | None:
    """A community of Zenodo is a set of its OAI interface."""
    found = re.match(r"/(?:communities|collections?)/([\w-]+)", urlsplit(url).path)
    if found and text.host_of(url) == "zenodo.org":
        return {"url": "https://zenodo.org/oai2d", "set": f"user-{found[1]}"}
    return None


KIND = service(
    "oai",
    OaiOptions,
    _start,
    _follow,
    _read,
    _tally,
    accept="text/xml, application/xml",
    answers=frozenset({422}),  # Zenodo sends noRecordsMatch and badResumptionToken with this status
    suits=_suits,
    only_named=lambda options: not options.all_records,
)
