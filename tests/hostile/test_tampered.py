"""A catalogue, an archive or a backup that somebody changed: what can't be read is named, and nothing is written elsewhere."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from observatory.app import Observatory
from observatory.catalogue import archive, codec
from observatory.catalogue.members import MOST_MEMBER
from observatory.catalogue.store import Store
from observatory.errors import ObservatoryError, StorageError
from observatory.model import DayOfUse, Sending, SendingState, Snapshot

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
SOURCES = "site: {title: Kept}\nsources:\n  - {id: library, kind: library, path: curation/library/*.yaml}\n"
RECORDS = "".join(
    f"- {{id: r{n}, kind: report, title: Quality of micro-credentials {n}, date: 2026-11-18, url: 'https://enqa.eu/{n}'}}\n"
    for n in range(2)
)
ODD: tuple[object, ...] = (
    *("", "x", "null", "{}", "[]", "9" * 400, "[" * 20_000, '{"title": 5}', "../../../tmp/evil", "\x1b]0;evil\x07"),
    *(10**18, 1e300, b"\x00\xff", zlib.compress(b"null"), zlib.compress(b'{"id": 5}'), zlib.compress(b"x")[:-3]),
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An observatory with ids, records, an edition, a sending and a day of use."""
    folder = tmp_path_factory.mktemp("tampered") / "kept"
    (folder / "curation/library").mkdir(parents=True)
    (folder / "sources.yaml").write_text(SOURCES, "utf-8")
    (folder / "curation/library/reports.yaml").write_text(RECORDS, "utf-8")
    for day in (16, 23):
        with Observatory.open(folder / "sources.yaml", now=NOW.replace(day=day)) as obs:
            obs.ingest()
            obs.publish()
    with Store.open(folder / "output/catalogue.sqlite") as store:
        store.record_sending(Sending("all", "2026-W47", SendingState.SENT, NOW, "<a@b>", ""))
        store.keep_use([DayOfUse(day="2026-11-20", requests=0)])
    return folder


READS: Mapping[str, Callable[[Store], object]] = {
    "ledger_ids": lambda store: (store.given_to(["r0", "r1"]), store.first_day(), store.given(["r0"])),
    "ledger_shelf": lambda store: [str(each.finding.work.title) for each in store.shelf()],
    "ledger_files": lambda store: store.file_digests(),
    "ledger_editions": lambda store: [str(each.id) for each in store.editions()],
    "ledger_sendings": lambda store: (store.sendings(), store.sending("all", "2026-W47")),
    "ledger_use": lambda store: store.use(),
    "entries": lambda store: [entry.work.title.lower() for entry in store.entries()],
    "items": lambda store: [item.work.title.lower() for item in store.items(["library#r0", "library#r1"])],
}


@pytest.mark.parametrize("table", READS)
def test_a_value_that_was_changed_is_named_or_harmless(kept: Path, tmp_path: Path, table: str) -> None:
    file = tmp_path / "catalogue.sqlite"
    shutil.copy(kept / "output/catalogue.sqlite", file)
    with closing(sqlite3.connect(file)) as raw:
        columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
        before = raw.execute(f"SELECT * FROM {table}").fetchall()
    assert before, "there is something to change"
    named: list[str] = []
    for column in columns:
        for odd in ODD:
            with closing(sqlite3.connect(file)) as raw:
                raw.execute(f"DELETE FROM {table}")
                raw.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", before)
                try:
                    raw.execute(
                        f"UPDATE {table} SET {column} = ? WHERE rowid = (SELECT max(rowid) FROM {table})", (odd,)
                    )
                except sqlite3.Error:
                    continue
                raw.commit()
            try:
                with Store.open(file, read_only=True) as store:
                    READS[table](store)
            except StorageError as error:
                named.append(str(error))
    assert named, "some of these must be seen"
    assert all(each.isprintable() and "restore a backup" in each for each in named)


@pytest.mark.parametrize("harm", ["cut", "swapped", "doubled", "emptied", "foreign", "strange rows"])
def test_a_ledger_with_rows_cut_swapped_or_put_in_ends_in_a_site_or_a_named_error(
    kept: Path, tmp_path: Path, harm: str
) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(kept, folder)
    with closing(sqlite3.connect(folder / "output/catalogue.sqlite")) as raw:
        for line in {
            "cut": ["DELETE FROM ledger_ids WHERE rowid % 2", "DELETE FROM ledger_shelf WHERE rowid % 2"],
            "swapped": ["UPDATE ledger_ids SET entry_id = CASE entry_id WHEN 'r0' THEN 'r1' ELSE 'r0' END"],
            "doubled": ["INSERT INTO ledger_ids SELECT key, entry_id || '-2', given_at FROM ledger_ids"],
            "emptied": ["DELETE FROM ledger_ids", "DELETE FROM ledger_shelf", "DELETE FROM ledger_editions", "DELETE FROM ledger_marks"],
            "foreign": ["UPDATE ledger_shelf SET finding = '{\"a\": 1}'", "UPDATE ledger_editions SET data = '{}'"],
            "strange rows": ["INSERT INTO ledger_ids VALUES ('../../evil', '../../../evil', '2026-11-01T00:00:00')",
                             "UPDATE ledger_ids SET entry_id = '../../../evil' WHERE entry_id = 'r1'",
                             "CREATE TRIGGER evil AFTER INSERT ON ledger_ids BEGIN DELETE FROM ledger_shelf; END"],
        }[harm]:  # fmt: skip
            raw.execute(line)
        raw.commit()
    said = ""
    try:
        with Observatory.open(folder / "sources.yaml", now=NOW) as obs:
            obs.rebuild()
    except ObservatoryError as error:
        said = str(error)
    assert "restore a backup" in said if said else (folder / "output/site/index.html").is_file()
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name and path.parent == tmp_path]
    assert not (Path("/tmp") / "evil").exists()


# ---------------------------------------------------------------- the archive


def member(head: str, body: bytes = b"", kind: str = "metadata") -> bytes:
    said = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-11-23T06:00:00Z\r\n{head}"
    return gzip.compress(f"{said}Content-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n")


def answer(ref: str) -> bytes:
    said = {
        "ref": ref,
        "source": "s",
        "asked": "https://a.example/",
        "role": "start",
        "key": "",
        "first": False,
        "type": "text/html",
    }
    http = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nwords"
    head = (
        f"Observatory: {json.dumps(said)}\r\nWARC-Target-URI: https://a.example/\r\nContent-Type: application/http\r\n"
    )
    return member(head, http, "response")


RUN = "20261123T060000Z-0001"
CHANGED: Mapping[str, bytes] = {
    "no header": member(""),
    "no JSON": member("Observatory: {\r\n"),
    "a list": member("Observatory: []\r\n"),
    "null": member("Observatory: null\r\n"),
    "deep": member(f"Observatory: {'[' * 100_000}\r\n"),
    "no ref": member('Observatory: {"what": "end"}\r\n', b"{}"),
    "numbers": member('Observatory: {"ref": 5, "what": 7}\r\n', b"{}"),
    "huge number": member(f'Observatory: {{"ref": {"9" * 6000}}}\r\n', b"{}"),
    "unknown note": member(f'Observatory: {{"ref": "{RUN}/2", "what": "evil"}}\r\n', b"{}"),
    "null note": member(f'Observatory: {{"ref": "{RUN}/2", "what": "end"}}\r\n', b"null"),
    "empty note": member(f'Observatory: {{"ref": "{RUN}/2", "what": "source"}}\r\n', b"{}"),
    "bytes note": member(f'Observatory: {{"ref": "{RUN}/2", "what": "visit"}}\r\n', b"\xff\xfe\x00"),
    "odd visit": member(f'Observatory: {{"ref": "{RUN}/2", "visit": 5}}\r\n', b"", "revisit"),
    "answer without head": member(f'Observatory: {{"ref": "{RUN}/2", "source": "s"}}\r\n', b"x", "response"),
    "a bomb": gzip.compress(b"WARC/1.1\r\n" + b" " * (MOST_MEMBER + 10), 1),
    "no gzip": b"rubbish " * 100,
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_record_that_was_changed_costs_itself(tmp_path: Path, what: str) -> None:
    place = tmp_path / "2026" / "11"
    place.mkdir(parents=True)
    (place / f"{RUN}.warc.gz").write_bytes(answer(f"{RUN}/1") + CHANGED[what] + answer(f"{RUN}/3"))
    (place / "20261124T060000Z-0001.warc.gz").write_bytes(answer("20261124T060000Z-0001/1"))
    refs = [ref for ref, record in archive.read(tmp_path) if isinstance(record, Snapshot)]
    assert refs[0] == f"{RUN}/1"
    assert refs[-1] == "20261124T060000Z-0001/1"
    if what not in ("a bomb", "no gzip"):  # behind these nothing shows where the next record begins
        assert f"{RUN}/3" in refs
    assert list(archive.read(tmp_path, after=f"{RUN}/3"))[-1:], "a later place is found all the same"
    with_error = [archive.snapshot(tmp_path, ref) for ref in (f"{RUN}/1", f"{RUN}/2", "../../evil", "")]
    assert with_error[0] is not None


def test_records_swapped_doubled_and_cut_are_read_each_for_itself(tmp_path: Path) -> None:
    place = tmp_path / "2026" / "11"
    place.mkdir(parents=True)
    one, two = answer(f"{RUN}/1"), answer(f"{RUN}/2")
    (place / f"{RUN}.warc.gz").write_bytes(two + one + one + two[:-20])
    refs = [ref for ref, _record in archive.read(tmp_path)]
    assert refs == [f"{RUN}/2", f"{RUN}/1", f"{RUN}/1"]


def rows() -> Iterator[str]:
    yield from (
        "",
        "null",
        "[]",
        "{",
        "5",
        '{"id": 5}',
        '{"kind": "_worker_pdf", "id": "x"}',
        '{"kind": "_crawl", "id": "x"}',
    )
    yield from (
        '{"kind": "../evil", "id": "x"}',
        '{"kind": "feed", "id": "x"}',
        '{"kind": "feed", "id": "x", "url": 7}',
        "[" * 50_000,
    )


@pytest.mark.parametrize("row", [*rows()], ids=lambda row: row[:30])
def test_a_sources_row_that_was_changed_starts_nothing(row: str) -> None:
    from observatory.config import options_of, source_from_row
    from observatory.errors import UnreadableError

    with pytest.raises(UnreadableError):
        options_of(source_from_row(row))


def test_a_text_that_unpacks_to_more_than_any_of_ours_is_refused() -> None:
    packer = zlib.compressobj(1)
    bomb = b"".join(packer.compress(bytes(1 << 24)) for _ in range(2)) + packer.flush()
    with pytest.raises(StorageError):
        codec.unpack(DayOfUse, bomb[:-1])
