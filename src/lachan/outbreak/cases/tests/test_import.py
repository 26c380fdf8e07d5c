"""A line list as offices send them: titles, merged cells, two kinds of dates, old numbers; and no row lost."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.base.scope import Scope
from lachan.gate.declarations.tests import small
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases import work
from lachan.outbreak.cases.importing.columns import key_of
from lachan.outbreak.cases.models import Case, LineListImport, Sample
from lachan.outbreak.cases.services import imports
from lachan.outbreak.tasks.models import Task
from lachan.registry.audit.models import Event
from lachan.registry.people.models import Identifier, Person

Open = Callable[..., Case]
TOWN = Scope((small.TOWN,))
PLAIN = [
    "STT",
    "Họ và tên",
    "Năm sinh",
    "Giới tính",
    "CCCD",
    "SĐT",
    "Xã/phường",
    "Ngày khởi phát",
    "Ngày lấy mẫu",
    "Kết quả",
]


def book(write: Callable[[Any, Any], None]) -> bytes:
    out = io.BytesIO()
    made_book = xlsxwriter.Workbook(out, {"in_memory": True})
    write(made_book.add_worksheet(), made_book)
    made_book.close()
    return out.getvalue()


def plain(*rows: list[Any], header: list[str] = PLAIN) -> bytes:
    def write(sheet: Any, _book: Any) -> None:
        for number, row in enumerate([header, *rows]):
            sheet.write_row(number, 0, row)

    return book(write)


def messy() -> bytes:
    """What the health centre of Nha Trang might send."""

    def write(sheet: Any, made_book: Any) -> None:
        day = made_book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.merge_range(0, 0, 0, 11, "TRUNG TÂM Y TẾ NHA TRANG")
        sheet.merge_range(1, 0, 1, 11, "DANH SÁCH CA BỆNH COVID-19 (tính đến 17h00 ngày 21/07/2021)")
        for at, text in (
            (0, "STT"),
            (1, "HỌ VÀ TÊN"),
            (4, "CMND/CCCD"),
            (5, "Số ĐT"),
            (6, "Địa chỉ"),
            (7, "Phường, xã"),
            (10, "Kết quả"),
            (11, "Nơi phát hiện"),
        ):
            sheet.merge_range(3, at, 4, at, text)
        sheet.merge_range(3, 2, 3, 3, "Năm sinh")
        sheet.write_row(4, 2, ["Nam", "Nữ"])
        sheet.merge_range(3, 8, 3, 9, "Ngày")
        sheet.write_row(4, 8, ["lấy mẫu", "khởi phát"])
        sheet.write_row(5, 0, [f"({number})" for number in range(1, 13)])
        sheet.merge_range(6, 0, 6, 11, "I. Phường Vĩnh Hòa")
        rows = [
            [
                1,
                "NGUYỄN VĂN BÌNH",
                1980,
                "",
                "056080001234",
                912345678,
                "12 Trần Phú",
                "",
                "20/07/2021",
                "18/07/2021",
                "Dương tính",
                "Cộng đồng",
            ],
            [
                2,
                "Tran Thi Hoa",
                "",
                1991,
                225012345,
                "01623456789",
                "",
                "",
                "7/19/2021",
                "7/18/2021",
                "Dương tính",
                "Khu phong tỏa",
            ],
            [3, "Lê Nam", "3 tuổi", "", "", "0905111222", "", "", 44397, "", "(+)", "Cách ly tập trung"],
            [
                4,
                "Nguyễn Văn Bình",
                1980,
                "",
                "056080001234",
                "",
                "",
                "",
                "20/07/2021",
                "",
                "Dương tính",
                "Cộng đồng",
            ],
            [
                5,
                "Phạm Thị Mai",
                "",
                "1975",
                "056175004321",
                "",
                "",
                "",
                "20/07/2021",
                "25/07/2021",
                "Dương tính",
                "Cộng đồng",
            ],
            [
                6,
                "Võ An",
                1960,
                "",
                "",
                "0905333444",
                "",
                "",
                "20/07/2021",
                "14/06/2021",
                "Dương tính",
                "Cộng đồng",
            ],
            [7, "Đỗ Minh", 1970, "", "056070009999", "", "", "", "5/6/2021", "", "Dương tính", "Cộng đồng"],
        ]
        for at, row in enumerate(rows, start=7):
            for column, value in enumerate(row):
                if value != "":
                    sheet.write(at, column, value)
        sheet.merge_range(7, 7, 13, 7, "Vĩnh Hòa")
        sheet.write_datetime(14, 8, datetime(2021, 7, 19), day)  # noqa: DTZ001
        sheet.write_row(14, 0, [8, "Bùi Hạnh", "", 1988, "056188007777"])
        sheet.write_row(14, 7, ["Vĩnh Hải"])
        sheet.write_row(14, 10, ["âm tính", "Sàng lọc"])
        sheet.write_row(15, 0, ["Tổng cộng: 8 ca"])

    return book(write)


def upload(data: bytes, by: Any, now: datetime, **more: Any) -> LineListImport:
    given = {"unit": small.TOWN, "scope": TOWN, **more}
    return imports.upload("ds.xlsx", data, "covid19", by=by, now=now, **given)


def fates(kept: LineListImport) -> list[str]:
    return [row["status"] for row in json.loads(kept.report)["rows"]]


def reasons(kept: LineListImport) -> dict[int, str]:
    return {row["row"]: row["code"] for row in json.loads(kept.report)["rows"]}


def adds_up(kept: LineListImport) -> bool:
    rows = json.loads(kept.report)["rows"]
    return kept.rows == len(rows) == kept.created + kept.updated + kept.duplicates + kept.refused


def test_a_messy_list_loses_no_row(investigator: Any, now: datetime) -> None:
    kept = upload(messy(), investigator, now)
    assert adds_up(kept) and kept.rows == 11
    assert fates(kept) == [
        "refused", "refused", "new", "new", "new", "duplicate", "refused", "unusual", "refused", "new", "refused",
    ]  # fmt: skip
    why = reasons(kept)
    assert (why[6], why[7], why[11], why[12], why[13], why[14], why[16]) == (
        "row_title", "row_title", "row_same_document", "date_ahead", "date_sample_late", "date_ambiguous", "row_title",
    )  # fmt: skip
    assert not Case.objects.exists() and not Person.objects.exists()
    orders = json.loads(kept.report)["orders"]
    assert orders["sampled_on"]["reason"] == "mixed" and orders["onset"]["reason"] == "mixed"
    done = imports.apply_import(kept, TOWN, by=investigator, now=now)
    assert adds_up(done) and (done.created, done.duplicates, done.refused) == (4, 1, 6)
    assert done.content is None
    cases = {case.name: case for case in Case.objects.all()}
    binh, hoa, nam, hanh = (cases[name] for name in ("Nguyễn Văn Bình", "Tran Thi Hoa", "Lê Nam", "Bùi Hạnh"))
    assert (binh.onset, binh.sampled_on, binh.birth_year, binh.sex) == (
        date(2021, 7, 18),
        date(2021, 7, 20),
        1980,
        "m",
    )
    assert (hoa.onset, hoa.sampled_on, hoa.sex) == (date(2021, 7, 18), date(2021, 7, 19), "f")
    assert (nam.birth_year, nam.sampled_on, nam.detection) == (2018, date(2021, 7, 20), "facility")
    assert (hanh.unit, hanh.classification, hanh.sampled_on) == (small.HAI, "no_case", date(2021, 7, 19))
    assert {binh.unit, hoa.unit, nam.unit} == {small.HOA} and binh.classification == "confirmed"
    phones = {row.value for row in Identifier.objects.filter(kind="phone")}
    assert {"+84912345678", "+84323456789"} <= phones  # the mobile of before 2018 in its new form
    assert Sample.objects.filter(result="positive").count() == 3
    assert sorted(case.code for case in cases.values()) == [
        f"KH-COVID19-21-{number:05d}" for number in range(1, 5)
    ]
    assert Event.objects.filter(kind="case.opened").count() == 4
    with pytest.raises(InvalidInput, match="import_done"):
        imports.apply_import(kept, TOWN, by=investigator, now=now)


def row(name: str, **other: Any) -> list[Any]:
    given = {"birth": "17/05/1980", "sex": "Nam", "cccd": "", "phone": "", "unit": "Vĩnh Hòa", "onset": "", "sampled": "20/07/2021", "result": "Dương tính"}  # fmt: skip
    return ["", name, *(value for value in {**given, **other}.values())]


def test_cmnd_and_cccd_of_one_person_are_one_illness(investigator: Any, now: datetime) -> None:
    header = [*PLAIN[:4], "CMND/CCCD", *PLAIN[5:]]
    kept = upload(
        plain(
            row("Nguyễn Văn Bình", cccd="225012345", phone="0912345678"),
            row("NGUYEN VAN BINH", cccd="056080001234", phone="0912345678"),
            header=header,
        ),
        investigator,
        now,
    )
    assert fates(kept) == ["new", "duplicate"] and reasons(kept)[3] == "row_same_phone"


def test_one_name_isnt_one_person(investigator: Any, now: datetime) -> None:
    kept = upload(
        plain(
            row("Nguyễn Văn An", cccd="056080001111"),
            row("Nguyễn Văn An", cccd="056080002222"),
            row("Nguyễn Văn Anh"),
        ),
        investigator,
        now,
    )
    assert fates(kept) == ["new"] * 3
    assert imports.apply_import(kept, TOWN, by=investigator, now=now).created == 3
    assert Person.objects.count() == 3


def test_what_stands_is_completed_and_never_overwritten(
    opened: Open, investigator: Any, now: datetime
) -> None:
    case = opened(infection="local")
    kept = upload(plain(row("Nguyễn Văn Bình", cccd="056080001234", onset="18/07/2021")), investigator, now)
    assert fates(kept) == ["update"]
    imports.apply_import(kept, TOWN, by=investigator, now=now)
    case.refresh_from_db()
    assert (case.onset, case.infection) == (date(2021, 7, 18), "local")
    again = upload(plain(row("Nguyễn Văn Bình", cccd="056080001234", onset="17/07/2021")), investigator, now)
    assert fates(again) == ["duplicate"] and reasons(again)[2] == "row_case_differs"
    imports.apply_import(again, TOWN, by=investigator, now=now)
    case.refresh_from_db()
    assert case.onset == date(2021, 7, 18) and Case.objects.count() == 1


def test_a_list_twice_makes_nothing_twice(investigator: Any, now: datetime) -> None:
    for _ in range(2):
        kept = upload(messy(), investigator, now)
        imports.apply_import(kept, TOWN, by=investigator, now=now)
    assert Case.objects.count() == 4 and kept.created == 0 and adds_up(kept)


def test_unusual_rows_come_in_once_confirmed(investigator: Any, now: datetime) -> None:
    kept = upload(plain(row("Võ An", onset="01/06/2021", phone="0905333444")), investigator, now)
    assert fates(kept) == ["unusual"]
    kept = imports.remap(kept, kept.mapping, {}, [2], scope=TOWN, now=now)
    assert fates(kept) == ["new"]
    imports.apply_import(kept, TOWN, by=investigator, now=now)
    assert "sampled_on.sample_late" in Case.objects.get().unusual


def test_the_officers_mapping_and_order_count(investigator: Any, now: datetime) -> None:
    header = [*PLAIN[:7], "Cột lạ", *PLAIN[8:]]
    kept = upload(
        plain(row("Võ An", onset="07/05/2021", sampled="07/06/2021", phone="0905333444"), header=header),
        investigator,
        now,
    )
    assert "onset" not in kept.mapping
    kept = imports.remap(
        kept, {**kept.mapping, "onset": 7}, {"onset": "mdy", "sampled_on": "mdy"}, [], scope=TOWN, now=now
    )
    assert fates(kept) == ["new"]
    imports.apply_import(kept, TOWN, by=investigator, now=now)
    assert (Case.objects.get().onset, Case.objects.get().sampled_on) == (date(2021, 7, 5), date(2021, 7, 6))


def test_a_case_of_another_district_isnt_touched(opened: Open, investigator: Any, now: datetime) -> None:
    opened(unit=small.CAM)
    kept = upload(plain(row("Nguyễn Văn Bình", cccd="056080001234", onset="18/07/2021")), investigator, now)
    assert fates(kept) == ["refused"] and reasons(kept)[2] == "row_case_elsewhere"


def test_abandoned_uploads_are_forgotten(investigator: Any, now: datetime) -> None:
    first = upload(messy(), investigator, now)
    upload(messy(), investigator, now + timedelta(days=2))
    first.refresh_from_db()
    assert first.content is None


def test_a_table_without_names_is_refused(investigator: Any, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="table_columns"):
        upload(plain(["a", "b"], header=["Màu", "Cỡ"]), investigator, now)


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        (("HỌ VÀ TÊN (*)",), "name"), (("Ngày", "khởi phát"), "onset"), (("Năm sinh", "Nữ"), "birth_f"), (("", "SĐT"), "phone"),
        (("Ho ten benh nhan",), "name"), (("Date of birth",), "birth"), (("CMND/CCCD",), "document"), (("Màu",), None),
    ],
)  # fmt: skip
def test_headers(headers: tuple[str, ...], key: str | None) -> None:
    assert key_of(*headers) == key


CELL = st.one_of(
    st.sampled_from(["", "Nguyễn Văn Bình", "Le Nam", "1980", "17/05/1980", "056080001234", "225012345", "0912345678", "Vĩnh Hòa", "20/07/2021", "07/20/2021", "31/02/2021", "Dương tính", "x", "=1+1"]),
    st.integers(-5, 60_000),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELL, min_size=10, max_size=10), min_size=1, max_size=8))
def test_whatever_the_rows_each_has_one_fate(investigator: Any, now: datetime, rows: list[list[Any]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        data = (
            "\n".join("\t".join(str(cell).replace("\t", " ") for cell in one) for one in [PLAIN, *rows])
        ).encode()
        before = Case.objects.count()
        kept = upload(data, investigator, now)
        filled = [one for one in rows if any(str(cell).strip() for cell in one)]
        assert adds_up(kept) and kept.rows == len(filled) if '"' not in str(rows) else adds_up(kept)
        foretold = Counter(fates(kept))
        done = imports.apply_import(kept, TOWN, by=investigator, now=now)
        assert adds_up(done) and done.rows == kept.rows
        assert Case.objects.count() - before == done.created == foretold["new"]
        transaction.set_rollback(True)


def test_an_interrupted_import_leaves_whole_batches_and_goes_on(
    investigator: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a killed process does: what was committed has its work and events, what wasn't is nowhere, and again ends it."""
    given = plain(
        *(
            row(f"Nguyễn Văn {name}", cccd=f"05608000{n}111")
            for n, name in enumerate(["An", "Ba", "Ca", "Du", "En"])
        )
    )
    kept = upload(given, investigator, now)
    monkeypatch.setattr(imports, "BATCH", 2)
    whole = work.to_investigate_all
    calls: list[int] = []

    def killed(cases: Any, at: datetime) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        whole(cases, at)

    monkeypatch.setattr(work, "to_investigate_all", killed)
    with pytest.raises(KeyboardInterrupt):
        imports.apply_import(kept, TOWN, by=investigator, now=now)
    assert Case.objects.count() == Person.objects.count() == Task.objects.count() == 2
    assert len(small.events("case.opened")) == len(small.events("task.opened")) == 2
    monkeypatch.undo()
    kept = imports.apply_import(LineListImport.objects.get(pk=kept.pk), TOWN, by=investigator, now=now)
    assert (kept.created, kept.duplicates) == (3, 2) and adds_up(kept)
    assert Case.objects.count() == len(small.events("case.opened")) == 5
    assert set(Task.objects.values_list("subject", flat=True)) == set(
        Case.objects.values_list("pk", flat=True)
    )
    assert sorted(Case.objects.values_list("code", flat=True))[-1].endswith("00005")
