"""A page or PDF that a reader suggested: a kind of the program's own, for `suggest`. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pydantic import Field

from observatory import text
from observatory.errors import UnreadableError
from observatory.model import Cause, Finding, Memory, Request, Snapshot, Work
from spiders import _pages
from spiders._checked import Address
from spiders._documents import read_document
from spiders._kind import Kind, Options

WORDS = "suggested"  # the role of what a suggester wrote, beside the page's own
MOST_TITLE = 30  # words of a first line that stands for a title
WORDS_TYPE = "application/vnd.observatory.suggestion+json"


@dataclass(frozen=True, slots=True)
class Words:
    """What a suggester wrote of a page, and why the page itself could not be read ("" when it could)."""

    title: str = ""
    note: str = ""
    trouble: str = ""

    def __bool__(self) -> bool:
        return bool(self.title or self.note or self.trouble)

    def body(self) -> bytes:
        """Write them as the archive keeps them."""
        return json.dumps({"title": self.title, "note": self.note, "trouble": self.trouble}).encode()

    @classmethod
    def of(cls, body: bytes) -> Words:
        """Read them back. UnreadableError for anything else."""
        try:
            said = json.loads(body)
            return cls(*(str(said[name]) for name in ("title", "note", "trouble")))
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableError(Cause.BAD_RECORD, "no suggestion of ours") from error


class SuggestedOptions(Options):
    """Which address was suggested, and the token of who asked."""

    url: Address
    token: str = Field(pattern="^[0-9a-z-]{1,40}$")


def _start(options: SuggestedOptions, _memory: Memory) -> Iterable[Request]:
    yield Request(options.url, "item", key_of(options.url, options.token))


def key_of(url: str, token: str) -> str:
    """Name a suggestion: who asked (a token, never a name) and for what."""
    return _pages.key_from(f"{token} {text.canonical_url(url) or url}")


def _read(snapshot: Snapshot, _options: SuggestedOptions) -> Iterator[Finding]:
    if snapshot.role == WORDS:  # title and address only: what was written is for curators, not for readers
        title = Words.of(snapshot.body).title or snapshot.url.partition("://")[2].rstrip("/")
        yield Finding(snapshot.source_id, snapshot.key, Work(title=title, url=snapshot.url), role=WORDS)
        return
    yield _pages.item_page(snapshot)


def _document(snapshot: Snapshot) -> Iterator[Finding]:
    """Read a PDF that is all there is of its work: its title is the file's own, else its first line."""
    for finding in read_document(snapshot):
        work = finding.work
        lines = [line for line in map(text.clean, snapshot.body.decode("utf-8", "replace").splitlines()) if line]
        title = work.title or text.clip(lines[0], MOST_TITLE)
        yield replace(finding, work=replace(work, title=title, url=snapshot.final_url, pdf_url=snapshot.final_url))


KIND = Kind(name="_suggested", Options=SuggestedOptions, start=_start, read=_read, document=_document)
