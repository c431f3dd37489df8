"""The conductor of taking over a hand-kept page: items are read, matched with the catalogue, written for a curator to look through.

Nothing is published and nothing waits: what comes is a file of library records in the page's order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from observatory import markup, text, yamltext
from observatory.config.sources import source_of
from observatory.errors import NotFound, UnreadableError, UsageError
from observatory.judge.extract import extract
from observatory.judge.identity import Answer, compare
from observatory.judge.layers import fill
from observatory.judge.prints import Print, print_of
from observatory.model import Creator, Entry, EntryKind, Snapshot, Source, Status, Work
from observatory.trial import harvested
from spiders._handpage import HandItem, items
from spiders._kind import Options, kind_of, read

if TYPE_CHECKING:
    from observatory.questions import Questions

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """An item as it was taken over: what is known of it, and the entry that it is, if it stands here already."""

    item: HandItem
    work: Work
    entry: Entry | None
    why: str
    is_read: bool

    @property
    def is_kept(self) -> bool:
        """Whether it is a hand-kept record already."""
        return self.entry is not None and any(seen.snapshot == "library" for seen in self.entry.provenances)


def take_over(
    observatory: Questions, origin: str, progress: Progress, *, base: str = "", reads: bool = True
) -> tuple[Taken, ...]:
    """Read a page (address or file) and each of its items, and match them with the catalogue.

    `base` is the address that a saved file had. NotFound, UsageError or UnreadableError when there is no page to read.
    """
    body, form, url = _page(observatory, origin, base, progress)
    found = items(markup.html(body, form), url)
    if not found:
        raise UsageError(f"no items on {origin}: they would be links in the lines of its main part")
    progress(f"import-page: {len(found)} items")
    pages = _pages(observatory, found, progress) if reads else {}
    known = [(entry, print_of(entry.work)) for entry in observatory.store.entries((Status.PUBLISHED, Status.PENDING))]
    return tuple(_taken(observatory, item, pages.get(item.work.url or ""), known) for item in found)


def _page(observatory: Questions, origin: str, base: str, progress: Progress) -> tuple[bytes, str, str]:
    if "://" not in origin:
        path = Path(origin)
        if not path.is_file():
            raise NotFound(f"no file {origin!r}; give a web address or a saved page")
        return path.read_bytes(), "text/html", base or "https://example.invalid/"
    (snapshot,) = _asked(observatory, [origin], progress).values() or (None,)
    if snapshot is None:
        raise NotFound(f"{origin} does not answer; save the page and give the file")
    return snapshot.body, snapshot.content_type, snapshot.final_url


def _pages(observatory: Questions, found: Iterable[HandItem], progress: Progress) -> Mapping[str, Work]:
    """Read the items' own pages: what each says of itself, by address."""
    addresses = [item.work.url for item in found if item.work.url]
    made: dict[str, Work] = {}
    for url, snapshot in _asked(observatory, addresses, progress).items():
        source = _source(0, url)
        try:
            made[url] = next(iter(map(extract, read(kind_of(source.kind), snapshot, _options(source))))).work
        except (UnreadableError, StopIteration):
            continue
    return made


def _options(source: Source) -> Options:
    from observatory.config import options_of

    return options_of(source)


def _source(number: int, url: str) -> Source:
    return source_of({"id": f"hand-kept-{number}", "kind": "page", "url": url, "links": False})


def _asked(observatory: Questions, addresses: Sequence[str], progress: Progress) -> Mapping[str, Snapshot]:
    """Ask each address once, as politely as a crawl; those that answered, by address."""
    sources = {url: _source(number, url) for number, url in enumerate(addresses)}
    quiet = replace(observatory.config.vocabulary, cues=())
    brought = harvested(observatory, tuple(sources.values()), quiet, 1, progress)
    return {url: brought[each.id].snapshots[0] for url, each in sources.items() if brought[each.id].snapshots}


def _taken(observatory: Questions, item: HandItem, page: Work | None, known: Sequence[tuple[Entry, Print]]) -> Taken:
    said = replace(page, text=None, summary=None, summary_by=None, url=item.work.url) if page else None
    work = fill([item.work, said]) if said else item.work
    if item.work.url and (entry := observatory.store.entry(item.work.url)):
        return Taken(item, work, entry, "at this address", page is not None)
    own = print_of(replace(work, kind=None))
    for entry, other in known:
        if own.content & other.content and (likeness := compare(own, other)).answer is Answer.SAME:
            return Taken(item, work, entry, likeness.why, page is not None)
    return Taken(item, work, None, "", page is not None)


# ---------------------------------------------------------------- the file


def library(taken: Sequence[Taken], origin: str) -> str:
    """Write library records in the page's order, section by section; what is kept by hand already only as a remark."""
    return "\n".join(_lines(taken, origin)) + "\n"


def _lines(taken: Sequence[Taken], origin: str) -> Iterator[str]:
    yield f"# Taken over from {text.clean(origin, 200)}: look through, then put the file into curation/library/."
    section, names = "", {each.entry.id for each in taken if each.entry}
    for each in taken:
        if each.item.section != section:
            section = each.item.section
            yield f"\n# ---- {text.clean(section, 120)}"
        title = text.clean(each.work.title, 120)
        if each.entry and each.is_kept:
            yield f"# kept by hand already as {each.entry.id} ({each.why}): {title}"
            continue
        if each.entry:
            yield f"# stands in the catalogue already ({each.why}): this record joins it"
        record = _record(each, each.entry.id if each.entry else _name(each.work, names))
        yield yamltext.dump([record]).rstrip("\n")


def _record(taken: Taken, name: str) -> Mapping[str, object]:
    work = taken.work
    kind = taken.item.work.kind or (taken.entry.kind if taken.entry else None) or work.kind or EntryKind.RESOURCE
    found = {
        "id": name,
        "kind": kind.value,
        "title": text.clean(work.title),
        "creators": [_creator(creator) for creator in work.creators],
        "publisher": text.clean(work.publisher or ""),
        "date": str(work.date or ""),
        "url": work.url,
        "pdf_url": work.pdf_url,
        "doi": work.doi,
        "language": work.language,
        "note": taken.item.note,
    }
    return {key: value for key, value in found.items() if value}


def _creator(creator: Creator) -> object:
    """Write a person by the parts that are known, else as printed; `Kato, Shizuka` has two."""
    family, comma, given = creator.name.partition(",")
    if creator.family or (comma and "," not in given):
        parts = {"family": creator.family or family, "given": creator.given or given}
        return {name: text.clean(part) for name, part in parts.items() if part.strip()}
    return text.clean(creator.name)


def _name(work: Work, names: set[str]) -> str:
    who = work.creators[0].family or work.creators[0].name.split()[-1] if work.creators else work.publisher or ""
    stem = text.slug(f"{text.slug(who, 20)} {work.date.year if work.date else ''} {work.title}", 58) or "item"
    name, number = stem, 2
    while name in names:
        name, number = f"{stem}-{number}", number + 1
    names.add(name)
    return name
