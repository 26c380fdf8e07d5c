"""Loading a whole imagined province: declarations day by day, then people, names, counts and the audit chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from lachan.base.keys import period_of
from lachan.gate.declarations.prepare import DECLARATION_COLUMNS, ENTRY_COLUMNS
from lachan.kernel.clock import day_bounds, ms_at
from lachan.web.demo.bulk import chain, people, queue, tables
from lachan.web.demo.bulk.declared import Maker, states
from lachan.web.demo.bulk.tables import Row
from lachan.web.demo.outbreak import Truth
from lachan.web.demo.visits import Planner

Say = Callable[[str], None]
CHUNK = 20_000
DECLARED = ("declarations_declaration", "declarations_entry")


@dataclass(slots=True)
class Plan:
    """`first`: the first day of declarations, which is day `offset` of the outbreak. `until`: none is later."""

    declarations: int
    first: date
    days: int
    offset: int
    until: datetime
    events: bool = True


@dataclass(slots=True)
class Progress:
    """Says now and then how far a load is, how fast, and how long it will take."""

    total: int
    say: Say
    done: int = 0
    rows: int = 0
    started: float = field(default_factory=monotonic)
    told: float = 0.0

    def add(self, declarations: int, rows: int) -> None:
        self.done, self.rows, now = self.done + declarations, self.rows + rows, monotonic()
        if now - self.told > 5:
            self.told, spent = now, max(0.001, now - self.started)
            left = (self.total - self.done) * spent / max(1, self.done)
            self.say(
                f"  {self.done:,} of {self.total:,} declarations, {self.rows / spent:,.0f} rows/s, {left:.0f} s left"
            )


def load(
    rng: np.random.Generator, maker: Maker, planner: Planner, truth: Truth, plan: Plan, say: Say
) -> Progress:
    """Fill the tables. Stopped in the middle, it leaves whole days' chunks and every index in place."""
    progress, units = Progress(plan.declarations, say), _units(maker)
    seen: list[NDArray[np.int64]] = []
    counted = chain.Counted()
    with tables.careless(), tables.without_indexes([*DECLARED, *people.TABLES, *chain.TABLES]):
        for number in range(plan.days):
            seen.append(_day(rng, maker, planner, truth, plan, number, units, counted, progress))
        say("  people and names …")
        everybody = np.unique(np.concatenate(seen))
        who = np.unique(everybody // len(units))
        last = period_of(plan.until.astimezone(UTC))
        ids = people.load(rng, maker, who, ms_at(day_bounds(plan.first)[0]), last)
        people.load_names(maker, ids, everybody, list(units))
        counted.write()
        say("  indexes …")
    tables.analyze()
    return progress


def _units(maker: Maker) -> dict[str, int]:
    paths = {one.path for one in maker.found} | set(maker.people.residence)
    return {path: at for at, path in enumerate(sorted(paths))}


def _day(
    rng: np.random.Generator, maker: Maker, planner: Planner, truth: Truth, plan: Plan, number: int,
    units: dict[str, int], counted: chain.Counted, progress: Progress,
) -> NDArray[np.int64]:  # fmt: skip
    """A day's declarations. Returns who was seen in which unit, as person * len(units) + unit."""
    day = plan.offset + number
    visits = planner.day(rng, truth.sick(day), round(plan.declarations / plan.days))
    start = ms_at(day_bounds(plan.first + timedelta(days=number))[0])
    ms = np.sort(start + visits.minute * 60_000 + rng.integers(0, 60_000, len(visits.minute)))
    keep = ms < ms_at(plan.until)
    person, site, ms = visits.person[keep], visits.site[keep], ms[keep]
    rows = maker.rows(rng, person, site, states(rng, truth, person, day), ms)
    seen, date_text = set[int](), str(plan.first + timedelta(days=number))
    while some := list(islice(rows, CHUNK)):
        with tables.chunk():
            _write(some)
            counted.count(some, date_text)
            wrote = counted.seal(some) + queue.write(rng, some, plan.until) if plan.events else 0
        progress.add(len(some), 2 * len(some) + wrote)
        _note(seen, person[: len(some)].tolist(), some, units)
        person = person[len(some) :]
    return np.fromiter(seen, dtype=np.int64, count=len(seen))


def _write(some: list[tuple[Row, Row]]) -> None:
    tables.insert(DECLARED[0], DECLARATION_COLUMNS, [declaration for declaration, _ in some])
    tables.insert(DECLARED[1], ENTRY_COLUMNS, [entry for _, entry in some])


def _note(seen: set[int], person: list[int], some: list[tuple[Row, Row]], units: dict[str, int]) -> None:
    total = len(units)
    for who, (_, entry) in zip(person, some, strict=True):
        for path in {entry[9], entry[10], entry[11]}:  # residence, declared, destination
            if path:
                seen.add(who * total + units[path])
