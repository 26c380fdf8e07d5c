"""Forms about units and agencies, and the field that takes a unit as people type it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.kernel.errors import KernelError
from lachan.registry.units import selectors
from lachan.registry.units.models import Agency, Unit
from lachan.registry.units.services.geometry import KINDS, MOST_BYTES

MOST_OFFERED = 5


def refuse(form: forms.Form, error: KernelError) -> None:
    """Show a refusal of a service beside the field that it names, in the reader's language."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, text_of(error.code, error.params))


class UnitInput(forms.TextInput):
    """Shows a path as its label. A script may offer what /don-vi/tim finds; without one, typing is enough."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "data-unit": "", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        text = str(value or "")
        return selectors.label(text) if text.endswith("/") else text or None


class UnitField(forms.CharField):
    """A unit by name without accents, by its label, its code or its path; gives the path.

    Only units inside `scope` count, when one is set (forms set it from the request).
    """

    widget = UnitInput

    def __init__(
        self, *, level: int | None = Unit.Level.COMMUNE, structure: str | None = None, **more: Any
    ) -> None:
        super().__init__(max_length=300, **more)
        self.level, self.structure, self.scope = level, structure, None
        self.widget.attrs |= {"data-level": "" if level is None else str(int(level))}

    scope: Scope | None

    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "")
        return self._resolve(text) if text else ""

    def _resolve(self, text: str) -> str:
        structure = self.structure or settings.STRUCTURE
        found = selectors.match(text, structure, within=self.scope, level=self.level)
        if not found:
            found = selectors.search(text, structure, MOST_OFFERED, self.scope, level=self.level)
            if len(found) != 1:
                raise ValidationError(self._offer(found, _("Không thấy đơn vị này trong phạm vi của bạn.")))
        if len(found) > 1:
            raise ValidationError(self._offer(found, _("Có nhiều nơi trùng tên.")))
        return found[0].path

    def _offer(self, found: list[Unit], sentence: Any) -> str:
        if not found:
            return str(sentence)
        labels = "; ".join(selectors.label(unit.path) for unit in found[:MOST_OFFERED])
        meant = _("Có phải:")
        return f"{sentence} {meant} {labels}?"


class UnitFilters(forms.Form):
    """Search of the units page."""

    q = forms.CharField(label=_("Tìm đơn vị"), required=False, max_length=100)
    structure = forms.ChoiceField(
        label=_("Cấp hành chính"),
        required=False,
        choices=[("2021", _("Ba cấp (trước 01/07/2025)")), ("2025", _("Hai cấp (từ 01/07/2025)"))],
    )
    on = forms.DateField(
        label=_("Có hiệu lực ngày"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )


class GeometryForm(forms.Form):
    """An upload of the province's own outlines."""

    file = forms.FileField(label=_("Tệp GeoJSON"), widget=forms.FileInput({"accept": ".geojson,.json"}))
    structure = forms.ChoiceField(
        label=_("Cấp hành chính"),
        choices=[("2021", _("Ba cấp (trước 01/07/2025)")), ("2025", _("Hai cấp (từ 01/07/2025)"))],
    )
    level = forms.TypedChoiceField(
        label=_("Loại đơn vị"),
        coerce=int,
        initial=3,
        choices=[(3, _("Xã, phường")), (2, _("Quận, huyện")), (1, _("Tỉnh, thành phố"))],
    )
    property_name = forms.CharField(
        label=_("Thuộc tính mang mã"),
        required=False,
        max_length=60,
        help_text=_("Để trống thì tự tìm: ward_code, code, ma_xa…"),
    )
    kind = forms.ChoiceField(
        label=_("Loại ranh giới"),
        required=False,
        choices=[
            ("", _("Theo tệp")),
            ("official", _("Chính thức")),
            ("approx_power_diagram", _("Gần đúng")),
            ("reference", _("Tham khảo")),
        ],
    )
    source = forms.CharField(label=_("Nguồn"), max_length=200, help_text=_("Cơ quan cấp và ngày cấp."))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(text_of("too_large"))
        return file


assert set(KINDS) == {"official", "approx_power_diagram", "reference"}  # the choices above


class AgencyForm(forms.Form):
    """A new agency."""

    name = forms.CharField(label=_("Tên cơ quan"), max_length=200)
    kind = forms.ChoiceField(label=_("Loại cơ quan"), choices=Agency.Kind.choices)
    unit = UnitField(label=_("Đơn vị hành chính"), level=None, help_text=_("Gõ tên không dấu cũng được."))
    parent = forms.ModelChoiceField(
        label=_("Trực thuộc"),
        queryset=Agency.objects.none(),
        required=False,
        empty_label=_("Không trực thuộc"),
    )
    since = forms.DateField(label=_("Từ ngày"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, scope: Scope, parents: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["unit"].scope = scope  # type: ignore[attr-defined]
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]


class RenameForm(forms.Form):
    name = forms.CharField(label=_("Tên cơ quan"), max_length=200)
    kind = forms.ChoiceField(label=_("Loại cơ quan"), choices=Agency.Kind.choices)
    since = forms.DateField(label=_("Từ ngày"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class MoveForm(AgencyForm):
    name = None  # type: ignore[assignment]
    kind = None  # type: ignore[assignment]


class CloseForm(forms.Form):
    on = forms.DateField(label=_("Đóng từ ngày"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
