"""The catalogue's database: opening, upgrading, transactions, and its failures in our words.

SQLite in WAL mode by default, any other database by its SQLAlchemy URL. One writer at a time (lock.py),
any readers.
"""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

from sqlalchemy import (
    URL,
    BindParameter,
    Column,
    Compiled,
    Connection,
    Delete,
    Dialect,
    Engine,
    NullPool,
    Row,
    Select,
    Table,
    bindparam,
    create_engine,
    event,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.sql.compiler import SQLCompiler

from observatory.catalogue.tables import SCHEMA_VERSION, ledger_marks, marks
from observatory.errors import Busy, DamagedError, StorageError
from observatory.files import point

BUSY_MS = 10_000  # how long a statement waits for another process; readers never wait in WAL mode
MIGRATIONS = Path(__file__).parent / "migrations"
WRITTEN = "written"  # the mark that every transaction which changed a row sets anew
CHUNK = 400  # values in one IN (…): SQLite's oldest limit on variables is 999

V = TypeVar("V")

log = logging.getLogger(__name__)


def chunks(values: Iterable[V], size: int = CHUNK) -> Iterator[list[V]]:
    """Part values into lists of at most `size`."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def stamp(moment: datetime) -> str:
    """Write a moment so that text order is time order: ISO 8601 in UTC, without zone."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def moment(text: str | None) -> datetime | None:
    """Read what `stamp` wrote."""
    return known_moment(text) if text else None


def known_moment(text: str) -> datetime:
    """Read what `stamp` wrote, where it can't be absent; DamagedError when something else stands there."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except (ValueError, TypeError) as error:
        raise DamagedError(f"the catalogue holds a moment that is none ({text!r:.40}): restore a backup") from error


def known_text(value: object) -> str:
    """Read a text that names something; DamagedError when it is none (SQLite keeps whatever was written)."""
    if not isinstance(value, str):
        raise DamagedError(f"the catalogue holds {value!r:.40} where text should be: restore a backup")
    return value


class Database:
    """One connection to the catalogue. Every method joins the open transaction, or makes one of its own."""

    version = SCHEMA_VERSION
    migrations = MIGRATIONS

    def __init__(self, engine: Engine, name: str, path: Path | None, *, read_only: bool = False) -> None:
        self.name = name
        self._path = path
        self._begin = "BEGIN"
        self._engine = engine
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_reader if read_only else _prepare_writer)
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(self._begin))
        with self._in_our_words():
            self._connection: Connection = engine.connect()

    @classmethod
    def open(cls, where: Path | str, *, read_only: bool = False) -> Self:
        """Open the catalogue in a file, or by a SQLAlchemy URL; make or upgrade its tables where needed.

        Raises `StorageError`: no such file (read-only), full or read-only disk, damaged, of a newer version.
        """
        url, path = _address(where, read_only)
        if path and read_only and not path.exists():
            raise StorageError(f"no catalogue at {path}: `observatory run` makes one")
        if path and not read_only:
            _make_folder(path.parent)
        options: dict[str, Any] = {} if path else {"isolation_level": "REPEATABLE READ"}
        engine = create_engine(url, poolclass=NullPool, **options)
        database = cls(engine, str(path or url.render_as_string()), path, read_only=read_only)
        try:
            database._check_order()
            database._upgrade(read_only)
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Give the file back; an open transaction is undone."""
        self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self, *, is_content: bool = True) -> Iterator[None]:
        """Make everything inside one transaction: all of it stands at the end, or nothing after an error.

        What is no content (when the last run was) leaves the `state` as it is.
        """
        with self._within("BEGIN IMMEDIATE", is_content=is_content):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let everything inside see the catalogue as it is at one moment."""
        with self._within("BEGIN"):
            yield

    @contextmanager
    def _within(self, begin: str, *, is_content: bool = False) -> Iterator[None]:
        if self._connection.in_transaction():
            yield
            return
        self._begin = begin
        with self._in_our_words():
            with self._connection.begin():
                before = self._changed_rows()
                yield
                if is_content and self._changed_rows() != before:
                    self._replace(marks, [{"name": WRITTEN, "value": uuid.uuid4().hex}])
                if begin != "BEGIN":
                    point("catalogue.before-commit")
            if begin != "BEGIN":
                point("catalogue.after-commit")

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            told = _told(error, self.name)
            if told is None:
                raise  # a bug of ours
            raise told from error

    # ------------------------------------------------------------ versions

    def _check_order(self) -> None:
        """Refuse a PostgreSQL database that orders text by a language's rules: pages and ids are in the order of code points."""
        if self._engine.dialect.name != "postgresql":
            return
        with self.reading():
            query = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
            order = str(self._connection.exec_driver_sql(query).scalar())
        if order.partition(".")[0] not in ("C", "POSIX"):
            raise StorageError(
                f"{self.name} orders text by {order}: make the database with LC_COLLATE 'C' "
                "(CREATE DATABASE … TEMPLATE template0 LC_COLLATE 'C')"
            )

    def _upgrade(self, read_only: bool) -> None:
        """Bring the tables to this program's version; alembic is loaded only when there is need.

        An older catalogue is copied beside itself first; on other databases their own backups count.
        """
        with self.reading():
            version = self._version()
        if version == self.version:
            return
        if version is not None and version > self.version:
            raise StorageError(
                f"{self.name} was written by a newer version of this program (tables {version}, known here "
                f"{self.version}): upgrade the program, or restore a backup"
            )
        if read_only:
            raise StorageError(
                f"{self.name} was written by an older version of this program (tables {version}): "
                "`observatory ingest` upgrades it"
            )
        if version is not None and self._path:
            kept = self._path.with_name(f"{self._path.name}.before-{self.version}")
            copy_of(self._path, kept)
            log.warning("upgrading the catalogue from=%s to=%s copy=%s", version, self.version, kept)
        with self.transaction():
            _migrate(self._connection, self.migrations)
            self._name_catalogue()

    def _version(self) -> str | None:
        if not inspect(self._connection).has_table("alembic_version"):
            return None
        version: str | None = self._connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return version

    def _name_catalogue(self) -> None:
        """Give a new catalogue a name of its own, by which a search index knows whose it is."""
        named = select(ledger_marks.c.value).where(ledger_marks.c.name == "catalogue")
        if self._connection.execute(named).first() is None:
            self._connection.execute(ledger_marks.insert(), {"name": "catalogue", "value": uuid.uuid4().hex})

    # ------------------------------------------------------------ rows

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self.reading():
            return self._connection.execute(query).all()

    def _rows_at(self, table: Table, **values: str) -> Sequence[Row[Any]]:
        """Read the rows of a table whose columns hold these values."""
        with self.reading():
            return self._connection.execute(_at(table, tuple(values)), values).all()

    def _rows_in(self, column: Column[Any], values: Iterable[str], *wanted: Column[Any]) -> list[Row[Any]]:
        """Read the rows whose column is among the values, or what is wanted of them: a statement a few hundred values."""
        found: list[Row[Any]] = []
        with self.reading():
            for chunk in chunks(sorted(set(values))):
                filled = chunk + chunk[-1:] * (_size(len(chunk)) - len(chunk))
                statement = _among(column, wanted, len(filled), self._engine.dialect)
                said = tuple(filled) if statement.positional else dict(zip(statement.params, filled, strict=True))
                found += self._connection.exec_driver_sql(str(statement), said).all()
        return found

    def _replace(self, table: Table, rows: Collection[Mapping[str, Any]]) -> None:
        """Write whole rows, in place of those of the same primary key."""
        if not rows:
            return
        with self.transaction():
            self._each(_deletion(table, self._engine.dialect), rows)
            self._add(table, rows)

    def _add(self, table: Table, rows: Collection[Mapping[str, Any]]) -> None:
        """Write rows whose primary keys are not there yet."""
        if rows:
            with self.transaction():
                self._each(_insertion(table, tuple(next(iter(rows))), self._engine.dialect), rows)

    def _each(self, statement: SQLCompiler, rows: Collection[Mapping[str, Any]]) -> None:
        """Run a statement with each row, by the driver itself: ours are values that every driver takes as they are."""
        names = statement.positiontup  # given where the driver takes values by their place
        said = [tuple(map(row.__getitem__, names)) for row in rows] if names else [*map(dict, rows)]
        self._connection.exec_driver_sql(str(statement), said)

    def _delete_in(self, table: Table, column: str, values: Iterable[str]) -> None:
        with self.transaction():
            for chunk in chunks(sorted(set(values))):
                self._connection.execute(_loss(table.c[column]), {"values": chunk})

    def _changed_rows(self) -> object:
        """Count the rows that were ever changed; where the driver doesn't, no two counts are equal."""
        return getattr(self._connection.connection.dbapi_connection, "total_changes", object())

    def state(self) -> str:
        """Name the catalogue's content: equal names, equal content. Each transaction that changed a row gives a new one."""
        return f"{self._mark(ledger_marks, 'catalogue')} {self._mark(marks, WRITTEN)}"

    def _mark(self, table: Table, name: str) -> str | None:
        rows = self._rows_at(table, name=name)
        return rows[0].value if rows else None


# Statements that are asked again and again are made once: making one and finding its compiled form costs more than SQLite does.


@cache
def _at(table: Table, names: tuple[str, ...]) -> Select[Any]:
    return select(table).where(*(table.c[name] == bindparam(name) for name in names))


@cache
def _among(column: Column[Any], wanted: tuple[Column[Any], ...], number: int, dialect: Dialect) -> SQLCompiler:
    names: list[BindParameter[str]] = [bindparam(f"v{n}") for n in range(number)]
    return _compiled(select(*(wanted or (column.table,))).where(column.in_(names)).compile(dialect=dialect))


def _size(number: int) -> int:
    """Say for how many values a statement is made: the last is said again to fill it, so that there are few statements."""
    return min(CHUNK, 1 << (number - 1).bit_length())


@cache
def _deletion(table: Table, dialect: Dialect) -> SQLCompiler:
    same = (column == bindparam(column.name) for column in table.primary_key.columns)
    return _compiled(table.delete().where(*same).compile(dialect=dialect))


@cache
def _loss(column: Column[Any]) -> Delete:
    return column.table.delete().where(column.in_(bindparam("values", expanding=True)))


@cache
def _insertion(table: Table, names: tuple[str, ...], dialect: Dialect) -> SQLCompiler:
    return _compiled(table.insert().compile(dialect=dialect, column_keys=list(names)))


def _compiled(made: Compiled) -> SQLCompiler:
    assert isinstance(made, SQLCompiler)
    return made


def copy_of(catalogue: Path, target: Path) -> None:
    """Copy a catalogue as it is at one moment, while others may write it (SQLite's online backup)."""
    address = f"file:{quote(str(catalogue.absolute()))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it


def _address(where: Path | str, read_only: bool) -> tuple[URL, Path | None]:
    if isinstance(where, str) and "://" in where:
        return make_url(where), None
    path = Path(where)
    if read_only:
        query = {"mode": "ro", "uri": "true"}
        return URL.create("sqlite", database=f"file:{quote(str(path.absolute()))}", query=query), path
    return URL.create("sqlite", database=str(path)), path


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"can't make the folder {folder}: {error.strerror}") from error


def _prepare_reader(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that reads and DDL are in transactions too
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute(
        "PRAGMA trusted_schema = OFF"
    )  # a file that somebody else wrote may come with functions of its own


def _prepare_writer(connection: sqlite3.Connection, record: object) -> None:
    _prepare_reader(connection, record)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # what was committed outlives a power cut: the ledger is here
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.execute("PRAGMA journal_mode = WAL")


def _migrate(connection: Connection, scripts: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


_SQLITE_SAYS = {
    "SQLITE_FULL": "the disk is full: free some space and run again; nothing that was finished is lost",
    "SQLITE_READONLY": "the file or its disk is read-only: make it writable for this user",
    "SQLITE_CANTOPEN": "the file can't be opened: see that the folder exists and this user may write there",
    "SQLITE_CORRUPT": "the database is damaged: restore a backup, or move it away and `observatory rebuild`",
    "SQLITE_NOTADB": "this is no catalogue (not an SQLite file): move it away, or restore a backup",
    "SQLITE_IOERR": "the disk failed while reading or writing",
}


def _told(error: DBAPIError, name: str) -> StorageError | Busy | None:
    """Say a database's failure in our words; None for what is no failure of disk or database."""
    code = getattr(error.orig, "sqlite_errorname", "")
    family = "_".join(code.split("_")[:2])
    if family in ("SQLITE_BUSY", "SQLITE_LOCKED"):
        return Busy(f"{name} is being written by another process: try again when it is done")
    if family in _SQLITE_SAYS:
        return StorageError(f"{name}: {_SQLITE_SAYS[family]}")
    if isinstance(error.orig, sqlite3.Error) or not isinstance(error, OperationalError):
        return None
    return StorageError(f"{name}: {str(error.orig).strip()}")
