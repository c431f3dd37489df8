"""What stands in place of content is recognised, what is content is not mistaken, and no private address is public."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatory.errors import UnreadableError
from observatory.model import Cause, PartialDate
from spiders import _pages
from spiders._answers import inflate, recognise
from spiders._polite import retry_after
from spiders._resolver import is_private_host, is_public
from spiders._robots import is_reserved, reserved_of, robots_of

PROSE = "The council met and agreed on what short courses are worth. " * 60
ASKED = "https://a.example.org/news/item/"


def _cause(body: str, status: int = 200, final: str = ASKED, **headers: str) -> Cause | None:
    found = recognise(status, headers, "text/html", body.encode(), ASKED, final)
    return found[0] if found else None


@pytest.mark.parametrize(
    "body",
    [
        f"<html><title>How to log in to a credential wallet</title><body><h1>Log in</h1><form><input type=password></form><p>{PROSE}</p></body></html>",
        f"<html><title>404 reasons to study</title><body><h1>404 reasons to study</h1><p>{PROSE}</p></body></html>",
        f"<html><title>Bots and g-recaptcha in enrolment</title><body><script>g-recaptcha</script><p>{PROSE}</p></body></html>",
        "<html><title>Short but real</title><body><main><p>One line of news.</p></main></body></html>",
        "<html><title>Just a moment of reflection, said the minister</title><body><p>" + PROSE + "</p></body></html>",
    ],
)
def test_an_article_stays_an_article(body: str) -> None:
    assert _cause(body) is None


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (
            {"body": "<html><title>x</title><body>a</body></html>", "final": "https://a.example.org/user/login?to=x"},
            Cause.LOGIN,
        ),
        (
            {"body": "<html><title>Home</title><body>" + PROSE + "</body></html>", "final": "https://a.example.org/"},
            Cause.NOT_FOUND,
        ),
        ({"body": "<html><title>x</title><body></body></html>"}, Cause.EMPTY),
        ({"body": "<html><title>Página no encontrada</title><body>Lo sentimos</body></html>"}, Cause.NOT_FOUND),
        ({"body": "<html><title>x</title><body>x</body></html>", "cf-mitigated": "challenge"}, Cause.CHALLENGE),
        ({"body": "", "status": 200}, Cause.EMPTY),
        ({"body": "no", "status": 451}, Cause.FORBIDDEN),
        ({"body": "no", "status": 502}, Cause.SERVER),
    ],
)
def test_what_is_no_content_is_named(said: dict[str, object], cause: Cause) -> None:
    assert _cause(**said) is cause  # type: ignore[arg-type]


@given(st.binary(max_size=2000))
def test_compression_is_undone(body: bytes) -> None:
    assert inflate(gzip.compress(body), "gzip", 10_000) == body
    assert inflate(zlib.compress(body), "deflate", 10_000) == body
    assert inflate(body, "identity", 10_000) == body


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "gzip, gzip", "x"]))
def test_lying_compression_is_unreadable_and_nothing_worse(body: bytes, encoding: str) -> None:
    try:
        inflate(body, encoding, 1000)
    except UnreadableError as error:
        assert error.cause in (Cause.ENCODING, Cause.INCOMPLETE, Cause.TOO_LARGE)  # noqa: PT017


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1", "ff02::1", "198.18.0.1", "not an address",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "localhost", "LOCALHOST.", "intranet", "db.internal", "printer.local"]
)
def test_hosts_that_can_only_be_private(host: str) -> None:
    assert is_private_host(host)
    assert not is_private_host("www.enqa.eu")


def test_robots_txt_follows_rfc_9309() -> None:
    agent = "MicrocredentialObservatory"
    assert robots_of(404, b"", agent) == (None, "")
    assert robots_of(503, b"", agent)[1]
    rules, _ = robots_of(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /private\nAllow: /private/open$", agent)
    assert rules is not None
    assert not rules.can_fetch("https://a.example.org/private/x", agent)


def test_tdmrep_reserves_what_its_first_match_says() -> None:
    said = b'[{"location": "/open/*", "tdm-reservation": 0}, {"location": "/*.pdf$", "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 1}]'
    reserved = reserved_of(200, said)
    assert [is_reserved(reserved, f"https://a.example.org{path}") for path in ("/open/x", "/x.pdf", "/x")] == [
        False,
        True,
        True,
    ]
    for broken in (b"", b"{}", b"[1]", b"[" * 100_000, b"null"):
        assert not is_reserved(reserved_of(200, broken), "https://a.example.org/")


def test_retry_after_is_read_in_seconds_or_as_a_date() -> None:
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert retry_after("120", now) == 120
    assert retry_after("Mon, 23 Nov 2026 06:01:00 GMT", now) == 60
    assert retry_after("Mon, 23 Nov 2020 06:01:00 GMT", now) == 0
    assert retry_after("soon", now) is None


@pytest.mark.parametrize(
    ("said", "order", "day"),
    [
        ("20 July 2026", "dmy", "2026-07-20"),
        ("Publication 03 August 2026", "dmy", "2026-08-03"),
        ("01 APR 2022", "dmy", "2022-04-01"),
        ("20.11.2019 - 3 min. Read", "dmy", "2019-11-20"),
        ("03/12/2024", "dmy", "2024-12-03"),
        ("03/12/2024", "mdy", "2024-03-12"),
        ("March 14, 2023", "dmy", "2023-03-14"),
        ("October 2022", "dmy", "2022-10"),
        ("2023-12-14", "dmy", "2023-12-14"),
        ("31 February 2022", "dmy", None),
        ("1 May 2022 and 2 May 2022", "dmy", None),
        ("© 1995-2026", "dmy", None),
        ("in 2022", "dmy", None),
    ],
)
def test_a_printed_date_is_read_or_left(said: str, order: str, day: str | None) -> None:
    assert _pages.date_in(said, order) == (PartialDate.parse(day) if day else None)
