"""Pages before sign-in: taking up an invitation, the rescue link, a forgotten password."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from lachan.base.access import public
from lachan.base.http import Request
from lachan.kernel.errors import InvalidInput
from lachan.registry.accounts import services
from lachan.registry.accounts.forms import AcceptForm, RescueForm, explain
from lachan.registry.accounts.models import User
from lachan.registry.accounts.roles import roles
from lachan.registry.units.selectors import label

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def accept(request: Request, token: str) -> HttpResponse:
    """The newcomer names herself and chooses a password; then she sets up her second factor."""
    now = request.clock.now()
    invitation = services.find_invitation(token, now)
    if invitation is None:
        return render(request, "accounts/void.html", {"code": "invitation_void"}, status=410)
    form = (
        AcceptForm(request.POST)
        if request.method == "POST"
        else AcceptForm(initial={"full_name": invitation.full_name})
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = services.accept(token, data["username"], data["full_name"], data["password"], now)
        except InvalidInput as error:
            explain(form, error)
        else:
            return _signed_in(request, user, "invitation")
    role = roles(now).get(invitation.role)
    context = {
        "form": form,
        "role": role.title if role else invitation.role,
        "unit": label(invitation.unit),
        "expires_at": invitation.expires_at,
    }
    return render(request, "accounts/accept.html", context, status=422 if form.errors else 200)


@public
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def rescue(request: Request, token: str) -> HttpResponse:
    """Opening the link changes nothing (programs that preview links open them); sending the form does."""
    now = request.clock.now()
    link = services.find_rescue(token, now)
    if link is None:
        return render(request, "accounts/void.html", {"code": "rescue_void"}, status=410)
    form = RescueForm(request.POST if request.method == "POST" else None)
    if link.made_by is not None:
        del form.fields["forget"]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user, enter = services.use_rescue(
                token, data["password"], now, forget_second_factor=data.get("forget", False)
            )
        except InvalidInput as error:
            explain(form, error)
        else:
            return _signed_in(request, user, "rescue") if enter else redirect("account_login")
    return render(
        request,
        "accounts/rescue.html",
        {"form": form, "account": link.user, "enters": link.made_by is None},
        status=422 if form.errors else 200,
    )


def _signed_in(request: Request, user: User, how: str) -> HttpResponse:
    login(request, user, backend=BACKEND)
    record_authentication(request, user, "password")
    services.sign_in_succeeded(user, request.clock.now(), how=how)
    return redirect(settings.LOGIN_REDIRECT_URL)


@public
@require_GET
def forgotten(request: Request) -> HttpResponse:
    """Whom to ask for help: no password is sent by mail."""
    return render(request, "accounts/forgotten.html")


@public
def closed(request: Request, **kwargs: Any) -> HttpResponse:
    """allauth's pages that are not used here: sign-up, e-mail addresses, resets by mail."""
    raise Http404
