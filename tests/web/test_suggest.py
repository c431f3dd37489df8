"""What readers suggest: fetched, read, waiting, the same after a rebuild; and nobody's name is kept anywhere."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from observatory.app import Observatory
from observatory.errors import UsageError
from observatory.model import Status
from observatory.suggesting import Suggestion, from_mail, suggest
from tests import waiting
from tests.web.services import pdf
from web.server import Web

MAIL = """From: Mary Jones <mary.jones@example.org>
Subject: Suggestion
Content-Type: text/plain; charset=utf-8

Seen on http://elsewhere.example/
Title: A report on micro-credentials
Address: {url}
Who made it:
Why it belongs here: My colleague Mary Jones worked on it,
and it has the only figures there are. Ask mary.jones@example.org.

--
Mary Jones, 12 Long Street
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources.yaml").write_text("crawl: {delay: 0.5}\nsources: []\n")
    return tmp_path


def test_a_suggestion_waits_whatever_the_rules_think_and_names_nobody(web: Web, folder: Path) -> None:
    host = web.host("pages")
    host.put("/new", "<title>Minutes of a garden club</title><main><p>On roses, at some length.</p></main>")
    host.redirect("/old", host.url("/new"))
    with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
        done = suggest(obs, Suggestion(host.url("/old"), "Mary Jones <mary.jones@example.org>"))
        assert done.entry is not None
        assert (done.entry.status, done.entry.work.title) == (Status.PENDING, "Minutes of a garden club")
        assert done.token in done.entry.provenances[0].key
        assert suggest(obs, Suggestion(host.url("/new"), "mary.jones@example.org")).known
        assert len(obs.queue().waiting) == 1
        before = obs.entry(done.entry.id)
        obs.rebuild()
        assert obs.entry(done.entry.id) == before
    for path in folder.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            body += gzip.decompress(body) if path.suffix == ".gz" else b""
            assert b"mary jones" not in body.lower(), path
            assert b"mary.jones" not in body.lower(), path


def test_a_mail_is_read_and_a_strangers_private_address_refused(web: Web, folder: Path) -> None:
    said = from_mail(MAIL.format(url="https://www.example.org/report.").encode())
    assert (said.url, said.asker) == ("https://www.example.org/report", "Mary Jones <mary.jones@example.org>")
    assert from_mail(b"see https://a.example/x, please").url == "https://a.example/x"
    with pytest.raises(UsageError, match="names no web address"):
        from_mail(b"\xff\xfe nothing")
    with (
        Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs,
        pytest.raises(UsageError, match="private address"),
    ):
        suggest(obs, from_mail(MAIL.format(url=web.host("pages").url("/x")).encode()))
    note = "Why it belongs here: My colleague … worked on it, and it has the only figures there are. Ask …."
    assert (said.title, said.note) == ("A report on micro-credentials", note)


def test_what_can_not_be_fetched_waits_with_its_cause_and_the_words_of_who_asked(web: Web, folder: Path) -> None:
    host, other = web.host("pages"), web.host("other")
    other.put("/secret", "<title>Within the house</title><main><p>On micro-credentials.</p></main>")
    host.redirect("/away", other.url("/secret"))
    mail = replace(from_mail(MAIL.format(url=host.url("/report")).encode()), is_typed=True)
    with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
        missing = suggest(obs, mail)
        assert (missing.entry.status, missing.entry.work.title) == (Status.PENDING, "A report on micro-credentials")
        assert missing.entry.id == "2026-a-report-on-micro-credentials" or missing.entry.id.endswith(
            "micro-credentials"
        )
        away = suggest(obs, Suggestion(host.url("/away")))
        assert "refused-address" in away.trouble
        assert web.asked("other", rules=True) == []
        said = {case.entry.id: case.because for case in obs.queue().waiting}
        assert "could not be read (404" in said[missing.entry.id]
        assert "the only figures there are" in said[missing.entry.id]
        assert "refused-address" in said[away.entry.id]
        obs.rebuild()
        assert {case.entry.id: case.because for case in obs.queue().waiting} == said
        obs.publish()
        assert "only figures" not in "".join(p.read_text() for p in obs.site_folder.rglob("*.html"))
        host.put("/report", "<title>The report</title><main><p>On micro-credentials, at length.</p></main>")
        again = suggest(obs, mail)
        assert (again.entry.id, again.known, again.trouble) == (missing.entry.id, False, "")
        assert again.entry.work.title == "The report"
        (case,) = [case for case in obs.queue().waiting if case.entry.id == again.entry.id]
        assert "could not be read" not in case.because
        assert "the only figures there are" in case.because


def test_a_pdf_is_read_and_waits(web: Web, folder: Path) -> None:
    host = web.host("pages")
    host.put("/report.pdf", pdf("Stackable microcredentials", "The quokka clause"), "application/pdf")
    host.put("/broken.pdf", b"%PDF-1.7 broken on purpose", "application/pdf")
    with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
        read = suggest(obs, Suggestion(host.url("/report.pdf")))
        broken = suggest(obs, Suggestion(host.url("/broken.pdf"), title="A report"))
        assert (read.trouble, read.entry.status) == ("", Status.PENDING)
        assert "Stackable microcredentials" in read.entry.work.title
        assert "quokka" in (read.entry.work.text or "")
        assert (broken.entry.work.title, broken.entry.status) == ("A report", Status.PENDING)
        assert broken.trouble
