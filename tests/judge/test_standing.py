"""What a change of rules does is told entry by entry."""

from __future__ import annotations

from observatory.judge.standing import differences, standing
from observatory.model import Entry, EntryKind, Status, Work
from tests.catalogue.made import START


def entry(name: str, status: Status = Status.PUBLISHED, kind: EntryKind = EntryKind.NEWS) -> Entry:
    return Entry(
        id=name, work=Work(title=f"T {name}", kind=kind), status=status, first_seen=START, listed=None, announced=False,
        provenances=(), reasons=(),
    )  # fmt: skip


def test_entries_are_gained_lost_moved_or_the_same() -> None:
    before = standing([entry("same"), entry("out"), entry("kind"), entry("in", Status.PENDING), entry("gone")])
    after = standing(
        [entry("same"), entry("out", Status.REJECTED), entry("kind", kind=EntryKind.REPORT), entry("in"), entry("new")]
    )
    found = differences(before, after)
    assert [(move.id, move.before, move.after) for move in found.gained] == [
        ("in", "pending as news", "published as news"),
        ("new", "nowhere", "published as news"),
    ]
    assert [move.id for move in found.lost] == ["gone", "out"]
    assert [(move.before, move.after) for move in found.moved] == [("published as news", "published as report")]
    assert found.same == 1
