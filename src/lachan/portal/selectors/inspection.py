"""Places as an inspector looks at them: registered or not, declared at today or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

import msgspec
from django.db.models import QuerySet

from lachan.base.paging import Page, by_id
from lachan.base.scope import Scope
from lachan.gate.declarations.selectors import counters
from lachan.gate.declarations.selectors.counters import Counts
from lachan.kernel.errors import InvalidInput
from lachan.portal.selectors import silence
from lachan.registry.audit.models import Event
from lachan.registry.places import selectors as places
from lachan.registry.places.codes import parse_code
from lachan.registry.places.models import Place

ADDRESS = re.compile(r"/q/([^/?#\s]{1,40})", re.IGNORECASE)
MOST_TYPED = 2000  # a scanned poster: an address with a signed code behind it


@dataclass(frozen=True, slots=True)
class Row:
    """A place with today's counts and its last declaration, whatever the day."""

    place: Place
    today: Counts
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """One that was noted. `outcome` and `findings`: keys of portal.services.inspect."""

    at: datetime
    outcome: str
    findings: tuple[str, ...]


def code_in(text: str) -> str:
    """The place code in what someone typed or scanned (a poster's address, or the code alone); "" if there is none."""
    text = text[:MOST_TYPED].strip()
    found = ADDRESS.search(text)
    try:
        return parse_code(unquote(found[1]) if found else text)
    except InvalidInput:
        return ""


def rows(
    scope: Scope,
    now: datetime,
    *,
    text: str = "",
    kind: str = "",
    status: str = "",
    unit: str = "",
    silent: bool = False,
) -> QuerySet[Place]:
    """The filtered places of a jurisdiction, unordered."""
    found = places.search(scope, code_in(text) or text, kind, status, unit)
    return found.filter(pk__in=silence.places(scope, now).values("pk")) if silent else found


def page(found: QuerySet[Place], now: datetime, cursor: str) -> Page[Place]:
    """One page, newest registered first; each place with its `.row`."""
    shown = by_id(found, cursor)
    for row in with_counts(shown.rows, now):
        row.place.row = row  # type: ignore[attr-defined]
    return shown


def with_counts(found: list[Place], now: datetime) -> Iterator[Row]:
    ids = [place.pk for place in found]
    today, last = counters.places(ids, now), counters.last_seen(ids)
    for place in found:
        yield Row(place, today.get(place.pk, Counts()), last.get(place.pk))


def inspections(place: Place, limit: int = 20) -> list[Inspection]:
    """What inspectors noted about a place, newest first."""
    events = Event.objects.filter(subject=place.pk, kind="place.inspected").order_by("-id")[:limit]
    return [_inspection(event) for event in events]


def _inspection(event: Event) -> Inspection:
    data = msgspec.json.decode(event.data)
    return Inspection(event.recorded_at, data["outcome"], tuple(data["findings"]))
