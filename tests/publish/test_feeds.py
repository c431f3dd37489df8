"""Every feed says what it should, byte for byte, and two parsers read it without a flaw."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import fastfeedparser
import feedparser
import issues
import listparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from issues import entry, made, on, policy

from observatory.model import Change, ChangeKind, Correction, Creator, Edition, EntryKind, NamedQuery, Told
from observatory.publish.output import Output
from observatory.publish.plan import plan
from observatory.publish.site import Templates

TEMPLATES = Templates(Path(__file__).parents[2] / "site_templates", "en")


def files(*entries: issues.Entry, editions: tuple[Edition, ...] = (), **fields: object) -> dict[str, bytes]:
    """Make the feeds of a catalogue."""
    made_of = issues.catalogue(*entries, editions=editions, **fields)
    outputs = [output for output in plan(made_of, issues.SITE, TEMPLATES) if is_feed(output)]
    return {output.path: body if isinstance(body := output.render(), bytes) else b"".join(body) for output in outputs}


def is_feed(output: Output) -> bool:
    return output.path.endswith((".atom", ".rss", "feed.json", "monthly.json", ".opml"))


FIRST = made(
    policy("ie-act", "IE", topics=("recognition",)), entry("paper", EntryKind.ARTICLE, topics=("recognition",))
)
SECOND = made(entry("news", EntryKind.NEWS, listed=on(8), countries=("AT",)), period="2026-W48", earlier=(FIRST,))
MONTH = made(policy("ie-act", "IE"), period="2026-11")


@pytest.fixture(scope="module")
def site() -> dict[str, bytes]:
    return files(
        policy("ie-act", "IE", topics=("recognition",), summary="A <b>law</b> & more."),
        entry("paper", EntryKind.ARTICLE, topics=("recognition",), creators=(Creator("Kim Choi"),)),
        entry("news", EntryKind.NEWS, listed=on(8), countries=("AT",), title_en="In English", language="de"),
        editions=(FIRST, SECOND, MONTH),
        searches=(NamedQuery("eu-policy", "EU policy", "level:EU"),),
        memberships={"eu-policy": ("ie-act",)},
    )


def test_feeds_stand_at_the_promised_addresses(site: dict[str, bytes]) -> None:
    for base in ("", "policy/", "topics/recognition/", "countries/ireland/", "searches/eu-policy/", "digest/"):
        assert f"{base}feed.atom" in site
        assert f"{base}feed.json" in site
        assert (f"{base}feed.rss" in site) == (base in ("", "policy/", "digest/"))
    for base in ("topics/recognition/", "countries/ireland/", "searches/eu-policy/"):
        assert f"{base}digest.atom" in site


def test_two_parsers_read_every_feed_without_a_flaw(site: dict[str, bytes]) -> None:
    for path, body in site.items():
        if path.endswith((".atom", ".rss")):
            read = feedparser.parse(body)
            assert not read.bozo, (path, read.get("bozo_exception"))
            assert read.version in ("atom10", "rss20")
            ids = [item.id for item in read.entries]
            assert len(set(ids)) == len(ids)
            if ids:
                second = fastfeedparser.parse(body)
                assert [item["title"] for item in second["entries"]] == [item.title for item in read.entries]
                assert [item["link"] for item in second["entries"]] == [item.link for item in read.entries]


def test_json_feeds_hold_what_the_standard_demands(site: dict[str, bytes]) -> None:
    for path, body in site.items():
        if path.endswith(".json"):
            read = json.loads(body)
            assert read["version"] == "https://jsonfeed.org/version/1.1"
            assert read["feed_url"] == f"{issues.SITE.url}{path}"
            for item in read["items"]:
                assert item["id"].startswith("tag:mc.example.org,2026:")
                assert ("content_html" in item) != ("content_text" in item)
                assert datetime.fromisoformat(item["date_published"]) <= datetime.fromisoformat(item["date_modified"])


def test_a_digest_feed_has_one_item_an_edition_that_is_the_whole_letter(site: dict[str, bytes]) -> None:
    read = feedparser.parse(site["digest/feed.atom"])
    assert [item.id for item in read.entries] == [
        "tag:mc.example.org,2026:digest/2026-W48",
        "tag:mc.example.org,2026:digest/2026-W47",
    ]
    content = read.entries[1].content[0].value
    for said in ("In one minute", "Countries A–Z", "Ie act", "Research", "Paper"):
        assert said in content
    assert 'href="https://mc.example.org/entries/ie-act/"' in content
    assert "style=" not in content
    monthly = feedparser.parse(site["digest/monthly.atom"])
    assert [item.id for item in monthly.entries] == ["tag:mc.example.org,2026:digest/2026-11"]


def test_a_scoped_feed_has_an_item_only_where_there_is_something(site: dict[str, bytes]) -> None:
    def editions(path: str) -> list[str]:
        return [item.id.rpartition("digest/")[2] for item in feedparser.parse(site[path]).entries]

    assert editions("topics/recognition/digest.atom") == ["2026-W47/topic/recognition"]
    assert editions("countries/austria/digest.atom") == ["2026-W48/country/AT"]
    assert editions("topics/credit/digest.atom") == []


def test_entries_come_by_the_day_they_were_listed_the_newest_fifty() -> None:
    many = [entry(f"e-{n:03}", listed=on(n % 60), date=None) for n in range(60)]
    read = feedparser.parse(files(*many)["feed.atom"])
    assert [item.id.rpartition("/")[2] for item in read.entries] == [f"e-{n:03}" for n in range(59, 9, -1)]


def test_updated_moves_for_real_changes_only() -> None:
    changes = (Change(on(3), ChangeKind.UPDATED, fields=("date",)), Change(on(5), ChangeKind.LINK_DEAD))
    read = feedparser.parse(files(entry("report", changes=changes))["feed.atom"])
    assert read.entries[0].updated == "2026-11-19T09:00:00Z"
    assert read.entries[0].published == "2026-11-16T09:00:00Z"


def test_a_correction_moves_updated_and_stands_in_the_item() -> None:
    notes = {"2026-W47": (Correction(datetime(2026, 11, 25, tzinfo=UTC), "It was 2025."),)}
    read = feedparser.parse(files(policy("ie-act"), editions=(FIRST,), corrections=notes)["digest/feed.atom"])
    assert read.entries[0].updated == "2026-11-25T00:00:00Z"
    assert "It was 2025." in read.entries[0].content[0].value


def test_feeds_are_the_same_bytes_whenever_they_are_made(site: dict[str, bytes]) -> None:
    entries = (policy("ie-act", "IE"), entry("paper"))
    assert files(*entries, editions=(FIRST,)) == files(*reversed(entries), editions=(FIRST,), as_of=on(30))


def test_an_empty_feed_is_valid_and_keeps_its_date() -> None:
    read = feedparser.parse(files()["feed.atom"])
    assert not read.bozo
    assert read.feed.updated == "1970-01-01T00:00:00Z"


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_title_gives_well_formed_feeds_that_say_it_back(title: str, summary: str) -> None:
    known = entry("e", title=title or "x", summary=summary, publisher=summary or None)
    held = files(known, editions=(made(known),))
    for path in ("feed.atom", "feed.rss", "digest/feed.atom", "digest/feed.rss"):
        ET.fromstring(held[path])
    json.loads(held["feed.json"])
    json.loads(held["digest/feed.json"])


def test_all_feeds_stand_in_one_opml_file(site: dict[str, bytes]) -> None:
    read = listparser.parse(site["subscribe/feeds.opml"].decode())
    assert not read.bozo
    found = {feed.url.removeprefix(issues.SITE.url) for feed in read.feeds}
    assert found == {path for path in site if path.endswith(".atom")}


def test_a_fixed_edition_is_read_from_its_record_not_from_the_catalogue() -> None:
    before = files(policy("ie-act"), editions=(FIRST,))["digest/feed.atom"]
    other = policy("ie-act", title="Another title", topics=("credit",))
    assert files(other, editions=(FIRST,))["digest/feed.atom"] == before
    told: Told = replace(FIRST.candidates[0], title="Changed")
    assert files(policy("ie-act"), editions=(replace(FIRST, candidates=(told,)),))["digest/feed.atom"] != before
