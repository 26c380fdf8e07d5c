"""The scanner's screens: readable by everyone and in the sun, in one hand, no wider than 360 px; the handbook's pictures."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.e2e.codes import Province, cccd
from tests.e2e.test_accessible import faults
from tests.e2e.test_pictures import KEPT, keep

SUN = 7.0
THUMB = 56
CONTRAST = """(floor) => {
  const parse = (text) => { const found = text.match(/[\\d.]+/g).map(Number); return [...found.slice(0, 3), found[3] ?? 1]; };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => { const c = part / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) { const colour = parse(getComputedStyle(at).backgroundColor); if (colour[3] === 1) return colour.slice(0, 3); }
    return [255, 255, 255];
  };
  const low = [];
  for (const node of document.querySelectorAll('.g-decision *')) {
    const text = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!text || !node.getClientRects().length || node.closest('.visually-hidden')) continue;
    const [fore, back] = [light(parse(getComputedStyle(node).color).slice(0, 3)), light(ground(node))];
    const ratio = (Math.max(fore, back) + 0.05) / (Math.min(fore, back) + 0.05);
    if (ratio < floor) low.push(`${node.className || node.tagName} ${ratio.toFixed(1)}: ${node.textContent.trim().slice(0, 40)}`);
  }
  return low;
}"""
SMALL = """(least) => [...document.querySelectorAll('.g-thumb button, .g-sheet .g-button, .g-tool, .g-chip, .g-nav button')]
  .filter((each) => each.getClientRects().length && each.getBoundingClientRect().height < least - 0.5)
  .map((each) => `${each.textContent.trim()}: ${each.getBoundingClientRect().height}`)"""


def looked_at(page: Any, name: str) -> list[str]:
    """What is wrong with a screen. LACHAN_PICTURES=1 keeps its picture for the handbook."""
    page.wait_for_timeout(300)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = [f"{name}: {fault}" for fault in faults(page)]
    found += [f"{name}: {wide} px too wide"] if wide > 0 else []
    found += [f"{name}: too small for a thumb: {each}" for each in page.evaluate(SMALL, THUMB)]
    if os.environ.get("LACHAN_PICTURES") == "1" and name:
        KEPT.mkdir(exist_ok=True)
        keep(page, "", f"scanner-{name}-360")
    return found


def decisions(gate: Any, province: Province, name: str) -> list[str]:
    """All four levels, each with a contrast for the sun."""
    page, found = gate.page, []
    for text, temperature, result in (
        (province.wallet().shown(), "", "pass"),
        (cccd("Nguyễn Thị Ngọc Lan", "600100"), "", "advise"),
        (province.wallet(since=province_days(2)).shown(), "", "hold"),
        (province.wallet().shown(), "38,5", "refer"),
    ):
        decision = gate.scan(text)
        if temperature:
            page.click("[data-testid=add-temp]")
            found += looked_at(page, f"{name}temperature" if not name else "")
            page.fill("[data-testid=temp]", temperature)
            page.click("[data-testid=temp-save]")
            page.locator(f"[data-testid=decision][data-result={result}]").wait_for()
        assert decision.get_attribute("data-result") == result
        found += looked_at(page, result if not name else "")
        found += [f"{result}: {each}" for each in page.evaluate(CONTRAST, SUN)]
        gate.next()
    return found


def province_days(count: int) -> Any:
    from datetime import timedelta

    return timedelta(days=count)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen(gates, post, province, scheme):
    gate = gates(color_scheme=scheme, bypass_csp=True)
    name = "" if scheme == "light" else "dark-"
    gate.start("/quet/" + "#" + post.code().partition("#")[2])
    page = gate.page
    page.fill("[data-testid=enrol-name]", "Máy 2, làn xe tải")
    found = looked_at(page, "enrol" if not name else "")
    page.click("[data-testid=enrol-go]")
    gate.wait_for_camera()
    gate.film.show(province.wallet().shown(), blur=9)
    page.wait_for_timeout(600)
    found += looked_at(page, "scan" if not name else "")
    gate.film.clear()
    found += decisions(gate, province, name)
    for view in ("queue", "assist", "list", "about"):
        page.click(f"[data-testid=nav-{view}]")
        page.locator(f"[data-testid={view}]").wait_for()
        found += looked_at(page, view if not name else "")
    page.click("[data-testid=nav-scan]")
    page.click("[data-testid=tool-byHand]")
    found += looked_at(page, "")
    page.click("[data-testid=sheet-hand] .g-close")
    gate.scan(province.wallet().shown())
    for sheet in ("paper", "vehicle", "dest", "outcome", "over"):
        page.click(f"[data-testid=add-{sheet}]")
        page.locator(f"[data-testid=sheet-{sheet}]").wait_for()
        found += looked_at(page, sheet if not name and sheet in ("vehicle", "outcome") else "")
        page.click(f"[data-testid=sheet-{sheet}] .g-close")
    assert not found, "\n".join(found)
