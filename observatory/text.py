"""Pure string work that every room needs: cleaning, folding, slugs, identifiers, addresses. No I/O, no rules of relevance."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

# What a terminal, a log line, a feed or a reader must never see: C0 and C1 controls, the marks that turn the direction of
# a line (CVE-2021-42574 "Trojan Source"), invisible joiners used to fool a comparison, unpaired surrogates, non-characters.
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u2060-\u2064\u202a-\u202e\u2066-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
_BLANKS = re.compile(r"\s+")
# Everything that people type or typeset as a hyphen (Unicode dashes, the minus sign, small and wide forms).
_HYPHENS = re.compile("[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
# A beginning that people write apart, with a hyphen or as one word with what follows, in the scripts of Europe: of any subject
# (microcredential, micro-learning, micro teaching).
# One expression a spelling, which begins with its letters: such a one is searched seven times as fast.
_MICRO = tuple(
    (said, re.compile(rf"{said}(?<=\b{said})[-\s]+(?=[^\W\d_]{{3}})"))
    for said in ("micro", "mikro", "микро", "мікро", "μικρο")
)
_NOT_WORD = re.compile(r"[\W_]+")
_NOT_WORD_ASCII = {code: " " for code in range(128) if not chr(code).isalnum()}
# Letters that no decomposition turns into ASCII.
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "ŋ": "n",
    }
)

MOST_KEPT = 300  # characters: longer texts are folded anew
MOST_ADDRESS = 2000  # longer ones are session state or an attack; browsers and feed readers cut there too


# ---------------------------------------------------------------- words


def clean(text: str, limit: int | None = None) -> str:
    """Give text fit for any reader: NFC, no control or direction marks, runs of blanks as one; cut at `limit` with "…"."""
    if text.isascii() and text.isprintable() and "  " not in text:  # most texts are clean already
        said = text.strip()
    else:
        said = _BLANKS.sub(" ", unicodedata.normalize("NFC", _CONTROLS.sub("", text))).strip()
    if limit is None or len(said) <= limit:
        return said
    return said[: limit - 1].rstrip() + "…"


def clip(text: str, words: int) -> str:
    """Cut cleaned text after at most so many words, at the end of a sentence where one ends in its second half."""
    said = clean(text)
    parts = said.split(" ")
    if len(parts) <= words:
        return said
    cut = " ".join(parts[:words])
    ends = [match.end() for match in re.finditer(r"[.!?…](?=\s|$)", cut)]
    if ends and ends[-1] >= len(cut) // 2:
        return cut[: ends[-1]]
    return cut.rstrip(",;:–- ") + " …"


def hyphens(text: str) -> str:
    """Write every Unicode hyphen and dash as "-"; soft hyphens inside a word vanish."""
    return _HYPHENS.sub("-", text.replace("\u00ad", ""))


def fold(text: str) -> str:
    """Fold text for comparing: small letters, no accents, plain hyphens. Script and order of words stay."""
    # Titles and names come again and again; keeping thousands of whole pages would take gigabytes.
    return _fold_kept(text) if len(text) <= MOST_KEPT else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():  # most titles are; nothing in them decomposes
        return " ".join(text.lower().split())
    lower = unicodedata.normalize("NFD", hyphens(unicodedata.normalize("NFKC", text)).casefold())
    bare = "".join(char for char in lower if unicodedata.category(char) != "Mn").translate(_LETTERS)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", bare)).strip()


_fold_kept = lru_cache(maxsize=16384)(_fold)


def title_key(text: str) -> str:
    """Give the form in which two spellings of a title are equal: folded words, "micro-x" and "micro x" as one word."""
    folded = fold(text)
    for said, written_apart in _MICRO:
        if said in folded:
            folded = written_apart.sub(said, folded)
    if folded.isascii():
        return " ".join(folded.translate(_NOT_WORD_ASCII).split())
    return _NOT_WORD.sub(" ", folded).strip()


def slug(text: str, limit: int = 64) -> str:
    """Give lower-case ASCII words joined by hyphens, whole words only, at most `limit` characters; "" when none is left."""
    bare = fold(text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", bare.replace("'", ""))
    made = ""
    for word in words:
        longer = f"{made}-{word}" if made else word[:limit]
        if len(longer) > limit:
            break
        made = longer
    return made


# ---------------------------------------------------------------- identifiers

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}|\\^`]+", re.IGNORECASE)
_CELEX = re.compile(
    r"(?<![0-9A-Za-z])([1-9CE]\d{4}[A-Z]{1,2}\d{4}(?:\(\d{2}\))?(?:R\(\d{2}\))?)(?![0-9A-Za-z])",
    re.IGNORECASE,
)


def doi(text: str) -> str | None:
    """Find a DOI in text or address; in small letters, since DOIs are case-insensitive (DOI Handbook 2.4)."""
    match = _DOI.search(unquote(text[:MOST_ADDRESS]))
    if not match:
        return None
    found = match[0].lower().rstrip(".,;:'’”»*")
    while found.endswith((")", "]")) and found.count("([".__getitem__(found[-1] == "]")) < found.count(found[-1]):
        found = found[:-1].rstrip(".,;:")
    return found if not found.endswith("/") else None


def isbn(text: str) -> str | None:
    """Find an ISBN with a right check digit; as 13 digits."""
    from stdnum import isbn as stdnum_isbn  # it loads TLS and sockets, which most commands have no use for

    for match in re.finditer(
        r"(?<![\dXx])(?:97[89][\s-]?)?\d(?:[\s-]?\d){8}[\s-]?[\dXx](?![\dXx])", hyphens(text[:MOST_ADDRESS])
    ):
        if stdnum_isbn.is_valid(match[0]):
            return str(stdnum_isbn.to_isbn13(stdnum_isbn.compact(match[0])))
    return None


def celex(text: str) -> str | None:
    """Find a CELEX number (32022H0627(02)), bare or in any form of EUR-Lex address."""
    match = _CELEX.search(unquote(text[:MOST_ADDRESS]))
    return match[1].upper() if match else None


# ---------------------------------------------------------------- addresses

# Parameters that say who came from where, in which session or language of the interface; never which page it is.
_TRACKING = re.compile(
    r"utm_\w+|mc_[ce]id|fbclid|gclid|msclkid|jsessionid|phpsessid|sid|qid|preflang|ref_src|igshid|_hs\w+|wt\.\w+|pk_\w+|mtm_\w+|at_\w+",
    re.IGNORECASE,
)
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_EURLEX = re.compile(r"(^|\.)eur-lex\.europa\.eu$|^publications\.europa\.eu$")


@lru_cache(maxsize=16384)
def safe_url(url: str) -> str | None:
    """Give an address that may stand in a link: http or https with a host, no blanks, no credentials; else None."""
    parts = _split(url)
    if parts is None or parts.username is not None or parts.password is not None:
        return None
    return urlunsplit(parts)


def tidy_url(url: str) -> str | None:
    """Give an address as we keep it and ask for it: no fragment, no tracking, host in small letters without a trailing dot."""
    if (parts := _split(url)) is None:
        return None
    said = parse_qsl(parts.query, keep_blank_values=True) if parts.query else []
    query = [(k, v) for k, v in said if not _TRACKING.fullmatch(k)]
    kept = parts.query if query == said else urlencode(query)
    return urlunsplit((parts.scheme, parts.netloc, _SESSION.sub("", parts.path) or "/", kept, ""))


@lru_cache(maxsize=16384)
def canonical_url(url: str) -> str | None:
    """Give the form in which two addresses of one page are equal; never asked for, only compared. None when it is no address.

    Scheme, `www.`, a last slash and the order of parameters don't count; every address of an EU act is its CELEX number's.
    """
    if (tidy := tidy_url(url)) is None:
        return None
    parts = urlsplit(tidy)
    host = parts.netloc.removeprefix("www.")
    if _EURLEX.search(host) and (number := celex(tidy)):
        return f"https://eur-lex.europa.eu/?uri=CELEX:{number}"
    if host in ("dx.doi.org", "doi.org") and (name := doi(tidy)):
        return f"https://doi.org/{name}"
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True))) if parts.query else ""
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    return urlunsplit(("https", host, path or "/", query, ""))


def host_of(url: str) -> str:
    """Give the host of an address in small letters without `www.`; "" when there is none."""
    parts = _split(url)
    return parts.netloc.rpartition("@")[2].removeprefix("www.") if parts else ""


def is_under(url: str, path: str) -> bool:
    """Whether an address lies under a path, as robots.txt means it: `/courses/` is all that begins so.

    `*` stands for anything, `$` for the end; with a host before it (`www.dcu.ie/news/`) the path counts only there.
    """
    parts = _split(url)
    host, slash, rest = path.partition("/")
    if parts is None or not slash:
        return False
    if host and host.lower().removeprefix("www.") != host_of(url):
        return False
    shown = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return fits_path(f"/{rest}", shown)


def fits_path(pattern: str, path: str) -> bool:
    """Match as robots.txt does: a prefix, with * for anything and $ for the end. No regular expression: a host may write it."""
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for part in others:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    last = others[-1] if others else ""
    return not pattern.endswith("$") or at == len(path) or (bool(others) and path.endswith(last))


@lru_cache(maxsize=4096)  # host, tidy and canonical form of one address are asked for at once
def _split(url: str) -> SplitResult | None:
    """Part an http(s) address whose host and port make sense; the host in small letters, default ports dropped."""
    trimmed = url.strip()
    if len(trimmed) > MOST_ADDRESS:
        return None
    while trimmed.endswith("%20"):
        trimmed = trimmed[:-3].rstrip()
    if _CONTROLS.search(trimmed) or re.search(r"[<>\"\\\s]", trimmed):
        return None
    try:
        parts = urlsplit(trimmed)
        port, host = parts.port, (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    shown = f"[{host}]" if ":" in host else host
    keep = f":{port}" if port and port != {"http": 80, "https": 443}[parts.scheme.lower()] else ""
    user = parts.netloc.rpartition("@")[0]
    netloc = f"{user}@{shown}{keep}" if user else f"{shown}{keep}"
    return SplitResult(parts.scheme.lower(), netloc, parts.path, parts.query, parts.fragment)
