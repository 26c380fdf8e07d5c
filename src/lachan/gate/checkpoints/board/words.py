"""What stands in a scan as a code, in words."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lachan.kernel import policies
from lachan.kernel.errors import InvalidInput

HOW: dict[str, Any] = {
    "pass": _("Mã QR trên điện thoại"),
    "card": _("Thẻ giấy"),
    "claim": _("Tờ khai chưa xác nhận trên máy"),
    "national": _("Mã QR quốc gia"),
    "cccd": _("Thẻ căn cước"),
    "bhyt": _("Thẻ bảo hiểm y tế"),
    "hc1": _("Chứng nhận tiêm, xét nghiệm"),
    "appointment": _("Mã hẹn khám"),
    "manual": _("Nhập tay"),
    "count": _("Đếm, không quét"),
}
TITLES: dict[str, Any] = {
    "scan.searched": _("Tra cứu lượt qua chốt"),
    "scan.exported": _("Tải danh sách lượt qua chốt"),
}
DIRECTION: dict[str, Any] = {"in": _("Vào"), "out": _("Ra"), "": ""}


def how_words(how: str) -> str:
    """How the code was read."""
    return str(HOW.get(how, how))


def direction_words(direction: str) -> str:
    return str(DIRECTION.get(direction, direction))


def reason_words(rule: str, day: date) -> str:
    """What a gate rule of that day says, in the reader's language; its id if the rules no longer know it."""
    try:
        start = policies.load("gates").at(day).valid_from
    except InvalidInput:
        return rule
    return _texts(start, policies.policy_folders(), (get_language() or "vi")[:2]).get(rule, rule)


@lru_cache(maxsize=32)
def _texts(start: date, _folders: tuple[Any, ...], lang: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in policies.load("gates").at(start).payload.get("kinds", {}).values():
        spoken = [*kind.get("rules", ()), kind.get("fallback", {}), kind.get("broken", {})]
        found |= {
            raw["id"]: raw.get(f"reason_{lang}", raw.get("reason_vi", "")) for raw in spoken if "id" in raw
        }
    return found
