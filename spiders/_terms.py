"""What services are asked for: the core terms of the field, and a cheap test of whether a text names one. Pure.

The vocabulary (observatory/judge/vocabulary) decides what is relevant; this is wider, so that nothing it would let in is
lost here. A test holds the two together.
"""

from __future__ import annotations

import re

from observatory import text

# Spelled as people write them. Services stem English words but not the others, so those come in both numbers.
ENGLISH = ("micro-credential", "micro-credentials", "microcredential", "microcredentials", "micro credentials")
NEAR = ("micro-certification", "micro-certifications", "micro-certificate", "micro-qualification")
OTHERS = (
    "microcredencial",
    "microcredenciales",
    "microcredenciais",
    "microcredenziale",
    "microcredenziali",
    "microcertification",
    "microcertifications",
    "mikropoświadczenia",
    "mikrocertifikát",
    "mikromeriter",
    "mikrokvalifikacije",
    "mikrotanúsítvány",
    "микроквалификация",
)
CORE = ENGLISH + NEAR + OTHERS
PLAIN = (
    "microcredential",
    "microcredentials",
    "micro-credential",
    "micro-credentials",
)  # for services without booleans

# A word that may be a core term in one of the vocabulary's languages: "micro" before what is awarded, in any spelling.
_AWARDED = (
    "cred|kred|cert|sert|zert|qualif|kvalif|kvali|kwalif|kualif|merit|dokazil|poswiad|osved|osvidcen|tanusit|tutkin|titre|titul"
    "|titol|degree|grad|diplom|dyplom|kurss|opin|eksamen|emne|apliecin|yeterlil|yeterlik|award|badge|learning|module|udost"
    "|svedoc|svjedod|potvrd|uverenj|atest|attest|kompeten|pazym|kraad|acredit|accredit|brevet|abschl|legitim|kepzes|bizonyit"
    "|gymwys|evaluator"
)
_NAMES = re.compile(
    rf"\b(?:mi[ck]ro|mc|mico|mini|kleinst|pienois)[-\s]?(?:{_AWARDED})"
    r"|\bmicrocre|\b(?:kredensial|kelayakan) mikro|\b(?:tin|chung) chi vi mo|\bvan bang vi mo|\borvottord|\bornam|\bsmagrada"
    r"|\bmicridhintiui?r|\bmion[-\s]?dintiur|\bpien\w+ osaamiskokonaisuu|\bpienoisopin|\bosaamismerk|\bedubadge"
    r"|\b(?:микро|мікро)[-\s]?\w{4}|μικρο[-\s]?(?:διαπιστ|πιστοπ|προσοντ|τιτλ)|მიკრო|միկրո|מיקרו|ไมโคร|마이크로|مصغر"
    rf"|{text.fold('माइक्रो')}"
    r"|微(?:证书|證書|认证|認證|凭证|憑證|学位|學位|学分|學分|专业|專業|学程|學程)|マイクロ・?クレ"
    r"|\b(?:alternative|digital|stackable|non-?degree|short|incremental|verifiable|open)[-\s](?:digital[-\s])?"
    r"(?:credential|badge)|\bnano-?(?:degree|credential)|\bmicromasters\b|\bshort learning program"
)


def names_a_term(*said: str | None) -> bool:
    """Whether a text names something that may be a core term, in any spelling and language."""
    return any(bool(_NAMES.search(text.fold(part))) for part in said if part)


def either(terms: tuple[str, ...] = CORE, *, quotes: bool = True) -> str:
    """Write terms as alternatives of a boolean query; those of several words or with a hyphen in quotes."""
    return " OR ".join(f'"{term}"' if quotes and re.search(r"[-\s]", term) else term for term in terms)
