"""/api/phong-xet-nghiem/ket-qua/: results from a laboratory's own system, with its token."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponseBase, JsonResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from lachan.base.access import public
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.outbreak.cases.services import result_files

MOST = 1000
MOST_BYTES = 1024 * 1024


class Result(msgspec.Struct):
    """One result. `resulted_at`: ISO 8601 with its offset; "" for now. `ct`: "21.5", or ""."""

    code: str
    result: str
    resulted_at: str = ""
    ct: str = ""


class Results(msgspec.Struct):
    results: list[Result]


@public
@csrf_exempt
@never_cache
@require_POST
def take(request: Request) -> HttpResponseBase:
    """POST {"results": [{"code", "result", "resulted_at", "ct"}]}, `Authorization: Bearer …`: an answer for each; 401 without a token that stands"""
    now = request.clock.now()
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = result_files.token_of(secret.strip(), now) if scheme.lower() == "bearer" and secret else None
    if token is None:
        return JsonResponse({"error": "token_unknown"}, status=401, headers={"WWW-Authenticate": "Bearer"})
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"error": "too_large"}, status=413)
    try:
        sent = msgspec.json.decode(request.body, type=Results).results
    except msgspec.DecodeError:
        return JsonResponse({"error": "malformed"}, status=422)
    if len(sent) > MOST:
        return JsonResponse({"error": "too_many", "max": MOST}, status=422)
    lines = [
        result_files.Line(number, one.code[:40], one.result[:20], one.resulted_at[:40], one.ct[:8])
        for number, one in enumerate(sent, start=1)
    ]
    done = result_files.take(lines, Scope((token.unit,)), by=token.made_by, now=now)
    with translation.override("vi"):
        return JsonResponse({"results": [_told(one) for one in done]})


def _told(one: result_files.Line) -> dict[str, Any]:
    found: dict[str, Any] = {"code": one.code, "status": one.status}
    return {**found, "error": one.error, "message": text_of(one.error)} if one.error else found
