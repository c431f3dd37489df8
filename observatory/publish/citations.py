"""A work cited in APA, Harvard and Chicago. Pure: a function of the work; what was cited before comes as a mapping.

citeproc writes them; what it gets wrong is put right before (what it is given) and after (what it says).
"""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from observatory.model import Entry
from observatory.publish.csl import Csl, csl
from observatory.text import title_key

FORM = "1"  # raised when the way of citing changes, so that what was kept is made anew
STYLES: tuple[tuple[str, str, str], ...] = (  # name shown, file, locale
    ("APA", "apa", "en-US"),
    ("Harvard", "harvard-cite-them-right", "en-GB"),
    ("Chicago", "chicago-author-date", "en-US"),
)
OFFICIAL = "official-citation"  # the identifier under which a curator writes an act's own citation
_FOLDER = Path(__file__).parent / "styles"
# Italics are marked by two characters of the private-use area, which `clean` leaves in no text that comes to us: no
# markup of a title can then be taken for ours.
ON, OFF = "\ue000", "\ue001"
_NEVER = re.compile(f"[{ON}{OFF}]")
_LETTERS_OF_EAST = re.compile("^[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af·・]+$")

Run = tuple[str, bool]  # a stretch of text, and whether it is in italics


@dataclass(frozen=True, slots=True)
class Cited:
    """A work cited, a text for each of `STYLES`; italics stand between ON and OFF. `official` is an act's own citation."""

    texts: tuple[str, ...]
    official: str | None = None

    def runs(self, number: int) -> tuple[Run, ...]:
        """The citation in one style as stretches of upright and italic text."""
        return tuple(_runs(self.texts[number]))

    def plain(self, number: int) -> str:
        return _NEVER.sub("", self.texts[number])


def _runs(text: str) -> Iterator[Run]:
    slanted = False
    for piece in re.split(f"([{ON}{OFF}])", text):
        if piece in (ON, OFF):
            slanted = piece == ON
        elif piece:
            yield piece, slanted


def told(entry: Entry) -> dict[str, Any]:
    """What the citation processor is given of an entry."""
    record = csl("x", entry.work)  # the id isn't cited, so that twins share what was computed
    record.setdefault("title", "Untitled")
    for name in ("abstract", "ISBN", "event-date", "event-place", "number", "genre"):
        record.pop(name, None)
    if entry.work.title_en and title_key(entry.work.title_en) != title_key(entry.work.title):
        record["title"] = f"{record['title']} [{_NEVER.sub('', entry.work.title_en)}]"
    if record.get("DOI"):
        record.pop("URL", None)
    if record.get("publisher", "") in [name.get("literal") for name in record.get("author", ())]:
        del record["publisher"]  # a body that publishes its own work is named once (APA 7, 9.29)
    if genre := {"thesis": "Thesis", "broadcast": "Audio podcast"}.get(record["type"]):
        record["genre"] = genre
    record["author"] = [_citable(name) for name in record.get("author", ())]
    if record["type"] in ("standard", "legislation"):  # the styles know no standards, and acts as US courts cite them
        record["type"] = "report"
        if entry.work.celex:
            record["publisher"] = f"CELEX {entry.work.celex}"
    if not record["author"]:
        del record["author"]
    record["language"] = "en-US" if entry.work.language in (None, "en") else entry.work.language
    return record


def _citable(name: Mapping[str, str]) -> Mapping[str, str]:
    """A name in Chinese, Japanese or Korean letters is written as it is: it has no initials."""
    together = name.get("family", "") + name.get("given", "")
    return {"literal": together} if together and _LETTERS_OF_EAST.match(together) else name


def key_of(record: Csl) -> str:
    """Name a citation by all that goes into it."""
    said = json.dumps([FORM, _styles_digest(), record], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:24]


@cache
def _styles_digest() -> str:
    return ",".join(f"{name}:{file}:{locale}" for name, file, locale in STYLES)


@dataclass(frozen=True, slots=True)
class Citing:
    """What there is to cite: each entry's key, and the records to cite by their key."""

    keys: Mapping[str, str]
    missing: Mapping[str, Csl]


def to_cite(entries: Iterable[Entry], before: Mapping[str, str]) -> Citing:
    """Find what has to be cited anew; `before` tells the key under which each entry was cited last."""
    keys: dict[str, str] = {}
    missing: dict[str, Csl] = {}
    for entry in entries:
        record = told(entry)
        keys[entry.id] = key = key_of(record)
        if key != before.get(entry.id):
            missing[key] = record
    return Citing(keys, missing)


def cite_now(entry: Entry) -> Cited:
    """Cite an entry."""
    return Cited(cite(told(entry)), official(entry))


def official(entry: Entry) -> str | None:
    """The citation that an act's own publisher prescribes, where a curator wrote it down."""
    return next((text for name, text in entry.work.identifiers if name == OFFICIAL), None)


def cite(record: Csl) -> tuple[str, ...]:
    """Cite a record in every style."""
    edited = "editor" in record and "author" not in record
    given = {**record, "author": record["editor"], "editor": None} if edited else dict(record)
    given = {key: value for key, value in given.items() if value}
    texts = (_polish(_cite(_quoted(given, name), file, locale), name, given) for name, file, locale in STYLES)
    return tuple(
        _as_editors(text, number, len(given["author"])) if edited else text for number, text in enumerate(texts)
    )


def _quoted(record: Csl, style: str) -> Csl:
    """Chicago sets titles in double quotes: quotes within become single ones, which citeproc-py doesn't see to."""
    if style != "Chicago" or record["type"] in ("report", "book", "motion_picture"):
        return record
    return {**record, "title": record["title"].translate({0x201C: "‘", 0x201D: "’"})}


# ---------------------------------------------------------------- citeproc


@cache
def _style(file: str, locale: str) -> Any:
    """Load a style. Journals keep the letters that they are printed with: title case made "Ricerche Di Pedagogia"."""
    from citeproc import CitationStylesStyle

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        style = CitationStylesStyle(str(_FOLDER / f"{file}.csl"), locale=locale, validate=False)
    for element in style.root.iter("{*}text"):
        if element.get("variable", "").startswith("container-title") and "text-case" in element.attrib:
            del element.attrib["text-case"]
    return style


def _cite(record: Csl, file: str, locale: str) -> str:
    """Let citeproc cite a record; where it trips over one, say plainly what is known."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography
    from citeproc.source.json import CiteProcJSON

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fields that a style doesn't use
        try:
            source = CiteProcJSON([dict(record)])
            shelf = CitationStylesBibliography(_style(file, locale), source, _FORMATTER)
            shelf.register(Citation([CitationItem("x")]))
            (text,) = shelf.bibliography()
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return _plain(record)
    return str(text)


def _plain(record: Csl) -> str:
    names = [
        name.get("literal") or f"{name.get('family')}, {name.get('given', '')}" for name in record.get("author", ())
    ]
    year = str(record["issued"]["date-parts"][0][0]) if "issued" in record else "n.d."
    said = (
        record["title"],
        record.get("container-title"),
        record.get("publisher"),
        record.get("DOI") or record.get("URL"),
    )
    return " ".join((f"{'; '.join(names)} ({year}).".lstrip(), *(f"{part}." for part in said if part)))


class _Slanted(str):
    def __new__(cls, text: str) -> _Slanted:
        return super().__new__(cls, f"{ON}{text}{OFF}")


_FORMATTER = SimpleNamespace(
    preformat=lambda text: text,
    Italic=_Slanted,
    Oblique=_Slanted,
    **dict.fromkeys(("Bold", "Light", "Underline", "Superscript", "Subscript", "SmallCaps"), str),
)


# ---------------------------------------------------------------- putting right

_ENDS = re.compile(rf"([.!?…])({OFF}?)\.(?!\.)")
_ASKED = re.compile(r"([?!])’\.(?= |$)")  # a title in quotation marks that ends in a mark of its own
_BLANKS = re.compile(r"[ \t\n]{2,}")
_DOI_AT_END = re.compile(r"\bdoi:(10\.\S+?)\.?$")
_YEAR = re.compile(r"\.? (?:\((?:\d{4}[^()]*|n\.d\.|no date)\)\.?|(?:\d{4}|n\.d)\.) ")
_NAMELESS = re.compile(r"^(\((?:\d{4}|no date)\)) (‘.*?’)\.")
_TRANSLATED = re.compile(rf" (\[[^\[\]]*\]){OFF}")


def _polish(text: str, style: str, record: Csl) -> str:
    """Put right what citeproc-py and the styles are known to get wrong."""
    text = _BLANKS.sub(" ", text).strip().replace(" ,", ",").replace(" .", ".")
    text = _ENDS.sub(r"\1\2", text)
    text = _TRANSLATED.sub(rf"{OFF} \1", text)  # a translated title stands upright
    if "author" not in record:
        text = _NAMELESS.sub(r"\2 \1.", _once(text))
    if style == "APA":
        text = text.replace("Retrieved http", "http")  # no day of retrieval is known
        text = text.replace(" (Publication)", "")
    if style == "Harvard":
        text = _ASKED.sub(r"\1’", text)
        if record["type"] == "article-journal":
            text = text.replace(" [Preprint]", "")  # said of every article whose volume isn't known
    if style == "Chicago":
        text = text.replace("”.", ".”").replace("?.”", "?”").replace("!.”", "!”").replace("..”", ".”")
        text = text.replace(" In. ", " ")
        text = _DOI_AT_END.sub(r"https://doi.org/\1.", text)
    return text


def _once(text: str) -> str:
    """Say once what stands in the author's place; citeproc-py says it again in its own."""
    match = _YEAR.search(text)
    if not match:
        return text
    head, rest = text[: match.start()], text[match.end() :]
    if rest.startswith(head):
        rest = rest[len(head) :].lstrip(" .,")
        year = match[0].rstrip() + ("" if match[0].rstrip().endswith(".") else ".")
        return f"{head}{year} {rest}".strip()
    return f"{head}{match[0]}{rest.replace(f'{head}, ', '', 1)}"


def _as_editors(text: str, number: int, count: int) -> str:
    """Say that those named first are the editors; citeproc-py names them twice when left to itself."""
    many = "s" if count > 1 else ""
    pattern, said = (
        (r" (?=\((?:\d{4}|n\.d\.))", f" (Ed{many}.). "),
        (r" (?=\((?:\d{4}|no date))", f" (ed{many}{'' if many else '.'}) "),
        (r"\. (?=(?:\d{4}|n\.d)\.)", f", ed{many}. "),
    )[number]
    return re.sub(pattern, lambda _match: said, text, count=1)
