"""What a device carries: signed, versioned by its content, and without a trace of anyone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lachan.base import keys
from lachan.gate.checkpoints.models import Device, Shift
from lachan.gate.checkpoints.selectors import bundle as content
from lachan.gate.checkpoints.services import bundle, enrol, passes
from lachan.gate.checkpoints.services.bundle import Bundle
from lachan.gate.checkpoints.tests.phones import opened
from lachan.gate.declarations.models import AreaLevel, Declaration, Hold
from lachan.gate.declarations.tests import small
from lachan.kernel.clock import FixedClock, local_day
from lachan.kernel.codes import TrustList
from lachan.registry.people.models import Alias
from lachan.registry.places.models import Place


def made(shift: Shift, now: datetime) -> Bundle:
    bundle.forget()
    return bundle.at_shift(shift, keys.keystore().current, now)


def body(shift: Shift, now: datetime) -> dict[str, Any]:
    return dict(json.loads(made(shift, now).text))


def test_the_version_is_of_the_content(shift: Shift, now: datetime) -> None:
    first, again = made(shift, now), made(shift, now + timedelta(seconds=61))
    assert first.version == again.version  # made anew, the same content
    AreaLevel.objects.create(unit=small.HOA, level=4, document="QĐ", valid_from=now - timedelta(hours=1))
    assert made(shift, now).version != first.version


def test_a_device_in_touch_has_fresh_rules_long_before_they_are_stale(shift: Shift, now: datetime) -> None:
    first, later = body(shift, now), body(shift, now + timedelta(minutes=31))
    assert later["version"] != first["version"] and later["issued"] > first["issued"]
    assert first["stale"] - first["issued"] == 6 * 3600


def test_it_expires_with_its_shift_at_the_latest(shift: Shift, now: datetime) -> None:
    told = body(shift, now)
    end = int(shift.ends_at.timestamp())
    assert told["issued"] < told["stale"] <= told["expires"] <= end + 6 * 3600
    assert told["expires"] - told["issued"] <= 24 * 3600


def test_it_is_kept_for_a_minute(shift: Shift, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    key = keys.keystore().current
    first = bundle.at_shift(shift, key, now)
    monkeypatch.setattr(content, "gather", lambda *_: pytest.fail("read again"))
    assert bundle.at_shift(shift, key, now + timedelta(seconds=59)) is first


def test_rules_in_force_and_to_come(shift: Shift, now: datetime) -> None:
    told = body(shift, now)
    day = local_day(now).isoformat()
    starts = [rules["valid_from"] for rules in told["gates"]]
    assert starts == sorted(starts) and starts[0] <= day
    assert all(rules["valid_to"] is None or rules["valid_to"] > day for rules in told["gates"])
    assert all(rules["rules"] and rules["fallback"] for rules in told["gates"])
    assert told["hc1rules"] and told["fresh_seconds"] == 60 and told["document"]
    assert told["words"]["device_revoked"]["en"] != told["words"]["device_revoked"]["vi"]


def test_the_trust_list_inside_is_the_installations(shift: Shift, now: datetime) -> None:
    told = body(shift, now)
    anchor = keys.keystore().current.public
    trust = TrustList.verify(told["trust"], [anchor], FixedClock(now))
    assert trust.entry(anchor.kid) is not None


def test_people_on_hold_are_serials_and_nothing_else(
    shift: Shift, phone: Any, chief: Any, now: datetime
) -> None:
    entry = small.declared(now, "Trần Văn Bình", place=small.GATE)
    other = small.declared(now, "Lê Thị Cúc", place=small.GATE)
    small.work(now)
    Hold.objects.create(alias=entry.alias, reason="nguoi_cach_ly", document="QĐ 12", valid_from=now)
    told = body(shift, now)
    assert passes.serial_of(entry.declaration).hex in told["held"]
    assert entry.declaration.hex in told["held"]  # the paper card's serial
    assert passes.serial_of(other.declaration).hex not in told["held"]
    text = made(shift, now).text
    for secret in ("Bình", "0905123456", entry.alias.hex, str(entry.alias), "nguoi_cach_ly", "QĐ 12"):
        assert secret not in text
    assert body(shift, now - timedelta(minutes=1))["held"] == []  # before it began


def test_a_hold_reaches_every_alias_of_a_person(shift: Shift, now: datetime) -> None:
    entry = small.declared(now, "Trần Văn Bình", place=small.GATE)
    small.work(now)
    alias = Alias.objects.get(alias=entry.alias)
    other = Alias.objects.create(alias=passes.serial_of(entry.pk), person=alias.person, since=now)
    Hold.objects.create(alias=other.alias, reason="isolation", document="QĐ", valid_from=now)
    assert passes.serial_of(entry.declaration) in content.held_serials(now)


def test_a_revoked_code_is_in_it(shift: Shift, chief: Any, now: datetime) -> None:
    entry = small.declared(now)
    row = Declaration.objects.get(pk=entry.declaration)
    assert passes.revoke_declaration(row, "giả mạo", by=chief, now=now) == 2
    assert passes.revoke_declaration(row, "giả mạo", by=chief, now=now) == 0
    told = body(shift, now)
    assert set(told["revoked"]) == {passes.serial_of(row.pk).hex, row.pk.hex}
    trust = TrustList.verify(told["trust"], [keys.keystore().current.public], FixedClock(now))
    assert passes.serial_of(row.pk).bytes in trust.revoked_serials
    assert len(small.events("serial.revoked")) == 2


@pytest.fixture
def own_keys(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.KEYS = tmp_path / "keys"
    keys.forget()
    keys.make()
    yield
    keys.forget()


def test_a_rotation_locks_no_device_out(
    own_keys: None, phone: Any, shift: Shift, chief: Any, clock: Any, now: datetime
) -> None:
    one = phone()
    told = one.enrol(enrol.offer(shift, by=chief, now=now)).json()
    clock.advance(timedelta(minutes=2))
    keys.keystore().rotate(clock)
    clock.advance(timedelta(minutes=2))
    later = opened(one.bundle(clock.now()).json(), told["anchors"])
    new = keys.keystore().current.public
    anchor = bundle.signer(Device.objects.get(pk=one.id).enrolled_at).public
    assert anchor != new
    assert TrustList.verify(later["trust"], [anchor]).entry(new.kid) is not None
    second = phone()
    fresh = second.enrol(enrol.offer(shift, by=chief, now=clock.now())).json()
    assert fresh["anchors"][0]["x"] == new.jwk()["x"]


def test_the_place_kind_chooses_the_rules(province: None, now: datetime) -> None:
    day = date(2021, 7, 15)
    hospital = content.gates("facility", day)
    assert hospital and content.gates("checkpoint", day) != hospital
    assert content.gates("worship", day)  # a kind without rules of its own has the default ones


def test_described_says_where(gate: Place) -> None:
    assert "Cam" in content.described(gate)["where"]
