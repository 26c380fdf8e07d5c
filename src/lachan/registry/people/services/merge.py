"""Joining two records of one person, and parting them again exactly as they were."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.registry.audit import services as audit
from lachan.registry.people.models import Alias, Identifier, Merge, NameKey, Person
from lachan.registry.people.services.names import forget_names, note_name


class MergeRefused(ValueError):
    """`code` says why: merge_same, merge_already, merge_undone, merge_built_upon, merge_reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def merge(kept: Person, absorbed: Person, *, reason: str, by: Any, now: datetime) -> Merge:
    """Move what `absorbed` holds to `kept`, and note each thing moved. Append-only rows aren't touched: they know aliases.

    The reason stands in the history; the log binds its digest.
    """
    reason = _said(reason)
    kept, absorbed = _locked(kept.id, absorbed.id)
    if kept.id == absorbed.id:
        raise MergeRefused("merge_same")
    if kept.merged_into_id or absorbed.merged_into_id:
        raise MergeRefused("merge_already")
    moved = {
        "aliases": [
            str(alias) for alias in Alias.objects.filter(person=absorbed).values_list("alias", flat=True)
        ],
        "identifiers": _move_identifiers(kept, absorbed),
        "units": _units(absorbed.id),
        "kept_units": _units(kept.id),
    }
    Alias.objects.filter(person=absorbed).update(person=kept)
    absorbed.merged_into, absorbed.updated_at = kept, now
    absorbed.save(update_fields=["merged_into", "updated_at"])
    kept.last_period = max(kept.last_period, absorbed.last_period)
    kept.save(update_fields=["last_period"])
    forget_names(absorbed.id)
    note_name(kept.id, kept.folded, *moved["units"])
    note_name(
        kept.id, absorbed.folded, *moved["units"]
    )  # still found under the name that the other record had
    row = Merge.objects.create(
        kept=kept, absorbed=absorbed, reason=reason, moved=moved, made_by=by.pk, made_at=now
    )
    _note("person.merged", row, by, now, reason)
    return row


@transaction.atomic
def unmerge(row: Merge, *, reason: str, by: Any, now: datetime) -> None:
    """Put back what the merge moved. Refused while `kept` has itself been absorbed since: undo that one first."""
    reason = _said(reason)
    row = Merge.objects.select_for_update().get(pk=row.pk)
    if row.undone_at is not None:
        raise MergeRefused("merge_undone")
    kept, absorbed = _locked(row.kept_id, row.absorbed_id)
    if kept.merged_into_id or absorbed.merged_into_id != kept.id:
        raise MergeRefused("merge_built_upon")
    Alias.objects.filter(alias__in=[UUID(alias) for alias in row.moved["aliases"]], person=kept).update(
        person=absorbed
    )
    Identifier.objects.filter(id__in=row.moved["identifiers"], person=kept).update(person=absorbed)
    absorbed.merged_into, absorbed.updated_at = None, now
    absorbed.last_period = (
        kept.last_period
    )  # whichever of the two was spoken of since: rather a month too long
    absorbed.save(update_fields=["merged_into", "updated_at", "last_period"])
    _restore_names(kept, absorbed, row)
    row.undone_at, row.undone_by, row.undone_reason = now, by.pk, reason
    row.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    _note("person.unmerged", row, by, now, reason)


def _said(reason: str) -> str:
    tidy = " ".join(reason.split())
    if not tidy:
        raise MergeRefused("merge_reason")
    return tidy


def _locked(first: UUID, second: UUID) -> tuple[Person, Person]:
    """Both rows, locked in one order whatever the direction, so that two merges at once can't lock each other out."""
    rows = {
        row.id: row
        for row in Person.objects.select_for_update().filter(id__in=[first, second]).order_by("id")
    }
    return rows[first], rows[second]


def _move_identifiers(kept: Person, absorbed: Person) -> list[str]:
    """Move those that `kept` lacks; what both hold stays where it is, so that parting them needs no copy."""
    held = {(row.kind, bytes(row.index)) for row in kept.identifiers.all()}
    movable = [row.id for row in absorbed.identifiers.all() if (row.kind, bytes(row.index)) not in held]
    Identifier.objects.filter(id__in=movable).update(person=kept)
    return [str(identifier) for identifier in movable]


def _units(person: UUID) -> list[str]:
    return sorted(set(NameKey.objects.filter(person=person).values_list("unit", flat=True)))


def _restore_names(kept: Person, absorbed: Person, row: Merge) -> None:
    """Each record is found again where it was before, and `kept` also where it was seen since."""
    before, since = set(row.moved["kept_units"]), set(_units(kept.id))
    own = before | (since - set(row.moved["units"])) | {kept.residence}
    forget_names(kept.id)
    note_name(kept.id, kept.folded, *own)
    note_name(absorbed.id, absorbed.folded, *row.moved["units"], absorbed.residence)


def _note(kind: str, row: Merge, by: Any, now: datetime, reason: str) -> None:
    """The log holds no free text, which may name people: its digest says whether the reason was altered since."""
    audit.record(
        kind,
        actor=by,
        subject_kind="person",
        subject=row.kept_id,
        unit=row.kept.residence,
        data={"absorbed": str(row.absorbed_id), "merge": str(row.id)},
        written=reason.encode(),
        now=now,
    )
