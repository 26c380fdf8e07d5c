"""Forms about zones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.gate.declarations.staff.filters import ScopedForm
from lachan.gate.declarations.staff.filters import UnitField as FilterUnit
from lachan.kernel.clock import VN
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.zones.models import Zone
from lachan.outbreak.zones.selectors.zones import Filters
from lachan.outbreak.zones.services.deciding import MOST_DOCUMENT, MOST_MEASURES, MOST_REASON
from lachan.outbreak.zones.services.proposing import MOST_NAME, MOST_SOURCE
from lachan.registry.households import outline as outlines
from lachan.registry.households.models import Hamlet
from lachan.registry.households.words import NEED_WORDS
from lachan.registry.units.forms import UnitField

MINUTES = "%Y-%m-%dT%H:%M"
STATES = [("", _("Đề xuất và đang áp dụng")), ("proposed", _("Đề xuất")), ("decided", _("Đang áp dụng")), ("over", _("Đã qua"))]  # fmt: skip
SHOWN = [
    ("", _("Tất cả")),
    ("risk", _("Có người nguy cơ")),
    ("needs", _("Đang cần")),
    ("unseen", _("Chưa đến")),
]
ASKED = [("", _("Chưa có số liệu")), ("yes", _("Đáp ứng")), ("no", _("Không đáp ứng"))]


def _search(placeholder: Any) -> forms.CharField:
    attrs = {"type": "search", "data-search": "", "placeholder": placeholder}
    return forms.CharField(label=_("Tìm"), required=False, max_length=100, widget=forms.TextInput(attrs))


class ZoneFilter(ScopedForm):
    """The list of zones."""

    q = _search(_("Tên vùng, đơn vị, văn bản"))
    don_vi = FilterUnit(label=_("Đơn vị"))
    loai = forms.ChoiceField(label=_("Loại"), required=False, choices=[("", _("Tất cả")), *Zone.Kind.choices])
    cap = forms.ChoiceField(
        label=_("Cấp"),
        required=False,
        choices=[("", _("Tất cả")), *((str(one), str(one)) for one in range(1, 5))],
    )
    tinh_trang = forms.ChoiceField(label=_("Tình trạng"), required=False, choices=STATES)

    def filters(self) -> Filters:
        given = self.cleaned_data
        level = int(given["cap"]) if given["cap"] else None
        return Filters(given["q"], given["don_vi"], given["loai"], level, given["tinh_trang"])


class InsideFilter(forms.Form):
    """Households of a lockdown."""

    q = _search(_("Tên chủ hộ"))
    hien = forms.ChoiceField(label=_("Hiện"), required=False, choices=SHOWN)


class _UnitForm(forms.Form):
    unit = UnitField(label=_("Đơn vị"), level=None, help_text=_("Gõ tên không dấu cũng được."))

    def __init__(self, *args: Any, scope: Scope, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["unit"].scope = scope  # type: ignore[attr-defined]


class ProposeForm(_UnitForm):
    """For which unit and disease the rules are asked."""

    disease = forms.ChoiceField(label=_("Bệnh"))

    def __init__(self, *args: Any, diseases: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["disease"].choices = list(diseases)  # type: ignore[attr-defined]


class FiguresForm(_UnitForm):
    """What is known of a unit."""

    on = forms.DateField(
        label=_("Số liệu đến ngày"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    population = forms.IntegerField(label=_("Dân số"), min_value=1, required=False)
    adults_first_dose = forms.FloatField(
        label=_("Người từ 18 tuổi đã tiêm ít nhất một liều (%)"), required=False, localize=True
    )
    old_full = forms.FloatField(
        label=_("Người từ 65 tuổi đã tiêm đủ liều (%)"), required=False, localize=True
    )
    care_ready = forms.TypedChoiceField(
        label=_("Khả năng thu dung, điều trị"),
        choices=ASKED,
        required=False,
        coerce=lambda text: {"yes": True, "no": False}.get(text),
        empty_value=None,
    )
    source = forms.CharField(
        label=_("Nguồn"), max_length=MOST_SOURCE, help_text=_("Cơ quan cấp và ngày cấp.")
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        values = ("population", "adults_first_dose", "old_full", "care_ready")
        if not self.errors and all(found.get(name) is None for name in values):
            raise ValidationError(text_of("figures_nothing"))
        return found


class PeopleForm(forms.Form):
    """A table of people by unit."""

    file = forms.FileField(label=_("Tệp XLSX, ODS hoặc CSV"))
    on = forms.DateField(
        label=_("Số liệu đến ngày"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Dùng cho dòng không ghi ngày."),
    )
    source = forms.CharField(
        label=_("Nguồn"),
        max_length=MOST_SOURCE,
        required=False,
        help_text=_("Dùng cho dòng không ghi nguồn."),
    )


def _moment(label: Any, required: bool = True, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES)
    return forms.DateTimeField(label=label, widget=widget, required=required, help_text=help_text)


class DecideForm(forms.Form):
    """Putting a proposal into force."""

    document = forms.CharField(
        label=_("Văn bản quyết định"),
        max_length=MOST_DOCUMENT,
        help_text=_("Số, ngày, cơ quan ký: 12/QĐ-UBND ngày 20/11/2021."),
    )
    level = forms.TypedChoiceField(
        label=_("Cấp quyết định"), coerce=int, choices=[(n, str(n)) for n in range(1, 5)]
    )
    reason = forms.CharField(label=_("Lý do nếu khác đề xuất"), max_length=MOST_REASON, required=False)
    from_at = _moment(_("Từ lúc"))
    to_at = _moment(
        _("Đến lúc"), required=False, help_text=_("Giờ Việt Nam. Phong tỏa phải có lúc kết thúc.")
    )
    measures = forms.CharField(
        label=_("Biện pháp"), max_length=MOST_MEASURES, required=False, widget=forms.Textarea({"rows": 4})
    )

    def __init__(self, data: Any, zone: Zone, now: datetime, to_at: datetime | None) -> None:
        local = now.astimezone(VN).replace(second=0, microsecond=0)
        initial = {
            "level": zone.level,
            "from_at": local,
            "measures": zone.measures,
            "to_at": to_at and to_at.astimezone(VN),
        }
        super().__init__(data, initial=initial)
        if zone.kind == Zone.Kind.LOCKDOWN:
            del self.fields["level"], self.fields["reason"]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Lý do"), max_length=MOST_REASON)


class LiftForm(ReasonForm):
    document = forms.CharField(label=_("Văn bản bãi bỏ"), max_length=MOST_DOCUMENT)


class LockdownForm(forms.Form):
    """The bounds of a lockdown: hamlets, or an outline that was drawn, pasted or uploaded; neither is the whole unit."""

    name = forms.CharField(
        label=_("Tên vùng phong tỏa"), max_length=MOST_NAME, help_text=_("Ví dụ: Hẻm 12 Nguyễn Trãi.")
    )
    hamlets = forms.MultipleChoiceField(
        label=_("Thôn, tổ dân phố"), required=False, widget=forms.CheckboxSelectMultiple
    )
    outline = forms.CharField(
        label=_("Ranh giới (GeoJSON)"),
        required=False,
        max_length=outlines.MOST_BYTES,
        widget=forms.Textarea({"rows": 4, "data-outline": "", "spellcheck": "false"}),
        help_text=_("Vẽ trên bản đồ, hoặc dán vào đây. Bỏ trống cả hai là cả đơn vị."),
    )
    file = forms.FileField(
        label=_("Hoặc tệp GeoJSON"), required=False, widget=forms.FileInput({"accept": ".geojson,.json"})
    )
    measures = forms.CharField(
        label=_("Biện pháp"), max_length=MOST_MEASURES, required=False, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, data: Any, files: Any, hamlets: Sequence[Hamlet]) -> None:
        super().__init__(data, files)
        choices = [(str(one.pk), f"{one.name} ({one.houses})") for one in hamlets]  # type: ignore[attr-defined]
        self.fields["hamlets"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["hamlets"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        file, typed = found.get("file"), found.get("outline", "").strip()
        field = "file" if file else "outline"
        try:
            found["outline"] = outlines.read(_text(file) if file else typed) if file or typed else None
        except InvalidInput as error:
            self.add_error(field, text_of(error.code, error.params))
        return found


def _text(file: Any) -> str:
    if file.size > outlines.MOST_BYTES:
        raise InvalidInput("outline_too_long")
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InvalidInput("outline_unreadable") from None


class NeedsForm(forms.Form):
    """What a household needs."""

    needs = forms.MultipleChoiceField(
        label=_("Cần"),
        required=False,
        choices=lambda: list(NEED_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("Ghi chú"), required=False, max_length=500)
