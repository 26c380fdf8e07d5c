"""What the tests of tracing stand on: people with pseudonyms, visits, cases, in a line each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from lachan.gate.checkpoints.models import Visit
from lachan.gate.declarations.models import Entry
from lachan.gate.declarations.tests import small
from lachan.kernel.clock import ms_at
from lachan.kernel.ids import floor_of, uuid7
from lachan.kernel.text import fold
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.models import Exposure
from lachan.registry.households.models import Hamlet, Household, Member
from lachan.registry.people.models import Alias, NameKey, Person
from lachan.registry.places.models import Place

NOW = datetime.fromisoformat("2021-07-22T01:30:00+00:00")
HOA, HAI, CAM = small.HOA, small.HAI, small.CAM


def moment(day: int, hour: int = 8, minute: int = 0) -> datetime:
    """Of July 2021, in Vietnam."""
    return datetime.fromisoformat(f"2021-07-{day:02}T{hour:02}:{minute:02}:00+07:00")


def somebody(name: str = "Trần Văn Bí", unit: str = HAI) -> UUID:
    """A person of the registry; returns a pseudonym of hers."""
    person = Person.objects.create(
        name=name,
        folded=fold(name),
        birth="1980-01-01",
        sex="m",
        residence=unit,
        created_at=NOW,
        updated_at=NOW,
    )
    NameKey.objects.create(unit=unit, key=fold(name), person=person.pk)
    return alias_for(person)


def alias_for(person: Person) -> UUID:
    return Alias.objects.create(alias=uuid7(), person=person, since=NOW).alias


def person_of(alias: UUID) -> Person:
    return Alias.objects.get(alias=alias).person


def place(kind: str = "market", unit: str = HAI, name: str = "Chợ Đầm") -> Place:
    return Place.objects.create(
        code=uuid7().hex[-8:].upper(),
        kind=kind,
        name=name,
        folded=fold(name),
        unit=unit,
        seed=bytes(16),
        created_at=NOW,
    )


def visit(
    alias: UUID, where: Place, came: datetime | None, left: datetime | None = None, **more: Any
) -> Visit:
    return Visit.objects.create(
        place=where.pk, unit=where.unit, alias=alias, source="scan", in_at=came, out_at=left, recorded_at=came or left,
        **more,
    )  # fmt: skip


def case_of(alias: UUID, *, onset: date | None = date(2021, 7, 20), unit: str = HOA, **more: Any) -> Case:
    """A confirmed case of Covid-19; its window begins three days before onset."""
    values = {"disease": "covid19", "classification": "confirmed", "reported_on": date(2021, 7, 21), **more}
    known = Alias.objects.filter(alias=alias).first()
    return Case.objects.create(
        code=f"KH-{uuid7().hex[-12:].upper()}", person=known.person_id if known else uuid7(), alias=alias, name="Người Bệnh Kín",
        folded="nguoi benh kin", unit=unit, reported_by=unit, onset=onset, made_at=NOW, updated_at=NOW, **values,
    )  # fmt: skip


def home(*aliases: UUID, unit: str = HAI, since: date = date(2020, 1, 1)) -> Household:
    hamlet = Hamlet.objects.create(unit=unit, name=uuid7().hex, folded=uuid7().hex)
    house = Household.objects.create(unit=unit, hamlet=hamlet, number=1, head="Chủ hộ", folded="chu ho")
    for alias in aliases:
        Member.objects.create(household=house, person=person_of(alias).pk, alias=alias, since=since)
    return house


def edge(source: UUID, target: UUID, first: datetime, last: datetime | None = None, **more: Any) -> Exposure:
    values = {
        "kind": "visit",
        "evidence": f"visit:{uuid7()}",
        "status": "confirmed",
        "score": 0.5,
        "unit": HAI,
        **more,
    }
    return Exposure.objects.create(
        disease="covid19", source=source, target=target, from_at=first, to_at=last or first + timedelta(hours=1),
        made_at=NOW, **values,
    )  # fmt: skip


def declared(alias: UUID, where: Place, at: datetime) -> Entry:
    """A declaration that somebody made at a place, as lists show it."""
    return Entry.objects.create(
        id=UUID(int=floor_of(ms_at(at)).int + uuid7().int % 2**60), declaration=uuid7(), code="", form="domestic", channel="web", name="", folded="",
        alias=alias, place=where.pk, result=0, occurred_at=at, recorded_at=at,
    )  # fmt: skip
