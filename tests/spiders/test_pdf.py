"""A PDF is read in a process of its own: its text by pages, and a hostile one costs itself only."""

from __future__ import annotations

import time
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from observatory.errors import UnreadableError
from observatory.model import Cause, PartialDate, Snapshot
from spiders._crawl_pdf import is_pdf, read
from spiders._documents import DOCUMENT, read_document
from web.services import pdf


def snapshot(
    body: bytes, headers: tuple[tuple[str, str], ...] = (), content_type: str = "text/plain; charset=utf-8"
) -> Snapshot:
    now = datetime(2026, 11, 24, 6, tzinfo=UTC)
    url = "https://reports.example.org/a.pdf"
    return Snapshot("r/1", "s", url, url, now, 200, content_type, body, DOCUMENT, "key", headers=headers)


def test_pages_are_parted_by_form_feeds_and_the_title_page_gives_the_date() -> None:
    document = read(pdf("Micro-credentials in Europe\n12 June 2023", "Recognition\nis hard"))
    (finding,) = read_document(snapshot(document.body, document.headers))
    assert finding.work.text == "Micro-credentials in Europe 12 June 2023\fRecognition is hard"
    assert finding.work.date == PartialDate(2023, 6, 12)
    assert (finding.role, finding.key) == (DOCUMENT, "key")
    assert dict(document.headers)["x-document-pages"] == "2"


def test_two_dates_on_the_title_page_are_none() -> None:
    document = read(pdf("Micro-credentials\nJune 2023\nMay 2022"))
    (finding,) = read_document(snapshot(document.body, document.headers))
    assert finding.work.date is None


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\n" + b"\x00" * 5000,
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] >>\nendobj\ntrailer << /Root 1 0 R >>",
        pdf("cut off")[:300],
        b"%PDF-1.4\n" + b"<<" * 100_000,
    ],
    ids=["zeros", "circle", "cut off", "deep"],
)
def test_a_broken_pdf_is_named_and_quickly(body: bytes) -> None:
    begin = time.monotonic()
    with pytest.raises(UnreadableError) as caught:
        document = read(body)
        list(read_document(snapshot(document.body, document.headers)))
    assert caught.value.cause in (Cause.NOT_PDF, Cause.EMPTY)
    assert time.monotonic() - begin < 20


def test_a_decompression_bomb_costs_no_more_than_its_process_may_have() -> None:
    bomb = zlib.compress(b"0 0 m " * 20_000_000, 9)  # 120 MB of drawing in 120 kB
    head = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(bomb)
    body = pdf("x")
    begin, end = body.index(b"<< /Length"), body.index(b"\nendstream")
    hostile = body[:begin] + head + bomb + body[end:]
    started = time.monotonic()
    with suppress(UnreadableError):
        read(hostile)
    assert time.monotonic() - started < 40


def test_what_is_no_pdf_is_named() -> None:
    assert not is_pdf(b"<html>about %PDF-1.4</html>")
    with pytest.raises(UnreadableError) as caught:
        read(b"<html>login</html>")
    assert caught.value.cause is Cause.NOT_PDF
    with pytest.raises(UnreadableError) as caught:
        list(read_document(snapshot(b"<html>login</html>", content_type="text/html")))
    assert caught.value.cause is Cause.NOT_PDF


def test_a_scan_without_text_is_empty() -> None:
    document = read(pdf(""))
    with pytest.raises(UnreadableError) as caught:
        list(read_document(snapshot(document.body, document.headers)))
    assert caught.value.cause is Cause.EMPTY
