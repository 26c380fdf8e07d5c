"""POST /vao/ghi/: a visit as a phone kept it, told at once or when there is a network again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lachan.base.access import public
from lachan.base.address import client_address
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.checkpoints.visits import own, services
from lachan.gate.checkpoints.visits.limits import MOVES
from lachan.kernel.clock import local_day
from lachan.kernel.edge import EdgeTerms
from lachan.kernel.errors import InvalidInput
from lachan.registry.places import selectors as places

MOST_BYTES = 4096
WAIT_SECONDS = 60
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Telling(msgspec.Struct):
    """`id`: the visit's, made by the phone (UUIDv7). `token`: the phone's pseudonym. Times by the phone's clock."""

    id: UUID
    place: str
    token: str
    in_at: Moment
    out_at: Moment | None = None


@public
@never_cache
@csrf_exempt
@require_POST
def tell(request: Request) -> JsonResponse:
    """No cookie is believed, and JSON comes from our own pages only, so no other site can check anyone in."""
    now = request.clock.now()
    said = _read(request)
    if said is None:
        return _refused("invalid", 422)
    if not MOVES.take(client_address(request), now):
        return _refused("too_often", 429, **{"Retry-After": str(WAIT_SECONDS)})
    place = places.by_code(said.place)
    if place is None:
        return _refused("place_unknown", 404)
    try:
        visit = services.told(
            place, own.pseudonym(said.token), services.Told(said.id, said.in_at, said.out_at), now
        )
    except InvalidInput as error:
        return _refused(error.code, 422)
    answer = JsonResponse({"id": str(said.id), "in_at": visit.in_at, "out_at": visit.out_at})
    own.remember(answer, said.token, EdgeTerms.at(local_day(now)).checkin_kept)
    return answer


def _read(request: Request) -> Telling | None:
    if (
        request.content_type != "application/json"
        or int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES
    ):
        return None
    try:
        said = msgspec.json.decode(request.body, type=Telling)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return said if own.valid(said.token) and said.id.version == 7 else None


def _refused(code: str, status: int, **headers: Any) -> JsonResponse:
    return JsonResponse({"error": code, "message": text_of(code)}, status=status, headers=headers)
