"""Incremental = ingest --again = rebuild, byte for byte on the site, whatever came in which order and when it was read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observatory import yamltext
from observatory.app import Observatory
from observatory.catalogue.archive import Writer
from observatory.model import Cause, HarvestEnd, Outcome, Snapshot, SourceRow, Visit
from tests.trees import differing, tree

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
SOURCES = """
site: {title: Test, url: https://example.org/, timezone: Europe/Dublin}
digest: {weekly: null, monthly: null}
sources:
  - {id: library, kind: library, path: curation/library/*.yaml}
  - {id: enqa, kind: feed, url: "https://enqa.example/feed/", publisher: ENQA}
  - {id: oecd, kind: feed, url: "https://oecd.example/feed/", publisher: OECD, review: hold}
"""
# Works that both feeds may show: at their own address, at a shared one, by DOI; some relevant, some not, some by name alike.
WORKS = (
    ("Micro-credentials and quality assurance", "https://{}.example/qa", ""),
    ("Microcredentials in higher education: a survey", "https://shared.example/survey", ""),
    ("Micro-credentials: a study of stackability", "https://doi.org/10.1000/stack", "10.1000/stack"),
    ("A European approach to micro-credentials", "https://{}.example/approach", "10.1000/approach"),
    ("Minutes of the general assembly", "https://{}.example/minutes", ""),
    ("Micro-credentials and quality assurance", "https://{}.example/qa-2", ""),
    ("Digital badges for teachers", "https://{}.example/badges", ""),
)
LIBRARY = (
    {"id": "survey-2020", "kind": "report", "title": "Microcredentials in higher education: a survey", "date": 2020},
    {
        "id": "approach-2021",
        "kind": "policy",
        "title": "A European approach to micro-credentials",
        "date": "2021-12-10",
    },
    {"id": "other-2022", "kind": "guide", "title": "How to stack micro-credentials", "url": "https://guide.example/"},
)


@dataclass(frozen=True)
class Shown:
    """One item of a feed as it stands at a visit; `variant` changes its title, date or text."""

    work: int
    variant: int


@dataclass(frozen=True)
class Answer:
    """What a feed answered in a run: items, or nothing new, or a failure."""

    source: str
    shown: tuple[Shown, ...] | None
    failed: bool = False


@dataclass(frozen=True)
class Run:
    answers: tuple[Answer, ...]
    is_read: bool  # ingested right after, or only with a later run
    decision: tuple[str, int, str] | None  # action, work, source
    library: tuple[int, ...]  # which hand-kept records the file holds now


shown = st.builds(Shown, st.integers(0, len(WORKS) - 1), st.integers(0, 2))
answer = st.builds(
    Answer,
    st.sampled_from(["enqa", "oecd"]),
    st.none() | st.lists(shown, max_size=4, unique_by=lambda one: one.work).map(tuple),
    st.booleans(),
)
decision = st.tuples(
    st.sampled_from(["accept", "reject", "restore", "merge", "tag", "set"]),
    st.integers(0, len(WORKS) - 1),
    st.sampled_from(["enqa", "oecd"]),
)
run = st.builds(
    Run,
    st.lists(answer, max_size=2, unique_by=lambda one: one.source).map(tuple),
    st.booleans(),
    st.none() | decision,
    st.sampled_from([(), (0,), (0, 1), (0, 1, 2)]),
)


def feed(shown: Sequence[Shown], source: str) -> bytes:
    items = []
    for one in shown:
        title, url, doi = WORKS[one.work]
        told = title if one.variant < 2 else f"{title} (final)"
        day = format_datetime(START + timedelta(days=one.variant - 400 * (one.work % 2)))
        about = f"What micro-credentials are, part {one.variant}. {f'https://doi.org/{doi}' if doi else ''}"
        items.append(
            f"<item><title>{escape(told)}</title><link>{url.format(source)}</link><guid>{one.work}</guid>"
            f"<pubDate>{day}</pubDate><description>{escape(about)}</description></item>"
        )
    return f"<rss version='2.0'><channel><title>{source}</title>{''.join(items)}</channel></rss>".encode()


class World:
    """A folder with sources.yaml, curation and data, through which a history is played."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
        (folder / "curation" / "library").mkdir(parents=True)
        (folder / "curation" / "decisions").mkdir()
        self.rows: set[str] = set()
        self.seen: set[str] = set()

    @contextmanager
    def observatory(self, now: datetime, data: str = "output") -> Iterator[Observatory]:
        with Observatory.open(self.folder / "sources.yaml", self.folder / data, now=now) as obs:
            yield obs

    def play(self, runs: Sequence[Run]) -> datetime:
        now = START
        for number, one in enumerate(runs):
            now = START + timedelta(days=number)
            self._curate(one, now)
            with self.observatory(now) as obs:
                self._archive(obs, one, now)
                if one.is_read:
                    obs.ingest()
        return now

    def _curate(self, one: Run, now: datetime) -> None:
        records = [LIBRARY[number] for number in one.library]
        (self.folder / "curation/library/all.yaml").write_text(yamltext.dump(records) if records else "[]\n", "utf-8")
        if one.decision is None:
            return
        action, work, source = one.decision
        item: dict[str, object] = {"entry": WORKS[work][1].format(source), "action": action}
        if action == "merge":
            item["into"] = WORKS[0][1].format("enqa")
            if item["into"] == item["entry"]:
                return
        if action == "tag":
            item["topics"] = {"add": ["recognition"], "remove": ["quality-assurance"]}
        if action == "set":
            item["fields"] = {"kind": "guide", "title_en": f"Set on {now:%d %B}"}
        item |= {"when": now.isoformat().replace("+00:00", "Z"), "why": "test"}
        path = self.folder / "curation/decisions/aoife.yaml"
        before = path.read_text("utf-8") if path.exists() else ""
        path.write_text(yamltext.append(before, [item]), "utf-8")

    def _archive(self, obs: Observatory, one: Run, now: datetime) -> None:
        rows = {source.id: source.row for source in obs.config.sources}
        with Writer.begin(obs.archive, now) as writer:
            for answer in one.answers:
                url = f"https://{answer.source}.example/feed/"
                if answer.source not in self.rows:
                    writer.source(SourceRow(answer.source, now, rows[answer.source]))
                    self.rows.add(answer.source)
                outcome, cause = Outcome.OK, None
                if answer.failed:
                    outcome, cause = Outcome.FAILED, Cause.TIMEOUT
                    writer.visit(Visit(answer.source, url, now, outcome, cause))
                elif answer.shown is None:
                    outcome = Outcome.NOT_MODIFIED
                    writer.visit(Visit(answer.source, url, now, outcome, status=304))
                else:
                    first = answer.source not in self.seen
                    body = feed(answer.shown, answer.source)
                    kind = "application/rss+xml"
                    writer.response(Snapshot("", answer.source, url, url, now, 200, kind, body, first_harvest=first))
                    self.seen.add(answer.source)
                writer.end(HarvestEnd(answer.source, now, outcome, cause, not answer.failed, 1, 0))


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(run, min_size=1, max_size=6))
def test_the_site_is_the_same_byte_for_byte_however_it_came_to_be(runs: list[Run]) -> None:
    with tempfile.TemporaryDirectory() as name:
        world = World(Path(name))
        now = world.play(runs)
        with world.observatory(now) as obs:
            obs.ingest()
            obs.store.record_run(now)
            obs.publish()
            grown = tree(obs.site_folder)
        with world.observatory(now) as obs:
            obs.ingest(again=True)
            obs.publish()
            assert differing(grown, tree(obs.site_folder)) == [], "ingest --again"
            shutil.rmtree(obs.site_folder)
            obs.rebuild()
            assert differing(grown, tree(obs.site_folder)) == [], "rebuild"
        with world.observatory(now + timedelta(days=7)) as obs:
            stamps = {path: path.stat().st_mtime_ns for path in obs.site_folder.rglob("*")}
            done = obs.publish()
            assert (done.written, done.removed) == (0, 0)
            assert stamps == {path: path.stat().st_mtime_ns for path in obs.site_folder.rglob("*")}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(run, min_size=1, max_size=8))
def test_all_that_is_published_is_the_same_wherever_reading_was_cut(runs: list[Run]) -> None:
    """The catalogue is all that publishing knows; what a library file says is seen when it is read, so those stay out here."""
    runs = [replace(one, library=()) for one in runs]
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as other:
        world, late = World(Path(name)), World(Path(other))
        now = world.play(runs)
        late.play([replace(one, is_read=False) for one in runs])
        with world.observatory(now) as obs:
            obs.ingest()
            obs.store.record_run(now)
            grown = obs.catalogue()
            obs.ingest(again=True)
            assert obs.catalogue() == grown
        with late.observatory(now) as obs:
            obs.ingest()
            obs.store.record_run(now)
            assert obs.catalogue() == grown
