"""An officer's day: enrol by the supervisor's screen, scan people through the camera, with a network and without."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.codes import Province, cccd, declared, national
from tests.e2e.gate import SLOW, until
from tests.e2e.test_declare import rows


@pytest.fixture(scope="module")
def province(product):
    return Province(product)


def test_a_citizens_pass_is_green_and_reaches_the_province_once(gates, post, product):
    gate = gates()
    gate.enrol(post.code(), "Máy làn xe tải")
    assert gate.page.url.endswith("/quet/"), "the enrolment code must leave the address"
    wallet = declared(product)
    decision = gate.scan(wallet.shown())
    assert decision.get_attribute("data-result") == "pass" and decision.get_attribute("data-how") == "pass"
    assert int(decision.get_attribute("data-took")) < 1000
    expect(decision.locator(".g-number")).to_have_text("1")
    expect(decision.locator("h2")).to_have_text("Cho qua")
    expect(decision.locator("[data-testid=badge]")).to_contain_text("chữ ký")
    gate.next()
    gate.wait_unsent(0)
    mine = gate.compare()
    [(id, how, result, outcome, seq)] = gate.at_province()
    assert (how, result, outcome, seq) == ("pass", 0, "passed", 1) and [id] == mine["ids"]
    assert until(
        lambda: rows(
            product,
            "select alias from checkpoints_scan where id=? and alias is not null",
            id.replace("-", ""),
        )
    )


@pytest.mark.parametrize(
    "how",
    [{"angle": 178}, {"angle": -40}, {"blur": 1.4}, {"dim": 0.45}],
    ids=["upside-down", "aslant", "blurred", "dim"],
)
def test_held_badly(gate, province, how):
    decision = gate.scan(province.wallet().shown(), **how)
    assert decision.get_attribute("data-result") == "pass"


def test_too_blurred_to_read_decides_nothing(gate, province):
    gate.hold_up(province.wallet().shown(), blur=9)
    gate.page.wait_for_timeout(2500)
    assert gate.decided() == "" and gate.unsent() == 0


def test_without_a_network_and_back(gate, province):
    gate.wait_for_worker()
    gate.context.set_offline(True)
    seen = []
    for text, how, result in (
        (cccd(), "cccd", "advise"),
        (national(), "national", "advise"),
        (province.card(), "card", None),
        (province.wallet().shown(), "pass", "pass"),
    ):
        decision = gate.scan(text)
        assert decision.get_attribute("data-how") == how
        assert result in (None, decision.get_attribute("data-result"))
        if how in ("cccd", "national"):
            expect(decision.locator("[data-testid=badge]")).to_contain_text("lời khai")
        seen.append(gate.decided())
        assert gate.unsent() == len(seen)
        gate.next()
    expect(gate.page.locator("[data-testid=unsent]")).to_have_text("Chưa về tỉnh: 4")
    gate.page.reload()  # the page itself starts without a network
    gate.wait_for_camera()
    assert gate.unsent() == 4 and gate.at_province() == []
    gate.context.set_offline(False)
    gate.wait_unsent(0)
    assert gate.compare()["ids"] == seen
    assert [row[0] for row in gate.at_province()] == seen
    expect(gate.page.locator("[data-testid=unsent]")).to_have_text("Đã về tỉnh hết")


def test_the_same_person_in_view_is_one_scan(gate, province):
    wallet = province.wallet()
    gate.hold_up(wallet.shown())
    gate.page.locator("[data-testid=decision]").wait_for(timeout=SLOW)
    first = gate.decided()
    gate.hold_up(wallet.shown(timedelta(seconds=-1)))  # the phone renews its signature while it is held up
    gate.page.wait_for_timeout(1500)
    assert gate.decided() == first
    gate.film.clear()
    gate.next()
    gate.wait_unsent(0)
    assert len(gate.at_province()) == 1
