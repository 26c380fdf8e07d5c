"""Devices with keys of their own, their logs, and the batches that they send: lines as a scanner writes them."""

from __future__ import annotations

import json
import random
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.ground import FAMILY, GIVEN, MIDDLE, Installation, communes

SCANS = "/api/edge/scans"
MOST_LINES = 500
HOW = ("pass",) * 11 + ("cccd",) * 4 + ("claim",) * 2 + ("national",) * 2 + ("manual",)
RESULTS = ("pass",) * 14 + ("advise",) * 3 + ("hold",) * 2 + ("refer",)

ENROL = """
import json, sys
from lachan.web.cli import setup; setup()
from datetime import timedelta
from uuid import UUID
from django.db import transaction
from lachan.gate.checkpoints.models import Device, DeviceLog, Shift
from lachan.kernel.clock import SystemClock
from lachan.kernel.ids import uuid7
from lachan.registry.places.models import Place
now, keys = SystemClock().now(), json.loads(KEYS)
place = Place.objects.get(code=PLACE)
made = []
with transaction.atomic():
    shift = Shift.objects.create(place=place.pk, unit=place.unit, name="Ca", starts_at=now - timedelta(hours=20), ends_at=now + timedelta(hours=4), made_by=uuid7(), made_at=now)
    for number, key in enumerate(keys):
        device = Device.objects.create(place=place.pk, unit=place.unit, shift=shift.pk, name=f"Bench {number}", public_key=bytes.fromhex(key),
            enrolled_at=now - timedelta(hours=20), enrolled_by=shift.made_by, last_seen_at=now - timedelta(hours=20))
        log = DeviceLog.objects.create(device=device.pk, head=bytes(32), opened_at=now, updated_at=now)
        made.append({"id": str(device.pk), "log": str(log.pk), "place": str(place.pk), "shift": str(shift.pk)})
print(json.dumps(made))
"""


@dataclass(slots=True)
class SimDevice:
    """`lines[i]` has the number i + 1; `heads[i]` is the chain's head before it."""

    key: Any
    id: UUID
    log: UUID
    place: str
    shift: str
    chance: random.Random
    lines: list[bytes] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=lambda: [bytes(32)])

    def scan(self, count: int = 1, since: float = 0.0) -> None:
        """Write so many scans into the log, spread over the seconds before now."""
        from lachan.kernel.scanlog import step

        now = time.time()
        for at in range(count):
            moment = now - since + since * at / count
            line = self._line(moment).encode()
            self.lines.append(line)
            self.heads.append(step(self.heads[-1], line))

    def _line(self, moment: float) -> str:
        from lachan.kernel.ids import uuid7

        chance, how = self.chance, self.chance.choice(HOW)
        id = str(uuid7())
        self.ids.append(id)
        whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
        said = {
            "v": 1, "id": id, "seq": len(self.lines) + 1, "at": f"{whole}.{int(moment * 1000) % 1000:03d}Z",
            "up": int(chance.random() * 3e7), "shift": self.shift, "place": self.place, "dir": "in", "how": how,
            "verified": how == "pass", "result": chance.choice(RESULTS), "reasons": ["declared_green", "area_level_low"],
            "rules": "2021-07-24", "over": None, "outcome": "passed", "to": "",
            "serial": f"{chance.getrandbits(128):032x}" if how == "pass" else "", "declaration": "", "group": "",
            "role": chance.choice(("driver", "companion", "person")), "temp": round(36 + chance.random() * 1.5, 1),
            "plate": f"79A{chance.randrange(10**5):05d}" if chance.random() < 0.5 else "", "paper": None, "vpass": None,
            "dest": [chance.choice(communes())], "person": _person(chance) if how in ("cccd", "claim", "manual") else None,
            "n": 1, "why": "", "app": "1.0", "bundle": "2021-07-24T06:00:00Z",
        }  # fmt: skip
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    def body(self, first: int, last: int) -> bytes:
        """The signed batch of lines from the number `first` to `last`."""
        from lachan.kernel.scanlog import to_sign

        before, head = self.heads[first - 1], self.heads[last]
        signature = self.key.sign(to_sign(self.log, first, before, head))
        said = {
            "device": str(self.id), "log": str(self.log), "first": first, "prev": _text(before), "head": _text(head),
            "sig": _text(signature), "items": [line.decode() for line in self.lines[first - 1 : last]],
            "waiting": len(self.lines) - last, "app": "1.0",
        }  # fmt: skip
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    def batches(self, start: int = 1, most: int = MOST_LINES) -> Iterator[bytes]:
        """Bodies of all lines from a number on, oldest first."""
        for first in range(start, len(self.lines) + 1, most):
            yield self.body(first, min(first + most - 1, len(self.lines)))


def _person(chance: random.Random) -> dict[str, str]:
    woman, year = chance.random() < 0.5, chance.randint(1940, 1999)
    return {
        "name": f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}",
        "birth": f"{year}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}", "sex": "female" if woman else "male",
        "national_id": f"056{1 if woman else 0}{year % 100:02d}{chance.randrange(10**6):06d}",
        "phone": f"09{chance.choice('0134678')}{chance.randrange(10**7):07d}", "insurance": "",
        "residence": chance.choice(communes()),
    }  # fmt: skip


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def enrolled(ground: Installation, count: int, seed: int) -> list[SimDevice]:
    """Devices that the installation knows."""
    from bench.ground import PLACE
    from lachan.kernel.codes import SigningKey

    keys = [SigningKey.generate() for _ in range(count)]
    given = f"KEYS = {json.dumps([key.public.raw.hex() for key in keys])!r}\nPLACE = {PLACE!r}\n"
    rows = json.loads(ground.python(given + ENROL).splitlines()[-1])
    return [
        SimDevice(
            key, UUID(row["id"]), UUID(row["log"]), row["place"], row["shift"], random.Random(seed + at)
        )
        for at, (key, row) in enumerate(zip(keys, rows, strict=True))
    ]


REPORT = """
import json
from lachan.web.cli import setup; setup()
from lachan.gate.checkpoints.models import DeviceLog, Scan
from lachan.registry.audit.models import Event, EventSeal, PendingSeal
scans = [[str(id), str(log), seq] for id, log, seq in Scan.objects.values_list("id", "log", "seq")]
logs = {str(log): [seq, bytes(head).hex()] for log, seq, head in DeviceLog.objects.values_list("id", "next_seq", "head")}
events = [[str(id), bytes(digest).hex(), json.loads(data)] for id, digest, data in Event.objects.filter(kind="scan.batch").values_list("id", "digest", "data")]
queued = [str(each) for each in PendingSeal.objects.values_list("event", flat=True)]
sealed = [str(each) for each in EventSeal.objects.values_list("event", flat=True)]
print(json.dumps({"scans": scans, "logs": logs, "events": events, "queued": queued, "sealed": sealed}))
"""


def report(ground: Installation) -> dict[str, Any]:
    """What the database holds: scans as (id, log, seq), each log's next number and head, the batches' events."""
    found: dict[str, Any] = json.loads(ground.python(REPORT).splitlines()[-1])
    return found


def compared(
    devices: Sequence[SimDevice], acknowledged: dict[str, int], held: dict[str, Any]
) -> tuple[int, int]:
    """(lost, doubled): acknowledged lines that aren't in the database; rows beyond one a line that was sent.

    `acknowledged`: by log, the number of its last line that was acknowledged.
    """
    there = {id for id, _log, _seq in held["scans"]}
    sent = {id for one in devices for id in one.ids}
    lost = sum(1 for one in devices for id in one.ids[: acknowledged.get(str(one.log), 0)] if id not in there)
    return lost, len(held["scans"]) - len(there & sent)
