"""Who was where with whom, over a hundred million visits on one machine. Pure Python and numpy; numba where a process asks for it.

    store = Store(folder)
    store.refresh(source)              # the worker: builds the days that changed (`VisitSource`)
    compile_kernels(folder / "code")   # the worker: machine code, kept between starts; `warm_up` loads it
    Tracer(store).f1(subject, since, until, min_overlap_s=900)

People and places are numbers of the store's id maps (`Store.subjects.find`, `.decode`); seconds are those of `days.seconds`.
Importing this package loads neither numba nor DuckDB nor Ibis: docs/adr/0008-tracing-engine.md.
"""

from lachan.outbreak.tracing.engine.answers import F1, F1F2, Contacts, Meetings, Present
from lachan.outbreak.tracing.engine.days import DAY, EPOCH, day_of, moment, seconds
from lachan.outbreak.tracing.engine.ids import UUIDS, IdMap
from lachan.outbreak.tracing.engine.jit import compile_kernels, compiled
from lachan.outbreak.tracing.engine.nearby import was_beside, was_there
from lachan.outbreak.tracing.engine.segment import Damaged, Segment
from lachan.outbreak.tracing.engine.segments import Segments, reading
from lachan.outbreak.tracing.engine.source import VisitChunk, Visits, VisitSource
from lachan.outbreak.tracing.engine.store import Built, Refreshed, Store
from lachan.outbreak.tracing.engine.tracer import Pairs, Sources, Tracer
from lachan.outbreak.tracing.engine.warm import warm_up

__all__ = [
    "DAY",
    "EPOCH",
    "F1",
    "F1F2",
    "UUIDS",
    "Built",
    "Contacts",
    "Damaged",
    "IdMap",
    "Meetings",
    "Pairs",
    "Present",
    "Refreshed",
    "Segment",
    "Segments",
    "Sources",
    "Store",
    "Tracer",
    "VisitChunk",
    "VisitSource",
    "Visits",
    "compile_kernels",
    "compiled",
    "day_of",
    "moment",
    "reading",
    "seconds",
    "warm_up",
    "was_beside",
    "was_there",
]
