"""What readers ask of the site, counted from logs: by kind of address, robots apart, and nothing kept of anybody."""

from __future__ import annotations

import time
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatory.accesslog import read_line
from observatory.model import DayOfUse
from observatory.publish.use import MOST_PAGES, Counting, Use, address_of, is_robot, use_of, whole

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


def line(
    target: str = "/policy/", agent: str | None = FIREFOX, who: str = "192.0.2.7", at: str = "23/Nov/2026:10:00:00 +0000",
    status: int = 200, method: str = "GET",
) -> bytes:  # fmt: skip
    named = "" if agent is None else f' "https://www.example.com/?q=a+secret" "{agent}"'
    return f'{who} - mary [{at}] "{method} {target} HTTP/1.1" {status} 5120{named}\n'.encode()


def counted(*lines: bytes, prefix: str = "/") -> dict[str, DayOfUse]:
    counting = Counting(prefix)
    for each in lines:
        request = read_line(each, UTC)
        assert request, each
        counting.add(request)
    return {day.day: day for day in counting.close()}


def test_both_formats_are_read_and_all_else_is_not() -> None:
    combined, common = read_line(line()), read_line(line(agent=None))
    assert combined
    assert common
    assert (combined.who, combined.day, combined.method, combined.target, combined.status) == (
        "192.0.2.7", "2026-11-23", "GET", "/policy/", 200,
    )  # fmt: skip
    assert (combined.agent, common.agent) == (FIREFOX, None)
    named_host = read_line(b"www.example.org:443 2001:db8::1 - - " + line().partition(b"mary ")[2])
    assert named_host
    assert named_host.who == "2001:db8::1"
    for bad in (
        b"",
        b"\n",
        b"hello",
        b"\x00\xff\x1f\x8b",
        line(at="31/Foo/2026:10:00:00 +0000"),
        b"x" * 20_000,
        line(""),
    ):
        assert read_line(bad) is None


def test_a_day_is_that_of_the_sites_own_zone() -> None:
    late = line(at="22/Nov/2026:23:30:00 +0000")
    days = [request and request.day for request in (read_line(late, ZoneInfo(z)) for z in ("UTC", "Europe/Tallinn"))]
    assert days == ["2026-11-22", "2026-11-23"]


@given(st.binary(max_size=300))
def test_no_line_makes_reading_fail(said: bytes) -> None:
    read_line(said)
    read_line(line(agent=said.decode("latin-1")))


def test_no_line_makes_reading_slow() -> None:
    start = time.process_time()
    for bad in (
        b'"' * 16_000,
        b"[" * 16_000,
        line(agent='\\"' * 8_000),
        b"a " * 8_000 + b"[",
        line("/" + "a/" * 8_000),
    ):
        read_line(bad)
        address_of(bad.decode(), "/")
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("address", "use"),
    [
        ("", Use.PAGE), ("policy/", Use.PAGE), ("entries/ee-act/", Use.PAGE), ("digest/", Use.PAGE),
        ("digest/2026-W47/", Use.EDITION), ("digest/2026-11/", Use.EDITION), ("digest/2026-W47.txt", Use.EDITION),
        ("feed.atom", Use.FEED), ("topics/recognition/feed.json", Use.FEED), ("digest/feed.rss", Use.FEED),
        ("countries/ireland/digest.atom", Use.FEED), ("events.ics", Use.FEED), ("digest/monthly.json", Use.FEED),
        ("data/observatory.csv", Use.DOWNLOAD), ("entries/ee-act.bib", Use.DOWNLOAD), ("policy.json", Use.DOWNLOAD),
        ("static/site.css", None), ("pagefind/a.pf_index", None), ("robots.txt", None), ("sitemap.xml", None),
    ],
)  # fmt: skip
def test_an_address_says_what_is_read(address: str, use: Use | None) -> None:
    assert use_of(address) is use


@pytest.mark.parametrize(
    ("target", "prefix", "address"),
    [
        ("/", "/", ""), ("/index.html", "/", ""), ("/policy/index.html", "/", "policy/"), ("/mc/policy/", "/mc/", "policy/"),
        ("/mc", "/mc/", ""), ("/other/", "/mc/", None), ("/search/?q=my+name#x", "/", "search/"), ("/policy%2f", "/", "policy/"),
        ("http://example.org/policy/", "/", "policy/"), ("/<script>", "/", None), ("/../etc/passwd", "/", None),
        ("/a" * 200, "/", None), ("*", "/", None), ("/mary@example.org/", "/", None),
    ],
)  # fmt: skip
def test_only_addresses_of_ours_are_known_and_no_query_is_kept(target: str, prefix: str, address: str | None) -> None:
    assert address_of(target, prefix) == address


def test_people_and_robots_are_counted_apart() -> None:
    day = counted(
        line(), line(), line("/reports/"), line(agent=SAFARI, who="192.0.2.8"),
        line(agent="Mozilla/5.0 (compatible; Googlebot/2.1)"), line(agent="curl/8.5.0"), line(agent="-"),
        line("/robots.txt", who="192.0.2.9"), line(who="192.0.2.9"),  # a browser's name, a robot's manners
        line(method="HEAD"), line(status=301), line("/nowhere/", status=404),
        line("/static/site.css"), line(status=304, agent=SAFARI),
    )["2026-11-23"]  # fmt: skip
    assert day.people == (("policy/", 4), ("reports/", 1))
    assert day.robots == (("policy/", 4),)
    assert (day.visits, day.missed, day.requests) == (3, 1, 14)


def test_a_client_that_reads_more_than_a_person_can_is_a_robot() -> None:
    day = counted(*(line(f"/entries/e-{n}/") for n in range(MOST_PAGES + 1)))["2026-11-23"]
    assert (day.people, day.visits, len(day.robots)) == ((), 0, MOST_PAGES + 1)


def test_readers_of_feeds_are_those_that_ask_and_those_for_whom_services_ask() -> None:
    feedly = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; {} subscribers; like FeedFetcher-Google)"
    day = counted(
        line("/feed.atom", feedly.format(40)), line("/feed.atom", feedly.format(42), who="192.0.2.1"),
        line("/feed.atom", "Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 5 subscribers; )"),
        line("/feed.atom", "NetNewsWire (RSS Reader)"), line("/feed.atom", "NetNewsWire (RSS Reader)"),
        line("/feed.atom", "Googlebot/2.1"),
    )["2026-11-23"]  # fmt: skip
    assert day.feeds == (("feed.atom", 5),)
    assert day.readers == (("feed.atom", 42 + 5 + 1),)
    assert day.people == ()


def test_where_a_log_names_no_browser_it_is_said_that_robots_can_not_be_told() -> None:
    day = counted(line(agent=None), line(agent=None, who="192.0.2.8"))["2026-11-23"]
    assert (day.people, day.untold) == ((("policy/", 2),), 2)


def test_nothing_of_anybody_is_kept() -> None:
    said = repr(
        counted(line("/search/?q=a+secret"), line("/mary@example.org/"), line(), line("/feed.atom", "MaryReader/1"))
    )
    assert not [part for part in ("192.0.2", "Firefox", "secret", "mary", "Mary", "example") if part in said]


def test_a_phones_name_is_no_robots() -> None:
    assert not is_robot(
        "Mozilla/5.0 (Linux; Android 12; CUBOT X50) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
    )
    assert is_robot("")


def test_of_a_day_read_twice_the_reading_counts_that_saw_more() -> None:
    one, other = DayOfUse(day="2026-11-22", requests=5), DayOfUse(day="2026-11-22", requests=9, visits=3)
    third = DayOfUse(day="2026-11-23", requests=1)
    assert whole([one], [other, third]) == whole([other], [one, third]) == (other, third)
