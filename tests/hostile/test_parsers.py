"""Whatever bytes a reader is given, it reads them or says that it can't: made by hypothesis out of what such files are made of."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.parsers import GUIDED, PARSERS

PIECES = st.sampled_from(
    [
        b"<", b">", b"</", b"/>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml version='1.0' encoding='utf-7'?>", b"<!DOCTYPE x [", b"&#0;",
        b"&#xD800;", b"&lol;", b"<rss>", b"<channel>", b"<item>", b"<entry>", b"<title>", b"<link>", b"<guid>", b"<pubDate>", b"<urlset>",
        b"<loc>", b"<OAI-PMH>", b"<record>", b"<header>", b"<resumptionToken>", b"<li><a href=", b"'http://[::1'", b"javascript:", b"<time datetime='",
        b"9999-99-99", b"Tue, 30 Feb 2021", b"BEGIN:VCALENDAR\r\n", b"BEGIN:VEVENT\r\n", b"DTSTART:", b"RRULE:FREQ=SECONDLY\r\n", b"END:VEVENT\r\n",
        b"@article{", b"TY  - JOUR\r\n", b"ER  - \r\n", b"{\"items\": [", b"null", b"- a: ", b"&a *a", b"!!python/object:os.system", b"? ", b": ", b"\"",
        b"User-agent: *\nDisallow: /*a*$", b"WARC/1.1\r\n", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r\n", b"10.1234/", b"*", b"(", b" OR ",
    ]
)  # fmt: skip
BODIES = st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(body=BODIES, is_zipped=st.booleans())
def test_any_bytes_are_read_or_refused(name: str, body: bytes, is_zipped: bool) -> None:
    PARSERS[name](gzip.compress(body) if is_zipped and name in ("warc", "answer") else body)


# What fuzzing found, and was mended: (reader, bytes).
FOUND = [
    ("yaml", b"- i0\n- i0\n ..."),  # a text that ends in "..." lost it when it stood last
    ("warc", gzip.compress(b"")),  # an empty member ended the reading of the whole archive
]


@pytest.mark.parametrize(("name", "body"), FOUND)
def test_what_fuzzing_found_stays_mended(name: str, body: bytes) -> None:
    PARSERS[name](body)


@pytest.mark.parametrize("name", GUIDED)
def test_what_fuzzing_begins_with_is_read(name: str) -> None:
    for body in GUIDED[name]:
        PARSERS[name](body)
