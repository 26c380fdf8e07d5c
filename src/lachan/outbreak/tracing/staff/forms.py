"""Forms of tracing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.base.scope import Scope
from lachan.gate.declarations.staff.filters import ScopedForm, UnitField, day_field, place_named
from lachan.outbreak.tracing.asks import ASKS
from lachan.outbreak.tracing.models import Contact
from lachan.outbreak.tracing.selectors.contacts import Filters
from lachan.outbreak.tracing.services.by_hand import MOST_RELATION, MOST_SAID, Meeting
from lachan.outbreak.tracing.services.deciding import MOST_REASON
from lachan.outbreak.tracing.services.publishing import MOST_ADVICE, MOST_CONTACT
from lachan.outbreak.tracing.services.revealing import REASONS
from lachan.outbreak.tracing.services.settings import MOST_DOCUMENT, MOST_NOTE
from lachan.outbreak.tracing.staff.common import disease_choices
from lachan.registry.places.models import Place

ALL = ("", _("Tất cả"))
MINUTES = "%Y-%m-%dT%H:%M"
SORT_NAMES = {"until": _("Hết theo dõi sớm nhất"), "exposed": _("Tiếp xúc gần nhất"), "new": _("Mới nhất")}


class ContactFilter(ScopedForm):
    """The list of people who are followed."""

    q = forms.CharField(
        label=_("Tìm"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "data-search": "",
                "placeholder": _("Mã người, mã ca, tên đã mở"),
            }
        ),
    )
    benh = forms.ChoiceField(label=_("Bệnh"), required=False)
    tinh_trang = forms.ChoiceField(
        label=_("Tình trạng"),
        required=False,
        choices=[("", _("Đang mở")), ("all", _("Tất cả")), *Contact.Status.choices],
    )
    don_vi = UnitField(label=_("Đơn vị"))
    can_bo = forms.ChoiceField(
        label=_("Cán bộ"),
        required=False,
        choices=[ALL, ("mine", _("Của tôi")), ("free", _("Chưa giao"))],
    )
    den = day_field(_("Theo dõi đến ngày"))
    sort = forms.ChoiceField(label=_("Xếp theo"), required=False, choices=list(SORT_NAMES.items()))

    def __init__(self, data: Any, scope: Scope, today: date) -> None:
        super().__init__(data, scope)
        self.fields["benh"].choices = [ALL, *disease_choices(today)]  # type: ignore[attr-defined]

    def filters(self, user: Any) -> Filters:
        """What the selector takes. Call after is_valid()."""
        given = self.cleaned_data
        status = {"": "open", "all": ""}.get(given["tinh_trang"], given["tinh_trang"])
        return Filters(
            text=given["q"], disease=given["benh"], status=status, unit=given["don_vi"],
            officer=user.pk if given["can_bo"] == "mine" else None, free=given["can_bo"] == "free",
            until=given["den"], sort=given["sort"] or "until",
        )  # fmt: skip


class DecideForm(forms.Form):
    """What becomes of the ticked contacts."""

    verb = forms.ChoiceField(choices=[("confirm", ""), ("dismiss", ""), ("reconsider", "")])
    reason = forms.CharField(required=False, max_length=MOST_REASON)


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES)
    return forms.DateTimeField(label=label, widget=widget, help_text=help_text, required=False)


class MeetingForm(forms.Form):
    """When and where somebody met the case."""

    from_at = _moment(_("Từ lúc"), _("Bỏ trống cả hai nếu không rõ: tính cả thời gian ca bệnh có thể lây."))
    to_at = _moment(_("Đến lúc"))
    place = forms.CharField(
        label=_("Tại điểm"),
        required=False,
        max_length=100,
        help_text=_("Mã điểm hoặc tên; bỏ trống nếu không phải một điểm khai báo."),
    )

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data)
        self.scope = scope

    def clean_place(self) -> Place | None:
        text = self.cleaned_data["place"].strip()
        if not text:
            return None
        place = place_named(text, self.scope) if "\x00" not in text else None
        if place is None:
            raise forms.ValidationError(_("Không có điểm khai báo này."))
        return place

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = found.get("from_at"), found.get("to_at")
        if bool(first) != bool(last):
            self.add_error("to_at" if first else "from_at", _("Ghi cả hai lúc, hoặc bỏ trống cả hai."))
        return found

    def meeting(self) -> Meeting:
        """What the services take. Call after is_valid()."""
        place: Place | None = self.cleaned_data["place"]
        first: datetime | None = self.cleaned_data["from_at"]
        if place is None:
            return Meeting(first, self.cleaned_data["to_at"])
        return Meeting(first, self.cleaned_data["to_at"], place.pk, place.unit, place.kind)


class PersonSearch(forms.Form):
    """Who it may be: a name or a number, sent by POST."""

    q = forms.CharField(
        label=_("Tên, số giấy tờ hoặc số điện thoại"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-search": ""}),
    )


class InterviewForm(forms.Form):
    """Somebody whom the patient named."""

    name = forms.CharField(label=_("Tên người được kể"), max_length=100)
    relation = forms.CharField(label=_("Quan hệ với người bệnh"), max_length=MOST_RELATION, required=False)
    phone = forms.CharField(label=_("Điện thoại"), max_length=30, required=False)
    address = forms.CharField(label=_("Địa chỉ"), max_length=MOST_SAID, required=False)
    when = forms.CharField(label=_("Gặp khi nào, ở đâu"), max_length=MOST_SAID, required=False)


class SettingForm(forms.Form):
    """A place and a window made known."""

    disease = forms.ChoiceField(label=_("Bệnh"))
    place = forms.CharField(label=_("Điểm"), max_length=100, help_text=_("Mã điểm hoặc tên."))
    from_at = _moment(_("Từ lúc"))
    to_at = _moment(_("Đến lúc"), _("Giờ Việt Nam."))
    case = forms.CharField(
        label=_("Mã ca bệnh"),
        max_length=24,
        required=False,
        help_text=_("Người có mặt thành người tiếp xúc chờ xác nhận của ca này."),
    )
    public = forms.BooleanField(
        label=_("Công bố ra ngoài"),
        required=False,
        help_text=_("Bước sau: ghi điều cần làm, xem trước, rồi mới công bố."),
    )
    document = forms.CharField(label=_("Văn bản, thông báo"), max_length=MOST_DOCUMENT, required=False)
    note = forms.CharField(label=_("Ghi chú"), max_length=MOST_NOTE, required=False)

    def __init__(self, data: Any, scope: Scope, today: date, **more: Any) -> None:
        super().__init__(data, **more)
        self.scope = scope
        self.fields["from_at"].required = self.fields["to_at"].required = True
        self.fields["disease"].choices = disease_choices(today)  # type: ignore[attr-defined]

    def clean_place(self) -> Place:
        text = self.cleaned_data["place"].strip()
        place = place_named(text.partition(" · ")[0], self.scope) if "\x00" not in text else None
        if place is None or not self.scope.covers(place.unit):
            raise forms.ValidationError(_("Không có điểm này trong địa bàn của bạn."))
        return place


class PublishForm(forms.Form):
    """What everybody will read beside place and hours."""

    document = forms.CharField(label=_("Văn bản, thông báo"), max_length=MOST_DOCUMENT)
    asks = forms.MultipleChoiceField(
        label=_("Người có mặt cần làm gì"), choices=list(ASKS.items()), widget=forms.CheckboxSelectMultiple
    )
    contact = forms.CharField(
        label=_("Liên hệ"),
        max_length=MOST_CONTACT,
        help_text=_("Cơ quan và số điện thoại, không ghi tên người."),
    )
    advice = forms.CharField(
        label=_("Dặn thêm"),
        max_length=MOST_ADVICE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Hiện nguyên văn ở cả hai ngôn ngữ. Không ghi tên, số giấy tờ hay số điện thoại của ai."),
    )


class RevealForm(forms.Form):
    """Why somebody has to be known by name."""

    reason = forms.ChoiceField(
        label=_("Lý do cần biết danh tính"), choices=[("", _("Chọn lý do")), *REASONS.items()]
    )


class FociFilter(ScopedForm):
    """Clusters of which disease, where, since when."""

    benh = forms.ChoiceField(label=_("Bệnh"), required=False)
    don_vi = UnitField(label=_("Đơn vị"))
    tu = day_field(_("Ca báo cáo từ ngày"))

    def __init__(self, data: Any, scope: Scope, today: date) -> None:
        super().__init__(data, scope)
        self.fields["benh"].choices = disease_choices(today)  # type: ignore[attr-defined]


class ImportForm(forms.Form):
    """A table of contacts."""

    file = forms.FileField(label=_("Tệp XLSX, ODS hoặc CSV"))
