"""One work out of several tellings of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import compress
from operator import attrgetter, is_not
from typing import Any

from observatory import text
from observatory.model import Work

PAGE_END = "\f"  # pages of a document are parted by form feeds


_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Work)}
_VALUES = attrgetter(*_DEFAULTS)
_ABSENT = (None, "", ())


def fill(layers: Sequence[Work]) -> Work:
    """Make one work whose every field is the first that is present in `layers`."""
    found = dict(_DEFAULTS)
    for layer in reversed(layers):
        said = _VALUES(layer)
        given = compress(
            zip(_DEFAULTS, said, strict=True), map(is_not, said, _DEFAULTS.values())
        )  # of fifty fields a few
        found |= {name: value for name, value in given if value not in _ABSENT}
    for name in ("retracted", "corrected"):  # a notice is as old as its first telling
        found[name] = min((getattr(layer, name) for layer in layers if getattr(layer, name)), default=None)
    found["text"] = _text([layer.text for layer in layers if layer.text])
    found["landmark"] = any(layer.landmark for layer in layers)
    # A summary and whose words it is belong together, and so do a note, who wrote it, when and what for.
    with_summary = next((layer for layer in layers if layer.summary), None)
    found["summary_by"] = with_summary.summary_by if with_summary else None
    with_note = next((layer for layer in layers if layer.note), None)
    for name in ("note_by", "note_on", "note_for"):
        found[name] = getattr(with_note, name) if with_note else _DEFAULTS[name]
    return Work(**found)


def better(work: Work, tellings: Sequence[Work]) -> Work:
    """Give a work the best title and the most precise date that its tellings agree on; all else stays as it is.

    A title gives way only to another form of itself: one that isn't cut, shouted or followed by its site's name, or that adds
    its subtitle. A date gives way only to one that says the same and more.
    """
    title, date = work.title, work.date
    for said in tellings:
        if _is_better(said.title, title, said.publisher or ""):
            title = said.title
        if date and said.date and str(said.date).startswith(f"{date}-"):
            date = said.date
    return replace(work, title=title, date=date) if (title, date) != (work.title, work.date) else work


def _is_better(title: str, than: str, publisher: str) -> bool:
    if not title or title == than:
        return False
    new, old = text.title_key(title), text.title_key(than)
    if not new.startswith(old) and not old.startswith(new):
        return False
    flaws, former = _flaws(title, publisher), _flaws(than, publisher)
    return flaws < former or (flaws == former and title.startswith(f"{than}:"))


def _flaws(title: str, publisher: str) -> int:
    """Count what is wrong with how a title is written: cut off, in capitals, with its site's name behind it."""
    letters = [letter for letter in title if letter.isalpha()]
    is_shouted = len(letters) > 12 and sum(letter.isupper() for letter in letters) > 0.8 * len(letters)
    name = re.split(r" [|–—-] ", title)[-1]
    has_site = bool(publisher) and name != title and text.fold(name) == text.fold(publisher)
    return title.rstrip().endswith(("…", "...")) + is_shouted + has_site


def _text(said: Sequence[str]) -> str | None:
    """Give the fullest text: a document's, whose pages have numbers, with the abstract before its first page."""
    document = next((each for each in said if PAGE_END in each), None)
    if document is None:
        return said[0] if said else None
    abstract = next((each for each in said if PAGE_END not in each), None)
    return f"{abstract}\n\n{document}" if abstract else document
