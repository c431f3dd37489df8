"""What readers should hear of when a source says something else than before: fields that differ, moves, notices. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from observatory import text
from observatory.model import Change, ChangeKind, Finding, Item, Work

# Fields whose change readers want to hear of; a reworded teaser is not one.
TOLD_FIELDS = (
    "title",
    "date",
    "url",
    "pdf_url",
    "doi",
    "deadline",
    "event_start",
    "event_end",
    "starts_at",
    "closes_at",
    "place",
)
_TIMES = ("event_start", "event_end", "starts_at")  # of an event that comes again


def told(old: Finding, new: Finding, at: datetime) -> tuple[Change, ...]:
    """Say what readers should hear of: the fields that differ, a withdrawal."""
    news: list[Change] = []
    goes_on = _goes_on(old.work, new.work, at)
    names = [name for name in TOLD_FIELDS if not (goes_on and name in _TIMES)]
    differing = tuple(name for name in names if _differs(old.work, new.work, name))
    if differing:
        news.append(Change(at, ChangeKind.UPDATED, _said_of_dates(old.work, new.work, differing), differing))
    if new.withdrawn and not old.withdrawn:
        news.append(Change(at, ChangeKind.WITHDRAWN))
    return tuple(news)


def _goes_on(old: Work, new: Work, at: datetime) -> bool:
    """Whether an event that comes again only tells its next time, the former one being over: no move."""
    if not (old.recurs and new.recurs and old.event_start and new.event_start):
        return False
    return old.event_start < new.event_start and old.event_start.first_day <= at.date()


def _said_of_dates(old: Work, new: Work, differing: Sequence[str]) -> str:
    """Say from when to when an event or a deadline was moved; "" when something else differs."""
    said = []
    if "event_start" in differing:
        said.append(f"moved from {old.event_start} to {new.event_start}")
    elif "starts_at" in differing:
        said.append(f"begins at {new.starts_at} instead of {old.starts_at}")
    if "deadline" in differing:
        said.append(f"closes {new.deadline} instead of {old.deadline}")
    return "; ".join(said)


def noticed(previous: Item | None, work: Work, at: datetime) -> tuple[Change, ...]:
    """Say that an item was retracted, corrected or called off since, whichever of its views tells it (its record, a notice)."""
    if previous is None:
        return ()
    news = []
    if work.retracted and not previous.work.retracted:
        news.append(Change(at, ChangeKind.RETRACTED))
    if work.corrected and work.corrected != previous.work.corrected:
        news.append(Change(at, ChangeKind.CORRECTED))
    was, now = previous.work.event_status, work.event_status
    if now and now is not was:
        news.append(Change(at, ChangeKind.CANCELLED, now.value, ("event_status",)))
    elif was and not now:
        news.append(Change(at, ChangeKind.UPDATED, "takes place after all", ("event_status",)))
    return tuple(news)


def _differs(old: Work, new: Work, name: str) -> bool:
    """Whether a field really changed: filling in what was absent, or losing it, is our reading and not news."""
    before, after = getattr(old, name), getattr(new, name)
    if before in (None, "") or after in (None, ""):
        return False
    if name == "title":
        return text.title_key(before) != text.title_key(after)
    if name in ("url", "pdf_url"):
        return text.canonical_url(before) != text.canonical_url(after)
    return bool(before != after)
