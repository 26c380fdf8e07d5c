"""Agencies: created, renamed, moved and closed on a day. Where one stood before stays readable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_name, fold
from lachan.registry.audit.services import record
from lachan.registry.units import selectors
from lachan.registry.units.models import Agency, Placement

MOST_DEPTH = 12


@dataclass(frozen=True, slots=True)
class AgencyDetails:
    """What a form says about an agency."""

    name: str
    kind: str
    unit: str
    parent: Agency | None
    since: date


def create_agency(details: AgencyDetails, *, by: Any, now: datetime) -> Agency:
    """Raises InvalidInput: name_…, not_an_option (kind), unit_not_known, agency_parent_closed."""
    _check(details)
    name = clean_name(details.name, 200)
    with transaction.atomic():
        agency = Agency.objects.create(
            name=name,
            folded=fold(name),
            kind=details.kind,
            parent=details.parent,
            unit=details.unit,
            valid_from=details.since,
        )
        _place(agency, details.since)
        _tell("agency.created", agency, by, now)
    return agency


def rename_agency(agency: Agency, name: str, kind: str, *, since: date, by: Any, now: datetime) -> Agency:
    """Another name or kind from a day. Raises InvalidInput: name_…, not_an_option, agency_closed, agency_date."""
    if kind not in Agency.Kind.values:
        raise InvalidInput("not_an_option", field="kind")
    name = _named(name)
    with transaction.atomic():
        agency = _open(agency, since, latest=local_day(now))
        agency.name, agency.folded, agency.kind = name, fold(name), kind
        _replace(agency, since)
        _tell("agency.renamed", agency, by, now)
    return agency


def move_agency(
    agency: Agency, unit: str, parent: Agency | None, *, since: date, by: Any, now: datetime
) -> Agency:
    """Another parent or unit from a day. Raises InvalidInput: unit_not_known, agency_parent_closed, agency_cycle,
    agency_closed, agency_date."""
    with transaction.atomic():
        agency = _open(agency, since, latest=local_day(now))
        _check_home(unit, parent, since)
        _refuse_cycle(agency, parent)
        moved = {"from": agency.unit, "to": unit}
        agency.unit, agency.parent = unit, parent
        _replace(agency, since)
        _tell("agency.moved", agency, by, now, **moved)
    return agency


def close_agency(agency: Agency, *, on: date, by: Any, now: datetime) -> Agency:
    """Closed from a day. Raises InvalidInput: agency_closed, agency_date, agency_has_children."""
    with transaction.atomic():
        agency = _open(agency, on)
        if agency.children.filter(valid_to=None).exists():
            raise InvalidInput("agency_has_children")
        agency.valid_to = on
        agency.save()
        agency.placements.filter(valid_to=None).update(valid_to=on)
        _tell("agency.closed", agency, by, now)
    return agency


def _check(details: AgencyDetails) -> None:
    _named(details.name)
    if details.kind not in Agency.Kind.values:
        raise InvalidInput("not_an_option", field="kind")
    _check_home(details.unit, details.parent, details.since)


def _named(name: str) -> str:
    try:
        return clean_name(name, 200)
    except InvalidInput as error:
        raise error.at("name") from None


def _check_home(unit: str, parent: Agency | None, since: date) -> None:
    if selectors.by_path(unit) is None:
        raise InvalidInput("unit_not_known", field="unit")
    if parent and (parent.valid_from > since or (parent.valid_to and parent.valid_to <= since)):
        raise InvalidInput("agency_parent_closed", field="parent")


def _refuse_cycle(agency: Agency, parent: Agency | None) -> None:
    above = parent
    for _ in range(MOST_DEPTH):
        if above is None:
            return
        if above.pk == agency.pk:
            break
        above = above.parent
    raise InvalidInput("agency_cycle", field="parent")


def _open(agency: Agency, since: date, latest: date | None = None) -> Agency:
    """The agency's row, locked. It must be open, and nothing newer than `since` may be known of it; `latest` refuses a
    change that lies ahead, since the row itself says how things stand today."""
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    if agency.valid_to is not None:
        raise InvalidInput("agency_closed")
    known = agency.placements.order_by("-valid_from").values_list("valid_from", flat=True).first()
    if (known and since < known) or (latest and since > latest):
        raise InvalidInput("agency_date", field="since")
    return agency


def _replace(agency: Agency, since: date) -> None:
    agency.save()
    agency.placements.filter(valid_to=None, valid_from=since).delete()  # changed again on the same day
    agency.placements.filter(valid_to=None).update(valid_to=since)
    _place(agency, since)


def _place(agency: Agency, since: date) -> None:
    Placement.objects.create(
        agency=agency, parent=agency.parent, unit=agency.unit, name=agency.name, valid_from=since
    )


def _tell(kind: str, agency: Agency, by: Any, now: datetime, **data: str) -> None:
    record(kind, actor=by, subject_kind="agency", subject=agency.pk, unit=agency.unit, data=data, now=now)
