"""/vao/<code>/: in and out with one's own phone; /vao/: where this phone was; /so-khach/<code>/: an office's book."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lachan.base.access import public
from lachan.base.address import client_address
from lachan.base.export import csv_response
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.checkpoints.models import Guest
from lachan.gate.checkpoints.visits import own, selectors, services
from lachan.gate.checkpoints.visits.limits import MOVES
from lachan.gate.declarations.lookup import citizen, verification
from lachan.gate.declarations.lookup.forms import PhoneField, PhoneForm
from lachan.gate.declarations.services.one_time_code import CodeRefused
from lachan.gate.declarations.staff.filters import day_field
from lachan.kernel.clock import local_day
from lachan.kernel.edge import EdgeTerms
from lachan.kernel.errors import InvalidInput
from lachan.registry.places import selectors as places
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: Request, code: str) -> HttpResponse:
    """One big button: in, or out. Without an account, without a name."""
    place, now, token = places.by_code(code), request.clock.now(), own.token(request)
    if place is None:
        return _unknown(request, code)
    if request.method != "POST":
        return _door(request, place, token, now)
    if not MOVES.take(client_address(request), now):
        return _door(request, place, token, now, text_of("too_often"), 429)
    token = token or own.new_token()
    error = _moved(request, place, own.pseudonym(token), now)
    if error:
        return _door(request, place, token, now, error, 422)
    answer = redirect("checkpoints:door", code=place.code)
    own.remember(answer, token, EdgeTerms.at(local_day(now)).checkin_kept)
    return answer


def _door(
    request: Request, place: Place, token: str | None, now: datetime, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "place": place,
        "unit": units.label(place.unit),
        "visit": selectors.inside(place.pk, own.pseudonym(token), now) if token else None,
        "fullness": selectors.fullness(place.pk),
        "open": place.status in services.OPEN,
        "kept": EdgeTerms.at(local_day(now)).checkin_kept.days,
        "error": error,
    }
    return render(request, "checkpoints/visits/door.html", context, status=status)


def _unknown(request: Request, code: str) -> HttpResponse:
    return render(request, "checkpoints/visits/unknown.html", {"code": code[:20]}, status=404)


@public
@require_safe
def shell(request: Request) -> HttpResponse:
    """/vao/vo/: the page that the service worker gives for every door where there is no network."""
    kept = EdgeTerms.at(local_day(request.clock.now())).checkin_kept.days
    return render(request, "checkpoints/visits/shell.html", {"kept": kept})


def _moved(request: Request, place: Place, who: UUID, now: datetime) -> str:
    try:
        if request.POST.get("chieu") == "ra":
            services.check_out(place, who, now)
        else:
            services.check_in(place, who, now)
    except InvalidInput as error:
        return text_of(error.code, error.params)
    return ""


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def been(request: Request) -> HttpResponse:
    """Where this phone checked in, and a button that has it all forgotten. `?ma=`: on to the door of a typed code."""
    token = own.token(request)
    if code := request.GET.get("ma", "").strip():
        place = places.by_code(code)
        return redirect("checkpoints:door", code=place.code) if place else _unknown(request, code)
    if request.method == "POST":
        if token:
            services.forget(own.pseudonym(token), request.clock.now())
        answer: HttpResponse = redirect("checkpoints:been")
        answer.delete_cookie(own.COOKIE)
        return answer
    rows = selectors.own(own.pseudonym(token)) if token else []
    kept = EdgeTerms.at(local_day(request.clock.now())).checkin_kept.days
    return render(request, "checkpoints/visits/been.html", {"rows": rows, "kept": kept})


# the office's book


class OwnerPhoneForm(PhoneForm):
    phone = PhoneField(
        label=lazy("Số điện thoại chủ điểm"),
        help_text=lazy("Số đã ghi khi đăng ký điểm. Một mã xác nhận sẽ được gửi đến số này."),
    )


class GuestForm(forms.Form):
    """A line of the book."""

    ten = forms.CharField(
        label=lazy("Tên khách"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    gap = forms.CharField(label=lazy("Gặp ai"), max_length=80, required=False)
    viec = forms.CharField(label=lazy("Việc gì"), max_length=120, required=False)


class DayForm(forms.Form):
    ngay = day_field(lazy("Ngày"))


class CapacityForm(forms.Form):
    suc_chua = forms.IntegerField(
        label=lazy("Sức chứa (người)"), required=False, min_value=1, max_value=services.MOST_CAPACITY
    )


def _owns(request: Request, place: Place) -> bool:
    """By the owner's proved phone, the owner's account, or the right over the commune's books."""
    someone = citizen.of(request)
    if someone is not None and someone.owns(place.owner_phone_index):
        return True
    user = request.user
    if not user.is_authenticated:
        return False
    return place.pk in user.places("visits.view", request.clock.now()) or request.scope("visits.view").covers(
        place.unit
    )


def _ask(request: Request, code: str) -> HttpResponse:
    """Proof of the owner's phone first; the question is the same for a code that doesn't exist."""
    form = OwnerPhoneForm(request.POST if "phone" in request.POST else None)
    if form.is_valid():
        try:
            verification.ask(request, form.cleaned_data["phone"], reverse("checkpoints:book", args=[code]))
            return redirect("declarations:lookup_code")
        except CodeRefused as refused:
            form.add_error("phone", text_of(refused.code))
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "checkpoints/visits/ask.html", {"form": form}, status=status)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: Request, code: str) -> HttpResponse:
    """The visitor book of today, with a form for the next guest."""
    place = places.by_code(code)
    if place is None or not _owns(request, place):
        return _ask(request, code)
    now = request.clock.now()
    form = GuestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            said = form.cleaned_data
            services.enter_guest(place, said["ten"], said["gap"], said["viec"], _actor(request), now)
            return redirect("checkpoints:book", code=place.code)
        except InvalidInput as error:
            form.add_error("ten", text_of(error.code, error.params))
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(
        request, "checkpoints/visits/book.html", _book_context(request, place, form, now), status=status
    )


def _book_context(request: Request, place: Place, form: GuestForm, now: datetime) -> dict[str, object]:
    day = _day(request, now)
    fullness = selectors.fullness(place.pk)
    return {
        "place": place,
        "unit": units.label(place.unit),
        "form": form,
        "capacity_form": CapacityForm(initial={"suc_chua": fullness.capacity}),
        "fullness": fullness,
        "lines": selectors.book(place.pk, day),
        "day": day,
        "before": _beside(day, -1),
        "after": _beside(day, 1),
        "today": local_day(now),
        "as_of": now,
    }


def _beside(day: date, step: int) -> date:
    """The day before or after; the calendar's ends stay where they are."""
    try:
        return day + timedelta(days=step)
    except OverflowError:
        return day


def _day(request: Request, now: datetime) -> date:
    form = DayForm(request.GET)
    return (form.cleaned_data["ngay"] if form.is_valid() else None) or local_day(now)


def _actor(request: Request) -> object | None:
    return request.user if request.user.is_authenticated else None


@public
@never_cache
@require_POST
def left(request: Request, code: str, guest: UUID) -> HttpResponse:
    """The guest has gone."""
    place = places.by_code(code)
    if place is None or not _owns(request, place):
        raise Http404
    row = Guest.objects.filter(pk=guest, place=place.pk).first()
    if row is None:
        raise Http404
    services.guest_left(row, _actor(request), request.clock.now())
    return redirect("checkpoints:book", code=place.code)


@public
@never_cache
@require_POST
def capacity(request: Request, code: str) -> HttpResponse:
    """How many the place takes."""
    place = places.by_code(code)
    if place is None or not _owns(request, place):
        raise Http404
    form = CapacityForm(request.POST)
    if form.is_valid():
        services.set_capacity(place, form.cleaned_data["suc_chua"], _actor(request), request.clock.now())
        return redirect("checkpoints:book", code=place.code)
    context = {
        **_book_context(request, place, GuestForm(), request.clock.now()),
        "capacity_form": form,
    }
    return render(request, "checkpoints/visits/book.html", context, status=422)


@public
@never_cache
@require_safe
def book_file(request: Request, code: str) -> HttpResponse | StreamingHttpResponse:
    """A day of the book as CSV."""
    place = places.by_code(code)
    if place is None or not _owns(request, place):
        raise Http404
    day = _day(request, request.clock.now())
    titles = [_("Tên khách"), _("Gặp ai"), _("Việc gì"), _("Vào lúc"), _("Ra lúc")]
    rows = [
        [line.guest.name, line.guest.host, line.guest.purpose, line.visit.in_at, line.visit.out_at]
        for line in selectors.book(place.pk, day)
    ]
    return csv_response(f"so-khach-{place.code}-{day.isoformat()}.csv", titles, rows)
