"""Shows why an entry was found: the words in its title and summary, and the page of a document. Pure.

Full text is never shown, only where in it the words stand. Pages of a text are parted by form feeds (U+000C).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from observatory import text
from observatory.catalogue.search.query import All, Any, Node, Pattern, Phrase, Said
from observatory.catalogue.search.searcher import is_empty, pattern_of
from observatory.catalogue.search.words import (
    EXACT,
    NO_LANGUAGE,
    all_forms,
    fold,
    language_of,
    prepare,
    runs,
    stems,
    words,
)
from observatory.model import Entry, SummaryBy

BEFORE, AFTER = "**", "**"  # around a word that was asked for
ROOM = 220  # letters of a passage
PAGE = "\f"


@dataclass(frozen=True, slots=True)
class Form:
    """One word that is asked for: by what it may stand as, or by a pattern."""

    forms: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None

    def is_form_of(self, typed: str, language: str) -> bool:
        """Whether a word of a text in this language is meant."""
        folded = fold(typed)
        if self.pattern:
            return self.pattern.fullmatch(folded) is not None
        return EXACT + folded in self.forms or not self.forms.isdisjoint(stems(language, typed))


Wish = tuple[Form, ...]  # words that belong together: one, or those of a phrase


def wishes(node: Node) -> tuple[Wish, ...]:
    """Gather what a query wants to be there."""
    return tuple(wish for leaf in _leaves(node) if (wish := tuple(_forms(leaf))))


def _leaves(node: Node) -> Iterator[Said | Phrase | Pattern]:
    match node:
        case Said() | Phrase() | Pattern():
            yield node
        case All() | Any():
            for part in node.parts:
                yield from _leaves(part)


def _forms(leaf: Said | Phrase | Pattern) -> Iterator[Form]:
    if isinstance(leaf, Pattern):
        glob = re.escape(pattern_of(leaf)).replace(r"\*", r"\w*").replace(r"\?", r"\w")
        yield Form(pattern=re.compile(glob))
        return
    if isinstance(leaf, Said) and is_empty(leaf.words):
        return
    prepared = prepare(leaf.words)
    for word in words(prepared):
        if not word.joined and isinstance(leaf, Phrase):
            yield Form(frozenset((EXACT + word.folded,)))
        elif not word.joined:
            yield Form(frozenset(all_forms(prepared[word.begin : word.end])))


def highlights(entry: Entry, asked: Collection[Wish], full_text: Callable[[], str | None]) -> tuple[str, ...]:
    """Say where an entry holds the words: title, names and summary with the words marked, `in the document, page 12`.

    `full_text` is asked only when something is not found in what is shown.
    """
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
    lines, missing = [], set(asked)
    for said, code in shown:
        prepared = prepare(text.clean(said or ""))
        found = _held(runs(prepared), code, asked)
        if found:
            missing -= found
            lines.append(_marked(prepared, code, found))
    if missing and (body := full_text()) and (page := _page(body, language, missing)):
        lines.append("in the document" + (f", page {page}" if PAGE in body else ""))
    return tuple(lines)


def _held(typed: Iterable[str], language: str, asked: Iterable[Wish]) -> set[Wish]:
    """Say which wishes some words fulfil: each of a wish's forms must be among them."""
    distinct = set(typed)
    return {wish for wish in asked if all(any(form.is_form_of(word, language) for word in distinct) for form in wish)}


def _marked(prepared: str, language: str, found: Collection[Wish]) -> str:
    """Give the passage that holds the words first, each marked."""
    forms = [form for wish in found for form in wish]
    hits = [
        word
        for word in words(prepared)
        if not word.joined and any(form.is_form_of(prepared[word.begin : word.end], language) for form in forms)
    ]
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


def _page(body: str, language: str, missing: Collection[Wish]) -> int | None:
    """Give the page, counted from 1, that fulfils most of the wishes; the first of several such."""
    forms = {form for wish in missing for form in wish}
    known: dict[str, bool] = {}  # a document says the same words again and again
    best, most = None, 0
    for number, page in enumerate(body.split(PAGE), 1):
        distinct = set(runs(prepare(page)))
        for word in distinct - known.keys():
            known[word] = any(form.is_form_of(word, language) for form in forms)
        hits = [word for word in distinct if known[word]]
        found = len(_held(hits, language, missing)) if hits else 0
        if found > most:
            best, most = number, found
            if found == len(missing):
                break
    return best
