"""The peer's one endpoint."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import path
from ninja import NinjaAPI, Schema

from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.prepare import (
    DECLARATION_COLUMNS,
    ENTRY_COLUMNS,
    Answer,
    Prepared,
    Submission,
    prepare,
)
from lachan.gate.declarations.prepare.load import current_world
from lachan.registry.audit.models import Event, PendingSeal
from lachan.registry.audit.rows import EVENT_COLUMNS

api = NinjaAPI(openapi_url=None)


class Said(Schema):
    id: UUID
    form: str
    answers: dict[str, Any]
    place: str = ""
    occurred_at: datetime | None = None
    lang: str = "vi"
    holder: str | None = None
    channel: str = "web"
    device: str = ""


class Told(Schema):
    id: UUID
    code: str
    result: str
    reasons: list[dict[str, str]]
    recorded_at: datetime
    expires_at: datetime


@api.post("/declarations", response={201: Told, 409: dict[str, str]})
def declare(request: Any, said: Said) -> Any:
    now = datetime.now(UTC)
    prepared = prepare(Submission(**said.dict()), current_world(now), now)
    try:
        with transaction.atomic():
            insert(prepared)
    except IntegrityError:
        return 409, {"error": "conflict"}
    return 201, told(prepared.answer)


def insert(prepared: Prepared) -> None:
    rows = (
        (Declaration, DECLARATION_COLUMNS, prepared.declaration),
        (Entry, ENTRY_COLUMNS, prepared.entry),
        (Event, EVENT_COLUMNS, prepared.event),
        (PendingSeal, ("event",), prepared.pending),
    )
    for model, columns, row in rows:
        model(**dict(zip(columns, row, strict=True))).save(force_insert=True)


def told(answer: Answer) -> dict[str, Any]:
    reasons = [
        {
            "rule": one.rule,
            "result": one.result,
            "text": one.text,
            "advice": one.advice,
            "document": one.document,
        }
        for one in answer.reasons
    ]
    return {
        "id": answer.id, "code": answer.code, "result": answer.result, "reasons": reasons,
        "recorded_at": answer.recorded_at, "expires_at": answer.expires_at,
    }  # fmt: skip


urlpatterns = [path("", api.urls)]
