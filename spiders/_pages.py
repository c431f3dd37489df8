"""What the web kinds share: dates and titles as pages print them, tidy links, an item's own page as a finding. Pure."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from email.utils import parsedate_tz

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import Cause, Finding, Page, PartialDate, Snapshot, Work

MOST_TITLE = 500  # characters; the longest real title of the library has 312
MOST_WORDS = 120  # of a summary: a teaser, never the text itself
MOST_KEY = 500
EARLIEST = 1980  # nothing on the web is older; 0001 and 1970 are what empty fields become
AHEAD = timedelta(days=366)  # a publication date further ahead is a mistake or a trick
# Files that are not pages: their addresses are noted, their bytes not fetched.
_FILES = re.compile(r"\.(pdf|docx?|pptx?|xlsx?|odt|zip|epub|mp[34]|jpe?g|png|gif|svg|webp|ics)$", re.IGNORECASE)
# Hosts whose pages are never crawled: EUR-Lex answers with a challenge, and its acts come from CELLAR by their CELEX number.
_NEVER = re.compile(r"(^|\.)(eur-lex\.europa\.eu)$")

# Names of months in the languages of the sources, folded; genitives too.
_NAMES = (
    "jan january janvier januar enero gennaio janeiro januari styczen stycznia leden ledna eanair tammikuuta",
    "feb february fevrier februar febrero febbraio fevereiro februari luty lutego unor unora feabhra helmikuuta",
    "mar march mars marz maerz marzo marco maart marzec marca brezen brezna marta maaliskuuta",
    "apr april avril abril aprile kwiecien kwietnia duben dubna aibrean huhtikuuta",
    "may mai mayo maggio maio mei maj maja kveten kvetna bealtaine toukokuuta",
    "jun june juin juni junio giugno junho czerwiec czerwca cerven cervna meitheamh kesakuuta",
    "jul july juillet juli julio luglio julho lipiec lipca cervenec cervence iuil heinakuuta",
    "aug august aout agosto augustus augusti sierpien sierpnia srpen srpna lunasa elokuuta",
    "sep sept september septembre septiembre settembre setembro wrzesien wrzesnia zari fomhair syyskuuta",
    "oct october octobre oktober octubre ottobre outubro pazdziernik pazdziernika rijen rijna lokakuuta",
    "nov november novembre noviembre novembro listopada listopadu samhain marraskuuta",
    "dec december decembre dezember diciembre dicembre dezembro grudzien grudnia prosinec prosince nollaig joulukuuta",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_WORDED = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|of\s+)?([^\W\d_]{3,12})\.?,?\s+(?:de\s+)?(\d{4})\b"
)
_US_WORDED = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_MONTH_YEAR = re.compile(r"\b([^\W\d_]{3,12})\.?,?\s+(\d{4})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?(?!\d)")
_NUMBERS = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b")
# What sites say around their text on every page.
_NOISE = re.compile(
    r"skip to (main )?(content|navigation).*|(this|our) (web)?site uses cookies.{0,300}|we use cookies.{0,300}|"
    r"(accept|reject|manage)( all)? cookies|cookie (settings|policy|notice)|hello, a quick survey is waiting for you.*|"
    r"please consider the environment before printing.*|.{0,80}(paper|printing).{0,60}(environment|consumption).{0,120}|"
    r"share (it|this( page)?)( on)?:?|back to top|print( this page)?",
    re.IGNORECASE,
)


def date_in(said: str, order: str = "dmy") -> PartialDate | None:
    """Find the one date that a piece of text prints; None when there is none, or when two differ.

    `order` says how 03/12/2024 is meant: day first (`dmy`) or month first (`mdy`).
    """
    found = {made for made in _dates(text.clean(said, 300), order) if made}
    full = {each for each in found if each.day}
    found = full or found
    return found.pop() if len(found) == 1 else None


def dates_in(said: str) -> list[PartialDate]:
    """Give the days that a piece of text prints, earliest first; months and years alone are none."""
    return sorted({made for made in _dates(text.clean(said, 300), "dmy") if made and made.day})


def _dates(said: str, order: str) -> list[PartialDate | None]:
    made = [_made(y, m, d or 0) for y, m, d in _ISO.findall(said)]
    first, second = (1, 2) if order == "dmy" else (2, 1)
    made += [_made(match[3], match[second], match[first]) for match in _NUMBERS.finditer(said)]
    folded = text.fold(said)
    made += [_made(y, _MONTHS[month], d) for d, month, y in _WORDED.findall(folded) if month in _MONTHS]
    made += [_made(y, _MONTHS[month], d) for month, d, y in _US_WORDED.findall(folded) if month in _MONTHS]
    if not made:  # an impossible day is no month
        made += [_made(y, _MONTHS[month], 0) for month, y in _MONTH_YEAR.findall(folded) if month in _MONTHS]
    return made


def _made(year: str | int, month: str | int, day: str | int) -> PartialDate | None:
    if not int(month):
        return None
    try:
        return PartialDate(int(year), int(month), int(day))
    except ValueError:
        return None


def stamp_date(said: str) -> PartialDate | None:
    """Read a machine's date (RFC 822, ISO 8601) as the day that its own zone shows; None when it is neither."""
    if match := _ISO.match(said.strip()):
        return _made(match[1], match[2], match[3] or 0)
    parts = parsedate_tz(said)
    # The library takes the year 0001 for 2001; two digits are a year only where RFC 822 has them.
    is_told = parts and (f"{parts[0]:04}" in said or re.search(r"\d [A-Za-z]{3} \d\d\b(?!\d)", said))
    return _made(*parts[:3]) if parts and is_told else None


def plausible(said: PartialDate | None, seen: datetime) -> PartialDate | None:
    """Give a publication date back when it may be one."""
    if said is None or said.year < EARLIEST or said.first_day > (seen + AHEAD).date():
        return None
    return said


def key_from(said: str) -> str:
    """Make a key of what a source calls its item, bounded in length."""
    cleaned = text.clean(said)
    if len(cleaned) <= MOST_KEY:
        return cleaned
    return f"{cleaned[:80]}…{hashlib.sha256(cleaned.encode()).hexdigest()[:32]}"


def is_page(url: str) -> bool:
    """Whether an address may be asked for as an item's page: not a file, not a host that we never crawl."""
    path = url.partition("?")[0]
    return not _FILES.search(path) and not is_never_asked(url)


def is_never_asked(url: str) -> bool:
    """Whether an address lies on a host whose pages are never crawled."""
    return _NEVER.search(text.host_of(url)) is not None


def is_pdf(url: str) -> bool:
    """Whether an address names a PDF."""
    return url.partition("?")[0].lower().endswith(".pdf")


def document_of(page: Page) -> str | None:
    """Give the address of a page's document: the PDF that its head names, or the only one that its main part links to."""
    try:
        root = markup.html(page.body, page.content_type)
    except UnreadableError:
        return None
    base = markup.base_of(root, page.url)
    for node in root.iter("meta"):
        if (node.get("name") or "").lower() in ("citation_pdf_url", "eprints.document_url", "bepress_citation_pdf_url"):
            return markup.address(node, base, "content")
    mains = markup.select(root, "main, article, #content, .content") or [root]
    links = [
        url for main in mains[:1] for node in main.iter("a") if (url := markup.address(node, base)) and is_pdf(url)
    ]
    found = list(dict.fromkeys(links))
    return found[0] if len(found) == 1 else None


def title_of(root: markup.Node) -> str:
    """Give a page's own title: og:title, its only h1, or its head's, without the site's name after it."""
    metas = {
        (node.get("property") or node.get("name") or "").lower(): node.get("content") or ""
        for node in root.iter("meta")
    }
    heads = [markup.text_of(node) for node in root.iter("h1")]
    said = (
        metas.get("og:title")
        or (heads[0] if len(heads) == 1 else "")
        or root.findtext(".//title")
        or "".join(heads[:1])
    )
    site = metas.get("og:site_name", "")
    cleaned = text.clean(said, MOST_TITLE)
    for dash in (" | ", " – ", " - ", " — "):
        if site and cleaned.endswith(f"{dash}{text.clean(site)}"):
            return cleaned.removesuffix(f"{dash}{text.clean(site)}")
    head, bar, _site = cleaned.rpartition(" | ")
    return head if bar and len(head) > 10 else cleaned


def item_page(snapshot: Snapshot, work: Work | None = None) -> Finding:
    """Make the finding of an item's own page; `judge.extract` reads the rest out of its bytes.

    UnreadableError when the answer is no page or has no title.
    """
    root = markup.html(snapshot.body, snapshot.content_type)
    said = work or Work()
    title = said.title or title_of(root)
    if not title:
        raise UnreadableError(Cause.BAD_RECORD, "a page without a title")
    made = Work(title=title, url=snapshot.final_url, date=said.date, summary=said.summary, summary_by=said.summary_by)
    page = Page(snapshot.final_url, snapshot.content_type, snapshot.body)
    return Finding(snapshot.source_id, snapshot.key or snapshot.url, made, role="page", page=page)


def is_noise(block: str) -> bool:
    """Whether a block of text is a banner, a notice or a control rather than the page's own words."""
    return _NOISE.fullmatch(block) is not None
