"""The whole chain over the recreated web: crawl → site, a second crawl of 304s, then a change, a failure and a new item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from observatory.app import Observatory, RunReport
from observatory.config import load
from observatory.model import Cause, Entry, Outcome, Status
from web import real
from web.server import Seen, Web

DAY_ONE = datetime(2026, 11, 23, 6, tzinfo=UTC)


class Days:
    """An observatory over the recreated web, run day by day."""

    def __init__(self, web: Web, folder: Path) -> None:
        self.web, self.folder = web, folder
        self.asked: dict[int, tuple[Seen, ...]] = {}  # by day
        (folder / "sources.yaml").write_text(real.build(web))

    def run(self, day: int) -> RunReport:
        self.web.forget()
        config = load(self.folder / "sources.yaml")
        config = replace(config, crawl=replace(config.crawl, delay=0.02))
        with Observatory(config, self.folder / "output", DAY_ONE + timedelta(days=day)) as obs:
            report = obs.run()
        self.asked[day] = tuple(self.web.asked())
        return report

    def entries(self) -> dict[str, Entry]:
        with Observatory.open(self.folder / "sources.yaml", self.folder / "output", now=DAY_ONE) as obs:
            return {entry.work.title: entry for entry in obs.store.entries((Status.PUBLISHED,))}


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with Web() as web:
        yield Days(web, tmp_path_factory.mktemp("chain"))


@pytest.fixture(scope="module")
def first(days: Days) -> RunReport:
    return days.run(0)


@pytest.fixture(scope="module")
def first_entries(days: Days, first: RunReport) -> dict[str, Entry]:
    return days.entries()


@pytest.fixture(scope="module")
def second(days: Days, first: RunReport, first_entries: dict[str, Entry]) -> RunReport:
    return days.run(1)


def test_every_source_of_the_recreated_web_is_read(first: RunReport) -> None:
    assert {report.id: (report.outcome, report.cause) for report in first.sources} == {
        report.id: (Outcome.OK, None) for report in first.sources
    }
    assert len(first.sources) == 10


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("Policy brief: microcredentials", "2021-12-14"),
        ("New report on micro-credentials from IMINQA project", "2023-03-15"),
        ("Micro-credentials: Council adopts a recommendation", "2022-06-16"),
        ("Start of the project on micro-credentials in Europe", "2022-04-01"),
        ("Microcredentials masterclass announced", "2022-03-15"),
        ("Desk research report on micro-credentials", "2020-09"),
        ("Common framework for micro-credentials in the EHEA", "2022-03"),
        ("National Microcredentials Framework", "2022-03"),
        ("Towards a common definition of micro-credentials", "2022"),
        ("Public policies for effective micro-credential learning", "2023-12-14"),
    ],
)
def test_a_works_date_is_the_one_its_source_prints(first_entries: dict[str, Entry], title: str, day: str) -> None:
    assert str(first_entries[title].work.date) == day


@pytest.mark.parametrize(
    "title",
    [
        "Reflective questions for internal and external QA of micro-credentials",
        "Quality Assurance in Microcredentials – ENQA",
    ],
)
def test_a_work_that_prints_no_date_gets_none(first_entries: dict[str, Entry], title: str) -> None:
    assert first_entries[title].work.date is None


def test_the_kinds_of_links_come_from_the_headings_above_them(first_entries: dict[str, Entry]) -> None:
    kinds = {title: str(entry.work.kind) for title, entry in first_entries.items()}
    assert kinds["National Microcredentials Framework"] == "policy"
    assert kinds["Micro-credential masterclass"] == "event"
    assert kinds["MICROBOL and MicroHE projects"] == "project"


def test_what_is_not_about_micro_credentials_stays_out_and_its_page_is_not_fetched(
    days: Days, first: RunReport
) -> None:
    entries = days.entries()
    assert not {"ENQA Members’ Forum programme published", "Annual overview of learning mobility"} & set(entries)


def test_only_wanted_items_are_fetched_and_each_address_once(days: Days, first: RunReport) -> None:
    asked = [f"{seen.host}{seen.path}" for seen in days.asked[0]]
    assert len(asked) == len(set(asked))
    assert "enqa/news/policy-brief-microcredentials/" in asked
    assert "enqa/news/enqa-members-forum/" not in asked
    assert "learnwork/about-us/" not in asked


def test_a_first_harvest_is_history_and_not_news(first_entries: dict[str, Entry]) -> None:
    assert not any(entry.announced for entry in first_entries.values())


def test_nothing_of_a_sites_frame_is_published(days: Days, first: RunReport) -> None:
    pages = "".join(path.read_text() for path in (days.folder / "output" / "site" / "entries").rglob("*.html"))
    for words in ("uses cookies", "Skip to main content", "a quick survey is waiting", "Share this on Facebook"):
        assert words not in pages


def test_a_second_crawl_costs_only_304s_and_touches_no_page(days: Days, second: RunReport) -> None:
    assert {seen.status for seen in days.asked[1]} == {304}
    assert {report.outcome for report in second.sources} == {Outcome.NOT_MODIFIED}
    assert second.totals["new_entries"] == 0
    assert second.totals["findings"] == 0


def test_a_change_a_failure_and_a_new_item_are_told_apart(days: Days, second: RunReport) -> None:
    before = days.entries()
    enqa = days.web.host("enqa")
    item = real.Item(
        "/news/working-group-on-micro-credentials/",
        "New working group on micro-credentials",
        "Tue, 24 Nov 2026 10:00:00 +0000",
    )
    enqa.put("/feed/", real.wordpress_feed(enqa, (*real.ENQA, item)), "application/rss+xml; charset=UTF-8")
    enqa.put(item.path, real.wordpress_page(enqa, item))
    days.web.host("eea").put(
        "/education-levels/higher-education/micro-credentials",
        real.eea_hub("A progress report was published in February 2026."),
    )
    days.web.host("cedefop").fail(503)
    third = days.run(2)
    after = days.entries()
    reports = {report.id: report for report in third.sources}
    assert set(after) - set(before) == {item.title}
    assert after[item.title].announced
    assert (reports["cedefop"].outcome, reports["cedefop"].cause) == (Outcome.FAILED, Cause.SERVER)
    assert set(before) <= set(after)
    fetched = sorted(f"{seen.host}{seen.path}" for seen in days.asked[2] if seen.status == 200)
    assert fetched == ["eea/education-levels/higher-education/micro-credentials", "enqa/feed/", f"enqa{item.path}"]
