"""How entries stand before and after a change of the rules, and what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from observatory.model import Entry, Status

Standing = Mapping[str, tuple[str, Status, str]]  # entry id → title, status, kind


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """An entry that stands elsewhere than before; `before` and `after` in words ("published as news", "nowhere")."""

    id: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Differences:
    """What a change of the rules does: entries that readers see new or no more, and those that changed kind or status."""

    gained: tuple[Move, ...] = ()
    lost: tuple[Move, ...] = ()
    moved: tuple[Move, ...] = ()
    same: int = 0


def standing(entries: Iterable[Entry]) -> Standing:
    """Note how entries stand."""
    return {entry.id: (entry.work.title, entry.status, entry.kind.value) for entry in entries}


def differences(before: Standing, after: Standing) -> Differences:
    """Compare two standings of one catalogue."""
    gained: list[Move] = []
    lost: list[Move] = []
    moved: list[Move] = []
    for entry_id in sorted({*before, *after}):
        old, new = before.get(entry_id), after.get(entry_id)
        if old and new and old[1:] == new[1:]:
            continue
        title = (new or old or ("", None, ""))[0]
        move = Move(entry_id, title, told(old), told(new))
        was_shown, is_shown = _is_shown(old), _is_shown(new)
        (moved if was_shown == is_shown else gained if is_shown else lost).append(move)
    unchanged = len({*before, *after}) - len(gained) - len(lost) - len(moved)
    return Differences(tuple(gained), tuple(lost), tuple(moved), unchanged)


def _is_shown(stand: tuple[str, Status, str] | None) -> bool:
    return bool(stand and stand[1] in (Status.PUBLISHED, Status.GONE))


def told(stand: tuple[str, Status, str] | None) -> str:
    """Say in words how an entry stands: "published as news", "nowhere"."""
    return f"{stand[1].value} as {stand[2]}" if stand else "nowhere"
