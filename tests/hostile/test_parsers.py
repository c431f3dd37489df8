"""Whatever bytes a reader is given, it reads them or says that it can't: made by hypothesis out of what such files are made of."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.parsers import CORPUS, GUIDED, PARSERS
from spiders._kind import kinds

CASES = Path(__file__).parents[1] / "cases"
ANSWERS = {path.parent.name: path.read_bytes() for path in sorted(CASES.glob("*/answer.*"))}

PIECES = st.sampled_from(
    [
        b"<", b">", b"</", b"/>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml version='1.0' encoding='utf-7'?>", b"<!DOCTYPE x [", b"&#0;",
        b"&#xD800;", b"&lol;", b"<rss>", b"<channel>", b"<item>", b"<entry>", b"<title>", b"<link>", b"<guid>", b"<pubDate>", b"<urlset>",
        b"<loc>", b"<OAI-PMH>", b"<record>", b"<header>", b"<resumptionToken>", b"<li><a href=", b"'http://[::1'", b"javascript:", b"<time datetime='",
        b"9999-99-99", b"Tue, 30 Feb 2021", b"BEGIN:VCALENDAR\r\n", b"BEGIN:VEVENT\r\n", b"DTSTART:", b"RRULE:FREQ=SECONDLY\r\n", b"END:VEVENT\r\n",
        b"@article{", b"TY  - JOUR\r\n", b"ER  - \r\n", b"{\"items\": [", b"null", b"- a: ", b"&a *a", b"!!python/object:os.system", b"? ", b": ", b"\"",
        b"User-agent: *\nDisallow: /*a*$", b"WARC/1.1\r\n", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r\n", b"10.1234/", b"*", b"(", b" OR ",
        b"{\"results\": [{", b"{\"message\": {\"items\": [{", b"{\"response\": {\"docs\": [{", b"{\"hits\": {\"hits\": [{", b"\"title\": ",
        b"\"id\": ", b"[[", b"}]}", b"1e999", b"9" * 400, b"\\ud800", b"DURATION:P9999999D\r\n", b"DTSTART:00010101T000000Z\r\n", b"DTEND;TZID=x:",
        b"SUMMARY:a\r\n", b"UID:1\r\n", b"BEGIN:VTIMEZONE\r\n", b"RDATE:99991231\r\n", b"<h2>", b"<p>", b"<script type='application/ld+json'>",
        b"{\"@type\": \"Event\", \"startDate\": ", b"</script>", b"<?xml version='1.0'?>", b"xmlns='http://www.w3.org/2005/Atom'", b"sitemap: http://a/\n",
    ]
)  # fmt: skip
BODIES = st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(body=BODIES, is_zipped=st.booleans())
def test_any_bytes_are_read_or_refused(name: str, body: bytes, is_zipped: bool) -> None:
    PARSERS[name](gzip.compress(body) if is_zipped and name in ("warc", "answer") else body)


def parts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the places of all parts of an answer."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inner:
        yield (*path, step)
        yield from parts(part, (*path, step))


ODD = st.sampled_from([None, True, -1, 10**30, 2.5e300, "", "x", "2026-13-45", "9999-12-31", "0000", "\x00\ud800", [], [None], [[[]]], {}, {"a": 1},
                       "http://[::1", "10.1234/", "x" * 3000, "<", "&#0;", ["a", {"b": []}], {"name": None}, "=", "١٢٣"])  # fmt: skip


@pytest.mark.parametrize("name", [name for name in ANSWERS if ANSWERS[name].lstrip()[:1] in b"{["])
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_real_answer_with_parts_exchanged_is_read_or_refused(name: str, data: st.DataObject) -> None:
    answer = json.loads(ANSWERS[name])
    for place, odd in data.draw(st.lists(st.tuples(st.sampled_from(list(parts(answer))), ODD), min_size=1, max_size=4)):
        try:
            holder = answer
            for step in place[:-1]:
                holder = holder[step]
            holder[place[-1]] = copy.deepcopy(odd)
        except (TypeError, KeyError, IndexError):
            continue  # an earlier exchange took that place away
    PARSERS[name](json.dumps(answer).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", [name for name in ANSWERS if ANSWERS[name].lstrip()[:1] == b"<"])
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), PIECES), min_size=1, max_size=4))
def test_a_real_answer_in_xml_with_pieces_put_in_is_read_or_refused(
    name: str, cuts: list[tuple[float, int, bytes]]
) -> None:
    body = ANSWERS[name]
    for where, length, piece in cuts:
        at = int(where * len(body))
        body = body[:at] + piece + body[at + length :]
    PARSERS[name](body)


def test_every_source_kind_is_among_the_readers() -> None:
    assert set(kinds()) <= set(PARSERS)
    assert len(ANSWERS) >= 12


# What fuzzing found, and was mended: (reader, bytes).
FOUND = [
    ("yaml", b"- i0\n- i0\n ..."),  # a text that ends in "..." lost it when it stood last
    ("calendar", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:a\r\nDTSTART;TZID=" + b"a" * 300 + b":20261201T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),  # a zone's name is looked for among files
    ("looked-at", b"<ul><li><id=x=y><a href=/1>A first title</a></id=x=y> <id=x=y>20 Nov 2026</id=x=y><li><a href=/2>Second title</a> <id=x=y>3 May 2025</id=x=y></ul>"),  # no selector can say these names
    ("words", "e\x01\u0301 \u0618\x00\u064b".encode()),  # a mark behind a control letter joined its letter only when cleaned twice
    ("words", "Ǽ æ ǿ".encode()),  # a letter with a mark was folded half
    ("record", b"null"),
    ("warc", gzip.compress(b"", mtime=0)),  # an empty member ended the reading of the whole archive
]  # fmt: skip


@pytest.mark.parametrize(("name", "body"), FOUND)
def test_what_fuzzing_found_stays_mended(name: str, body: bytes) -> None:
    PARSERS[name](body)


@pytest.mark.parametrize("name", GUIDED)
def test_what_fuzzing_begins_with_is_read(name: str) -> None:
    held = sorted((CORPUS / name).iterdir())
    assert held
    for path in held:
        PARSERS[name](path.read_bytes())


def test_the_corpus_stays_small() -> None:
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) <= 60_000
