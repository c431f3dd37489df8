"""Erased on request: not one byte of the work is left, no crawl and no rebuild brings it back, and all else stays."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from observatory import forgetting
from observatory.app import Observatory
from observatory.config import load
from observatory.config.forgotten import FILE
from observatory.errors import ConfigError, NotFound, UsageError
from observatory.model import (
    DayOfUse,
    Edition,
    Entry,
    EntryKind,
    Part,
    PartialDate,
    Rhythm,
    Sending,
    SendingState,
    Status,
)
from observatory.model import Told as Line
from observatory.suggesting import Suggestion, suggest
from tests.trees import differing, tree
from tests.web.test_chain import DAY_ONE, Days
from web import real
from web.server import Web

BRIEF = "Policy brief: microcredentials"
QUESTIONS = "Reflective questions for internal and external QA of micro-credentials"
PATHS = ("policy-brief-microcredentials", "reflective-questions-for-internal-and-external-qa")
IDS = ("2021-policy-brief", "reflective-questions")
DECISION = "- {{entry: {}, action: tag, topics: {{add: [recognition]}}, when: 2026-11-20, why: says so}} # by hand\n"


def bodies(path: Path) -> Iterator[bytes]:
    """A file's bytes, and every gzip member and zlib stream in it unpacked: an SQLite file holds such in its rows."""
    body = path.read_bytes()
    yield body
    for mark, bits in ((b"\x1f\x8b\x08", 31), (b"\x78", 15)):
        for found in re.finditer(re.escape(mark), body):
            try:
                yield zlib.decompressobj(wbits=bits).decompress(body[found.start() :])
            except zlib.error:
                continue


def named_in(folder: Path) -> list[str]:
    words = [re.compile(b"[^a-z0-9]{1,9}".join(re.findall(rb"\w+", t.lower().encode()))) for t in (BRIEF, QUESTIONS)]
    words += [re.compile(name.encode()) for name in (*PATHS, *IDS)]
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [str(p) for p in files if any(word.search(b.lower()) for b in bodies(p) for word in words)]


@dataclass
class Told:
    days: Days
    before: dict[str, Entry]
    gone: list[Entry]
    archived: dict[str, str]


def opened(days: Days, day: int = 0) -> Observatory:
    return Observatory.open(days.folder / "sources.yaml", now=DAY_ONE + timedelta(days=day))


def entries(obs: Observatory) -> dict[str, Entry]:
    return {entry.id: entry for entry in obs.store.entries()}


def told_of(obs: Observatory, gone: list[Entry], other: Entry) -> None:
    """Let an edition, a note of its sending and the counts of the site's use name works that go and one that stays."""
    moment, week = obs.now - timedelta(days=50), PartialDate.parse("2026-10-01")
    told = tuple(
        Line(
            key=entry.id,
            entry=entry.id,
            part=Part.SHELF,
            rank=rank,
            title=entry.work.title,
            title_lang="en",
            kind=EntryKind.REPORT,
            badge="",
            short="",
            line="",
            why=f"beside {BRIEF}",
        )
        for rank, entry in enumerate([*gone, other])
    )
    issue = Edition(
        id="2026-W40",
        rhythm=Rhythm.WEEKLY,
        first=week,
        last=week,
        issued_at=moment,
        most=9,
        candidates=told,
        lead=(QUESTIONS,),
    )
    obs.store.issue([issue])
    obs.store.record_sending(Sending("all", "2026-W40", SendingState.SENT, moment, "<1@here>", f"Subject: {BRIEF}"))
    pages = tuple((f"/entries/{entry.id}/", 3) for entry in [*gone, other])
    obs.store.keep_use([DayOfUse(day="2026-10-02", requests=9, people=pages, robots=pages)])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """An observatory that was asked to erase an item of a feed and a page of a list."""
    with Web() as web:
        days = Days(web, tmp_path_factory.mktemp("forget"))
        days.run(0)
        days.run(1)
        with opened(days, 1) as obs:
            before = entries(obs)
            gone = [entry for entry in before.values() if entry.work.title in (BRIEF, QUESTIONS)]
            decisions = days.folder / "curation/decisions/aoife.yaml"
            decisions.parent.mkdir(parents=True)
            other = next(e.id for e in before.values() if e not in gone and e.status is Status.PUBLISHED)
            decisions.write_text(DECISION.format(gone[0].id) + DECISION.format(other), "utf-8")
            obs.ingest()
            assert len(gone) == 2
            told_of(obs, gone, before[other])
            assert len(named_in(days.folder)) > 10
            plan = forgetting.plan(obs, [gone[0].id, str(gone[1].work.url)])
            assert not plan.in_the_way
            before = entries(obs)
            archived = tree(obs.archive)
            erased = forgetting.forget(obs, plan, "aoife", "asked by its author")
            assert erased.left == ()
        yield Told(days, before, gone, archived)


def test_not_one_byte_of_it_is_left(told: Told) -> None:
    assert all(any(each in entry.id for each in IDS) for entry in told.gone)
    assert named_in(told.days.folder) == []
    assert "asked by its author" in (told.days.folder / FILE).read_text("utf-8")
    decisions = (told.days.folder / "curation/decisions/aoife.yaml").read_text("utf-8")
    assert decisions.count("entry:") == 1
    assert "# by hand" in decisions


def test_all_else_stays_as_it_was(told: Told) -> None:
    with opened(told.days, 1) as obs:
        (edition,) = (each for each in obs.store.editions() if each.id == "2026-W40")
        (line,) = edition.candidates
        (use,) = obs.store.use()
        assert line.entry in told.before
        assert use.requests == 9
        assert use.people == use.robots == ((f"/entries/{line.entry}/", 3),)
        assert [step.state for step in obs.store.sendings()] == [SendingState.SENT]
        after = entries(obs)
        gone = {entry.id for entry in told.gone}
        stayed = {id_: entry for id_, entry in told.before.items() if id_ not in gone}
        assert not gone & after.keys()
        assert stayed.keys() <= after.keys()
        assert [id_ for id_, entry in stayed.items() if entry.work != after[id_].work] == []
        assert [id_ for id_, entry in stayed.items() if entry.status != after[id_].status] == []


def test_a_crawl_and_a_rebuild_do_not_bring_it_back(told: Told) -> None:
    days, enqa = told.days, told.days.web.host("enqa")
    new = real.Item("/news/new/", "A new report on micro-credentials in practice", "Wed, 25 Nov 2026 10:00:00 +0000")
    enqa.put("/feed/", real.wordpress_feed(enqa, (*real.ENQA, new)), "application/rss+xml; charset=UTF-8")
    days.run(3)
    assert not [seen for seen in days.asked[3] if any(path in seen.path for path in PATHS)]
    assert named_in(days.folder / "output") == []
    with opened(days, 3) as obs:
        assert {e.work.title for e in entries(obs).values()} & {BRIEF, QUESTIONS, new.title} == {new.title}
        site = tree(obs.site_folder)
        obs.rebuild()
        assert differing(site, tree(obs.site_folder)) == []
    assert named_in(days.folder / "output") == []


def test_nobody_can_suggest_it_again(told: Told) -> None:
    asked = len(told.days.web.seen)
    with opened(told.days, 3) as obs, pytest.raises(UsageError, match="erased on request"):
        suggest(obs, Suggestion(str(told.gone[1].work.url), "a reader"))
    assert len(told.days.web.seen) == asked


def test_records_of_other_works_stay_byte_for_byte(told: Told) -> None:
    after = tree(told.days.folder / "output/archive")
    assert told.archived.keys() <= after.keys()
    for name in told.archived:
        body = (told.days.folder / "output/archive" / name).read_bytes()
        assert gzip.decompress(body)  # whole members only


def test_what_a_person_keeps_by_hand_must_be_deleted_first(tmp_path: Path) -> None:
    record = "- {id: qa-2023, kind: report, title: Quality of micro-credentials, date: 2023, url: 'https://enqa.eu/qa-report'}\n"
    library = tmp_path / "curation/library/reports.yaml"
    library.parent.mkdir(parents=True)
    library.write_text(record, "utf-8")
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  - {id: library, kind: library, path: curation/library/*.yaml}\n"
    )
    with Observatory.open(tmp_path / "sources.yaml", now=DAY_ONE) as obs:
        obs.run(offline=True)
        plan = forgetting.plan(obs, ["qa-2023"])
        assert "curation/library/reports.yaml:1" in plan.in_the_way
        with pytest.raises(UsageError, match=r"reports\.yaml:1"):
            forgetting.forget(obs, plan, "aoife", "asked")
        assert not (tmp_path / FILE).exists()
        library.write_text("[]\n", "utf-8")
        forgetting.forget(obs, forgetting.plan(obs, ["qa-2023"]), "aoife", "asked")
        library.write_text(record, "utf-8")  # somebody brings it back by an old copy
        obs.run(offline=True)
        with pytest.raises(NotFound, match="erased on request"):
            obs.entry("qa-2023")
    (tmp_path / FILE).write_text("- {digests: [abc], when: soon}\n", "utf-8")
    with pytest.raises(ConfigError, match=r"forgotten.yaml:1.*digests"):
        load(tmp_path / "sources.yaml")
