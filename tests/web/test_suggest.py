"""What readers suggest: fetched, read, waiting, the same after a rebuild; and nobody's name is kept anywhere."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from observatory.app import Observatory
from observatory.errors import UsageError
from observatory.model import Status
from observatory.suggesting import Suggestion, from_mail, suggest
from tests import waiting
from web.server import Web

MAIL = """From: Mary Jones <mary.jones@example.org>
Subject: Suggestion
Content-Type: text/plain; charset=utf-8

Seen on http://elsewhere.example/
Title: A report
Address: {url}
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
    with Observatory.open(folder / "sources.yaml", now=waiting.NOW) as obs:
        with pytest.raises(UsageError, match="private address"):
            suggest(obs, from_mail(MAIL.format(url=web.host("pages").url("/x")).encode()))
        missing = suggest(obs, Suggestion(web.host("pages").url("/nothing")))
        assert missing.entry is None
        assert "404" in missing.trouble
