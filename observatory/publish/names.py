"""Who made a work, as references need it: people by family and given name, bodies whole. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from observatory.model import Creator, EntryKind, Work
from observatory.text import clean

RESEARCH = frozenset({EntryKind.ARTICLE, EntryKind.CHAPTER, EntryKind.BOOK, EntryKind.THESIS})


@dataclass(frozen=True, slots=True)
class Name:
    """A name split for references. A body has `literal` only; a person `family`, and `given` and `suffix` where known."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    literal: str = ""
    is_editor: bool = False

    @property
    def inverted(self) -> str:
        """`Family, Given, Jr.`; a body as it is."""
        return self.literal or ", ".join(part for part in (self.family, self.given, self.suffix) if part)


# Words that no person is called by, as stems in the languages that bodies write themselves in.
_BODY = re.compile(
    r"\b(academ|accredit|agen[ct]|agência|alliance|allianz|america\b|assembl|associa|asocia|ateneo|authorit|banco|bank\b"
    r"|board\b|bundes|bureau|cent(?:er|re|ro|rum)\b|chamber|coalition|coll[eè]g|collegis|commission|committee|commonwealth"
    r"|communit|company|conference|confederation|congress|consejo|consorti|corporation|council|counsel|credential"
    r"|department|departament|digital\b|direc[tc]|editorial|educa|engine\b|europe\b|europa\b|european|expert|faculty"
    r"|federa|fond|foundation|forum|fund\b|funda|futur|gobierno|gov\w*|group|gruppe|hochschul|hub\b|initiative|institu|instytut"
    r"|interest\b|international|jefatura|journal|lab\b|laborator|learn|librar|lifelong|magazine|micro|minist|ministr"
    r"|mooc|mission|nation(?:s|al|ale|aux)\b|nationale|network|news|observat|office\b|onderwijs|organi[sz]|ośrodek|pacific"
    r"|panel|parliament|partner|platform|presidency|program|project|qualif|quality|raad\b|rada\b|research|school|science"
    r"|secretar|service|sector|skill|societ|state\b|states\b|student|studies|swiss\w*|system|task|team|technolog|training"
    r"|tribun|union|univers|univerz|vereniging|vicerrectorado|vocational|working|beat\b|inffo|plan\b|zone\b|cluster"
    r"|observatoire|enseignement|scottish|flemish|danish|irish|australian|british|nordic|korea|japan|norway|lithuania"
    r"|akkredit|fh\b)|institution\b|universit|konferenz\b|verband\b|hochschule\b",
    re.IGNORECASE,
)
_CJK_BODY = re.compile("[会會学學校院部省委協机機構署局网社所组組]|대학|학교|연구|협회|교육부|신문|일보")
_CJK = re.compile("^[\u3400-\u9fff\uac00-\ud7af\u3040-\u30ff·・]{2,8}$")
_CJK_WITH_LATIN = re.compile(
    r"^[\u3400-\u9fff\uac00-\ud7af]{2,6}\s*\((?P<family>[A-Z]\w+)[ ,]+(?P<given>[A-Z][\w -]+)\)$"
)
_SUFFIX = re.compile(r",? (Jr\.?|Sr\.?|II|III|IV)$")
_EDITOR = re.compile(r" ?\((?:ed|eds|editor|editors|Hrsg)\.?\)$", re.IGNORECASE)
_TOKEN = re.compile(
    r"[^\W\d_](?:['’‘`-]?[^\W\d_]|\.)*"
)  # each letter can be read in one way only: no text makes it run away
# Particles that belong to the family name after them (van der Hijden, dos Santos, Nic Giolla Mhichíl).
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "dela",
        "dal",
        "da",
        "do",
        "dos",
        "das",
        "di",
        "du",
        "la",
        "le",
        "los",
        "las",
        "ter",
        "ten",
        "zu",
        "zum",
        "zur",
        "af",
        "av",
        "bin",
        "ibn",
        "al",
        "el",
        "st",
        "st.",
        "ní",
        "nic",
        "giolla",
        "ó",
        "mac",
    ]
)
MOST_TOKENS = 6
MOST_LETTERS = 300  # of a name; what is longer is none


@lru_cache(maxsize=65536)
def name_of(creator: Creator, is_research: bool = False, is_spanish: bool = False) -> Name:
    """Split a creator's name. Parts that the source gives are taken as they are; the rest is read off the name's form.

    `is_research`: in articles, chapters, books and theses a name in capitals is still a person's. `is_spanish`: of four
    names the last two are the family's.
    """
    if creator.family:
        return Name(clean(creator.family), clean(creator.given or ""))
    text = clean(creator.name, MOST_LETTERS)
    bare = _EDITOR.sub("", text)
    editor = bare != text
    if match := _CJK_WITH_LATIN.match(bare):
        return Name(match["family"], match["given"], is_editor=editor)
    if _CJK.match(bare) and not _CJK_BODY.search(bare):
        return Name(bare[0], bare[1:], is_editor=editor) if len(bare) <= 4 else Name(literal=bare, is_editor=editor)
    if not _is_person(bare, is_research):
        return Name(literal=bare, is_editor=editor)
    return _person(bare, editor, is_spanish)


def _is_person(text: str, is_research: bool) -> bool:
    bare = _SUFFIX.sub("", text)
    tokens = bare.replace(",", " ").replace(" @ ", " ").split()
    if not (2 <= len(tokens) <= MOST_TOKENS) or _BODY.search(bare) or "(" in bare:
        return False
    if bare.count(",") > 1 or not all(_TOKEN.fullmatch(token) for token in tokens):
        return False
    shouting = [
        token for token in tokens if len(token) > 2 and token.isupper() and token.isascii() and "." not in token
    ]
    if shouting and not (is_research and len(shouting) == len(tokens)):
        return False
    # Scripts without capitals (Arabic, Hebrew, Georgian) don't tell a person's name from a body's: it stays whole.
    return all(token[0].isupper() or token.lower() in _PARTICLES for token in tokens)


def _person(text: str, editor: bool, is_spanish: bool) -> Name:
    suffix = ""
    if match := _SUFFIX.search(text):
        text, suffix = text[: match.start()], match[1]
    if "," in text:
        family, _comma, given = text.partition(",")
        return Name(family.strip(), given.strip(), suffix, is_editor=editor)
    tokens = text.split()
    start = len(tokens) - (2 if is_spanish and len(tokens) >= 4 else 1)
    while start > 1 and tokens[start - 1].lower() in _PARTICLES:
        start -= 1
    return Name(" ".join(tokens[start:]), " ".join(tokens[:start]), suffix, is_editor=editor)


def names_of(work: Work) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """Authors and editors of a work, in the order in which it names them."""
    research = work.kind in RESEARCH
    names = [name_of(creator, research, work.language == "es") for creator in work.creators if clean(creator.name)]
    authors = tuple(name for name in names if not name.is_editor)
    return authors, tuple(name for name in names if name.is_editor)
