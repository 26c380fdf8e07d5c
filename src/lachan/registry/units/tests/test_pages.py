from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lachan.kernel.clock import FixedClock
from lachan.registry.units.models import Agency, Geometry
from lachan.registry.units.tests.conftest import NOW
from lachan.registry.units.tests.test_geometry import collection, feature

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lachan.base.middleware.CLOCK", FixedClock(NOW))


def signed_in(role: str, unit: str) -> Client:
    user_model, grant_model = apps.get_model("accounts.User"), apps.get_model("accounts.Grant")
    user = user_model.objects.create(
        username=role, full_name="Nguyễn Thị Cán Bộ", created_at=NOW, mfa_required=False
    )
    grant_model.objects.create(user=user, role=role, unit=unit, valid_from=NOW - timedelta(days=1))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in("province_admin", "56/")


def results(query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Client().get(f"/don-vi/tim?{query}").json()["results"]
    return found


def test_typing_a_unit() -> None:
    assert results("q=vinh+hoa")[0] == {
        "path": "56/568/22327/",
        "name": "Phường Vĩnh Hòa",
        "label": "Phường Vĩnh Hòa, TP Nha Trang, Khánh Hòa",
        "level": 3,
    }
    assert results("q=bac+nha+trang&structure=2025")[0]["path"] == "56/22333/"
    assert results("q=nha+trang&level=2")[0]["path"] == "56/568/"
    for query in ("", "q=", "q=%00", "q=" + "x" * 3000, "q=a&structure=1976&level=x", "q=%ED%A0%80"):
        assert isinstance(results(query), list)


def test_all_communes_for_a_phone_without_signal() -> None:
    answer = Client().get("/don-vi/tat-ca.json")
    communes = answer.json()["communes"]
    assert len(communes) == 132
    assert ["56/568/22327/", "Phường Vĩnh Hòa", "TP Nha Trang", "phuong vinh hoa tp nha trang"] in communes
    again = Client().get("/don-vi/tat-ca.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert len(Client().get("/don-vi/tat-ca.json?structure=2025").json()["communes"]) == 65


def test_all_communes_of_the_country_at_an_address_of_their_own() -> None:
    address = Client().get("/don-vi/tat-ca.json").json()["country"]
    answer = Client().get(address)
    content = answer.json()
    assert ["79/760/26740/", "Phường Bến Nghé"] in content["communes"] and len(content["communes"]) > 10_000
    assert (content["above"]["79/760/"], content["above"]["79/"]) == ("Quận 1", "Thành phố Hồ Chí Minh")
    assert "immutable" in answer.headers["Cache-Control"]
    packed = Client().get(address, headers={"accept-encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and len(packed.content) < 90_000
    assert json.loads(gzip.decompress(packed.content)) == content
    assert Client().get("/don-vi/ca-nuoc-000000000000000000000000.json").status_code == 404
    later = Client().get(Client().get("/don-vi/tat-ca.json?structure=2025").json()["country"]).json()
    assert len(later["communes"]) == 3321


def test_browsing(admin: Client) -> None:
    pages = [
        "/cb/don-vi/",
        "/cb/don-vi/?q=vinh+hoa",
        "/cb/don-vi/?structure=2025&on=2021-01-01",
        "/cb/don-vi/?on=nonsense&structure=1976",
        "/cb/don-vi/56/",
        "/cb/don-vi/56/?structure=2025",
        "/cb/don-vi/56/568/22327/",
        "/cb/don-vi/56/22333/",
    ]
    for address in pages:
        assert admin.get(address).status_code == 200, address
    assert "Phường Bắc Nha Trang" in admin.get("/cb/don-vi/56/568/22327/").content.decode()
    assert admin.get("/cb/don-vi/99/").status_code == 404
    assert Client().get("/cb/don-vi/").status_code == 302


def test_outlines_by_upload_only_inside_the_own_jurisdiction(admin: Client) -> None:
    data = collection(feature("22327"), feature("00001"))
    form = {"file": SimpleUploadedFile("x.geojson", data), "structure": "2021", "level": "3", "source": "Sở"}
    page = admin.post("/cb/don-vi/ranh-gioi/", form).content.decode()
    assert "Đơn vị này ngoài phạm vi của bạn." in page
    assert [row.unit_id for row in Geometry.objects.all()] == ["56/568/22327/"]
    form["file"] = SimpleUploadedFile("x.geojson", json.dumps({}).encode())
    assert admin.post("/cb/don-vi/ranh-gioi/", form).status_code == 422


def test_agencies_from_beginning_to_end(admin: Client) -> None:
    assert admin.get("/cb/don-vi/co-quan/").status_code == 200
    told = {"name": "Trung tâm Y tế Nha Trang", "kind": "health", "unit": "nha trang", "since": "2021-07-01"}
    assert admin.post("/cb/don-vi/co-quan/moi/", {**told, "unit": "ha noi"}).status_code == 422
    address = admin.post("/cb/don-vi/co-quan/moi/", told).headers["Location"]
    assert Agency.objects.get().unit == "56/568/"
    rename = {"doi-ten-name": "TTYT Nha Trang", "doi-ten-kind": "health", "doi-ten-since": "2021-07-10"}
    assert admin.post(f"{address}doi-ten/", rename).status_code == 302
    assert (
        admin.post(f"{address}chuyen/", {"chuyen-unit": "56/", "chuyen-since": "2020-01-01"}).status_code
        == 422
    )
    assert (
        admin.post(f"{address}chuyen/", {"chuyen-unit": "56/", "chuyen-since": "2021-07-11"}).status_code
        == 302
    )
    page = admin.get(address).content.decode()
    assert "TTYT Nha Trang" in page and "Trung tâm Y tế Nha Trang" in page
    assert admin.post(f"{address}dong/", {"dong-on": "2021-07-20"}).status_code == 302
    assert "Trung tâm" not in admin.get("/cb/don-vi/co-quan/").content.decode()
    assert admin.post(f"{address}xoa/").status_code == 404


def test_only_those_who_manage_units_see_agencies() -> None:
    worker = signed_in("commune_health_worker", "56/568/22327/")
    assert worker.get("/cb/don-vi/").status_code == 200
    assert worker.get("/cb/don-vi/co-quan/").status_code == 403
    assert worker.get("/cb/don-vi/ranh-gioi/").status_code == 403
