"""Members of households are known to tracing under the pseudonym of their declarations."""

from __future__ import annotations

from datetime import date, datetime

from lachan.gate.declarations.models import Entry
from lachan.gate.declarations.tests import small
from lachan.registry.households import services
from lachan.registry.people.models import Alias, Person


def test_a_member_has_the_pseudonym_of_her_declarations(province: None, now: datetime) -> None:
    entry = small.declared(now, "Trần Văn Bình", national_id="056075001234", birth="1975-03-02")
    house = services.ensure_household(
        services.ensure_hamlet(small.HOA, "Tổ 3", now=now), None, "Trần Văn Bình", now=now
    )
    typed = {"name": "Trần Văn Bình", "number": "056075001234", "birth": "02/03/1975"}
    member = services.add_person(house, typed, since=date(2020, 1, 1), now=now)
    assert member.alias == Entry.objects.get(pk=entry.pk).alias
    assert member.person == Alias.objects.get(pk=member.alias).person_id
    assert Person.objects.get(pk=member.person).residence == small.HOA
