"""The page of a place's owner: today's numbers and the posters. No name, no answer, nobody's decision by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from lachan.base.access import public
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.checkpoints.visits import selectors as visits
from lachan.gate.declarations.lookup import citizen, verification
from lachan.gate.declarations.lookup.forms import PhoneField, PhoneForm
from lachan.gate.declarations.models import PlaceDay
from lachan.gate.declarations.selectors import counters
from lachan.gate.declarations.selectors.counters import Counts
from lachan.gate.declarations.services.one_time_code import CodeRefused
from lachan.kernel.clock import local_day
from lachan.portal import bars, links
from lachan.registry.audit import services as audit
from lachan.registry.places import selectors as places
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

DAYS = 14


class OwnerPhoneForm(PhoneForm):
    phone = PhoneField(
        label=_("Số điện thoại chủ điểm"),
        help_text=_("Số đã ghi khi đăng ký điểm. Một mã xác nhận sẽ được gửi đến số này."),
    )


@public
@never_cache
def page(request: Request, code: str) -> HttpResponse:
    """For whoever has proved the owner's phone, or signed in with the owner's account; others are asked to prove it.

    The question is the same for a code that doesn't exist.
    """
    place = places.by_code(code)
    if place is not None and _owns(request, place):
        return _shown(request, place)
    form = OwnerPhoneForm(request.POST or None)
    if form.is_valid():
        try:
            verification.ask(request, form.cleaned_data["phone"], reverse("portal:owner", args=[code]))
            return redirect("declarations:lookup_code")
        except CodeRefused as refused:
            form.add_error("phone", text_of(refused.code))
    context = {"form": form, "code": code[:20], "someone": citizen.of(request)}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "portal/owner_ask.html", context, status=status)


def _owns(request: Request, place: Place) -> bool:
    someone = citizen.of(request)
    if someone is not None and someone.owns(place.owner_phone_index):
        return True
    user = request.user
    return bool(user.is_authenticated and place.pk in user.places("places.view", request.clock.now()))


def _shown(request: Request, place: Place) -> HttpResponse:
    now = request.clock.now()
    with transaction.atomic():
        audit.record(
            "place.owner_seen",
            actor=request.user if request.user.is_authenticated else None,
            subject_kind="place",
            subject=place.pk,
            unit=place.unit,
            now=now,
        )
    context = {
        "place": place,
        "unit": units.label(place.unit),
        "today": counters.place(place.pk, now),
        "last": counters.last_seen([place.pk]).get(place.pk),
        "chart": bars.chart(days(place, now)),
        "now": now,
        "open_address": links.to("declarations:declare_place", place.code),
        "book_address": links.to("checkpoints:book", place.code),
        "fullness": visits.fullness(place.pk),
        "door_address": links.to("checkpoints:door", place.code),
        "check_in_pdf": links.to("checkpoints:visit_poster", place.code),
        "check_in_svg": links.to("checkpoints:visit_poster_svg", place.code),
        "tablet_pdf": links.to("checkpoints:door_tablet", place.code),
        "poster_pdf": links.to("places:poster", place.code),
        "cards_pdf": links.to("places:cards", place.code),
        "someone": citizen.of(request),
    }
    return render(request, "portal/owner.html", context)


def days(place: Place, now: datetime) -> list[tuple[date, Counts]]:
    """The place's last days, oldest first, with zeros where nobody declared."""
    last = local_day(now)
    first = last - timedelta(days=DAYS - 1)
    rows = PlaceDay.objects.filter(place=place.pk, day__gte=first, day__lte=last)
    found = {row.day: Counts(row.green, row.attention, row.stop, row.last_at) for row in rows}
    return [(day, found.get(day, Counts())) for day in (first + timedelta(days=step) for step in range(DAYS))]
