"""The conductor of suggestions: one page or PDF is fetched, read and queued for a curator. Keeps no names of who asked."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from observatory import text
from observatory.config import source_from_row
from observatory.errors import NotFound, UsageError
from observatory.files import write_whole
from observatory.forgotten import address_names
from observatory.model import SUGGESTIONS, Entry, Job, Memory, Outcome, Visit

if TYPE_CHECKING:
    from observatory.app import Observatory

MOST_MAIL = 2_000_000  # bytes of a mail that are read
_URL = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested, and by whom; the name goes no further than the token that is made of it."""

    url: str
    asker: str = ""
    is_typed: bool = True  # by a curator, and not read out of somebody's mail


@dataclass(frozen=True, slots=True)
class Suggested:
    """What came of a suggestion: its entry when it could be read, else why not."""

    url: str
    token: str
    entry: Entry | None
    known: bool  # it was in the catalogue before
    trouble: str = ""


def from_mail(body: bytes, asker: str = "") -> Suggestion:
    """Read a suggestion out of a mail (.eml) or plain text: the address after "Address:", else the first one in it."""
    message = message_from_bytes(body[:MOST_MAIL], policy=policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain", "html")) if message.keys() else None
    try:
        said = str(part.get_content()) if part else body[:MOST_MAIL].decode("utf-8", "replace")
    except (LookupError, ValueError):  # a character set that nobody knows
        said = body[:MOST_MAIL].decode("utf-8", "replace")
    lines = [line for line in said.splitlines() if re.match(r"\s*(address|url|link)\s*:", line, re.IGNORECASE)]
    found = [match.rstrip(".,;)") for match in _URL.findall("\n".join([*lines, said]))]
    url = next((safe for each in found if (safe := text.safe_url(each))), None)
    if url is None:
        raise UsageError("this mail names no web address; write `Address: https://…` on a line of its own")
    return Suggestion(url, asker or str(message.get("From", "")), is_typed=False)


def suggest(observatory: Observatory, suggestion: Suggestion) -> Suggested:
    """Fetch and read what is suggested, and let it wait for a curator; what is known already is only told.

    UsageError for what is no web address. A page that can't be read is not queued: its trouble is told.
    """
    from observatory.catalogue import archive
    from observatory.harvest import harvest
    from spiders._resolver import is_private_host
    from spiders._suggested import key_of

    url = text.safe_url(suggestion.url.strip())
    if url is None:
        raise UsageError(f"{suggestion.url!r} is no web address such as https://www.example.org/report")
    if not suggestion.is_typed and is_private_host(text.host_of(url).rpartition(":")[0] or text.host_of(url)):
        raise UsageError(f"{url} is a private address; type it yourself if it is meant")
    if observatory.config.forgotten.holds(address_names(url)):
        raise UsageError("this address was erased on request (curation/forgotten.yaml); it is never asked again")
    token = _token(observatory.data / "suggest.key", suggestion.asker)
    if entry := observatory.store.entry(url):
        return Suggested(url, token, entry, known=True)
    row = {"id": SUGGESTIONS, "kind": "_suggested", "name": "Suggestions of readers", "url": url, "token": token}
    source = source_from_row(json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    with observatory._writing("suggest"):
        config = observatory.config
        written = harvest(
            [Job(source, Memory())],
            observatory.archive,
            config.crawl,
            observatory.now,
            config.vocabulary,
            observatory._progress,
        )
        observatory._ingest(again=False)
        observatory._index()
    visits = [r for _ref, r in archive.records(written) if isinstance(r, Visit)] if written else []
    failed = next((visit for visit in visits if visit.outcome is not Outcome.OK), None)
    entry = next(iter(observatory.store.entries_of([f"{SUGGESTIONS}#{key_of(url, token)}"])), None)
    trouble = f"{failed.cause}: {failed.detail}" if failed and entry is None else ""
    if entry is None and not trouble:
        raise NotFound(f"{url} could be fetched and holds nothing that can be catalogued")
    return Suggested(url, token, entry, known=False, trouble=trouble)


def _token(path: Path, asker: str) -> str:
    """Make the token of who asks: the same for the same person, telling nobody who it is. Its key stays in the data folder."""
    bracketed = re.findall(r"<([^<>]+)>", asker)
    name = text.fold(bracketed[-1] if bracketed else asker)
    if not name:
        return "anonymous"
    if not path.exists():
        write_whole(path, secrets.token_hex(16).encode(), "suggest-key")
    return hmac.new(path.read_bytes(), name.encode(), hashlib.sha256).hexdigest()[:10]
