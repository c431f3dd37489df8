"""The digest's pages: the archive of editions, each edition, and each mailing list's own web copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from observatory.model import Edition, MailingList, Rhythm
from observatory.publish import links, words
from observatory.publish.digest import forms, letter, scopes
from observatory.publish.digest.letter import Letter
from observatory.publish.page import Page
from observatory.publish.shelf import Shelf

MOST_LOOKED = 60  # periods that the home page looks back for its last edition: a year of quiet weeks


@dataclass(frozen=True, slots=True)
class Issued:
    """A line of the archive: an edition, or periods in which nothing was new (`quiet`)."""

    id: str
    path: str
    days: str
    subject: str
    items: int
    quiet: str = ""


@dataclass(frozen=True, slots=True)
class Archive:
    """All editions by rhythm, latest first."""

    rhythms: tuple[tuple[str, tuple[Issued, ...]], ...]
    feeds: tuple[tuple[str, str], ...]


def archive(shelf: Shelf) -> Iterator[Page]:
    """Make the page that lists all editions and says how they are made."""
    named = [(rhythm, [e for e in shelf.catalogue.editions if e.rhythm is rhythm]) for rhythm in Rhythm]
    groups = tuple((shelf.say(words.RHYTHMS[rhythm]), tuple(_lines(shelf, found))) for rhythm, found in named if found)
    view = Archive(groups, tuple((name, path) for name, _rhythm, path in feed_stems(shelf)))
    yield Page(
        path="digest/",
        title=shelf.say("The digest"),
        description=shelf.say("What is new and what moved on %s, in minutes: every edition so far.")
        % shelf.site.subject,
        view=view,
        here="subscribe",
        feed="digest/",
    )


def _lines(shelf: Shelf, editions: list[Edition]) -> Iterator[Issued]:
    made = [(edition, scopes.of(shelf, edition)) for edition in reversed(editions)]
    for is_quiet, group in groupby(made, key=lambda pair: pair[1] is None):
        held = list(group)
        if is_quiet:
            yield _quiet(shelf, [edition for edition, _letter in held])
            continue
        for edition, found in held:
            if found:
                path = links.edition(edition.id)
                yield Issued(edition.id, path, found.days, found.subject, found.count)


def latest(shelf: Shelf) -> Issued | None:
    """Give the last edition that came out."""
    found = (line for line in _lines(shelf, list(shelf.catalogue.editions)[-MOST_LOOKED:]) if line.path)
    return next(found, None)


def _quiet(shelf: Shelf, editions: list[Edition]) -> Issued:
    last, first = editions[0], editions[-1]
    name = first.id if first is last else f"{first.id} – {last.id}"
    return Issued(name, "", letter.days(first, shelf.say) if first is last else "", "", 0, shelf.say("nothing new"))


def feed_stems(shelf: Shelf) -> Iterator[tuple[str, Rhythm, str]]:
    """Yield the digest feeds of everything: what each is called, its rhythm, its address without ending."""
    for number, rhythm in enumerate(rhythms(shelf)):
        name = shelf.say("Weekly digest" if rhythm is Rhythm.WEEKLY else "Monthly digest")
        yield name, rhythm, f"digest/{'feed' if number == 0 else rhythm.value}"


def rhythms(shelf: Shelf) -> tuple[Rhythm, ...]:
    """The rhythms that have feeds: those in which editions are made, and those in which some were."""
    past = {edition.rhythm for edition in shelf.catalogue.editions}
    found = tuple(dict.fromkeys((*shelf.catalogue.rhythms, *(rhythm for rhythm in Rhythm if rhythm in past))))
    return found or (Rhythm.WEEKLY,)  # where no edition is made, its feed is empty rather than missing


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition's page: the letter, the editions before and after it, and how to get it."""

    letter: Letter
    kicker: str
    foot: tuple[tuple[str, str], ...]
    earlier: str
    later: str
    signup: MailingList | None


def editions(shelf: Shelf) -> Iterator[Page]:
    """Make a page for each edition, and one for each mailing list that got a letter of it."""
    for rhythm in Rhythm:
        made = [(e, found) for e in shelf.catalogue.editions if e.rhythm is rhythm and (found := scopes.of(shelf, e))]
        ids = [edition.id for edition, _letter in made]
        for number, (edition, found) in enumerate(made):
            earlier = ids[number - 1] if number else ""
            later = ids[number + 1] if number + 1 < len(ids) else ""
            yield _page(shelf, found, links.edition(edition.id), earlier, later)
    lists = {one.id: one for one in shelf.catalogue.lists}
    for edition in shelf.catalogue.editions:
        for scope in scopes.list_scopes(shelf, edition):
            if own := scopes.of(shelf, edition, scope):
                yield _page(shelf, own, scope.base, "", "", lists.get(scope.id))


def _page(shelf: Shelf, found: Letter, path: str, earlier: str, later: str, signup: MailingList | None = None) -> Page:
    kicker = forms.kicker(found, shelf.say)
    view = EditionView(found, kicker, tuple(forms.foot(found, shelf.site, shelf.say)), earlier, later, signup)
    return Page(
        path=path,
        title=found.subject,
        description=" ".join(found.lead),
        view=view,
        here="subscribe",
        feed="digest/",
        indexed=found.scope.kind == "all",
        modified=max((str(found.last), *(note.when.date().isoformat() for note in found.corrections))),
    )
