"""How the site is used: requests → counts a day, without anything about who asked. Pure.

Clients are told apart within a day only, in memory, by a number that no other run can repeat; what is given back are counts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote

from observatory.accesslog import Request
from observatory.model import DayOfUse

MOST_PAGES = 300  # a day that one client reads; no person reads more, so it is counted as a robot
# Words by which robots, libraries of programs and watchers name themselves (RFC 9110, 10.1.5 asks them to).
_ROBOT = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|archiv|scrap|fetch|curl|wget|libwww|python|java/|ruby|perl|php|go-http|okhttp|axios|"
    r"node|httpclient|http_|headless|phantom|lighthouse|monitor|uptime|pingdom|check|scan|validator|preview|facebookexternalhit|"
    r"whatsapp|telegram|embedly|dataprovider|zgrab|masscan|nmap|feed|rss|reader|ia_archiver|gptbot|anthropic|claude|chatgpt|ccbot|"
    r"bytespider|ai2|semrush|ahrefs",
    re.IGNORECASE,
)
_TOLD = re.compile(r"(\d{1,7}) (?:subscriber|reader)s?", re.IGNORECASE)  # how services tell for how many they ask
# Machines that read feeds for nobody in particular.
_SEARCHER = re.compile(r"googlebot|bingbot|gptbot|ccbot|claude|semrush|ahrefs|crawl|spider|yandex|baidu|petal", re.I)
_ADDRESS = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]*/)*(?:[A-Za-z0-9][A-Za-z0-9._-]*)?")
LONGEST = 200  # letters of an address of ours
_NOT_READ = ("static/", "pagefind/")
_NOT_READ_FILES = frozenset({"robots.txt", "sitemap.xml", "opensearch.xml", "favicon.ico", "404.html"})
_FEED = re.compile(
    r"(?:^|/)(?:feed|digest|weekly|monthly|stages|moves|steps)\.(?:atom|json|rss)$|\.(?:atom|rss|ics|opml)$"
)
_EDITION = re.compile(r"digest/\d{4}-(?:W\d\d|\d\d)(?:/|\.|$)")
_COUNTED = frozenset({200, 304})  # 206 is a piece of a download that is counted already


class Use(StrEnum):
    """What sort of thing was read."""

    PAGE = "page"
    EDITION = "edition"
    FEED = "feed"
    DOWNLOAD = "download"


def use_of(address: str) -> Use | None:
    """Say what stands at an address of the site; None for what only belongs to a page, or what search engines read."""
    if address.startswith(_NOT_READ) or address in _NOT_READ_FILES:
        return None
    if _FEED.search(address):
        return Use.FEED
    if _EDITION.match(address):
        return Use.EDITION
    return Use.PAGE if address.endswith("/") or not address else Use.DOWNLOAD


def address_of(target: str, prefix: str) -> str | None:
    """Give the address within the site of what was asked for, without its query; None when it is none of ours."""
    path = unquote(target.partition("?")[0].partition("#")[0])
    if path.startswith(("http://", "https://")):  # the form in which proxies ask
        path = "/" + path.split("/", 3)[3] if path.count("/") > 2 else "/"
    if not path.startswith(prefix):
        return "" if path + "/" == prefix else None
    address = path[len(prefix) :]
    if address.endswith("index.html"):
        address = address.removesuffix("index.html")
    return address if len(address) <= LONGEST and _ADDRESS.fullmatch(address) else None


@dataclass(slots=True)
class _Client:
    """One address and browser on one day."""

    is_robot: bool
    is_told: bool  # whether the log says what it calls itself
    read: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Day:
    clients: dict[int, _Client] = field(default_factory=dict)
    feeds: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    told: dict[tuple[str, str], int] = field(default_factory=dict)
    feed_reads: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    requests: int = 0


class Counting:
    """Counts requests day by day. `prefix` is the path under which the site stands, with a slash at both ends."""

    def __init__(self, prefix: str = "/") -> None:
        self._prefix = prefix
        self._days: dict[str, _Day] = defaultdict(_Day)

    def add(self, request: Request) -> None:
        """Count one request."""
        day = self._days[request.day]
        day.requests += 1
        if request.method != "GET":
            return
        address = address_of(request.target, self._prefix)
        agent = request.agent
        who = hash((request.who, agent))  # of this process only: Python's hashes of texts differ from run to run
        if address == "robots.txt":
            self._client(day, who, agent).is_robot = True
        if address is None or (use := use_of(address)) is None:
            return
        if request.status not in _COUNTED:
            day.missed += request.status == 404
        elif use is Use.FEED:
            self._feed(day, address, who, agent or "")
        else:
            self._client(day, who, agent).read[address] += 1

    def _client(self, day: _Day, who: int, agent: str | None) -> _Client:
        if who not in day.clients:
            day.clients[who] = _Client(agent is not None and is_robot(agent), agent not in (None, ""))
        return day.clients[who]

    def _feed(self, day: _Day, address: str, who: int, agent: str) -> None:
        """A feed is asked for by programs: those of readers, services that ask for many, and search engines (not counted)."""
        if _SEARCHER.search(agent):
            return
        day.feed_reads[address] += 1
        if told := _TOLD.search(agent):
            service = (address, agent.split("/")[0].split(" ")[0][:40])
            day.told[service] = max(day.told.get(service, 0), int(told[1]))
        else:
            day.feeds[address].add(who)

    def close(self, before: str = "9999") -> Iterator[DayOfUse]:
        """Give the days before this one, and forget all about who asked in them."""
        for name in sorted(day for day in self._days if day < before):
            yield _counted(name, self._days.pop(name))


def is_robot(agent: str) -> bool:
    """Whether a client calls itself something that no person's browser does; one that calls itself nothing is a robot too."""
    return agent.strip() in ("", "-") or bool(_ROBOT.search(agent))


def _counted(name: str, day: _Day) -> DayOfUse:
    people: Counter[str] = Counter()
    robots: Counter[str] = Counter()
    visits = 0
    for client in day.clients.values():
        if client.is_robot or client.read.total() > MOST_PAGES:
            robots.update(client.read)
        elif client.read:
            people.update(client.read)
            visits += 1
    readers = Counter({address: len(clients) for address, clients in day.feeds.items()})
    for (address, _service), number in day.told.items():
        readers[address] += number
    return DayOfUse(
        day=name,
        requests=day.requests,
        visits=visits,
        missed=day.missed,
        untold=sum(not client.is_told for client in day.clients.values() if not client.is_robot),
        people=_sorted(people),
        robots=_sorted(robots),
        feeds=_sorted(day.feed_reads),
        readers=_sorted(readers),
    )


def _sorted(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((name, number) for name, number in counts.items() if number))


def whole(kept: Iterable[DayOfUse], read: Iterable[DayOfUse]) -> tuple[DayOfUse, ...]:
    """Choose of each day the reading that saw more of it: a log may begin or end within a day, and be read twice."""
    found: dict[str, DayOfUse] = {}
    for day in (*kept, *read):
        if day.day not in found or day.requests > found[day.day].requests:
            found[day.day] = day
    return tuple(found[name] for name in sorted(found))
