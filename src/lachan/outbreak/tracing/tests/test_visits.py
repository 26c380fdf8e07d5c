"""The engine fed from the database says the same as the database itself, and is built again only where something changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from lachan.gate.checkpoints.models import Visit
from lachan.kernel.diseases import Disease
from lachan.outbreak.tracing import crowds, meetings, visits
from lachan.outbreak.tracing.engine import UUIDS, Store, Tracer, seconds
from lachan.outbreak.tracing.evidence import Ask, Found
from lachan.outbreak.tracing.evidence.visits import find as shared
from lachan.outbreak.tracing.evidence.work import find as work
from lachan.outbreak.tracing.meetings import met
from lachan.outbreak.tracing.presence import stays_of
from lachan.outbreak.tracing.terms import terms_at
from lachan.outbreak.tracing.tests.world import NOW, declared, moment, place, somebody, visit
from lachan.outbreak.tracing.visits import DatabaseVisits
from lachan.registry.places.models import Place

pytestmark = pytest.mark.django_db
LEAST = timedelta(minutes=15)


def test_the_engine_and_the_database_find_the_same_meetings(province: None, tmp_path: Path) -> None:
    dice = Random(3)
    people = [somebody(str(number)) for number in range(12)]
    markets = [place(kind) for kind in ("market", "shop", "lodging")]
    for _ in range(150):
        came = moment(dice.randint(16, 19), dice.randint(0, 23), dice.randint(0, 59))
        left = came + timedelta(minutes=dice.randint(5, 700)) if dice.random() < 0.8 else None
        visit(dice.choice(people), dice.choice(markets), came, left)
    store, terms = Store(tmp_path), terms_at(NOW.date())
    store.refresh(DatabaseVisits(NOW))
    since, until = moment(17, 6), moment(19, 12)
    for who in people[:5]:
        mine = stays_of([who], since, until, terms)
        wanted: dict[tuple[bytes, bytes], int] = {}
        for one in met(mine, {who}, LEAST, terms):
            key = (one.alias.bytes, one.place.bytes)
            wanted[key] = wanted.get(key, 0) + int((one.to_at - one.from_at).total_seconds())
        number = int(store.subjects.find(np.frombuffer(who.bytes, UUIDS))[0])
        found = Tracer(store).f1(number, seconds(since), seconds(until), min_overlap_s=900).by_place
        columns = (store.subjects.decode(found.subject), store.places.decode(found.place), found.seconds)
        told = {(bytes(one), bytes(at)): int(long) for one, at, long in zip(*columns, strict=True)}
        assert told == wanted and told


def test_only_days_that_changed_are_built_again(province: None, tmp_path: Path) -> None:
    who, market = somebody("a"), place()
    first = visit(who, market, moment(17, 8))
    visit(who, market, moment(19, 8), moment(19, 9))
    store = Store(tmp_path)
    assert len(store.refresh(DatabaseVisits(NOW)).built) == 2
    assert store.refresh(DatabaseVisits(NOW)).built == ()
    first.out_at = moment(17, 11)
    first.save()
    assert len(store.refresh(DatabaseVisits(NOW)).built) == 1
    first.delete()
    assert len(store.refresh(DatabaseVisits(NOW)).dropped) == 1


def _world(dice: Random) -> tuple[list[UUID], list[Place], list[Visit]]:
    people = [somebody(str(number)) for number in range(10)]
    places = [place(kind) for kind in ("market", "shop", "lodging", "factory")]
    return people, places, [_some_visit(dice, people, places, moment(1)) for _ in range(110)]


def _some_visit(dice: Random, people: list[UUID], places: list[Place], written: datetime) -> Visit:
    came = moment(dice.randint(14, 19), dice.randint(0, 23), dice.randint(0, 59)) + timedelta(
        milliseconds=dice.randint(0, 999)
    )
    left = came + timedelta(minutes=dice.choice((5, 15, 20, 90, 700)))
    ends = dice.choice(((came, left), (came, None), (None, left)))
    return visit(dice.choice(people), dice.choice(places), *ends, changed_at=written)


def _meanwhile(dice: Random, world: tuple[list[UUID], list[Place], list[Visit]]) -> None:
    """After the segments were built: somebody comes, leaves, is forgotten, a gate sends what it saw days ago."""
    people, places, visits = world
    for _ in range(12):
        _some_visit(dice, people, places, dice.choice((NOW, NOW - timedelta(minutes=30))))
    for one in dice.sample(visits, 12):
        begun = one.in_at or one.out_at
        assert begun is not None
        one.out_at, one.changed_at = begun + timedelta(minutes=dice.choice((3, 45, 300))), NOW
        one.save()
    for one in dice.sample(visits, 8):
        one.delete()
    for _ in range(6):
        at = moment(dice.randint(15, 19), dice.randint(0, 23))
        declared(dice.choice(people), dice.choice(places), at)
    Place.objects.filter(pk=places[1].pk).update(kind="factory")  # where people are taken to stay much longer


def _damage(dice: Random, folder: Path) -> None:
    """One day's file is cut, changed or gone."""
    path = dice.choice(sorted(folder.glob("day-*.seg")))
    data = bytearray(path.read_bytes())
    data[dice.randrange(len(data))] ^= 0xFF
    how = dice.randrange(3)
    path.write_bytes(bytes(data) if how else data[: dice.randrange(len(data))])
    if how == 2:
        path.unlink()


@pytest.mark.parametrize("seed", range(6))
def test_evidence_is_the_same_with_segments_and_without(
    province: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = Random(seed)
    settings.DATA = tmp_path
    world = _world(dice)
    built = NOW - timedelta(hours=dice.choice((0, 5)))
    visits.refresh(built)
    _meanwhile(dice, world)
    if seed % 2:
        _damage(dice, tmp_path / "tracing")
    asks = [_ask(who, dice) for who in world[0]]
    monkeypatch.setattr(meetings, "stays_at", None)  # with segments the whole table of a place is never read
    found = [_told(ask) for ask in asks]
    monkeypatch.undo()
    monkeypatch.setattr(crowds, "of", lambda terms: None)
    assert found == [_told(ask) for ask in asks]
    assert sum(map(len, found)) > 20


def _ask(who: UUID, dice: Random) -> Ask:
    since = moment(dice.randint(14, 16), dice.randint(0, 23))
    until = since + timedelta(hours=dice.randint(20, 90))
    least = timedelta(minutes=dice.choice((0, 5, 15)))
    return Ask(frozenset({who}), since, until, least, Disease.at("covid19", NOW.date()), terms_at(NOW.date()))


def _told(ask: Ask) -> list[Found]:
    return sorted(
        (one for find in (shared, work) for one in find(ask)), key=lambda one: (one.evidence, one.target)
    )


def test_segments_that_cannot_tell_are_not_asked(province: None, tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    terms = terms_at(NOW.date())
    assert crowds.of(terms) is None  # nothing was built
    visit(somebody("a"), place(), moment(17, 8), moment(17, 9), changed_at=moment(17, 9))
    visits.refresh(NOW)
    assert crowds.of(terms) is not None
    assert crowds.of(replace(terms, stays={**terms.stays, "market": timedelta(hours=9)})) is None
    note = tmp_path / "tracing" / "built.json"
    note.write_text(note.read_text().replace('"format": 1', '"format": 2'))
    assert crowds.of(terms) is None
    note.write_bytes(b"\x00[")
    assert crowds.of(terms) is None
