"""The file itself: made by migrations, refused when newer, its failures named."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import made
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from observatory.catalogue import tables
from observatory.catalogue.database import MIGRATIONS
from observatory.catalogue.store import Store
from observatory.errors import Busy, StorageError

NEXT_TO_NOTHING = 280_000  # bytes


def test_the_migrations_make_the_tables_that_the_code_knows(catalogue_path: Path) -> None:
    engine = create_engine(f"sqlite:///{catalogue_path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables.metadata) == []
        assert context.get_current_revision() == tables.SCHEMA_VERSION
    engine.dispose()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [tables.SCHEMA_VERSION]


def test_ledger_and_derived_tables_are_apart() -> None:
    assert {table.name for table in tables.LEDGER} == {
        "ledger_ids",
        "ledger_shelf",
        "ledger_files",
        "ledger_marks",
        "ledger_editions",
        "ledger_sendings",
        "ledger_use",
    }
    assert len(tables.LEDGER) + len(tables.DERIVED) == len(tables.metadata.tables)


def test_opening_an_up_to_date_catalogue_loads_no_alembic(catalogue_path: Path) -> None:
    code = "import sys; from observatory.catalogue.store import Store; Store.open(sys.argv[1]).close();"
    code += "sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code, str(catalogue_path)], check=False).returncode == 0


def test_what_was_written_is_there_after_opening_again(catalogue_path: Path) -> None:
    with Store.open(catalogue_path) as store:
        store.apply([made.put("a")])
        name = store.name_of_catalogue()
    with Store.open(catalogue_path, read_only=True) as store:
        assert store.entry("a") == made.entry("a")
        assert store.name_of_catalogue() == name


def test_two_catalogues_have_two_names(tmp_path: Path) -> None:
    names = set()
    for part in ("a", "b"):
        with Store.open(tmp_path / part / "catalogue.sqlite") as store:
            names.add(store.name_of_catalogue())
    assert len(names) == 2
    assert "" not in names


def test_a_newer_catalogue_is_refused_with_what_to_do(catalogue_path: Path) -> None:
    with sqlite3.connect(catalogue_path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StorageError, match=r"newer version .*9999.*upgrade the program"):
        Store.open(catalogue_path)


def test_an_older_catalogue_is_not_upgraded_by_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    sqlite3.connect(path).close()
    path.write_bytes(b"")
    with pytest.raises(StorageError, match="older version"):
        Store.open(path, read_only=True)


def test_a_missing_catalogue_is_not_made_by_a_reader(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="`observatory run` makes one"):
        Store.open(tmp_path / "catalogue.sqlite", read_only=True)
    assert not list(tmp_path.iterdir())


def test_what_is_no_catalogue_is_named(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"this is no database, but a long enough text to be mistaken for one" * 100)
    with pytest.raises(StorageError, match=r"catalogue\.sqlite: this is no catalogue"):
        Store.open(path)


def test_a_damaged_catalogue_is_named(catalogue_path: Path) -> None:
    with Store.open(catalogue_path) as store:
        store.apply([made.put(f"e{number}") for number in range(300)])
    body = bytearray(catalogue_path.read_bytes())
    for at in range(8192, len(body), 4096):
        body[at : at + 1024] = os.urandom(1024)
    catalogue_path.write_bytes(body)
    with pytest.raises(StorageError, match="damaged"), Store.open(catalogue_path) as store:
        list(store.entries())


def test_a_full_disk_is_named_and_undoes_the_transaction(catalogue_path: Path) -> None:
    with Store.open(catalogue_path) as store:
        pages = store._connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        store._connection.rollback()
        store._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}")
        store._connection.rollback()
        with pytest.raises(StorageError, match=r"catalogue\.sqlite: the disk is full"), store.transaction():
            store.set_position("run/00000001")
            store.apply([made.put(f"e{number}", summary="word " * 500) for number in range(100)])
        assert store.position() == ""
        assert list(store.entries()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write read-only files")
def test_a_read_only_file_is_named(catalogue_path: Path) -> None:
    catalogue_path.chmod(0o444)
    with pytest.raises(StorageError, match="read-only"), Store.open(catalogue_path) as store:
        store.set_position("x")


def test_a_reader_cant_write(catalogue_path: Path) -> None:
    with Store.open(catalogue_path, read_only=True) as store, pytest.raises(StorageError, match="read-only"):
        store.set_position("x")


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="output"):
        Store.open(tmp_path / "output" / "catalogue.sqlite")


def test_a_second_writer_is_told_to_wait(catalogue_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("observatory.catalogue.database.BUSY_MS", 10)
    with Store.open(catalogue_path) as one, Store.open(catalogue_path) as other, one.transaction():
        with pytest.raises(Busy, match="being written by another process"):
            other.set_position("x")
        assert other.position() == ""


def test_a_killed_writer_leaves_what_was_committed(catalogue_path: Path) -> None:
    code = """
import os, sys
sys.path.insert(0, sys.argv[2])
import made
from observatory.catalogue.store import Store
store = Store.open(sys.argv[1])
store.apply([made.put("kept")])
with store.transaction():
    store.apply([made.put("lost")])
    os.kill(os.getpid(), 9)
"""
    here = str(Path(__file__).parent)
    subprocess.run([sys.executable, "-c", code, str(catalogue_path), here], check=False)
    with Store.open(catalogue_path) as store:
        assert [entry.id for entry in store.entries()] == ["kept"]


def test_an_empty_catalogue_is_small(empty_catalogue: Path) -> None:
    assert empty_catalogue.stat().st_size < NEXT_TO_NOTHING
