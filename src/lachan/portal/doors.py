"""Where a signed-in person may go from the home page: everything that the role may do, what it does most in front."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lachan.base.http import Request
from lachan.portal import links

FIRST = 3
"""Buttons beside the heading; the rest stands in a row of its own."""


@dataclass(frozen=True, slots=True)
class Door:
    """`permission`: who sees it. `also`: one that is asked besides; `unless`: one that puts it out of place. `url` is
    filled in for the reader."""

    title: str | Promise
    page: str
    permission: str
    icon: str
    also: str = ""
    unless: str = ""
    url: str = ""


DOORS = (
    Door(
        _("Mở máy quét"),
        "checkpoints:scanner",
        "checkpoints.view",
        icon="scan",
        also="assist.declare",
        unless="declarations.view",
    ),
    Door(_("Khai hộ"), "declarations:assist", "assist.declare", icon="user-plus"),
    Door(_("Theo dõi"), "declarations:queue", "follow_up.work", icon="list-check"),
    Door(_("Công việc"), "tasks:list", "tasks.view", icon="checklist"),
    Door(_("Ca bệnh"), "cases:list", "cases.view", icon="virus"),
    Door(_("Xét nghiệm"), "cases:lab", "lab.work", icon="test-pipe"),
    Door(_("Truy vết"), "tracing:list", "tracing.view", icon="affiliate"),
    Door(_("Cách ly"), "isolation:list", "isolation.view", icon="home-heart"),
    Door(_("Vùng dịch"), "zones:list", "zones.view", icon="map-2"),
    Door(_("Tờ khai"), "declarations:list", "declarations.view", icon="clipboard-list"),
    Door(_("Bảng chỉ huy các chốt"), "checkpoints:board", "checkpoints.view", icon="road"),
    Door(_("Ca trực"), "checkpoints:list", "checkpoints.view", icon="barrier-block"),
    Door(_("Thiết bị tại chốt"), "checkpoints:devices", "checkpoints.view", icon="device-mobile"),
    Door(_("Tra cứu lượt qua chốt"), "checkpoints:find", "checkpoints.search", icon="search"),
    Door(_("Thu hồi mã"), "checkpoints:codes", "codes.revoke", icon="qrcode-off"),
    Door(_("Sổ khách"), "checkpoints:books", "visits.view", icon="book"),
    Door(_("Máy quét"), "checkpoints:scanner", "checkpoints.view", icon="scan", also="assist.declare"),
    Door(_("Đi thăm hộ"), "households:rounds", "households.round", icon="walk"),
    Door(_("Hộ dân"), "households:list", "households.view", icon="home"),
    Door(_("Tờ khai giấy"), "declarations:paper", "paper.key", icon="file-text"),
    Door(_("Kiểm tra điểm"), "portal:inspect", "places.inspect", icon="clipboard-check"),
    Door(_("Điểm khai báo"), "places:list", "places.view", icon="building-store"),
    Door(_("Nhật ký"), "audit:list", "audit.view", icon="history"),
)


@dataclass(frozen=True, slots=True)
class Doors:
    first: list[Door]
    more: list[Door]


def of(request: Request) -> Doors:
    """What this person may open, each page once, without those whose page isn't there."""
    found: dict[str, Door] = {}
    for door in DOORS:
        url = links.to(door.page)
        if url and _opens(request, door):
            found.setdefault(url, replace(door, url=url))
    held = list(found.values())
    return Doors(held[:FIRST], held[FIRST:])


def _opens(request: Request, door: Door) -> bool:
    if door.unless and request.scope(door.unless).paths:
        return False
    return all(request.scope(one).paths for one in (door.permission, door.also) if one)
