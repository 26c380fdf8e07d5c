"""A lockdown: of a unit, of hamlets, of what was drawn; who lives inside, what each needs, and its end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lachan.gate.declarations.selectors import world
from lachan.gate.declarations.tests import small
from lachan.kernel.ids import uuid7
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.zones import services
from lachan.outbreak.zones.models import Zone, ZoneHousehold
from lachan.outbreak.zones.selectors import zones
from lachan.outbreak.zones.tests.test_levels import refused
from lachan.registry.households import services as households
from lachan.registry.households.models import Hamlet, Household
from lachan.registry.households.services import Seen

DAY = timedelta(days=1)
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[109.1, 12.1], [109.3, 12.1], [109.3, 12.3], [109.1, 12.3], [109.1, 12.1]]],
}


@pytest.fixture
def hamlets(province: None, now: datetime) -> list[Hamlet]:
    return [households.ensure_hamlet(small.HOA, name, now=now) for name in ("Tổ 1", "Tổ 2")]


@pytest.fixture
def houses(hamlets: list[Hamlet], now: datetime) -> list[Household]:
    """One inside the square with an old woman, one outside it, one in the other hamlet without coordinates."""
    places = ((hamlets[0], 12.2), (hamlets[0], 12.6), (hamlets[1], None))
    made = [
        households.ensure_household(
            hamlet, None, f"Hộ {at}", latitude=at, longitude=109.2 if at else None, now=now
        )
        for hamlet, at in places
    ]
    born = {"name": "Cụ Sáu", "birth": "1940"}
    households.add_person(made[0], born, since=date(2020, 1, 1), chronic=True, now=now)
    return made


def locked(boss: Any, now: datetime, **bounds: Any) -> Zone:
    zone = services.lockdown(small.HOA, "covid19", name="Hẻm 12", by=boss, now=now, **bounds)
    given = {"document": "12/QĐ-UBND", "from_at": now, "to_at": now + 14 * DAY}
    return services.decide(zone, by=boss, now=now, **given)


def inside(zone: Zone) -> set[Any]:
    return set(zone.households.values_list("household", flat=True))


def test_a_unit_its_hamlets_or_an_outline(boss: Any, hamlets: Any, houses: Any, now: datetime) -> None:
    assert inside(locked(boss, now)) == {house.pk for house in houses}
    assert inside(locked(boss, now, hamlets=[hamlets[1].pk])) == {houses[2].pk}
    drawn = locked(boss, now, outline=SQUARE)
    assert inside(drawn) == {houses[0].pk}
    assert zones.totals(drawn) == {
        "households": 1, "people": 1, "old": 1, "ill": 1, "pregnant": 0, "needs": 0, "unseen": 1,
    }  # fmt: skip
    assert Task.objects.get(kind="zone.visit", subject=drawn.pk).params["count"] == 1


def test_what_isnt_a_lockdown_is_refused(boss: Any, hamlets: Any, now: datetime) -> None:
    other = households.ensure_hamlet(small.HAI, "Tổ 1", now=now)
    for given, expected in (
        ({"name": " "}, ("zone_name", "name")),
        ({"hamlets": [other.pk]}, ("zone_hamlets", "hamlets")),
        ({"hamlets": [hamlets[0].pk], "outline": SQUARE}, ("zone_two_bounds", "outline")),
        ({"outline": {"type": "Point"}}, ("outline_kind", None)),
    ):
        call = lambda given=given: services.lockdown(small.HOA, "covid19", by=boss, now=now, **{"name": "Hẻm", **given})  # noqa: E731  # fmt: skip
        assert refused(call) == expected
    zone = services.lockdown(small.HOA, "covid19", name="Hẻm", by=boss, now=now)
    call = lambda: services.decide(zone, document="12/QĐ", from_at=now, by=boss, now=now)  # noqa: E731
    assert refused(call) == ("zone_end", "to_at")


def test_a_whole_unit_is_red_at_the_gates_and_a_part_of_it_is_not(
    boss: Any, hamlets: Any, now: datetime
) -> None:
    part = locked(boss, now, hamlets=[hamlets[0].pk])
    assert world.area_levels(now) == {}
    whole = locked(boss, now)
    assert world.area_levels(now) == {small.HOA: 4}
    services.lift(whole, document="13/QĐ", reason="Hết ổ dịch", by=boss, now=now + DAY)
    assert world.area_levels(now + DAY) == {small.HOA: 1}
    part.refresh_from_db()
    assert part.status == "decided"


def test_a_need_opens_its_task_and_help_ends_it(boss: Any, worker: Any, houses: Any, now: datetime) -> None:
    zone = locked(boss, now)
    row = zone.households.get(household=houses[0].pk)
    services.note_needs(row, ["food"], by=worker, now=now)
    services.note_needs(row, ["medicine", "care"], note="Cần insulin", by=worker, now=now)
    task = Task.objects.get(kind="zone.need", status="open")
    assert (task.priority, task.due_at, task.params["needs"]) == (
        1,
        now + timedelta(hours=4),
        ["medicine", "care"],
    )
    assert "insulin" not in str(task.params)
    row.refresh_from_db()
    assert (row.needs, row.note, row.visited_at) == ("medicine care", "Cần insulin", now)
    assert refused(lambda: services.note_needs(row, ["gold"], by=worker, now=now)) == ("zone_needs", "needs")
    services.meet(row, by=worker, now=now + DAY)
    task.refresh_from_db()
    assert task.status == "done" and zones.totals(zone)["needs"] == 0
    assert refused(lambda: services.meet(row, by=worker, now=now))[0] == "zone_nothing_needed"


def test_what_a_round_finds_inside_is_known_to_the_lockdown_once(
    boss: Any, worker: Any, houses: Any, now: datetime
) -> None:
    zone = locked(boss, now)
    for needs in (("medicine",), ("food",), ()):
        households.round_note(uuid7(), houses[0], None, Seen(needs=needs), occurred_at=now, now=now)
    households.round_note(uuid7(), houses[1], None, Seen(absent=True), occurred_at=now, now=now)
    small.work(now)
    row = zone.households.get(household=houses[0].pk)
    assert row.needs.split() == ["medicine", "food"] and row.visited_at == now
    assert Task.objects.filter(kind="zone.need", status="open").count() == 1
    other = zone.households.get(household=houses[1].pk)
    assert other.visited_at == now and other.needs == ""
    services.meet(row, by=worker, now=now + DAY)
    from lachan.outbreak.zones.consumers.rounds import take
    from lachan.registry.audit.consumers import SealedEvent

    note = houses[0].notes.order_by("id").first()
    again = SealedEvent(
        1, uuid7(), "round.noted", None, "household", houses[0].pk, small.HOA, {"note": str(note.pk)}, now
    )
    take([again], now + DAY)
    row.refresh_from_db()
    assert row.met_at == now + DAY


def test_listing_again_keeps_what_was_noted_and_adds_who_came(
    boss: Any, worker: Any, hamlets: Any, houses: Any, now: datetime
) -> None:
    zone = locked(boss, now)
    row = zone.households.get(household=houses[0].pk)
    services.note_needs(row, ["food"], by=worker, now=now)
    new = households.ensure_household(hamlets[0], None, "Hộ mới", now=now)
    assert services.list_households(zone, now=now) == 4
    assert new.pk in inside(zone) and ZoneHousehold.objects.get(pk=row.pk).needs == "food"


def test_a_lockdown_that_is_over_leaves_no_work(boss: Any, worker: Any, houses: Any, now: datetime) -> None:
    zone = locked(boss, now)
    row = zone.households.get(household=houses[0].pk)
    services.note_needs(row, ["food"], by=worker, now=now)
    assert services.end_due(now + 14 * DAY) == 1
    assert not Task.objects.filter(status="open").exists()
    assert refused(lambda: services.note_needs(row, ["food"], by=worker, now=now))[0] == "zone_not_open"
