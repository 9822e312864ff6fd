"""Sets of ids in few bytes, so that how many different customers a year had is known exactly.

Ids are bits of chunks of 65,536, so that one very large id costs one more chunk, not a gigabyte.
A chunk is a whole number: the union of two sets is one `or` per chunk.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator

CHUNK_BITS = 16
WIDEST = 1 << 23  # ids from the smallest to the largest of a set whose gaps are asked for
_HEAD = struct.Struct(">QI")  # chunk number, bytes that follow


class IdSet:
    """A growing set of ids."""

    def __init__(self, ids: Iterable[int] = ()) -> None:
        parts: dict[int, bytearray] = {}
        for each in ids:
            chunk, place = each >> CHUNK_BITS, each & ((1 << CHUNK_BITS) - 1)
            part = parts.get(chunk)
            if part is None:
                part = parts[chunk] = bytearray(1 << (CHUNK_BITS - 3))
            part[place >> 3] |= 1 << (place & 7)
        self._chunks = {chunk: int.from_bytes(part, "little") for chunk, part in parts.items()}

    @classmethod
    def from_bytes(cls, packed: bytes | memoryview) -> "IdSet":
        ids, raw, at = cls(), zlib.decompress(packed), 0
        while at < len(raw):
            chunk, size = _HEAD.unpack_from(raw, at)
            at += _HEAD.size
            ids._chunks[chunk] = int.from_bytes(raw[at : at + size], "little")
            at += size
        return ids

    def to_bytes(self) -> bytes:
        raw = bytearray()
        for chunk in sorted(self._chunks):
            bits = self._chunks[chunk]
            part = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
            raw += _HEAD.pack(chunk, len(part)) + part
        return zlib.compress(bytes(raw))

    def add_all(self, other: "IdSet") -> None:
        for chunk, bits in other._chunks.items():
            self._chunks[chunk] = self._chunks.get(chunk, 0) | bits

    def __or__(self, other: "IdSet") -> "IdSet":
        both = IdSet()
        both._chunks = dict(self._chunks)
        both.add_all(other)
        return both

    def __sub__(self, other: "IdSet") -> "IdSet":
        left = IdSet()
        for chunk, bits in self._chunks.items():
            if rest := bits & ~other._chunks.get(chunk, 0):
                left._chunks[chunk] = rest
        return left

    @property
    def least(self) -> int:
        """The smallest id; of a set that has one."""
        chunk = min(self._chunks)
        bits = self._chunks[chunk]
        return (chunk << CHUNK_BITS) + (bits & -bits).bit_length() - 1

    @property
    def greatest(self) -> int:
        """The largest id; of a set that has one."""
        chunk = max(self._chunks)
        return (chunk << CHUNK_BITS) + self._chunks[chunk].bit_length() - 1

    def gaps(self, *, most: int) -> list[tuple[int, int]] | None:
        """The runs of ids between the smallest and the largest that it lacks, each with its first
        and its last; None if there are more than `most`."""
        start = self.least
        span = self.greatest - start + 1
        if span > WIDEST:
            return None
        bits = 0
        for chunk, part in self._chunks.items():
            shift = (chunk << CHUNK_BITS) - start
            bits |= part << shift if shift >= 0 else part >> -shift
        lacking = ~bits & ((1 << span) - 1)
        begin, end = lacking & ~(lacking << 1), lacking & ~(lacking >> 1)
        if begin.bit_count() > most:
            return None
        return [
            (start + first, start + last)
            for first, last in zip(_places(begin), _places(end), strict=True)
        ]

    @property
    def bytes(self) -> int:
        """About what it takes in memory."""
        return 200 + len(self._chunks) * (1 << (CHUNK_BITS - 3))

    def __len__(self) -> int:
        return sum(bits.bit_count() for bits in self._chunks.values())

    def __iter__(self) -> Iterator[int]:
        for chunk in sorted(self._chunks):
            bits = self._chunks[chunk]
            for place in _places(bits):
                yield (chunk << CHUNK_BITS) + place

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IdSet) and self._chunks == other._chunks

    __hash__ = None  # type: ignore[assignment]  # (it grows)


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
