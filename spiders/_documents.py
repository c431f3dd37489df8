"""PDFs of works: what is asked for, and how their text is read out of the archive. Pure; the bytes were read by the crawl.

The crawl reads a PDF in a child process (`_crawl_pdf`) and archives its text: pages parted by form feeds (U+000C), so that a
search can name the page. The text is indexed and judged, never published.
"""

from __future__ import annotations

from collections.abc import Iterator

from observatory import text
from observatory.errors import UnreadableError
from observatory.model import Cause, Finding, Snapshot, Work
from spiders._records import date_of, language_of

DOCUMENT = "document"  # role of a work's PDF
PAGE_END = "\f"
FIELDS = "x-document-"  # headers under which the crawl notes what the file says of itself
MOST_TEXT = 2_000_000  # characters: 700 pages of a report; the index needs no more


def read_document(snapshot: Snapshot) -> Iterator[Finding]:
    """Read a document's text out of its snapshot.

    UnreadableError: NOT_PDF when what came was something else, EMPTY when its pages hold no text (scans).
    """
    if not snapshot.content_type.startswith("text/plain"):
        raise UnreadableError(Cause.NOT_PDF, "the answer isn't a PDF")
    pages = [text.clean(page) for page in snapshot.body.decode("utf-8", "replace")[:MOST_TEXT].split(PAGE_END)]
    if not any(pages):
        raise UnreadableError(Cause.EMPTY, "the document holds no text that can be read")
    said = {
        name.lower().removeprefix(FIELDS): value for name, value in snapshot.headers if name.lower().startswith(FIELDS)
    }
    work = Work(
        title=text.clean(said.get("title", ""), 300),
        date=date_of(said.get("date")),
        language=language_of(said.get("language")),
        pdf_url=snapshot.url,
        text=PAGE_END.join(pages),
    )
    yield Finding(snapshot.source_id, snapshot.key, work, role=DOCUMENT)
