"""The peer's one endpoint: the same checks and the same rows, by Django's ORM."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import path
from ninja import NinjaAPI, Schema

from lachan.gate.checkpoints.models import Device, DeviceLog, Scan
from lachan.gate.declarations.prepare.load import current_world
from lachan.gate.edge.prepare import Maker, Origin, Site, read
from lachan.gate.edge.rows import SCAN_COLUMNS
from lachan.kernel.codes import PublicKey
from lachan.kernel.scanlog import step, to_sign
from lachan.registry.audit import services as audit

api = NinjaAPI(openapi_url=None)
MOMENTS = ("occurred_at", "recorded_at")


class Sent(Schema):
    device: UUID
    log: UUID
    first: int
    prev: str
    head: str
    sig: str
    items: list[str]
    waiting: int | None = None
    app: str = ""


@api.post("/scans", response={200: dict[str, Any], 401: dict[str, str], 409: dict[str, str]})
def scans(request: Any, sent: Sent) -> Any:
    now = datetime.now(UTC)
    device = Device.objects.get(pk=sent.device)
    before, head = raw(sent.prev), raw(sent.head)
    if not PublicKey.from_raw(bytes(device.public_key)).verify(
        raw(sent.sig), to_sign(sent.log, sent.first, before, head)
    ):
        return 401, {"error": "device_signature"}
    site = Site(device.place, device.unit)
    origin = Origin(device.pk, sent.log, device.shift, site, device.enrolled_at, device.revoked_at, {})
    maker = Maker(origin, current_world(now), now)
    with transaction.atomic():
        log = DeviceLog.objects.select_for_update().get(pk=sent.log)
        if (log.next_seq, bytes(log.head)) != (sent.first, before):
            return 409, {"error": "gap"}
        for place, item in enumerate(sent.items):
            line = item.encode()
            before = step(before, line)
            row = dict(
                zip(SCAN_COLUMNS, maker.row(sent.first + place, read(line), line, before), strict=True)
            )
            row |= {name: datetime.fromisoformat(row[name]).replace(tzinfo=UTC) for name in MOMENTS}
            Scan(**row).save(force_insert=True)
        log.next_seq, log.head, log.updated_at = sent.first + len(sent.items), before, now
        log.save(update_fields=["next_seq", "head", "updated_at"])
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
        audit.record(
            "scan.batch", subject_kind="device", subject=device.pk, unit=device.unit, written=before, now=now,
            data={"log": str(sent.log), "first": sent.first, "last": log.next_seq - 1, "count": len(sent.items)},
        )  # fmt: skip
    return 200, {"next": log.next_seq, "head": urlsafe_b64encode(before).rstrip(b"=").decode()}


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


urlpatterns = [path("", api.urls)]
