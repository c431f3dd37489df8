"""How one item of an edition reads: its title, badge, who, when and its few words. Final text, made once."""

from __future__ import annotations

import re
from datetime import date

from observatory import text
from observatory.model import EntryKind, PartialDate, Stage, Work
from observatory.publish import words
from observatory.publish.cards import RESEARCH
from observatory.publish.words import Gettext

MOST_WORDS = 40
MOST_SENTENCES = 3
MOST_CHARACTERS = 320  # for scripts that write no blanks between words
LINE_WORDS = 40
MOST_SHORT = (
    38  # characters that each fact of a subject line may have: two and the prefix leave some of its 110 to spare
)
MOST_FACT = 90  # a fact alone fills the line
# A full stop ends a sentence when a blank and a capital follow; not after an initial, an abbreviation or a number ("No. 4").
_SENTENCE = re.compile(
    r"(?<!\b[A-Z])(?<!\b(?:Dr|Mr|Ms|St|No|cf|vs|pp))(?<!e\.g)(?<!i\.e)[.!?…]['”’\")\]]*(?=\s+[^\W\d_a-z]|\s*$)"
)


def headline(work: Work) -> tuple[str, str]:
    """Give the title to read and its language: the English one where there is one."""
    if work.title_en and (work.language or "en") != "en":
        return text.clean(work.title_en), "en"
    return text.clean(work.title), work.language or "en"


def original_language(work: Work, say: Gettext) -> str:
    """Say in which language a work is when it isn't English: `in Korean`."""
    code = work.language or "en"
    return f"{say('in')} {say(words.LANGUAGES[code])}" if code != "en" and code in words.LANGUAGES else ""


def who(work: Work, kind: EntryKind) -> str:
    """Name who made a work: two authors at most and where it appeared, or the body behind it."""
    if kind not in RESEARCH and work.publisher:
        return text.clean(work.publisher)
    names = [text.clean(creator.family or creator.name) for creator in work.creators]
    said = ", ".join(names[:2]) + (" et al." if len(names) > 2 else "")
    return ", ".join(part for part in (said, text.clean(work.container or work.publisher or "")) if part)


def day(date: PartialDate, say: Gettext, year: int) -> str:
    """Write a date as precisely as it is known; the year only where it isn't the edition's own."""
    whole = words.say_date(date, say)
    return whole.removesuffix(f" {year}") if date.year == year else whole


def weekday(date: date, say: Gettext) -> str:
    return say(words.WEEKDAYS[date.weekday()])


def stages(before: Stage | None, after: Stage, say: Gettext) -> str:
    """Write a movement: `preparing → adopted`."""
    now = say(words.STAGES[after])
    return f"{say(words.STAGES[before])} → {now}" if before and before is not after else now


def badge(kind: EntryKind, movement: str, say: Gettext) -> str:
    """Write kind and movement: `policy: preparing → adopted`."""
    label = say(words.KINDS[kind]).lower()
    return f"{label}: {movement}" if movement else label


def summary(said: str | None) -> str:
    """Keep one to three sentences of at most forty words, cut at the end of a sentence where one ends in time."""
    cleaned = text.clean(said or "")
    kept = ""
    for sentence in _sentences(cleaned)[:MOST_SENTENCES]:
        longer = f"{kept} {sentence}".strip()
        if len(longer.split()) > MOST_WORDS:
            break
        kept = longer
    return text.clean(kept or text.clip(cleaned, MOST_WORDS), MOST_CHARACTERS)


def line(head: str, said: str) -> str:
    """Write one of the three lines of *In one minute*: the title and, where it fits, the first sentence."""
    first = next(iter(_sentences(said)), "")
    if not first or len(f"{head} {first}".split()) > LINE_WORDS:
        return head if head.endswith((".", "?", "!")) else f"{head}."
    return f"{head}: {first}" if not head.endswith(("?", "!")) else f"{head} {first}"


def short(head: str, limit: int = MOST_SHORT) -> str:
    """Shorten a title for a subject line: its part before a colon or dash, else whole words."""
    main = re.split(r"[:–—|]\s|\s-\s", head)[0].rstrip()
    said = main if len(main) >= 12 else head
    if len(said) <= limit:
        return said.rstrip(" .")
    cut = said[: limit - 1].rsplit(" ", 1)[0] if " " in said[: limit - 1] else said[: limit - 1]
    return cut.rstrip(" ,;:.–-") + "…"


def _sentences(said: str) -> list[str]:
    found, start = [], 0
    for match in _SENTENCE.finditer(said):
        found.append(said[start : match.end()].strip())
        start = match.end()
    if rest := said[start:].strip():
        found.append(rest)
    return found
