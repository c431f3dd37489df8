"""A work's fingerprint: titles, numbers, names and addresses in forms that can be equal. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from observatory import text
from observatory.model import Creator, EntryKind, PartialDate, Work

# Sites that copy files which others published …
_COPIES = re.compile(
    r"(^|\.)(dokumen\.(tips|pub)|readkong\.com|123dok\.\w+|1library\.\w+|9pdf\.\w+|pdfslide\.\w+|[fv]documents\.\w+|"
    r"vdocuments\.\w+|fdocumentos\.\w+|adoc\.pub|docslib\.org|studylib\.\w+|docplayer\.\w+|scribd\.com|slideshare\.net|"
    r"issuu\.com|yumpu\.com|coursehero\.com|lawsdocbox\.com|web\.archive\.org|webarchive\.[\w.]+|publicnow\.com)$"
)
# … and indexes and repositories, whose records say whose work it is.
_RECORDS = re.compile(
    r"(^|\.)(researchgate\.net|academia\.edu|semanticscholar\.org|researcher\.life|core\.ac\.uk|(econpapers|ideas)\.repec\.org|"
    r"eric\.ed\.gov|doaj\.org|worldcat\.org|voced\.edu\.au|zenodo\.org|europeansources\.info|europepmc\.org|openalex\.org|"
    r"pubmed\.ncbi\.nlm\.nih\.gov|philpapers\.org|ssrn\.com|base-search\.net|scholar\.archive\.org|hal\.science|jstor\.org|"
    r"oasis\.col\.org|bibliotekanauki\.pl|dialnet\.unirioja\.es|cyberleninka\.ru|eurekamag\.com|scilit\.\w+|lens\.org)$"
)
_RECORD_PATH = re.compile(r"/(handle|items|bitstream|eprints?|record|id/eprint|xmlui|jspui|dspace)/", re.IGNORECASE)
_PREPRINTS = re.compile(
    r"(^|\.)(arxiv\.org|preprints\.org|osf\.io|ssrn\.com|researchsquare\.com|edarxiv\.org|psyarxiv\.com)$|"
    r"^10\.(48550|20944|31235|31219|35542|21203|2139)/"
)
_WRAPPED = re.compile(
    r"(^|\.)(safelinks\.protection\.outlook\.com|google\.\w+|l\.facebook\.com|linkprotect\.cudasvc\.com)$"
)
# Parameters that change how a page looks, not which it is.
# fmt: off
_LOOKS = frozenset({
    "lang", "language", "locale", "locale-attribute", "preflang", "print", "toprint", "preview", "view",
    "show", "format", "hl", "amp", "output",
})
# fmt: on
_LANGUAGE_PART = re.compile(r"^[a-z]{2}([-_][a-zA-Z]{2})?$")
_LANGUAGE_END = re.compile(
    r"[_-](bg|cs|da|de|el|en|es|et|fi|fr|ga|hr|hu|it|lt|lv|mt|nl|no|pl|pt|ro|sk|sl|sv)(?=$|\.\w{2,5}$)"
)
_FILE = re.compile(r"\.(pdf|docx?|pptx?|epub)$|/download/|/viewcontent\.cgi|/bitstream/", re.IGNORECASE)
_SHORT_LINK = re.compile(r"(^|&)(p|page_id|post|node|id)=\d+(&|$)")

# Words that make of a title another work: a part of it, or something about it.
_PARTS = re.compile(
    r"\b(annex\w*|anhang|anexo|chapter|kapitel|chapitre|capitulo|executive summary|summary of|readers? guide|reader s guide|"
    r"country notes?|infographic|factsheet|press release|presentation|slides|webinar|conference|recording|podcast|video|review of|"
    r"reply to|response to|comment on|commentary|corrigendum|erratum|draft|proposal|new report|launch\w*|call for|survey|"
    r"newsletter|minutes|agenda|appendix|supplement|faq|brochure|leaflet|policy brief|position|statement|opinion|interview|blog|"
    r"toolkit|workbook|implementation|evaluation|progress report|interim|preliminary)\b"
)
_NUMBERED = re.compile(
    r"\b(annex|anhang|chapter|kapitel|part|teil|partie|parte|no|nr|num|number|vol|volume|issue|edition|version|episode|module|"
    r"session|meeting|phase|round)\s+(\d+|[ivx]+)\b"
)
_ORDINALS = {
    **dict(zip(("first", "second", "third", "fourth", "fifth"), "12345", strict=True)),
    **dict(zip(("1st", "2nd", "3rd", "4th", "5th"), "12345", strict=True)),
}
_ORDINAL = re.compile(r"\b(" + "|".join(_ORDINALS) + r") (edition|revision|version|report)\b")
_ACT = re.compile(
    r" (?:of|vom|du|del|di|van|av|z|zo|dne|od|dnia|de) \d{1,2} [^\W\d_]+ (?:19|20)\d\d\b| (?:19|20)\d\d [cl] \d+ \d+$|"
    r"^(?:19|20)\d\d [cl] \d+ \d+ "
)
_TAIL_DATE = re.compile(
    r" (?:january|february|march|april|may|june|july|august|september|october|november|december)? ?(?:19|20)\d\d$"
)
# fmt: off
_STOP = frozenset({
    "a", "an", "the", "of", "on", "for", "in", "to", "and", "or", "with", "by", "from", "at", "as", "its",
    "is", "are", "s", "de", "la", "le", "les", "des", "du", "et", "en", "un", "une", "der", "die", "das",
    "und", "von", "el", "los", "y",
})
# fmt: on
_NOT_WORDS = re.compile(r"[\W_]+")
_DOI_IN_PATH = re.compile(r"10\.\d{4,9}/.*")  # "chapter/10.1007/…" is no chapter ten
# Spellings of one word on two sides of the Atlantic, by what of it stays, and its British end.
_BRITISH = {
    "labor": "labour",
    "program": "programme",
    "programs": "programmes",
    "center": "centre",
    "centers": "centres",
}
_AMERICAN = re.compile(r"\b(?:labor|programs?|centers?)\b|(?<=\w{3})iz(?=(?:e|ed|es|ing|ations?)\b)")
_TAIL = re.compile(r"\s[-–—|·]\s")
_SUBTITLE = re.compile(r"(?::|\s[-–—|]\s|\.\s|\?\s)")


class _Compared(NamedTuple):
    """What two works are compared by: no texts, which would be kept with their prints."""

    title: str
    title_en: str | None
    titles: tuple[tuple[str, str], ...]
    kind: EntryKind | None
    form: str | None
    creators: tuple[Creator, ...]
    publisher: str | None
    date: PartialDate | None
    url: str | None
    seen_at: str | None
    doi: str | None
    isbn: str | None
    celex: str | None
    identifiers: tuple[tuple[str, str], ...]
    language: str | None
    event_start: PartialDate | None


_compared = attrgetter(*_Compared._fields)


@dataclass(frozen=True, slots=True)
class Print:
    """What is compared of a work."""

    title: str  # normalised: folded, dates of acts and issue dates dropped
    main: str  # without its subtitle
    titles: frozenset[str]  # also in other languages
    content: frozenset[str]  # words that carry meaning
    numbers: frozenset[str]  # digits in the title
    labelled: frozenset[tuple[str, str]]  # ("annex", "2"), ("edition", "3")
    parts: frozenset[str]  # "annex", "new report" …
    date: PartialDate | None
    begins: PartialDate | None  # of an event
    publisher: str
    creators: frozenset[str]
    doi: str | None
    dois: frozenset[str]  # with those of its versions: a repository has one for all and one for each
    celex: str | None
    isbn: str | None
    url: str | None  # canonical
    page: str | None  # the address without language, look and letter case
    host: str
    path: str  # the last parts of the path, by which a copy on another host is known
    years_in_url: frozenset[str]
    language_in_url: str
    is_copy: bool
    is_record: bool
    is_file: bool
    is_short_link: bool
    is_preprint: bool
    kind: EntryKind | None
    language: str | None


def print_of(work: Work) -> Print:
    """Take a work's fingerprint; kept, since a work's keys are found first and its block is grouped soon after."""
    return _print(_Compared(*_compared(work)))


@lru_cache(maxsize=512)  # an answer’s items: some 5 kB each
def _print(work: _Compared) -> Print:
    url = unwrapped(work.url or work.seen_at or "")
    parts = urlsplit(text.tidy_url(url) or "")
    host = text.host_of(url).rstrip(".")
    publisher = text.title_key(work.publisher or "")
    printed = _without_site(work.title[:1000], publisher)
    key = text.title_key(printed)
    title = normal_title(key)
    doi = text.doi(work.doi or "") or (text.doi(url) if "doi.org" in host else None)
    versions = [text.doi(said) for name, said in work.identifiers if name == "version-doi"]
    return Print(
        title=title,
        main=_main(printed, title),
        titles=_titles(work, title),
        content=frozenset(title.split()) - _STOP,
        numbers=frozenset(re.findall(r"\d+", _ACT.sub(" ", key))),
        labelled=_labelled(f"{key} {_NOT_WORDS.sub(' ', _DOI_IN_PATH.sub('', unquote(parts.path).lower()))}"),
        parts=frozenset(match if isinstance(match, str) else match[0] for match in _PARTS.findall(key)),
        date=work.date,
        begins=work.event_start if work.kind is EntryKind.EVENT else None,
        publisher=publisher,
        creators=frozenset(_family(creator.family or creator.name) for creator in work.creators),
        doi=doi,
        dois=frozenset(each for each in (doi, *versions) if each),
        celex=work.celex or (text.celex(url) if "europa.eu" in host else None),
        isbn=text.isbn(work.isbn or ""),
        url=text.canonical_url(url),
        page=_page(url),
        host=host,
        path=_slug(parts.path),
        years_in_url=frozenset(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", parts.path)),
        language_in_url=_language(parts.path, parts.query),
        is_copy=bool(_COPIES.search(host)),
        is_record=bool(_RECORDS.search(host) or _RECORD_PATH.search(parts.path)),
        is_file=bool(_FILE.search(parts.path)),
        is_short_link=bool(_SHORT_LINK.search(parts.query)) and len(parts.path) <= 1,
        is_preprint=bool(_PREPRINTS.search(host) or (doi and _PREPRINTS.search(doi))) or work.form == "preprint",
        kind=work.kind,
        language=work.language,
    )


def _titles(work: _Compared, title: str) -> frozenset[str]:
    others = (work.title_en or "", *(other for _language, other in work.titles))
    return frozenset(filter(None, (title, *(normal_title(text.title_key(other[:1000])) for other in others))))


def _labelled(key: str) -> frozenset[tuple[str, str]]:
    """Give the numbers that title and address name with a label: annex 2, third edition."""
    found = {(label, number) for label, number in _NUMBERED.findall(key)}
    return frozenset(found | {(what, _ORDINALS[nth]) for nth, what in _ORDINAL.findall(key)})


def unwrapped(url: str) -> str:
    """Give the address inside a mail filter's or search engine's wrapper."""
    if not _WRAPPED.search(text.host_of(url)):
        return url
    inner = next((value for key, value in parse_qsl(urlsplit(url).query) if key in ("url", "q", "u", "a")), "")
    return inner if text.tidy_url(inner) else url


def normal_title(key: str) -> str:
    """Drop from a folded title what its records print differently: an act's date and reference, the month of an issue."""
    bare = _ACT.sub(" ", f" {key}").strip()
    shorter = _TAIL_DATE.sub("", bare)
    return _british(re.sub(r" +", " ", shorter if len(shorter.split()) >= 5 else bare))


def _british(title: str) -> str:
    return _AMERICAN.sub(lambda found: _BRITISH.get(found[0], "is"), title)


def _without_site(printed: str, publisher: str) -> str:
    """Drop the name of the site from the end of a title as pages print it: "What it is – Agency for Quality"."""
    *before, last = _TAIL.split(printed)
    tail = set(text.title_key(last).split())
    names = set(publisher.split())
    return printed[: printed.rindex(last)].rstrip(" -–—|·") if before and tail and tail <= names else printed


def _main(printed: str, title: str) -> str:
    """Give a title without its subtitle; the whole when the first part says too little to know it by."""
    first, *rest = _SUBTITLE.split(printed, maxsplit=1)
    main = normal_title(text.title_key(first)) if rest else title
    return main if len(main.split()) >= 4 else title


def _family(name: str) -> str:
    return text.fold(name).split(",")[0].split(" ")[-1]


def _page(url: str) -> str | None:
    """Give an address without language, look and letter case: equal for the versions of one page."""
    tidy = text.canonical_url(url)
    if not tidy:
        return None
    parts = urlsplit(tidy)
    query = urlencode(sorted((k.lower(), v) for k, v in parse_qsl(parts.query) if k.lower() not in _LOOKS))
    pieces = [p for p in unquote(parts.path).split("/") if p and not _LANGUAGE_PART.match(p)]
    path = _LANGUAGE_END.sub("", "/".join(pieces).lower().removesuffix("/index.html").removesuffix("/index.php"))
    return f"{parts.netloc}/{path}?{query}".rstrip("?")


def _slug(path: str) -> str:
    """Give the last part of a path when it is telling: several words."""
    last = next((piece for piece in reversed(unquote(path).lower().split("/")) if piece), "")
    last = re.sub(r"\.(html?|php|aspx?|pdf)$", "", _LANGUAGE_END.sub("", last))
    return last if last.count("-") + last.count("_") >= 2 and len(last) >= 15 else ""


def _language(path: str, query: str) -> str:
    if match := _LANGUAGE_END.search(path.lower()):
        return match[1]
    pieces = [piece for piece in path.lower().split("/") if piece]
    in_path = next((piece[:2].lower() for piece in pieces[:3] if _LANGUAGE_PART.match(piece)), "")
    asked = next((v[:2].lower() for k, v in parse_qsl(query) if k.lower() in ("lang", "language", "locale", "hl")), "")
    return asked or in_path
