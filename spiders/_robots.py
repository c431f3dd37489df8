"""What a host allows: robots.txt (RFC 9309), reservations of text and data mining (TDMRep), noarchive. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from observatory import markup, text
from observatory.errors import UnreadableError

MOST_ROBOTS = 512_000  # bytes; RFC 9309, 2.5 asks for at least 500 KiB
MOST_DELAY = 60.0  # seconds; a longer Crawl-delay is kept as a day's portion by `max_seconds` anyway


Reserved = tuple[tuple[str, bool], ...]  # of tdmrep.json: (pattern, reserved), in the order of the file


@dataclass(frozen=True, slots=True)
class HostRules:
    """What one host says of being crawled. `refused` holds why nothing there may be asked, else ""."""

    robots: Protego | None = None
    agent: str = "*"
    refused: str = ""

    def allows(self, url: str) -> bool:
        """Whether robots.txt lets us ask for an address."""
        return self.robots is None or bool(self.robots.can_fetch(url, self.agent))

    @property
    def delay(self) -> float:
        """Crawl-delay in seconds, 0 when none is asked for."""
        said = self.robots.crawl_delay(self.agent) if self.robots else None
        return min(float(said or 0), MOST_DELAY)


def robots_of(status: int | None, body: bytes, agent: str) -> tuple[Protego | None, str]:
    """Read robots.txt: (rules or None where all is allowed, why nothing is allowed or "").

    RFC 9309, 2.3.1: a 4xx allows all, a 5xx forbids all.
    """
    if status is not None and status >= 500:
        return None, f"robots.txt answers {status}: keep away until it answers (RFC 9309)"
    if status != 200:
        return None, ""
    return Protego.parse(body[:MOST_ROBOTS].decode("utf-8", "replace").lstrip("\ufeff")), ""


def is_reserved(reserved: Reserved, url: str) -> bool:
    """Whether tdmrep.json reserves an address: the first pattern that matches decides (TDMRep, 5.2)."""
    path = urlsplit(url).path or "/"
    return next((is_so for pattern, is_so in reserved if text.fits_path(pattern, path)), False)


def reserved_of(status: int | None, body: bytes) -> Reserved:
    """Read /.well-known/tdmrep.json; what isn't one reserves nothing."""
    if status != 200:
        return ()
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    rows = [row for row in said if isinstance(row, dict)] if isinstance(said, list) else []
    return tuple((str(row.get("location", "/")), str(row.get("tdm-reservation")) == "1") for row in rows)


def is_reserved_page(headers: Mapping[str, str], content_type: str, body: bytes) -> bool:
    """Whether an answer asks, in header or head, not to be mined or archived. Names of headers are in small letters."""
    if headers.get("tdm-reservation", "").strip() == "1" or _says_noarchive(headers.get("x-robots-tag", "")):
        return True
    head = body[:100_000].lower()
    if b"tdm-reservation" not in head and b"noarchive" not in head:
        return False
    try:
        root = markup.html(body[:100_000], content_type)
    except UnreadableError:
        return False
    metas = [
        ((node.get("name") or "").strip().lower(), (node.get("content") or "").strip()) for node in root.iter("meta")
    ]
    return any(
        said == "1" if name == "tdm-reservation" else name == "robots" and _says_noarchive(said) for name, said in metas
    )


def _says_noarchive(said: str) -> bool:
    """Whether robots are asked not to keep a copy; `none` asks search engines only not to index and follow."""
    return "noarchive" in {part.strip().lower() for part in said.split(",")}
