"""An account's own pages: who I am here, and setting up the second factor."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lachan.base.access import signed_in
from lachan.base.http import Request
from lachan.kernel.errors import InvalidInput
from lachan.registry.accounts import selectors, services
from lachan.registry.accounts.forms import ProfileForm, explain
from lachan.registry.accounts.views.shown import shown_grants, timeline


@signed_in
@require_http_methods(["GET", "POST"])
def me(request: Request) -> HttpResponse:
    if request.method == "GET":
        return _page(request, ProfileForm.of(request.user))
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            services.update_profile(request.user, now=request.clock.now(), **form.cleaned_data)
        except InvalidInput as error:
            explain(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("accounts:me")
    request.user.refresh_from_db()
    return _page(request, form, status=422)


def _page(request: Request, form: ProfileForm, status: int = 200) -> HttpResponse:
    now = request.clock.now()
    types = list(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    context: dict[str, Any] = {
        "form": form,
        "grants": shown_grants(selectors.standing_grants(request.user), now),
        "totp": Authenticator.Type.TOTP in types,
        "passkeys": types.count(Authenticator.Type.WEBAUTHN),
        "recovery": Authenticator.Type.RECOVERY_CODES in types,
        "events": timeline(selectors.history(request.user, limit=20), now),
    }
    return render(request, "accounts/me.html", context, status=status)


@signed_in
@require_POST
def end_my_sessions(request: Request) -> HttpResponse:
    """Every other device must sign in again; this one stays."""
    services.end_sessions(request.user, request.clock.now(), by=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Đã kết thúc các phiên đăng nhập trên máy khác."))
    return redirect("accounts:me")


@signed_in
@require_GET
def second_factor(request: Request) -> HttpResponse:
    """Why a second factor is needed, and the two ways to have one."""
    if selectors.has_second_factor(request.user):
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/second_factor.html")


second_factor.before_second_factor = True  # type: ignore[attr-defined]
