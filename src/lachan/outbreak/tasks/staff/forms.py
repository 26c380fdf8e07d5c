"""Forms about tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.base.scope import Scope
from lachan.gate.declarations.staff.filters import ScopedForm, UnitField
from lachan.outbreak.tasks import titles
from lachan.outbreak.tasks.selectors.page import Filters
from lachan.outbreak.tasks.services.notes import MOST_TEXT
from lachan.registry.accounts.models import User

STATES = {
    "": _("Đang mở"),
    "mine": _("Của tôi"),
    "free": _("Chưa ai nhận"),
    "overdue": _("Quá hạn"),
    "escalated": _("Báo lên cấp này"),
    "done": _("Đã kết thúc"),
    "all": _("Tất cả"),
}


class TaskFilter(ScopedForm):
    """The list of tasks."""

    tinh_trang = forms.ChoiceField(label=_("Tình trạng"), required=False, choices=list(STATES.items()))
    loai = forms.ChoiceField(label=_("Loại việc"), required=False)
    don_vi = UnitField(label=_("Đơn vị"))
    can_bo = forms.UUIDField(label=_("Cán bộ"), required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data, scope)
        named = sorted(((kind, titles.name_of(kind)) for kind in titles.kinds()), key=lambda one: one[1])
        self.fields["loai"].choices = [("", _("Tất cả")), *named]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """What the selector takes. Call after is_valid()."""
        given = self.cleaned_data
        return Filters(given["tinh_trang"] or "open", given["loai"], given["don_vi"], given["can_bo"])


def _words(label: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=MOST_TEXT, widget=widget)


class HandForm(forms.Form):
    """To whom, and how things stand."""

    to = forms.ChoiceField(label=_("Giao cho"))
    text = _words(_("Việc đang đến đâu"))

    def __init__(self, data: Any, colleagues: Sequence[User]) -> None:
        super().__init__(data)
        self.colleagues = {str(user.pk): user for user in colleagues}
        choices = [("", _("Chọn người")), *((key, user.full_name) for key, user in self.colleagues.items())]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> User:
        return self.colleagues[self.cleaned_data["to"]]


class NoteForm(forms.Form):
    """A word on how things stand."""

    text = _words(_("Ghi chú"))
