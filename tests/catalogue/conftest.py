"""Stores to test with: real SQLite files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from observatory.catalogue.store import Store


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated catalogue without rows, to copy: migrating costs more than most tests."""
    path = tmp_path_factory.mktemp("empty") / "catalogue.sqlite"
    Store.open(path).close()
    return path


@pytest.fixture
def catalogue_path(empty_catalogue: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty_catalogue, tmp_path / "catalogue.sqlite"))


@pytest.fixture
def store(catalogue_path: Path) -> Iterator[Store]:
    with Store.open(catalogue_path) as store:
        yield store
