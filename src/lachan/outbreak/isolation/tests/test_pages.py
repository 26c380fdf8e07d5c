"""Isolation's pages: an officer's whole way with an order, its papers, the person's own page."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from docx import Document

from lachan.base.own_address import code_of
from lachan.outbreak.isolation import own
from lachan.outbreak.isolation.models import DailyCheck, Order
from lachan.outbreak.isolation.services import orders
from lachan.outbreak.isolation.tests.test_orders import issued
from lachan.outbreak.tracing.models import Contact
from lachan.registry.audit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def officers(client: Any, doctor: Any, at: Any) -> Any:
    client.force_login(doctor)
    return client


def test_from_draft_to_certificate(officers: Any, contact: Contact, doctor: Any, now: datetime) -> None:
    order = orders.draft_for_contact(contact, "f1", by=doctor, now=now)
    page = f"/cb/cach-ly/{order.pk}/"
    assert "Nguyễn Thị Hạnh" in officers.get("/cb/cach-ly/").content.decode()
    said = officers.post(page + "sua/", {"kind": "facility", "place": "", "to_on": "2021-08-05"})
    assert said.status_code == 422 and "Hãy chọn nơi cách ly" in said.content.decode()
    home = {"kind": "home", "place": "", "address": "12 Lê Lợi", "to_on": "2021-08-05"}
    assert officers.post(page + "sua/", home).status_code == 302
    assert officers.post(page + "ban-hanh/", {"number": "", "signer": ""}).status_code == 422
    given = {"number": "12/QĐ-UBND", "signer": "Trần Văn Bình", "signer_title": "Chủ tịch"}
    assert officers.post(page + "ban-hanh/", given).status_code == 302
    assert (
        officers.post(page + "theo-doi/", {"reached": "on", "temperature": "36,8", "via": "call"}).status_code
        == 302
    )
    assert DailyCheck.objects.get().via == "call"
    assert officers.get("/cb/cach-ly/goi/").status_code == 200
    assert officers.post(page + "ket-thuc/", {"reason": ""}).status_code == 422
    assert officers.get(page + "giay-chung-nhan.pdf").status_code == 404
    assert officers.post(page + "ket-thuc/", {"reason": "Đủ thời gian"}).status_code == 302
    assert officers.get(page + "giay-chung-nhan.pdf").content.startswith(b"%PDF")
    assert officers.get(page).status_code == 200
    assert Event.objects.filter(kind="order.read").count() >= 1


def test_the_paper_names_law_person_and_days(
    officers: Any, contact: Contact, doctor: Any, now: datetime
) -> None:
    order = issued(contact, doctor, now)
    assert officers.get(f"/cb/cach-ly/{order.pk}/quyet-dinh.pdf").content.startswith(b"%PDF")
    answer = officers.get(f"/cb/cach-ly/{order.pk}/quyet-dinh.docx")
    document = Document(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    for words in ("Nguyễn Thị Hạnh", "056180001234", "02/03/1980", "05/08/2021", "03/2007/QH12"):
        assert words in text, words
    assert (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in cells and "12/QĐ-UBND" in cells and "Trần Văn Bình" in cells
    )


def test_the_list_goes_out_as_a_table_and_leaves_an_event(
    officers: Any, contact: Contact, doctor: Any, now: datetime
) -> None:
    issued(contact, doctor, now)
    answer = officers.get("/cb/cach-ly/tai-ve/?tinh_trang=issued")
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert Event.objects.filter(kind="order.exported").count() == 1


def test_the_own_page_opens_by_its_address_alone(
    client: Any, at: Any, contact: Contact, doctor: Any, now: datetime
) -> None:
    order = issued(contact, doctor, now)
    path = f"/theo-doi-cach-ly/{order.pk}/{code_of(own.PURPOSE, order.pk)}/"
    page = client.get(path).content.decode()
    assert (
        "Chào Hạnh" in page
        and "056180001234" not in page
        and "Lê Lợi" not in page
        and "0912345678" not in page
    )
    assert client.post(path, {"temperature": "38,5", "symptoms": ["cough"]}).status_code == 302
    order.refresh_from_db()
    assert order.alarm == "symptoms"
    assert client.post(path, {"temperature": "nóng"}).status_code == 422
    wrong = code_of(own.PURPOSE, order.pk)[::-1]
    assert client.get(f"/theo-doi-cach-ly/{order.pk}/{wrong}/").status_code == 404
    for _ in range(12):
        last = client.post(path, {"temperature": "36,8"})
    assert last.status_code == 422 and DailyCheck.objects.count() <= 12, (
        "an address that went round can't flood"
    )


def test_a_draft_has_no_own_page(client: Any, at: Any, contact: Contact, doctor: Any, now: datetime) -> None:
    order = orders.draft_for_contact(contact, "f1", by=doctor, now=now)
    assert client.get(f"/theo-doi-cach-ly/{order.pk}/{code_of(own.PURPOSE, order.pk)}/").status_code == 404
    assert Order.objects.count() == 1


def test_one_step_drafts_for_the_case_and_its_confirmed_contacts(
    officers: Any, case: Any, doctor: Any, now: datetime
) -> None:
    from uuid import UUID

    from lachan.outbreak.tracing.models import Exposure
    from lachan.registry.people.services.link import Identity, link

    def met(number: int, status: str) -> UUID:
        alias = UUID(int=number)
        who = link(Identity(f"Người {number}", "1990", residence=case.unit), alias, seen_in=(), now=now)
        Contact.objects.create(
            disease="covid19", alias=alias, person=who.pk, unit=case.unit, last_exposure=now, until=now.date(), made_at=now, updated_at=now
        )  # fmt: skip
        Exposure.objects.create(
            disease="covid19", kind="named", evidence=f"named:{number}", source=case.alias, target=alias, from_at=now, to_at=now + timedelta(hours=1),
            status=status, made_at=now,
        )  # fmt: skip
        return alias

    confirmed, proposed = met(11, "confirmed"), met(12, "proposed")
    piece = officers.get(f"/cb/cach-ly/ca/{case.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "1 người tiếp xúc đã xác nhận" in piece
    assert officers.post(f"/cb/cach-ly/ca/{case.pk}/lap/").status_code == 302
    assert set(Order.objects.values_list("alias", "level")) == {(case.alias, "f0"), (confirmed, "f1")}
    officers.post(f"/cb/cach-ly/ca/{case.pk}/lap/")
    assert Order.objects.count() == 2 and not Order.objects.filter(alias=proposed).exists()
