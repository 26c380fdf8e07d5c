"""Nothing is lost or doubled, and nothing is green that isn't kept: killed tabs and browsers, a full disk, a busy server, lost
answers, a clock that jumps, an update of the page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from tests.e2e.codes import Province, cccd
from tests.e2e.gate import SLOW, until
from tests.e2e.test_declare import rows

SCANS = "/api/edge/scans"
HOUR = timedelta(hours=1)


def scanned(gate: Any, province: Province, count: int, *, leave_last: bool = False) -> list[str]:
    """Scan so many green passes; the ids of the scans. `leave_last`: the last decision is left standing."""
    ids = []
    for number in range(count):
        assert gate.scan(province.wallet().shown()).get_attribute("data-result") == "pass"
        ids.append(gate.decided())
        if not (leave_last and number == count - 1):
            gate.next()
    return ids


def test_the_tab_is_closed_while_a_decision_stands(gate, province):
    gate.road.down = True
    ids = scanned(gate, province, 2, leave_last=True)
    kept = gate.kept()
    assert kept["drafts"] == ids[1:] and kept["ids"] == ids[:1]
    gate.page.close()
    gate.road.down = False
    gate.start()
    gate.wait_unsent(0)
    assert gate.compare()["ids"] == ids
    assert [(id, result) for id, _, result, _, _ in gate.at_province()] == [(id, 0) for id in ids]


def test_the_battery_dies_between_scan_and_sync(gate, province):
    gate.road.down = True
    ids = scanned(gate, province, 3, leave_last=True)
    gate.kill()
    gate.road.down = False
    gate.start()
    gate.wait_for_camera()
    gate.wait_unsent(0)
    assert gate.compare()["ids"] == ids
    ids += scanned(gate, province, 1)
    gate.wait_unsent(0)
    assert gate.compare()["ids"] == ids


def test_the_battery_dies_while_the_log_is_being_sent(gate, province):
    gate.road.down = True
    ids = scanned(gate, province, 3)
    gate.road.down, gate.road.losing[SCANS] = False, 1  # the province has it, and the device never hears
    gate.send_now()
    until(lambda: 0 in gate.road.answered(SCANS))
    gate.kill()
    assert len(rows(gate.product, "select 1 from checkpoints_scan where id=?", ids[0].replace("-", ""))) == 1
    gate.start()
    gate.wait_unsent(0)
    assert gate.compare()["ids"] == ids
    assert gate.road.answered(SCANS)[-1] == 200


def test_answers_get_lost_again_and_again(gate, province):
    gate.road.losing[SCANS] = 3
    ids = scanned(gate, province, 2)
    until(lambda: gate.road.answered(SCANS).count(0) >= 1)
    ids += scanned(gate, province, 2)
    gate.wait_unsent(0, 90)
    assert gate.compare()["ids"] == ids
    assert len(gate.at_province()) == 4


def test_a_busy_server_is_left_alone_as_long_as_it_asks(gate, province):
    gate.road.busy[SCANS] = 6
    ids = scanned(gate, province, 1)
    until(lambda: 503 in gate.road.answered(SCANS))
    asked = len(gate.road.answered(SCANS))
    ids += scanned(gate, province, 1)
    gate.page.wait_for_timeout(1500)
    assert len(gate.road.answered(SCANS)) == asked, (
        "a scan must not hurry a server that asked to be left alone"
    )
    assert gate.unsent() == 2
    gate.road.busy.clear()
    gate.wait_unsent(0)
    assert gate.compare()["ids"] == ids


QUOTA_REMEMBERED_S = 33
"""Chromium asks how much room there is at most every half minute."""


def fill_disk(gate: Any) -> Callable[[], None]:
    """No room for anything more, once the browser looks. Gives a way to make room again."""
    session = gate.context.new_cdp_session(gate.page)
    origin = {"origin": gate.road.url}
    session.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": 1})
    return lambda: session.send("Storage.overrideQuotaForOrigin", origin)


def test_a_full_disk_never_shows_green_and_loses_nothing_that_waits(gates, post, province):
    """Two phones, since the browser takes half a minute to see it: one scans on, the other has something to send."""
    scanning, sending = gates(), gates()
    scanning.enrol(post.code(), "Máy đầy 1")
    sending.enrol(post.code(), "Máy đầy 2")
    sending.road.down = True
    kept, waiting = scanned(scanning, province, 1), scanned(sending, province, 2)
    make_room = [fill_disk(gate) for gate in (scanning, sending)]
    time.sleep(QUOTA_REMEMBERED_S)
    full_while_scanning(scanning, province)
    full_while_sending(sending)
    for gate, more, ids in ((scanning, make_room[0], kept), (sending, make_room[1], waiting)):
        more()
        try_again(gate)
        gate.to_scan()
        ids += scanned(gate, province, 1)
        gate.send_now()
        gate.wait_unsent(0)
        assert gate.compare()["ids"] == ids


def full_while_scanning(gate: Any, province: Province) -> None:
    gate.film.show(province.wallet().shown())
    said = gate.page.locator("[data-testid=storage-broken]")
    said.wait_for(timeout=SLOW)
    expect(said).to_contain_text("BỘ NHỚ ĐẦY")
    assert gate.page.locator("[data-testid=decision]").count() == 0
    gate.page.click("[data-testid=storage-again]")
    gate.page.wait_for_timeout(1000)
    assert said.count() == 1 and gate.page.locator("[data-testid=decision]").count() == 0
    gate.film.clear()


def full_while_sending(gate: Any) -> None:
    gate.road.down = False
    gate.send_now()
    gate.page.locator("[data-testid=storage-broken]").wait_for(timeout=SLOW)
    assert len(gate.at_province()) == 2, "the province has them, and the device couldn't note it"


def try_again(gate: Any) -> None:
    def works() -> bool:
        if gate.page.locator("[data-testid=storage-again]").count():
            gate.page.click("[data-testid=storage-again]")
        gate.page.wait_for_timeout(500)
        return bool(gate.page.locator("[data-testid=storage-broken]").count() == 0)

    until(works, 60)
    gate.wait_for_camera()


def test_the_clock_jumps(gate, province):
    gate.road.down = True
    ids = []
    for number, ahead in enumerate((timedelta(0), 3 * HOUR, -3 * HOUR, timedelta(0))):
        gate.set_clock(ahead)
        decision = gate.scan(cccd(number=f"40{number:04d}"))
        green = decision.get_attribute("data-result") in ("pass", "advise")
        assert green == (ahead >= timedelta(0) and number < 2), "a clock that went back is believed no more"
        ids.append(gate.decided())
        gate.next()
    gate.road.down = False
    gate.send_now()
    gate.wait_unsent(0)
    assert gate.compare()["ids"] == ids
    flags = [flag for (flag,) in gate.columns("flags")]
    assert "clock_ahead" in flags[1] and "clock_ahead" not in flags[0]


def test_two_devices_at_one_checkpoint(gate, gates, post, province):
    first, second = gate, gates()
    second.enrol(post.code(), "Máy 2")
    second.road.down = True
    one, other = province.wallet(), province.wallet()
    mine, theirs = [], []
    for wallet in (one, other):
        for device, ids in ((first, mine), (second, theirs)):
            assert device.scan(wallet.shown()).get_attribute("data-result") == "pass"
            ids.append(device.decided())
            device.next()
    first.wait_unsent(0)
    assert second.unsent() == 2
    second.road.down = False
    second.send_now()
    second.wait_unsent(0)
    assert first.compare()["ids"] == mine and second.compare()["ids"] == theirs
    assert first.kept()["log"] != second.kept()["log"]


def test_two_pages_of_one_device(gate, province):
    ids = scanned(gate, province, 1)
    first = gate.page
    gate.start()
    gate.page.locator("[data-testid=other-tab]").wait_for()
    gate.page.click("[data-testid=take-here]")
    gate.wait_for_camera()
    first.locator("[data-testid=other-tab]").wait_for()
    ids += scanned(gate, province, 1)
    gate.wait_unsent(0)
    assert gate.compare()["ids"] == ids


def test_an_update_keeps_what_waits(gates, post, province):
    gate = gates()
    gate.enrol(post.code(), "Máy cập nhật")
    gate.wait_for_worker()
    gate.page.reload()  # now under the worker
    gate.wait_for_camera()
    gate.road.busy[SCANS] = 1
    ids = scanned(gate, province, 2)
    worker = gate.page.evaluate("fetch('/sw.js').then((answer) => answer.text())")
    [build] = set(re.findall(r"lachan-[0-9a-f]{12}", worker))
    gate.road.changed["/sw.js"] = worker.replace(build, "lachan-ffffffffffff").encode()
    gate.page.evaluate(
        "navigator.serviceWorker.getRegistration().then((own) => own.update()).then(() => true)"
    )
    gate.page.locator("[data-testid=update]").wait_for(timeout=SLOW)
    with gate.page.expect_navigation():
        gate.page.click("[data-testid=update-now]")
    gate.wait_for_camera()
    assert "lachan-ffffffffffff" in gate.page.evaluate("caches.keys()")
    assert gate.unsent() == 2
    gate.context.set_offline(True)
    gate.page.reload()  # the new version starts without a network
    gate.wait_for_camera()
    ids += scanned(gate, province, 1)
    gate.road.busy.clear()
    gate.context.set_offline(False)
    gate.wait_unsent(0)
    assert gate.compare()["ids"] == ids
