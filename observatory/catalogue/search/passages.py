"""Shows why an entry was found: the words in its title and summary, and the page of a document. Pure.

Full text is never shown, only where in it the words stand. Pages of a text are parted by form feeds (U+000C).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from observatory import text
from observatory.catalogue.search.documents import MOST_TEXT, stems_of
from observatory.catalogue.search.query import All, Any, Node, Pattern, Phrase, Said
from observatory.catalogue.search.searcher import is_empty, pattern_of
from observatory.catalogue.search.words import NO_LANGUAGE, Word, all_stems, language_of, prepare, words
from observatory.model import Entry, SummaryBy

BEFORE, AFTER = "**", "**"  # around a word that was asked for
ROOM = 220  # letters of a passage
PAGE = "\f"


@dataclass(slots=True)
class Wanted:
    """The words that a query asks for, in all their forms."""

    stems: set[str] = field(default_factory=set)
    exact: set[str] = field(default_factory=set)
    patterns: list[re.Pattern[str]] = field(default_factory=list)

    def has(self, word: Word, prepared: str, language: str) -> bool:
        """Whether a word of a text in this language is one of them."""
        return (
            word.folded in self.exact
            or not self.stems.isdisjoint(stems_of(word, prepared, language))
            or any(pattern.fullmatch(word.folded) for pattern in self.patterns)
        )


def wanted(node: Node) -> Wanted:
    """Gather the words of a query that must be there."""
    found = Wanted()
    for part in _leaves(node):
        if isinstance(part, Pattern):
            glob = re.escape(pattern_of(part)).replace(r"\*", r"\w*").replace(r"\?", r"\w")
            found.patterns.append(re.compile(glob))
            continue
        prepared = prepare(part.words)
        for word in words(prepared):
            if isinstance(part, Phrase):
                found.exact.add(word.folded)
            elif not is_empty(part.words):
                found.stems.update(all_stems(word.folded if word.joined else prepared[word.begin : word.end]))
    return found


def _leaves(node: Node) -> Iterator[Said | Phrase | Pattern]:
    match node:
        case Said() | Phrase() | Pattern():
            yield node
        case All() | Any():
            for part in node.parts:
                yield from _leaves(part)


def highlights(entry: Entry, asked: Wanted) -> tuple[str, ...]:
    """Say where an entry holds the words: title, names and summary with the words marked, `in the document, page 12`."""
    work = entry.work
    language = language_of(work.language)
    shown = (
        (work.title, language),
        (work.title_en, "en"),
        *((creator.name, NO_LANGUAGE) for creator in work.creators),
        (work.publisher, NO_LANGUAGE),
        (work.container, NO_LANGUAGE),
        (work.summary, "en" if work.summary_by is SummaryBy.US else language),
    )
    said = [marked for words_, code in shown if words_ and (marked := _marked(words_, code, asked))]
    if work.text and (page := _page(work.text[:MOST_TEXT], language, asked)):
        said.append("in the document" + (f", page {page}" if PAGE in work.text else ""))
    return tuple(said)


def _marked(said: str, language: str, asked: Wanted) -> str | None:
    """Give the passage that holds the words first, each marked; None when none is there."""
    prepared = prepare(text.clean(said))
    hits = [word for word in words(prepared) if not word.joined and asked.has(word, prepared, language)]
    if not hits:
        return None
    begin = 0 if len(prepared) <= ROOM else max(0, hits[0].begin - ROOM // 4)
    begin = prepared.rfind(" ", 0, begin) + 1
    end = len(prepared) if begin + ROOM >= len(prepared) else prepared.rfind(" ", begin + 1, begin + ROOM)
    end = end if end > begin else begin + ROOM
    shown, at = "…" if begin else "", begin
    for word in hits:
        if word.end <= end:
            shown += f"{prepared[at : word.begin]}{BEFORE}{prepared[word.begin : word.end]}{AFTER}"
            at = word.end
    return shown + prepared[at:end] + ("…" if end < len(prepared) else "")


def _page(said: str, language: str, asked: Wanted) -> int | None:
    """Give the page, counted from 1, on which most of the words stand; the first of several such."""
    best, most = None, 0
    for number, page in enumerate(said.split(PAGE), 1):
        prepared = prepare(page)
        found = {word.folded for word in words(prepared) if asked.has(word, prepared, language)}
        if len(found) > most:
            best, most = number, len(found)
    return best
