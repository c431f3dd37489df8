"""Is a work about the subject? Terms by place, position and frequency, against false friends and course adverts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from observatory.judge.lexicon import Hit, words
from observatory.judge.reading import Reading, Zone
from observatory.model import EntryKind, Reason, Relevance, Source, Work

# What a term adds by where it stands. A term in the title decides alone; one in the lead does unless it is said in passing.
TITLE, LEAD, ADDRESS = 4.0, 3.0, 1.0
NEAR_TITLE, NEAR_LEAD = 3.0, 2.2
PASSING = 1.0
ON_TOPIC = 1.5  # a source that is all on the subject, as its curator says
FRIEND = -4.0
MUCH = 2  # what words of another meaning must weigh, and once more for each word of learning, to outweigh a core term
ADVERT, MOST_ADVERT = -2.2, 9.0
SURE, UNSURE = 2.0, 1.0  # from here on relevant; from here on a curator decides
_BY_REGISTRATION = (EntryKind.EVENT, EntryKind.CALL)
OFTEN = 3  # mentions in the text from which it is about them …
DENSE = 3.0  # … if there are so many in a thousand words


def judge(reading: Reading, work: Work, source: Source) -> tuple[float, tuple[Reason, ...]]:
    """Add up what speaks for and against; the reasons sum to the score."""
    reasons = [*_for(reading, work)]
    if reasons and source.on_topic:
        reasons.append(Reason("relevance", f"all of {source.name} is on the subject", ON_TOPIC))
    if reasons:
        reasons += _against(reading)
    elif source.on_topic:
        reasons.append(Reason("relevance", f"all of {source.name} is on the subject", SURE))
    return round(sum(reason.weight for reason in reasons), 2), tuple(reasons)


def relevance_of(score: float) -> Relevance:
    """Say what a score means; the band between goes to a curator."""
    return Relevance.YES if score >= SURE else Relevance.UNSURE if score >= UNSURE else Relevance.NO


# ---------------------------------------------------------------- for


def _for(reading: Reading, work: Work) -> Iterator[Reason]:
    core = {zone.name: max(zone.of("core"), key=lambda h: h.cue.weight, default=None) for zone in reading.all}
    if hit := core["title"]:
        yield Reason("relevance", reading.title.said(hit), TITLE * hit.cue.weight)
    if hit := core["lead"]:
        passing = not core["title"] and _is_passing(work.summary or "", reading.lead, "core")
        said = reading.lead.said(hit) + (", in passing" if passing else "")
        yield Reason("relevance", said, PASSING if passing else LEAD * hit.cue.weight)
    if hit := core["url"]:
        yield Reason("relevance", reading.url.said(hit), ADDRESS)
    if core["body"]:
        yield from _often(reading.body)
    if not core["title"]:
        yield from _near(reading, work.summary or "")


def _often(body: Zone) -> Iterator[Reason]:
    """Weigh the text by frequency: one mention in a long text is a passing one."""
    starts = {hit.start for hit in body.of("core")}
    density = 1000 * len(starts) / max(200, len(body.words))
    if len(starts) >= OFTEN and density >= DENSE:
        yield Reason("relevance", f"named {len(starts)} times in the text", 2.0)
    elif len(starts) >= OFTEN or density >= DENSE:
        yield Reason("relevance", f"named {len(starts)} times in the text", 1.0)
    else:
        yield Reason("relevance", "named in passing in the text", 0.3)


def _near(reading: Reading, lead: str) -> Iterator[Reason]:
    """Count a near synonym where words of learning stand beside it."""
    companions = sum(1 for _ in reading.of("companion", reading.title, reading.lead, reading.publisher))
    for zone, weight in ((reading.title, NEAR_TITLE), (reading.lead, NEAR_LEAD)):
        hit = max(zone.of("near"), key=lambda h: h.cue.weight, default=None)
        if hit and (companions or (zone is reading.title and hit.cue.weight >= 1)):
            passing = zone is reading.lead and _is_passing(lead, zone, "near")
            said = (
                f"near synonym {zone.said(hit)}"
                + (", of learning" if companions else "")
                + (", in passing" if passing else "")
            )
            weak = bool(reading.body.words) and hit.cue.weight < 1 and not any(reading.body.of("core"))
            yield Reason("relevance", said, PASSING if passing or weak else round(weight * hit.cue.weight, 2))


def _is_passing(lead: str, zone: Zone, about: str) -> bool:
    """Whether a lead names the term as one thing among others only: once, late, in an enumeration."""
    starts = {hit.start for hit in zone.of(about)}
    if len(starts) != 1 or (at := min(starts)) < len(zone.words) * 0.3:
        return False
    parts, here = _segments(lead, at)
    here_said = [hit.cue.weight for hit in zone.of("passing") if here[0] <= hit.start < here[1]]
    if max(here_said, default=0) > 1 or (here_said and len(parts) > 1):
        return True
    own = next(n for n, (start, end) in enumerate(parts) if start <= at < end)
    short = [end - start <= 4 for start, end in parts]
    return short[own] and any(short[max(0, own - 1) : own] + short[own + 1 : own + 2])


def _segments(lead: str, at: int) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """Give the parts between commas of the sentence that holds a word, and the sentence, as positions in words."""
    begin = 0
    for sentence in re.split(r"(?<=[.:;!?。])\s", lead):
        length = len(words(sentence))
        if begin <= at < begin + length:
            parts, start = [], begin
            for part in sentence.split(","):
                parts.append((start, start + len(words(part))))
                start = parts[-1][1]
            return [part for part in parts if part[0] < part[1]], (begin, begin + length)
        begin += length
    return [(0, begin)], (0, begin)


# ---------------------------------------------------------------- against


def _against(reading: Reading) -> Iterator[Reason]:
    prose = (reading.title, reading.lead)
    friends = {(zone.name, hit.start): (hit.cue.weight, zone.said(hit)) for zone, hit in reading.of("friend", *prose)}
    companions = {(zone.name, hit.start) for zone, hit in reading.of("companion", *prose)}
    is_core = any(True for _ in reading.of("core", *prose))
    enough = MUCH * (len(companions) + 1) if is_core else max(1, len(companions))
    if sum(weight for weight, _said in friends.values()) >= enough:
        shown = ", ".join(said for _weight, said in list(friends.values())[:3])
        yield Reason("relevance", f"another meaning of the word: {shown}", FRIEND)
    adverts = _adverts(reading)
    weight = sum(hit.cue.weight for hit in adverts)
    if weight >= 2:
        shown = ", ".join(f"“{hit.cue.words.strip('*')}”" for hit in adverts[:3])
        yield Reason(
            "relevance", f"the page of a single course, or how to enrol: {shown}", max(ADVERT * weight, -MOST_ADVERT)
        )


def _adverts(reading: Reading) -> list[Hit]:
    """Give the cues of a course page, each once; a longer phrase silences the shorter ones in it.

    Events and calls ask for registration too, so where a title names one there are none.
    """
    if any(hit.cue.value in _BY_REGISTRATION for hit in reading.title.of("kind")):
        return []
    found: dict[str, Hit] = {}
    covered: set[tuple[str, int]] = set()
    hits = sorted(
        reading.of("advert", reading.title, reading.lead, reading.url),
        key=lambda h: (h[1].start - h[1].end, h[1].start),
    )
    for zone, hit in hits:
        places = {(zone.name, n) for n in range(hit.start, hit.end)}
        if not places & covered:
            covered |= places
            found.setdefault(hit.cue.words, hit)
    return sorted(found.values(), key=lambda hit: (-hit.cue.weight, hit.start))
