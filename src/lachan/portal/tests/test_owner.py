from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from lachan.gate.declarations.lookup.tests.conftest import digits_sent
from lachan.gate.declarations.models import OneTimeCode, PlaceDay
from lachan.portal.tests.conftest import PHONE, MakePlace, SignIn
from lachan.portal.views import owner
from lachan.registry.audit.models import Event

pytestmark = pytest.mark.django_db
TODAY = date(2021, 7, 22)


def prove(client: Client, code: str, phone: str = PHONE) -> str:
    client.post(f"/diem/{code}/", {"phone": phone})
    return client.post("/tra-cuu/ma/", {"digits": digits_sent(phone)}, follow=True).content.decode()


def test_the_owner_proves_her_phone_and_sees_counts(
    client: Client, make_place: MakePlace, now: datetime
) -> None:
    place = make_place()
    PlaceDay.objects.create(place=place.pk, day=TODAY, green=17, stop=2, last_at=now - timedelta(minutes=5))
    page = prove(client, place.code)
    assert ">17<" in page
    assert "22/07/2021 08:25" in page
    assert Event.objects.filter(kind="place.owner_seen", subject=place.pk).exists()


def test_another_phone_sees_nothing(client: Client, make_place: MakePlace) -> None:
    page = prove(client, make_place(name="Quán Sáu").code, "+84905000111")
    assert "không phải số của chủ điểm" in page
    assert "Quán Sáu" not in page


def test_without_proof_a_place_and_none_are_asked_alike(client: Client, make_place: MakePlace) -> None:
    pages = set()
    for code in (make_place().code, "ZZZZZZZZ"):
        page = client.get(f"/diem/{code}/").content.decode().replace(code, "")
        pages.add(re.sub(r'value="\w{64}"', "", page))  # the token of the form
    assert len(pages) == 1
    for code in ("ZZZZZZZZ", "a" * 200, "%00"):
        OneTimeCode.objects.all().delete()
        assert client.post(f"/diem/{code}/", {"phone": PHONE})["Location"] == "/tra-cuu/ma/"


def test_a_place_without_an_owners_phone_is_nobodys(client: Client, make_place: MakePlace) -> None:
    place = make_place(owner_phone="", owner_phone_index=None)
    assert "không phải số của chủ điểm" in prove(client, place.code)


def test_an_owners_account_sees_its_place_alone(sign_in: SignIn, make_place: MakePlace) -> None:
    mine, other = make_place(), make_place(name="Nơi khác")
    client = sign_in("place_owner", mine.unit, place=mine.pk)
    assert mine.name in client.get(f"/diem/{mine.code}/").content.decode()
    assert "Nơi khác" not in client.get(f"/diem/{other.code}/").content.decode()
    assert mine.name in client.get("/cb/").content.decode()


def test_a_suspended_place_says_so(client: Client, make_place: MakePlace) -> None:
    assert "đang tạm ngưng" in prove(client, make_place(status="suspended").code)


def test_days_are_whole(make_place: MakePlace, now: datetime) -> None:
    place = make_place()
    PlaceDay.objects.create(place=place.pk, day=TODAY - timedelta(days=13), green=1, last_at=now)
    PlaceDay.objects.create(place=place.pk, day=TODAY - timedelta(days=14), green=5, last_at=now)
    days = owner.days(place, now)
    assert [day for day, _ in days] == [TODAY - timedelta(days=back) for back in range(13, -1, -1)]
    assert sum(counts.total for _, counts in days) == 1
