"""A community team's note on somebody under an order reaches the order, once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lachan.gate.declarations.tests import small
from lachan.kernel.ids import uuid7
from lachan.outbreak.isolation.consumers.rounds import take
from lachan.outbreak.isolation.models import DailyCheck, Order
from lachan.outbreak.isolation.services import orders
from lachan.outbreak.isolation.services.following import SYMPTOMS
from lachan.outbreak.isolation.tests.conftest import ALIAS
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tracing.models import Contact
from lachan.registry.audit.consumers import SealedEvent
from lachan.registry.households import services
from lachan.registry.households.services import Seen
from lachan.registry.households.services import rounds as seen
from lachan.registry.people.models import Person


def test_what_a_round_finds_is_a_report_on_the_order(
    contact: Contact, person: Person, doctor: Any, now: datetime
) -> None:
    draft = orders.draft_for_contact(contact, "f1", by=doctor, now=now)
    order = orders.issue(draft, "12/QĐ-UBND", "Trần Văn Bình", "Chủ tịch", by=doctor, now=now)
    hamlet = services.ensure_hamlet(small.CAM, "Tổ 3", now=now)
    house = services.ensure_household(hamlet, 1, person.name, now=now)
    other_alias = uuid7()  # of the same person: the order is found by the person, too
    member = services.move_in(house, person=person.pk, alias=other_alias, since=date(2020, 1, 1), now=now)
    said = Seen(38.5, ("cough",), False, ("medicine",), "Ho từ hôm qua")
    note = services.round_note(uuid7(), house, member, said, occurred_at=now, now=now)
    services.round_note(uuid7(), house, None, Seen(needs=("food",)), occurred_at=now, now=now)
    small.work(now)
    check = DailyCheck.objects.get()
    assert (check.via, check.temperature, check.symptoms) == ("visit", Decimal("38.5"), "cough")
    assert (check.needs, check.note) == ("medicine", "Ho từ hôm qua")
    assert Order.objects.get(pk=order.pk).alarm == "symptoms" and order.alias == ALIAS
    assert Task.objects.filter(kind="isolation.alarm", status="open").count() == 1
    again = SealedEvent(
        1, uuid7(), "round.noted", None, "household", house.pk, small.CAM, {"note": str(note.pk)}, now
    )
    take([again], now)
    assert DailyCheck.objects.count() == 1


def test_both_speak_of_the_same_symptoms() -> None:
    assert seen.SYMPTOMS == SYMPTOMS
