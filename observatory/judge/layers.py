"""One work out of several tellings of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from observatory.model import Work


def fill(layers: Sequence[Work]) -> Work:
    """Make one work whose every field is the first that is present in `layers`."""
    found: dict[str, Any] = {}
    for field in fields(Work):
        values = (getattr(layer, field.name) for layer in layers)
        found[field.name] = next((value for value in values if value not in (None, "", ())), field.default)
    found["landmark"] = any(layer.landmark for layer in layers)
    # A summary and whose words it is belong together.
    with_summary = next((layer for layer in layers if layer.summary), None)
    found["summary_by"] = with_summary.summary_by if with_summary else None
    return Work(**found)
