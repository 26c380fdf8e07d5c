"""An enrolled device's calls: signed, once, by a clock that isn't far off; and what it is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lachan.gate.checkpoints.models import Device, DeviceLog, Shift
from lachan.gate.checkpoints.services import bundle, devices, enrol
from lachan.gate.checkpoints.services.shifts import close_shift
from lachan.gate.checkpoints.tests.phones import Phone, b64url, code_of, from_b64url, opened
from lachan.gate.declarations.tests import small

SECOND = timedelta(seconds=1)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture
def one(phone: Any, shift: Shift, chief: Any, now: datetime) -> Phone:
    made: Phone = phone()
    assert made.enrol(enrol.offer(shift, by=chief, now=now)).status_code == 201
    return made


def row(one: Phone) -> Device:
    return Device.objects.get(pk=one.id)


def test_a_device_that_has_the_rules_is_told_so(one: Phone, now: datetime) -> None:
    answer = one.bundle(now)
    version = opened(answer.json(), [bundle.keys.keystore().current.public.jwk()])["version"]
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    same = one.bundle(now + SECOND, have=version)
    assert same.status_code == 204 and same["Date"] == answer["Date"]


def test_a_sign_of_life_is_noted_with_what_it_tells(one: Phone, now: datetime, clock: Any) -> None:
    clock.advance(timedelta(minutes=5))
    one.bundle(clock.now(), waiting=12, app="2.0")
    device = row(one)
    assert device.last_seen_at == clock.now() and device.waiting == 12 and device.app == "2.0"


def test_a_call_counts_once(one: Phone, now: datetime) -> None:
    body = one.signed("/api/edge/bundle", now, have="")
    assert one.post("/api/edge/bundle", body).status_code == 200
    again = one.post("/api/edge/bundle", body)
    assert again.status_code == 401 and again.json()["error"] == "device_replayed"


def test_the_twin_of_a_signature_is_the_same_call(one: Phone, now: datetime) -> None:
    """Whoever saw (r, s) can write (r, n - s), which verifies too."""
    body = one.signed("/api/edge/state", now, log=str(one.log))
    assert one.post("/api/edge/state", body).status_code == 200
    raw = from_b64url(body["sig"])
    twin = raw[:32] + (ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    answer = one.post("/api/edge/state", {**body, "sig": b64url(twin)})
    assert answer.status_code == 401


def test_a_call_for_one_address_is_none_for_another(one: Phone, now: datetime) -> None:
    body = one.signed("/api/edge/bundle", now, log=str(one.log))
    assert one.post("/api/edge/state", body).json()["error"] == "device_signature"


@pytest.mark.parametrize("off", [-301, 301, -86_400, 10**9])
def test_a_clock_that_is_far_off_is_told_the_time(one: Phone, now: datetime, off: int) -> None:
    answer = one.bundle(now + off * SECOND)
    assert answer.status_code == 401 and answer.json()["error"] == "device_clock" and answer["Date"]


def test_a_clock_that_is_a_little_off_may_ask(one: Phone, now: datetime) -> None:
    assert one.bundle(now - 299 * SECOND).status_code == 200


def test_strangers_and_forgers_are_refused(one: Phone, now: datetime) -> None:
    known, one.id = one.id, uuid4()
    assert one.bundle(now).json()["error"] == "device_unknown"
    one.id, one.key = known, type(one.key).generate()
    assert one.bundle(now).json()["error"] == "device_signature"
    body = one.signed("/api/edge/bundle", now) | {"sig": "not one"}
    assert one.post("/api/edge/bundle", body).status_code == 401
    for ts in (-1, 2**64, 2**70):
        assert one.post("/api/edge/bundle", body | {"ts": ts}).status_code in (401, 422)


def test_a_revoked_device_learns_it_and_gets_no_rules(one: Phone, chief: Any, now: datetime) -> None:
    devices.revoke(row(one), "mất máy", by=chief, now=now)
    answer = one.bundle(now)
    assert answer.status_code == 403 and answer.json()["error"] == "device_revoked"
    told = one.state(now).json()
    assert told["revoked"] is True and told["bundle"] == "" and told["next"] == 1
    assert small.events("device.revoked", one.id)


def test_a_device_is_revoked_once_and_with_a_reason(one: Phone, chief: Any, now: datetime) -> None:
    with pytest.raises(devices.InvalidInput, match="device_reason"):
        devices.revoke(row(one), "  ", by=chief, now=now)
    devices.revoke(row(one), "mất máy", by=chief, now=now)
    with pytest.raises(devices.InvalidInput, match="device_already_revoked"):
        devices.revoke(row(one), "mất máy", by=chief, now=now)
    assert len(small.events("device.revoked")) == 1


def test_a_closed_shift_gives_no_rules(one: Phone, shift: Shift, chief: Any, now: datetime) -> None:
    close_shift(shift, by=chief, now=now)
    assert one.bundle(now).json()["error"] == "shift_over"
    assert one.state(now).json()["bundle"] == ""


def test_a_shift_that_runs_over_keeps_its_rules_for_a_while(one: Phone, shift: Shift, clock: Any) -> None:
    clock.set(shift.ends_at + timedelta(hours=5))
    assert one.bundle(clock.now()).status_code == 200
    clock.set(shift.ends_at + timedelta(hours=6))
    assert one.bundle(clock.now()).json()["error"] == "shift_over"


def test_state_says_how_far_the_log_has_come(one: Phone, now: datetime) -> None:
    DeviceLog.objects.filter(pk=one.log).update(next_seq=8, head=b"h" * 32)
    told = one.state(now).json()
    assert told["next"] == 8 and from_b64url(told["head"]) == b"h" * 32 and told["log"] == str(one.log)
    assert told["bundle"] == row(one).bundle


def test_a_log_of_another_device_is_none_of_its_business(one: Phone, now: datetime) -> None:
    other = DeviceLog.objects.create(device=uuid4(), head=bytes(32), opened_at=now, updated_at=now)
    assert one.state(now, log=str(other.pk)).status_code == 404
    one.state(now + SECOND, log=str(other.pk), closed=True)
    other.refresh_from_db()
    assert other.closed_at is None


@pytest.mark.parametrize(("by_the_old_key", "revoked"), [(True, False), (False, False), (True, True)])
def test_a_phone_enrolled_anew_proves_what_it_was(
    one: Phone, phone: Any, shift: Shift, chief: Any, now: datetime, by_the_old_key: bool, revoked: bool
) -> None:
    if revoked:
        devices.revoke(row(one), "Mất máy", by=chief, now=now)
    offered, anew = enrol.offer(shift, by=chief, now=now), phone()
    signer = one.key if by_the_old_key else anew.key
    said = signer.sign(b"LCW1" + code_of(offered)[0] + anew.key.public.raw)
    assert anew.enrol(offered, was=str(one.id), was_sig=b64url(said)).status_code == 201
    assert row(anew).was == (one.id if by_the_old_key and not revoked else None)


def test_a_forked_log_is_closed_and_the_next_one_opened_once(one: Phone, now: datetime) -> None:
    first = one.state(now, closed=True).json()
    assert first["log"] != str(one.log) and first["next"] == 1
    again = one.state(now + SECOND, closed=True).json()
    assert again["log"] == first["log"]
    assert DeviceLog.objects.filter(device=one.id).count() == 2
    assert DeviceLog.objects.get(pk=one.log).closed_at == now
    assert len(small.events("device.log_opened", one.id)) == 1


def test_the_pages_open_for_anybody(client: Any) -> None:
    for path in ("/quet/", "/quet/vo/"):
        answer = client.get(path)
        assert answer.status_code == 200 and 'data-island="scanner"' in answer.content.decode()
    manifest = client.get("/quet/ung-dung.webmanifest").json()
    assert manifest["scope"] == "/quet/" and manifest["start_url"] == "/quet/"
