"""A citizen declares: from a poster, without a network, without scripts, for another, a second time, in English."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import time
import urllib.request
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.e2e import steps


@pytest.fixture(scope="module")
def place(product) -> str:
    """The code of an open shop's poster."""
    return str(
        rows(product, "select code from places_place where status='active' and form='domestic' limit 1")[0][0]
    )


def rows(product, query: str, *values: Any) -> list[Any]:
    store = sqlite3.connect(f"file:{product.data}/lachan.sqlite3?mode=ro", uri=True)
    try:
        return store.execute(query, values).fetchall()
    finally:
        store.close()


def stored(product, declaration: str) -> int:
    return rows(
        product, "select count(*) from declarations_declaration where id=?", declaration.replace("-", "")
    )[0][0]


def start(page: Any, address: str) -> None:
    page.goto(address)
    page.locator("[data-testid=form]").wait_for()


def declare(page: Any, address: str, name: str, *, number: str, symptoms: tuple[str, ...] = ()) -> Any:
    start(page, address)
    steps.fill_identity(page, name, number=number)
    steps.go_on(page)
    steps.pick_unit(page, "residence", "vinh hoa nha trang")
    page.fill("[name=address]", "12 Trần Phú")
    steps.answer_health(page, symptoms=symptoms)
    return steps.send(page)


def shown_code(page: Any, testid: str) -> str:
    """What a scanner would read from the screen."""
    picture = Image.open(io.BytesIO(page.locator(f"[data-testid={testid}] [data-testid=qr]").screenshot()))
    found = zxingcpp.read_barcodes(picture.resize((picture.width * 3, picture.height * 3)))
    assert found, "no code can be read from the screen"
    return found[0].text


def test_from_a_poster_to_a_decision_and_a_living_code(product, open_page, place):
    page = open_page()
    began = time.monotonic()
    result = declare(page, f"/q/{place}", "Nguyễn Thị Ngọc Lan", number="056190100001")
    assert time.monotonic() - began < 60
    assert result.get_attribute("data-result") == "green"
    assert "Được vào" in result.inner_text()
    assert page.locator("[data-testid=decision-words]").inner_text()
    assert stored(product, result.get_attribute("data-declaration")) == 1
    first = shown_code(page, "pass")
    assert first.startswith("LC1:")
    assert verdict(product, first) == "valid"
    with pytest.raises(Exception, match="code_holder_stale"):
        verdict(product, first, later=180)
    page.wait_for_timeout(21_000)
    assert shown_code(page, "pass") != first


def verdict(product, text: str, later: int = 0) -> str:
    """What a verifier with the province's trust list says of a code, now or some seconds later."""
    from datetime import UTC, datetime, timedelta

    from lachan.kernel import codes
    from lachan.kernel.clock import FixedClock

    clock = FixedClock(datetime.now(UTC) + timedelta(seconds=later))
    trust = codes.TrustList.of(codes.KeyStore.open(product.data / "keys" / "signing"), clock)
    return codes.read(text, trust, clock).status


def test_a_flagged_declaration_says_why_and_what_to_do(open_page):
    page = open_page()
    result = declare(
        page, "/khai/mau/domestic/", "Trần Văn Sốt", number="056090100002", symptoms=("fever", "breathless")
    )
    assert result.get_attribute("data-result") in {"attention", "stop"}
    assert "Vì sao" in result.inner_text()


def test_without_a_network_it_waits_and_arrives_exactly_once(product, open_page):
    page = open_page()
    start(page, "/khai/mau/domestic/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.locator("[data-testid=form]").wait_for()
    page.context.set_offline(True)
    page.reload()  # the page opens from the phone itself
    result = declare_here(page, "Lê Thị Vắng Sóng", "056190100003")
    assert result.get_attribute("data-confirmed") == "false"
    assert "chưa" in result.inner_text().lower()
    declaration = result.get_attribute("data-declaration")
    assert verdict(product, shown_code(page, "claim")) == "unconfirmed"
    assert stored(product, declaration) == 0
    page.context.set_offline(False)
    page.locator("[data-testid=result][data-confirmed=true]").wait_for(timeout=40_000)
    assert stored(product, declaration) == 1
    page.reload()
    page.wait_for_timeout(2_000)
    assert len(rows(product, "select id from declarations_entry where name='Lê Thị Vắng Sóng'")) == 1


def declare_here(page: Any, name: str, number: str) -> Any:
    page.locator("[data-testid=form]").wait_for()
    steps.fill_identity(page, name, number=number)
    steps.go_on(page)
    steps.pick_unit(page, "residence", "vinh hoa nha trang")
    page.fill("[name=address]", "12 Trần Phú")
    steps.answer_health(page)
    return steps.send(page)


def test_a_second_visit_asks_only_what_can_change(open_page):
    page = open_page()
    declare(page, "/khai/mau/domestic/", "Phạm Thị Trở Lại", number="056190100004")
    page.goto("/khai/mau/domestic/")
    page.locator("[data-testid=return-use]").click()
    assert page.locator("[name=name]").count() == 0
    assert page.locator("[name=no_symptoms]").count() == 2
    steps.answer_health(page)
    assert steps.send(page).get_attribute("data-result") == "green"


def test_for_another_person(product, open_page):
    page = open_page()
    start(page, "/khai/mau/domestic/")
    page.check("[name=for_other]")
    page.fill("[name=proxy_name]", "Nguyễn Thị Mẹ")
    page.fill("[name=proxy_phone]", "0905999888")
    page.locator("[name=proxy_relation]").first.wait_for()
    if page.locator("select[name=proxy_relation]").count():
        page.select_option("[name=proxy_relation]", index=1)
    else:
        page.locator("[name=proxy_relation]").first.check()
    page.fill("[name=name]", "Nguyễn Bé Con")
    page.fill("[name=birth]", "2018")
    page.check("[name=sex][value=male]")
    steps.go_on(page)
    steps.pick_unit(page, "residence", "vinh hai nha trang")
    page.fill("[name=address]", "3 Lê Lợi")
    steps.answer_health(page)
    assert steps.send(page).get_attribute("data-confirmed") == "true"
    assert (
        rows(
            product, "select count(*) from declarations_entry where name='Nguyễn Bé Con' and birth_year=2018"
        )[0][0]
        == 1
    )


def test_changing_the_language_keeps_what_was_typed(open_page):
    page = open_page()
    start(page, "/khai/mau/domestic/")
    page.fill("[name=name]", "Nguyễn Thị Giữ Lại")
    page.wait_for_timeout(800)
    page.get_by_role("link", name="English").first.click()
    page.locator("html[lang=en] [data-testid=form]").wait_for()
    assert page.input_value("[name=name]") == "Nguyễn Thị Giữ Lại"
    page.locator("[data-testid=field-name]").get_by_text("Full name").first.wait_for()


def test_a_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(open_page):
    page = open_page()
    start(page, "/khai/mau/domestic/")
    steps.fill_identity(page, "Nguyễn Thị Sai Số", number="12345")
    steps.go_on(page)
    field = page.locator("[data-testid=field-national_id]")
    assert re.search(r"12 chữ số|9 chữ số", field.inner_text())
    assert page.input_value("[name=name]") == "Nguyễn Thị Sai Số"


@pytest.mark.parametrize("crippled", ["no scripts", "in-app browser"])
def test_a_browser_that_can_do_little(product, open_page, crippled):
    name = f"Nguyễn Thị {'Không Kịch' if crippled == 'no scripts' else 'Trong Ứng Dụng'}"
    page = open_page(java_script_enabled=crippled != "no scripts")
    if crippled == "in-app browser":
        page.add_init_script(
            "for (const name of ['serviceWorker', 'mediaDevices', 'storage']) "
            "Object.defineProperty(Navigator.prototype, name, {get: () => undefined});"
            "Object.defineProperty(window, 'indexedDB', {get: () => undefined});"
        )
        assert (
            declare(page, "/khai/mau/domestic/", name, number="056190100005").get_attribute("data-confirmed")
            == "true"
        )
    else:
        page.goto("/khai/mau/domestic/")
        steps.fill_identity(page, name, number="056190100006")
        page.fill("[name=residence]", "Phường Vĩnh Hòa")
        page.fill("[name=address]", "12 Trần Phú")
        steps.answer_health(page)
        page.check("[name=pledge]")
        page.locator("[data-testid=submit]").click()
        page.wait_for_url("**/ket-qua/**")
        assert page.get_by_text("Được vào").first.is_visible()
    assert rows(product, "select count(*) from declarations_entry where name=?", name)[0][0] == 1


def test_nothing_personal_lies_in_the_clear_on_the_phone(open_page):
    page = open_page()
    declare(page, "/khai/mau/domestic/", "Đỗ Thị Kín", number="056190100007")
    kept = page.evaluate(
        """async () => {
          const out = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), document.cookie, location.href];
          for (const {name} of await indexedDB.databases()) {
            const db = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
            for (const store of db.objectStoreNames) {
              const all = await new Promise((done) => {
                const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result);
              });
              const text = (value) => value instanceof ArrayBuffer ? new TextDecoder().decode(value)
                : ArrayBuffer.isView(value) ? new TextDecoder().decode(value)
                : value instanceof CryptoKey ? value.type + ' key:' + value.extractable
                : value && typeof value === 'object' ? Object.entries(value).map(([k, v]) => k + '=' + text(v)).join(' ') : String(value);
              out.push(...all.map(text));
            }
          }
          return out;
        }"""
    )
    everything = "\n".join(kept)
    assert "private key:false" in everything
    for secret in (
        "056190100007",
        "0905123456",
        "+84905123456",
        "Đỗ Thị Kín",
        "Trần Phú",
        "private key:true",
        "secret key:true",
    ):
        assert secret not in everything


def test_the_poster_of_a_closed_place_says_so(product, open_page):
    page = open_page()
    answer = page.goto("/q/ZZZZZZZZ")
    assert answer.status == 404
    assert "Lá Chắn" in page.title()


def test_the_form_is_served_small(product):
    with urllib.request.urlopen(f"{product.url}/khai/form.json?form=domestic") as answer:
        assert json.load(answer)
