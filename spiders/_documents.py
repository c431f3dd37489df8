"""PDFs of works: what is asked for, and how their text is read out of the archive. Pure; the bytes were read by the crawl.

The crawl reads a PDF in a child process (`_crawl_pdf.py`) and archives its text: pages parted by form feeds (U+000C), so that a
search can name the page. The text is indexed and judged, never published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from observatory import text
from observatory.errors import UnreadableError
from observatory.model import Cause, Finding, PartialDate, Snapshot, Work
from spiders._records import date_of

DOCUMENT = "document"  # role of a work's PDF
PAGE_END = "\f"
FIELDS = "x-document-"  # headers under which the crawl notes what the file says of itself
MOST_TEXT = 2_000_000  # characters: 700 pages of a report; the index needs no more
TITLE_PAGES = 2  # where a report prints its date
# What programs write into a file's title when nobody gave one.
_NO_TITLE = re.compile(
    r"microsoft word|powerpoint|untitled|^document\d*$|\.(docx?|indd|pdf|pptx?|qxd)$|^[\W\d_]*$|^slide 1", re.IGNORECASE
)
_PRINTED = re.compile(r"(?:published|publication date|date|issued)\s*:\s*(.{4,20})", re.IGNORECASE)


def read_document(snapshot: Snapshot) -> Iterator[Finding]:
    """Read a document's text out of its snapshot.

    UnreadableError: NOT_PDF when what came was something else, EMPTY when its pages hold no text (scans).
    """
    if not snapshot.content_type.startswith("text/plain"):
        raise UnreadableError(Cause.NOT_PDF, "the answer isn't a PDF")
    raw = snapshot.body.decode("utf-8", "replace")[:MOST_TEXT].split(PAGE_END)
    pages = [text.clean(page) for page in raw]
    if not any(pages):
        raise UnreadableError(Cause.EMPTY, "the document holds no text that can be read")
    said = {
        name.lower().removeprefix(FIELDS): value for name, value in snapshot.headers if name.lower().startswith(FIELDS)
    }
    work = Work(title=_title(said), date=_printed_date(raw), pdf_url=snapshot.url, text=PAGE_END.join(pages))
    yield Finding(snapshot.source_id, snapshot.key, work, role=DOCUMENT)


def _title(said: dict[str, str]) -> str:
    title = text.clean(unquote(said.get("title", "")), 300)
    return "" if _NO_TITLE.search(title) or len(title.split()) < 2 else title


def _printed_date(pages: list[str]) -> PartialDate | None:
    """Give the date printed on the title pages: on a line of its own, or labelled; None when there are several.

    A file's own date of making is no date of publication.
    """
    lines = [text.clean(line) for page in pages[:TITLE_PAGES] for line in page.splitlines()[:200]]
    found = {day for line in lines if 4 <= len(line) <= 20 and (day := date_of(line)) and not line.isdigit()}
    found |= {day for line in lines if (match := _PRINTED.match(line)) and (day := date_of(match[1].strip(" .")))}
    return found.pop() if len(found) == 1 else None
