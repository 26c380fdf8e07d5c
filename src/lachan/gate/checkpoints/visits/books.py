"""/cb/so-khach/: the visitor books of a jurisdiction, each place's own behind it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django import forms
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base import typed
from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.paging import by_keys
from lachan.base.scope import Scope
from lachan.gate.checkpoints.models import Guest, Occupancy
from lachan.gate.declarations.staff.filters import ScopedForm, UnitField
from lachan.kernel.clock import day_bounds, local_day
from lachan.registry.places.models import Place
from lachan.registry.places.selectors import by_code
from lachan.registry.units import selectors as units

VIEW = "visits.view"
MOST_TYPED = 100
ORDER = ("folded", "id")


class BookFilter(ScopedForm):
    """Which place's book."""

    q = forms.CharField(
        label=_("Tìm"),
        required=False,
        max_length=MOST_TYPED,
        widget=forms.TextInput(attrs={"type": "search", "data-search": "", "placeholder": _("Tên, mã điểm")}),
    )
    don_vi = UnitField(label=_("Đơn vị"))


@requires(VIEW)
@never_cache
@require_safe
def books(request: Request) -> HttpResponse:
    """Places whose visitor book has a line, or those that a search names, by name"""
    now, scope = request.clock.now(), request.scope(VIEW)
    form = BookFilter(request.GET, scope)
    valid = form.is_valid()
    chosen = form.cleaned_data
    found = kept(scope if valid else Scope(), chosen.get("q", ""), chosen.get("don_vi", ""))
    page = by_keys(found, ORDER, request.GET.get("cursor", ""))
    today, inside = _today(page.rows, now), _inside(page.rows)
    context = {
        "form": form,
        "page": page,
        "total": found.count(),
        "rows": [
            (place, units.label(place.unit), today.get(place.pk, 0), inside.get(place.pk))
            for place in page.rows
        ],
        "filtered": not valid or any(chosen.values()),
    }
    return render(request, "checkpoints/visits/books.html", context)


def kept(scope: Scope, text: str, unit: str) -> QuerySet[Place]:
    """Places of a scope with a line in their book; by name or code, with or without one."""
    rows = (scope.intersect(unit) if unit else scope).narrow(Place.objects.all(), "unit")
    if not text.strip():
        return rows.filter(Exists(Guest.objects.filter(place=OuterRef("pk"))))
    named, place = rows.filter(typed.names(text, MOST_TYPED)), by_code(text)
    return named | rows.filter(pk=place.pk) if place else named


def _today(places: list[Place], now: datetime) -> dict[UUID, int]:
    """{place: guests of today}."""
    start, end = day_bounds(local_day(now))
    rows = Guest.objects.filter(
        place__in=[one.pk for one in places], recorded_at__gte=start, recorded_at__lt=end
    )
    return dict(rows.order_by().values_list("place").annotate(number=Count("id")))


def _inside(places: list[Place]) -> dict[UUID, int]:
    return dict(Occupancy.objects.filter(place__in=[one.pk for one in places]).values_list("place", "inside"))
