"""PDFs on their way into the archive: read in a process of their own, kept as text. The only file that starts that process.

What is kept is the text (pages parted by form feeds), the file's digest and its own title; the bytes are not.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from observatory.errors import UnreadableError
from observatory.model import Cause
from spiders._documents import FIELDS, PAGE_END

SECONDS = 30.0
MOST_BYTES = 40_000_000
_WHY = {
    "password": "the PDF asks for a password",
    "broken": "the PDF is broken",
    "memory": "the PDF needs more memory than any report",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF as it is archived: its text, and what is noted of the file under headers of our own."""

    body: bytes
    headers: tuple[tuple[str, str], ...]

    content_type = "text/plain; charset=utf-8"


def is_pdf(body: bytes) -> bool:
    """Whether bytes begin as a PDF does; some servers put blanks or a mark before it."""
    return body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"%PDF-")


def read(body: bytes) -> Document:
    """Read a PDF in a child process; UnreadableError (NOT_PDF, TOO_LARGE, TIMEOUT) when nothing comes of it within the bounds."""
    if not is_pdf(body):
        raise UnreadableError(Cause.NOT_PDF, "the answer isn't a PDF")
    if len(body) > MOST_BYTES:
        raise UnreadableError(Cause.TOO_LARGE, f"more than {MOST_BYTES // 1_000_000} MB of PDF")
    said = _in_a_child(body)
    pages = said.get("pages")
    if not isinstance(pages, list):
        raise UnreadableError(Cause.NOT_PDF, _WHY.get(str(said.get("error")), "the PDF can't be read"))
    headers = {
        "sha256": hashlib.sha256(body).hexdigest(),
        "bytes": str(len(body)),
        "pages": str(said.get("of", "")),
        "title": quote(str(said.get("title", ""))),
    }
    text = PAGE_END.join(str(page) for page in pages)
    return Document(text.encode("utf-8", "replace"), tuple((FIELDS + name, value) for name, value in headers.items()))


def _in_a_child(body: bytes) -> dict[str, object]:
    worker = Path(__file__).with_name("_worker_pdf.py")
    try:
        # -I: neither the environment nor the current folder can change what the child imports; -S would hide the library.
        done = subprocess.run(
            [sys.executable, "-I", str(worker)], input=body, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError(Cause.TIMEOUT, f"the PDF could not be read within {SECONDS:g} s") from error
    if done.returncode != 0:  # it crashed, or a bound ended it
        raise UnreadableError(Cause.NOT_PDF, f"the PDF ended its reader (status {done.returncode})")
    try:
        said = json.loads(done.stdout)
    except ValueError as error:
        raise UnreadableError(Cause.NOT_PDF, "the PDF could not be read") from error
    return said if isinstance(said, dict) else {}
