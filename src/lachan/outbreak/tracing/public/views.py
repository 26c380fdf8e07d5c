"""/moc-dich-te/: places and hours made known to everybody. No account, no cookie, nobody's data."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base.access import public
from lachan.base.http import Request
from lachan.kernel.clock import local_day
from lachan.kernel.codes.qr import to_qr_svg
from lachan.kernel.edge import EdgeTerms
from lachan.outbreak.tracing.models import Setting
from lachan.outbreak.tracing.public.words import words_of
from lachan.outbreak.tracing.selectors import published

MOST_TEXT = 60


@public
@never_cache
@require_safe
def setting_list(request: Request) -> HttpResponse:
    """Places and hours made known: search without accents, by commune; the phone itself says whether one was there"""
    now = request.clock.now()
    text = request.GET.get("q", "").replace("\x00", "")[:MOST_TEXT].strip()
    offered = published.communes(now)
    unit = request.GET.get("xa", "")
    unit = unit if unit in dict(offered) else ""
    rows, page = published.page(now, text, unit, request.GET.get("cursor", ""))
    context = {
        "rows": [words_of(one, local_day(now)) for one in rows],
        "page": page,
        "text": text,
        "unit": unit,
        "communes": offered,
        "asked": bool(text or unit),
        "kept": _kept_days(now),
    }
    return render(request, "tracing/public/list.html", context)


@public
@never_cache
@require_safe
def setting(request: Request, pk: UUID) -> HttpResponse:
    """One place and its hours: what whoever was there is asked to do, and whom to call"""
    return _shown(request, pk, "tracing/public/setting.html")


@public
@never_cache
@require_safe
def sheet(request: Request, pk: UUID) -> HttpResponse:
    """The same on paper, with a QR of its address, to be put up"""
    return _shown(request, pk, "tracing/public/sheet.html")


def _shown(request: Request, pk: UUID, template: str) -> HttpResponse:
    row = published.ever_public(pk)
    if row is None:
        raise Http404
    if not row.public or row.withdrawn_at is not None:
        return render(request, "tracing/public/withdrawn.html", {"setting": row}, status=410)
    shown = published.complete([row])
    if not shown:
        raise Http404
    now = request.clock.now()
    context = {"one": words_of(shown[0], local_day(now)), "now": now, "kept": _kept_days(now)}
    if template.endswith("sheet.html"):
        context |= _address(row)
    return render(request, template, context)


def _kept_days(now: datetime) -> int:
    """How long a phone keeps its own check-ins."""
    return EdgeTerms.at(local_day(now)).checkin_kept.days


def _address(row: Setting) -> dict[str, str]:
    address = settings.PUBLIC_URL + reverse("tracing:public_setting", args=[row.pk])
    drawing = to_qr_svg(address, title=_("Mã QR của trang này"))
    return {"address": address, "qr": mark_safe(drawing)}  # noqa: S308 (our own drawing)
