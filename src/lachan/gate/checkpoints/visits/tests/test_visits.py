"""Visits: in once and out once whatever is pressed, a count that never lies below nobody, nothing of whoever came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.gate.checkpoints.models import Guest, Occupancy, Visit
from lachan.gate.checkpoints.visits import own, selectors, services
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.models import Event
from lachan.registry.places.models import Place

pytestmark = pytest.mark.django_db
ANN, BOB = UUID(int=1), UUID(int=2)


@pytest.fixture
def place(province: None) -> Place:
    return Place.objects.order_by("code")[0]


def test_coming_in_twice_is_one_visit_and_leaving_twice_too(place: Place, now: datetime) -> None:
    first = services.check_in(place, ANN, now)
    assert services.check_in(place, ANN, now).pk == first.pk
    assert selectors.fullness(place.pk).inside == 1
    assert services.check_out(place, ANN, now + timedelta(hours=1)) is not None
    assert services.check_out(place, ANN, now + timedelta(hours=1)) is None
    assert selectors.fullness(place.pk).inside == 0
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == [
        "visit.checked_in",
        "visit.checked_out",
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("io"), st.integers(0, 4)), max_size=30))
def test_the_count_is_of_those_inside(place: Place, now: datetime, moves: list[tuple[str, int]]) -> None:
    Visit.objects.all().delete()
    Occupancy.objects.all().delete()
    inside: set[int] = set()
    for step, (way, who) in enumerate(moves):
        at = now + timedelta(minutes=step)
        if way == "i":
            services.check_in(place, UUID(int=who + 1), at)
            inside.add(who)
        else:
            services.check_out(place, UUID(int=who + 1), at)
            inside.discard(who)
    assert selectors.fullness(place.pk).inside == len(inside)


def test_whoever_never_left_comes_in_anew_the_next_day(place: Place, now: datetime) -> None:
    first = services.check_in(place, ANN, now)
    assert services.check_in(place, ANN, now + timedelta(hours=20)).pk != first.pk


def test_a_closed_place_takes_nobody(place: Place, now: datetime) -> None:
    place.status = Place.Status.SUSPENDED
    with pytest.raises(InvalidInput, match="visit_place_closed"):
        services.check_in(place, ANN, now)
    assert not Visit.objects.exists()


def test_a_phone_can_have_its_visits_forgotten_and_only_its_own(place: Place, now: datetime) -> None:
    services.check_in(place, ANN, now)
    services.check_in(place, BOB, now)
    assert services.forget(ANN, now) == 1
    assert selectors.own(ANN) == [] and len(selectors.own(BOB)) == 1
    assert selectors.fullness(place.pk).inside == 1


def test_visits_and_the_book_end_with_their_term(place: Place, now: datetime) -> None:
    services.check_in(place, ANN, now - timedelta(days=22))
    services.enter_guest(place, "Trần Văn Bình", "", "", None, now - timedelta(days=22))
    services.check_in(place, BOB, now)
    assert services.purge(now) == 2
    assert Visit.objects.count() == 1 and not Guest.objects.exists()


def test_visits_that_a_gate_saw_end_with_a_term_of_their_own(place: Place, now: datetime) -> None:
    from lachan.gate.declarations.services import retention

    kept = timedelta(days=retention.days(now)["visits"])
    for age, alias in ((kept + timedelta(hours=1), ANN), (kept - timedelta(hours=1), BOB)):
        Visit.objects.create(
            place=place.pk, unit=place.unit, alias=alias, source=Visit.Source.SCAN, in_at=now - age,
            recorded_at=now - age,
        )  # fmt: skip
    services.check_in(place, ANN, now - kept * 2)  # of another term, by another job
    assert retention.purge(now, dry_run=True)["visits"] == 1
    assert retention.purge(now)["visits"] == 1
    assert [row.alias for row in Visit.objects.filter(source=Visit.Source.SCAN)] == [BOB]
    assert Visit.objects.filter(source=Visit.Source.SELF).exists()
    assert retention.purge(now)["visits"] == 0


@pytest.mark.parametrize("capacity", [0, -1, 10**9])
def test_a_capacity_that_cannot_be(place: Place, now: datetime, capacity: int) -> None:
    with pytest.raises(InvalidInput, match="capacity_range"):
        services.set_capacity(place, capacity, None, now)


def test_the_door_by_ones_own_phone(
    place: Place, client: Any, now: datetime, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lachan.base import middleware

    monkeypatch.setattr(middleware, "CLOCK", clock)
    url = reverse("checkpoints:door", args=[place.code])
    assert "go-in" in client.get(url).content.decode()
    assert client.post(url, {"chieu": "vao"}).status_code == 302
    assert "go-out" in client.get(url).content.decode()
    assert place.name in client.get(reverse("checkpoints:been")).content.decode()
    client.post(reverse("checkpoints:been"))
    assert not Visit.objects.exists() and own.COOKIE not in {
        name for name, morsel in client.cookies.items() if morsel.value
    }


def test_the_cookie_is_kept_nowhere_and_a_made_up_one_is_nobody(
    place: Place, client: Any, now: datetime
) -> None:
    token = own.new_token()
    services.check_in(place, own.pseudonym(token), now)
    row = Visit.objects.get()
    assert token not in str(row.alias) and row.alias != own.pseudonym(own.new_token())
    for made_up in ("", "x", "A" * 500, token + "A", "../../etc", "\x00" * 22):
        client.cookies[own.COOKIE] = made_up
        assert client.get(reverse("checkpoints:been")).status_code == 200


def test_the_book_is_the_owners(
    place: Place, client: Any, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    url = reverse("checkpoints:book", args=[place.code])
    services.enter_guest(place, "Trần Văn Bình", "Chị Hoa", "nộp hồ sơ", None, now)
    asked = client.get(url).content.decode()
    assert "Trần Văn Bình" not in asked
    assert client.get(reverse("checkpoints:book", args=["KHONGCO1"])).status_code == 200  # the same question
    assert client.get(reverse("checkpoints:book_file", args=[place.code])).status_code == 404
    mine = at(officer("huyen", "district_officer", place.unit))
    assert "Trần Văn Bình" in mine.get(url).content.decode()


def test_a_guest_comes_and_goes(
    place: Place, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    client = at(officer("huyen", "district_officer", place.unit))
    url = reverse("checkpoints:book", args=[place.code])
    assert client.post(url, {"ten": " ", "gap": "", "viec": ""}).status_code == 422
    assert (
        client.post(url, {"ten": "trần văn bình", "gap": "Chị Hoa", "viec": "nộp hồ sơ"}).status_code == 302
    )
    guest = Guest.objects.get()
    assert selectors.fullness(place.pk).inside == 1
    assert client.post(reverse("checkpoints:guest_left", args=[place.code, guest.pk])).status_code == 302
    assert selectors.fullness(place.pk).inside == 0
    assert (
        client.post(reverse("checkpoints:capacity", args=[place.code]), {"suc_chua": "2"}).status_code == 302
    )
    assert selectors.fullness(place.pk).capacity == 2
    assert (
        client.post(reverse("checkpoints:capacity", args=[place.code]), {"suc_chua": "0"}).status_code == 422
    )


def test_another_communes_officer_does_not_see_the_book(
    place: Place, now: datetime, officer: Callable[..., Any], at: Callable[..., Any]
) -> None:
    elsewhere = Place.objects.exclude(unit=place.unit).order_by("code")[0]
    services.enter_guest(place, "Trần Văn Bình", "", "", None, now)
    client = at(officer("tram", "district_officer", elsewhere.unit))
    assert "Trần Văn Bình" not in client.get(reverse("checkpoints:book", args=[place.code])).content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31", "hôm qua", "\x00"])
def test_a_day_that_cannot_be_breaks_no_page(
    place: Place, officer: Callable[..., Any], at: Callable[..., Any], day: str
) -> None:
    client = at(officer("huyen", "district_officer", place.unit))
    for name in ("book", "book_file"):
        assert client.get(reverse(f"checkpoints:{name}", args=[place.code]), {"ngay": day}).status_code == 200


def test_the_owners_account_sees_the_book_and_how_full_it_is(
    place: Place, now: datetime, at: Callable[..., Any]
) -> None:
    from lachan.registry.accounts.models import Grant, User

    owner = User.objects.create_user("chuquan", password="x", created_at=now)
    Grant.objects.create(
        user=owner, role="place_owner", unit=place.unit, place=place.pk, valid_from=now - timedelta(days=1)
    )
    services.enter_guest(place, "Trần Văn Bình", "", "", None, now)
    services.set_capacity(place, 7, None, now)
    client = at(owner)
    page = client.get(reverse("checkpoints:book", args=[place.code])).content.decode()
    assert "Trần Văn Bình" in page and "/7 người bên trong" in page
    assert "/7 người bên trong" in client.get(f"/diem/{place.code}/").content.decode()
    other = Place.objects.exclude(pk=place.pk).order_by("code")[0]
    assert (
        "người bên trong" not in client.get(reverse("checkpoints:book", args=[other.code])).content.decode()
    )


def test_one_address_cannot_fill_a_place_without_end(
    place: Place, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lachan.gate.checkpoints.visits import views
    from lachan.gate.declarations.lookup.limits import Limit

    monkeypatch.setattr(views, "MOVES", Limit(3, timedelta(minutes=10)))
    url, codes = reverse("checkpoints:door", args=[place.code]), []
    for _ in range(5):
        client.cookies.clear()
        codes.append(client.post(url, {"chieu": "vao"}).status_code)
    assert codes == [302, 302, 302, 429, 429] and Visit.objects.count() == 3
