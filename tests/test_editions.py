"""A simulated year: what comes in, moves, is rebuilt or crashes makes exactly the expected editions, each once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from observatory.app import Observatory
from observatory.config import load
from observatory.model import (
    Change,
    ChangeKind,
    Entry,
    EntryKind,
    GiveId,
    Level,
    PartialDate,
    Provenance,
    PutEntry,
    Stage,
    Status,
    Work,
)

SOURCES = """
site: {title: Test observatory, url: https://example.org/, timezone: Europe/Dublin, contact: desk@example.org}
digest:
  lists:
    - {id: everything, query: "*", rhythm: weekly, to: all@lists.example.org, subscribe_url: https://lists.example.org/all}
    - {id: ireland, query: "country:IE", rhythm: monthly, to: ie@lists.example.org, subscribe_url: https://lists.example.org/ie}
sources: []
"""
START = datetime(2026, 1, 5, 9, tzinfo=UTC)  # the Monday of 2026-W02


class World:
    """An observatory in a folder whose clock we set, and whose catalogue we fill as a crawl would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
        self.config = load(folder / "sources.yaml")  # once: reading the vocabulary takes longer than a publish

    def at(self, moment: datetime) -> Observatory:
        return Observatory(self.config, self.folder / "output", moment)

    def put(self, *entries: Entry) -> None:
        with self.at(START) as observatory:
            gifts = [GiveId(each.id, (f"item:{each.id}",), each.first_seen) for each in entries]
            observatory.store.apply([*gifts, *(PutEntry(each, (f"feed#{each.id}",)) for each in entries)])

    def publish(self, moment: datetime) -> None:
        with self.at(moment) as observatory:
            observatory.publish()

    def edition(self, name: str) -> Any:
        return json.loads((self.folder / "output/site/digest" / name / "edition.json").read_text("utf-8"))

    def editions(self) -> list[str]:
        return sorted(path.parent.name for path in (self.folder / "output/site/digest").glob("*/edition.json"))

    def site(self) -> dict[str, bytes]:
        root = self.folder / "output/site"
        return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def entry(name: str, listed: datetime, kind: EntryKind = EntryKind.REPORT, **fields: Any) -> Entry:
    own = {key: fields.pop(key) for key in list(fields) if key in Entry.__dataclass_fields__}
    seen = Provenance("feed", name, f"https://feed.example/{name}", listed, listed, "run/00000001")
    said: dict[str, Any] = {"title": name.replace("-", " ").capitalize(), "url": f"https://feed.example/{name}"}
    said |= {"date": PartialDate.of(listed.date()), "language": "en"}
    defaults: dict[str, Any] = {"status": Status.PUBLISHED, "first_seen": listed, "listed": listed, "announced": True}
    defaults |= {"provenances": (seen,), "reasons": (), "changes": (Change(listed, ChangeKind.NEW),)}
    return Entry(id=name, work=Work(kind=kind, **(said | fields)), **(defaults | own))


def day(number: int) -> datetime:
    return START + timedelta(days=number)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def shown(edition: Any) -> list[str]:
    return [item["entry"] for item in edition["items"] if item["shown"]]


def test_a_year_gives_exactly_the_expected_editions(world: World) -> None:
    act = entry("irish-act", day(1), EntryKind.POLICY, stage=Stage.DESIGN, countries=("IE",), official=True)
    world.put(entry("first-report", day(0)), act)
    history = [entry(f"old-{n:03}", day(15), announced=False, date=PartialDate(2019)) for n in range(40)]
    for week in (*range(5), 9, 10, 11, 12, 20, 21, 22, 30, 51):  # in the weeks left out nobody published
        if week == 2:
            world.put(*history)  # a source is added in the third week: its history is not news
        if week == 10:
            moved = Change(day(71), ChangeKind.STAGE, "adopted", ("design", "approved"))
            world.put(replace(act, work=replace(act.work, stage=Stage.APPROVED), changes=(*act.changes, moved)))
        if week == 20:
            world.put(entry("twentieth-report", day(141)))
        world.publish(day(7 * week + 6))
    world.publish(day(365))
    weekly = [name for name in world.editions() if "W" in name]
    assert weekly == ["2026-W02", "2026-W12", "2026-W22"]
    assert [name for name in world.editions() if "W" not in name] == ["2026-01", "2026-03", "2026-05"]
    assert shown(world.edition("2026-W02")) == ["irish-act", "first-report"]
    assert shown(world.edition("2026-W12")) == ["irish-act"]
    assert world.edition("2026-W12")["items"][0]["badge"] == "policy: preparing → adopted"
    assert shown(world.edition("2026-W22")) == ["twentieth-report"]


def test_a_second_publish_touches_nothing(world: World) -> None:
    world.put(entry("first-report", day(0)))
    world.publish(day(8))
    before = world.site()
    world.publish(day(8) + timedelta(hours=1))
    assert world.site() == before


def test_an_edition_stands_whatever_becomes_of_its_entries(world: World) -> None:
    first = entry("first-report", day(0))
    world.put(first)
    world.publish(day(8))
    before = world.edition("2026-W02")
    world.put(
        replace(first, status=Status.GONE, work=replace(first.work, title="Another title")), entry("late", day(2))
    )
    world.publish(day(9))
    assert world.edition("2026-W02") == before


def test_what_came_to_light_after_its_edition_is_told_in_the_next(world: World) -> None:
    world.put(entry("first-report", day(0)))
    world.publish(day(8))
    world.put(entry("late", day(2)))
    world.publish(day(14))
    assert shown(world.edition("2026-W03")) == ["late"]


def test_an_entry_that_got_another_id_is_not_told_again(world: World) -> None:
    first = entry("first-report", day(0))
    world.put(first)
    world.publish(day(8))
    world.put(
        replace(first, status=Status.MERGED), entry("joined", day(3), aliases=("first-report",), first_seen=day(0))
    )
    world.publish(day(14))
    assert world.editions() == ["2026-W02"]


def test_missed_weeks_are_made_up_for_in_one_publish(world: World) -> None:
    world.put(entry("first-report", day(0)), entry("third-week", day(15)))
    world.publish(day(30))
    assert world.editions() == ["2026-01", "2026-W02", "2026-W04"]


def test_a_quiet_week_makes_no_edition_and_the_archive_says_so(world: World) -> None:
    world.put(entry("first-report", day(0)))
    world.publish(day(22))
    page = (world.folder / "output/site/digest/index.html").read_text("utf-8")
    assert world.editions() == ["2026-W02"]
    assert "2026-W03 – 2026-W04" in page
    assert "nothing new" in page


def test_a_week_ends_at_midnight_of_the_site_not_of_utc(world: World) -> None:
    sunday = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)  # 23:30 in Dublin, where clocks went forward that morning
    world.put(entry("on-sunday", sunday), entry("on-monday", sunday + timedelta(hours=1), level=Level.EU))
    world.publish(datetime(2026, 4, 6, 5, 0, tzinfo=UTC))  # Monday 06:00 in Dublin
    assert shown(world.edition("2026-W13")) == ["on-sunday"]
    assert shown(world.edition("2026-W14")) == ["on-monday"]


def test_an_edition_is_not_issued_before_its_hour(world: World) -> None:
    world.put(entry("first-report", day(0)))
    world.publish(datetime(2026, 1, 12, 5, 59, tzinfo=UTC))
    assert world.editions() == []
    world.publish(datetime(2026, 1, 12, 6, 0, tzinfo=UTC))
    assert world.editions() == ["2026-W02"]


def test_a_broken_digest_file_holds_editions_back_until_it_is_mended(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    notes = world.folder / "curation/digest.yaml"
    notes.parent.mkdir()
    notes.write_text("2026-W02:\n  sujet: Hello\n", encoding="utf-8")
    world.put(entry("first-report", day(0)))
    world.publish(day(8))
    assert world.editions() == []
    assert "curation/digest.yaml:2: 2026-W02.sujet: no such key; did you mean 'subject'?" in caplog.text
    notes.write_text("2026-W02:\n  subject: Hello\n", encoding="utf-8")
    world.publish(day(9))
    assert world.edition("2026-W02")["subject"] == "Hello"


def test_a_correction_is_a_dated_note_and_the_edition_stays(world: World) -> None:
    world.put(entry("first-report", day(0)))
    world.publish(day(8))
    before = world.edition("2026-W02")
    notes = world.folder / "curation/digest.yaml"
    notes.parent.mkdir()
    said = "2026-W02:\n  subject: Too late\n  corrections:\n    - {when: 2026-01-14, text: It was 2025.}\n"
    notes.write_text(said, encoding="utf-8")
    world.publish(day(9))
    after = world.edition("2026-W02")
    assert after["corrections"] == [{"when": "2026-01-14", "text": "It was 2025."}]
    assert {**after, "corrections": []} == before
    assert "It was 2025." in (world.folder / "output/site/digest/2026-W02/index.html").read_text("utf-8")
    notes.write_text("2026-W02: [", encoding="utf-8")
    world.publish(day(10))
    assert world.edition("2026-W02") == after, "the last valid form stays in force"
