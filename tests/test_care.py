"""Backup and restore: the same site byte for byte on an empty machine, and nothing let in that a backup does not hold."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from observatory import care
from observatory.app import Observatory
from observatory.catalogue.store import Store
from observatory.errors import NotFound, ObservatoryError, UsageError
from tests.trees import differing, tree

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SOURCES = "site: {title: Kept}\nsources:\n  - {id: library, kind: library, path: curation/library/*.yaml}\n"
RECORD = "- {id: qa-2023, kind: report, title: Quality of micro-credentials, date: 2023, url: 'https://enqa.eu/qa'}\n"
DECISION = "- {entry: qa-2023, action: tag, topics: {add: [recognition]}, when: 2026-11-20, why: it says so}\n"


def silent(_line: str) -> None:
    pass


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with a published observatory."""
    folder = tmp_path / "old"
    for name, body in {
        "sources.yaml": SOURCES,
        "curation/library/reports.yaml": RECORD,
        "curation/decisions/aoife.yaml": DECISION,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body, "utf-8")
    with Observatory.open(folder / "sources.yaml", now=NOW) as obs:
        obs.run(offline=True)
    return folder


def kept(machine: Path, name: str = "backup.tar.gz") -> Path:
    file = machine.parent / name
    care.backup(file, machine / "sources.yaml", machine / "output", NOW, silent)
    return file


@pytest.mark.parametrize("name", ["backup.tar", "backup.tar.gz"])
def test_an_empty_machine_has_the_same_site_after_restore(machine: Path, name: str) -> None:
    new = machine.parent / "new"
    care.restore(kept(machine, name), new / "sources.yaml", new / "output", silent)
    with Observatory.open(new / "sources.yaml", now=datetime(2027, 3, 1, tzinfo=UTC)) as obs:
        obs.publish()
        assert differing(tree(machine / "output/site"), tree(obs.site_folder)) == []
        obs.rebuild()
        assert differing(tree(machine / "output/site"), tree(obs.site_folder)) == []
    assert (new / "curation/decisions/aoife.yaml").read_text("utf-8") == DECISION


def test_a_backup_is_whole_while_another_process_writes(machine: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with Store.open(machine / "output/catalogue.sqlite") as store:
            number = 0
            while not stop.is_set():
                with store.transaction():  # the two marks must never differ in a copy
                    store.set_meta("one", str(number))
                    store.set_meta("two", str(number))
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        files = [kept(machine, f"backup-{number}.tar") for number in range(5)]
    finally:
        stop.set()
        writer.join()
    for number, file in enumerate(files):
        new = machine.parent / f"new-{number}"
        care.restore(file, new / "sources.yaml", new / "output", silent)
        with closing(sqlite3.connect(new / "output/catalogue.sqlite")) as copy:
            marks = dict(copy.execute("SELECT name, value FROM marks"))
        assert marks.get("one") == marks.get("two")


def test_what_stands_in_the_way_is_named_and_kept(machine: Path) -> None:
    file, new = kept(machine), machine.parent / "new"
    new.mkdir()
    (new / "sources.yaml").write_text(SOURCES + "# mine\n", "utf-8")
    with pytest.raises(UsageError, match=r"sources\.yaml stands in the way and differs"):
        care.restore(file, new / "sources.yaml", new / "output", silent)
    assert (new / "sources.yaml").read_text("utf-8").endswith("# mine\n")
    assert not (new / "output/catalogue.sqlite").exists()
    care.restore(file, new / "sources.yaml", new / "output", silent, force=True)
    assert (new / "sources.yaml").read_text("utf-8") == SOURCES


def made(path: Path, members: dict[str, bytes], link: str = "") -> Path:
    with tarfile.open(path, "w") as tar:
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
        if link:
            member = tarfile.TarInfo("data/link")
            member.type, member.linkname = tarfile.SYMTYPE, link
            tar.addfile(member)
    return path


@pytest.mark.parametrize(
    "name",
    [
        *("../evil", "/etc/evil", "config/../../evil", "evil", "data/../../../evil", "other/evil", "config"),
        *(
            "data//etc/evil",
            "data/archive//evil",
            "data/./evil",
            "data/archive/.evil",
            "config/curation/.git/hooks/evil",
        ),
        *("config/.github/evil", "config/observatory/evil.py", "config/Makefile", "data/site/evil", "config/curation"),
        *("config/curation\\\\evil", "data/catalogue.sqlite/evil", "data/archive", "config/sources.yaml/evil"),
    ],
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    file = made(tmp_path / "b.tar", {name: b"x"})
    new = tmp_path / "deep" / "new"
    with pytest.raises(UsageError):
        care.restore(file, new / "sources.yaml", new / "output", silent)
    assert not list(tmp_path.rglob("evil"))


def test_links_are_refused(tmp_path: Path) -> None:
    file = made(tmp_path / "b.tar", {}, link="/etc/passwd")
    with pytest.raises(UsageError, match="data/link"):
        care.restore(file, tmp_path / "new/sources.yaml", tmp_path / "new/output", silent)


def test_a_changed_or_torn_backup_restores_nothing(machine: Path, tmp_path: Path) -> None:
    file = kept(machine, "backup.tar")
    body = file.read_bytes()
    for number, broken in enumerate(
        (body.replace(b"Quality", b"Quackity"[:7]), body[: len(body) // 2], b"rubbish", b"")
    ):
        bad = tmp_path / f"bad-{number}.tar"
        bad.write_bytes(broken)
        with pytest.raises(UsageError, match="damaged or no backup"):
            care.restore(bad, tmp_path / "n/sources.yaml", tmp_path / "n/output", silent)
        assert not [path for path in (tmp_path / "n").rglob("*") if path.is_file()]


def test_a_backup_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    file = made(tmp_path / "b.tar", {"manifest.json": json.dumps({"format": 99, "made_at": "", "files": {}}).encode()})
    with pytest.raises(UsageError, match="newer version"):
        care.restore(file, tmp_path / "n/sources.yaml", tmp_path / "n/output", silent)


def test_without_a_catalogue_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(SOURCES, "utf-8")
    with pytest.raises(NotFound, match="`observatory run` makes one"):
        care.backup(tmp_path / "b.tar", tmp_path / "sources.yaml", tmp_path / "output", NOW, silent)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sources.yaml"]


@pytest.fixture(autouse=True)
def no_litter(tmp_path: Path) -> Iterator[None]:
    yield
    assert not [
        path for path in tmp_path.rglob("*") if path.name.startswith((".restore-", ".backup-")) or path.suffix == ".new"
    ]


# ---------------------------------------------------------------- hand-over


def exported(machine: Path) -> Path:
    folder = machine.parent / "handed-over"
    care.export(folder, machine / "sources.yaml", machine / "output", NOW, silent)
    return folder


def test_an_exported_observatory_goes_on_on_an_empty_machine(machine: Path, tmp_path: Path) -> None:
    folder = exported(machine)
    assert {path.name for path in folder.iterdir()} == {"README.md", "manifest.json", "config", "data"}
    home, new = tmp_path / "home", tmp_path / "elsewhere" / "other name"
    home.mkdir()
    root = str(Path(care.__file__).parents[1])
    clean = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": root, "PYTHONUTF8": "1"}
    machine.rename(tmp_path / "gone")  # nothing of the former machine is there any more
    command = [sys.executable, "-m", "observatory", "--config", str(new / "sources.yaml"), "import", str(folder)]
    done = subprocess.run(command, env=clean, cwd=home, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert differing(tree(tmp_path / "gone" / "output" / "site"), tree(new / "output" / "site")) == []
    with Observatory.open(new / "sources.yaml", now=NOW) as obs:
        assert obs.entry("qa-2023").decided_by == ("aoife",)


def test_a_hand_over_takes_along_all_that_makes_the_site_what_it_is(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    installed = Path(care.__file__).parents[1] / "site_templates"
    own = (installed / "suggest.html").read_text("utf-8").replace("<h1>", "<h1>Ask us: ", 1)
    files = {
        "sources.yaml": SOURCES + "  - {id: shelf, kind: library, path: records/*.ris}\n",
        "curation/library/reports.yaml": RECORD,
        "curation/picks.yaml": "start_here:\n  home:\n    - {entry: qa-2023, why: Clear., by: Mary, when: 2026-11-20}\n",
        "curation/hosts.yaml": "enqa.eu: [enqa.eu]\n",
        "vocabulary/everyday.yaml": "everyday:\n  - words: [the]\n",
        "site_templates/suggest.html": own,
        "site_templates/about.html": (installed / "about.html").read_text("utf-8"),
        "records/old.ris": "TY  - RPRT\nID  - w1\nTI  - Micro-credentials at work\nPY  - 2022\nUR  - https://w.example/1\nER  - \n",
    }
    for name, body in files.items():
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        (old / name).write_text(body, "utf-8")
    with Observatory.open(old / "sources.yaml", now=NOW) as obs:
        obs.run(offline=True)
    (old / "curation/picks.yaml").write_text("start_here: [broken\n", "utf-8")  # its last valid form is in force
    care.export(tmp_path / "handed-over", old / "sources.yaml", old / "output", NOW, silent)
    old.rename(tmp_path / "gone")
    care.import_(tmp_path / "handed-over", new / "sources.yaml", new / "output", silent)
    with Observatory.open(new / "sources.yaml", now=datetime(2027, 3, 1, tzinfo=UTC)) as obs:
        obs.index()
        obs.publish()
    assert differing(tree(tmp_path / "gone/output/site"), tree(new / "output/site")) == []
    assert "Ask us: " in (new / "output/site/suggest/index.html").read_text("utf-8")
    assert "Clear." in (new / "output/site/picks/index.html").read_text("utf-8")
    taken = {name for name in files if (new / name).exists()}
    assert taken == files.keys() - {"site_templates/about.html"}  # the program's own; the next version may change it


@pytest.mark.parametrize(
    "harm",
    [
        "changed",
        "missing",
        "escaping",
        "linked",
        "absolute",
        "doubled",
        "pipe",
        "above",
        "huge",
        "deep",
        "null",
        "undated",
    ],
)
def test_a_damaged_or_foreign_folder_is_refused_whole(machine: Path, tmp_path: Path, harm: str) -> None:
    folder, target = exported(machine), tmp_path / "n"
    file = folder / "config" / "curation" / "library" / "reports.yaml"
    manifest = json.loads((folder / "manifest.json").read_text())
    outside = tmp_path / "evil.yaml"
    told = {"escaping": "config/../../../evil.yaml", "absolute": "/config/evil.yaml", "doubled": f"data/{outside}"}
    whole = {
        "deep": "[" * 200_000,
        "null": "null",
        "undated": json.dumps({**manifest, "made_at": None, "format": "9" * 5000}),
    }
    if harm == "changed":
        file.write_text("[]")
    elif harm == "missing":
        file.unlink()
    elif harm == "linked":
        file.unlink()
        file.symlink_to("/etc/hostname")
    elif harm == "pipe":
        file.unlink()
        os.mkfifo(file)  # reading it would never end
    elif harm == "above":
        (folder / "config").rename(folder / "elsewhere")
        (folder / "config").symlink_to(folder / "elsewhere")
    elif harm == "huge":
        os.truncate(file, shutil.disk_usage(folder).total + 1)  # a file that says so and has nothing
    elif harm in told:
        (folder / "data" / str(outside).lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
        (folder / "data" / str(outside).lstrip("/")).write_bytes(b"x")
        manifest["files"][told[harm]] = hashlib.sha256(b"x").hexdigest()
        (folder / "manifest.json").write_text(json.dumps(manifest))
    else:
        (folder / "manifest.json").write_text(whole[harm])
    with pytest.raises(ObservatoryError, match=r"damaged or no backup|holds a link|larger than the disk"):
        care.import_(folder, target / "sources.yaml", target / "output", silent)
    assert not [path for path in target.rglob("*") if path.is_file()]
    assert not outside.exists()


def test_a_backup_whose_names_lead_out_by_a_doubled_slash_is_refused(tmp_path: Path) -> None:
    name = f"data/{tmp_path}/evil"
    manifest = {"format": 1, "made_at": "", "files": {name: hashlib.sha256(b"x").hexdigest()}}
    file = made(tmp_path / "b.tar", {name: b"x", "manifest.json": json.dumps(manifest).encode()})
    with pytest.raises(UsageError):
        care.restore(file, tmp_path / "n/sources.yaml", tmp_path / "n/output", silent)
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_only_plain_files_are_taken_from_a_backup(tmp_path: Path, kind: bytes) -> None:
    file = tmp_path / "b.tar"
    with tarfile.open(file, "w") as tar:
        member = tarfile.TarInfo("data/archive/link")
        member.type, member.linkname = kind, "/etc/passwd"
        tar.addfile(member)
    with pytest.raises(UsageError, match="which no backup of ours does"):
        care.restore(file, tmp_path / "n/sources.yaml", tmp_path / "n/output", silent)


def test_what_unpacks_to_more_than_the_disk_holds_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    member = tarfile.TarInfo("data/catalogue.sqlite")
    member.size = 1 << 50  # so it says; a gzip of zeros would give it
    with gzip.open(file, "wb") as out:
        out.write(member.tobuf() + bytes(1 << 16))
    with pytest.raises(ObservatoryError, match="more than the disk has room for"):
        care.restore(file, tmp_path / "n/sources.yaml", tmp_path / "n/output", silent)


def test_an_export_overwrites_nothing_and_an_import_only_by_force(machine: Path, tmp_path: Path) -> None:
    folder = exported(machine)
    with pytest.raises(UsageError, match="isn't empty"):
        exported(machine)
    target = tmp_path / "n"
    (target).mkdir()
    (target / "sources.yaml").write_text("site: {title: Another}\n")
    with pytest.raises(UsageError, match="stands in the way"):
        care.import_(folder, target / "sources.yaml", target / "output", silent)
    care.import_(folder, target / "sources.yaml", target / "output", silent, force=True)
    assert "Kept" in (target / "sources.yaml").read_text()
