"""/cb/ca-benh/moi/: a case opened by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.identity import identity_of
from lachan.outbreak.cases.selectors import by_id
from lachan.outbreak.cases.services import CaseDraft, CaseExists, open_case
from lachan.outbreak.cases.services.changing import clean_code
from lachan.outbreak.cases.staff.case import WORK
from lachan.outbreak.cases.staff.forms import NewCaseForm
from lachan.outbreak.cases.staff.listing import VIEW
from lachan.registry.people.models import Person
from lachan.registry.people.selectors import seen_in


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A new case; `?nguoi=` names a person that the registry has"""
    scope, today = request.scope(WORK), local_day(request.clock.now())
    person = _person(request)
    initial = {
        "reported_on": today,
        "reported_by": scope.paths[0],
        "unit": person.residence if person else "",
    }
    sent = request.POST if request.method == "POST" else None
    form = NewCaseForm(sent, today=today, scope=scope, known=person is not None, initial=initial)
    standing = None
    if request.method == "POST" and form.is_valid():
        try:
            case = open_case(_draft(form, person, today), by=request.user, now=request.clock.now())
        except CaseExists as error:
            form.refuse(error)
            standing = by_id(request.scope(VIEW), error.case.pk)
        except InvalidInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("Đã lập ca %(code)s.") % {"code": case.code})
            return redirect("cases:detail", case.pk)
    context = {
        "form": form, "title": _("Lập ca bệnh"), "standing": standing, "person": person, "cancel": reverse("cases:list"),
        "crumbs": [(_("Ca bệnh"), reverse("cases:list")), (_("Lập ca bệnh"), "")],
    }  # fmt: skip
    return render(request, "cases/new.html", context, status=422 if form.errors else 200)


def _person(request: Request) -> Person | None:
    """The person of the address, if the reader may open the record."""
    text = request.GET.get("nguoi", "")
    if not text:
        return None
    try:
        person = Person.objects.filter(pk=UUID(text), merged_into=None).first()
    except ValueError:
        person = None
    if person is None or not seen_in(request.scope("people.view"), person):
        raise Http404
    return person


def _draft(form: NewCaseForm, person: Person | None, today: Any) -> CaseDraft:
    given = form.cleaned_data
    return CaseDraft(
        disease=given["disease"],
        unit=given["unit"],
        reported_by=given["reported_by"],
        reported_on=given["reported_on"],
        identity=None if person else identity_of(form.typed(), given["unit"], today),
        person=person.pk if person else None,
        asymptomatic=given["asymptomatic"],
        detection=given["detection"],
        infection=given["infection"],
        national_code=clean_code(given["national_code"]),
        dates=form.days(),
        confirmed_unusual=form.confirmed,
    )
