"""A citizen's requests: correct what was declared, or delete it. Append-only rows stay; what points to them goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from lachan.gate.declarations.models import DataRequest, Declaration, Entry
from lachan.gate.declarations.services import retention
from lachan.gate.declarations.services.erase import Erasure, erase, erased
from lachan.kernel.text import clean_text
from lachan.registry.audit import services as audit

TEXT_LENGTH = 2000
__all__ = ["Erasure", "RequestRefused", "ask", "decide", "erased", "sealed_row"]


class RequestRefused(ValueError):
    """`code`: request_decided, request_waiting."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def ask(kind: DataRequest.Kind, entry: Entry, text: str, *, now: datetime) -> DataRequest:
    """Put a request before the commune of residence (else where it was declared). One open request of a kind at a time."""
    if DataRequest.objects.filter(
        kind=kind, declaration=entry.declaration, status=DataRequest.Status.WAITING
    ).exists():
        raise RequestRefused("request_waiting")
    row = DataRequest.objects.create(
        kind=kind,
        declaration=entry.declaration,
        unit=entry.residence or entry.declared,
        text=clean_text(text, TEXT_LENGTH) if text.strip() else "",
        made_at=now,
    )
    audit.record(
        "request.made",
        subject_kind="request",
        subject=row.id,
        unit=row.unit,
        data={"kind": kind.value},
        now=now,
    )
    return row


@transaction.atomic
def decide(
    row: DataRequest, status: DataRequest.Status, answer: str, *, by: Any, now: datetime
) -> Erasure | None:
    """Grant or refuse. What a granted deletion takes away, and what stays, is told in `erase`; None where nothing was."""
    row = DataRequest.objects.select_for_update().get(pk=row.pk)
    if row.status != DataRequest.Status.WAITING:
        raise RequestRefused("request_decided")
    row.status, row.answer = status, clean_text(answer, TEXT_LENGTH) if answer.strip() else ""
    row.decided_at, row.decided_by = now, by.pk
    row.save(update_fields=["status", "answer", "decided_at", "decided_by"])
    done = None
    if status == DataRequest.Status.DONE and row.kind == DataRequest.Kind.DELETE:
        done = erase(row.declaration, row.unit, by=by, now=now)
    audit.record(
        f"request.{status.value}",
        actor=by,
        subject_kind="request",
        subject=row.id,
        unit=row.unit,
        data={"kind": row.kind},
        now=now,
    )
    return done


def sealed_row(entry: Entry) -> Declaration | None:
    """The declaration behind an entry; None after an erasure or the end of its term, so that nothing opens it again."""
    found = None if erased(entry) else Declaration.objects.filter(pk=entry.declaration).first()
    return None if found is None or retention.unreadable(found) else found
