"""Two pools of the demo: one negative, one positive whose members were sampled again alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from lachan.outbreak.cases import services as cases
from lachan.outbreak.cases.models import Sample
from lachan.registry.accounts.models import User
from lachan.registry.people.models import Person

DISEASE, LAB = "covid19", "CDC Khánh Hòa"
POOLED = 5


def pool(members: Sequence[tuple[Person, UUID]], unit: str, by: User, now: datetime) -> None:
    """Of the first POOLED members a positive pool, of the next a negative one; fewer than two make none."""
    for result, some in (("positive", members[:POOLED]), ("negative", members[POOLED : 2 * POOLED])):
        if len(some) < 2:
            return
        taken = now - timedelta(hours=26)
        samples = [_take(person, alias, unit, taken, by) for person, alias in some]
        made = cases.make_pool(samples, lab=LAB, by=by, now=taken + timedelta(hours=2))
        cases.record_pool(made, result, taken + timedelta(hours=10), by=by, now=taken + timedelta(hours=10))
        if result == "positive":
            _alone(some[0], unit, by, now)


def _alone(member: tuple[Person, UUID], unit: str, by: User, now: datetime) -> None:
    """The first of the reopened members has a sample of her own, and it is negative; the others wait."""
    again = _take(*member, unit, now - timedelta(hours=12), by)
    cases.record_result(again, "negative", now - timedelta(hours=4), by=by, now=now - timedelta(hours=4))


def _take(person: Person, alias: UUID, unit: str, at: datetime, by: User) -> Sample:
    taking = cases.Taking(DISEASE, Sample.Kind.PCR, unit, at, person=person.pk, alias=alias, lab=LAB)
    return cases.take_sample(taking, by=by, now=at)
