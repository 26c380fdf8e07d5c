"""/cb/truy-vet/o-dich/: clusters, places of exposure, secondary attack rates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.kernel.clock import VN, local_day
from lachan.kernel.diseases import moment_of
from lachan.outbreak.cases.selectors.episodes import latest_disease
from lachan.outbreak.tracing.selectors.foci import Foci, foci
from lachan.outbreak.tracing.staff.common import VIEW
from lachan.outbreak.tracing.staff.forms import FociFilter
from lachan.registry.units import selectors as units

USUAL = timedelta(days=28)
MOST = 50


@requires(VIEW)
@never_cache
@require_safe
def page(request: Request) -> HttpResponse:
    """Cases that hang together, where people were exposed, and how many contacts fell ill"""
    now, scope = request.clock.now(), request.scope(VIEW)
    today = local_day(now)
    form = FociFilter(request.GET, scope, today)
    given = form.cleaned_data if form.is_valid() else {}
    disease = given.get("benh") or latest_disease()
    since: datetime = moment_of(given["tu"], True, VN) if given.get("tu") else now - USUAL
    within = scope.intersect(given["don_vi"]) if given.get("don_vi") else scope
    found = foci(within, disease, since)
    context = {
        "form": form,
        "found": found,
        "since": since,
        "as_of": now,
        "clusters": _clusters(found),
        "places": [(one, units.label(one.place.unit)) for one in found.places],
        "cases": _cases(found),
        "crumbs": [(_("Truy vết"), reverse("tracing:list")), (_("Ổ dịch"), "")],
    }
    return render(request, "tracing/foci.html", context)


def _clusters(found: Foci) -> list[dict[str, Any]]:
    rows = []
    for one in found.clusters[:MOST]:
        known = sorted(
            (found.cases[node] for node in one.cases if node in found.cases), key=lambda case: case.pk
        )
        rows.append({"first": known[:3], "more": len(known) - 3, "cluster": one})
    return rows


def _cases(found: Foci) -> list[tuple[Any, Any]]:
    """Cases that infected most."""
    rated: list[tuple[UUID, Any]] = sorted(
        found.per_case.items(), key=lambda pair: (-pair[1].cases, -pair[1].contacts, pair[0])
    )
    return [(found.cases[node], rate) for node, rate in rated[:MOST] if node in found.cases]
