"""The archive keeps what was put in, in order, through crashes at any byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from observatory.catalogue import archive
from observatory.catalogue.archive import Writer
from observatory.catalogue.members import members
from observatory.errors import DamagedError, StorageError
from observatory.model import ArchiveRecord, Cause, HarvestEnd, Outcome, Snapshot, SourceRow, Visit

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
URL = "https://a.example.org/feed/"


def snapshot(body: bytes = b"<rss/>", **changes: object) -> Snapshot:
    said = {"headers": (("etag", '"x"'),), "key": "ключ", "role": "item", "first_harvest": True, **changes}
    return Snapshot("", "a", URL, f"{URL}?moved=1", NOW, 200, "application/rss+xml", body, **said)  # type: ignore[arg-type]


VISIT = Visit("a", URL, NOW, Outcome.FAILED, Cause.TIMEOUT, detail="no “answer”")
UNCHANGED = Visit("a", URL, NOW, Outcome.NOT_MODIFIED, status=304)
END = HarvestEnd("a", NOW, Outcome.OK, None, True, 3, 1, cursor="[1]")
ROW = SourceRow("a", NOW, '{"id":"a","name":"Ä"}')


def _fill(folder: Path, now: datetime = NOW, body: bytes = b"<rss/>") -> Path:
    with Writer.begin(folder, now) as writer:
        writer.source(ROW)
        writer.response(snapshot(body))
        writer.visit(UNCHANGED)
        writer.visit(VISIT)
        writer.end(END)
    return writer.path


def _records(folder: Path, after: str = "") -> list[ArchiveRecord]:
    return [record for _ref, record in archive.read(folder, after)]


def test_what_is_read_is_what_was_written_in_its_order(tmp_path: Path) -> None:
    path = _fill(tmp_path)
    assert path.relative_to(tmp_path).as_posix() == "2026/11/20261123T060000Z-0001.warc.gz"
    row, kept, unchanged, failed, end = _records(tmp_path)
    assert (row, unchanged, failed, end) == (ROW, UNCHANGED, VISIT, END)
    assert isinstance(kept, Snapshot)
    assert (kept.url, kept.final_url, kept.key, kept.role) == (URL, f"{URL}?moved=1", "ключ", "item")
    assert (kept.body, kept.status, kept.first_harvest, kept.fetched_at) == (b"<rss/>", 200, True, NOW)
    assert kept.headers == (("etag", '"x"'),)


@given(body=st.binary(max_size=3000))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_body_comes_back_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    folder = tmp_path_factory.mktemp("a")
    _fill(folder, body=body)
    assert [r.body for r in _records(folder) if isinstance(r, Snapshot)] == [body]


def test_refs_sort_in_the_order_of_the_archive_even_when_the_clock_goes_back(tmp_path: Path) -> None:
    for hours in (0, 0, -5, 3):
        _fill(tmp_path, NOW + timedelta(hours=hours))
    refs = [ref for ref, _record in archive.read(tmp_path)]
    assert len(refs) == 20
    assert refs == sorted(refs)
    assert [ref for ref, _record in archive.read(tmp_path, after=refs[7])] == refs[8:]


def test_a_tail_torn_at_any_byte_costs_its_last_record_only(tmp_path: Path) -> None:
    path = _fill(tmp_path / "whole")
    whole = path.read_bytes()
    refs = [ref for ref, _record in archive.read(tmp_path / "whole")]
    with path.open("rb") as file:
        offsets = [start for start, _end, _member in members(file)][1:]  # the first describes the file
    ends = [*offsets[1:], len(whole)]
    for cut in range(offsets[0], len(whole), 37):
        folder = tmp_path / str(cut)
        torn = folder / path.relative_to(tmp_path / "whole")
        torn.parent.mkdir(parents=True)
        torn.write_bytes(whole[:cut])
        expected = refs[: sum(end <= cut for end in ends)]
        assert [ref for ref, _record in archive.read(folder)] == expected
        archive.mend(folder)
        with Writer.resume(torn) as writer:
            writer.visit(VISIT)
        assert [ref for ref, _record in archive.read(folder)][:-1] == expected


def test_a_file_that_is_being_written_is_followed_record_by_record(tmp_path: Path) -> None:
    path = _fill(tmp_path)
    whole = path.read_bytes()
    refs = [ref for ref, _record in archive.read(tmp_path)]
    growing = tmp_path / "growing.warc.gz"
    growing.touch()
    following, met = archive.follow(growing), []
    for begin in range(0, len(whole), 100):
        with growing.open("ab") as file:
            file.write(whole[begin : begin + 100])
        while found := next(following):
            met.append(found[0])
    assert met == refs
    assert next(following) is None


def test_damage_in_an_older_file_hides_no_other_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    old = _fill(tmp_path)
    _fill(tmp_path, NOW + timedelta(days=1))
    old.write_bytes(old.read_bytes()[:-10])
    assert len(_records(tmp_path)) == 9
    assert "restore it from a backup" in caplog.text


def test_a_new_run_cuts_the_torn_tail_of_the_last(tmp_path: Path) -> None:
    old = _fill(tmp_path)
    size = old.stat().st_size
    with old.open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    _fill(tmp_path, NOW + timedelta(days=1))
    assert old.stat().st_size == size
    assert len(_records(tmp_path)) == 10


def test_a_flaw_with_records_behind_it_is_told_and_nothing_is_cut(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = _fill(tmp_path)
    with old.open("rb") as file:
        _begin, middle, _member = list(members(file))[1]
    harmed = bytearray(old.read_bytes())
    harmed[middle + 40] ^= 0xFF
    old.write_bytes(harmed)
    _fill(tmp_path, NOW + timedelta(days=1))
    assert old.read_bytes() == harmed
    assert "restore it from a backup" in caplog.text
    assert len(_records(tmp_path)) == 1 + 5
    with pytest.raises(DamagedError):
        Writer.resume(old)


def test_others_can_read_it_as_warc(tmp_path: Path) -> None:
    with _fill(tmp_path).open("rb") as file:
        types = [record.rec_type for record in ArchiveIterator(file, check_digests=True)]
    assert types == ["warcinfo", "metadata", "response", "revisit", "metadata", "metadata"]


def test_how_each_source_ended_is_told(tmp_path: Path) -> None:
    report = archive.ends(_fill(tmp_path))["a"]
    assert (report.outcome, report.visits, report.not_modified) == (Outcome.OK, 3, 1)


def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "2026").write_text("a file where a folder should be")
    with pytest.raises(StorageError, match=r"can't write .*2026/11"):
        Writer.begin(tmp_path, NOW)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_named(tmp_path: Path) -> None:
    path = _fill(tmp_path)
    writer = Writer(path)
    writer._file.close()
    writer._file = Path("/dev/full").open("ab", buffering=0)  # noqa: SIM115
    with pytest.raises(StorageError, match="nothing acknowledged is lost"):
        writer.visit(VISIT)
    writer._file.close()
