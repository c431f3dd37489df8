"""What the web answered, kept for ever: one WARC file a run, one gzip member a record. The only file that knows warcio.

    archive/2026/11/20261123T060000Z-0001.warc.gz
      warcinfo                        the run
      response                        a snapshot: status, headers and body (decompressed)
      revisit                         a visit that was answered "unchanged"
      metadata (application/json)     a failed or skipped visit, a source's row, the end of a harvest

What WARC has no field for stands as JSON in one header, `Observatory`. Files are immutable once their run has ended, but for what
is erased on request (`rewrite`). Only the newest can be torn (a crash, a full disk): what follows its last whole record is cut and
reported, unless whole records follow: that is damage of another kind, and nothing is cut.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self
from uuid import NAMESPACE_URL, uuid5

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from observatory.catalogue.codec import dumps, loads
from observatory.catalogue.members import behind, members
from observatory.errors import DamagedError, StorageError
from observatory.files import point, write_whole
from observatory.model import (
    ArchiveRecord,
    HarvestEnd,
    Outcome,
    Snapshot,
    SourceReport,
    SourceRow,
    Visit,
)

log = logging.getLogger(__name__)

SYNC_SECONDS = 0.5  # one fsync costs 2–5 ms on a laptop: two hundred small sources are not worth a second
NUMBER = 6  # digits of a record's number in its ref: a million records a run
_RUN = re.compile(r"(\d{8}T\d{6}Z)-(\d{4})")  # its moment, and a number when several runs share a second
_UNREADABLE = (ArchiveLoadFailed, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
# Headers that describe the transport, not the answer (the body is kept decompressed), and what others set on our visit.
_NOT_KEPT = frozenset(
    {"content-encoding", "transfer-encoding", "content-length", "connection", "set-cookie", "keep-alive"}
)
_NOTES: Mapping[str, type[Visit | SourceRow | HarvestEnd]] = {
    "visit": Visit,
    "source": SourceRow,
    "end": HarvestEnd,
}


class Writer:
    """The archive file of one run: a `Sink`. Use it with `with Writer.begin(folder, now) as writer:`.

    A record is with the kernel when its method returns, so the end of this process can't lose it; it is on the disk, where the
    end of the machine can't either, within a second of its source's `end` and always when the file is closed.
    `StorageError` when the disk is full: the file then ends with its last whole record.
    """

    def __init__(self, path: Path, number: int = 0) -> None:
        self.path = path
        self._run = path.name.removesuffix(".warc.gz")
        self._number = number
        self._synced = 0.0
        try:
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise _storage(path, error) from error

    @classmethod
    def begin(cls, folder: Path, now: datetime, shard: int = 0) -> Self:
        """Begin the file of a run; its name sorts after all others even when the clock went back or stood still.

        `shard` tells the files of several machines apart that crawl in the same second.
        """
        mend(folder)
        name = _next_run(folder, now, shard)
        path = folder / name[:4] / name[4:6] / f"{name}.warc.gz"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _storage(path.parent, error) from error
        writer = cls(path)
        about = b"software: microcredential-observatory\r\nformat: WARC File Format 1.1\r\n"
        writer._append(_member(f"{name}/{0:0{NUMBER}}", "warcinfo", None, now, "info", {}, about))
        return writer

    @classmethod
    def resume(cls, path: Path) -> Self:
        """Go on with a run's file whose writer died: cut its torn tail, append after it."""
        _cut(path)
        with path.open("rb") as file:
            refs = [_said(member).get("ref", "") for _begin, _end, member in members(file)]
        numbers = [int(ref.rpartition("/")[2]) for ref in refs if ref]
        return cls(path, max(numbers, default=0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Bring all to the disk."""
        if not self._file.closed:
            self._sync()
            point("archive.before-close")
            self._file.close()

    def next_ref(self) -> str:
        """Give the ref under which the next record will be kept."""
        return f"{self._run}/{self._number + 1:0{NUMBER}}"

    def response(self, snapshot: Snapshot) -> None:
        """Keep a response; its `ref` is given here."""
        self._write(snapshot)

    def visit(self, visit: Visit) -> None:
        """Keep the note of a visit without a new body."""
        self._write(visit)

    def source(self, row: SourceRow) -> None:
        """Keep the row that a source is harvested with from here on."""
        self._write(row)

    def end(self, end: HarvestEnd) -> None:
        """Keep how a source's harvest ended."""
        self._write(end)
        if time.monotonic() - self._synced > SYNC_SECONDS:
            self._sync()

    def _write(self, record: ArchiveRecord) -> None:
        """Append one record as one gzip member, whole or not at all."""
        ref = self.next_ref()
        self._number += 1
        self._append(_made(ref, record))

    def _append(self, member: bytes) -> None:
        before = os.fstat(self._file.fileno()).st_size
        try:
            point("archive.before-append")
            left = memoryview(member)
            while left:
                left = left[self._file.write(left) :]
            point("archive.after-append")
        except OSError as error:
            with suppress(OSError):  # what stays is cut by the next run
                os.ftruncate(self._file.fileno(), before)
            raise _storage(self.path, error) from error

    def _sync(self) -> None:
        self._synced = time.monotonic()
        try:
            point("archive.before-fsync")
            os.fsync(self._file.fileno())
            point("archive.after-fsync")
        except OSError as error:
            raise _storage(self.path, error) from error


def _made(ref: str, record: ArchiveRecord) -> bytes:
    """Write a record as one gzip member."""
    if isinstance(record, Snapshot):
        kept = [(name, value) for name, value in record.headers if name.lower() not in _NOT_KEPT]
        said = {
            "source": record.source_id,
            "asked": record.url,
            "role": record.role,
            "key": record.key,
            "first": record.first_harvest,
            "type": record.content_type,
        }
        http = StatusAndHeaders(str(record.status), kept, protocol="HTTP/1.1")
        return _member(ref, "response", record.final_url, record.fetched_at, "response", said, record.body, http)
    if isinstance(record, Visit) and record.outcome is Outcome.NOT_MODIFIED:
        http = StatusAndHeaders("304 Not Modified", [], protocol="HTTP/1.1")
        return _member(ref, "revisit", record.url, record.at, "revisit", {"visit": dumps(record)}, b"", http)
    what = next(name for name, kind in _NOTES.items() if isinstance(record, kind))
    url = record.url if isinstance(record, Visit) else None
    return _member(ref, "metadata", url, record.at, what, {"what": what}, dumps(record).encode())


def _member(
    ref: str,
    warc_type: str,
    url: str | None,
    at: datetime,
    what: str,
    said: Mapping[str, Any],
    body: bytes,
    http: StatusAndHeaders | None = None,
) -> bytes:
    headers = {
        "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{ref} {what}')}>",
        "WARC-Date": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "Observatory": json.dumps({"ref": ref, **said}),
    }
    if warc_type == "revisit":
        headers["WARC-Profile"] = _PROFILE
    kind = {"metadata": "application/json", "warcinfo": "application/warc-fields"}.get(warc_type, "")
    made = io.BytesIO()
    writer = WARCWriter(made, gzip=True, warc_version="WARC/1.1")
    record = writer.create_warc_record(
        url or "",
        warc_type,
        payload=io.BytesIO(body),
        length=len(body),
        warc_content_type=kind,
        warc_headers_dict=headers,
        http_headers=http,
    )
    if not url:
        record.rec_headers.remove_header("WARC-Target-URI")
    writer.write_record(record)
    return made.getvalue()


# ---------------------------------------------------------------- rewriting


def rewrite(folder: Path, change: Callable[[ArchiveRecord], ArchiveRecord | None]) -> int:
    """Put what `change` makes of each record in its place, or nothing where it gives None; returns how many it changed.

    Only what is erased on request is ever changed. Records are given in the archive's order; others stay byte for byte, and all
    keep their refs, so that positions hold. Each file is the old one or the new one at any instant. Only the lock's holder may.
    StorageError when the disk is full, and when a file is damaged: what can't be read can't be erased.
    """
    mend(folder)
    return sum(_rewrite(path, change) for path in _files(folder))


def _rewrite(path: Path, change: Callable[[ArchiveRecord], ArchiveRecord | None]) -> int:
    places: list[tuple[int, int, bytes | None]] = []  # of each member: where it stands, or what takes its place
    with path.open("rb") as file:
        for begin, end, member in members(file):
            places.append((begin, end, _changed(path, begin, member, change)))
        if path.stat().st_size > file.tell():
            raise StorageError(f"{path} is damaged: restore it from a backup, then ask again; nothing more was erased")
        number = sum(new is not None for _begin, _end, new in places)
        if number:
            try:
                write_whole(path, _spliced(file, places), "forget")
            except OSError as error:
                raise _storage(path, error) from error
    return number


def _spliced(file: BinaryIO, places: Iterable[tuple[int, int, bytes | None]]) -> Iterator[bytes]:
    for begin, end, new in places:
        if new is None:
            file.seek(begin)
            yield file.read(end - begin)
        else:
            yield new


def _changed(
    path: Path, begin: int, member: bytes, change: Callable[[ArchiveRecord], ArchiveRecord | None]
) -> bytes | None:
    """Give what takes a member's place, b"" where it goes; None where it stays."""
    try:
        found = _parse(member)
    except _UNREADABLE as error:
        raise StorageError(f"{path} is damaged at byte {begin}: restore it from a backup, then ask again") from error
    if found is None:
        return None
    ref, record = found
    new = change(record)
    if new == record:
        return None
    return b"" if new is None else _made(ref, new)


# ---------------------------------------------------------------- reading


def read(folder: Path, after: str = "") -> Iterator[tuple[str, ArchiveRecord]]:
    """Yield (ref, record) of all that stands in the archive after `after`, in its order.

    The torn tail of the newest file is passed over with a warning; damage in an older one is an error in the log, and the
    rest of that file is passed over: what other files hold must not be lost for it.
    """
    files = _files(folder)
    for path in files:
        if _run_of(path) >= after.rpartition("/")[0]:
            yield from _records(path, lambda ref, _what: ref > after, is_newest=path == files[-1])


def follow(path: Path) -> Iterator[tuple[str, ArchiveRecord] | None]:
    """Yield what its writer brings to a file, and None where there is no more yet: then ask again.

    Only what is on the disk is given: nothing may be known of an answer that the end of the machine can still take away.
    """
    with path.open("rb") as file:
        start = 0
        while True:
            size = os.fstat(file.fileno()).st_size
            if size > start:
                os.fsync(file.fileno())
            for begin, end, member in members(file, start):
                if end > size:
                    break
                start = end
                if (found := _parsed(path, begin, member)) is not None:
                    yield found
            yield None


def snapshot(folder: Path, ref: str) -> Snapshot | None:
    """Find one answer by its ref; None when it isn't there (any more)."""
    for path in _files(folder):
        if _run_of(path) == ref.rpartition("/")[0]:
            found = next(_records(path, lambda held, _what: held == ref), None)
            return found[1] if found and isinstance(found[1], Snapshot) else None
    return None


def records(written: Path) -> Iterator[tuple[str, ArchiveRecord]]:
    """Read one run's file."""
    yield from _records(written)


def runs(folder: Path) -> tuple[str, ...]:
    """Name the runs that stand in the archive, in its order."""
    return tuple(_run_of(path) for path in _files(folder))


def ends(written: Path) -> Mapping[str, SourceReport]:
    """Say how each source fared in one run, by its file."""
    return {
        record.source_id: SourceReport(
            record.source_id,
            record.outcome,
            record.cause,
            record.visits,
            record.not_modified,
            detail=record.detail,
        )
        for _ref, record in _records(written, lambda _ref, what: what == "end")
        if isinstance(record, HarvestEnd)
    }


def mend(folder: Path) -> int:
    """Cut the torn tail of the newest file, if it has one; only the holder of the write lock may. Returns the bytes cut.

    A file that is damaged elsewhere stays as it is, with an error in the log.
    """
    files = _files(folder)
    try:
        return _cut(files[-1]) if files else 0
    except DamagedError as error:
        log.error("%s", error)
        return 0


def _records(
    path: Path, wanted: Callable[[str, str], bool] = lambda _ref, _what: True, *, is_newest: bool = True
) -> Iterator[tuple[str, ArchiveRecord]]:
    """Read the records that are wanted by their ref and what they note ("" unless a note)."""
    with path.open("rb") as file:
        for start, _end, member in members(file):
            said = _said(member)
            if said and not wanted(said.get("ref", ""), said.get("what", "")):
                continue  # most are passed over: a look at one header costs a tenth of reading a record
            if (parsed := _parsed(path, start, member)) is not None:
                yield parsed
        torn = path.stat().st_size - file.tell()
    if torn > 0:
        if is_newest:
            log.warning("torn tail file=%s bytes=%s: its run was cut short; its last record is lost", path, torn)
        else:
            log.error("damaged archive file=%s bytes=%s unreadable; restore it from a backup, then rebuild", path, torn)


def _said(member: bytes) -> dict[str, str]:
    """Give what a record's header says of it, by a quick look; empty when it is none that this program wrote."""
    begin = member.find(b"\r\nObservatory: ")
    try:
        found = json.loads(member[begin + 15 : member.index(b"\r\n", begin + 2)]) if begin >= 0 else {}
    except (ValueError, RecursionError):
        return {}
    return {name: str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _parsed(path: Path, start: int, member: bytes) -> tuple[str, ArchiveRecord] | None:
    try:
        return _parse(member)
    except _UNREADABLE as error:
        log.error("damaged archive record file=%s at=%s: %s; restore it from a backup", path, start, error)
        return None


def _parse(member: bytes) -> tuple[str, ArchiveRecord] | None:
    """Read one record; None for the one that describes the file."""
    record = next(iter(ArchiveIterator(io.BytesIO(member))), None)
    if record is None:
        raise ValueError("an empty member")
    if record.rec_type == "warcinfo":
        return None
    said = json.loads(record.rec_headers.get_header("Observatory"))
    ref = str(said["ref"])
    if record.rec_type == "revisit":
        return ref, loads(Visit, said["visit"])
    if record.rec_type == "metadata":
        return ref, loads(_NOTES[said["what"]], record.raw_stream.read().decode())
    return ref, _snapshot(ref, said, record)


def _snapshot(ref: str, said: Mapping[str, Any], record: Any) -> Snapshot:
    return Snapshot(
        ref=ref,
        source_id=said["source"],
        url=said["asked"],
        final_url=record.rec_headers.get_header("WARC-Target-URI"),
        fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
        status=int(record.http_headers.get_statuscode()),
        content_type=said["type"],
        body=record.raw_stream.read(),
        role=said["role"],
        key=said["key"],
        first_harvest=said["first"],
        headers=tuple((name, value) for name, value in record.http_headers.headers),
    )


def _cut(path: Path) -> int:
    """Cut what follows the last whole record. DamagedError, and nothing is cut, where a whole record follows all the same."""
    with path.open("rb+") as file:
        for _member in members(file):
            pass
        whole = file.tell()
        torn = path.stat().st_size - whole
        if torn > 0 and any(map(_said, behind(file, whole))):
            raise DamagedError(
                f"damaged archive file={path} at byte {whole}, with records behind it: restore it from a backup, then rebuild"
            )
        if torn > 0:
            file.truncate(whole)
            log.warning(
                "cut torn tail file=%s bytes=%s: the run was cut short; what it asked last is asked again", path, torn
            )
    return max(torn, 0)


# ---------------------------------------------------------------- files


def _files(folder: Path) -> list[Path]:
    """List the archive's files in the order of their runs."""
    found = [path for path in folder.glob("*/*/*.warc.gz") if _RUN.fullmatch(_run_of(path))]
    return sorted(found, key=_run_of)


def _run_of(path: Path) -> str:
    return path.name.removesuffix(".warc.gz")


def _next_run(folder: Path, now: datetime, shard: int) -> str:
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    files = _files(folder)
    newest, _, number = _run_of(files[-1]).partition("-") if files else ("", "", "")
    return f"{stamp}-{shard * 100 + 1:04}" if stamp > newest else f"{newest}-{int(number) + 1:04}"


def _storage(path: Path, error: OSError) -> StorageError:
    return StorageError(f"can't write {path}: {error.strerror}; nothing acknowledged is lost, the next run goes on")
