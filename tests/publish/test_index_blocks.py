"""The browser's index is joined of blocks: whatever the blocks, and however it grew, it is the index of one run over all."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cbor2
import pytest
from catalogues import catalogue, library

from observatory.model import Entry, Site
from observatory.publish import blocks, browser_search
from observatory.publish.searchable import FIELDS, Document, documents
from observatory.publish.shelf import make_shelf
from trees import differing, tree

Places = Mapping[str, tuple[tuple[int, ...], tuple[object, ...]]]


def documents_of(entries: Sequence[Entry]) -> tuple[Document, ...]:
    return tuple(documents(make_shelf(catalogue(entries), Site(), lambda text: text)))


def index(out: Path, entries: Sequence[Entry], told: str = "1") -> list[str]:
    """Bring the index under `out` up to date; what was said."""
    out.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    browser_search.build(told, lambda: documents_of(entries), out, said.append)
    return said


def read(file: Path) -> Any:
    return cbor2.loads(gzip.decompress(file.read_bytes()).removeprefix(b"pagefind_dcd"))


def told_by(folder: Path) -> Mapping[str, tuple[Places, Mapping[str, Places]]]:
    """Read an index as a browser does: word → entry → places in its text and its fields, and the same of accented forms."""
    version, pages, chunks, *_rest, fields = read(next(folder.glob("*.pf_meta")))
    ids = json.loads((folder / "ids.json").read_text()) if (folder / "ids.json").is_file() else {}
    entries = [ids.get(name) or entry_of(folder, name) for name, _words in pages]
    assert version == "1.5.2", "another version: hold blocks.py to what it writes"

    def places(steps: Sequence[Any]) -> Places:
        number, found = 0, {}
        for step, at, marks in steps:
            number += step
            found[entries[number]] = (tuple(at), tuple(fields[-1 - m] if m < 0 else m for m in marks))
        return found

    return {
        word: (places(held), {form: places(each) for form, each in forms})
        for _first, _last, name in chunks
        for word, held, forms in read(folder / "index" / f"{name}.pf_index")[0]
    }


def entry_of(folder: Path, name: str) -> str:
    body = gzip.decompress((folder / "fragment" / f"{name}.pf_fragment").read_bytes()).removeprefix(b"pagefind_dcd")
    return str(json.loads(body)["url"]).strip("/").rpartition("/")[2]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks and chunks so small that forty entries make many."""
    monkeypatch.setattr(blocks, "MOST", 9)
    monkeypatch.setattr(blocks, "ENDS", 6)
    monkeypatch.setattr(blocks, "CHUNK", 300)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries each run of Pagefind was given."""
    counts: list[int] = []
    run: Callable[..., object] = browser_search._run

    def counted(given: Sequence[Document], folder: Path) -> object:
        counts.append(len(given))
        return run(given, folder)

    monkeypatch.setattr(browser_search, "_run", counted)
    return counts


ENTRIES = [one for number, one in enumerate(library()) if number % 14 == 0 or one.work.language in ("zh", "ja")]


def test_blocks_joined_are_the_index_of_one_run(tmp_path: Path, small: None, ran: list[int]) -> None:
    index(tmp_path / "site", ENTRIES)
    assert len(ran) > 4
    folder = tmp_path / "site" / browser_search.FOLDER
    whole = browser_search._run(documents_of(ENTRIES), tmp_path / "whole").made
    assert told_by(folder) == told_by(whole)
    assert any(forms for _places, forms in told_by(whole).values())
    assert read(next(folder.glob("*.pf_meta")))[5] == list(FIELDS)


def test_each_word_lies_within_the_range_of_its_chunk(tmp_path: Path, small: None) -> None:
    index(tmp_path / "site", ENTRIES)
    folder = tmp_path / "site" / browser_search.FOLDER
    chunks = read(next(folder.glob("*.pf_meta")))[2]
    assert len(chunks) > 5
    for first, last, name in chunks:
        words = [word for word, *_rest in read(folder / "index" / f"{name}.pf_index")[0]]
        assert words == sorted(words)
        assert (words[0], words[-1]) == (first, last)


def test_however_an_index_grew_it_is_the_one_made_at_once(tmp_path: Path, small: None, ran: list[int]) -> None:
    steps: list[list[Entry]] = [
        ENTRIES[:20],
        ENTRIES[:23],
        [one for one in ENTRIES[:23] if one is not ENTRIES[3]],
        [replace(ENTRIES[5], work=replace(ENTRIES[5].work, title="Quite another title")), *ENTRIES[6:]],
        ENTRIES[:1],
        [],
        ENTRIES[:12],
    ]
    for number, entries in enumerate(steps):
        index(tmp_path / "grown" / "site", entries, str(number))
        at_once = tmp_path / str(number) / "site"
        index(at_once, entries)
        assert not differing(tree(tmp_path / "grown" / "site"), tree(at_once)), number
    kept = {file.name for file in (tmp_path / "grown" / ".site.blocks").iterdir()}
    assert len(kept) == len(list(blocks.cut(documents_of(ENTRIES[:12]))))


def test_only_the_block_that_changed_is_indexed_and_no_other_page_written(
    tmp_path: Path, small: None, ran: list[int]
) -> None:
    out = tmp_path / "site"
    index(out, ENTRIES)
    written = {path: path.stat().st_mtime_ns for path in (out / browser_search.FOLDER / "fragment").iterdir()}
    ran.clear()
    changed = replace(ENTRIES[7], work=replace(ENTRIES[7].work, title="Quite another title"))
    index(out, [*ENTRIES[:7], changed, *ENTRIES[8:]], "2")
    assert len(ran) == 1
    pages = list((out / browser_search.FOLDER / "fragment").iterdir())
    assert sum(written.get(path) != path.stat().st_mtime_ns for path in pages) == 1
    assert len(pages) == len(written)


def test_what_is_lost_or_torn_is_made_again(tmp_path: Path, small: None, ran: list[int]) -> None:
    out = tmp_path / "site"
    index(out, ENTRIES[:20])
    before = tree(out)
    folder, kept = out / browser_search.FOLDER, sorted((tmp_path / ".site.blocks").iterdir())
    kept[0].write_bytes(kept[0].read_bytes()[:-9])
    kept[1].unlink()
    next((folder / "fragment").iterdir()).unlink()
    (folder / "pagefind.js").unlink()
    (tmp_path / ".site.search").unlink()
    index(out, ENTRIES[:20])
    assert tree(out) == before


def test_pages_whose_names_begin_alike_are_told_apart(
    tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "site"
    index(out, ENTRIES[:9])
    monkeypatch.setattr(blocks, "SHORT", 1)  # most digests begin alike now
    monkeypatch.setattr(browser_search, "SHORT", 1)
    for number, entries in enumerate((ENTRIES[:3], ENTRIES[:9], ENTRIES[:2])):
        index(out, entries, f"alike {number}")
        at_once = tmp_path / str(number) / "site"
        index(at_once, entries)
        assert not differing(tree(out), tree(at_once))
        ids = json.loads((out / browser_search.FOLDER / "ids.json").read_text())
        assert {entry_of(out / browser_search.FOLDER, name) for name in ids} == {one.id for one in entries}
