"""The staff menu. Each app registers its items in its AppConfig.ready(); a person sees those whose permission they hold.

navigation.register(NavItem("gate", _("Tờ khai"), "declarations:list", "declarations.view", icon="clipboard-list", order=10))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WINGS: tuple[tuple[str, str | Promise], ...] = (
    ("home", ""),
    ("gate", _("Cửa ngõ")),
    ("outbreak", _("Chống dịch")),
    ("registry", _("Danh bạ")),
    ("system", _("Quản trị")),
)


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of the menu. `permission` empty: any signed-in account. `icon`: a Tabler outline icon's name."""

    wing: str
    title: str | Promise
    url_name: str
    permission: str
    icon: str
    order: int = 100


@dataclass(frozen=True, slots=True)
class Link:
    title: str | Promise
    url: str
    icon: str
    active: bool


@dataclass(frozen=True, slots=True)
class Wing:
    title: str | Promise
    items: list[Link]


_registered: dict[str, NavItem] = {}


def register(*items: NavItem) -> None:
    """Adds items; one with the same url_name replaces the earlier. A wing that doesn't exist is a mistake of the programmer."""
    for item in items:
        if item.wing not in dict(WINGS):
            raise ValueError(f"no wing {item.wing!r} in the menu")
        _registered[item.url_name] = item


def items(request: Any) -> list[Wing]:
    """The wings that this person may enter, each with its links in order; wings with none are left out."""
    allowed = [(item, url) for item in _registered.values() if _may(request, item) and (url := _url(item))]
    here = _here(request.path, [url for _item, url in allowed])
    allowed.sort(key=lambda pair: (pair[0].order, str(pair[0].title)))
    wings = [Wing(title, _links(allowed, key, here)) for key, title in WINGS]
    return [wing for wing in wings if wing.items]


def _links(allowed: Sequence[tuple[NavItem, str]], wing: str, here: str) -> list[Link]:
    return [Link(item.title, url, item.icon, url == here) for item, url in allowed if item.wing == wing]


def _may(request: Any, item: NavItem) -> bool:
    if not request.user.is_authenticated:
        return False
    return not item.permission or bool(request.scope(item.permission).paths)


def _url(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def _here(path: str, urls: Sequence[str]) -> str:
    """The longest address that the path lies under, so that /cb/diem/ABC/ lights "Điểm" and not the home page."""
    return max((url for url in urls if path.startswith(url)), key=len, default="")
