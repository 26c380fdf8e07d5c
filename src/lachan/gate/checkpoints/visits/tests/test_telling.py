"""Visits told by a phone: each stands once however often and however late it is told, and nobody can tell another's."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.gate.checkpoints.models import Occupancy, Visit
from lachan.gate.checkpoints.visits import limits, own, selectors, services
from lachan.gate.checkpoints.visits.services import LONGEST, Told
from lachan.kernel.ids import uuid7
from lachan.registry.audit.models import Event
from lachan.registry.places.models import Place

pytestmark = pytest.mark.django_db
ANN, BOB = UUID(int=1), UUID(int=2)
HOUR = timedelta(hours=1)


@pytest.fixture
def place(province: None) -> Place:
    return Place.objects.order_by("code")[0]


@pytest.fixture(autouse=True)
def clocked(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lachan.base import middleware

    monkeypatch.setattr(middleware, "CLOCK", clock)
    limits.MOVES.forget()


def test_told_late_and_told_again_is_one_visit(place: Place, now: datetime) -> None:
    said = Told(uuid7(), now - 3 * HOUR, now - HOUR)
    for _ in range(3):
        visit = services.told(place, ANN, said, now)
    assert (visit.pk, visit.in_at, visit.out_at) == (said.id, said.in_at, said.out_at)
    assert Visit.objects.count() == 1 and selectors.fullness(place.pk).inside == 0
    assert [event.kind for event in Event.objects.order_by("id")] == ["visit.checked_in", "visit.checked_out"]


def test_coming_and_leaving_told_apart(place: Place, now: datetime) -> None:
    pk = uuid7()
    services.told(place, ANN, Told(pk, now - HOUR), now)
    assert selectors.fullness(place.pk).inside == 1
    services.told(place, ANN, Told(pk, now - HOUR, now), now)
    services.told(place, ANN, Told(pk, now - HOUR), now)  # an old message that comes late brings nobody back
    assert selectors.fullness(place.pk).inside == 0
    assert Visit.objects.get().out_at == now


def test_who_came_yesterday_and_never_left_does_not_fill_the_place(place: Place, now: datetime) -> None:
    services.told(place, ANN, Told(uuid7(), now - LONGEST), now)
    assert selectors.fullness(place.pk).inside == 0
    services.told(place, BOB, Told(uuid7(), now - LONGEST, now - HOUR), now)
    assert selectors.fullness(place.pk).inside == 0


def test_a_visit_begun_in_a_page_without_scripts_is_the_same_visit(place: Place, now: datetime) -> None:
    first = services.check_in(place, ANN, now - HOUR)
    later = Told(uuid7(), now - HOUR / 2, now)
    for _ in range(2):
        assert services.told(place, ANN, later, now).pk == first.pk
    assert Visit.objects.count() == 1 and selectors.fullness(place.pk).inside == 0


@pytest.mark.parametrize("code", ["visit_place_closed", "visit_too_old", "visit_not_yours"])
def test_what_is_refused(place: Place, now: datetime, code: str) -> None:
    said = Told(uuid7(), now)
    if code == "visit_place_closed":
        place.status = Place.Status.CLOSED
    if code == "visit_too_old":
        said = Told(uuid7(), now - timedelta(days=22))
    if code == "visit_not_yours":
        services.told(place, BOB, said, now)
    before = Visit.objects.count()
    with pytest.raises(services.InvalidInput, match=code):
        services.told(place, ANN, said, now)
    assert Visit.objects.count() == before


def test_who_is_inside_may_leave_a_place_that_was_closed(place: Place, now: datetime) -> None:
    said = Told(uuid7(), now - HOUR)
    services.told(place, ANN, said, now - HOUR)
    place.status = Place.Status.SUSPENDED
    assert services.told(place, ANN, Told(said.id, said.in_at, now), now).out_at == now


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(-3, 40)), max_size=25))
def test_in_any_order_and_number_the_count_is_of_those_inside(
    place: Place, now: datetime, tellings: list[tuple[int, bool, int]]
) -> None:
    Visit.objects.all().delete()
    Occupancy.objects.all().delete()
    people = [UUID(int=one + 10) for one in range(4)]
    ids = [uuid7() for _ in people]
    for who, left, hours in tellings:
        came = now - hours * HOUR
        services.told(place, people[who], Told(ids[who], came, came + HOUR if left else None), now)
    assert Visit.objects.count() == len({who for who, _, _ in tellings})
    inside = Visit.objects.filter(out_at__isnull=True, in_at__gt=now - LONGEST).count()
    assert selectors.fullness(place.pk).inside == inside
    assert not Visit.objects.filter(in_at__gt=now).exists()


def test_the_night_counts_anew_who_is_inside(place: Place, now: datetime) -> None:
    services.check_in(place, ANN, now - 2 * LONGEST)
    services.check_in(place, BOB, now)
    assert selectors.fullness(place.pk).inside == 2
    assert services.recount(now) == 1
    assert selectors.fullness(place.pk).inside == 1
    assert services.recount(now) == 0


# the address


def _body(place: Place, now: datetime, /, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()), "place": place.code, "token": own.new_token(), "in_at": now.isoformat(), **changes,
    }  # fmt: skip


def _post(client: Any, body: Any) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(reverse("checkpoints:visit_tell"), text, content_type="application/json")


def test_a_phone_tells_and_the_pages_without_scripts_know_it(
    place: Place, client: Any, now: datetime
) -> None:
    body = _body(place, now)
    first, again = _post(client, body), _post(client, body)
    assert first.status_code == again.status_code == 200
    assert first.json()["id"] == body["id"] and Visit.objects.count() == 1
    assert client.cookies[own.COOKIE].value == body["token"]
    assert "go-out" in client.get(reverse("checkpoints:door", args=[place.code])).content.decode()
    assert body["token"] not in str(Visit.objects.values_list()[0])


@pytest.mark.parametrize(
    "changes",
    [
        {"id": str(uuid4())},
        {"id": "x"},
        {"token": "short"},
        {"token": "é" * 22},
        {"in_at": "2021-07-22T08:30:00"},
        {"in_at": "yesterday"},
        {"in_at": 7},
        {"out_at": ""},
        {"place": None},
    ],
)
def test_what_is_no_visit(place: Place, client: Any, now: datetime, changes: dict[str, Any]) -> None:
    assert _post(client, _body(place, now, **changes)).status_code == 422
    assert not Visit.objects.exists()


@pytest.mark.parametrize("body", ["", "{", "[]", "null", b"\xff\xfe", "[" * 3000, "{}" + " " * 5000])
def test_what_is_no_json(province: None, client: Any, body: Any) -> None:
    assert _post(client, body).status_code == 422


def test_another_sites_form_checks_nobody_in(place: Place, client: Any, now: datetime) -> None:
    url = reverse("checkpoints:visit_tell")
    assert client.post(url, _body(place, now)).status_code == 422
    assert client.post(url, json.dumps(_body(place, now)), content_type="text/plain").status_code == 422
    assert client.get(url).status_code == 405


def test_an_unknown_place_and_a_closed_one(place: Place, client: Any, now: datetime) -> None:
    assert _post(client, _body(place, now, place="KHONGCO1")).status_code == 404
    Place.objects.filter(pk=place.pk).update(status=Place.Status.SUSPENDED)
    answer = _post(client, _body(place, now))
    assert answer.status_code == 422 and answer.json()["error"] == "visit_place_closed"


def test_too_often_says_when_to_come_again(
    place: Place, client: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lachan.gate.checkpoints.visits import telling
    from lachan.gate.declarations.lookup.limits import Limit

    monkeypatch.setattr(telling, "MOVES", Limit(1, timedelta(minutes=10)))
    assert _post(client, _body(place, now)).status_code == 200
    answer = _post(client, _body(place, now))
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0


# pages


def test_a_wrong_code_leads_on(place: Place, client: Any) -> None:
    page = client.get("/vao/KHONGCO1/")
    assert page.status_code == 404 and 'name="ma"' in page.content.decode()
    assert client.get("/vao/", {"ma": "khong co"}).status_code == 404
    spaced = f" {place.code[:4].lower()}-{place.code[4:]} "
    assert client.get("/vao/", {"ma": spaced}).url == reverse("checkpoints:door", args=[place.code])


def test_a_full_place_says_so_and_a_closed_one_has_no_button(
    place: Place, client: Any, now: datetime
) -> None:
    url = reverse("checkpoints:door", args=[place.code])
    services.set_capacity(place, 1, None, now)
    services.check_in(place, ANN, now)
    page = client.get(url).content.decode()
    assert 'data-testid="full"' in page and "go-in" in page
    Place.objects.filter(pk=place.pk).update(status=Place.Status.CLOSED)
    page = client.get(url).content.decode()
    assert "go-in" not in page and "data-island" not in page


def test_the_page_for_no_network_is_anybodys(client: Any, province: None) -> None:
    page = client.get(reverse("checkpoints:visit_shell"))
    assert page.status_code == 200 and not page.cookies
    assert 'data-island="visits"' in page.content.decode()
