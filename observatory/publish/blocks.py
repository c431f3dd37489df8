"""A block of the browser's search index, and blocks joined to one index: Pagefind's files as bytes. Pure.

Pagefind makes an index whole, at sixty kilobytes of memory a page. So entries are indexed in blocks, of which only those are made
anew whose words changed, and joined here. For Pagefind 1.5: files are CBOR behind a mark; the meta file holds [version, [[page,
words], …], [[first word, last word, chunk], …], filters, sorts, fields]; a chunk holds [[[word, pages, [[form, pages], …]], …]],
where pages are [[step from the page before, places in the text, places in fields], …].
"""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from heapq import merge
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any

import cbor2

from observatory.publish.searchable import FIELDS, Document

MAGIC = b"pagefind_dcd"  # what each file begins with
MOST = 1_500  # entries in a block: Pagefind takes about 100 MB for so many
ENDS = 512  # a block ends with one entry in so many
CHUNK = 20_000  # places in a chunk, as Pagefind parts its words
SHORT = 7  # letters of a page's name, as Pagefind has them

Postings = tuple[
    int, int, int, bytes
]  # how many pages, the first's number, the last's, and what follows the first's step
Steps = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Block:
    """Some entries indexed. `pages` are (digest, entry, words) in the order of their numbers; `words` are packed by `Word`."""

    version: str
    pages: tuple[tuple[str, str, int], ...]
    words: bytes


@dataclass(frozen=True, slots=True)
class Index:
    """One index: the name of each page by its digest, the bodies of chunks and of the meta file by their names."""

    names: Mapping[str, str]
    chunks: Mapping[str, bytes]
    meta: str
    body: bytes


def cut(documents: Iterable[Document]) -> Iterator[tuple[Document, ...]]:
    """Part documents, in the order in which they became public, into blocks.

    Where a block ends depends on the entry that ends it: so entries that come or go change their own block, and no other.
    """
    block: list[Document] = []
    for document in documents:
        block.append(document)
        if len(block) == MOST or not int(hashlib.sha256(document.path.encode()).hexdigest()[:8], 16) % ENDS:
            yield tuple(block)
            block = []
    if block:
        yield tuple(block)


# ---------------------------------------------------------------- a block


def settled(meta: bytes, chunk: Callable[[str], bytes], pages: Mapping[str, tuple[str, str]]) -> Block:
    """Make a block of what Pagefind wrote; `pages` tells of each of its pages the digest and the entry.

    Pagefind numbers pages as the file system lists them and fields as they occur: here digests number the pages, and all fields
    count. RuntimeError when it wrote what is not known here.
    """
    version, listed, chunks, filters, sorts, fields = read(meta)
    if filters or sorts or not set(fields) <= set(FIELDS):
        raise RuntimeError("Pagefind wrote filters, sorts or fields that are not numbered anew here")
    order = sorted(range(len(listed)), key=lambda number: pages[listed[number][0]][0])
    places = {number: place for place, number in enumerate(order)}
    marks = {-1 - number: -1 - FIELDS.index(field) for number, field in enumerate(fields)}
    if all(mark == known for mark, known in marks.items()):
        marks = {}
    held = (word for _first, _last, name in chunks for word in read(chunk(name))[0])  # in order, chunk by chunk
    words = b"".join(cbor2.dumps(_packed(word, places, marks)) for word in held)
    return Block(version, tuple((*pages[listed[number][0]], listed[number][1]) for number in order), words)


def _packed(word: Sequence[Any], places: Mapping[int, int], marks: Mapping[int, int]) -> list[object]:
    """Pack a word to be joined: [word, places in it, its pages, its accented forms]."""
    said, pages, forms = word
    size = sum(len(page[1]) + len(page[2]) + 1 for page in pages)
    return [
        said,
        size,
        _numbered(pages, places, marks),
        [[form, _numbered(held, places, marks)] for form, held in forms],
    ]


def _numbered(pages: Steps, places: Mapping[int, int], marks: Mapping[int, int]) -> Postings:
    """Number a word's pages anew; a word that is only written with accents has none."""
    if not pages:
        return 0, 0, 0, b""
    numbers = accumulate(page[0] for page in pages)
    found = sorted((places[number], *page[1:]) for number, page in zip(numbers, pages, strict=True))
    if marks:
        found = [(place, held, [marks.get(mark, mark) for mark in at]) for place, held, at in found]
    before = [found[0][0], *(page[0] for page in found)]
    packed = cbor2.dumps([[page[0] - last, *page[1:]] for page, last in zip(found, before, strict=False)])
    return len(found), found[0][0], found[-1][0], packed[len(_head(4, len(found))) + 2 :]


# ---------------------------------------------------------------- blocks joined


def joined(blocks: Sequence[Block]) -> Index:
    """Join blocks to one index, the pages of the last block first."""
    blocks = tuple(reversed(blocks))
    starts = list(accumulate((len(block.pages) for block in blocks), initial=0))
    names = _names(digest for block in blocks for digest, _entry, _words in block.pages)
    chunks: dict[str, bytes] = {}
    ranges = []
    for first, last, count, words in _chunks(_words(blocks, starts)):
        body = b"".join((MAGIC, b"\x81", _head(4, count), *words))
        name = f"en_{hashlib.sha256(body).hexdigest()[:10]}"
        chunks[name] = gzip.compress(body, 6, mtime=0)  # the last three levels save 2 % and take four times as long
        ranges.append([first, last, name])
    pages = [[names[digest], words] for block in blocks for digest, _entry, words in block.pages]
    meta = MAGIC + cbor2.dumps([blocks[0].version, pages, ranges, [], [], list(FIELDS)])
    name = f"en_{hashlib.sha256(meta).hexdigest()[:10]}"
    return Index(names, chunks, name, gzip.compress(meta, 9, mtime=0))


def _names(digests: Iterable[str]) -> dict[str, str]:
    """Name pages by the beginnings of their digests; those that begin alike have longer names."""
    found = sorted(digests)
    alike = [list(group) for _begin, group in groupby(found, key=lambda digest: digest[:SHORT])]
    return {digest: f"en_{digest[: SHORT if len(group) == 1 else 2 * SHORT]}" for group in alike for digest in group}


def _words(blocks: Sequence[Block], starts: Sequence[int]) -> Iterator[tuple[str, int, bytes]]:
    """Yield each word of all blocks, in order, with its places and its bytes in a chunk."""
    each = (_unpacked(block, start) for block, start in zip(blocks, starts, strict=False))
    for said, held in groupby(merge(*each, key=itemgetter(0)), key=itemgetter(0)):
        parts = list(held)
        forms: dict[str, list[tuple[int, Postings]]] = {}
        for _said, start, _size, _held, others in parts:
            for form, pages in others:
                forms.setdefault(form, []).append((start, pages))
        yield (
            said,
            sum(part[2] for part in parts),
            b"".join(
                (
                    b"\x83",
                    cbor2.dumps(said),
                    _pages((part[1], part[3]) for part in parts),
                    _head(4, len(forms)),
                    *(b"\x82" + cbor2.dumps(form) + _pages(each) for form, each in sorted(forms.items())),
                )
            ),
        )


def _unpacked(block: Block, start: int) -> Iterator[tuple[str, int, int, Postings, Sequence[tuple[str, Postings]]]]:
    decoder = cbor2.CBORDecoder(io.BytesIO(block.words))  # one word at a time: all at once would take 20 MB
    with suppress(cbor2.CBORDecodeEOF):
        while True:
            said, size, pages, forms = decoder.decode()
            yield said, start, size, pages, forms


def _pages(parts: Iterable[tuple[int, Postings]]) -> bytes:
    """Join the pages of a word: each block's own, numbered from where the block starts."""
    made, count, before = [], 0, 0
    for start, (number, first, last, rest) in parts:
        if not number:
            continue
        made += [b"\x83", _head(0, start + first - before), rest]
        count, before = count + number, start + last
    return b"".join((_head(4, count), *made))


def _chunks(words: Iterable[tuple[str, int, bytes]]) -> Iterator[tuple[str, str, int, list[bytes]]]:
    """Part words into chunks: (first word, last word, how many, their bytes)."""
    held: list[tuple[str, int, bytes]] = []
    places = 0
    for word in words:
        held.append(word)
        places += word[1]
        if places >= CHUNK:
            yield held[0][0], held[-1][0], len(held), [body for _said, _places, body in held]
            held, places = [], 0
    if held:
        yield held[0][0], held[-1][0], len(held), [body for _said, _places, body in held]


# ---------------------------------------------------------------- bytes


def read(body: bytes) -> Any:
    """Read a file of Pagefind's."""
    return cbor2.loads(gzip.decompress(body).removeprefix(MAGIC))


def _head(kind: int, number: int) -> bytes:
    """Write what begins a value in CBOR: 0 is the number itself, 4 a list of so many."""
    said = cbor2.dumps(number)
    return bytes((said[0] | kind << 5,)) + said[1:]
