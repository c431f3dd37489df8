"""Stores to test with: real SQLite files, and a real PostgreSQL where its programs are installed."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from observatory.catalogue.store import Store

Where = Path | str


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated catalogue without rows, to copy: migrating costs more than most tests."""
    path = tmp_path_factory.mktemp("empty") / "catalogue.sqlite"
    Store.open(path).close()
    return path


@pytest.fixture
def catalogue_path(empty_catalogue: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty_catalogue, tmp_path / "catalogue.sqlite"))


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest) -> Where:
    """Where a fresh catalogue is: a test that asks for it, or for `store`, runs on both databases."""
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("catalogue_path")
        return path
    fresh: Callable[[], str] = request.getfixturevalue("postgresql")
    return fresh()


@pytest.fixture
def store(where: Where) -> Iterator[Store]:
    with Store.open(where) as store:
        yield store


# ---------------------------------------------------------------- PostgreSQL


def _programs() -> Path | None:
    """Find PostgreSQL's programs: on the path, or where Debian keeps them."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return kept[-1].parent if kept else None


def _run(*words: str | Path) -> None:
    """Run a program of PostgreSQL's, which refuses to be root's."""
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*user, *map(str, words)], capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, f"{words[0]}: {done.stderr}{done.stdout}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """A PostgreSQL server on a socket of its own; calling it gives the URL of a fresh, migrated catalogue."""
    programs = _programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("no PostgreSQL here: .ci/run must install it")
        pytest.skip("no PostgreSQL here (Debian: postgresql)")
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="pg-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        cluster = folder / "data"
        _run(programs / "initdb", "-D", cluster, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
        quick = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
        _run(programs / "pg_ctl", "-D", cluster, "-w", "-l", folder / "log", "-o", quick, "start")
        try:
            user = "postgres" if os.geteuid() == 0 else getpass.getuser()
            yield _catalogues(f"postgresql+psycopg://{user}@/{{}}?host={folder}")
        finally:
            _run(programs / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")


def _catalogues(form: str) -> Callable[[], str]:
    import psycopg

    numbers = count()
    server = form.format("postgres").replace("+psycopg", "")

    def make(template: str) -> str:
        name = f"catalogue{next(numbers)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # names of our own making
        return name

    migrated = make("template0")
    Store.open(form.format(migrated)).close()
    return lambda: form.format(make(migrated))
