"""Asking every question once of a tiny world, so that no officer waits for a compiler."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from lachan.outbreak.tracing.engine.source import Visits
from lachan.outbreak.tracing.engine.store import Store
from lachan.outbreak.tracing.engine.tracer import Sources, Tracer

__all__ = ["warm_up"]


def warm_up() -> None:
    """Compile the kernels, or load their machine code: seconds the first time, a moment later."""
    with tempfile.TemporaryDirectory(prefix="lachan-warm-") as folder:
        store = Store(Path(folder))
        for ids in (store.subjects, store.places):
            ids.encode(np.frombuffer(bytes(range(64)), "V16"))
        visits = Visits(
            np.arange(4, dtype=np.uint32),
            np.zeros(4, np.uint32),
            np.arange(4, dtype=np.int32),
            np.arange(4, dtype=np.int32) + 9,
        )
        store.build(0, [visits], b"warm")
        tracer = Tracer(store)
        tracer.f1f2(0, 0, 20, min_overlap_s=1)
        tracer.f1_many(Sources.of([(0, 0, 20), (1, 0, 20), (2, 0, 20)]), min_overlap_s=1)
        tracer.pairs(0, 20, min_overlap_s=1)
