"""A Zotero group's library, played on loopback, through the whole chain and over several days."""

from __future__ import annotations

from pathlib import Path

import pytest

from observatory.model import Entry, EntryKind, Outcome, Status
from spiders.zotero import Known
from web.server import Web
from web.test_services_chain import Days

ARTICLE = "Recognising micro-credentials at work"
GUIDE = "Guidance on designing microcredentials"


@pytest.fixture
def days(web: Web, tmp_path: Path) -> Days:
    made = Days(web, tmp_path)
    made.ask(made.services.row("zotero", id="group"))
    return made


def page_of(days: Days, entry: Entry) -> str:
    return (days.folder / "output" / "site" / "entries" / entry.id / "index.html").read_text()


def test_a_library_becomes_entries_with_topics_countries_kinds_and_notes(days: Days) -> None:
    (report,) = days.run(0).sources
    assert (report.outcome, report.cause) == (Outcome.OK, None)
    entries = days.entries()
    assert set(entries) == {ARTICLE, GUIDE}
    article, guide = entries[ARTICLE].work, entries[GUIDE].work
    assert article.topics == ("employers", "recognition")
    assert (article.countries, article.kind, str(article.date)) == (("IE",), EntryKind.ARTICLE, "2024-03-11")
    assert [c.name for c in article.creators] == ["Orla Kelly", "Mark Brown"]  # editors only where nobody wrote it
    assert (guide.kind, guide.topics, guide.doi) == (EntryKind.GUIDE, ("quality-assurance",), "10.5555/qae.2023.1")
    assert article.note == "The best evidence so far on what employers make of badges; start with table 3."
    assert (article.note_by, guide.note) == (
        "Mary Reader",
        None,
    )  # Zotero's own notes of annotations are nobody's words
    shown = page_of(days, entries[ARTICLE])
    assert "start with table 3" in shown
    assert "Mary Reader" in shown


def test_what_changed_is_asked_by_the_librarys_version_and_nothing_twice(days: Days) -> None:
    days.crawl(0)
    version = days.services.library.version
    report = days.crawl(1)
    assert (report.outcome, report.visits) == (Outcome.NOT_MODIFIED, 1)
    (asked,) = days.web.asked("zotero")
    assert asked.headers["if-modified-since-version"] == str(version)
    days.services.library.change("BBBB2222", title=f"{GUIDE}, revised")
    days.crawl(2)
    paths = [seen.path for seen in days.web.asked("zotero")]
    assert [path.partition("?")[0].rpartition("/")[2] for path in paths] == ["items", "deleted"]
    assert all(f"since={version}" in path for path in paths)
    changed = days.entries()[f"{GUIDE}, revised"]
    assert [change.fields for change in changed.changes if change.kind == "updated"] == [("title",)]


def test_trash_and_deletion_withdraw_and_what_comes_back_is_back(days: Days) -> None:
    days.crawl(0)
    library = days.services.library
    library.change("BBBB2222", deleted=1)
    days.crawl(1)
    assert days.entries()[GUIDE].status is Status.GONE
    library.change("BBBB2222", deleted=0)
    days.crawl(2)
    assert days.entries()[GUIDE].status is Status.PUBLISHED
    library.delete("AAAA1111", "NNNN0001", "FFFF0001")
    days.crawl(3)
    assert {title: entry.status for title, entry in days.entries().items()} == {
        ARTICLE: Status.GONE,
        GUIDE: Status.PUBLISHED,
    }
    days.crawl(4)
    assert len(days.web.asked("zotero")) == 1  # and nothing more is asked


def test_a_note_changes_moves_to_the_trash_or_is_deleted_for_good(days: Days) -> None:
    days.crawl(0)
    library = days.services.library
    library.change("NNNN0001", note="<p>Superseded by the 2026 survey.</p>")
    days.crawl(1)
    assert days.entries()[ARTICLE].work.note == "Superseded by the 2026 survey."
    library.change("NNNN0003", itemType="note", parentItem="AAAA1111", note="<p>A second opinion.</p>")
    library.delete("NNNN0001")  # only its own key is told, not whose note it was
    days.crawl(2)
    assert days.entries()[ARTICLE].work.note == "A second opinion."
    library.change("NNNN0003", deleted=1)
    days.crawl(3)
    article = days.entries()[ARTICLE]
    assert (article.work.note, article.status) == (None, Status.PUBLISHED)
    assert not [change for change in article.changes if change.kind == "updated"]


def picked(days: Days) -> str:
    page = days.folder / "output" / "site" / "picks" / "index.html"
    return page.read_text().partition("<main")[2] if page.exists() else ""


def test_a_signed_note_is_an_editors_pick_until_it_or_its_work_goes(days: Days) -> None:
    library = days.services.library
    days.run(0)
    assert 'id="y2024"' in picked(days)  # a good read of the year in which it was written
    assert "start with table 3" in picked(days)
    assert "Mary Reader" in picked(days)
    assert "start with table 3" in (days.folder / "output" / "site" / "picks" / "feed.atom").read_text()
    library.change("NNNN0001", tags=[{"tag": "mc:recognition"}, {"tag": "mc:no-such-topic"}, {"tag": "mc:home"}])
    days.run(1)
    assert ('id="y2024"' in picked(days), 'id="recognition"' in picked(days), 'id="first"' in picked(days)) == (
        False,
        True,
        True,
    )
    site = days.folder / "output" / "site"
    assert "start with table 3" in (site / "topics" / "recognition" / "index.html").read_text()
    assert "start with table 3" in (site / "index.html").read_text()
    library.delete("AAAA1111", "NNNN0001", "FFFF0001")
    days.run(2)
    assert "start with table 3" not in picked(days)
    library.change(
        "NNNN0004", itemType="note", parentItem="BBBB2222", note="<p>Unsigned.</p>", dateAdded="2026-11-25T00:00:00Z"
    )
    days.run(3)
    assert "Unsigned." not in picked(days)  # a pick is signed


def test_a_broken_off_harvest_forgets_nothing(days: Days) -> None:
    library = days.services.library
    for number in range(250):
        title = f"Micro-credentials in region {number}"
        library.change(f"R{number:07}", itemType="report", title=title, url=f"https://r.example.org/{number}")
    play, asked = library.answer, []

    def once(seen):  # type: ignore[no-untyped-def]
        asked.append(seen.path)
        return (500, "", b"") if "start=180" in seen.path and len(asked) < 6 else play(seen)

    days.services.answers["zotero"] = once
    days.crawl(0)
    with days.open(0) as obs:
        assert Known.of(obs.store.memory("group").mark).version == 0  # not read through yet: nothing is taken as known
    days.crawl(1)
    days.crawl(2)
    assert len([title for title in days.entries() if "in region" in title]) == 250
    with days.open(2) as obs:
        assert Known.of(obs.store.memory("group").mark).version == library.version
    with days.open(3) as obs:
        obs.rebuild()
        assert Known.of(obs.store.memory("group").mark).version == library.version


def test_a_library_that_asks_to_go_slower_is_asked_more_slowly(days: Days) -> None:
    days.services.library.backoff = 1
    for number in range(101):
        days.services.library.change(f"R{number:07}", itemType="report", title=f"Micro-credentials {number}")
    days.crawl(0)
    first, second = (seen.at for seen in days.web.asked("zotero"))
    assert second - first >= 0.9
