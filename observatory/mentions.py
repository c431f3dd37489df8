"""How a work is named in other texts: by address, id or title, in the ways that HTML, XML, JSON and URLs write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from observatory import text

WITHDRAWN = "withdrawn"  # what takes the place of a title or id
ADDRESS = "https://withdrawn.invalid/"  # of an address: well-formed, and leads nowhere (RFC 2606)
SHORTEST_TITLE = 3  # words: a shorter one ("Micro-credentials") names any number of works
SHORTEST_KEY = 12  # characters of an id or record number, for the same reason
SHORTEST_PATH = 9  # characters of a path that names a page on its own host
_AND = r"(?:&(?:amp;|#38;|#x26;)?|\\u0026|%26)"
_SLASH = r"(?:\\?/|%2[Ff])"
_OTHER = r"\?(?!utm_|fbclid|gclid)"  # a query makes another page, but for what only tracks readers
_GAP = r"(?:<[^<>]{0,200}>|&(?:#?\w{1,8});|\\[nrtu][0-9a-f]{0,4}|&|[^\w<>&\\])+"


@dataclass(frozen=True, slots=True)
class Mentions:
    """Patterns over text (and bytes as UTF-8): of addresses, of paths on their own hosts, and of titles."""

    addresses: re.Pattern[str] | None
    names: re.Pattern[str] | None
    titles: re.Pattern[str] | None
    paths: tuple[tuple[str, re.Pattern[str]], ...]

    @classmethod
    def of(cls, urls: Iterable[str], names: Iterable[str], titles: Iterable[str]) -> Mentions:
        """Make the patterns of a work's addresses, of its ids and record names, and of its titles."""
        split = [urlsplit(url) for url in sorted(urls)]
        keys = sorted({name for name in names if len(name) >= SHORTEST_KEY and "://" not in name})
        said = [words for title in sorted(titles) if len(words := re.findall(r"\w+", title)) >= SHORTEST_TITLE]
        paths = [(text.host_of(p.geturl()), _any([_end(_path(p.path, p.query))])) for p in split if _is_long(p.path)]
        return cls(
            _any(
                _end(rf"(?:https?:)?{_SLASH}{_SLASH}(?:www\.)?{_host(p.netloc)}{_path(p.path, p.query)}") for p in split
            ),
            _any(rf"(?<![\w-]){re.escape(key)}(?![\w-])" for key in keys),
            _any(rf"\b{_GAP.join(map(_word, words))}\b" for words in said),
            tuple((host, pattern) for host, pattern in paths if pattern),
        )

    def in_text(self, said: str) -> bool:
        """Whether a curator's line names the work by address or id."""
        return any(pattern.search(said) for pattern in (self.addresses, self.names) if pattern)

    def is_in(self, body: bytes) -> bool:
        """Whether bytes name the work by address, id or title."""
        said = _decoded(body)
        return self.in_text(said) or bool(self.titles and self.titles.search(said))

    def in_bytes(self, body: bytes, url: str) -> bool:
        """Whether an answer from `url` names the work by address or id, on its own host by the path alone."""
        said = _decoded(body)
        return self.in_text(said) or any(pattern.search(said) for pattern in self._paths_on(url))

    def without(self, said: str) -> str:
        """Take every mention out of a text."""
        for pattern, instead in ((self.addresses, ADDRESS), (self.names, WITHDRAWN), (self.titles, WITHDRAWN)):
            said = pattern.sub(instead, said) if pattern else said
        return said

    def without_bytes(self, body: bytes, url: str) -> bytes:
        """Take every mention out of an answer from `url`; bytes that are no UTF-8 stay as they are."""
        said = self.without(_decoded(body))
        for pattern in self._paths_on(url):
            said = pattern.sub(ADDRESS, said)
        return said.encode("utf-8", "surrogateescape")

    def _paths_on(self, url: str) -> list[re.Pattern[str]]:
        return [pattern for host, pattern in self.paths if host == text.host_of(url)]


def _decoded(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")


def _any(patterns: Iterable[str]) -> re.Pattern[str] | None:
    found = list(patterns)
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def _is_long(path: str) -> bool:
    return len(path) >= SHORTEST_PATH


def _host(netloc: str) -> str:
    return re.escape(netloc.lower().removeprefix("www."))


def _path(path: str, query: str) -> str:
    """Write a path so that a last slash does not count, nor how slashes and ampersands are written."""
    made = "".join(_SLASH if c == "/" else re.escape(c) for c in path.rstrip("/"))
    return made + (rf"{_SLASH}?\?" + _AND.join(map(re.escape, query.split("&"))) if query else "")


def _end(pattern: str) -> str:
    """Let an address end where it ends: one that goes on is another's."""
    return rf"{pattern}(?:{_SLASH}(?![\w%~-]|{_OTHER})|(?![\w/%~\\-]|\.\w|{_OTHER}))"


def _word(word: str) -> str:
    """Write a word so that letters beyond ASCII may stand as entities or escapes."""
    return "".join(c if c.isascii() else rf"(?:{re.escape(c)}|&#?\w{{1,8}};|\\u[0-9a-fA-F]{{4}}|.)" for c in word)
