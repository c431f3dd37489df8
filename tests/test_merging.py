"""Merging and parting over the whole chain: nothing is lost, the old address leads on, parting is the way back, byte for byte."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from observatory import desk
from observatory.app import Observatory
from observatory.model import Action, Decision, Entry, PartialDate, Status
from tests import waiting
from tests.trees import differing, tree


def decide(obs: Observatory, action: Action, entry: str, into: str) -> tuple[desk.Decided, ...]:
    return desk.decide(obs, [Decision(entry=entry, action=action, by="mary", when=obs.now, why="x", into=into)])


def published(folder: Path) -> Mapping[str, str]:
    with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
        obs.publish()
        return tree(obs.site_folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five works that a feed showed, all accepted, and one of the library."""
    made = waiting.build(tmp_path_factory.mktemp("merging"))
    with Observatory.open(made / "sources.yaml", now=waiting.NOW) as obs:
        waits = [entry.id for entry in obs.store.entries((Status.PENDING,))]
        desk.decide(obs, [Decision(entry=each, action=Action.ACCEPT, by="joe", when=obs.now) for each in waits])
        obs.store.record_run(waiting.NOW)
        obs.publish()
    return made


PAIR = st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1])


@settings(
    max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@example([(5, 0)], Action.UNMERGE)
@example([(2, 3), (1, 0), (0, 4)], None)
@given(st.lists(PAIR, min_size=1, max_size=3), st.sampled_from([Action.UNMERGE, None]))
def test_merging_and_parting_again_leaves_the_site_as_it_was(
    built: Path, pairs: list[tuple[int, int]], way: Action | None
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(built, Path(name) / "here"))
        before = published(folder)
        merged = merge(folder, pairs)
        published(folder)
        for old, _kept in merged:
            assert final(folder, old) in (folder / f"output/site/entries/{old}/index.html").read_text("utf-8")
        with Observatory.open(folder / "sources.yaml", now=waiting.NOW + timedelta(days=2)) as obs:
            if way is None:  # the lines are deleted by hand
                (folder / "curation" / "decisions" / "mary.yaml").unlink()
                obs.take_decisions()
            for one, other in reversed(merged) if way else ():
                decide(obs, way, one, other)
        assert differing(before, published(folder)) == []
        with Observatory.open(folder / "sources.yaml", now=waiting.NOW + timedelta(days=2)) as obs:
            obs.rebuild()
            assert differing(before, tree(obs.site_folder)) == []


def final(folder: Path, old: str) -> str:
    with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
        return f'http-equiv="refresh" content="0; url=../../entries/{obs.entry(old).id}/"'


def merge(folder: Path, pairs: list[tuple[int, int]]) -> list[tuple[str, str]]:
    """Merge works by their places in the list of all; returns (id that went, id that stayed)."""
    merged = []
    with Observatory.open(folder / "sources.yaml", now=waiting.NOW + timedelta(days=1)) as obs:
        ids = sorted(entry.id for entry in obs.store.entries())
        for one, other in ((ids[a], ids[b]) for a, b in pairs):
            seen = {*obs.entry(one).provenances, *obs.entry(other).provenances}
            if obs.entry(one).id == obs.entry(other).id:
                continue
            decide(obs, Action.MERGE, one, other)
            after = obs.entry(one)
            assert after == obs.entry(other)
            assert set(after.provenances) == seen
            merged.append((one, other) if after.id == obs.entry(other).id and one != after.id else (other, one))
    return merged


def entry_of(items: list[waiting.Shown]) -> Entry:
    with tempfile.TemporaryDirectory() as name:
        folder = waiting.build(Path(name) / "here", items)
        with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
            one, other = sorted(
                (e for e in obs.store.entries() if "library" not in {p.source_id for p in e.provenances}),
                key=lambda e: e.id,
            )
            decide(obs, Action.MERGE, other.id, one.id)
            return obs.entry(one.id)


def test_the_better_title_and_the_fuller_date_win_whichever_was_seen_first() -> None:
    good = ("Stackable micro-credentials in Ireland: a survey of providers", "a", "2024-03-05", "How they stack.")
    bad = ("STACKABLE MICRO-CREDENTIALS IN IRELAND", "b", "2024-03-05", "Stackable micro-credentials.")
    for items in ([good, bad], [bad, good]):
        entry = entry_of(items)
        assert entry.work.title == good[0]
        assert entry.work.date == PartialDate(2024, 3, 5)
        assert len(entry.provenances) == 2
