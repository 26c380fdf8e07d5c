"""Settings that anybody may read: place, hours, what to do. Nothing here knows of a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.base.paging import Page, by_id
from lachan.kernel.clock import local_day
from lachan.kernel.text import fold
from lachan.outbreak.tracing.models import Setting
from lachan.outbreak.tracing.terms import terms_at
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

SIZE = 100


@dataclass(frozen=True, slots=True)
class Published:
    """A setting with its place; `where`: the commune in words."""

    row: Setting
    place: Place
    where: str


def listed(now: datetime) -> QuerySet[Setting]:
    """Those that anybody reads now, for as long after their last hour as the dated terms say."""
    return Setting.objects.filter(
        public=True, withdrawn_at=None, to_at__gte=now - terms_at(local_day(now)).listed
    )


def communes(now: datetime) -> list[tuple[str, str]]:
    """(path, name) of each commune with a listed setting, by name."""
    paths = listed(now).values_list("unit", flat=True).distinct()
    return sorted(((path, units.label(path)) for path in paths), key=lambda one: fold(one[1]))


def page(
    now: datetime, text: str = "", unit: str = "", cursor: str = ""
) -> tuple[list[Published], Page[Setting]]:
    """The latest first. `text`: words of the place's name, address or commune, with or without accents; `unit`: a commune."""
    rows = listed(now)
    if unit:
        rows = rows.filter(unit=unit)
    for word in fold(text).split():
        where = [path for path, name in communes(now) if word in fold(name)]
        rows = rows.filter(Q(place__in=_places(word)) | Q(unit__in=where))
    found = by_id(rows, cursor, size=SIZE)
    return complete(found.rows), found


def _places(word: str) -> QuerySet[Any]:
    return Place.objects.filter(folded__contains=word).values("pk")


def complete(rows: Iterable[Setting]) -> list[Published]:
    """With their places, in the same order."""
    rows = list(rows)
    places = Place.objects.in_bulk({row.place for row in rows})
    return [Published(row, places[row.place], units.label(row.unit)) for row in rows if row.place in places]


def ever_public(pk: UUID) -> Setting | None:
    """A setting that stands or stood before the public; None for one that never did."""
    return Setting.objects.filter(pk=pk, published_at__isnull=False).first()
