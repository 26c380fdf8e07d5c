"""Questions about places."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lachan.base import keys, typed
from lachan.base.scope import Scope
from lachan.kernel.errors import InvalidInput
from lachan.kernel.phones import parse_phone
from lachan.registry.audit.models import Event
from lachan.registry.places.codes import LENGTH, parse_code
from lachan.registry.places.models import Place, PlaceImport, RetiredSeed
from lachan.registry.places.services.write import PHONE_INDEX

MOST_TYPED = 100


def by_code(code: str) -> Place | None:
    """The place of a code as someone typed it, in whatever state; None when there is none."""
    try:
        return Place.objects.filter(code=parse_code(code)).first()
    except InvalidInput:
        return None


def get(scope: Scope, pk: UUID) -> Place | None:
    """A place, if it lies in the scope."""
    return scope.narrow(Place.objects.filter(pk=pk), "unit").first()


def search(
    scope: Scope, text: str = "", kind: str = "", status: str = "", unit: str = "", form: str = ""
) -> QuerySet[Place]:
    """Places of a scope. Words of the name in any order without accents; or the code; or the owner's whole phone."""
    rows = (
        scope.intersect(unit).narrow(Place.objects.all(), "unit")
        if unit
        else scope.narrow(Place.objects.all(), "unit")
    )
    for field, value in (("kind", kind), ("status", status), ("form", form)):
        if value:
            rows = rows.filter(**{field: value})
    return rows.filter(_typed(text[:MOST_TYPED])) if text.strip() else rows


def _typed(text: str) -> Q:
    return typed.names(text, MOST_TYPED) | _code(text) | _phone(text)


def _code(text: str) -> Q:
    try:
        return Q(code=parse_code(text)) if len(text.strip()) >= LENGTH else Q(pk__in=[])
    except InvalidInput:
        return Q(pk__in=[])


def _phone(text: str) -> Q:
    try:
        phone = parse_phone(text) if any(map(str.isdigit, text)) else ""
    except InvalidInput:
        phone = ""
    return Q(owner_phone_index__in=keys.keyring().blind_all(PHONE_INDEX, phone)) if phone else Q(pk__in=[])


def counts(rows: QuerySet[Place]) -> dict[str, int]:
    """How many of the rows stand in each state; every state is there, the absent ones as 0."""
    found = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    return {status: found.get(status, 0) for status in Place.Status.values}


def of_phone(phone: str) -> QuerySet[Place]:
    """An owner's places, by the E.164 phone that registered them."""
    index = keys.keyring().blind_all(PHONE_INDEX, phone)
    return Place.objects.filter(owner_phone_index__in=index).order_by("-pk")


def revoked_seeds() -> list[bytes]:
    """Serials for the trust list: retired posters, and every poster of a suspended or closed place."""
    off = Place.objects.filter(status__in=(Place.Status.SUSPENDED, Place.Status.CLOSED))
    return [
        *map(bytes, RetiredSeed.objects.values_list("seed", flat=True)),
        *(pk.bytes for pk in off.values_list("pk", flat=True)),
    ]


def history(place: Place, limit: int = 50) -> list[Event]:
    """What was done to a place, latest first."""
    return list(Event.objects.filter(subject=place.pk, subject_kind="place").order_by("-id")[:limit])


def imports(user: Any, limit: int = 20) -> list[PlaceImport]:
    """The latest tables that an account uploaded."""
    return list(
        PlaceImport.objects.filter(made_by=user.pk).defer("content", "report").order_by("-id")[:limit]
    )


def poster(place: Place) -> bytes:
    """The A4 poster as a PDF."""
    from lachan.registry.places import poster as drawing

    return drawing.pdf(place)
