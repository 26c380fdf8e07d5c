"""The small forms around paper: which to print, which to find, when it was filled in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.gate.declarations.models import PaperForm
from lachan.gate.declarations.services.paper import MOST_A_BATCH, VOID_REASONS
from lachan.gate.declarations.staff import columns
from lachan.gate.declarations.staff.filters import DAY_FORMATS, ScopedForm, UnitField, place_named
from lachan.kernel.clock import LATEST_YEAR, VN
from lachan.registry.places.models import Place

EARLIEST_PAPER = 2020  # no form of ours is older; a smaller year is a slip of the pen
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", *[f"{day} %H:%M" for day in DAY_FORMATS[1:]]]
REASON_WORDS = {
    "lost": _("Bị mất"),
    "spoiled": _("Bị hỏng"),
    "illegible": _("Không đọc được"),
    "incomplete": _("Thiếu mục bắt buộc"),
    "test": _("In thử"),
    "other": _("Lý do khác"),
}


class PrintForm(ScopedForm):
    """What to print: a form, for a place or a commune, so many."""

    mau = forms.ChoiceField(label=_("Mẫu tờ khai"))
    diem = forms.CharField(
        label=_("Điểm khai báo"),
        required=False,
        max_length=100,
        help_text=_("Mã hoặc tên điểm; để trống nếu in cho cả đơn vị."),
    )
    don_vi = UnitField(label=_("Đơn vị"), help_text=_("Cần khi không chọn điểm."))
    so_to = forms.IntegerField(label=_("Số tờ"), min_value=1, max_value=MOST_A_BATCH, initial=20)

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data, scope)
        self.place: Place | None = None
        self.fields["mau"].choices = columns.choices()  # type: ignore[attr-defined]

    def clean_diem(self) -> str:
        text = self.cleaned_data["diem"].strip()
        if text:
            found = place_named(text, self.scope)
            if found is None or not self.scope.covers(found.unit):
                raise forms.ValidationError(_("Không có điểm khai báo này trong địa bàn của bạn."))
            self.place = found
        return str(text)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if self.place is None and not found.get("don_vi") and not self.errors:
            if len(self.scope.paths) == 1:
                found["don_vi"] = self.scope.paths[0]
            else:
                self.add_error("don_vi", _("Hãy chọn điểm khai báo hoặc đơn vị."))
        return found

    @property
    def unit(self) -> str:
        return self.place.unit if self.place else str(self.cleaned_data["don_vi"])


class TimeForm(forms.Form):
    """The time that stands on the paper."""

    at = forms.DateTimeField(
        label=_("Thời gian khai ghi trên tờ giấy"),
        input_formats=MOMENT_FORMATS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_at(self) -> datetime:
        """Refuses a year that no such form can have."""
        at: datetime = self.cleaned_data["at"]
        if not EARLIEST_PAPER <= at.year <= LATEST_YEAR:
            raise forms.ValidationError(text_of("date_range"))
        return at

    def moment(self) -> datetime:
        """In UTC; what is written on paper is Vietnam's time. Call after is_valid()."""
        at: datetime = self.cleaned_data["at"]
        return at.replace(tzinfo=VN).astimezone(UTC) if at.tzinfo is None else at.astimezone(UTC)


class PaperFilter(ScopedForm):
    """The list of paper forms."""

    don_vi = UnitField(label=_("Đơn vị"))
    tinh_trang = forms.ChoiceField(
        label=_("Tình trạng"), required=False, choices=[("", _("Tất cả")), *PaperForm.Status.choices]
    )


class VoidForm(forms.Form):
    """Why a form is taken out."""

    reason = forms.ChoiceField(
        label=_("Lý do hủy"), choices=[(key, REASON_WORDS[key]) for key in VOID_REASONS]
    )
