"""Lists of items on web pages: by CSS selectors or an address pattern, over several pages, or one page parted by its headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import Cause, Finding, Memory, PartialDate, Request, Snapshot, SummaryBy, Work
from spiders import _pages
from spiders._checked import Address, Text
from spiders._kind import Kind, Options

MOST_ITEMS = 200  # of one page

Selector = Annotated[Text, AfterValidator(markup.check_selector)]


def _pattern(said: str) -> str:
    try:
        re.compile(said)
    except re.error as error:
        raise ValueError(f"{said!r} isn't a regular expression: {error}") from error
    return said


Pattern = Annotated[Text, AfterValidator(_pattern)]

# How the usual site builders mark a list: the parts that a source doesn't name itself. ECL is the Commission's component
# library: titles are h1, h3 or div by its version, so only classes are named.
PRESETS: Mapping[str, Mapping[str, str]] = {
    "ecl": {
        "item": "article.ecl-content-item, article.ecl-card, div.ecl-content-item",
        "title": ".ecl-content-block__title a, .ecl-content-block__title, .ecl-card__title a",
        "date": ".ecl-content-block__primary-meta-item, time.ecl-date-block",
        "summary": ".ecl-content-block__description, .ecl-card__description",
        "next": 'a.ecl-pagination__link[aria-label="Go to next page"], .ecl-pagination__item--next a',
    },
    "wordpress": {
        "item": "article, .post, .type-post",
        "title": ".entry-title a, h2 a, h3 a, .entry-title, h2, h3",
        "date": "time.entry-date, time.published, .entry-date, .posted-on time, time",
        "summary": ".entry-summary, .entry-excerpt, .entry-content p, .excerpt",
        "next": "a.next, .nav-previous a, a.nextpostslink",
    },
    "drupal": {
        "item": ".views-row, article.node",
        "title": "h2 a, h3 a, .views-field-title a, .field--name-title a",
        "date": "time, .views-field-created, .date-display-single",
        "summary": ".views-field-body, .field--name-body, .field--name-field-summary",
        "next": "a[rel=next], .pager__item--next a, .pager-next a",
    },
    "joomla": {
        "item": ".blog-item, .items-row .item, .item-page article, tr[class*=cat-list-row]",
        "title": ".page-header h2 a, h2 a, .item-title a, td.list-title a",
        "date": "time, .published time, .create time, td.list-date",
        "summary": ".item-content p, .introtext p",
        "next": 'a[rel=next], .pagination-next a, a[aria-label="Go to next page"]',
    },
}


class ListingOptions(Options):
    """Where the list is and how its items are marked; `preset` fills what is left out."""

    url: Address
    preset: Literal["ecl", "wordpress", "drupal", "joomla"] | None = None
    item: Selector | None = Field(default=None, description="CSS selector of one item.")
    title: Selector | None = Field(default=None, description="Within an item; its first link unless given.")
    link: Selector | None = Field(default=None, description="Within an item; the title's link unless given.")
    date: Selector | None = Field(default=None, description="Within an item.")
    summary: Selector | None = Field(default=None, description="Within an item.")
    next: Selector | None = Field(default=None, description="The link to the next page; rel=next is found without it.")
    pattern: Pattern | None = Field(default=None, description="Only items whose path and query match: ^/news/[^?]+$")
    split: Selector | None = Field(default=None, description="Headings that begin an item, where items have no page.")
    dates: Literal["published", "event", "none"] = Field(
        default="published", description="What the date is: of publication, the day of an event, or nothing of use."
    )
    date_order: Literal["dmy", "mdy"] = Field(default="dmy", description="How 03/12/2024 is meant.")
    pages: int = Field(default=10, ge=1, le=500, description="At most so many pages of the list in one harvest.")
    follow: bool = Field(default=True, description="Fetch the pages of wanted items.")

    @model_validator(mode="after")
    def _has_items(self) -> ListingOptions:
        if not (self.item or self.pattern or self.split or self.preset):
            raise ValueError("say how items are found: preset, item, pattern or split")
        return self

    def part(self, name: str) -> str | None:
        """Give the selector of a part: the source's own, else its preset's."""
        own: str | None = getattr(self, name)
        return own or PRESETS.get(self.preset or "", {}).get(name)


def _start(options: ListingOptions, _memory: Memory) -> Iterable[Request]:
    yield Request(options.url)


def _read(snapshot: Snapshot, options: ListingOptions) -> Iterator[Finding]:
    if snapshot.role == "item":
        yield _pages.item_page(snapshot)
        return
    root = markup.html(snapshot.body, snapshot.content_type)
    base = markup.base_of(root, snapshot.final_url)
    works = _split(root, base, snapshot, options) if options.split else _marked(root, base, snapshot, options)
    seen: set[str] = set()
    for key, work in works:
        if work.title and key not in seen and len(seen) < MOST_ITEMS:
            seen.add(key)
            yield Finding(snapshot.source_id, key, work)
    if not seen and snapshot.role == "start":
        said = options.split or options.part("item") or options.pattern
        raise UnreadableError(Cause.SELECTORS, f"{said!r} finds no item on the page: was it redesigned?")


def _marked(root: markup.Node, base: str, snapshot: Snapshot, options: ListingOptions) -> Iterator[tuple[str, Work]]:
    """Read the items that a selector, or else a pattern of addresses, marks."""
    selector = options.part("item")
    if selector is None:
        region = (markup.select(root, "main, [role=main], #content, #main") or [root])[0]
        nodes = markup.select(region, "a[href]")
    else:
        nodes = markup.select(root, selector)
    for node in nodes:
        link = node if selector is None else _link(node, options)
        url = markup.address(link, base) if link is not None else None
        if url is None or (options.pattern and not _fits(options.pattern, url)):
            continue
        title = _part(node, options.part("title")) or markup.text_of(link)
        yield _key(url), _work(node, url, title, snapshot, options)


def _link(node: markup.Node, options: ListingOptions) -> markup.Node | None:
    for selector in (options.link, options.part("title"), "h1 a, h2 a, h3 a, h4 a", "a[href]"):
        for found in markup.select(node, selector) if selector else ():
            if found.get("href"):
                return found
            if inner := markup.select(found, "a[href]"):
                return inner[0]
    return None


def _fits(pattern: str, url: str) -> bool:
    parts = urlsplit(url)
    return re.search(pattern, f"{parts.path}?{parts.query}" if parts.query else parts.path) is not None


def _key(url: str) -> str:
    return _pages.key_from(text.canonical_url(url) or url)


def _part(node: markup.Node, selector: str | None) -> str:
    found = markup.select(node, selector) if selector else []
    return markup.text_of(found[0]) if found else ""


def _work(node: markup.Node, url: str | None, title: str, snapshot: Snapshot, options: ListingOptions) -> Work:
    said = text.clip(_part(node, options.part("summary")), _pages.MOST_WORDS)
    day = date_of(node, options)
    is_event = options.dates == "event"
    return Work(
        title=text.clean(title, _pages.MOST_TITLE),
        url=url,
        pdf_url=url if url and _pages.is_pdf(url) else None,
        date=None if is_event else _pages.plausible(day, snapshot.fetched_at),
        event_start=day if is_event else None,
        summary=said or None,
        summary_by=SummaryBy.PUBLISHER if said else None,
    )


def date_of(node: markup.Node, options: ListingOptions) -> PartialDate | None:
    """Read the date in the first place that holds one; a machine's form (`datetime`) counts before the printed one."""
    selector = options.part("date")
    if options.dates == "none" or selector is None:
        return None
    for found in markup.select(node, selector):
        stamp = next((n.get("datetime") for n in found.iter() if n.get("datetime")), None)
        if day := (_pages.stamp_date(stamp) if stamp else None) or _pages.date_in(
            markup.text_of(found), options.date_order
        ):
            return day
    return None


def _split(root: markup.Node, base: str, snapshot: Snapshot, options: ListingOptions) -> Iterator[tuple[str, Work]]:
    """Part one page in items: each begins with a heading and goes on to the next; a date may stand above several items."""
    heads = markup.select(root, options.split or "h2")
    marks = frozenset(heads)  # of ten thousand headings each is looked for
    day: PartialDate | None = None
    for head in heads:
        title = markup.text_of(head)
        alone = _pages.date_in(title, options.date_order)
        if alone and len(title) <= 30:  # a date as a heading is that of the items below it
            day = alone
            continue
        body = list(_below(head, marks))
        words = " ".join(markup.text_of(node) for node in body)
        own = _pages.date_in(text.clean(words, 60), options.date_order)
        links = [u for node in (head, *body) for a in node.iter("a") if (u := markup.address(a, base))]
        said = text.clip(words, _pages.MOST_WORDS)
        when = _pages.plausible(own or day, snapshot.fetched_at)
        yield (
            _pages.key_from(f"{snapshot.url}#{text.slug(title, 120) or text.fold(title)}"),
            Work(
                title=text.clean(title, _pages.MOST_TITLE),
                url=links[0] if links else None,
                date=when if options.dates == "published" else None,
                event_start=(own or day) if options.dates == "event" else None,
                summary=said or None,
                summary_by=SummaryBy.PUBLISHER if said else None,
            ),
        )


def _below(head: markup.Node, heads: frozenset[markup.Node]) -> Iterator[markup.Node]:
    node = head.getnext()
    while node is not None and node not in heads and not any(inner in heads for inner in node.iter()):
        yield node
        node = node.getnext()


def _follow(snapshot: Snapshot, options: ListingOptions, memory: Memory) -> Iterator[Request]:
    if snapshot.role == "item":
        return
    findings = list(_read(snapshot, options))
    if options.follow and not options.split:
        for finding in findings:
            if finding.work.url and _pages.is_page(finding.work.url):
                yield Request(finding.work.url, "item", finding.key)
    number = int(snapshot.role.partition(":")[2] or 1)
    has_new = not memory.complete or any(finding.key not in memory.known for finding in findings)
    if findings and has_new and number < options.pages and (url := _next(snapshot, options)):
        yield Request(url, f"page:{number + 1}")


def _next(snapshot: Snapshot, options: ListingOptions) -> str | None:
    root = markup.html(snapshot.body, snapshot.content_type)
    base = markup.base_of(root, snapshot.final_url)
    for selector in (options.part("next"), "a[rel=next], link[rel=next]"):
        for node in markup.select(root, selector) if selector else ():
            url = markup.address(node, base)
            if url and text.host_of(url) == text.host_of(snapshot.final_url) and url != snapshot.final_url:
                return url
    return None


KIND = Kind(name="listing", Options=ListingOptions, start=_start, read=_read, follow=_follow)
