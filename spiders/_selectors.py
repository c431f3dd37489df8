"""How the parts of a list are named: a block of `_blocks.py` → the options of a `listing` that reads it. Pure.

A selector is taken only when it gives, in nearly all items, what is seen there; the shorter and the more telling one first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from statistics import median
from typing import Literal
from urllib.parse import urlsplit

from observatory import markup, text
from spiders import _pages
from spiders._blocks import Block, Lead, classes
from spiders.listing import ListingOptions, date_of

NEARLY_ALL = 0.85
MOST = 0.5  # share of items in which a date or a summary must stand
LEAST_SUMMARY = 40  # letters
MOST_DATE = 60  # letters of an element that prints a date and little else
MOST_TRIED = 12  # selectors of one part
_NEXT_WORDS = re.compile(
    r"(go to )?(the )?next( page)?( ›| »| >)?|older( posts| entries)?|load more|weiter|n[aä]chste( seite)?|suivante?|page suivante|"
    r"siguiente|successiv[ao]|avanti|seguinte|pr[oó]xim[ao]|volgende|n[aä]sta|neste|n[aæ]ste|seuraava|nast[eę]pna|dal[sš][ií]|›|»|→",
    re.IGNORECASE,
)
_TELLING = re.compile(r"summary|teaser|excerpt|desc|intro|lead|abstract|snippet|body|content|text", re.IGNORECASE)
_EVENT = re.compile(
    r"\b(events?|webinars?|conferences?|calendar|agenda|veranstaltung\w*|termine|evenements?|eventos?|eventi)\b"
)


def selectors(root: markup.Node, block: Block, base: str, seen: date) -> dict[str, object]:
    """Give the options of a `listing` (all but `url`) that read a block; what the page doesn't have is left out."""
    pairs = [(node, lead) for node, lead in zip(block.nodes, block.leads, strict=True) if lead]
    made: dict[str, object] = {"item": _item(root, block)}
    title = _title(pairs)
    if title:
        made["title"] = title
    if link := _link(pairs, title):
        made["link"] = link
    made |= _date(pairs, base, seen)
    nodes = [node for node, _lead in pairs]
    if summary := _summary(nodes, made, [lead.holder for _node, lead in pairs]):
        made["summary"] = summary
    if following := _next(root, base):
        made["next"] = following
    return made


# ---------------------------------------------------------------- the item


def _item(root: markup.Node, block: Block) -> str:
    """Name the block's elements and as few others as may be: in the page's main part, or below what holds them."""
    wanted = {node for node, lead in zip(block.nodes, block.leads, strict=True) if lead}
    holders = Counter(name for node in wanted for up in list(node.iterancestors())[:4] for name in classes(up))
    within = [f".{name}" for name, _number in holders.most_common(3)]
    ids = [f"#{up.get('id')}" for up in next(iter(block.nodes)).iterancestors() if _is_name(up.get("id") or "")]
    tried = [block.selector, *(f"{place} {block.selector}" for place in ("main", "[role=main]", *ids[:3], *within))]
    return max(tried, key=lambda css: (round(_likeness(root, css, wanted), 2), -tried.index(css)))


def _is_name(said: str) -> bool:
    return re.fullmatch(r"[A-Za-z][A-Za-z_-]*", said) is not None


def _likeness(root: markup.Node, css: str, wanted: set[markup.Node]) -> float:
    found = set(markup.select(root, css))
    return len(found & wanted) / max(1, len(found | wanted))


# ---------------------------------------------------------------- title and link


def _title(pairs: Sequence[tuple[markup.Node, Lead]]) -> str | None:
    holders = [lead.holder for _node, lead in pairs]
    tags = sorted({str(holder.tag) for holder in holders})
    named = [f"{tag}.{name}" if len(tags) == 1 else f".{name}" for tag in tags[:1] for name in _common(holders)]
    has_inner = all(holder.tag != "a" and markup.select(holder, "a[href]") for holder in holders)
    forms = [
        form
        for base in (*named, ", ".join(tags))
        for form in ([f"{base} a"] if has_inner and "," not in base else []) + [base]
    ]
    titles = [(node, lead.title) for node, lead in pairs]
    return _first(forms, lambda css: _share(text.fold(_said(node, css)) == text.fold(title) for node, title in titles))


def _link(pairs: Sequence[tuple[markup.Node, Lead]], title: str | None) -> str | None:
    """Name the link only where the kind's own way (the title's link, else the first) would take another."""

    def usual(node: markup.Node) -> markup.Node | None:
        for css in (title, "h1 a, h2 a, h3 a, h4 a", "a[href]"):
            for found in markup.select(node, css) if css else ():
                if found.get("href"):
                    return found
                if inner := markup.select(found, "a[href]"):
                    return inner[0]
        return None

    if _share(usual(node) is lead.link for node, lead in pairs) >= NEARLY_ALL:
        return None
    names = [f"a.{name}" for name in _common([lead.link for _node, lead in pairs])]
    return _first(names, lambda css: _share(_one(node, css) is lead.link for node, lead in pairs))


def _common(nodes: Sequence[markup.Node]) -> list[str]:
    """Give the classes that nearly all of these elements carry."""
    counted = Counter(name for node in nodes for name in classes(node))
    return [name for name, number in counted.most_common() if number >= NEARLY_ALL * len(nodes)]


# ---------------------------------------------------------------- date


def _date(pairs: Sequence[tuple[markup.Node, Lead]], base: str, seen: date) -> dict[str, object]:
    """Name where the date stands, how its numbers are meant, and whether it is the day of an event."""
    nodes = [node for node, _lead in pairs]
    order: Literal["mdy", "dmy"] = "mdy" if _is_american(nodes) else "dmy"
    tried = _ranked(name for node, lead in pairs for name in _names_of_dates(node, lead, order))
    options = {css: ListingOptions(url="https://x.example/", item="*", date=css, date_order=order) for css in tried}
    shares = {css: _share(date_of(node, options[css]) is not None for node in nodes) for css in tried}
    best = max(tried, key=lambda css: (round(shares[css], 1), -tried.index(css)), default=None)
    if best is None or shares[best] < MOST:
        return {}
    days = [day.first_day for node in nodes if (day := date_of(node, options[best]))]
    is_ahead = sum(day > seen for day in days) > len(days) / 3
    is_event = is_ahead or _EVENT.search(text.fold(urlsplit(base).path.replace("/", " ")))
    return {
        "date": best,
        **({"date_order": order} if order == "mdy" else {}),
        **({"dates": "event"} if is_event else {}),
    }


def _names_of_dates(node: markup.Node, lead: Lead, order: str) -> Iterator[str]:
    """Name the elements of an item that print a date and little else, the innermost first, then the item itself."""
    title = set(lead.holder.iter())
    for found in reversed([each for each in node.iter() if isinstance(each.tag, str) and each not in title]):
        said = markup.text_of(found)
        if found.tag == "time" and (found.get("datetime") or _pages.date_in(said, order)):
            yield "time"
        elif len(said) <= MOST_DATE and _pages.date_in(said, order):
            yield from (f".{name}" for name in classes(found))
            if found is not node and not classes(found):
                yield from (f".{name} {found.tag}" for name in classes(found.getparent())[:1])
                yield str(found.tag)
    if _pages.date_in(markup.text_of(node), order):
        yield str(node.tag)


def _is_american(nodes: Sequence[markup.Node]) -> bool:
    """Whether numbers such as 03/27/2024 show that the month stands first, and none shows the contrary."""
    found = [match for node in nodes for match in re.findall(r"\b(\d{1,2})/(\d{1,2})/\d{4}\b", markup.text_of(node))]
    return any(int(second) > 12 for _first, second in found) and not any(int(first) > 12 for first, _second in found)


# ---------------------------------------------------------------- summary and the next page


def _summary(nodes: Sequence[markup.Node], made: dict[str, object], holders: Sequence[markup.Node]) -> str | None:
    titles = {each for holder in holders for each in holder.iter()}
    found: list[str] = []
    for node in nodes:
        for each in node.iter("p", "div", "span", "dd", "td"):
            if (
                each is node
                or each in titles
                or len(markup.text_of(each)) < LEAST_SUMMARY
                or _holds_title(each, titles)
            ):
                continue
            names = sorted(classes(each), key=lambda name: _TELLING.search(name) is None)
            found += [f".{name}" for name in names] or ([str(each.tag)] if each.tag in ("p", "dd") else [])
    fits = [css for css in _ranked(found) if css != made.get("date")]

    def share(css: str) -> float:
        said = [_said(node, css) for node in nodes]
        return _share(len(words) >= LEAST_SUMMARY for words in said) if median(map(len, said)) >= LEAST_SUMMARY else 0.0

    best = max(fits, key=lambda css: (round(share(css), 1), -fits.index(css)), default=None)
    return best if best and share(best) >= MOST else None


def _holds_title(node: markup.Node, titles: set[markup.Node]) -> bool:
    return any(each in titles for each in node.iter())


def _next(root: markup.Node, base: str) -> str | None:
    """Name the link to the next page; one marked rel=next is found without."""
    if markup.select(root, "a[rel~=next], link[rel=next]"):
        return None
    for node in root.iter("a"):
        url = markup.address(node, base)
        said = (node.get("aria-label") or node.get("title") or markup.text_of(node)).strip()
        if not url or text.host_of(url) != text.host_of(base) or not _NEXT_WORDS.fullmatch(said):
            continue
        label = node.get("aria-label") or ""
        names = [f"a.{name}" for name in (node.get("class") or "").split() if "next" in name.lower()]
        names += [f".{name} a" for name in (node.getparent().get("class") or "").split() if "next" in name.lower()]
        names += [f'a[aria-label="{label}"]'] if label and '"' not in label else []
        return next((css for css in names if _is_first(root, css, node)), None)
    return None


def _is_first(root: markup.Node, css: str, node: markup.Node) -> bool:
    try:
        return markup.select(root, css)[:1] == [node]
    except ValueError:
        return False


# ---------------------------------------------------------------- weighing selectors


def _first(tried: Iterable[str], share: object) -> str | None:
    assert callable(share)
    return next((css for css in tried if share(css) >= NEARLY_ALL), None)


def _ranked(names: Iterable[str]) -> list[str]:
    """Give what was met most often, in the order met."""
    counted = Counter(names)
    return [name for name, _number in counted.most_common(MOST_TRIED)]


def _share(claims: Iterable[bool]) -> float:
    held = list(claims)
    return sum(held) / len(held) if held else 0.0


def _said(node: markup.Node, css: str) -> str:
    found = _one(node, css)
    return markup.text_of(found) if found is not None else ""


def _one(node: markup.Node, css: str) -> markup.Node | None:
    return next(iter(markup.select(node, css)), None)
