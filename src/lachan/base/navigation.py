"""The staff menu. Each app registers its items in its AppConfig.ready(); a reader sees those that she may open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WINGS: dict[str, str | Promise] = {
    "home": _("Trang chính"),
    "gate": _("Khai báo"),
    "registry": _("Danh bạ"),
    "system": _("Hệ thống"),
}


@dataclass(frozen=True, slots=True)
class NavItem:
    wing: str
    title: str | Promise
    url_name: str
    permission: str | None  # None: any signed-in account
    icon: str  # a name of @tabler/icons
    order: int = 100


_items: list[NavItem] = []


def register(*items: NavItem) -> None:
    for item in items:
        if item.wing not in WINGS:
            raise ValueError(f"unknown wing {item.wing}")
        if item not in _items:
            _items.append(item)


def items(request: Any) -> list[dict[str, Any]]:
    """Wings with the items that this reader may open: [{"wing", "title", "items": [{"title", "url", "icon", "active"}]}]."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return []
    wings: list[dict[str, Any]] = []
    for wing, title in WINGS.items():
        allowed = [
            item
            for item in sorted(_items, key=lambda item: item.order)
            if item.wing == wing and _may(request, item)
        ]
        if allowed:
            wings.append({"wing": wing, "title": title, "items": [_shown(request, item) for item in allowed]})
    return wings


def _may(request: Any, item: NavItem) -> bool:
    return item.permission is None or bool(request.scope(item.permission).paths)


def _shown(request: Any, item: NavItem) -> dict[str, Any]:
    url = reverse(item.url_name)
    active = request.path == url or (url != "/cb/" and request.path.startswith(url))
    return {"title": item.title, "url": url, "icon": item.icon, "active": active}
