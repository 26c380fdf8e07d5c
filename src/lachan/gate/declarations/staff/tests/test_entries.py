"""The declarations list, one opened, and the export: who sees what, and what is left behind."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.urls import reverse

from lachan.gate.declarations.models import Declaration, Entry, FollowUp
from lachan.gate.declarations.services import requests
from lachan.gate.declarations.tests import small
from lachan.kernel.questionnaire import catalogue
from lachan.registry.audit.models import Event

pytestmark = pytest.mark.django_db
LIST = "/cb/to-khai/"


@pytest.fixture
def worker(officer):
    return officer("tram", "commune_health_worker", small.HOA)


def text(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_a_commune_sees_who_lives_declares_or_goes_there_and_no_other(at, worker, now):
    lives = small.declared(now, "Nguyễn Thị Hoa")
    goes = small.declared(now, "Trần Văn Đến", residence=small.CAM, destination=small.HOA)
    small.declared(now, "Lê Văn Xa", residence=small.CAM)
    page = text(at(worker).get(LIST))
    assert lives.name in page and goes.name in page
    assert "Lê Văn Xa" not in page


def test_the_filters_stand_in_the_address(at, officer, now):
    small.declared(now, "Nguyễn Thị Hoa", sick=True, place=small.MARKET)
    small.declared(now, "Trần Văn Khỏe", residence=small.CAM)
    client = at(officer("tinh", "province_admin", small.PROVINCE))
    for query, found in (
        ("kq=flagged", "Hoa"),
        ("kq=0", "Khỏe"),
        ("q=tran+van", "Khỏe"),
        ("don_vi=vinh+hoa", "Hoa"),
        (f"don_vi={small.CAM}", "Khỏe"),
        ("diem=cho+vinh", "Hoa"),
        (f"diem={small.MARKET}", "Hoa"),
        ("tu=2021-07-22&den=22/07/2021&q=hoa", "Hoa"),
    ):
        page = text(client.get(f"{LIST}?{query}"))
        assert {name for name in ("Hoa", "Khỏe") if f"{name}</a>" in page} == {found}, query
    assert "Không có tờ khai nào khớp" in text(client.get(f"{LIST}?tu=2021-07-23"))


def test_bad_filters_are_said_beside_their_field(at, worker, now):
    small.declared(now)
    client = at(worker)
    for query in (
        "don_vi=khong+co+dau",
        f"don_vi={small.CAM}",
        "tu=hom+qua",
        "tu=2021-07-23&den=2021-07-22",
        "kq=9",
        "diem=khong-co",
    ):
        page = text(client.get(f"{LIST}?{query}"))
        assert "lc-wrong" in page and "Nguyễn Thị Hoa</a>" not in page, query
    assert client.get(f"{LIST}?cursor=nonsense&q=%00").status_code == 200


def test_pages_follow_each_other(at, worker, now, monkeypatch):
    from lachan.gate.declarations.selectors import entries

    for number in range(5):
        small.declared(now, f"Nguyễn Văn {'ABCDE'[number]}")
    usual = entries.page
    monkeypatch.setattr(entries, "page", lambda *asked: usual(*asked, size=2))
    client, seen, address = at(worker), [], LIST
    while address:
        response = client.get(address)
        seen += [row.entry.name[-1] for row in response.context["rows"]]
        following = response.context["page"].next
        address = f"{LIST}?cursor={following}" if following else ""
    assert seen == list("EDCBA")


def test_opening_shows_every_answer_and_is_recorded(at, worker, now):
    entry = small.declared(now, sick=True, address="12 Nguyễn Trãi", place=small.MARKET)
    page = text(at(worker).get(reverse("declarations:detail", args=[entry.id])))
    for shown in (
        "12 Nguyễn Trãi",
        "Có triệu chứng: sốt",
        "Chợ Vĩnh Hải",
        "Quyết định 2666/QĐ-BYT",
        "tel:+84905123456",
        "Sốt",
    ):
        assert shown in page
    [read] = small.events("declaration.read", entry.declaration)
    assert (read.actor, read.unit, json.loads(read.data)) == (worker.pk, small.HOA, {"why": "residence"})
    assert worker.full_name in text(at(worker).get(reverse("declarations:detail", args=[entry.id])))


def test_outside_the_jurisdiction_there_is_nothing_and_no_trace(at, worker, now):
    entry = small.declared(now, residence=small.CAM)
    assert at(worker).get(reverse("declarations:detail", args=[entry.id])).status_code == 404
    assert at(worker).get(reverse("declarations:detail", args=[uuid4()])).status_code == 404
    assert not small.events("declaration.read")


@pytest.mark.parametrize(
    "role", ["checkpoint_officer", "data_entry", "inspector", "province_leader", "it_officer", "auditor"]
)
def test_other_roles_do_not_enter(at, officer, now, role):
    entry = small.declared(now)
    client = at(officer("khac", role, small.PROVINCE))
    for address in (
        LIST,
        reverse("declarations:detail", args=[entry.id]),
        reverse("declarations:export", args=["csv"]),
    ):
        assert client.get(address).status_code == 403


def test_other_declarations_of_the_person_are_there_inside_the_scope(at, worker, now):
    first = small.declared(now, sick=True)
    second = small.declared(now + small.LATER)
    small.work(now + small.LATER)
    response = at(worker).get(reverse("declarations:detail", args=[second.id]))
    assert [row.entry.id for row in response.context["others"]] == [first.id]
    assert response.context["person"].name == second.name


def test_an_erased_declaration_is_opened_by_nobody(at, worker, now):
    entry = small.declared(now, address="12 Nguyễn Trãi")
    asked = requests.ask(requests.DataRequest.Kind.DELETE, entry, "", now=now)
    requests.decide(asked, requests.DataRequest.Status.DONE, "Đã xóa", by=worker, now=now)
    page = text(at(worker).get(reverse("declarations:detail", args=[entry.id])))
    assert "12 Nguyễn Trãi" not in page and "Nguyễn Thị Hoa" not in page and "đã được xóa" in page


def test_a_green_paper_is_not_shown_as_green(at, officer, worker, now):
    small.declare(now, by=worker, channel="paper")
    page = text(at(worker).get(f"{LIST}"))
    assert (
        "Từ giấy, chưa xác nhận" in page
        and "lc-status-green" not in page.split("<tbody")[1].split("</tbody")[0]
    )


def rows_of(response) -> list[list[str]]:
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_the_export_is_the_list(at, officer, now):
    for number in range(7):
        small.declared(now, f"Nguyễn Văn {'ABCDEFG'[number]}", sick=number % 2 == 0)
    client = at(officer("tinh", "province_admin", small.PROVINCE))
    listed = [row.entry.code for row in client.get(f"{LIST}?kq=flagged").context["rows"]]
    head, *rows = rows_of(client.get(f"{reverse('declarations:export', args=['csv'])}?kq=flagged"))
    assert [row[0] for row in rows] == listed and len(listed) == 4
    assert rows[0][head.index("Sốt")] == "Có"
    [event] = small.events("declaration.exported")
    assert json.loads(event.data)["rows"] == 4 and json.loads(event.data)["result"] == "flagged"
    assert len(small.events("declaration.read")) == 4


def test_the_excel_file_holds_the_same_rows(at, worker, now):
    from openpyxl import load_workbook

    entry = small.declared(now, "=HYPERLINK Hoa".replace("=", ""), address="=1+1")
    response = at(worker).get(reverse("declarations:export", args=["xlsx"]))
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][0] == entry.code and "=1+1" in rows[1]
    assert len(small.events("declaration.exported")) == 1


def test_an_export_says_nothing_of_a_name_searched_for_in_the_log(at, worker, now):
    small.declared(now)
    rows_of(at(worker).get(f"{reverse('declarations:export', args=['csv'])}?q=0905123456"))
    [event] = small.events("declaration.exported")
    assert json.loads(event.data)["text"] is True and "0905" not in event.data


def test_an_export_keeps_to_the_jurisdiction(at, worker, now):
    small.declared(now, residence=small.CAM)
    assert len(rows_of(at(worker).get(reverse("declarations:export", args=["csv"])))) == 1
    response = at(worker).get(f"{reverse('declarations:export', args=['csv'])}?don_vi={small.CAM}")
    assert response.status_code == 302


def test_a_question_added_to_the_file_alone_reaches_the_list_the_page_and_the_export(
    at, worker, now, tmp_path, monkeypatch
):
    shipped = Path(catalogue.__file__).parents[2] / "policies" / "forms" / "domestic.json"
    form = json.loads(shipped.read_text(encoding="utf-8"))
    own = "https://lachan.vn/fhir/"
    question = {
        "linkId": "temperature", "type": "decimal", "text": "Thân nhiệt đo tại cổng",
        "_text": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": [
            {"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": "Temperature at the gate"}]}]},
        "extension": [{"url": f"{own}list", "valueBoolean": True}],
    }  # fmt: skip
    form["item"].insert(1, question)
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "domestic.json").write_text(json.dumps(form), encoding="utf-8")
    monkeypatch.setenv("LACHAN_POLICIES", str(tmp_path))
    entry = small.declared(now, temperature=38.5)
    client = at(worker)
    for query in ("", "?mau=domestic"):
        page = text(client.get(f"{LIST}{query}"))
        assert "Thân nhiệt đo tại cổng" in page and "38.5" in page
    assert "Temperature at the gate" in text(client.get(f"{LIST}?lang=en"))
    assert "38.5" in text(client.get(reverse("declarations:detail", args=[entry.id]) + "?lang=vi"))
    head, row = rows_of(client.get(reverse("declarations:export", args=["csv"])))
    assert row[head.index("Thân nhiệt đo tại cổng")] == "38.5"


def test_kept_counts_are_shown_for_the_days_asked(at, officer, now):
    small.declared(now, sick=True, place=small.MARKET)
    small.declared(now, "Trần Văn Khỏe", place=small.MARKET)
    small.work(now)
    client = at(officer("tinh", "province_admin", small.PROVINCE))
    counts = client.get(LIST).context["counts"]["counts"]
    assert (counts.green, counts.attention, counts.stop) == (1, 1, 0)
    assert client.get(f"{LIST}?tu=2021-07-20&den=2021-07-21").context["counts"]["counts"].total == 0
    assert client.get(f"{LIST}?diem={small.MARKET}").context["counts"]["counts"].total == 2


def test_a_follow_up_stands_on_the_page_of_its_declaration(at, worker, now):
    entry = small.declared(now, sick=True)
    small.work(now)
    page = text(at(worker).get(reverse("declarations:detail", args=[entry.id])))
    assert reverse("declarations:note", args=[FollowUp.objects.get().id]) in page
    assert Entry.objects.count() == Declaration.objects.count() == 1
    assert Event.objects.filter(kind="follow_up.opened").exists()


def test_what_matters_stands_first_and_the_rest_is_folded(at, worker, now):
    entry = small.declared(now, sick=True)
    small.work(now)
    page = text(at(worker).get(f"{LIST}{entry.id}/"))
    order = ["lc-decision-attention", 'data-testid="contact"', 'data-testid="follow-up"', "lc-fold"]
    assert [page.index(mark) for mark in order] == sorted(page.index(mark) for mark in order)
    contact = page.split('data-testid="contact"')[1].split("</section>")[0]
    assert 'href="tel:+84905123456"' in contact and "Vĩnh Hòa" in contact
    assert "12 Nguyễn Trãi" in page.split("lc-folds")[1] and "<details open" not in page


def test_counts_lead_nobody_to_a_page_that_is_shut_to_them(at, officer, worker, now):
    small.declared(now, place=small.MARKET)
    small.work(now)
    mine = at(officer("hai", "commune_health_worker", small.HAI)).get("/cb/dem/")
    assert f"?diem={small.MARKET}" in text(mine)
    leader = at(officer("lanhdao", "province_leader", small.PROVINCE)).get("/cb/dem/")
    assert "Chợ Vĩnh Hải" in text(leader) and "/cb/to-khai/" not in text(leader)
