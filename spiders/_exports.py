"""What reference managers export, read into works: CSL-JSON, BibTeX (and BibLaTeX), RIS. One bad record costs itself only."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from observatory import markup, text
from observatory.errors import Flaw, UnreadableError
from observatory.model import Cause, Creator, EntryKind, PartialDate, SummaryBy, Work
from spiders._records import (
    date_of,
    date_of_parts,
    first,
    kind_of,
    language_of,
    named,
    people,
    person,
    words,
)

K = EntryKind
Kinds = Mapping[str, tuple[EntryKind, str | None]]
Made = Iterator[tuple[str, int, Work | str]]  # key, line, and the work or what is wrong with it

CSL_KINDS: Kinds = {
    "article": (K.ARTICLE, "preprint"),
    "article-journal": (K.ARTICLE, None),
    "article-magazine": (K.NEWS, "press-article"),
    "article-newspaper": (K.NEWS, "press-article"),
    "bill": (K.POLICY, "act"),
    "book": (K.BOOK, None),
    "broadcast": (K.MEDIA, None),
    "chapter": (K.CHAPTER, None),
    "dataset": (K.RESOURCE, "dataset"),
    "entry-encyclopedia": (K.CHAPTER, None),
    "legislation": (K.POLICY, "act"),
    "manuscript": (K.ARTICLE, "preprint"),
    "motion_picture": (K.MEDIA, "video"),
    "paper-conference": (K.ARTICLE, "conference-paper"),
    "post-weblog": (K.NEWS, "blog"),
    "report": (K.REPORT, None),
    "song": (K.MEDIA, "podcast"),
    "standard": (K.STANDARD, None),
    "thesis": (K.THESIS, None),
    "webpage": (K.RESOURCE, None),
}
BIBTEX_KINDS: Kinds = {
    "article": (K.ARTICLE, None),
    "book": (K.BOOK, None),
    "collection": (K.BOOK, None),
    "conference": (K.ARTICLE, "conference-paper"),
    "dataset": (K.RESOURCE, "dataset"),
    "inbook": (K.CHAPTER, None),
    "incollection": (K.CHAPTER, None),
    "inproceedings": (K.ARTICLE, "conference-paper"),
    "legislation": (K.POLICY, "act"),
    "mastersthesis": (K.THESIS, None),
    "online": (K.RESOURCE, None),
    "phdthesis": (K.THESIS, None),
    "report": (K.REPORT, None),
    "techreport": (K.REPORT, None),
    "thesis": (K.THESIS, None),
    "unpublished": (K.ARTICLE, "preprint"),
}
RIS_KINDS: Kinds = {
    "bill": (K.POLICY, "act"),
    "blog": (K.NEWS, "blog"),
    "book": (K.BOOK, None),
    "chap": (K.CHAPTER, None),
    "conf": (K.ARTICLE, "conference-paper"),
    "cpaper": (K.ARTICLE, "conference-paper"),
    "data": (K.RESOURCE, "dataset"),
    "edbook": (K.BOOK, None),
    "elec": (K.RESOURCE, None),
    "jfull": (K.ARTICLE, None),
    "jour": (K.ARTICLE, None),
    "law": (K.POLICY, "act"),
    "mgzn": (K.NEWS, "press-article"),
    "news": (K.NEWS, "press-article"),
    "rprt": (K.REPORT, None),
    "sound": (K.MEDIA, "podcast"),
    "stand": (K.STANDARD, None),
    "stat": (K.POLICY, "act"),
    "thes": (K.THESIS, None),
    "unpb": (K.ARTICLE, "preprint"),
    "video": (K.MEDIA, "video"),
    "web": (K.RESOURCE, None),
}


def read(form: str, body: bytes, file: str) -> tuple[dict[str, Work], list[Flaw]]:
    """Read an export in one of the formats: works by key, and a flaw for each record that can't be one.

    UnreadableError when the file as a whole isn't of that format.
    """
    try:
        said = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableError(Cause.ENCODING, f"{file}: not UTF-8 text") from error
    readers: Mapping[str, Callable[[str], Made]] = {"csl-json": _csl, "bibtex": _bibtex, "ris": _ris}
    made: dict[str, Work] = {}
    flaws: list[Flaw] = []
    for key, line, work in readers[form](said):
        name = _key(key)
        if isinstance(work, str):
            flaws.append(Flaw(file, line, name, work))
        elif not work.title:
            flaws.append(Flaw(file, line, name, "has no title"))
        elif not name:
            flaws.append(Flaw(file, line, work.title, "has no key of its own; give it one"))
        elif made.setdefault(name, work) is not work:
            flaws.append(Flaw(file, line, name, "this key is taken by a record above"))
    return made, flaws


def _key(key: str) -> str:
    """Make an id of a citation key, or of the last part of Zotero's address of an item."""
    return text.slug(key.rstrip("/").rpartition("/")[2].replace("_", "-"))


# ---------------------------------------------------------------- CSL-JSON


def _csl(said: str) -> Made:
    try:
        items = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(Cause.NOT_JSON, f"not JSON: {error}") from error
    if isinstance(items, dict):
        items = items.get("items")
    if not isinstance(items, list):
        raise UnreadableError(Cause.NOT_JSON, "not a list of CSL-JSON items")
    for item in items:
        if not isinstance(item, dict):
            yield "", 0, "isn't a record"
            continue
        key = first(item.get("citation-key")) or first(item.get("id"))
        at = said.find(json.dumps(key, ensure_ascii=False)) if key else -1
        yield key, said.count("\n", 0, at) + 1 if at >= 0 else 0, _csl_work(item)


def _csl_work(item: Mapping[str, Any]) -> Work:
    kind, form = kind_of(item.get("type"), CSL_KINDS)
    return Work(
        title=markup.plain(first(item.get("title"))),
        kind=kind,
        form=form,
        creators=people(_csl_people(item)),
        publisher=_some(item.get("publisher")),
        container=_some(item.get("container-title")),
        volume=_some(item.get("volume")),
        issue=_some(item.get("issue")) or _some(item.get("number")),
        pages=_some(item.get("page")),
        date=_csl_date(item.get("issued")),
        language=language_of(item.get("language")),
        **_addresses(first(item.get("URL")), first(item.get("DOI")), first(item.get("ISBN"))),
        **_abstract(first(item.get("abstract"))),
    )


def _csl_people(item: Mapping[str, Any]) -> Iterator[Creator | None]:
    for name in _dicts(item.get("author")) or _dicts(item.get("editor")):
        family = " ".join(words([name.get("non-dropping-particle"), name.get("family")]))
        yield named(name.get("literal")) if name.get("literal") else person(family, name.get("given"))


def _csl_date(issued: object) -> PartialDate | None:
    said = issued if isinstance(issued, dict) else {}
    parts = said.get("date-parts")
    found = date_of_parts(parts[0]) if isinstance(parts, list) and parts else None
    return found or date_of(said.get("raw")) or date_of(said.get("literal"))


def _dicts(value: object) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


# ---------------------------------------------------------------- BibTeX


def _bibtex(said: str) -> Made:
    chunks = [(match.start(), match[1]) for match in re.finditer(r"(?m)^[ \t]*@(\w+)", said)]
    if not chunks and said.strip():
        raise UnreadableError(Cause.BAD_RECORD, "no BibTeX records")
    places = [at for at, name in chunks if name.lower() not in ("string", "comment", "preamble")]
    ends = [at for at, _ in chunks[1:]] + [len(said)]
    strings = "".join(said[at:end] for (at, name), end in zip(chunks, ends, strict=False) if name.lower() == "string")
    bounds = dict(zip((at for at, _ in chunks), ends, strict=False))
    for at in places:
        line = said.count("\n", 0, at) + 1
        yield _bibtex_record(strings + said[at : bounds[at]], said[at : bounds[at]], line)


def _bibtex_record(source: str, own: str, line: int) -> tuple[str, int, Work | str]:
    key = (re.match(r"\s*@\w+\s*[{(]\s*([^\s,]*)", own) or ["", ""])[1]
    from bibtexparser.bibdatabase import UndefinedString

    try:
        entries = _bibtex_parser().parse(source).entries
    except UndefinedString as error:
        return key, line, f"uses the undefined string {error}"
    except (RecursionError, ValueError) as error:
        return key, line, f"can't be read: {error}"
    if not entries:
        return key, line, "can't be read; check its braces and commas"
    return key, line, _bibtex_work(entries[-1])


def _bibtex_parser() -> Any:
    from bibtexparser.bparser import BibTexParser

    with warnings.catch_warnings():  # its grammar gives pyparsing something to warn of at each making
        warnings.simplefilter("ignore")
        return BibTexParser(common_strings=True, ignore_nonstandard_types=False, interpolate_strings=True)


def _bibtex_work(entry: Mapping[str, str]) -> Work:
    kind, form = kind_of(entry.get("ENTRYTYPE"), BIBTEX_KINDS)
    field = {name: _from_latex(value) for name, value in entry.items() if name not in ("author", "editor")}
    month = f" {field['month']}" if field.get("month") else ""
    day = date_of(field.get("date")) or date_of(f"{month} {field.get('year', '')}".strip())
    title = ": ".join(words([field.get("title"), field.get("subtitle")]))
    issuer = field.get("publisher") or field.get("institution") or field.get("school") or field.get("organization")
    return Work(
        title=text.clean(title),
        kind=kind,
        form=form,
        creators=people(_bibtex_people(entry.get("author") or entry.get("editor") or "")),
        publisher=_some(issuer),
        container=_some(field.get("journal") or field.get("journaltitle") or field.get("booktitle")),
        volume=_some(field.get("volume")),
        issue=_some(field.get("number") or field.get("issue")),
        pages=_some(field.get("pages", "").replace("--", "–")),
        date=day or date_of(field.get("year")),
        language=language_of(field.get("language") or field.get("langid")),
        **_addresses(field.get("url", ""), field.get("doi", ""), field.get("isbn", "")),
        **_abstract(field.get("abstract", "")),
    )


def _bibtex_people(names: str) -> Iterator[Creator | None]:
    from bibtexparser.customization import InvalidName, splitname

    for name in _split_names(names):
        said = name.strip()
        if said.startswith("{") and said.endswith("}") and "," not in said:  # braces keep a body's name whole
            yield named(_from_latex(said))
            continue
        try:
            parts = splitname(_from_latex(said), strict_mode=False)
        except (InvalidName, ValueError):
            yield named(_from_latex(said))
            continue
        family = " ".join([*parts.get("von", []), *parts.get("last", [])])
        yield person(family, " ".join([*parts.get("first", []), *parts.get("jr", [])]))


def _split_names(names: str) -> Iterator[str]:
    """Part a BibTeX name list at each "and" outside braces; "others" is nobody."""
    depth, begin = 0, 0
    for match in re.finditer(r"[{}]|(?<!\s)\s+and\s+", names):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0 and match[0] not in "{}":
            yield names[begin : match.start()]
            begin = match.end()
    if names[begin:].strip() not in ("", "others"):
        yield names[begin:]


def _from_latex(value: str) -> str:
    from bibtexparser.latexenc import latex_to_unicode

    said = str(latex_to_unicode(value)).replace("\\&", "&")
    return text.clean(re.sub("ı([\u0300-\u0304])", r"i\1", said))  # an accent on \i means one on i


# ---------------------------------------------------------------- RIS


def _ris(said: str) -> Made:
    import rispy

    starts = [match.start() for match in re.finditer(r"(?m)^TY  ?- ?", said)]
    if not starts and said.strip():
        raise UnreadableError(Cause.BAD_RECORD, "no RIS records: none begins with TY  - ")
    for at, end in zip(starts, [*starts[1:], len(said)], strict=False):
        line = said.count("\n", 0, at) + 1
        chunk = said[at:end].rstrip()
        if not re.search(r"(?m)^ER  ?-", chunk):
            chunk += "\nER  - "
        found = rispy.loads(chunk + "\n")
        record = found[0] if found else {}
        key = first(record.get("id")) or first(record.get("doi")) or first(record.get("urls"))
        yield key or first(record.get("title")), line, _ris_work(record)


def _ris_work(record: Mapping[str, Any]) -> Work:
    kind, form = kind_of(record.get("type_of_reference"), RIS_KINDS)
    pages = "–".join(words([record.get("start_page"), record.get("end_page")]))
    day = date_of(first(record.get("date")).rstrip("/")) or date_of(first(record.get("year")).rstrip("/"))
    return Work(
        title=text.clean(first(record.get("title")) or first(record.get("primary_title"))),
        kind=kind,
        form=form,
        creators=people(named(name) for name in words(record.get("authors") or record.get("first_authors") or ())),
        publisher=_some(record.get("publisher")),
        container=_some(record.get("journal_name") or record.get("secondary_title")),
        volume=_some(record.get("volume")),
        issue=_some(record.get("number")),
        pages=_some(pages),
        date=day,
        language=language_of(record.get("language")),
        **_addresses(first(record.get("urls")), first(record.get("doi")), first(record.get("issn"))),
        **_abstract(first(record.get("abstract"))),
    )


# ---------------------------------------------------------------- what all have


def _some(value: object) -> str | None:
    return text.clean(first(value)) or None


def _addresses(url: str, doi: str, isbn: str) -> dict[str, Any]:
    """Give url, doi and isbn; a work known by its DOI alone has the DOI's address."""
    bare = text.doi(doi) or text.doi(url)
    return {
        "url": text.safe_url(url) or (f"https://doi.org/{bare}" if bare else None),
        "doi": bare,
        "isbn": text.isbn(isbn),
    }


def _abstract(said: str) -> dict[str, Any]:
    """Give an abstract as the publisher's own words."""
    summary = markup.plain(said) or None
    return {"summary": summary, "summary_by": SummaryBy.PUBLISHER if summary else None}
