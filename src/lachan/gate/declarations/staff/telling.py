"""Events in words."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from lachan.gate.declarations.models import FollowUp
from lachan.gate.declarations.selectors.history import Happened
from lachan.registry.audit.words import title_of


def _words(title: str, icon: str) -> dict[str, str]:
    return {"title": title, "icon": icon}


def _titles() -> dict[str, dict[str, str]]:
    """kind → its words and its icon."""
    return {
        "declaration.received": _words(title=_("Đã nhận tờ khai"), icon="clipboard-check"),
        "declaration.card_printed": _words(title=_("In thẻ QR"), icon="printer"),
        "declaration.erased": _words(title=_("Đã xóa thông tin theo yêu cầu"), icon="eraser"),
        "follow_up.opened": _words(title=_("Đưa vào danh sách theo dõi"), icon="bell"),
        "follow_up.noted": _words(title=_("Ghi kết quả theo dõi"), icon="phone"),
        "follow_up.undone": _words(title=_("Hoàn tác ghi chép"), icon="arrow-back-up"),
        "follow_up.assigned": _words(title=_("Giao việc theo dõi"), icon="user-check"),
        "request.made": _words(title=_("Người dân gửi yêu cầu"), icon="message"),
        "request.done": _words(title=_("Đã thực hiện yêu cầu"), icon="check"),
        "request.refused": _words(title=_("Không thực hiện yêu cầu"), icon="x"),
    }


def timeline(happened: list[Happened]) -> list[dict[str, Any]]:
    """What base/components/timeline.html takes."""
    titles = _titles()
    found = []
    for one in happened:
        words = titles.get(one.kind, _words(title=title_of(one.kind), icon="point"))
        found.append({**words, "text": _detail(one), "by": one.by, "at": one.at})
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
