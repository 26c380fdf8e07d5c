"""An area is drawn on the map, locked down by an order, seen by its households and opened again."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from lachan.kernel.clock import VN
from tests.e2e.desk import agree, pick_unit, press

HEAD, LATITUDE, LONGITUDE = "Lê Thị Trong Vùng", 12.291, 109.192


def test_a_lockdown_is_drawn_decided_and_lifted(staff):
    station = staff("tramyte.vinhhoa")
    a_household(station)
    station.goto("/cb/vung/")
    station.get_by_role("link", name="Phong tỏa", exact=True).click()
    station.fill("[name=name]", "Hẻm 12 Trần Phú")
    draw_around(station, station.locator(".lc-map-house").last)
    expect(station.locator("[data-said]")).to_contain_text("4")
    assert '"Polygon"' in station.input_value("[name=outline]")
    press(station, "Lập đề xuất phong tỏa")
    zone = str(station.url)
    leader = staff("chutich.vinhhoa")
    leader.goto(zone)
    leader.fill("[name=document]", "15/QĐ-UBND ngày 20/11/2021")
    leader.fill("[name=to_at]", (datetime.now(VN) + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"))
    press(leader, "Quyết định")
    expect(leader.locator("[data-testid=countdown]")).to_contain_text(re.compile(r"còn [67] ngày"))
    station.goto(zone)
    inside = station.locator("#inside")
    expect(inside).to_contain_text(HEAD)
    inside.get_by_text("Ghi nhu cầu").first.click()
    inside.get_by_label("Lương thực").first.check()
    press(station, "Ghi lại")
    expect(inside.locator("tr", has_text=HEAD)).to_contain_text("Lương thực")
    leader.goto(zone)
    leader.locator("#lift").locator("[name=reason]").fill("Hết ca mới trong 14 ngày")
    leader.locator("#lift").locator("[name=document]").fill("31/QĐ-UBND")
    agree(leader, "Bãi bỏ")
    expect(leader.locator(".lc-lead, main p").first).to_contain_text("Đã bãi bỏ")
    assert not leader.locator("[data-testid=countdown]").count()


def a_household(page: Any) -> None:
    page.goto("/cb/ho-dan/moi/")
    pick_unit(page)
    page.fill("[name=hamlet]", "Tổ dân phố 12")
    page.fill("[name=head]", HEAD)
    page.fill("[name=latitude]", str(LATITUDE))
    page.fill("[name=longitude]", str(LONGITUDE))
    press(page, "Lập hộ")
    expect(page.locator("h1")).to_contain_text(HEAD)


def draw_around(page: Any, dot: Any) -> None:
    """Four corners by the mouse, around a house on the map."""
    dot.scroll_into_view_if_needed()
    at = dot.bounding_box()
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    for right, down in ((-20, -20), (20, -20), (20, 20), (-20, 20)):
        page.mouse.click(x + right, y + down)
