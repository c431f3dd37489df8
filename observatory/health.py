"""The conductor of health: how each source stands, why, since when, and what would help. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from observatory.model import Cause, Outcome, Source, SourceHealth

if TYPE_CHECKING:
    from observatory.questions import Questions

# A source is called silent when it brought nothing for so many times its usual rhythm, and at least for so long: August is.
SILENT_TIMES = 4
SILENT_LEAST = timedelta(days=30)


class State(StrEnum):
    """How a source stands, in one word: the closed list of the health page."""

    WELL = "well"
    ILL = "ill"  # its last harvest failed
    SILENT = "silent"  # it answers, and brings nothing new for longer than its rhythm
    MOVED = "moved"  # it answers at another address, for good
    GONE = "gone"  # 410: not asked any more
    WAITING = "waiting"  # a service's budget for today is spent
    NEW = "never asked"
    DISABLED = "disabled"
    BY_HAND = "by hand"  # a curator's own files


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
    """How one source stands. `silent_for`: days without anything new; `due`: when it is asked next by itself (None: never)."""

    source: Source
    health: SourceHealth | None
    state: State
    due: datetime | None
    advice: str
    silent_for: int | None

    @property
    def relevant_share(self) -> float | None:
        """The share of all its findings that the rules call relevant."""
        health = self.health
        return health.relevant / health.findings if health and health.findings else None


def standings(observatory: Questions) -> tuple[Standing, ...]:
    """Say how every source stands, the worst first."""
    from spiders._kind import kinds

    due = {source.id: at for source, _health, at in observatory.due()}
    health, now = observatory.store.health(), observatory.now
    found = []
    for source in observatory.config.sources:
        known = health.get(source.id)
        state = _state(source, known, now, is_local=kinds()[source.kind].local)
        silent_for = (now - known.newest).days if known and known.newest else None
        found.append(Standing(source, known, state, due.get(source.id), _advice(source, known, state), silent_for))
    return tuple(sorted(found, key=lambda each: (_ORDER.index(each.state), each.source.id)))


def _state(source: Source, health: SourceHealth | None, now: datetime, *, is_local: bool) -> State:
    if not source.enabled:
        return State.DISABLED
    if is_local:
        return State.BY_HAND
    if health is None or health.outcome is None:
        return State.NEW
    if health.outcome is Outcome.FAILED:
        return {Cause.GONE: State.GONE, Cause.QUOTA: State.WAITING}.get(health.cause or Cause.UNEXPECTED, State.ILL)
    if health.moved_to:
        return State.MOVED
    return State.SILENT if is_silent(health, now) else State.WELL


def is_silent(health: SourceHealth, now: datetime) -> bool:
    """Whether a source brought nothing new for much longer than its own rhythm."""
    if health.rhythm is None or health.newest is None:
        return False
    return now - health.newest > max(SILENT_TIMES * timedelta(days=health.rhythm), SILENT_LEAST)


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
