"""Forms about cases, samples and results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.gate.declarations.staff.filters import place_named
from lachan.kernel.clock import VN
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.dates import REFUSED, Implausible
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.cases.selectors import by_id
from lachan.outbreak.cases.staff.filters import disease_choices
from lachan.registry.places.models import Place
from lachan.registry.units.forms import UnitField, refuse

CONFIRM = "confirm"
"""Name of the boxes by which an officer says that an unusual date is so."""
SEX = [("", _("Chưa rõ")), ("m", _("Nam")), ("f", _("Nữ")), ("o", _("Khác"))]
MINUTES = "%Y-%m-%dT%H:%M"
SEVERITIES = [
    ("", _("Chưa rõ")),
    ("mild", _("Nhẹ, không triệu chứng")),
    ("moderate", _("Trung bình")),
    ("severe", _("Nặng")),
    ("critical", _("Nguy kịch")),
]


def text(
    label: Any, most: int, *, required: bool = False, help_text: Any = "", **attrs: Any
) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, widget=widget
    )


def day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=widget,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )


def moment(label: Any, *, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES)
    return forms.DateTimeField(label=label, required=required, widget=widget)


def local(value: datetime) -> datetime:
    """For the box of a moment: Vietnam's clock, whole minutes."""
    return value.astimezone(VN).replace(second=0, microsecond=0)


class YesNoUnknown(forms.NullBooleanSelect):
    """Django's own words for it aren't ours."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = [("unknown", _("Chưa rõ")), ("true", _("Đúng")), ("false", _("Không đúng"))]


class DatedForm(forms.Form):
    """A form whose dates are held against each other: unusual ones ask for a confirmation beside them."""

    unusual: list[tuple[str, str]]

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.unusual = []

    @property
    def confirmed(self) -> tuple[str, ...]:
        return tuple(self.data.getlist(CONFIRM)) if hasattr(self.data, "getlist") else ()

    def refuse(self, error: InvalidInput) -> None:
        """Refused dates beside their fields; unusual ones as boxes to tick."""
        if not isinstance(error, Implausible):
            refuse(self, error)
            return
        for one in error.findings:
            words = text_of(one.code, one.params)
            field = one.field if one.field in self.fields else None
            if one.severity == REFUSED:
                self.add_error(field, words)
            else:
                self.unusual.append((one.key, words))
        if self.unusual:
            self.add_error(
                None, _("Có ngày khác thường: hãy xem lại, rồi đánh dấu xác nhận nếu đúng là vậy.")
            )


def identity_fields() -> dict[str, forms.Field]:
    return {
        "name": text(_("Họ và tên"), 100, required=True, autocapitalize="words"),
        "birth": text(
            _("Ngày sinh"), 10, help_text=_("Ngày/tháng/năm, hoặc chỉ năm."), placeholder="17/05/1990"
        ),
        "sex": forms.ChoiceField(label=_("Giới tính"), required=False, choices=SEX),
        "cccd": text(_("CCCD"), 20, inputmode="numeric"),
        "cmnd": text(
            _("CMND hoặc hộ chiếu"),
            20,
            help_text=_("Ghi cả hai số nếu có, để nhận ra hồ sơ cũ."),
        ),
        "insurance": text(_("Số thẻ bảo hiểm y tế"), 20),
        "phone": text(_("Điện thoại"), 20, type="tel", inputmode="tel"),
        "unit": UnitField(label=_("Xã, phường nơi ở")),
        "address": text(_("Địa chỉ"), 200, help_text=_("Số nhà, đường, thôn, tổ.")),
    }


IDENTITY = ("name", "birth", "sex", "cccd", "cmnd", "insurance", "phone", "unit", "address")


class NewCaseForm(DatedForm):
    """A case opened by hand. With `known`, the person stands already and isn't asked for."""

    disease = forms.ChoiceField(label=_("Bệnh"))
    reported_on = day(_("Ngày báo cáo"), required=True)
    reported_by = UnitField(label=_("Đơn vị báo cáo"), level=None)
    onset = day(_("Ngày khởi phát"), help_text=_("Ngày có triệu chứng đầu tiên. Để trống nếu không có."))
    asymptomatic = forms.NullBooleanField(
        label=_("Không có triệu chứng"),
        required=False,
        widget=YesNoUnknown(),
    )
    sampled_on = day(_("Ngày lấy mẫu"))
    confirmed_on = day(_("Ngày có kết quả dương tính"))
    detection = forms.ChoiceField(label=_("Nơi phát hiện"), required=False, choices=Case.Detection.choices)
    infection = forms.ChoiceField(label=_("Nguồn lây"), required=False, choices=Case.Infection.choices)
    national_code = text(_("Mã quốc gia"), 20, help_text=_("BN…, thường được cấp sau."))

    def __init__(self, data: Any, *, today: date, scope: Scope, known: bool = False, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["disease"].choices = disease_choices(today)  # type: ignore[attr-defined]
        self.fields["reported_by"].scope = scope  # type: ignore[attr-defined]
        self.scope = scope
        own = {"unit": identity_fields()["unit"]} if known else identity_fields()
        order = ["disease", *[name for name in IDENTITY if name in own]]
        self.fields.update(own)
        self.order_fields(order)

    def clean_reported_by(self) -> str:
        """One of the officer's own units: whoever reports a case has a right to see it."""
        path: str = self.cleaned_data["reported_by"]
        if not self.scope.covers(path):
            raise forms.ValidationError(_("Hãy chọn một đơn vị trong địa bàn của bạn."))
        return path

    def typed(self) -> dict[str, str]:
        return {name: str(self.cleaned_data.get(name, "")) for name in IDENTITY if name != "unit"}

    def days(self) -> dict[str, date | None]:
        return {name: self.cleaned_data[name] for name in ("onset", "sampled_on", "confirmed_on")}


class FactsForm(DatedForm):
    """Corrections of a case's facts."""

    reported_on = day(_("Ngày báo cáo"), required=True)
    onset = day(_("Ngày khởi phát"))
    asymptomatic = NewCaseForm.base_fields["asymptomatic"]
    sampled_on = day(_("Ngày lấy mẫu"))
    confirmed_on = day(_("Ngày có kết quả dương tính"))
    detection = forms.ChoiceField(label=_("Nơi phát hiện"), required=False, choices=Case.Detection.choices)
    infection = forms.ChoiceField(label=_("Nguồn lây"), required=False, choices=Case.Infection.choices)
    source_case = text(_("Lây từ ca"), 40, help_text=_("Mã ca hoặc mã BN, nếu biết."))
    national_code = text(_("Mã quốc gia"), 20)
    unit = UnitField(label=_("Xã, phường nơi ở"))
    isolated_at = moment(_("Cách ly từ"), required=False)
    officer = forms.ChoiceField(label=_("Cán bộ phụ trách"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, scope: Scope, officers: list[tuple[UUID, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.scope = scope
        choices = [("", _("Chưa giao")), *[(str(one), name) for one, name in officers]]
        self.fields["officer"].choices = choices  # type: ignore[attr-defined]

    def clean_source_case(self) -> UUID | None:
        code = self.cleaned_data["source_case"].strip().upper()
        if not code:
            return None
        rows = Case.objects.filter(merged_into=None)
        found = rows.filter(code=code).first() or rows.filter(national_code=code).first()
        if found is None or by_id(self.scope, found.pk) is None:
            raise forms.ValidationError(_("Không có ca này trong địa bàn của bạn."))
        return found.pk

    def clean_officer(self) -> UUID | None:
        return UUID(self.cleaned_data["officer"]) if self.cleaned_data["officer"] else None

    def seen_at(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class OverrideForm(forms.Form):
    """An officer's own classification."""

    classification = forms.ChoiceField(
        label=_("Phân loại"),
        required=False,
        choices=[("", _("Theo quy tắc")), *Case.Classification.choices],
    )
    reason = text(_("Lý do"), 300, required=True)


class OutcomeForm(DatedForm):
    """How an illness ended."""

    outcome = forms.ChoiceField(label=_("Kết cục"), required=False, choices=Case.Outcome.choices)
    outcome_on = day(_("Ngày"))


class TransferForm(forms.Form):
    """Where the patient is from now on."""

    place = text(
        _("Cơ sở điều trị"),
        100,
        help_text=_("Tên hoặc mã điểm của bệnh viện, khu cách ly. Để trống: ở nhà."),
        list="facilities",
    )
    ward = text(_("Khoa, phòng"), 80)
    severity = forms.ChoiceField(label=_("Mức độ"), required=False, choices=SEVERITIES)
    from_at = moment(_("Từ lúc"))
    note = text(_("Ghi chú"), 300)

    def __init__(self, data: Any, *, scope: Scope, **more: Any) -> None:
        super().__init__(data, **more)
        self.scope = scope

    def clean_place(self) -> UUID | None:
        typed = self.cleaned_data["place"].strip()
        if not typed:
            return None
        found = place_named(typed.partition(" · ")[0], self.scope) if "\x00" not in typed else None
        if found is None:
            raise forms.ValidationError(text_of("case_place"))
        return found.pk


def facilities(scope: Scope) -> list[Place]:
    """Hospitals and isolation sites to pick from while typing."""
    rows = Place.objects.filter(kind__in=(Place.Kind.FACILITY, Place.Kind.ISOLATION))
    return list(scope.narrow(rows, "unit").order_by("folded")[:200])


class ReasonForm(forms.Form):
    """Why two cases are joined, or parted."""

    keep = forms.ChoiceField(label=_("Giữ lại ca"), widget=forms.RadioSelect)
    reason = text(_("Lý do"), 300, required=True)

    def __init__(self, data: Any, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["keep"]


class SaveFilterForm(forms.Form):
    """The name under which a filter is kept."""

    name = text(_("Tên bộ lọc"), 80, required=True)


class SampleForm(forms.Form):
    """A sample taken. From a case's page the person stands already."""

    disease = forms.ChoiceField(label=_("Bệnh"))
    kind = forms.ChoiceField(label=_("Loại xét nghiệm"), choices=Sample.Kind.choices)
    taken_at = moment(_("Lấy mẫu lúc"))
    reason = forms.ChoiceField(label=_("Lấy mẫu ở đâu"), required=False, choices=Case.Detection.choices)
    lab = text(_("Gửi phòng xét nghiệm"), 120)
    note = text(_("Ghi chú"), 200)

    def __init__(self, data: Any, *, today: date, case: Case | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["disease"].choices = disease_choices(today)  # type: ignore[attr-defined]
        if case is not None:
            del self.fields["disease"]
            return
        self.fields.update(identity_fields())
        self.order_fields(["disease", *IDENTITY])

    def typed(self) -> dict[str, str]:
        return {name: str(self.cleaned_data.get(name, "")) for name in IDENTITY if name != "unit"}


class ResultForm(forms.Form):
    """What a laboratory found."""

    result = forms.ChoiceField(
        label=_("Kết quả"),
        choices=[one for one in Sample.Result.choices if one[0]],
        widget=forms.RadioSelect,
    )
    resulted_at = moment(_("Có kết quả lúc"))
    ct = forms.DecimalField(
        label=_("Giá trị Ct"), required=False, min_value=1, max_value=50, decimal_places=1, localize=True
    )


class PoolResultForm(forms.Form):
    """What was found in a pool."""

    result = ResultForm.base_fields["result"]
    resulted_at = moment(_("Có kết quả lúc"))


class UploadForm(forms.Form):
    """A table."""

    file = forms.FileField(
        label=_("Tệp bảng tính"), widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv,.txt"})
    )


def values_of(case: Case) -> Mapping[str, Any]:
    """A case as FactsForm shows it."""
    source = Case.objects.filter(pk=case.source_case).first() if case.source_case else None
    return {
        **{name: getattr(case, name) for name in FactsForm.base_fields if hasattr(case, name)},
        "source_case": source.code if source else "",
        "officer": str(case.officer or ""),
        "isolated_at": local(case.isolated_at) if case.isolated_at else None,
        "seen": case.updated_at.isoformat(),
    }


class ImportForm(UploadForm):
    """A line list: of which disease, reported by whom."""

    disease = forms.ChoiceField(label=_("Bệnh"))
    unit = UnitField(label=_("Đơn vị báo cáo"), level=None)

    def __init__(self, data: Any, files: Any, *, today: date, scope: Scope, **more: Any) -> None:
        super().__init__(data, files, **more)
        self.scope = scope
        self.fields["disease"].choices = disease_choices(today)  # type: ignore[attr-defined]
        self.order_fields(["disease", "unit", "file"])

    def clean_unit(self) -> str:
        path: str = self.cleaned_data["unit"]
        if not self.scope.covers(path):
            raise forms.ValidationError(_("Hãy chọn một đơn vị trong địa bàn của bạn."))
        return path


class TokenForm(forms.Form):
    """A laboratory that sends by itself, and of which part of the tree it may send results."""

    name = text(_("Tên phòng xét nghiệm"), 120, required=True)
    unit = UnitField(label=_("Mẫu lấy ở địa bàn"), level=None)

    def __init__(self, data: Any, *, scope: Scope, **more: Any) -> None:
        super().__init__(data, **more)
        self.scope = scope

    def clean_unit(self) -> str:
        path: str = self.cleaned_data["unit"]
        if not self.scope.covers(path):
            raise forms.ValidationError(_("Hãy chọn một đơn vị trong địa bàn của bạn."))
        return path
