"""An opened observatory: its configuration, data folder, catalogue, index and write lock, each opened at first need."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from observatory.catalogue.glance import where
from observatory.config import Config, load, valid
from observatory.errors import ConfigError

if TYPE_CHECKING:
    from observatory.catalogue.store import Store
    from observatory.inquiry import Inquiry

log = logging.getLogger(__name__)

Progress = Callable[[str], None]
VALID = "valid"  # the folder beside the data that holds the curators' files as the last good run read them


class Opened:
    """An opened observatory: its configuration, its data folder, and what stands there, each opened at first need."""

    def __init__(
        self,
        config: Config,
        data: Path,
        now: datetime | None = None,
        progress: Progress | None = None,
        *,
        is_last_valid: bool = False,
    ) -> None:
        self.config = config
        self.data = data
        self._now = now
        self.progress: Progress = progress or (lambda _line: None)
        self._store: Store | None = None
        self._inquiry: Inquiry | None = None
        self._writes = False
        self._is_last_valid = is_last_valid

    @classmethod
    def open(
        cls,
        sources: str | Path = "sources.yaml",
        data: str | Path | None = None,
        *,
        now: datetime | None = None,
        progress: Progress | None = None,
        or_last_valid: bool = False,
    ) -> Self:
        """Load the configuration; `data` is `output` beside it unless given.

        Raises `ConfigError` with every flaw at once. Nothing is touched on disk before a verb needs it. With `or_last_valid` (the
        daemon's runs) the flaws are logged, and what the last good run was told stays in force.
        """
        path = Path(sources)
        folder = Path(data) if data else path.parent / "output"
        try:
            return cls(load(path), folder, now, progress)
        except ConfigError as error:
            kept = valid.last(folder / VALID, path.name) if or_last_valid else None
            if kept is None:
                raise
            for flaw in error.flaws:
                log.error("broken settings flaw=%s (the last valid form stays in force)", flaw)
            return cls(kept, folder, now, progress, is_last_valid=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the catalogue and its index."""
        if self._inquiry is not None:
            self._inquiry.close()
            self._inquiry = None
        if self._store is not None:
            self._store.close()
            self._store = None

    @property
    def now(self) -> datetime:
        """The moment of this run, to the second; the clock is read once."""
        if self._now is None:
            self._now = datetime.now(UTC)
        self._now = self._now.replace(microsecond=0)
        return self._now

    @property
    def archive(self) -> Path:
        return self.data / "archive"

    @property
    def site_folder(self) -> Path:
        return self.data / "site"

    @property
    def desk_folder(self) -> Path:
        return self.data / "desk"

    @property
    def where(self) -> Path | str:
        """Where the catalogue is: a file under the data folder, or the SQLAlchemy URL in OBSERVATORY_DATABASE."""
        return where(self.data)

    @property
    def store(self) -> Store:
        """The catalogue, opened at first need."""
        if self._store is None:
            from observatory.catalogue.store import Store

            self.data.mkdir(parents=True, exist_ok=True)
            self._warn_of_a_lost_ledger()
            self._store = Store.open(self.where)
        return self._store

    def _warn_of_a_lost_ledger(self) -> None:
        where = self.where
        if isinstance(where, Path) and not where.exists() and any(self.archive.rglob("*.warc.gz")):
            log.warning(
                "no catalogue at %s, but an archive: restore a backup if you have one (`observatory restore FILE`). Else all is "
                "read again; lost are which editions were issued and sent, since when hand-kept records are known, and ids given "
                "under former rules",
                where,
            )

    @property
    def inquiry(self) -> Inquiry:
        """What answers searches; it brings the index up to date at need."""
        if self._inquiry is None:
            from observatory.inquiry import Inquiry

            self._inquiry = Inquiry(self.config, self.store, self.data / "search", self._freshen)
        return self._inquiry

    # ------------------------------------------------------------ the write lock

    @contextmanager
    def writing(self, what: str) -> Iterator[None]:
        """Hold the write lock over several verbs, which then share it; Busy, with who writes, when another process has it."""
        from observatory.catalogue.lock import Lock

        if self._writes:
            yield
            return
        with Lock(self.data / "write.lock", what):
            self._writes = True
            try:
                yield
            finally:
                self._writes = False

    def _freshen(self) -> None:
        """Bring the index up to date for a search; Busy when another process writes."""
        with self.writing("search"):
            self._index()

    def _index(self, *, rebuild: bool = False) -> int:
        from observatory.catalogue.search.index import Index

        return Index(self.data / "search").sync(self.store, self.progress, rebuild=rebuild)
