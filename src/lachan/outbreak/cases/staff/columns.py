"""The line list as a table, in the columns that Vietnamese lists of cases have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from lachan.gate.declarations.staff.present import place_names
from lachan.kernel.phones import display_phone
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.cases.staff.present import _disease
from lachan.registry.people.models import Identifier, Person
from lachan.registry.units import selectors as units


def titles() -> list[str]:
    return [
        _("STT"), _("Mã ca"), _("Mã quốc gia"), _("Bệnh"), _("Họ và tên"), _("Năm sinh"), _("Giới tính"),
        _("CCCD/CMND"), _("Điện thoại"), _("Địa chỉ"), _("Xã, phường"), _("Quận, huyện"), _("Ngày khởi phát"),
        _("Ngày lấy mẫu"), _("Ngày có kết quả"), _("Ngày báo cáo"), _("Phân loại"), _("Nơi phát hiện"), _("Nguồn lây"),
        _("Lây từ ca"), _("Giá trị Ct"), _("Nơi điều trị"), _("Kết cục"), _("Ngày kết thúc"), _("Đơn vị báo cáo"),
    ]  # fmt: skip


def lines(cases: Sequence[Case], first: int) -> Iterator[list[Any]]:
    """One batch; each table is asked once. `first`: the number of the first line."""
    people = Person.objects.in_bulk([case.person for case in cases])
    numbers = _numbers([case.person for case in cases])
    places = place_names(case.facility for case in cases)
    sources = dict(
        Case.objects.filter(pk__in=[case.source_case for case in cases if case.source_case]).values_list(
            "pk", "code"
        )
    )
    lowest = _ct(cases)
    above = cache(_above)
    sexes = {"m": _("Nam"), "f": _("Nữ"), "o": _("Khác")}
    for number, case in enumerate(cases, start=first):
        person, held = people.get(case.person), numbers.get(case.person, {})
        commune, district = above(case.unit)
        yield [
            number, case.code, case.national_code, _disease(case.disease, case.reported_on), case.name, case.birth_year,
            sexes.get(case.sex, ""), held.get("cccd") or held.get("cmnd") or held.get("passport") or "",
            display_phone(held["phone"]) if "phone" in held else "", (person.address or "") if person else "", commune,
            district, case.onset, case.sampled_on, case.confirmed_on, case.reported_on,
            case.get_classification_display(), case.get_detection_display(), case.get_infection_display(),
            sources.get(case.source_case, "") if case.source_case else "", lowest.get(case.pk),
            places.get(case.facility, "") if case.facility else "", case.get_outcome_display(), case.outcome_on,
            units.label(case.reported_by),
        ]  # fmt: skip


def _numbers(people: Sequence[Any]) -> dict[Any, dict[str, str]]:
    """person → kind → number; the oldest of a kind."""
    found: dict[Any, dict[str, str]] = {}
    kinds = ("cccd", "cmnd", "passport", "phone")
    for row in Identifier.objects.filter(person__in=people, kind__in=kinds).order_by("first_seen", "id"):
        found.setdefault(row.person_id, {}).setdefault(row.kind, row.value)
    return found


def _ct(cases: Sequence[Case]) -> dict[Any, float]:
    """The lowest Ct of each case's positive samples."""
    found: dict[Any, float] = {}
    rows = Sample.objects.filter(case__in=cases, result=Sample.Result.POSITIVE).exclude(ct=None)
    for case, ct in rows.values_list("case", "ct"):
        found[case] = min(float(ct or 99), found.get(case, 99.0))
    return found


def _above(path: str) -> tuple[str, str]:
    """Names of the commune and of the district."""
    chain = units.ancestors(path)
    return units.short_label(path), chain[-1].full_name if len(chain) > 1 else ""
