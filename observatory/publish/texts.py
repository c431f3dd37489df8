"""How the texts of policies changed: on the entry's page, on a page of all, in feeds and in plain text.

What came and what went is told by more than colour. Archived pages are evidence and never served: a change names their hashes
and the Internet Archive's copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from html import escape

from observatory.model import EntryKind, Hunk, PartialDate, TextChange
from observatory.publish.cards import Card
from observatory.publish.fingerprint import fingerprint
from observatory.publish.formats import FORMATS, FeedItem, Format, Head, feed_tag
from observatory.publish.output import Output
from observatory.publish.page import Page
from observatory.publish.shelf import Shelf
from observatory.text import clean, safe_url

TEXTS = "policy/texts/"
OPEN_HUNKS = 4  # the first pieces of a change; the rest is folded
OPEN_WORDS = 120  # longer pieces are folded
NEWEST = 50
FORM = "1"  # raised when the making of the feed changes, so that it is written anew


@dataclass(frozen=True, slots=True)
class TextView:
    """A change as readers see it: pieces that are open, pieces that are folded, and the evidence."""

    before: PartialDate
    after: PartialDate
    url: str | None
    copies: tuple[str, str]
    hashes: tuple[str, str]
    added: int
    removed: int
    sentence: str
    shown: tuple[Hunk, ...]
    folded: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class TextsView:
    """All texts that changed, latest first."""

    lead: str
    feed: str
    rows: tuple[tuple[Card, TextView], ...]


def views(shelf: Shelf, changes: Iterable[TextChange]) -> tuple[TextView, ...]:
    """Show an entry's changes, latest first."""
    ordered = sorted(changes, key=lambda change: change.at, reverse=True)
    return tuple(_view(shelf, change) for change in ordered)


def _view(shelf: Shelf, change: TextChange) -> TextView:
    shown = tuple(hunk for hunk in change.hunks[:OPEN_HUNKS] if _words(hunk) <= OPEN_WORDS)
    return TextView(
        before=shelf.day(change.before),
        after=shelf.day(change.after),
        url=safe_url(change.url),
        copies=(
            _wayback(change.url, f"{change.before:%Y%m%d%H%M%S}"),
            _wayback(change.url, f"{change.after:%Y%m%d%H%M%S}"),
        ),
        hashes=change.hashes,
        added=change.added,
        removed=change.removed,
        sentence=change.sentence,
        shown=shown,
        folded=tuple(hunk for hunk in change.hunks if hunk not in shown),
    )


def _words(hunk: Hunk) -> int:
    return sum(len(said.split()) for _how, said in hunk.pieces)


def _wayback(url: str, moment: str) -> str:
    """Address of the Internet Archive's copy nearest to a moment."""
    return f"https://web.archive.org/web/{moment}/{url}" if safe_url(url) else ""


def _latest(shelf: Shelf) -> tuple[tuple[Card, TextChange], ...]:
    found = [
        (card, change)
        for card in shelf.default
        if card.kind is EntryKind.POLICY
        for change in shelf.entries[card.id].texts
    ]
    return tuple(sorted(found, key=lambda one: (one[1].at, one[0].id), reverse=True))[:NEWEST]


def texts(shelf: Shelf) -> Iterator[Page]:
    """Make the page of all policies whose text changed."""
    rows = tuple((card, _view(shelf, change)) for card, change in _latest(shelf))
    lead = shelf.say("Official pages on policies that we watch, and what their publishers changed in them.")
    view = TextsView(lead, TEXTS, rows)
    yield Page(path=TEXTS, title=shelf.say("Texts that changed"), description=lead, view=view, here="policy")


def outputs(shelf: Shelf) -> Iterator[Output]:
    """Plan the feed of texts that changed."""
    found = _latest(shelf)
    told = fingerprint(FORM, shelf.site, [(card.path, card.title, change) for card, change in found])
    for form in FORMATS:
        if form.stem != "rss":
            head = Head(f"{shelf.say('Texts that changed')} – {shelf.site.title}", TEXTS, f"{TEXTS}feed.{form.stem}")
            yield Output(head.path, told, partial(_write, shelf, form, head, found))


def _write(shelf: Shelf, form: Format, head: Head, found: tuple[tuple[Card, TextChange], ...]) -> bytes:
    return form.write(head, tuple(_item(shelf, card, change) for card, change in found), shelf.site)


def _item(shelf: Shelf, card: Card, change: TextChange) -> FeedItem:
    return FeedItem(
        tag=feed_tag(shelf.site, f"texts/{card.path}{change.hashes[1][:16]}"),
        path=f"{card.path}#texts",
        title=shelf.say("%s: its text changed") % (card.title_en or card.title),
        published=change.at,
        updated=change.at,
        text=plain(change),
        html=as_html(change),
        link=safe_url(change.url),
    )


def plain(change: TextChange) -> str:
    """Write a change as plain text: [-what went-] {+what came+}."""
    marks = {"-": "[-%s-]", "+": "{+%s+}"}
    said = (" ".join(marks.get(how, "%s") % clean(words) for how, words in hunk.pieces) for hunk in change.hunks)
    return f"{change.before:%Y-%m-%d} → {change.after:%Y-%m-%d}: " + " / ".join(said)


def as_html(change: TextChange) -> str:
    """Write a change as HTML for feed readers, which strip styles: del and ins, and marks beside them."""
    marks = {"-": "<del>[−%s−]</del>", "+": "<ins>{+%s+}</ins>"}
    hunks = (
        " ".join(marks.get(how, "%s") % escape(clean(words)) for how, words in hunk.pieces) for hunk in change.hunks
    )
    dates = (
        f"{change.before:%Y-%m-%d} → {change.after:%Y-%m-%d}, sha256 {change.hashes[0][:16]} → {change.hashes[1][:16]}"
    )
    return f"<p>{dates}</p>" + "".join(f"<p>{hunk}</p>" for hunk in hunks)
