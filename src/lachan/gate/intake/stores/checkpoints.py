"""Copying SQLite's write-ahead log back into the file, away from the commits.

A PASSIVE checkpoint waits for nobody, but under steady load it never reaches the end of a log that goes on growing,
and only a log read to its end starts over. So a thread copies the bulk while the writer goes on, and when it is done
the writer copies the short rest between two groups: a few pages instead of a hundred megabytes in front of a commit.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
from pathlib import Path

log = logging.getLogger(__name__)

START_FRAMES = 8192
"""Pages in the log (32 MB) at which copying begins."""
LOOK_EVERY = 0.25  # seconds
_FRAMES_AT = (
    16  # in the index beside the log (sqlite.org/walformat.html, 2.2): mxFrame, the machine's byte order
)


class Checkpointer:
    """`due` is True when the thread has copied the bulk and the writer should call `finish`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._index = Path(f"{path}-shm")
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen = (
            0  # length of the log after the last round: a reader that holds it back is not asked in a loop
        )
        self.due = False

    def start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="intake-checkpoints", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5)
        self._thread = None

    def finish(self, db: sqlite3.Connection) -> None:
        """In the writer's thread, outside a transaction."""
        self.due = False
        try:
            db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            log.warning("checkpoint: %s", error)

    def _run(self) -> None:
        db: sqlite3.Connection | None = None
        while not self._stop.wait(LOOK_EVERY):
            frames = 0 if self.due else self._frames()
            if frames < START_FRAMES or frames == self._seen:
                continue
            try:
                db = db or sqlite3.connect(
                    f"file:{self._path}?mode=rw", uri=True, isolation_level=None, timeout=0
                )
                db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                self._seen = self._frames()
                self.due = True
            except sqlite3.Error as error:
                log.warning("checkpoint: %s", error)
                db = None
        if db is not None:
            db.close()

    def _frames(self) -> int:
        """Length of the log in pages."""
        try:
            with self._index.open("rb") as index:
                return int.from_bytes(index.read(_FRAMES_AT + 4)[_FRAMES_AT:], sys.byteorder)
        except OSError:
            return 0
