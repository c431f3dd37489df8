"""One work out of several tellings of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from observatory.model import Work

PAGE_END = "\f"  # pages of a document are parted by form feeds


_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Work)}
_VALUES = attrgetter(*_DEFAULTS)
_ABSENT = (None, "", ())


def fill(layers: Sequence[Work]) -> Work:
    """Make one work whose every field is the first that is present in `layers`."""
    found = dict(_DEFAULTS)
    for layer in reversed(layers):
        said = zip(_DEFAULTS.items(), _VALUES(layer), strict=True)
        found |= {name: value for (name, default), value in said if value is not default and value not in _ABSENT}
    for name in ("retracted", "corrected"):  # a notice is as old as its first telling
        found[name] = min((getattr(layer, name) for layer in layers if getattr(layer, name)), default=None)
    found["text"] = _text([layer.text for layer in layers if layer.text])
    found["landmark"] = any(layer.landmark for layer in layers)
    # A summary and whose words it is belong together, and so do a note and who wrote it.
    with_summary = next((layer for layer in layers if layer.summary), None)
    found["summary_by"] = with_summary.summary_by if with_summary else None
    with_note = next((layer for layer in layers if layer.note), None)
    found["note_by"] = with_note.note_by if with_note else None
    return Work(**found)


def _text(said: Sequence[str]) -> str | None:
    """Give the fullest text: a document's, whose pages have numbers, with the abstract before its first page."""
    document = next((each for each in said if PAGE_END in each), None)
    if document is None:
        return said[0] if said else None
    abstract = next((each for each in said if PAGE_END not in each), None)
    return f"{abstract}\n\n{document}" if abstract else document
