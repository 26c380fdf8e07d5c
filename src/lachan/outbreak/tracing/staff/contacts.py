"""/cb/truy-vet/: everyone who is followed, and one contact's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.discreet import discreet
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.base.templatetags.lachan import dmy, dmyhm
from lachan.gate.declarations.staff.present import near
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.selectors import contacts, graph, reasons
from lachan.outbreak.tracing.selectors.identity import aliases_of, aliases_of_many, known_people, root, roots
from lachan.outbreak.tracing.selectors.infectious import infected_by_alias
from lachan.outbreak.tracing.selectors.levels import levels_of
from lachan.outbreak.tracing.selectors.revealed import may_reveal, names_for
from lachan.outbreak.tracing.services import self_reports
from lachan.outbreak.tracing.services.follow_up import found_again
from lachan.outbreak.tracing.staff.common import (
    CONTACT_KINDS,
    EXPOSURE_KINDS,
    EXPOSURE_WORDS,
    REVEAL,
    VIEW,
    WORK,
    Who,
    called,
    disease_name,
    level_words,
    uuids,
)
from lachan.outbreak.tracing.staff.forms import ContactFilter, RevealForm
from lachan.registry.accounts.models import User
from lachan.registry.audit.words import names
from lachan.registry.people.models import Person
from lachan.registry.places.models import Place


@dataclass(frozen=True, slots=True)
class Line:
    """A contact as the list shows it."""

    row: Contact
    who: Who
    level: str
    disease: str
    unit: str
    officer: str
    kind: str
    days_left: int
    last: str


@requires(VIEW)
@never_cache
@discreet("q")
@require_safe
def contact_list(request: Request) -> HttpResponse:
    """People who are followed in the reader's jurisdiction, by their codes"""
    now, scope = request.clock.now(), request.scope(VIEW)
    today = local_day(now)
    form = ContactFilter(request.asked, scope, today)
    valid = form.is_valid()
    told = names_of_reader(request)
    filters = form.filters(request.user) if valid else contacts.Filters()
    page = contacts.page(scope if valid else Scope(), filters, request.GET.get("cursor", ""), told)
    context = {
        "form": form,
        "lines": lines(request, page.rows),
        "page": page,
        "counts": contacts.counts(scope),
        "filtered": not valid or any(value for key, value in form.cleaned_data.items() if key != "sort"),
        "may_work": bool(request.scope(WORK).paths),
        "may_reveal": bool(request.scope(REVEAL).paths),
        "reveal": RevealForm(),
        "here": request.get_full_path(),
    }
    return render(request, "tracing/list.html", context)


def names_of_reader(request: Request) -> dict[UUID, str]:
    """person → folded name, of everyone whose name this reader may read now."""
    from lachan.outbreak.tracing.models import Reveal

    now = request.clock.now()
    people = set(Reveal.objects.filter(user=request.user.pk, until__gt=now).values_list("person", flat=True))
    return {id: one.folded for id, one in names_for(request.user, people, now).items()}


def lines(request: Request, rows: Sequence[Contact]) -> list[Line]:
    """Rows with names for this reader and levels told now."""
    today = local_day(request.clock.now())
    nodes = roots([row.alias for row in rows])
    who = called(request, {nodes[row.alias]: row.alias for row in rows})
    levels: dict[tuple[str, UUID], int] = {}
    for disease in {row.disease for row in rows}:
        found = levels_of([row.alias for row in rows if row.disease == disease], disease)
        levels |= {(disease, alias): one.level for alias, one in found.items()}
    officers = names().actors({row.officer for row in rows if row.officer})
    return [
        Line(
            row,
            who[nodes[row.alias]],
            level_words(levels.get((row.disease, row.alias))),
            disease_name(row.disease, today),
            near(row.unit) if row.unit else "–",
            officers.get(row.officer, "") if row.officer else "",
            CONTACT_KINDS[Contact.Status(row.status)],
            (row.until - today).days,
            last_words(row, today),
        )
        for row in rows
    ]


def last_words(row: Contact, today: date) -> str:
    """When they last met; what goes on still (living together) has no such moment."""
    return _("chưa dứt") if local_day(row.last_exposure) > today else dmyhm(row.last_exposure)


def contact_or_404(request: Request, pk: UUID, permission: str = VIEW) -> Contact:
    """The contact, where the reader may trace; one joined to another leads there."""
    row = contacts.by_id(request.scope(permission), pk)
    while row is not None and row.merged_into is not None:
        row = contacts.by_id(request.scope(permission), row.merged_into)
    if row is None:
        raise Http404
    return row


@requires(VIEW)
@never_cache
@require_safe
def page(request: Request, pk: UUID) -> HttpResponse:
    """One contact: level and the path to it, evidence, who follows, until when"""
    row = contact_or_404(request, pk)
    (line,) = lines(request, [row])
    node = root(row.alias)
    piece = graph.behind([node], row.disease)
    level = piece.levels().get(node)
    exposures = list(
        Exposure.objects.filter(target__in=aliases_of(node), disease=row.disease).order_by("-to_at")[:200]
    )
    places = dict(
        Place.objects.filter(pk__in={one.place for one in exposures if one.place}).values_list("pk", "name")
    )
    person = known_people([node]).get(node) if line.who.name else None
    context = {
        "contact": row,
        "line": line,
        "facts": _facts(row, line, person),
        "path": _path(request, row, level.path) if level else [],
        "evidence": [
            (reasons.of_exposure(one, places), EXPOSURE_KINDS[Exposure.Status(one.status)], EXPOSURE_WORDS[Exposure.Status(one.status)], one.reason)
            for one in exposures
        ],
        "known": row.person is not None or node != row.alias,
        "may_work": request.scope(WORK).covers(row.unit),
        "may_reveal": not line.who.name and may_reveal(request.scope(REVEAL), row.alias),
        "reveal": RevealForm(),
        "reports_waiting": self_reports.of(row).filter(status="waiting").count(),
        "became": Case.objects.filter(pk=row.case).first() if row.case else None,
        "crumbs": [(_("Truy vết"), reverse("tracing:list")), (line.who.code, "")],
    }  # fmt: skip
    return render(request, "tracing/contact.html", context)


def _facts(row: Contact, line: Line, person: Person | None) -> list[tuple[str, Any]]:
    told: list[tuple[str, Any]] = []
    if person is not None:
        told = [(_("Họ và tên"), person.name), (_("Năm sinh"), person.birth[:4] or None)]
    return [
        *told,
        (_("Mã người tiếp xúc"), line.who.code),
        (_("Mức"), line.level),
        (_("Bệnh"), line.disease),
        (_("Nơi ở"), line.unit),
        (_("Tiếp xúc lần cuối"), line.last),
        (_("Theo dõi đến hết ngày"), dmy(row.until)),
        (_("Cán bộ theo dõi"), line.officer or None),
    ]


def _path(request: Request, row: Contact, path: Sequence[UUID]) -> list[tuple[str, str, str]]:
    """(level, name, address) of each step from the case on."""
    known = aliases_of_many(path)
    who = called(request, {node: min(aliases) for node, aliases in known.items()})
    cases = infected_by_alias(list(known[path[0]]), row.disease)
    first = next((its[-1] for its in cases.values()), None)
    steps = [(f"F{number}", str(who[node]), "") for number, node in enumerate(path)]
    if first is not None:
        steps[0] = ("F0", first.code, reverse("tracing:case", args=[first.pk]))
    return steps


@requires(WORK)
@require_POST
def act(request: Request, pk: UUID) -> HttpResponse:
    """Take over a contact, give it back, say that it is lost or found again"""
    row, now, verb = contact_or_404(request, pk, WORK), request.clock.now(), request.POST.get("verb", "")
    if verb == "take":
        services.assign([row], request.user.pk, by=request.user, now=now)
    elif verb == "free":
        services.assign([row], None, by=request.user, now=now)
    elif verb == "lose":
        services.lose(row, by=request.user, now=now)
    elif verb == "found":
        found_again(row, by=request.user, now=now)
    else:
        messages.warning(request, _("Chưa chọn việc gì."))
        return redirect("tracing:contact", row.pk)
    messages.success(request, _("Đã ghi."))
    return redirect("tracing:contact", row.pk)


@requires(WORK)
@require_POST
def assign(request: Request) -> HttpResponse:
    """Take the ticked contacts over, or give them to nobody"""
    scope, now = request.scope(WORK), request.clock.now()
    rows = contacts.visible(scope).filter(pk__in=uuids(request.POST.getlist("contact"))[:500])  # type: ignore[index]
    officer = None if request.POST.get("to") == "nobody" else _officer(request)
    changed = services.assign(list(rows), officer, by=request.user, now=now)
    text = ngettext("Đã giao %(n)d người.", "Đã giao %(n)d người.", changed) % {"n": changed}
    messages.success(request, text)
    return _back(request)


def _officer(request: Request) -> UUID:
    """The reader; or a colleague named by the account."""
    username = request.POST.get("officer", "").strip()
    found = User.objects.filter(username=username).first() if username else None
    return found.pk if found is not None else request.user.pk


@requires(REVEAL)
@require_POST
def reveal(request: Request) -> HttpResponse:
    """Whose pseudonyms the ticked contacts are: a reason is asked, each person's reading is recorded"""
    now, form = request.clock.now(), RevealForm(request.POST)
    ids = list(uuids(request.POST.getlist("contact")))[:500]
    rows = list(contacts.visible(request.scope(REVEAL)).filter(pk__in=ids))
    if not form.is_valid():
        messages.error(request, text_of("tracing_reveal_reason", {}))
        return _back(request)
    told, unknown = 0, 0
    for row in rows:
        try:
            services.reveal(row.alias, form.cleaned_data["reason"], by=request.user, now=now)
            told += 1
        except InvalidInput:
            unknown += 1
        except PermissionDenied:
            raise Http404 from None
    messages.success(
        request, ngettext("Đã mở danh tính %(n)d người.", "Đã mở danh tính %(n)d người.", told) % {"n": told}
    )
    if unknown:
        messages.warning(
            request,
            ngettext("%(n)d mã chưa biết là của ai.", "%(n)d mã chưa biết là của ai.", unknown)
            % {"n": unknown},
        )
    return _back(request)


def _back(request: Request) -> HttpResponse:
    """To the list as it was filtered, or to a contact's page."""
    back = request.POST.get("next", "")
    safe = back.startswith(reverse("tracing:list")) and "\\" not in back
    return redirect(back if safe else reverse("tracing:list"))
