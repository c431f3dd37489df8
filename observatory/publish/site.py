"""The site made: fills templates (the only file that knows Jinja), and puts all parts of publishing in their order."""

from __future__ import annotations

import gc
import gettext
import json
import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import CodeType

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from observatory.crew import beside as beside_us
from observatory.crew import processes
from observatory.errors import StorageError
from observatory.model import Catalogue, PartialDate, Site
from observatory.publish import browser_search, words
from observatory.publish.cards import Card
from observatory.publish.citations import FORM as CITED
from observatory.publish.citing import citations
from observatory.publish.desk import pages
from observatory.publish.desk.records import Desk
from observatory.publish.digest.outputs import mails
from observatory.publish.exports import keep_pieces
from observatory.publish.keeping import KeptPieces
from observatory.publish.pieces import Pieces
from observatory.publish.plan import Frame, plan_shelf, shelve
from observatory.publish.searchable import documents, told
from observatory.publish.writing import Published, beside, doubt, settle, write, write_plan

INSTALLED = Path(__file__).resolve().parents[2] / "site_templates"
SHARED = 500  # entries from which several processes are worth starting: fewer take a second
STATIC = "static"
CODEBOOK = "docs/data.md"
CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r"))  # HTML holds none of these
ROW = "_row.html"
ROWS = "row"  # the pieces that are rows
SURROGATES = "surrogatepass"  # a row is kept as it was drawn; a page that shows it makes question marks of them
PARTS = (ROW, "_masthead.html", "_footer.html")
NAMES_ANOTHER = re.compile(r"\{%[-+]?\s*(?:extends|include|import|from)\b([^%]*)")
QUOTED = re.compile(r"\"([^\"]+)\"|'([^']+)'")
# Marks in a part that stands on many pages. No text can hold them by itself: it is escaped, and so has no < of its own.
ROOT, REASON, INSTEAD, OTHERWISE, END = "<root>", "<reason>", "<instead>", "<otherwise>", "<end>"
MARKS = {mark[1:-1]: Markup(mark) for mark in (ROOT, REASON, INSTEAD, OTHERWISE, END)}


def publish(
    catalogue: Catalogue,
    site: Site,
    templates: Path,
    out: Path,
    tell: Callable[[str], None] = lambda _line: None,
    basis: str = "",
    program: str = "",
    meanwhile: Callable[[], object] = lambda: None,
) -> Published:
    """Make `out` the site of this catalogue: render and write what changed, remove what is no longer ours to keep.

    Files in `out` that we did not write are left alone. A failure leaves every file whole, and the next publish goes on.
    What is dear to make (citations, the browser's search index, the forms of an entry) is made anew only where its input
    changed. `basis` digests all that the site is made of; when all of it stands, that is remembered for `writing.stands`.
    `program` digests what makes it: what another made is not trusted. `meanwhile` is done by a process beside, if the site is
    large enough for several; it is done before the site is said to stand.
    """
    gc.disable()  # it would walk a growing heap of records again and again: a tenth of the time, and finds next to nothing
    try:
        doubt(out)
        with beside_us(meanwhile, len(catalogue.entries) >= SHARED):
            done, searched = _made(catalogue, site, templates, out, tell, program)
        if basis and browser_search.stands(searched, out):
            settle(out, basis)
        return done
    except OSError as error:
        raise StorageError(f"can't write the site: {error.filename or out}: {error.strerror or error}") from error
    finally:
        gc.enable()


def _made(
    catalogue: Catalogue, site: Site, templates: Path, out: Path, tell: Callable[[str], None], program: str
) -> tuple[Published, str]:
    """Write the site; give what was done, and the digest of what the browser's index is made of."""
    with KeptPieces(beside(out, "citations"), CITED) as cited, KeptPieces(beside(out, "pieces"), program) as pieces:
        renderer = Templates(templates, site.language)
        shelf = shelve(catalogue, site, renderer, citations(catalogue, program, cited, tell), pieces)
        keep_pieces(shelf)
        renderer.keep_rows(shelf.cards, pieces)
        cited.shut()
        pieces.shut()
        crew = processes() if len(shelf.entries) >= SHARED else 1
        done = write_plan(plan_shelf(shelf, renderer), out, program, crew)
        if catalogue.editions:  # beside the site: mail needs inlined styles, which the site's policy forbids
            write(mails(shelf, renderer), out.parent / "mail", program)
    searched = told(shelf)
    browser_search.build(searched, lambda: documents(shelf), out, tell)
    return done, searched


def publish_desk(desk: Desk, templates: Path, out: Path) -> Published:
    """Make `out` the curators' desk, beside the site and never within it. Files in it that we did not write are left alone."""
    try:
        return write(pages.outputs(desk, Templates(templates, desk.site.language)), out)
    except OSError as error:
        raise StorageError(f"can't write the desk: {error.filename or out}: {error.strerror or error}") from error


# ---------------------------------------------------------------- templates


class _Compiled(jinja2.BytecodeCache):
    """Templates as they were compiled in this process, for site, desk and letters share many.

    Compiling is most of a small publish. On disk it would be code that is trusted, so nothing is kept there.
    """

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


@cache
def _compiled(_language: str) -> _Compiled:
    return _Compiled()  # one for each language: a template is compiled with its words


class _Environment(jinja2.Environment):
    """Knows the site's own words when it reads a template: a page of a hundred words doesn't ask for each as it is rendered."""

    say: Callable[[str], Markup]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        for output in template.find_all(nodes.Output):
            output.nodes = [self._said(node) for node in output.nodes]
        return template

    def _said(self, node: nodes.Expr) -> nodes.Expr:
        match node:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(text))]):
                return nodes.TemplateData(str(self.say(text)), lineno=node.lineno)
        return node


class Templates:
    """The site's templates and static files: the curator's own folder first, the installed ones behind it."""

    def __init__(self, folder: Path, language: str) -> None:
        self._folders = [folder] if folder.resolve() == INSTALLED else [folder, INSTALLED]
        self._environment = _Environment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in self._folders]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
            auto_reload=False,
            bytecode_cache=_compiled(language),
        )
        self._words = gettext.translation(
            "messages", str(self._folders[-1] / "locale"), languages=[language], fallback=True
        )
        self._environment.install_gettext_translations(self._words, newstyle=True)  # type: ignore[attr-defined]
        self._environment.filters |= {"day": cache(self._day), "short": cache(self._short), "word": cache(self._word)}
        self._environment.globals |= {"row": self._row, "rows": self._rows, "part": self._part, "_": cache(self._say)}
        self._environment.say = self._say
        self._language, self._pieces = language, Pieces()
        self._cards: Mapping[str, Card] = {}  # those of which rows are kept
        self._drawn: dict[tuple[object, ...], str] = {}
        self._rows_drawn: dict[str, tuple[str, str, str, str]] = {}
        self._sources: dict[str, tuple[str, tuple[str, ...]]] = {}

    def gettext(self, text: str) -> str:
        """Translate one of the site's own texts."""
        return self._words.gettext(text)

    def render(self, template: str, names: Mapping[str, object]) -> bytes:
        """Fill a template. Broken input does no harm: lone surrogates become question marks, control characters go."""
        page = self._environment.get_template(template).render(names)
        return page.encode("utf-8", "replace").translate(None, CONTROLS)

    def fingerprint(self, template: str) -> str:
        """Digest a template with all that it includes, and the parts that any page may show."""
        found: dict[str, str] = {}
        for name in (template, *PARTS):
            self._collect(name, found)
        return sha256(json.dumps(sorted(found.items())).encode()).hexdigest()

    def _collect(self, template: str, found: dict[str, str]) -> None:
        if template in found:
            return
        if template not in self._sources:
            self._sources[template] = self._read(template)
        found[template], names_in = self._sources[template]
        for name in names_in:
            self._collect(name, found)

    def _read(self, template: str) -> tuple[str, tuple[str, ...]]:
        """Read a template, and the names of others in it: too many rather than too few, for parsing it would take longer."""
        assert self._environment.loader
        try:
            source, _name, _fresh = self._environment.loader.get_source(self._environment, template)
        except jinja2.TemplateNotFound:
            return "", ()  # another word in quotes
        said = (one or other for tag in NAMES_ANOTHER.findall(source) for one, other in QUOTED.findall(tag))
        return source, tuple(said)

    # ---- parts that stand on many pages are rendered once; the page's own root and reason then take the place of the marks

    def _rows(self, cards: Iterable[Card], root: str) -> Markup:
        rows = [begin + summary + end for begin, _reason, summary, end in map(self._draw_row, cards)]
        return Markup("\n".join(rows).replace(ROOT, escape(root)))

    def _row(self, card: Card, root: str, reason: str) -> Markup:
        begin, because, _summary, end = self._draw_row(card)
        return Markup((begin + because + end).replace(ROOT, escape(root)).replace(REASON, escape(reason)))

    def keep_rows(self, cards: Mapping[str, Card], pieces: Pieces) -> None:
        """Draw the rows of these cards, by id, that are not kept as they are now, and look them up there from now on."""
        looks = f"{self.fingerprint(ROW)} {self._language}"
        told = {card.id: f"{looks} {card.digest}" for card in cards.values()}
        pieces.keep((ROWS,), told, lambda i: (self._row_drawn(cards[i]).encode("utf-8", SURROGATES),), is_apart=True)
        self._cards, self._pieces = cards, pieces

    def _draw_row(self, card: Card) -> tuple[str, str, str, str]:
        """Draw a row in four parts: what it begins with, the mark of a reason, the summary, and what it ends with."""
        if card.digest not in self._rows_drawn:
            is_kept = self._cards.get(card.id) is card
            drawn = self._pieces.one(ROWS, card.id).decode("utf-8", SURROGATES) if is_kept else self._row_drawn(card)
            begin, _mark, rest = drawn.partition(INSTEAD)
            reason, _mark, rest = rest.partition(OTHERWISE)
            summary, _mark, end = rest.partition(END)
            self._rows_drawn[card.digest] = (begin, reason, summary, end)
        return self._rows_drawn[card.digest]

    def _row_drawn(self, card: Card) -> str:
        return self._environment.get_template(ROW).render(MARKS, card=card).rstrip()

    def _part(self, template: str, root: str, site: Frame, here: str = "", path: str = "") -> Markup:
        path = path if any(path == link.path for _name, link in site.nav) else ""
        names = {"site": site, "here": here, "path": path}
        return Markup(self._draw(template, tuple(names.values()), names).replace(ROOT, escape(root)))

    def _draw(self, template: str, key: tuple[object, ...], names: Mapping[str, object]) -> str:
        if (template, *key) not in self._drawn:
            drawn = self._environment.get_template(template).render(names, root=Markup(ROOT))
            self._drawn[(template, *key)] = drawn.rstrip()
        return self._drawn[(template, *key)]

    def codebook(self) -> str:
        """Give the codebook, docs/data.md, as HTML; the page has a title already, so its own is cut."""
        try:
            text = (INSTALLED.parent / CODEBOOK).read_text("utf-8")
        except FileNotFoundError:
            return ""
        body: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
        body = body.replace("<table>", '<table tabindex="0">')  # on a phone it scrolls: by keyboard too
        return body.partition("</h1>")[2] or body

    def source(self, name: str) -> str:
        """Give a file of the templates' folder as it stands."""
        found = next(folder / name for folder in self._folders if (folder / name).is_file())
        body = found.read_bytes()
        return (dense(body) if found.suffix == ".css" else body).decode()

    def statics(self) -> Mapping[str, bytes]:
        """Read the files that go to the site as they are."""
        found: dict[str, bytes] = {}
        for folder in reversed(self._folders):
            for file in sorted((folder / STATIC).rglob("*")):
                if file.is_file():
                    body = file.read_bytes()
                    found[file.relative_to(folder).as_posix()] = dense(body) if file.suffix == ".css" else body
        return dict(sorted(found.items()))

    def _say(self, text: str) -> Markup:
        return escape(self.gettext(text))

    def _day(self, date: PartialDate) -> Markup:
        return _time(date, words.say_date(date, self.gettext))

    def _short(self, date: PartialDate) -> Markup:
        return _time(date, words.say_date(date, self.gettext, short=True))

    def _word(self, member: StrEnum) -> str:
        return self.gettext(words.label(member))


def dense(css: bytes) -> bytes:
    """Leave out what a style sheet holds for people only: comments, line ends, indentation."""
    return re.sub(rb"\s*\n\s*", b"\n", re.sub(rb"/\*.*?\*/", b"", css, flags=re.DOTALL)).lstrip()


@cache
def _time(date: PartialDate, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(date, text)
