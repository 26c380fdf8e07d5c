from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.product import Product, running

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "locale": "vi-VN",
    "timezone_id": "Asia/Ho_Chi_Minh",
}
DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    with running() as started:
        yield started


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's own loop stands in this thread
    with sync_playwright() as started:
        yield started


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def launch(playwright: Any) -> Iterator[Callable[..., Any]]:
    """Start a browser with extra flags; all of them are closed at the end."""
    started: list[Any] = []

    def one(*flags: str) -> Any:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *flags])
        started.append(browser)
        return browser

    yield one
    for browser in started:
        browser.close()


class Engine:
    """Browsers with a profile on the disk, which outlives their being killed."""

    def __init__(self, playwright: Any) -> None:
        self._playwright = playwright

    def launch(self, profile: Path, flags: tuple[str, ...], options: dict[str, Any]) -> Any:
        return self._playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium(), args=[*FLAGS, *flags], permissions=["camera"], **options
        )

    def forget(self, context: Any) -> None:
        """Close, also one whose processes are gone."""
        with suppress(Exception):
            context.close()


@pytest.fixture(scope="session")
def province(product: Product) -> Any:
    """Whoever holds the product's keys, and the keys of a health authority that the province trusts."""
    from tests.e2e.codes import Province

    return Province(product)


@pytest.fixture(scope="session")
def post(launch: Callable[..., Any], product: Product, province: Any) -> Iterator[Any]:
    """A supervisor at her desk, with a shift; the province's trust stands before the first bundle is made."""
    from tests.e2e.gate import Post

    page = launch().new_context(base_url=product.url, **DESK).new_page()
    supervisor = Post(page, product)
    supervisor.shift("Ca thử máy quét")
    yield supervisor


@pytest.fixture
def gates(playwright: Any, product: Product, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Phones of officers, closed at the end; none of their pages may have thrown an error."""
    from tests.e2e.gate import Gate

    made: list[Gate] = []

    def one(**options: Any) -> Gate:
        gate = Gate(Engine(playwright), tmp_path / f"phone-{len(made)}", product, {**PHONE, **options})
        made.append(gate)
        return gate

    yield one
    for gate in made:
        gate.close()
    faults = [fault for gate in made for fault in gate.faults]
    assert not faults, faults


@pytest.fixture(scope="session")
def pocket(
    playwright: Any, product: Product, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Any]]:
    """The phone that most tests share, once there is one."""
    held: list[Any] = []
    yield held
    for phone in held:
        phone.close()


@pytest.fixture
def gate(
    pocket: list[Any], playwright: Any, product: Product, post: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """An enrolled phone with the scanner open and nothing left of the test before; a spoilt one is replaced."""
    from tests.e2e.gate import Gate

    if pocket:
        try:
            pocket[0].fresh()
        except Exception:
            pocket.pop().close()
    if not pocket:
        pocket.append(Gate(Engine(playwright), tmp_path_factory.mktemp("phone"), product, {**PHONE}))
        pocket[0].enrol(post.code())
        pocket[0].wait_for_worker()
        pocket[0].fresh()
    phone = pocket[0]
    yield phone
    faults, phone.faults = list(phone.faults), []
    assert not faults, faults


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Any]) -> Any:
    return launch()


@pytest.fixture
def open_page(browser: Any, product: Product) -> Iterator[Callable[..., Any]]:
    """A fresh page in a context of its own. At the end no page may have thrown an error or broken the content policy."""
    contexts: list[Any] = []
    faults: list[str] = []

    def one(kind: dict[str, Any] = PHONE, **options: Any) -> Any:
        context = browser.new_context(base_url=product.url, **{**kind, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
        )
        return page

    yield one
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def staff(open_page: Callable[..., Any]) -> Iterator[Callable[[str], Any]]:
    """A signed-in page of an account, at a desk; whatever its console calls an error fails the test."""
    from tests.e2e import steps
    from tests.e2e.desk import FEW, is_fault

    faults: list[str] = []
    pages: dict[str, Any] = {}

    def one(username: str) -> Any:
        if username not in pages:
            page = pages[username] = open_page(DESK)
            page.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)
            page.set_default_timeout(FEW)
            steps.sign_in(page, username)
        return pages[username]

    yield one
    assert not faults, faults
