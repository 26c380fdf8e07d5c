"""The filters of staff lists, read from the address and kept there."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from lachan.base.scope import Scope
from lachan.gate.declarations.models import FollowUp, Result
from lachan.gate.declarations.selectors.entries import Filters
from lachan.gate.declarations.selectors.queue import QueueFilters
from lachan.gate.declarations.staff import columns
from lachan.kernel.text import fold
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]
MOST_TEXT = 100


FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2199, 12, 31)
"""Nothing was declared before, and no calendar of ours goes beyond."""


def day_field(label: Any) -> forms.DateField:
    """A day that one may ask for; others are refused beside the field."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    bounds = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    return forms.DateField(
        label=label, required=False, input_formats=DAY_FORMATS, widget=widget, validators=bounds
    )


class UnitField(forms.CharField):
    """A unit by picking or by typing without accents, inside a scope. Cleans to its path."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=MOST_TEXT, **options)
        self.scope = Scope()
        self.widget.attrs |= {"data-unit": "", "autocomplete": "off"}

    def within(self, scope: Scope, value: str) -> None:
        """Bind the reader's scope, and the words to show for a path that is chosen already."""
        self.scope = scope
        if units.by_path(value) is not None:
            self.widget.attrs["data-label"] = units.label(value)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        unit = units.by_path(text) or next(
            iter(units.search(text, within=self.scope, level=None, limit=1)), None
        )
        if unit is None or not self.scope.intersect(unit.path).paths:
            raise forms.ValidationError(_("Không có đơn vị này trong địa bàn của bạn."))
        return str(unit.path)


class ScopedForm(forms.Form):
    """A filter form that knows in which jurisdiction it asks."""

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data)
        self.scope = scope
        for name, field in self.fields.items():
            if isinstance(field, UnitField):
                field.within(scope, self.data.get(name, ""))


class EntryFilter(ScopedForm):
    """The declarations list."""

    q = forms.CharField(
        label=_("Tìm"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "data-search": "",
                "placeholder": _("Tên, mã, giấy tờ, điện thoại"),
            }
        ),
    )
    don_vi = UnitField(label=_("Đơn vị"))
    ben = forms.ChoiceField(
        label=_("Liên quan đến"),
        required=False,
        choices=[
            ("", _("Nơi ở, nơi khai hoặc nơi đến")),
            ("residence", _("Nơi ở")),
            ("declared", _("Nơi khai")),
            ("destination", _("Nơi đến")),
        ],
    )
    diem = forms.CharField(label=_("Điểm khai báo"), required=False, max_length=MOST_TEXT)
    kq = forms.ChoiceField(
        label=_("Kết quả"),
        required=False,
        choices=[
            ("", _("Tất cả")),
            ("flagged", _("Cần chú ý hoặc dừng lại")),
            *[(str(key), text) for key, text in Result.choices],
        ],
    )
    tu = day_field(_("Từ ngày"))
    den = day_field(_("Đến ngày"))
    mau = forms.ChoiceField(label=_("Mẫu tờ khai"), required=False)

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data, scope)
        self.place: Place | None = None
        self.fields["mau"].choices = [("", _("Mọi mẫu")), *columns.choices()]  # type: ignore[attr-defined]

    def clean_diem(self) -> str:
        """A place by its code, else by the first whose name holds the words typed."""
        text = self.cleaned_data["diem"].strip()
        if text:
            self.place = place_named(text, self.scope)
            if self.place is None:
                raise forms.ValidationError(_("Không có điểm khai báo này."))
        return str(text)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = found.get("tu"), found.get("den")
        if first and last and first > last:
            self.add_error("den", _("Đến ngày phải sau từ ngày."))
        return found

    def filters(self) -> Filters:
        """What the selector takes. Call after is_valid()."""
        given = self.cleaned_data
        return Filters(
            unit=given["don_vi"], side=given["ben"], place=self.place.id if self.place else None, result=given["kq"],
            day_from=given["tu"], day_to=given["den"], text=given["q"], form=given["mau"],
        )  # fmt: skip


def place_named(text: str, scope: Scope) -> Place | None:
    """A place by code anywhere, or by name inside the scope."""
    by_code = Place.objects.filter(code=text.replace(" ", "").replace("-", "").upper()[:12]).first()
    if by_code is not None:
        return by_code
    named = scope.narrow(Place.objects.filter(folded__contains=fold(text)), "unit")
    return named.order_by("folded", "id").first()


class QueueFilter(ScopedForm):
    """The follow-up queue."""

    loai = forms.ChoiceField(
        label=_("Loại việc"),
        required=False,
        choices=[("", _("Tất cả")), *FollowUp.Kind.choices],
        widget=forms.HiddenInput,
    )
    don_vi = UnitField(label=_("Đơn vị"))
    muc = forms.ChoiceField(
        label=_("Kết quả"),
        required=False,
        choices=[("", _("Tất cả")), *[(str(key), text) for key, text in reversed(Result.choices)]],
    )
    tinh_trang = forms.ChoiceField(
        label=_("Tình trạng"),
        required=False,
        choices=[
            ("", _("Đang mở")),
            ("overdue", _("Quá hạn")),
            ("closed", _("Đã kết thúc")),
            ("all", _("Tất cả")),
        ],
    )
    ket_qua = forms.ChoiceField(
        label=_("Việc đã làm"), required=False, choices=[("", _("Tất cả")), *FollowUp.Status.choices]
    )
    cua_toi = forms.BooleanField(label=_("Chỉ việc giao cho tôi"), required=False)

    def filters(self, user: Any) -> QueueFilters:
        given = self.cleaned_data
        return QueueFilters(
            kind=given["loai"], status=given["ket_qua"], unit=given["don_vi"],
            mine=user.pk if given["cua_toi"] else None, state=given["tinh_trang"] or "open",
            result=int(given["muc"]) if given["muc"] else None,
        )  # fmt: skip


class DayFilter(ScopedForm):
    """Counts of a day."""

    day = day_field(_("Ngày"))
    don_vi = UnitField(label=_("Đơn vị"))

    def chosen(self, today: date) -> date:
        return self.cleaned_data.get("day") or today if self.is_valid() else today
