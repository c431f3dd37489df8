"""Nobody leads the crawl into a house: by name, by number, by redirect, by a name that changes its answer; and nothing else asks."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from observatory.text import safe_url, tidy_url
from spiders._resolver import PublicOnly, is_private_host

ROOT = Path(__file__).parents[2]


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
