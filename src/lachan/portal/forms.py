"""Forms of the portal's own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.base.scope import Scope
from lachan.portal.selectors.inspection import MOST_TYPED
from lachan.portal.services.inspect import FINDINGS, OUTCOMES
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units


class PlaceFilter(forms.Form):
    """The inspectors' list."""

    q = forms.CharField(
        label=_("Tìm điểm"),
        required=False,
        max_length=MOST_TYPED,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "data-search": "",
                "placeholder": _("Tên, mã, quét áp phích"),
            }
        ),
    )
    don_vi = forms.ChoiceField(label=_("Đơn vị"), required=False)
    kind = forms.ChoiceField(
        label=_("Loại"), required=False, choices=[("", _("Mọi loại")), *Place.Kind.choices]
    )
    status = forms.ChoiceField(
        label=_("Tình trạng"), required=False, choices=[("", _("Mọi tình trạng")), *Place.Status.choices]
    )
    im = forms.BooleanField(label=_("Chỉ điểm im lặng"), required=False)

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data)
        self.fields["don_vi"].choices = [("", _("Toàn địa bàn")), *_below(scope)]  # type: ignore[attr-defined]


def _below(scope: Scope) -> list[tuple[str, str]]:
    """The units right below those of the scope; a commune has none."""
    found = [unit.path for path in scope.paths for unit in units.children(path)]
    return [(path, units.short_label(path)) for path in found]


class InspectionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Kết quả kiểm tra"), choices=list(OUTCOMES.items()), widget=forms.RadioSelect
    )
    findings = forms.MultipleChoiceField(
        label=_("Thiếu sót"),
        required=False,
        choices=list(FINDINGS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
