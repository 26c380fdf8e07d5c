"""Hamlets, households, who lives in them, teams, rounds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import uuid7
from lachan.registry.households import selectors, services
from lachan.registry.households.models import Hamlet, Household, Member, RoundNote
from lachan.registry.households.services import Seen
from lachan.registry.households.tests import small
from lachan.registry.people.models import Alias

DAY = timedelta(days=1)


def refused(call: Any) -> tuple[str, str | None]:
    with pytest.raises(InvalidInput) as caught:
        call()
    return caught.value.code, caught.value.field


def test_a_hamlet_and_a_household_are_made_once(hamlet: Hamlet, house: Household, now: datetime) -> None:
    assert services.ensure_hamlet(small.HOA, "to dan pho 3", now=now).pk == hamlet.pk
    assert services.ensure_household(hamlet, 1, "Người khác", now=now).head == "Trần Văn Bình"
    assert services.ensure_household(hamlet, None, "Lê Thị Cúc", now=now).number == 2
    assert len(small.events("household.made")) == 2
    house.refresh_from_db()
    assert house.address == "5 Lê Lợi"
    raw = Household.objects.extra(select={"raw": "address"}).values_list("raw", flat=True).first()
    assert "Lợi".encode() not in bytes(raw)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"number": 0}, ("household_number", "number")),
        ({"head": "  "}, ("name_empty", "head")),
        ({"phone": "12"}, ("phone_format", "phone")),
        ({"latitude": 12.2}, ("household_where", "longitude")),
        ({"latitude": 112.0, "longitude": 109.0}, ("household_where", "latitude")),
        ({"latitude": float("nan"), "longitude": 109.0}, ("household_where", "latitude")),
    ],
)
def test_what_is_wrong_with_a_household_is_said_with_its_field(
    hamlet: Hamlet, now: datetime, values: dict[str, Any], expected: tuple[str, str]
) -> None:
    given: dict[str, Any] = {"number": 5, "head": "Lê Thị Cúc", **values}
    code, field = refused(lambda: services.ensure_household(hamlet, now=now, **given))
    assert field == expected[1] and (code == expected[0] or expected[0] in ("name_empty", "phone_format"))
    assert refused(lambda: services.ensure_hamlet("56/9/9/", "Thôn 1", now=now)) == ("unit_unknown", "unit")


def test_two_children_of_one_name_and_birth_in_one_commune_are_two_people(
    hamlet: Hamlet, house: Household, lives: Any, now: datetime
) -> None:
    other = services.ensure_household(hamlet, 2, "Lê Thị Cúc", address="9 Trần Phú", now=now)
    one, two = lives(house, "Bé An", birth="2015"), lives(other, "Bé An", birth="2015")
    assert one.person != two.person and one.alias != two.alias


def test_moving_in_ends_the_stay_elsewhere_and_who_lived_together_stays_known(
    hamlet: Hamlet, house: Household, lives: Any, now: datetime
) -> None:
    binh, hoa = lives(house, "Trần Văn Bình"), lives(house, "Nguyễn Thị Hoa", birth="1980")
    other = services.ensure_household(hamlet, 2, "Lê Thị Cúc", now=now)
    again = services.move_in(house, person=hoa.person, alias=hoa.alias, since=date(2021, 1, 1), now=now)
    assert again.pk == hoa.pk
    moved = services.move_in(other, person=hoa.person, alias=hoa.alias, since=date(2021, 7, 10), now=now)
    hoa.refresh_from_db()
    assert hoa.until == date(2021, 7, 10)
    assert selectors.household_of(hoa.alias) == other
    assert selectors.household_of(hoa.alias, date(2021, 7, 1)) == house
    assert selectors.members_with([binh.alias]) == {binh.alias: []}
    back = selectors.members_with([binh.alias, hoa.alias], date(2021, 7, 8), date(2021, 7, 22))
    assert [row.alias for row in back[binh.alias]] == [hoa.alias]
    assert [row.alias for row in back[hoa.alias]] == [binh.alias]
    assert selectors.members_with([binh.alias], date(2021, 7, 12), date(2021, 7, 22))[binh.alias] == []
    assert refused(lambda: services.move_out(hoa, date(2021, 7, 11), now=now))[0] == "member_gone"
    assert refused(lambda: services.move_out(moved, date(2021, 8, 1), now=now)) == ("member_until", "until")
    assert refused(lambda: lives(house, "Ai đó", since=date(2021, 8, 1))) == ("member_since", "since")


def test_another_alias_of_the_same_person_finds_the_household(
    house: Household, lives: Any, now: datetime
) -> None:
    binh, hoa = lives(house, "Trần Văn Bình"), lives(house, "Nguyễn Thị Hoa", birth="1980")
    other = uuid7()
    Alias.objects.create(alias=other, person_id=hoa.person, since=now)
    assert selectors.household_of(other) == house
    assert [row.person for row in selectors.members_with([other])[other]] == [binh.person]


def test_who_is_at_risk(house: Household, lives: Any, now: datetime) -> None:
    lives(house, "Cụ Sáu", birth="1956-07-22")
    lives(house, "Cụ Bảy", birth="1956-07-23", chronic=True)
    lives(house, "Nguyễn Thị Hoa", birth="1990", pregnant=True)
    found = selectors.at_risk([house.pk], date(2021, 7, 22))[house.pk]
    assert (found.people, found.old, found.ill, found.pregnant) == (3, 1, 1, 1)


def test_a_household_is_closed_only_once_nobody_lives_there(
    house: Household, lives: Any, officer: Any, now: datetime
) -> None:
    by = officer("tram", "commune_health_worker", small.HOA)
    member = lives(house, "Trần Văn Bình")
    assert refused(lambda: services.close_household(house, by=by, now=now))[0] == "household_lived_in"
    services.move_out(member, date(2021, 7, 1), by=by, now=now)
    assert services.close_household(house, by=by, now=now)
    assert not services.close_household(house, by=by, now=now)
    house.refresh_from_db()
    assert refused(lambda: lives(house, "Ai đó"))[0] == "household_closed"


def test_teams_share_a_hamlet_evenly_and_never_overlap(hamlet: Hamlet, officer: Any, now: datetime) -> None:
    by = officer("tram", "commune_health_worker", small.HOA)
    rows = [
        Household(unit=hamlet.unit, hamlet=hamlet, number=number, head="Hộ", folded="ho")
        for number in range(1, 141)
    ]
    Household.objects.bulk_create(rows)
    services.make_team(hamlet, "Tổ A", 31, 40, now=now)
    assert refused(lambda: services.make_team(hamlet, "Tổ B", 40, 50, now=now)) == ("team_overlap", "first")
    teams = services.split_into_teams(hamlet, now=now)
    spans = [(team.first, team.last) for team in teams]
    assert spans == [(1, 30), (41, 90), (91, 140)]
    assert services.split_into_teams(hamlet, now=now) == []
    one, two = teams[:2]
    user = officer("to1", "community_team", small.HOA)
    services.bind(one, user.pk, by=by, now=now)
    services.bind(two, user.pk, by=by, now=now)
    assert selectors.team_of(user.pk) == two
    services.close_team(two, by=by, now=now)
    assert selectors.team_of(user.pk) is None
    assert refused(lambda: services.bind(two, user.pk, by=by, now=now))[0] == "team_closed"


def test_a_note_sent_twice_is_kept_once_and_its_event_holds_nothing_of_it(
    house: Household, lives: Any, now: datetime
) -> None:
    member, id = lives(house, "Trần Văn Bình"), uuid7()
    seen = Seen(38.24, ("cough",), False, ("medicine",), "Ho từ hôm qua")
    for _time in range(2):
        note = services.round_note(id, house, member, seen, occurred_at=now - DAY, now=now)
    assert RoundNote.objects.count() == 1 and note.worry == "symptoms"
    assert selectors.said_of(id) == Seen(38.2, ("cough",), False, ("medicine",), "Ho từ hôm qua")
    [event] = small.events("round.noted", house.pk)
    assert event.data == f'{{"alias":"{member.alias}","note":"{id}"}}'
    other = lives(house, "Nguyễn Thị Hoa", birth="1980")
    call = lambda: services.round_note(id, house, other, seen, occurred_at=now, now=now)  # noqa: E731
    assert refused(call)[0] == "round_conflict"


@pytest.mark.parametrize(
    ("seen", "when", "code"),
    [
        (Seen(temperature=33.0), timedelta(), "round_temperature"),
        (Seen(temperature=float("nan")), timedelta(), "round_temperature"),
        (Seen(symptoms=("plague",)), timedelta(), "round_unknown"),
        (Seen(needs=("gold",)), timedelta(), "round_unknown"),
        (Seen(), timedelta(days=15), "round_when"),
        (Seen(), timedelta(hours=-1), "round_when"),
    ],
)
def test_a_note_that_cant_be_is_refused(
    house: Household, now: datetime, seen: Seen, when: timedelta, code: str
) -> None:
    call = lambda: services.round_note(uuid7(), house, None, seen, occurred_at=now - when, now=now)  # noqa: E731
    assert refused(call)[0] == code
    assert not RoundNote.objects.exists() and Member.objects.count() == 0
