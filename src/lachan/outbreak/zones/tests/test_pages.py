"""The pages of zones."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lachan.gate.declarations.selectors import world
from lachan.gate.declarations.tests import small
from lachan.kernel.clock import FixedClock
from lachan.outbreak.zones import drawing, services
from lachan.outbreak.zones.models import UnitFigures, Zone
from lachan.outbreak.zones.tests.conftest import AUTUMN, cases, days_ago
from lachan.outbreak.zones.tests.test_lockdown import SQUARE, hamlets, houses, locked
from lachan.registry.units.models import Geometry

__all__ = ["hamlets", "houses"]
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FixedClock:
    """In the time of Resolution 128."""
    return FixedClock(AUTUMN)


@pytest.fixture
def outlined(people: None, now: datetime) -> None:
    square = {"type": "Polygon", "coordinates": SQUARE["coordinates"]}
    Geometry.objects.create(
        unit_id=small.HOA, kind="official", source="Sở", geojson=json.dumps(square), imported_at=now
    )


def test_from_numbers_to_a_decision_that_the_gates_see(at: Any, people: None, worker: Any, boss: Any) -> None:
    cases(13, days_ago(AUTUMN, 1))
    client = at(worker)
    given = {"unit": "Vĩnh Hòa", "on": "2021-11-01", "adults_first_dose": "65,5", "source": "CDC"}
    assert client.post("/cb/vung/so-lieu/", {**given, "care_ready": "yes"}).status_code == 302
    assert UnitFigures.objects.get().adults_first_dose == 65.5
    url = client.post("/cb/vung/de-xuat/", {"unit": "Vĩnh Hòa", "disease": "covid19"})["Location"]
    page = client.get(url).content.decode()
    assert "65,5 % (CDC), dưới ngưỡng 70 %: tăng một cấp" in page and 'id="decide"' not in page
    assert "chưa được đối chiếu" in page
    client = at(boss)
    assert 'id="decide"' in client.get(url).content.decode()
    form = {"document": "", "level": "4", "from_at": "2021-11-20T09:00", "measures": "Ở nhà"}
    wrong = client.post(f"{url}quyet-dinh/", form)
    assert wrong.status_code == 422 and Zone.objects.get().status == "proposed"
    assert client.post(f"{url}quyet-dinh/", {**form, "document": "12/QĐ-UBND"}).status_code == 302
    assert world.area_levels(AUTUMN) == {small.HOA: 4}
    page = client.get("/cb/vung/").content.decode()
    assert "Vĩnh Hòa" in page and "12/QĐ-UBND" in page and "Cấp 4" in page
    assert client.post(f"{url}bai-bo/", {"reason": "Hết dịch"}).status_code == 422
    client.post(f"{url}bai-bo/", {"reason": "Hết dịch", "document": "13/QĐ-UBND"})
    assert world.area_levels(AUTUMN) == {small.HOA: 1}
    assert "13/QĐ-UBND" in client.get(url).content.decode()


def test_a_proposal_is_refused_with_a_reason(at: Any, people: None, boss: Any) -> None:
    zone = services.propose(small.HOA, "covid19", AUTUMN)
    url = f"/cb/vung/{zone.pk}/"
    assert at(boss).post(f"{url}khong-ap-dung/", {"reason": ""}).status_code == 422
    at(boss).post(f"{url}khong-ap-dung/", {"reason": "Ca trong một nhà"})
    assert "Ca trong một nhà" in at(boss).get(url).content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {"unit": "Vĩnh Hải", "disease": "covid19"},
        {"unit": "Vĩnh Hòa", "disease": "dengue"},
        {"unit": "", "disease": "covid19"},
    ],
)
def test_what_cant_be_proposed_is_said_beside_its_field(at: Any, worker: Any, given: dict[str, str]) -> None:
    answer = at(worker).post("/cb/vung/de-xuat/", given)
    assert answer.status_code == 422 and "Cần sửa trước khi gửi" in answer.content.decode()
    without_people = at(worker).post("/cb/vung/de-xuat/", {"unit": "Vĩnh Hòa", "disease": "covid19"})
    assert without_people.status_code == 422 and "Chưa có dân số" in without_people.content.decode()


def test_figures_that_say_nothing_or_cant_be_are_refused(at: Any, worker: Any) -> None:
    base = {"unit": "Vĩnh Hòa", "on": "2021-11-01", "source": "CDC"}
    for given in ({}, {"old_full": "101"}, {"population": "0"}, {"population": "5", "on": "2030-01-01"}):
        assert at(worker).post("/cb/vung/so-lieu/", {**base, **given}).status_code == 422
    assert not UnitFigures.objects.exists()


def test_an_area_is_drawn_and_locked_down(
    at: Any, outlined: None, worker: Any, boss: Any, houses: Any
) -> None:
    client = at(worker)
    page = client.get("/cb/vung/phong-toa/").content.decode()
    assert "data-map" in page and "lc-map-unit" in page and page.count("lc-map-house") == 2
    assert "1 hộ chưa có tọa độ" in page
    inner = {
        "type": "Polygon",
        "coordinates": [[[109.15, 12.15], [109.25, 12.15], [109.25, 12.25], [109.15, 12.15]]],
    }
    form = {"unit": small.HOA, "name": "Hẻm 12", "outline": json.dumps(inner)}
    url = client.post("/cb/vung/phong-toa/", form)["Location"]
    zone = Zone.objects.get()
    assert zone.outline is not None and zone.outline["coordinates"][0][0] == [109.15, 12.15]
    client = at(boss)
    given = {"document": "14/QĐ-UBND", "from_at": "2021-11-20T09:00", "to_at": "2021-12-04T09:00"}
    assert client.post(f"{url}quyet-dinh/", given).status_code == 302
    page = client.get(url).content.decode()
    assert "còn 14 ngày 0 giờ" in page and "Hộ 12.2" not in page  # a leader sees counts, not names
    client = at(worker)
    page = client.get(url).content.decode()
    assert "Hộ 12.2" in page and "Hộ 12.6" not in page
    row = zone.households.get()
    client.post(f"/cb/vung/ho/{row.pk}/", {"needs": ["food"], "note": "Hết gạo"})
    assert "Hết gạo" in client.get(f"{url}?hien=needs").content.decode()
    client.post(f"/cb/vung/ho/{row.pk}/xong/")
    row.refresh_from_db()
    assert row.met_at == AUTUMN
    assert "Hộ 12.2" in client.get(f"{url}in/").content.decode()
    assert b"".join(client.get(f"{url}ho.xlsx").streaming_content)[:2] == b"PK"
    assert len(small.events("zone.exported")) == 2
    assert client.post(f"{url}cap-nhat/").status_code == 302


def test_an_outline_is_pasted_or_uploaded_and_wrong_ones_are_refused(
    at: Any, outlined: None, worker: Any
) -> None:
    client, base = at(worker), {"unit": small.HOA, "name": "Hẻm 12"}
    far = {"type": "Polygon", "coordinates": [[[108.1, 11.1], [108.2, 11.1], [108.2, 11.2], [108.1, 11.1]]]}
    for text in ("{", '{"type":"Point"}', json.dumps(far)):
        answer = client.post("/cb/vung/phong-toa/", {**base, "outline": text})
        assert answer.status_code == 422 and "Cần sửa trước khi gửi" in answer.content.decode(), text
    bad = SimpleUploadedFile("x.geojson", b"\xff\xfe")
    assert client.post("/cb/vung/phong-toa/", {**base, "file": bad}).status_code == 422
    good = SimpleUploadedFile("x.geojson", json.dumps({"type": "Feature", "geometry": SQUARE}).encode())
    assert client.post("/cb/vung/phong-toa/", {**base, "file": good}).status_code == 302
    assert Zone.objects.get().outline == SQUARE


def test_hamlets_are_picked_instead(at: Any, worker: Any, hamlets: Any) -> None:
    form = {"unit": small.HOA, "name": "Tổ 1", "hamlets": [str(hamlets[0].pk)]}
    assert at(worker).post("/cb/vung/phong-toa/", form).status_code == 302
    assert Zone.objects.get().hamlets == [str(hamlets[0].pk)]


def test_a_district_first_says_where(at: Any, officer: Any, people: None) -> None:
    client = at(officer("huyen", "district_officer", small.TOWN))
    page = client.get("/cb/vung/phong-toa/").content.decode()
    assert "Phong tỏa ở đâu?" in page and "Vĩnh Hòa" in page and "Cam Nghĩa" not in page
    assert "Phong tỏa ở đâu?" in client.get("/cb/vung/phong-toa/?don_vi=56/569/22420/").content.decode()


def test_another_communes_zone_is_not_there(at: Any, boss: Any, officer: Any, houses: Any) -> None:
    zone = locked(boss, AUTUMN)
    row = zone.households.first()
    client = at(officer("xa", "commune_health_worker", small.HAI))
    for path in ("", "in/", "ho.xlsx"):
        assert client.get(f"/cb/vung/{zone.pk}/{path}").status_code == 404
    assert client.post(f"/cb/vung/ho/{row.pk}/", {"needs": ["food"]}).status_code == 404
    assert "Hẻm 12" not in client.get("/cb/vung/").content.decode()
    assert at(boss).get(f"/cb/vung/{zone.pk}/in/").status_code == 403


def test_a_drawing_keeps_the_shape_of_the_ground(outlined: None) -> None:
    found = drawing.draw(small.HOA)
    assert found is not None and found.exact
    west, north = found.frame.point(109.1, 12.3)
    east, south = found.frame.point(109.3, 12.1)
    metres = (east - west) / (south - north)
    assert metres == pytest.approx(0.9774, abs=0.002)  # the cosine of 12.2°
    assert drawing.draw(small.HAI) is None
    assert date(2021, 11, 20) == AUTUMN.date()
