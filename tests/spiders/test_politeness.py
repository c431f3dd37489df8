"""Politeness and bounds of a crawl, measured on a small web: what is asked, how often, in which order, and what is never asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hostile.makers import TOPIC, item, rss
from observatory.app import Observatory
from observatory.catalogue import archive
from observatory.config import load
from observatory.model import Cause, CrawlSettings, HarvestEnd, Outcome, Snapshot, SourceReport
from web.server import Web

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
FAST = CrawlSettings(user_agent="MicrocredentialObservatory/0.1 (+https://observatory.test/about/)", delay=0.02)


class Watch:
    """An observatory over a web whose sources a test names."""

    def __init__(self, web: Web, folder: Path, settings: CrawlSettings = FAST) -> None:
        self.web, self.folder, self.settings, self.day = web, folder, settings, 0
        self.rows: list[Mapping[str, Any]] = []

    def add(self, source_id: str, url: str, kind: str = "feed", **options: object) -> None:
        self.rows.append({"id": source_id, "kind": kind, "url": url, **options})

    def crawl(self, **changes: Any) -> dict[str, SourceReport]:
        """Crawl a day later than before; returns the reports by source."""
        (self.folder / "sources.yaml").write_text(json.dumps({"sources": self.rows}))
        config = load(self.folder / "sources.yaml")
        config = replace(config, crawl=replace(self.settings, **changes))
        self.web.forget()
        self.day += 1
        with Observatory(config, self.folder / "output", NOW + timedelta(days=self.day)) as obs:
            reports = obs.crawl()
            obs.ingest()
        return {report.id: report for report in reports}

    def records(self) -> list[Any]:
        return [record for _ref, record in archive.read(self.folder / "output" / "archive")]

    def asked(self, host: str) -> list[str]:
        return [seen.path for seen in self.web.asked(host)]


@pytest.fixture
def watch(web: Web, tmp_path: Path) -> Watch:
    return Watch(web, tmp_path)


def _site(watch: Watch, name: str = "site", items: int = 3, **options: object) -> None:
    """Put up a feed whose items say too little, so that their pages are asked for."""
    host = watch.web.host(name)
    rows = [
        f"<item><title>News {n} on {TOPIC}</title><link>{host.url(f'/news/{n}/')}</link></item>" for n in range(items)
    ]
    host.put("/feed/", rss(*rows), "application/rss+xml")
    for n in range(items):
        host.put(
            f"/news/{n}/", f"<html><title>News {n} on {TOPIC}</title><body><main>{'Some words. ' * 99}</main></body>"
        )
    watch.add(name, host.url("/feed/"), **options)


def test_robots_txt_keeps_us_from_what_it_forbids(watch: Watch) -> None:
    _site(watch)
    watch.web.host("site").put("/robots.txt", "User-agent: *\nDisallow: /news/1/\n", "text/plain")
    watch.crawl()
    assert watch.asked("site") == ["/feed/", "/news/0/", "/news/2/"]


def test_a_forbidden_feed_is_not_asked_for_and_says_so(watch: Watch) -> None:
    _site(watch)
    watch.web.host("site").put("/robots.txt", "User-agent: MicrocredentialObservatory\nDisallow: /\n", "text/plain")
    report = watch.crawl()["site"]
    assert (report.outcome, report.cause) == (Outcome.FAILED, Cause.ROBOTS)
    assert watch.asked("site") == []


def test_while_robots_txt_is_broken_nothing_is_asked(watch: Watch) -> None:
    _site(watch)
    watch.web.host("site").put("/robots.txt", "oops", "text/plain", status=500)
    assert watch.crawl()["site"].cause is Cause.SERVER
    assert watch.asked("site") == []


def test_a_host_gets_one_request_at_a_time_with_a_delay_between(watch: Watch) -> None:
    _site(watch)
    host = watch.web.host("site")
    host.put("/other/", rss(item(f"Other news on {TOPIC}")), "application/rss+xml", seconds=0.2)
    watch.add("other", host.url("/other/"))
    watch.crawl(delay=1.0)
    seen = sorted(watch.web.asked("site"), key=lambda s: s.at)
    assert len(seen) == 5
    for before, after in pairwise(seen):
        assert after.at >= before.until
        assert after.at - before.at >= 0.5  # on a busy machine the web may notice a request late


def test_a_crawl_delay_is_kept(watch: Watch) -> None:
    _site(watch, items=1)
    watch.web.host("site").put("/robots.txt", "User-agent: *\nCrawl-delay: 1\n", "text/plain")
    watch.crawl()
    first, second = watch.web.asked("site")
    assert second.at - first.at >= 0.5  # as above; the delay was 0.02 s


def test_a_slow_host_is_asked_more_slowly(watch: Watch) -> None:
    _site(watch, items=4)
    host = watch.web.host("site")
    for n in range(4):
        host.pages[f"/news/{n}/"].seconds = 0.3  # type: ignore[union-attr]
    watch.crawl()
    starts = [seen.at for seen in watch.web.asked("site")]
    assert starts[-1] - starts[-2] >= 0.3  # the delay was 0.02 s


def test_who_asks_says_so(watch: Watch) -> None:
    _site(watch, items=1)
    watch.crawl(user_agent="MicrocredentialObservatory/0.1 (+https://observatory.test/about/; who@observatory.test)")
    agents = {seen.headers["user-agent"] for seen in watch.web.asked("site", rules=True)}
    assert agents == {"MicrocredentialObservatory/0.1 (+https://observatory.test/about/; who@observatory.test)"}


def test_a_second_crawl_asks_conditionally_and_fetches_no_item_again(watch: Watch) -> None:
    _site(watch)
    watch.crawl()
    report = watch.crawl()["site"]
    assert (report.outcome, report.visits, report.not_modified) == (Outcome.NOT_MODIFIED, 1, 1)
    assert [(seen.path, seen.status) for seen in watch.web.asked("site")] == [("/feed/", 304)]


def test_the_same_body_without_validators_is_not_archived_twice(watch: Watch) -> None:
    watch.web.host("site").put("/feed/", rss(item(f"News on {TOPIC}")), "application/rss+xml", has_validators=False)
    watch.add("site", watch.web.host("site").url("/feed/"))
    watch.crawl()
    assert watch.crawl()["site"].outcome is Outcome.NOT_MODIFIED
    assert sum(isinstance(record, Snapshot) for record in watch.records()) == 1


def test_a_backlog_is_fetched_in_portions_and_is_history_to_its_end(watch: Watch) -> None:
    _site(watch, items=8)
    first = watch.crawl(max_pages=4)["site"]
    assert (first.outcome, first.visits) == (Outcome.OK, 4)
    assert "5 pages wait for the next run" in first.detail
    watch.crawl(max_pages=4)
    assert watch.asked("site") == ["/feed/", "/news/3/", "/news/4/", "/news/5/"]
    third = watch.crawl(max_pages=4)["site"]
    assert watch.asked("site") == ["/feed/", "/news/6/", "/news/7/"]
    assert third.detail == ""
    snapshots = [record for record in watch.records() if isinstance(record, Snapshot)]
    assert len(snapshots) == 9
    assert all(snapshot.first_harvest for snapshot in snapshots)
    assert [e.complete for e in watch.records() if isinstance(e, HarvestEnd)] == [False, False, True]


def test_what_is_reserved_is_not_fetched_and_gives_title_link_and_date_only(watch: Watch) -> None:
    host = watch.web.host("site")
    host.put("/feed/", rss(item(f"Reserved news on {TOPIC}", link=host.url("/a/"))), "application/rss+xml")
    host.put("/.well-known/tdmrep.json", '[{"location": "/", "tdm-reservation": 1}]', "application/json")
    watch.add("site", host.url("/feed/"), follow="always")
    watch.crawl()
    with Observatory.open(watch.folder / "sources.yaml", watch.folder / "output") as obs:
        work = next(iter(obs.store.entries())).work
    assert watch.asked("site") == ["/feed/"]
    assert (work.title, work.url, work.summary, work.text) == (f"Reserved news on {TOPIC}", host.url("/a/"), None, None)


@pytest.mark.parametrize("said", ["header", "meta", "noarchive header", "noarchive meta"])
def test_a_page_that_reserves_itself_is_not_kept(watch: Watch, said: str) -> None:
    _site(watch, items=1)
    metas = {
        "meta": '<meta name="tdm-reservation" content="1">',
        "noarchive meta": '<meta name="Robots" content="index, NoArchive">',
    }
    meta = metas.get(said, "")
    headers = {"header": {"TDM-Reservation": "1"}, "noarchive header": {"X-Robots-Tag": "noarchive"}}.get(said, {})
    page = f"<html><head>{meta}<title>x</title></head><body><main>{'Secret words. ' * 50}</main></body></html>"
    watch.web.host("site").put("/news/0/", page, headers=headers)
    watch.crawl()
    assert not any(b"Secret words" in record.body for record in watch.records() if isinstance(record, Snapshot))
    watch.crawl()
    assert watch.asked("site") == ["/feed/"]


def test_a_permanent_move_is_followed_and_its_yaml_line_reported(watch: Watch) -> None:
    _site(watch, items=0)
    host = watch.web.host("site")
    host.put("/new/", rss(item(f"Moved news on {TOPIC}")), "application/rss+xml")
    host.redirect("/feed/", "/new/", 301)
    report = watch.crawl()["site"]
    assert report.outcome is Outcome.OK
    assert f"moved for good: in sources.yaml, line 1, write url: {host.url('/new/')}" in report.detail
    with Observatory.open(watch.folder / "sources.yaml", watch.folder / "output") as obs:
        assert obs.store.health()["site"].moved_to == host.url("/new/")


def test_a_temporary_redirect_is_followed_and_not_reported(watch: Watch) -> None:
    host = watch.web.host("site")
    host.put("/new/", rss(item(f"Lent news on {TOPIC}")), "application/rss+xml")
    host.redirect("/feed/", "/new/", 302)
    watch.add("site", host.url("/feed/"))
    assert watch.crawl()["site"].detail == ""


def test_a_feed_that_is_gone_names_the_feed_of_the_sites_head(watch: Watch) -> None:
    host = watch.web.host("site")
    host.put(
        "/",
        '<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>Home</body></html>',
    )
    watch.add("site", host.url("/feed/"))
    report = watch.crawl()["site"]
    assert report.cause is Cause.NOT_FOUND
    assert f"try url: {host.url('/rss.xml')}" in report.detail


def test_a_host_that_asks_for_patience_is_asked_no_more_in_this_run(watch: Watch) -> None:
    _site(watch)
    watch.web.host("site").put("/news/0/", "later", status=429, headers={"Retry-After": "3600"})
    report = watch.crawl()["site"]
    assert watch.asked("site") == ["/feed/", "/news/0/"]
    assert report.outcome is Outcome.OK
    watch.web.host("site").put("/news/0/", f"<title>News 0 on {TOPIC}</title><main>{'Words. ' * 200}</main>")
    watch.crawl()
    assert set(watch.asked("site")) == {"/feed/", "/news/0/", "/news/1/", "/news/2/"}


def test_a_short_retry_after_is_waited_for(watch: Watch) -> None:
    _site(watch, items=0)
    watch.web.host("site").put("/feed/", "later", status=503, headers={"Retry-After": "0"})
    assert watch.crawl()["site"].cause is Cause.SERVER
    assert watch.asked("site") == ["/feed/", "/feed/"]


def test_after_a_410_a_source_is_never_asked_until_its_row_changes(watch: Watch) -> None:
    host = watch.web.host("site")
    host.put("/feed/", "gone", status=410)
    watch.add("site", host.url("/feed/"))
    watch.crawl()
    report = watch.crawl()["site"]
    assert (report.outcome, report.cause) == (Outcome.SKIPPED, Cause.BACKOFF)
    assert "line 1" in report.detail
    assert watch.asked("site") == []
    host.put("/new/", rss(item(f"News on {TOPIC}")), "application/rss+xml")
    watch.rows[0] = {"id": "site", "kind": "feed", "url": host.url("/new/")}
    assert watch.crawl()["site"].outcome is Outcome.OK


def test_an_address_of_another_private_host_is_refused(watch: Watch) -> None:
    other = watch.web.host("other")
    other.put("/a/", "<title>Inside</title><main>secret</main>")
    watch.web.host("site").put(
        "/feed/",
        rss(f"<item><title>News on {TOPIC}</title><link>{other.url('/a/')}</link></item>"),
        "application/rss+xml",
    )
    watch.add("site", watch.web.host("site").url("/feed/"))
    watch.crawl()
    assert watch.asked("other") == []


def test_the_crawl_ends_at_its_time_and_what_is_left_waits(watch: Watch) -> None:
    _site(watch, items=30)
    report = watch.crawl(delay=0.3, max_seconds=1.5)["site"]
    assert (report.outcome, report.cause) == (Outcome.OK, Cause.INCOMPLETE)
    assert report.visits < 10


def test_a_crawl_at_a_fixed_moment_notes_that_moment(watch: Watch) -> None:
    _site(watch, items=1)
    watch.crawl()
    moments = {getattr(record, "at", None) or record.fetched_at for record in watch.records()}
    assert moments == {NOW + timedelta(days=1)}
