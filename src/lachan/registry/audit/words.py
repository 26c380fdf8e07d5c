"""Events in words. An app registers the titles of its kinds; the floors above say how a unit and an account are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lachan.kernel.clock import VN

TITLES: dict[str, Any] = {}


def register(titles: Mapping[str, Any]) -> None:
    """Titles (translated lazily) of an app's kinds of event: {"place.created": _("Lập điểm")}."""
    TITLES.update(titles)


def title_of(kind: str) -> str:
    """The kind in words; its name where nobody gave it words."""
    return str(TITLES.get(kind, kind))


LABELS: dict[str, Any] = {
    "changed": _("đã đổi"),
    "created": _("đã lập"),
    "demo": _("bản thử"),
    "first": _("từ ngày"),
    "from": _("từ"),
    "grant": _("lần giao"),
    "how": _("cách"),
    "invitation": _("lời mời"),
    "kind": _("loại"),
    "last": _("đến ngày"),
    "paused": _("tạm nghỉ"),
    "place": _("điểm"),
    "reason": _("lý do"),
    "refused": _("bị từ chối"),
    "removed": _("đã bỏ"),
    "result": _("kết quả"),
    "role": _("vai trò"),
    "rows": _("số dòng"),
    "status": _("trạng thái"),
    "to": _("đến"),
    "type": _("loại"),
    "unit": _("đơn vị"),
    "why": _("lý do"),
}
"""Keys of events' data in words; another key is shown as it is."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def told(key: str, value: Any) -> tuple[str, str]:
    """One entry of an event's data in words: names for units and roles, the end of an id, a moment in Vietnam's time."""
    return str(LABELS.get(key, key)), _value(key, value)


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("có") if value else _("không"))
    if isinstance(value, list):
        return ", ".join(_value(key, each) for each in value)
    text = str(value)
    if key == "role":
        return names().role(text)
    if key == "unit":
        return names().unit(text)
    return _moment(text) or (f"…{text[-6:]}" if _UUID.fullmatch(text) else text)


def _moment(text: str) -> str:
    if len(text) < 20 or text[4:5] != "-":
        return ""
    try:
        return datetime.fromisoformat(text).astimezone(VN).strftime("%d/%m/%Y %H:%M")
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Names:
    """What this floor can't know by itself: audit lies below units and accounts."""

    unit: Callable[[str], str]
    actors: Callable[[Iterable[UUID]], Mapping[UUID, str]]
    find_actors: Callable[[str], list[UUID]]
    role: Callable[[str], str]


_names = Names(unit=str, actors=lambda ids: {}, find_actors=lambda text: [], role=str)


def use(names: Names) -> None:
    global _names
    _names = names


def names() -> Names:
    return _names
