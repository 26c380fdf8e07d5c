"""Forms about households, members and teams."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.registry.households.identity import MOST_ADDRESS
from lachan.registry.households.models import Hamlet
from lachan.registry.households.selectors import listing
from lachan.registry.households.services.members import MOST_RELATION
from lachan.registry.households.services.write import MOST_NAME, MOST_NUMBER
from lachan.registry.places.importing import MOST_BYTES
from lachan.registry.units.forms import UnitField
from lachan.registry.units.selectors import short_label

STATES = [("", _("Đang ở")), ("worry", _("Tổ đã ghi có việc")), ("closed", _("Đã đóng"))]
ASKED = [("", _("Chưa hỏi")), ("yes", _("Có")), ("no", _("Không"))]


class HouseholdFilter(forms.Form):
    """The list of households."""

    q = forms.CharField(
        label=_("Tìm"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "data-search": "", "placeholder": _("Tên người, số hộ")}),
    )
    don_vi = UnitField(label=_("Đơn vị"), required=False, level=None)
    thon = forms.ChoiceField(label=_("Thôn, tổ dân phố"), required=False)
    tinh_trang = forms.ChoiceField(label=_("Tình trạng"), required=False, choices=STATES)

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data)
        self.fields["don_vi"].scope = scope  # type: ignore[attr-defined]
        self.fields["thon"].choices = [("", _("Tất cả")), *hamlet_choices(scope)]  # type: ignore[attr-defined]

    def filters(self) -> listing.Filters:
        """What the selector takes; call after is_valid()."""
        given = self.cleaned_data
        hamlet = UUID(given["thon"]) if given["thon"] else None
        return listing.Filters(given["q"], given["don_vi"], hamlet, given["tinh_trang"])


def hamlet_choices(scope: Scope) -> list[tuple[str, str]]:
    rows = listing.hamlets(scope)
    several = len({row.unit for row in rows}) > 1
    return [(str(row.pk), f"{row.name}, {short_label(row.unit)}" if several else row.name) for row in rows]


class _WhereForm(forms.Form):
    """What a household is, but for its hamlet and number."""

    head = forms.CharField(label=_("Chủ hộ"), max_length=100)
    address = forms.CharField(label=_("Địa chỉ"), max_length=MOST_ADDRESS, required=False)
    phone = forms.CharField(
        label=_("Điện thoại"), max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    latitude = forms.FloatField(label=_("Vĩ độ"), required=False)
    longitude = forms.FloatField(
        label=_("Kinh độ"),
        required=False,
        help_text=_("Có tọa độ thì hộ vào được danh sách khi khoanh vùng."),
    )


class HouseholdForm(_WhereForm):
    """A new household."""

    unit = UnitField(label=_("Xã, phường"), help_text=_("Gõ tên không dấu cũng được."))
    hamlet = forms.CharField(label=_("Thôn, tổ dân phố"), max_length=MOST_NAME)
    number = forms.IntegerField(
        label=_("Số hộ"),
        min_value=1,
        max_value=MOST_NUMBER,
        required=False,
        help_text=_("Bỏ trống thì lấy số tiếp theo."),
    )
    field_order = ("unit", "hamlet", "number", "head", "address", "phone", "latitude", "longitude")

    def __init__(self, data: Any, scope: Scope, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["unit"].scope = scope  # type: ignore[attr-defined]
        self.fields["hamlet"].widget.attrs |= {"list": "hamlets", "autocomplete": "off"}


class EditForm(_WhereForm):
    """The same of a household that is there."""


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, help_text=help_text)


def asked(label: Any) -> forms.TypedChoiceField:
    """Yes, no, or not asked: three values."""
    return forms.TypedChoiceField(
        label=label,
        choices=ASKED,
        required=False,
        coerce=lambda text: {"yes": True, "no": False}.get(text),
        empty_value=None,
    )


class PersonForm(forms.Form):
    """Somebody who comes to live in a household."""

    name = forms.CharField(label=_("Họ tên"), max_length=100)
    birth = forms.CharField(
        label=_("Ngày hoặc năm sinh"), max_length=20, required=False, help_text=_("17/05/1990 hoặc 1990")
    )
    sex = forms.ChoiceField(
        label=_("Giới tính"), required=False, choices=[("", _("Chưa rõ")), ("m", _("Nam")), ("f", _("Nữ"))]
    )
    number = forms.CharField(label=_("Số CCCD, CMND hoặc hộ chiếu"), max_length=40, required=False)
    phone = forms.CharField(
        label=_("Điện thoại"), max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    relation = forms.CharField(label=_("Quan hệ với chủ hộ"), max_length=MOST_RELATION, required=False)
    since = _day(_("Ở đây từ ngày"))
    chronic = asked(_("Bệnh nền"))
    pregnant = asked(_("Mang thai"))

    def typed(self) -> dict[str, str]:
        """What the service reads, as typed."""
        return {
            name: self.cleaned_data[name] for name in ("name", "birth", "sex", "number", "phone", "relation")
        }


class RiskForm(forms.Form):
    """What is known of a member."""

    relation = forms.CharField(label=_("Quan hệ với chủ hộ"), max_length=MOST_RELATION, required=False)
    chronic = asked(_("Bệnh nền"))
    pregnant = asked(_("Mang thai"))


class LeaveForm(forms.Form):
    """Since when she doesn't live there any more."""

    until = _day(_("Đi từ ngày"))


def word(value: bool | None) -> str:
    """How `asked` shows one of three values."""
    return {True: "yes", False: "no"}.get(value, "") if value is not None else ""


class UploadForm(forms.Form):
    """A table of households of one commune."""

    unit = UnitField(label=_("Xã, phường"), help_text=_("Cả bảng thuộc một xã, phường."))
    file = forms.FileField(
        label=_("Tệp Excel hoặc CSV"),
        widget=forms.FileInput({"accept": ".xlsx,.ods,.csv,.txt"}),
        help_text=_("Dạng .xlsx, .ods hoặc .csv; nhiều nhất 20.000 dòng, 10 MB."),
    )

    def __init__(self, *args: Any, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["unit"].scope = scope  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(text_of("too_large"))
        return file


class TeamForm(forms.Form):
    """A team by hand."""

    hamlet = forms.ChoiceField(label=_("Thôn, tổ dân phố"))
    name = forms.CharField(label=_("Tên tổ"), max_length=MOST_NAME)
    first = forms.IntegerField(label=_("Từ hộ số"), min_value=1, max_value=MOST_NUMBER)
    last = forms.IntegerField(label=_("Đến hộ số"), min_value=1, max_value=MOST_NUMBER)

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data)
        self.scope = scope
        self.fields["hamlet"].choices = [("", _("Chọn")), *hamlet_choices(scope)]  # type: ignore[attr-defined]

    def clean_hamlet(self) -> Hamlet:
        return Hamlet.objects.get(pk=self.cleaned_data["hamlet"])


class BindForm(forms.Form):
    """Who goes round with a team."""

    account = forms.CharField(
        label=_("Tên đăng nhập"), max_length=60, widget=forms.TextInput({"autocomplete": "off"})
    )
