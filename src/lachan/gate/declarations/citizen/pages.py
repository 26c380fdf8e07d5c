"""Declaring in a page that needs nothing but HTML; the island takes over where scripts run."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from lachan.base.access import public
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.declarations.citizen import limits, own
from lachan.gate.declarations.citizen.forms import DeclarationForm
from lachan.gate.declarations.prepare import FieldError, Refused, Submission
from lachan.gate.declarations.services import submit as submitting
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import uuid7
from lachan.kernel.questionnaire import Questionnaire, form_at, forms
from lachan.registry.places import selectors as places
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

CLOSED = (Place.Status.SUSPENDED, Place.Status.CLOSED)
LANGUAGES = ("vi", "en")


def forms_at(day: date) -> list[Questionnaire]:
    """The forms in force, in the order of their names."""
    found = []
    for dated in forms().values():
        try:
            found.append(dated.at(day))
        except InvalidInput:
            continue
    return found


@public
def choose(request: Request) -> HttpResponse:
    """Where to declare: by the code on the poster, or without a place by the kind of form."""
    code = request.GET.get("ma", "").strip()
    error = ""
    if code:
        place = places.by_code(code)
        if place is not None:
            return redirect("declarations:declare_place", place.code)
        error = text_of("place_unknown")
    listed = [(form, form.title[request.LANGUAGE_CODE]) for form in forms_at(local_day(request.clock.now()))]
    context = {"listed": listed, "code": code[:20], "error": error}
    return render(request, "declarations/citizen/choose.html", context, status=404 if error else 200)


@public
@never_cache
@ensure_csrf_cookie
def declare_place(request: Request, code: str) -> HttpResponse:
    """Declare at a place."""
    place = places.by_code(code)
    if place is None:
        return render(request, "declarations/citizen/no_place.html", {"code": code[:20]}, status=404)
    if place.status in CLOSED:
        return render(request, "declarations/citizen/closed.html", {"place": place}, status=410)
    return _declare(request, place.form, place)


@public
@never_cache
@ensure_csrf_cookie
def declare_form(request: Request, form: str) -> HttpResponse:
    """Declare without a place."""
    return _declare(request, form, None)


def _declare(request: Request, form_id: str, place: Place | None) -> HttpResponse:
    today = local_day(request.clock.now())
    lang = _language(request)
    try:
        questionnaire = form_at(form_id, today)
    except InvalidInput:
        return render(request, "declarations/citizen/no_form.html", status=404)
    sent = request.method == "POST"
    form = DeclarationForm(questionnaire, lang, today, request.POST if sent else None)
    if sent and "_lang" not in request.POST and form.is_valid():
        done = _submit(request, form, place, lang)
        if done is not None:
            return done
    response = render(request, "declarations/citizen/declare.html", _context(request, form, place, lang))
    if request.POST.get("_lang") in LANGUAGES:
        form.errors.clear()
        response = render(request, "declarations/citizen/declare.html", _context(request, form, place, lang))
        response.set_cookie("lc_lang", lang, max_age=365 * 86400, samesite="Lax")
    return response


def _language(request: Request) -> str:
    """The reader's language; a button of the form changes it and keeps what was typed."""
    asked = request.POST.get("_lang", "")
    if asked in LANGUAGES:
        translation.activate(asked)
        request.LANGUAGE_CODE = asked
    return str(request.LANGUAGE_CODE)


def _context(request: Request, form: DeclarationForm, place: Place | None, lang: str) -> dict[str, Any]:
    questionnaire = form.questionnaire
    query = f"form={questionnaire.id}" + (f"&place={place.code}" if place else "")
    return {
        "form": form,
        "questionnaire": questionnaire,
        "form_title": questionnaire.title[lang],
        "place": place,
        "place_where": units.label(place.unit) if place else "",
        "bundle_url": f"{reverse('declarations:form_json')}?{query}",
        "submission_id": _submission_id(request),
        "lang": lang,
        "other_lang": "vi" if lang == "en" else "en",
        "communes": [units.label(path) for path in own.commune_paths()],
    }


def _submission_id(request: Request) -> UUID:
    """Made when the form is first shown, so that sending it twice is one declaration."""
    try:
        return UUID(request.POST["_id"])
    except (KeyError, ValueError):
        return uuid7()


def _submit(request: Request, form: DeclarationForm, place: Place | None, lang: str) -> HttpResponse | None:
    now = request.clock.now()
    if not limits.take(request, place, now):
        form.add_error(None, text_of("too_often"))
        return None
    submission = Submission(
        id=_submission_id(request),
        form=form.questionnaire.id,
        place=place.code if place else "",
        answers=form.answers,
        lang="en" if lang == "en" else "vi",
        channel="web",
    )
    try:
        answer = submitting.submit(submission, now)
    except Refused as refused:
        form.show_refusals(_sentences(refused.fields))
        return None
    except submitting.Conflict:
        form.add_error(None, text_of("conflict"))
        return None
    own.remember(request, answer, form, place)
    return redirect("declarations:result", answer.id)


def _sentences(errors: list[FieldError]) -> dict[str, str]:
    return {error.field: text_of(error.code, error.params) for error in errors}
