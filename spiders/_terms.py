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
_NAMES = re.compile(
    r"\bmi[ck]ro[-\s]?(?:cred|kred|cert|sert|zert|qualif|kvalif|kvali|merit|dokazil|poswiad|osved|tanusit|tutkin|titre|titul"
    r"|degree|grado|grad|diplom|kurss|opin|eksamen|emne|apliecin|yeterlil|award|badge|learning|module|udost|svedoc|"
    r"udosto|svjedod|potvrd|uverenj|ateste|atest|certific|crede|kompeten|pazym|kraad|osvidcen)"
    r"|\bmicrocre|\bmion-?dintiur|\bmicridhintiur|\bpien\w+ osaamiskokonaisuu|\bosaamismerk|\bedubadge"
    r"|\b(?:микро|мікро)[-\s]?\w{4}|μικρο[-\s]?(?:διαπιστ|πιστοπ|προσοντ|τιτλ)|微证书|微認證|微认证|微憑證|微學程|微专业"
    r"|マイクロ・?クレデンシャル|마이크로|شهادات مصغ|الشهادات المصغ|اعتمادات مصغ|المصغرة"
    r"|\b(?:alternative|digital|stackable|non-?degree|short|incremental|verifiable|open)[-\s](?:digital[-\s])?"
    r"(?:credential|badge)|\bnano-?(?:degree|credential)|\bmicromasters\b|\bdigital badg|\bopen badg"
    r"|\bshort learning program"
)


def names_a_term(*said: str | None) -> bool:
    """Whether a text names something that may be a core term, in any spelling and language."""
    return any(bool(_NAMES.search(text.fold(part))) for part in said if part)


def either(terms: tuple[str, ...] = CORE, *, quotes: bool = True) -> str:
    """Write terms as alternatives of a boolean query; those of several words or with a hyphen in quotes."""
    return " OR ".join(f'"{term}"' if quotes and re.search(r"[-\s]", term) else term for term in terms)
