"""What officers ask of people's records."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

WHY = [
    ("follow_up", _("Theo dõi người này tại địa bàn")),
    ("declared_here", _("Người này khai hoặc đến địa bàn của tôi")),
    ("tracing", _("Truy vết, điều tra dịch tễ")),
    ("request", _("Người này yêu cầu")),
]
REASON_LENGTH = 300


class SearchForm(forms.Form):
    """Part of a name, or a whole number."""

    q = forms.CharField(
        label=_("Tên không dấu cũng được, hoặc số giấy tờ, số điện thoại"),
        required=False,
        min_length=2,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "autocomplete": "off"}),
    )


class WhyForm(forms.Form):
    """Why a record outside the reader's commune is opened."""

    why = forms.ChoiceField(label=_("Vì sao bạn mở hồ sơ này?"), choices=WHY, widget=forms.RadioSelect)


class UnmergeForm(forms.Form):
    """Why two records were not one person after all."""

    reason = forms.CharField(
        label=_("Vì sao tách lại?"),
        max_length=REASON_LENGTH,
        min_length=5,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Ví dụ: hai người cùng tên, số giấy tờ khác nhau. Lý do đứng trong lịch sử của hồ sơ."),
    )

    def clean_reason(self) -> str:
        return " ".join(str(self.cleaned_data["reason"]).split())


class MergeForm(forms.Form):
    """Which of two records stays, and why they are one person."""

    keep = forms.ChoiceField(label=_("Giữ lại hồ sơ"), choices=(), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Vì sao biết là một người?"),
        max_length=REASON_LENGTH,
        min_length=5,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Ví dụ: cùng ngày sinh, có cả CMND và CCCD, đã gọi điện xác nhận. Trùng tên không đủ để gộp."
        ),
    )

    def __init__(self, data: Any, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]

    def clean_reason(self) -> str:
        return " ".join(str(self.cleaned_data["reason"]).split())
