"""The conductor of health: how each source stands, why, since when, and what would help. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from observatory.model import Cause, Outcome, Source, SourceHealth, Stand
from observatory.model import SourceState as State

if TYPE_CHECKING:
    from observatory.questions import Questions

# A source is called silent when it brought nothing for so many times its usual rhythm, and at least for so long: August is.
SILENT_TIMES = 4
SILENT_LEAST = timedelta(days=30)


# The worst first, as a curator wants to see them.
_ORDER = (
    State.GONE,
    State.ILL,
    State.MOVED,
    State.SILENT,
    State.WAITING,
    State.NEW,
    State.WELL,
    State.BY_HAND,
    State.DISABLED,
)
# What each cause means, and what a curator can do, in a sentence.
ADVICE: dict[Cause, str] = {
    Cause.DNS: "its host has no address: has the site moved? look in a browser",
    Cause.CONNECT: "its host does not answer: wait, or look in a browser whether it moved",
    Cause.TLS: "its certificate is not valid: tell its webmaster; nothing is read until it is mended",
    Cause.TIMEOUT: "it answers too slowly: wait; raise crawl.response_seconds if it stays so",
    Cause.BAD_REQUEST: "it refuses the request: look at the address, and at the options of its kind",
    Cause.FORBIDDEN: "it refuses us (403): ask its webmaster, or use its feed",
    Cause.NOT_FOUND: "nothing stands at its address (404): find the new one, `observatory source add` helps",
    Cause.GONE: "its address is gone for good (410): change or remove it",
    Cause.TOO_MANY: "it asks for fewer requests (429): write a longer `every`",
    Cause.SERVER: "its server fails (5xx): wait",
    Cause.REDIRECT_LOOP: "it redirects in a circle: look at the address in a browser",
    Cause.REFUSED_ADDRESS: "it leads to a private address, which is not followed",
    Cause.CHALLENGE: "it asks whether we are a person: use its feed, or ask its webmaster; we don't get round it",
    Cause.LOGIN: "it wants a login: only what is public can be watched",
    Cause.ROBOTS: "its robots.txt asks us to stay away: respect it, or ask its webmaster",
    Cause.TDM: "its publisher reserves text and data mining",
    Cause.QUOTA: "today's budget is spent: it goes on by itself tomorrow",
    Cause.EMPTY: "it answers with nothing",
    Cause.INCOMPLETE: "its answer breaks off: the next run asks again",
    Cause.TOO_LARGE: "its answer is too large: name a feed or a smaller page",
    Cause.ENCODING: "its text can't be decoded: tell its webmaster",
    Cause.NOT_A_FEED: "no feed stands at its address: the detail may name one",
    Cause.NOT_HTML: "no web page stands at its address",
    Cause.NOT_XML: "no XML stands at its address",
    Cause.NOT_JSON: "no JSON stands at its address",
    Cause.NOT_PDF: "no PDF stands at its address",
    Cause.UNSAFE_XML: "its XML declares entities, which is not read: tell its webmaster",
    Cause.SELECTORS: "its selectors find nothing: the page was redesigned; `observatory source add` proposes new ones",
    Cause.NO_FINDINGS: "it answers and holds no item",
    Cause.BAD_RECORD: "one of its records can't be read",
    Cause.BAD_SOURCE: "its row was written for an older version",
    Cause.KILLED: "the crawl ended before it was done: the next run asks again",
    Cause.UNEXPECTED: "a bug of ours: the log holds the traceback; please report it",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one source stands: `silent_for` counts days without anything new; `advice` says what would help, "" for nothing."""

    source: Source
    health: SourceHealth | None
    stand: Stand
    advice: str
    silent_for: int | None

    @property
    def state(self) -> State:
        return self.stand.state

    @property
    def since(self) -> datetime | None:
        return self.stand.since

    @property
    def due(self) -> datetime | None:
        return self.stand.due

    @property
    def relevant_share(self) -> float | None:
        """The share of all its findings that the rules call relevant."""
        health = self.health
        return health.relevant / health.findings if health and health.findings else None


def standings(observatory: Questions, now: datetime | None = None) -> tuple[Standing, ...]:
    """Say how every source stands at a moment, the worst first."""
    health, now = observatory.store.health(), now or observatory.now
    stands = stands_of(observatory.config.sources, health, now, observatory.config.site.timezone)
    found = []
    for source in observatory.config.sources:
        known, stand = health.get(source.id), stands[source.id]
        silent_for = (now - known.newest).days if known and known.newest else None
        found.append(Standing(source, known, stand, _advice(source, known, stand.state), silent_for))
    return tuple(sorted(found, key=lambda each: (_ORDER.index(each.state), each.source.id)))


def stands_of(
    sources: Iterable[Source], health: Mapping[str, SourceHealth], now: datetime, timezone: str
) -> Mapping[str, Stand]:
    """Say in a word how each source stands, by its id. Pure."""
    from observatory.schedule import due_at
    from spiders._kind import kinds

    made = {}
    for source in sources:
        known, is_local = health.get(source.id), kinds()[source.kind].local
        state = _state(source, known, now, is_local=is_local)
        due = None if is_local or not source.enabled else due_at(source, known, timezone) if known else now
        made[source.id] = Stand(state, _since(known, state), due)
    return made


def silent(sources: Iterable[Source], health: Mapping[str, SourceHealth], now: datetime) -> tuple[str, ...]:
    """Name the sources that are silent at a moment: all that time alone does to how sources stand. Pure."""
    return tuple(each.id for each in sources if (known := health.get(each.id)) and is_silent(known, now))


def _state(source: Source, health: SourceHealth | None, now: datetime, *, is_local: bool) -> State:
    if not source.enabled:
        return State.DISABLED
    if is_local:
        return State.BY_HAND
    if health is None or health.outcome is None:
        return State.NEW
    if health.outcome is Outcome.FAILED:
        return {Cause.GONE: State.GONE, Cause.QUOTA: State.WAITING}.get(health.cause or Cause.UNEXPECTED, State.ILL)
    if health.moved_to and health.moved_to != json.loads(source.row).get("url"):
        return State.MOVED
    return State.SILENT if is_silent(health, now) else State.WELL


def _since(health: SourceHealth | None, state: State) -> datetime | None:
    """Say since when a source stands so: a silent one since its rhythm would have had it speak."""
    if health is None or state in (State.DISABLED, State.BY_HAND, State.NEW):
        return None
    if state is State.SILENT and health.newest and health.rhythm is not None:
        return health.newest + _patience(health.rhythm)
    return health.moved_since if state is State.MOVED else health.since


def _patience(rhythm: float) -> timedelta:
    return max(SILENT_TIMES * timedelta(days=rhythm), SILENT_LEAST)


def is_silent(health: SourceHealth, now: datetime) -> bool:
    """Whether a source brought nothing new for much longer than its own rhythm."""
    if health.rhythm is None or health.newest is None:
        return False
    return now - health.newest > _patience(health.rhythm)


def _advice(source: Source, health: SourceHealth | None, state: State) -> str:
    """Say what would help, with the line of sources.yaml where something is to be written."""
    line = f"sources.yaml, line {source.line}"
    if state is State.MOVED and health:
        return f"moved for good: in {line}, write url: {health.moved_to}"
    if state is State.SILENT and health and health.newest:
        return (
            f"nothing new since {health.newest:%Y-%m-%d}, usually every {health.rhythm:g} days: is the list still the "
            f"right one? `observatory check {source.id} --live`"
        )
    if state in (State.ILL, State.GONE, State.WAITING) and health and health.cause:
        said = ADVICE.get(health.cause, "")
        return f"{said} ({line})" if state is not State.WAITING else said
    return f"`observatory run --only {source.id}` asks it" if state is State.NEW else ""
