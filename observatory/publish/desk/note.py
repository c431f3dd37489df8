"""What a change of the curators' files would do, as a note in Markdown for a pull request. Pure.

Titles and addresses come from the web: they are written so that no Markdown, HTML or @mention can come of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from observatory.text import clean, safe_url

MOST = 25  # of a list; the desk of the preview has them all
LONGEST = 60_000  # characters: Git hosts take 65,536
_MARKS = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])|^(?=[-+=#>]|\d+[.)])")
_REFERENCE = re.compile(r"[@#](?=\w)|(?<=https)(?=:)|(?<=http)(?=:)|(?<=www)(?=\.)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry that would stand elsewhere or otherwise: what differs, in words, and what speaks for it."""

    id: str
    title: str
    url: str
    said: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    doubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """A source that is new or written otherwise, and what it yielded when it was asked."""

    id: str
    what: str  # new, changed, removed
    kind: str
    verdict: str = ""
    is_fit: bool = True
    said: tuple[tuple[str, str], ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a change would do. `broken` must be mended before anything can be said; `unfit` is what the change itself brings."""

    broken: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()
    gained: tuple[Moved, ...] = ()
    lost: tuple[Moved, ...] = ()
    changed: tuple[Moved, ...] = ()
    elsewhere: tuple[Moved, ...] = ()  # what readers don't see before nor after: pending, rejected
    same: int = 0
    sources: tuple[Tried, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether it may be merged as it is."""
        return not self.broken and not self.unfit and all(tried.is_fit for tried in self.sources)


def markdown(note: Note) -> str:
    """Write a note in Markdown."""
    said = "\n".join(_lines(note)) + "\n"
    return (
        said
        if len(said) <= LONGEST
        else said[:LONGEST].rpartition("\n")[0] + "\n\n… (cut: the preview's desk has all)\n"
    )


def _lines(note: Note) -> Iterator[str]:
    yield "## What this change would do"
    yield ""
    if note.broken:
        yield "**Something must be mended first; nothing else can be said before.**"
        yield ""
        yield from _bullets(map(escaped, note.broken))
        return
    counts = (
        ("gained by readers", note.gained),
        ("lost to readers", note.lost),
        ("shown otherwise", note.changed),
        ("moved behind the scenes", note.elsewhere),
    )
    said = [f"{len(moved)} {what}" for what, moved in counts if moved]
    yield (f"Entries: {', '.join(said)}; {note.same} as before." if said else "No entry would change.")
    if note.unfit:
        yield from _section("To mend: unfit as it stands", map(escaped, note.unfit), len(note.unfit))
    for heading, moved in (
        ("Gained", note.gained),
        ("Lost", note.lost),
        ("Shown otherwise", note.changed),
        ("Behind the scenes", note.elsewhere),
    ):
        if moved:
            yield from _section(heading, (_moved(each, moved is note.gained) for each in moved[:MOST]), len(moved))
    if note.sources:
        yield ""
        yield "### Sources"
        for tried in note.sources[:MOST]:
            yield from _tried(tried)


def _section(heading: str, items: Iterable[str], total: int) -> Iterator[str]:
    yield ""
    yield f"### {heading}"
    yield ""
    yield from _bullets(items)
    if total > MOST:
        yield f"- … and {total - MOST} more"


def _bullets(items: Iterable[str]) -> Iterator[str]:
    for number, item in enumerate(items):
        if number == MOST:
            return
        yield f"- {item}"


def _moved(moved: Moved, is_gained: bool) -> str:
    """Write an entry: its title as a link, what differs; of one that readers gain also why, and what it may be a double of."""
    title = escaped(clean(moved.title, 160)) or "(no title)"
    url = link_target(moved.url)
    lines = [f"{f'[{title}]({url})' if url else title} (`{moved.id}`)"]
    lines += [f"  - {escaped(clean(each, 300))}" for each in moved.said]
    if not is_gained:
        return "\n".join(lines)
    if moved.reasons:
        lines.append(f"  - why: {escaped(clean('; '.join(moved.reasons), 400))}")
    lines += [f"  - **perhaps the same as** {escaped(clean(each, 200))}" for each in moved.doubles]
    return "\n".join(lines)


def _tried(tried: Tried) -> Iterator[str]:
    mark = {"removed": "removed"}.get(tried.what, f"{tried.what}, {'fit' if tried.is_fit else '**unfit**'}")
    yield ""
    yield f"**`{tried.id}`** ({escaped(tried.kind)}): {mark if tried.verdict or tried.what == 'removed' else tried.what}"
    yield ""
    if tried.verdict:
        yield f"- {escaped(clean(tried.verdict, 400))}"
    yield from (f"- {escaped(what)}: {escaped(clean(said, 300))}" for what, said in tried.said)
    yield from (f"- for example: {escaped(clean(each, 200))}" for each in tried.examples)


def escaped(said: str) -> str:
    """Write a text so that Markdown shows it as it is: nothing becomes a link, a mention, a reference or HTML."""
    plain = clean(said).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marked = _MARKS.sub(lambda match: f"\\{match[0]}", plain)
    # No backslash stops a Git host's @mentions, references (#12) and bare addresses; a character without width does.
    return _REFERENCE.sub(lambda match: f"{match[0]}\u2060", marked)


def link_target(url: str) -> str:
    """Give an address fit for the target of a link, "" when it is none that is safe to follow."""
    safe = safe_url(url)
    return re.sub(r"[()\\<>\s]", lambda match: f"%{ord(match[0]):02X}", safe) if safe else ""
