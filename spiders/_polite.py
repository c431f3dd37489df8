"""How one request is asked for: what the host allows, redirects, two tries, bounds. Knows no Scrapy: `download` is a value.

Robots.txt and TDM reservations are asked for once a host and crawl. Every hop of a redirect meets the same checks.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urljoin, urlsplit, urlunsplit

from observatory import text
from observatory.errors import UnreadableError
from observatory.model import Cause, CrawlSettings, Request
from spiders._answers import inflate
from spiders._kind import Key
from spiders._robots import HostRules, Reserved, is_reserved, reserved_of, robots_of

T = TypeVar("T")

TRIES = 2
PATIENCE = 30.0  # seconds that a Retry-After may ask for; who asks for more is asked again in the next run
_TRANSIENT = frozenset({Cause.DNS, Cause.CONNECT, Cause.TIMEOUT, Cause.INCOMPLETE})
_MOVED = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Raw:
    """What came over the wire for one request; header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request led to. `moved_to` is set when it was moved for good; `is_reserved` by the host's tdmrep.json."""

    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved_to: str | None = None
    is_reserved: bool = False


class Failed(Exception):
    """A visit that brought nothing: its cause, in words, and how long the host asks to be left alone."""

    def __init__(self, cause: Cause, detail: str = "", status: int | None = None, wait: float | None = None) -> None:
        self.cause, self.detail, self.status, self.wait = cause, detail, status, wait
        super().__init__(detail or cause.value)


class Download(Protocol):
    """One request over the wire, waiting for the host's turn unless `aside` (robots.txt). Raises `Failed`."""

    def __call__(self, url: str, request: Request, headers: Mapping[str, str], *, aside: bool) -> Awaitable[Raw]: ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How one source may ask: what of its kind matters here, and the private hosts that it is itself on.

    `services` are the origins whose interface is used as documented (`is_api`: no robots.txt), `key_origin` the only one that
    is sent the key; a page or a document that lies elsewhere is asked for as from any host.
    """

    accept: str = ""
    is_api: bool = False
    key: Key | None = None
    private_hosts: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    key_origin: str = ""


class Asker:
    """Asks politely for all sources of a crawl; what hosts allow is remembered for its length."""

    def __init__(
        self,
        download: Download,
        settings: CrawlSettings,
        now: datetime,
        is_private: Callable[[str], bool],
        slow_down: Callable[[str, float], None],
    ) -> None:
        self._download, self._settings, self._now = download, settings, now
        self._is_private, self._slow_down = is_private, slow_down
        self._rules: dict[str, asyncio.Future[HostRules]] = {}
        self._reserved: dict[str, asyncio.Future[Reserved]] = {}

    async def ask(self, request: Request, manner: Manner, conditions: Mapping[str, str]) -> Answer:
        """Ask for a request; `conditions` are the headers that make it conditional. Raises `Failed`."""
        for attempt in range(1, TRIES + 1):
            try:
                return await self._follow(request, manner, conditions)
            except Failed as failed:
                is_transient = failed.cause in _TRANSIENT or failed.wait is not None or failed.status in (502, 503, 504)
                wait = failed.wait if failed.wait is not None else self._settings.delay
                if attempt == TRIES or not is_transient or wait > PATIENCE:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError("every try returns or raises")

    async def _follow(self, request: Request, manner: Manner, conditions: Mapping[str, str]) -> Answer:
        asked, url, for_good, moved_to = request, request.url, True, None
        seen = {url}
        while True:
            await self._allowed(url, manner)
            if asked.key and await self._is_reserved(url, manner):
                raise Failed(Cause.TDM, "the publisher reserves text and data mining (tdmrep.json)")
            raw = await self._one(url, asked, manner, conditions)
            location = raw.headers.get("location", "").strip()
            if raw.status not in _MOVED or not location:
                has_content = 200 <= raw.status < 300
                is_reserved = has_content and await self._is_reserved(url, manner)
                return _without(manner.key, self._answer(raw, url, moved_to, is_reserved))
            url = _target(url, location, manner.key)
            for_good = for_good and raw.status in _FOR_GOOD
            moved_to = url if for_good else moved_to
            if url in seen or len(seen) > self._settings.max_redirects:
                raise Failed(Cause.REDIRECT_LOOP, f"redirected {len(seen)} times, last to {text.clean(url, 120)}")
            seen.add(url)
            if raw.status not in (307, 308) and asked.method != "HEAD":
                asked = replace(asked, method="GET", body=b"")

    def _answer(self, raw: Raw, url: str, moved_to: str | None, is_reserved: bool) -> Answer:
        if raw.status == 429 or (raw.status == 503 and raw.headers.get("retry-after")):
            cause = Cause.TOO_MANY if raw.status == 429 else Cause.SERVER
            wait = retry_after(raw.headers.get("retry-after", ""), self._now)
            raise Failed(cause, f"answers {raw.status}", raw.status, wait)
        try:
            body = inflate(raw.body, raw.headers.get("content-encoding", ""), self._settings.max_decompressed)
        except UnreadableError as error:
            raise Failed(error.cause, str(error), raw.status) from error
        if raw.status in (502, 503, 504):
            raise Failed(Cause.SERVER, f"answers {raw.status}", raw.status)
        return Answer(url, raw.status, raw.headers, body, moved_to, is_reserved)

    async def _one(self, url: str, request: Request, manner: Manner, conditions: Mapping[str, str]) -> Raw:
        headers = {
            "User-Agent": self._settings.user_agent,
            "Accept": manner.accept or "*/*",
            "Accept-Language": "en, *;q=0.5",
            "Accept-Encoding": "gzip, deflate",
            **conditions,
        }
        is_own = origin_of(url) == origin_of(request.url)
        headers |= {name: value for name, value in request.headers if is_own}
        if manner.key and is_own and manner.key_origin in ("", origin_of(url)) and (secret := key_of(manner.key)):
            url, headers = _with_key(url, headers, manner.key, secret)
        raw = await self._download(url, request, headers, aside=False)
        if wait := retry_after(
            raw.headers.get("backoff", ""), self._now
        ):  # Zotero: answered, but pause before the next
            await asyncio.sleep(min(wait, PATIENCE))
        return raw

    # ------------------------------------------------------------ what a host allows

    async def _allowed(self, url: str, manner: Manner) -> None:
        host = (urlsplit(url).hostname or "").rstrip(".")
        if self._is_private(host) and host not in manner.private_hosts:
            raise Failed(Cause.REFUSED_ADDRESS, f"{text.clean(host, 80)} is a private address")
        if _is_service(url, manner):
            return
        rules = await _once(self._rules, origin_of(url), self._read_rules)
        if rules.refused:
            raise Failed(Cause.SERVER, rules.refused)
        if not rules.allows(url):
            raise Failed(Cause.ROBOTS, "robots.txt asks not to visit this address")

    async def _read_rules(self, origin: str) -> HostRules:
        agent = re.split(r"[/ ]", self._settings.user_agent)[0] or "*"
        robots, refused = robots_of(*await self._aside(f"{origin}/robots.txt"), agent)
        rules = HostRules(robots, agent, refused)
        if rules.delay > self._settings.delay:
            self._slow_down(origin, rules.delay)
        return rules

    async def _is_reserved(self, url: str, manner: Manner) -> bool:
        """Whether the host's tdmrep.json reserves an address; asked only when there is something to keep or to fetch."""
        if _is_service(url, manner):
            return False
        return is_reserved(await _once(self._reserved, origin_of(url), self._read_reserved), url)

    async def _read_reserved(self, origin: str) -> Reserved:
        return reserved_of(*await self._aside(f"{origin}/.well-known/tdmrep.json"))

    async def _aside(self, url: str) -> tuple[int | None, bytes]:
        """Ask for a small file that says what is allowed; redirects are followed (RFC 9309, 2.3.1.2) within its host."""
        request, headers = Request(url), {"User-Agent": self._settings.user_agent, "Accept-Encoding": "gzip, deflate"}
        for _hop in range(self._settings.max_redirects):
            raw = await self._download(url, request, headers, aside=True)
            if raw.status not in _MOVED:
                try:
                    return raw.status, inflate(raw.body, raw.headers.get("content-encoding", ""), 1_000_000)
                except UnreadableError:
                    return 404, b""
            url = urljoin(url, raw.headers.get("location", ""))
            if not _same_site(url, request.url):
                return 404, b""
        return 404, b""


def _is_service(url: str, manner: Manner) -> bool:
    """Whether an address is one of a service whose interface is used as documented."""
    return manner.is_api and (not manner.services or origin_of(url) in manner.services)


async def _once(known: dict[str, asyncio.Future[T]], origin: str, read: Callable[[str], Awaitable[T]]) -> T:
    """Read something of a host once; who asks meanwhile waits for it, and who comes after a failure tries anew."""
    if origin not in known:
        known[origin] = asyncio.get_running_loop().create_future()
        try:
            known[origin].set_result(await read(origin))
        except Failed as failed:
            future = known.pop(origin)
            future.set_exception(failed)
            future.exception()  # that nobody waits for it is no mistake
            raise
    return await known[origin]


def key_of(key: Key) -> str:
    """Give the key of a service from the environment, its padding cut; "" when there is none."""
    return os.environ.get(key.env, "").strip()


def _without(key: Key | None, answer: Answer) -> Answer:
    """Take a key out of an answer: some services repeat the address that was asked, and answers are kept for ever."""
    secret = key_of(key) if key else ""
    if not secret:
        return answer
    body, headers = answer.body, dict(answer.headers)
    quoted = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    small = {re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), form) for form in quoted}
    escaped = {form.replace("/", "\\/") for form in quoted}  # as some write slashes in JSON
    for form in sorted(quoted | small | escaped, key=len, reverse=True):
        body = body.replace(form.encode(), b"KEY")
        headers = {name: value.replace(form, "KEY") for name, value in headers.items()}
    return replace(answer, body=body, headers=headers)


def retry_after(said: str, now: datetime) -> float | None:
    """Read Retry-After, in seconds or as a date; None when it says nothing."""
    if re.fullmatch(r"\s*\d{1,9}(\.\d+)?\s*", said):
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _with_key(url: str, headers: dict[str, str], key: Key, secret: str) -> tuple[str, dict[str, str]]:
    if key.header:
        return url, {**headers, key.header: key.prefix + secret}
    joint = "&" if urlsplit(url).query else "?"
    return f"{url}{joint}{quote(key.parameter)}={quote(secret)}", headers


def _target(url: str, location: str, key: Key | None) -> str:
    """Say where a redirect leads, a key that a server echoes cut out of it."""
    try:
        target = text.safe_url(urljoin(url, quote(location, safe="%/:=&?~#+!$,;'@()*[]")))
    except ValueError:
        target = None
    if target is None:
        shown = text.clean(
            re.sub(r"//[^/@]{1,500}@", "//…@", location[: text.MOST_ADDRESS]), 120
        )  # no password is repeated
        raise Failed(Cause.REFUSED_ADDRESS, f"redirected to {shown}, which is no web address")
    parts = urlsplit(target)._replace(fragment="")
    if key and key.parameter and f"{key.parameter}=" in parts.query:
        kept = [(name, value) for name, value in parse_qsl(parts.query) if name != key.parameter]
        parts = parts._replace(query=urlencode(kept))
    return urlunsplit(parts)


def origin_of(url: str) -> str:
    """Give scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _same_site(one: str, other: str) -> bool:
    return text.host_of(one) == text.host_of(other) != ""
