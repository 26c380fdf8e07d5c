"""/cb/khai-ho/: an officer declares for someone who stands before her."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.prepare import Answer, Refused, Submission
from lachan.gate.declarations.services import submit as submitting
from lachan.gate.declarations.services.requests import erased
from lachan.gate.declarations.staff import columns, filling, present
from lachan.gate.declarations.staff.filters import place_named
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import short_code, uuid7
from lachan.kernel.questionnaire import Questionnaire, form_at
from lachan.registry.places.models import Place

CLOSED = (Place.Status.SUSPENDED, Place.Status.CLOSED)


@requires("assist.declare")
@never_cache
def choose(request: Request) -> HttpResponse:
    """Where, and on which form."""
    scope, error = request.scope("assist.declare"), ""
    text = request.GET.get("diem", "").strip()[:100]
    if text:
        place = place_named(text, scope)
        if place is not None and scope.covers(place.unit) and place.status not in CLOSED:
            return redirect(f"{reverse('declarations:assist_form', args=[place.form])}?diem={place.code}")
        error = _("Không có điểm khai báo này trong địa bàn của bạn, hoặc điểm đã ngừng.")
    places = scope.narrow(Place.objects.exclude(status__in=CLOSED), "unit").order_by("folded", "id")[:30]
    listed = [(place, present.near(place.unit)) for place in places]
    context = {"listed": listed, "forms": columns.choices(), "text": text, "error": error}
    return render(request, "declarations/staff/assist_choose.html", context)


@requires("assist.declare")
@never_cache
def declare(request: Request, form: str) -> HttpResponse:
    """Fill the form in and send it as channel `staff`."""
    today, place = local_day(request.clock.now()), _place(request)
    try:
        questionnaire = form_at(form, today)
    except InvalidInput:
        raise Http404 from None
    sent = request.POST if request.method == "POST" else None
    filled = filling.fill(questionnaire, today, sent, request.get_full_path())
    if request.method == "POST":
        if request.htmx and "_send" not in request.POST:
            filling.only_show(filled)
            return render(
                request, "declarations/staff/_questions.html", {"filling": filled, "form": filled.form}
            )
        answer = _send(request, filled, questionnaire, place) if filled.ready else None
        if answer is not None:
            return redirect("declarations:assisted", answer.id)
    return render(request, "declarations/staff/assist.html", _context(request, filled, questionnaire, place))


def _place(request: Request) -> Place | None:
    """The place of the address; one outside the officer's jurisdiction or closed isn't there."""
    code = request.GET.get("diem", "")
    if not code:
        return None
    place = Place.objects.filter(code=code).exclude(status__in=CLOSED).first()
    if place is None or not request.scope("assist.declare").covers(place.unit):
        raise Http404
    return place


def _context(
    request: Request, filled: filling.Filling, questionnaire: Questionnaire, place: Place | None
) -> dict[str, object]:
    return {
        "filling": filled,
        "form": filled.form,
        "title": questionnaire.title[columns.language()],
        "document": questionnaire.document,
        "place": place,
        "where": present.near(place.unit) if place else "",
        "submission": _id(request),
        "crumbs": [
            (_("Khai hộ"), reverse("declarations:assist")),
            (questionnaire.title[columns.language()], ""),
        ],
        "here": request.get_full_path(),
    }


def _id(request: Request) -> UUID:
    """Made when the form is first shown: sent twice, it is one declaration."""
    try:
        return UUID(request.POST["_id"])
    except (KeyError, ValueError):
        return uuid7()


def _send(
    request: Request, filled: filling.Filling, questionnaire: Questionnaire, place: Place | None
) -> Answer | None:
    submission = Submission(
        id=_id(request), form=questionnaire.id, place=place.code if place else "", answers=filled.form.answers,
        lang="en" if columns.language() == "en" else "vi", channel="staff",
    )  # fmt: skip
    try:
        answer = submitting.submit(submission, request.clock.now(), request.user)
    except Refused as refused:
        filled.refuse(refused)
    except submitting.Conflict:
        filled.form.add_error(None, text_of("conflict"))
    else:
        messages.success(request, _("Đã ghi nhận tờ khai."))
        return answer
    return None


@requires("assist.declare")
@never_cache
def assisted(request: Request, declaration: UUID) -> HttpResponse:
    """What came of it, for the officer who declared: the decision and the code to write on a card."""
    row = Declaration.objects.filter(pk=declaration, submitted_by=request.user.pk).first()
    if row is None:
        raise Http404
    entry = Entry.objects.filter(declaration=row.id).first()
    context = {
        "row": row,
        "code": short_code(row.id),
        "reasons": present.reasons_behind(row),
        "entry": entry,
        "may_card": entry is not None and not erased(entry),
        "unconfirmed": row.channel == present.PAPER and row.result == 0,
        "may_open": bool(request.scope("declarations.view").paths),
        "crumbs": [(_("Khai hộ"), reverse("declarations:assist")), (short_code(row.id), "")],
    }
    return render(request, "declarations/staff/assisted.html", context)
