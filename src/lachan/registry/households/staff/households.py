"""One household: who lives there, who moves in and out, what rounds found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.templatetags.lachan import phone as shown_phone
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput, KernelError
from lachan.registry.audit import services as audit
from lachan.registry.households import selectors, services
from lachan.registry.households.models import Household, Member
from lachan.registry.households.selectors import listing
from lachan.registry.households.staff.forms import (
    EditForm,
    HouseholdForm,
    LeaveForm,
    PersonForm,
    RiskForm,
    word,
)
from lachan.registry.households.staff.listing import MANAGE, VIEW, WORRY_KINDS, found
from lachan.registry.households.words import NEED_WORDS, SYMPTOM_WORDS
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

WHERE = ("head", "address", "phone", "latitude", "longitude")
MOST_NOTES = 30


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Hộ dân"), reverse("households:list")), *more]


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A household by hand"""
    scope = request.scope(MANAGE)
    form = HouseholdForm(request.POST if request.method == "POST" else None, scope, initial=_first(request))
    if request.method == "POST" and form.is_valid():
        try:
            house = _made(request, form.cleaned_data)
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã lập hộ. Giờ thêm người trong hộ."))
            return redirect("households:household", house.pk)
    context = {"form": form, "hamlets": listing.hamlets(scope), "crumbs": crumbs((_("Thêm hộ"), ""))}
    return render(request, "households/new.html", context, status=422 if form.errors else 200)


def _first(request: Request) -> dict[str, Any]:
    """The commune, where the reader has only one."""
    communes = units.communes_under(request.scope(MANAGE))
    return {"unit": communes[0]} if len(communes) == 1 else {}


def _made(request: Request, given: dict[str, Any]) -> Household:
    now = request.clock.now()
    hamlet = services.ensure_hamlet(given["unit"], given["hamlet"], by=request.user, now=now)
    number = given["number"]
    if number is not None and hamlet.households.filter(number=number).exists():
        raise InvalidInput("household_there", field="number")
    where = {key: given[key] for key in WHERE}
    return services.ensure_household(hamlet, number, by=request.user, now=now, **where)


@requires(VIEW)
@never_cache
@require_safe
def household(request: Request, pk: UUID) -> HttpResponse:
    """Who lives there and what rounds found; looking leaves an event"""
    return page_of(request, found(request, pk))


def page_of(request: Request, house: Household, form: PersonForm | None = None) -> HttpResponse:
    now = request.clock.now()
    audit.read_record(request.user, "household", house.pk, house.unit, now)
    manages = request.scope(MANAGE).covers(house.unit)
    context = {
        "house": house,
        "facts": _facts(house),
        "people": listing.living([house.pk], local_day(now)).get(house.pk, []),
        "left": listing.left(house),
        "events": _notes(house, now),
        "form": form or PersonForm(initial={"since": local_day(now)}),
        "may_manage": manages and house.closed_at is None,
        "crumbs": crumbs((house.head, "")),
    }
    wrong = form is not None and form.errors
    return render(request, "households/household.html", context, status=422 if wrong else 200)


def _facts(house: Household) -> list[tuple[str, Any]]:
    where = (
        f"{house.latitude:.5f}, {house.longitude:.5f}"
        if house.latitude is not None and house.longitude is not None
        else ""
    )
    return [
        (_("Nơi"), f"{house.hamlet.name}, {units.label(house.unit)}"),
        (_("Số hộ"), str(house.number)),
        (_("Địa chỉ"), house.address),
        (_("Điện thoại"), shown_phone(house.phone) if house.phone else ""),
        (_("Tọa độ"), where),
    ]


def _notes(house: Household, now: datetime) -> list[dict[str, Any]]:
    people = {one.member.pk: one.name for one in listing.living([house.pk], local_day(now)).get(house.pk, [])}
    rows = house.notes.select_related("team").order_by("-occurred_at")[:MOST_NOTES]
    return [
        {
            "title": _whom(note.member_id, people),
            "text": told(selectors.said_of(note)),
            "by": note.team.name if note.team else "",
            "at": note.occurred_at,
            "kind": WORRY_KINDS.get(note.worry, ""),
        }
        for note in rows
    ]


def _whom(member: UUID | None, people: dict[UUID, str]) -> str:
    return _("Cả hộ") if member is None else people.get(member, "") or _("Người đã chuyển đi")


def told(seen: services.Seen) -> str:
    """What a note says, in words."""
    parts = [f"{seen.temperature:.1f} °C".replace(".", ",")] if seen.temperature is not None else []
    parts += [str(SYMPTOM_WORDS[one]) for one in seen.symptoms if one in SYMPTOM_WORDS]
    parts += [_("từ chối")] if seen.refused else []
    parts += [_("vắng mặt")] if seen.absent else []
    parts += [str(NEED_WORDS[one]) for one in seen.needs if one in NEED_WORDS]
    parts += [seen.note] if seen.note else []
    return "; ".join(parts) or _("bình thường")


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: UUID) -> HttpResponse:
    """Whose household it is and where"""
    house = found(request, pk, MANAGE)
    form = EditForm(
        request.POST if request.method == "POST" else None,
        initial={key: getattr(house, key) for key in WHERE},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_household(house, by=request.user, now=request.clock.now(), **form.cleaned_data)
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("households:household", house.pk)
    context = {"form": form, "house": house, "crumbs": _below(house, _("Sửa hộ"))}
    return render(request, "households/edit.html", context, status=422 if form.errors else 200)


def _below(house: Household, title: str) -> list[tuple[str, str]]:
    return crumbs((house.head, reverse("households:household", args=[house.pk])), (title, ""))


@requires(MANAGE)
@require_POST
def add(request: Request, pk: UUID) -> HttpResponse:
    """Somebody comes to live there; a stay elsewhere ends"""
    house, form = found(request, pk, MANAGE), PersonForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        risks = {key: given[key] for key in ("since", "pregnant", "chronic")}
        try:
            services.add_person(house, form.typed(), by=request.user, now=request.clock.now(), **risks)
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã thêm %(name)s vào hộ.") % {"name": given["name"]})
            return redirect("households:household", house.pk)
    return page_of(request, house, form)


@requires(MANAGE)
@require_POST
def close(request: Request, pk: UUID) -> HttpResponse:
    """Nobody lives there any more"""
    house = found(request, pk, MANAGE)
    try:
        services.close_household(house, by=request.user, now=request.clock.now())
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        messages.success(request, _("Đã đóng hộ."))
    return redirect("households:household", house.pk)


def _member(request: Request, pk: UUID) -> Member:
    row = Member.objects.filter(pk=pk, until=None).select_related("household", "household__hamlet").first()
    if row is None or not request.scope(MANAGE).covers(row.household.unit):
        raise Http404
    return row


def _form(
    request: Request, member: Member, form: forms.Form, act: Callable[[dict[str, Any]], object], title: str
) -> HttpResponse:
    """A small form about one member, on a page of its own."""
    house = member.household
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except KernelError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("households:household", house.pk)
    people = listing.living([house.pk], local_day(request.clock.now())).get(house.pk, [])
    name = next((one.name for one in people if one.member.pk == member.pk), "")
    context = {"form": form, "house": house, "title": f"{title}: {name}", "crumbs": _below(house, title)}
    return render(request, "households/member.html", context, status=422 if form.errors else 200)


@requires(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: Request, pk: UUID) -> HttpResponse:
    """What makes a member be at risk"""
    row = _member(request, pk)
    initial = {"relation": row.relation, "chronic": word(row.chronic), "pregnant": word(row.pregnant)}
    form = RiskForm(request.POST if request.method == "POST" else None, initial=initial)
    now = request.clock.now()
    return _form(
        request,
        row,
        form,
        lambda given: services.change_member(row, by=request.user, now=now, **given),
        _("Sửa thông tin"),
    )


@requires(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request, pk: UUID) -> HttpResponse:
    """A member moves out; the stay is kept, since tracing asks who lived together"""
    row, now = _member(request, pk), request.clock.now()
    form = LeaveForm(request.POST if request.method == "POST" else None, initial={"until": local_day(now)})
    return _form(
        request,
        row,
        form,
        lambda given: services.move_out(row, given["until"], by=request.user, now=now),
        _("Chuyển đi"),
    )
