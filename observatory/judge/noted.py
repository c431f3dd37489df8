"""What the members of a shared library recommend by a signed note under a work: entries → picks, as an editor's are. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial

from observatory import text
from observatory.model import Entry, Pick

HOME = "home"
MOST_WHY = 300  # characters, as in the editors' file


def noted(entries: Iterable[Entry], topics: Collection[str], editors: Iterable[Pick]) -> tuple[Pick, ...]:
    """Give the editors' picks and behind them those of notes, latest first; what the editors picked there is not told twice."""
    own = tuple(editors)
    said = {(pick.entry, pick.topic, pick.year) for pick in own}
    found = [pick for entry in entries for pick in _picks(entry, topics)]
    found.sort(key=lambda pick: (pick.when, pick.entry, pick.topic), reverse=True)
    return (*own, *(pick for pick in found if (pick.entry, pick.topic, pick.year) not in said))


def _picks(entry: Entry, topics: Collection[str]) -> Iterator[Pick]:
    """A note recommends when it is signed and dated; what its tags name and no topic is passes for nothing."""
    work = entry.work
    if not (work.note and work.note_by and work.note_on):
        return
    places = [name for name in work.note_for if name == HOME or name in topics]
    pick = partial(Pick, entry=entry.id, why=shortened(work.note), by=work.note_by, when=work.note_on)
    for topic in places:
        yield pick(topic=topic)
    if not places:
        yield pick(year=work.note_on.year)


def shortened(note: str) -> str:
    """Cut a note to its first whole sentences."""
    said = text.clean(note)
    if len(said) <= MOST_WHY:
        return said
    end = max(said.rfind(f"{mark} ", 0, MOST_WHY) for mark in ".!?")
    return said[: end + 1] if end > 0 else text.clean(said, MOST_WHY)
