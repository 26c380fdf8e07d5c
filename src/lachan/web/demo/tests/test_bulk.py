"""The bulk rows are those that `prepare` makes of the same answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.gate.declarations.models import AreaLevel, Declaration, Entry, PlaceDay, UnitDay
from lachan.gate.declarations.prepare import (
    DECLARATION_COLUMNS,
    ENTRY_COLUMNS,
    Submission,
    World,
    for_sqlite,
    prepare,
)
from lachan.gate.declarations.selectors.payload import opened
from lachan.kernel.ids import is_uuid7, ms_of, short_code
from lachan.registry.audit import consumers, sealing
from lachan.registry.people.models import Alias, NameKey, Person
from lachan.web.demo import fill, province
from lachan.web.demo.bulk import declared, ids
from lachan.web.demo.bulk.declared import Maker
from lachan.web.demo.fill import Plan
from lachan.web.demo.tests.province import units

NOW = datetime(2021, 7, 22, 8, 0, tzinfo=UTC)
PLAN = Plan(people=400, places=40, declarations=900, days=3, seed=5)

moments = st.lists(st.integers(1_577_836_800_000, 2_000_000_000_000), min_size=1, max_size=40)


@given(ms=moments, seed=st.integers(0, 1000))
def test_ids_and_codes_are_those_of_the_kernel(ms: list[int], seed: int) -> None:
    made = ids.uuid7s(np.random.default_rng(seed), np.array(ms))
    for text, moment, code in zip(made, ms, ids.short_codes(made), strict=True):
        one = UUID(hex=text)
        assert is_uuid7(one) and ms_of(one) == moment
        assert code == short_code(one)


@given(ms=moments)
def test_times_are_written_as_django_writes_them(ms: list[int]) -> None:
    for text, moment in zip(ids.times(np.array(ms)), ms, strict=True):
        read = datetime.fromisoformat(text).replace(tzinfo=UTC)
        assert read == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)


@pytest.fixture
def maker(db: None, settings: pytest.FixtureRequest) -> Iterator[Maker]:
    settings.DEMO = True  # type: ignore[attr-defined]
    units()
    scene = fill.imagine(PLAN, NOW)
    AreaLevel.objects.create(unit="79/", level=3, document="d", valid_from=NOW - timedelta(days=40))
    world = province.world_of(NOW - timedelta(days=40), NOW)
    yield Maker(
        _with_places(world, scene.sites, scene.found),
        scene.people,
        scene.sites,
        scene.found,
        date(2021, 7, 22),
    )


def _with_places(world: World, sites: list, found: list) -> World:
    from dataclasses import replace

    from lachan.gate.declarations.prepare import PlaceInfo

    for at, one in enumerate(sites):
        one.code = f"{at:08d}"
    known = {
        one.code: PlaceInfo(UUID(int=at + 1), one.code, found[one.commune].path, one.form, "active")
        for at, one in enumerate(sites)
    }
    return replace(world, places=known)


def test_each_row_is_that_of_prepare(maker: Maker) -> None:
    rng, count = np.random.default_rng(1), 300
    person = rng.integers(0, len(maker.people), count)
    site, state = rng.integers(-1, len(maker.sites), count), rng.integers(0, len(declared.SAID), count)
    ms = int(NOW.timestamp() * 1000) + np.arange(count) * 7
    made = list(maker.rows(rng, person, site, state, ms))
    for at, (declaration, entry) in enumerate(made):
        _same(maker, int(person[at]), int(site[at]), int(state[at]), declaration, entry)
    assert len({row[11] for row, _ in made}) == 3  # green, attention and stop are among them
    assert {row[1] for row, _ in made} == set(declared.FORMS)


def _same(maker: Maker, person: int, site: int, state: int, declaration: tuple, entry: tuple) -> None:
    form, said = maker.answers(person, site, state)
    moment = datetime.fromisoformat(declaration[15]).replace(tzinfo=UTC)
    submission = Submission(
        id=UUID(hex=declaration[0]), form=form, answers=said, place=maker.sites[site].code if site >= 0 else "",
        occurred_at=moment,
    )  # fmt: skip
    right, right_entry, _, _ = for_sqlite(prepare(submission, maker.world, moment))
    key = maker.world.data_keys[declaration[8]]
    ours, theirs = (
        json.loads(key.open(bytes(row[9]), UUID(hex=row[0]).bytes)) for row in (declaration, right)
    )
    for each in (ours, theirs):
        each["claimed_at"] = datetime.fromisoformat(each["claimed_at"])
    assert ours == theirs
    by_name = dict(zip(DECLARATION_COLUMNS, declaration, strict=True))
    for column, value in zip(DECLARATION_COLUMNS, right, strict=True):
        if column in ("occurred_at", "recorded_at"):
            assert datetime.fromisoformat(by_name[column]) == datetime.fromisoformat(value)
        elif column not in ("payload", "digest"):
            assert by_name[column] == value, column
    of_entry = dict(zip(ENTRY_COLUMNS, entry, strict=True))
    for column, value in zip(ENTRY_COLUMNS, right_entry, strict=True):
        if column == "extra":
            assert json.loads(of_entry[column]) == json.loads(value)
        elif column not in ("id", "occurred_at", "recorded_at"):
            assert of_entry[column] == value, column


@pytest.mark.django_db(transaction=True)
def test_a_loaded_province_is_whole(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.DEMO, settings.DATA = True, tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    units()
    made = province.fill_province(PLAN, NOW, lambda text: None)
    assert made.declarations == Declaration.objects.count() == Entry.objects.count() > 700
    assert sealing.verify(NOW).ok
    assert consumers.run_consumers(NOW) == dict.fromkeys(consumers.lag(), 0)  # nothing is left for the worker
    _people_are_linked()
    _counts_agree()
    row = Declaration.objects.order_by("?")[0]
    assert opened(row, NOW)["record"]["name"] == Entry.objects.get(declaration=row.id).name


def _people_are_linked() -> None:
    known = dict(Alias.objects.values_list("alias", "person_id"))
    people = Person.objects.in_bulk()
    for entry in Entry.objects.all():
        person = people[known[entry.alias]]
        assert person.folded == entry.folded
        for unit in filter(None, {entry.residence, entry.declared, entry.destination}):
            assert NameKey.objects.filter(unit=unit, key=entry.folded, person=person.id).exists()


def _counts_agree() -> None:
    total = Entry.objects.count()
    assert sum(row.green + row.attention + row.stop for row in UnitDay.objects.all()) == total
    at_places = Entry.objects.exclude(place=None).count()
    assert sum(row.green + row.attention + row.stop for row in PlaceDay.objects.all()) == at_places
