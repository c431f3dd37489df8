"""One watched page: its text is kept and compared, and its outgoing links are candidates, kinds by the headings above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pydantic import Field

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import Cause, EntryKind, Finding, Memory, PartialDate, Request, Snapshot, Work
from spiders import _pages
from spiders._checked import Address
from spiders._kind import Kind, Options
from spiders.listing import Pattern, Selector

MOST_LINKS = 1_000
MOST_AROUND = 5_000  # characters; a longer block is no line that tells of its link
SHORT = 12  # characters; shorter link texts name nothing
OUTSIDE = frozenset({"nav", "footer", "header", "aside", "form"})
HEADS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary")
_BLOCKS = frozenset({"li", "p", "dd", "td", "tr", "div", "section"})
# Words of headings that say what stands under them, in the order in which they count.
_KINDS = (
    (EntryKind.EVENT, re.compile(r"event|conference|webinar|seminar|workshop|peer learning", re.IGNORECASE)),
    (EntryKind.POLICY, re.compile(r"polic(y|ies)|legislation|recommendation|regulation|law\b", re.IGNORECASE)),
    (EntryKind.REPORT, re.compile(r"report|output|deliverable|publication|stud(y|ies)|survey", re.IGNORECASE)),
    (EntryKind.GUIDE, re.compile(r"guide|guideline|toolkit|handbook", re.IGNORECASE)),
    (EntryKind.ARTICLE, re.compile(r"reading|article|research|paper|literature|journal", re.IGNORECASE)),
    (EntryKind.BOOK, re.compile(r"\bbooks?\b", re.IGNORECASE)),
    (EntryKind.PROJECT, re.compile(r"project|initiative|network", re.IGNORECASE)),
    (EntryKind.NEWS, re.compile(r"news|blog|press|announcement", re.IGNORECASE)),
    (EntryKind.MEDIA, re.compile(r"video|podcast|recording|presentation", re.IGNORECASE)),
)
_NAMELESS = re.compile(
    r"(click )?here|(read|find out|learn|see) more.*|more( information| info)?|download.*|link|website|web ?site|pdf|view|"
    r"available here|open|full text|this (link|page)|access.*",
    re.IGNORECASE,
)
# "Oliver (2022). Towards a common definition of micro-credentials. UNESCO": a reference, its title between year and next stop.
REFERENCE = re.compile(r"[^()]{3,200}\(((?:19|20)\d\d)[a-z]?\)[.,:]?\s+([^.?!]{10,300}[?!]?)(?:[.]\s.*|[.]?$)")
SHARING = re.compile(
    r"(facebook|twitter|x|linkedin|instagram|youtube|whatsapp|bsky|t|pinterest|reddit|mastodon)\.(com|app|me|social)$|^api\.whatsapp"
)


class PageOptions(Options):
    """Which page is watched, and which part of it."""

    url: Address
    select: Selector | None = Field(default=None, description="The part that counts; its main part unless given.")
    links: bool = Field(default=True, description="Take its outgoing links as candidates.")
    pattern: Pattern | None = Field(default=None, description="Only links whose address matches.")
    follow: bool = Field(default=False, description="Fetch the pages of wanted links.")


def _start(options: PageOptions, _memory: Memory) -> Iterable[Request]:
    yield Request(options.url)


def _read(snapshot: Snapshot, options: PageOptions) -> Iterator[Finding]:
    if snapshot.role == "item":
        yield _pages.item_page(snapshot)
        return
    root = markup.html(snapshot.body, snapshot.content_type)
    region = _region(root, options)
    watched = _pages.item_page(snapshot)
    said = "\n".join(block for block in markup.blocks_of(region) if not _pages.is_noise(block))
    yield replace(watched, key=_key(snapshot.url), work=replace(watched.work, text=said or None))
    if options.links:
        yield from _links(root, region, snapshot, options)


def _region(root: markup.Node, options: PageOptions) -> markup.Node:
    if options.select:
        found = markup.select(root, options.select)
        if not found:
            raise UnreadableError(Cause.SELECTORS, f"{options.select!r} finds nothing on the page: was it redesigned?")
        return found[0]
    return (markup.select(root, "main, [role=main], #content, article") or [root])[0]


def _links(root: markup.Node, region: markup.Node, snapshot: Snapshot, options: PageOptions) -> Iterator[Finding]:
    base = markup.base_of(root, snapshot.final_url)
    kind: EntryKind | None = None
    day: PartialDate | None = None
    seen, known = {_key(snapshot.url), _key(snapshot.final_url)}, dict[markup.Node, str]()
    for node in region.iter():
        if node.tag in HEADS:
            head = markup.text_of(node)
            kind = kind_said_by(head) or (None if node.tag in ("h1", "h2") else kind)
            day = _pages.date_in(head) if len(head) <= 30 else None
        if node.tag != "a" or len(seen) > MOST_LINKS or any(up.tag in OUTSIDE for up in node.iterancestors()):
            continue
        url = markup.address(node, base)
        if url is None or _key(url) in seen or not _is_candidate(url, options):
            continue
        title, around = named(node, known)
        if len(title) < SHORT:
            continue
        seen.add(_key(url))
        year = None
        if reference := REFERENCE.fullmatch(title):
            year, title = PartialDate(int(reference[1])), reference[2]
        when = _pages.plausible(_dated(around) or year or day, snapshot.fetched_at)
        pdf = url if _pages.is_pdf(url) else None
        work = Work(title=title, url=url, pdf_url=pdf, kind=kind, date=when)
        yield Finding(snapshot.source_id, _key(url), work)


def _key(url: str) -> str:
    return _pages.key_from(text.canonical_url(url) or url)


def kind_said_by(head: str) -> EntryKind | None:
    """Say what kind of things stand under a heading, by its words; None when they don't tell."""
    return next((kind for kind, words in _KINDS if words.search(head)), None)


def _is_candidate(url: str, options: PageOptions) -> bool:
    if SHARING.search(text.host_of(url)):
        return False
    return not options.pattern or re.search(options.pattern, url) is not None


def named(link: markup.Node, known: dict[markup.Node, str] | None = None) -> tuple[str, str]:
    """Give what a link is called, and the text around it; "here" and the like take the words of their block.

    `known` keeps the texts of blocks: a paragraph of ten thousand links is read once.
    """
    said = markup.text_of(link)
    block = next((up for up in link.iterancestors() if up.tag in _BLOCKS), link)
    known = {} if known is None else known
    if block not in known:
        whole = markup.text_of(block)
        known[block] = whole if len(whole) <= MOST_AROUND else ""
    around = known[block]
    if _NAMELESS.fullmatch(said) or len(said) < SHORT:
        rest = re.sub(r"\s*[(\[]?\b" + re.escape(said) + r"\b[)\]]?\s*\.?$", "", around) if said else around
        said = rest if len(rest) <= _pages.MOST_TITLE else ""
    return text.clean(said.strip(" :–-"), _pages.MOST_TITLE), around


def _dated(around: str) -> PartialDate | None:
    """Read the date that a line of a timeline begins with, or ends with in brackets; any other may be another thing's."""
    first = re.match(r"[^:–—]{4,24}(?=\s*[:–—])", around)
    last = re.search(r"\(([^()]{4,24})\)\s*\.?$", around)
    return (_pages.date_in(first[0]) if first else None) or (_pages.date_in(last[1]) if last else None)


def _follow(snapshot: Snapshot, options: PageOptions, _memory: Memory) -> Iterator[Request]:
    if snapshot.role == "item" or not options.follow:
        return
    for finding in _read(snapshot, options):
        if finding.role == "listed" and finding.work.url and _pages.is_page(finding.work.url):
            yield Request(finding.work.url, "item", finding.key)


KIND = Kind(name="page", Options=PageOptions, start=_start, read=_read, follow=_follow)
