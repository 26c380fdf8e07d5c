"""Who is followed, until when: always what the graph says, brought up to date whenever anything in it changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lachan.base.locks import one_at_a_time
from lachan.kernel.clock import local_day
from lachan.kernel.diseases import Disease
from lachan.kernel.ids import short_code
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.levels import DEPTH, Level
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.presence import chunks
from lachan.outbreak.tracing.ranking import follow_until
from lachan.outbreak.tracing.selectors import graph, infectious
from lachan.outbreak.tracing.selectors.identity import aliases_of_many, known_people, roots
from lachan.registry.audit import services as audit

ACTIVE, CONVERTED, DONE, DROPPED, LOST = (
    Contact.Status.ACTIVE,
    Contact.Status.CONVERTED,
    Contact.Status.DONE,
    Contact.Status.DROPPED,
    Contact.Status.LOST,
)
CLOSED = "contact.closed"


@dataclass(frozen=True, slots=True)
class _At:
    """What one run of `sync` knows."""

    disease: Disease
    by: Any
    now: datetime
    cases: dict[UUID, Case]
    units: dict[UUID, str]
    aliases: dict[UUID, UUID]  # node → a pseudonym of hers


def sync(
    disease: str, aliases: Iterable[UUID], *, onward: bool = False, by: Any = None, now: datetime
) -> int:
    """Open, prolong, convert, drop: the contact of each of these people as the graph has it. `onward`: also of everybody
    whom they may have reached. Returns how many rows changed. Safe to repeat.

    One at a time in a disease: of two that each wrote half of a chain, the later one must see the whole."""
    with transaction.atomic():
        one_at_a_time(f"tracing:{disease}")
        nodes = set(roots(aliases).values())
        if onward:
            nodes |= graph.ahead(nodes, disease, depth=DEPTH).nodes
        return _sync(disease, nodes, by, now)


def _sync(code: str, nodes: set[UUID], by: Any, now: datetime) -> int:
    names = aliases_of_many(nodes)
    rows = _rows(code, names)
    levels = graph.behind(nodes, code).levels()
    at = _At(
        Disease.at(code, local_day(now)),
        by,
        now,
        _cases(names, code),
        _units(nodes, names, code),
        {node: min(known) for node, known in names.items()},
    )
    changed = 0
    for node in sorted(nodes):
        changed += _one(node, _joined(rows.get(node, []), at), levels.get(node), at)
    return changed


def _rows(code: str, names: dict[UUID, set[UUID]]) -> dict[UUID, list[Contact]]:
    """Node → its rows that aren't merged away, oldest first. A row belongs to whoever its pseudonym is now."""
    of = {alias: node for node, known in names.items() for alias in known}
    found: dict[UUID, list[Contact]] = {}
    for some in chunks(of):
        rows = Contact.objects.select_for_update().filter(alias__in=some, disease=code, merged_into=None)
        for row in rows.order_by("id"):
            found.setdefault(of[row.alias], []).append(row)
    return found


def _joined(rows: list[Contact], at: _At) -> Contact | None:
    """The row that stands: of two open ones, which a merge of people leaves, the older; the other says where it went."""
    open_rows = [row for row in rows if row.status in (ACTIVE, LOST)]
    for extra in open_rows[1:]:
        extra.merged_into, extra.updated_at = open_rows[0].pk, at.now
        extra.save(update_fields=["merged_into", "updated_at"])
        if open_rows[0].officer is None:
            open_rows[0].officer = extra.officer
    return open_rows[0] if open_rows else (rows[-1] if rows else None)


def _one(node: UUID, row: Contact | None, level: Level[UUID] | None, at: _At) -> int:
    if level is not None and level.level == 0:
        return _converted(node, row, at)
    followed = level is not None and level.last is not None and _is_followed(level.level, at.disease)
    if not followed:
        return _close(row, DROPPED, at) if row is not None and row.status in (ACTIVE, LOST) else 0
    assert level is not None and level.last is not None
    return _followed(node, row, level.last, at)


def _is_followed(level: int, disease: Disease) -> bool:
    """F1 always; further levels where the disease's rules of the day keep them apart."""
    return level == 1 or disease.isolation[f"f{level}"].days > 0


def _converted(node: UUID, row: Contact | None, at: _At) -> int:
    case = at.cases.get(node)
    if row is None or row.status not in (ACTIVE, LOST) or case is None:
        return 0
    row.status, row.case, row.updated_at = CONVERTED, case.pk, at.now
    row.save(update_fields=["status", "case", "updated_at", "officer"])
    _note("contact.converted", row, {"case": str(case.pk)}, at)
    return 1


def _followed(node: UUID, row: Contact | None, last: datetime, at: _At) -> int:
    until = follow_until(last, at.disease.contacts.follow)
    if row is None or (row.status == DONE and until > row.until):
        return _open(node, last, at)
    person = node if node in at.units else row.person
    unit = at.units.get(node) or row.unit
    status = _status(row, until, at)
    wanted = (last, until, person, unit, status, None if status != CONVERTED else row.case)
    if wanted == (row.last_exposure, row.until, row.person, row.unit, row.status, row.case):
        return 0
    reopened = status == ACTIVE and row.status not in (ACTIVE, LOST)
    row.last_exposure, row.until, row.person, row.unit, row.status, row.case = wanted
    row.updated_at = at.now
    row.save()
    if reopened:
        _note("contact.opened", row, {}, at)
    return 1


def _status(row: Contact, until: Any, at: _At) -> str:
    """Whoever was dropped, or became a case that was none, is followed again while there is time left."""
    if row.status in (DROPPED, CONVERTED):
        return ACTIVE if until >= local_day(at.now) else DONE
    if row.status == LOST and until > row.until:
        return ACTIVE
    return row.status


def _open(node: UUID, last: datetime, at: _At) -> int:
    until = follow_until(last, at.disease.contacts.follow)
    over = until < local_day(at.now)
    row = Contact.objects.create(
        disease=at.disease.code,
        alias=at.aliases[node],
        code=short_code(at.aliases[node]),
        person=node if node in at.units and node != at.aliases[node] else None,
        unit=at.units.get(node) or _met_in(node, at),
        status=DONE if over else ACTIVE,
        last_exposure=last,
        until=until,
        made_by=getattr(at.by, "pk", None),
        made_at=at.now,
        updated_at=at.now,
    )
    _note("contact.opened", row, {}, at)
    if over:
        _note(CLOSED, row, {"status": DONE}, at)
    return 1


def _met_in(node: UUID, at: _At) -> str:
    """Where someone was exposed, while nobody knows where she lives: someone must see the row."""
    aliases = list(aliases_of_many([node])[node])
    rows = Exposure.objects.filter(target__in=aliases, disease=at.disease.code).exclude(unit="")
    return rows.order_by("-to_at").values_list("unit", flat=True).first() or ""


def _close(row: Contact, status: str, at: _At) -> int:
    row.status, row.updated_at = status, at.now
    row.save(update_fields=["status", "updated_at", "officer"])
    _note(CLOSED, row, {"status": status}, at)
    return 1


def _cases(names: dict[UUID, set[UUID]], code: str) -> dict[UUID, Case]:
    of = {alias: node for node, known in names.items() for alias in known}
    found = infectious.infected_by_alias(list(of), code)
    return {of[alias]: cases[-1] for alias, cases in found.items()}


def _units(nodes: Collection[UUID], names: dict[UUID, set[UUID]], code: str) -> dict[UUID, str]:
    """Known person → commune of residence, perhaps empty."""
    return {node: person.residence for node, person in known_people(nodes).items()}


def _note(kind: str, row: Contact, data: dict[str, Any], at: _At) -> None:
    audit.record(
        kind,
        actor=at.by,
        subject_kind="contact",
        subject=row.pk,
        unit=row.unit,
        data={"disease": row.disease, **data},
        now=at.now,
    )


@transaction.atomic
def assign(rows: Iterable[Contact], officer: UUID | None, *, by: Any, now: datetime) -> int:
    """Give contacts to an officer, or to nobody. Returns how many changed hands."""
    changed = [row for row in rows if row.officer != officer]
    for row in changed:
        row.officer, row.updated_at = officer, now
        row.save(update_fields=["officer", "updated_at"])
        data = {"disease": row.disease, "to": str(officer) if officer else ""}
        audit.record(
            "contact.assigned", actor=by, subject_kind="contact", subject=row.pk, unit=row.unit, data=data, now=now
        )  # fmt: skip
    return len(changed)


@transaction.atomic
def lose(row: Contact, *, by: Any, now: datetime) -> bool:
    """Someone can't be found. The row stays, and is found again by a new exposure or by hand (`find`)."""
    return _by_hand(row.pk, ACTIVE, LOST, by, now)


@transaction.atomic
def found_again(row: Contact, *, by: Any, now: datetime) -> bool:
    """Whoever was lost is followed again."""
    return _by_hand(row.pk, LOST, ACTIVE, by, now)


def _by_hand(pk: UUID, before: str, after: str, by: Any, now: datetime) -> bool:
    row = Contact.objects.select_for_update().get(pk=pk)
    if row.status != before:
        return False
    row.status, row.updated_at = after, now
    row.save(update_fields=["status", "updated_at"])
    kind = CLOSED if after == LOST else "contact.opened"
    audit.record(
        kind, actor=by, subject_kind="contact", subject=row.pk, unit=row.unit,
        data={"disease": row.disease, "status": after}, now=now,
    )  # fmt: skip
    return True


def end_due(now: datetime) -> int:
    """The worker's daily job: follow-up ends the day after its last one. Returns how many ended."""
    due = Contact.objects.filter(
        Q(status=ACTIVE) | Q(status=LOST), until__lt=local_day(now), merged_into=None
    )
    ended = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Contact.objects.select_for_update().filter(pk=pk, status__in=(ACTIVE, LOST)).first()
            if row is None or row.until >= local_day(now):
                continue
            row.status, row.updated_at = DONE, now
            row.save(update_fields=["status", "updated_at"])
            audit.record(
                CLOSED, subject_kind="contact", subject=row.pk, unit=row.unit,
                data={"disease": row.disease, "status": DONE}, now=now,
            )  # fmt: skip
            ended += 1
    return ended
