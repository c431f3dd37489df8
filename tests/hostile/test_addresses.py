"""Nobody leads the crawl into a house: by name, by number, by redirect, by a name that changes its answer; and nothing else asks."""

from __future__ import annotations

import ast
import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from observatory import trial, yamltext
from observatory.app import Observatory
from observatory.config import load
from observatory.errors import ObservatoryError
from observatory.probing import probe
from observatory.suggesting import Suggestion, suggest
from observatory.text import safe_url, tidy_url
from observatory.verifying import verify
from spiders._resolver import PublicOnly, is_private_host
from web.server import Host, Web

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


class Rebinding:
    """A reactor whose names lead elsewhere each time they are asked."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers, self.nameResolver = list(answers), self

    def resolveHostName(self, receiver: Any, host: str, port: int = 0, *_more: object) -> object:
        receiver.resolutionBegan(self)
        for address in self.answers.pop(0):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return self


class Found:
    """Collects what a resolution gives."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    def resolutionBegan(self, _resolution: object) -> None:
        pass

    def addressResolved(self, address: Any) -> None:
        self.hosts.append(address.host)

    def resolutionComplete(self) -> None:
        pass


def resolve(resolver: PublicOnly, host: str) -> list[str]:
    found = Found()
    resolver.resolveHostName(found, host, 80)
    return found.hosts


def test_a_name_that_changes_its_answer_is_judged_each_time() -> None:
    refused: set[str] = set()
    reactor = Rebinding(
        ("93.184.215.14",), ("127.0.0.1",), ("169.254.169.254", "93.184.215.14"), ("::ffff:10.0.0.1", "fd00::1")
    )
    resolver = PublicOnly(reactor, frozenset(), refused)
    assert resolve(resolver, "evil.example.org") == ["93.184.215.14"]
    assert refused == set()
    assert resolve(resolver, "evil.example.org") == []
    assert resolve(resolver, "Evil.example.org.") == ["93.184.215.14"]
    assert resolve(resolver, "evil.example.org") == []
    assert refused == {"evil.example.org"}


def test_only_the_host_that_a_curator_wrote_may_be_private() -> None:
    resolver = PublicOnly(Rebinding(("127.0.0.1",), ("127.0.0.1",)), {"intranet"}, set())
    assert resolve(resolver, "intranet") == ["127.0.0.1"]
    assert resolve(resolver, "evil.example.org") == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "data:text/html,x", "gopher://127.0.0.1:25/x", "ftp://x.example.org/", "javascript:alert(1)",
        "http://user:secret@x.example.org/", "http://", "//x.example.org/", "http://[::1", "http://x.example.org:99999/",
        "http://127.0.0.1\\@x.example.org/", "http://x.example.org/\r\nHost: evil", "http://exa mple.org/", "\x00http://x.example.org/",
    ],
)  # fmt: skip
def test_only_plain_web_addresses_may_stand_in_a_link(url: str) -> None:
    assert safe_url(url) is None


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "localhost.", "LOCALHOST", "a.localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fe80::1%25eth0]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "metadata.google.internal", "printer.local", "router",
    ],
)  # fmt: skip
def test_no_form_of_a_private_address_is_asked(host: str) -> None:
    """What isn't refused by its form meets the resolver, which judges the address that the system makes of it."""
    import socket

    url = tidy_url(f"http://{host}/")
    from urllib.parse import urlsplit

    name = (urlsplit(url).hostname or "") if url else ""
    if not name or is_private_host(name):
        return
    found = {str(row[4][0]) for row in socket.getaddrinfo(name, 80)}  # a number in another form: no name is asked for
    assert all(is_private_host(address) for address in found), (host, found)


# ---------------------------------------------------------------- each verb that asks


# Where a page, or a person, may lead the program; `{private}` is a host of the house that answers whoever asks it.
LEADS = {
    "private": "{private}/secret",
    "decimal": "http://{number}:{port}/secret",
    "octal": "http://0177.0.0.{last}:{port}/secret",
    "hexadecimal": "http://{hexadecimal}:{port}/secret",
    "short": "http://127.{last}:{port}/secret",
    "mapped": "http://[::ffff:127.0.0.{last}]:{port}/secret",
    "six": "http://[::1]:{port}/secret",
    "localhost": "http://localhost:{port}/secret",
    "alias": "http://a.localhost:{port}/secret",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "credentials": "http://robot:secret@127.0.0.{last}:{port}/secret",
    "file": "file:///etc/passwd",
    "data": "data:text/html,<title>secret</title>",
    "gopher": "gopher://127.0.0.{last}:{port}/secret",
}


def crawl(obs: Observatory, _open: Host) -> None:
    obs.crawl()


def check_live(obs: Observatory, _open: Host) -> None:
    trial.trials(obs, [source for source in obs.config.sources if source.kind != "library"], lambda _line: None)


def suggest_one(obs: Observatory, gate: Host) -> None:
    for name in LEADS:
        suggest(obs, Suggestion(gate.url(f"/{name}")))


def source_add(obs: Observatory, gate: Host) -> None:
    for name in ("private", "decimal", "mapped", "file"):
        with suppress(ObservatoryError):
            probe(obs, gate.url(f"/{name}"), lambda _line: None)


def verify_all(obs: Observatory, _gate: Host) -> None:
    obs.ingest()
    assert len({look.entry for _turn in range(2) for look in verify(obs, limit=100)}) == len(
        LEADS
    )  # ten a host and turn


VERBS = (crawl, check_live, suggest_one, source_add, verify_all)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_no_verb_is_led_into_the_house(web: Web, tmp_path: Path, verb: Callable[[Observatory, Host], None]) -> None:
    """A host that a curator wrote redirects to all of these; whoever it leads astray is seen by the host in the house."""
    gate, house = web.host("gate"), web.host("house")
    house.put("/secret", "<title>secret of the house</title>")
    place = ip_address(house.address)
    forms = {
        "private": house.url(""),
        "port": web.port,
        "number": int(place),
        "hexadecimal": hex(int(place)),
        "last": place.packed[3],
    }
    leads = {name: lead.format(**forms) for name, lead in LEADS.items()}
    for name, lead in leads.items():
        gate.redirect(f"/{name}", lead)
    rows = [{"id": name, "kind": "feed", "url": gate.url(f"/{name}")} for name in leads]
    records = [
        {"id": f"led-{name}", "kind": "report", "title": f"Led {name}", "url": gate.url(f"/{name}")} for name in leads
    ]
    (tmp_path / "curation/library").mkdir(parents=True)
    (tmp_path / "curation/library/led.yaml").write_text(yamltext.dump(records), "utf-8")
    rows.append({"id": "library", "kind": "library", "path": "curation/library/*.yaml"})
    (tmp_path / "sources.yaml").write_text(json.dumps({"crawl": {"delay": 0.5}, "sources": rows}))
    config = load(tmp_path / "sources.yaml")
    config = replace(config, crawl=replace(config.crawl, delay=0.02))
    with Observatory(config, tmp_path / "output", NOW) as obs:
        verb(obs, gate)
    assert web.asked("gate"), "it asked, and was led"
    assert web.asked("house", rules=True) == []
    held = b"".join(gzip.decompress(path.read_bytes()) for path in tmp_path.rglob("*.warc.gz"))
    assert b"secret of the house" not in held
    assert b"root:x:0" not in held


# Who may open a connection or listen, and for what.
OPENERS = {
    "spiders/_crawl.py": {"scrapy", "twisted", "OpenSSL"},
    "spiders/_resolver.py": {"twisted"},
    "observatory/outbox.py": {"smtplib", "ssl"},
    "observatory/catalogue/lock.py": {"socket"},  # the name of this machine
}
NETWORK = {"socket", "ssl", "smtplib", "ftplib", "poplib", "imaplib", "telnetlib", "xmlrpc", "requests", "httpx", "urllib3", "aiohttp",
           "scrapy", "twisted", "OpenSSL", "websockets", "paramiko"}  # fmt: skip
CALLS = {
    "urlopen",
    "urlretrieve",
    "create_connection",
    "open_connection",
    "HTTPConnection",
    "HTTPSConnection",
    "start_server",
}


def test_nothing_else_can_open_a_connection() -> None:
    strays: list[str] = []
    for path in sorted(p for room in ("observatory", "spiders") for p in (ROOT / room).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            said = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            said += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            roots = {each.partition(".")[0] for each in said} & NETWORK
            strays += [f"{name} imports {root}" for root in roots - OPENERS.get(name, set())]
            strays += [f"{name} imports {each}" for each in said if each.startswith(("urllib.request", "http.client"))]
            called = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            strays += [f"{name} calls {called}"] if called in CALLS else []
    assert not strays
