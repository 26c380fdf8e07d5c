"""Forms about shifts and devices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.gate.checkpoints.board import search
from lachan.gate.checkpoints.selectors.codes import LONGEST
from lachan.gate.checkpoints.selectors.devices import (
    RESTING,
    REVOKED,
    SILENT,
    STALE,
    WAITING,
    WELL,
)
from lachan.gate.checkpoints.selectors.shifts import COMING, MOST_TYPED, OVER, RUNNING
from lachan.gate.checkpoints.services.devices import MOST_REASON
from lachan.gate.checkpoints.services.passes import MOST_REASON as MOST_CODE_REASON
from lachan.gate.checkpoints.services.shifts import MOST_NAME, MOST_NOTE
from lachan.gate.declarations.staff.filters import ScopedForm, UnitField, place_named
from lachan.kernel.clock import VN
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.places.models import Place

SHIFT_STATES = {RUNNING: _("Đang trực"), COMING: _("Sắp tới"), OVER: _("Đã kết thúc")}
DEVICE_STATES = {
    SILENT: _("Im lặng quá lâu"),
    STALE: _("Quy tắc đã cũ"),
    WAITING: _("Còn lượt quét chưa gửi"),
    WELL: _("Hoạt động tốt"),
    RESTING: _("Hết ca"),
    REVOKED: _("Đã thu hồi"),
}
USUAL = timedelta(hours=8)
MINUTES = "%Y-%m-%dT%H:%M"


def _search(label: Any, placeholder: Any) -> forms.CharField:
    attrs = {"type": "search", "data-search": "", "placeholder": placeholder}
    return forms.CharField(
        label=label, required=False, max_length=MOST_TYPED, widget=forms.TextInput(attrs=attrs)
    )


class ShiftFilter(ScopedForm):
    """The list of shifts."""

    q = _search(_("Tìm"), _("Tên chốt, mã điểm, tên ca"))
    don_vi = UnitField(label=_("Đơn vị"))
    tinh_trang = forms.ChoiceField(
        label=_("Tình trạng"), required=False, choices=[("", _("Tất cả")), *SHIFT_STATES.items()]
    )


class DeviceFilter(ScopedForm):
    """The list of devices."""

    q = _search(_("Tìm"), _("Tên thiết bị, mã điểm"))
    don_vi = UnitField(label=_("Đơn vị"))
    tinh_trang = forms.ChoiceField(
        label=_("Tình trạng"), required=False, choices=[("", _("Tất cả")), *DEVICE_STATES.items()]
    )


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES)
    return forms.DateTimeField(label=label, widget=widget, help_text=help_text)


class ShiftForm(forms.Form):
    """A new shift."""

    place = forms.CharField(
        label=_("Chốt hoặc điểm"),
        max_length=MOST_TYPED,
        help_text=_("Gõ tên không dấu cũng được, hoặc mã điểm."),
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Tên ca"), max_length=MOST_NAME)
    starts_at = _moment(_("Bắt đầu"))
    ends_at = _moment(
        _("Kết thúc"), _("Giờ Việt Nam. Thiết bị ghi danh cho ca này hết hiệu lực khi ca kết thúc.")
    )
    note = forms.CharField(label=_("Ghi chú"), max_length=MOST_NOTE, required=False)

    def __init__(self, data: Any, *, scope: Scope, **more: Any) -> None:
        super().__init__(data, **more)
        self.scope = scope

    def clean_place(self) -> Place:
        """A place of the jurisdiction; one elsewhere is as unknown as one that isn't."""
        text = self.cleaned_data["place"].strip()
        place = place_named(text.partition(" · ")[0], self.scope) if "\x00" not in text else None
        if place is None or not self.scope.covers(place.unit):
            raise forms.ValidationError(text_of("shift_place_unknown"))
        return place


def usual(place: str, now: datetime) -> dict[str, Any]:
    """A blank form's values: from now for eight hours, named by the time of day."""
    local = now.astimezone(VN).replace(second=0, microsecond=0)
    hour = local.hour
    name = _("Ca sáng") if 4 <= hour < 12 else _("Ca chiều") if 12 <= hour < 18 else _("Ca đêm")
    return {"place": place, "name": name, "starts_at": local, "ends_at": local + USUAL}


class RevokeForm(forms.Form):
    """Why a device is revoked."""

    reason = forms.CharField(
        label=_("Lý do thu hồi"), max_length=MOST_REASON, help_text=_("Ví dụ: mất máy, đổi người, máy hỏng.")
    )


class CodeSearchForm(forms.Form):
    """Whose code. Sent by POST, so that the number stands in no address and no log."""

    q = forms.CharField(
        label=_("Số giấy tờ, số điện thoại, mã tờ khai hoặc mã quét từ thẻ"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-search": ""}),
    )

    def clean_q(self) -> search.Wanted:
        """A vehicle has no code."""
        try:
            found = search.wanted(self.cleaned_data["q"])
        except InvalidInput:
            found = search.Wanted()
        if not found.aliases and not found.serials:
            raise forms.ValidationError(text_of("code_search"))
        return found


class CodeReasonForm(forms.Form):
    """Why codes are revoked."""

    reason = forms.CharField(
        label=_("Lý do thu hồi"),
        max_length=MOST_CODE_REASON,
        help_text=_("Ví dụ: mất thẻ, người khác dùng, khai sai sự thật. Không ghi tên người, số giấy tờ."),
    )

    def clean_reason(self) -> str:
        """One line."""
        if not (reason := clean_line(self.cleaned_data["reason"], MOST_CODE_REASON)):
            raise forms.ValidationError(text_of("serial_reason"))
        return reason


class IssuersForm(forms.Form):
    """A file of issuers' certificates."""

    file = forms.FileField(
        label=_("Tệp danh sách khóa"),
        help_text=_(
            "JSON của cổng phát hành, hoặc chứng thư PEM, DER. Danh sách mới thay cho danh sách đang dùng."
        ),
        widget=forms.FileInput({"accept": ".json,.pem,.crt,.cer,.der"}),
    )
