"""The code of a paper card."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lachan.base import keys
from lachan.kernel import codes


def card_text(declaration: UUID, recorded_at: datetime) -> str:
    """A card says a serial and nothing else: the declaration's id, which only staff can look up."""
    return codes.issue(codes.CardPass(declaration.bytes, recorded_at), keys.keystore().current)
