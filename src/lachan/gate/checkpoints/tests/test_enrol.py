"""A device comes in by a code that is one device's, for minutes, and proves that it holds its key."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from lachan.base import keys
from lachan.gate.checkpoints.models import Device, DeviceLog, EnrolCode, Shift
from lachan.gate.checkpoints.services import enrol
from lachan.gate.checkpoints.services.shifts import close_shift
from lachan.gate.checkpoints.tests.phones import Phone, b64url, code_of, from_b64url, opened
from lachan.gate.declarations.tests import small
from lachan.kernel.codes import PublicKey
from lachan.registry.places.models import Place

MINUTE = timedelta(minutes=1)


def test_a_phone_enrols_once_and_gets_what_it_needs(
    phone: Any, shift: Shift, chief: Any, now: datetime
) -> None:
    offered = enrol.offer(shift, by=chief, now=now)
    one = phone()
    answer = one.enrol(offered)
    assert answer.status_code == 201
    told = answer.json()
    assert told["place"]["code"] == small.GATE and told["shift"]["id"] == str(shift.pk)
    assert opened(told["bundle"], told["anchors"])["place"]["kind"] == "checkpoint"
    device = Device.objects.get(pk=told["device"])
    assert bytes(device.public_key) == one.key.public.raw and device.shift == shift.pk
    assert device.unit == shift.unit and device.enrolled_by == chief.pk and device.bundle
    log = DeviceLog.objects.get(pk=told["log"])
    assert log.device == device.pk and log.next_seq == 1 and bytes(log.head) == bytes(32)
    assert small.events("device.enrolled", device.pk) and small.events("enrol_code.made", shift.pk)


def test_the_code_binds_the_phone_to_the_provinces_key(
    phone: Any, shift: Shift, chief: Any, now: datetime
) -> None:
    offered = enrol.offer(shift, by=chief, now=now)
    told = phone().enrol(offered).json()
    prints = [sha256(PublicKey.from_jwk(anchor).raw).digest()[:16] for anchor in told["anchors"]]
    assert code_of(offered)[1] in prints


def test_only_a_keyed_hash_of_the_code_is_kept(shift: Shift, chief: Any, now: datetime) -> None:
    offered = enrol.offer(shift, by=chief, now=now)
    code = code_of(offered)[0]
    kept = bytes(EnrolCode.objects.get(pk=offered.row.pk).code_hash)
    assert kept != code and kept != sha256(code).digest()[: len(kept)]
    assert kept == keys.keyring().blind("enrol", code.hex())


def test_a_code_is_one_devices(phone: Any, shift: Shift, chief: Any, now: datetime) -> None:
    offered = enrol.offer(shift, by=chief, now=now)
    assert phone().enrol(offered).status_code == 201
    second = phone().enrol(offered)
    assert second.status_code == 410 and second.json()["error"] == "enrol_used"
    assert second.json()["message"] and Device.objects.count() == 1


def test_two_at_one_moment_make_one_device(
    shift: Shift, chief: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    """The second has read the code as unused before the first used it."""
    offered = enrol.offer(shift, by=chief, now=now)
    stale = EnrolCode.objects.get(pk=offered.row.pk)
    body = Phone(client).claim(code_of(offered)[0])
    claim = enrol.Claim(*(from_b64url(body[each]) for each in ("code", "key", "proof")), name="Máy 2")
    EnrolCode.objects.filter(pk=stale.pk).update(used_at=now)
    monkeypatch.setattr(enrol, "_found", lambda _: stale)
    with pytest.raises(enrol.InvalidInput, match="enrol_used"):
        enrol.enrol(claim, now)
    assert not Device.objects.exists() and not DeviceLog.objects.exists()


def test_a_code_lives_for_minutes(phone: Any, shift: Shift, chief: Any, now: datetime, clock: Any) -> None:
    offered = enrol.offer(shift, by=chief, now=now)
    clock.advance(15 * MINUTE)
    answer = phone().enrol(offered)
    assert answer.status_code == 410 and answer.json()["error"] == "enrol_expired"


def test_a_newer_code_ends_the_one_before(phone: Any, shift: Shift, chief: Any, now: datetime) -> None:
    first = enrol.offer(shift, by=chief, now=now)
    enrol.offer(shift, by=chief, now=now)
    assert phone().enrol(first).json()["error"] == "enrol_withdrawn"


def test_a_code_taken_back_is_none(phone: Any, shift: Shift, chief: Any, now: datetime) -> None:
    offered = enrol.offer(shift, by=chief, now=now)
    assert enrol.withdraw(shift, offered.row.pk, by=chief, now=now)
    assert not enrol.withdraw(shift, offered.row.pk, by=chief, now=now)
    assert phone().enrol(offered).json()["error"] == "enrol_withdrawn"


def test_nobody_enrols_for_a_shift_that_is_over(phone: Any, shift: Shift, chief: Any, now: datetime) -> None:
    offered = enrol.offer(shift, by=chief, now=now)
    assert close_shift(shift, by=chief, now=now)
    assert phone().enrol(offered).json()["error"] == "shift_over"
    shift.refresh_from_db()
    with pytest.raises(enrol.InvalidInput, match="shift_over"):
        enrol.offer(shift, by=chief, now=now)


def test_nobody_enrols_at_a_place_that_was_closed(
    phone: Any, shift: Shift, gate: Place, chief: Any, now: datetime
) -> None:
    offered = enrol.offer(shift, by=chief, now=now)
    Place.objects.filter(pk=gate.pk).update(status="suspended")
    assert phone().enrol(offered).json()["error"] == "shift_place_closed"


def test_an_unknown_code_is_told_apart_from_a_used_one(phone: Any, shift: Shift) -> None:
    one = phone()
    answer = one.post("/api/edge/enrol", one.claim(b"0" * 16))
    assert answer.status_code == 404 and answer.json()["error"] == "enrol_unknown"


def test_a_key_that_isnt_held_proves_nothing(phone: Any, shift: Shift, chief: Any, now: datetime) -> None:
    offered = enrol.offer(shift, by=chief, now=now)
    one, other = phone(), phone()
    stolen = one.claim(code_of(offered)[0]) | {"key": b64url(other.key.public.raw)}
    answer = one.post("/api/edge/enrol", stolen)
    assert answer.status_code == 422 and answer.json()["error"] == "enrol_proof"
    assert one.enrol(offered).status_code == 201  # a failed try doesn't use the code up


@pytest.mark.parametrize(
    "change",
    [
        {"code": "xx"},
        {"key": ""},
        {"key": "A" * 86},
        {"proof": 7},
        {"name": "  "},
        {"name": "a" * 5000},
        {"name": "máy\x00"},
        {"platform": ["x"]},
        {"proof": "é" * 86},
    ],
)
def test_garbage_is_refused_in_words(
    phone: Any, shift: Shift, chief: Any, now: datetime, change: dict[str, Any]
) -> None:
    one = phone()
    answer = one.post(
        "/api/edge/enrol", one.claim(code_of(enrol.offer(shift, by=chief, now=now))[0]) | change
    )
    assert answer.status_code == 422 and answer.json()["message"]
    assert not Device.objects.exists()


def test_no_json_and_too_much_of_it(client: Any, at: Any) -> None:
    post = client.post
    assert post("/api/edge/enrol", b"{", content_type="application/json").status_code == 422
    assert post("/api/edge/enrol", b"\xff\xfe", content_type="application/json").status_code == 422
    assert post("/api/edge/enrol", b" " * 20_000, content_type="application/json").status_code == 413
    assert client.get("/api/edge/enrol").status_code == 405


def test_guessing_is_slowed_down_by_address(phone: Any, shift: Shift) -> None:
    one = phone()
    answers = [
        one.post("/api/edge/enrol", one.claim(bytes([each]) * 16), REMOTE_ADDR="10.1.2.3")
        for each in range(61)
    ]
    assert answers[59].status_code == 404 and answers[60].status_code == 429
    assert int(answers[60]["Retry-After"]) > 0
    assert one.post("/api/edge/enrol", one.claim(b"x" * 16), REMOTE_ADDR="10.1.2.4").status_code == 404


def test_words_come_in_the_officers_language(phone: Any, shift: Shift) -> None:
    one = phone()
    one.client.cookies["lc_lang"] = "en"
    told = one.post("/api/edge/enrol", one.claim(b"1" * 16)).json()
    assert told["message"].startswith("The enrolment code")
