"""Related entries: a pure score of pairs that others never change."""

from __future__ import annotations

import random
from typing import Any

from observatory.judge.related import related
from observatory.model import Creator, Entry, Relation, RelationType, Status, Work
from tests.catalogue.made import START


def entry(name: str, **fields: Any) -> Entry:
    work = Work(**({"title": f"A study of {name}"} | fields))
    return Entry(
        id=name, work=work, status=Status.PUBLISHED, first_seen=START, listed=START, announced=False, provenances=(), reasons=()
    )  # fmt: skip


GOVER = (Creator("Anna Gover"),)


def test_an_author_in_common_and_a_topic_make_neighbours_with_the_reason() -> None:
    found = related(
        [
            entry("a", creators=GOVER, topics=("recognition",)),
            entry("b", creators=GOVER, topics=("recognition",)),
            entry("c"),
        ]
    )
    assert found == {
        "a": (("b", "same author: anna gover; topic: recognition"),),
        "b": (("a", "same author: anna gover; topic: recognition"),),
    }


def test_a_relation_makes_neighbours_both_ways() -> None:
    act = entry("act")
    news = entry("news", relations=(Relation(RelationType.ABOUT, "act"),))
    assert {key: near[0][0] for key, near in related([act, news]).items()} == {"act": "news", "news": "act"}


def test_topics_alone_are_no_kinship() -> None:
    topics = ("recognition", "quality-assurance")
    assert related([entry("a", topics=topics), entry("b", topics=topics)]) == {}


def test_ten_more_entries_change_their_neighbours_only() -> None:
    rng = random.Random(5)
    words = [f"subject{n:03}" for n in range(80)]

    def made(n: int) -> Entry:
        return entry(
            f"e{n:03}",
            title=" ".join(rng.sample(words, 4)),
            topics=("recognition",),
            countries=(rng.choice(["IE", "FR"]),),
        )

    entries = [made(n) for n in range(150)]
    new = [made(n) for n in range(150, 160)]
    before, after = related(entries, most=1000), related([*entries, *new], most=1000)
    fresh = {e.id for e in new}
    for entry_id, near in before.items():
        assert near == tuple(pair for pair in after[entry_id] if pair[0] not in fresh)


def test_the_order_of_entries_never_matters() -> None:
    entries = [entry(f"e{n}", creators=GOVER, countries=("IE",)) for n in range(12)]
    assert related(entries) == related(entries[::-1])
    assert all(len(near) == 6 for near in related(entries).values())
