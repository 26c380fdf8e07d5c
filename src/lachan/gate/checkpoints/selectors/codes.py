"""Codes that were given out, by what a reader or a hand types of them, and those that were taken back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from lachan.gate.checkpoints.models import PassSerial
from lachan.gate.declarations.models import Entry
from lachan.kernel import codes
from lachan.kernel.codes import Appointment, CardPass, HolderClaim, PersonPass
from lachan.kernel.errors import InvalidInput

LONGEST = 1200
"""Characters of the longest personal code, presented."""
MOST = 300
HEX_DIGITS = 32


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
