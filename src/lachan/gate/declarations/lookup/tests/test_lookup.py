from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import translation

from lachan.gate.declarations.lookup import citizen, found, limits
from lachan.gate.declarations.lookup.tests.conftest import OTHER, PHONE, VINH_HOA, Declare, digits_sent
from lachan.gate.declarations.models import DataRequest, Entry, FollowUp, Hold, OneTimeCode
from lachan.gate.declarations.services import requests
from lachan.kernel.ids import short_code, uuid7
from lachan.registry.audit.models import Event

pytestmark = pytest.mark.django_db


def look_up(client: Client, code: str, phone: str = PHONE) -> Any:
    client.post("/tra-cuu/", {"code": code, "phone": "0905 123 456" if phone == PHONE else phone})
    return client.post("/tra-cuu/ma/", {"digits": digits_sent(phone)}, follow=True)


def test_code_and_phone_lead_to_the_decision_and_its_reasons(client: Client, declare: Declare) -> None:
    row = declare()
    page = look_up(client, short_code(row.id).lower().replace("-", " "))
    assert page.redirect_chain[-1][0] == f"/tra-cuu/{row.id}/"
    words = page.content.decode()
    assert "Dừng lại" in words
    assert "Đã tiếp xúc gần với người mắc hoặc nghi mắc bệnh" in words
    assert "Quyết định 2666/QĐ-BYT" in words
    assert "Trần Thị Hoa" not in words
    assert Event.objects.filter(kind="declaration.looked_up", subject=row.id, actor=None).count() == 1


def test_in_english(client: Client, declare: Declare) -> None:
    client.cookies["lc_lang"] = "en"
    assert (
        "Close contact with a confirmed or suspected case"
        in look_up(client, short_code(declare().id)).content.decode()
    )


def test_nothing_is_told_before_the_code_is_right(client: Client, declare: Declare) -> None:
    """The same pages, whether the declaration exists, belongs to another phone, or doesn't exist."""
    mine, other = declare(), declare(OTHER)
    seen = set()
    for row_id in (mine.id, other.id, uuid7()):
        OneTimeCode.objects.all().delete()
        asked = client.post("/tra-cuu/", {"code": short_code(row_id), "phone": PHONE})
        page = client.get("/tra-cuu/ma/").content.decode()
        seen.add((asked.status_code, asked["Location"], page.split("csrfmiddlewaretoken")[0]))
        assert client.get(f"/tra-cuu/{row_id}/")["Location"] == "/tra-cuu/"
    assert len(seen) == 1


def test_another_phones_declaration_is_not_found(client: Client, declare: Declare) -> None:
    row = declare(OTHER)
    page = look_up(client, short_code(row.id))
    assert "Không thấy tờ khai nào mang mã này" in page.content.decode()
    assert client.get(f"/tra-cuu/{row.id}/")["Location"] == "/tra-cuu/"


def test_wrong_digits_are_counted_and_then_refused(client: Client, declare: Declare) -> None:
    client.post("/tra-cuu/", {"code": short_code(declare().id), "phone": PHONE})
    right = digits_sent()
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert "Mã chưa đúng" in client.post("/tra-cuu/ma/", {"digits": wrong}).content.decode()
    assert "Đã nhập sai quá nhiều lần" in client.post("/tra-cuu/ma/", {"digits": right}).content.decode()


def test_a_code_is_sent_again_not_more_often_than_every_half_minute(
    client: Client, declare: Declare, clock: Any
) -> None:
    client.post("/tra-cuu/", {"code": short_code(declare().id), "phone": PHONE})
    assert "Đã gửi mã nhiều lần" in client.post("/tra-cuu/ma/gui-lai/", follow=True).content.decode()
    clock.advance(timedelta(seconds=31))
    assert "Đã gửi mã mới" in client.post("/tra-cuu/ma/gui-lai/", follow=True).content.decode()
    assert OneTimeCode.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"code": "", "phone": PHONE}, "Trường này"),
        ({"code": "7K2M-9QXT-4RD", "phone": PHONE}, "Mã chưa đúng"),
        ({"code": "7K2M\x009QXT", "phone": PHONE}, ""),
        ({"code": "ok", "phone": "9" * 5000}, ""),
        ({"code": "\ud800", "phone": "abc"}, "Số điện thoại chưa đúng"),
    ],
)
def test_bad_input_is_answered_beside_its_field(client: Client, typed: dict[str, str], words: str) -> None:
    body = urlencode(typed, errors="surrogatepass")
    page = client.post("/tra-cuu/", body, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 422
    assert "lc-wrong" in page.content.decode()
    assert words in page.content.decode()
    assert not OneTimeCode.objects.exists()


def test_the_session_ends_after_half_an_hour_and_by_leaving(
    citizen_client: Client, declare: Declare, clock: Any
) -> None:
    row = declare()
    citizen_client.post("/tra-cuu/", {"code": short_code(row.id)})
    assert citizen_client.get(f"/tra-cuu/{row.id}/").status_code == 200
    clock.advance(citizen.LIFE)
    assert citizen_client.get(f"/tra-cuu/{row.id}/").status_code == 302
    assert "Gửi mã xác nhận" in citizen_client.get("/tra-cuu/").content.decode()


def test_leaving_forgets_the_phone(citizen_client: Client) -> None:
    citizen_client.post("/tra-cuu/thoat/")
    assert citizen.KEY not in citizen_client.session


def test_the_session_never_holds_the_number(client: Client, declare: Declare) -> None:
    client.post("/tra-cuu/", {"code": short_code(declare().id), "phone": PHONE})
    assert PHONE[3:] not in str(dict(client.session))
    client.post("/tra-cuu/ma/", {"digits": digits_sent()})
    assert PHONE[3:] not in str(dict(client.session))


def test_the_session_gets_a_new_id_with_the_right_code(client: Client, declare: Declare) -> None:
    client.post("/tra-cuu/", {"code": short_code(declare().id), "phone": PHONE})
    before = client.session.session_key
    client.post("/tra-cuu/ma/", {"digits": digits_sent()})
    assert client.session.session_key != before


def test_guessing_codes_ends(citizen_client: Client) -> None:
    for _ in range(limits.LOOKUPS_OF_PHONE.times):
        citizen_client.post("/tra-cuu/", {"code": short_code(uuid7())})
    page = citizen_client.post("/tra-cuu/", {"code": short_code(uuid7())}).content.decode()
    assert "Gửi quá nhiều lần" in page


def test_the_follow_up_is_told_in_plain_words(declare: Declare, now: datetime) -> None:
    row = declare()
    FollowUp.objects.create(
        declaration=row.id, entry=uuid7(), kind="flagged", unit=VINH_HOA, status="unreachable", result=2,
        due_at=now, created_at=now, updated_at=now,
    )  # fmt: skip
    told = found.details(row.id, "vi")
    assert told is not None
    [step] = told.steps
    with translation.override("vi"):
        assert str(step.title) == "Cán bộ y tế gọi mà chưa gặp được bạn"


def test_every_follow_up_status_has_its_words() -> None:
    assert set(found.WORDS) == set(FollowUp.Status)


def test_a_hold_is_told_with_its_document(declare: Declare, now: datetime) -> None:
    row = declare(reasons="hold contact_case")
    Hold.objects.create(alias=row.alias, reason="f1", document="Quyết định 12/QĐ-TTYT", valid_from=now)
    first, second = found.reasons(row, "en")
    assert first.document == "Quyết định 12/QĐ-TTYT"
    assert first.text.startswith("The health service")
    assert second.text.startswith("Close contact")


@pytest.mark.parametrize("ruleset", ["", "x", "1999-01-01"])
def test_rules_that_are_gone_leave_the_page_standing(declare: Declare, ruleset: str) -> None:
    row = declare()
    row.ruleset = ruleset
    assert found.reasons(row, "vi") == []


def test_a_request_and_its_answer(citizen_client: Client, declare: Declare, now: datetime) -> None:
    row = declare()
    citizen_client.post("/tra-cuu/", {"code": short_code(row.id)})
    address = f"/tra-cuu/{row.id}/"
    empty = citizen_client.post(address, {"kind": "correct", "text": " "})
    assert empty.status_code == 422
    citizen_client.post(address, {"kind": "correct", "text": "Tôi sinh năm 1990"})
    assert "đang chờ xử lý" in citizen_client.post(address, {"kind": "correct", "text": "x"}).content.decode()
    asked = DataRequest.objects.get()
    requests.decide(asked, DataRequest.Status.DONE, "Đã sửa năm sinh.", by=_Officer(), now=now)
    assert "Đã sửa năm sinh." in citizen_client.get(address).content.decode()


def test_after_a_deletion_the_answer_is_still_found(
    citizen_client: Client, declare: Declare, now: datetime
) -> None:
    row = declare()
    asked = requests.ask(DataRequest.Kind.DELETE, Entry.objects.get(), "", now=now)
    requests.decide(asked, DataRequest.Status.DONE, "Đã xóa.", by=_Officer(), now=now)
    page = citizen_client.post("/tra-cuu/", {"code": short_code(row.id)}, follow=True).content.decode()
    assert "Nội dung tờ khai đã được xóa" in page
    assert "Đã xóa." in page
    assert "Dừng lại" not in page


class _Officer:
    pk = uuid7()
