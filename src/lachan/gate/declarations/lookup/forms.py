"""What a citizen types when she looks a declaration up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.base.messages import text_of
from lachan.gate.declarations.models import DataRequest
from lachan.gate.declarations.services.requests import TEXT_LENGTH
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import parse_short_code
from lachan.kernel.phones import parse_phone

MOST_TYPED = 60


class CodeField(forms.CharField):
    """A declaration's short code; cleans to its canonical form."""

    def __init__(self, **options: Any) -> None:
        attributes = {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(
            label=_("Mã tờ khai"),
            help_text=_("11 chữ và số, ghi dưới mã QR và trên thẻ giấy, ví dụ 7K2M-9QXT-4RC."),
            max_length=MOST_TYPED,
            widget=forms.TextInput(attrs=attributes),
            **options,
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return parse_short_code(text)
        except InvalidInput:
            raise forms.ValidationError(_("Mã chưa đúng: xin xem lại từng chữ và số.")) from None


class PhoneField(forms.CharField):
    """A phone; cleans to E.164."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Số điện thoại đã ghi trong tờ khai"))
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "type": "tel"})
        super().__init__(max_length=MOST_TYPED, widget=widget, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return parse_phone(text)
        except InvalidInput:
            raise forms.ValidationError(_("Số điện thoại chưa đúng, ví dụ 0905 123 456.")) from None


class LookupForm(forms.Form):
    code = CodeField()
    phone = PhoneField(help_text=_("Một mã xác nhận sẽ được gửi đến số này."))


class CodeForm(forms.Form):
    """For who has proved her phone already."""

    code = CodeField()


class PhoneForm(forms.Form):
    phone = PhoneField()


class DigitsForm(forms.Form):
    """The six digits of the message."""

    digits = forms.CharField(
        label=_("Mã xác nhận"),
        help_text=_("6 chữ số trong tin nhắn, có hiệu lực 5 phút."),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )

    def clean_digits(self) -> str:
        digits = "".join(character for character in self.cleaned_data["digits"] if not character.isspace())
        if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError(_("Mã gồm 6 chữ số."))
        return digits


class RequestForm(forms.Form):
    """To correct or delete what is held."""

    kind = forms.ChoiceField(
        label=_("Bạn muốn"),
        choices=[
            (DataRequest.Kind.CORRECT.value, _("Đính chính điều đã khai")),
            (DataRequest.Kind.DELETE.value, _("Xóa tờ khai này")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Nội dung"),
        help_text=_("Điều nào sai, đúng là gì; hoặc vì sao bạn muốn xóa."),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == DataRequest.Kind.CORRECT and not cleaned.get("text", "").strip():
            self.add_error("text", text_of("required"))
        return cleaned
