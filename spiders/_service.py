"""What the kinds for services with an API share: safe reading of JSON, paging, windows of time. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from observatory import text
from observatory.errors import UnreadableError
from observatory.model import Cause, Memory, PartialDate, Request, Snapshot

MOST_JSON = 60_000_000  # bytes; a page of 200 records with abstracts and references has less than 3 MB
PAGE = "page"  # role of a further page; `page 300`: 300 records were asked for before it in this run
Parameters = Mapping[str, str | int | None]
_PAGE_ROLE = re.compile(rf"{PAGE} (\d{{1,9}})")


# ---------------------------------------------------------------- reading


def read_json(body: bytes) -> Any:
    """Read JSON whatever the content type said.

    UnreadableError: EMPTY, TOO_LARGE, INCOMPLETE (cut off in the middle), NOT_JSON (a page, an error in words …).
    """
    if not body.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise UnreadableError(Cause.EMPTY, "the answer is empty")
    if len(body) > MOST_JSON:
        raise UnreadableError(Cause.TOO_LARGE, f"more than {MOST_JSON // 1_000_000} MB of JSON")
    said = _decoded(body)
    try:
        return json.loads(said)
    except json.JSONDecodeError as error:
        if said.lstrip()[:1] in "{[" and _is_cut_off(said, error):
            raise UnreadableError(Cause.INCOMPLETE, "the JSON ends in the middle") from error
        raise UnreadableError(Cause.NOT_JSON, f"not JSON, it begins {text.clean(said[:80])!r}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets thousands deep
        raise UnreadableError(Cause.NOT_JSON, "not JSON that can be read") from error


def _decoded(body: bytes) -> str:
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace")


def _is_cut_off(said: str, error: json.JSONDecodeError) -> bool:
    """Whether the mistake is that the text ends: a string that never closes, or nothing where something should be."""
    return error.msg.startswith("Unterminated string") or error.pos >= len(said.rstrip()) - 1


def at(value: object, *path: str | int) -> Any:
    """Walk into parsed JSON; None where a step leads nowhere, whatever stands there."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None
    return value


def dicts(value: object) -> list[dict[str, Any]]:
    """Give the records of a list; nothing for `null`, text or a number where a list should be."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def whole(value: object) -> int | None:
    """Give a count written as a number or as digits; None when it is no count."""
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,12}", str(value)):
        return None
    return int(str(value))


def records_of(answer: object, *path: str | int) -> list[dict[str, Any]]:
    """Give the records in an answer's envelope; UnreadableError when the envelope itself isn't there.

    Services report errors with status 200 too: what they say goes into the message.
    """
    found = at(answer, *path)
    if isinstance(found, list):
        return [part if isinstance(part, dict) else {} for part in found]
    said = error_in(answer)
    where = ".".join(str(step) for step in path)
    if said:
        raise UnreadableError(Cause.BAD_RECORD, f"the service answers with an error: {said}")
    if isinstance(at(answer, *path[:-1]), dict) and found is None and path and path[-1] in at(answer, *path[:-1]):
        return []  # `null` where a list should be: no records
    raise UnreadableError(Cause.BAD_RECORD, f"the answer has no list of records at {where}")


def error_in(answer: object) -> str:
    """Give what an error document says; "" when it is none."""
    for key in ("error", "errors", "message", "detail", "title"):
        found = at(answer, key)
        if isinstance(found, list):
            found = found[0] if found else None
        if isinstance(found, dict):
            found = found.get("message") or found.get("msg") or found.get("reason")
        if isinstance(found, str) and found.strip():
            return text.clean(found, 200)
    return ""


# ---------------------------------------------------------------- addresses


def with_path(url: str, path: str) -> str:
    """Give a service's endpoint: an address without a path of its own is a host that stands in for the service."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=path)) if parts.path in ("", "/") else url


def with_query(url: str, said: Parameters, *, safe: str = "") -> str:
    """Set parameters of an address; None leaves one out or takes it away, the others stay as they are."""
    parts = urlsplit(url)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in said]
    new = [(key, str(value)) for key, value in said.items() if value is not None]
    query = urlencode(kept + new, quote_via=quote, safe=safe)
    return urlunsplit(parts._replace(path=parts.path or "/", query=query, fragment=""))


def parameter(url: str, name: str) -> str:
    """Give a parameter of an address; "" when it isn't there."""
    try:
        return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)).get(name, "")
    except ValueError:
        return ""


# ---------------------------------------------------------------- paging


def asked_before(snapshot: Snapshot) -> int:
    """Say how many records were asked for in this run before the page in a snapshot."""
    match = _PAGE_ROLE.fullmatch(snapshot.role)
    return int(match[1]) if match else 0


def page_role(records: int) -> str:
    """Name the role of a page before which so many records were asked for in this run."""
    return f"{PAGE} {records}"


def is_list(snapshot: Snapshot) -> bool:
    """Whether a snapshot is a page of results (and not a single record, a document or an answer about the service)."""
    return snapshot.role == "start" or snapshot.role.startswith(PAGE)


def further(snapshot: Snapshot, url: str | None, size: int) -> Iterator[Request]:
    """Ask for a further page, unless it is the page just read: a cursor that repeats must not turn in a circle."""
    if url and url != snapshot.url:
        yield Request(url, page_role(asked_before(snapshot) + size))


def by_number(snapshot: Snapshot, answer_total: int | None, got: int, name: str, size: int) -> Iterator[Request]:
    """Give the next page where pages have numbers from 1; a total that lies is not believed over an empty page."""
    number = whole(parameter(snapshot.url, name)) or 1
    if got and (answer_total is None or number * size < answer_total or got >= size):
        yield from further(snapshot, with_query(snapshot.url, {name: number + 1}), size)


def by_offset(snapshot: Snapshot, answer_total: int | None, got: int, name: str, size: int) -> Iterator[Request]:
    """Give the next page where pages are asked for by the number of records before them."""
    offset = whole(parameter(snapshot.url, name)) or 0
    if got and (answer_total is None or offset + got < answer_total or got >= size):
        yield from further(snapshot, with_query(snapshot.url, {name: offset + got}), size)


# ---------------------------------------------------------------- time


def is_resumed(memory: Memory) -> bool:
    """Whether the first harvest was broken off: what it left is asked again, so it must not begin anew."""
    return bool(memory.cursor) and not memory.complete and memory.last_success is None


def changed_since(memory: Memory, overlap_days: int, first: PartialDate | None) -> date | None:
    """Say since when a service is to be asked for changes: the last harvest less an overlap, else the first day wanted.

    Services put records into their index late and out of order; the overlap catches them. While a first harvest goes on over
    several runs, each asks for what is new since the last, besides the rest.
    """
    if memory.last_success and (memory.complete or memory.cursor):
        return memory.last_success.date() - timedelta(days=overlap_days)
    return first.first_day if first else None
