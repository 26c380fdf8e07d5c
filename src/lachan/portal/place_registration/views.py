"""Three steps: tell about the place, type the code that came to the phone, print the poster."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lachan.base.access import public
from lachan.base.address import client_address
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.declarations.lookup import citizen, limits
from lachan.gate.declarations.services import one_time_code
from lachan.gate.declarations.services.one_time_code import CodeRefused
from lachan.kernel.errors import InvalidInput
from lachan.kernel.phones import mask_phone
from lachan.portal.place_registration import waiting
from lachan.registry.places import codes, selectors, services
from lachan.registry.places.forms import RegistrationForm
from lachan.registry.places.models import Place
from lachan.registry.places.services import Details
from lachan.registry.places.services.register import check_registration
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

PURPOSE = "place"


class CodeForm(forms.Form):
    digits = forms.CharField(
        label=_("Mã xác nhận 6 số"),
        max_length=12,
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 ]*"}
        ),
    )


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: Request) -> HttpResponse:
    """The form. What would be refused at the end is refused here, before a code is sent."""
    form = RegistrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            details = check_registration(form.details())
            _send(request, details.owner_phone)
        except InvalidInput as error:
            refuse(form, error)
        except CodeRefused as error:
            form.add_error("owner_phone", text_of(error.code))
        else:
            waiting.keep(request, details)
            return redirect("portal:registration:prove")
    return render(
        request, "portal/registration/tell.html", {"form": form}, status=422 if form.errors else 200
    )


def _send(request: Request, phone: str) -> None:
    now = request.clock.now()
    if not limits.CODES_OF_ADDRESS.take(client_address(request), now):
        raise CodeRefused("otp_too_often")
    one_time_code.send(phone, PURPOSE, now=now)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: Request) -> HttpResponse:
    """The code from the phone; the right one makes the place."""
    details = waiting.kept(request)
    if details is None:
        return redirect("portal:registration:tell")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            one_time_code.check(
                details.owner_phone,
                PURPOSE,
                form.cleaned_data["digits"].replace(" ", ""),
                now=request.clock.now(),
            )
            place = _register(request, details)
        except CodeRefused as error:
            form.add_error("digits", text_of(error.code))
        except InvalidInput as error:  # the place's unit, or the number of waiting places, changed meanwhile
            form.add_error(None, text_of(error.code, error.params))
        else:
            return redirect("portal:registration:done", place.code)
    context: dict[str, Any] = {"form": form, "hint": mask_phone(details.owner_phone), "name": details.name}
    context["console"] = settings.DEMO and settings.MESSAGING_CHANNEL == "console"
    return render(request, "portal/registration/prove.html", context, status=422 if form.errors else 200)


def _register(request: Request, details: Details) -> Place:
    place = services.self_register(details, phone_verified=True, now=request.clock.now())
    citizen.sign_in(request, details.owner_phone)  # so that the owner's page opens without a second code
    waiting.forget(request)
    waiting.registered(request, place.code)
    return place


@public
@require_POST
def again(request: Request) -> HttpResponse:
    """A fresh code to the same phone."""
    details = waiting.kept(request)
    if details is None:
        return redirect("portal:registration:tell")
    try:
        _send(request, details.owner_phone)
    except CodeRefused as error:
        messages.error(request, text_of(error.code))
    else:
        messages.success(request, _("Đã gửi mã mới. Mã trước không dùng được nữa."))
    return redirect("portal:registration:prove")


@public
@never_cache
@require_safe
def done(request: Request, code: str) -> HttpResponse:
    """The new place's QR and poster, for the browser that registered it."""
    place = selectors.by_code(code)
    if place is None or not waiting.may_see(request, place.code):
        raise Http404
    context = {
        "place": place,
        "code": codes.shown(place.code),
        "where": units.label(place.unit),
        "short": codes.short_address(place.code),
    }
    return render(request, "portal/registration/done.html", context)
