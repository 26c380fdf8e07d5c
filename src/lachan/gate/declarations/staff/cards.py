"""The card for someone without a phone: printed for whoever was declared for, now or later."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.selectors.card import card_text
from lachan.gate.declarations.selectors.open import entry_in
from lachan.gate.declarations.services.requests import erased
from lachan.kernel.codes.qr import to_qr_svg
from lachan.kernel.ids import short_code
from lachan.registry.audit import services as audit
from lachan.registry.places.models import Place


@requires("assist.declare")
@never_cache
@require_safe
def assisted_card(request: Request, declaration: UUID) -> HttpResponse:
    """The card of what one has just declared for someone."""
    row = Declaration.objects.filter(pk=declaration, submitted_by=request.user.pk).first()
    entry = Entry.objects.filter(declaration=declaration).first()
    if row is None or entry is None or erased(entry):
        raise Http404
    return _printed(request, row, entry)


@requires("declarations.view")
@never_cache
@require_safe
def entry_card(request: Request, entry: UUID) -> HttpResponse:
    """The card of a declaration, later; for whoever may open it and declares for people there."""
    row = entry_in(request.scope("declarations.view"), entry)
    declaration = Declaration.objects.filter(pk=row.declaration).first() if row else None
    if row is None or declaration is None or not may_print(request, row):
        raise Http404
    return _printed(request, declaration, row)


def may_print(request: Request, entry: Entry) -> bool:
    """Whether the reader declares for people where this one lives, declared or went; never once it was erased."""
    scope = request.scope("assist.declare")
    return not erased(entry) and scope.covers_any(entry.residence, entry.declared, entry.destination)


def _printed(request: Request, row: Declaration, entry: Entry) -> HttpResponse:
    """A card is a pass into staff's lookup: that one was made is noted."""
    with transaction.atomic():
        audit.record(
            "declaration.card_printed",
            actor=request.user,
            subject_kind="declaration",
            subject=row.id,
            unit=entry.residence or entry.declared,
            now=request.clock.now(),
        )
    code, place = short_code(row.id), Place.objects.filter(pk=row.place).first() if row.place else None
    answer = {"code": code, "place": place.name if place else "", "recorded_at": row.recorded_at}
    drawing = to_qr_svg(card_text(row.id, row.recorded_at), title=code)
    return render(request, "declarations/citizen/card.html", {"answer": answer, "qr": drawing})
