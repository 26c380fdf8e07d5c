"""Codes that were given out, by what a reader or a hand types of them, and those that were taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol
from uuid import UUID

from django.db.models import Q

from lachan.base.scope import Scope
from lachan.gate.checkpoints.models import PassSerial, RevokedSerial
from lachan.gate.checkpoints.services.passes import given_out
from lachan.gate.declarations.models import Entry
from lachan.gate.declarations.selectors.entries import visible
from lachan.kernel import codes
from lachan.kernel.codes import Appointment, CardPass, HolderClaim, PersonPass
from lachan.kernel.errors import InvalidInput

LONGEST = 1200
"""Characters of the longest personal code, presented."""
MOST = 300
MOST_FOUND = 20
HEX_DIGITS = 32


class Wanted(Protocol):
    """Whom a typed text means (`board.search.Wanted`)."""

    @property
    def aliases(self) -> frozenset[UUID]: ...

    @property
    def serials(self) -> frozenset[UUID]: ...


def serials_in(text: str) -> frozenset[UUID]:
    """The serial that a scanned code carries, or that is written as 32 hexadecimal digits; empty for anything else.

    Nothing is verified: whoever looks for a forged code's serial may find whose it claims to be.
    """
    compact = text.strip()
    try:
        claims = codes.peek(compact).claims
    except InvalidInput:
        return _written(compact)
    if not isinstance(claims, PersonPass | CardPass | HolderClaim | Appointment):
        return frozenset()
    return frozenset({UUID(bytes=claims.serial)})


def _written(text: str) -> frozenset[UUID]:
    bare = text.replace("-", "").replace(" ", "")
    if len(bare) != HEX_DIGITS or not bare.isascii():
        return frozenset()
    try:
        return frozenset({UUID(hex=bare)})
    except ValueError:
        return frozenset()


def declarations_of(serials: Collection[UUID]) -> set[UUID]:
    """The declarations that codes of these serials were given out for: a pass by its serial, a card by the declaration."""
    behind = set(PassSerial.objects.filter(pk__in=serials).values_list("declaration", flat=True))
    return behind | set(Entry.objects.filter(declaration__in=serials).values_list("declaration", flat=True))


def entries(scope: Scope, who: Wanted) -> list[Entry]:
    """Declarations of the jurisdiction whose codes somebody may mean, newest first."""
    behind = declarations_of(who.serials) if who.serials else set()
    mine = visible(scope).filter(Q(alias__in=who.aliases) | Q(declaration__in=behind))
    return list(mine.order_by("-id")[:MOST_FOUND])


def entry(scope: Scope, declaration: UUID) -> Entry | None:
    """The entry of a declaration, where the reader has a right to it."""
    return visible(scope).filter(declaration=declaration).first()


def unit_of(scope: Scope, entry: Entry) -> str:
    """Whose list a revocation of this declaration's codes stands in: the first of its units that the reader answers for."""
    sides = (entry.declared, entry.residence, entry.destination)
    return next((unit for unit in sides if unit and scope.covers(unit)), "")


def standing(declaration: UUID) -> list[RevokedSerial]:
    """Which codes of a declaration are revoked already."""
    return list(RevokedSerial.objects.filter(pk__in=given_out(declaration)))


def standing_alone(serial: UUID) -> list[RevokedSerial]:
    """The same for one serial."""
    return list(RevokedSerial.objects.filter(pk=serial))


def revoked(scope: Scope, whole: bool) -> list[RevokedSerial]:
    """The jurisdiction's revoked codes, newest first; `whole`: with those that belong to no unit."""
    mine = scope.q("unit") | Q(unit="") if whole else scope.q("unit")
    return list(RevokedSerial.objects.filter(mine).order_by("-revoked_at", "serial")[:MOST])


def short_codes(rows: Iterable[RevokedSerial]) -> dict[UUID, str]:
    """What a citizen reads out, by declaration."""
    ids = [row.declaration for row in rows if row.declaration]
    return dict(Entry.objects.filter(declaration__in=ids).values_list("declaration", "code"))
