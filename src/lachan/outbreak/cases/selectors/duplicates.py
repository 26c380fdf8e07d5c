"""Cases that may be one illness entered twice: for a person to judge, never joined by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from lachan.base.scope import Scope
from lachan.kernel.diseases import Disease
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Case, CaseMerge
from lachan.outbreak.cases.selectors.episodes import cases_of, distance, length_of
from lachan.outbreak.cases.selectors.line_list import SIDES
from lachan.registry.people.models import Identifier, Person

MOST = 50
SAME_PERSON, SAME_PHONE, SAME_BIRTH = "person", "phone", "birth"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another case within the disease's time. `why`: the same record, or name and birth alike, with the phone or without."""

    case: Case
    why: str


def duplicates_of(case: Case, scope: Scope) -> list[Duplicate]:
    """Those of the scope, the surest first."""
    try:
        disease = Disease.at(case.disease, case.reported_on)
    except InvalidInput:
        return []
    others = scope.narrow(_alike(case), *SIDES).exclude(pk=case.pk)[:MOST]
    span, own = length_of(disease), cases_of(case.person).values_list("pk", flat=True)
    near = [other for other in others if distance(other, case.onset or case.reported_on) <= span]
    same = set(own)
    found = [Duplicate(other, SAME_PERSON if other.pk in same else _weaker(case, other)) for other in near]
    order = (SAME_PERSON, SAME_PHONE, SAME_BIRTH)
    return sorted((one for one in found if one.why), key=lambda one: order.index(one.why))


def _alike(case: Case) -> QuerySet[Case]:
    """Of one disease: the same person, or the same name without accents and year of birth."""
    same = Q(pk__in=cases_of(case.person).values("pk"))
    named = Q(folded=case.folded) & (Q(birth_year=case.birth_year) if case.birth_year else Q())
    return Case.objects.filter(same | named, disease=case.disease, merged_into=None).order_by("-id")


def _weaker(case: Case, other: Case) -> str:
    """`phone` where both records hold one phone; `birth` where both births are known whole and equal; else nothing."""
    one, two = (
        {
            bytes(index)
            for index in Identifier.objects.filter(person=person, kind="phone").values_list(
                "index", flat=True
            )
        }
        for person in (case.person, other.person)
    )
    if one & two:
        return SAME_PHONE
    births = [
        Person.objects.filter(pk=person).values_list("birth", flat=True).first() or ""
        for person in (case.person, other.person)
    ]
    return SAME_BIRTH if len(births[0]) == 10 and births[0] == births[1] else ""


def merges_of(case: Case) -> list[CaseMerge]:
    """Merges in which the case took part, the latest first."""
    return list(CaseMerge.objects.filter(Q(kept=case.pk) | Q(absorbed=case.pk)).order_by("-id"))
