"""The pages of cases and of the laboratory, as officers use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook

from lachan.gate.declarations.tests import small
from lachan.outbreak.cases.models import Case, CaseMerge, Sample, SavedFilter
from lachan.outbreak.cases.services import merge
from lachan.outbreak.cases.tests import made
from lachan.outbreak.cases.tests.test_services import OTHER
from lachan.registry.audit.models import Event
from lachan.registry.places.models import Place

Open = Callable[..., Case]
LIST = "/cb/ca-benh/"


def typed(**other: Any) -> dict[str, Any]:
    return {
        **made.FIELDS, "disease": "covid19", "unit": small.HOA, "reported_on": "2021-07-22", "reported_by": small.TOWN,
        "asymptomatic": "unknown", **other,
    }  # fmt: skip


def body_of(answer: Any) -> bytes:
    """A file's bytes; the file behind it is closed."""
    body = b"".join(answer.streaming_content)
    answer.close()
    return body


def page_of(case: Case) -> str:
    return f"{LIST}{case.pk}/"


def test_a_case_is_opened_and_its_page_says_what_is_known(at: Any, investigator: Any) -> None:
    client = at(investigator)
    assert client.get(f"{LIST}moi/").status_code == 200
    answer = client.post(f"{LIST}moi/", typed(onset="2021-07-20"))
    case = Case.objects.get()
    assert answer.status_code == 302 and answer["Location"] == page_of(case)
    assert (case.onset, case.unit, case.reported_by) == (date(2021, 7, 20), small.HOA, small.TOWN)
    html = client.get(page_of(case)).content.decode()
    assert "KH-COVID19-21-00001" in html and "Nguyễn Văn Bình" in html and "Chưa điều tra" in html
    assert "17/07/2021 – 03/08/2021" in html  # when others may have caught it
    assert Event.objects.filter(kind="case.read", subject=case.pk, actor=investigator.pk).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"cccd": "05608"}, "cccd"),
        ({"phone": "12"}, "phone"),
        ({"birth": "31/02/1980"}, "birth"),
        ({"unit": "nơi nào"}, "unit"),
        ({"reported_by": small.OTHER}, "reported_by"),
        ({"onset": "2021-07-30"}, "onset"),
        ({"disease": "chưa có"}, "disease"),
        ({"reported_on": "2019-01-01"}, "reported_on"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    at: Any, investigator: Any, change: dict[str, str], field: str
) -> None:
    answer = at(investigator).post(f"{LIST}moi/", typed(**change))
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert not Case.objects.exists()


def test_an_unusual_date_asks_and_is_confirmed(at: Any, investigator: Any) -> None:
    client, data = at(investigator), typed(onset="2021-06-20", sampled_on="2021-07-20")
    answer = client.post(f"{LIST}moi/", data)
    assert answer.status_code == 422
    keys = [key for key, _words in answer.context["form"].unusual]
    assert set(keys) == {"sampled_on.sample_late", "reported_on.report_late"}
    assert "20/07/2021" in answer.content.decode()
    assert client.post(f"{LIST}moi/", {**data, "confirm": keys}).status_code == 302
    assert Case.objects.get().unusual == "reported_on.report_late sampled_on.sample_late"


def test_a_second_case_of_one_illness_leads_to_the_first(at: Any, investigator: Any, opened: Open) -> None:
    first = opened()
    answer = at(investigator).post(f"{LIST}moi/", typed())
    assert answer.status_code == 422 and answer.context["standing"] == first
    assert page_of(first) in answer.content.decode()


def test_the_investigation_asks_what_applies_and_classifies(at: Any, investigator: Any, opened: Open) -> None:
    case, client = opened(), at(investigator)
    address = f"{page_of(case)}dieu-tra/"
    html = client.get(address).content.decode()
    assert "Có triệu chứng không?" in html and 'name="fever"' not in html
    more = client.post(address, {"has_symptoms": "yes"}, headers={"HX-Request": "true"}).content.decode()
    assert 'name="fever"' in more
    sent = {
        "has_symptoms": "yes", "fever": "on", "contact_case": "on", "contact_case_who": "Ca 12, tại chợ", "_send": "1",
        "seen": case.updated_at.isoformat(),
        "_shown": " ".join(["has_symptoms", "fever", "cough", "sore_throat", "runny_nose", "breathless", "fatigue",
                            "headache", "muscle_pain", "taste_loss", "diarrhoea", "rash", "other_symptoms",
                            "contact_case_who"]),
    }  # fmt: skip
    first = client.post(address, sent)
    if first.status_code == 422:  # the page says which questions it showed
        sent["_shown"] = first.context["filling"].shown_text
        first = client.post(address, sent)
    assert first.status_code == 302
    case.refresh_from_db()
    assert case.classification == "suspect"
    html = client.get(page_of(case)).content.decode()
    assert (
        "Có triệu chứng và có yếu tố dịch tễ" in html
        and "Quyết định 3638" in html
        and "Ca 12, tại chợ" in html
    )
    assert "checked" in client.get(address).content.decode()
    sent["seen"] = "2021-07-01T00:00:00+00:00"
    assert client.post(address, {**sent, "cough": "on"}).status_code == 422


def test_facts_are_corrected_and_who_was_slower_is_told(at: Any, investigator: Any, opened: Open) -> None:
    case, source, client = opened(), opened(typed=OTHER), at(investigator)
    data = {
        "reported_on": "2021-07-22", "onset": "2021-07-19", "asymptomatic": "false", "detection": "community",
        "infection": "local", "source_case": source.code, "national_code": "bn 12345", "unit": small.HAI,
        "officer": str(investigator.pk), "seen": case.updated_at.isoformat(),
    }  # fmt: skip
    assert client.post(f"{page_of(case)}sua/", data).status_code == 302
    case.refresh_from_db()
    assert (case.national_code, case.source_case, case.unit, case.officer) == (
        "BN12345", source.pk, small.HAI, investigator.pk,
    )  # fmt: skip
    slower = {**data, "onset": "2021-07-18", "seen": "2021-07-22T00:00:00+00:00"}
    assert client.post(f"{page_of(case)}sua/", slower).status_code == 422


def test_an_officer_classifies_with_a_reason(at: Any, investigator: Any, opened: Open) -> None:
    case, client = opened(), at(investigator)
    assert client.post(f"{page_of(case)}phan-loai/", {"classification": "probable"}).status_code == 422
    data = {"classification": "probable", "reason": "Hội chẩn"}
    assert client.post(f"{page_of(case)}phan-loai/", data).status_code == 302
    html = client.get(page_of(case)).content.decode()
    assert "Hội chẩn" in html and "Chưa đủ thông tin để phân loại" in html


def test_stays_and_outcome_from_the_page(at: Any, investigator: Any, opened: Open, now: datetime) -> None:
    case, client = opened(onset=date(2021, 7, 10)), at(investigator)
    hospital = Place.objects.get(code=small.MARKET)
    data = {"place": hospital.code, "from_at": "2021-07-15T09:00", "severity": "mild"}
    assert client.post(f"{page_of(case)}chuyen/", data).status_code == 302
    assert client.post(f"{page_of(case)}chuyen/", {**data, "from_at": "2021-07-14T09:00"}).status_code == 422
    assert "Chợ Vĩnh Hải" in client.get(page_of(case)).content.decode()
    assert client.post(f"{page_of(case)}ket-cuc/", {"outcome": "recovered"}).status_code == 422
    sent = {"outcome": "recovered", "outcome_on": "2021-07-21"}
    assert client.post(f"{page_of(case)}ket-cuc/", sent).status_code == 302
    case.refresh_from_db()
    assert (case.outcome, case.facility) == ("recovered", None)


def test_the_list_shows_the_jurisdiction_by_home_and_by_reporter(
    at: Any, officer: Any, opened: Open, now: datetime
) -> None:
    here, away = opened(), opened(typed=OTHER, unit=small.CAM, reported_by=small.HOA)
    elsewhere = opened(typed={"name": "Lý Ba", "cccd": "", "phone": "0905111222"}, unit=small.CAM)
    client = at(officer("tram.hoa", "commune_health_worker", small.HOA))
    html = client.get(LIST).content.decode()
    assert here.code in html and away.code in html and elsewhere.code not in html
    assert client.get(page_of(away)).status_code == 200 and client.get(page_of(elsewhere)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "binh"}, [0]),
        ({"q": "nguyen binh"}, [0]),
        ({"q": "KH-COVID19-21-00002"}, [1]),
        ({"q": "00002"}, [1]),
        ({"q": "BN77"}, [1]),
        ({"q": "056080001234"}, [0]),
        ({"q": "0912 345 678"}, [0]),
        ({"q": "056080001235"}, []),
        ({"benh": "dengue"}, []),
        ({"phat_hien": "community"}, [1]),
        ({"phat_hien": "unknown"}, [0]),
        ({"ket_cuc": "none"}, [0, 1]),
        ({"ma_bn": "no"}, [0]),
        ({"don_vi": small.CAM}, []),
        ({"don_vi": "vinh hai"}, [1]),
        ({"ngay": "onset", "tu": "2021-07-18"}, [1]),
        ({"ngay": "onset", "den": "2021-07-18"}, []),
        ({"phan_loai": "not_classified"}, [0]),
    ],
)
def test_filters(at: Any, investigator: Any, opened: Open, asked: dict[str, str], found: list[int]) -> None:
    cases = [
        opened(),
        opened(typed=OTHER, unit=small.HAI, detection="community", national_code="BN77", onset=date(2021, 7, 19),
               answers={"has_symptoms": "yes", "fever": True, "contact_case": True}),
    ]  # fmt: skip
    answer = at(investigator).post(LIST, asked, follow=True)
    assert [row.case.pk for row in answer.context["rows"]] == [cases[at].pk for at in reversed(found)]
    assert "056080001234" not in answer.request["QUERY_STRING"]


def test_sorting_and_paging_lose_no_row(investigator: Any, now: datetime) -> None:
    from lachan.base.scope import Scope
    from lachan.outbreak.cases.selectors import Filters, page

    for number in range(7):
        made.case(
            investigator,
            now,
            typed={"name": f"Người {'AB'[number % 2]}", "cccd": f"05608000{number:04d}", "phone": ""},
        )
    for sort in ("new", "reported", "name", "code"):
        seen, cursor = [], ""
        while True:
            some = page(Scope((small.PROVINCE,)), Filters(sort=sort), cursor, size=3)
            seen += [row.pk for row in some.rows]
            cursor = some.next
            if not cursor:
                break
        assert len(seen) == len(set(seen)) == 7


def test_a_filter_is_kept_by_its_officer_and_holds_no_number(
    at: Any, investigator: Any, officer: Any, opened: Open
) -> None:
    client = at(investigator)
    query = "benh=covid19&phan_loai=suspect&q=~abc&cursor=x"
    client.post(f"{LIST}bo-loc/", {"name": "Nghi ngờ", "query": query})
    kept = SavedFilter.objects.get()
    assert kept.query == "benh=covid19&phan_loai=suspect"
    assert "Nghi ngờ" in client.get(LIST).content.decode()
    other = at(officer("khac", "case_officer", small.TOWN))
    assert other.post(f"{LIST}bo-loc/{kept.pk}/xoa/").status_code == 404
    at(investigator).post(f"{LIST}bo-loc/{kept.pk}/xoa/")
    assert not SavedFilter.objects.exists()


def test_counts_follow_the_filter(at: Any, investigator: Any, opened: Open) -> None:
    opened()
    opened(typed=OTHER, answers={"has_symptoms": "yes", "fever": True, "contact_case": True})
    tiles = at(investigator).get(f"{LIST}so-lieu/").context["tiles"]
    assert {value: number for value, _text, number in tiles} == {
        "confirmed": 0, "probable": 0, "suspect": 1, "no_case": 0, "not_classified": 1,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_export_is_a_read_of_each_case(at: Any, investigator: Any, opened: Open, kind: str) -> None:
    case = opened(onset=date(2021, 7, 19))
    body = body_of(at(investigator).get(f"{LIST}xuat/{kind}/"))
    if kind == "xlsx":
        rows = CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_index(0).to_python()
        row = dict(zip(rows[0], rows[1], strict=True))
        assert (row["Mã ca"], row["CCCD/CMND"], row["Ngày khởi phát"]) == (
            case.code,
            "056080001234",
            date(2021, 7, 19),
        )
        assert (row["Xã, phường"], row["Quận, huyện"]) == ("Phường Vĩnh Hòa", "Thành phố Nha Trang")
    else:
        assert case.code in body.decode()
    assert Event.objects.filter(kind="case.read", subject=case.pk).count() == 1
    assert Event.objects.filter(kind="case.exported").count() == 1


def test_merging_from_the_page_and_back(at: Any, investigator: Any, opened: Open) -> None:
    kept, absorbed = opened(), opened(typed={"cccd": "056080009999"})
    client = at(investigator)
    assert "cùng tên, năm sinh và điện thoại" in client.get(page_of(kept)).content.decode()
    address = f"{page_of(kept)}gop/{absorbed.pk}/"
    assert "hai hồ sơ người" in client.get(address).content.decode()
    assert client.post(address, {"keep": str(kept.pk), "reason": ""}).status_code == 422
    assert client.post(address, {"keep": str(kept.pk), "reason": "Trùng"}).status_code == 302
    assert client.get(page_of(absorbed))["Location"] == page_of(kept)
    row = CaseMerge.objects.get()
    assert client.post(f"{LIST}gop/{row.pk}/tach/", {"reason": "Nhầm"}).status_code == 302
    absorbed.refresh_from_db()
    assert absorbed.merged_into is None


def test_merging_takes_its_own_permission(
    at: Any, officer: Any, opened: Open, investigator: Any, now: datetime
) -> None:
    kept, absorbed = opened(), opened(typed={"cccd": "056080009999"})
    row = merge(kept, absorbed, "Trùng", investigator, now)
    client = at(officer("tram.hoa", "commune_health_worker", small.HOA))
    assert client.get(f"{page_of(kept)}gop/{absorbed.pk}/").status_code in (403, 404)
    assert client.get(f"{LIST}gop/{row.pk}/tach/").status_code in (403, 404)


def test_a_person_has_her_cases_on_her_page(at: Any, investigator: Any, opened: Open) -> None:
    case = opened()
    client = at(investigator)
    assert case.code in client.get(f"{LIST}nguoi/{case.person}/").content.decode()
    answer = client.post(f"{LIST}moi/?nguoi={case.person}", typed(disease="dengue"))
    assert answer.status_code == 302 and Case.objects.filter(person=case.person).count() == 2
    assert client.get(f"{LIST}moi/?nguoi={uuid4()}").status_code == 404


def test_a_sample_from_tube_to_case(at: Any, officer: Any, province: None, investigator: Any) -> None:
    client = at(officer("xet.nghiem", "lab_technician", small.TOWN))
    data = {
        **made.FIELDS,
        "disease": "covid19",
        "kind": "pcr",
        "unit": small.HOA,
        "taken_at": "2021-07-22T06:00",
    }
    assert client.post("/cb/xet-nghiem/mau/moi/", data).status_code == 302
    sample = Sample.objects.get()
    found = client.post("/cb/xet-nghiem/", {"q": sample.code.lower()}, follow=True)
    assert found.redirect_chain[-1][0] == f"/cb/xet-nghiem/mau/{sample.pk}/"
    label = client.get(f"/cb/xet-nghiem/mau/{sample.pk}/nhan.pdf")
    assert label.content.startswith(b"%PDF") and label["Content-Type"] == "application/pdf"
    page = f"/cb/xet-nghiem/mau/{sample.pk}/"
    assert client.post(page, {"result": "positive", "resulted_at": "2021-07-22T05:00"}).status_code == 422
    sent = {"result": "positive", "resulted_at": "2021-07-22T08:20", "ct": "21,5"}
    assert client.post(page, sent).status_code == 302
    sample.refresh_from_db()
    assert str(sample.ct) == "21.5" and sample.case is not None and sample.case.classification == "confirmed"
    assert client.get(page_of(sample.case)).status_code == 403  # a laboratory doesn't read cases
    case = at(investigator).get(page_of(sample.case)).content.decode()
    assert sample.code in case and "Realtime RT-PCR dương tính" in case


def test_pools_from_the_list(at: Any, investigator: Any, now: datetime) -> None:
    from lachan.outbreak.cases.tests.test_lab import people

    samples = [made.sample(investigator, now, typed=one) for one in people(3)]
    client = at(investigator)
    ticked = {"sample": [str(one.pk) for one in samples]}
    assert client.post("/cb/xet-nghiem/mau/lam/", {**ticked, "what": "receive"}).status_code == 302
    made_pool = client.post("/cb/xet-nghiem/mau/lam/", {**ticked, "what": "pool"})
    page = made_pool["Location"]
    assert "lo/" in client.get("/cb/xet-nghiem/lo/").content.decode()
    sent = {"result": "positive", "resulted_at": "2021-07-22T08:20"}
    assert client.post(page, sent).status_code == 302 and client.post(page, sent).status_code == 422
    assert "lấy mẫu đơn" in client.get(page).content.decode()
    assert client.get("/cb/xet-nghiem/?tinh_trang=single").context["counts"]["single"] == 3
    pdf = client.post("/cb/xet-nghiem/mau/lam/", {**ticked, "what": "labels"})
    assert pdf.content.startswith(b"%PDF") and Event.objects.filter(kind="sample.labelled").count() == 3


def test_a_list_is_uploaded_mapped_and_applied(at: Any, investigator: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from lachan.outbreak.cases.tests.test_import import messy

    client = at(investigator)
    sent = {"disease": "covid19", "unit": small.TOWN, "file": SimpleUploadedFile("ds.xlsx", messy())}
    page = client.post(f"{LIST}nhap/", sent)["Location"]
    html = client.get(page).content.decode()
    assert "11 dòng" in html and "ô viết cách kia" in html and "Cùng số giấy tờ với dòng 8" in html
    client.post(page, {"what": "confirm", "confirm": ["13"]})
    assert client.get(f"{page}?nhom=new").context["tiles"][0][2] == 5
    kept = {f"column_{row['at']}": row["key"] for row in client.get(page).context["columns"]}
    client.post(page, {"what": "map", **kept, "order_sampled_on": "dmy"})
    assert "do bạn chọn" in client.get(page).content.decode()
    assert client.post(page, {"what": "apply"}, follow=True).status_code == 200
    assert Case.objects.count() >= 3
    body = body_of(client.get(f"{page}dong.xlsx"))
    rows = CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_index(0).to_python()
    assert len(rows) == 12
    assert client.get(f"{LIST}nhap/").status_code == 200
    assert body_of(client.get(f"{LIST}nhap/mau.xlsx")).startswith(b"PK")
    assert client.post(page, {"what": "apply"}, follow=True).status_code == 200  # told, not done twice


def test_an_upload_is_its_makers_alone(at: Any, investigator: Any, officer: Any, now: datetime) -> None:
    from lachan.outbreak.cases.tests.test_import import messy, upload

    kept = upload(messy(), investigator, now)
    other = at(officer("khac", "case_officer", small.TOWN))
    assert other.get(f"{LIST}nhap/{kept.pk}/").status_code == 404


def test_a_table_that_cant_be_read_is_told_beside_the_file(at: Any, investigator: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {
        "disease": "covid19",
        "unit": small.TOWN,
        "file": SimpleUploadedFile("ds.xlsx", b"PK\x03\x04 broken"),
    }
    answer = at(investigator).post(f"{LIST}nhap/", sent)
    assert answer.status_code == 422 and answer.context["form"].errors["file"]
