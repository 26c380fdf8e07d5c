"""A community team's round where there is no network: what is noted outlives the page and the browser, and arrives once."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lachan.kernel.ids import uuid7
from tests.e2e import steps
from tests.e2e.conftest import DESK, PHONE, Engine
from tests.e2e.test_accessible import faults

GOER, HEALTH_POST, ELSEWHERE = "to1.vinhhoa", "tramyte.vinhhoa", "tramyte.vinhhai"
VINH_HOA, HAMLET = "56/568/22327/", "Tổ dân phố Hải Đăng"
HOUSES = (
    ("Nguyễn Văn Thuận", "12 Điện Biên Phủ", (("Nguyễn Văn Thuận", "1961"), ("Lê Thị Mười", "1965"))),
    ("Trần Thị Bưởi", "14 Điện Biên Phủ", (("Trần Thị Bưởi", "1978"),)),
    ("Phạm Quốc Toàn", "16 Điện Biên Phủ", (("Phạm Quốc Toàn", "1985"), ("Phạm Gia Hân", "2016"))),
    ("Đỗ Thị Cẩm Nhung", "18 Điện Biên Phủ", (("Đỗ Thị Cẩm Nhung", "1990"),)),
)
KEPT = (
    "(async () => { const held = []; for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys())"
    " held.push(new URL(request.url).pathname);"
    " return navigator.serviceWorker.controller !== null && held.includes('/tuan/vo/') && held.some((path) => path.includes('/round-')); })()"
)
NAMES = (
    "new Promise((done) => { const ask = indexedDB.open('lachan-round'); ask.onsuccess = () => {"
    " const rows = ask.result.transaction('list').objectStore('list').count();"
    " rows.onsuccess = () => { ask.result.close(); done(rows.result); }; }; })"
)


def rows(product: Any, query: str, *values: Any) -> list[Any]:
    store = sqlite3.connect(f"file:{product.data}/lachan.sqlite3?mode=ro", uri=True)
    try:
        return store.execute(query, values).fetchall()
    finally:
        store.close()


class Office:
    """A desk that sends forms without looking at the pages between."""

    def __init__(self, page: Any, username: str) -> None:
        self.page = page
        steps.sign_in(page, username)

    def post(self, path: str, **form: Any) -> Any:
        return self.page.request.post(path, form=form, headers=self._token(), max_redirects=0)

    def tell(self, path: str, body: Any) -> Any:
        return self.page.request.post(path, data=body, headers=self._token())

    def _token(self) -> dict[str, str]:
        cookies = self.page.context.cookies()
        return {
            "X-CSRFToken": next((one["value"] for one in cookies if one["name"] == "lc_csrf"), ""),
            "Referer": self.page.url,
        }


@pytest.fixture(scope="module")
def office(browser: Any, product: Any) -> Iterator[Office]:
    context = browser.new_context(base_url=product.url, **DESK)
    yield Office(context.new_page(), HEALTH_POST)
    context.close()


@pytest.fixture(scope="module")
def team(office: Office, product: Any) -> tuple[str, list[str]]:
    """A team of a hamlet of its own, and the ids of its households in the order of the way."""
    houses = [_house(office, product, at, *house) for at, house in enumerate(HOUSES, 1)]
    hamlet = rows(product, "select hamlet_id from households_household where id=?", UUID(houses[0]).hex)[0][0]
    given = {"hamlet": str(UUID(hamlet)), "name": "Tổ 1, tổ dân phố Hải Đăng", "first": "1", "last": "60"}
    found = office.post("/cb/ho-dan/to/", **given).headers["location"].rstrip("/").rpartition("/")[2]
    assert office.post(f"/cb/ho-dan/to/{found}/gan/", account=GOER).status == 302
    return found, houses


def _house(office: Office, product: Any, number: int, head: str, address: str, people: Any) -> str:
    given = {"unit": VINH_HOA, "hamlet": HAMLET, "number": str(number), "head": head}
    made = office.post("/cb/ho-dan/moi/", **given, address=address)
    house: str = made.headers["location"].rstrip("/").rpartition("/")[2]
    for name, birth in people:
        more = {"name": name, "birth": birth, "since": "2021-01-01", "sex": "", "chronic": "", "pregnant": ""}
        assert office.post(f"/cb/ho-dan/{house}/them/", **more).status == 302
    return house


class Phone:
    """A team's phone: a browser whose profile outlives it."""

    def __init__(self, engine: Engine, profile: Path, url: str) -> None:
        self._engine, self._profile, self._url = engine, profile, url
        self.faults: list[str] = []
        self.start(offline=False)

    def start(self, *, offline: bool) -> None:
        options = {**PHONE, "base_url": self._url, "offline": offline, "bypass_csp": True}
        self.context = self._engine.launch(self._profile, (), options)
        self.open()

    def open(self, address: str = "") -> None:
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        if address:
            self.page.goto(address)

    def close(self) -> None:
        with suppress(Exception):
            self.context.close()

    def ready(self) -> None:
        """A first visit with a network, at the end of which the phone has what it needs."""
        self.page.goto("/tuan/")
        until = time.monotonic() + 30
        while not self.page.evaluate(KEPT):
            assert time.monotonic() < until, "the worker doesn't keep the round"
            self.page.wait_for_timeout(200)
        self.page.locator("[data-testid=until]").wait_for()

    def unsent(self, count: int) -> None:
        self.page.locator(f"[data-testid=sync][data-waiting='{count}']").wait_for(timeout=30_000)

    def door(self, number: int) -> Any:
        return self.page.locator(f"[data-number='{number}']")


@pytest.fixture
def phone(playwright: Any, product: Any, team: Any, tmp_path: Path) -> Iterator[Phone]:
    made = Phone(Engine(playwright), tmp_path / "phone", product.url)
    steps.sign_in(made.page, GOER)
    made.ready()
    yield made
    made.close()
    assert not made.faults, made.faults


def picture(page: Any, name: str) -> None:
    """For the handbook, with LACHAN_PICTURES=1."""
    if os.environ.get("LACHAN_PICTURES") == "1":
        from tests.e2e.test_pictures import keep

        keep(page, "", name)


def test_three_doors_without_a_network_arrive_once(
    phone: Phone, product: Any, team: tuple[str, list[str]], office: Office, open_page: Any
) -> None:
    group, houses = team
    noted = "select count(*) from households_roundnote where team_id=?"
    phone.context.set_offline(True)
    phone.page.reload()
    phone.page.locator("[data-testid=offline]").wait_for()
    found = faults(phone.page)
    phone.door(1).locator("[data-testid=well]").click()
    phone.page.locator("[data-testid=undo-bar]").wait_for()
    phone.door(2).locator("[data-testid=absent]").click()
    phone.door(4).locator("[data-testid=well]").click()
    phone.unsent(3)
    picture(phone.page, "round-list-360")
    phone.page.click("[data-testid=undo]")
    phone.unsent(2)
    phone.door(3).locator("[data-testid=open]").click()
    picture(phone.page, "round-door-360")
    found += faults(phone.page)
    phone.page.click("[data-testid=note-ill]")
    phone.page.click("[data-testid=save]")  # nobody chosen: said, and nothing noted
    phone.page.locator(".lc-wrong:visible").wait_for()
    phone.page.get_by_label("Phạm Gia Hân").check()
    phone.page.get_by_label("Ho", exact=True).check()
    phone.page.fill("[name=temperature]", "38,2")
    picture(phone.page, "round-ill-360")
    found += faults(phone.page)
    assert not found, "\n".join(found)
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.page.click("[data-testid=save]")
    phone.page.locator("[data-testid=visits] [data-state=waiting]").wait_for()

    phone.page.close()  # the tab is killed
    phone.open("/tuan/")
    phone.unsent(3)
    phone.close()  # and the browser, with the session that only it had
    phone.start(offline=True)
    phone.page.goto("/tuan/")
    phone.unsent(3)
    assert [phone.door(n).get_attribute("data-worry") for n in (1, 2, 3, 4)] == [
        "well",
        "absent",
        "symptoms",
        None,
    ]
    assert rows(product, noted, UUID(group).hex) == [(0,)]

    phone.context.set_offline(False)
    phone.page.locator("[data-testid=signin]").wait_for(timeout=30_000)
    phone.unsent(3)
    phone.page.locator("[data-testid=no-list]").wait_for()  # whom the server doesn't know keeps no names
    assert phone.page.evaluate(NAMES) == 0
    steps.sign_in(phone.page, GOER)
    phone.page.goto("/tuan/")
    phone.unsent(0)
    phone.page.reload()
    phone.door(3).locator("[data-state=sent]").wait_for()
    told = "select household_id, worry from households_roundnote where team_id=? order by occurred_at"
    expected = [
        (UUID(house).hex, worry) for house, worry in zip(houses, ("", "absent", "symptoms"), strict=False)
    ]
    assert rows(product, told, UUID(group).hex) == expected

    both_are_kept(phone, office, group, houses[0], product)
    nobody_else_gets_in(Office(open_page(DESK), ELSEWHERE), group, houses[0], product)
    whoever_signs_in_finds_no_names(phone)
    the_shift_ends(phone)


def both_are_kept(phone: Phone, office: Office, group: str, house: str, product: Any) -> None:
    """Another of the team noted the same door."""
    form = {"member": "", "to": group, "all-id": str(uuid7()), "all-absent": "on"}
    assert office.post(f"/tuan/{house}/?to={group}", **form).status == 302
    phone.page.reload()
    phone.door(1).locator("[data-both=true], [data-both='']").wait_for()
    phone.door(1).locator("[data-testid=open]").click()
    phone.page.locator("[data-testid=both]").wait_for()
    assert phone.page.locator("[data-testid=visits] > li").count() == 2
    kept = "select count(*) from households_roundnote where household_id=?"
    assert rows(product, kept, UUID(house).hex) == [(2,)]


def nobody_else_gets_in(other: Office, group: str, house: str, product: Any) -> None:
    before = rows(product, "select count(*) from households_roundnote")
    assert other.page.request.get(f"/tuan/du-lieu.json?to={group}").status == 404
    assert other.page.request.get(f"/tuan/{house}/?to={group}").status == 404
    account = str(UUID(rows(product, "select id from accounts_user where username=?", ELSEWHERE)[0][0]))
    note = {
        "id": str(uuid7()),
        "household": house,
        "occurred_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    answer = other.tell(f"/tuan/ghi/?to={group}", {"account": account, "items": [note]})
    assert (answer.status, answer.json()) == (409, {"error": "no_team"})
    assert rows(product, "select count(*) from households_roundnote") == before


def whoever_signs_in_finds_no_names(phone: Phone) -> None:
    """A session that ended with nobody pressing anything; the next to use the phone opens the page of sign-in."""
    assert phone.page.evaluate(NAMES) == 1
    phone.context.clear_cookies()
    phone.page.goto("/tai-khoan/login/")
    phone.page.wait_for_function(f"{NAMES}.then((count) => count === 0)")
    steps.sign_in(phone.page, GOER)


def the_shift_ends(phone: Phone) -> None:
    phone.page.goto("/tuan/")
    phone.page.click("[data-testid=end-shift]")
    phone.page.locator("[data-confirm-yes]").click()
    phone.page.wait_for_url(lambda url: "/tuan/" not in url)
    assert phone.page.evaluate(NAMES) == 0
    phone.context.set_offline(True)
    phone.page.goto("/tuan/")
    phone.page.locator("[data-testid=no-list]").wait_for()
