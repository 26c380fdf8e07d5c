"""Zones as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lachan.outbreak.zones.models import Zone
from lachan.outbreak.zones.words import level_name
from lachan.registry.units import selectors as units

STATUS = {"proposed": "wait", "decided": "work", "lifted": "off", "refused": "off"}


@dataclass(frozen=True, slots=True)
class Row:
    """`left`: how long a zone with an end still is in force."""

    zone: Zone
    title: str
    level: str
    unit: str
    status: str
    words: str
    left: str


def of(zones: Sequence[Zone], now: datetime) -> list[Row]:
    return [
        Row(
            zone,
            zone.name or units.short_label(zone.unit),
            level_name(zone),
            units.label(zone.unit),
            STATUS[zone.status],
            str(zone.get_status_display()),
            left(zone, now),
        )
        for zone in zones
    ]


def left(zone: Zone, now: datetime) -> str:
    """ "còn 3 ngày 4 giờ"; "" without an end, or when it is over."""
    if zone.status != Zone.Status.DECIDED or zone.to_at is None:
        return ""
    span = zone.to_at - now
    if span <= timedelta():
        return _("đã hết hạn")
    hours = int(span.total_seconds() // 3600)
    if hours >= 24:
        text = ngettext("còn %(days)s ngày %(hours)s giờ", "còn %(days)s ngày %(hours)s giờ", hours // 24)
        return text % {"days": hours // 24, "hours": hours % 24}
    return _("còn %(hours)s giờ %(minutes)s phút") % {
        "hours": hours,
        "minutes": int(span.total_seconds() // 60) % 60,
    }
