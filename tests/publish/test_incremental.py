"""Publishing is incremental: what it writes little by little is byte for byte what it would write at once."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shown import COUNCIL, FOLLOWER, IRELAND, NOW, PRESS, SITE, TERMS, act, catalogue, entry

from observatory import crew
from observatory.errors import StorageError
from observatory.model import (
    Catalogue,
    Creator,
    EntryKind,
    PartialDate,
    Relation,
    RelationType,
    Site,
    Stage,
    Status,
    Step,
)
from observatory.publish import keeping
from observatory.publish import site as site_module
from observatory.publish.keeping import KeptPieces
from observatory.publish.output import Output, Plan
from observatory.publish.page import Later
from observatory.publish.record import records
from observatory.publish.shelf import make_shelf
from observatory.publish.site import INSTALLED, publish
from observatory.publish.writing import write, write_plan

POOL = (
    COUNCIL,
    FOLLOWER,
    PRESS,
    entry("report-1", publisher="ENQA", topics=("recognition",), date=PartialDate(2024, 3)),
    entry("report-1", publisher="ENQA", topics=("learners",), date=PartialDate(2025), title="Another title"),
    entry("report-2", publisher="ENQA", topics=("recognition",), countries=("IE",)),
    entry("report-3", publisher="enqa", topics=("recognition",), announced=True),
    entry("report-3", publisher="enqa", status=Status.GONE),
    entry("talk", kind=EntryKind.EVENT, event_start=PartialDate(2026, 12, 1), announced=True),
    entry("report-4", publisher="ENQA", creators=(Creator("Ó Sé, M."),), date=PartialDate(2026, 1)),
    entry("report-5", creators=(Creator("Ó Sé, M."),)),
    replace(entry("report-6", creators=(Creator("Ó Sé, M."),)), verified=NOW),
    entry("edition", date=PartialDate(2026), relations=(Relation(RelationType.VERSION_OF, "report-1"),)),
    act("ie-act", "IE", steps=(Step(PartialDate(2026, 12, 1), Stage.IMPLEMENTATION, "comes into force"),)),
)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    chosen = {one.id: one for one in draw(st.lists(st.sampled_from(POOL), max_size=10))}
    weeks = draw(st.integers(0, 3))
    return catalogue(
        *chosen.values(),
        as_of=NOW + timedelta(weeks=weeks),
        aliases={"former": "report-1"} if draw(st.booleans()) else {},
        countries=(IRELAND,) if draw(st.booleans()) else (),
        terms=TERMS if draw(st.booleans()) else (),
        related=draw(
            st.sampled_from(
                (
                    {},
                    *(
                        {one: ((two, "author:o se m\ntopic:recognition"),)}
                        for one in chosen
                        for two in chosen
                        if one != two
                    ),
                )
            )
        ),
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "pagefind" not in path.parts
    }


@st.composite
def makings(draw: st.DrawFn) -> tuple[Catalogue, Site, bool, str]:
    """What a site is made of: catalogue, settings, whether a curator has a row of their own, and the program."""
    site = draw(st.sampled_from((SITE, SITE, replace(SITE, title="Renamed", timezone="Pacific/Auckland"))))
    return draw(catalogues()), site, draw(st.booleans()), draw(st.sampled_from("112"))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(makings(), min_size=2, max_size=3))
def test_a_site_grown_by_steps_is_the_site_made_at_once(
    steps: list[tuple[Catalogue, Site, bool, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    grown, fresh = tmp_path_factory.mktemp("grown") / "site", tmp_path_factory.mktemp("fresh") / "site"
    own = tmp_path_factory.mktemp("templates")
    (own / "_row.html").write_text((INSTALLED / "_row.html").read_text("utf-8") + "<hr>", "utf-8")
    for state, site, is_own, program in steps:
        publish(state, site, own if is_own else INSTALLED, grown, program=program)
    state, site, is_own, program = steps[-1]
    publish(state, site, own if is_own else INSTALLED, fresh, program=program)
    assert tree(grown) == tree(fresh)


def test_several_processes_write_what_one_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    states = (catalogue(*POOL[:6]), catalogue(*POOL[3:], aliases={"former": "report-1"}, countries=(IRELAND,)))
    alone = [publish(state, SITE, INSTALLED, tmp_path / "alone/site") for state in states]
    monkeypatch.setattr(crew, "processes", lambda: 3)
    monkeypatch.setattr(site_module, "processes", lambda: 3)
    monkeypatch.setattr(site_module, "SHARED", 0)
    monkeypatch.setattr(keeping, "SHARED", 0)
    together = [publish(state, SITE, INSTALLED, tmp_path / "together/site") for state in states]
    assert together == alone
    assert tree(tmp_path / "together/site") == tree(tmp_path / "alone/site")
    manifests = [(tmp_path / f"{name}/.site.manifest").read_bytes() for name in ("alone", "together")]
    assert manifests[0] == manifests[1]


def test_an_upgrade_makes_all_anew_and_touches_nothing_that_comes_out_the_same(tmp_path: Path) -> None:
    held = catalogue(*POOL[:4])
    publish(held, SITE, INSTALLED, tmp_path / "site", program="1")
    before = stamps(tmp_path / "site")
    publish(held, SITE, INSTALLED, tmp_path / "site", program="2")
    assert stamps(tmp_path / "site") == before


def test_what_is_kept_of_an_entry_is_made_once_until_it_or_the_program_differs(tmp_path: Path) -> None:
    asked: list[str] = []

    def make(entry_id: str) -> tuple[bytes, bytes]:
        asked.append(entry_id)
        return entry_id.encode(), str(len(asked)).encode()

    def kept(told: dict[str, str], program: str = "1") -> list[tuple[str, bytes]]:
        asked.clear()
        with KeptPieces(tmp_path / "pieces", program) as pieces:
            pieces.keep(("one", "other"), told, make)
            return list(pieces.read("one"))

    assert [one for one, _piece in kept({"b": "1", "a": "1"})] == ["a", "b"]
    kept({"a": "1", "b": "1"})
    assert asked == []
    assert kept({"a": "2", "c": "1"}) == [("a", b"a"), ("c", b"c")]
    assert asked == ["a", "c"]
    kept({"a": "2", "c": "1"}, program="2")
    assert asked == ["a", "c"]
    (tmp_path / "pieces").write_bytes(b"torn" * 5000)
    assert len(kept({"a": "2"})) == 1


def stamps(folder: Path) -> dict[str, int]:
    return {path.as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_where_nothing_changed_nothing_is_touched(tmp_path: Path) -> None:
    held = catalogue(*POOL[:4])
    publish(held, SITE, INSTALLED, tmp_path / "site")
    before = stamps(tmp_path)
    done = publish(held, SITE, INSTALLED, tmp_path / "site")
    assert (done.written, done.removed) == (0, 0)
    assert stamps(tmp_path) == before


def test_a_quiet_day_later_only_the_pages_that_name_the_day_differ(tmp_path: Path) -> None:
    held = catalogue(*POOL[:4])
    publish(held, SITE, INSTALLED, tmp_path / "site")
    before = tree(tmp_path / "site")
    publish(replace(held, as_of=NOW + timedelta(days=1)), SITE, INSTALLED, tmp_path / "site")
    after = tree(tmp_path / "site")
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    assert not [path for path in changed if path.startswith(("entries/", "topics/", "reports/", "countries/"))]
    assert "index.html" in changed


def test_what_is_gone_is_removed_and_what_others_put_there_is_left(tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish(catalogue(*POOL[:4]), SITE, INSTALLED, site)
    (site / "google1234.html").write_text("ours", "utf-8")
    publish(catalogue(COUNCIL), SITE, INSTALLED, site)
    assert not (site / "entries/report-1").exists()
    assert (site / "google1234.html").read_text("utf-8") == "ours"


def test_a_lost_or_torn_manifest_costs_work_and_nothing_else(tmp_path: Path) -> None:
    held = catalogue(*POOL[:4])
    publish(held, SITE, INSTALLED, tmp_path / "site")
    before = tree(tmp_path / "site")
    (tmp_path / ".site.manifest").write_text("12ab index.h", "utf-8")
    publish(held, SITE, INSTALLED, tmp_path / "site")
    assert tree(tmp_path / "site") == before


def test_a_lost_file_is_written_again(tmp_path: Path) -> None:
    held = catalogue(COUNCIL)
    publish(held, SITE, INSTALLED, tmp_path / "site")
    (tmp_path / "site/about/index.html").unlink()
    assert publish(held, SITE, INSTALLED, tmp_path / "site").written == 1
    assert (tmp_path / "site/about/index.html").is_file()


def outputs(*names: str, body: bytes = b"new", fail: str = "") -> list[Output]:
    def render(name: str) -> Any:
        if name == fail:
            raise OSError(28, "No space left on device", name)
        return body

    return [Output(name, f"{name}{body!r}", lambda name=name: render(name)) for name in names]  # type: ignore[misc]


def test_a_full_disk_leaves_every_file_whole_and_the_next_publish_ends_the_work(tmp_path: Path) -> None:
    out = tmp_path / "site"
    write(outputs("a.html", "b.html", "c.html", body=b"old"), out)
    with pytest.raises(OSError, match="No space left"):
        write(outputs("a.html", "b.html", "c.html", fail="b.html"), out)
    assert tree(out) == {"a.html": b"new", "b.html": b"old", "c.html": b"old"}
    assert write(outputs("a.html", "b.html", "c.html"), out).written == 2  # a.html stands as it shall be
    assert tree(out) == dict.fromkeys(("a.html", "b.html", "c.html"), b"new")
    assert [path.name for path in tmp_path.rglob(".*.new")] == []


@pytest.mark.parametrize("processes", [1, 3])
def test_a_page_that_fails_is_named_whoever_made_it_and_is_made_next_time(tmp_path: Path, processes: int) -> None:
    out, names = tmp_path / "site", [f"{n}.html" for n in range(30)]

    def plan(body: bytes, fail: str = "") -> Plan:
        return Plan(tuple(partial(outputs, name, body=body, fail=fail) for name in names))

    write_plan(plan(b"old"), out, crew=processes)
    with pytest.raises(OSError, match="No space left") as told:
        write_plan(plan(b"new", "17.html"), out, crew=processes)
    assert told.value.filename == "17.html"
    write_plan(plan(b"old"), out, crew=processes)  # what was new for a moment is not trusted to be old still
    assert tree(out) == dict.fromkeys(names, b"old")
    assert not (tmp_path / ".site.unfinished").exists()


def test_a_site_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("in the way", "utf-8")
    with pytest.raises(StorageError):
        publish(catalogue(COUNCIL), SITE, INSTALLED, tmp_path / "site")


@pytest.mark.parametrize("path", ["../out.html", "/etc/passwd", "a/../../b", ""])
def test_no_address_leads_out_of_the_site(path: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        write(outputs(path), tmp_path / "site")
    assert os.listdir(tmp_path / "site") == []


def test_one_address_is_written_once(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        write(outputs("a.html", "a.html"), tmp_path / "site")


@settings(max_examples=60, deadline=None)
@given(states=st.lists(catalogues(), min_size=2, max_size=4))
def test_what_digests_an_entry_s_page_misses_nothing_that_it_shows(states: list[Catalogue]) -> None:
    shown: dict[tuple[str, str], str] = {}
    for state in states:
        shelf = make_shelf(state, SITE, lambda text: text)
        for page in records(shelf):
            assert isinstance(page.view, Later)
            seen = repr(replace(page, view=page.seen()))
            assert shown.setdefault((page.path, page.view.told), seen) == seen
