"""Events of a case: always its id and its commune, never who it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lachan.outbreak.cases.models import Case, Sample
from lachan.registry.audit.services import record


def tell(kind: str, case: Case, data: Mapping[str, Any] | None = None, *, by: Any, now: datetime) -> None:
    """Append an event about a case, in the caller's transaction."""
    record(kind, actor=by, subject_kind="case", subject=case.pk, unit=case.unit, data=data, now=now)


def tell_sample(
    kind: str, sample: Sample, data: Mapping[str, Any] | None = None, *, by: Any, now: datetime
) -> None:
    """Append an event about a sample."""
    record(kind, actor=by, subject_kind="sample", subject=sample.pk, unit=sample.unit, data=data, now=now)
