"""What came of a declaration: the decision, the card to print, and the list on this device."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lachan.base import keys
from lachan.base.access import public
from lachan.base.address import client_address
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.declarations.citizen import limits, own
from lachan.gate.declarations.models import Declaration
from lachan.gate.declarations.selectors.card import card_text
from lachan.kernel import codes
from lachan.kernel.codes.qr import to_qr_svg
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import short_code

MOST_BODY = 8192


class CardRequest(msgspec.Struct):
    """`shown`: the pass with the holder's fresh signature, which proves that the phone is the one that declared."""

    id: UUID
    shown: str


@public
@never_cache
def result(request: Request, declaration: UUID) -> HttpResponse:
    """The decision, for the session that declared; anyone else is told where to look it up."""
    answer = own.answer_of(request, declaration)
    if answer is None:
        return render(request, "declarations/citizen/not_here.html", {"declaration": declaration}, status=404)
    card = card_text(declaration, answer["recorded_at"])
    context = {"answer": answer, "declaration": declaration, "qr": to_qr_svg(card, title=answer["code"])}
    return render(request, "declarations/citizen/result.html", context)


@public
@never_cache
def card(request: Request, declaration: UUID) -> HttpResponse:
    """A card to print and cut out, for the session that declared."""
    answer = own.answer_of(request, declaration)
    if answer is None:
        return render(request, "declarations/citizen/not_here.html", {"declaration": declaration}, status=404)
    drawing = to_qr_svg(card_text(declaration, answer["recorded_at"]), title=answer["code"])
    return render(request, "declarations/citizen/card.html", {"answer": answer, "qr": drawing})


@public
@never_cache
def mine(request: Request) -> HttpResponse:
    """My declarations on this device: the island reads the device, the page itself what the session knows."""
    answers = [own.answer_of(request, UUID(key)) for key in reversed(own.remembered(request))]
    return render(request, "declarations/citizen/mine.html", {"answers": answers})


@public
@csrf_exempt
@require_POST
def card_code(request: Request) -> HttpResponse:
    """POST {"id", "shown"} → {"card": "LC1:…"}: the signed serial of a paper card, for whoever holds the phone's key.

    403 names the field that isn't right; 429 with Retry-After where an address asks too often.
    """
    if not limits.CARDS.take(client_address(request), request.clock.now()):
        return _too_often()
    try:
        asked = msgspec.json.decode(request.body[:MOST_BODY], type=CardRequest)
        _check_holder(request, asked)
    except msgspec.ValidationError as error:
        return _refused(_field_of(error), "wrong_type")
    except msgspec.DecodeError:
        return _refused("body", "malformed")
    except InvalidInput as error:
        return _refused("shown", error.code, error.params)
    row = Declaration.objects.filter(pk=asked.id).only("recorded_at").first()
    if row is None:
        return _refused("id", "declaration_unknown", status=404)
    return JsonResponse({"card": card_text(asked.id, row.recorded_at), "code": short_code(asked.id)})


def _too_often() -> HttpResponse:
    wait = int(limits.CARDS.period.total_seconds())
    said = {"error": "too_often", "message": text_of("too_often")}
    return JsonResponse(said, status=429, headers={"Retry-After": str(wait)})


def _refused(field: str, code: str, params: dict[str, Any] | None = None, status: int = 403) -> HttpResponse:
    """In the shape of the intake's refusals."""
    wrong = {"field": field, "code": code, "message": text_of(code, params)}
    return JsonResponse({"error": "invalid", "fields": [wrong]}, status=status)


def _field_of(error: msgspec.ValidationError) -> str:
    """The field that msgspec's sentence names."""
    return next((name for name in CardRequest.__struct_fields__ if f"{name}`" in str(error)), "body")


def _check_holder(request: Request, asked: CardRequest) -> None:
    """Raises InvalidInput unless the pass is that declaration's and was shown a moment ago by its holder."""
    trust = codes.TrustList.of(keys.keystore(), request.clock)
    verified = codes.read(asked.shown, trust, request.clock)
    claims = verified.claims
    if not isinstance(claims, codes.PersonPass):
        raise InvalidInput("code_other_declaration")
    if verified.presented_at is None:
        raise InvalidInput("code_holder_stale")
    if claims.serial != keys.keyring().alias("pass", asked.id.hex):
        raise InvalidInput("code_other_declaration")
