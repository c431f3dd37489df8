"""Labelled pairs of pages: a base page in one dress, the same or an edited page in another. Made, so compact and exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from observatory.model import Page
from observatory.yamltext import load

FILE = Path(__file__).with_name("pages.yaml")
LABELS = ("same", "changed", "redesigned", "language", "wall")


@dataclass(frozen=True, slots=True)
class Pair:
    name: str
    label: str
    before: Page
    after: Page
    select: str = ""


def pages() -> list[dict[str, Any]]:
    data = load(FILE.read_bytes(), FILE.name).data
    assert isinstance(data, list)
    return data


# ---------------------------------------------------------------- dresses: the same words, as sites frame them


def _inner(blocks: list[str], tag: str = "p") -> str:
    return "\n".join(f"<{tag}>{escape(block)}</{tag}>" for block in blocks)


def plain(lang: str, title: str, blocks: list[str]) -> str:
    return (
        f"<!doctype html><html lang={lang}><head><title>{escape(title)}</title></head><body>"
        f"<header class=site-header><a href=/>Home</a></header><main><h1>{escape(title)}</h1>{_inner(blocks)}</main>"
        f"<footer>© 2025 Ministry</footer></body></html>"
    )


def with_counters(lang: str, title: str, blocks: list[str]) -> str:
    inner = _inner([*blocks[:2], "Last updated: 14 November 2026 at 10:22", *blocks[2:], "18,342 views", "Share"])
    return plain(lang, title, []).replace("</main>", f"{inner}</main>").replace("© 2025", "© 2026")


def with_cookies(lang: str, title: str, blocks: list[str]) -> str:
    notice = (
        "<div id=cookie-banner><p>We use cookies to improve your experience. Accept all cookies or change settings.</p></div>"
        "<div class='alert site-banner'>The office is closed on Friday.</div>"
    )
    return plain(lang, title, blocks).replace("<body>", f"<body>{notice}")


def with_menus(lang: str, title: str, blocks: list[str]) -> str:
    menu = "".join(
        f"<li><a href=/{n}>{word}</a></li>" for n, word in enumerate(["News", "Events", "People", "Projects", "Data"])
    )
    teaser = "<div class='related-teasers'><p>Minister opens new sports hall in the north of the country.</p></div>"
    return plain(lang, title, blocks).replace("</h1>", f"</h1><ul>{menu}</ul>").replace("</main>", f"{teaser}</main>")


def turned(lang: str, title: str, blocks: list[str]) -> str:
    return plain(lang, title, blocks[3:] + blocks[:3])


def rewrapped(lang: str, title: str, blocks: list[str]) -> str:
    body = _inner([" ".join(blocks[:3]), *blocks[3:]], "div")
    return (
        f"<html lang='{lang}-XX'><head><title>{escape(title)} | Ministry</title></head><body class='page theme-2027'>"
        f"<div class='top-nav'><a href=/>Start</a></div><div id=content><h1>{escape(title).upper()}</h1>{body}"
        f"<button>Print</button></div><div class=site-footer>New address: Main Street 1</div></body></html>"
    )


def punctuated(lang: str, title: str, blocks: list[str]) -> str:
    dressed = [block.replace("’", "'").replace("-", "\u2011").replace("; ", " – ") for block in blocks]
    return plain(lang, title, [f"\u201c{dressed[0]}\u201d", *dressed[1:]])


def tokens(lang: str, title: str, blocks: list[str]) -> str:
    hidden = "<form><input type=hidden name=csrf value=8f2c71></form><script>var t=1732445;</script><!-- 0.31 s -->"
    return plain(lang, title, blocks).replace("</main>", f"{hidden}</main>")


DRESSES = (with_counters, with_cookies, with_menus, turned, rewrapped, punctuated, tokens)

LOREM = {
    "en": "Welcome to our new portal. Discover services for families, firms and schools with one account.",
    "de": "Willkommen im neuen Portal. Entdecken Sie die Dienste für Familien, Betriebe und Schulen mit einem einzigen Konto.",
    "fr": "Bienvenue sur le nouveau portail. Découvrez les services pour les familles, les entreprises et les écoles.",
    "es": "Bienvenidos al nuevo portal. Descubra los servicios para las familias, las empresas y las escuelas con una cuenta.",
    "et": "Tere tulemast uude portaali. Siin on teenused peredele, ettevõtetele ja koolidele, mis on nüüd ühes kohas.",
    "sv": "Välkommen till den nya portalen. Här finns tjänster för familjer, företag och skolor som är samlade på ett ställe.",
    "pl": "Witamy w nowym portalu. Odkryj usługi dla rodzin, firm i szkół, które są dostępne w jednym miejscu na co dzień.",
    "fi": "Tervetuloa uuteen palveluun. Täältä löydät perheiden, yritysten ja koulujen palvelut, jotka ovat nyt yhdessä.",
    "el": "Καλώς ήρθατε στη νέα πύλη. Ανακαλύψτε τις υπηρεσίες για τις οικογένειες, τις επιχειρήσεις και τα σχολεία.",
}


def redesign(lang: str) -> str:
    inner = "".join(f"<div><h3>{LOREM[lang][8 * n :]}</h3><p>{LOREM[lang]}</p></div>" for n in range(4))
    return f"<html lang={lang}><body><div class=app-root>{inner}</div></body></html>"


LOGIN = "<html><title>Sign in</title><body><h1>Sign in</h1><form><input name=u><input type=password name=p></form></body></html>"
MISSING = {
    "en": "<html><title>Page not found</title><h1>Page not found</h1><p>The page you asked for is no longer available.</p></html>",
    "de": "<html><title>Seite nicht gefunden</title><h1>Fehler 404</h1><p>Die Seite wurde nicht gefunden.</p></html>",
    "fr": "<html><title>Page introuvable</title><h1>Page introuvable</h1><p>Revenez à l’accueil.</p></html>",
    "sv": "<html><title>Sidan hittades inte</title><h1>Sidan hittades inte</h1><p>Gå till startsidan.</p></html>",
}
AWAY = "<html><title>Ministry</title><h1>Under maintenance</h1><p>We will be back shortly.</p></html>"
CHALLENGE = "<html><title>Just a moment...</title><p>Checking your browser before you enter.</p></html>"


# ---------------------------------------------------------------- the set


def pairs() -> Iterator[Pair]:
    found = pages()
    for number, page in enumerate(found):
        yield from _of_page(page, found[(number + 1) % len(found)])


def _of_page(page: dict[str, Any], other: dict[str, Any]) -> Iterator[Pair]:
    lang, title, blocks = page["lang"], page["title"], page["blocks"]
    base = _page(page, plain(lang, title, blocks))
    for dress in DRESSES:
        yield Pair(f"{lang}: {dress.__name__}", "same", base, _page(page, dress(lang, title, blocks)))
    for number, edit in enumerate(page["edits"]):
        edited = list(_edited(blocks, edit))
        for dress in (plain, with_counters, with_menus, rewrapped):
            after = _page(page, dress(lang, title, edited))
            yield Pair(f"{lang}: edit {number} {dress.__name__}", "changed", base, after)
    yield Pair(f"{lang}: redesign", "redesigned", base, _page(page, redesign(lang)))
    if other["lang"] != lang:
        yield Pair(
            f"{lang}: language", "language", base, _page(page, plain(other["lang"], other["title"], other["blocks"]))
        )
    yield Pair(f"{lang}: own rule", "same", base, base, select="main h1 ~ p")
    for wall in (LOGIN, AWAY, CHALLENGE, *MISSING.values()):
        yield Pair(f"{lang}: {wall[13:30]}", "wall", base, _page(page, wall))
    yield Pair(f"{lang}: pdf", "wall", base, Page(page["url"], "application/pdf", b"%PDF-1.7 ..."))
    yield Pair(f"{lang}: empty", "wall", base, _page(page, ""))


def _edited(blocks: list[str], edit: list[str]) -> Iterator[str]:
    goes, comes = edit
    for block in blocks:
        changed = block.replace(goes, comes) if goes else block
        if changed:
            yield changed
    if not goes:
        yield comes


def _page(page: dict[str, Any], said: str) -> Page:
    return Page(page["url"], "text/html; charset=utf-8", said.encode())
