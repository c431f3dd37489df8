"""Sites to look at: the real library's, one of hostile records, and an empty one. Each is published once."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pytest
from shown import NOW, SITE, WHOLE, catalogue

from observatory.app import Observatory
from observatory.model import Catalogue, Site
from observatory.publish.citations import FORM as CITED
from observatory.publish.citations import Cited
from observatory.publish.citing import citations
from observatory.publish.keeping import KeptPieces
from observatory.publish.links import file_of
from observatory.publish.output import Output
from observatory.publish.page import Row
from observatory.publish.pages import PAGES
from observatory.publish.plan import plan, shelve
from observatory.publish.site import INSTALLED, Templates, publish

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Shown:
    """A published site and what it was made of."""

    folder: Path
    catalogue: Catalogue
    site: Site

    @property
    def cited(self) -> Mapping[str, Cited]:
        """The citations that publishing made."""
        with KeptPieces(self.folder.parent / ".site.citations", CITED) as kept:
            return dict(citations(self.catalogue, "", kept, lambda _line: None))

    def examples(self, most: int = 2, rows: Iterable[Row] = PAGES) -> list[str]:
        """Addresses of the first pages of rows of the table of pages."""
        shelf = shelve(self.catalogue, self.site, Templates(INSTALLED, self.site.language), self.cited)
        found = [page.path for row in rows for page in islice(row.make(shelf), most)]
        return list(dict.fromkeys(found))

    def one_of_each(self) -> list[str]:
        """The first page that each template makes."""
        rows = {row.template: row for row in reversed(PAGES)}
        return self.examples(1, rows.values())

    def pages(self) -> list[Path]:
        """All HTML files."""
        return sorted(self.folder.rglob("*.html"))

    def read(self, path: str) -> str:
        """The file that a web server gives for an address of the site."""
        return (self.folder / file_of(path)).read_text("utf-8")


def _shown(folder: Path, held: Catalogue, site: Site) -> Shown:
    publish(held, site, INSTALLED, folder / "site")
    return Shown(folder / "site", held, site)


@pytest.fixture(scope="session")
def library_site(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The real library's site, made once for all processes of a run (it takes a quarter of a minute); each has a copy."""
    mine = tmp_path_factory.mktemp("library")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = shared / "library-site"
    with (shared / "library-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            (shared / "library-site.shown").write_bytes(pickle.dumps(_library_site(shared / "library-site.new")))
            (shared / "library-site.new").rename(made)
    shutil.copytree(made, mine, dirs_exist_ok=True)
    shown: Shown = pickle.loads((shared / "library-site.shown").read_bytes())
    return replace(shown, folder=mine / "site")


def _library_site(folder: Path) -> Shown:
    with Observatory.open(ROOT / "sources.yaml", data=folder, now=NOW) as observatory:
        observatory.ingest()
        held, site = observatory.catalogue(), observatory.config.site
    some = [
        one for number, one in enumerate(held.entries) if one.work.landmark or one.kind == "policy" or number % 5 == 0
    ]
    return _shown(folder, replace(held, entries=tuple(some)), site)  # citing all of them would take half a minute


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return _shown(tmp_path_factory.mktemp("hostile"), WHOLE, SITE)


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return _shown(tmp_path_factory.mktemp("empty"), catalogue(), SITE)


@pytest.fixture(params=["library_site", "hostile_site", "empty_site"])
def any_site(request: pytest.FixtureRequest) -> Shown:
    shown = request.getfixturevalue(request.param)
    assert isinstance(shown, Shown)
    return shown


class Planned(Mapping[str, bytes]):
    """A whole site planned in memory, by path; what is looked at is rendered then, once."""

    def __init__(self, outputs: Iterable[Output]) -> None:
        self._outputs = {output.path: output for output in outputs}
        self._made: dict[str, bytes] = {}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._made:
            self._made[path] = whole(self._outputs[path].render())
        return self._made[path]

    def __contains__(self, path: object) -> bool:
        return path in self._outputs

    def __iter__(self) -> Iterator[str]:
        return iter(self._outputs)

    def __len__(self) -> int:
        return len(self._outputs)


def planned(held: Catalogue, site: Site = SITE) -> Planned:
    """Plan a whole site."""
    return Planned(plan(held, site, Templates(INSTALLED, site.language)))


def whole(body: bytes | Iterable[bytes]) -> bytes:
    return body if isinstance(body, bytes) else b"".join(body)
