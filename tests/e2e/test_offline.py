"""Without a network: every public address says something of use, wholly in the reader's language; a damaged phone recovers;
a visit is told once."""

from __future__ import annotations

import sqlite3
import time
import unicodedata
from typing import Any

import pytest

from tests.e2e import steps

VIETNAMESE = set("ăâđêôơưạảãáàằắặẳẵầấậẩẫẹẻẽéèềếệểễịỉĩíìọỏõóòồốộổỗờớợởỡụủũúùừứựửữỵỷỹýỳ")
OWN_NAMES = ("Lá Chắn", "Tiếng Việt", "Bản thử")
ADDRESSES = (
    "/", "/khai/", "/khai/{code}/", "/q/{code}", "/khai/mau/domestic/", "/cua-toi/", "/giup-do/", "/rieng-tu/", "/tra-cuu/",
    "/tra-cuu/ai-da-xem/", "/diem/{code}/", "/so-khach/{code}/", "/dang-ky-diem/", "/chung-thu/", "/vao/", "/vao/{code}/",
    "/ket-qua/017ac000-0000-7000-8000-000000000001/", "/quet/", "/nothing/of/the/kind/",
)  # fmt: skip


def rows(product: Any, query: str, *values: Any) -> list[Any]:
    store = sqlite3.connect(f"file:{product.data}/lachan.sqlite3?mode=ro", uri=True)
    try:
        return store.execute(query, values).fetchall()
    finally:
        store.close()


@pytest.fixture(scope="module")
def place(product: Any) -> tuple[str, str]:
    """Code and id of an open shop."""
    found = rows(
        product, "select code, id from places_place where status='active' and form='domestic' limit 1"
    )[0]
    return str(found[0]), str(found[1])


KEPT = "navigator.serviceWorker.controller !== null && caches.match('/mat-mang/?lang=en').then(Boolean)"


def ready(page: Any, address: str = "/") -> None:
    """A first visit, at the end of which the phone has what it needs."""
    page.goto(address)
    until = time.monotonic() + 30
    while not page.evaluate(KEPT):  # the worker's own `ready` would wait for ever where there is none
        assert time.monotonic() < until, "no service worker"
        page.wait_for_timeout(200)
    page.reload()
    page.wait_for_load_state()
    page.wait_for_timeout(300)


def vietnamese_in(page: Any) -> list[str]:
    """Lines on the screen that are in Vietnamese, but for names."""
    found = []
    for line in unicodedata.normalize("NFC", page.locator("body").inner_text()).splitlines():
        if line.startswith("Under:"):  # documents are quoted as they are named
            continue
        for name in OWN_NAMES:
            line = line.replace(name, "")
        if VIETNAMESE & set(line.lower()):
            found.append(line)
    return found


def test_every_public_address_answers_in_the_chosen_language(open_page: Any, place: tuple[str, str]) -> None:
    page = open_page()
    ready(page)  # kept while Vietnamese was chosen
    page.click("a.lc-lang[lang=en]")
    page.wait_for_load_state()
    page.context.set_offline(True)
    for address in ADDRESSES:
        page.goto(address.format(code=place[0]))
        page.locator("main").wait_for()
        if address.startswith(("/khai/{", "/khai/m", "/q/")):
            page.locator("[data-testid=form]").wait_for()
        page.wait_for_timeout(150)
        assert page.evaluate("document.documentElement.lang") == "en", address
        if address != "/rieng-tu/":  # laws are quoted as they are written
            assert not vietnamese_in(page), (address, vietnamese_in(page))
        if page.locator("[data-testid=offline-page]").count():
            for way in ("/khai/", "/cua-toi/", "/vao/", "/giup-do/"):
                assert page.locator(f"[data-testid=offline-page] a[href='{way}']").count() == 1, address
    page.goto("/tra-cuu/")
    page.click("a.lc-lang[lang=vi]")  # and back, still without a network
    page.locator("html[lang=vi]").wait_for(state="attached")
    page.goto("/khai/")
    assert page.evaluate("document.documentElement.lang") == "vi" and vietnamese_in(page)


def test_a_result_changes_its_language_with_everything_around_it(open_page: Any) -> None:
    page = open_page()
    ready(page, "/khai/mau/domestic/")
    page.context.set_offline(True)
    page.reload()
    page.locator("[data-testid=form]").wait_for()
    steps.fill_identity(page, "Le Thi Vang Song", number="056190200001")
    steps.go_on(page)
    steps.pick_unit(page, "residence", "vinh hoa nha trang")
    page.fill("[name=address]", "12 Tran Phu")
    steps.answer_health(page)
    steps.send(page)
    page.click("a.lc-lang[lang=en]")
    page.locator(".lc-foot", has_text="hotline").wait_for()
    assert not vietnamese_in(page)


@pytest.mark.parametrize("harm", ["keys", "wiped"])
def test_a_damaged_phone_says_so_and_goes_on(open_page: Any, harm: str) -> None:
    page = open_page()
    ready(page, "/khai/mau/domestic/")
    page.fill("[name=name]", "Trần Thị Hỏng Khóa")
    page.wait_for_timeout(900)  # the draft is on disk
    page.evaluate(HARM[harm])
    page.reload()
    page.locator("[data-testid=form]").wait_for()
    if harm == "keys":
        assert page.input_value("[name=name]") == "Trần Thị Hỏng Khóa"
        page.locator("[data-testid=key-new]").wait_for()
    steps.fill_identity(page, "Trần Thị Hỏng Khóa", number="056190200002")
    steps.go_on(page)
    steps.pick_unit(page, "residence", "vinh hoa nha trang")
    page.fill("[name=address]", "12 Trần Phú")
    steps.answer_health(page)
    assert steps.send(page).get_attribute("data-confirmed") == "true"
    page.locator("[data-testid=pass] [data-qr^='LC1:']").wait_for()


OPEN = "const open = (version) => new Promise((done) => { const r = indexedDB.open('lachan', version); r.onsuccess = () => done(r.result); r.onupgradeneeded = (e) => version && [...r.result.objectStoreNames].forEach((s) => s === 'bundles' || r.result.deleteObjectStore(s)); });"
HARM = {
    "keys": f"(async () => {{ {OPEN} const db = await open(); const t = db.transaction(['keys', 'bundles'], 'readwrite'); "
    "t.objectStore('keys').put({ publicKey: 1 }, 'holder'); t.objectStore('bundles').put('x', 'spare:holder'); "
    "t.objectStore('keys').put('rubbish', 'seal'); await new Promise((done) => (t.oncomplete = done)); db.close(); })()",
    "wiped": f"(async () => {{ {OPEN} const was = await open(); const next = was.version + 1; was.close(); (await open(next)).close(); }})()",
}


def test_a_visit_without_a_network_is_told_once(product: Any, open_page: Any, place: tuple[str, str]) -> None:
    code, pk = place
    page = open_page()
    ready(page, f"/vao/{code}/")
    before = rows(product, "select count(*) from checkpoints_visit")[0][0]
    page.context.set_offline(True)
    page.reload()
    page.click("[data-testid=go-in]")
    page.locator("[data-testid=inside] [data-state=waiting]").wait_for()
    page.reload()
    page.click("[data-testid=go-out]")
    page.locator("[data-testid=left] [data-state=waiting]").wait_for()
    page.goto("/vao/")
    page.locator("[data-testid=been-list] [data-state=waiting]").wait_for()
    assert rows(product, "select count(*) from checkpoints_visit")[0][0] == before
    page.context.set_offline(False)
    page.locator("[data-testid=been-list] [data-state=sent]").wait_for(timeout=40_000)
    page.goto(f"/vao/{code}/")
    page.wait_for_timeout(500)
    told = rows(product, "select place, source, out_at is not null from checkpoints_visit order by id")[
        before:
    ]
    assert told == [(pk, "self", 1)]
    page.goto("/vao/")
    page.locator("form[data-forget] button").click()
    page.locator("[data-confirm-yes]").click()
    page.locator("[data-testid=been-empty]").wait_for()
    assert rows(product, "select count(*) from checkpoints_visit")[0][0] == before
