"""The log's filters. Wrong values are told beside their field; the list then shows the days by default."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.registry.audit import words

DEFAULT_DAYS = 7


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Ngày không đúng.")},
    )


class FilterForm(forms.Form):
    kind = forms.ChoiceField(label=_("Việc"), required=False)
    actor = forms.CharField(label=_("Người làm"), required=False, max_length=100)
    subject = forms.UUIDField(
        label=_("Mã đối tượng"), required=False, error_messages={"invalid": _("Mã không đúng dạng.")}
    )
    first = _day(_("Từ ngày"))
    last = _day(_("Đến ngày"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        titles = sorted(
            ((kind, str(title)) for kind, title in words.TITLES.items()), key=lambda pair: pair[1]
        )
        self.fields["kind"].choices = [("", _("Tất cả")), *titles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["first"] > data["last"]:
            self.add_error("last", _("Ngày kết thúc phải sau ngày bắt đầu."))
        return data

    def chosen(self) -> dict[str, Any]:
        """What `selectors.events` takes; seven days up to today where nothing (or nothing right) was asked."""
        data = self.cleaned_data if self.is_valid() else {}
        last = data.get("last") or max(self.today, data.get("first") or self.today)
        first = data.get("first") or last - timedelta(days=DEFAULT_DAYS - 1)
        return {
            "first": first,
            "last": last,
            "kind": data.get("kind", ""),
            "actor": data.get("actor", ""),
            "subject": data.get("subject"),
        }
