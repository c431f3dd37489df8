"""Bytes from outside → safe trees, and text out of trees. The only file that knows lxml: no entities, no network, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import lxml.etree
import lxml.html
from lxml.cssselect import CSSSelector
from w3lib.encoding import html_to_unicode

from observatory import text
from observatory.errors import UnreadableError
from observatory.model import Cause

Node = Any  # an lxml element: lxml ships no types
# What libraries raise that read trees of pages; a page in which they stumble is read without them.
TREE_ERRORS = (lxml.etree.LxmlError, ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError)

MOST_HTML = 5_000_000  # bytes; a longer page is cut: its head and first parts say what it is
MOST_XML = 60_000_000  # bytes; the largest sitemap allowed by sitemaps.org is 50 MB
MOST_DEPTH = 250  # nested elements; deeper trees exhaust recursive readers (trafilatura, extruct)
# What may precede the type of a document, and that type as far as its "[" or ">"; no part can be read in two ways.
_PROLOG = re.compile(rb"(?:\s++|<\?(?>.*?\?>)|<!--(?>.*?-->))*+", re.DOTALL)
_MARKS = b"\xef\xbb\xbf\xff\xfe"
_ELEMENT = re.compile(rb"<\w")
_DOCTYPE = re.compile(rb"<!DOCTYPE(?:[^>\[\"']|\"[^\"]*\"|'[^']*')*+(.?)", re.IGNORECASE | re.DOTALL)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "math", "iframe", "object", "head", "title"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)


def decode(body: bytes, content_type: str = "") -> str:
    """Decode HTML as browsers do: byte order mark, header, meta, else UTF-8, else Windows-1252 (WHATWG encoding sniffing)."""
    _encoding, said = html_to_unicode(content_type, body[:MOST_HTML], default_encoding="utf-8", auto_detect_fun=_guess)
    return said.replace("\x00", "")


def _guess(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if error.end >= len(body) - 3 else "cp1252"  # a cut may split the last letter
    return "utf-8"


def html(body: bytes, content_type: str = "") -> Node:
    """Read a page into a tree. UnreadableError(EMPTY) when there is nothing in it, NOT_HTML when it is something else."""
    if not body.strip(b"\x00 \t\r\n\x0b\x0c\xef\xbb\xbf"):
        raise UnreadableError(Cause.EMPTY, "the answer is empty")
    if body[:5] == b"%PDF-" or body[:4] in (b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff\xe0"):
        raise UnreadableError(Cause.NOT_HTML, "the answer is a file, not a page")
    return tree(decode(body, content_type))


def tree(said: str) -> Node:
    """Read decoded HTML into a tree; whatever it is, something comes of it, or UnreadableError(NOT_HTML)."""
    parser = lxml.html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, recover=True)
    prepared = re.sub(r"^\s*<\?xml[^>]*\?>", "", said[:MOST_HTML]).encode("utf-8", "replace")
    try:
        parser = lxml.html.HTMLParser(
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            huge_tree=False,
            recover=True,
            encoding="utf-8",
        )
        root = lxml.html.document_fromstring(prepared, parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableError(Cause.NOT_HTML, "no page could be read out of the answer") from error
    _prune(root)
    return root


def _prune(root: Node) -> None:
    """Cut what is nested deeper than any page that people write."""
    level = [root]
    for _depth in range(MOST_DEPTH):
        level = [child for node in level for child in node]
        if not level:
            return
    for node in level:
        node.clear()


def xml(body: bytes) -> Node:
    """Read XML into a tree without resolving anything.

    UnreadableError: EMPTY, TOO_LARGE, UNSAFE_XML (entities or an internal DTD: bombs, files of this machine), NOT_XML.
    """
    stripped = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not stripped:
        raise UnreadableError(Cause.EMPTY, "the answer is empty")
    if len(body) > MOST_XML:
        raise UnreadableError(Cause.TOO_LARGE, f"more than {MOST_XML // 1_000_000} MB of XML")
    check_xml(stripped)
    parser = lxml.etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        return lxml.etree.fromstring(stripped, parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise UnreadableError(Cause.NOT_XML, f"not well-formed XML: {text.clean(str(error), 120)}") from error


def check_xml(body: bytes) -> None:
    """Refuse XML that could declare entities: that has a document type of its own, in wide letters too."""
    said = (body.replace(b"\x00", b"") if b"\x00" in body[:4] else body).lstrip(_MARKS)
    prolog = _PROLOG.match(said)
    declared = _DOCTYPE.match(said, prolog.end() if prolog else 0)
    # Lenient readers take entities from anything that precedes the first element, rubbish too.
    first = _ELEMENT.search(said)
    if (declared and declared[1] != b">") or b"<!entity" in said[: first.start() if first else None].lower():
        raise UnreadableError(Cause.UNSAFE_XML, "the XML declares entities; refused")


def select(node: Node, css: str) -> list[Node]:
    """Find the elements that a CSS selector names, in the order of the page. ValueError when it is no selector."""
    return list(_selector(css)(node))


def check_selector(css: str) -> str:
    """Give a CSS selector back, or a ValueError that a curator understands."""
    _selector(css)
    return css


def _selector(css: str) -> CSSSelector:
    from cssselect import SelectorError

    try:
        return CSSSelector(css, translator="html")
    except (SelectorError, lxml.etree.XPathError) as error:
        raise ValueError(f"{css!r} isn't a CSS selector: {text.clean(str(error), 120)}") from error


def text_of(node: Node) -> str:
    """Give the text that a reader sees in an element, in one line."""
    return text.clean(" ".join(_pieces(node)))


def blocks_of(node: Node) -> Iterator[str]:
    """Give the text of an element block by block (paragraphs, headings, list items, cells), empty ones left out."""
    held: list[str] = []
    for piece in _pieces(node):
        if piece == "\n":
            if said := text.clean("".join(held)):
                yield said
            held = []
        else:
            held.append(piece)
    if said := text.clean("".join(held)):
        yield said


def _pieces(node: Node) -> Iterator[str]:
    """Walk an element: pieces of text, and "\\n" where a block begins or ends. Iterative: pages may be deep."""
    stack: list[tuple[Node, bool]] = [(node, False)]
    while stack:
        here, is_left = stack.pop()
        if is_left:
            if here.tag in _BLOCKS:
                yield "\n"
            if here is not node and here.tail:
                yield here.tail
            continue
        stack.append((here, True))
        if not isinstance(here.tag, str) or (here.tag in _UNSEEN and here is not node):
            continue
        if here.tag in _BLOCKS:
            yield "\n"
        if here.text:
            yield here.text
        stack += [(child, False) for child in reversed(here)]


def plain(said: str) -> str:
    """Give the text of a fragment of HTML (a feed's description, JATS, a title with markup) in one line."""
    if "<" not in said and "&" not in said:
        return text.clean(said)
    try:
        return text_of(tree(f"<div>{said}</div>"))
    except UnreadableError:
        return text.clean(re.sub(r"<[^<>]*>", " ", said))


def prose(said: str) -> str:
    """Give the text of a fragment of HTML that people wrote, in one line: bold or linked words are parted from nothing."""
    if "<" not in said and "&" not in said:
        return text.clean(said)
    try:
        return " ".join(blocks_of(tree(f"<div>{said}</div>")))
    except UnreadableError:
        return plain(said)


def address(node: Node, base: str, attribute: str = "href") -> str | None:
    """Give the tidy absolute address in an element's attribute; None when it isn't one that may be asked for."""
    said = (node.get(attribute) or "").strip()
    if not said or said.startswith("#"):
        return None
    try:
        return text.tidy_url(urljoin(base, said))
    except ValueError:
        return None


def base_of(root: Node, url: str) -> str:
    """Give the address against which a page's links are meant (`<base href>`; on the Commission's pages it is "/")."""
    found = root.find(".//base[@href]")
    try:
        return urljoin(url, found.get("href").strip()) if found is not None else url
    except ValueError:
        return url
