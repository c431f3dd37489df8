"""Reads one PDF from standard input and writes its text as JSON: a script run in a process of its own, within bounds.

It imports nothing of the project: `_crawl_pdf.py` runs it by its path with an interpreter cut off from the environment.
"""

from __future__ import annotations

import json
import sys

MOST_PAGES = 600
MOST_TEXT = 2_000_000  # characters of all pages together
MEMORY = 1_500_000_000  # bytes of address space; a report of 300 pages with pictures needs less than 400 MB
CPU_SECONDS = 25


def main() -> int:
    """Bound this process, read, write."""
    _bound()
    body = sys.stdin.buffer.read()
    try:
        said = _read(body)
    except MemoryError:
        said = {"error": "memory"}
    json.dump(said, sys.stdout)
    return 0


def _bound() -> None:
    """Take away memory and time that no honest file needs; where the system knows no such bound, the parent's clock remains."""
    import resource

    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS
            continue


def _read(body: bytes) -> dict[str, object]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        return {"error": "password" if "password" in str(error).lower() else "broken"}
    pages: list[str] = []
    room = MOST_TEXT
    for number in range(min(len(document), MOST_PAGES)):
        said = _page(document, number)[:room]
        pages.append(said)
        room -= len(said)
        if room <= 0:
            break
    title = document.get_metadata_value("Title")
    return {"pages": pages, "of": len(document), "title": title[:500]}


def _page(document: object, number: int) -> str:
    """Read a page; one that is broken is an empty one, so that the numbers of the others stay right."""
    import pypdfium2

    try:
        page = document[number]  # type: ignore[index]
        text = page.get_textpage()
        said = str(text.get_text_bounded())
        text.close()
        page.close()
    except (pypdfium2.PdfiumError, ValueError):
        return ""
    return said.replace("\f", "\n")


if __name__ == "__main__":
    sys.exit(main())
