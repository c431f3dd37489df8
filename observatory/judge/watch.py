"""The history of a watched page, visit by visit: which differences are changes, and which are noise. Pure.

A change counts when it is large and the former text had stood in two visits, or when two visits in a row show it. What
differs at every visit never counts. A page that answered as something else (a login page, another language, a redesign)
leaves a note for the curators and announces nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from observatory.errors import UnreadableError
from observatory.judge.diff import Difference, Nature, compare, key, sentence, texts, words_changed
from observatory.judge.pagetext import PageText, read_page
from observatory.model import Cause, Hunk, Page, TextChange, Visited, Watch

# A page that showed another text at so many visits in a row is reported to the curators.
RESTLESS = 4
MOST_NOTES = 12
MOST_CHANGES = 40
MOST_NOISE = 60

Reread = Callable[[str], Page | None]  # the page that an earlier answer held, to read it with today's selector


@dataclass(frozen=True, slots=True)
class PageVisit:
    """A watched page as one visit found it: what it said, or in a note what stood in its place.

    `select` is the part that its source named at this visit.
    """

    url: str
    at: datetime
    snapshot: str
    sha256: str
    select: str = ""
    said: PageText | None = None
    note: str = ""
    cause: Cause | None = None

    @classmethod
    def read(cls, page: Page, at: datetime, snapshot: str, sha256: str, select: str = "") -> PageVisit:
        """Read a page's words, or why there are none."""
        try:
            said = read_page(page, select)
        except UnreadableError as error:
            return cls(page.url, at, snapshot, sha256, select, None, str(error), error.cause)
        if not said.selected:
            note = f"nothing matches select: {select}"
            return cls(page.url, at, snapshot, sha256, select, None, note, Cause.SELECTORS)
        return cls(page.url, at, snapshot, sha256, select, said)


def look(before: Watch | None, visit: PageVisit, reread: Reread) -> Watch | None:
    """Add a visit to a page's history; `reread` gives an earlier answer's page, to read it with today's selector.

    None while no visit has shown a page at all.
    """
    if visit.said is None:
        return _noted(before, visit.at, visit.note) if before else None
    now = Visited(visit.said.said, visit.at, visit.at, visit.snapshot, visit.sha256, visit.said.language)
    if before is None:
        return Watch(visit.url, visit.select, now)
    if visit.at < _latest(before):
        return before  # out of order: what it shows was over before it was seen
    if visit.select != before.select:
        before = _read_anew(before, visit, reread)
        if before is None:
            return Watch(visit.url, visit.select, now)
    return _compared(before, now)


def is_astray(before: Watch | None, visit: PageVisit) -> bool:
    """Whether the page answered as something else, so that its title and dates are not to be believed either."""
    if visit.said is None or before is None:
        return visit.said is None
    languages = {visit.said.language, before.text.language} - {None}
    return len(languages) > 1 or visit.at < _latest(before)


def _latest(watch: Watch) -> datetime:
    return max(watch.text.last_seen, watch.waiting.last_seen if watch.waiting else watch.text.last_seen)


def _noted(watch: Watch, at: datetime, note: str) -> Watch:
    """Note once what is the matter, not at each visit that finds it so."""
    if watch.notes and watch.notes[-1][1] == note:
        return watch
    return replace(watch, notes=(*watch.notes, (at, note))[-MOST_NOTES:])


def _read_anew(watch: Watch, visit: PageVisit, reread: Reread) -> Watch | None:
    """Read the text in force with the new selector, so that only the world's changes are seen, not ours."""
    page = reread(watch.text.snapshot)
    if page is None:
        return None
    try:
        said = read_page(page, visit.select)
    except UnreadableError:
        return None
    anew = replace(watch.text, text=said.said, language=said.language)
    noted = _noted(watch, visit.at, f"read with another selector from here on: {visit.select or 'the main part'}")
    return replace(noted, select=visit.select, text=anew, waiting=None)


def stood(watch: Watch, at: datetime) -> Watch:
    """Note a visit that the site answered with "not modified": the last answer was seen once more."""
    if at < _latest(watch):
        return watch
    last = watch.waiting or watch.text
    return _compared(watch, replace(last, first_seen=at, last_seen=at, visits=1))


def _compared(watch: Watch, now: Visited) -> Watch:
    difference = _quiet(_differ(watch.text, now), watch.noise)
    match difference.nature:
        case Nature.SAME | Nature.COSMETIC:
            text = replace(watch.text, last_seen=now.last_seen, visits=watch.text.visits + 1)
            return replace(watch, text=text, waiting=None, restless=0)
        case Nature.LANGUAGE:
            return _noted(watch, now.last_seen, f"answered in another language ({now.language})")
        case Nature.REDESIGNED:
            return _redesigned(watch, now)
        case Nature.CHANGED:
            return _changed(watch, now, difference)


def _redesigned(watch: Watch, now: Visited) -> Watch:
    """Take the new text as the one in force once two visits show it; nobody but the curators hears of it."""
    if watch.waiting is None or not _is_alike(watch.waiting, now):
        return replace(watch, waiting=now)
    noted = _noted(watch, now.last_seen, "redesigned or rewritten: everything differs, so no change is told")
    text = replace(now, first_seen=watch.waiting.first_seen, visits=2)
    return replace(noted, text=text, waiting=None, restless=0, noise=())


def _changed(watch: Watch, now: Visited, difference: Difference) -> Watch:
    if watch.waiting is None:
        is_settled = watch.restless == 0 and (watch.text.visits >= 2 or not watch.changes)
        return _counted(watch, now, now, difference) if difference.is_large and is_settled else _waiting(watch, now)
    earlier = _quiet(_differ(watch.text, watch.waiting), watch.noise)
    both = _only(difference, lambda hunk: hunk in earlier.hunks)
    if both.hunks:
        return _counted(watch, watch.waiting, now, both)
    if _is_alike(watch.waiting, now):
        return _counted(watch, watch.waiting, now, difference)
    return _restless(watch, now, {_mark(hunk) for hunk in earlier.hunks})


def _restless(watch: Watch, now: Visited, marks: set[str]) -> Watch:
    """Two visits in a row each showed another difference: what came and went is noise from here on."""
    noise = tuple(sorted({*watch.noise, *marks}))[-MOST_NOISE:]
    return _waiting(replace(watch, noise=noise), now)


def _waiting(watch: Watch, now: Visited) -> Watch:
    waits = replace(watch, waiting=now, restless=watch.restless + 1)
    if waits.restless == RESTLESS:
        return _noted(waits, now.last_seen, "shows another text at each visit; name the part to watch with select:")
    return waits


def _quiet(difference: Difference, noise: tuple[str, ...]) -> Difference:
    """Leave out what is known to come and go."""
    if not noise or difference.nature is not Nature.CHANGED:
        return difference
    return _only(difference, lambda hunk: _mark(hunk) not in noise)


def _only(difference: Difference, wanted: Callable[[Hunk], bool]) -> Difference:
    hunks = tuple(hunk for hunk in difference.hunks if wanted(hunk))
    if hunks == difference.hunks:
        return difference
    return Difference(Nature.CHANGED if hunks else Nature.COSMETIC, hunks, *words_changed(hunks))


def _mark(hunk: Hunk) -> str:
    """Name a piece by the words that came, or those that went when none came."""
    came = key(" ".join(said for how, said in hunk.pieces if how == "+"))
    return came or "-" + key(" ".join(said for how, said in hunk.pieces if how == "-"))


def _is_alike(one: Visited, other: Visited) -> bool:
    return _differ(one, other).nature in (Nature.SAME, Nature.COSMETIC)


def _counted(watch: Watch, first: Visited, now: Visited, difference: Difference) -> Watch:
    change = TextChange(
        at=now.last_seen,
        before=watch.text.last_seen,
        after=first.first_seen,
        url=watch.url,
        snapshots=(watch.text.snapshot, first.snapshot),
        hashes=(watch.text.sha256, first.sha256),
        added=difference.added,
        removed=difference.removed,
        hunks=difference.hunks,
        sentence=sentence(difference),
    )
    visits = 1 if first is now else 2
    stood = replace(now, first_seen=first.first_seen, snapshot=first.snapshot, sha256=first.sha256, visits=visits)
    return replace(watch, text=stood, waiting=None, changes=(*watch.changes, change)[-MOST_CHANGES:], restless=0)


def _differ(before: Visited, after: Visited) -> Difference:
    return compare(texts(before.text, before.language), texts(after.text, after.language))
