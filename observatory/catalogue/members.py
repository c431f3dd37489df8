"""The members of a gzip file one by one, as `gzip` would read them, but for bombs and for what is torn. Bytes only."""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

MOST_MEMBER = 200_000_000  # bytes; a body has 60 millions at most
_BEGIN = b"\x1f\x8b\x08"


def members(file: BinaryIO, start: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Yield (begin, end, content) of each whole gzip member from `start` on; then the file stands at the end of the last one."""
    while True:
        file.seek(start)
        unzip = zlib.decompressobj(wbits=31)
        parts: list[bytes] = []
        read = size = 0
        while not unzip.eof:
            block = file.read(1 << 16)
            if not block:
                file.seek(start)
                return
            read += len(block)
            try:
                parts.append(unzip.decompress(block, MOST_MEMBER - size))
            except zlib.error:
                file.seek(start)
                return
            size += len(parts[-1])
            if size >= MOST_MEMBER:  # a bomb, not a record of ours
                file.seek(start)
                return
        length = read - len(unzip.unused_data)
        yield start, start + length, b"".join(parts)
        start += length


def behind(file: BinaryIO, flaw: int) -> Iterator[bytes]:
    """Yield the content of what can be read as a whole member anywhere behind this place; little of it may be one."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        at = flaw
        while (at := held.find(_BEGIN, at + 1)) >= 0:
            yield from (member for _begin, _end, member in islice(members(file, at), 1))
