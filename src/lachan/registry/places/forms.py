"""Forms about places."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.kernel.questionnaire import forms as questionnaires
from lachan.registry.places.details import MOST_ADDRESS, MOST_NAME, MOST_OWNER, Details
from lachan.registry.places.importing import MOST_BYTES
from lachan.registry.places.models import Place
from lachan.registry.places.services.register import OWN_KINDS
from lachan.registry.units.forms import UnitField


def form_choices() -> list[tuple[str, str]]:
    """The forms in use, with their titles in the reader's language."""
    english = (get_language() or "vi").startswith("en")
    titles = {form_id: form.versions[-1].title for form_id, form in questionnaires().items()}
    return [(form_id, title.get("en" if english else "vi", form_id)) for form_id, title in titles.items()]


class PlaceForm(forms.Form):
    """A place as staff tell it."""

    name = forms.CharField(label=_("Tên điểm"), max_length=MOST_NAME)
    kind = forms.ChoiceField(label=_("Loại"), choices=Place.Kind.choices)
    unit = UnitField(
        label=_("Xã, phường"), help_text=_("Gõ tên không dấu cũng được, rồi chọn trong danh sách.")
    )
    address = forms.CharField(
        label=_("Địa chỉ"), max_length=MOST_ADDRESS, required=False, help_text=_("Số nhà, đường, thôn.")
    )
    form = forms.ChoiceField(
        label=_("Mẫu tờ khai"), choices=lambda: [("", _("Theo loại điểm")), *form_choices()], required=False
    )
    owner_name = forms.CharField(label=_("Người phụ trách"), max_length=MOST_OWNER, required=False)
    owner_phone = forms.CharField(
        label=_("Điện thoại"), max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    capacity = forms.IntegerField(label=_("Sức chứa"), min_value=1, max_value=1_000_000, required=False)
    latitude = forms.FloatField(label=_("Vĩ độ"), required=False)
    longitude = forms.FloatField(label=_("Kinh độ"), required=False)
    note = forms.CharField(label=_("Ghi chú"), max_length=300, required=False)

    def __init__(self, *args: Any, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["unit"].scope = scope  # type: ignore[attr-defined]

    def details(self) -> Details:
        """What was told, for the services; valid forms only."""
        return Details(**self.cleaned_data)


class RegistrationForm(forms.Form):
    """A place as its owner tells it."""

    name = forms.CharField(label=_("Tên cửa hàng, cơ sở"), max_length=MOST_NAME)
    kind = forms.ChoiceField(
        label=_("Loại"), choices=[("", _("Chọn loại")), *((kind.value, kind.label) for kind in OWN_KINDS)]
    )
    unit = UnitField(
        label=_("Xã, phường"), help_text=_("Gõ tên không dấu cũng được, rồi chọn trong danh sách.")
    )
    address = forms.CharField(
        label=_("Địa chỉ"), max_length=MOST_ADDRESS, help_text=_("Số nhà, đường, thôn.")
    )
    owner_name = forms.CharField(
        label=_("Họ tên người phụ trách"),
        max_length=MOST_OWNER,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    owner_phone = forms.CharField(
        label=_("Điện thoại"),
        max_length=40,
        widget=forms.TextInput({"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("Chúng tôi gửi mã xác nhận tới số này."),
    )

    def details(self) -> Details:
        return Details(**self.cleaned_data)


class PlaceFilters(forms.Form):
    """Filters of the list; whatever isn't valid is shown beside its field and not applied."""

    q = forms.CharField(label=_("Tên, mã hoặc điện thoại"), required=False, max_length=100)
    unit = UnitField(label=_("Địa bàn"), level=None, required=False)
    kind = forms.ChoiceField(
        label=_("Loại"), required=False, choices=[("", _("Mọi loại")), *Place.Kind.choices]
    )
    status = forms.ChoiceField(
        label=_("Trạng thái"), required=False, choices=[("", _("Mọi trạng thái")), *Place.Status.choices]
    )

    def __init__(self, *args: Any, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["unit"].scope = scope  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """The filters that are valid, by the names that selectors.search takes."""
        if not self.is_bound:
            return {}
        self.is_valid()
        values = self.cleaned_data
        return {
            "text": values.get("q", ""),
            "unit": values.get("unit", ""),
            "kind": values.get("kind", ""),
            "status": values.get("status", ""),
        }


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Lý do"), max_length=300)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Tệp Excel hoặc CSV"),
        widget=forms.FileInput({"accept": ".xlsx,.ods,.csv,.txt"}),
        help_text=_("Dạng .xlsx, .ods hoặc .csv; nhiều nhất 20.000 dòng, 10 MB."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(text_of("too_large"))
        return file


def initial_of(place: Place) -> dict[str, Any]:
    """A place's values as PlaceForm shows them."""
    names = [name for name in PlaceForm.base_fields if name != "unit"]
    return {name: getattr(place, name) for name in names} | {"unit": place.unit}
