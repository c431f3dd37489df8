"""The crawl: Scrapy's downloader under our order of asking. The only file that knows Scrapy; it runs in a process of its own.

Each source is harvested by one coroutine (`_harvest.py`) that asks one thing at a time through `_polite.py`; Scrapy keeps one
request a host at a time, the delay between two and AutoThrottle, and bounds time and size of each answer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import scrapy
import scrapy.core.downloader.handlers.http11  # else at the first request, when all is waiting for it
from OpenSSL import SSL
from scrapy import exceptions
from scrapy.crawler import AsyncCrawlerProcess
from twisted.internet import error as tx
from twisted.web.client import ResponseFailed

from observatory import text
from observatory.forgotten import NOTHING, Forgotten
from observatory.model import Cause, CrawlSettings, Finding, Job, Request, Source
from spiders._harvest import Harvest, Tools
from spiders._kind import Kind, Listener, Options, Sink, kind_of
from spiders._links import look_after
from spiders._polite import Asker, Failed, Manner, Raw, key_of, origin_of
from spiders._resolver import is_private_host

log = logging.getLogger(__name__)

AT_ONCE = 32  # sources harvested side by side; one host still gets one request at a time
MOST_ROBOTS = 1_000_000  # bytes of robots.txt or tdmrep.json that are fetched


@dataclass(frozen=True, slots=True)
class Order:
    """What a crawl is told: sources with the options of their kinds, and how to behave."""

    jobs: Sequence[tuple[Job, Options]]
    settings: CrawlSettings
    now: datetime
    links: Sequence[str] = ()  # addresses that are only looked at
    hosts: frozenset[str] = frozenset()  # private ones on which these may lie
    forgotten: Forgotten = NOTHING  # is never asked


def crawl(
    order: Order,
    wanted: Callable[[Finding], bool],
    sink: Sink,
    listener: Listener,
    is_stopped: Callable[[], bool],
) -> None:
    """Harvest all jobs and return when each has ended. Can be called once in a process (a reactor can't start again).

    What can't be written to the sink ends the crawl with the sink's error.
    """
    refused: set[str] = set()
    process = AsyncCrawlerProcess(_settings(order, refused))
    for noisy in ("scrapy", "twisted", "asyncio"):  # each visit's outcome stands in the archive, with its cause
        logging.getLogger(noisy).setLevel(logging.ERROR)
    process.crawl(
        _Spider, order=order, wanted=wanted, sink=sink, listener=listener, is_stopped=is_stopped, refused=refused
    )
    crawler = next(iter(process.crawlers))
    process.start(install_signal_handlers=False)
    if isinstance(crawler.spider, _Spider) and crawler.spider.broken:
        raise crawler.spider.broken


def _settings(order: Order, refused: set[str]) -> dict[str, Any]:
    """Scrapy's settings: its downloader and slots, none of its middlewares (what they do, `_polite.py` does with causes)."""
    settings = order.settings
    return {
        "TWISTED_DNS_RESOLVER": "spiders._resolver.PublicOnly",
        "ALLOWED_PRIVATE_HOSTS": sorted(
            order.hosts.union(*(private_hosts(job.source, options) for job, options in order.jobs))
        ),
        "REFUSED_HOSTS": refused,
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {"scrapy.extensions.throttle.AutoThrottle": 0},
        "DOWNLOAD_HANDLERS": dict.fromkeys(("data", "file", "ftp", "s3")),
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "CONCURRENT_REQUESTS": AT_ONCE,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": settings.delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_TIMEOUT": settings.response_seconds,
        "DOWNLOAD_MAXSIZE": settings.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": settings.delay,
        "AUTOTHROTTLE_MAX_DELAY": 60,
        "REACTOR_THREADPOOL_MAXSIZE": AT_ONCE,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "LOG_VERSIONS": [],
        "MEMUSAGE_ENABLED": False,
    }


def private_hosts(source: Source, options: Options) -> frozenset[str]:
    """Name the private hosts that a source is itself on, by the addresses that a curator wrote in its row."""
    said = [getattr(options, name) for name in type(options).model_fields]
    words = [word for value in said for word in (value if isinstance(value, list | tuple) else (value,))]
    addresses = [str(word) for word in (*words, source.homepage) if word]
    hosts = {(urlsplit(each).hostname or "").rstrip(".") for each in addresses if "://" in each}
    return frozenset(host for host in hosts if host and is_private_host(host))


def _services(options: Options) -> list[str]:
    """Give the addresses of the services that a source asks: its own first, then the one that completes its records."""
    said = (getattr(options, name, None) for name in ("url", "crossref"))
    return [str(url) for url in said if url]


class _Spider(scrapy.Spider):
    """Holds a crawl together: one coroutine a source, so many at once; `broken` is the error that ended it early."""

    name = "observatory"
    broken: BaseException | None = None

    async def start(self) -> AsyncIterator[Any]:
        order: Order = self.order  # type: ignore[attr-defined]
        deadline = time.monotonic() + order.settings.max_seconds
        asker = Asker(self._download, order.settings, order.now, is_private_host, self._slow_down)
        tools = Tools(
            asker,
            self.wanted,  # type: ignore[attr-defined]
            self.sink,  # type: ignore[attr-defined]
            order.settings,
            order.now,
            lambda: self.broken is not None or self.is_stopped() or time.monotonic() > deadline,  # type: ignore[attr-defined]
            order.forgotten,
            self.listener.found,  # type: ignore[attr-defined]
        )
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._harvest(job, options, tools, gate) for job, options in order.jobs))
        if order.links:
            await self._look_after(order, tools)
        for_scrapys_queue: tuple[scrapy.Request, ...] = ()  # all is asked through the downloader
        for request in for_scrapys_queue:
            yield request

    async def _harvest(self, job: Job, options: Options, tools: Tools, gate: asyncio.Semaphore) -> None:
        kind = kind_of(job.source.kind)
        key = kind.key_of(options) or kind.key
        own = [origin_of(url) for url in _services(options)] if kind.api else []
        manner = Manner(
            kind.accept, kind.api, key, private_hosts(job.source, options), frozenset(own), own[0] if own else ""
        )
        job = replace(job, memory=replace(job.memory, has_key=bool(key and key_of(key))))
        async with gate:
            if self.broken:
                return
            try:
                self._set_delay(job, options, kind)
                self.listener.ended(await Harvest(job, kind, options, manner, tools).run())  # type: ignore[attr-defined]
            except BaseException as error:  # the archive can't be written, or a bug: the others stop; crawl() raises it
                self.broken = self.broken or error

    async def _look_after(self, order: Order, tools: Tools) -> None:
        try:
            end = await look_after(order.links, tools.asker, order.hosts, tools.sink, order.now, tools.is_over)
            self.listener.ended(end)  # type: ignore[attr-defined]
        except BaseException as error:  # as above
            self.broken = self.broken or error

    # ------------------------------------------------------------ politeness that Scrapy's slots keep

    def _set_delay(self, job: Job, options: Options, kind: Kind[Options]) -> None:
        """Give the host of a source its kind's delay; a service's own terms count instead of the configured delay."""
        own = getattr(options, "delay", None)
        if kind.delay is None and own is None:
            return
        least = own if own is not None else kind.delay or 0.0
        addresses = [*_services(options)[:1], *(request.url for request in kind.start(options, job.memory))]
        for url in addresses:
            delay = least if kind.api else max(least, self.order.settings.delay)  # type: ignore[attr-defined]
            self._slots()[_host(url)] = {"concurrency": 1, "delay": delay, "jitter": 0}

    def _slow_down(self, origin: str, delay: float) -> None:
        self._slots()[_host(origin)] = {"concurrency": 1, "delay": delay, "jitter": 0}

    def _slots(self) -> dict[str, dict[str, Any]]:
        slots: dict[str, dict[str, Any]] = self.crawler.engine.downloader.per_slot_settings
        return slots

    # ------------------------------------------------------------ one request

    async def _download(self, url: str, request: Request, headers: Mapping[str, str], *, aside: bool) -> Raw:
        settings: CrawlSettings = self.order.settings  # type: ignore[attr-defined]
        meta: dict[str, Any] = {"download_slot": _host(url)}
        if aside:  # asked once, before anything else of its host: no turn to wait for, no pace to learn
            meta = {
                "download_slot": f"{_host(url)} aside",
                "autothrottle_dont_adjust_delay": True,
                "download_maxsize": MOST_ROBOTS,
            }
            self._slots().setdefault(f"{_host(url)} aside", {"concurrency": 1, "delay": 0, "jitter": 0})
        # Without Scrapy's middlewares nothing else hands the setting on, and its own ten seconds would count.
        meta["download_timeout"] = settings.response_seconds
        asked = scrapy.Request(
            url,
            method="GET" if aside else request.method,
            body=b"" if aside else request.body,
            headers=dict(headers),
            meta=meta,
        )
        try:
            response = await self.crawler.engine.download_async(asked)
        except Exception as error:
            raise self._failed(error, url, settings) from error
        said = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        return Raw(response.status, said, response.body)

    def _failed(self, error: Exception, url: str, settings: CrawlSettings) -> Failed:
        """Name the cause of a failed download, by the types of its errors."""
        host = text.clean(_host(url), 80)
        match error:
            case exceptions.CannotResolveHostError() if _host(url) in self.refused:  # type: ignore[attr-defined]
                return Failed(Cause.REFUSED_ADDRESS, f"{host} leads to a private address")
            case exceptions.CannotResolveHostError():
                return Failed(Cause.DNS, f"no address for {host}")
            case exceptions.DownloadTimeoutError():
                return Failed(Cause.TIMEOUT, f"no whole answer within {settings.response_seconds:g} s")
            case exceptions.DownloadConnectionRefusedError():
                return Failed(Cause.CONNECT, f"{host} refuses the connection")
            case exceptions.DownloadCancelledError():
                return Failed(Cause.TOO_LARGE, f"more than {settings.max_bytes // 1_000_000} MB")
            case exceptions.ResponseDataLossError():
                return Failed(Cause.INCOMPLETE, "the answer ends early")
        below = _below(error)
        if any(isinstance(each, SSL.Error) for each in below):
            return Failed(
                Cause.TLS, f"no secure connection to {host}: its certificate can't be trusted, or no cipher is shared"
            )
        if any(isinstance(each, tx.ConnectError) for each in below):
            return Failed(Cause.CONNECT, f"can't connect to {host}")
        return Failed(
            Cause.INCOMPLETE if below else Cause.CONNECT, f"{host} ends the connection without a whole answer"
        )


def _below(error: BaseException) -> list[BaseException]:
    """List an error and all that it was made of."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or each in found:
            continue
        found.append(each)
        waiting.append(each.__cause__)
        if isinstance(each, ResponseFailed):
            waiting += [reason.value for reason in each.reasons]
    return found


def _host(url: str) -> str:
    parts = urlsplit(url)
    return (parts.hostname or "").rstrip(".")
