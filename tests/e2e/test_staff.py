"""A commune health worker finds the flagged person of her commune and no other, and follows up."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.test_declare import declare

FLAGGED = "Nguyễn Thị Phát Hiện"


@pytest.fixture(scope="module", autouse=True)
def flagged(browser, product) -> None:
    """Someone of Vĩnh Hòa declares a fever, whichever test comes first."""
    context = browser.new_context(base_url=product.url, **PHONE)
    declare(
        context.new_page(), "/khai/mau/domestic/", FLAGGED, number="056190200001", symptoms=("fever", "cough")
    )
    context.close()


def test_flagged_in_her_commune_and_nowhere_else(open_page):
    own = open_page(DESK)
    steps.sign_in(own, "tramyte.vinhhoa")
    own.goto("/cb/to-khai/?q=phat+hien")
    row = own.locator("[data-testid=declarations]").get_by_text(FLAGGED)
    expect(row.first).to_be_visible()

    other = open_page(DESK)
    steps.sign_in(other, "tramyte.vinhhai")
    other.goto("/cb/to-khai/?q=phat+hien")
    assert other.get_by_text(FLAGGED).count() == 0

    row.first.click()
    own.locator("[data-testid=declaration]").wait_for()
    assert own.get_by_text("Sốt").count() > 0
    address = own.url.replace(own.evaluate("location.origin"), "")
    assert other.goto(address).status in (403, 404)


def test_follow_up_and_undo(open_page):
    page = open_page(DESK)
    steps.sign_in(page, "tramyte.vinhhoa")
    page.goto("/cb/to-khai/?q=phat+hien")
    page.locator("[data-testid=declarations]").get_by_text(FLAGGED).first.click()
    panel = page.locator("[data-testid=follow-up]").first
    for _ in range(20):  # the worker puts it into the queue within moments
        if panel.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    panel.wait_for()
    if panel.locator("select[name=status]").count():
        panel.locator("select[name=status]").select_option("called")
    else:
        panel.locator("[name=status][value=called]").first.check()
    panel.locator("textarea[name=text]").fill("Đã gọi, hẹn xét nghiệm chiều nay")
    panel.get_by_role("button", name="Ghi").first.click()
    expect(page.locator("[data-testid=follow-up]").first).to_contain_text("Đã gọi, hẹn xét nghiệm chiều nay")
    page.locator("[data-testid=undo]").first.click()
    expect(page.locator("[data-testid=follow-up]").first).to_contain_text("Chờ liên hệ")


def test_signing_in_with_a_second_factor(open_page):
    page = open_page(DESK)
    page.goto("/tai-khoan/login/")
    page.fill("input[name=login]", "quantri")
    page.fill("input[name=password]", steps.PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**authenticate**")
    page.goto("/cb/")
    assert "login" in page.url or "authenticate" in page.url, (
        "the password alone must not open the staff pages"
    )
    other = open_page(DESK)
    steps.sign_in(other, "quantri")
    assert other.url.endswith("/cb/")
