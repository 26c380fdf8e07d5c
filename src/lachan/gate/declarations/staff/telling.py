"""Events in words."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from lachan.gate.declarations.models import FollowUp
from lachan.gate.declarations.selectors.history import Happened


def _titles() -> dict[str, tuple[str, str]]:
    """kind → (words, icon)."""
    return {
        "declaration.received": (_("Đã nhận tờ khai"), "clipboard-check"),
        "declaration.erased": (_("Đã xóa thông tin theo yêu cầu"), "eraser"),
        "follow_up.opened": (_("Đưa vào danh sách theo dõi"), "bell"),
        "follow_up.noted": (_("Ghi kết quả theo dõi"), "phone"),
        "follow_up.undone": (_("Hoàn tác ghi chép"), "arrow-back-up"),
        "follow_up.assigned": (_("Giao việc theo dõi"), "user-check"),
        "request.made": (_("Người dân gửi yêu cầu"), "message"),
        "request.done": (_("Đã thực hiện yêu cầu"), "check"),
        "request.refused": (_("Không thực hiện yêu cầu"), "x"),
    }


def timeline(happened: list[Happened]) -> list[dict[str, Any]]:
    """What base/components/timeline.html takes."""
    titles = _titles()
    found = []
    for one in happened:
        title, icon = titles.get(one.kind, (one.kind, "point-filled"))
        found.append({"title": title, "icon": icon, "text": _detail(one), "by": one.by, "at": one.at})
    return found


def _detail(one: Happened) -> str:
    data = json.loads(one.data)
    if one.kind == "follow_up.noted":
        return str(dict(FollowUp.Status.choices).get(data.get("status"), ""))
    if one.kind == "follow_up.opened":
        return str(dict(FollowUp.Kind.choices).get(data.get("kind"), ""))
    return ""


def reads(happened: list[Happened]) -> list[dict[str, Any]]:
    """Who opened it, when, and by which right."""
    why = {
        "residence": _("theo nơi ở"),
        "declared": _("theo nơi khai"),
        "destination": _("theo nơi đến"),
        "call": _("để gọi điện"),
        "export": _("khi tải danh sách"),
        "request": _("khi xử lý yêu cầu"),
    }
    return [
        {"by": one.by, "at": one.at, "why": why.get(json.loads(one.data).get("why", ""), "")}
        for one in happened
    ]
