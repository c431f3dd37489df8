"""What repeats on a page: the block of which a list is made. Pure, and knows no site: it weighs what every list has.

Elements that carry the same class, or stand at the same place of like parents, are a group. In a group that is a list each
element leads to a page of its own, under a title of its own; often a date and a few words stand by. `blocks` gives the best
groups, each address in one of them only; `_selectors.py` then says how their parts are named.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from urllib.parse import urlsplit

from observatory import markup, text
from spiders import _pages

MOST_LINKS = 2_000  # of a page; the longest real list had 600
MOST_CLIMB = 8  # elements above a link that may be its item; the deepest real card had 6
LEAST_TITLE = 8  # letters; shorter link texts are menus, pages and languages
LEAST_ITEMS = 2
MOST_CARD_TITLE = 110  # letters; longer texts in a card are its summary
MOST_BLOCKS = 3
FRAMED = 0.25
NESTED = 0.1  # share of a group's elements that may lie in one another: comments answer comments, items don't
DISTINCT = 0.7  # share of titles that differ: "read more" is none
_HEADS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NEVER = frozenset({"nav", "form", "dialog", "select", "aside", "head", "script", "style", "noscript", "template"})
_EDGES = frozenset({"header", "footer"})  # of the page, unless they are those of an item
_SAYS_NOTHING = frozenset({"a", "div", "span", "p", "section"})  # as a selector of items
_OWN = frozenset({"article", "li", "td"})
_ROLES = frozenset({"navigation", "search", "menu", "menubar", "banner", "contentinfo", "dialog", "complementary"})
_FRAME = re.compile(
    r"menu|nav|navbar|navigation|breadcrumbs?|footer|header|sidebar|pagination|pager|paging|social|share|sharing|cookies?|consent|"
    r"languages?|lang|toolbar|submenu|subnav|topbar|tags|tagcloud|related|widget|skip|login"
)
# Classes that say how something looks or where it happens to stand, not what it is.
_LOOKS = re.compile(
    r"(col|row|offset|order|[mp][trblxyse]?|gap?|[wh]|d|flex|text|bg|border|rounded|shadow|float|align|justify|items|self|font|"
    r"leading|tracking|uk|is|has|js|no|odd|even|first|last|active|current|sticky|clearfix|container|wrapper|wrap|inner|outer|hidden|"
    r"visible|hover|group|relative|absolute|static|fixed|left|right|center|small|large|medium|xs|sm|md|lg|xl|block|inline|animate|aos|wow|lazy|"
    r"css|sc|jsx|svelte|styled|emotion|elementor-element|wp-block|alignwide|status|format|hentry|category|tag|post-type|type|ng|v)"
    r"([-_].*)?",
    re.IGNORECASE,
)
_RANDOM = re.compile(r"\d.*\d|\d[A-Za-z]|__(?=\w*[a-z])(?=\w*[A-Z])\w{4,}$|^_")
# Of two selectors for one list: a tag and what it is, what it is, its place in something named, its place alone.
_FORMS = ((r"(^|\s)\w+\.\S+$", 1.03), (r"\.\S+$", 1.02), (r"[.#]", 1.0), (r"", 0.95))
_TITLED = re.compile(r"title|heading|headline|head|name", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][\w-]*")


@dataclass(frozen=True, slots=True)
class Lead:
    """What an element of a list leads to: the address, the title, and the element that holds the title."""

    url: str
    title: str
    holder: markup.Node
    link: markup.Node


@dataclass(frozen=True)
class Block:
    """A group of elements that makes a list: the selector that names them, and what each leads to."""

    selector: str
    nodes: tuple[markup.Node, ...]
    leads: tuple[Lead | None, ...]
    weight: float = 0.0
    is_framed: bool = False  # it stands in a menu or a sidebar, by the names of its classes

    @cached_property
    def addresses(self) -> frozenset[str]:
        return frozenset(lead.url for lead in self.leads if lead)


def blocks(root: markup.Node, base: str) -> tuple[Block, ...]:
    """Find the lists of a page, the likeliest first; at most three, none showing what a likelier one shows."""
    page = _Page(root, base)
    weighed = [made for selector, nodes in page.groups() if (made := _weighed(page, selector, nodes))]
    weighed.sort(key=lambda block: (-block.weight, block.selector))
    chosen: list[Block] = []
    for block in weighed:
        seen = frozenset().union(*(other.addresses for other in chosen))
        if len(block.addresses & seen) <= len(block.addresses) * 0.2:
            chosen.append(block)
        if len(chosen) == MOST_BLOCKS:
            break
    return tuple(chosen)


# ---------------------------------------------------------------- groups


class _Page:
    """A page's links outside its frame, and the elements above them in groups."""

    def __init__(self, root: markup.Node, base: str) -> None:
        self.root, self.base = root, base
        body = root.find("body")
        self.body = body if body is not None else root
        head = next(self.body.iter("h1"), None)
        self._of_title = set(head.iterancestors()) if head is not None else set()
        self.links = self._links()
        self.own = {text.canonical_url(base)}

    def _links(self) -> dict[markup.Node, str]:
        found: dict[markup.Node, str] = {}
        for node in self.body.iter("a"):
            url = markup.address(node, self.base)
            if url and text.canonical_url(url) != text.canonical_url(self.base) and not self._is_frame(node):
                found[node] = url
            if len(found) >= MOST_LINKS:
                break
        return found

    @staticmethod
    def _is_frame(link: markup.Node) -> bool:
        """Whether a link belongs to the page's frame (menu, sidebar, footer) by what its elements are."""
        for up in link.iterancestors():
            if up.tag in _NEVER or (up.get("role") or "") in _ROLES:
                return True
            if up.tag in _EDGES and not any(each.tag in _OWN for each in up.iterancestors()):
                return True
        return False

    def is_framed(self, node: markup.Node) -> bool:
        """Whether a group's element stands in a menu or a sidebar by the names of its classes."""
        for up in (node, *node.iterancestors()):
            if up is self.body or up in self._of_title:
                return False
            said = f"{up.get('class') or ''} {up.get('id') or ''}".lower()
            if any(_FRAME.fullmatch(word) for word in re.split(r"[\s_-]+", said)):
                return True
        return False

    def groups(self) -> Iterator[tuple[str, tuple[markup.Node, ...]]]:
        """Give the groups of elements that hold links, each with a selector that names them."""
        found: dict[str, dict[markup.Node, None]] = defaultdict(dict)
        for link in self.links:
            for node in _climb(link, self.body):
                for selector in _names(node, self.body):
                    found[selector][node] = None
        for selector, nodes in found.items():
            if len(nodes) >= LEAST_ITEMS and selector not in _SAYS_NOTHING:
                yield selector, tuple(nodes)


def _climb(link: markup.Node, body: markup.Node) -> Iterator[markup.Node]:
    node = link
    for _step in range(MOST_CLIMB):
        if node is None or node is body or node.tag == "html":
            return
        yield node
        node = node.getparent()


def _names(node: markup.Node, body: markup.Node) -> Iterator[str]:
    """Name an element by each of its classes, and by its place below the nearest element that has a name."""
    for name in classes(node):
        yield from (f"{node.tag}.{name}", f".{name}")
    steps = [node.tag]
    for up in node.iterancestors():
        if up is body or len(steps) > 3:
            break
        if label := _label(up):
            yield " > ".join([label, *reversed(steps)])
            return
        steps.append(up.tag)
    if node.tag != "a" or len(steps) > 1:
        yield " > ".join(reversed(steps))


def _label(node: markup.Node) -> str:
    if (own := node.get("id") or "") and _NAME.fullmatch(own) and not re.search(r"\d", own):
        return f"#{own}"
    names = classes(node)
    return f"{node.tag}.{names[0]}" if names else "main" if node.tag == "main" else ""


def classes(node: markup.Node) -> list[str]:
    """Give the classes of an element that say what it is."""
    said = (node.get("class") or "").split()
    return [name for name in said if _NAME.fullmatch(name) and not _LOOKS.fullmatch(name) and not _RANDOM.search(name)]


# ---------------------------------------------------------------- weight


def _weighed(page: _Page, selector: str, nodes: Sequence[markup.Node]) -> Block | None:
    """Weigh a group as a list; None when it can be none. A few elements in a sidebar don't belong to it."""
    framed = {node for node in nodes if page.is_framed(node)}
    is_framed = len(framed) > len(nodes) / 2
    nodes = nodes if is_framed else [node for node in nodes if node not in framed]
    members = set(nodes)
    nested = sum(any(up in members for up in node.iterancestors()) for node in nodes)
    if nested > len(nodes) * NESTED:
        return None
    heads = [markup.text_of(head) for node in nodes if (head := _head(node)) is not None]
    by_heads = len(heads) >= 0.6 * len(nodes) and sum(map(_is_date, heads)) < len(heads) / 2
    leads = tuple(_lead(page, node, by_heads=by_heads) for node in nodes)
    found = [lead for lead in leads if lead]
    urls, titles = {lead.url for lead in found}, {text.fold(lead.title) for lead in found}
    if len(urls) < LEAST_ITEMS or len(titles) < DISTINCT * len(found) or len(urls) < DISTINCT * len(found):
        return None
    weight = math.log2(1 + len(urls)) * (len(found) / len(nodes)) * _looks(page, nodes, found, by_heads=by_heads)
    weight *= next(worth for form, worth in _FORMS if re.search(form, selector))
    return Block(selector, tuple(nodes), leads, round(weight * (FRAMED if is_framed else 1.0), 3), is_framed)


def _looks(page: _Page, nodes: Sequence[markup.Node], leads: Sequence[Lead], *, by_heads: bool) -> float:
    """Weigh how much a group looks like a list of works: titles, dates, words beside, a common folder, one work each."""
    said = [markup.text_of(node) for node in nodes]
    beside = median(max(0, len(words) - len(lead.title)) for words, lead in zip(said, leads, strict=False))
    dated = sum(has_date(node, words) for node, words in zip(nodes, said, strict=True)) / len(nodes)
    length = median(len(lead.title) for lead in leads)
    own_host = sum(text.host_of(lead.url) == text.host_of(page.base) for lead in leads) / len(leads)
    weight = 1.0 + 0.5 * by_heads + 0.7 * dated + 0.6 * min(1.0, length / 40) + 0.3 * min(1.0, beside / 40)
    weight += 0.4 * _shared_folder([lead.url for lead in leads]) + 0.3 * own_host
    return weight * _alone(page, nodes)


def _alone(page: _Page, nodes: Sequence[markup.Node]) -> float:
    """Say how far each element holds one work: several headings, or many addresses, are several works."""
    heads = median(sum(1 for _ in node.iter(*_HEADS)) for node in nodes)
    links = median(len({page.links[a] for a in node.iter("a") if a in page.links}) for node in nodes)
    return (1.0 if heads <= 1 else 1.0 / heads) * (1.0 if links <= 4 else 4.0 / links)


def has_date(node: markup.Node, said: str) -> bool:
    """Whether an element prints a date, or holds one in a machine's form."""
    return bool(_pages.date_in(said)) or any(each.get("datetime") for each in node.iter("time"))


def _shared_folder(urls: Sequence[str]) -> float:
    """Give the share of addresses that lie in the folder in which most do; the root is none."""
    folders: dict[tuple[str, str], int] = defaultdict(int)
    for url in urls:
        parts = urlsplit(url)
        folder = parts.path.rstrip("/").rpartition("/")[0]
        folders[(parts.netloc, folder)] += bool(folder)
    return max(folders.values()) / len(urls)


def _head(node: markup.Node) -> markup.Node | None:
    return next((head for head in node.iter(*_HEADS) if markup.text_of(head)), None)


def _lead(page: _Page, node: markup.Node, *, by_heads: bool) -> Lead | None:
    """Say what an element leads to: by its heading where a list has them, else by its longest link."""
    inner = {a: page.links[a] for a in node.iter("a") if a in page.links}
    head = _head(node) if by_heads else None
    if head is not None:
        return _of_head(page, node, head, inner)
    if node.tag != "a" and not inner:
        return None
    best = max(inner, key=lambda a: len(markup.text_of(a)), default=None)
    if best is None:
        return None
    holder = _holder(best)
    title = markup.text_of(holder)
    return Lead(inner[best], title, holder, best) if len(title) >= LEAST_TITLE else None


def _holder(link: markup.Node) -> markup.Node:
    """Find what holds the title in a link around a whole card: what is called so, what is bold, else its longest short text."""
    parts = [node for node in link.iter() if isinstance(node.tag, str) and node is not link and not len(node)]
    parts = [node for node in parts if len(said := markup.text_of(node)) >= LEAST_TITLE and not _is_date(said)]
    if len(parts) < 2 and not any(_is_date(markup.text_of(node)) for node in link.iter() if node is not link):
        return link
    named = [node for node in parts if _TITLED.search(node.get("class") or "")]
    bold = [node for node in parts if node.tag in ("strong", "b")]
    short = [node for node in parts if len(markup.text_of(node)) <= MOST_CARD_TITLE]
    return next(iter([*named, *bold]), max(short, key=lambda node: len(markup.text_of(node)), default=link))


def _is_date(said: str) -> bool:
    """Whether a text is a date and little else."""
    return len(said) <= 40 and _pages.date_in(said) is not None


def _of_head(page: _Page, node: markup.Node, head: markup.Node, inner: Mapping[markup.Node, str]) -> Lead | None:
    """Take the link in the heading, around it, or the first of the element."""
    title = markup.text_of(head)
    within = [a for a in head.iter("a") if a in page.links]
    around = [up for up in head.iterancestors("a") if up in page.links]
    link = next(iter([*within, *around, *inner]), None)
    if link is None or len(title) < LEAST_TITLE:
        return None
    return Lead(page.links[link], title, head, link)
