"""Officers at their desks: a signed-in page each, and what they do on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from lachan.kernel.clock import VN

FEW = 15_000
"""Milliseconds that a busy machine may need for a page."""
Staff = Callable[[str], Any]


def is_fault(line: Any) -> bool:
    """An error of the console; a form that is refused answers 422, which is meant."""
    return line.type == "error" and "status of 422" not in line.text


def today() -> date:
    return datetime.now(VN).date()


def pick_unit(page: Any) -> None:
    """A commune by its name without accents; the form may know it already."""
    box = page.locator(".lc-unit:has([name=unit]) input[role=combobox]")
    if "Vĩnh Hòa" not in box.input_value():
        box.fill("vinh hoa nha trang")
        page.locator("[role=option]:visible").first.click()


def agree(page: Any, name: Any) -> None:
    """Press a button that asks whether one is sure, and say yes."""
    press(page, name)
    page.locator("#confirm [data-confirm-yes]").click()


def press(page: Any, name: Any) -> None:
    page.get_by_role("button", name=name, exact=isinstance(name, str)).first.click()
