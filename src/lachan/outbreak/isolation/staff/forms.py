"""Forms about isolation orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.base.scope import Scope
from lachan.gate.declarations.staff.filters import ScopedForm, UnitField, day_field
from lachan.kernel import diseases
from lachan.outbreak.isolation.models import DailyCheck, Order
from lachan.outbreak.isolation.selectors.orders import MOST_TYPED, OrderFilters, sites
from lachan.outbreak.isolation.services.following import COLDEST, HOTTEST, Report
from lachan.outbreak.isolation.words import NEEDS, SYMPTOMS
from lachan.registry.places.models import Place

STATES = [
    ("", _("Tất cả")),
    ("draft", _("Dự thảo")),
    ("issued", _("Đang thực hiện")),
    ("alarm", _("Có báo động")),
    ("ending", _("Hết hạn từ nay đến mai")),
    ("over", _("Đã quá hạn")),
    ("ended", _("Đã kết thúc")),
]


class OrderFilter(ScopedForm):
    """The list of orders."""

    q = forms.CharField(
        label=_("Tìm"),
        required=False,
        max_length=MOST_TYPED,
        widget=forms.TextInput(
            attrs={"type": "search", "data-search": "", "placeholder": _("Tên, số quyết định")}
        ),
    )
    don_vi = UnitField(label=_("Đơn vị"))
    tinh_trang = forms.ChoiceField(label=_("Tình trạng"), required=False, choices=STATES)
    hinh_thuc = forms.ChoiceField(
        label=_("Hình thức"), required=False, choices=[("", _("Tất cả")), *Order.Kind.choices]
    )

    def filters(self) -> OrderFilters:
        """What the selector takes. Call after is_valid()."""
        given = self.cleaned_data
        return OrderFilters(given["q"], given["don_vi"], given["tinh_trang"], given["hinh_thuc"])


class DraftForm(forms.Form):
    """A draft before it is issued."""

    kind = forms.ChoiceField(label=_("Hình thức"), choices=Order.Kind.choices)
    place = forms.ChoiceField(label=_("Nơi cách ly"), required=False)
    address = forms.CharField(label=_("Địa chỉ cách ly"), max_length=200, required=False)
    to_on = day_field(_("Đến hết ngày"))

    def __init__(self, data: Any, *, scope: Scope, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["to_on"].required = True
        rows = sites(scope)
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *((str(site.place.pk), _site(site.place, site.free)) for site in rows),
        ]


def _site(place: Place, free: int | None) -> str:
    return place.name if free is None else f"{place.name} ({_('còn')} {free})"


class IssueForm(forms.Form):
    """The number and signature that give an order its force."""

    number = forms.CharField(label=_("Số quyết định"), max_length=40, help_text=_("Ví dụ: 125/QĐ-UBND"))
    signer = forms.CharField(label=_("Người ký"), max_length=100)
    signer_title = forms.CharField(label=_("Chức vụ"), max_length=100, required=False)


class CheckForm(forms.Form):
    """A day's report, as an officer or the person writes it."""

    reached = forms.BooleanField(label=_("Liên hệ được"), required=False, initial=True)
    absent = forms.BooleanField(label=_("Vắng mặt tại nơi cách ly"), required=False)
    temperature = forms.DecimalField(
        label=_("Thân nhiệt (°C)"), required=False, min_value=COLDEST, max_value=HOTTEST, max_digits=3, decimal_places=1,
        localize=True,
    )  # fmt: skip
    symptoms = forms.MultipleChoiceField(
        label=_("Triệu chứng"),
        required=False,
        choices=list(SYMPTOMS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    needs = forms.MultipleChoiceField(
        label=_("Cần hỗ trợ"),
        required=False,
        choices=list(NEEDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("Ghi chú"), max_length=500, required=False)

    def report(self, via: str) -> Report:
        """What the service takes. Call after is_valid()."""
        given = self.cleaned_data
        temperature: Decimal | None = given["temperature"]
        reached = given["reached"] if via != DailyCheck.Via.SELF else True
        return Report(
            via,
            reached,
            given["absent"] if reached else None,
            temperature,
            given["symptoms"],
            given["needs"],
            given["note"],
        )


class OwnForm(CheckForm):
    """The same for the person herself."""

    reached = None  # type: ignore[assignment]
    absent = None  # type: ignore[assignment]

    def report(self, via: str) -> Report:
        """Whoever writes was reached and is there."""
        given = self.cleaned_data
        return Report(
            via, True, False, given["temperature"], given["symptoms"], given["needs"], given["note"]
        )


class ReasonForm(forms.Form):
    """Why an order ends or a draft is taken back."""

    reason = forms.CharField(label=_("Lý do"), max_length=300, required=False)


def disease_names(day: date, lang: str) -> dict[str, str]:
    """Every disease by code."""
    return {code: diseases.named(code, lang, day) for code in diseases.codes()}
