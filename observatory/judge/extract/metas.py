"""What the head of a page says: Highwire (citation_*), Dublin Core, OpenGraph and plain meta tags. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from observatory import markup, text
from observatory.judge.extract.dates import date_of, plausible
from observatory.judge.language import code_of
from observatory.model import Creator, EntryKind, PartialDate, SummaryBy, Work

MOST_TITLE = 500
SUMMARY_WORDS = 90  # a teaser; more of a publisher's text would be its work, not a pointer to it
_NOBODY = re.compile(
    r"(admin\w*|administrator|webmaster|web ?team|editor\w*|redaktion|redaccion|author|super ?user|staff|unknown|anonymous|"
    r"n/?a|user\d*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Metas:
    """The meta tags of a page by name in small letters, in their order."""

    said: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, root: markup.Node) -> Metas:
        """Collect the meta tags of a page, wherever they stand in it."""
        found: dict[str, list[str]] = {}
        for node in root.iter("meta"):
            name = (node.get("name") or node.get("property") or node.get("itemprop") or "").strip().lower()
            content = text.clean(node.get("content") or "")
            if name and content:
                found.setdefault(name, []).append(content)
        return cls({name: tuple(values) for name, values in found.items()})

    def all(self, *names: str) -> tuple[str, ...]:
        """Give all values of the first of these names that is there."""
        return next((self.said[name] for name in names if name in self.said), ())

    def first(self, *names: str) -> str:
        """Give the first value of the first of these names that is there; "" when none is."""
        return next(iter(self.all(*names)), "")


# ---------------------------------------------------------------- Highwire: OJS, DSpace, EPrints, publishers


def highwire(metas: Metas, url: str) -> Work:
    """Read `citation_*` and their cousins (`bepress_citation_*`, `eprints.*`)."""
    get = metas.first
    kind, form = _highwire_kind(metas)
    pdf = get("citation_pdf_url", "bepress_citation_pdf_url", "eprints.document_url")
    return Work(
        title=plain_title(get("citation_title", "bepress_citation_title", "eprints.title")),
        kind=kind,
        form=form,
        creators=creators(_authors(metas), metas.all("citation_author_orcid")),
        publisher=get(
            "citation_publisher",
            "citation_dissertation_institution",
            "citation_technical_report_institution",
            "eprints.publisher",
        )
        or None,
        container=get(
            "citation_journal_title",
            "citation_conference_title",
            "citation_inbook_title",
            "citation_book_title",
            "bepress_citation_journal_title",
            "eprints.publication",
        )
        or None,
        volume=get("citation_volume", "bepress_citation_volume") or None,
        issue=get("citation_issue", "bepress_citation_issue") or None,
        pages=_pages(
            get("citation_firstpage", "bepress_citation_firstpage"),
            get("citation_lastpage", "bepress_citation_lastpage"),
        ),
        date=_first_date(
            metas,
            "citation_publication_date",
            "citation_date",
            "bepress_citation_date",
            "citation_cover_date",
            "citation_online_date",
            "eprints.date",
            "citation_year",
        ),
        doi=text.doi(get("citation_doi", "bepress_citation_doi", "eprints.id_number", "doi")),
        isbn=text.isbn(get("citation_isbn")),
        pdf_url=text.tidy_url(urljoin(url, pdf)) if pdf else None,
        language=code_of(get("citation_language")),
        summary=teaser(get("citation_abstract", "eprints.abstract", "bepress_citation_abstract")),
        summary_by=SummaryBy.PUBLISHER,
    )


def _highwire_kind(metas: Metas) -> tuple[EntryKind | None, str | None]:
    table = (
        ("citation_dissertation_institution", EntryKind.THESIS, None),
        ("citation_conference_title", EntryKind.ARTICLE, "conference-paper"),
        ("citation_inbook_title", EntryKind.CHAPTER, None),
        ("citation_journal_title", EntryKind.ARTICLE, None),
        ("bepress_citation_journal_title", EntryKind.ARTICLE, None),
        ("citation_technical_report_institution", EntryKind.REPORT, None),
    )
    return next(((kind, form) for name, kind, form in table if metas.first(name)), (None, None))


def _authors(metas: Metas) -> tuple[str, ...]:
    several = metas.all("citation_author", "bepress_citation_author", "eprints.creators_name", "citation_authors")
    return tuple(name for said in several for name in (said.split(";") if ";" in said else [said]))


def _pages(first: str, last: str) -> str | None:
    if not first:
        return None
    return f"{first}-{last}" if last and last != first else first


# ---------------------------------------------------------------- Dublin Core

_DC_KINDS: Mapping[str, EntryKind] = {
    "article": EntryKind.ARTICLE,
    "journal article": EntryKind.ARTICLE,
    "text.serial.journal": EntryKind.ARTICLE,
    "peerreviewed": EntryKind.ARTICLE,
    "thesis": EntryKind.THESIS,
    "master thesis": EntryKind.THESIS,
    "doctoral thesis": EntryKind.THESIS,
    "dissertation": EntryKind.THESIS,
    "book": EntryKind.BOOK,
    "book chapter": EntryKind.CHAPTER,
    "book part": EntryKind.CHAPTER,
    "book section": EntryKind.CHAPTER,
    "technical report": EntryKind.REPORT,
    "report": EntryKind.REPORT,
    "working paper": EntryKind.REPORT,
    "conference paper": EntryKind.ARTICLE,
}


def dublin_core(metas: Metas) -> Work:
    """Read `DC.*`, `DCTERMS.*` and `dcterms:*`."""
    said = {
        re.sub(r"^(dc|dcterms)[.:]", "dc.", name): name for name in metas.said if re.match(r"(dc|dcterms)[.:]", name)
    }

    def get(*names: str) -> tuple[str, ...]:
        return metas.all(*(said[name] for name in names if name in said))

    def one(*names: str) -> str:
        return next(iter(get(*names)), "")

    marks = (*get("dc.identifier"), *get("dc.identifier.doi"), *get("dc.identifier.uri"), *get("dc.relation"))
    types = [kind.lower() for kind in (*get("dc.type"), *get("dc.type.articletype"))]
    return Work(
        title=plain_title(one("dc.title")),
        kind=next((_DC_KINDS[kind] for kind in types if kind in _DC_KINDS), None),
        creators=creators(get("dc.creator.personalname", "dc.creator", "dc.contributor.author")),
        publisher=one("dc.publisher", "dc.publisher.name") or None,
        container=one("dc.source", "dc.relation.ispartof") or None,
        date=_dc_date(metas, said),
        doi=next((found for mark in marks[:20] if (found := text.doi(mark))), None),
        isbn=next((found for mark in (*marks[:20], *get("dc.identifier.isbn")) if (found := text.isbn(mark))), None),
        identifiers=tuple(sorted({("handle", match[1]) for mark in marks[:20] if (match := HANDLE.search(mark))})),
        language=code_of(one("dc.language", "dc.language.iso")),
        summary=teaser(one("dc.description.abstract", "dc.abstract", "dc.description")),
        summary_by=SummaryBy.PUBLISHER,
    )


HANDLE = re.compile(r"(?:hdl\.handle\.net|/handle)/((?:\d[\d.]*)/[\w.-]+)")


def _dc_date(metas: Metas, said: Mapping[str, str]) -> PartialDate | None:
    """Read a date of publication: `issued` says it; a bare `date` does when nothing says more. Never created or modified."""
    names = [said[name] for name in ("dc.issued", "dc.date.issued", "dc.date.published", "dc.date") if name in said]
    return _first_date(metas, *names)


# ---------------------------------------------------------------- OpenGraph and plain meta


def opengraph(metas: Metas, root: markup.Node, url: str) -> Work:
    """Read `og:*`, `article:*`, plain meta tags, `<title>` and `<html lang>`."""
    site = metas.first("og:site_name", "application-name")
    said = metas.first("og:title", "twitter:title") or text.clean(root.findtext(".//title") or "")
    author = metas.all("article:author", "author")
    return Work(
        title=without_site(plain_title(said), site),
        creators=creators(name for name in author if "://" not in name and text.fold(name) != text.fold(site)),
        publisher=site or metas.first("publisher", "copyright-holder") or None,
        date=_first_date(metas, "article:published_time", "og:article:published_time", "datepublished", "date.issued"),
        url=canonical(root, url),
        language=code_of(root.get("lang")) or code_of(metas.first("og:locale", "content-language", "language")),
        summary=teaser(metas.first("og:description", "description", "twitter:description")),
        summary_by=SummaryBy.PUBLISHER,
    )


def canonical(root: markup.Node, url: str) -> str | None:
    """Give the page's canonical address: what it says itself, if that is on its own site and not merely the home page."""
    base = markup.base_of(root, url)
    for node in root.iter("link"):
        if "canonical" in (node.get("rel") or "").lower().split():
            said = markup.address(node, base)
            if (
                said
                and text.host_of(said) == text.host_of(url)
                and text.canonical_url(said) != text.canonical_url(urljoin(url, "/"))
            ):
                return said
    return text.tidy_url(url)


def without_site(title: str, site: str) -> str:
    """Cut the site's name off a title: "Micro-credentials | ENQA"."""
    for dash in (" | ", " – ", " - ", " — ", " · ", " » "):
        if site and title.endswith(f"{dash}{site}"):
            return title.removesuffix(f"{dash}{site}")
    head, bar, tail = title.rpartition(" | ")
    return head if bar and len(head) > 10 and len(tail) < 60 else title


# ---------------------------------------------------------------- shared


def plain_title(said: str) -> str:
    """Give a title in one line without markup."""
    return text.clean(markup.plain(said[:5000]), MOST_TITLE)


def creators(names: Iterable[str], orcids: tuple[str, ...] = ()) -> tuple[Creator, ...]:
    """Make creators of names in their order, accounts and offices of the site left out; "Brown, Mark" is family and given."""
    told = [text.clean(name, 200).strip(" ,;") for name in names]
    kept = [name for name in dict.fromkeys(told) if name and not _NOBODY.fullmatch(name)][:200]
    ids = orcids if len(orcids) == len(kept) else ()
    return tuple(_creator(name, ids[n] if ids else None) for n, name in enumerate(kept))


def _creator(name: str, orcid: str | None) -> Creator:
    found = re.search(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", orcid or "")
    family, comma, given = name.partition(", ")
    if comma and given and "," not in given and len(family.split()) <= 4:
        return Creator(name, family, given, found[0] if found else None)
    return Creator(name, orcid=found[0] if found else None)


def teaser(said: str) -> str | None:
    """Make a teaser of what a publisher says of its work; markup goes, also where it was escaped twice."""
    plain = markup.plain(said[:20_000]) if said else ""
    return text.clip(markup.plain(plain) if "</" in plain else plain, SUMMARY_WORDS) or None


def _first_date(metas: Metas, *names: str) -> PartialDate | None:
    return next((found for name in names for said in metas.all(name) if (found := plausible(date_of(said)))), None)
