"""axe-core finds no serious fault on any main page, in both colour schemes, as narrow as a phone and as wide as a desk."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e import steps
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.product import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PUBLIC = (
    "/", "/khai/", "/khai/mau/domestic/", "/khai/mau/entry/", "/cua-toi/", "/tra-cuu/", "/dang-ky-diem/", "/giup-do/",
    "/rieng-tu/", "/mat-mang/", "/vao/", "/vao/KHONGCO1/", "/tai-khoan/login/", "/khong-co-trang-nay/",
)  # fmt: skip
STAFF = (
    "/cb/", "/cb/to-khai/", "/cb/theo-doi/", "/cb/diem/", "/cb/diem/moi/", "/cb/diem/nhap/", "/cb/dem/", "/cb/khai-ho/",
    "/cb/giay/", "/cb/giay/in/", "/cb/yeu-cau/", "/cb/nguoi/", "/cb/don-vi/", "/cb/tai-khoan/", "/cb/tai-khoan/moi/",
    "/cb/nhat-ky/", "/cb/he-thong/", "/kiem-tra/", "/tai-khoan/toi/",
)  # fmt: skip


def faults(page: Any) -> list[str]:
    """What axe calls serious or critical, with the element it stands on."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations"
        ".filter(({impact}) => impact === 'serious' || impact === 'critical')"
        ".map(({id, nodes}) => `${id}: ${nodes.slice(0, 4).map(({html, failureSummary}) => html.slice(0, 160) + ' ' + (failureSummary || '').slice(0, 200)).join(' | ')}`))"
    )
    return [str(each) for each in found]


def visit(page: Any, address: str) -> list[str]:
    page.goto(address)
    page.wait_for_load_state("load")
    if page.locator("[data-testid=form]").count() or "/khai/mau/" in address:
        page.locator("[data-testid=form]").wait_for()
    page.wait_for_timeout(250)  # colours fade in
    return [f"{address}: {fault}" for fault in faults(page)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_pages(open_page, scheme):
    page = open_page(PHONE, color_scheme=scheme, bypass_csp=True)
    found = [fault for address in PUBLIC for fault in visit(page, address)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_declaring_to_the_end(open_page, scheme):
    from tests.e2e.test_declare import declare

    page = open_page(PHONE, color_scheme=scheme, bypass_csp=True)
    page.goto("/khai/mau/domestic/")
    page.locator("[data-testid=form]").wait_for()
    steps.go_on(page)  # with every mistake shown
    found = faults(page)
    for symptoms in ((), ("fever", "cough"), ("fever", "breathless")):
        number = f"0561903000{len(symptoms)}{int(scheme == 'dark')}"
        declare(page, "/khai/mau/domestic/", "Nguyễn Thị Dễ Đọc", number=number, symptoms=symptoms)
        page.wait_for_timeout(400)
        found += faults(page)
        page.context.clear_cookies()
        page.evaluate(
            "indexedDB.databases().then((all) => all.forEach(({name}) => indexedDB.deleteDatabase(name)))"
        )
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("scheme", "kind"), [("light", DESK), ("dark", DESK), ("light", PHONE)], ids=["light", "dark", "narrow"]
)
def test_staff_pages(open_page, scheme, kind):
    page = open_page(kind, color_scheme=scheme, bypass_csp=True)
    steps.sign_in(page, "quantri")
    addresses = list(STAFF)
    page.goto("/cb/to-khai/")
    addresses += page.eval_on_selector_all(
        "[data-testid=declarations] a[href*='/cb/to-khai/0']",
        "all => all.slice(0, 1).map(a => a.getAttribute('href'))",
    )
    found = [fault for address in addresses for fault in visit(page, address)]
    assert not found, "\n".join(found)
