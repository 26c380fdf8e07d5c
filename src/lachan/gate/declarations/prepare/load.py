"""Reading the world from the database, a part at a time, and telling cheaply whether a part has changed.

Used by the front process's keeper and by Django's own services; unlike the rest of `prepare` it needs Django.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from lachan.base import keys, period_keys
from lachan.gate.declarations.models import AreaLevel, Hold
from lachan.gate.declarations.prepare.world import CLOSED, HoldInfo, LevelInfo, PlaceInfo, World
from lachan.kernel.crypto import DataKey
from lachan.registry.places.models import Place
from lachan.registry.units.models import Unit

AHEAD = timedelta(days=1)
"""The next month's key is made a day early."""

_WATCHED: dict[str, tuple[str, tuple[str, ...]]] = {
    "places": ("places_place", ("id", "code", "unit", "form", "status", "decided_at")),
    "units": ("units_unit", ("path", "code", "structure")),
    "levels": ("declarations_arealevel", ("id", "unit", "level", "valid_from", "valid_to")),
    "holds": ("declarations_hold", ("id", "alias", "reason", "document", "valid_from", "valid_to")),
}


def fingerprints() -> dict[str, str]:
    """A digest of each part's rows, computed by the database: unequal whenever a row that matters changed."""
    return {part: _fingerprint(table, columns) for part, (table, columns) in _WATCHED.items()}


def _fingerprint(table: str, columns: tuple[str, ...]) -> str:
    row = "||'|'||".join(f"COALESCE(CAST({column} AS TEXT),'')" for column in columns)
    if connection.vendor == "postgresql":
        query = f"SELECT md5(string_agg(x, ',' ORDER BY x)) FROM (SELECT {row} AS x FROM {table}) AS rows"  # noqa: S608
    else:
        query = f"SELECT group_concat(x) FROM (SELECT {row} AS x FROM {table} ORDER BY 1)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query)
        text = cursor.fetchone()[0] or ""
    return sha256(text.encode()).hexdigest()


def load_world(now: datetime) -> World:
    """Everything, from the database and the key folder."""
    return with_parts(
        World(keys.keyring(), keys.keystore().current, data_keys(now)), dict.fromkeys(_WATCHED, "")
    )


def with_parts(world: World, changed: dict[str, str]) -> World:
    """A new snapshot with the named parts read again."""
    parts: dict[str, Any] = {}
    for part in changed:
        parts.update(_READERS[part]())
    return replace(world, **parts)


def data_keys(now: datetime) -> dict[str, DataKey]:
    """The data keys of this month and of tomorrow's."""
    periods = {keys.period_of(now), keys.period_of(now + AHEAD)}
    return {period: period_keys.data_key(period, now) for period in periods}


def _places() -> dict[str, Any]:
    rows = Place.objects.values_list("id", "code", "unit", "form", "status", "decided_at").iterator()
    return {
        "places": {
            code: PlaceInfo(id, code, unit, form, status, decided if status in CLOSED else None)
            for id, code, unit, form, status, decided in rows
        }
    }


def _units() -> dict[str, Any]:
    rows = list(Unit.objects.values_list("path", "code", "structure"))
    codes = {code: path for path, code, structure in rows if structure == settings.STRUCTURE}
    return {"units": frozenset(path for path, _code, _structure in rows), "codes": codes}


def _levels() -> dict[str, Any]:
    found: dict[str, list[LevelInfo]] = defaultdict(list)
    rows = AreaLevel.objects.order_by("-valid_from", "-id")
    for row in rows.values_list("unit", "level", "document", "valid_from", "valid_to"):
        found[row[0]].append(LevelInfo(*row[1:]))
    return {"levels": {unit: tuple(levels) for unit, levels in found.items()}}


def _holds() -> dict[str, Any]:
    found: dict[UUID, list[HoldInfo]] = defaultdict(list)
    for row in Hold.objects.order_by("id").values_list(
        "alias", "reason", "document", "valid_from", "valid_to"
    ):
        found[row[0]].append(HoldInfo(*row[1:]))
    return {"holds": {alias: tuple(holds) for alias, holds in found.items()}}


_READERS = {"places": _places, "units": _units, "levels": _levels, "holds": _holds}


class WorldCache:
    """A world that is at most `max_age` old. One thread looks; the others meanwhile have the world of before."""

    def __init__(self, max_age: timedelta = timedelta(seconds=2)) -> None:
        self._max_age = max_age
        self._world: World | None = None
        self._prints: dict[str, str] = {}
        self._asked: datetime | None = None
        self._lock = threading.Lock()

    def get(self, now: datetime, *, fresh: bool = False) -> World:
        """The world as of `now`; `fresh` looks again whatever its age."""
        world = self._world
        if world is not None and not fresh and not self._aged(now) and keys.period_of(now) in world.data_keys:
            return world
        must = world is None or fresh or keys.period_of(now) not in world.data_keys
        if not self._lock.acquire(blocking=must):
            assert world is not None
            return world
        try:
            self._asked = now
            self._world = self._refreshed(self._world, now)
            return self._world
        finally:
            self._lock.release()

    def _aged(self, now: datetime) -> bool:
        return self._asked is None or abs(now - self._asked) > self._max_age

    def _refreshed(self, world: World | None, now: datetime) -> World:
        prints = fingerprints()
        base = world or World(keys.keyring(), keys.keystore().current, {})
        changed = {part: each for part, each in prints.items() if self._prints.get(part) != each}
        wanted = {keys.period_of(now), keys.period_of(now + AHEAD)}
        if changed or not wanted <= base.data_keys.keys():
            base = replace(with_parts(base, changed), data_keys=data_keys(now))
        self._prints = prints  # last: what failed to load is tried again
        return base

    def forget(self) -> None:
        """Start from nothing (between tests)."""
        with self._lock:
            self._world, self._prints, self._asked = None, {}, None


world_cache = WorldCache()


def current_world(now: datetime, *, fresh: bool = False) -> World:
    """The process's world, at most two seconds old."""
    return world_cache.get(now, fresh=fresh)
