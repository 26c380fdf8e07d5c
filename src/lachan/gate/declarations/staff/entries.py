"""/cb/to-khai/: the list of declarations, and one opened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.discreet import discreet
from lachan.base.http import Request
from lachan.base.paging import Page
from lachan.gate.declarations.models import Entry, FollowUp
from lachan.gate.declarations.selectors import counters, entries, history
from lachan.gate.declarations.selectors.open import Opened, open_entry
from lachan.gate.declarations.staff import cards, columns, present, queue_rows, telling
from lachan.gate.declarations.staff.filters import EntryFilter
from lachan.kernel.clock import local_day
from lachan.registry.people.models import Person
from lachan.registry.units import selectors as units

NOTHING: Page[Entry] = Page([], "", True)


@requires("declarations.view")
@never_cache
@discreet("q")
@require_safe
def entry_list(request: Request) -> HttpResponse:
    """The declarations of the reader's jurisdiction, filtered by what the address says."""
    scope = request.scope("declarations.view")
    form = EntryFilter(request.asked, scope)
    valid = form.is_valid()
    page = entries.page(scope, form.filters(), request.GET.get("cursor", "")) if valid else NOTHING
    shown = columns.list_columns(request.GET.get("mau", "") if valid else "")
    context = {
        "form": form,
        "page": page,
        "rows": present.rows(page.rows, shown),
        "columns": shown if valid and form.cleaned_data["mau"] else [],
        "headings": [columns.short(column.label[columns.language()]) for column in shown],
        "filtered": valid and any(form.cleaned_data.values()),
        "counts": _counts(request, form) if valid else None,
        "may_export": bool(request.scope("declarations.export").paths),
        "query": _query(request),
        "more_filters": any(request.GET.get(name) for name in ("don_vi", "ben", "diem", "tu", "den", "mau")),
        "may_assist": bool(request.scope("assist.declare").paths),
    }
    return render(request, "declarations/staff/list.html", context)


def _query(request: Request) -> str:
    """The filter as it stands in the address, for the export's address."""
    kept = request.GET.copy()
    kept.pop("cursor", None)
    return kept.urlencode()


def _counts(request: Request, form: EntryFilter) -> dict[str, Any]:
    """Kept counts of the chosen days (today where none are chosen), by where people declared."""
    given, scope = form.cleaned_data, request.scope("declarations.view")
    today = local_day(request.clock.now())
    first, last = given["tu"] or given["den"] or today, given["den"] or today
    within = scope.intersect(given["don_vi"]) if given["don_vi"] else scope
    if form.place is not None:
        found = (
            counters.place_between(form.place.id, first, last)
            if scope.covers(form.place.unit)
            else counters.Counts()
        )
    else:
        found = counters.units_between(within, first, last)
    return {"counts": found, "first": first, "last": last}


@requires("declarations.view")
@never_cache
@require_safe
def entry_detail(request: Request, entry: UUID) -> HttpResponse:
    """One declaration with its answers; opening it is recorded, and the citizen can see that."""
    now, scope = request.clock.now(), request.scope("declarations.view")
    found = open_entry(request.user, scope, entry, now)
    if found is None:
        raise Http404
    return render(request, "declarations/staff/detail.html", _detail(request, found))


def _detail(request: Request, found: Opened) -> dict[str, Any]:
    row, scope = found.entry, request.scope("declarations.view")
    person = history.person_of(row)
    return {
        "entry": row,
        "row": present.rows([row], [])[0],
        "crumbs": [(_("Tờ khai"), reverse("declarations:list")), (row.code or _("Đã xóa"), "")],
        "reasons": present.reasons_behind(found.declaration) if found.declaration else [],
        "where": _where(row),
        "person": person if _may_open_person(request, row) else None,
        "may_card": found.declaration is not None and cards.may_print(request, row),
        "others": present.rows(history.of_person(scope, person, row), []),
        "events": telling.timeline(history.events(row)),
        "reads": telling.reads(history.reads(row)),
        "follow_ups": _follow_ups(request, row),
        **_answers(found),
    }


def _answers(found: Opened) -> dict[str, Any]:
    """The answers under the form's headings, and the phone to call."""
    declaration, payload = found.declaration, found.payload
    if declaration is None or payload is None:
        return {"sections": [], "other_answers": (), "phone": "", "declaration": None, "form_title": ""}
    form = columns.version_of(declaration.form, declaration.version, local_day(declaration.occurred_at))
    answers = payload["answers"]
    return {
        "declaration": declaration,
        "form_title": form.title[columns.language()] if form else declaration.form,
        "sections": present.sections(form, answers) if form else [],
        "other_answers": present.unknown_answers(form, answers) if form else tuple(answers.items()),
        "phone": payload["record"].get("phone") or payload["record"].get("proxy_phone") or "",
    }


def _where(row: Entry) -> list[tuple[str, str]]:
    sides = ((_("Nơi ở"), row.residence), (_("Nơi khai"), row.declared), (_("Nơi đến"), row.destination))
    return [(title, units.label(path)) for title, path in sides]


def _may_open_person(request: Request, row: Entry) -> bool:
    return request.scope("people.view").covers_any(row.residence, row.declared, row.destination)


def _follow_ups(request: Request, row: Entry) -> list[queue_rows.QueueRow]:
    """The follow-ups of this declaration that the reader may see."""
    scope = request.scope("follow_up.view")
    rows = scope.narrow(FollowUp.objects.filter(declaration=row.declaration), "unit").order_by("id")
    return queue_rows.of(list(rows), request)


@requires("declarations.view")
@never_cache
@require_safe
def of_person(request: Request, person: UUID) -> HttpResponse:
    """The declarations of one person inside the reader's jurisdiction, as a piece of the person's page."""
    found = Person.objects.filter(pk=person).first()
    rows = history.of_person(request.scope("declarations.view"), found) if found else []
    template = "declarations/staff/_of_person.html" if request.htmx else "declarations/staff/of_person.html"
    return render(request, template, {"rows": present.rows(rows, [])})
