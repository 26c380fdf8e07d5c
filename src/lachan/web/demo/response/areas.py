"""Zones of the demo: one commune red with a lockdown in it, one proposed orange that waits, one lifted, a lockdown in the
ward of the demo's accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.zones import services as zones
from lachan.outbreak.zones.models import Zone, ZoneHousehold
from lachan.outbreak.zones.rules import ZoneRules
from lachan.outbreak.zones.selectors.figures import community_cases, window
from lachan.registry.accounts.demo import TOWN, VINH_HAI, VINH_HOA
from lachan.registry.accounts.models import User
from lachan.registry.households.models import Hamlet

DISEASE = "covid19"
SOURCE = "Số liệu mô phỏng"
RED, ORANGE = 4, 3
MOST_PEOPLE, USUAL_PEOPLE = 60_000, 9_000
NEEDS = (("food",), ("food", "medicine"), ("care",), ("medicine",))
"""Of the first households that are seen; the first one's is met."""


def draw(people: Mapping[str, User], communes: list[str], now: datetime) -> None:
    """`communes`: all of them. The wards of the demo's accounts keep their levels: what their people declare at a gate
    must not depend on this."""
    worst = _worst([one for one in communes if one not in (VINH_HOA, VINH_HAI)], now)
    if worst:
        _red(worst[0], people, now)
    if len(worst) > 1:
        _orange(worst[1], people, now)
    if VINH_HAI in communes:
        _lifted(VINH_HAI, people, now)
    if VINH_HOA in communes:
        lock(VINH_HOA, "Tổ dân phố phong tỏa phường Vĩnh Hòa", people, now)


def _worst(communes: list[str], now: datetime) -> list[str]:
    """Those with most cases found in the community lately, of the demo's town first."""
    cases = Counter({unit: _cases(unit, now) for unit in communes})
    return sorted(
        communes, key=lambda unit: (-min(1, cases[unit]), not unit.startswith(TOWN), -cases[unit], unit)
    )


def _cases(unit: str, now: datetime) -> int:
    day = local_day(now)
    return community_cases(unit, DISEASE, *window(ZoneRules.at(day), day)).total()


def _count(unit: str, level: int, by: User, now: datetime) -> None:
    """So many people that the cases of the demo's few make about this level."""
    rules, cases = ZoneRules.at(local_day(now)), _cases(unit, now)
    start, end = rules.band_of(level)
    wanted = (start + end) / 2 if end is not None else start * 2
    people = round(cases * rules.per / wanted) if cases else USUAL_PEOPLE
    zones.set_figures(
        unit, local_day(now), population=min(MOST_PEOPLE, max(1, people)), source=SOURCE, by=by, now=now
    )


def _red(unit: str, people: Mapping[str, User], now: datetime) -> None:
    at = now - timedelta(days=2)
    _count(unit, RED, people["quantri"], at)
    zone = zones.propose(unit, DISEASE, at, by=people["quantri"])
    _decide(zone, RED, "18/QĐ-UBND (dữ liệu mô phỏng)", people["lanhdao"], at + timedelta(hours=2))
    lock(unit, "Khu phố quanh ổ dịch", people, now)


def _orange(unit: str, people: Mapping[str, User], now: datetime) -> None:
    """Nobody has decided yet."""
    at = now - timedelta(hours=7)
    _count(unit, ORANGE, people["quantri"], at)
    zones.propose(unit, DISEASE, at, by=people["quantri"])


def _lifted(unit: str, people: Mapping[str, User], now: datetime) -> None:
    at, by = now - timedelta(days=9), people["lanhdao"]
    zones.set_figures(unit, local_day(at), population=USUAL_PEOPLE, source=SOURCE, by=by, now=at)
    zone = zones.propose(unit, DISEASE, at, by=people["quantri"])
    _decide(zone, ORANGE, "09/QĐ-UBND (dữ liệu mô phỏng)", by, at + timedelta(hours=3))
    zones.lift(
        zone, document="21/QĐ-UBND (dữ liệu mô phỏng)", reason="Bảy ngày không có ca cộng đồng mới", by=by,
        now=now - timedelta(hours=20),
    )  # fmt: skip


def _decide(zone: Zone, level: int, document: str, by: User, at: datetime) -> None:
    reason = "Ổ dịch ở chợ, chuỗi lây chưa rõ hết" if zone.level != level else ""
    zones.decide(zone, document=document, level=level, reason=reason, from_at=at, by=by, now=at)


def lock(unit: str, name: str, people: Mapping[str, User], now: datetime) -> None:
    """Its largest hamlet for two weeks; what some households in it need, and one that has it."""
    hamlets = Hamlet.objects.filter(unit=unit).order_by("folded")
    chosen = max(hamlets, key=lambda one: one.households.count(), default=None)
    if chosen is None:
        return
    at = now - timedelta(days=1, hours=6)
    zone = zones.lockdown(unit, DISEASE, name=name, hamlets=[chosen.pk], by=people["quantri"], now=at)
    zones.decide(
        zone, document="19/QĐ-UBND (dữ liệu mô phỏng)", from_at=at, to_at=at + timedelta(days=14),
        measures="Dựng chốt, không ra vào; tổ cộng đồng đi từng nhà.", by=people["lanhdao"], now=at + timedelta(hours=1),
    )  # fmt: skip
    _visit(zone, people["huyen.nhatrang"], now)


def _visit(zone: Zone, by: Any, now: datetime) -> None:
    seen = now - timedelta(hours=22)
    rows = ZoneHousehold.objects.filter(zone=zone).order_by("-old", "-ill", "id")[: len(NEEDS)]
    for number, (row, needs) in enumerate(zip(rows, NEEDS, strict=False)):
        try:
            noted = zones.note_needs(row, needs, by=by, now=seen)
        except InvalidInput:
            return
        if not number:
            zones.meet(noted, by=by, now=now - timedelta(hours=3))
