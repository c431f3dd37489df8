"""Related entries: a pure score of pairs that others never change."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from observatory.judge.related import Near, neighbours, related
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
        "a": (("b", "author:anna gover\ntopic:recognition"),),
        "b": (("a", "author:anna gover\ntopic:recognition"),),
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


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), turns=st.integers(1, 3))
def test_what_is_built_upon_what_was_known_is_what_is_found_anew(seed: int, turns: int) -> None:
    rng = random.Random(seed)
    words = [f"subject{n:03}" for n in range(9)]

    def made(n: int) -> Entry:
        relations = (Relation(RelationType.ABOUT, f"e{rng.randrange(30):03}"),) if rng.random() < 0.2 else ()
        topics = tuple(rng.sample(("recognition", "learners", "ai"), 2))
        title = " ".join(rng.sample(words, rng.randint(1, 4)))
        return entry(f"e{n:03}", title=title, topics=topics, countries=(rng.choice(["IE", "FR"]),), relations=relations)

    held = {n: made(n) for n in range(25)}
    known: Mapping[str, Near] = {}
    for _turn in range(turns):
        for n in rng.sample(range(30), 6):
            if rng.random() < 0.4:
                held.pop(n, None)
            else:
                held[n] = made(n)
        entries = list(held.values())
        digests = {each.id: repr(each) for each in entries}
        known = neighbours(entries, digests, known, most=4)
        assert known == neighbours(entries, digests, {}, most=4)
