"""The World of a decision as Django sees it: read when asked for, so that it is never behind the database.

The front process keeps a snapshot of its own in memory; a form sent to Django asks a handful of indexed rows instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from lachan.base import keys, period_keys
from lachan.gate.declarations.models import AreaLevel, Hold
from lachan.gate.declarations.prepare import HoldInfo, LevelInfo, PlaceInfo, World
from lachan.registry.places.models import Place
from lachan.registry.units import tree

OLDEST_PAPER = timedelta(days=400)  # levels that ended before are never asked for
K = TypeVar("K")
V = TypeVar("V")


class Asked(Mapping[K, V], Generic[K, V]):
    """A mapping that looks a key up when it is asked for, once."""

    def __init__(self, find: Callable[[K], V | None]) -> None:
        self._find, self._found = find, dict[K, V | None]()

    def __getitem__(self, key: K) -> V:
        if key not in self._found:
            self._found[key] = self._find(key)
        value = self._found[key]
        if value is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[K]:
        return iter([key for key, value in self._found.items() if value is not None])

    def __len__(self) -> int:
        return 1  # never taken for empty: what is not asked yet may be there


def world(now: datetime) -> World:
    """What a submission's preparation may ask, as of this moment."""
    paths, codes = _units()
    period = keys.period_of(now.astimezone(UTC))
    return World(
        keyring=keys.keyring(),
        signing=keys.keystore().current,
        data_keys={period: period_keys.data_key(period, now)},
        places=Asked(_place),
        units=paths,
        codes=codes,
        levels=_levels(now),
        holds=Asked(_holds),
    )


_known: tuple[tree.Tree, str, frozenset[str], dict[str, str]] | None = None


def _units() -> tuple[frozenset[str], dict[str, str]]:
    """Every path, and the path of each bare code in the structure in use; made again when the tree changes."""
    global _known
    current, structure = tree.current(), settings.STRUCTURE
    if _known is None or _known[0] is not current or _known[1] != structure:
        codes = {entry.unit.code: entry.unit.path for entry in current.index(structure).entries}
        _known = current, structure, frozenset(current.units), codes
    return _known[2], _known[3]


def _place(code: str) -> PlaceInfo | None:
    row = Place.objects.filter(code=code).first()
    if row is None:
        return None
    return PlaceInfo(row.id, row.code, row.unit, row.form, row.status, row.decided_at)


def _holds(alias: UUID) -> tuple[HoldInfo, ...] | None:
    rows = Hold.objects.filter(alias=alias)
    return tuple(HoldInfo(row.reason, row.document, row.valid_from, row.valid_to) for row in rows) or None


def _levels(now: datetime) -> dict[str, tuple[LevelInfo, ...]]:
    """Each unit's orders, the latest first: the first that covers a moment is the one in force then."""
    rows = AreaLevel.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now - OLDEST_PAPER))
    found: dict[str, tuple[LevelInfo, ...]] = {}
    for row in rows.order_by("-valid_from", "-id"):
        level = LevelInfo(row.level, row.document, row.valid_from, row.valid_to)
        found[row.unit] = (*found.get(row.unit, ()), level)
    return found
