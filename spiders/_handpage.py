"""A page that people keep by hand, read into its items: the heading above each, its title and link, its note. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from observatory import markup, text
from observatory.model import EntryKind, PartialDate, Work
from spiders import _pages
from spiders.page import HEADS, OUTSIDE, REFERENCE, SHARING, kind_said_by, named

SHORT = 6  # characters; a shorter title names nothing
MOST_ITEMS = 2_000
MOST_NOTE = 90  # words
_BLOCKS = ("li", "p", "dd", "td")
_YEAR = re.compile(r"\((?:[^()]{0,12}\s)?((?:19|20)\d\d)\)|\b((?:19|20)\d\d)\.?$")


@dataclass(frozen=True, slots=True)
class HandItem:
    """An item of a hand-kept page, in its order. `section` is the heading above it, `note` what else its line says."""

    section: str
    work: Work
    note: str


def items(root: markup.Node, url: str) -> list[HandItem]:
    """Read a page's items in order; each address once."""
    base, seen = markup.base_of(root, url), {text.canonical_url(url)}
    found: list[HandItem] = []
    region = (markup.select(root, "main, [role=main], #content, article") or [root])[0]
    section, kind = "", None
    for node in region.iter():
        if node.tag in HEADS:
            head = markup.text_of(node)
            section, kind = head, kind_said_by(head) or (None if node.tag in ("h1", "h2") else kind)
        elif node.tag in _BLOCKS and len(found) < MOST_ITEMS:
            for item in _of_block(node, base, section, kind):
                address = text.canonical_url(item.work.url or "")
                if address not in seen:
                    seen.add(address)
                    found.append(item)
    return found


def _of_block(block: markup.Node, base: str, section: str, kind: EntryKind | None) -> Iterator[HandItem]:
    """Read one block; blocks that hold others are read there, and what stands outside the text is none."""
    if any(up.tag in OUTSIDE for up in block.iterancestors()) or any(
        n.tag in _BLOCKS for n in block.iter() if n is not block
    ):
        return
    links = [(node, address) for node in block.iter("a") if (address := markup.address(node, base))]
    links = [(node, address) for node, address in links if not SHARING.search(text.host_of(address))]
    for node, address in (
        links[:1] if len(links) < 3 else links
    ):  # "title (PDF)" is one item, a paragraph of links is many
        yield from _item(node, address, block, section, kind)


def _item(
    link: markup.Node, address: str, block: markup.Node, section: str, kind: EntryKind | None
) -> Iterator[HandItem]:
    title, around = named(link)
    if len(title) < SHORT:
        return
    said = " ".join(markup.blocks_of(block)) or around
    note = text.clean(said.replace(markup.text_of(link), " ", 1)).strip(" .,;:–—-")
    reference, year = REFERENCE.fullmatch(title), _YEAR.search(said)
    day = _pages.date_in(text.clean(note, 300))
    if reference:
        day, title, note = day or PartialDate(int(reference[1])), reference[2], ""
    elif day is None and year:
        day = PartialDate(int(year[1] or year[2]))
    pdf = address if _pages.is_pdf(address) else None
    work = Work(title=text.clean(title, 300), url=address, pdf_url=pdf, doi=text.doi(address), kind=kind, date=day)
    yield HandItem(section, work, text.clip(note, MOST_NOTE) if len(note) > SHORT else "")
