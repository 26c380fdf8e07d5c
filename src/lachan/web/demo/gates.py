"""The checkpoints' last days: shifts, phones that scan, and their logs as they reached the province."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np

from lachan.gate.checkpoints.models import Device, DeviceLog, Scan, Shift
from lachan.gate.declarations.models import Entry
from lachan.gate.declarations.prepare import World
from lachan.gate.edge.prepare import Maker, Origin, Site
from lachan.gate.edge.rows import BATCH, SCAN_COLUMNS
from lachan.kernel import scanlog
from lachan.kernel.clock import UTC, day_bounds, local_day, ms_at
from lachan.kernel.codes import SigningKey
from lachan.kernel.gates import GateDecision, GateRules
from lachan.kernel.ids import uuid7
from lachan.registry.audit import services as audit
from lachan.registry.places.models import Place

DAYS = 3
POSTS = 5
FROM, UNTIL = timedelta(hours=6), timedelta(hours=18)
AN_HOUR = 9  # scans of one phone, on average
AT_ONCE = 200
HOW = (
    ("pass", 0.55),
    ("cccd", 0.2),
    ("card", 0.08),
    ("national", 0.07),
    ("claim", 0.04),
    ("manual", 0.03),
    ("count", 0.03),
)
DECLARED = ("green", "attention", "stop")
OUTCOMES = {"pass": "passed", "advise": "passed"}
STOPPED = ("sent_to_test", "turned_back", "handed_over")
SILENT = timedelta(minutes=50)
"""One phone was last heard of so long ago: the board has something to say."""


@dataclass(slots=True)
class Phone:
    """A device and how far its log has come."""

    row: Device
    log: UUID
    shift: Shift
    head: bytes = scanlog.GENESIS
    seq: int = 0


def stand(rng: np.random.Generator, world: World, now: datetime, officer: Any, population: int) -> int:
    """Give the province's checkpoints their shifts of the last days; how many scans they made."""
    posts = list(
        Place.objects.filter(kind="checkpoint", unit__startswith="56/").order_by("code")[
            : min(POSTS, 1 + population // 600)
        ]
    )
    people = list(Entry.objects.order_by("-id").values_list("declaration", "alias", "result")[:3000])
    if not people:
        return 0
    made = 0
    for day in range(DAYS - 1, -1, -1):
        morning = day_bounds(local_day(now) - timedelta(days=day))[0] + FROM
        for number, place in enumerate(posts):
            shift = _shift(place, morning, now, officer)
            if shift is None:
                continue
            for phone in _phones(shift, now):
                quiet = SILENT if (day, number) == (0, 0) and phone.row.name.endswith("2") else timedelta(0)
                made += _scan(rng, world, phone, people, min(now - quiet, shift.ends_at))
    return made


def _shift(place: Place, morning: datetime, now: datetime, officer: Any) -> Shift | None:
    if morning + timedelta(minutes=30) > now:
        return None
    return Shift.objects.create(
        id=uuid7(ms_at(morning)), place=place.pk, unit=place.unit, name="Ca ngày", starts_at=morning,
        ends_at=morning + (UNTIL - FROM), made_by=officer.pk, made_at=morning,
    )  # fmt: skip


def _phones(shift: Shift, now: datetime) -> Iterator[Phone]:
    for number in (1, 2):
        at = shift.starts_at + timedelta(minutes=3 * number)
        log = uuid7(ms_at(at))
        device = Device.objects.create(
            id=uuid7(ms_at(at)), place=shift.place, unit=shift.unit, shift=shift.pk, name=f"Điện thoại {number}",
            platform="Android", public_key=SigningKey.generate().public.raw, enrolled_at=at,
            enrolled_by=shift.made_by, last_seen_at=at, app="demo",
        )  # fmt: skip
        DeviceLog.objects.create(id=log, device=device.pk, head=scanlog.GENESIS, opened_at=at, updated_at=at)
        yield Phone(device, log, shift)


def _scan(
    rng: np.random.Generator,
    world: World,
    phone: Phone,
    people: list[tuple[UUID, UUID, int]],
    until: datetime,
) -> int:
    """Everything that one phone scanned in its shift, sent in batches."""
    at, lines = phone.shift.starts_at + timedelta(minutes=10), list[tuple[datetime, bytes]]()
    while at < until:
        lines.append((at, _line(rng, world, phone, people, at, len(lines) + 1)))
        at += timedelta(hours=float(rng.exponential(1 / AN_HOUR)))
    for start in range(0, len(lines), AT_ONCE):
        _send(world, phone, lines[start : start + AT_ONCE], until)
    return len(lines)


def _line(
    rng: np.random.Generator,
    world: World,
    phone: Phone,
    people: list[tuple[UUID, UUID, int]],
    at: datetime,
    seq: int,
) -> bytes:
    how = str(rng.choice([name for name, _ in HOW], p=[share for _, share in HOW]))
    declaration, _alias, result = people[int(rng.integers(len(people)))]
    temperature = round(float(rng.normal(36.6, 0.35)), 1)
    known = how in ("pass", "card", "claim")
    context = {
        "how": how, "verified": how in ("pass", "card"), "temperature": round(temperature * 10), "direction": "in",
        "declared_result": DECLARED[result] if known or rng.random() < 0.8 else None, "declared_age_h": int(rng.integers(20)),
    }  # fmt: skip
    decision = GateRules.at(local_day(at), "checkpoint").decide(context)
    count = int(rng.integers(3, 20)) if how == "count" else 1
    line: dict[str, Any] = {
        "v": 1, "id": str(uuid7(ms_at(at))), "seq": seq, "at": _iso(at), "shift": str(phone.shift.pk),
        "place": str(phone.shift.place), "dir": "in", "how": how, "verified": context["verified"], "n": count,
        **_decided(rng, decision, how), "app": "demo", "bundle": "demo",
    }  # fmt: skip
    if how == "count":
        line["why"] = "Giờ cao điểm, xe dồn dài"
    else:
        line["temp"] = temperature
    if how == "pass":
        line["serial"] = world.keyring.alias("pass", declaration.hex).hex()
    if how in ("claim", "card"):
        line["declaration"] = str(declaration)
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()


def _decided(rng: np.random.Generator, decision: GateDecision, how: str) -> dict[str, Any]:
    if how == "count":
        return {"result": "pass", "reasons": [], "rules": decision.ruleset, "outcome": "passed"}
    stopped = decision.result not in OUTCOMES
    said: dict[str, Any] = {
        "result": decision.result, "reasons": [one.rule_id for one in decision.reasons], "rules": decision.ruleset,
        "outcome": str(rng.choice(STOPPED, p=(0.6, 0.3, 0.1))) if stopped else OUTCOMES[decision.result],
    }  # fmt: skip
    if stopped and rng.random() < 0.15:
        said |= {
            "over": {"result": "advise", "reason": "Đã xem giấy tờ, đo lại thân nhiệt"},
            "outcome": "passed",
        }
    if said["outcome"] == "handed_over":
        said["to"] = "Trạm y tế gần nhất"
    return said


def _send(world: World, phone: Phone, lines: list[tuple[datetime, bytes]], until: datetime) -> None:
    """A batch as the edge's endpoint writes it: rows, the log's step, one event."""
    received = min(lines[-1][0] + timedelta(minutes=2), until)
    site = Site(phone.shift.place, phone.shift.unit)
    origin = Origin(
        phone.row.pk, phone.log, phone.shift.pk, site, phone.row.enrolled_at, None, {phone.shift.pk: site}
    )
    maker, rows, first = Maker(origin, world, received), [], phone.seq + 1
    for _at, text in lines:
        phone.seq += 1
        phone.head = scanlog.step(phone.head, text)
        rows.append(maker.row(phone.seq, scanlog.parse(text), text, phone.head))
    Scan.objects.bulk_create([_scan_of(row) for row in rows], batch_size=500)
    DeviceLog.objects.filter(pk=phone.log).update(
        next_seq=phone.seq + 1, head=phone.head, updated_at=received
    )
    Device.objects.filter(pk=phone.row.pk).update(last_seen_at=received)
    audit.record(
        BATCH, subject_kind="device", subject=phone.row.pk, unit=phone.shift.unit, written=phone.head, now=received,
        data={"log": str(phone.log), "first": first, "last": phone.seq, "count": len(lines)},
    )  # fmt: skip


IDS = ("id", "log", "device", "shift", "place", "alias", "serial", "declaration", "vehicle", "plate_index")


def _scan_of(row: tuple[Any, ...]) -> Scan:
    values = dict(zip(SCAN_COLUMNS, row, strict=True))
    for name in IDS:
        values[name] = UUID(hex=values[name]) if values[name] else None
    for name in ("occurred_at", "recorded_at"):
        values[name] = datetime.fromisoformat(values[name]).replace(tzinfo=UTC)
    if values["temperature"] is not None:
        values["temperature"] = Decimal(values["temperature"])
    return Scan(**values)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
