from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lachan.registry.accounts import roles, selectors
from lachan.registry.accounts.models import Grant, User

NOW = datetime(2021, 7, 15, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOA, HAI, TOWN = "56/568/22327/", "56/568/22330/", "56/568/"


def make(username: str = "tram", **fields: object) -> User:
    return User.objects.create_user(username, full_name="Trạm y tế", created_at=NOW, **fields)


def give(user: User, role: str = "commune_health_worker", unit: str = HOA, **fields: object) -> Grant:
    return Grant.objects.create(user=user, role=role, unit=unit, **{"valid_from": NOW - HOUR, **fields})


@pytest.mark.django_db
def test_a_role_counts_in_its_unit_and_below() -> None:
    user = make()
    give(user)
    scope = user.scope("declarations.view", NOW)
    assert scope.covers(HOA)
    assert not scope.covers(HAI)
    assert not scope.covers(TOWN)
    assert not user.scope("accounts.manage", NOW).paths
    assert not user.scope("no.such.permission", NOW).paths


@pytest.mark.django_db
@pytest.mark.parametrize(
    "ended",
    [
        {"valid_from": NOW + HOUR},
        {"valid_to": NOW},
        {"revoked_at": NOW},
        {"role": "a_role_that_was_dropped"},
    ],
)
def test_what_is_not_in_force_gives_nothing(ended: dict) -> None:
    user = make()
    give(user, **ended)
    assert not user.scope("declarations.view", NOW).paths
    assert selectors.permissions(user, NOW) == frozenset()


@pytest.mark.django_db
@pytest.mark.parametrize("state", [{"is_active": False}, {"locked_at": NOW}])
def test_a_closed_or_locked_account_has_nothing(state: dict) -> None:
    user = make(**state)
    give(user, "province_admin", "56/")
    assert not user.scope("accounts.manage", NOW).paths
    assert selectors.permissions(user, NOW) == frozenset()


@pytest.mark.django_db
def test_a_place_owner_gets_the_place_alone() -> None:
    user, place = make(), Grant().pk
    give(user, "place_owner", place=place)
    assert not user.scope("places.view", NOW).paths
    assert user.places("places.view", NOW) == {place}
    assert user.places("declarations.view", NOW) == frozenset()


@pytest.mark.django_db
def test_a_place_role_without_a_place_is_not_a_role_over_the_unit() -> None:
    user = make()
    give(user, "place_owner", "56/")
    assert not user.scope("places.view", NOW).paths


UNITS = st.sampled_from(["56/", TOWN, HOA, HAI, "56/569/", "48/490/20194/"])
MOMENTS = st.integers(-3, 3).map(lambda hours: NOW + hours * HOUR)
GRANTS = st.fixed_dictionaries(
    {
        "role": st.sampled_from([*roles.roles(NOW), "unknown"]),
        "unit": UNITS,
        "valid_from": MOMENTS,
        "valid_to": st.none() | MOMENTS,
        "revoked_at": st.none() | MOMENTS,
        "place": st.none() | st.uuids(),
    }
)


@pytest.mark.django_db
@settings(deadline=None)
@given(st.lists(GRANTS, max_size=5), UNITS, st.sampled_from(sorted(roles.all_permissions(NOW))))
def test_a_scope_is_what_some_grant_in_force_gives_and_no_more(
    given_: list[dict], path: str, permission: str
) -> None:
    User.objects.all().delete()
    user = make()
    Grant.objects.bulk_create([Grant(user=user, **fields) for fields in given_])
    allowed = any(
        path.startswith(grant["unit"])
        and grant["place"] is None
        and grant["role"] not in {"unknown", "place_owner"}
        and permission in roles.roles(NOW)[grant["role"]].permissions
        and grant["valid_from"] <= NOW
        and (grant["valid_to"] is None or grant["valid_to"] > NOW)
        and (grant["revoked_at"] is None or grant["revoked_at"] > NOW)
        for grant in given_
    )
    assert user.scope(permission, NOW).covers(path) == allowed
    assert not allowed or permission in selectors.permissions(user, NOW)
