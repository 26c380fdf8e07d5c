"""The public home page, help, and what becomes of personal data."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

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
    return render(request, "portal/home.html", {"today": today.total, "now": now})


@public
def help_page(request: Request) -> HttpResponse:
    """How to declare, with and without a phone or a network."""
    return render(request, "portal/help.html")


@public
def privacy(request: Request) -> HttpResponse:
    """What is kept, how long, who sees it, what one may ask for."""
    rows, document = retention.kept(local_day(request.clock.now()))
    return render(request, "portal/privacy.html", {"kept": rows, "document": document})
