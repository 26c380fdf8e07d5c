"""After a run through the product, no number, phone or code lies in its log, its addresses, its events or its file."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e import steps
from tests.e2e.conftest import DESK

NUMBER, PHONE, NAME = "056190400777", "0905400777", "Phan Thị Bí Mật"
FORMS_OF = {
    "the number": (NUMBER, "056 190 400 777", "056190 400777"),
    "the phone": (PHONE, "+84905400777", "84905400777", "0905 400 777", "905400777"),
}


@pytest.fixture(scope="module")
def run(product: Any, launch: Any) -> Iterator[dict[str, Any]]:
    """A declaration with mistakes first, looked up by phone and code, then found, opened and followed up by staff."""
    browser = launch()
    addresses: list[str] = []
    citizen, officer = (browser.new_context(base_url=product.url, **kind) for kind in (DESK, DESK))
    for context in (citizen, officer):
        context.on("request", lambda request: addresses.append(request.url))
    page = citizen.new_page()
    page.goto("/khai/mau/domestic/")
    steps.fill_identity(page, NAME, number=NUMBER, phone=PHONE, birth="31/02/1990")
    steps.go_on(page)
    result = declare_with_phone(page)
    digits = lookup(page, result, product)
    staff(officer.new_page())
    yield {"addresses": addresses, "log": product.log.read_text(errors="replace"), "digits": digits}
    citizen.close()
    officer.close()


def declare_with_phone(page: Any) -> dict[str, str]:
    page.fill("[name=birth]", "17/05/1990")
    steps.go_on(page)
    steps.pick_unit(page, "residence", "vinh hoa nha trang")
    page.fill("[name=address]", "12 Trần Phú")
    steps.answer_health(page, symptoms=("fever", "cough"))
    shown = steps.send(page)
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}", shown.inner_text())
    assert code, shown.inner_text()
    return {"code": code[0], "declaration": shown.get_attribute("data-declaration") or ""}


def lookup(page: Any, result: dict[str, str], product: Any) -> str:
    """Gives the one-time code back."""
    page.goto("/tra-cuu/")
    page.fill("[name=code]", result["code"])
    page.fill("[name=phone]", PHONE)
    page.press("[name=phone]", "Enter")
    page.wait_for_url("**/tra-cuu/ma/**")
    digits = sent_to(product, page)[-1]
    page.fill("[name=digits]", digits)
    page.press("[name=digits]", "Enter")
    page.wait_for_url(f"**/tra-cuu/{result['declaration']}/**")
    page.goto("/tra-cuu/ai-da-xem/")
    return digits


def sent_to(product: Any, page: Any) -> list[str]:
    """The one-time codes that went to the citizen's phone: the demo's outbox is the only place that knows them."""
    outbox = product.data / "outbox.jsonl"
    for _ in range(40):
        lines = [json.loads(line) for line in outbox.read_text().splitlines()] if outbox.exists() else []
        found = [
            re.findall(r"\b\d{6}\b", line["body"])[0] for line in lines if line["to"].endswith(PHONE[1:])
        ]
        if found:
            return found
        page.wait_for_timeout(500)
    raise AssertionError("no message was sent")


def staff(page: Any) -> None:
    steps.sign_in(page, "quantri")
    page.goto("/cb/to-khai/?text=phan+thi+bi+mat")
    page.locator("[data-testid=declarations]").get_by_text(NAME).first.click()
    page.locator("[data-testid=declaration]").wait_for()
    page.goto("/cb/nguoi/")
    box = page.locator("main input[type=search], main input[name=q], main input[name=text]").first
    box.fill(NUMBER)
    box.press("Enter")
    page.wait_for_load_state()


def store(product: Any) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{product.data}/lachan.sqlite3?mode=ro", uri=True)


def found_in(text: str) -> list[str]:
    return [f"{what} as {form}" for what, forms in FORMS_OF.items() for form in forms if form in text]


def test_the_log(run):
    assert "/api/intake/declarations" in run["log"] or "listening" in run["log"]
    assert not found_in(run["log"])
    assert not re.search(rf"(?<![\d.,]){run['digits']}(?!\d)", run["log"])
    assert NAME not in run["log"]
    assert steps.PASSWORD not in re.sub(r"mật khẩu \(password\) \S+", "", run["log"])


def test_the_addresses(run):
    from urllib.parse import unquote_plus

    everything = unquote_plus("\n".join(run["addresses"]))
    assert len(run["addresses"]) > 20
    assert not found_in(everything)
    assert f"={run['digits']}" not in everything and f"/{run['digits']}" not in everything


def test_the_events(product, run):
    with store(product) as db:
        rows = db.execute("select * from audit_event").fetchall()
    text = "\n".join(
        json.dumps(
            [each.decode("latin-1") if isinstance(each, bytes) else each for each in row], ensure_ascii=False
        )
        for row in rows
    )
    assert len(rows) > 10
    assert not found_in(text)
    assert NAME not in text and f'"{run["digits"]}"' not in text


def test_the_database_file(product, run):
    """The number and the phone are sealed; nothing of them stands in any column, nor in pages that were freed."""
    raw = b"".join(path.read_bytes() for path in product.data.glob("lachan.sqlite3*"))
    assert raw
    assert not [form for forms in FORMS_OF.values() for form in forms if form.encode() in raw]
