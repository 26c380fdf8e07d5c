"""Whose scan it was, where only a code was shown: the pass and the card lead to their declaration."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from lachan.gate.checkpoints.consumers.lines import unread, weight
from lachan.gate.checkpoints.models import PassSerial, Scan
from lachan.gate.checkpoints.services.passes import serial_of
from lachan.gate.declarations.models import Declaration
from lachan.registry.audit.consumers import SealedEvent, consumer

CHUNK = 500
SHOWN = Q(serial__isnull=False) | Q(declaration__isnull=False)


@consumer("checkpoints.people", kinds={"scan.batch", "declaration.received"}, weigh=weight)
def find(events: list[SealedEvent], now: datetime) -> None:
    """Give scans without a pseudonym that of the declaration behind the code; also when that declaration comes later."""
    nameless: list[Scan] = []
    for scans in unread("people", [event for event in events if event.kind == "scan.batch"]):
        nameless += scans.filter(SHOWN, alias=None).only("id", "serial", "declaration")
    nameless += _waiting(
        [event.subject for event in events if event.kind == "declaration.received" and event.subject]
    )
    known = aliases(nameless)
    found = {scan.id: scan for scan in nameless if scan.id in known}
    for scan in found.values():
        scan.alias = known[scan.id]
    Scan.objects.bulk_update(found.values(), ["alias"], batch_size=CHUNK)


def _waiting(declarations: list[UUID]) -> list[Scan]:
    """Scans that came before their declaration did."""
    serials = [serial for each in declarations for serial in (serial_of(each), each)]
    found: list[Scan] = []
    for some in _chunks(serials):
        found += Scan.objects.filter(serial__in=some, alias=None).only("id", "serial", "declaration")
    return found


def aliases(scans: Iterable[Scan]) -> dict[UUID, UUID]:
    """The pseudonym behind each scan's code, by the scan's id, as far as it is known here."""
    nameless = [scan for scan in scans if scan.alias is None]
    passes: dict[UUID, UUID] = {}
    for some in _chunks([scan.serial for scan in nameless if scan.serial]):
        passes.update(PassSerial.objects.filter(pk__in=some).values_list("serial", "alias"))
    behind = {each for scan in nameless for each in (scan.serial, scan.declaration) if each} - passes.keys()
    for some in _chunks(list(behind)):
        passes.update(Declaration.objects.filter(pk__in=some).values_list("id", "alias"))
    found = {scan.id: _of(scan, passes) for scan in nameless}
    return {id: alias for id, alias in found.items() if alias}


def _of(scan: Scan, known: dict[UUID, UUID]) -> UUID | None:
    for each in (scan.serial, scan.declaration):
        if each in known:
            return known[each]
    return None


def _chunks(ids: list[UUID]) -> Iterable[list[UUID]]:
    for at in range(0, len(ids), CHUNK):
        yield ids[at : at + CHUNK]
