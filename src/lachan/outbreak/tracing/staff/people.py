"""People beyond what lists show: added by hand, or named by the patient and then found in the registry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Interview
from lachan.outbreak.tracing.services.by_hand import said_in
from lachan.outbreak.tracing.staff.common import VIEW, WORK, case_or_404, crumbs
from lachan.outbreak.tracing.staff.forms import InterviewForm, MeetingForm, PersonSearch
from lachan.registry.people import selectors as people
from lachan.registry.people.models import Alias, Person
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request, case: UUID) -> HttpResponse:
    """Someone who met the case and whom no list shows: search the registry, say when and where"""
    row = case_or_404(request, case, WORK)
    return _pick(request, row, None)


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: Request, case: UUID, pk: UUID) -> HttpResponse:
    """Who somebody is whom the patient named"""
    row = case_or_404(request, case, WORK)
    named = Interview.objects.filter(pk=pk, case=row.pk).first()
    if named is None:
        raise Http404
    return _pick(request, row, named)


def _pick(request: Request, case: Case, named: Interview | None) -> HttpResponse:
    chosen = request.POST.get("person", "")
    search = PersonSearch(
        request.POST if request.method == "POST" else None, initial={"q": named.name if named else ""}
    )
    form = MeetingForm(request.POST if chosen else None, request.scope(VIEW))
    if chosen and form.is_valid():
        done = _added(request, case, named, _alias(request, chosen), form)
        if done:
            return redirect("tracing:interviews" if named else "tracing:case", case.pk)
    text = search.cleaned_data["q"] if request.method == "POST" and search.is_valid() else ""
    found = people.search(request.scope("people.view"), text) if text else []
    context = {
        "case": case,
        "named": named,
        "said": _said(named),
        "search": search,
        "form": form,
        "searched": bool(text),
        "people": [(one, one.birth[:4], units.label(one.residence), str(one.pk) == chosen) for one in found],
        "crumbs": crumbs(case, (_("Gắn với hồ sơ") if named else _("Thêm người tiếp xúc"), "")),
    }
    return render(request, "tracing/pick.html", context, status=422 if form.errors else 200)


def _alias(request: Request, chosen: str) -> UUID:
    """A pseudonym of the person picked; 404 for one whom the reader may not pick."""
    try:
        person = Person.objects.filter(pk=UUID(chosen), merged_into=None).first()
    except ValueError:
        raise Http404 from None
    if person is None or not people.seen_in(request.scope("people.view"), person):
        raise Http404
    alias = Alias.objects.filter(person=person).order_by("since", "alias").first()
    if alias is None:
        raise Http404
    return alias.alias


def _added(request: Request, case: Case, named: Interview | None, alias: UUID, form: MeetingForm) -> bool:
    now, meeting = request.clock.now(), form.meeting()
    try:
        if named is None:
            services.add_by_hand(case, alias, meeting, by=request.user, now=now)
        else:
            services.link_interview(named, alias, meeting, by=request.user, now=now)
    except InvalidInput as error:
        refuse(form, error)
        return False
    messages.success(request, _("Đã thêm người tiếp xúc."))
    return True


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def interviews(request: Request, case: UUID) -> HttpResponse:
    """Whom the patient named, and who that turned out to be"""
    row = case_or_404(request, case, WORK)
    form = InterviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        name, relation = given.pop("name"), given.pop("relation")
        try:
            services.name_in_interview(row, name, relation, given, by=request.user, now=request.clock.now())
        except InvalidInput as error:
            refuse(form, error.at("name"))
        else:
            messages.success(request, _("Đã ghi. Gắn với hồ sơ khi biết đó là ai."))
            return redirect("tracing:interviews", row.pk)
    rows = list(Interview.objects.filter(case=row.pk).order_by("-id"))
    context = {
        "case": row,
        "form": form,
        "rows": [(one, _said(one)) for one in rows],
        "crumbs": crumbs(row, (_("Người bệnh kể"), "")),
    }
    return render(request, "tracing/interviews.html", context, status=422 if form.errors else 200)


LABELS = {"phone": lazy("Điện thoại"), "address": lazy("Địa chỉ"), "when": lazy("Gặp khi nào, ở đâu")}


def _said(named: Interview | None) -> list[tuple[str, Any]]:
    if named is None:
        return []
    said = said_in(named)
    return [(str(label), said[key]) for key, label in LABELS.items() if key in said]
