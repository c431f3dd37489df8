"""The words of a watched page: bytes → blocks, without what changes for no reason. Pure; names what is no such page at all.

Left out are menus, banners, cookie notices, share bars, counters and "last updated" lines: what a reader of the policy never
reads. What is left is compared by `judge/diff.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from observatory import markup, text
from observatory.errors import UnreadableError
from observatory.markup import Node
from observatory.model import Cause, Page

MOST_LETTERS = (
    1_000_000  # of a page's text; what lies behind is not compared (1 MB is the longest law we have met, twice)
)
MOST_UNIT = 320  # letters; longer blocks are compared sentence by sentence
MOST_NOISE = 600  # letters; what is longer tells more than when the page was touched
THIN = 1500  # letters; a page with a password field and fewer is the door, not the room

# Parts that no reader of the policy reads, by element, by ARIA role, by the names that sites give them.
_OUTSIDE = "nav, aside, form, button, select, dialog, [aria-hidden=true], [hidden]"
_ROLES = (
    "[role=navigation], [role=banner], [role=contentinfo], [role=complementary], [role=search], [role=alert], "
    "[role=dialog], [role=alertdialog], [role=status]"
)
_NAMED = re.compile(
    r"cookie|consent|gdpr|breadcrumb|social|share|sharing|newsletter|subscribe|sidebar|toolbar|skip-?(to|link)|pagination|"
    r"(^|[\s_-])(nav|menu|ad|ads|advert|banner|popup|modal|pager|related|teaser|ticker|carousel|counter|views|visits|"
    r"last-?(updated?|modified|edit)|page-?(date|info|meta|footer|header)|site-?(footer|header)|timestamp)([\s_-]|$)",
    re.IGNORECASE,
)
_LANDMARKS = ("main", "[role=main]", "article", "#content", "#main")

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|juin|juil|aout|okt|dez|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|"
    r"maj|maart|mrt|avr|fevr|stycz|lut|kwie|czerw|lip|sierp|wrze|pazdz|listop|grudz|led|uno|bre|dub|kve|cer|srp|zar|rij|pros|"
    r"tammi|helmi|maalis|huhti|touko|kesa|heina|elo|syys|loka|marras|joulu|ian|iun|iul|noi)\w*\.?"
)
_DATE = rf"(?:\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}|\d{{1,2}}\.?(?: de)? {_MONTH},?(?: de)? \d{{4}}|{_MONTH} \d{{1,2}},? \d{{4}})"
_TIME = (
    r"(?:[ ,t]*(?:at|um|a|kl|klo|o|as|alle|om)?\.? ?\d{1,2}[:.h]\d{2}(?::\d{2})?"
    r"(?: ?(?:[ap]\.?m\.?|h|uhr|cet|cest|utc|gmt|z))?)?"
)
# Lines whose words tell of the page itself: when it was touched, how often it was seen. All folded: no accents, small letters.
_UPDATED = (
    r"(?:page |site |content |this page (?:was )?|seite )?(?:last |date )?(?:up ?dated|modified|changed|reviewed|edited|update|"
    r"modification)(?: on)?|letzte (?:aktualisierung|anderung|bearbeitung)|(?:zuletzt )?(?:aktualisiert|geandert)(?: am)?|stand|"
    r"(?:derniere )?(?:mise a jour|modification)(?: le)?|mis a jour le|(?:ultima )?(?:actualizacion|modificacion)|"
    r"actualizado(?: el)?|(?:ultimo )?aggiornamento|aggiornato(?: il)?|ultima modifica|"
    r"(?:ultima )?atualizacao|atualizado(?: em)?|"
    r"(?:laatst )?(?:bijgewerkt|gewijzigd)(?: op)?|laatste wijziging|(?:senast )?(?:uppdaterad|andrad|granskad)(?: den)?|"
    r"(?:sist )?oppdatert|(?:senest|sidst) opdateret|(?:viimeksi )?paivitetty|(?:viimati )?(?:muudetud|uuendatud)|"
    r"(?:ostatnia )?aktualizacja|(?:data )?(?:ostatniej )?(?:modyfikacji|aktualizacji)|(?:posledni|naposledy) (?:aktualizace|zmena|"
    r"aktualizovano)|aktualizovano|(?:posledna )?aktualizacia|aktualizovane|zadnja sprememba|posodobljeno|zadnje azuriranje|"
    r"azurirano|(?:utolso )?(?:frissites|modositas)|frissitve|actualizat(?: la)?|(?:ultima )?actualizare|atnaujinta|atjaunots|"
    r"τελευταια ενημερωση|последно обновяване|обновено|последнее обновление|оновлено|nuashonraithe"
)
_NOISE = re.compile(
    "|".join(
        (
            rf"(?:{_UPDATED})[ :–-]*{_DATE}{_TIME}",
            rf"(?:today(?: is)?|heute(?: ist)?|aujourd'hui|hoy(?: es)?|oggi|dnes(?: je)?|idag|tanaan|dzis(?:iaj)?|now)[ :,]*"
            rf"(?:[^\W\d]+)?,? ?{_DATE}{_TIME}",
            r"[\d.,  ]+[km]? ?(?:views?|visits?|visitors?|hits?|downloads?|shares?|likes?|reads?|comments?|followers?|"
            r"aufrufe|besucher|vues|visites|visitas|visualizzazioni|weergaven|visningar|katselukertaa|wyswietlen|zobrazeni)",
            r"(?:page )?(?:views?|visits?|visitors?|hits?|downloads?|shares?|likes?|read|comments?|viewed|aufrufe|besucher|vues|"
            r"visites|visitas|weergaven|visningar)[ :]*[\d.,  ]+(?: times)?",
            r"\d+ ?(?:min(?:ute)?s?\.? (?:read|reading time|lesezeit|de lecture)|min\.?)(?: read)?",
            r"(?:reading time|lesezeit|temps de lecture)[ :]*\d+.{0,12}",
            r"(?:published|posted|updated|modified)?[ :]*(?:a|an|\d+) (?:second|minute|hour|day|week|month|year)s? ago",
            r"(?:©|\(c\)|copyright)[^.]{0,80}\d{4}[^.]{0,80}",
            r"(?:share|tweet|print|e?-?mail|save|download(?: pdf)?|copy link|menu|search|home|top|back to top|read more|more|next|"
            r"previous|close|skip to (?:main )?content|contact(?: us)?|log ?in|sign in|sign up|register|follow us|subscribe|"
            r"accept(?: all)?(?: cookies)?|reject(?: all)?(?: cookies)?|cookie settings|share this page|print this page|"
            r"teilen|drucken|mehr|zuruck|weiter|suche|partager|imprimer|haut de page|rechercher|accueil|compartir|imprimir|inicio|"
            r"condividi|stampa|cerca|delen|zoeken|dela|skriv ut|sok|jaa|tulosta|hae|udostepnij|drukuj|szukaj|sdilet|tisk|hledat)",
        )
    )
)
_COOKIE = re.compile(r"\bcookies?\b")
_WHO_BAKES = re.compile(r"\b(we|this (web)?site|our (web)?site)\b")  # before the word; the others stand behind it
_ASKED = re.compile(
    r"\b((accept|consent|privacy|settings|preferences|experience|reject|use|uses|using|policy)\b|zustimm|akzept|einwillig|ablehn|"
    r"accepter|refuser|aceptar|rechazar|accett|rifiut|accepteren|godkann|hyvaksy|akceptuj|prijmout)"
)
_LOGIN = re.compile(
    r"\b(log ?in|sign in|single sign.?on|authentication required|please authenticate|session (has )?expired|anmelden|einloggen|"
    r"connexion|identifiez-vous|iniciar sesion|accedi|inloggen|logga in|kirjaudu|logi sisse|zaloguj|prihlas\w*|prijava|"
    r"bejelentkezes|iniciar sessao|autentificare)\b"
)
_MISSING = re.compile(
    r"\b404\b|(page|site|document|content|resource) (\w+ ){0,3}(not found|no longer (exists|available)|does ?n.t exist|"
    r"cannot be found|could ?n.t be found|has been (removed|deleted))|\bnot found\b|we can.t find|nothing (was )?found here|"
    r"seite (\w+ )?nicht gefunden|nicht gefunden|page (introuvable|non trouvee|inexistante)|introuvable|"
    r"pagina (no encontrada|non trovata|niet gevonden)|pagina nao encontrada|sidan (kunde inte hittas|hittades inte|finns inte)|"
    r"siden (blev |ble )?ikke (fundet|funnet)|sivua ei loy\w+|lehekulge ei leitud|strona nie zostala znaleziona|nie znaleziono|"
    r"stranka (nebyla nalezena|nenalezena|sa nenasla|nenajdena)|stran(ice)? ni (bilo )?mogoce najti|stranica nije pronadena|"
    r"az oldal nem talalhato|pagina nu (a fost gasita|exista)|puslapis nerastas|lapa nav atrasta|η σελιδα δεν βρεθηκε"
)
_AWAY = re.compile(
    r"(temporarily|currently) (unavailable|down)|under maintenance|maintenance (mode|work)|service unavailable|"
    r"be back (soon|shortly)|internal server error|bad gateway|"
    r"something went wrong|wartungsarbeiten|en maintenance|en mantenimiento|in manutenzione"
)
_CHALLENGE = re.compile(
    r"just a moment|checking your browser|verify (that )?you are (a )?human|attention required|enable javascript and cookies|"
    r"are you a robot|captcha|access denied|unusual traffic|ddos protection"
)
# The eight commonest little words of a language tell it apart from the others when a page doesn't declare its own.
_LITTLE: dict[str, frozenset[str]] = {
    language: frozenset(said.split())
    for language, said in {
        "en": "the of and to in is for that with by",
        "de": "der die und den von zu das mit im für",
        "fr": "les des et la le du une pour dans est",
        "es": "los las del el y la una para con por",
        "it": "il di che la della per una gli con delle",
        "pt": "os as da do dos que uma para com não",
        "nl": "het een van de en voor met zijn op dat",
        "sv": "och att det som för av på en är till",
        "da": "og at det som for af på en er til",
        "no": "og å det som for av på en er til",
        "fi": "ja on että ovat sekä myös tai se ei kun",
        "et": "ja on et ning või mis see ei kui ka",
        "pl": "i w na z do się że oraz jest dla",
        "cs": "a v na se je že pro z do jako",
        "sk": "a v na sa je že pre z do ako",
        "sl": "in v na se je da za z pri ter",
        "hr": "i u na se je da za s od te",
        "hu": "a az és hogy egy is nem vagy meg ez",
        "ro": "și în de la pentru cu din care este sau",
        "lt": "ir į kad su yra iš už tai ar bei",
        "lv": "un ir ar no par kas uz vai kā lai",
        "el": "και το της του η των για με από να",
        "bg": "и на за от в се да по с са",
        "uk": "і на що з для до та від як про",
        "ga": "agus an na ar go le is sa don atá",
        "mt": "u li ta tal għal fil minn hija biex il",
        "tr": "ve bir bu için ile olarak da olan ya en",
    }.items()
}
_SENTENCE = re.compile(r"(?<=[.!?;…。])\s+(?=[^\W\d_a-zà-öø-ÿ]|\d|[“\"(„«])")
_WORD = re.compile(r"[^\W_]+(?:[.,:/’'-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class PageText:
    """What a watched page says to its readers: a block a paragraph or sentence, and the language it is in, if known.

    `selected`: the part that the source's `select` names was there. `is_cut`: the page was longer than we compare.
    """

    blocks: tuple[str, ...]
    language: str | None = None
    selected: bool = True
    is_cut: bool = False

    @property
    def said(self) -> str:
        """The text in the form in which it is kept: one block a line."""
        return "\n".join(self.blocks)


def read_page(page: Page, select: str = "") -> PageText:
    """Read the words of a page, or of its part that `select` names.

    UnreadableError says what it is instead: LOGIN, NOT_FOUND (with whatever status), CHALLENGE, SERVER, NOT_HTML, EMPTY.
    """
    root = markup.html(page.body, page.content_type)
    title = text.fold(" ".join(markup.text_of(node) for node in root.iter("title", "h1"))) or _title(root)
    has_password = bool(markup.select(root, "input[type=password]"))
    for unseen in root.iter("script", "style", "noscript", "template"):
        unseen.text = None
    parts, selected = _parts(root, select)
    for part in parts:
        _strip(part)
    said = (block for part in parts for block in markup.blocks_of(part))
    blocks = [unit for block in said for unit in units(block) if not is_noise(unit)]
    _check(title, text.fold(" ".join(blocks)[:6000]), has_password, text.fold(page.url))
    if not blocks:
        raise UnreadableError(Cause.EMPTY, "the page has no text of its own (is it made by scripts?)")
    kept, is_cut = _bounded(blocks)
    declared = (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip().lower()
    return PageText(kept, language_of(" ".join(kept)) or re.split(r"[-_]", declared)[0] or None, selected, is_cut)


def _title(root: Node) -> str:
    found = root.find(".//title")
    return text.fold(found.text or "") if found is not None else ""


def _parts(root: Node, select: str) -> tuple[list[Node], bool]:
    """Find what to read: the parts that the source names, else the page's own main part, else all of it."""
    if select and (named := markup.select(root, select)):
        known = set(named)
        return [node for node in named if known.isdisjoint(node.iterancestors())], True
    body = root.find("body") if root.find("body") is not None else root
    whole = _length(body)
    for landmark in _LANDMARKS:
        found = max(markup.select(body, landmark), key=_length, default=None)
        if found is not None and _length(found) * 3 >= whole:  # a main part that holds next to nothing isn't one
            return [found], not select
    return [body], not select


def _strip(part: Node) -> None:
    """Take out what no reader of the policy reads. A part that holds most of the text is never taken for a frame."""
    whole = _length(part)
    for css, is_frame in _FRAMES:
        for node in markup.select(part, css):
            if node is not part and is_frame(node) and _length(node) * 2 <= whole:
                tail = node.tail
                node.clear()
                node.tail = tail


def _always(_node: Node) -> bool:
    return True


def _is_edge(node: Node) -> bool:
    """Whether it is a page's head or foot; an article's own head holds its title."""
    return node.tag == "footer" or not markup.select(node, "p, h1")


def _is_named(node: Node) -> bool:
    return bool(_NAMED.search(f"{node.get('class') or ''} {node.get('id') or ''}"))


def _is_menu(node: Node) -> bool:
    """Whether an element is nothing but many short links."""
    links = [said for link in node.iter("a") if (said := markup.text_of(link))]
    if len(links) < 4 or sum(len(said.split()) for said in links) > 4 * len(links):
        return False
    return sum(map(len, links)) >= 0.85 * len(markup.text_of(node))


_FRAMES: tuple[tuple[str, Callable[[Node], bool]], ...] = (
    (f"{_OUTSIDE}, {_ROLES}", _always),
    ("header, footer", _is_edge),
    ("[class], [id]", _is_named),
    ("ul, ol, div", _is_menu),
)


def _length(node: Node) -> int:
    return sum(len(piece.strip()) for piece in node.itertext())


def units(block: str) -> list[str]:
    """Part a long block into its sentences."""
    return [block] if len(block) <= MOST_UNIT else [part for part in _SENTENCE.split(block) if part]


def is_noise(block: str) -> bool:
    """Whether a block tells of the page itself (touched when, seen how often) or asks for cookies."""
    folded = text.fold(block).strip(" .:|·•-–—>»‹›") if len(block) <= MOST_NOISE else ""
    if len(folded) > MOST_NOISE or len(block) > MOST_NOISE:
        return False
    return not _WORD.search(folded) or bool(_NOISE.fullmatch(folded)) or _asks_for_cookies(folded)


def _asks_for_cookies(folded: str) -> bool:
    cookie = _COOKIE.search(folded)
    if not cookie:
        return False
    site = _WHO_BAKES.search(folded)
    return bool(_ASKED.search(folded, cookie.end()) or (site and _COOKIE.search(folded, site.end())))


def _bounded(blocks: list[str]) -> tuple[tuple[str, ...], bool]:
    total = 0
    for number, block in enumerate(blocks):
        total += len(block)
        if total > MOST_LETTERS:
            return tuple(blocks[:number]), True
    return tuple(blocks), False


def _check(title: str, lead: str, has_password: bool, url: str) -> None:
    """Say what stands in place of the page. A long page that only speaks of logging in or of error 404 is a page."""
    is_thin = len(lead) < THIN
    head = f"{title} {lead[:200]}"
    if is_thin and (has_password or (_LOGIN.search(title) and len(lead) < THIN // 3) or "/login" in url):
        raise UnreadableError(Cause.LOGIN, "a login page stands in place of the page")
    if _MISSING.search(title) or (len(lead) < THIN // 2 and _MISSING.search(head)):
        raise UnreadableError(Cause.NOT_FOUND, "the page says that it isn't there, though with status 200")
    if is_thin and _CHALLENGE.search(head):
        raise UnreadableError(Cause.CHALLENGE, "a test for browsers stands in place of the page")
    if is_thin and _AWAY.search(head):
        raise UnreadableError(Cause.SERVER, "the page says that the site is out of order, though with status 200")


def language_of(said: str) -> str | None:
    """Tell a text's language by its little words; None when it is too short or no language stands out."""
    found = said[:20_000].lower().split()
    if len(found) < 30:
        return None
    counts = sorted(
        ((sum(word in little for word in found), language) for language, little in _LITTLE.items()), reverse=True
    )
    (most, language), (next_most, _other) = counts[0], counts[1]
    return language if most >= len(found) * 0.08 and most >= next_most * 1.25 else None
