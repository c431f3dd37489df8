"""Whatever the instant at which the machine stops or the disk is full: nothing acknowledged is lost, the next run ends the work."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults import ROOT, TUESDAY, Machine, Twins
from tests.web.test_forgetting import bodies
from trees import differing
from web.server import Web

# Each named point that a daily run passes, and how often it was passed before the program is ended there.
DAILY = {
    "archive.before-append": 3,
    "archive.after-append": 3,
    "archive.before-fsync": 1,
    "archive.after-fsync": 1,
    "archive.before-close": 1,
    "catalogue.before-commit": 2,
    "catalogue.after-commit": 3,
    "index.before-fsync": 1,
    "index.before-rename": 1,
    "index.after-rename": 1,
    "site.before-rename": 20,
    "site.after-rename": 21,
    "manifest.before-rename": 2,
    "manifest.after-rename": 1,
    "basis.before-rename": 1,
    "basis.after-rename": 1,
    "seen.before-rename": 1,
    "seen.after-rename": 1,
    "related.before-rename": 1,
    "browser.before-rename": 3,
    "blocks.before-rename": 1,
}
# Points that other commands pass: their own tests end the program there, or they write one file that a person asked for, whole
# (heartbeats and figures may be lost: they are made again).
ELSEWHERE = {
    "backup",
    "sources-backup",
    "restore",
    "valid",
    "heartbeat",
    "decisions",
    "decisions-backup",
    "decisions-kept",
    "forget",
    "smtp",
    "sources",
    "sources-trial",
    "picks-kept",
    "suggest-key",
    "found",
    "imported-page",
    "note",
    "figures",
}


@pytest.fixture(scope="module")
def twins() -> Iterator[Twins]:
    with tempfile.TemporaryDirectory() as name, Web() as web:
        yield Twins(Path(name), web)


def names_in_the_code() -> set[str]:
    """The first part of every name that `point` and `write_whole` are called with."""
    found: set[str] = set()
    for path in [*(ROOT / "observatory").rglob("*.py"), *(ROOT / "spiders").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = {"point": 0, "write_whole": 2}.get(node.func.id)
                if place is not None and isinstance(node.args[place], ast.Constant):
                    found.add(str(node.args[place].value).partition(".")[0])
    return found


def test_every_point_of_the_code_is_known_here() -> None:
    assert names_in_the_code() == {name.partition(".")[0] for name in DAILY} | ELSEWHERE


@pytest.mark.parametrize("point", DAILY)
def test_a_run_that_dies_is_made_good_by_the_next(twins: Twins, point: str) -> None:
    machine = twins.other(point)
    code, said = machine.run(TUESDAY, "run", fault=f"{point}:kill:{DAILY[point]}")
    assert code != 0 or "killed" in said, f"the point was never passed\n{said}"
    machine.must(TUESDAY, "run")
    assert differing(twins.site, machine.site()) == []
    assert not list(machine.folder.rglob("*.new"))


@pytest.mark.parametrize("point", ["archive.before-append", "catalogue.before-commit", "site.before-rename"])
def test_a_full_disk_is_named_and_made_good_when_there_is_room(twins: Twins, point: str) -> None:
    machine = twins.other(f"full-{point}")
    _code, said = machine.run(TUESDAY, "run", fault=f"{point}:full:{DAILY[point]}")
    assert "No space left on device" in said or "disk is full" in said, said
    assert "Traceback" not in said
    machine.must(TUESDAY, "run")
    assert differing(twins.site, machine.site()) == []


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="mounting a small file system needs root")
@pytest.mark.parametrize("room", [0, 150_000])
def test_a_disk_that_is_really_full_is_named_and_made_good_when_there_is_room(twins: Twins, room: int) -> None:
    machine = twins.other(f"tmpfs-{room}")
    output, aside = machine.folder / "output", machine.folder / "aside"
    output.rename(aside)
    output.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=500m", "tmpfs", output], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        shutil.copytree(aside, output, dirs_exist_ok=True, symlinks=True)
        held = os.statvfs(output)
        used = (held.f_blocks - held.f_bfree) * held.f_frsize
        subprocess.run(["mount", "-o", f"remount,size={used + room}", output], check=True)
        code, said = machine.run(TUESDAY, "run")
        assert code == 1, said
        assert "No space left on device" in said or "disk is full" in said, said
        assert "Traceback" not in said
        subprocess.run(["mount", "-o", "remount,size=500m", output], check=True)
        machine.must(TUESDAY, "run")
        assert differing(twins.site, machine.site()) == []
    finally:
        subprocess.run(["umount", output], check=True)


def test_a_decision_is_in_its_file_whole_or_not_at_all(twins: Twins) -> None:
    for number, point in enumerate(
        ("decisions.before-rename", "decisions.after-rename", "decisions-backup.after-rename")
    ):
        machine = twins.other(f"decision-{number}")
        path = machine.folder / "curation/decisions/aoife.yaml"
        before = path.read_text("utf-8")
        words = ("tag", "qa-2023", "+learners", "--by", "aoife", "--why", "says so")
        code, _said = machine.run(TUESDAY, *words, fault=f"{point}:kill")
        assert code != 0
        after = path.read_text("utf-8")
        assert after == before or ("learners" in after and after.startswith(before))
        machine.must(TUESDAY, *words)
        assert "learners" in path.read_text("utf-8")


ERASING = ("forget", "https://enqa.example/2", "--why", "asked by its author", "--yes")
# The digests are written first, then each file of the archive, then ledger, index and site.
ERASED_AT = (
    "forget.after-rename:kill:1",
    "forget.before-rename:kill:2",
    "catalogue.before-commit:kill:2",
    "site.before-rename:kill:2",
)


@pytest.fixture(scope="module")
def erased(twins: Twins) -> dict[str, str]:
    """The site of a machine on which a work was erased and nobody disturbed it."""
    machine = twins.other("erased")
    assert named_in(machine.folder)
    machine.must(TUESDAY, *ERASING)
    assert named_in(machine.folder) == []
    return machine.site()


def named_in(folder: Path) -> list[str]:
    """The files that name the erased work, packed or not."""
    words = (b"report 2 of enqa", b"report-2-of-enqa", b"enqa.example/2", b"enqa-2<")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path.name for path in files if any(word in body.lower() for body in bodies(path) for word in words)]


@pytest.mark.parametrize("fault", ERASED_AT)
def test_an_erasure_that_dies_is_made_good_by_asking_again(twins: Twins, erased: dict[str, str], fault: str) -> None:
    machine = twins.other(fault.replace(":", "-"))
    code, said = machine.run(TUESDAY, *ERASING, fault=fault)
    assert code != 0, f"the point was never passed\n{said}"
    machine.must(TUESDAY, *ERASING)
    assert named_in(machine.folder) == []
    assert differing(erased, machine.site()) == []
    assert not list(machine.folder.rglob("*.new"))


def test_a_backup_that_dies_leaves_no_file_that_looks_like_one(twins: Twins) -> None:
    machine = twins.other("backup")
    file = machine.folder / "b.tar"
    code, _said = machine.run(TUESDAY, "backup", str(file), fault="backup.before-rename:kill")
    assert code != 0
    assert not file.exists()


def test_a_torn_archive_a_broken_index_and_a_lost_manifest_are_mended(twins: Twins) -> None:
    machine = twins.other("torn")
    machine.must(TUESDAY, "crawl")
    newest = max((machine.folder / "output/archive").rglob("*.warc.gz"))
    with newest.open("ab") as file:
        file.write(newest.read_bytes()[:100])
    for path in (machine.folder / "output/search").rglob("*"):
        if path.is_file():
            path.write_bytes(b"rubbish")
    (machine.folder / "output/.site.manifest").write_text("{", "utf-8")
    code, said = machine.run(TUESDAY, "run")
    assert code == 0, said
    assert "torn tail" in said
    assert differing(twins.site, machine.site()) == []


def test_a_damaged_catalogue_is_said_with_what_to_do(twins: Twins) -> None:
    machine: Machine = twins.other("damaged")
    path = machine.folder / "output/catalogue.sqlite"
    path.write_bytes(b"SQLite format 3\x00" + b"\x00\xff" * 5000)
    code, said = machine.run(TUESDAY, "run", "--offline")
    assert code == 1
    assert "catalogue.sqlite" in said
    assert "restore a backup" in said
    assert "Traceback" not in said
