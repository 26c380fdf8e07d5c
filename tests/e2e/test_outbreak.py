"""From one positive test to the last day apart of whoever was near."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import subprocess
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.conftest import PHONE
from tests.e2e.desk import FEW, agree, pick_unit, press, today
from tests.e2e.gate import until
from tests.e2e.test_declare import declare, rows, shown_code

ILL, NEAR = "Nguyễn Thị Dương Tính", "Trần Văn Gần Kề"
ILL_NUMBER, NEAR_NUMBER = "056190400001", "056090400002"


def test_from_a_result_to_the_last_day(staff, open_page, gate, product):
    phone = both_were_at_one_shop(open_page, product)
    laboratory, officer, leader = staff("xetnghiem"), staff("dieutra"), staff("chutich.vinhhoa")
    a_laboratory_finds_it(laboratory)
    case = the_officer_asks(officer)
    who_was_near(officer, case, product)
    order = under_order(officer, leader, case)
    papers(leader)
    assert declared_again(phone) == "stop"
    she_has_a_fever(phone, officer, order)
    eight_days_later(product, order)
    well_again(officer, order)
    laboratory.goto("/cb/xet-nghiem/mau/moi/")
    take_sample(laboratory, NEAR, NEAR_NUMBER)
    result(laboratory, "Âm tính")
    stopped_at(gate, phone)
    she_may_go(leader, order)
    assert declared_again(phone) == "green"


def both_were_at_one_shop(open_page: Any, product: Any) -> Any:
    """They declare behind one poster within a minute; the phone of the one who is well."""
    query = "select code from places_place where status='active' and form='domestic' and kind='shop' limit 1"
    shop = rows(product, query)[0][0]
    declare(open_page(PHONE), f"/q/{shop}", ILL, number=ILL_NUMBER)
    phone = open_page(PHONE)
    declare(phone, f"/q/{shop}", NEAR, number=NEAR_NUMBER)
    return phone


def a_laboratory_finds_it(page: Any) -> None:
    page.goto("/cb/xet-nghiem/")
    page.get_by_role("link", name="Lấy mẫu").first.click()
    take_sample(page, ILL, ILL_NUMBER)
    result(page, "Dương tính", ct="18,5")


def take_sample(page: Any, name: str, number: str) -> None:
    page.fill("[name=name]", name)
    page.fill("[name=birth]", "17/05/1990")
    page.fill("[name=cccd]", number)
    pick_unit(page)
    page.select_option("[name=kind]", "pcr")
    press(page, "Lưu")
    page.locator("[data-testid=sample]").wait_for()


def result(page: Any, found: str, ct: str = "") -> None:
    page.get_by_label(found, exact=True).check()
    page.fill("[name=ct]", ct)
    press(page, "Ghi kết quả")
    expect(page.locator("h1")).to_contain_text(found)


def the_officer_asks(page: Any) -> str:
    """The case stands on the list; its form is filled in, a day that can't be is refused. Gives the case's address."""
    page.goto("/cb/ca-benh/")
    page.locator("[data-testid=cases]").get_by_role("link", name=ILL).click()
    expect(page.locator("[data-testid=classification]")).to_contain_text("Xác định")
    case = str(page.url)
    page.get_by_role("link", name="Phiếu điều tra").first.click()
    page.get_by_label("Có", exact=True).first.check()
    page.get_by_label("Sốt", exact=True).check()
    page.fill("[name=movements]", "Sáng đi chợ, chiều ở quán")
    press(page, "Lưu phiếu điều tra")
    page.wait_for_url(case)
    expect(page.locator("[data-testid=case]")).to_contain_text("Sáng đi chợ, chiều ở quán")
    page.get_by_role("link", name="Sửa", exact=True).click()
    page.fill("[name=onset]", (today() + timedelta(days=1)).isoformat())
    page.fill("[name=isolated_at]", "")
    press(page, "Lưu")
    page.locator(".lc-wrong:visible").first.wait_for()
    assert page.input_value("[name=onset]") > today().isoformat(), "what was typed is kept"
    page.fill("[name=onset]", (today() - timedelta(days=1)).isoformat())
    press(page, "Lưu")
    page.wait_for_url(case)
    return case


def who_was_near(page: Any, case: str, product: Any) -> None:
    """By code, with the place and the minutes; whose code it is asks for a reason."""
    page.goto(case)
    page.get_by_role("link", name="Người tiếp xúc").first.click()
    press(page, "Tìm người tiếp xúc")
    [(node,)] = rows(
        product,
        "select distinct a.person_id from people_alias a join declarations_entry e on e.alias=a.alias where e.name=?",
        NEAR,
    )
    row = page.locator(f"[data-testid=contacts] tr[data-node='{dashed(node)}']")
    expect(row).to_contain_text(re.compile(r"Cùng địa điểm.*\d+ phút"))
    assert NEAR not in page.content()
    row.locator("input[type=checkbox]").check()
    press(page, "Xác nhận")
    page.goto(f"{page.url.partition('?')[0]}?tinh_trang=confirmed")
    expect(row).to_contain_text("F1")
    row.locator("[data-open]").click()
    page.select_option("[name=reason]", index=1)
    press(page, "Xem danh tính")
    expect(page.locator("h1")).to_contain_text(NEAR)


def dashed(hexed: str) -> str:
    from uuid import UUID

    return str(UUID(hexed))


def under_order(officer: Any, leader: Any, case: str) -> str:
    """Drafted by the officer, refused without a number, issued by the head of the ward. Gives the order's address."""
    officer.goto(case)
    press(officer, "Dự thảo quyết định cách ly")
    officer.wait_for_url("**tinh_trang=draft")
    drafts = officer.locator("[data-testid=orders]")
    expect(drafts).to_contain_text(ILL)
    expect(drafts).to_contain_text(NEAR)
    leader.goto("/cb/cach-ly/?tinh_trang=draft")
    leader.locator("[data-testid=orders]").get_by_role("link", name=NEAR).click()
    order = str(leader.url)
    press(leader, "Ban hành quyết định")
    leader.locator(".lc-wrong:visible").first.wait_for()
    leader.fill("[name=number]", "9401/QĐ-UBND")
    leader.fill("[name=signer]", "Nguyễn Văn Thành")
    press(leader, "Ban hành quyết định")
    expect(leader.locator("[data-testid=order]")).to_contain_text("9401/QĐ-UBND")
    return order


def papers(page: Any) -> None:
    """Both files open, and bear the name and the number."""
    from docx import Document

    href = page.get_by_role("link", name="Quyết định (DOCX)").get_attribute("href")
    document = Document(io.BytesIO(page.request.get(href).body()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said = "\n".join([*(each.text for each in document.paragraphs), *cells])
    assert NEAR in said and "9401/QĐ-UBND" in said
    href = page.get_by_role("link", name="Quyết định (PDF)").get_attribute("href")
    assert_pdf(page.request.get(href).body(), NEAR, "9401/QĐ-UBND")


def assert_pdf(body: bytes, *words: str) -> None:
    assert body.startswith(b"%PDF") and len(body) > 5_000
    if shutil.which("pdftotext"):
        read = subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True)
        text = " ".join(read.stdout.decode().split())
        assert all(word in text for word in words), text[:1000]


def declared_again(phone: Any) -> str:
    """What the next declaration of the same phone brings."""
    phone.goto("/khai/mau/domestic/")
    phone.locator("[data-testid=return-use]").click()
    steps.answer_health(phone)
    return str(steps.send(phone).get_attribute("data-result"))


def stopped_at(gate: Any, phone: Any) -> None:
    """The scanner knows it as soon as it has fresh rules; the province makes them anew every minute."""
    until(lambda: scanned(gate, phone) == "refer" or gate.next(), 75)
    expect(gate.page.locator("[data-testid=decision]")).to_contain_text("cách ly")
    gate.next()


def scanned(gate: Any, phone: Any) -> str:
    """What the gate says of the code that a phone shows, with the rules of this moment."""
    gate.page.click("[data-testid=nav-about]")
    gate.page.click("[data-testid=refresh]")
    expect(gate.page.locator("[data-testid=about-said]")).not_to_have_text("", timeout=FEW)
    gate.to_scan()
    gate.scan(shown_code(phone, "pass"))
    return str(gate.result())


def she_has_a_fever(phone: Any, officer: Any, order: str) -> None:
    """Her own page, on her phone, from the address on the paper; the officer sees the alarm."""
    officer.goto(order)
    address = officer.locator("[data-copy*='/theo-doi-cach-ly/']").get_attribute("data-copy")
    own = phone.context.new_page()
    own.goto(address[address.index("/theo-doi-cach-ly/") :])
    assert NEAR_NUMBER not in own.content()
    own.fill("[name=temperature]", "38,2")
    own.get_by_label("Sốt", exact=True).check()
    press(own, "Gửi")
    expect(own.locator("[data-testid=daily]")).to_contain_text("Đã nhận")
    officer.goto("/cb/cach-ly/?tinh_trang=alarm")
    row = officer.locator("[data-testid=orders] tr", has_text=NEAR)
    expect(row).to_contain_text("Có triệu chứng")


def eight_days_later(product: Any, order: str) -> None:
    """The order as it stands after eight days: its days moved back, nothing else."""
    since = (today() - timedelta(days=8)).isoformat()
    store = sqlite3.connect(product.data / "lachan.sqlite3", timeout=30)
    try:
        with store:
            changed = store.execute(
                "update isolation_order set from_on=?, to_on=? where id=?",
                (since, (today() - timedelta(days=1)).isoformat(), id_of(order)),
            )
            assert changed.rowcount == 1
    finally:
        store.close()


def id_of(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2].replace("-", "")


def well_again(page: Any, order: str) -> None:
    page.goto(order)
    press(page, "Ghi theo dõi")
    expect(page.locator("[data-testid=order]")).to_contain_text("không triệu chứng")


def she_may_go(page: Any, order: str) -> None:
    """The rule proposes; the head of the ward decides, and the certificate says so."""
    page.goto("/cb/cach-ly/?tinh_trang=over")
    page.locator("[data-testid=orders]").get_by_role("link", name=NEAR).click()
    assert page.url == order
    expect(page.locator("[data-testid=order]")).to_contain_text("Đủ điều kiện kết thúc")
    agree(page, "Kết thúc cách ly")
    certificate = page.get_by_role("link", name="Giấy chứng nhận")
    certificate.wait_for()
    assert_pdf(page.request.get(certificate.get_attribute("href")).body(), NEAR)
