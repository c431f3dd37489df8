"""A small web on loopback, for tests: many hosts, each an address of its own, with pages that can be changed, and ill ones.

    with Web() as web:
        enqa = web.host("enqa")                     # http://127.0.0.2:PORT
        enqa.put("/feed/", body, "application/rss+xml")
        enqa.url("/feed/")                          # the address for sources.yaml
        web.asked("enqa")                           # what was asked for: paths, headers, moments

Every page has an ETag and a Last-Modified and is answered with 304 when nothing changed. `put` again changes a page, `fail`
gives a host another status, `raw` takes a coroutine that writes what it likes on the wire. A host answers robots.txt with 404
unless one is put there. The fixture `web` of tests/conftest.py gives a fresh one. As long as a web is open, the crawls of this
process are forked (tests/commands.py).
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import commands

Raw = Callable[["Seen", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Seen:
    """A request that arrived. `at` counts seconds on a monotonic clock; `status` is what was answered (0 for raw ones)."""

    host: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    until: float = 0.0
    status: int = 0


@dataclass
class Page:
    """What stands at a path."""

    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    has_validators: bool = True
    seconds: float = 0.0  # before the answer
    is_zipped: bool = False

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


class Host:
    """One host of the web: its paths and what stands there."""

    def __init__(self, name: str, address: str, port: int) -> None:
        self.name, self.address, self.port = name, address, port
        self.pages: dict[str, Page | Raw] = {}
        self.status: int | None = None  # given, every path answers it

    def url(self, path: str = "/") -> str:
        """Give the address of a path."""
        return f"http://{self.address}:{self.port}{path}"

    def put(self, path: str, body: str | bytes, content_type: str = "text/html; charset=utf-8", **more: object) -> None:
        """Let something stand at a path; `{base}` in text is the host's own address without a last slash."""
        if isinstance(body, str):
            body = body.replace("{base}", self.url("")).encode()
        self.pages[path] = Page(body, content_type, **more)  # type: ignore[arg-type]

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        """Let a path lead elsewhere."""
        self.put(path, b"", status=status, headers={"Location": to})

    def raw(self, path: str, answer: Raw) -> None:
        """Let a coroutine answer a path."""
        self.pages[path] = answer

    def fail(self, status: int | None) -> None:
        """Let every path answer a status; None makes the host well again."""
        self.status = status


class Web:
    """The web; `port` is one for all hosts. Addresses are 127.0.0.2, 127.0.0.3 …, so Linux only, as the CI is."""

    def __init__(self) -> None:
        self.hosts: dict[str, Host] = {}
        self.seen: list[Seen] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []
        self._python = sys.executable

    def __enter__(self) -> Self:
        self._thread.start()
        self._python, sys.executable = sys.executable, commands.crawling()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        sys.executable = self._python
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # transports close in the loop's next turns

    def host(self, name: str) -> Host:
        """Give a host by name; a new one gets the next address."""
        if name not in self.hosts:
            number = len(self.hosts) + 2
            address = f"127.0.{number // 250}.{number % 250}"
            self._listen(name, address)
            self.hosts[name] = Host(name, address, self.port)
        return self.hosts[name]

    def _listen(self, name: str, address: str) -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._serve(name, reader, writer)

        starting = asyncio.start_server(answer, address, self.port)
        server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self.port = server.sockets[0].getsockname()[1]
        self._servers.append(server)

    def asked(self, name: str | None = None, *, rules: bool = False) -> list[Seen]:
        """List what was asked for, of one host or all; robots.txt and tdmrep.json only with `rules`."""
        aside = ("/robots.txt", "/.well-known/tdmrep.json")
        return [s for s in self.seen if name in (None, s.host) and (rules or s.path not in aside)]

    def forget(self) -> None:
        """Forget what was asked for until now."""
        self.seen.clear()

    # ------------------------------------------------------------ on the wire

    async def _serve(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(self.hosts[name], reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _one(self, host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _version = head[0].split(" ", 2)
        pairs = (line.split(":", 1) for line in head[1:] if ":" in line)
        headers = {key.strip().lower(): value.strip() for key, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        seen = Seen(host.name, method, path, headers, body, time.monotonic())
        place = host.pages.get(path) or host.pages.get(path.split("?")[0])
        if host.status is None and place is not None and not isinstance(place, Page):
            self.seen.append(seen)
            await place(seen, writer)
            await writer.drain()
            return False
        status, extra, said = _answer(host, place, headers)
        if isinstance(place, Page) and place.seconds:
            await asyncio.sleep(place.seconds)
        lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(said)}", *(f"{k}: {v}" for k, v in extra.items())]
        writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + said)
        await writer.drain()
        self.seen.append(Seen(host.name, method, path, headers, body, seen.at, time.monotonic(), status))
        return True


def _answer(host: Host, page: Page | Raw | None, asked: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    if host.status is not None:
        return host.status, {"Content-Type": "text/html"}, b"<title>ill</title><p>This host is ill.</p>"
    if not isinstance(page, Page):
        return 404, {"Content-Type": "text/html"}, b"<title>404</title><p>Nothing stands here.</p>"
    headers = {"Content-Type": page.content_type, **page.headers}
    if page.has_validators and page.status == 200:
        headers |= {"ETag": page.etag, "Last-Modified": "Mon, 23 Nov 2026 06:00:00 GMT"}
        if asked.get("if-none-match") == page.etag:
            return 304, headers, b""
    body = page.body
    if page.is_zipped:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body)
    return page.status, headers, body
