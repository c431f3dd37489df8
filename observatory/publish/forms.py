"""An entry in the forms that reference managers read: BibTeX, RIS, CSL-JSON. Pure; nothing of a source can break their syntax."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from observatory.model import Entry, PartialDate, Site
from observatory.publish import links
from observatory.publish.csl import container_of, csl, csl_type, dated, our_summary, own_url, publisher_of
from observatory.publish.names import Name, names_of
from observatory.text import clean, safe_url

# ---------------------------------------------------------------- BibTeX

_BIB_TYPES: Mapping[str, str] = {
    "article-journal": "article",
    "article-newspaper": "article",
    "article": "misc",
    "paper-conference": "inproceedings",
    "chapter": "incollection",
    "book": "book",
    "thesis": "phdthesis",
    "report": "techreport",
    "standard": "techreport",
    "legislation": "misc",
}
_BIB_CONTAINER = {"article": "journal", "inproceedings": "booktitle", "incollection": "booktitle"}
_BIB_PUBLISHER = {"techreport": "institution", "phdthesis": "school"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LATEX = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        '"': "''",
    }
)
_ADDRESS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", "^": "%5E", '"': "%22", " ": "%20"})
# Words with capitals inside (OECD, MicroHE) keep them in styles that lower the rest.
_WORD = re.compile(r"(?<![\\{\w])\w+(?![\w}])")
_CAPITALS = re.compile(r"[\d_a-z]*[^\W\d_a-z]\w*[A-ZÀ-Þ]")


def bibtex(entry: Entry, site: Site) -> str:
    """Write an entry as BibTeX."""
    kind = _BIB_TYPES.get(csl_type(entry.work), "misc")
    lines = [f"  {name} = {value}" for name, value in _bib_fields(entry, site, kind)]
    return f"@{kind}{{{entry.id},\n" + ",\n".join(lines) + "\n}\n"


def _bib_fields(entry: Entry, site: Site, kind: str) -> Iterator[tuple[str, str]]:
    work = entry.work
    authors, editors = names_of(work)
    if not authors and not editors and work.publisher and kind in ("techreport", "misc"):
        authors = (Name(literal=clean(work.publisher)),)
    yield "title", f"{{{_title(work.title)}}}"
    for role, names in (("author", authors), ("editor", editors)):
        if names:
            yield role, "{" + " and ".join(map(_bib_name, names)) + "}"
    date = dated(work)
    if date:
        yield "year", f"{{{date.year}}}"
        if date.month:
            yield "month", _MONTHS[date.month - 1]
        if date.day:
            yield "date", f"{{{date}}}"
    texts = {
        _BIB_CONTAINER.get(kind, "howpublished"): container_of(work),
        _BIB_PUBLISHER.get(kind, "publisher"): publisher_of(work),
        "volume": work.volume,
        "number": work.issue,
        "pages": re.sub(r"(?<=\w)[-–](?=\w)", "--", work.pages or ""),
        "isbn": work.isbn,
        "language": work.language,
        "abstract": our_summary(work),
        "note": _note(entry),
    }
    for name, text in texts.items():
        if text and clean(text):
            yield name, f"{{{clean(text).translate(_LATEX)}}}"
    for name, address in (("doi", work.doi), ("url", own_url(work))):
        if address:
            yield name, f"{{{address.translate(_ADDRESS)}}}"
    yield "annote", f"{{{clean(site.title).translate(_LATEX)}: {site.url}{links.entry(entry.id)}}}"


def _title(text: str) -> str:
    said = clean(text).translate(_LATEX)
    return _WORD.sub(lambda match: f"{{{match[0]}}}" if _CAPITALS.match(match[0]) else match[0], said)


def _bib_name(name: Name) -> str:
    if name.literal:
        return f"{{{name.literal.translate(_LATEX)}}}"
    parts = (name.family, name.suffix, name.given) if name.suffix else (name.family, name.given)
    text = ", ".join(part.translate(_LATEX) for part in parts if part)
    return re.sub(r"\band\b", "{and}", text, flags=re.IGNORECASE)


def _note(entry: Entry) -> str:
    """What a reader must not miss and no field of theirs holds: the English title, the number of an act, a retraction."""
    work = entry.work
    parts = (
        f"English title: {work.title_en}" if work.title_en and work.title_en != work.title else "",
        f"CELEX {work.celex}" if work.celex else "",
        f"Retracted {work.retracted}" if work.retracted else "",
    )
    return ". ".join(part for part in parts if part)


# ---------------------------------------------------------------- RIS

_RIS_TYPES: Mapping[str, str] = {
    "article-journal": "JOUR",
    "article-newspaper": "NEWS",
    "article": "UNPB",
    "paper-conference": "CPAPER",
    "chapter": "CHAP",
    "book": "BOOK",
    "thesis": "THES",
    "report": "RPRT",
    "standard": "STAND",
    "legislation": "STAT",
    "post-weblog": "BLOG",
    "webpage": "ELEC",
    "broadcast": "SOUND",
    "motion_picture": "VIDEO",
    "dataset": "DATA",
    "software": "COMP",
}
RIS_END = "\r\n"


def ris(entry: Entry, site: Site) -> str:
    """Write an entry as RIS."""
    lines = (f"{tag}  - {clean(text)}" for tag, text in _ris_fields(entry, site) if text and clean(text))
    return RIS_END.join((f"TY  - {_RIS_TYPES.get(csl_type(entry.work), 'GEN')}", *lines, "ER  - ", "", ""))


def _ris_fields(entry: Entry, site: Site) -> Iterator[tuple[str, str | None]]:
    work = entry.work
    authors, editors = names_of(work)
    first, _dash, last = (work.pages or "").replace("–", "-").partition("-")
    yield "ID", entry.id
    yield "TI", work.title
    yield from (("AU", name.inverted) for name in authors)
    yield from (("A2", name.inverted) for name in editors)
    yield from _ris_date(dated(work))
    yield "T2", container_of(work)
    yield "VL", work.volume
    yield "IS", work.issue
    yield "SP", first
    yield "EP", last
    yield "PB", publisher_of(work)
    yield "CY", work.place
    yield "SN", work.isbn
    yield "DO", work.doi
    yield "UR", own_url(work)
    yield "L1", safe_url(work.pdf_url or "")
    yield "LA", work.language
    yield "AB", our_summary(work)
    yield from (("KW", topic) for topic in work.topics)
    yield "N1", _note(entry)
    yield "DB", site.title
    yield "AV", f"{site.url}{links.entry(entry.id)}"


def _ris_date(date: PartialDate | None) -> Iterator[tuple[str, str]]:
    if date:
        yield "PY", str(date.year)
        month, day = (f"{part:02}" if part else "" for part in (date.month, date.day))
        yield "DA", f"{date.year}/{month}/{day}/" if month else f"{date.year}///"


# ---------------------------------------------------------------- CSL-JSON


def csl_record(entry: Entry, site: Site) -> dict[str, Any]:
    """Give an entry as CSL-JSON with what our catalogue knows beside; CSL keeps `custom` for that."""
    work = entry.work
    record = csl(entry.id, work)
    address = f"{site.url}{links.entry(entry.id)}"
    custom: dict[str, Any] = {
        "kind": entry.kind.value,
        "section": entry.section.value,
        "title_en": work.title_en,
        "level": work.level.value if work.level else None,
        "countries": list(work.countries),
        "topics": list(work.topics),
        "evidence_type": work.evidence_type.value if work.evidence_type else None,
        "peer_reviewed": work.peer_reviewed,
        "open_access": work.open_access,
        "status": entry.status.value,
        "entry": address,
    }
    record["archive"] = site.title
    record["archive_location"] = address
    record["custom"] = {key: value for key, value in custom.items() if value not in (None, [], "")}
    return record


def csl_json(entry: Entry, site: Site) -> str:
    """Write an entry as one CSL-JSON object."""
    return json.dumps(csl_record(entry, site), ensure_ascii=False, sort_keys=True)


# ---------------------------------------------------------------- the table of forms


@dataclass(frozen=True, slots=True)
class Form:
    """A row of the table of forms: how a file of it begins, goes on from entry to entry, and ends."""

    ending: str
    name: str
    mime: str
    write: Callable[[Entry, Site], str]
    before: str = ""
    between: str = ""
    after: str = ""

    def piece(self, entry: Entry, site: Site) -> bytes:
        """Write an entry as it stands in any file of this form."""
        return self.write(entry, site).encode("utf-8", "replace")

    def joined(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Make a file of entries, one after the other, so that a large one never stands in memory whole."""
        yield self.before.encode()
        between = b""
        for piece in pieces:
            yield between + piece
            between = self.between.encode()
        yield self.after.encode()


BIBTEX = Form("bib", "BibTeX", "application/x-bibtex", bibtex, between="\n")
RIS = Form("ris", "RIS", "application/x-research-info-systems", ris)
CSL_JSON = Form("json", "CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json, "[\n", ",\n", "\n]\n")
FORMS: tuple[Form, ...] = (BIBTEX, RIS, CSL_JSON)
