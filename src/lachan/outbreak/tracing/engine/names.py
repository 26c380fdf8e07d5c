"""The id maps for whoever only reads: 16 bytes a name, where `ids.IdMap` needs some 200 to give new numbers."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lachan.outbreak.tracing.engine.files import stamp_of
from lachan.outbreak.tracing.engine.ids import FRAME, MAGIC, UUIDS, Mark

__all__ = ["Names"]


class Names:
    """What an id map's file says, of its sound frames. Never writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._uuids: npt.NDArray[Any] = np.zeros(0, UUIDS)
        self._marks: dict[int, bytes] = {0: bytes(8)}
        self._numbers: dict[bytes, int] | None = None
        self._stamp: object = ()
        self.reload()

    def __len__(self) -> int:
        return self._uuids.size

    def holds(self, mark: Mark) -> bool:
        """Whether the numbers below `mark` still mean what they meant then."""
        return self._marks.get(mark[0]) == mark[1]

    def reload(self) -> None:
        """Read the file again if another process wrote to it."""
        if (stamp := stamp_of(self.path)) == self._stamp:
            return
        data = self.path.read_bytes() if stamp else b""
        self._marks, parts = _sound(data)
        self._uuids = np.frombuffer(b"".join(parts), UUIDS)
        self._numbers, self._stamp = None, stamp

    def decode(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The UUIDs (dtype `UUIDS`) of numbers. IndexError: a number that was never given."""
        return self._uuids[numbers]

    def find(self, uuids: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Their numbers, -1 for one that was never met. Keeps an index in memory from the first time on."""
        if self._numbers is None:
            names: list[bytes] = self._uuids.tolist()
            self._numbers = dict(zip(names, range(len(names)), strict=True))
        numbers = self._numbers
        return np.fromiter((numbers.get(each, -1) for each in uuids.tolist()), np.int64, uuids.size)


def _sound(data: bytes) -> tuple[dict[int, bytes], list[bytes]]:
    """Digests by how many numbers there were, and the names of the frames that hold."""
    marks, parts = {0: bytes(8)}, list[bytes]()
    at, count, digest = len(MAGIC), 0, bytes(8)
    if data[: len(MAGIC)] != MAGIC:
        return marks, parts
    while at + FRAME.size <= len(data):
        more, said = FRAME.unpack_from(data, at)
        payload = data[at + FRAME.size : at + FRAME.size + 16 * more]
        digest = sha256(digest + payload).digest()[:8]
        if not more or len(payload) != 16 * more or said != digest:
            break
        parts.append(payload)
        count += more
        marks[count] = digest
        at += FRAME.size + len(payload)
    return marks, parts
