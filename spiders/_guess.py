"""What of a site could be watched, and how: answers → rows of sources.yaml that may read it. Pure; `observatory/probing.py` asks.

`further` says what else is worth a look after an answer (the feeds that a head names, where a builder keeps its own, a
sitemap, an interface); `guesses` what all answers together may be read as. Whether a guess is any good, its kind's own `read`
and the rules decide later.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import EntryKind, Memory, Request, Snapshot
from spiders import oai, sitemap
from spiders._answers import is_html
from spiders._blocks import Block, blocks
from spiders._kind import kinds
from spiders._pages import title_of
from spiders._platforms import ANYWHERE, addresses, platforms, tree_of, without_query
from spiders._selectors import selectors
from spiders.listing import PRESETS
from spiders.page import kind_said_by

MOST_NAMED = 5  # feeds named by one page's head: some name one for each category
MOST_LINKED = 3  # feeds that a page's text links to
MOST_SITEMAPS = 2
LEAST_LISTED = 4  # addresses on a page from which it is a list rather than a text with links
RECENT = timedelta(days=90)  # how far back a large interface is looked at: its newest records say what it holds
# Parts of hosts that don't tell whose they are.
_SUFFIXES = re.compile(
    r"www|com|org|net|eu|edu|gov|int|info|ac|co|europa|ie|uk|de|fr|es|it|nl|be|at|ch|se|no|fi|dk|pl|pt|ca|au|nz|us"
)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
_FEED_PATH = re.compile(
    r"(/feed|/rss|/atom|\.rss|\.rdf|\.atom|/rss\.xml|/feed\.xml|/atom\.xml|/rss_\w\w|/index\.xml)/?$|[?&](format=(feed|rss)|feed=rss2?)",
    re.I,
)
_CALENDAR = re.compile(r"\.ics($|\?)|[?&]ical=1|outlook-ical|/ical/?$", re.IGNORECASE)
_NO_FEED = re.compile(r"comment|oembed|wlwmanifest|xmlrpc|format=opml", re.IGNORECASE)
_LISTS = re.compile(
    r"news|press|blog|publication|report|article|post|event|resource|project|document|actualit|aktuell|noticias|nyheter",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A kind and its options that may read a site, and why it is worth a try."""

    kind: str
    options: Mapping[str, object]
    why: str


# ---------------------------------------------------------------- what to look at


def further(snapshot: Snapshot, given: str) -> Iterator[Request]:
    """Say what else to ask for after an answer; `given` is the address that the curator gave. Roles are `what|why`."""
    what = snapshot.role.partition("|")[0]
    if what in ("page", "home"):
        yield from _of_page(snapshot, given, is_given=what == "page")
    elif what == "robots":
        found = re.findall(rb"^[ \t]*sitemap:[ \t]*(\S+)", snapshot.body, re.IGNORECASE | re.MULTILINE)
        for said in found[:MOST_SITEMAPS]:
            if url := text.tidy_url(said.decode("utf-8", "replace")):
                yield Request(url, "sitemap|named in robots.txt")
    elif what == "sitemap":
        yield from _maps(snapshot, given)
    elif what == "identify":
        yield from _records(snapshot)


def _of_page(snapshot: Snapshot, given: str, *, is_given: bool) -> Iterator[Request]:
    if not is_html(snapshot.content_type, snapshot.body):
        if is_given and _is_oai(snapshot.body):
            yield from _identify((without_query(snapshot.final_url),), "it is one")
        return
    root = tree_of(snapshot.body, snapshot.content_type)
    if root is None:
        return
    url = snapshot.final_url
    asked = [*_named(root, url), *_linked(root, url), *_usual(snapshot, root)]
    if is_given:
        home = urljoin(url, "/")
        if text.canonical_url(home) != text.canonical_url(url):
            asked.append(Request(home, "home|the site's front page"))
        if not any(each.role.startswith("feed") for each in asked):
            asked += [Request(each, "feed|many sites have one there") for each in addresses(ANYWHERE, url)]
            asked.append(Request(urljoin(url, "/sitemap.xml"), "sitemap|many sites have one there"))
    first: dict[str, Request] = {}
    for each in asked:
        first.setdefault(each.url, each)  # the first reason counts
    yield from first.values()


def _named(root: markup.Node, url: str) -> Iterator[Request]:
    """Give the feeds and calendars that a page's head names."""
    base, number = markup.base_of(root, url), 0
    for node in root.iter("link"):
        said, kind = (node.get("rel") or "").lower(), (node.get("type") or "").strip().lower()
        found = markup.address(node, base)
        if "alternate" not in said.split() or not found or _NO_FEED.search(f"{found} {node.get('title') or ''}"):
            continue
        if kind == "text/calendar":
            yield Request(found, "calendar|named in the page's head")
        elif kind in _FEED_TYPES and number < MOST_NAMED:
            number += 1
            yield Request(found, "feed|named in the page's head")


def _linked(root: markup.Node, url: str) -> Iterator[Request]:
    """Give the feeds and calendars that a page's text links to."""
    base, number = markup.base_of(root, url), 0
    for node in root.iter("a"):
        href = re.sub(r"^webcal:", "https:", (node.get("href") or "").strip(), flags=re.IGNORECASE)
        try:
            found = text.tidy_url(urljoin(base, href)) if href and not href.startswith("#") else None
        except ValueError:
            found = None
        if not found or text.host_of(found) != text.host_of(url) or _NO_FEED.search(found):
            continue
        if _CALENDAR.search(found):
            yield Request(found, "calendar|linked from the page")
            number += 1
        elif _FEED_PATH.search(found) or re.fullmatch(r"rss|rss feed|atom", markup.text_of(node), re.IGNORECASE):
            yield Request(found, "feed|linked from the page")
            number += 1
        if number >= MOST_LINKED:
            return


def _usual(snapshot: Snapshot, root: markup.Node) -> Iterator[Request]:
    """Give the addresses at which sites of this page's builder have feeds and interfaces."""
    url = snapshot.final_url
    for platform in platforms(snapshot.body):
        for each in addresses(platform.feeds, url, root, platform.base):
            yield Request(each, f"feed|sites built with {platform.name} have one there|{platform.dates}")
        yield from _identify(
            addresses(platform.oai, url, root, platform.base), f"sites built with {platform.name} have one there"
        )


def _identify(bases: Iterable[str], why: str) -> Iterator[Request]:
    for base in bases:
        for request in oai.KIND.start(oai.OaiOptions(url=base), Memory()):
            yield replace(request, role=f"identify|{why}")


def _maps(snapshot: Snapshot, given: str) -> Iterator[Request]:
    """Ask for the files of a sitemap's index that may hold what the curator looks at."""
    options = sitemap.SitemapOptions(url=snapshot.url, pattern=".")
    try:
        found = [r for r in sitemap.KIND.follow(replace(snapshot, role="start"), options, Memory()) if r.role == "map"]
    except UnreadableError:
        return
    words = [word for word in re.split(r"[/\W]+", urlsplit(given).path.lower()) if len(word) > 3]
    order = sorted(found, key=lambda r: (not any(word in r.url for word in words), not _LISTS.search(r.url)))
    yield from (replace(request, role="map|named in the sitemap") for request in order[:MOST_SITEMAPS])


def _records(snapshot: Snapshot) -> Iterator[Request]:
    options = oai.OaiOptions(url=without_query(snapshot.url))
    try:
        yield from oai.KIND.follow(replace(snapshot, role="identify"), options, memory_of(snapshot))
    except UnreadableError:
        return


def memory_of(snapshot: Snapshot) -> Memory:
    """Give the memory with which a large interface is asked for its newest records only."""
    return Memory(last_success=snapshot.fetched_at - RECENT)


def _is_oai(body: bytes) -> bool:
    return b"OAI-PMH" in body[:2000]


# ---------------------------------------------------------------- what it may be read as


def guesses(snapshots: Sequence[Snapshot]) -> tuple[Guess, ...]:
    """Say what the answers of a site may be read as; each row once, with the first reason for it."""
    page = next((each for each in snapshots if each.role.startswith("page")), None)
    found = [guess for each in snapshots for guess in _of_answer(each, page)]
    first: dict[str, Guess] = {}
    for guess in found:
        first.setdefault(f"{guess.kind} {sorted(guess.options.items())!r}", guess)
    return tuple(first.values())


def _of_answer(snapshot: Snapshot, page: Snapshot | None) -> Iterator[Guess]:
    what, _, rest = snapshot.role.partition("|")
    why, _, dates = rest.partition("|")
    body, url = snapshot.body.lstrip(b"\xef\xbb\xbf \t\r\n"), _settled(snapshot)
    if what == "page" and is_html(snapshot.content_type, body):
        yield from _lists(snapshot)
        if "calendar" in kinds():
            yield Guess("calendar", {"url": url}, "events that the page tells for machines")
        yield Guess("page", {"url": url}, "the page itself, watched for changes and for its links")
    elif _is_feed(body):
        yield Guess(
            "feed",
            {"url": url, **({"dates": "modified"} if dates == "modified" or _is_by_change(url) else {})},
            why or "it is one",
        )
    elif body[:15].upper() == b"BEGIN:VCALENDAR" and "calendar" in kinds():
        yield Guess("calendar", {"url": url}, why or "it is one")
    elif b"<Identify" in body[:6000] and _is_oai(body):
        yield Guess("oai", {"url": without_query(url)}, why or "it is one")
    elif what in ("sitemap", "map", "page"):
        yield from _of_sitemap(snapshot, page, why or "it is one")


def _settled(snapshot: Snapshot) -> str:
    """Give the address to write: where the answer came from, when that is the same page or on the same host."""
    asked, final = snapshot.url, snapshot.final_url
    return final if text.host_of(asked) == text.host_of(final) or snapshot.role.startswith("page") else asked


def _is_feed(body: bytes) -> bool:
    head = body[:3000].lower()
    return (
        re.search(rb"<rss[\s>]|<feed[\s>]|<rdf:rdf[^>]*(purl\.org/rss|netscape)|<channel[\s>]", head) is not None
        and b"<html" not in head[:500]
    )


def _is_by_change(url: str) -> bool:
    """Whether a feed is one of the Commission's platform, whose dates are those of the last change."""
    return re.search(r"/node/\d+/rss(_\w\w)?$", urlsplit(url).path) is not None


# ---------------------------------------------------------------- lists on pages


def _lists(snapshot: Snapshot) -> Iterator[Guess]:
    root = tree_of(snapshot.body, snapshot.content_type)
    if root is None:
        return
    url, base = _settled(snapshot), markup.base_of(root, snapshot.final_url)
    for name, parts in PRESETS.items():
        if len(markup.select(root, parts["item"])) > 1 and name in _builders(snapshot.body):
            yield Guess("listing", {"url": url, "preset": name}, f"the list is marked as {name} marks lists")
    found = blocks(root, base)
    for block in [each for each in found if not each.is_framed] or found:
        options = selectors(root, block, snapshot.final_url, snapshot.fetched_at.date())
        yield Guess("listing", {"url": url, **options}, "what repeats on the page")
    yield from _parted(root, url)


def _builders(body: bytes) -> set[str]:
    names = {"the Commission's platform": "ecl", "WordPress": "wordpress", "Drupal": "drupal", "Joomla": "joomla"}
    return {names[each.name] for each in platforms(body) if each.name in names}


def _parted(root: markup.Node, url: str) -> Iterator[Guess]:
    """Guess a list without pages of its own: headings that begin an item each."""
    counted = Counter(
        node.tag for node in root.iter("h2", "h3", "h4") if len(markup.text_of(node)) >= 4 and not _is_linked(node)
    )
    tags = [tag for tag in ("h2", "h3", "h4") if counted[tag] >= 2]
    for split in dict.fromkeys((", ".join(tags[:2]), *tags)):
        if split:
            yield Guess("listing", {"url": url, "split": split}, "each heading begins an item")


def _is_linked(node: markup.Node) -> bool:
    return any(True for _ in node.iter("a")) or any(True for _ in node.iterancestors("a", "nav", "footer", "aside"))


# ---------------------------------------------------------------- sitemaps


def _of_sitemap(snapshot: Snapshot, page: Snapshot | None, why: str) -> Iterator[Guess]:
    """Guess which of a sitemap's addresses are items: those below the page, else the fullest folders with long names."""
    try:
        found = list(
            sitemap.KIND.read(replace(snapshot, role="map"), sitemap.SitemapOptions(url=snapshot.url, pattern="."))
        )
    except UnreadableError:
        return
    paths = [urlsplit(finding.work.url or "").path for finding in found]
    below = urlsplit(page.final_url).path.rstrip("/") if page else ""
    folders = [f"{below}/"] if below and sum(path.startswith(f"{below}/") for path in paths) > 1 else _fullest(paths)
    for folder in folders:
        pattern = f"^{re.escape(folder)}[^?]+$".replace(r"\-", "-")
        yield Guess(
            "sitemap",
            {"url": _settled(snapshot), "pattern": pattern},
            f"{why}; most of its addresses lie under {folder}",
        )


def _fullest(paths: Sequence[str]) -> list[str]:
    """Name up to two folders that hold most pages with long names, and look by their own like lists of works."""
    folders: Counter[str] = Counter()
    for path in paths:
        folder, _, last = path.rstrip("/").rpartition("/")
        folders[f"{folder}/"] += last.count("-") >= 2
    full = [(name, number) for name, number in folders.items() if number > 1]
    full.sort(key=lambda pair: (not _LISTS.search(pair[0]), -pair[1], pair[0]))
    return [name for name, _number in full[:2]]


# ---------------------------------------------------------------- what the site is called


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page and its site say of themselves: names for a row, and the addresses that the page lists.

    `site` is the site's name, `section` the page's within it ("" for the front page), `kind` what its items are by the words of
    its title and address, `year` that of the look. `title` is the page's own.
    """

    url: str
    site: str = ""
    section: str = ""
    kind: EntryKind | None = None
    listed: frozenset[str] = frozenset()
    year: int = 0
    title: str = ""

    @property
    def is_list(self) -> bool:
        """Whether the page lists pages of its own site."""
        own = [url for url in self.listed if text.host_of(url) == self.host]
        return len(own) >= LEAST_LISTED and len(own) >= len(self.listed) / 2

    @property
    def host(self) -> str:
        return text.host_of(self.url)

    @property
    def is_number(self) -> bool:
        """Whether the host has no name, only a number such as 192.0.2.7."""
        return bool(re.fullmatch(r"[\d.]+(:\d+)?|\[.*", self.host))

    @property
    def core(self) -> str:
        """The telling part of the host: `enqa` of www.enqa.eu, `education ec` of education.ec.europa.eu, all of a number."""
        if self.is_number:
            return urlsplit(self.url).hostname or self.host
        parts = [part for part in self.host.partition(":")[0].split(".") if not _SUFFIXES.fullmatch(part)]
        return " ".join(parts) or self.host


def facts(snapshots: Sequence[Snapshot]) -> Facts:
    """Read names out of the answers of a look; of what is no page, its host must do."""
    page = next((each for each in snapshots if each.role.startswith("page")), None)
    if page is None:
        return Facts("")
    about = Facts(page.final_url, year=page.fetched_at.year)
    root = tree_of(page.body, page.content_type) if is_html(page.content_type, page.body) else None
    home = next((tree_of(each.body, each.content_type) for each in snapshots if each.role.startswith("home")), None)
    site = (_site_name(home) if home is not None else "") or (_site_name(root) if root is not None else "")
    if root is None:
        return replace(about, site=site or _channel(page.body))
    section = "" if urlsplit(page.final_url).path in ("", "/") else _section(title_of(root), site)
    path = re.sub(r"[/_.-]+", " ", urlsplit(page.final_url).path)
    found = blocks(root, markup.base_of(root, page.final_url))
    about = replace(
        about, site=site, section=section, kind=kind_said_by(path) or kind_said_by(section), listed=_listed(found[:1])
    )
    return replace(about, title=title_of(root))


def _channel(body: bytes) -> str:
    """Give the title of a feed."""
    try:
        named = markup.xml(body).iter("{*}title")
    except UnreadableError:
        return ""
    return text.clean(markup.plain(next((node.text or "" for node in named), "")), 60)


def _section(title: str, site: str) -> str:
    """Give a page's own title, without the name of its site before or behind it."""
    bare = text.clean(title)
    for dash in ("|", "–", "—", "-", "»", ":"):
        bare = bare.removesuffix(f" {dash} {site}").removeprefix(f"{site} {dash} ")
    return "" if bare == site else text.clean(bare, 60)


def _listed(found: Sequence[Block]) -> frozenset[str]:
    urls = {text.canonical_url(url) for block in found for url in block.addresses if not block.is_framed}
    return frozenset(url for url in urls if url)


def _site_name(root: markup.Node) -> str:
    """Give the site's name: og:site_name, else what stands beside the title in the head."""
    for node in root.iter("meta"):
        if (node.get("property") or "").lower() == "og:site_name" and (
            said := text.clean(node.get("content") or "", 60)
        ):
            return said
    title = text.clean(markup.plain(root.findtext(".//title") or ""), 120)
    parts = re.split(r" [|–—-] | ?» ?", title)
    return parts[-1] if len(parts) > 1 and len(parts[-1]) <= 60 else ""
