"""Which language a text is written in: what it declares, then its script, then plain English words, then statistics. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("el", re.compile("[\u0370-\u03ff]{2}")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("uk", re.compile("[іїєґІЇЄҐ]")),
)
_MOST = 2000  # letters looked at: more change nothing
_LEAST_LETTERS = 40  # below that statistics guess
# Words that English is full of, the former nearly its own. A text that says three of these, and of whose words a fifth are of both,
# was never taken for another language by the statistics (6,000 texts of 70 languages); most of our texts are English.
_OWN = frozenset(
    {"and", "from", "has", "have", "how", "that", "the", "their", "these", "this", "those"}
    | {"was", "were", "what", "which", "who", "will", "with"}
)
_FULL_OF = _OWN | {
    "an",
    "are",
    "at",
    "be",
    "been",
    "by",
    "can",
    "for",
    "in",
    "is",
    "it",
    "its",
    "not",
    "of",
    "or",
    "to",
}
_LEAST_OWN, _LEAST_SHARE = 3, 5
_CODE = re.compile(r"[a-z]{2,3}(?=$|[-_])", re.IGNORECASE)
_THREE = {
    "eng": "en",
    "fra": "fr",
    "fre": "fr",
    "deu": "de",
    "ger": "de",
    "spa": "es",
    "ita": "it",
    "por": "pt",
    "nld": "nl",
    "dut": "nl",
    "pol": "pl",
    "swe": "sv",
    "fin": "fi",
    "nor": "no",
    "dan": "da",
    "gle": "ga",
}


def code_of(declared: str | None) -> str | None:
    """Give the ISO 639-1 code in a declared language ("en-GB", "deu", "pt_BR"); Norwegian Bokmål counts as Norwegian."""
    match = _CODE.match((declared or "").strip())
    if not match:
        return None
    code = match[0].lower()
    code = _THREE.get(code, code)
    return {"nb": "no", "nn": "no"}.get(code, code) if len(code) == 2 else None


def language_of(declared: str | None, said: str) -> str | None:
    """Say a text's language: as declared if it is, else by its script, else by its words when there are enough."""
    if code := code_of(declared):
        return code
    sample = said[:_MOST]
    for code, pattern in () if sample.isascii() else _SCRIPTS:
        if len(pattern.findall(sample)) * 10 > len(sample.split()):
            return code
    if sum(map(str.isalpha, sample)) < _LEAST_LETTERS:
        return None
    if _is_english(sample):
        return "en"
    found = _statistics()(sample)[0]
    return {"nb": "no", "nn": "no"}.get(found, found)


def _is_english(sample: str) -> bool:
    """Whether a text is English beyond doubt; much that is English is not."""
    said = sample.lower().split()
    return len(_OWN.intersection(said)) >= _LEAST_OWN and sum(map(_FULL_OF.__contains__, said)) * _LEAST_SHARE >= len(
        said
    )


@cache
def _statistics() -> Callable[[str], tuple[str, float]]:
    """Load the statistics at first need: it takes a third of a second."""
    from py3langid import classify

    found: Callable[[str], tuple[str, float]] = classify
    return found
