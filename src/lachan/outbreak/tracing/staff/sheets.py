"""Lists as files: the list of contacts without names; F1 and F2 of a case in the columns of Decision 5053's forms.

What is known of the forms are their subject and purpose, not every heading; the columns are those that the texts name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.discreet import discreet
from lachan.base.export import csv_response, xlsx_response
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import short_code
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.selectors import contacts, reasons
from lachan.outbreak.tracing.selectors.chain import Chain, chain
from lachan.outbreak.tracing.selectors.identity import aliases_of_many
from lachan.outbreak.tracing.selectors.levels import levels_of
from lachan.outbreak.tracing.selectors.ranked import contacts_of
from lachan.outbreak.tracing.staff.common import (
    REVEAL,
    VIEW,
    case_or_404,
    disease_name,
    level_words,
)
from lachan.outbreak.tracing.staff.forms import ContactFilter, RevealForm
from lachan.registry.audit import services as audit
from lachan.registry.people.models import Identifier, Person
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

CHUNK = 1000


@requires(VIEW)
@never_cache
@discreet("q")
@require_safe
def export(request: Request, kind: str) -> HttpResponseBase:
    """The filtered list as XLSX or CSV: codes, levels, days; nobody's name"""
    if kind not in ("xlsx", "csv"):
        raise Http404
    now, scope = request.clock.now(), request.scope(VIEW)
    form = ContactFilter(request.asked, scope, local_day(now))
    if not form.is_valid():
        return redirect("tracing:list")
    rows = list(contacts.every(scope, form.filters(request.user)))
    with transaction.atomic():
        unit = scope.paths[0] if scope.paths else ""
        data = {"rows": len(rows), "kind": kind}
        audit.record("contact.exported", actor=request.user, unit=unit, data=data, now=now)
    titles = [
        _("Mã người tiếp xúc"), _("Bệnh"), _("Mức"), _("Tình trạng"), _("Nơi ở"), _("Tiếp xúc lần cuối"),
        _("Theo dõi đến hết ngày"),
    ]  # fmt: skip
    respond = xlsx_response if kind == "xlsx" else csv_response
    return respond(f"nguoi-tiep-xuc-{local_day(now).isoformat()}.{kind}", titles, _lines(rows, request))


def _lines(rows: list[Contact], request: Request) -> Iterator[list[Any]]:
    today = local_day(request.clock.now())
    for at in range(0, len(rows), CHUNK):
        some = rows[at : at + CHUNK]
        levels = {
            disease: levels_of([row.alias for row in some if row.disease == disease], disease)
            for disease in {row.disease for row in some}
        }
        for row in some:
            level = levels[row.disease].get(row.alias)
            yield [
                row.code, disease_name(row.disease, today), level_words(level.level if level else None),
                row.get_status_display(), units.label(row.unit) if row.unit else "", row.last_exposure, row.until,
            ]  # fmt: skip


@requires(REVEAL)
@never_cache
@require_POST
def form_5053(request: Request, case: UUID) -> HttpResponseBase:
    """F1 or F2 of a case with names, in the forms' columns: a reason is asked, and each name in it is recorded as read"""
    row = case_or_404(request, case, REVEAL)
    form, level = RevealForm(request.POST), 2 if request.POST.get("level") == "2" else 1
    if not form.is_valid():
        messages.error(request, text_of("tracing_reveal_reason", {}))
        return redirect("tracing:case", row.pk)
    found = chain(row)
    nodes = [node for node, one in found.levels.items() if one.level == level]
    people = _told(request, nodes, form.cleaned_data["reason"])
    titles = [
        _("STT"), _("Mã người tiếp xúc"), _("Họ và tên"), _("Năm sinh"), _("Giới tính"), _("CCCD/CMND"), _("Điện thoại"),
        _("Địa chỉ"), _("Xã/phường"), _("Mức"), _("Liên quan đến"), _("Hoàn cảnh tiếp xúc"), _("Ngày tiếp xúc cuối"),
        _("Theo dõi đến hết ngày"), _("Tình trạng"),
    ]  # fmt: skip
    if level == 2:
        titles.append(_("Tự khai báo tại"))
    return xlsx_response(
        f"f{level}-{row.code}.xlsx", titles, _sheet(row, found, nodes, people, level), f"F{level}"
    )


def _told(request: Request, nodes: list[UUID], reason: str) -> dict[UUID, Person]:
    """Those of the nodes whose names are known; each is revealed to the reader for this reason."""
    now, told = request.clock.now(), {}
    known = aliases_of_many(nodes)
    with transaction.atomic():
        for node in nodes:
            try:
                told[node] = services.reveal(min(known[node]), reason, by=request.user, now=now)
            except (InvalidInput, PermissionDenied):
                continue
    return told


def _sheet(
    case: Case, found: Chain, nodes: list[UUID], people: dict[UUID, Person], level: int
) -> Iterator[list[Any]]:
    known = aliases_of_many(nodes)
    of = {alias: node for node, aliases in known.items() for alias in aliases}
    rows, numbers = contacts_of(of, case.disease), _numbers(people)
    how = _how(case, of)
    for number, node in enumerate(
        sorted(nodes, key=lambda each: (found.levels[each].last or case.made_at, each)), start=1
    ):
        person, contact, one = people.get(node), rows.get(node), found.levels[node]
        by_kind = numbers.get(node, {})
        cells = [
            number, short_code(min(known[node])), person.name if person else "", person.birth[:4] if person else "",
            _sex(person), by_kind.get("cccd") or by_kind.get("cmnd", ""), by_kind.get("phone", ""),
            person.address if person else "", units.label(person.residence) if person and person.residence else "",
            f"F{one.level}", case.code, how.get(node, ""), one.last, contact.until if contact else None,
            contact.get_status_display() if contact else "",
        ]  # fmt: skip
        yield [*cells, f"{settings.PUBLIC_URL}/khai/mau/domestic/"] if level == 2 else cells


def _sex(person: Person | None) -> str:
    return {"m": _("Nam"), "f": _("Nữ"), "o": _("Khác")}.get(person.sex, "") if person else ""


def _numbers(people: dict[UUID, Person]) -> dict[UUID, dict[str, str]]:
    found: dict[UUID, dict[str, str]] = {}
    for row in Identifier.objects.filter(person__in=[one.pk for one in people.values()]):
        found.setdefault(row.person_id, {}).setdefault(row.kind, str(row.value))
    return {node: found.get(one.pk, {}) for node, one in people.items()}


def _how(case: Case, of: dict[UUID, UUID]) -> dict[UUID, str]:
    """The weightiest confirmed evidence of each, in words."""
    rows = Exposure.objects.filter(
        target__in=list(of), disease=case.disease, status=Exposure.Status.CONFIRMED
    )
    best: dict[UUID, Exposure] = {}
    for row in rows.order_by("score", "id"):
        best[of[row.target]] = row
    places = dict(
        Place.objects.filter(pk__in={row.place for row in best.values() if row.place}).values_list(
            "pk", "name"
        )
    )
    return {node: reasons.of_exposure(row, places) for node, row in best.items()}
