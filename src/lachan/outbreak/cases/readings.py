"""Whose case was opened: told to that person on her page of readings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lachan.gate.declarations.lookup import readers
from lachan.outbreak.cases.models import Case

WHY = {
    "reported": _("vì nơi đó báo cáo ca bệnh"),
    "compare": _("để đối chiếu hai hồ sơ có thể trùng nhau"),
}


def of_people(people: Collection[UUID]) -> Iterable[UUID]:
    return Case.objects.filter(person__in=people).values_list("id", flat=True)


def install() -> None:
    """Called once the apps are ready."""
    readers.register(readers.Records("case.read", _("Hồ sơ ca bệnh của bạn"), of_people, WHY))
