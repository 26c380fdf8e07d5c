"""Which declaration a shown pass came from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from lachan.base import keys
from lachan.gate.checkpoints.models import PassSerial, RevokedSerial
from lachan.gate.checkpoints.services import passes
from lachan.gate.checkpoints.tests.phones import b64url
from lachan.gate.declarations.models import Declaration
from lachan.gate.declarations.services import retention
from lachan.gate.declarations.tests import small
from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import SigningKey, TrustList, present, read


def _phone_pass(now: datetime) -> tuple[Any, bytes]:
    """A declaration whose phone asked for its pass, and the serial in that pass."""
    key = SigningKey.generate()
    answer = small.declare(now, holder=b64url(key.public.raw))
    clock = FixedClock(now + timedelta(seconds=5))
    trust = TrustList.of(keys.keystore(), clock)
    shown = present(answer.pass_text or "", key, clock)
    return answer, read(shown, trust, clock).claims.serial  # type: ignore[union-attr]


def test_a_scanned_pass_finds_its_declaration(province: None, now: datetime) -> None:
    answer, serial = _phone_pass(now)
    small.work(now)
    row = PassSerial.objects.get(serial=passes.UUID(bytes=serial))
    declaration = Declaration.objects.get(pk=answer.id)
    assert row.declaration == declaration.pk and row.alias == declaration.alias
    assert row.expires_at == answer.expires_at


def test_an_event_may_come_twice(province: None, now: datetime) -> None:
    small.declare(now)
    small.work(now)
    passes.note_passes(Declaration.objects.all())
    assert PassSerial.objects.count() == 1


def test_serials_go_after_their_term(province: None, now: datetime) -> None:
    small.declare(now)
    small.work(now)
    [row] = PassSerial.objects.all()
    kept = timedelta(days=retention.days(now)["pass"])
    assert retention.purge(row.expires_at + kept - timedelta(hours=1))["pass"] == 0
    assert PassSerial.objects.exists()
    assert retention.purge(row.expires_at + kept + timedelta(hours=1))["pass"] == 1
    assert not PassSerial.objects.exists()


def test_revoking_needs_a_reason(province: None, officer: Any, now: datetime) -> None:
    by = officer("a", "province_admin", small.PROVINCE)
    with pytest.raises(passes.InvalidInput, match="serial_reason"):
        passes.revoke([passes.serial_of(by.pk)], " ", by=by, now=now)
    assert not RevokedSerial.objects.exists()
