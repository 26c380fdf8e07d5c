"""Inviting staff: the link is shown once, with its QR."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lachan.base import paging
from lachan.base.access import requires
from lachan.base.http import Request
from lachan.kernel.errors import InvalidInput
from lachan.registry.accounts import authority, selectors, services
from lachan.registry.accounts.forms import InviteForm, explain
from lachan.registry.accounts.models import Invitation
from lachan.registry.accounts.roles import roles
from lachan.registry.accounts.views.shown import qr_image
from lachan.registry.units.selectors import label

MANAGE = authority.MANAGE


def _form(request: Request, data: Any = None) -> InviteForm:
    now, scope = request.clock.now(), request.scope(MANAGE)
    names = {role.name for role in authority.givable(request.user, scope.paths, now)}
    return InviteForm(data, scope=scope, now=now, names=names)


@requires(MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: Request) -> HttpResponse:
    form = _form(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made, token = services.invite(now=request.clock.now(), by=request.user, **form.cleaned_data)
        except InvalidInput as error:
            explain(form, error)
        else:
            return _shown_once(request, made, token)
    crumbs = [(_("Tài khoản"), reverse("accounts:list")), (_("Mời cán bộ"), "")]
    return render(
        request, "accounts/invite.html", {"form": form, "crumbs": crumbs}, status=422 if form.errors else 200
    )


def _shown_once(request: Request, made: Invitation, token: str) -> HttpResponse:
    link = f"{settings.PUBLIC_URL}{reverse('accounts:accept', args=[token])}"
    context = {
        "invitation": made,
        "link": link,
        "qr": qr_image(link, _("Mã QR của lời mời")),
        "facts": [*_facts(request, made), (_("Hết hạn"), made.expires_at)],
        "crumbs": [(_("Tài khoản"), reverse("accounts:list")), (_("Lời mời đã lập"), "")],
    }
    return render(request, "accounts/invited.html", context)


def _facts(request: Request, made: Invitation) -> list[tuple[str, Any]]:
    role = roles(request.clock.now()).get(made.role)
    return [
        (_("Họ và tên"), made.full_name),
        (_("Vai trò"), role.title if role else made.role),
        (_("Đơn vị"), label(made.unit)),
    ]


@requires(MANAGE)
@require_GET
def invitations(request: Request) -> HttpResponse:
    """Those not taken up yet, to be withdrawn where wrong."""
    now = request.clock.now()
    page = paging.by_id(selectors.open_invitations(request.scope(MANAGE), now), request.GET.get("cursor", ""))
    rows = [
        {"invitation": made, "role": _facts(request, made)[1][1], "unit": label(made.unit)}
        for made in page.rows
    ]
    crumbs = [(_("Tài khoản"), reverse("accounts:list")), (_("Lời mời đang chờ"), "")]
    return render(request, "accounts/invitations.html", {"page": page, "rows": rows, "crumbs": crumbs})


@requires(MANAGE)
@require_POST
def withdraw(request: Request, invitation: UUID) -> HttpResponse:
    now = request.clock.now()
    made = get_object_or_404(selectors.open_invitations(request.scope(MANAGE), now), pk=invitation)
    services.withdraw(made, now, by=request.user)
    messages.success(request, _("Đã rút lời mời."))
    return redirect("accounts:invitations")
