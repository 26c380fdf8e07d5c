"""From UUIDs to the small numbers that visits carry, for as long as the folder lives.

A file of 16-byte UUIDs in the order of their numbers, in frames of ``u32 count, 8-byte digest, count × 16 bytes``. A frame's
digest covers every frame before it, so a digest says what all numbers below mean. A torn or changed frame ends the map;
segments note the digest they were built under, and so those that used a lost number are known.
"""

from __future__ import annotations

import os
import struct
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lachan.outbreak.tracing.engine.files import replacing, stamp_of

__all__ = ["UUIDS", "IdMap", "Mark"]

UUIDS = np.dtype("V16")
"""A UUID as numpy holds it: its 16 bytes (``np.frombuffer(b"".join(u.bytes for u in …), UUIDS)``)."""
MAGIC = b"LCIDMAP1"
FRAME = struct.Struct("<I8s")

Mark = tuple[int, bytes]
"""How many numbers there were, and the digest over them."""


class IdMap:
    """Numbers 0, 1, 2 … in the order in which UUIDs were first met. One process writes; others open it to read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._uuids: list[bytes] = []
        self._numbers: dict[bytes, int] = {}
        self._marks: dict[int, bytes] = {0: bytes(8)}
        self._kept = 0
        self._length = 0
        self._stamp: object = ()
        self.reload()

    def __len__(self) -> int:
        return len(self._uuids)

    @property
    def mark(self) -> Mark:
        """Of everything that is on the disk."""
        return self._kept, self._marks[self._kept]

    def holds(self, mark: Mark) -> bool:
        """Whether the numbers below `mark` still mean what they meant then."""
        return self._marks.get(mark[0]) == mark[1]

    def reload(self) -> None:
        """Read the file again if another process wrote to it. Numbers not yet committed are forgotten then."""
        if (stamp := stamp_of(self.path)) == self._stamp:
            return
        self._stamp = stamp
        data = self.path.read_bytes() if self.path.exists() else b""
        self._uuids, self._numbers, self._kept = [], {}, 0
        self._marks = {0: bytes(8)}
        self._length = len(MAGIC) if data[: len(MAGIC)] == MAGIC else 0
        while self._length and self._take(data):
            pass

    def _take(self, data: bytes) -> bool:
        """One frame; False at the end, or at a frame that doesn't hold."""
        at = self._length + FRAME.size
        if at > len(data):
            return False
        count, digest = FRAME.unpack_from(data, self._length)
        payload = data[at : at + 16 * count]
        if not count or len(payload) != 16 * count or digest != self._digest(payload):
            return False
        self._add([payload[i : i + 16] for i in range(0, len(payload), 16)])
        self._kept = len(self._uuids)
        self._marks[self._kept] = digest
        self._length = at + len(payload)
        return True

    def _digest(self, payload: bytes) -> bytes:
        return sha256(self._marks[self._kept] + payload).digest()[:8]

    def _add(self, fresh: list[bytes]) -> None:
        self._numbers.update(zip(fresh, range(len(self._uuids), len(self._uuids) + len(fresh)), strict=True))
        self._uuids += fresh

    def find(self, uuids: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Their numbers, -1 for one that was never met."""
        return np.fromiter((self._numbers.get(each, -1) for each in uuids.tolist()), np.int64, uuids.size)

    def encode(self, uuids: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
        """Their numbers, new ones given. They last once `commit` returned."""
        keys: list[bytes] = uuids.tolist()
        self._add(list(dict.fromkeys(key for key in keys if key not in self._numbers)))
        return np.fromiter(map(self._numbers.__getitem__, keys), np.uint32, len(keys))

    def decode(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The UUIDs (dtype `UUIDS`) of numbers. IndexError: a number that was never given."""
        return np.frombuffer(b"".join([self._uuids[each] for each in numbers.tolist()]), UUIDS)

    def commit(self) -> Mark:
        """Keep the new numbers: flushed to the disk before this returns. What a torn frame left behind is cut off."""
        payload = b"".join(self._uuids[self._kept :])
        if not self._length:
            with replacing(self.path) as file:
                file.write(MAGIC)
            self._length = len(MAGIC)
        if payload:
            self._append(payload)
        self._stamp = stamp_of(self.path)
        return self.mark

    def _append(self, payload: bytes) -> None:
        digest = self._digest(payload)
        with self.path.open("r+b") as file:
            file.truncate(self._length)
            file.seek(self._length)
            file.write(FRAME.pack(len(payload) // 16, digest) + payload)
            file.flush()
            os.fsync(file.fileno())
        self._length += FRAME.size + len(payload)
        self._kept = len(self._uuids)
        self._marks[self._kept] = digest
