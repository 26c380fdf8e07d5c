"""Behind each received declaration: the person it speaks of, and the names she is found by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.selectors.payload import opened
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import Cccd, Cmnd, parse_national_id
from lachan.registry.audit.consumers import SealedEvent, consumer
from lachan.registry.people.models import Alias
from lachan.registry.people.services import Identity, Sighting, link_many, narrow_alias


@consumer("declarations.people", kinds={"declaration.received"})
def link_people(events: list[SealedEvent], now: datetime) -> None:
    """Link every declaration's alias to its person."""
    ids = [event.subject for event in events if event.subject]
    entries = {entry.declaration: entry for entry in Entry.objects.filter(declaration__in=ids)}
    sightings: list[Sighting] = []
    of: list[tuple[Entry, Sighting]] = []
    for declaration in Declaration.objects.filter(id__in=ids).order_by("id"):
        entry = entries.get(declaration.id)
        if entry is not None and entry.code:
            record = opened(declaration, now)["record"]
            seen = (entry.declared, entry.destination)
            sightings.append(
                Sighting(identity_of(record, entry), declaration.alias, seen, declaration.period)
            )
            of.append((entry, sightings[-1]))
    link_many(sightings, now=now)
    _narrow(of)


def _narrow(of: list[tuple[Entry, Sighting]]) -> None:
    """Entries of those who were kept apart from whoever bears their alias get the narrower one that they bear now."""
    narrow = {entry.pk: narrow_alias(one.identity, one.alias) for entry, one in of}
    borne = set(Alias.objects.filter(alias__in=filter(None, narrow.values())).values_list("alias", flat=True))
    for entry, _one in of:
        if (alias := narrow[entry.pk]) in borne and alias != entry.alias:
            Entry.objects.filter(pk=entry.pk).update(alias=alias)


def identity_of(record: dict[str, Any], entry: Entry) -> Identity:
    """The identity that a declaration's record states, with identifiers by kind."""
    return Identity(
        name=entry.name,
        birth=str(record.get("birth") or ""),
        sex={"male": "m", "female": "f"}.get(str(record.get("sex") or ""), "o" if record.get("sex") else ""),
        nationality=str(record.get("nationality") or "")[:3],
        residence=entry.residence,
        address=str(record.get("address") or ""),
        identifiers=tuple(identifiers(record)),
    )


def identifiers(record: dict[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for role in ("national_id", "passport"):
        if record.get(role):
            found.append(_document(str(record[role])))
    for role in ("insurance", "phone", "email"):
        if record.get(role):
            found.append((role, str(record[role])))
    return found


def _document(number: str) -> tuple[str, str]:
    try:
        document = parse_national_id(number)
    except InvalidInput:
        return "passport", number
    return {Cccd: "cccd", Cmnd: "cmnd"}.get(type(document), "passport"), document.number
