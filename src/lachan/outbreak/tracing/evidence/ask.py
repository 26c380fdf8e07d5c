"""The question that every kind of evidence answers, and the shape of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lachan.kernel.diseases import ContactTerms, Disease
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.terms import Terms


@dataclass(frozen=True, slots=True)
class Ask:
    """Whom did one person meet in a half-open window? `aliases`: every pseudonym of hers. `least`: the shortest meeting
    that counts."""

    aliases: frozenset[UUID]
    since: datetime
    until: datetime
    least: timedelta
    disease: Disease
    terms: Terms

    @property
    def contacts(self) -> ContactTerms:
        return self.disease.contacts


@dataclass(frozen=True, slots=True)
class Found:
    """One person met. `evidence` names what it rests on: the same evidence found again is the same edge. `weight`: of the
    setting, `score`: of the whole, both 0 to 1 and free of today's date."""

    target: UUID
    kind: Exposure.Kind
    evidence: str
    from_at: datetime
    to_at: datetime
    weight: float
    score: float
    place: UUID | None = None
    unit: str = ""
    overlap_s: int = 0
    meetings: int = 1


def by_length(overlap_s: float, half: timedelta) -> float:
    """How much a meeting says by how long it was: a half at `half`, towards 1 for hours."""
    return overlap_s / (overlap_s + half.total_seconds()) if overlap_s > 0 else 0.0
