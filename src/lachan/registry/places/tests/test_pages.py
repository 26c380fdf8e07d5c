from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from lachan.kernel.clock import FixedClock
from lachan.registry.audit.models import Event
from lachan.registry.places import services
from lachan.registry.places.models import Place, PlaceImport
from lachan.registry.places.tests.conftest import BA_NGOI, NOW, VINH_HAI, VINH_HOA
from lachan.registry.places.tests.test_import import GOOD, HEADER, sheet

pytestmark = pytest.mark.django_db
LIST = "/cb/diem/"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lachan.base.middleware.CLOCK", FixedClock(NOW))


def signed_in(role: str, unit: str) -> Client:
    """A client of an account with one role in one unit. Accounts stand above places, hence by name."""
    user_model, grant_model = apps.get_model("accounts.User"), apps.get_model("accounts.Grant")
    user = user_model.objects.create(
        username=role, full_name="Nguyễn Thị Cán Bộ", created_at=NOW, mfa_required=False
    )
    grant_model.objects.create(user=user, role=role, unit=unit, valid_from=NOW - timedelta(days=1))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin(province: None) -> Client:
    return signed_in("province_admin", "56/")


@pytest.fixture
def worker(province: None) -> Client:
    return signed_in("commune_health_worker", VINH_HOA)


def text(answer: Any) -> str:
    return answer.content.decode()


def fetched(answer: Any) -> bytes:
    """A download's bytes; closes its file, as a server does."""
    assert answer.status_code == 200
    data = b"".join(answer.streaming_content)
    answer.close()
    return data


def test_the_list_shows_the_scope_and_no_other(worker: Client, shop: Place) -> None:
    services.create(services.Details(name="Chợ Xa", kind="market", unit=BA_NGOI), now=NOW)
    page = text(worker.get(LIST))
    assert "Cửa hàng Bách hóa 12" in page and "Chợ Xa" not in page
    assert "Cửa hàng Bách hóa 12" in text(worker.get(LIST, {"q": "bach hoa"}))
    assert "Cửa hàng Bách hóa 12" not in text(worker.get(LIST, {"status": "closed"}))
    assert "Cửa hàng Bách hóa 12" not in text(worker.get(LIST, {"kind": "market"}))


def test_a_place_elsewhere_is_not_found(worker: Client, province: None) -> None:
    place = services.create(services.Details(name="Chợ Xa", kind="market", unit=BA_NGOI), now=NOW)
    for address in (f"{LIST}{place.pk}/", f"{LIST}{place.pk}/in/to-dan.pdf"):
        assert worker.get(address).status_code == 404
    assert worker.post(f"{LIST}{place.pk}/trang-thai/dong/", {"reason": "x"}).status_code in (403, 404)
    assert Place.objects.get(pk=place.pk).status == "active"


def test_strangers_are_sent_to_sign_in(shop: Place) -> None:
    for address in (LIST, f"{LIST}moi/", f"{LIST}nhap/", f"{LIST}{shop.pk}/", f"{LIST}xuat.xlsx"):
        assert Client().get(address).status_code == 302


@pytest.mark.parametrize(
    "query", ["cursor=zzz", "unit=khong+co", "kind=castle", "status=%00", "q=%00%27", "q=" + "a" * 500]
)
def test_odd_queries_never_fail(admin: Client, shop: Place, query: str) -> None:
    assert admin.get(f"{LIST}?{query}").status_code == 200
    assert fetched(admin.get(f"{LIST}xuat.xlsx?{query}")).startswith(b"PK")


def test_paging_by_key(admin: Client, province: None) -> None:
    for number in range(55):
        services.create(services.Details(name=f"Quán {number}", kind="shop", unit=VINH_HOA), now=NOW)
    first = admin.get(LIST)
    cursor = first.context["page"].next
    second = admin.get(LIST, {"cursor": cursor})
    assert (len(first.context["page"].rows), len(second.context["page"].rows)) == (50, 5)


def test_making_and_changing_a_place(admin: Client) -> None:
    told = {"name": "Nhà sách Nha Trang", "kind": "shop", "unit": "vinh hai", "owner_phone": "0912345678"}
    answer = admin.post(f"{LIST}moi/", told)
    place = Place.objects.get()
    assert (answer.status_code, place.unit, place.created_by is not None) == (302, VINH_HAI, True)
    assert "Vĩnh Hải" in text(admin.get(f"{LIST}{place.pk}/sua/"))
    assert admin.post(f"{LIST}{place.pk}/sua/", {**told, "name": "Nhà sách"}).status_code == 302
    assert Place.objects.get().name == "Nhà sách"
    page = text(admin.get(f"{LIST}{place.pk}/"))
    assert "0912 345 678" in page and "Sửa thông tin" in page
    assert admin.post(f"{LIST}moi/", {**told, "unit": "", "kind": "x", "name": ""}).status_code == 422


def test_state_is_changed_with_a_reason(admin: Client, shop: Place) -> None:
    address = f"{LIST}{shop.pk}/trang-thai"
    assert admin.post(f"{address}/tam-ngung/", {"reason": ""}).status_code == 422
    assert admin.post(f"{address}/tam-ngung/", {"reason": "Không tuân thủ"}).status_code == 302
    assert Place.objects.get().status == "suspended"
    assert admin.post(f"{address}/duyet/").status_code == 302
    assert Place.objects.get().status == "suspended"
    assert admin.post(f"{address}/mo-lai/").status_code == 302
    assert Place.objects.get().status == "active"
    assert admin.post(f"{address}/nonsense/").status_code == 404
    assert admin.get(f"{address}/dong/").status_code == 405
    assert "Không tuân thủ" not in " ".join(Event.objects.values_list("data", flat=True))


def test_posters_and_the_public_qr(admin: Client, shop: Place) -> None:
    for name, kind in (("to-dan.pdf", b"%PDF"), ("to-dan.svg", b"<svg"), ("the-nho.pdf", b"%PDF")):
        answer = admin.get(f"{LIST}{shop.pk}/in/{name}")
        assert answer.content.startswith(kind) and shop.code in answer.headers["Content-Disposition"]
    assert admin.get(f"{LIST}{shop.pk}/in/other.pdf").status_code == 404
    qr = Client().get(f"/ma/diem/{shop.code}.svg")
    assert (
        Client().get(f"/ma/diem/{shop.code}.svg", headers={"If-None-Match": qr.headers["ETag"]}).status_code
        == 304
    )
    services.close(shop, "hết thuê", by=None, now=NOW)
    assert Client().get(f"/ma/diem/{shop.code}.svg").status_code == 404
    assert Client().get("/ma/diem/zz.svg").status_code == 404


def test_import_upload_preview_apply_and_refused_rows(admin: Client) -> None:
    data = sheet(HEADER, GOOD, ["", *GOOD[1:]], ["X", "Lâu đài", *GOOD[2:]])
    answer = admin.post(f"{LIST}nhap/", {"file": SimpleUploadedFile("ds.xlsx", data)})
    kept = PlaceImport.objects.get()
    address = f"{LIST}nhap/{kept.pk}/"
    assert answer.headers["Location"] == address and not Place.objects.exists()
    page = text(admin.get(address))
    assert "Hãy ghi tên điểm." in page and "Hãy chọn loại điểm trong danh sách." in page
    assert admin.post(address).status_code == 302
    assert Place.objects.count() == 1
    rows = sheet_rows(admin.get(f"{address}tu-choi.xlsx"))
    assert [row[:3] for row in rows[1:]] == [
        [3.0, "Tên điểm", "Hãy ghi tên điểm."],
        [4.0, "Loại", "Hãy chọn loại điểm trong danh sách."],
    ]
    assert rows[0][3:] == HEADER
    assert signed_in("district_officer", "56/568/").get(address).status_code in (403, 404)


def sheet_rows(answer: Any) -> list[list[Any]]:
    data = fetched(answer)
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xff\xfe\x00", "Tên,Địa chỉ\na,b".encode()])
def test_a_bad_file_is_refused_beside_the_field(admin: Client, data: bytes) -> None:
    answer = admin.post(f"{LIST}nhap/", {"file": SimpleUploadedFile("x.csv", data)})
    assert answer.status_code == 422 and not PlaceImport.objects.exists()


def test_the_template_can_be_imported_as_it_is(admin: Client) -> None:
    data = fetched(admin.get(f"{LIST}nhap/mau.xlsx"))
    admin.post(f"{LIST}nhap/", {"file": SimpleUploadedFile("mau.xlsx", data)})
    kept = PlaceImport.objects.get()
    assert (kept.created, kept.refused) == (1, 0)


def test_the_export_hides_phones_from_those_who_do_not_manage(
    admin: Client, worker: Client, shop: Place
) -> None:
    assert any("+84912345678" in row for row in sheet_rows(admin.get(f"{LIST}xuat.xlsx")))
    mine = sheet_rows(worker.get(f"{LIST}xuat.xlsx"))
    assert mine[1][0] == shop.code
    assert Event.objects.filter(kind="places.exported").count() == 2
