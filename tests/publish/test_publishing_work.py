"""A guard on work, not on seconds: queries, files read anew, pages rendered, files and bytes written may not grow unseen.

Each bound stands a little above what was counted when it was set. Raise one only knowingly: say in the commit what readers get
for it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from shown import NOW, SITE, catalogue, entry
from sqlalchemy import event

from observatory import crew
from observatory.app import Observatory
from observatory.model import Creator, Entry, EntryKind, PartialDate, PutEntry, Status
from observatory.publish import site
from observatory.publish.citations import Cited
from observatory.publish.keeping import KeptPieces
from observatory.publish.pieces import Make
from observatory.publish.plan import plan_shelf, shelve
from observatory.publish.site import INSTALLED, Templates
from observatory.publish.writing import Published, write_plan

SOURCES = """
site: {title: Test, url: https://example.org/, timezone: Europe/Dublin}
digest: {weekly: null, monthly: null}
sources: []
"""
KINDS = (EntryKind.POLICY, EntryKind.REPORT, EntryKind.ARTICLE, EntryKind.EVENT, EntryKind.NEWS)
TOPICS = ("recognition", "learners", "ai")


# Works cited beforehand, all alike: how citing is shared out and kept is seen in tests/publish/test_citations.py.
ALIKE = dict.fromkeys(
    (f"work-{n:04}" for n in range(400)), Cited(("Author, A. (2024). Subject of work. Publisher.",) * 3)
)


def made(number: int) -> tuple[Entry, ...]:
    """Make entries, the newest last; each is drawn by its own number."""
    return tuple(_made(n) for n in range(number))


def _made(n: int) -> Entry:
    draw = random.Random(n)
    day = PartialDate.of((NOW - timedelta(days=1000 - n)).date())
    one = entry(
        f"work-{n:04}",
        title=f"Subject{n % 17} of work{n:04}",
        kind=KINDS[n % len(KINDS)],
        publisher=f"Publisher {n % 7}",
        creators=(Creator(f"Author {n % 11}"),),
        topics=(TOPICS[n % 3],),
        countries=(draw.choice(("IE", "FR", "MT")),),
        date=day,
    )
    return replace(one, announced=True, listed=NOW - timedelta(days=1000 - n))


class Counting(Templates):
    """Templates that count what is rendered."""

    def __init__(self) -> None:
        super().__init__(INSTALLED, "en")
        self.rendered: Counter[str] = Counter()

    def render(self, template: str, names: Mapping[str, object]) -> bytes:
        self.rendered[template] += 1
        return super().render(template, names)


class CountingPieces(KeptPieces):
    """Pieces that count what is made."""

    made = 0

    def keep(self, parts: tuple[str, ...], told: Mapping[str, str], make: Make, *, is_apart: bool = False) -> None:
        def counted(entry_id: str) -> tuple[bytes, ...]:
            self.made += 1
            return make(entry_id)

        super().keep(parts, told, counted, is_apart=is_apart)


def published(out: Path, number: int) -> tuple[Published, Counter[str], int]:
    """Publish so many entries; tell the files written, the pages rendered, and the bytes of what is new in the folder."""
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    templates = Counting()
    with CountingPieces(out.parent / "pieces", "") as pieces:
        shelf = shelve(catalogue(*made(number)), SITE, templates, ALIKE, pieces)
        done = write_plan(plan_shelf(shelf, templates), out)
    templates.rendered["pieces"] = pieces.made
    written = [path for path in out.rglob("*") if path.is_file() and path.stat().st_mtime_ns != before.get(path)]
    return done, templates.rendered, sum(path.stat().st_size for path in written)


def test_a_page_is_rendered_once_and_what_is_new_touches_little(tmp_path: Path) -> None:
    full, rendered, size = published(tmp_path / "site", 300)
    assert rendered.pop("pieces") == 300  # all forms and rows of an entry at once
    assert sum(rendered.values()) == full.pages
    again, rendered, rewritten = published(tmp_path / "site", 300)
    assert (again.written, again.removed, sum(rendered.values()), rewritten) == (0, 0, 0, 0)
    more, rendered, grown = published(tmp_path / "site", 301)
    assert rendered.pop("pieces") == 1
    ten, once_more, _grown = published(tmp_path / "site", 311)
    assert once_more.pop("pieces") == 10
    assert once_more["entry.html"] == 10
    assert sum(once_more.values()) <= 140
    assert ten.written <= 300
    assert full.written <= 1600
    assert size <= 9_000_000
    assert rendered["entry.html"] == 1
    assert sum(rendered.values()) <= 50
    assert more.written <= 95
    assert grown <= 2_900_000


def counted(folder: Path, number: int) -> tuple[int, int]:
    """Tell how many statements a first publishing and one with nothing to do put to the catalogue."""
    folder.mkdir()
    (folder / "sources.yaml").write_text(SOURCES, "utf-8")
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    with Observatory.open(folder / "sources.yaml", now=NOW) as obs:
        obs.store.apply(PutEntry(each, ()) for each in made(number))
        obs.store.record_run(NOW)
        obs.index()
        event.listen(obs.store._engine, "before_cursor_execute", note)
        obs.publish()
        first = len(asked)
        obs.publish()
        return first, len(asked) - first


def test_no_entry_costs_a_query_of_its_own(tmp_path: Path) -> None:
    few, many = counted(tmp_path / "few", 20), counted(tmp_path / "many", 160)
    assert many == few
    assert many[0] <= 90
    assert many[1] <= 12  # the state, and what time changes: the day, editions that are due, sources grown silent


def test_a_large_field_s_desk_is_written_beside_its_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def grown(folder: Path) -> dict[str, bytes]:
        """Publish twice, the catalogue told of more in between."""
        folder.mkdir()
        (folder / "sources.yaml").write_text(SOURCES, "utf-8")
        with Observatory.open(folder / "sources.yaml", now=NOW) as obs:
            for number in (20, 24):
                obs.store.apply(PutEntry(each, ()) for each in made(number))
                obs.store.record_run(NOW)
                obs.publish()
            assert len(obs.store.ids(Status.PUBLISHED)) == 24
        found = {path.relative_to(folder).as_posix(): path for path in (folder / "output").rglob("*.html")}
        return {name: path.read_bytes() for name, path in found.items()}

    alone = grown(tmp_path / "alone")
    for module in (crew, site):
        monkeypatch.setattr(module, "processes", lambda: 2)
    monkeypatch.setattr(site, "SHARED", 0)
    assert grown(tmp_path / "together") == alone
    assert "output/desk/index.html" in alone
