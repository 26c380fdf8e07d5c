"""The filters of the line list and of the laboratory, read from the address and kept there."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.base.scope import Scope
from lachan.gate.declarations.staff.columns import language
from lachan.gate.declarations.staff.filters import ScopedForm, UnitField, day_field
from lachan.kernel import diseases
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.cases.selectors.lab import OVERDUE, RESULTED, SINGLE, WAITING, SampleFilters
from lachan.outbreak.cases.selectors.line_list import MOST_TYPED, Filters

ALL = ("", _("Tất cả"))


def disease_choices(day: date) -> list[tuple[str, str]]:
    """(code, name) of every disease that has a policy."""
    lang = language()
    return [(code, diseases.named(code, lang, day)) for code in diseases.codes()]


def search_field(placeholder: Any) -> forms.CharField:
    attrs = {"type": "search", "data-search": "", "placeholder": placeholder}
    return forms.CharField(
        label=_("Tìm"), required=False, max_length=MOST_TYPED, widget=forms.TextInput(attrs=attrs)
    )


class CaseFilter(ScopedForm):
    """The line list."""

    q = search_field(_("Tên, mã, giấy tờ, điện thoại"))
    benh = forms.ChoiceField(label=_("Bệnh"), required=False)
    phan_loai = forms.ChoiceField(
        label=_("Phân loại"), required=False, choices=[ALL, *reversed(Case.Classification.choices)]
    )
    phat_hien = forms.ChoiceField(
        label=_("Nơi phát hiện"),
        required=False,
        choices=[ALL, *[(value or "unknown", text) for value, text in Case.Detection.choices]],
    )
    ket_cuc = forms.ChoiceField(
        label=_("Kết cục"),
        required=False,
        choices=[ALL, *[(value or "none", text) for value, text in Case.Outcome.choices]],
    )
    don_vi = UnitField(label=_("Đơn vị"))
    ngay = forms.ChoiceField(
        label=_("Ngày nào"),
        required=False,
        choices=[
            ("reported_on", _("Ngày báo cáo")),
            ("onset", _("Ngày khởi phát")),
            ("confirmed_on", _("Ngày có kết quả")),
        ],
    )
    tu = day_field(_("Từ ngày"))
    den = day_field(_("Đến ngày"))
    can_bo = forms.ChoiceField(label=_("Cán bộ phụ trách"), required=False)
    ma_bn = forms.ChoiceField(
        label=_("Mã BN"),
        required=False,
        choices=[ALL, ("yes", _("Đã có mã BN")), ("no", _("Chưa có mã BN"))],
    )

    def __init__(self, data: Any, scope: Scope, day: date, officers: list[tuple[UUID, str]] = []) -> None:  # noqa: B006
        super().__init__(data, scope)
        self.fields["benh"].choices = [ALL, *disease_choices(day)]  # type: ignore[attr-defined]
        self.fields["can_bo"].choices = [  # type: ignore[attr-defined]
            ("", _("Mọi cán bộ")),
            *[(str(one), name) for one, name in officers],
        ]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = found.get("tu"), found.get("den")
        if first and last and first > last:
            self.add_error("den", _("Đến ngày phải sau từ ngày."))
        return found

    def filters(self, sort: str = "") -> Filters:
        """What the selector takes. Call after is_valid()."""
        given = self.cleaned_data
        return Filters(
            disease=given["benh"], classification=given["phan_loai"], detection=given["phat_hien"],
            outcome=given["ket_cuc"], unit=given["don_vi"], by=given["ngay"] or "reported_on", day_from=given["tu"],
            day_to=given["den"], officer=UUID(given["can_bo"]) if given["can_bo"] else None, national=given["ma_bn"],
            text=given["q"], sort=sort,
        )  # fmt: skip


class SampleFilter(ScopedForm):
    """The laboratory's list."""

    q = search_field(_("Mã mẫu, mã lô, mã ca, tên"))
    tinh_trang = forms.ChoiceField(
        label=_("Tình trạng"),
        required=False,
        choices=[
            ALL,
            (WAITING, _("Chờ kết quả")),
            (OVERDUE, _("Quá hạn")),
            (SINGLE, _("Cần lấy mẫu đơn")),
            (RESULTED, _("Đã có kết quả")),
        ],
    )
    benh = forms.ChoiceField(label=_("Bệnh"), required=False)
    loai = forms.ChoiceField(label=_("Loại xét nghiệm"), required=False, choices=[ALL, *Sample.Kind.choices])
    kq = forms.ChoiceField(
        label=_("Kết quả"), required=False, choices=[ALL, *[one for one in Sample.Result.choices if one[0]]]
    )
    don_vi = UnitField(label=_("Đơn vị"))

    def __init__(self, data: Any, scope: Scope, day: date) -> None:
        super().__init__(data, scope)
        self.fields["benh"].choices = [ALL, *disease_choices(day)]  # type: ignore[attr-defined]

    def filters(self) -> SampleFilters:
        given = self.cleaned_data
        return SampleFilters(
            state=given["tinh_trang"], disease=given["benh"], kind=given["loai"], result=given["kq"],
            unit=given["don_vi"], text=given["q"],
        )  # fmt: skip
