"""The engine fed from the database says the same as the database itself, and is built again only where something changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest

from lachan.outbreak.tracing.engine import UUIDS, Store, Tracer, seconds
from lachan.outbreak.tracing.presence import met, stays_of
from lachan.outbreak.tracing.terms import terms_at
from lachan.outbreak.tracing.tests.world import NOW, moment, place, somebody, visit
from lachan.outbreak.tracing.visits import DatabaseVisits

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
