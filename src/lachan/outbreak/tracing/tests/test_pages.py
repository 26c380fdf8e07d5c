"""Pages of tracing: what is done on them, whose rows they show, and that no name stands where a count would do."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Contact, ContactImport, Exposure, Interview, Setting
from lachan.outbreak.tracing.selectors.identity import root
from lachan.outbreak.tracing.tests.world import (
    HAI,
    HOA,
    NOW,
    case_of,
    edge,
    home,
    moment,
    person_of,
    place,
    somebody,
    visit,
)
from lachan.registry.audit.models import Event

pytestmark = pytest.mark.django_db
At = Callable[[Any], Any]
SECRET = "Phan Thị Tên Kín"


@pytest.fixture
def story(province: None) -> tuple[Case, Any, Any]:
    """A case, someone met at the market and someone of the household."""
    ill, other, spouse = somebody("Người Bệnh"), somebody(SECRET, HAI), somebody("Phan Văn Nhà Kín", HOA)
    market = place()
    visit(ill, market, moment(18, 8), moment(18, 10))
    visit(other, market, moment(18, 8), moment(18, 10))
    home(ill, spouse, unit=HOA)
    return case_of(ill), other, spouse


def url(name: str, *args: Any) -> str:
    return reverse(f"tracing:{name}", args=args)


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_one_step_from_the_case_to_followed_contacts(story: Any, tracer: Any, at: At) -> None:
    case, other, spouse = story
    client = at(tracer)
    assert "Chưa có người tiếp xúc" in text(client.get(url("case", case.pk)))
    assert client.post(url("find", case.pk)).status_code == 302
    body = text(client.get(url("case", case.pk)))
    assert body.index("Cùng nhà") < body.index("Chợ Đầm") and "cùng lúc 2 giờ" in body
    nodes = [str(root(other)), str(root(spouse))]
    client.post(url("decide", case.pk), {"node": nodes, "verb": "confirm"})
    assert Contact.objects.filter(status="active").count() == 2
    listed = text(client.get(url("list")))
    assert listed.count("F1</td>") == 2
    client.post(url("decide", case.pk), {"node": nodes[:1], "verb": "dismiss", "reason": ""})
    assert Exposure.objects.filter(status="dismissed").count() == 0
    client.post(url("decide", case.pk), {"node": nodes[:1], "verb": "dismiss", "reason": "Ngồi xa"})
    assert "Ngồi xa" in text(client.get(url("case", case.pk) + "?tinh_trang=dismissed"))
    assert Contact.objects.get(alias=other).status == "dropped"


def test_no_page_tells_a_name_before_it_was_asked_for_with_a_reason(
    story: Any, tracer: Any, station: Any, at: At
) -> None:
    """The list, the case, the chain, the contact, the place, sources, foci and the file: codes only."""
    case, other, _spouse = story
    services.trace(case, by=tracer, now=NOW)
    services.confirm(Exposure.objects.all(), by=tracer, now=NOW)
    contact = Contact.objects.get(alias=other)
    setting = services.declare_setting(
        services.settings.SettingDraft("covid19", place_of(contact), moment(18, 7), moment(18, 20), case),
        by=tracer,
        now=NOW,
    )
    pages = [
        url("list"), url("list") + "?q=Phan", url("case", case.pk), url("chain", case.pk), url("contact", contact.pk),
        url("setting", setting.pk), url("sources", case.pk), url("foci"), url("export", "csv"), url("settings"),
    ]  # fmt: skip
    client = at(tracer)
    for page in pages:
        response = client.get(page)
        body = b"".join(response).decode() if response.streaming else text(response)
        assert "Kín" not in body, page
    assert contact.code in text(client.get(url("list")))
    client.post(url("reveal"), {"contact": str(contact.pk), "reason": ""})
    assert SECRET not in text(client.get(url("list")))
    client.post(url("reveal"), {"contact": str(contact.pk), "reason": "call"})
    assert SECRET in text(client.get(url("list") + "?q=phan thi"))
    assert SECRET in text(client.get(url("contact", contact.pk)))
    assert SECRET not in text(at(station).get(url("list")))
    (event,) = Event.objects.filter(kind="identity.revealed")
    assert event.subject == person_of(other).pk


def place_of(contact: Contact) -> Any:
    from lachan.registry.places.models import Place

    exposure = Exposure.objects.filter(target=contact.alias, kind="visit").get()
    return Place.objects.get(pk=exposure.place)


def test_a_jurisdiction_sees_its_own(
    story: Any, tracer: Any, station: Any, elsewhere: Any, officer: Any, at: At
) -> None:
    case, other, spouse = story
    services.trace(case, by=tracer, now=NOW)
    services.confirm(Exposure.objects.all(), by=tracer, now=NOW)
    codes = {alias: Contact.objects.get(alias=alias).code for alias in (other, spouse)}
    there = text(at(station).get(url("list")))
    assert codes[other] in there and codes[spouse] not in there
    assert at(station).get(url("case", case.pk)).status_code == 404
    assert at(elsewhere).get(url("contact", Contact.objects.get(alias=other).pk)).status_code == 404
    away = officer("cam.ranh", "commune_health_worker", "56/569/22420/")
    assert (
        at(away)
        .post(url("reveal"), {"contact": str(Contact.objects.get(alias=other).pk), "reason": "call"})
        .status_code
        == 302
    )
    assert not Event.objects.filter(kind="identity.revealed").exists()


def test_added_by_hand_through_the_registry(story: Any, tracer: Any, at: At) -> None:
    case, _other, _spouse = story
    driver = somebody("Lê Tài Xế", HAI)
    client = at(tracer)
    assert "Lê Tài Xế" in text(client.post(url("add", case.pk), {"q": "le tai xe"}))
    chosen = {"q": "Lê Tài Xế", "person": str(person_of(driver).pk)}
    wrong = client.post(url("add", case.pk), {**chosen, "from_at": "2021-07-19T09:00"})
    assert wrong.status_code == 422 and "Ghi cả hai lúc" in wrong.content.decode()
    client.post(url("add", case.pk), {**chosen, "from_at": "2021-07-19T08:00", "to_at": "2021-07-19T09:00"})
    row = Exposure.objects.get(target=driver)
    assert (row.kind, row.status, row.overlap_s) == ("manual", "confirmed", 3600)
    stranger = somebody("Người Xa", "79/760/26734/")
    assert (
        client.post(url("add", case.pk), {"q": "x", "person": str(person_of(stranger).pk)}).status_code == 404
    )


def test_named_in_an_interview_then_known(story: Any, tracer: Any, at: At) -> None:
    case, _other, _spouse = story
    client = at(tracer)
    client.post(
        url("interviews", case.pk), {"name": "Bảy Lò Gốm", "relation": "bạn", "phone": "0905 123 456"}
    )
    named = Interview.objects.get()
    body = text(client.get(url("interviews", case.pk)))
    assert "Bảy Lò Gốm" in body and "0905 123 456" in body
    friend = somebody("Võ Thị Bảy")
    client.post(url("link", case.pk, named.pk), {"q": "bay", "person": str(person_of(friend).pk)})
    assert Exposure.objects.get(target=friend).kind == "named"
    assert "đã gắn" in text(client.get(url("interviews", case.pk)))


def test_settings_are_declared_and_withdrawn(story: Any, tracer: Any, at: At) -> None:
    case, other, _spouse = story
    market = place_at_market()
    client = at(tracer)
    given = {
        "disease": "covid19",
        "place": market.code,
        "from_at": "2021-07-18T07:00",
        "to_at": "2021-07-18T12:00",
        "case": case.code,
    }
    bad = client.post(url("setting_new"), {**given, "to_at": "2021-07-18T06:00"})
    assert bad.status_code == 422 and "Đến lúc phải sau từ lúc." in bad.content.decode()
    assert client.post(url("setting_new"), {**given, "case": "KHÔNG-CÓ"}).status_code == 422
    assert client.post(url("setting_new"), given).status_code == 302
    row = Setting.objects.get()
    assert row.found == 2 and Exposure.objects.get(kind="setting").target == other
    assert "Chợ Đầm" in text(client.get(url("settings")))
    client.post(url("setting_change", row.pk, "tim"))
    client.post(url("setting_change", row.pk, "rut"))
    assert Setting.objects.get().withdrawn_at is not None
    assert "Chợ Đầm" not in text(client.get(url("settings"))) and "Chợ Đầm" in text(
        client.get(url("settings") + "?tinh_trang=all")
    )


def place_at_market() -> Any:
    from lachan.registry.places.models import Place

    return Place.objects.get(name="Chợ Đầm")


def test_the_chain_is_drawn_and_told_row_by_row(story: Any, tracer: Any, at: At) -> None:
    case, other, spouse = story
    behind = somebody("F hai")
    edge(case.alias, other, moment(18))
    edge(other, behind, moment(19))
    edge(case.alias, spouse, moment(18))
    services.sync("covid19", [other, behind, spouse], now=NOW)
    body = text(at(tracer).get(url("chain", case.pk)))
    assert body.count("<rect") == 4 and body.count("<path d=") == 3
    codes = {row.alias: row.code for row in Contact.objects.all()}
    assert f"{case.code} → {codes[other]} → {codes[behind]}" in body


def test_who_infected_the_case_is_found_among_those_met_before(story: Any, tracer: Any, at: At) -> None:
    case, other, _spouse = story
    shop = place("shop", name="Quán phở")
    visit(case.alias, shop, moment(15, 8), moment(15, 9))
    visit(other, shop, moment(15, 8), moment(15, 9))
    earlier = case_of(other, onset=date(2021, 7, 16), unit=HAI)
    client = at(tracer)
    body = text(client.get(url("sources", case.pk)))
    assert earlier.code in body and "Có: lúc gặp đang có thể lây" in body
    client.post(url("choose", case.pk), {"source": str(case.pk)})
    assert Case.objects.get(pk=case.pk).source_case is None
    client.post(url("choose", case.pk), {"source": str(earlier.pk)})
    case.refresh_from_db()
    assert case.source_case == earlier.pk


def test_clusters_and_the_secondary_attack_rate(story: Any, tracer: Any, at: At) -> None:
    case, other, spouse = story
    services.trace(case, by=tracer, now=NOW)
    services.confirm(Exposure.objects.all(), by=tracer, now=NOW)
    second = case_of(other, onset=date(2021, 7, 21), unit=HAI)
    client = at(tracer)
    body = text(client.get(url("foci")))
    assert case.code in body and second.code in body and "1 ca trong 2 người tiếp xúc" in body
    assert "50,0 %" in body or "50 %" in body
    assert "1 ca trong 2 người tiếp xúc" in text(client.get(url("case", case.pk)))
    assert spouse


def test_f1_with_names_is_a_file_that_asks_why(story: Any, tracer: Any, at: At) -> None:
    case, _other, _spouse = story
    services.trace(case, by=tracer, now=NOW)
    services.confirm(Exposure.objects.all(), by=tracer, now=NOW)
    client = at(tracer)
    assert client.post(url("form_5053", case.pk), {"level": "1"}).status_code == 302
    response = client.post(url("form_5053", case.pk), {"level": "1", "reason": "isolate"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response)))
    rows = book.get_sheet_by_name("F1").to_python()
    assert {row[2] for row in rows[1:]} == {SECRET, "Phan Văn Nhà Kín"} and {row[9] for row in rows[1:]} == {
        "F1"
    }
    assert Event.objects.filter(kind="identity.revealed").count() == 2


def sheet(rows: list[list[str]]) -> SimpleUploadedFile:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("f1.xlsx", out.getvalue())


def test_a_list_from_elsewhere_loses_no_row(story: Any, tracer: Any, station: Any, at: At) -> None:
    case, _other, _spouse = story
    rows = [
        ["DANH SÁCH F1"],
        [
            "STT",
            "Họ và tên",
            "Năm sinh",
            "Giới tính",
            "CCCD/CMND",
            "Điện thoại",
            "Ngày tiếp xúc cuối",
            "Hoàn cảnh tiếp xúc",
        ],
        ["1", "Lê Thị Một", "1990", "Nữ", "056190009999", "", "19/07/2021", "ăn trưa"],
        ["2", "Ông Hai", "", "", "", "", "19/07/2021", "đánh cờ"],
        ["3", "Lê Văn Ba", "1980", "Nam", "123", "", "", ""],
        ["4", "Lê Thị Bốn", "1990", "Nữ", "056190008888", "", "01/01/2021", ""],
    ]
    client = at(tracer)
    kept = client.post(url("import", case.pk), {"file": sheet(rows)})["Location"]
    tried = text(client.get(kept))
    assert "Xem trước khi nhập" in tried and not Exposure.objects.exists() and not Interview.objects.exists()
    body = text(client.post(kept, follow=True))  # the file isn't chosen a second time
    assert "Kết quả nhập" in body and ContactImport.objects.get().content is None
    assert "Tệp này đã được nhập." in text(client.post(kept, follow=True)) and Interview.objects.count() == 2
    assert Exposure.objects.get().kind == "named" and Interview.objects.count() == 2
    assert body.count('<td class="number">5</td>') == 1 and body.count('<td class="number">6</td>') == 1
    again = services.importing.import_contacts(
        case,
        services.importing.Table([(i + 1, row) for i, row in enumerate(rows)]),
        by=tracer,
        now=NOW,
        dry_run=False,
    )
    assert [row.outcome for row in again.rows] == ["known", "known", "refused", "refused"]
    assert client.post(url("import", case.pk), {"file": sheet([["a", "b"]])}).status_code == 422
    assert at(station).get(kept).status_code == 404


def test_an_officer_takes_contacts_over_and_says_who_is_lost(story: Any, tracer: Any, at: At) -> None:
    case, other, _spouse = story
    services.confirm([edge(case.alias, other, moment(18), status="proposed")], by=tracer, now=NOW)
    contact = Contact.objects.get()
    client = at(tracer)
    client.post(url("assign"), {"contact": str(contact.pk), "to": "me"})
    assert Contact.objects.get().officer == tracer.pk
    assert contact.code in text(client.get(url("list") + "?can_bo=mine"))
    client.post(url("act", contact.pk), {"verb": "lose"})
    assert Contact.objects.get().status == "lost"
    client.post(url("act", contact.pk), {"verb": "found"})
    assert Contact.objects.get().status == "active"
    assert client.post(url("assign"), {"next": "https://evil.example/"})["Location"] == url("list")


def test_a_disease_that_passes_by_mosquitoes_has_no_contacts(story: Any, tracer: Any, at: At) -> None:
    case = case_of(somebody("a"), disease="dengue")
    assert "không lây trực tiếp từ người sang người" in text(at(tracer).get(url("case", case.pk)))
