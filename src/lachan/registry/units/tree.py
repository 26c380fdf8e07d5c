"""The tree in memory: 13,400 units and an index of their words, rebuilt when another process changed the table.

A look-up costs no query; the table's version is asked at most once in CHECK_EVERY seconds.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F

from lachan.kernel.text import fold
from lachan.registry.units.models import Succession, TreeVersion, Unit

CHECK_EVERY = 2.0


@dataclass(slots=True)
class Entry:
    """A unit as the search sees it: folded words of its own name and of those above it."""

    unit: Unit
    name: str  # folded, without its kind: "vinh hoa"
    full: str  # folded, with its kind: "phuong vinh hoa"
    own: tuple[str, ...]  # words of `full`
    accented: tuple[str, ...]  # the same words with their accents
    above: frozenset[str]  # words of the names above
    above_names: tuple[str, ...]  # "nha trang", "thanh pho nha trang", "nha trang khanh hoa", "khanh hoa"…


@dataclass(slots=True)
class WordIndex:
    """Which entries hold a word that starts with some letters."""

    entries: list[Entry] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _places: dict[str, list[int]] = field(default_factory=dict)

    def build(self) -> None:
        places: defaultdict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(self.entries):
            for word in {*entry.own, *entry.above}:
                places[word].append(number)
        self._places, self._words = dict(places), sorted(places)

    def starting(self, prefix: str) -> set[int]:
        found: set[int] = set()
        for position in range(bisect_left(self._words, prefix), len(self._words)):
            word = self._words[position]
            if not word.startswith(prefix):
                break
            found.update(self._places[word])
        return found


class Links(dict[str, list[tuple[str, bool]]]):
    """path → the units that follow it, or from which it came, each with whether it was divided."""

    def __init__(self, links: Mapping[str, list[tuple[str, bool]]]) -> None:
        super().__init__(links)
        self._ordered = sorted(links)

    def below(self, path: str) -> list[str]:
        """The paths with a link that lie under `path`, itself included."""
        first = bisect_left(self._ordered, path)
        return self._ordered[first : bisect_left(self._ordered, path + "\U0010ffff", first)]


@dataclass(slots=True)
class Tree:
    """Everything about units that selectors answer from."""

    stamp: tuple[int, int]
    units: dict[str, Unit]
    after: Links
    before: Links
    _indexes: dict[str, WordIndex] = field(default_factory=dict)

    def index(self, structure: str) -> WordIndex:
        """The word index of one structure, made when first asked for."""
        found = self._indexes.get(structure)
        if found is None:
            found = WordIndex(
                [_entry(self, unit, structure) for unit in self.units.values() if belongs(unit, structure)]
            )
            found.build()
            self._indexes[structure] = found
        return found

    def chain(self, path: str) -> list[Unit]:
        """The units from the province down to `path`; those that aren't known are left out."""
        parts = path.rstrip("/").split("/")
        steps = ("/".join(parts[: end + 1]) + "/" for end in range(len(parts)))
        return [unit for step in steps if (unit := self.units.get(step))]


def belongs(unit: Unit, structure: str) -> bool:
    """Whether a unit stands in a structure: a province that lives on stands in both."""
    lives_on = unit.level == Unit.Level.PROVINCE and unit.valid_to is None
    return unit.structure == structure or (structure == "2025" and lives_on)


def names(unit: Unit, structure: str) -> tuple[str, str]:
    """(name, full name) under a structure: a merged province may have taken another one."""
    if structure == "2025" and unit.later_name:
        return unit.later_name, unit.later_full_name
    return unit.name, unit.full_name


def _entry(tree: Tree, unit: Unit, structure: str) -> Entry:
    name, full = names(unit, structure)
    above = [tuple(map(fold, names(parent, structure))) for parent in tree.chain(unit.path)[-2::-1]]
    own = tuple(fold(full).split())
    return Entry(
        unit=unit,
        name=fold(name),
        full=" ".join(own),
        own=own,
        accented=tuple(full.casefold().split()),
        above=frozenset(word for _, parent in above for word in parent.split()),
        above_names=(*(text for pair in above for text in pair), " ".join(short for short, _ in above)),
    )


_lock = threading.Lock()
_current: Tree | None = None
_checked = float("-inf")


def current() -> Tree:
    """The tree as the table has it, give or take CHECK_EVERY seconds."""
    global _current, _checked
    tree, ticks = _current, time.monotonic()
    if tree is not None and ticks - _checked < CHECK_EVERY:
        return tree
    with _lock:
        stamp = _stamp()
        if _current is None or _current.stamp != stamp:
            _current = _read(stamp)
        _checked = ticks
        return _current


def forget() -> None:
    """Read the table again at the next look-up."""
    global _current, _checked
    _current, _checked = None, float("-inf")


def bump(now: datetime) -> None:
    """Tell every process that the tree changed; in the transaction of the change."""
    made = TreeVersion.objects.get_or_create(id=1, defaults={"version": 1, "changed_at": now})[1]
    if not made:
        TreeVersion.objects.filter(id=1).update(version=F("version") + 1, changed_at=now)


def _stamp() -> tuple[int, int]:
    version = TreeVersion.objects.filter(id=1).values_list("version", flat=True).first()
    return version or 0, Unit.objects.count()


def _read(stamp: tuple[int, int]) -> Tree:
    after: defaultdict[str, list[tuple[str, bool]]] = defaultdict(list)
    before: defaultdict[str, list[tuple[str, bool]]] = defaultdict(list)
    for old, new, divided in Succession.objects.order_by("before", "after").values_list(
        "before", "after", "divided"
    ):
        after[old].append((new, divided))
        before[new].append((old, divided))
    units = {unit.path: unit for unit in Unit.objects.order_by("path")}
    return Tree(stamp, units, Links(after), Links(before))
