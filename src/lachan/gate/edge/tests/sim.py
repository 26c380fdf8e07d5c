"""Devices as tests play them, and the endpoint with a real store behind it."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from lachan.gate.checkpoints.models import Device, DeviceLog, Scan
from lachan.gate.declarations.prepare import World
from lachan.gate.edge.app import SCANS, Edge
from lachan.gate.edge.prepare import Site
from lachan.gate.edge.roster import Known, Roster
from lachan.gate.edge.stores import scans_of
from lachan.gate.intake.limits import Limits, Rates
from lachan.gate.intake.stores import GroupWriter, Store
from lachan.gate.intake.stores.choose import store_of
from lachan.gate.intake.tests.conftest import ALIAS
from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import SigningKey
from lachan.kernel.crypto import DataKey, Keyring
from lachan.kernel.ids import uuid7
from lachan.kernel.scanlog import GENESIS, step, to_sign
from lachan.registry.audit.models import Event, PendingSeal

NOW = datetime(2021, 7, 22, 1, 30, 0, 123456, tzinfo=UTC)
UNIT = "56/569/22420/"
PLACE, SHIFT = uuid7(), uuid7()
WORLD = World(Keyring.generate(), SigningKey.generate(), {"2021-07": DataKey.generate()})
PERSON = {"name": "Trần Thị Bưởi", "birth": "1985", "national_id": "056185123456", "phone": "0905123456"}


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(said: str) -> bytes:
    return urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class Sim:
    """`heads[i]` is the chain's head before the line i + 1."""

    key: SigningKey = field(default_factory=SigningKey.generate)
    id: UUID = field(default_factory=uuid7)
    log: UUID = field(default_factory=uuid7)
    revoked_at: datetime | None = None
    before: dict[UUID, Site] = field(default_factory=dict)
    lines: list[bytes] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=lambda: [GENESIS])

    def known(self) -> Known:
        at = NOW - timedelta(days=2)
        return Known(self.id, self.key.public, SHIFT, Site(PLACE, UNIT), at, self.revoked_at, self.before)

    def scan(self, count: int = 1, **other: Any) -> list[UUID]:
        """So many more lines; their ids."""
        ids = []
        for _ in range(count):
            ids.append(other.get("id") or uuid7())
            said = {
                "v": 1, "id": str(ids[-1]), "seq": len(self.lines) + 1, "at": "2021-07-22T01:20:00.000Z", "shift": str(SHIFT),
                "place": str(PLACE), "dir": "in", "how": "manual", "verified": False, "result": "pass", "reasons": [],
                "rules": "2021-07-24", **other, **({"id": str(other["id"])} if "id" in other else {}),
            }  # fmt: skip
            self.append(json.dumps(said, ensure_ascii=False).encode())
        return ids

    def append(self, line: bytes) -> None:
        self.lines.append(line)
        self.heads.append(step(self.heads[-1], line))

    def batch(self, first: int = 1, last: int = 0, **other: Any) -> dict[str, Any]:
        """The signed lines from `first` to `last` (0: all); what `other` says is sent instead of the truth."""
        last = last or len(self.lines)
        before, head = self.heads[first - 1], self.heads[last]
        said = {
            "device": str(self.id), "log": str(self.log), "first": first, "prev": text(before), "head": text(head),
            "sig": text(self.key.sign(to_sign(self.log, first, before, head))),
            "items": [line.decode() for line in self.lines[first - 1 : last]],
        }  # fmt: skip
        return said | other

    def anew(self) -> Sim:
        """The same device with a fresh, empty log."""
        return Sim(self.key, self.id, revoked_at=self.revoked_at)

    def enrol(self) -> None:
        """Its log's row, and its own if there is none."""
        Device.objects.using(ALIAS).get_or_create(
            pk=self.id,
            defaults={
                "place": PLACE, "unit": UNIT, "shift": SHIFT, "name": "Máy", "public_key": self.key.public.raw,
                "enrolled_at": NOW, "enrolled_by": SHIFT, "last_seen_at": NOW - timedelta(days=1),
            },
        )  # fmt: skip
        DeviceLog.objects.using(ALIAS).create(
            pk=self.log, device=self.id, head=GENESIS, opened_at=NOW, updated_at=NOW
        )

    def state(self) -> tuple[int, bytes]:
        row = DeviceLog.objects.using(ALIAS).get(pk=self.log)
        return row.next_seq, bytes(row.head)


@dataclass(frozen=True)
class Answer:
    status: int
    said: dict[str, Any]
    retry_after: int | None

    @property
    def where(self) -> tuple[int, bytes]:
        return self.said["next"], raw(self.said["head"])


def store_at(alias: str) -> Store:
    """Made outside of the event loop, which sees other connections of Django's."""
    return store_of(connections[alias].settings_dict)


class Server:
    """The endpoint."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge

    async def post(self, body: dict[str, Any] | bytes, lang: str = "vi", **scope: Any) -> Answer:
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = [(b"content-type", b"application/json"), (b"accept-language", lang.encode())]
        whole = {"type": "http", "method": "POST", "path": SCANS, "headers": headers, **scope}
        parts: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": payload, "more_body": False}

        async def send(message: Any) -> None:
            parts.append(message)

        await self.edge.handle(whole, receive, send, "10.0.0.1")
        headers_back = dict(parts[0]["headers"])
        wait = headers_back.get(b"retry-after")
        return Answer(parts[0]["status"], json.loads(parts[1]["body"]), int(wait) if wait else None)


class Keeps:
    """A world that doesn't change."""

    world: World | None = WORLD


@asynccontextmanager
async def serving(
    store: Store,
    devices: Iterable[Sim],
    rates: Rates | None = None,
) -> AsyncIterator[Server]:
    known = {one.id: one.known() for one in devices}
    writer = GroupWriter(store, 1000)
    writer.add(lane := scans_of(store))
    writer.start(asyncio.get_running_loop())

    def load(ids: Collection[UUID]) -> list[Known]:
        return [known[id] for id in ids if id in known]

    roster = Roster(load)
    roster.start()
    limits = Limits(rates or Rates(0, 0, 0))
    try:
        yield Server(Edge(lane, roster, Keeps(), limits, FixedClock(NOW)))  # type: ignore[arg-type]
    finally:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, writer.stop)
        await loop.run_in_executor(None, roster.stop)


def rows(model: Any) -> Any:
    return model.objects.using(ALIAS)


def stored(one: Sim) -> list[Scan]:
    return list(rows(Scan).filter(log=one.log).order_by("seq"))


def opened(scan: Scan) -> bytes:
    return WORLD.data_keys[scan.period].open(bytes(scan.payload), scan.id.bytes)


def holds(devices: Sequence[Sim]) -> None:
    """Each line of each device is there once, in its place, byte for byte, and the heads are equal; the log tells it."""
    for one in devices:
        assert one.state() == (len(one.lines) + 1, one.heads[-1])
        found = stored(one)
        assert [opened(scan) for scan in found] == one.lines
        assert [scan.seq for scan in found] == list(range(1, len(one.lines) + 1))
        assert [bytes(scan.digest) for scan in found] == one.heads[1:]
    told = [json.loads(event.data) for event in rows(Event).filter(kind="scan.batch")]
    assert sum(data["count"] for data in told) == rows(Scan).count() == sum(len(one.lines) for one in devices)
    events = set(rows(Event).values_list("id", flat=True))
    assert events == set(rows(PendingSeal).values_list("event", flat=True))


def empty() -> None:
    for model in (Scan, DeviceLog, Device, Event, PendingSeal):
        rows(model).all().delete()
