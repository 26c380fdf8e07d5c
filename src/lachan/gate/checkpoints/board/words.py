"""What stands in a scan as a code, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lachan.kernel import policies
from lachan.kernel.errors import InvalidInput
from lachan.kernel.gates import KINDS, GateRules

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
    lang = (get_language() or "vi")[:2]
    try:
        found = _spoken(policies.load("gates").at(day).valid_from, policies.policy_folders())
    except InvalidInput:
        return rule
    return found[rule].get(lang, found[rule]["vi"]) if rule in found else rule


@lru_cache(maxsize=32)
def _spoken(start: date, _folders: tuple[Any, ...]) -> dict[str, Mapping[str, str]]:
    return {reason.rule_id: reason.text for kind in KINDS for reason in GateRules.at(start, kind).spoken}
