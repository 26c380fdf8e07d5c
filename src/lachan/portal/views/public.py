"""The public home page, help, and what becomes of personal data."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lachan.base.access import public
from lachan.base.http import Request
from lachan.base.scope import Scope
from lachan.gate.declarations.selectors import counters
from lachan.kernel.clock import local_day
from lachan.portal import retention


@public
def home(request: Request) -> HttpResponse:
    """What this is, and the one thing that most people come for."""
    now = request.clock.now()
    today = counters.units(Scope.of([f"{settings.PROVINCE}/"]), local_day(now))
    kept = (
        "lc-kept" in request.headers
    )  # a copy for when there is no network: today's number would be another day's
    return render(request, "portal/home.html", {"today": 0 if kept else today.total, "now": now})


@public
@require_safe
def offline(request: Request) -> HttpResponse:
    """/mat-mang/: what the service worker shows for an address that only the network has."""
    return render(request, "portal/offline.html")


@public
def help_page(request: Request) -> HttpResponse:
    """How to declare, with and without a phone or a network."""
    return render(request, "portal/help.html")


@public
def privacy(request: Request) -> HttpResponse:
    """What is kept, how long, who sees it, what one may ask for."""
    rows, document = retention.kept(local_day(request.clock.now()))
    return render(request, "portal/privacy.html", {"kept": rows, "document": document})
