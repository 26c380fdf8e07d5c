"""What must never be shown green, and devices that may scan no more."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import expect

from lachan.kernel.codes import SigningKey
from tests.e2e.codes import MINUTE, altered, cccd, now, serial_of
from tests.e2e.gate import SLOW, at_province, until
from tests.e2e.test_declare import rows

GREEN = ("pass", "advise")
HOUR = timedelta(hours=1)
BUNDLE = """() => new Promise((resolve) => {
  const opening = indexedDB.open('lachan-gate');
  opening.onsuccess = () => {
    const asked = opening.result.transaction('state').objectStore('state').get('bundle');
    asked.onsuccess = () => { opening.result.close(); resolve(JSON.parse(asked.result.bundle)); };
  };
})"""
REVOKE = """
from uuid import UUID
from lachan.registry.accounts.models import User
from lachan.gate.checkpoints.services.passes import revoke
from lachan.kernel.clock import SystemClock
print(revoke([UUID({serial!r})], "Thử thu hồi", by=User.objects.get(username="quantri"), now=SystemClock().now()))
"""


def refused(gate, text: str, flaw: str) -> None:
    """Held or referred, said so, kept as such, and beyond the officer's reach to make green."""
    decision = gate.scan(text)
    assert decision.get_attribute("data-flaw") == flaw
    assert decision.get_attribute("data-result") not in GREEN
    expect(decision.locator("[data-testid=barred]")).to_be_visible()
    assert "g-pass" not in decision.get_attribute("class").split()
    gate.page.click("[data-testid=add-over]")
    gate.page.locator("[data-testid=over-barred]").wait_for()
    assert gate.page.locator("[data-testid=over-pass], [data-testid=over-advise]").count() == 0
    gate.page.click("[data-testid=sheet-over] .g-close")
    gate.next()


def test_forged_altered_expired_old_replayed_and_revoked(gate, product, province):
    """In one row, since the province makes bundles anew once a minute: what is revoked at the start is known at the end."""
    serial = secrets.token_bytes(16)
    lost, card = province.wallet(serial=serial), province.card(serial)
    assert gate.scan(lost.shown()).get_attribute("data-result") == "pass"
    gate.next()
    assert at_province(product, REVOKE.format(serial=str(UUID(bytes=serial)))) == "1"
    once = province.wallet()
    shown = once.shown()
    assert gate.scan(shown).get_attribute("data-result") == "pass"
    gate.next()
    stranger, wallet = SigningKey.generate(), province.wallet()
    refused(gate, province.wallet(key=stranger).shown(), "forged")
    refused(gate, altered(wallet.shown()), "forged")
    refused(gate, province.wallet(since=48 * HOUR, life=24 * HOUR).shown(), "expired")
    refused(gate, wallet.shown(ago=2 * MINUTE), "stale")
    refused(gate, wallet.text, "stale")  # the bare pass, as a copy of the file has it
    thief = province.wallet()
    thief.text = wallet.text  # another phone's signature under it
    refused(gate, thief.shown(), "forged")
    refused(gate, shown, "replay")
    gate.page.reload()
    gate.wait_for_camera()
    refused(gate, once.shown(ago=timedelta(seconds=61)), "stale")
    assert gate.scan(once.shown(ago=timedelta(seconds=-2))).get_attribute("data-result") == "pass"
    gate.next()
    fetch_until(gate, lambda: serial.hex() in gate.page.evaluate(BUNDLE)["revoked"])
    assert serial_of(lost.text) == serial_of(card)
    refused(gate, lost.shown(), "revoked")
    refused(gate, card, "revoked")
    gate.wait_unsent(0)
    gate.compare()
    found = [(result, outcome) for _, _, result, outcome, _ in gate.at_province()]
    assert found.count((0, "passed")) == 3 and set(found) == {(0, "passed"), (2, "turned_back")}


def fetch_until(gate, true) -> None:
    """Ask the province for its rules until what is asked for holds of them."""
    gate.page.click("[data-testid=nav-about]")

    def fetched() -> bool:
        gate.page.click("[data-testid=refresh]")
        gate.page.wait_for_timeout(1000)
        return bool(true())

    until(fetched, 100)
    gate.to_scan()


def test_a_stale_bundle_is_shown_and_an_expired_one_never_green(gate, province):
    gate.context.set_offline(True)
    for ahead, freshness in (
        (7 * HOUR, "stale"),
        (15 * HOUR, "expired"),
        (26 * HOUR, "expired"),
        (-2 * HOUR, "clock"),
    ):
        gate.set_clock(ahead)
        gate.page.reload()
        gate.wait_for_camera()
        strip = gate.page.locator(f"[data-testid=bundle-{freshness}]")
        expect(strip).to_be_visible(timeout=SLOW)
        moment = now() + ahead
        wallet = province.wallet(since=HOUR - min(ahead, timedelta(0)) * 2, life=60 * HOUR)
        decision = gate.scan(wallet.shown(at=moment))
        green = decision.get_attribute("data-result") in GREEN
        assert green == (freshness == "stale"), (ahead, decision.inner_text())
        gate.next()
        decision = gate.scan(cccd(number=f"30{abs(ahead).seconds // 3600:04d}"))
        assert (decision.get_attribute("data-result") in GREEN) == (freshness == "stale")
        gate.next()
    gate.set_clock(timedelta(0))
    gate.context.set_offline(False)
    gate.page.reload()
    gate.wait_unsent(0)
    gate.compare()
    until(lambda: gate.page.locator("[data-testid^=bundle-]").count() == 0)
    assert gate.scan(province.wallet().shown()).get_attribute("data-result") == "pass"


def test_the_bundle_expires_while_a_green_decision_stands(gate, province):
    gate.context.set_offline(True)
    expires = gate.page.evaluate(BUNDLE)["expires"]
    ahead = timedelta(seconds=expires - 6 - now().timestamp())
    gate.set_clock(ahead)
    wallet = province.wallet(life=60 * HOUR)
    assert gate.scan(wallet.shown(at=now() + ahead)).get_attribute("data-result") == "pass"
    expect(gate.page.locator("[data-testid=decision]")).to_have_attribute(
        "data-result", "hold", timeout=40_000
    )


def test_a_revoked_device_is_told_and_its_scans_arrive(gates, post, product, province):
    gate = gates()
    gate.enrol(post.code(), "Máy sẽ bị thu hồi")
    gate.wait_for_worker()
    gate.context.set_offline(True)
    for _ in range(2):
        assert gate.scan(province.wallet().shown()).get_attribute("data-result") == "pass"
        gate.next()
    device = gate.kept()["device"]
    page = post.page
    page.goto(f"/cb/chot/thiet-bi/{device}/")
    page.fill("#revoke [name=reason]", "Mất máy")
    page.locator("#revoke button[type=submit]").click()
    page.locator("dialog#confirm[open] [data-confirm-yes]").click()
    until(
        lambda: rows(
            product,
            "select revoked_at from checkpoints_device where id=? and revoked_at is not null",
            device.replace("-", ""),
        )
    )
    gate.context.set_offline(False)
    expect(gate.page.locator("[data-testid=revoked]")).to_be_visible(timeout=SLOW)
    gate.wait_unsent(0)
    assert len(gate.at_province()) == 2 and gate.compare()["revoked"] is True
    flags = rows(product, "select flags from checkpoints_scan where device=?", device.replace("-", ""))
    assert not any("after_revocation" in each for (each,) in flags)
    gate.hold_up(province.wallet().shown())
    gate.page.wait_for_timeout(1000)
    assert gate.decided() == "", "it must take no more"
    gate.page.reload()
    expect(gate.page.locator("[data-testid=revoked]")).to_be_visible(timeout=SLOW)
    gate.page.click("[data-testid=nav-about]")
    gate.page.click("[data-testid=refresh]")
    expect(gate.page.locator("[data-testid=about-said]")).to_contain_text("thu hồi")
    assert gate.road.answered("/api/edge/bundle")[-1] == 403
