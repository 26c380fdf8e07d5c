"""Cases and samples as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lachan.base.templatetags.lachan import dmy
from lachan.gate.declarations.selectors.history import names_of
from lachan.gate.declarations.staff.columns import language
from lachan.gate.declarations.staff.present import near, place_names
from lachan.kernel import diseases
from lachan.outbreak.cases.models import Case, Sample, Stay
from lachan.outbreak.cases.staff.forms import SEVERITIES

LOOKS = {"confirmed": 2, "probable": 1, "suspect": 1, "no_case": "off", "not_classified": "wait"}
"""Classification → how its badge looks."""
RESULTS = {"positive": 2, "negative": 0, "unclear": 1, "rejected": "off", "": "wait"}


@dataclass(frozen=True, slots=True)
class Row:
    """A case as the list shows it."""

    case: Case
    disease: str
    home: str
    look: Any
    words: str
    where: str
    officer: str
    dates: list[tuple[str, str]]


def rows(cases: Sequence[Case]) -> list[Row]:
    """Cases of a page with what they need from elsewhere, each table asked once."""
    places = place_names(case.facility for case in cases)
    officers = names_of(case.officer for case in cases)
    home, disease = cache(near), cache(_disease)
    return [
        Row(
            case, disease(case.disease, case.reported_on), home(case.unit), LOOKS[case.classification],
            str(case.get_classification_display()), places.get(case.facility, "") if case.facility else "",
            officers.get(case.officer, ""), days_of(case),
        )
        for case in cases
    ]  # fmt: skip


def _disease(code: str, day: Any) -> str:
    return diseases.named(code, language(), day)


def days_of(case: Case) -> list[tuple[str, str]]:
    """(name, day) of the dates that are known."""
    found = [
        (_("Khởi phát"), case.onset),
        (_("Lấy mẫu"), case.sampled_on),
        (_("Dương tính"), case.confirmed_on),
        (_("Báo cáo"), case.reported_on),
    ]
    return [(name, dmy(day)) for name, day in found if day]


def name_of(case: Case) -> str:
    """Name and year of birth."""
    return f"{case.name} ({case.birth_year})" if case.birth_year else case.name


def stays_of(case: Case) -> list[dict[str, Any]]:
    """Where the patient was, the latest first."""
    found = list(Stay.objects.filter(case=case).order_by("-from_at", "-id"))
    places, severities = place_names(one.place for one in found), dict(SEVERITIES)
    return [
        {
            "stay": one,
            "place": places.get(one.place, "") if one.place else _("Tại nhà"),
            "severity": severities.get(one.severity, "") if one.severity else "",
        }
        for one in found
    ]


def hours(span: timedelta | None) -> str:
    """A span as "5 giờ" or "2 ngày"."""
    if span is None:
        return ""
    whole = int(span / timedelta(hours=1))
    if whole >= 48:
        return ngettext("%(number)s ngày", "%(number)s ngày", whole // 24) % {"number": whole // 24}
    return ngettext("%(number)s giờ", "%(number)s giờ", whole) % {"number": whole}


def sample_rows(
    samples: Sequence[Sample], names: dict[UUID, str], clocks: Iterable[Any]
) -> list[dict[str, Any]]:
    """Samples with their people's names and their clock."""
    home, where = cache(near), dict(Case.Detection.choices)
    return [
        {
            "sample": one,
            "name": names.get(one.person, ""),
            "home": home(one.unit),
            "look": RESULTS[one.result],
            "words": str(one.get_result_display()),
            "clock": clock,
            "reason": str(where.get(one.reason, one.reason)),
            "to_lab": hours(clock.to_lab),
            "to_result": hours(clock.to_result),
        }
        for one, clock in zip(samples, clocks, strict=True)
    ]
