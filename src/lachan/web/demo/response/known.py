"""Exposure settings of the demo: one that everybody reads, one among officers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Count

from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.services.publishing import PublicText, publish_setting
from lachan.outbreak.tracing.services.settings import SettingDraft
from lachan.registry.accounts.models import User
from lachan.registry.places.models import Place

DISEASE = "covid19"
TEXT = PublicText(
    "Thông báo 45/TB-CDC (dữ liệu mô phỏng)",
    ("stay", "call", "declare", "tell"),
    "Trung tâm Kiểm soát bệnh tật Khánh Hòa, 1900 9095",
)
LONG = timedelta(hours=4)


def make_known(people: Mapping[str, User], now: datetime) -> None:
    """The two places where most were exposed; in a demo without any, the first two places."""
    by = people["dieutra"]
    for number, (place, case, at) in enumerate(_where(now)):
        draft = SettingDraft(DISEASE, place, at, at + LONG, case)
        row = services.declare_setting(draft, by=by, now=now - timedelta(hours=9))
        if not number:
            publish_setting(row, TEXT, by=people["huyen.nhatrang"], now=now - timedelta(hours=8))


def _where(now: datetime) -> list[tuple[Place, Case | None, datetime]]:
    """(place, case, first hour)."""
    met = Exposure.objects.filter(
        kind=Exposure.Kind.VISIT, place__isnull=False, from_at__lt=now - timedelta(days=1)
    )
    most = (
        met.values("place")
        .annotate(many=Count("id"))
        .order_by("-many", "place")
        .values_list("place", flat=True)
    )
    found: list[tuple[Place, Case | None, datetime]] = []
    for place in [one for one in most[:2] if one is not None]:
        exposure = met.filter(place=place).order_by("-from_at", "id")[0]
        case = Case.objects.filter(alias=exposure.source, disease=DISEASE, merged_into=None).first()
        hour = exposure.from_at.replace(minute=0, second=0, microsecond=0)
        found.append((Place.objects.get(pk=place), case, hour))
    if not found:
        some = Place.objects.filter(status=Place.Status.ACTIVE).order_by("code")[:2]
        found = [(place, None, now - timedelta(days=2)) for place in some]
    return found
