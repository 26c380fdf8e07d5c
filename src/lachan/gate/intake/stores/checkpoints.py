"""Copying SQLite's write-ahead log back into the file, away from the commits.

A PASSIVE checkpoint waits for nobody, but under steady load it never reaches the end of a log that goes on growing,
and only a log read to its end starts over. So a thread copies the bulk while the writer goes on, and when it is done
the writer copies the short rest between two groups: a few pages instead of a hundred megabytes in front of a commit.

Nothing here may open the database, its `-wal` or its `-shm` by any other way than SQLite: closing such a file drops
every lock that this process holds on it (POSIX), another process then writes into the middle of our transaction, and
acknowledged rows are gone (sqlite.org/howtocorrupt.html, 2.2). That is why the length of the log is asked by `stat`.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from pathlib import Path

log = logging.getLogger(__name__)

ROWS = 2000
"""Declarations written since the last round at which copying begins: some 30 MB of log."""
GROWTH = 32 * 1024 * 1024
"""Or so many bytes by which the log has grown, whoever wrote them."""
QUIET = 5.0  # seconds without a write after which the rest is copied
LOOK_EVERY = 0.25  # seconds


class Checkpointer:
    """`wrote` counts; `due` is True when the thread has copied the bulk and the writer should call `finish`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = Path(f"{path}-wal")
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._rows = 0
        self._last = 0.0
        self._size = 0
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

    def wrote(self, rows: int) -> None:
        """The writer has committed a group."""
        self._rows += rows
        self._last = time.monotonic()

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
            if self.due or not self._wanted():
                continue
            try:
                db = db or sqlite3.connect(
                    f"file:{self._path}?mode=rw", uri=True, isolation_level=None, timeout=0
                )
                self._rows, self._size = 0, self._length()
                db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                self.due = True
            except sqlite3.Error as error:
                log.warning("checkpoint: %s", error)
                db = None
        if db is not None:
            db.close()

    def _wanted(self) -> bool:
        quiet = self._rows > 0 and time.monotonic() - self._last > QUIET
        return self._rows >= ROWS or quiet or self._length() - self._size >= GROWTH

    def _length(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0
