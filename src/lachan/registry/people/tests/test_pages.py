"""People on the page: found in two steps, read with a trace, joined and parted."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from lachan.kernel.ids import uuid7
from lachan.registry.audit.models import Event
from lachan.registry.people.models import Alias, Merge, Person
from lachan.registry.people.services import Identity, link
from lachan.registry.people.tests.conftest import HAI, HOA

pytestmark = pytest.mark.django_db
NUMBER, PHONE = "056190001234", "+84905123456"


@pytest.fixture
def make(now):
    def person(
        name: str = "Nguyễn Thị Hoa",
        number: str = NUMBER,
        *,
        lives: str = HOA,
        seen: tuple[str, ...] = (),
        birth: str = "1990-05-17",
    ) -> Person:
        identity = Identity(
            name,
            birth,
            "f",
            "VN",
            lives,
            "12 Nguyễn Trãi",
            (("cccd", number), ("phone", PHONE), ("email", "hoa@example.vn")),
        )
        return link(identity, uuid7(), seen_in=seen, now=now)

    return person


@pytest.fixture
def worker(officer):
    return officer("tram", "commune_health_worker", HOA)


@pytest.fixture
def district(officer):
    return officer("huyen", "district_officer", "56/568/")


def reads() -> list[tuple[object, str]]:
    return [
        (event.subject, json.loads(event.data)["why"])
        for event in Event.objects.filter(kind="person.read").order_by("id")
    ]


def test_the_first_step_shows_who_it_may_be_and_is_no_read(at, worker, make):
    make()
    page = at(worker).get("/cb/nguoi/", {"q": "thi hoa"}).content.decode()
    assert "Nguyễn Thị Hoa" in page and "1990" in page and "Vĩnh Hòa" in page
    assert "12 Nguyễn Trãi" not in page and "1234" not in page.split("<tbody")[1]
    assert reads() == []


@pytest.mark.parametrize("typed", ["0905 123 456", NUMBER, "HOA", "nguyen thi"])
def test_found_by_number_and_by_name(at, worker, make, typed):
    make()
    assert "Nguyễn Thị Hoa" in at(worker).get("/cb/nguoi/", {"q": typed}).content.decode()


@pytest.mark.parametrize("typed", ["0905 123 456", NUMBER])
def test_a_number_never_stands_in_an_address(at, worker, make, typed):
    make()
    client = at(worker)
    assert 'method="post"' in client.get("/cb/nguoi/").content.decode()
    response = client.post("/cb/nguoi/", {"q": typed}, follow=True)
    assert "Nguyễn Thị Hoa</a>" in response.content.decode()
    [(address, _)] = response.redirect_chain
    assert not any(len(run) > 5 for run in re.findall(r"\d+", address)), address
    assert f'value="{typed}"' in response.content.decode()  # what was typed stands in the form


def test_a_name_has_an_address_to_come_back_to(at, worker, make):
    make()
    response = at(worker).post("/cb/nguoi/", {"q": "thi hoa"}, follow=True)
    assert response.redirect_chain == [("/cb/nguoi/?q=thi+hoa", 302)]
    assert "Nguyễn Thị Hoa</a>" in response.content.decode()


@pytest.mark.parametrize("typed", ["", "h", "x" * 101, "không ai", "\x00\x00"])
def test_nothing_found_is_said_kindly(at, worker, make, typed):
    make()
    response = at(worker).get("/cb/nguoi/", {"q": typed})
    assert response.status_code == 200 and "Nguyễn Thị Hoa</a>" not in response.content.decode()


def test_the_record_of_a_neighbour_opens_and_leaves_a_trace(at, worker, make):
    person = make()
    page = at(worker).get(reverse("people:detail", args=[person.pk])).content.decode()
    assert (
        "12 Nguyễn Trãi" in page
        and NUMBER not in page
        and "905123456" not in page
        and "hoa@example.vn" not in page
    )
    assert reads() == [(person.pk, "residence")]


def test_the_record_of_someone_seen_here_asks_why(at, worker, make, clock, now):
    person = make(lives=HAI, seen=(HOA,))
    address = reverse("people:detail", args=[person.pk])
    client = at(worker)
    assert "12 Nguyễn Trãi" not in client.get(address).content.decode() and reads() == []
    assert "lc-wrong" in client.post(address, {"why": "curiosity"}).content.decode() and reads() == []
    assert "12 Nguyễn Trãi" in client.post(address, {"why": "follow_up"}, follow=True).content.decode()
    assert reads() == [(person.pk, "follow_up")]
    clock.set(now + timedelta(minutes=16))
    assert "12 Nguyễn Trãi" not in client.get(address).content.decode()


def test_outside_the_jurisdiction_there_is_nobody(at, worker, make):
    person = make(lives=HAI)
    client = at(worker)
    assert client.get(reverse("people:detail", args=[person.pk])).status_code == 404
    assert client.post(reverse("people:detail", args=[person.pk]), {"why": "tracing"}).status_code == 404
    assert client.post(reverse("people:reveal", args=[person.pk])).status_code == 404
    assert client.get(reverse("people:detail", args=[uuid7()])).status_code == 404
    assert "Nguyễn Thị Hoa" not in client.get("/cb/nguoi/", {"q": NUMBER}).content.decode()
    assert reads() == []


@pytest.mark.parametrize(
    "role", ["checkpoint_officer", "data_entry", "inspector", "province_leader", "it_officer", "auditor"]
)
def test_other_roles_do_not_enter(at, officer, make, role):
    person = make()
    client = at(officer("khac", role, "56/"))
    assert client.get("/cb/nguoi/").status_code == 403
    assert client.get(reverse("people:detail", args=[person.pk])).status_code == 403


def test_whole_numbers_are_shown_on_asking_and_the_read_recorded(at, worker, make):
    person = make()
    piece = (
        at(worker).post(reverse("people:reveal", args=[person.pk]), HTTP_HX_REQUEST="true").content.decode()
    )
    assert NUMBER in piece and "<html" not in piece
    assert reads() == [(person.pk, "identifiers")]
    assert NUMBER in at(worker).post(reverse("people:reveal", args=[person.pk])).content.decode()


def test_numbers_of_someone_elsewhere_need_the_reason_first(at, worker, make):
    person = make(lives=HAI, seen=(HOA,))
    assert at(worker).post(reverse("people:reveal", args=[person.pk])).status_code == 302
    assert reads() == []


def test_two_records_are_compared_joined_and_parted(at, district, make):
    one, two = make(), make(number="056190009999", lives=HAI)
    client = at(district)
    page = client.get(reverse("people:detail", args=[one.pk])).content.decode()
    address = reverse("people:merge", args=[one.pk, two.pk])
    assert address in page
    compare = client.get(address).content.decode()
    assert compare.count("Nguyễn Thị Hoa") >= 2 and NUMBER not in compare
    assert {subject for subject, why in reads() if why == "compare"} == {one.pk, two.pk}
    assert "lc-wrong" in client.post(address, {"keep": str(one.pk), "reason": ""}).content.decode()
    assert (
        "lc-wrong" in client.post(address, {"keep": "someone", "reason": "cùng một người"}).content.decode()
    )
    assert not Merge.objects.exists()
    assert client.post(address, {"keep": str(two.pk), "reason": "cùng một người"}).url == reverse(
        "people:detail", args=[two.pk]
    )
    assert Alias.objects.filter(person=two).count() == 2
    assert client.get(reverse("people:detail", args=[one.pk])).url == reverse("people:detail", args=[two.pk])
    merged = client.get(reverse("people:detail", args=[two.pk])).content.decode()
    assert "cùng một người" in merged and "Hoàn tác gộp" in merged
    part = reverse("people:unmerge", args=[Merge.objects.get().pk])
    assert part in merged and "huyen" in merged
    assert "cùng một người" in client.get(part).content.decode()
    assert "lc-wrong" in client.post(part, {"reason": " "}).content.decode()
    assert Alias.objects.filter(person=one).count() == 0
    client.post(part, {"reason": "hai chị em"})
    assert Alias.objects.filter(person=one).count() == 1
    again = client.post(part, {"reason": "hai chị em"}, follow=True).content.decode()
    assert "đã được hoàn tác" in again
    assert "Lý do tách: hai chị em" in again
    kinds = (
        Event.objects.filter(kind__in=["person.merged", "person.unmerged"])
        .order_by("id")
        .values_list("kind", "actor")
    )
    assert list(kinds) == [("person.merged", district.pk), ("person.unmerged", district.pk)]


def test_comparing_with_someone_who_lives_elsewhere_asks_why(at, officer, make):
    one, two = make(lives=HAI), make(number="056190009999", lives=HOA, seen=(HAI,))
    client = at(officer("huyen.hai", "district_officer", HAI))
    address = reverse("people:merge", args=[one.pk, two.pk])
    page = client.get(address).content.decode()
    assert "12 Nguyễn Trãi" not in page and 'data-testid="why"' in page and reads() == []
    client.post(address, {"keep": str(one.pk), "reason": "cùng một người"})
    assert not Merge.objects.exists()  # no way round the question
    assert "lc-wrong" in client.post(address, {"why": "curiosity"}).content.decode()
    page = client.post(address, {"why": "tracing"}, follow=True).content.decode()
    assert "12 Nguyễn Trãi" in page
    assert reads() == [(two.pk, "tracing"), (one.pk, "compare")]
    assert client.post(address, {"keep": str(one.pk), "reason": "cùng một người"}).status_code == 302
    assert Merge.objects.exists()


def test_joining_needs_its_permission_over_both(at, officer, worker, district, make):
    one, two = make(), make(number="056190009999", lives="56/569/22420/")
    address = reverse("people:merge", args=[one.pk, two.pk])
    assert at(worker).get(address).status_code == 403
    assert at(district).get(address).status_code == 404
    assert at(district).post(address, {"keep": str(one.pk), "reason": "cùng một người"}).status_code == 404
    assert not Merge.objects.exists()


def test_nobody_outside_parts_what_was_joined(at, officer, district, make):
    from lachan.registry.people.services import merge

    one, two = make(), make(number="056190009999")
    row = merge(one, two, reason="một người", by=district, now=one.created_at)
    stranger = officer("huyen2", "district_officer", "56/569/")
    assert at(stranger).post(reverse("people:unmerge", args=[row.pk])).status_code == 404
    assert at(district).post(reverse("people:unmerge", args=[uuid7()])).status_code == 404
