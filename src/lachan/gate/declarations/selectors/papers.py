"""Finding paper forms: by serial, by QR, by status in a jurisdiction."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, QuerySet

from lachan.base import keys
from lachan.base.scope import Scope
from lachan.gate.declarations.models import PaperForm
from lachan.kernel import codes
from lachan.kernel.clock import Clock
from lachan.kernel.codes import FormSerial, TrustList
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import parse_short_code


def visible(scope: Scope) -> QuerySet[PaperForm]:
    return scope.narrow(PaperForm.objects.all(), "unit")


def by_serial(scope: Scope, text: str, clock: Clock) -> PaperForm | None:
    """The form of a typed serial, or of the code that a scanner typed. Raises InvalidInput for a forged or broken one."""
    text = text.strip()
    if text.upper().startswith(codes.PREFIX):
        claims = codes.read(text, TrustList.of(keys.keystore(), clock), clock).claims
        if not isinstance(claims, FormSerial):
            raise InvalidInput("code_claims")
        return visible(scope).filter(pk=UUID(bytes=claims.serial)).first()
    return visible(scope).filter(serial=parse_short_code(text)).first()


def batch(scope: Scope, identifier: UUID) -> list[PaperForm]:
    """The forms of a printed batch, in order of their serials' making."""
    return list(visible(scope).filter(batch=identifier).order_by("id"))


def counts(scope: Scope) -> dict[str, int]:
    """How many forms stand in each status."""
    rows = visible(scope).order_by().values("status").annotate(number=Count("id"))
    return {row["status"]: row["number"] for row in rows}
