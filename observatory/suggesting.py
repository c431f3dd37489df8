"""The conductor of suggestions: one page or PDF is fetched, read and queued for a curator. Keeps no names of who asked.

What can't be fetched is queued too, with the cause and what the suggester wrote: a curator may know better.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from observatory import text
from observatory.catalogue import archive
from observatory.config import source_from_row
from observatory.errors import UsageError
from observatory.files import write_whole
from observatory.forgotten import address_names
from observatory.model import (
    SUGGESTIONS,
    ArchiveRecord,
    Entry,
    HarvestEnd,
    Job,
    Memory,
    Outcome,
    Snapshot,
    Source,
    SourceRow,
    Visit,
)
from spiders._suggested import WORDS, WORDS_TYPE, Words, key_of

if TYPE_CHECKING:
    from observatory.app import Observatory
    from observatory.questions import Questions

MOST_MAIL = 2_000_000  # bytes of a mail that are read
MOST_NOTE = 1500  # characters of what a suggester wrote that are kept
_URL = re.compile(r"https?://[^\s<>\"']+")
_LABEL = re.compile(r"\s*([^\W\d_][\w ]{1,30}):(?!//)[ \t]*(.*)")
_TITLE = re.compile(r"\s*title\s*:[ \t]*(\S.*)", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*(address|url|link)\s*:", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested, and by whom; the name goes no further than the token that is made of it."""

    url: str
    asker: str = ""
    is_typed: bool = True  # by a curator, and not read out of somebody's mail
    title: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Suggested:
    """What came of a suggestion: its entry, and why its page could not be read."""

    url: str
    token: str
    entry: Entry
    known: bool  # it was in the catalogue before
    trouble: str = ""


def from_mail(body: bytes, asker: str = "") -> Suggestion:
    """Read a suggestion out of a mail (.eml) or plain text: the address after "Address:", else the first one in it.

    Title and note are what stands after labels (`Title:`, `Why it belongs here:` …, as the mail of /suggest/ has them); names and
    mail addresses are left out of them.
    """
    message = message_from_bytes(body[:MOST_MAIL], policy=policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain", "html")) if message.keys() else None
    try:
        said = str(part.get_content()) if part else body[:MOST_MAIL].decode("utf-8", "replace")
    except (LookupError, ValueError):  # a character set that nobody knows
        said = body[:MOST_MAIL].decode("utf-8", "replace")
    found = [
        match.rstrip(".,;)") for match in _URL.findall("\n".join([*filter(_ADDRESS.match, said.splitlines()), said]))
    ]
    url = next((safe for each in found if (safe := text.safe_url(each))), None)
    if url is None:
        raise UsageError("this mail names no web address; write `Address: https://…` on a line of its own")
    who = asker or str(message.get("From", ""))
    title = next((match[1] for line in said.splitlines() if (match := _TITLE.match(line))), "")
    return Suggestion(url, who, False, _unnamed(title, who, 300), _unnamed(_note(said), who, MOST_NOTE))


def _note(said: str) -> str:
    """Join what stands after labels other than title and address, with the lines that follow up to a blank one."""
    kept: list[str] = []
    goes_on = False
    for line in said.splitlines():
        label = _LABEL.match(line)
        if label:
            goes_on = bool(label[2].strip()) and not _TITLE.match(line) and not _ADDRESS.match(line)
            kept += [f"{label[1]}: {label[2].strip()}"] if goes_on else []
        elif goes_on and line.strip() and not line.startswith("--"):
            kept[-1] += f" {line.strip()}"
        else:
            goes_on = False
    return " · ".join(kept)


def _unnamed(said: str, who: str, most: int) -> str:
    """Take out of a text who wrote it, and mail addresses; names go into no archive."""
    said = _MAIL.sub("…", text.clean(said, most))
    for name in (re.sub(r"<[^<>]*>", "", who).strip(" \"'"), *_MAIL.findall(who)):
        said = re.sub(re.escape(name), "…", said, flags=re.IGNORECASE) if name else said
    return said


def suggest(observatory: Observatory, suggestion: Suggestion) -> Suggested:
    """Fetch and read what is suggested, and let it wait for a curator; what is known already is only told.

    A page that can't be read waits too, with its trouble, and is fetched again when it is suggested again. UsageError for what is
    no web address, a stranger's private one, or one that was erased on request.
    """
    url = _address(observatory, suggestion)
    token = _token(observatory.data / "suggest.key", suggestion.asker)
    if (entry := observatory.store.entry(url)) and not words_of(observatory, entry).trouble:
        return Suggested(url, token, entry, known=True)
    with observatory.writing("suggest"):
        trouble = _fetch(observatory, url, token, suggestion)
        observatory.ingest()
        observatory.index()
        if not trouble and not _is_read(observatory, url, token):
            trouble = "it could be fetched and holds nothing that can be catalogued"
            _keep(observatory, url, token, Words(suggestion.title, suggestion.note, trouble))
            observatory.ingest()
            observatory.index()
    (entry,) = observatory.store.entries_of([_ref(url, token)])
    return Suggested(url, token, entry, known=False, trouble=trouble)


def words_of(observatory: Questions, entry: Entry) -> Words:
    """Give what the suggester of an entry wrote, and why its page could not be read; nothing once it could."""
    refs = [f"{p.source_id}#{p.key}" for p in entry.provenances if p.source_id == SUGGESTIONS]
    for item in observatory.store.items(refs):
        view = next((view for view in item.views if view.finding.role == WORDS), None)
        kept = archive.snapshot(observatory.archive, view.snapshot) if view else None
        if kept:
            words = Words.of(kept.body)
            return replace(words, trouble="") if len(item.views) > 1 else words
    return Words()


def because(observatory: Questions, entry: Entry) -> str:
    """Say of what a reader suggested by which token, in which words and why its page could not be read; "" for all else."""
    asked = next((p.key.partition(" ")[0] for p in entry.provenances if p.source_id == SUGGESTIONS), None)
    if asked is None:
        return ""
    words = words_of(observatory, entry)
    trouble = f"; its page could not be read ({words.trouble})" if words.trouble else ""
    return f"a reader suggested it ({asked})" + trouble + (f"; they wrote “{words.note}”" if words.note else "")


def _address(observatory: Observatory, suggestion: Suggestion) -> str:
    from spiders._resolver import is_private_host

    url = text.safe_url(suggestion.url.strip())
    if url is None:
        raise UsageError(f"{suggestion.url!r} is no web address such as https://www.example.org/report")
    if not suggestion.is_typed and is_private_host(text.host_of(url).rpartition(":")[0] or text.host_of(url)):
        raise UsageError(f"{url} is a private address; type it yourself if it is meant")
    if observatory.config.forgotten.holds(address_names(url)):
        raise UsageError("this address was erased on request (curation/forgotten.yaml); it is never asked again")
    return url


def _fetch(observatory: Observatory, url: str, token: str, suggestion: Suggestion) -> str:
    """Ask for a page and archive what it answers, with what the suggester wrote; returns why there was no answer."""
    from observatory.harvest import harvest

    config = observatory.config
    job = Job(_source(url, token), Memory())
    settings, known = config.crawl, config.forgotten
    written = harvest(
        [job],
        observatory.archive,
        settings,
        observatory.now,
        config.vocabulary,
        observatory.progress,
        forgotten=known,
    )
    records = [record for _ref, record in archive.records(written)] if written else []
    visits = [record for record in records if isinstance(record, Visit) and record.outcome is not Outcome.OK]
    has_answer = any(isinstance(record, Snapshot) for record in records)
    trouble = "" if has_answer else _said(visits, records)
    if words := Words(suggestion.title, suggestion.note, trouble):
        _keep(observatory, url, token, words)
    return trouble


def _said(visits: Sequence[Visit], records: Sequence[ArchiveRecord]) -> str:
    """Say why nothing was answered: as the visit or the harvest says."""
    told: list[Visit | HarvestEnd] = [*visits, *(record for record in records if isinstance(record, HarvestEnd))]
    first = next((each for each in told if each.cause), None)
    return ": ".join(filter(None, (first.cause, first.detail))) if first else "no answer"


def _keep(observatory: Observatory, url: str, token: str, words: Words) -> None:
    """Archive what a suggester wrote, after the answer of the page: the page's own title gives the entry its id."""
    source, now = _source(url, token), observatory.now
    with archive.Writer.begin(observatory.archive, now) as writer:
        writer.source(SourceRow(source.id, now, source.row))
        writer.response(
            Snapshot("", source.id, url, url, now, 200, WORDS_TYPE, words.body(), WORDS, key_of(url, token))
        )


def _source(url: str, token: str) -> Source:
    row = {"id": SUGGESTIONS, "kind": "_suggested", "name": "Suggestions of readers", "url": url, "token": token}
    return source_from_row(json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def _ref(url: str, token: str) -> str:
    return f"{SUGGESTIONS}#{key_of(url, token)}"


def _is_read(observatory: Observatory, url: str, token: str) -> bool:
    items = observatory.store.items([_ref(url, token)])
    return any(view.finding.role != WORDS for item in items for view in item.views)


def _token(path: Path, asker: str) -> str:
    """Make the token of who asks: the same for the same person, telling nobody who it is. Its key stays in the data folder."""
    bracketed = re.findall(r"<([^<>]+)>", asker)
    name = text.fold(bracketed[-1] if bracketed else asker)
    if not name:
        return "anonymous"
    if not path.exists():
        write_whole(path, secrets.token_hex(16).encode(), "suggest-key")
    return hmac.new(path.read_bytes(), name.encode(), hashlib.sha256).hexdigest()[:10]
