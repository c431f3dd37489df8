"""The digest's files beside its pages: each edition as text and JSON, the feeds of every choice, and the mails to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from observatory.model import Edition, Rhythm
from observatory.publish import links
from observatory.publish.digest import forms, scopes
from observatory.publish.digest.letter import Letter, Scope
from observatory.publish.digest.pages import feed_stems, rhythms
from observatory.publish.fingerprint import fingerprint
from observatory.publish.formats import FORMATS, FeedItem, Format, Head, feed_tag
from observatory.publish.output import Output, Renderer
from observatory.publish.shelf import Shelf

FORM = "1"  # raised when the making of these files changes
NEWEST = 50
FEED_BODY = "_letter_feed.html"
MAIL = "mail/edition.html"

Marks = Mapping[str, str]  # edition → digest of all that its letters are made of


def outputs(shelf: Shelf, renderer: Renderer) -> Iterator[Output]:
    """Plan the editions' files and feeds."""
    marks = marks_of(shelf)
    for edition in shelf.catalogue.editions:
        if found := scopes.of(shelf, edition):
            yield from _files(shelf, edition, found, marks)
    for scope in scopes.scopes(shelf):
        yield from _feeds(shelf, scope, renderer, marks)


def marks_of(shelf: Shelf) -> Marks:
    notes = shelf.catalogue.corrections
    return {edition.id: fingerprint(edition, notes.get(edition.id, ())) for edition in shelf.catalogue.editions}


def _files(shelf: Shelf, edition: Edition, found: Letter, marks: Marks) -> Iterator[Output]:
    base, digest = links.edition(edition.id), fingerprint(FORM, shelf.site, marks[edition.id])
    text = partial(forms.plain, found, shelf.site, shelf.say)
    yield Output(f"{base}edition.txt", digest, partial(_encoded, text))
    yield Output(f"{base}edition.json", digest, partial(forms.as_json, edition, found, shelf.site))


# ---------------------------------------------------------------- feeds


def _feeds(shelf: Shelf, scope: Scope, renderer: Renderer, marks: Marks) -> Iterator[Output]:
    """Everything has its feeds in every format; a topic, a country and a query theirs in Atom."""
    body = renderer.fingerprint(FEED_BODY)
    for name, rhythm, stem in _stems(shelf, scope):
        mine = [marks[edition.id] for edition in shelf.catalogue.editions if edition.rhythm is rhythm]
        digest = fingerprint(FORM, shelf.site, scope.kind, scope.id, scope.name, name, body, mine)
        for form in FORMATS:
            if scope.kind == "all" or form.stem == "atom":
                head = Head(name, scope.base, f"{stem}.{form.stem}")
                yield Output(head.path, digest, partial(_write, shelf, scope, rhythm, form, head, renderer))


def _stems(shelf: Shelf, scope: Scope) -> Iterator[tuple[str, Rhythm, str]]:
    if scope.kind == "all":
        for name, rhythm, stem in feed_stems(shelf):
            yield f"{name} – {shelf.site.title}", rhythm, stem
        return
    for number, rhythm in enumerate(rhythms(shelf)):
        name = shelf.say("weekly digest" if rhythm is Rhythm.WEEKLY else "monthly digest")
        stem = "digest" if number == 0 else f"digest-{rhythm.value}"
        yield f"{scope.name}, {name} – {shelf.site.title}", rhythm, f"{scope.base}{stem}"


def _write(shelf: Shelf, scope: Scope, rhythm: Rhythm, form: Format, head: Head, renderer: Renderer) -> bytes:
    found: list[FeedItem] = []
    for letter in scopes.letters(shelf, scope, rhythm):
        found.append(_item(shelf, letter, renderer))
        if len(found) == NEWEST:
            break
    return form.write(head, found, shelf.site)


def _item(shelf: Shelf, letter: Letter, renderer: Renderer) -> FeedItem:
    """An edition as one item of a feed; its content is the whole letter."""
    scope = letter.scope
    edition = next(edition for edition in shelf.catalogue.editions if edition.id == letter.id)
    name = links.edition(letter.id) + (f"{scope.kind}/{scope.id}" if scope.kind != "all" else "")
    return FeedItem(
        tag=feed_tag(shelf.site, name),
        path=links.edition(letter.id),
        title=letter.subject,
        published=edition.issued_at,
        updated=max([edition.issued_at, *(note.when for note in letter.corrections)]),
        text=" ".join(letter.lead),
        html=render(shelf, letter, renderer, FEED_BODY),
    )


def render(shelf: Shelf, letter: Letter, renderer: Renderer, template: str, stop: str = "") -> str:
    """Set a letter in a template whose links are whole addresses."""
    names = {
        "letter": letter,
        "site": shelf.site,
        "root": shelf.site.url,
        "kicker": forms.kicker(letter, shelf.say),
        "foot": tuple(forms.foot(letter, shelf.site, shelf.say, stop)),
    }
    return renderer.render(template, names).decode("utf-8").strip()


# ---------------------------------------------------------------- mail


def mails(shelf: Shelf, renderer: Renderer) -> Iterator[Output]:
    """Plan the mail-ready form of each edition and each list's letter. They stand outside the site: its content security

    policy forbids the inlined styles that mail needs.
    """
    marks, looks = marks_of(shelf), renderer.fingerprint(MAIL)
    lists = {one.id: one.subscribe_url for one in shelf.catalogue.lists}
    for edition in shelf.catalogue.editions:
        every = [Scope(base="digest/", name=shelf.site.title), *scopes.list_scopes(shelf, edition)]
        for scope in every:
            if letter := scopes.of(shelf, edition, scope):
                stop = lists.get(scope.id, "")
                digest = fingerprint(FORM, shelf.site, marks[edition.id], looks, scope.kind, scope.id, stop)
                base = f"{edition.id}/{scope.id}" if scope.id else edition.id
                html = partial(render, shelf, letter, renderer, MAIL, stop)
                text = partial(forms.plain, letter, shelf.site, shelf.say, stop)
                yield Output(f"{base}.html", digest, partial(_encoded, html))
                yield Output(f"{base}.txt", digest, partial(_encoded, text))


def _encoded(make: partial[str]) -> bytes:
    return make().encode("utf-8", "replace")
