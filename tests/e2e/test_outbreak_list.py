"""A list of cases as a hospital sends it comes in, and no row of it is lost."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from tests.e2e.desk import agree, press, today

HEADER = ["STT", "Họ và tên", "Năm sinh", "Giới", "Số CCCD/CMND", "SĐT", "Nơi ở", "Phường/Xã", "Ngày khởi phát", "Ngày lấy mẫu", "KQ XN", "Cột lạ"]  # fmt: skip


def messy() -> bytes:
    """As a hospital sends it: a merged title, wrong and doubled rows, days in two styles, an empty and a strange column."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["SỞ Y TẾ TỈNH KHÁNH HÒA"])
    sheet.merge_cells("A1:L1")
    sheet.append([])
    sheet.append(HEADER)
    day, sampled = today() - timedelta(days=6), today() - timedelta(days=4)
    tail = ["phuong vinh hoa", day.strftime("%d/%m/%Y"), sampled.strftime("%d/%m/%Y"), "Dương tính", "x"]
    lines = [
        ["Nguyễn Thị Nhập Một", "1985", "Nữ", "056185500001", "0905 500 001", "12 Trần Phú", *tail],
        ["NGUYEN THI NHAP MOT", 1985, "nu", "056185500001", "0905500001", "12 tran phu", *tail],
        ["Lê Văn Nhập Hai", "17/05/1970", "Nam", "056070500002", "", "3 Lê Lợi", tail[0], sampled.strftime("%d/%m/%Y"), day.strftime("%d/%m/%Y"), *tail[3:]],
        ["Phạm Thị Nhập Ba", "2001", "Nữ", "", "0905500003", "5 Lê Lợi", tail[0], "31/02/2026", *tail[2:]],
        ["", "1990", "Nam", "056090500004", "", "7 Lê Lợi", *tail],
        ["Đỗ Văn Nhập Năm", "1999", "Nam", "", "0905500005", "9 Lê Lợi", tail[0], "", sampled.isoformat(), "duong tinh", ""],
    ]  # fmt: skip
    for number, line in enumerate(lines, 1):
        sheet.append([number, *line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_messy_list_loses_no_row(staff):
    page = staff("dieutra")
    page.goto("/cb/ca-benh/nhap/")
    page.set_input_files(
        "[name=file]", {"name": "danh-sach.xlsx", "mimeType": "application/octet-stream", "buffer": messy()}
    )
    press(page, "Xem trước")
    page.wait_for_url("**/cb/ca-benh/nhap/*/")
    assert sum(totals(page).values()) == 6, "every row has one fate"
    map_strange_column(page)
    found = totals(page)
    assert found["Trùng"] == 1 and found["Không nhận"] == 2 and found["Ngày khác thường"] == 1, found
    press(page, "Đúng là vậy")
    page.get_by_role("button", name="Đúng là vậy", exact=True).wait_for(state="detached")
    assert sum(totals(page).values()) == 6 and totals(page)["Ngày khác thường"] == 0
    agree(page, re.compile("^Nhập: "))
    expect(page.locator("h1")).to_contain_text("Kết quả nhập")
    assert page.locator("tbody tr").count() == 6
    page.goto("/cb/ca-benh/")
    expect(page.locator("[data-testid=cases]").get_by_role("link", name="Nguyễn Thị Nhập Một")).to_have_count(
        1
    )
    for name in ("Lê Văn Nhập Hai", "Đỗ Văn Nhập Năm"):
        expect(page.locator("[data-testid=cases]")).to_contain_text(name)


def totals(page: Any) -> dict[str, int]:
    """Of each fate how many rows."""
    told = page.locator("[data-testid=import-totals] a")
    return {
        re.sub(r"\s*\d+\s*$", "", text).strip(): int(re.findall(r"\d+", text)[-1])
        for text in told.all_inner_texts()
    }


def map_strange_column(page: Any) -> None:
    """The officer says what a column is that no list knows."""
    page.get_by_text("Cột nào là gì").click()
    page.get_by_label("Cột lạ").select_option("note")
    press(page, "Đọc lại tệp")
    page.wait_for_load_state()
    page.get_by_text("Cột nào là gì").click()
    expect(page.get_by_label("Cột lạ")).to_have_value("note")
