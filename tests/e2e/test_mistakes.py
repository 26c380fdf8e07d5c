"""A mistake is told without disturbing what the person does next."""

from __future__ import annotations

from tests.e2e.conftest import DESK
from tests.e2e.test_declare import start


def test_the_sentence_that_appears_does_not_swallow_the_next_click(open_page):
    page = open_page(DESK)
    start(page, "/khai/mau/domestic/")
    page.fill("[name=birth]", "31/02/1990")
    choice = page.locator("[name=sex][value=female]")
    choice.evaluate("radio => radio.scrollIntoView({block: 'center'})")
    box = choice.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(120)  # a hand is slower than a script
    page.mouse.up()
    page.locator("#f-birth-error").wait_for()
    assert choice.is_checked()
