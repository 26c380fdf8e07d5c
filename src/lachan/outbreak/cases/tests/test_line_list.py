"""The line list finds the same rows whichever way it looks for them: by a scope's indexes, or along an order's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import cycle, product
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from lachan.base.scope import Scope
from lachan.gate.declarations.tests import small
from lachan.kernel.text import fold
from lachan.outbreak.cases.models import Case
from lachan.outbreak.cases.selectors import line_list
from lachan.outbreak.cases.selectors.line_list import Filters

pytestmark = pytest.mark.django_db
OFFICER = uuid4()
ASKED = [
    Filters(),
    Filters(disease="covid19", classification="confirmed"),
    Filters(detection="unknown", outcome="none"),
    Filters(outcome="recovered", officer=OFFICER),
    Filters(national="yes", text="binh"),
    Filters(national="no", by="onset", day_from=date(2021, 7, 5), day_to=date(2021, 7, 12)),
    Filters(day_from=date(2021, 7, 8), disease="dengue"),
    Filters(text="KH-7"),
    Filters(text="van an"),
    Filters(unit=small.HOA, classification="suspect"),
]


def _made(dice: Random, number: int, now: datetime) -> Case:
    name, day = (
        dice.choice(("Nguyễn Văn An", "Trần Bình", "Lê Thị Bình An")),
        date(2021, 7, dice.randint(1, 20)),
    )
    return Case(
        disease=dice.choice(("covid19", "dengue")), code=f"KH-{number}", national_code=dice.choice(("", f"BN{number}")),
        person=uuid4(), alias=uuid4(), name=name, folded=fold(name), unit=dice.choice((small.HOA, small.HAI, "79/760/1/")),
        reported_by=dice.choice((small.HOA, small.TOWN, small.CAM)), classification=dice.choice(("confirmed", "suspect")),
        detection=dice.choice(("", "home")), outcome=dice.choice(("", "recovered")), onset=dice.choice((None, day)),
        reported_on=day + timedelta(days=1), officer=dice.choice((None, OFFICER)), made_at=now, updated_at=now,
        merged_into=dice.choice((None, None, None, uuid4())),
    )  # fmt: skip


def _all(scope: Scope, filters: Filters) -> list[UUID]:
    found: list[UUID] = []
    after = ""
    while True:
        page = line_list.page(scope, filters, after, size=16)
        found += [row.pk for row in page.rows]
        if not (after := page.next):
            return found


def test_both_ways_to_look_find_the_same(
    province: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = Random(5)
    Case.objects.bulk_create(_made(dice, number, now) for number in range(90))
    scopes = [Scope((small.PROVINCE,)), Scope((small.TOWN,)), Scope((small.HOA, small.CAM))]
    seen = set[int]()
    for (scope, filters), sort in zip(product(scopes, ASKED), cycle(line_list.SORTS), strict=False):
        asked = replace(filters, sort=sort)
        answers: list[Any] = []
        for wide in (True, False):
            monkeypatch.setattr(line_list, "is_wide", lambda scope, wide=wide: wide)
            answers.append((_all(scope, asked), line_list.counts(scope, asked)))
        assert answers[0] == answers[1], (scope, asked)
        assert len(answers[0][0]) == sum(answers[0][1].values())
        seen.add(len(answers[0][0]))
    assert len(seen) > 8 and max(seen) > 40
