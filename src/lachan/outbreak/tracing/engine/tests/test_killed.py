"""A builder killed with SIGKILL at random moments: what it said was built is there, and nothing that is there is half."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from lachan.outbreak.tracing.engine import Store

DAYS = 3
BUILDER = f"""
import sys
from pathlib import Path
import numpy as np
from lachan.outbreak.tracing.engine import DAY, Store, UUIDS, VisitChunk

class Source:
    def __init__(self, version):
        self.version = version
    def days(self):
        return {{day: self.version.to_bytes(4, "big") + bytes([day]) for day in range({DAYS})}}
    def read(self, day):
        count = 20_000 + self.version % 7
        who = np.arange(count, dtype=">u8") + self.version * 50  # new people every time, so that the id map grows
        pairs = np.stack([np.full(count, day, ">u8"), who], 1)
        start = (np.arange(count) % 80_000 + day * DAY).astype(np.int32)
        yield VisitChunk(np.frombuffer(pairs.astype(">u8").tobytes(), UUIDS), np.frombuffer(bytes(16) * count, UUIDS), start,
                         start + np.int32(self.version))

store = Store(Path(sys.argv[1]))
version = int(sys.argv[2])
while True:
    version += 1
    store.refresh(Source(version))
    print(version, flush=True)
"""


def killed(folder: Path, version: int, after: float) -> int:
    """Run the builder, kill it a while after its first word; the last version that it said was built."""
    command = [sys.executable, "-c", BUILDER, str(folder), str(version)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [int(child.stdout.readline())]
        time.sleep(after)
        child.kill()
        said += [int(line) for line in child.stdout.read().split()]
    return said[-1]


def test_a_killed_build_leaves_the_old_day_or_the_new_one(tmp_path: Path) -> None:
    draw = random.Random(5)
    version = 0
    for _ in range(6):
        version = killed(tmp_path, version, draw.uniform(0, 0.15))
        store = Store(tmp_path)
        assert store.damaged() == {} and set(store.manifest.days) == set(range(DAYS))
        for day, entry in store.manifest.days.items():
            built = int.from_bytes(bytes.fromhex(entry.fingerprint)[:4], "big")
            held = store._segment(entry).columns
            assert version <= built <= version + 1
            assert entry.rows == 20_000 + built % 7 and set((held.end - held.start).tolist()) == {built}
            people = np.frombuffer(store.subjects.decode(held.who).tobytes(), ">u8").reshape(-1, 2)
            assert set(people[:, 0].tolist()) == {day} and int(people[:, 1].min()) == built * 50
