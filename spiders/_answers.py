"""What an answer is: a page, or a challenge, a login, a "not found" in disguise, nothing at all. Pure.

Recognised answers are never kept as content. A marker counts only on a page with little to read, so that an article about
logins, bots or missing pages stays an article.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from urllib.parse import urlsplit

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.model import Cause

LITTLE = 1500  # characters of visible text: the longest challenge and login pages seen have about 900, articles more
HEAD = 300_000  # bytes looked at: markers stand early

_BY_STATUS = {
    401: Cause.LOGIN,
    403: Cause.FORBIDDEN,
    404: Cause.NOT_FOUND,
    407: Cause.FORBIDDEN,
    410: Cause.GONE,
    429: Cause.TOO_MANY,
    451: Cause.FORBIDDEN,
}
# Scripts and headers of the services that ask "are you a person?" (AWS WAF, Cloudflare, Imperva, DataDome, PerimeterX,
# Akamai, Sucuri, Anubis, F5, DDoS-Guard), as their pages name them.
_CHALLENGE = re.compile(
    rb"aws-waf-token|awswafcookiedomainlist|awswafintegration|_cf_chl_opt|cf-browser-verification|_incapsula_resource|"
    rb"captcha-delivery\.com|px-captcha|sucuri_cloudproxy_js|anubis_challenge|/\.within\.website/x/cmd/anubis|"
    rb"ddos-guard|ak_bmsc|bm-verify|g-recaptcha|h-captcha|hcaptcha\.com|challenges\.cloudflare\.com",
    re.IGNORECASE,
)
_CHALLENGE_WORDS = re.compile(
    r"just a moment|checking your browser|verify(ing)? (that )?you are (a )?human|are you a (human|robot)|"
    r"pardon our interruption|enable javascript and cookies to continue|attention required! \| cloudflare|"
    r"making sure you're not a bot|the requested url was rejected|javascript is disabled.{0,80}verify",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(
    r"/(log-?in|sign-?in|sso|cas|idp|saml2?|oauth2?|auth|wp-login\.php|adfs|user/login|account/login|login\.\w+)(/|$)",
    re.IGNORECASE,
)
_LOGIN_WORDS = re.compile(
    r"(please )?(log ?in|sign ?in|log ?on|anmelden|anmeldung|se connecter|connexion|iniciar sesi[oó]n|accedi|logga in|"
    r"kirjaudu|inloggen|zaloguj|iniciar sess[aã]o|přihlášení|login)\b.{0,60}",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"(error|erreur|fehler|fout|chyba)?[\s:–-]*404\b|"
    r"(sorry.{0,20})?(the |this )?(requested )?(page|content|resource)( you.{0,40})? "
    r"(was |is |has |could |can |cannot |can't |couldn't )?(not |no longer )?(be )?(been )?(not )?(found|exist|available)|"
    r"page (can|could)(not|n't) be found|not found$|nothing (was )?found|"
    r"seite (wurde )?nicht gefunden|page (non |in)trouv|p[aá]gina no encontrada|pagina non trovata|"
    r"p[aá]gina n[aã]o encontrada|sidan (kunde inte|hittades inte)|sivua ei l[oö]yt|siden (blev|ble) ikke fundet|"
    r"nie znaleziono|str[aá]nka nenalezena|pagina niet gevonden|h[oö]r th[eé] leathanach",
    re.IGNORECASE,
)


def cause_of_status(status: int) -> Cause | None:
    """Name what a status says; None when it brings content."""
    if 200 <= status < 300:
        return None
    return _BY_STATUS.get(status) or (Cause.SERVER if status >= 500 else Cause.BAD_REQUEST)


def inflate(body: bytes, encoding: str, most: int) -> bytes:
    """Undo gzip or deflate within `most` bytes.

    UnreadableError: TOO_LARGE (a bomb), INCOMPLETE (cut off), ENCODING (not what the header says).
    """
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        if name in ("gzip", "x-gzip", "deflate") and body:
            body = _inflate(body, most, is_gzip=name != "deflate")
        elif name not in ("identity", "gzip", "x-gzip", "deflate"):
            raise UnreadableError(Cause.ENCODING, f"compressed as {text.clean(name, 40)}, which was not asked for")
    return body


def _inflate(body: bytes, most: int, *, is_gzip: bool) -> bytes:
    forms = [31] if is_gzip else [15, -15]  # zlib wrapper, or bare as some servers send it
    for form in forms:
        unzip = zlib.decompressobj(wbits=form)
        try:
            said = unzip.decompress(body, most + 1)
        except zlib.error as error:
            if form == forms[-1]:
                raise UnreadableError(Cause.ENCODING, "the body isn't compressed as its header says") from error
            continue
        if len(said) > most:
            raise UnreadableError(Cause.TOO_LARGE, f"more than {most // 1_000_000} MB when decompressed")
        if not unzip.eof:
            raise UnreadableError(Cause.INCOMPLETE, "the compressed body ends early")
        return said
    raise UnreadableError(Cause.ENCODING, "the body isn't compressed as its header says")


def is_html(content_type: str, body: bytes) -> bool:
    """Whether an answer is a web page, by its first letters or, where these say nothing, by its type."""
    head = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return True
    if head.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf", b"<urlset", b"<sitemapindex", b"{", b"[", b"%pdf")):
        return b"<html" in head
    return "html" in content_type.lower()


def recognise(
    status: int, headers: Mapping[str, str], content_type: str, body: bytes, asked: str, final_url: str
) -> tuple[Cause, str] | None:
    """Name what stands in place of content; None when the answer may be content. Header names are in small letters."""
    if _is_challenged(headers, status):
        return Cause.CHALLENGE, "the host asks whether we are a person"
    cause = cause_of_status(status)
    if not body.strip(b"\x00 \t\r\n\x0b\x0c\xef\xbb\xbf"):
        return (cause, f"answers {status}") if cause else (Cause.EMPTY, "the answer is empty")
    if not is_html(content_type, body):
        return (cause, f"answers {status}") if cause else None
    found = _of_page(body[:HEAD], content_type, asked, final_url)
    if found and (cause is None or found[0] is Cause.CHALLENGE):
        return found
    return (cause, f"answers {status}") if cause else None


def _is_challenged(headers: Mapping[str, str], status: int) -> bool:
    if headers.get("cf-mitigated") == "challenge" or headers.get("x-amzn-waf-action") in ("challenge", "captcha"):
        return True
    return status == 202 and "awselb" in headers.get("server", "").lower()


def _of_page(head: bytes, content_type: str, asked: str, final_url: str) -> tuple[Cause, str] | None:
    try:
        root = markup.html(head, content_type)
    except UnreadableError:
        return None
    body = root.find("body")
    shown = markup.text_of(body) if body is not None else ""
    title = markup.plain(root.findtext(".//title") or "")
    heads = [title, *(markup.text_of(node) for node in list(root.iter("h1"))[:2])]
    has_little = len(shown) <= LITTLE
    if has_little and (_CHALLENGE.search(head) or any(_CHALLENGE_WORDS.search(said) for said in [*heads, shown])):
        return Cause.CHALLENGE, "the host asks whether we are a person"
    if has_little and _is_login(root, heads, asked, final_url):
        return Cause.LOGIN, "only a login stands there"
    if len(shown) <= 2 * LITTLE and any(_NOT_FOUND.match(said) for said in heads):
        return Cause.NOT_FOUND, f"a “not found” with status 200: {text.clean(next(filter(None, heads)), 80)}"
    if _leads_home(asked, final_url):
        return Cause.NOT_FOUND, "the address leads to the home page: what stood there is gone"
    if not shown and not markup.select(root, "main, article, a[href], frame, iframe"):
        return Cause.EMPTY, "a page without a word (it may need JavaScript)"
    return None


def _is_login(root: markup.Node, heads: list[str], asked: str, final_url: str) -> bool:
    has_password = bool(markup.select(root, "input[type=password]"))
    was_led = _LOGIN_PATH.search(urlsplit(final_url).path) and not _LOGIN_PATH.search(urlsplit(asked).path)
    return bool(was_led) or (has_password and any(_LOGIN_WORDS.match(said) for said in heads))


def _leads_home(asked: str, final_url: str) -> bool:
    """Whether a page of a site was answered with that site's home page."""
    before, after = urlsplit(asked), urlsplit(final_url)
    if text.host_of(asked) != text.host_of(final_url):
        return False
    is_home = re.fullmatch(r"(/\w\w)?/?(index\.\w+)?", after.path) is not None and not after.query
    was_deep = len([part for part in before.path.split("/") if part]) >= 2
    return is_home and was_deep
