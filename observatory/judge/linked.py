"""How an address fares over the looks of link care: what counts as moved, dead or changed. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from observatory import text
from observatory.model import Cause, LinkState, Outcome, Visit, Work

SECOND_LOOK = timedelta(days=3)  # a page that is missing once may be a mistake of the day
# Causes that say that the page is not there, when two looks agree; all others pass or say nothing of the page.
_MISSING = frozenset({Cause.NOT_FOUND, Cause.DNS})


def looked(before: LinkState | None, visit: Visit) -> LinkState:
    """Add a look to what is known of an address; what we did not dare to ask (robots.txt) changes nothing but its day."""
    known = before or LinkState(visit.url, visit.at)
    if visit.outcome is Outcome.SKIPPED:
        return replace(known, at=visit.at, cause=visit.cause)
    if visit.cause is None:
        moved = visit.moved_to if visit.moved_to and _is_elsewhere(visit.url, visit.moved_to) else None
        is_other = bool(known.validator and visit.validator and known.validator != visit.validator)
        changed = visit.at if is_other else known.changed
        validator = visit.validator or known.validator
        return LinkState(visit.url, visit.at, moved_to=moved, changed=changed, validator=validator)
    failing = known.failing or visit.at
    same = known.cause is None or known.cause in _MISSING or known.failing is None
    is_dead = visit.cause is Cause.GONE or (visit.cause in _MISSING and same and visit.at - failing >= SECOND_LOOK)
    dead = known.dead or (visit.at if is_dead else None)
    return replace(known, at=visit.at, cause=visit.cause, failing=failing, dead=dead)


def _is_elsewhere(url: str, moved_to: str) -> bool:
    return text.canonical_url(url) != text.canonical_url(moved_to)


def moved(work: Work, link: LinkState | None) -> Work:
    """Give a work the address to which its own leads for good."""
    return replace(work, url=link.moved_to) if link and link.moved_to else work
