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
    "/rieng-tu/", "/mat-mang/", "/moc-dich-te/", "/vao/", "/vao/KHONGCO1/", "/tai-khoan/login/", "/khong-co-trang-nay/",
)  # fmt: skip
STAFF = (
    "/cb/", "/cb/to-khai/", "/cb/theo-doi/", "/cb/diem/", "/cb/diem/moi/", "/cb/diem/nhap/", "/cb/dem/", "/cb/khai-ho/",
    "/cb/giay/", "/cb/giay/in/", "/cb/yeu-cau/", "/cb/nguoi/", "/cb/don-vi/", "/cb/tai-khoan/", "/cb/tai-khoan/moi/",
    "/cb/nhat-ky/", "/cb/he-thong/", "/kiem-tra/", "/tai-khoan/toi/",
)  # fmt: skip


COLOURS = ["color-contrast", "link-in-text-block"]
OUTBREAK = (
    "/cb/viec/", "/cb/ca-benh/", "/cb/ca-benh/moi/", "/cb/ca-benh/nhap/", "/cb/xet-nghiem/", "/cb/truy-vet/", "/cb/truy-vet/moc/",
    "/cb/cach-ly/", "/cb/cach-ly/goi/", "/cb/vung/", "/cb/vung/phong-toa/?don_vi=56/568/22327/", "/cb/vung/so-lieu/nhap/", "/cb/ho-dan/",
)  # fmt: skip


def faults(page: Any) -> list[str]:
    """What axe calls serious or critical, with the element it stands on."""
    page.evaluate(AXE.read_text())
    return looked_at(page)


def looked_at(page: Any, *, colours: bool | None = None) -> list[str]:
    """The same on a page that has axe: every rule, those about colours, or the others."""
    off = {name: {"enabled": False} for name in COLOURS} if colours is False else {}
    only = {"runOnly": {"type": "rule", "values": COLOURS}} if colours else {"rules": off}
    found = page.evaluate(
        "options => axe.run(document, {resultTypes: ['violations'], ...options}).then(({violations}) => violations"
        ".filter(({impact}) => impact === 'serious' || impact === 'critical')"
        ".map(({id, nodes}) => `${id}: ${nodes.slice(0, 4).map(({html, failureSummary}) => html.slice(0, 160) + ' ' + (failureSummary || '').slice(0, 200)).join(' | ')}`))",
        only,
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


def test_outbreak_pages(open_page):
    """Each page is loaded once: wide and light, wide and dark, then as narrow as a phone; nothing scrolls sideways there."""
    page, told = open_page(DESK, bypass_csp=True), []
    page.on("console", lambda line: told.append(f"{page.url}: {line.text}") if line.type == "error" else None)
    steps.sign_in(page, "dieutra")
    found = [fault for address in (*OUTBREAK, *one_of_each(page)) for fault in in_every_light(page, address)]
    assert not found and not told, "\n".join([*found, *told])


def one_of_each(page: Any) -> list[str]:
    """A task, a case with its form, its contacts and their chain, an order, the page of the person under it, a zone."""
    case = inside(page, "/cb/ca-benh/", "/cb/ca-benh/0")
    contacts = inside(page, case, "/cb/truy-vet/ca/0")
    order = inside(page, "/cb/cach-ly/?tinh_trang=issued", "/cb/cach-ly/0")
    page.goto(order)
    own = page.locator("[data-copy*='/theo-doi-cach-ly/']").get_attribute("data-copy")
    page.goto("/cb/vung/phong-toa/?don_vi=56/568/22327/")
    page.fill("[name=name]", "Hẻm 3 Lê Lợi")
    page.get_by_role("button", name="Lập đề xuất phong tỏa").click()
    page.wait_for_url("**/cb/vung/0*/")
    return [
        page.url, case, f"{case}dieu-tra/", contacts, f"{contacts}chuoi/", order, own[own.index("/theo-doi") :],
        inside(page, "/cb/viec/", "/cb/viec/0"),
    ]  # fmt: skip


def inside(page: Any, address: str, part: str) -> str:
    """The first address on a page that has a part."""
    page.goto(address)
    return str(page.locator(f"a[href*='{part}']").first.get_attribute("href"))


FETCHED = (
    "[...document.querySelectorAll('[hx-trigger=load]')].every((each) => !each.querySelector(':scope > a'))"
)
SIDEWAYS = """[...document.querySelectorAll('body, .lc-table-wrap, main')].filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => `${each.tagName}.${each.className} is ${each.scrollWidth} px wide`)"""


def in_every_light(page: Any, address: str) -> list[str]:
    page.set_viewport_size(DESK["viewport"])
    page.goto(address)
    page.wait_for_function(FETCHED)
    page.add_style_tag(
        content="*, *::before, *::after { transition: none !important; animation: none !important; }"
    )
    found = faults(page)
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    found += looked_at(page, colours=True)
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    page.set_viewport_size(PHONE["viewport"])
    found += looked_at(page, colours=False) + [str(each) for each in page.evaluate(SIDEWAYS)]
    return [f"{address}: {fault}" for fault in dict.fromkeys(found)]
