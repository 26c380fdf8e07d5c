"""Writing a file so that after a power cut it is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["TEMPORARY", "flush_folder", "replacing", "stamp_of"]

TEMPORARY = ".part"


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write; when the block ends without an error it is flushed to the disk and takes the name `path`."""
    part = path.with_name(path.name + TEMPORARY)
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Names are data of their folder: without this a renamed file may come back under its old name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stamp_of(path: Path) -> tuple[int, int, int] | None:
    """Differs when the file was replaced or written to; None when there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
