"""What goes into a device's bundle. No name and no number of anyone: a person on hold is the serials of her codes."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import override

from lachan.base.messages import TEXTS
from lachan.gate.checkpoints.models import Hc1Issuers, PassSerial, RevokedSerial, Shift
from lachan.gate.declarations.models import Hold
from lachan.gate.declarations.selectors.world import area_levels
from lachan.kernel import policies
from lachan.kernel.clock import local_day
from lachan.kernel.codes.hc1 import EntryRules
from lachan.kernel.edge import EdgeTerms
from lachan.kernel.gates import entries_from
from lachan.registry.people.models import Alias
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

FORMS = ("checkpoint",)
RULES_OF: dict[str, str] = {
    Place.Kind.FACILITY: "hospital",
    Place.Kind.ISOLATION: "hospital",
    Place.Kind.TRANSPORT: "checkpoint",
}
"""Kinds of place that go by another kind's rules; one that has none of its own goes by the default."""
LANGUAGES = ("vi", "en")
WORDS = ("device_revoked", "device_unknown", "device_clock", "enrol_expired", "enrol_used", "shift_over")


def gather(place: Place, shift: Shift, terms: EdgeTerms, now: datetime) -> dict[str, Any]:
    """Everything but the times, the version and the trust list."""
    day = local_day(now)
    return {
        "place": described(place),
        "shift": shift_described(shift),
        "gates": gates(place.kind, day),
        "hc1": hc1_keys(),
        "hc1rules": hc1_rules(day),
        "levels": area_levels(now),
        "revoked": [serial.hex() for serial in revoked_bytes()],
        "held": [serial.hex for serial in held_serials(now)],
        "forms": list(FORMS),
        "words": words(),
        "fresh_seconds": int(terms.fresh.total_seconds()),
        "document": policies.load("gates").at(day).document,
    }


def described(place: Place) -> dict[str, Any]:
    """What a device says of its place."""
    return {
        "id": str(place.pk),
        "code": place.code,
        "name": place.name,
        "kind": place.kind,
        "unit": place.unit,
        "where": units.label(place.unit),
        "capacity": place.capacity,
    }


def shift_described(shift: Shift) -> dict[str, Any]:
    """Times in seconds since 1970."""
    starts, ends = int(shift.starts_at.timestamp()), int(shift.ends_at.timestamp())
    return {"id": str(shift.pk), "name": shift.name, "starts": starts, "ends": ends}


def gates(kind: str, day: date) -> list[dict[str, Any]]:
    """The rules in force and those already decreed for later, for a place's kind. `valid_to` is the first day without."""
    return [rules.to_json() for rules in entries_from(day, RULES_OF.get(kind, kind))]


def hc1_rules(day: date) -> list[dict[str, Any]]:
    """Entry rules for certificates, in force and to come."""
    return [EntryRules.at(max(entry.valid_from, day)).to_json() for entry in _from(policies.load("hc1"), day)]


def _from(policy: policies.DatedPolicy, day: date) -> list[policies.Entry]:
    return [entry for entry in policy if entry.valid_to is None or day < entry.valid_to]


def hc1_keys() -> list[dict[str, Any]]:
    """The keys of the last imported list; none before one was imported."""
    row = Hc1Issuers.objects.order_by("-id").first()
    return list(json.loads(row.keys)) if row else []


def revoked_bytes() -> list[bytes]:
    """Serials that no longer count, sorted."""
    return sorted(serial.bytes for serial in RevokedSerial.objects.values_list("serial", flat=True))


def held_serials(now: datetime) -> list[UUID]:
    """Serials of passes and cards of people on hold, under any alias of theirs, sorted."""
    holds = Hold.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), valid_from__lte=now)
    aliases = set(holds.values_list("alias", flat=True))
    if not aliases:
        return []
    people = Alias.objects.filter(alias__in=aliases).values("person")
    aliases |= set(Alias.objects.filter(person__in=people).values_list("alias", flat=True))
    rows = PassSerial.objects.filter(alias__in=aliases).values_list("serial", "declaration")
    return sorted({serial for pair in rows for serial in pair})


def words() -> dict[str, dict[str, str]]:
    """Sentences that the server would say, for a device that can't ask: code → language → text."""
    found: dict[str, dict[str, str]] = {code: {} for code in WORDS}
    for lang in LANGUAGES:
        with override(lang):
            for code in WORDS:
                found[code][lang] = str(TEXTS[code])
    return found
