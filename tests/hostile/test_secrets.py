"""Keys and passwords are used and told nowhere: after a full run with mail, errors and a backup every byte is searched for them."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from web.server import Seen, Web

ROOT = Path(__file__).parents[2]
KEY, PASSWORD = "k3y-Of+OpenAlex/4711", "p4ssw0rd-of-the-robot"
FORMS = [
    form
    for said in (KEY, PASSWORD)
    for form in (said, said.replace("+", "%2B").replace("/", "%2F"), said.replace("+", "%2B"))
]


async def echo(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """A service that repeats the address that was asked for, key and all, in a header and in its answer."""
    body = json.dumps({"meta": {"count": 0, "asked": seen.path}, "results": []}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Asked: {seen.path}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)


def observatory(folder: Path, *words: str) -> str:
    """Run a command as an operator would, telling all; gives what it says on both streams."""
    environment = {**os.environ, "OPENALEX_API_KEY": KEY, "OBSERVATORY_SMTP_HOST": "127.0.0.1", "OBSERVATORY_SMTP_PORT": "1",
                   "OBSERVATORY_SMTP_USER": "robot", "OBSERVATORY_SMTP_PASSWORD": PASSWORD}  # fmt: skip
    command = [sys.executable, "-m", "observatory", "--config", str(folder / "sources.yaml"), "-vv", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, list[str]]:
    folder = tmp_path_factory.mktemp("secrets")
    with Web() as web:
        service, broken = web.host("service"), web.host("broken")
        for path in ("/works", "/"):
            service.raw(path, echo)
        broken.fail(500)
        rows = [
            {"id": "openalex", "kind": "openalex", "url": service.url("/works")},
            {"id": "broken", "kind": "openalex", "url": broken.url("/works")},
        ]
        (folder / "curation").mkdir()
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
            observatory(folder, "run"),
            observatory(folder, "digest", "weekly", "--send"),
            observatory(folder, "backup", str(folder / "backup.tar.gz")),
            observatory(folder, "source", "list"),
        ]
        asked = [seen.path for seen in web.asked("service")]
    return folder, "\n".join(told), asked


def every_byte(folder: Path) -> dict[str, bytes]:
    """All that stands on the disk, and what is packed in it."""
    found = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path, body in list(found.items()):
        if path.endswith(".tar.gz"):
            with tarfile.open(path) as tar:
                for member in tar:
                    held = tar.extractfile(member)
                    found[f"{path}!{member.name}"] = held.read() if held else b""
        elif body[:2] == b"\x1f\x8b":
            found[f"{path}!"] = gzip.decompress(body)
    for path, body in list(found.items()):
        if "!" in path and body[:2] == b"\x1f\x8b":
            found[f"{path}!"] = gzip.decompress(body)
    return found


def test_the_key_was_used(said: tuple[Path, str, list[str]]) -> None:
    assert any("api_key=" in path for path in said[2]), said[1][-2000:]
    assert (said[0] / "backup.tar.gz").is_file()


def test_no_secret_is_told_or_kept(said: tuple[Path, str, list[str]]) -> None:
    folder, told, _asked = said
    held = every_byte(folder)
    assert any(b"WARC/1.1" in body and b"KEY" in body for body in held.values()), (
        "the service repeated it, and it was taken out"
    )
    assert not [form for form in FORMS if form in told]
    assert not [(path, form) for path, body in held.items() for form in FORMS if form.encode() in body]
