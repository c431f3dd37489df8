"""Keys and passwords are used and told nowhere: after a full run with mail, errors and a backup every byte is searched for them."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import socket
import ssl
import subprocess
import tarfile
import zipfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from commands import command
from observatory.outbox import Server
from web.server import Seen, Web

ROOT = Path(__file__).parents[2]
KEY, PASSWORD = "k3y-Of+OpenAlex/4711", "p4ssw0rd-of-the-robot"
SENT = b64encode(f"\0robot\0{PASSWORD}".encode()).decode()  # as it goes over the line
RECORD = (
    "- {id: new, kind: report, title: Quality of micro-credentials, date: 2026-11-10, url: 'https://enqa.eu/new'}\n"
)
NEWS = (
    "<rss version='2.0'><channel><title>News</title><item><title>Micro-credentials in Ireland</title>"
    "<link>{base}/one</link><pubDate>Tue, 10 Nov 2026 09:00:00 GMT</pubDate></item></channel></rss>"
)


def small(said: str) -> str:
    """Write the codes of an address in small letters."""
    return re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), said)


FORMS = [
    form
    for said in (KEY, PASSWORD)
    for form in (said, quote(said, safe=""), quote(said), small(quote(said, safe="")), said.replace("/", "\\/"), b64encode(said.encode()).decode(), SENT)
]  # fmt: skip


async def echo(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """A service that repeats the address that was asked for, key and all, in a header and in its answer."""
    key = unquote(parse_qs(urlsplit(seen.path).query).get("api_key", [""])[0])
    forms = [seen.path, key, small(quote(key, safe="")), quote(key)]
    body = json.dumps({"meta": {"count": 0, "asked": forms}, "results": []}).encode()
    body = body.replace(b"}", b', "slashes": "' + key.replace("/", "\\/").encode() + b'"}', 1)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Asked: {seen.path}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)


@contextmanager
def refusing(folder: Path) -> Iterator[dict[str, str]]:
    """A mail server that takes no password and repeats it in its answer; gives the settings that lead to it."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))

    def repeat(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        assert data == LoginPassword(b"robot", PASSWORD.encode()), "the password was used"
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 no such login: robot {PASSWORD} ({SENT})")

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(
        object(), hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, authenticator=repeat
    )
    controller.start()
    try:
        yield {"PORT": str(port), "SECURITY": "starttls", "CA": str(folder / "ca.pem")}
    finally:
        controller.stop()


def observatory(folder: Path, *words: str, mail: Mapping[str, str] = MappingProxyType({"PORT": "1"})) -> str:
    """Run a command as an operator would, telling all; gives what it says on both streams."""
    server = {"HOST": "127.0.0.1", "USER": "robot", "PASSWORD": PASSWORD, **mail}
    environment = {
        **os.environ,
        "OPENALEX_API_KEY": KEY,
        **{f"OBSERVATORY_SMTP_{key}": said for key, said in server.items()},
    }
    asked = command("--config", folder / "sources.yaml", "-vv", *words)
    done = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, list[str]]:
    folder = tmp_path_factory.mktemp("secrets")
    with Web() as web:
        service, broken = web.host("service"), web.host("broken")
        for path in ("/works", "/"):
            service.raw(path, echo)
        broken.fail(500)
        web.host("news").put("/feed/", NEWS, "application/rss+xml")
        rows = [
            {"id": "news", "kind": "feed", "url": web.host("news").url("/feed/")},
            {"id": "openalex", "kind": "openalex", "url": service.url("/works")},
            {"id": "broken", "kind": "openalex", "url": broken.url("/works")},
            {"id": "library", "kind": "library", "path": "curation/library/*.yaml"},
        ]
        (folder / "curation/library").mkdir(parents=True)
        (folder / "curation/library/new.yaml").write_text(RECORD)
        site = {"title": "Observatory", "url": "https://observatory.example.org/", "contact": "a@example.org"}
        lists = [
            {
                "id": "all",
                "query": "*",
                "rhythm": "weekly",
                "to": "a@example.org",
                "subscribe_url": "https://example.org/all",
            }
        ]
        (folder / "sources.yaml").write_text(json.dumps({"site": site, "digest": {"lists": lists}, "sources": rows}))
        told = [
            observatory(folder, "--now", "2026-11-17T06:00:00Z", "run", "--only", "news"),
            observatory(folder, "--now", "2026-11-23T07:00:00Z", "run"),
            observatory(folder, "--now", "2026-11-23T08:00:00Z", "digest", "weekly", "--send"),
            _sent_to_who_refuses(folder),
            observatory(folder, "backup", str(folder / "backup.tar.gz")),
            observatory(folder, "source", "list"),
            observatory(folder, "source", "health", "--json"),
            observatory(folder, "--log-format", "json", "run", "--only", "openalex"),
            observatory(folder, "stats", "--json"),
            observatory(folder, "export", str(folder / "handed-over")),
            observatory(folder, "export", "--release", "--to", str(folder / "release")),
        ]
        asked = [seen.path for seen in web.asked("service")]
    return folder, "\n".join(told), asked


def _sent_to_who_refuses(folder: Path) -> str:
    with refusing(folder) as mail:
        return observatory(folder, "--now", "2026-11-23T09:00:00Z", "digest", "weekly", "--send", mail=mail)


def every_byte(folder: Path) -> dict[str, bytes]:
    """All that stands on the disk, and what is packed in it."""
    found = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path, body in list(found.items()):
        if path.endswith(".tar.gz"):
            with tarfile.open(path) as tar:
                for member in tar:
                    held = tar.extractfile(member)
                    found[f"{path}!{member.name}"] = held.read() if held else b""
        elif path.endswith(".zip"):
            with zipfile.ZipFile(path) as packed:
                found |= {f"{path}!{name}": packed.read(name) for name in packed.namelist()}
        elif body[:2] == b"\x1f\x8b":
            found[f"{path}!"] = gzip.decompress(body)
    for path, body in list(found.items()):
        if "!" in path and body[:2] == b"\x1f\x8b":
            found[f"{path}!"] = gzip.decompress(body)
    return found


def test_the_key_was_used(said: tuple[Path, str, list[str]]) -> None:
    assert any("api_key=" in path for path in said[2]), said[1][-2000:]
    folder = said[0]
    for place in (
        "backup.tar.gz",
        "handed-over/manifest.json",
        "output/desk",
        "output/site/index.html",
        "output/archive",
    ):
        assert (folder / place).exists(), f"{place} is among what is searched"
    assert list((folder / "release").glob("*.zip"))
    assert "535 5.7.8 no such login: robot PASSWORD (PASSWORD)" in said[1], "the mail server's answer is among it"
    assert '"level": "DEBUG"' in said[1], "JSON logs are among what is searched"


def test_no_secret_is_told_or_kept(said: tuple[Path, str, list[str]]) -> None:
    folder, told, _asked = said
    held = every_byte(folder)
    assert any(b"WARC/1.1" in body and b"KEY" in body for body in held.values()), (
        "the service repeated it, and it was taken out"
    )
    assert not [form for form in FORMS if form in told]
    assert not [(path, form) for path, body in held.items() for form in FORMS if form.encode() in body]


def test_a_mail_server_that_repeats_the_password_tells_it_to_nobody(tmp_path: Path) -> None:
    server = Server("127.0.0.1", 1, "tls", "robot", PASSWORD, "a@example.org")
    sent = b64encode(f"\0robot\0{PASSWORD}".encode()).decode()
    answer = f"535 no such login: robot {PASSWORD} ({b64encode(PASSWORD.encode()).decode()}, {sent})"
    assert server.without_password(answer) == "535 no such login: robot PASSWORD (PASSWORD, PASSWORD)"


def test_credentials_in_an_address_are_refused_and_not_repeated(tmp_path: Path) -> None:
    with Web() as web:
        host = web.host("led")
        host.redirect("/works", f"http://robot:{PASSWORD}@127.0.0.1:{web.port}/works")
        rows = [{"id": "led", "kind": "openalex", "url": host.url("/works")}]
        (tmp_path / "sources.yaml").write_text(json.dumps({"sources": rows}))
        told = observatory(tmp_path, "run")
    assert "refused-address" in told
    assert not [form for form in FORMS if form in told]
    assert not [path for path, body in every_byte(tmp_path).items() if PASSWORD.encode() in body]
