"""/cb/nguoi/: find a person in two steps, open the record, join two records and part them again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.discreet import discreet
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.clock import parse_date
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit import services as audit
from lachan.registry.audit import words
from lachan.registry.people import panels, selectors, services
from lachan.registry.people.forms import MergeForm, SearchForm, UnmergeForm, WhyForm
from lachan.registry.people.models import Alias, Merge, Person
from lachan.registry.people.shown import identifiers, person_facts, seen_units
from lachan.registry.units import selectors as units

OPEN_FOR = timedelta(minutes=15)
OPENED = "people_opened"


@requires("people.view")
@never_cache
@discreet("q")
@require_safe
def search(request: Request) -> HttpResponse:
    """First step: who it may be. Shows no number and no address, and so is no read of a record."""
    form = SearchForm(request.asked)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = selectors.search(request.scope("people.view"), text) if text else []
    context = {
        "form": form,
        "posted": True,
        "text": text,
        "rows": [(person, _year(person.birth), units.label(person.residence)) for person in found],
        "full": len(found) >= selectors.LIMIT,
    }
    return render(request, "people/search.html", context)


def _year(birth: str) -> str:
    return birth[:4]


def _visible(request: Request, pk: UUID, permission: str = "people.view") -> Person:
    person = Person.objects.select_related("merged_into").filter(pk=pk).first()
    if person is None:
        raise Http404
    root = person
    while root.merged_into is not None:
        root = root.merged_into
    if not selectors.seen_in(request.scope(permission), root):
        raise Http404
    return person


@requires("people.view")
@never_cache
def detail(request: Request, pk: UUID) -> HttpResponse:
    """Second step: the record. Of someone who lives elsewhere only with a reason; either way the read is recorded."""
    person = _visible(request, pk)
    if person.merged_into is not None:
        messages.info(request, _("Hồ sơ này đã được gộp vào hồ sơ dưới đây."))
        return redirect("people:detail", person.merged_into.pk)
    now = request.clock.now()
    if request.scope("people.view").covers(person.residence):
        _read(request, person, "residence", now)
    elif not _opened_before(request, person, now):
        form = WhyForm(request.POST if request.method == "POST" else None)
        if request.method != "POST" or not form.is_valid():
            return render(
                request, "people/why.html", {"person": person, "form": form, "crumbs": _crumbs(person)}
            )
        _read(request, person, form.cleaned_data["why"], now)
        _remember(request, person, now)
        return redirect("people:detail", person.pk)
    return render(request, "people/detail.html", _context(request, person))


def _read(request: Request, person: Person, why: str, now: datetime) -> None:
    audit.read_record(request.user, "person", person.pk, person.residence, now, why)


def _opened_before(request: Request, person: Person, now: datetime) -> bool:
    """A reason given holds for a quarter of an hour, so that going back and forth doesn't ask again."""
    until = request.session.get(OPENED, {}).get(str(person.pk), "")
    return bool(until) and datetime.fromisoformat(until) > now


def _remember(request: Request, person: Person, now: datetime) -> None:
    kept = {key: until for key, until in request.session.get(OPENED, {}).items() if until > now.isoformat()}
    request.session[OPENED] = {**kept, str(person.pk): (now + OPEN_FOR).isoformat()}


def _crumbs(person: Person) -> list[tuple[str, str]]:
    return [(_("Người"), reverse("people:list")), (person.name, "")]


def _context(request: Request, person: Person) -> dict[str, Any]:
    merge_scope = request.scope("people.merge")
    may_merge = bool(merge_scope.paths) and selectors.seen_in(merge_scope, person)
    return {
        "person": person,
        "birth": _birth(person.birth),
        "residence": units.label(person.residence),
        "facts": person_facts(person),
        "identifiers": identifiers(person, masked=True),
        "aliases": Alias.objects.filter(person=person).count(),
        "seen": seen_units(person),
        "merges": _merges(person),
        "duplicates": _duplicates(request, person) if may_merge else [],
        "may_merge": may_merge,
        "panels": [
            (panel.title, panel.address(person.pk))
            for panel in panels.registered()
            if request.scope(panel.permission).paths
        ],
        "crumbs": _crumbs(person),
    }


def _merges(person: Person) -> list[tuple[Merge, str, str]]:
    """The merges of a record, each with who made it and who undid it."""
    rows = list(selectors.merges_of(person))
    wanted = {one for row in rows for one in (row.made_by, row.undone_by) if one}
    names = words.names().actors(wanted)
    return [
        (row, names.get(row.made_by, ""), names.get(row.undone_by, "") if row.undone_by else "")
        for row in rows
    ]


def _duplicates(request: Request, person: Person) -> list[tuple[Person, str]]:
    found = selectors.possible_duplicates(person, request.scope("people.merge"))
    return [(other, units.label(other.residence)) for other in found]


def _birth(birth: str) -> str:
    try:
        return parse_date(birth).display()
    except InvalidInput:
        return birth


@requires("people.view")
@never_cache
@require_POST
def reveal(request: Request, pk: UUID) -> HttpResponse:
    """The numbers in full: asked for one record at a time, each time recorded."""
    person, now = _visible(request, pk), request.clock.now()
    if not (request.scope("people.view").covers(person.residence) or _opened_before(request, person, now)):
        return redirect("people:detail", person.pk)
    _read(request, person, "identifiers", now)
    context = {"identifiers": identifiers(person, masked=False), "person": person, "revealed": True}
    if request.htmx:
        return render(request, "people/_identifiers.html", context)
    return render(request, "people/detail.html", {**_context(request, person), **context})


@requires("people.merge")
@never_cache
def merge(request: Request, pk: UUID, other: UUID) -> HttpResponse:
    """Two records side by side, and joining them for a reason."""
    one, two = _visible(request, pk, "people.merge"), _visible(request, other, "people.merge")
    if asked := _why_first(request, one, two):
        return asked
    form = MergeForm(request.POST if request.method == "POST" else None, _choices(one, two))
    now = request.clock.now()
    if request.method == "POST" and form.is_valid():
        kept, absorbed = (one, two) if form.cleaned_data["keep"] == str(one.pk) else (two, one)
        try:
            services.merge(kept, absorbed, reason=form.cleaned_data["reason"], by=request.user, now=now)
        except services.MergeRefused as error:
            form.add_error(None, text_of(error.code))
        else:
            messages.success(request, _("Đã gộp hai hồ sơ. Có thể hoàn tác ở trang này."))
            return redirect("people:detail", kept.pk)
    elif request.method != "POST":
        for person in (one, two):
            if not _opened_before(request, person, now):
                _read(request, person, "compare", now)
    context = {"people": [_side(one), _side(two)], "form": form, "crumbs": _crumbs(one)}
    return render(request, "people/merge.html", context)


def _why_first(request: Request, *people: Person) -> HttpResponse | None:
    """Comparing shows what the record shows: of those who live elsewhere only with a reason, here as there."""
    now, scope = request.clock.now(), request.scope("people.view")
    closed = [
        one for one in people if not scope.covers(one.residence) and not _opened_before(request, one, now)
    ]
    if not closed:
        return None
    form = WhyForm(request.POST if "why" in request.POST else None)
    if not form.is_valid():
        return render(
            request, "people/why.html", {"person": closed[0], "form": form, "crumbs": _crumbs(closed[0])}
        )
    for one in closed:
        _read(request, one, form.cleaned_data["why"], now)
        _remember(request, one, now)
    return redirect(request.path)


def _choices(one: Person, two: Person) -> list[tuple[str, str]]:
    return [
        (str(person.pk), f"{person.name} · {_birth(person.birth)} · {units.label(person.residence)}")
        for person in (one, two)
    ]


def _side(person: Person) -> dict[str, Any]:
    return {
        "person": person,
        "facts": [
            (_("Ngày sinh"), _birth(person.birth)),
            (_("Nơi ở"), units.label(person.residence)),
            *person_facts(person),
        ],
        "identifiers": identifiers(person, masked=True),
        "aliases": Alias.objects.filter(person=person).count(),
        "seen": seen_units(person),
    }


@requires("people.merge")
@never_cache
def unmerge(request: Request, pk: UUID) -> HttpResponse:
    """Part two records exactly as they were, for a reason."""
    row = Merge.objects.select_related("kept", "absorbed").filter(pk=pk).first()
    if row is None:
        raise Http404
    kept = _visible(request, row.kept_id, "people.merge")
    form = UnmergeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.unmerge(
                row, reason=form.cleaned_data["reason"], by=request.user, now=request.clock.now()
            )
        except services.MergeRefused as error:
            messages.error(request, text_of(error.code))
        else:
            messages.success(request, _("Đã tách lại hai hồ sơ như trước khi gộp."))
        return redirect("people:detail", kept.pk)
    return render(request, "people/unmerge.html", {"row": row, "form": form, "crumbs": _crumbs(kept)})
