"""Upgrades: by themselves, with a copy before; every released form of the tables has a fixture here that still opens.

The newest fixture follows the tables until they are released: SCHEMA=write python -m pytest tests/catalogue/test_upgrade.py
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from observatory.catalogue.database import MIGRATIONS
from observatory.catalogue.store import Store
from observatory.errors import StorageError

HERE = Path(__file__).parent
RELEASED = sorted((HERE / "schemas").glob("*.sql"))
NEXT = """
from alembic import op
revision, down_revision = "9999", "{last}"
def upgrade():
    op.execute("CREATE TABLE later (name TEXT PRIMARY KEY)")
    {more}
"""


def next_program(folder: Path, more: str = "pass") -> type[Store]:
    """The store of a later version of this program, with one more migration."""
    scripts = folder / "migrations"
    shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9999_later.py").write_text(NEXT.format(last=Store.version, more=more), "utf-8")
    return type("NextStore", (Store,), {"version": "9999", "migrations": scripts})


def test_an_older_catalogue_is_upgraded_with_a_copy_before(catalogue_path: Path, tmp_path: Path) -> None:
    with Store.open(catalogue_path) as store:
        store.set_position("run/00000007")
    with next_program(tmp_path).open(catalogue_path) as store:
        assert store.position() == "run/00000007"
    copy = catalogue_path.with_name("catalogue.sqlite.before-9999")
    with Store.open(copy) as former:
        assert former.position() == "run/00000007"
    with pytest.raises(StorageError, match="newer version"):
        Store.open(catalogue_path)


def test_an_upgrade_that_fails_leaves_the_catalogue_as_it_was(catalogue_path: Path, tmp_path: Path) -> None:
    with Store.open(catalogue_path) as store:
        store.set_position("run/00000007")
    broken = next_program(tmp_path, "raise RuntimeError('half-way')")
    with pytest.raises(RuntimeError):
        broken.open(catalogue_path)
    with Store.open(catalogue_path) as store:
        assert store.position() == "run/00000007"
    with closing(sqlite3.connect(catalogue_path)) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'later'").fetchone()


def test_every_released_form_of_the_tables_has_a_fixture() -> None:
    versions = {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
    assert {path.stem for path in RELEASED} == versions


def _tables(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return [re.sub(r"\s+", " ", sql) for (sql,) in rows]


def _write(fixture: Path, empty: Path, scratch: Path) -> None:
    """Write the fixture's rows into the tables as they now are."""
    rows = [line for line in fixture.read_text("utf-8").splitlines() if line.startswith("INSERT INTO")]
    path = Path(shutil.copy(empty, scratch))
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DELETE FROM alembic_version; DELETE FROM ledger_marks; DELETE FROM marks;" + "\n".join(rows)
        )
        fixture.write_text("\n".join(connection.iterdump()) + "\n", "utf-8")


def test_the_newest_fixture_has_the_tables_of_today(catalogue_path: Path, tmp_path: Path) -> None:
    if os.environ.get("SCHEMA") == "write":
        _write(RELEASED[-1], catalogue_path, tmp_path / "with-rows.sqlite")
    made = tmp_path / "made.sqlite"
    with closing(sqlite3.connect(made)) as connection:
        connection.executescript(RELEASED[-1].read_text("utf-8"))
    assert _tables(made) == _tables(catalogue_path)


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_a_catalogue_of_every_release_opens_with_its_ledger(path: Path, tmp_path: Path) -> None:
    where = tmp_path / "catalogue.sqlite"
    with closing(sqlite3.connect(where)) as connection:
        connection.executescript(path.read_text("utf-8"))
    with Store.open(where) as store:
        assert store.taken(["enqa-2023-quality"])
        assert [shelved.key for shelved in store.shelf()] == ["enqa-2023-quality"]
        assert store.position() == "20261123T060000Z-0001/000001"
