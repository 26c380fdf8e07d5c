from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook

from lachan.gate.declarations.models import PlaceDay
from lachan.kernel.errors import InvalidInput
from lachan.portal.selectors import inspection
from lachan.portal.services.inspect import FINDINGS, OUTCOMES, note
from lachan.portal.tests.conftest import NHA_TRANG, VINH_HAI, VINH_HOA, MakePlace, SignIn
from lachan.registry.accounts.models import User
from lachan.registry.audit.models import Event
from lachan.registry.places.codes import ALPHABET

CODES = st.text(ALPHABET, min_size=8, max_size=8)


@given(
    CODES,
    st.sampled_from(["https://khaibao.vn", "http://10.0.0.3:8000", ""]),
    st.sampled_from(["", "/", "#LC1:ABC", "?lang=en"]),
)
def test_a_scanned_poster_gives_its_code(code: str, host: str, end: str) -> None:
    assert inspection.code_in(f"  {host}/q/{code}{end} ") == code
    assert inspection.code_in(f"{code[:4].lower()} {code[4:]}") == code


@given(st.text(max_size=3000))
def test_any_text_gives_a_code_or_nothing(text: str) -> None:
    found = inspection.code_in(text)
    assert found == "" or (len(found) == 8 and set(found) <= set(ALPHABET))


def test_the_list_is_scoped_and_shows_today(sign_in: SignIn, make_place: MakePlace, now: datetime) -> None:
    here, there = make_place("Chợ Vĩnh Hòa"), make_place("Chợ Xa", "56/570/22459/")
    PlaceDay.objects.create(place=here.pk, day=date(2021, 7, 22), green=4321, last_at=now)
    page = sign_in("inspector", NHA_TRANG).get("/kiem-tra/").content.decode()
    assert "Chợ Vĩnh Hòa" in page
    assert "4.321" in page
    assert there.name not in page


@pytest.mark.parametrize("typed", ["vinh hoa", "cho", "CHO VINH"])
def test_names_are_found_without_accents(sign_in: SignIn, make_place: MakePlace, typed: str) -> None:
    make_place("Chợ Vĩnh Hòa")
    make_place("Nhà máy sợi")
    page = sign_in("inspector").get("/kiem-tra/", {"q": typed}).content.decode()
    assert "Chợ Vĩnh Hòa" in page
    assert "Nhà máy sợi" not in page


def test_a_code_opens_its_place_only_inside_the_jurisdiction(sign_in: SignIn, make_place: MakePlace) -> None:
    here, there = make_place(), make_place(unit="56/570/22459/")
    client = sign_in("inspector", NHA_TRANG)
    assert (
        client.get("/kiem-tra/", {"q": f"https://x.vn/q/{here.code}#LC1:A"})["Location"]
        == f"/kiem-tra/{here.code}/"
    )
    assert "Không thấy điểm nào" in client.get("/kiem-tra/", {"q": there.code}).content.decode()
    assert client.get(f"/kiem-tra/{there.code}/").status_code == 404
    assert client.post(f"/kiem-tra/{there.code}/", {"outcome": "good"}).status_code == 404


def test_silent_places_alone(sign_in: SignIn, make_place: MakePlace, now: datetime) -> None:
    make_place("Im lặng")
    make_place("Mới mở", days_old=1)
    make_place("Đã đóng cửa", status="closed")
    loud = make_place("Đông khách")
    PlaceDay.objects.create(place=loud.pk, day=date(2021, 7, 20), green=1, last_at=now - timedelta(days=2))
    page = sign_in("inspector").get("/kiem-tra/", {"im": "on"}).content.decode()
    assert "Im lặng" in page
    assert not any(name in page for name in ("Mới mở", "Đã đóng cửa", "Đông khách"))


def test_an_inspection_is_an_event_and_its_history(sign_in: SignIn, make_place: MakePlace) -> None:
    place, client = make_place(), sign_in("inspector")
    page = client.post(
        f"/kiem-tra/{place.code}/", {"outcome": "warned", "findings": ["no_poster", "not_asked"]}, follow=True
    )
    assert "Không treo áp phích mã QR" in page.content.decode()
    [event] = Event.objects.filter(kind="place.inspected")
    assert (event.actor, event.subject, event.unit) == (client.user.pk, place.pk, VINH_HOA)  # type: ignore[attr-defined]
    [noted] = inspection.inspections(place)
    assert noted.findings == ("no_poster", "not_asked")


@pytest.mark.parametrize(
    ("outcome", "findings", "field"),
    [("good", ["no_poster"], "outcome"), ("x", [], "outcome"), ("warned", ["x"], "findings")],
)
def test_what_cannot_be_is_refused(
    make_place: MakePlace, now: datetime, outcome: str, findings: list[str], field: str
) -> None:
    user = User.objects.create_user("a", full_name="A", created_at=now)
    with pytest.raises(InvalidInput) as refused:
        note(make_place(), outcome, findings, by=user, now=now)
    assert refused.value.field == field
    assert not Event.objects.filter(kind="place.inspected").exists()


def test_a_refusal_stands_beside_its_field(sign_in: SignIn, make_place: MakePlace) -> None:
    page = sign_in("inspector").post(
        f"/kiem-tra/{make_place().code}/", {"outcome": "good", "findings": ["no_poster"]}
    )
    assert page.status_code == 422
    assert "không thể là đạt" in page.content.decode()


def test_codes_fit_an_event() -> None:
    assert all(code.replace("_", "").isalpha() for code in (*OUTCOMES, *FINDINGS))


def test_the_export_equals_the_list_and_is_audited(
    sign_in: SignIn, make_place: MakePlace, now: datetime
) -> None:
    here = make_place("Chợ Đầm", VINH_HOA)
    make_place("Chợ Vĩnh Hải", VINH_HAI)
    make_place("Nhà máy", VINH_HAI)
    PlaceDay.objects.create(place=here.pk, day=date(2021, 7, 22), green=3, last_at=now)
    answer = sign_in("inspector").get("/kiem-tra/xuat/", {"q": "cho"})
    rows = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == ["Chợ Vĩnh Hải", "Chợ Đầm"]
    assert rows[2][6] == 3
    [event] = Event.objects.filter(kind="place.inspection_exported")
    assert event.data == '{"filters":["q"],"rows":2}'


@pytest.mark.parametrize("role", ["commune_health_worker", "province_leader", "data_entry", "auditor"])
def test_only_inspectors_come_in(sign_in: SignIn, make_place: MakePlace, role: str) -> None:
    client, place = sign_in(role), make_place()
    for address in ("/kiem-tra/", "/kiem-tra/xuat/", f"/kiem-tra/{place.code}/"):
        assert client.get(address).status_code == 403
    assert Client().get("/kiem-tra/")["Location"].startswith("/tai-khoan/login/")
