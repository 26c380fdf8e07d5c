"""An inspector notes what she saw at a place. The event is the record: codes only, no free text about people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lachan.kernel.errors import InvalidInput
from lachan.registry.audit import services as audit
from lachan.registry.audit.models import Event
from lachan.registry.places.models import Place

OUTCOMES: dict[str, str | Promise] = {
    "good": _("Đạt"),
    "mended": _("Có thiếu sót, đã sửa ngay"),
    "warned": _("Nhắc nhở, hẹn kiểm tra lại"),
    "reported": _("Lập biên bản"),
}
FINDINGS: dict[str, str | Promise] = {
    "no_poster": _("Không treo áp phích mã QR"),
    "poster_small": _("Mã QR nhỏ hơn 15 cm hoặc khó quét"),
    "poster_other": _("Áp phích của điểm khác hoặc đã cũ"),
    "not_asked": _("Không mời khách khai báo"),
    "not_checked": _("Không xem kết quả của khách"),
    "no_help": _("Không giúp người không có điện thoại"),
    "closed_door": _("Điểm đóng cửa"),
}


@transaction.atomic
def note(place: Place, outcome: str, findings: Iterable[str], *, by: Any, now: datetime) -> Event:
    """Record an inspection. Raises InvalidInput not_an_option for an unknown code, or for findings with "good"."""
    found = sorted(set(findings))
    if outcome not in OUTCOMES:
        raise InvalidInput("not_an_option", field="outcome")
    if not FINDINGS.keys() >= set(found):
        raise InvalidInput("not_an_option", field="findings")
    if outcome == "good" and found:
        raise InvalidInput("inspection_good_with_findings", field="outcome")
    return audit.record(
        "place.inspected",
        actor=by,
        subject_kind="place",
        subject=place.pk,
        unit=place.unit,
        data={"outcome": outcome, "findings": found},
        now=now,
    )
