"""What a reader sees of a page: headings, labelled dates and numbers, files, running text. Pure.

A date counts only where a label says that it is the publication's: the first `<time>` of a page may be a menu's, and "last update"
is another date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from observatory import markup, text
from observatory.judge.extract.dates import date_of, plausible
from observatory.judge.extract.metas import HANDLE, creators, plain_title, teaser
from observatory.model import PartialDate, SummaryBy, Work

MOST_ELEMENTS = 10_000  # of a page; trafilatura takes time that grows with their square, 2 s here
MOST_TEXT = 200_000  # characters kept for the index
_TITLES = (
    "h1.ecl-page-header__title",
    ".ecl-page-header h1",
    "h1.page_title",
    "h1.ep_tm_pagetitle",
    "h1.entry-title",
    "h1.item-title",
    "h1",
)
_LEADS = (
    ".ecl-page-header__description",
    ".ecl-page-header-standardised__description",
    "section.item.abstract",
    ".ep_summary_content_abstract",
    ".simple-item-view-description",
)
_FILES = (
    "a.ecl-file__download[href]",
    "a.obj_galley_link.pdf[href]",
    "a.ep_document_link[href]",
    ".item-page-field-wrapper a[href*='/bitstream']",
)
_DATE_BOXES = (
    ".ecl-page-header__meta-item",
    ".item.published",
    "time.entry-date.published",
    "time.published",
    "time[itemprop=datePublished]",
    "time[pubdate]",
    "dd.published",
    ".field--name-field-publication-date",
    ".publication-date",
    ".date-published",
    ".blog-item-date",
    "time.blog-meta-item--date",
    "time.dt-published",
)
_LABEL = re.compile(
    r"^\W{0,20}(publication date|date of publication|publication|published( online| on)?|date published|publi[ée]e? le|"
    r"mise? en ligne le|date de publication|ver[öo]ffentlicht( am)?|ver[öo]ffentlichungsdatum|erschienen( am)?|"
    r"publicad[oa]( el| em)?|fecha de publicaci[óo]n|data de publica[çc][ãa]o|pubblicato( il)?|data di pubblicazione|"
    r"gepubliceerd( op)?|publicatiedatum|opublikowano|data publikacji|publikov[áa]no|zve[řr]ejn[ěe]no|zverejnen[ée]|"
    r"objavljeno|objavljen|datum objave|publicerad( den)?|publisert|publiceret|udgivet|julkaistu|julkaisup[äa]iv[äa]|"
    r"avaldatud|public[ēe]ts|paskelbta|megjelen[ée]s|k[öo]zz[ée]t[ée]ve|publicat( la)?|публикувано|опубліковано|"
    r"опубликовано|δημοσιε[ύυ]\w+|issue date|issued|release date|foils[ií]\w*)\W*(?=\w)",
    re.IGNORECASE,
)
_OTHER_DATE = re.compile(
    r"updat|modif|review|last|aktualis|mise à jour|actualiz|aggiorn|deadline|copyright|©", re.IGNORECASE
)
_DOI_LABEL = re.compile(r"\bdoi\b", re.IGNORECASE)
_ISBN_LABEL = re.compile(r"\bISBN(?:-1[03])?\b[\s:]*([\d\sXx‐-―-]{10,25})", re.IGNORECASE)
_ELI = re.compile(r"https?://[^\s\"<>/]{1,100}/(?:[^\s\"<>/]{1,60}/){0,3}?eli/[^\s\"<>]{1,300}", re.IGNORECASE)
_ERIC = re.compile(r"(?:[?&]id=|\b)((?:EJ|ED)\d{6,7})\b")


def visible(root: markup.Node, url: str) -> Work:
    """Read what a page shows in labelled places."""
    blocks = list(_head_blocks(root))
    handle = HANDLE.search(url)
    eric = _ERIC.search(url) if "eric.ed.gov" in text.host_of(url) else None
    identifiers = [("handle", handle[1])] if handle else []
    identifiers += [("eric", eric[1])] if eric else []
    return Work(
        title=_title(root),
        creators=creators(_names(root)),
        date=_date(root, blocks),
        doi=text.doi(url) if "doi.org" in text.host_of(url) else _doi(root),
        isbn=_isbn(blocks),
        celex=text.celex(url) if "europa.eu" in text.host_of(url) else None,
        eli=_eli(root, url),
        identifiers=tuple(sorted(identifiers)),
        pdf_url=_pdf(root, url),
        summary=teaser(_first(root, _LEADS)),
        summary_by=SummaryBy.PUBLISHER,
    )


def text_of_page(root: markup.Node) -> str | None:
    """Give the running text of a page, without menus and footers."""
    from trafilatura import extract as running_text

    try:
        is_long = next(islice(root.iter(), MOST_ELEMENTS, None), None) is not None
        said = None if is_long else running_text(root, include_comments=False, include_tables=True, fast=True)
    except markup.TREE_ERRORS:
        said = None
    told = text.clean(said or "", MOST_TEXT)
    return told or text.clean(markup.text_of(root)[:MOST_TEXT]) or None


# ---------------------------------------------------------------- pieces


def _title(root: markup.Node) -> str:
    """Give the page's heading, of several first-rank ones none: then the head of the page knows better."""
    for css in _TITLES:
        found = markup.select(root, css)
        if len(found) == 1 and (said := plain_title(markup.text_of(found[0]))):
            return said
    return ""


def _first(root: markup.Node, selectors: Iterable[str]) -> str:
    for css in selectors:
        for node in markup.select(root, css)[:1]:
            if said := markup.text_of(node):
                return re.sub(r"^(abstract|summary)\b[\s:.]*", "", said, flags=re.IGNORECASE)
    return ""


def _names(root: markup.Node) -> list[str]:
    for css in ("ul.authors li span.name", ".ep_summary_content .person_name", "a[rel=author]", ".author.vcard .fn"):
        if found := [markup.text_of(node) for node in markup.select(root, css)[:100]]:
            return [name for name in found if 1 < len(name.split()) <= 6]
    return []


def _head_blocks(root: markup.Node) -> Iterator[str]:
    """Give the first blocks of a page's main part: what it says of itself stands there."""
    main = next(iter(markup.select(root, "main, article, [role=main], #content")), root)
    for count, block in enumerate(markup.blocks_of(main)):
        if count >= 120:
            return
        if len(block) <= 300:
            yield block


def _date(root: markup.Node, blocks: Iterable[str]) -> PartialDate | None:
    """Read the labelled publication date; two that differ say nothing sure."""
    boxed = [(node, markup.text_of(node)) for css in _DATE_BOXES for node in markup.select(root, css)[:3]]
    found = {date for node, said in boxed if not _OTHER_DATE.search(said) and (date := _boxed(node, said))}
    if not found:
        labelled = [
            block
            for block in blocks
            if _LABEL.match(block) and not _OTHER_DATE.search(_LABEL.sub("", block, count=1)[:40])
        ]
        found = {date for block in labelled if (date := plausible(date_of(_LABEL.sub("", block, count=1)[:40])))}
    return _agreed(found)


def _boxed(node: markup.Node, said: str) -> PartialDate | None:
    """Read a date box: a `<time datetime>` is sure; a meta item of the Commission's header only with its label or alone."""
    stamp = node.get("datetime") or next(
        (inner.get("datetime") for inner in node.iter("time") if inner.get("datetime")), None
    )
    if stamp and (date := plausible(date_of(stamp))):
        return date
    bare = _LABEL.sub("", said, count=1)
    return plausible(date_of(bare)) if len(bare) <= 40 else None


def _agreed(found: set[PartialDate]) -> PartialDate | None:
    """Give the one date, or of several that don't contradict (2022, 2022-06) the most precise."""
    if not found:
        return None
    best = max(found, key=lambda date: (date.month > 0, date.day > 0, date))
    fits = all(d.year == best.year and d.month in (0, best.month) and d.day in (0, best.day) for d in found)
    return best if fits else None


def _doi(root: markup.Node) -> str | None:
    """Give the one DOI that stands under a label; the DOIs of references have none."""
    found: set[str] = set()
    for css in (
        ".item.doi a[href]",
        "a.doi[href]",
        ".doi a[href]",
        "[class*=doi] a[href]",
        ".ep_summary_content a[href*='doi.org']",
    ):
        found |= {doi for node in markup.select(root, css)[:3] if (doi := text.doi(node.get("href")))}
    if not found:
        for node in root.iter("dt", "th", "strong", "b", "span", "p", "li", "div"):
            said = (node.text or "").strip()
            if (
                len(said) <= 200
                and _DOI_LABEL.search(said)
                and (doi := text.doi(said) or text.doi(markup.text_of(node)[:300]) or _next_doi(node))
            ):
                found.add(doi)
    return found.pop() if len(found) == 1 else None


def _next_doi(node: markup.Node) -> str | None:
    following = node.getnext()
    return text.doi(markup.text_of(following)[:300]) if following is not None else None


def _isbn(blocks: Iterable[str]) -> str | None:
    found = {isbn for block in blocks for match in _ISBN_LABEL.finditer(block) if (isbn := text.isbn(match[1]))}
    return min(found) if len(found) == 1 else None


def _eli(root: markup.Node, url: str) -> str | None:
    if match := _ELI.search(url):
        return match[0]
    for node in root.iter("meta", "link", "a"):
        said = node.get("resource") or node.get("about") or node.get("href") or ""
        marked = "eli" in (node.get("property") or node.get("rel") or "").lower() or "data.europa.eu/eli/" in said
        if marked and (match := _ELI.search(said)):
            return match[0]
    return None


def _pdf(root: markup.Node, url: str) -> str | None:
    """Give the page's file: where the platform puts it, or the only PDF that its main part links."""
    base = markup.base_of(root, url)
    for css in _FILES:
        for node in markup.select(root, css)[:1]:
            if found := markup.address(node, base):
                return found
    main = next(iter(markup.select(root, "main, article, [role=main], #content")), root)
    links = {
        found for node in main.iter("a") if _is_pdf(node.get("href") or "") and (found := markup.address(node, base))
    }
    return links.pop() if len(links) == 1 else None


def _is_pdf(href: str) -> bool:
    return href.partition("?")[0].strip().lower().endswith(".pdf")
