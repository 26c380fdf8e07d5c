"""Who read a record: when, in which role, for which unit and why. The officer's name is not told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lachan.gate.declarations.models import Declaration, Entry
from lachan.registry.accounts.models import Grant
from lachan.registry.accounts.roles import Role, roles
from lachan.registry.accounts.selectors import in_force
from lachan.registry.audit.models import Event
from lachan.registry.people.models import Alias, Person
from lachan.registry.units import selectors as units

MOST = 200
WHY: dict[str, str | Promise] = {
    "residence": _("vì bạn ở địa bàn đó"),
    "declared": _("vì bạn khai ở địa bàn đó"),
    "declared_here": _("vì bạn khai hoặc đến địa bàn đó"),
    "destination": _("vì bạn đến địa bàn đó"),
    "call": _("để gọi điện cho bạn"),
    "follow_up": _("để theo dõi sức khỏe"),
    "tracing": _("để truy vết, điều tra dịch tễ"),
    "request": _("để xử lý yêu cầu của bạn"),
    "export": _("khi tải danh sách"),
    "revoke": _("để thu hồi mã"),
    "identifiers": _("để xem số giấy tờ"),
}


@dataclass(frozen=True, slots=True)
class Records:
    """A kind of event that tells of a reading. `title`: what was read, to the one whom it speaks of; `ids`: the subjects
    that are about these people, None where the subject is the person or the declaration itself; `why`: words of the
    reasons that only this kind has."""

    kind: str
    title: str | Promise
    ids: Callable[[Collection[UUID]], Iterable[UUID]] | None = None
    why: Mapping[str, str | Promise] = field(default_factory=dict)


_records = {
    one.kind: one
    for one in (
        Records("declaration.read", _("Tờ khai của bạn")),
        Records("person.read", _("Hồ sơ người")),
    )
}


def register(records: Records) -> None:
    """An app above tells which of its events are readings of somebody's record (from its AppConfig.ready)."""
    _records[records.kind] = records


@dataclass(frozen=True, slots=True)
class Reading:
    """`role`: in the reader's language, "" for an account that held none then; `unit`: of the role, as a label;
    `what`: the kind of record, `title`: its words."""

    at: datetime
    role: str
    unit: str
    what: str
    title: str | Promise
    why: str | Promise


def of(declarations: Iterable[UUID], phones: Iterable[UUID] = ()) -> list[Reading]:
    """Every reading of these declarations, and of the people whom they speak of; newest first.

    `phones`: the blind indexes of the phone that was proved, beside those that the declarations gave.
    """
    subjects = _subjects(list(declarations), set(phones))
    events = Event.objects.filter(subject__in=subjects, kind__in=list(_records), actor__isnull=False)
    return list(map(partial(_reading, {}), events.order_by("-id")[:MOST]))


def _subjects(declarations: list[UUID], phones: set[UUID]) -> set[UUID]:
    """Ids under which a reading may be noted: of the declaration, of its entry, of its person and of those joined to her."""
    rows = Declaration.objects.filter(pk__in=declarations)
    phones |= {index for index in rows.values_list("phone_index", flat=True) if index}
    listed = Entry.objects.filter(declaration__in=declarations)
    aliases = set(
        listed.values_list("alias", flat=True)
    )  # narrower than the declaration's own, where two bear that
    aliases |= set(rows.exclude(pk__in=listed.values("declaration")).values_list("alias", flat=True))
    people = set(Alias.objects.filter(alias__in=aliases).values_list("person", flat=True))
    told: set[UUID] = set()
    for person in people:
        one = {person, *Person.objects.filter(merged_into=person).values_list("id", flat=True)}
        told |= one if _hers_alone(one, phones) else set()
    return {*declarations, *listed.values_list("id", flat=True), *told, *_about(told)}


def _about(people: set[UUID]) -> set[UUID]:
    """The subjects of other records that speak of these people."""
    if not people:
        return set()
    return {each for one in _records.values() if one.ids is not None for each in one.ids(people)}


def _hers_alone(person: set[UUID], phones: set[UUID]) -> bool:
    """Whether no declaration of the person gave another phone. Anyone can declare under someone else's number and prove
    a phone of her own: that must not tell her who looks after the other."""
    aliases = Alias.objects.filter(person__in=person).values("alias")
    declared = Entry.objects.filter(alias__in=aliases).values("declaration")
    others = Declaration.objects.filter(pk__in=declared, phone_index__isnull=False)
    return not others.exclude(phone_index__in=phones).exists()


def _reading(known: dict[tuple[UUID, str], Grant | None], event: Event) -> Reading:
    assert event.actor is not None  # by the filter above
    day = event.recorded_at.date().isoformat()
    key = (event.actor, f"{event.unit} {day}")
    if key not in known:
        known[key] = _grant(event.actor, event.unit, event.recorded_at)
    grant = known[key]
    role = _role(grant, event.recorded_at)
    data, records = msgspec.json.decode(event.data), _records[event.kind]
    why = data.get("why") or data.get("reason") or ""
    return Reading(
        event.recorded_at,
        role.title if role else "",
        units.label(grant.unit) if grant else units.label(event.unit),
        event.subject_kind,
        records.title,
        records.why.get(why) or WHY.get(why, ""),
    )


def _grant(actor: UUID, unit: str, at: datetime) -> Grant | None:
    """The narrowest grant that reached the record's unit then, else any that the account had."""
    rows = sorted(Grant.objects.filter(Q(user_id=actor) & in_force(at)), key=lambda grant: -len(grant.unit))
    return next((grant for grant in rows if unit.startswith(grant.unit)), rows[0] if rows else None)


def _role(grant: Grant | None, at: datetime) -> Role | None:
    return roles(at).get(grant.role) if grant else None
